"""This checkout's own example repository: what its acts lead to, valid, and what clusters and their schemas accept."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment
from replay import replay
from stage import PROJECT

from modelpromote.adapters.kustomize import find_kustomize
from modelpromote.adapters.templates import load_templates
from modelpromote.adapters.trees import WorkingTree
from modelpromote.adapters.yaml_reader import check_both_readings
from modelpromote.core.render import Renderer
from modelpromote.core.tree import walk
from modelpromote.workflows.render import compare
from repo.acts import call

SCHEMAS = PROJECT.parent / "shared" / "schemas"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="the CRD schemas (../shared/schemas) are not here")
needs_kustomize = pytest.mark.skipif(find_kustomize() is None, reason="no kustomize, kubectl or oc on PATH")


def committed() -> dict[str, bytes]:
    tree = WorkingTree(PROJECT)
    rooms = ("environments", "argocd", *(f"models/{path.parent.name}/{path.name}/kserve" for path in models()))
    return {path: tree.read(path) or b"" for room in rooms for path, _ in walk(tree, room)}


def models() -> list[Path]:
    return sorted((PROJECT / "models").glob("*/*"))


def test_the_committed_example_is_freshly_rendered() -> None:
    assert compare(Renderer(load_templates()), WorkingTree(PROJECT)).findings == ()


def test_replaying_its_acts_leads_to_the_committed_example(tmp_path: Path) -> None:
    stage = replay(tmp_path)
    assert call(stage, "validate", "--json").json["findings"] == []
    replayed = {path: (stage.repo / path).read_bytes() for path in stage.git("ls-files").splitlines()}
    expected = committed()
    assert {path: content for path, content in replayed.items() if path in expected} == expected
    assert [path for path in replayed if path.startswith(("environments/", "argocd/")) and path not in expected] == []


def test_a_yaml_1_1_reader_reads_every_rendered_file_alike() -> None:
    for path, content in committed().items():
        if path.endswith(".yaml") and not path.endswith("/environment.yaml"):
            check_both_readings(path, content)


def test_every_value_in_a_template_is_quoted_by_tojson() -> None:
    values = 0
    # CODEOWNERS and README are no YAML; what stands in them is checked by core/blueprint.py
    no_yaml = {"init/CODEOWNERS.j2", "init/README.md.j2"}
    for name, text in load_templates().items():
        if name in no_yaml or name.startswith("card/"):  # Markdown and SVG: their escaping is tested on hostile text
            continue
        written = "\n".join(line for line in text.split("\n") if not line.startswith("#"))
        tokens = [(kind, value) for _, kind, value in Environment(autoescape=True).lex(written) if kind != "whitespace"]
        for place, (kind, _) in enumerate(tokens):
            if kind == "variable_end":
                assert tokens[place - 2 : place] == [("operator", "|"), ("name", "tojson")], (
                    name,
                    tokens[place - 5 : place],
                )
                values += 1
    assert values > 50


@needs_schemas
@needs_kustomize
def test_everything_that_is_rendered_is_valid_against_the_crd_schemas() -> None:
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    builds = [str(path.parent) for path in (PROJECT / "environments").glob("*/tiny-llama/kustomization.yaml")]
    kustomize = find_kustomize()
    assert kustomize
    streams = [subprocess.run([*kustomize.command, folder], capture_output=True, check=True) for folder in builds]
    assert [stream.stderr for stream in streams] == [b""] * len(builds)
    texts = [stream.stdout.decode() for stream in streams]
    texts += [path.read_text("utf-8") for path in (PROJECT / "argocd").glob("*.yaml")]
    texts += [path.read_text("utf-8") for path in (PROJECT / "models").glob("*/*/kserve/[is]*.yaml")]
    checked = set()
    for document in (document for text in texts for document in yaml.safe_load_all(text)):
        group, _, version = document["apiVersion"].rpartition("/")
        if document["kind"] == "ConfigMap":
            continue  # the dashboard: Kubernetes' own kind, of which there is no CRD
        schema = SCHEMAS / f"{group}_{document['kind'].lower()}_{version}.json"
        # a pattern in Go's own spelling, which no JSON Schema may have; we render no such field
        text = schema.read_text("utf-8").replace("^(?i)(abort|warn)?$", "")
        validator = jsonschema_rs.Draft7Validator(json.loads(text))
        assert [str(error) for error in validator.iter_errors(document)] == []
        checked.add(document["kind"])
    assert checked == {
        "InferenceService", "ServingRuntime", "HTTPRoute", "PodMonitor", "PrometheusRule", "AppProject",
        "ApplicationSet",
    }  # fmt: skip


@needs_schemas
@pytest.mark.skipif(shutil.which("kubeconform") is None, reason="no kubeconform on PATH")
def test_kubeconform_accepts_the_bases_what_a_model_has_and_the_argo_cd_resources() -> None:
    template = f"{SCHEMAS}/{{{{.Group}}}}_{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"
    files = [*(PROJECT / "argocd").glob("*.yaml"), *(PROJECT / "models").glob("*/*/kserve/[is]*.yaml")]
    files += (PROJECT / "environments").glob("*/*/common/[hp]*.yaml")
    done = subprocess.run(
        ["kubeconform", "-strict", "-summary", "-schema-location", template, *map(str, files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Invalid: 0, Errors: 0, Skipped: 0" in done.stdout
