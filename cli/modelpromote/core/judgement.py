"""May this variant be put in force here? Gates and the order of transitions, on one frozen situation. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelpromote.core import rules
from modelpromote.core.diagnostics import Diagnostic, Location, in_order
from modelpromote.core.environment import Environment, settings_of
from modelpromote.core.gates import GATES
from modelpromote.core.gates.gate import Case, Verdict
from modelpromote.core.history import Hold, Timeline
from modelpromote.core.ladder import Step
from modelpromote.core.names import slug
from modelpromote.core.release import Release, ReleaseKey, first_release


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known before a promotion.

    `slots` are the candidate's own here (None: it has no overlay), `current_step` the step of the release in
    force (None: it has no ladder), `places` where each gate's limits stand.
    """

    key: ReleaseKey
    environment: Environment
    places: Mapping[str, Location]
    case: Case
    history: Timeline
    current_step: Step | None
    slots: tuple[Step, ...] | None
    hold: Hold | None

    @property
    def current(self) -> Release:
        """The decision in force."""
        return self.history.in_force or first_release(self.key.environment, self.key.model)

    @property
    def location(self) -> Location:
        """The decision's file."""
        return Location(self.current.path)

    @property
    def already_so(self) -> bool:
        """Whether the candidate is what is in force."""
        return self.current.variant == self.case.candidate.variant.variant

    @property
    def slot(self) -> int:
        """The slot that a promotion would name; 0 where there is none."""
        climbs = self.environment.ladder is not None and self.current.variant is not None
        return len(self.slots or ()) if climbs else 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts of the gates, and everything that stands in the way."""

    verdicts: tuple[Verdict, ...]
    obstacles: tuple[Diagnostic, ...]

    @property
    def allows(self) -> bool:
        """Whether the promotion may be made."""
        return not self.obstacles and all(verdict.passes for verdict in self.verdicts)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """All that refuses it."""
        refusing = [verdict for verdict in self.verdicts if not verdict.passes]
        refused = [found for verdict in refusing for found in verdict.findings if found.is_error]
        return in_order([*refused, *self.obstacles])

    @property
    def evidence(self) -> tuple[str, ...]:
        """The entries that the verdicts rest on, as a release names them."""
        return tuple(sorted({digest for verdict in self.verdicts for digest in verdict.evidence}))


def judge(situation: Situation, lift_hold: str = "") -> Judgement:
    """All gates of the environment, and all rules of the transition."""
    environment, places = situation.environment, situation.places
    everywhere = Location(f"environments/{environment.name}/environment.yaml")
    verdicts = tuple(
        GATES[settings.gate].judge(settings, situation.case).standing_at(places.get(settings.gate, everywhere))
        for settings in settings_of(environment)
    )
    return Judgement(
        verdicts, in_order([*_ladder(situation), *_order(situation), *_held(situation, verdicts, lift_hold)])
    )


def next_release(situation: Situation, judgement: Judgement, reason: str = "", lift_hold: str = "") -> Release:
    """The decision that a promotion writes."""
    variant = situation.case.candidate.variant
    return Release.model_construct(
        model=variant.model,
        slug=slug(variant.model),
        environment=situation.environment.name,
        number=situation.history.highest + 1,
        variant=variant.variant,
        previous=situation.current.variant,
        slot=situation.slot,
        artifact=variant.artifact.digest,
        evidence=judgement.evidence,
        reason=reason,
        lift_hold=lift_hold,
    )


def _ladder(situation: Situation) -> list[Diagnostic]:
    """The release in force is at rest, and the candidate has a slot to start from."""
    found: list[Diagnostic] = []
    step, current = situation.current_step, situation.current
    where, model = situation.key.environment, situation.key.model
    if step is not None and step is not Step.DONE:
        detail = f"{current.variant} is at step {step} in {where}"
        advice = f"promote advance --env {where} --model {model}, or promote rollback --env {where} --model {model}"
        found.append(Diagnostic(rules.MID_LADDER, situation.location, detail, advice))
    variant = situation.case.candidate.variant
    if situation.slots is None:
        detail = f"{variant.name} has no overlay in {where}"
        advice = "" if variant.variant.bits >= situation.environment.floor else (
            f"none is rendered: it has {variant.variant.bits} bits, and {where} asks for {situation.environment.floor}"
        )  # fmt: skip
        found.append(Diagnostic(rules.NO_OVERLAY, situation.location, detail, advice))
    elif situation.slot and situation.slots[situation.slot - 1] is not Step.STAGED:
        detail = f"slot {situation.slot} of {variant.name} is at {situation.slots[situation.slot - 1]}, not staged"
        found.append(
            Diagnostic(rules.SLOT_MISSING, situation.location, detail, "run `promote render`, commit and push it")
        )
    elif situation.environment.ladder and situation.current.variant is not None and situation.slot == 0:
        found.append(Diagnostic(rules.SLOT_MISSING, situation.location, f"{variant.name} has no slot in {where}"))
    return found


def _order(situation: Situation) -> list[Diagnostic]:
    """In force in the environment before, same digest, with all the traffic."""
    case = situation.case
    if case.before is None or case.traffic_since is not None:
        return []
    variant = case.candidate.variant
    detail = f"{variant.name} is not in force in {case.before} with this artifact and all the traffic"
    advice = (
        f"first: promote {variant.name} --to {case.before} (and `promote advance` up to 100, where it has a ladder)"
    )
    return [Diagnostic(rules.NOT_IN_FORCE_BEFORE, situation.location, detail, advice)]


def _held(situation: Situation, verdicts: tuple[Verdict, ...], lift_hold: str) -> list[Diagnostic]:
    """Not taken back here or in an environment before, or measured again since."""
    hold = situation.hold
    if hold is None or lift_hold:
        return []
    used = {digest for verdict in verdicts for digest in verdict.evidence}
    ended = [run.entry.finished for run in situation.case.candidate.runs if run.digest in used]
    if any(hold.since < moment <= situation.case.now for moment in ended):
        return []
    variant = situation.case.candidate.variant
    detail = (
        f"{variant.name} was taken back in {hold.environment} at {hold.since:%Y-%m-%d %H:%M}Z, its evidence is older"
    )
    return [Diagnostic(rules.HELD, situation.location, detail)]
