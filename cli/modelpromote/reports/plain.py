"""Text of strangers made plain: names of files, values and messages may hold anything, a report may not."""

import json


def escaped(text: str) -> str:
    r"""What cannot be printed (controls, line breaks, direction marks, lone surrogates) as `\x1b`, `\u202e`."""
    return text if text.isprintable() else "".join(map(_character, text))


def _character(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004


def json_text(document: object) -> str:
    """JSON for people and scripts: letters as they are, and what cannot be printed as JSON's own escapes."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return (
        text
        if text.isprintable()
        else "".join(letter if _fits(letter) else json.dumps(letter)[1:-1] for letter in text)
    )


def _fits(letter: str) -> bool:
    return letter == "\n" or letter.isprintable()  # json.dumps leaves no line break inside a string
