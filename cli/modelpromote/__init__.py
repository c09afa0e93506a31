"""modelpromote: takes a compressed LLM from experiment to production through Git."""

__version__ = "0.1.0"

# the address of docs/ where people can open it; empty until it is published
DOCUMENTATION = ""
