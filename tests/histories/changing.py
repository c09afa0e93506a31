"""Acts of people on manifests: environments change, ladders come and go, variants are added and retired."""

from dataclasses import replace

from histories.line import Landed, Line
from histories.play import Play
from histories.zoo import VARIANTS
from modelpromote.core import rules
from modelpromote.workflows.render import Rendering, render
from modelpromote.workflows.retire import retire

NAMESPACES = ("", "-eu", "-us")
REPLICAS = (1, 2, 3, 4, 7, 10)
HOSTS = ("{slug}", "{slug}-llm", "llm-{slug}")
FEW, MANY = 3, 7


def change_namespace(play: Play, lines: list[Line]) -> bool:
    environment = play.rng.choice(lines).key.environment
    return _change(play, environment, "namespace", [f"models-{environment}{end}" for end in NAMESPACES])


def change_replicas(play: Play, lines: list[Line]) -> bool:
    return _change(play, play.rng.choice(lines).key.environment, "replicas", list(REPLICAS))


def change_route(play: Play, lines: list[Line], *, quiet: bool = False) -> bool:
    environment = play.rng.choice(lines).key.environment
    hosts = [f"{host}.{environment}.models.example.com" for host in HOSTS]
    return _change(play, environment, "hostname", hosts, quiet=quiet)


def _change(play: Play, environment: str, what: str, values: list[object], *, quiet: bool = False) -> bool:
    value = play.rng.choice([one for one in values if one != getattr(play.book.settings[environment], what)])
    play.tell(f"{what} of {environment} is {value}")
    _apply(play, environment, quiet=quiet, **{what: value})
    play.counts[f"changes of {'route' if what == 'hostname' else what}"] += 1
    return True


def change_ladder(play: Play, lines: list[Line]) -> bool:
    """Added or taken away; while a variant climbs, the tool refuses it."""
    environment = play.rng.choice(lines).key.environment
    ladder = play.book.settings[environment].ladder
    climbing = any(line.climbs for line in play.book.within(environment))
    if ladder and play.chance(0.5):  # the more of them there are, the more is climbed
        return False
    settings = play.book.settings[environment]
    if climbing:
        play.hands.write({settings.path: replace(settings, ladder=not ladder).manifest.encode()})
        assert [one.rule for one in _render(play).problems] == [rules.CHANGED_MID_LADDER]
        play.hands.write({settings.path: settings.manifest.encode()})
        assert play.hands.git("status", "--porcelain") == ""
        play.counts["changes of a ladder refused mid-ladder"] += 1
        return False
    play.tell(f"{'no ladder' if ladder else 'a ladder'} in {environment}")
    _apply(play, environment, ladder=not ladder)
    play.counts["ladders removed" if ladder else "ladders added"] += 1
    return True


def _apply(play: Play, environment: str, *, quiet: bool = False, **values: object) -> None:
    settings = play.book.changed(environment, **values)
    play.hands.write({settings.path: settings.manifest.encode()})
    assert _render(play).problems == ()
    _land(play, f"Change {environment}", quiet=quiet)


def add_variant(play: Play, lines: list[Line]) -> bool:
    """A new name for weights that are there already, or a retired one again."""
    model = play.rng.choice(lines).key.model
    if len(play.book.variants[model]) >= MANY:
        return False
    source = play.rng.choice(VARIANTS[1:])
    new = f"v2.{len(play.book.by_hand)}.{len(play.told)}-{source.partition('-')[2]}"
    again = [name for owner, name in sorted(play.book.retired) if owner == model and _is_forgotten(play, model, name)]
    free = [name for name in again if name not in play.book.variants[model]]
    again = [name for name in free if name.partition("-")[2] == source.partition("-")[2]]
    name = play.rng.choice(again) if again and play.chance(0.5) else new
    play.tell(f"add {model}/{name}")
    play.counts["variants added again"] += name != new
    play.hands.write(play.book.added(model, name, source))
    _render(play)
    _land(play, f"Add {name}")
    play.counts["variants added"] += 1
    return True


def _is_forgotten(play: Play, model: str, name: str) -> bool:
    """No decision that a revert may come back to names it, and it never climbed."""
    lines = play.book.of_model(model)
    named = {
        str(variant) for line in lines for one in line.stack for variant in (one.release.variant, one.release.previous)
    }
    return name not in named | {other for line in lines for kind, _, other in line.acts if kind == "step"}


def retire_variant(play: Play, lines: list[Line]) -> bool:
    """Only what nothing needs: for the others the tool is asked, and refuses."""
    model = play.rng.choice(lines).key.model
    names = list(play.book.variants[model])
    free = [name for name in names if not play.book.is_needed(model, name, play.hands.now)]
    if not free or play.chance(0.2):
        name = play.rng.choice([name for name in names if name not in free])
        refused = retire(play.hands.world, f"{model}/{name}", dry_run=False)
        assert {one.rule for one in refused.findings} == {rules.STILL_NEEDED}, name
        assert refused.removed == ()
        play.counts["retirements refused"] += 1
    if not free or len(names) <= FEW:
        return False
    name = play.rng.choice(free)
    play.tell(f"retire {model}/{name}")
    done = retire(play.hands.world, f"{model}/{name}", dry_run=False)
    assert done.findings == ()
    play.book.retire(model, name)
    _land(play, f"Retire {name}")
    play.counts["variants retired"] += 1
    return True


def _render(play: Play) -> Rendering:
    world = play.hands.world
    return render(world.renderer, world.working, world.writer, world.committed)


def _land(play: Play, title: str, *, quiet: bool = False) -> Landed:
    commit = play.hands.commit(title)
    return play.hands.land(commit, "push") if quiet else play.hands.land_here(commit)
