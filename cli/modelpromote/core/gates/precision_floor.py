"""precision-floor: the lowest number of bits of any quantised weight group, never an average."""

from typing import Annotated, Literal

from pydantic import Field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic
from modelpromote.core.evidence import READ_METHODS, ArtifactFacts, Run
from modelpromote.core.gates.agreement import describe
from modelpromote.core.gates.gate import Case, GateSettings, Outcome, Verdict

GATE = "precision-floor"
# bits of a weight that is stored as it is; other types are no weights that this version understands
STORED_BITS = {"F64": 64, "F32": 32, "F16": 16, "BF16": 16, "F8_E4M3": 8, "F8_E5M2": 8, "I8": 8}


class Settings(GateSettings):
    """`bits`: fewest bits of a weight."""

    gate: Literal["precision-floor"]
    bits: Annotated[int, Field(ge=1, le=32)] = Field(default=4, description="Fewest bits of a weight.")


def judge(settings: Settings, case: Case) -> Verdict:
    """From config.json and from the weights themselves, whichever says less; a name alone never passes."""
    limit = f"at least {settings.bits} bits"
    runs = case.candidate.of_kind("artifact")
    facts = runs[0].content if runs else None
    if not isinstance(facts, ArtifactFacts):
        return _unknown(case, limit, "no evidence of the artifact itself", case.candidate.problems("artifact"))
    found = _lowest(facts)
    if found is None:
        detail = f"{facts.method or 'the header'}: the bits of its weights cannot be read"
        return _unknown(case, limit, detail, (), runs[0])
    bits, what = found
    below = Diagnostic(rules.BELOW_FLOOR, case.candidate.location, f"{what}: {bits} bits, {limit} are asked")
    return Verdict(
        GATE,
        Outcome.PASS if bits >= settings.bits else Outcome.FAIL,
        f"{bits} bits ({what})",
        limit,
        value=float(bits),
        bound=float(settings.bits),
        unit="bits",
        findings=() if bits >= settings.bits else (below,),
        evidence=(runs[0].digest,),
        others=tuple(run.path for run in runs[1:]),
    )


def _lowest(facts: ArtifactFacts) -> tuple[int, str] | None:
    """The fewest bits and what has them; None where they are not known."""
    if facts.method not in READ_METHODS:
        return None
    groups = (*facts.configured, *facts.measured)
    if groups:
        lowest = min(groups, key=lambda group: group.bits)
        return lowest.bits, describe(lowest)
    if facts.method or not facts.stored or not set(facts.stored) <= STORED_BITS.keys():
        return None
    narrowest = min(facts.stored, key=lambda stored: STORED_BITS[stored])
    return STORED_BITS[narrowest], f"stored as {narrowest}"


def _unknown(case: Case, limit: str, detail: str, problems: tuple[Diagnostic, ...], run: Run | None = None) -> Verdict:
    name = case.candidate.variant.name
    missing = Diagnostic(rules.FLOOR_UNKNOWN, case.candidate.location, f"{name}: {detail}")
    evidence = (run.digest,) if run else ()
    return Verdict(GATE, Outcome.INCONCLUSIVE, "unknown", limit, findings=(missing, *problems), evidence=evidence)
