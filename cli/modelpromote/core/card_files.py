"""What a card consists of, by name. Imported where only the names matter."""

CARD, PICTURE = "README.md", "recovery.svg"
CARD_FILES = frozenset({CARD, PICTURE})
