"""One file per job: gather (I/O in), decide (pure), enact (I/O out)."""
