"""`promote init`: valid from the first minute, kept from then on, and ready for a first variant."""

import os
import pty
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from stage import PROJECT

from modelpromote.adapters.trees import WorkingTree
from modelpromote.workflows.load import load_environment, load_policy

URL = "https://git.example.com/acme/models-gitops.git"
ANSWERS = ["--repo-url", URL, "--gateway", "inference-gateway/gateways", "--hostname", "{slug}.{env}.example.com"]
Cli = Callable[..., Any]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def validated(cli: Cli, folder: Path) -> str:
    said = cli("validate", "--repo", str(folder))
    assert (said.code, said.err) == (0, ""), said.out
    return str(said.last)


@pytest.fixture
def fresh(tmp_path: Path, cli: Cli) -> Path:
    folder = tmp_path / "models-gitops"
    said = cli("init", str(folder), *ANSWERS, "--owners", "@acme/platform", "--gpu-class", "nvidia-l40s")
    assert said.code == 0, said.out + said.err
    assert said.last.startswith("done: a new Git repository, 20 files written, 0 kept; nothing was committed")
    return folder


def test_is_valid_before_the_first_commit_and_after(fresh: Path, cli: Cli) -> None:
    assert git(fresh, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert validated(cli, fresh).startswith("valid: 0 errors, 0 warnings in 0 models, 0 variants, 3 environments")
    git(fresh, "add", "-A")
    git(fresh, "commit", "-qm", "Start")
    assert git(fresh, "status", "--porcelain") == ""
    validated(cli, fresh)
    assert cli("render", "--check", "--repo", str(fresh)).code == 0


def test_a_folder_of_models_without_a_variant_is_nothing_to_judge(fresh: Path, cli: Cli) -> None:
    (fresh / "models").mkdir()
    assert cli("validate", "--repo", str(fresh)).code == 3


def test_the_gates_are_those_of_the_design(fresh: Path) -> None:
    found = {name: load_environment(WorkingTree(fresh), name).value for name in ("test", "staging", "prod")}
    gates = {name: [gate.gate for gate in one.gates] for name, one in found.items() if one}
    always = ["precision-floor", "artifact"]
    assert gates == {
        "test": [*always, "perplexity"],
        "staging": [*always, "benchmarks", "soak"],
        "prod": [*always, "system-tests", "soak"],
    }
    assert [name for name, one in found.items() if one and one.ladder] == ["prod"]
    prod = found["prod"]
    assert prod is not None
    assert prod.route is not None
    assert prod.gpu is not None
    assert (prod.cluster.namespace, prod.route.hostname) == ("models-prod", "{slug}.prod.example.com")
    assert (prod.route.gateway.name, prod.route.gateway.namespace) == ("inference-gateway", "gateways")
    assert prod.gpu.gpu_class == "nvidia-l40s"


@pytest.mark.parametrize("names", ["prod", "dev,prod", "a,b,c,d"])
@pytest.mark.parametrize("gateway", [["--gateway", "none"], ANSWERS[2:]])
def test_any_environments_are_valid(tmp_path: Path, cli: Cli, names: str, gateway: list[str]) -> None:
    folder = tmp_path / "new"
    assert cli("init", str(folder), "--repo-url", URL, "--environments", names, *gateway).code == 0
    validated(cli, folder)
    policy = load_policy(WorkingTree(folder)).value
    assert policy is not None
    assert policy.environments == tuple(names.split(","))
    last = load_environment(WorkingTree(folder), policy.environments[-1]).value
    assert last is not None
    assert (last.ladder is None) == ("none" in gateway)


def test_a_second_run_writes_nothing_and_asks_nothing(fresh: Path, cli: Cli) -> None:
    before = contents(fresh)
    said = cli("init", str(fresh))
    assert (said.code, said.last) == (0, "already so: 20 files are there; nothing was written")
    assert contents(fresh) == before


def test_what_people_edited_is_kept_and_what_is_missing_comes_back(fresh: Path, cli: Cli) -> None:
    place = fresh / "environments/prod/environment.yaml"
    place.write_text(place.read_text("utf-8").replace('"models-prod"', '"llm"'), "utf-8")
    (fresh / "README.md").write_text("ours\n")
    (fresh / "argocd/test.yaml").unlink()
    shutil.rmtree(fresh / "environments/prod/extra")
    before = contents(fresh)
    said = cli("init", str(fresh), "--environments", "other", "--namespace", "x-{env}")
    assert said.code == 0, said.out + said.err
    assert "kept  README.md\n" in said.out
    assert "wrote argocd/test.yaml\n" in said.out
    assert said.last.startswith("done: 3 files written, 17 kept")
    after = contents(fresh)
    assert {path: after[path] for path in before} == before
    assert yaml.safe_load(after["environments/prod/extra/kustomization.yaml"])["namespace"] == "llm"
    assert cli("render", "--repo", str(fresh)).code == 0
    validated(cli, fresh)


def test_a_repository_with_files_of_its_own_keeps_them(tmp_path: Path, cli: Cli) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk", ".")
    git(tmp_path, "remote", "add", "origin", "https://ada:hunter2@git.example.com/acme/app.git")
    mine = {"README.md": b"ours\n", "CODEOWNERS": b"* @ada\n", "src/models.py": b"x = 1\n", ".gitignore": b"*.o\n"}
    for path, content in mine.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    said = cli("init", str(tmp_path), "--gateway", "none")
    assert said.code == 0, said.out + said.err
    assert {path: contents(tmp_path)[path] for path in mine} == mine
    policy = load_policy(WorkingTree(tmp_path)).value
    assert policy is not None
    assert (policy.branch, policy.repo_url) == ("trunk", "https://git.example.com/acme/app.git")
    assert "hunter2" not in said.out + said.err + str(contents(tmp_path))
    validated(cli, tmp_path)


def test_what_goes_not_together_is_said_and_nothing_is_written(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "argocd").mkdir()
    (tmp_path / "argocd" / "own.yaml").write_text("kind: Application\n")
    before = contents(tmp_path)
    said = cli("init", str(tmp_path), *ANSWERS)
    assert said.code == 1
    assert "argocd/own.yaml: error[MP403]" in said.out
    assert said.last == "refused: 1 finding beside it; nothing was written"
    assert contents(tmp_path) == before
    assert not (tmp_path / ".git").exists()


def test_an_unreadable_policy_is_said(fresh: Path, cli: Cli) -> None:
    (fresh / "promote.yaml").write_text("kind: [\n")
    (fresh / "README.md").unlink()
    said = cli("init", str(fresh))
    assert said.code == 1
    assert "promote.yaml:" in said.out
    assert not (fresh / "README.md").exists()


def test_a_link_is_not_written_through(tmp_path: Path, cli: Cli) -> None:
    folder, elsewhere = tmp_path / "new", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "environments").symlink_to(elsewhere)
    said = cli("init", str(folder), *ANSWERS)
    assert said.code in {1, 3}
    assert list(elsewhere.iterdir()) == []


