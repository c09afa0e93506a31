"""Cards are held against a fresh render, and are a function of variant, evidence and baseline alone."""

import shutil
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import Stage

from gates.builders import BASELINE, INT4, genuine
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.card import card_room
from modelpromote.core.card_figures import figures
from modelpromote.core.card_sources import Card
from modelpromote.core.evidence import Evaluation
from modelpromote.core.render import Renderer
from modelpromote.core.tree import MemoryTree, walk
from modelpromote.workflows.cards import dossiers
from modelpromote.workflows.load_variants import load_variants
from repo.acts import call, done
from repo.change_acts import edit

MODEL = "models/tiny-llama"
CARD = f"{MODEL}/{INT4}/README.md"


def findings(stage: Stage) -> list[tuple[str, str]]:
    return [(found["code"], found["path"]) for found in call(stage, "validate", "--json").json["findings"]]


def cards(stage: Stage) -> dict[str, bytes]:
    paths = [*stage.repo.glob(f"{MODEL}/*/README.md"), *stage.repo.glob(f"{MODEL}/*/recovery.svg")]
    return {path.relative_to(stage.repo).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (CARD, "| +0.02% |", "| -0.02% |"),
        (CARD, "value: 0.995", "value: 0.999"),
        (CARD, "34.3% of", "24.3% of"),
        (f"{MODEL}/{INT4}/recovery.svg", "zoo_mc acc: 100.0%", "zoo_mc acc: 101.0%"),
    ],
)
def test_an_edited_figure_is_found_even_once_it_is_committed(stage: Stage, path: str, old: str, new: str) -> None:
    assert call(stage, "validate").code == 0
    edit(stage, path, old, new)
    assert findings(stage) == [("MP401", path)]
    stage.publish("A better figure")
    assert findings(stage) == [("MP401", path)]
    said = call(stage, "render", "--check", "--json")
    assert (said.code, [found["code"] for found in said.json["findings"]]) == (1, ["MP401"])
    done(stage, "render")
    assert findings(stage) == []


def test_a_card_that_is_missing_or_a_link_is_found(stage: Stage) -> None:
    place = stage.repo / CARD
    content = place.read_bytes()
    place.unlink()
    assert findings(stage) == [("MP402", CARD)]
    (stage.root / "elsewhere.md").write_bytes(content)
    place.symlink_to(stage.root / "elsewhere.md")
    assert findings(stage) == [("MP402", CARD)]


def test_what_was_clean_is_looked_at_again_when_its_baseline_was_measured_again(stage: Stage) -> None:
    """A card shows its baseline's figures: the cache must know, also where the change has landed unrendered."""
    assert call(stage, "validate").code == 0
    (folder,) = (stage.repo / f"{MODEL}/{BASELINE}/evidence").glob("lm-eval-*")
    shutil.rmtree(folder)
    stale = sorted(path for path in cards(stage) if "recovery" not in path)
    assert [path for code, path in findings(stage) if code == "MP401"] == stale
    stage.git("add", "-A")
    stage.git("commit", "-q", "-m", "The baseline was never evaluated")
    assert [path for code, path in findings(stage) if code == "MP401"] == stale
    assert call(stage, "render").code == 1
    assert [code for code, _ in findings(stage)] == ["MP403"] * 4  # pictures with nothing to show


def test_a_card_waits_for_evidence_that_is_faulty(stage: Stage) -> None:
    """It is neither called stale nor rendered without the figures: the evidence is what has to be mended."""
    before = cards(stage)
    (place,) = (stage.repo / f"{MODEL}/{INT4}/evidence").glob("lm-eval-*/results_*.json")
    place.write_bytes(place.read_bytes().replace(b'"acc,none": 0.995', b'"acc,none": 0.999'))
    assert [code for code, _ in findings(stage)] == ["MP201"]
    call(stage, "render")
    assert cards(stage) == before


