"""`validate` finds what nobody should have done: a flipped byte, a file too few or too many, a promotion by hand."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage

from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.ladder import Step
from modelpromote.core.names import VariantName
from modelpromote.core.release import first_release
from modelpromote.core.render import Renderer
from modelpromote.targets.rooms import decision_room, overlay_room
from modelpromote.workflows.load import load_environment, load_variant
from modelpromote.workflows.validate import Validation, validate
from modelpromote.workflows.world import open_world
from repo.acts import Said, call, done
from repo.expected import MODEL, Expected


@pytest.fixture(scope="module")
def lived_in_template(zoo_template: Stage, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """v1.0 everywhere, v1.3 on its way up in prod."""
    stage = zoo_template.copy(tmp_path_factory.mktemp("lived-in") / "template")
    for name in ("v1.0-fp16", "v1.3-int4-g64"):
        for environment in ("test", "staging", "prod"):
            done(stage, name, "--to", environment, "--yes")
    done(stage, "advance", "--env", "prod", "--yes")
    assert validated(stage).findings == ()
    return stage


@pytest.fixture
def lived_in(lived_in_template: Stage, tmp_path: Path) -> Stage:
    return lived_in_template.copy(tmp_path / "stage")


def validated(stage: Stage) -> Validation:
    return validate(open_world(stage.repo))


def watched(stage: Stage) -> list[str]:
    """Every file under environments/ and argocd/, of bases and cards, and the files of one variant's evidence."""
    files = stage.git("ls-files").splitlines()
    rooms = ("environments/", "argocd/", "models/tiny-llama/v1.3-int4-g64/evidence/")
    rendered = ("/kserve/", "/README.md", "/recovery.svg")
    return [
        path
        for path in files
        if (path.startswith(rooms) or any(part in path for part in rendered)) and "/entry.yaml" not in path
    ]


@pytest.mark.slow
def test_one_flipped_byte_is_found_in_every_file(
    lived_in: Stage, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(20261124)  # noqa: S311 - the same bytes in every run
    paths = watched(lived_in)
    unseen: list[str] = []
    for path in paths:
        place = lived_in.repo / path
        content = place.read_bytes()
        # a comment of a manifest says nothing to anybody, and a bake time is what people may set
        first = content.index(b"\nkind: ") + 1 if path.endswith("/environment.yaml") else 0
        position = chance.randrange(first, min(len(content), first + 17) if first else len(content))
        flipped = bytes([content[position] ^ (1 << chance.randrange(7))])
        place.write_bytes(content[:position] + flipped + content[position + 1 :])
        if validated(lived_in).is_clean:
            unseen.append(f"{path}@{position}")
        place.write_bytes(content)
    record_property("files with one byte flipped", len(paths))
    assert unseen == []
    assert len(paths) > 85


@pytest.mark.slow
def test_a_missing_file_is_found(lived_in: Stage) -> None:
    unseen = []
    for path in watched(lived_in):
        place = lived_in.repo / path
        content = place.read_bytes()
        place.unlink()
        if validated(lived_in).is_clean:
            unseen.append(path)
        place.write_bytes(content)
    assert unseen == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("argocd/other.yaml", "MP403"),
        ("environments/prod/notes.md", "MP403"),
        ("environments/prod/tiny-llama/common/extra.yaml", "MP403"),
        ("environments/prod/tiny-llama/v1.3-int4-g64/canary/1/patch.yaml", "MP403"),
        ("environments/prod/tiny-llama/v9.9-int8/kustomization.yaml", "MP403"),
        ("environments/prod/tiny-llama/v1.3-int4-g64/canary/7/kustomization.yaml", "MP410"),
        ("models/tiny-llama/v1.3-int4-g64/kserve/extra.yaml", "MP403"),
        ("models/tiny-llama/v1.0-fp16/recovery.svg", "MP403"),
        ("environments/canary/environment.yaml", "MP109"),
    ],
)
def test_a_file_too_many_is_found(lived_in: Stage, path: str, code: str) -> None:
    place = lived_in.repo / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("apiVersion: v1\nkind: ConfigMap\n")
    assert code in [found.code for found in validated(lived_in).findings]


