"""The JSON Schemas of the manifests: current, and of one mind with the readers about every manifest there is."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core import rules
from modelpromote.core.document import Document
from modelpromote.core.environment import read_environment
from modelpromote.core.manifest_reading import read_variant
from modelpromote.core.manifest_schemas import SCHEMAS, json_schema
from modelpromote.core.policy import read_policy
from modelpromote.workflows.schemas import schema_files

PROJECT = Path(__file__).parents[1]
READERS: dict[str, Callable[[Document], Any]] = {
    "promote": read_policy,
    "environment": read_environment,
    "variant": read_variant,
}
VALIDATORS = {kind: jsonschema_rs.Draft202012Validator(json_schema(kind)) for kind in SCHEMAS}
VARIANT = "models/tiny-llama/v1.3-int4-g64/variant.yaml"
# what no JSON Schema can say: it compares one value with another, with the folder, or with the repository
BEYOND = {
    rules.NAME_NOT_FOLDER,
    rules.SLUG_TOO_LONG,
    rules.BAD_BASELINE,
    rules.NAME_NOT_RECIPE,
    rules.ENVIRONMENT_LIST,
    rules.UNKNOWN_PROFILE,
}
BEYOND |= {rules.MOVING_ADDRESS, rules.GPUS_NOT_PARALLEL, rules.NOT_CANONICAL, rules.REQUEST_OVER_LIMIT}
OTHERS = [
    None, True, -1, 0, 1, 4, 10**17, 1.5, "", "x", "no", "é" * 50, "x" * 2001, "v1.0-fp16", "v1.0-fp16-g64",
    "v1.0-int4", "v1.0-int4-g64", "v1.0-int4-ch", "v1.0-int8", "v1.0-int8-dynamic", "v1.0-fp8-", "v01.0-int8",
    "tiny.llama-3",
    "Tiny", "15m", "1h30m", "90", "7d ", "3%", "0.5%", "%", "8Gi", "500m", "8 Gi", "8Mib", "a/b", "a/../b", "../a",
    "...", "a//b", ".git", "sha256:" + "0" * 64, "0" * 64, "oci://a@sha256:1", "a@sha256:" + "0" * 64,
    "git@example.com:a/b",
    "--port=1", "--portable", "0.17", "0.1234", "8.9", "{slug}.example.com", "https://a b", "a\nb", "staged",
    (), ("a", "a"), ("test", "test"), ("--model",), ({},), {}, {"a": 1}, {"staged": "1h"}, {"test": "pr"},
]  # fmt: skip


def kind_of(path: str) -> str:
    return Path(path).name.removesuffix(".yaml")


def manifests() -> list[str]:
    patterns = ("promote.yaml", "environments/*/environment.yaml", "models/*/*/variant.yaml")
    return sorted(path.relative_to(PROJECT).as_posix() for pattern in patterns for path in PROJECT.glob(pattern))


def plain(data: Any) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(data))


def by_schema(path: str, data: Any) -> bool:
    return bool(VALIDATORS[kind_of(path)].is_valid(plain(data)))


def by_reader(path: str, data: Any) -> bool | None:
    """Whether the reader takes it; None where it refuses only what no schema can say."""
    value, problems = READERS[kind_of(path)](Document(path, data))
    return None if value is None and {found.rule for found in problems} <= BEYOND else value is not None


def document(path: str, root: Path = PROJECT) -> Any:
    found, problems = read_yaml(path, (root / path).read_bytes())
    assert problems == ()
    return found.data


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, item in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ():
        yield from places(item, (*path, key))


def changed(data: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(data)
    if isinstance(data, dict):
        return {**data, path[0]: changed(data[path[0]], path[1:], change)}
    return tuple(changed(item, path[1:], change) if index == path[0] else item for index, item in enumerate(data))


def without(key: Any) -> Callable[[Any], Any]:
    return lambda data: {name: item for name, item in data.items() if name != key} if isinstance(data, dict) else data


def test_the_files_are_current() -> None:
    there = {path.name: path.read_bytes() for path in (PROJECT / "schemas").iterdir()}
    assert there == schema_files(), "run: promote schema --write schemas"


@pytest.mark.parametrize("kind", SCHEMAS)
def test_is_a_schema_of_the_2020_12_dialect_that_explains_every_key(kind: str) -> None:
    schema = json_schema(kind)
    assert jsonschema_rs.meta.is_valid(schema)
    blocks = [schema, *schema.get("$defs", {}).values()]
    silent = [key for block in blocks for key, value in block.get("properties", {}).items() if not value["description"]]
    assert silent == []
    assert all(block["additionalProperties"] is False for block in blocks)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_its_examples_are_such_values(kind: str) -> None:
    schema = json_schema(kind)
    tried = 0
    for block in [schema, *schema.get("$defs", {}).values()]:
        for value in block.get("properties", {}).values():
            alone = {"$defs": schema.get("$defs", {}), **value}
            for example in value.get("examples", []):
                assert jsonschema_rs.is_valid(alone, example), (value["description"], example)
                tried += 1
    assert tried >= 3


@pytest.mark.parametrize("path", manifests())
def test_every_manifest_here_passes(path: str) -> None:
    assert [fault.message for fault in VALIDATORS[kind_of(path)].iter_errors(plain(document(path)))] == []


@pytest.mark.parametrize("page", ["manifests.md", "start.md"])
def test_every_manifest_of_the_documentation_passes(page: str) -> None:
    text = (PROJECT / "docs" / page).read_text("utf-8")
    shown = re.findall(r"```yaml\n# (\S*(?:promote|environment|variant)\.yaml)\n(.*?)```", text, re.DOTALL)
    assert shown or page == "start.md"
    for path, manifest in shown:
        found, problems = read_yaml(path, manifest.encode())
        assert problems == ()
        assert by_schema(path, found.data), path


@pytest.mark.parametrize("path", ["promote.yaml", "environments/prod/environment.yaml", VARIANT])
def test_says_the_same_as_the_reader_of_every_value_put_anywhere(path: str) -> None:
    data = document(path)
    compared = {True: 0, False: 0}
    for place in places(data):
        changes = [lambda _, value=value: value for value in OTHERS]
        if place and isinstance(place[-1], str):
            changes.append(without("unknown"))
        tried = [changed(data, place, change) for change in changes]
        tried.append(changed(data, place, lambda found: {**found, "x": 1} if isinstance(found, dict) else found))
        tried.append(changed(data, place[:-1], without(place[-1])) if place else {})
        for other in tried:
            if path == "promote.yaml" and isinstance(other, dict) and other.get("render") is True:
                continue  # Python takes it for 1; the schema is the stricter one
            expected = by_reader(path, other)
            if expected is not None:
                compared[expected] += 1
                assert by_schema(path, other) is expected, (place, other)
    assert min(compared.values()) > 20


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("environment", {"route": None}, False),
        ("environment", {"route": None, "ladder": None}, True),
        ("environment", {"gates": ({"gate": "soak", "for": "1h"}, {"gate": "soak", "for": "2h"})}, False),
        ("environment", {"gates": ({"gate": "sok", "for": "1h"},)}, False),
        ("promote", {"environments": ("test", "test", "prod")}, False),
        ("variant", {"variant": "v1.3-int8-g64"}, False),
        ("variant", {"variant": "v1.0-fp16"}, False),
        ("variant", {"variant": "v1.0-fp16", "quantization": None}, True),
        ("variant", {"quantization": None}, False),
    ],
)
def test_what_keys_say_together(kind: str, change: dict[str, Any], expected: bool) -> None:
    path = {"promote": "promote.yaml", "environment": "environments/prod/environment.yaml"}.get(kind, VARIANT)
    assert by_schema(path, {**document(path), **change}) is expected


def bad_manifests() -> list[tuple[str, str]]:
    """(case, path) of each manifest in tests/invalid that is YAML at all."""
    found = []
    for case in sorted((PROJECT / "tests" / "invalid").iterdir()):
        for path in sorted((case / "input").rglob("*.yaml")):
            name = path.relative_to(case / "input").as_posix()
            if kind_of(name) in READERS and not read_yaml(name, path.read_bytes())[1]:
                found.append((case.name, name))
    return found


@pytest.mark.parametrize(("case", "path"), bad_manifests())
def test_says_the_same_as_the_reader_of_every_bad_example(case: str, path: str) -> None:
    data = document(path, PROJECT / "tests" / "invalid" / case / "input")
    expected = by_reader(path, data)
    assert by_schema(path, data) is expected or expected is None


def test_most_bad_examples_are_caught_while_typing() -> None:
    caught = {
        case
        for case, path in bad_manifests()
        if not by_schema(path, document(path, PROJECT / "tests" / "invalid" / case / "input"))
    }
    assert caught >= {
        "bad-names", "bad-policy", "fixed-arguments", "gate-twice-and-no-route", "gates", "ladder-steps",
        "missing-keys", "name-not-recipe", "ten-faults", "unknown-keys",
    }  # fmt: skip


def test_a_second_write_writes_nothing(cli: Any, tmp_path: Path) -> None:
    first = cli("schema", "--write", str(tmp_path / "schemas"))
    assert (first.code, first.last) == (0, "3 schemas written, 0 were up to date")
    assert {path.name: path.read_bytes() for path in (tmp_path / "schemas").iterdir()} == schema_files()
    (tmp_path / "schemas" / "variant.schema.json").write_text("{}")
    assert cli("schema", "variant", "--write", str(tmp_path / "schemas")).last == "1 schemas written, 0 were up to date"
    assert cli("schema", "--write", str(tmp_path / "schemas")).last == "0 schemas written, 3 were up to date"


def test_one_is_printed(cli: Any) -> None:
    said = cli("schema", "variant")
    assert (said.code, said.out.encode()) == (0, schema_files()["variant.schema.json"])


def test_it_must_be_said_which(cli: Any) -> None:
    said = cli("schema")
    assert (said.code, said.out) == (2, "")
    assert "write all with --write DIR" in said.err
