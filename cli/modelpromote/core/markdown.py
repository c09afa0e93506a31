"""Text from strangers as Markdown that shows as it is: no link, no mark, no HTML, no control character in it."""

import re

_MARKS = re.compile(r"([\\`*_\[\]|~$])")
_AT_START = re.compile(r"^([#+=-]|[0-9]{1,9}(?=[.)]))")
_AUTOLINK = re.compile(r":(?=//)|(?<=www)\.|@", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._:/@+=,%-]{0,199}")


def plain(text: str) -> str:
    """One line without control characters, and without those that turn the direction of writing."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def escape(text: str) -> str:
    """A text on one line, for a paragraph, an item of a list or the cell of a table."""
    line = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _AUTOLINK.sub(lambda found: f"&#{ord(found[0])};", _MARKS.sub(r"\\\1", line))
    return _AT_START.sub(lambda found: f"&#{ord(found[0][0])};{found[0][1:]}", line)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, which blank lines part, each escaped."""
    parts = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
    return tuple(escaped for part in parts if (escaped := escape(part)))


def code(text: str) -> str:
    """A name as code; escaped text where it has characters that no name needs."""
    line = plain(text)
    return f"`{line}`" if line == text and _CODE.fullmatch(line) else escape(text)


def fence(text: str) -> str:
    """A fence that no run of backticks in the text can close."""
    return "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