def test_a_link_is_found_and_not_followed(lived_in: Stage) -> None:
    place = lived_in.repo / "environments/prod/tiny-llama/common/podmonitor.yaml"
    elsewhere = lived_in.root / "podmonitor.yaml"
    elsewhere.write_bytes(place.read_bytes())
    place.unlink()
    place.symlink_to(elsewhere)
    assert {"MP402", "MP009"} <= {found.code for found in validated(lived_in).findings}


def test_people_may_write_into_extra(lived_in: Stage) -> None:
    place = lived_in.repo / "environments/prod/extra/kustomization.yaml"
    place.parent.mkdir()
    place.write_text("kind: Kustomization\n")
    assert validated(lived_in).findings == ()


# --- promotions by hand -----------------------------------------------------------------------------------


def by_hand(stage: Stage, environment: str, name: str, number: int, previous: str, slot: int) -> None:
    """A promotion in perfect form, written by hand into the working tree: overlay, slot and decision."""
    tree, renderer = WorkingTree(stage.repo), Renderer(load_templates())
    settings = load_environment(tree, environment).value
    variant = load_variant(tree, MODEL, name).value
    assert settings
    assert variant
    release = first_release(environment, MODEL).model_copy(
        update={
            "number": number,
            "variant": variant.variant,
            "previous": VariantName.parse(previous),
            "slot": slot,
            "artifact": variant.artifact.digest,
            "evidence": Expected(stage).evidence(environment, name),
        }
    )
    slots = (Step.STAGED,) if settings.ladder else ()
    files = overlay_room(renderer, variant, settings, slots) | decision_room(renderer, release)
    for path, text in files.items():
        place = stage.repo / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def reasons(said: Said) -> str:
    return "\n".join(found["detail"] for found in said.json["findings"] if found["code"] == "MP508")


def test_a_bad_variant_promoted_by_hand_in_perfect_form_is_found(stage: Stage) -> None:
    for environment in ("test", "staging", "prod"):
        done(stage, "v1.0-fp16", "--to", environment, "--yes")
    by_hand(stage, "prod", "v1.4-int2-g64", number=2, previous="v1.0-fp16", slot=1)
    edited = call(stage, "validate", "--json")
    assert edited.code == 1
    assert "an edit that has not landed" in reasons(edited)
    commit = stage.publish("promote: tiny-llama v1.4-int2-g64 to prod")
    said = call(stage, "validate", "--json")
    assert said.code == 1
    assert {found["code"] for found in said.json["findings"]} == {"MP508", "MP514"}
    for expected in (f"put in force by {commit[:10]}", "[MP301]", "[MP332]", "[MP502]"):
        assert expected in reasons(said)
    assert "MP323" not in reasons(said)  # its perplexity is within the limit: that gate alone would let it through


def test_a_promotion_of_a_good_variant_by_hand_is_as_good_as_the_tools(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    by_hand(stage, "test", "v1.3-int4-g64", number=2, previous="v1.0-fp16", slot=0)
    stage.publish("by hand")
    assert validated(stage).findings == ()


@pytest.mark.parametrize(
    ("number", "previous", "code", "words"),
    [
        (4, "v1.0-fp16", "MP507", "out of order"),
        (2, "v1.2-int4-g128", "MP511", "previous is v1.2-int4-g128, expected v1.0-fp16"),
    ],
)
def test_a_decision_out_of_line_is_found(stage: Stage, number: int, previous: str, code: str, words: str) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    by_hand(stage, "test", "v1.3-int4-g64", number=number, previous=previous, slot=0)
    found = {one.code: one.detail for one in validated(stage).findings}
    assert words in found[code]


def test_a_revert_of_a_revert_is_reported(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    done(stage, "v1.3-int4-g64", "--to", "test", "--yes")
    stage.git("revert", "--no-edit", "HEAD")
    stage.git("push", "-q", "origin", "HEAD:main")
    assert validated(stage).findings == ()
    stage.git("revert", "--no-edit", "HEAD")
    stage.git("push", "-q", "origin", "HEAD:main")
    assert "MP510" in [found.code for found in validated(stage).findings]
    assert "revert of a revert" in call(stage, "status").out


def test_a_decision_that_was_rewritten_is_found(stage: Stage) -> None:
    done(stage, "v1.0-fp16", "--to", "test", "--yes", "--reason", "first")
    place = stage.repo / "environments/test/tiny-llama/release.yaml"
    place.write_text(place.read_text("utf-8").replace('"first"', '"other"'))
    assert [found.code for found in validated(stage).findings] == ["MP509"]
