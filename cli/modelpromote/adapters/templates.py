"""The templates that come with the tool. They are never read from the repository that is judged."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from modelpromote.failures import Failure

_PACKAGED = Path(__file__).parent.parent / "_templates"
_CHECKOUT = Path(__file__).parents[3] / "templates"


@cache
def fingerprint() -> str:
    """The tool itself, by the content of its code and templates: what a stored result depends on."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for name, text in load_templates().items():
        digest.update(f"{name}\0{text}".encode())
    return digest.hexdigest()


@cache
def load_templates() -> Mapping[str, str]:
    """Every template's text by its name."""
    root = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    found = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.j2"))}
    if not found:
        raise Failure(
            "the templates of modelpromote are missing",
            "install it again: pip install --force-reinstall modelpromote",
        )
    return found
