"""Changes made on a stage, as a bot sees them: judged by `validate --base`, accepted or refused."""

from stage import Stage

from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.ladder import Step
from modelpromote.core.names import VariantName
from modelpromote.core.release import first_release
from modelpromote.core.render import Renderer
from modelpromote.targets import TARGETS
from modelpromote.targets.rooms import decision_room
from modelpromote.workflows.load import load_environment, load_variant
from repo.acts import Said, call
from repo.expected import MODEL, Expected

V1_2, V1_3 = "v1.2-int4-g128", "v1.3-int4-g64"
PROD = f"environments/prod/{MODEL}"


def judged(stage: Stage, base: str = "HEAD") -> Said:
    return call(stage, "validate", "--base", base, "--json")


def accepted(stage: Stage, words: str, base: str = "HEAD") -> dict[str, object]:
    """The change is one of its kind, and its first line is this one."""
    said = judged(stage, base)
    assert said.json["findings"] == []
    assert said.code == 0
    change: dict[str, object] = said.json["change"]
    assert change["summary"] == f"change: {words}"
    return change


def refused(stage: Stage, kind: str, *codes: str, base: str = "HEAD") -> Said:
    """The change is called this, and these are the errors, no other."""
    said = judged(stage, base)
    assert said.json["change"]["kind"] == kind
    assert {found["code"] for found in said.json["findings"] if found["severity"] == "error"} == set(codes)
    assert said.code == 1
    return said


def details(said: Said, code: str) -> str:
    return "\n".join(f"{found['path']} {found['detail']}" for found in said.json["findings"] if found["code"] == code)


def transition(stage: Stage, *arguments: str) -> None:
    """A transition as the bot sees it: made by the tool, not pushed, its commit checked out."""
    said = call(stage, *arguments, "--no-push")
    assert said.code == 0, said.out + said.err
    environment = arguments[arguments.index("--to" if "--to" in arguments else "--env") + 1]
    stage.git("reset", "-q", "--hard", f"refs/modelpromote/{environment}/{MODEL}")


def edit(stage: Stage, path: str, old: str, new: str) -> None:
    place = stage.repo / path
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new), "utf-8")


def write(stage: Stage, path: str, text: str) -> None:
    place = stage.repo / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")


def slot(stage: Stage, name: str, number: int, step: Step) -> None:
    """A slot of prod at a step, as the tool renders it."""
    tree = WorkingTree(stage.repo)
    settings, variant = load_environment(tree, "prod").value, load_variant(tree, MODEL, name).value
    assert settings
    assert variant
    text = TARGETS[settings.target].slot(Renderer(load_templates()), variant, settings, step)
    write(stage, f"{PROD}/{name}/canary/{number}/kustomization.yaml", text)


def decide(stage: Stage, environment: str, name: str, number: int, previous: str, slot: int = 0) -> None:
    """A decision in perfect form, by hand; the evidence that a promotion there rests on is named."""
    variant = load_variant(WorkingTree(stage.repo), MODEL, name).value
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
    for path, text in decision_room(Renderer(load_templates()), release).items():
        write(stage, path, text)
