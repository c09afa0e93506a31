"""Which layers the other quantisers leave out: names, parts of names, and `*`. Knows no tensor.

Entries come from strangers: they are compared piece by piece, from left to right, never as a pattern of `re`.
"""

from collections.abc import Callable, Iterable

from modelpromote.evidence.scheme import UnreadableScheme

MAX_ENTRIES = 20_000
MAX_ENTRY = 300
# layers that give the model's output: quantisers leave them as they are unless they are told to
HEADS = frozenset({"lm_head", "head", "embed_out"})


def all_but(entries: Iterable[str]) -> Callable[[str], bool]:
    """Every layer but those whose name has an entry as whole parts: `mlp.gate` is in `layers.0.mlp.gate`."""
    return _all_but([[*f".{entry}.".split("*")] for entry in _checked(entries)])


def all_but_containing(entries: Iterable[str]) -> Callable[[str], bool]:
    """Every layer but those whose name contains an entry anywhere, as AWQ compares: `vis` is in `vision.fc1`."""
    return _all_but([[entry] for entry in _checked(entries)])


def blocks_only(entries: Callable[[str], bool]) -> Callable[[str], bool]:
    """Only those of the layers that are not the model's head."""
    return lambda name: name.rpartition(".")[2] not in HEADS and entries(name)


def _all_but(rows: list[list[str]]) -> Callable[[str], bool]:
    return lambda name: not any(_has(f".{name}.", row) for row in rows)


def _checked(entries: Iterable[str]) -> list[str]:
    known = list(dict.fromkeys(entries))
    if len(known) > MAX_ENTRIES or any(not entry or len(entry) > MAX_ENTRY for entry in known):
        raise UnreadableScheme(f"the list of layers left out has over {MAX_ENTRIES} entries, or one that is no name")
    return known


def _has(name: str, pieces: list[str]) -> bool:
    """Whether the pieces are in the name one after the other."""
    place = 0
    for piece in pieces:
        place = name.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True
