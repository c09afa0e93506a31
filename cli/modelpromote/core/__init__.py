"""What modelpromote exists for, pure: no I/O, no clock, no environment."""
