"""What a repository must be: kept by the test from its own list of acts, rendered into an empty folder."""

import hashlib
from dataclasses import dataclass, field

from stage import Stage

from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.names import VariantName
from modelpromote.core.release import Release, ReleaseKey, first_release
from modelpromote.core.render import Renderer
from modelpromote.core.tree import EntryKind, walk
from modelpromote.targets import TARGETS
from modelpromote.targets.rooms import State, all_rooms
from modelpromote.workflows.load import load_environment, load_policy, load_variant, variant_names

MODEL = "tiny-llama"
LADDER = tuple(Step)


@dataclass
class Expected:
    """The state by the test's own book: a stack of decisions per environment, and the slots of each variant."""

    stage: Stage
    stacks: dict[str, list[Release]] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    slots: dict[tuple[str, str], list[Step]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tree = WorkingTree(self.stage.repo)
        self.policy = load_policy(tree).value
        assert self.policy
        self.environments = {name: load_environment(tree, name).value for name in self.policy.environments}
        self.variants: dict[str, Variant] = {}
        for name in variant_names(tree, MODEL):
            variant = load_variant(tree, MODEL, name).value
            assert variant
            self.variants[name] = variant
        for environment in self.policy.environments:
            self.stacks[environment] = [first_release(environment, MODEL)]
            self.highest[environment] = 0
            for name, variant in self.variants.items():
                if variant.variant.bits >= 4:
                    ladder = self.environments[environment].ladder
                    self.slots[environment, name] = [Step.STAGED] if ladder else []

    def in_force(self, environment: str) -> Release:
        return self.stacks[environment][-1]

    def step(self, environment: str) -> Step | None:
        release = self.in_force(environment)
        return self.slots[environment, str(release.variant)][release.slot - 1] if release.slot else None

    def promoted(self, environment: str, name: str, lift_hold: str = "") -> None:
        before = self.in_force(environment)
        slot = len(self.slots[environment, name]) if before.variant and self.environments[environment].ladder else 0
        self.highest[environment] += 1
        self.stacks[environment].append(
            before.model_copy(
                update={
                    "number": self.highest[environment],
                    "variant": VariantName.parse(name),
                    "previous": before.variant,
                    "slot": slot,
                    "artifact": self.variants[name].artifact.digest,
                    "evidence": self.evidence(environment, name),
                    "lift_hold": lift_hold,
                }
            )
        )

    def stepped(self, environment: str, step: Step | None = None) -> None:
        release = self.in_force(environment)
        slots = self.slots[environment, str(release.variant)]
        now = slots[release.slot - 1]
        if now is Step.STAGED and release.slot == len(slots):
            slots.append(Step.STAGED)
        slots[release.slot - 1] = step or LADDER[LADDER.index(now) + 1]

    def reverted(self, environment: str) -> None:
        self.stacks[environment].pop()

    def evidence(self, environment: str, name: str) -> tuple[str, ...]:
        """The entries that this environment's gates rest on, straight from the files."""
        kinds = "artifact lm-eval" if environment == "test" else "artifact lm-eval junit"
        baseline = "v1.0-fp16"
        folders = [self.stage.repo / "models" / MODEL / name / "evidence"]
        found = [path for kind in kinds.split() for path in folders[0].glob(f"{kind}-*/entry.yaml")]
        if "lm-eval" in kinds and name != baseline:
            found += (self.stage.repo / "models" / MODEL / baseline / "evidence").glob("lm-eval-*/entry.yaml")
        return tuple(sorted(f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in found))

    def files(self) -> dict[str, bytes]:
        """The whole fresh render of this state."""
        state = State(
            policy=self.policy,
            environments=self.environments,
            variants={(MODEL, variant.variant): variant for variant in self.variants.values()},
            releases={ReleaseKey(name, MODEL): stack[-1] for name, stack in self.stacks.items()},
            overlays={
                (ReleaseKey(environment, MODEL), VariantName.parse(name)): tuple(steps)
                for (environment, name), steps in self.slots.items()
            },
        )
        return {path: text.encode() for path, text in all_rooms(Renderer(load_templates()), state).items()}

    def check(self) -> None:
        """Every rendered file in the clone is the expected one; none is missing, none is too many."""
        expected, tree = self.files(), WorkingTree(self.stage.repo)
        found: dict[str, bytes | None] = {}
        bases = [f"models/{MODEL}/{name}/{target}" for name in self.variants for target in TARGETS]
        for room in ("argocd", "environments", *bases):
            for path, kind in walk(tree, room):
                assert kind is EntryKind.FILE, path
                if not path.endswith("/environment.yaml"):
                    found[path] = tree.read(path)
        assert sorted(found) == sorted(expected)
        assert [path for path in expected if found[path] != expected[path]] == []