def test_promotions_steps_and_rollbacks_change_no_card(stage: Stage) -> None:
    before = cards(stage)
    for act in (
        (BASELINE, "--to", "test"), (BASELINE, "--to", "staging"), (BASELINE, "--to", "prod"),
        (INT4, "--to", "test"), (INT4, "--to", "staging"), (INT4, "--to", "prod"),
        ("advance", "--env", "prod"), ("rollback", "--env", "test"),
    ):  # fmt: skip
        done(stage, *act, "--yes")
        touched = stage.git("show", "--name-only", "--format=", "origin/main").splitlines()
        assert not [path for path in touched if path.startswith("models/")]
    stage.pull()
    assert cards(stage) == before
    assert findings(stage) == []


def test_cards_are_rendered_from_nothing_but_the_models(stage: Stage) -> None:
    tree = WorkingTree(stage.repo)
    only = MemoryTree({path: tree.read(path) or b"" for path, _ in walk(tree, "models")})
    variants, problems = load_variants(only, ())
    assert problems == []
    made = {
        path: text.encode()
        for one in dossiers(Renderer(load_templates()), only, variants.values())
        for path, text in one.files.items()
    }
    assert made == cards(stage)


@given(st.permutations(range(3)), st.permutations(range(3)))
def test_the_order_in_which_evidence_is_read_says_nothing(own: list[int], before: list[int]) -> None:
    subject, baseline = genuine(INT4), genuine(BASELINE)
    renderer = Renderer(load_templates())
    mixed = Card(
        replace(subject, runs=tuple(subject.runs[place] for place in own)),
        replace(baseline, runs=tuple(baseline.runs[place] for place in before)),
    )
    assert card_room(renderer, mixed) == card_room(renderer, Card(subject, baseline))


def test_runs_that_differ_in_a_setting_are_not_held_against_each_other() -> None:
    subject, baseline = genuine(INT4), genuine(BASELINE)
    runs = []
    for run in baseline.runs:
        content = run.content
        if isinstance(content, Evaluation):
            tasks = {
                name: replace(one, settings={**one.settings, "max_length": "8192"})
                for name, one in content.tasks.items()
            }
            content = Evaluation(tasks)
        runs.append(replace(run, content=content))
    card = Card(subject, replace(baseline, runs=tuple(runs)))
    assert all(figure.change is None and figure.kept is None for figure in figures(card.own, card.baseline))
    files = card_room(Renderer(load_templates()), card)
    assert list(files) == [CARD]
    assert "max\\_length: 512 here, 8192 in the baseline" in files[CARD]
    assert "In short" in files[CARD]  # the size is known all the same
    assert "keeps least" not in files[CARD]


def test_without_samples_there_is_no_interval() -> None:
    def bare(name: str):  # type: ignore[no-untyped-def]
        subject = genuine(name)
        runs = [
            replace(run, content=Evaluation({task: replace(one, items=()) for task, one in run.content.tasks.items()}))
            if isinstance(run.content, Evaluation)
            else run
            for run in subject.runs
        ]
        return replace(subject, runs=tuple(runs))

    text = card_room(Renderer(load_templates()), Card(bare(INT4), bare(BASELINE)))[CARD]
    assert "aggregates only" in text
    assert "% to " not in text
    assert "no flip" not in text


def test_a_task_that_was_not_run_whole_gives_no_figure_and_is_named() -> None:
    subject = genuine(INT4)
    runs = [
        replace(
            run,
            content=Evaluation(
                {task: replace(one, shortfall="20 of 200 documents") for task, one in run.content.tasks.items()}
            ),
        )
        if isinstance(run.content, Evaluation)
        else run
        for run in subject.runs
    ]
    text = card_room(Renderer(load_templates()), Card(replace(subject, runs=tuple(runs)), genuine(BASELINE)))[CARD]
    assert "Not measured" in text
    assert "model-index" not in text
    assert "E2: zoo\\_mc: 20 of 200 documents" in text


def test_a_card_without_any_evidence_says_so() -> None:
    text = card_room(Renderer(load_templates()), Card(replace(genuine(INT4), runs=()), None))[CARD]
    assert "Not measured" in text
    assert "None yet" in text
    assert "| Bits of a weight | 4 | variant.yaml |" in text