def test_a_folder_inside_a_repository_is_refused(fresh: Path, cli: Cli) -> None:
    said = cli("init", str(fresh / "environments" / "new"), *ANSWERS)
    assert said.code == 2
    assert f"name its top: promote init {fresh}" in said.err
    assert not (fresh / "environments" / "new").exists()


def test_without_git(tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "new"
    assert cli("init", str(folder), *ANSWERS, "--no-git").code == 0
    assert not (folder / ".git").exists()
    again = cli("init", str(folder), "--no-git")
    assert again.last.startswith("already so: ")
    said = cli("init", str(folder))
    assert said.last == "done: a new Git repository, 0 files written, 20 kept; nothing was committed"
    validated(cli, folder)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "missing: --repo-url, --gateway, --hostname"),
        (["--repo-url", URL, "--gateway", "gw"], "missing: --hostname"),
        (["--repo-url", "https://ada:hunter2@git.example.com/a.git", "--gateway", "none"], "without a password"),
        (["--repo-url", "nowhere", "--gateway", "none"], "expected https://, ssh:// or user@host:path"),
        ([*ANSWERS, "--namespace", "models"], "several environments would share it"),
        ([*ANSWERS[:4], "--hostname", "{slug}.example.com"], "several environments would share it"),
        ([*ANSWERS[:4], "--hostname", "{env}.example.com"], "expected {slug} in it"),
        ([*ANSWERS, "--environments", "test,test"], "test is named twice"),
        ([*ANSWERS, "--environments", "Test"], "lower-case letters"),
        ([*ANSWERS, "--kserve", "1"], 'such as "0.17"'),
        ([*ANSWERS, "--kserve", "0.14"], "expected 0.15 to 0.21"),
        ([*ANSWERS, "--platform", "openshift"], "a Route of OpenShift has none"),
        (["--repo-url", URL, "--platform", "openshift"], "missing: --hostname"),
        ([*ANSWERS, "--platform", "nomad"], "expected kserve, openshift or plain"),
        ([*ANSWERS, "--owners", "acme\n* @eve"], "expected @USER, @ORG/TEAM"),
        ([*ANSWERS, "--branch", "--upload-pack=x"], "a branch name such as main"),
        ([*ANSWERS, "--namespace", "{env}-" + "x" * 56], "'staging-xxx"),
    ],
)
def test_answers_that_cannot_be(tmp_path: Path, cli: Cli, arguments: list[str], says: str) -> None:
    said = cli("init", str(tmp_path / "new"), *arguments)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("platform", "target", "route", "kserve", "gateway"),
    [
        ("kserve", "kserve", "HTTPRoute", "0.17", True),
        ("openshift", "kserve", "Route", "0.17", False),
        ("plain", "deployment", "HTTPRoute", None, True),
    ],
)
def test_each_platform_is_valid(
    tmp_path: Path, cli: Cli, platform: str, target: str, route: str, kserve: str | None, gateway: bool
) -> None:
    answers = ANSWERS if gateway else [*ANSWERS[:2], *ANSWERS[4:]]
    said = cli("init", str(tmp_path / "new"), *answers, "--platform", platform)
    assert said.code == 0, said.err
    validated(cli, tmp_path / "new")
    prod = load_environment(WorkingTree(tmp_path / "new"), "prod").value
    assert prod is not None
    assert prod.route is not None
    assert (prod.target, prod.route_kind[1], prod.cluster.kserve) == (target, route, kserve)
    assert (prod.route.gateway is not None, prod.ladder is not None) == (gateway, True)


