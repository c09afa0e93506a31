"""JSON schemas of custom resources in a folder, as kubeconform and its converters name them. Needs jsonschema-rs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modelpromote.failures import Failure

_MAX_BYTES = 16 * 1024 * 1024
_SHOWN = 5  # faults of one object


class Schemas:
    """The schemas of a folder: `<group>_<kind>_<version>.json` or `<group>/<kind>_<version>.json`, in lower case.

    Built-in kinds also as kubeconform names them, by the first part of the group: `deployment-apps-v1.json`.
    """

    def __init__(self, folder: Path) -> None:
        self._library = library()
        self._folder = folder
        self._known: dict[tuple[str, str], Any] = {}
        try:
            names = [place.relative_to(folder).as_posix() for place in sorted(folder.rglob("*.json"))]
        except OSError as fault:
            raise Failure(f"cannot list {folder}: {fault.strerror}", "check --schemas") from fault
        if not names:
            raise Failure(f"{folder} has no schema", "name a folder with JSON schemas: --schemas DIR")
        self._names = {name.lower(): name for name in names}

    def faults(self, built: Any) -> list[tuple[str, str]] | None:
        """(key path, what is wrong) of a built object; None where there is no schema of its kind."""
        validator = self._validator(str(built.get("apiVersion", "")), str(built.get("kind", "")))
        if validator is None:
            return None
        found = [(_dotted(one.instance_path), str(one.message)) for one in validator.iter_errors(_plain(built))]
        return found[:_SHOWN]

    def _validator(self, version: str, kind: str) -> Any:
        if (version, kind) not in self._known:
            name = next((self._names[one] for one in _names(version, kind) if one in self._names), None)
            self._known[version, kind] = None if name is None else self._load(name)
        return self._known[version, kind]

    def _load(self, name: str) -> Any:
        place = self._folder / name
        try:
            with place.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
            if len(content) > _MAX_BYTES:
                raise Failure(f"{place} has more than {_MAX_BYTES} bytes", "name a folder with JSON schemas")
            # a schema that names others is not followed to them: nothing is fetched
            return self._library.Draft7Validator(json.loads(content, object_hook=_portable), retriever=_refuse)
        except (OSError, ValueError) as fault:
            raise Failure(
                f"{place} is no JSON schema: {str(fault).partition(chr(10))[0]}", "mend or remove it"
            ) from fault


def library() -> Any:
    """jsonschema-rs; Failure says how to get it."""
    try:
        import jsonschema_rs  # noqa: PLC0415 - an extra, and only this option needs it
    except ImportError as fault:
        raise Failure("jsonschema-rs is not installed", "run: pip install 'modelpromote[schemas]'") from fault
    return jsonschema_rs


def _refuse(uri: str) -> Any:
    raise ValueError(f"it names {uri}, which is not read")


def _portable(node: dict[str, Any]) -> dict[str, Any]:
    """A schema without patterns that only Go understands (inline flags): what they say is not looked at."""
    pattern = node.get("pattern")
    return {k: v for k, v in node.items() if k != "pattern"} if isinstance(pattern, str) and "(?i)" in pattern else node


def _names(version: str, kind: str) -> Iterator[str]:
    group, _, number = version.lower().rpartition("/")
    kind = kind.lower()
    yield f"{group}_{kind}_{number}.json"
    yield f"{group}/{kind}_{number}.json"
    yield f"{kind}-{group.partition('.')[0]}-{number}.json" if group else f"{kind}-{number}.json"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _dotted(path: Any) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
