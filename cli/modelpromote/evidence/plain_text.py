"""Text from strangers, made fit to be shown: one line, no control characters, of bounded length."""

import hashlib


def printable(text: str, limit: int = 200) -> str:
    """The first line that says anything, without control characters, at most `limit` characters."""
    if len(text) <= limit and text.isprintable() and text == text.strip():
        return text
    line = next((part for part in text[: 50 * limit].splitlines() if part.strip()), "")
    shown = "".join(map(_shown, line.strip()))
    return shown if len(shown) <= limit else f"{shown[: limit - 3]}..."


def identifier(text: str, limit: int = 200) -> str:
    """Like `printable`, but different texts stay different: what was changed ends in a part of its hash."""
    shown = printable(text, limit)
    if shown == text:
        return shown
    return f"{shown} #{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def artifact_claim(text: str) -> str:
    """The digest that a file names, in lower-case hex, given with or without `sha256:`."""
    return printable(text.strip().lower().removeprefix("sha256:"), 64)


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "?"
