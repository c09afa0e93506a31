"""How weights get into a pod without KServe: what vLLM is told to load, and the volume that has it.

`oci://` is an image volume (Kubernetes 1.33 or newer with ImageVolume) whose `/models` has the weights, as KServe's
modelcars have them; `pvc://` a claim, mounted read-only; `hf://` is fetched by vLLM itself, at a fixed commit.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

FOLDER = "/mnt/models"
_CACHE = "/tmp/hf"  # noqa: S108 - in the pod, HF_HOME of every target
_NAME = "model"

_OCI = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}")
_CLAIM = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(/[^\s:]*)?")
_HUB = re.compile(r"([\w][\w.-]*/[\w][\w.-]*):([0-9a-f]{40})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Weights:
    """`model` is vLLM's `--model`, `revision` a commit of the Hub or empty; volume and mount are Kubernetes'."""

    model: str
    revision: str
    volume: Mapping[str, Any]
    mount: Mapping[str, Any]

    @property
    def is_fetched(self) -> bool:
        """Whether vLLM fetches them from the Hub when it starts."""
        return bool(self.revision)


def weights_at(uri: str) -> Weights:
    """How the artifact at a URI is served; ValueError says why it cannot be."""
    scheme, _, place = uri.partition("://")
    if scheme not in _SOURCES:
        raise ValueError(f"{scheme}:// needs KServe's storage initializer")
    return _SOURCES[scheme](place)


def unservable(uri: str) -> str:
    """Why the artifact at a URI cannot be served; empty where it can."""
    try:
        weights_at(uri)
    except ValueError as fault:
        return str(fault)
    return ""


def _of_image(place: str) -> Weights:
    if _OCI.fullmatch(place) is None:
        raise ValueError("an image is mounted by its digest only: oci://NAME@sha256:<64 hex digits>")
    volume = {"name": _NAME, "image": {"reference": place, "pullPolicy": "IfNotPresent"}}
    return Weights(FOLDER, "", volume, {"name": _NAME, "mountPath": FOLDER, "subPath": "models", "readOnly": True})


def _of_claim(place: str) -> Weights:
    found = _CLAIM.fullmatch(place)
    parts = (found[3] or "").strip("/").split("/") if found else [".."]
    if found is None or any(part in {".", ".."} for part in parts):
        raise ValueError("a claim is written pvc://CLAIM/FOLDER, the folder without '.', '..' and ':'")
    folder = "/".join(part for part in parts if part)
    volume = {"name": _NAME, "persistentVolumeClaim": {"claimName": found[1], "readOnly": True}}
    below = {"subPath": folder} if folder else {}
    return Weights(FOLDER, "", volume, {"name": _NAME, "mountPath": FOLDER, **below, "readOnly": True})


def _of_hub(place: str) -> Weights:
    found = _HUB.fullmatch(place)
    if found is None:
        raise ValueError("a model of the Hub is fetched at a commit only: hf://OWNER/NAME:<40 hex digits>")
    return Weights(found[1], found[2], {"name": _NAME, "emptyDir": {}}, {"name": _NAME, "mountPath": _CACHE})


_SOURCES: Mapping[str, Callable[[str], Weights]] = {"oci": _of_image, "pvc": _of_claim, "hf": _of_hub}
