"""One file per verb: options in, one workflow, one report out."""
