"""Which artifacts a pod can load without KServe, and how."""

import pytest

from modelpromote.targets.weights import unservable, weights_at

DIGEST = "sha256:" + "3" * 64
COMMIT = "0cb88a4f764b7a12671c53f0838cd831a0843b95"


def test_an_image_is_mounted_where_kserve_mounts_it() -> None:
    found = weights_at(f"oci://registry.example.com:5000/acme/llama:1.0@{DIGEST}")
    assert (found.model, found.is_fetched) == ("/mnt/models", False)
    assert found.volume["image"]["reference"] == f"registry.example.com:5000/acme/llama:1.0@{DIGEST}"
    assert found.mount == {"name": "model", "mountPath": "/mnt/models", "subPath": "models", "readOnly": True}


@pytest.mark.parametrize(
    ("uri", "claim", "below"),
    [
        ("pvc://llama/v1.3/int4", "llama", "v1.3/int4"),
        ("pvc://llama/", "llama", None),
        ("pvc://llama", "llama", None),
    ],
)
def test_a_claim_is_mounted_read_only(uri: str, claim: str, below: str | None) -> None:
    found = weights_at(uri)
    assert found.volume["persistentVolumeClaim"] == {"claimName": claim, "readOnly": True}
    assert (found.mount.get("subPath"), found.mount["readOnly"]) == (below, True)


def test_a_model_of_the_hub_is_fetched_at_its_commit() -> None:
    found = weights_at(f"hf://acme/Llama-3.2-3B-int4:{COMMIT}")
    assert (found.model, found.revision, found.is_fetched) == ("acme/Llama-3.2-3B-int4", COMMIT, True)
    assert found.mount["mountPath"] == "/tmp/hf"  # noqa: S108 - in the pod


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("s3://bucket/model", "s3:// needs KServe's storage initializer"),
        ("gs://bucket/model", "gs:// needs"),
        ("https://example.com/model.tar", "https:// needs"),
        ("oci://registry.example.com/llama:latest", "by its digest only"),
        (f"oci://a@{DIGEST}@{DIGEST}", "by its digest only"),
        ("pvc://llama/../secrets", "without '.', '..'"),
        ("pvc:///folder", "pvc://CLAIM/FOLDER"),
        ("pvc://Llama/x", "pvc://CLAIM/FOLDER"),
        ("hf://acme/llama", "at a commit only"),
        ("hf://acme/llama:main", "at a commit only"),
        (f"hf://acme/llama/more:{COMMIT}", "at a commit only"),
        (f"hf://../llama:{COMMIT}", "at a commit only"),
        (f"hf://--x/llama:{COMMIT}", "at a commit only"),
    ],
)
def test_what_cannot_be_served_is_said(uri: str, why: str) -> None:
    assert why in unservable(uri)


def test_what_can_be_served_needs_no_word() -> None:
    assert unservable(f"oci://registry.example.com/llama@{DIGEST}") == ""
