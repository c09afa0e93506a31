"""What people write into extra/: each fault by itself, and what is fine."""

import pytest

from modelpromote.adapters.yaml_stream import MAX_DOCUMENTS, read_stream
from modelpromote.core.extra import Neighbour, faults, identity

AROUND = Neighbour("models-prod", frozenset({("serving.kserve.io", "InferenceService")}))
OBJECT = "apiVersion: v1\nkind: {kind}\nmetadata: {{name: x{more}}}\n"


def found(text: str, name: str = "a.yaml") -> list[tuple[str, int]]:
    documents, problems = read_stream(f"environments/prod/extra/{name}", text.encode())
    assert problems == ()
    return [(one.code, one.location.line) for document in documents for one in faults(document, AROUND)]


def test_what_is_fine() -> None:
    assert found(OBJECT.format(kind="NetworkPolicy", more=", namespace: models-prod")) == []
    assert found(OBJECT.format(kind="SealedSecret", more="") + "spec: {encryptedData: {a: b}}\n") == []
    assert found(OBJECT.format(kind="Secret", more="")) == []
    assert found("- {op: add, path: /a, value: b}\n") == []
    assert found("just: values\n") == []
    options = ', annotations: {argocd.argoproj.io/sync-options: "Replace=true"}'
    assert found(OBJECT.format(kind="ConfigMap", more=options)) == []
    assert found("namespace: models-prod\nresources: [a.yaml, ../b]\nlabels: []\n", "kustomization.yaml") == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: x}\n", "MP460", 2),
        (OBJECT.format(kind="Namespace", more=""), "MP460", 2),
        (OBJECT.format(kind="Job", more=", namespace: other"), "MP461", 3),
        (OBJECT.format(kind="Job", more=', annotations: {argocd.argoproj.io/sync-wave: "1"}'), "MP462", 3),
        (OBJECT.format(kind="Job", more=", annotations: {helm.sh/hook: pre-install}"), "MP462", 3),
        (OBJECT.format(kind="Job", more=', annotations: {argocd.argoproj.io/sync-options: "A=b, PruneLast=true"}'),
         "MP462", 3),
        (OBJECT.format(kind="Secret", more="") + "data: {a: Yg==}\n", "MP463", 4),
        (OBJECT.format(kind="Secret", more="") + "stringData: {a: b}\n", "MP463", 4),
    ],
)  # fmt: skip
def test_an_object_with_one_fault(text: str, code: str, line: int) -> None:
    assert found(text) == [(code, line)]
    above = OBJECT.format(kind="ConfigMap", more="")
    assert found(f"{above}---\n{text}") == [(code, line + 4)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("namespace: other\n", "MP461"),
        ('commonAnnotations: {argocd.argoproj.io/sync-wave: "1"}\n', "MP462"),
        ("secretGenerator: [{name: s, literals: [a=b]}]\n", "MP463"),
        ("secretGenerator: [{name: s, envs: [a.env]}]\n", "MP463"),
        ("commonLabels: {a: b}\n", "MP466"),
        ("patchesStrategicMerge: [a.yaml]\n", "MP466"),
        ('resources: ["https://example.com/a.yaml"]\n', "MP467"),
        ('components: ["git@example.com:a/b?ref=main"]\n', "MP467"),
    ],
)
def test_a_kustomization_with_one_fault(text: str, code: str) -> None:
    assert found(text, "kustomization.yaml") == [(code, 1)]
    whole = f"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n{text}"
    assert found(whole, "part.yaml") == [(code, 3)]


def test_hostile_shapes_are_no_crash() -> None:
    for text in ("kind: [a]\n", "apiVersion: v1\nkind: Secret\nmetadata: [a]\ndata: 1\n", "metadata: {name: [a]}\n"):
        assert found(text) == []
        documents, _ = read_stream("a.yaml", text.encode())
        assert [identity(document, "n") for document in documents] == [None]
    for text in ("resources: a\n", "secretGenerator: {a: b}\n", "commonAnnotations: [a]\n", "resources: [1, {a: b}]\n"):
        assert found(text, "kustomization.yaml") == []


def test_places_in_a_stream_are_those_of_the_file_and_it_has_a_limit() -> None:
    _, problems = read_stream("a.yaml", b"a: 1\n---\nb: 1\nb: 2\n")
    assert [(one.code, str(one.location), one.detail) for one in problems] == [
        ("MP002", "a.yaml:4:1", "'b' is given at 3:1 already")
    ]
    documents, problems = read_stream("a.yaml", b"a: 1\n---\n" * MAX_DOCUMENTS)
    assert (len(documents), problems) == (MAX_DOCUMENTS, ())
    documents, problems = read_stream("a.yaml", b"a: 1\n---\n" * (MAX_DOCUMENTS + 1))
    assert (documents, [one.code for one in problems]) == ((), ["MP005"])
