"""The test's own book of a history: kept from the acts alone; nothing in it was read from the repository under test."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from histories import fresh
from histories.line import Decision, Landed, Line
from histories.zoo import BASELINE, EVIDENCE, MODELS, VARIANTS, Settings, start, variant_files, written_by_hand
from modelpromote.core.ladder import Step
from modelpromote.core.manifest import Variant
from modelpromote.core.names import VariantName
from modelpromote.core.release import Release, ReleaseKey, first_release

WINDOW = timedelta(days=3)


class Book:
    """The whole state, and what each act does to it."""

    def __init__(self, first: Landed, way: str) -> None:
        self.by_hand = written_by_hand(way)
        self.settings = {settings.name: settings for settings in start(way)}
        self.variants = {model: dict.fromkeys(VARIANTS) for model in MODELS}
        self.retired: set[tuple[str, str]] = set()
        self.lines = {
            (settings.name, model): Line(
                key=ReleaseKey(settings.name, model),
                stack=[Decision(first_release(settings.name, model), first)],
                slots={name: [Step.STAGED] if settings.ladder else [] for name in VARIANTS},
                last=first,
            )
            for settings in start(way)
            for model in MODELS
        }

    def of_model(self, model: str) -> list[Line]:
        return [line for (_, owner), line in self.lines.items() if owner == model]

    def within(self, environment: str) -> list[Line]:
        return [line for (name, _), line in self.lines.items() if name == environment]

    def before(self, line: Line) -> Line | None:
        """The release of the same model one environment earlier."""
        lines = self.of_model(line.key.model)
        place = lines.index(line)
        return lines[place - 1] if place else None

    def manifest(self, model: str, name: str) -> Variant:
        path = f"models/{model}/{name}/variant.yaml"
        return fresh.variant(path, self.by_hand[path])

    def holds(self, line: Line, name: str) -> list[Line]:
        """Where the artifact of a variant is on hold, of this environment and those before."""
        digest = self.manifest(line.key.model, name).artifact.digest
        lines = self.of_model(line.key.model)
        return [one for one in lines[: lines.index(line) + 1] if digest in one.held]

    def next_release(self, line: Line, name: str, reason: str, lift: str) -> Release:
        """The decision that a promotion must write."""
        environment, model = line.key.environment, line.key.model
        climbs = self.settings[environment].ladder and line.release.variant is not None
        return Release.model_construct(
            **{
                **line.release.model_dump(),
                "number": line.highest + 1,
                "variant": VariantName.parse(name),
                "previous": line.release.variant,
                "slot": len(line.slots[name]) if climbs else 0,
                "artifact": self.manifest(model, name).artifact.digest,
                "evidence": tuple(sorted(self._evidence(environment, model, name))),
                "reason": reason,
                "lift_hold": lift,
            }
        )

    def _evidence(self, environment: str, model: str, name: str) -> Iterator[str]:
        for kind in EVIDENCE[environment]:
            for owner in {name} if kind == "artifact" else {name, BASELINE}:
                start = f"models/{model}/{owner}/evidence/{kind}-"
                for path, content in self.by_hand.items():
                    if path.startswith(start) and path.endswith("/entry.yaml"):
                        yield f"sha256:{hashlib.sha256(content).hexdigest()}"

    def promoted(self, line: Line, release: Release, landed: Landed) -> None:
        if line.release.variant:
            line.replaced.add(line.name)
        line.highest = release.number
        line.stack.append(Decision(release, landed))
        line.held.pop(release.artifact, None)
        self._told(line, "promotion", landed)

    def stepped(self, line: Line, step: Step, landed: Landed) -> None:
        slots = line.slots[line.name]
        if line.step is Step.STAGED and line.release.slot == len(slots):
            slots.append(Step.STAGED)
        slots[line.release.slot - 1] = step
        self._told(line, "step", landed)

    def reverted(self, line: Line, landed: Landed) -> None:
        gone = line.stack.pop().release
        line.held[gone.artifact] = str(gone.variant)
        line.reverted.add(str(gone.variant))
        self._told(line, "rollback", landed)

    def _told(self, line: Line, kind: str, landed: Landed) -> None:
        line.last = landed
        line.acts.append((kind, line.release.number, line.name))

    def changed(self, environment: str, **values: object) -> Settings:
        """Another environment.yaml; a ladder that comes lays out the first slot where there is none."""
        settings = replace(self.settings[environment], **values)  # type: ignore[arg-type]
        self.settings[environment] = settings
        self.by_hand[settings.path] = settings.manifest.encode()
        for line in self.within(environment) if settings.ladder else []:
            for slots in line.slots.values():
                slots[:] = slots or [Step.STAGED]
        return settings

    def added(self, model: str, name: str, source: str) -> dict[str, bytes]:
        files = variant_files(model, name, source)
        self.by_hand |= files
        self.variants[model][name] = None
        for line in self.of_model(model):
            line.slots[name] = [Step.STAGED] if self.settings[line.key.environment].ladder else []
        return files

    def retire(self, model: str, name: str) -> None:
        del self.variants[model][name]
        self.retired.add((model, name))
        for line in self.of_model(model):
            del line.slots[name]
        for path in [path for path in self.by_hand if path.startswith(f"models/{model}/{name}/")]:
            del self.by_hand[path]

    def is_needed(self, model: str, name: str, now: datetime) -> bool:
        """Whether a release names it, or one that a revert inside the revert window would bring back."""
        if name == BASELINE:
            return True
        for line in self.of_model(model):
            for decision in reversed(line.stack):
                if name in {str(decision.release.variant), str(decision.release.previous)}:
                    return True
                if now - decision.landed.time > WINDOW:
                    break
        return False

    def can_return(self, line: Line) -> bool:
        """Whether all that the decision below names is still there."""
        if len(line.stack) == 1:
            return False
        below = line.stack[-2].release
        return {str(name) for name in (below.variant, below.previous) if name} <= set(self.variants[line.key.model])

    def files(self) -> dict[str, bytes]:
        """Every file of the repository: those written by hand, and a fresh render of this state, release by release."""
        found = dict(self.by_hand)
        for (environment, model), line in self.lines.items():
            manifests = tuple(self.manifest(model, name) for name in sorted(self.variants[model]))
            overlays = tuple((name, tuple(steps)) for name, steps in sorted(line.slots.items()))
            found |= fresh.rendered(self.settings[environment], manifests, line.release, overlays)
        for model, names in self.variants.items():
            for name in names:
                found |= fresh.card(self.manifest(model, name), self._of(model, name), self._of(model, BASELINE))
        return found

    def _of(self, model: str, name: str) -> fresh.Files:
        """What people and tools wrote of a variant."""
        folder = f"models/{model}/{name}/"
        return tuple((path, content) for path, content in self.by_hand.items() if path.startswith(folder))
