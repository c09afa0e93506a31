"""The main job on the example zoo, in a terminal: promote, climb, revert by hand, refuse, find what was done by hand.

    ./dev demo            in a temporary folder that is removed at the end
    ./dev demo --keep     leaves the folder there to play with

Every command is the real one, in a clone with a bare remote. Exit code 0 only when each step came out as told.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from narrator import Narrator, Surprise, check
from stage import build_stage

from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.core.names import VariantName
from modelpromote.core.release import ReleaseKey
from modelpromote.core.render import Renderer
from modelpromote.reports.terminal import console
from modelpromote.targets.rooms import decision_room, overlay_room
from modelpromote.workflows.load import load_environment, load_release, load_variant

MODEL, BASELINE, GOOD, BAD = "tiny-llama", "v1.0-fp16", "v1.3-int4-g64", "v1.4-int2-g64"
STEPS = ("10", "50", "100")


def prepare(show: Narrator) -> None:
    """The baseline is in force everywhere, as the demo begins."""
    for environment in ("test", "staging", "prod"):
        show.ask(BASELINE, "--to", environment, "--yes")
    show.tell(
        f"A GitOps repository with five variants of one small model. {BASELINE}, the uncompressed one, is in force\n"
        "everywhere. Argo CD would follow the remote's branch main. Waiting times are set to 0 for this demo."
    )
    show.promote("status")


def climb(show: Narrator) -> str:
    """The good variant, through test and staging, up the ladder of prod; the promotion commit in prod."""
    show.tell(f"{GOOD} has 4 bits instead of 16. Each environment judges it with gates of its own.")
    show.promote(GOOD, "--to", "test", "--yes")
    show.promote(GOOD, "--to", "staging", "--yes")
    show.tell("Prod has a ladder: the promotion starts the new variant beside the old one, without any traffic.")
    show.promote(GOOD, "--to", "prod", "--yes")
    promotion = show.stage.git("ls-remote", "origin", "refs/heads/main").split()[0]
    show.tell("Each step up is a commit, too. Watch the weights of the route.")
    for _ in STEPS:
        show.promote("advance", "--env", "prod", "--yes")
    show.promote("status")
    now = show.in_force("prod")
    check((now["variant"], now["step"]) == (GOOD, STEPS[-1]), f"prod runs {now['variant']} at {now['step']}")
    return promotion


def revert(show: Narrator, promotion: str) -> None:
    """The way back: one plain `git revert`, whatever was committed since."""
    show.tell("Something is wrong in prod. The way back needs no tool: revert the promotion commit, and push.")
    show.stage.pull()
    show.git("revert", "--no-edit", promotion[:12])
    show.git("push", "-q", "origin", "HEAD:main")
    show.promote("status")
    now = show.in_force("prod")
    check(now["variant"] == BASELINE, f"prod runs {now['variant']} after the revert")
    check([hold["variant"] for hold in now["holds"]] == [GOOD], f"{GOOD} is not on hold in prod")
    show.tell("Every rendered file still is what the manifests say; nothing was left half undone.")
    show.promote("validate")


def refuse(show: Narrator) -> list[str]:
    """The bad variant: one gate is not enough. The evidence that its verdicts rest on."""
    show.tell(f"{BAD} is smaller still. Would you promote it?")
    show.promote(BAD, "--to", "test", "--yes", expected=1)
    answer = show.ask(BAD, "--to", "test", "--yes", expected=1)
    verdicts = {one["gate"]: one for one in answer["verdicts"]}
    floor, perplexity = verdicts["precision-floor"], verdicts["perplexity"]
    check(floor["outcome"] == "fail", "the precision floor did not fail")
    check(perplexity["outcome"] == "pass", "the perplexity gate did not pass")
    show.tell(
        f"Perplexity alone would have let it through: {perplexity['value']:+.2f}% is {perplexity['limit']}.\n"
        f"The precision floor does not: {floor['figure']}, {floor['limit']}."
    )
    return sorted({digest for one in answer["verdicts"] for digest in one["evidence"]})


def by_hand(show: Narrator, evidence: list[str]) -> None:
    """The same promotion without the tool, every file in perfect form; `validate` judges it all the same."""
    show.tell(f"So somebody does it by hand: an overlay for {BAD}, the decision in perfect form, committed and pushed.")
    for path, text in forged(show.stage.repo, evidence).items():
        place = show.stage.repo / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    show.git("add", "environments/test")
    show.git("commit", "-q", "-m", f"promote: {MODEL} {BAD} to test")
    show.git("push", "-q", "origin", "HEAD:main")
    show.tell("But validate judges what is in force anew, and believes no commit. In CI it is the red check.")
    show.promote("validate", expected=1)
    found = show.ask("validate", expected=1)["findings"]
    check(any(BAD in one["detail"] and "2 bits" in one["detail"] for one in found), "validate did not name the reason")


def forged(repo: Path, evidence: list[str]) -> dict[str, str]:
    """What `promote` would have written for the bad variant in test, byte for byte, had its gates passed."""
    tree, renderer, key = WorkingTree(repo), Renderer(load_templates()), ReleaseKey("test", MODEL)
    current = load_release(tree, key).value
    variant = load_variant(tree, MODEL, BAD).value
    environment = load_environment(tree, key.environment).value
    if current is None or variant is None or environment is None:
        raise Surprise("the zoo cannot be read")
    decision = {
        "number": current.number + 1,
        "variant": VariantName.parse(BAD),
        "previous": current.variant,
        "artifact": variant.artifact.digest,
        "evidence": tuple(evidence),
    }
    overlay = overlay_room(renderer, variant, environment, ())
    return overlay | decision_room(renderer, current.model_copy(update=decision))


def play(root: Path) -> None:
    """The whole story, in a folder."""
    show = Narrator(build_stage(root), console())
    prepare(show)
    promotion = climb(show)
    revert(show, promotion)
    evidence = refuse(show)
    by_hand(show, evidence)


def main() -> int:
    """Play it; the exit code."""
    parser = argparse.ArgumentParser(prog="./dev demo", description="The main job on the example zoo.")
    parser.add_argument("--keep", action="store_true", help="leave the folder there, and say where it is")
    keep = parser.parse_args().keep
    start = time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="modelpromote-demo-"))
    out = console()
    try:
        play(root)
    except KeyboardInterrupt:
        return 130
    except (Surprise, RuntimeError) as surprise:  # RuntimeError: git, on the stage
        out.print(f"\ndemo: FAILED: {surprise}", style="bold red", soft_wrap=True)
        return 1
    finally:
        if keep:
            out.print(f"\nkept: {root / 'repo'}", soft_wrap=True)
        else:
            shutil.rmtree(root)
    seconds = time.monotonic() - start
    out.print(f"\ndemo: promoted, climbed, reverted, refused and found out, each as it should be, in {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
