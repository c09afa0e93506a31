"""`promote validate --schemas DIR`: every built object against the JSON schema of its kind."""

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
from stage import PROJECT, Stage

from repo.acts import call, done
from test_invalid import has_kustomize

REAL = PROJECT.parent / "shared" / "schemas"
SERVICE = "serving.kserve.io_inferenceservice_v1beta1.json"
pytestmark = pytest.mark.skipif(not has_kustomize(), reason="no kustomize, kubectl or oc on PATH")


@pytest.fixture
def served(stage: Stage) -> Stage:
    """The baseline in force in test: seven objects, and an idle one in each of the two other environments."""
    done(stage, "v1.0-fp16", "--to", "test", "--yes")
    return stage


def at_most(replicas: int) -> dict[str, Any]:
    number = {"type": "object", "properties": {"maxReplicas": {"type": "integer", "maximum": replicas}}}
    spec = {"type": "object", "properties": {"predictor": number}}
    return {"type": "object", "properties": {"spec": spec}, "required": ["spec"]}


def folder(tmp_path: Path, name: str, schema: Any) -> str:
    place = tmp_path / "schemas" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(schema if isinstance(schema, str) else json.dumps(schema), "utf-8")
    return str(tmp_path / "schemas")


@pytest.mark.skipif(not REAL.is_dir(), reason="the CRD schemas (../shared/schemas) are not here")
def test_the_zoo_passes_the_real_schemas_and_kinds_without_one_are_counted(served: Stage) -> None:
    said = call(served, "validate", "--schemas", str(REAL))
    assert said.code == 0
    assert said.last.endswith("; 5 objects held against their schemas, 3 have none")
    assert call(served, "validate", "--schemas", str(REAL), "--json").json["schemas"] == {"checked": 5, "without": 3}


@pytest.mark.parametrize(
    "name",
    [
        SERVICE,
        "serving.kserve.io/inferenceservice_v1beta1.json",
        "inferenceservice-serving-v1beta1.json",
        "Serving.KServe.io_InferenceService_v1beta1.json",
    ],
)
def test_an_object_that_its_schema_refuses_is_an_error(served: Stage, tmp_path: Path, name: str) -> None:
    place = folder(tmp_path, name, at_most(0))
    said = call(served, "validate", "--schemas", place)
    assert said.code == 1
    assert said.out.splitlines()[0] == (
        "environments/test/tiny-llama/kustomization.yaml: error[MP470] InferenceService "
        "models-test/tiny-llama-v1-0-fp16: spec.predictor.maxReplicas: 1 is greater than the maximum of 0"
    )
    assert call(served, "validate", "--schemas", folder(tmp_path, name, at_most(1))).code == 0


def test_a_built_in_kind_by_the_name_that_kubeconform_gives_it(served: Stage, tmp_path: Path) -> None:
    place = folder(tmp_path, "configmap-v1.json", {"properties": {"data": {"type": "array"}}})
    assert "error[MP470] ConfigMap" in call(served, "validate", "--schemas", place).out


def test_the_folder_may_be_named_by_the_environment(
    served: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELPROMOTE_SCHEMAS", folder(tmp_path, SERVICE, at_most(0)))
    assert "[MP470]" in call(served, "validate").out


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("{", "is no JSON schema"),
        ({"type": 3}, "is no JSON schema"),
        ({"$ref": "https://example.com/other.json"}, "is no JSON schema"),
        ({"$ref": "file:///etc/hostname"}, "is no JSON schema"),
    ],
)
def test_a_schema_that_cannot_be_used_is_a_failure_and_nothing_is_fetched(
    served: Stage, tmp_path: Path, schema: Any, words: str
) -> None:
    said = call(served, "validate", "--schemas", folder(tmp_path, SERVICE, schema))
    assert said.code == 3
    assert words in said.err


def test_where_nothing_can_be_held_against_a_schema_nothing_passes(served: Stage, tmp_path: Path) -> None:
    place = folder(tmp_path, "other_kind_v1.json", {})
    said = call(served, "validate", "--schemas", place)
    assert said.code == 3
    assert said.last.endswith("; 0 objects held against their schemas, 8 have none")
    (tmp_path / "empty").mkdir()
    for empty in (tmp_path / "empty", tmp_path / "missing"):
        said = call(served, "validate", "--schemas", str(empty))
        assert (said.code, said.out) == (3, "")
        assert "has no schema" in said.err


def test_without_the_extra_or_without_kustomize_it_is_said_and_nothing_passes(
    served: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder(tmp_path, SERVICE, at_most(1))
    with monkeypatch.context() as patch:
        patch.setattr("modelpromote.workflows.world.find_kustomize", lambda: None)
        said = call(served, "validate", "--schemas", place)
        assert (said.code, said.out) == (3, "")
        assert "nothing is built to hold against schemas" in said.err
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name == "jsonschema_rs":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    said = call(served, "validate", "--schemas", place)
    assert (said.code, said.out) == (3, "")
    assert "pip install 'modelpromote[schemas]'" in said.err
