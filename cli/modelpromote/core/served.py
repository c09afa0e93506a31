"""Whether the parts of how a variant is served fit each other: address, GPUs, arguments, quantities. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.document import Document, KeyPath
from modelpromote.core.quantities import amount, canonical

# what names the same bytes for ever, by scheme; the other schemes have no such form
_PINNED = {
    "oci": re.compile(r"oci://[^\s@]+@sha256:[0-9a-f]{64}"),
    "hf": re.compile(r"hf://[^\s:]+:[0-9a-f]{40}"),
}
_PARALLEL = {
    "--tensor-parallel-size": ("-tp",),
    "--pipeline-parallel-size": ("-pp",),
    "--data-parallel-size": ("-dp",),
}


@dataclass(frozen=True, slots=True)
class Served:
    """What variant.yaml says of serving; `requests` and `limits` are quantities by name (cpu, memory)."""

    uri: str
    args: tuple[str, ...]
    gpus: int
    requests: Mapping[str, str]
    limits: Mapping[str, str]

    def faults(self, document: Document) -> Iterator[Diagnostic]:
        """All that does not fit."""
        scheme = self.uri.partition("://")[0]
        if scheme in _PINNED and _PINNED[scheme].fullmatch(self.uri) is None:
            detail = f"{self.uri} may name other bytes tomorrow than were measured"
            yield Diagnostic(rules.MOVING_ADDRESS, document.locate(("artifact", "uri")), detail)
        yield from self._parallel(document)
        yield from self._quantities(document)

    def _parallel(self, document: Document) -> Iterator[Diagnostic]:
        """Each GPU of a pod has its part; without GPUs the sizes count something else."""
        sizes = {name: _size(self.args, (name, *short)) for name, short in _PARALLEL.items()}
        unclear = [name for name, size in sizes.items() if size is not None and size < 1]
        product = 1
        for size in sizes.values():
            product *= size if size is not None else 1
        if self.gpus and (unclear or product != self.gpus):
            said = ", ".join(f"{name} {size}" for name, size in sizes.items() if size is not None)
            given = f"the arguments say {said}" if said and not unclear else "no argument says how they are used"
            given = f"{unclear[0]} has no number" if unclear else given
            detail = f"gpus is {self.gpus}, {given}"
            yield Diagnostic(rules.GPUS_NOT_PARALLEL, document.locate(("serving", "gpus")), detail)

    def _quantities(self, document: Document) -> Iterator[Diagnostic]:
        for kind, listed in (("requests", self.requests), ("limits", self.limits)):
            for name, quantity in listed.items():
                if canonical(quantity) != quantity:
                    place: KeyPath = ("serving", kind, name)
                    detail = f"{name} {quantity!r} is {canonical(quantity)!r} to the cluster"
                    yield Diagnostic(rules.NOT_CANONICAL, document.locate(place), detail)
        for name, quantity in self.requests.items():
            if amount(quantity) > amount(self.limits[name]):
                detail = f"{name}: {quantity} are requested, {self.limits[name]} is the limit"
                yield Diagnostic(rules.REQUEST_OVER_LIMIT, document.locate(("serving", "requests", name)), detail)


def _size(args: Sequence[str], names: Sequence[str]) -> int | None:
    """The number that an option is given, the last one counts; None where it is not there, 0 where it is no number."""
    found: int | None = None
    for index, argument in enumerate(args):
        option, equals, value = argument.partition("=")
        if option.replace("_", "-") in names:
            text = value if equals else (args[index + 1] if index + 1 < len(args) else "")
            found = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0
    return found
