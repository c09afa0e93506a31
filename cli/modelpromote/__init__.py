"""modelpromote: takes a compressed LLM from experiment to production through Git."""

__version__ = "0.1.0"
