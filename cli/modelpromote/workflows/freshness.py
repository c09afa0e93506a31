"""Whether committed files are what the manifests render to, byte for byte."""

from collections.abc import Mapping

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location
from modelpromote.core.tree import Tree


def stale(tree: Tree, expected: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Every file that is missing or differs, with the first line that does."""
    found: list[Diagnostic] = []
    for path, text in sorted(expected.items()):
        content = tree.read(path)
        if content is None:
            found.append(Diagnostic(rules.NOT_RENDERED, Location(path), "is missing, or is no plain file"))
        elif content != text.encode():
            found.append(_differs(path, content, text))
    return tuple(found)


def _differs(path: str, content: bytes, text: str) -> Diagnostic:
    rule = rules.DECISION_SPLIT if path.startswith("environments/") and path.count("/") == 3 else rules.STALE  # noqa: PLR2004
    given = content.decode(errors="replace").split("\n")
    wanted = text.split("\n")
    line = next(
        (n for n, pair in enumerate(zip(given, wanted, strict=False), 1) if pair[0] != pair[1]),
        min(len(given), len(wanted)),
    )
    expected = wanted[line - 1].strip() if line <= len(wanted) else "the end of the file"
    detail = f"line {line} is {given[line - 1].strip()[:80]!r}, a fresh render has {expected[:80]!r}"
    return Diagnostic(rule, Location(path, line, 1), detail)