def test_openshift_without_a_route(tmp_path: Path, cli: Cli) -> None:
    said = cli("init", str(tmp_path / "new"), *ANSWERS[:2], "--platform", "openshift", "--gateway", "none")
    assert said.code == 0, said.err
    validated(cli, tmp_path / "new")
    prod = load_environment(WorkingTree(tmp_path / "new"), "prod").value
    assert prod is not None
    assert (prod.route, prod.ladder) == (None, None)


def test_a_terminal_is_asked_only_what_was_not_said(tmp_path: Path, process: Any) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, b"\n\nteam-{env}\nBad Gateway\nnone\nh100\n\n\n")
        done = process(tmp_path, "init", "new", "--repo-url", URL, stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Address of this repository" not in done.stderr
    assert "Host name" not in done.stderr
    assert "Error: expected lower-case letters" in done.stderr
    prod = load_environment(WorkingTree(tmp_path / "new"), "prod").value
    assert prod is not None
    assert prod.gpu is not None
    assert (prod.cluster.namespace, prod.gpu.gpu_class, prod.route) == ("team-prod", "h100", None)


def guarded(folder: Path, *paths: str) -> set[str]:
    """Which paths CODEOWNERS gives owners: its patterns are git's, so git says."""
    lines = [line.split(" ")[0] for line in (folder / "CODEOWNERS").read_text("utf-8").splitlines() if line[:1] == "/"]
    (folder / ".git" / "info" / "exclude").write_text("\n".join(lines) + "\n")
    (folder / ".gitignore").write_text("")
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"],
        cwd=folder, input="\n".join(paths), capture_output=True, text=True, check=False,
    )  # fmt: skip
    return set(done.stdout.splitlines())


