"""Rules of reading files, MP0xx."""

from modelpromote.core.diagnostics import Rule

NOT_YAML = Rule("MP001", "not YAML", "mend the syntax at the marked place")
DUPLICATE_KEY = Rule("MP002", "key given twice", "keep one of the two")
YAML_FEATURE = Rule(
    "MP003",
    "YAML feature that is not accepted",
    "write the value out: anchors, aliases, merge keys, tags and several documents are refused",
)
AMBIGUOUS_SCALAR = Rule(
    "MP004",
    "value that YAML 1.1 and 1.2 read differently",
    "put it in quotes: clusters read YAML 1.1, editors 1.2",
)
TOO_LARGE = Rule("MP005", "file, number or nesting beyond the limit", "make it smaller; the limit is in the message")
UNKNOWN_KEY = Rule("MP006", "unknown key", "remove it, or check its spelling")
MISSING_KEY = Rule("MP007", "missing key", "add it; docs/manifests.md has an annotated example")
BAD_VALUE = Rule("MP008", "value of the wrong form", "docs/manifests.md shows every key with an example")
UNSAFE_FILE = Rule("MP009", "not a plain file inside the tree", "replace the link or submodule by the file itself")
BAD_ENCODING = Rule("MP010", "not UTF-8 text", "save the file as UTF-8 without control characters")
MISSING_FILE = Rule("MP011", "file that must be there is missing", "add it; docs/repository.md shows the layout")
