"""artifact: name, manifest, config.json, safetensors header and digests say the same of the same bytes."""

from collections.abc import Iterator
from itertools import islice
from typing import Literal

from pydantic import Field

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Rule
from modelpromote.core.evidence import READ_METHODS, ArtifactFacts, root_digest
from modelpromote.core.gates.agreement import Fault, describe, header_faults, name_faults, recipe_faults
from modelpromote.core.gates.gate import Case, GateSettings, Outcome, Verdict
from modelpromote.core.manifest import ArtifactFile, Variant

GATE = "artifact"
LIMIT = "name, manifest, config.json, header and digests agree"
MAX_FINDINGS = 50
_INCONCLUSIVE: frozenset[Rule] = frozenset({rules.UNKNOWN_METHOD, rules.NOT_BOUND})


class Settings(GateSettings):
    """`bound`: what the cluster pulls must be proven to be what was measured."""

    gate: Literal["artifact"]
    bound: bool = Field(
        default=False, description="true: what the cluster pulls must be proven to be what was measured."
    )


def judge(settings: Settings, case: Case) -> Verdict:
    """From the newest evidence of the artifact itself; every disagreement is named."""
    runs = case.candidate.of_kind("artifact")
    facts = runs[0].content if runs else None
    if not isinstance(facts, ArtifactFacts):
        return _missing(case)
    faults = tuple(islice(_faults(settings, case.candidate.variant, facts), MAX_FINDINGS))
    broken = {rule for rule, _ in faults}
    outcome = Outcome.PASS if not broken else Outcome.INCONCLUSIVE if broken <= _INCONCLUSIVE else Outcome.FAIL
    return Verdict(
        GATE,
        outcome,
        _figure(case.candidate.variant, facts),
        LIMIT,
        findings=tuple(Diagnostic(rule, case.candidate.location, detail) for rule, detail in faults),
        evidence=(runs[0].digest,),
        others=tuple(run.path for run in runs[1:]),
    )


def _faults(settings: Settings, variant: Variant, facts: ArtifactFacts) -> Iterator[Fault]:
    yield from _digest_faults(variant, facts)
    if facts.method in READ_METHODS:
        yield from name_faults(variant.variant, facts)
        yield from header_faults(facts)
        if variant.quantization is not None and facts.configured:
            yield from recipe_faults(variant.quantization, facts)
    else:
        yield rules.UNKNOWN_METHOD, f"quant_method {facts.method} in config.json"
    if settings.bound:
        yield rules.NOT_BOUND, f"nothing proves that {variant.artifact.uri} is {variant.artifact.digest}"


def _digest_faults(variant: Variant, facts: ArtifactFacts) -> Iterator[Fault]:
    digest = f"sha256:{root_digest((file.path, file.sha256) for file in facts.files)}"
    if digest != variant.artifact.digest:
        detail = f"variant.yaml names {variant.artifact.digest}, the files of the evidence give {digest}"
        yield rules.DIGESTS_DISAGREE, detail
    if variant.artifact.files:
        yield from _file_faults(variant.artifact.files, facts.files)


def _file_faults(listed: tuple[ArtifactFile, ...], found: tuple[ArtifactFile, ...]) -> Iterator[Fault]:
    manifest, evidence = {file.path: file for file in listed}, {file.path: file for file in found}
    for path in sorted(manifest.keys() - evidence.keys()):
        yield rules.DIGESTS_DISAGREE, f"{path} is in variant.yaml, but not in the artifact"
    for path in sorted(evidence.keys() - manifest.keys()):
        yield rules.DIGESTS_DISAGREE, f"{path} is in the artifact, but not in variant.yaml"
    for path in sorted(manifest.keys() & evidence.keys()):
        for field, stated, measured in _differences(manifest[path], evidence[path]):
            detail = f"{path}: {field} {stated} in variant.yaml, {measured} in the artifact"
            yield rules.DIGESTS_DISAGREE, detail


def _differences(stated: ArtifactFile, measured: ArtifactFile) -> Iterator[tuple[str, str | int, str | int]]:
    if stated.size != measured.size:
        yield "size", stated.size, measured.size
    if stated.sha256 != measured.sha256:
        yield "sha256", stated.sha256, measured.sha256


def _figure(variant: Variant, facts: ArtifactFacts) -> str:
    layers = ", ".join(f"{describe(group)}, {group.layers} layers" for group in facts.measured)
    return f"{layers or facts.method or variant.variant.precision}, {len(facts.files)} files"


def _missing(case: Case) -> Verdict:
    detail = f"{case.candidate.variant.name} has no usable evidence of kind artifact"
    missing = Diagnostic(rules.NO_ARTIFACT_EVIDENCE, case.candidate.location, detail)
    findings = (missing, *case.candidate.problems("artifact"))
    return Verdict(GATE, Outcome.INCONCLUSIVE, "no evidence", LIMIT, findings=findings)