def test_owners_guard_decisions_and_policy_and_no_variant(fresh: Path) -> None:
    ours = {
        "promote.yaml", "CODEOWNERS", "argocd/prod.yaml", "environments/prod/environment.yaml",
        "environments/prod/llama/release.yaml", "environments/prod/llama/kustomization.yaml",
        "environments/prod/extra/secret.yaml", "environments/test/llama/release.yaml",
    }  # fmt: skip
    of_a_variant = {
        "models/llama/v1.0-fp16/variant.yaml", "models/llama/v1.0-fp16/kserve/kustomization.yaml",
        "models/llama/v1.0-fp16/evidence/junit-1/entry.yaml", "environments/prod/llama/v1.0-fp16/kustomization.yaml",
        "environments/prod/llama/v1.0-fp16/stable/kustomization.yaml",
        "environments/prod/llama/v1.0-fp16/canary/1/kustomization.yaml",
    }  # fmt: skip
    assert guarded(fresh, *ours, *of_a_variant) == ours


def test_without_owners_nothing_pretends_to_be_guarded(tmp_path: Path, cli: Cli) -> None:
    said = cli("init", str(tmp_path / "new"), *ANSWERS)
    assert "put your owners into CODEOWNERS: nothing is guarded yet" in said.out
    assert guarded(tmp_path / "new", "promote.yaml") == set()


def test_evidence_keeps_its_bytes_and_rendered_files_are_shown(fresh: Path) -> None:
    def attributes(path: str) -> str:
        return git(fresh, "check-attr", "text", "eol", "diff", "linguist-generated", "--", path)

    evidence = attributes("models/llama/v1.0-fp16/evidence/junit-1/junit.xml")
    assert "text: unset" in evidence
    assert "linguist-generated: set" in evidence
    rendered = attributes("environments/prod/llama/v1.0-fp16/kustomization.yaml")
    assert "eol: lf" in rendered
    assert "linguist-generated: unspecified" in rendered
    assert "diff: unspecified" in rendered


def test_the_editor_is_told_schemas_that_are_there(fresh: Path) -> None:
    for path in [fresh / "promote.yaml", *fresh.glob("environments/*/environment.yaml")]:
        mark, schema = path.read_text("utf-8").split("\n")[0].split("$schema=")
        assert mark == "# yaml-language-server: "
        assert (path.parent / schema).resolve().is_relative_to(fresh / "schemas")
        assert (path.parent / schema).is_file()


@pytest.mark.parametrize("command", ["kustomize", "kubectl"])
def test_extra_builds(fresh: Path, command: str) -> None:
    if shutil.which(command) is None:
        pytest.skip(f"no {command} on PATH")
    verb = {"kustomize": "build", "kubectl": "kustomize"}[command]
    for folder in fresh.glob("environments/*/extra"):
        done = subprocess.run([command, verb, str(folder)], capture_output=True, text=True, check=True)
        assert done.stderr == ""
        assert [found["kind"] for found in yaml.safe_load_all(done.stdout)] == ["ConfigMap"]


def test_a_first_model_goes_to_its_first_environment(fresh: Path, cli: Cli, tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "models/tiny-llama/v1.0-fp16", fresh / "models/tiny-llama/v1.0-fp16")
    settings = fresh / "environments/test/environment.yaml"
    settings.write_text(settings.read_text("utf-8").replace("task: wikitext", "task: zoo_ppl"), "utf-8")
    assert cli("render", "--repo", str(fresh)).code == 0
    assert "1 model, 1 variant" in validated(cli, fresh)
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(fresh, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(fresh, "add", "-A")
    git(fresh, "commit", "-qm", "Start")
    git(fresh, "push", "-q", "-u", "origin", "main")
    said = cli("v1.0-fp16", "--to", "test", "--yes", "--repo", str(fresh))
    assert said.code == 0, said.out + said.err
    assert said.last == "done: tiny-llama/v1.0-fp16 to test; pushed to origin/main"


def test_an_environment_that_is_added_later_is_written(fresh: Path, cli: Cli) -> None:
    shutil.copytree(PROJECT / "models/tiny-llama/v1.0-fp16", fresh / "models/tiny-llama/v1.0-fp16")
    policy = fresh / "promote.yaml"
    policy.write_text(policy.read_text("utf-8").replace('"prod"]', '"prod", "edge"]'), "utf-8")
    said = cli("init", str(fresh), "--gateway", "none", "--namespace", "llm-{env}")
    assert said.code == 0, said.out + said.err
    assert "wrote environments/edge/environment.yaml\n" in said.out
    assert cli("render", "--repo", str(fresh)).code == 0
    assert "1 variant, 4 environments" in validated(cli, fresh)
