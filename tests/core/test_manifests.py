"""Every value of every manifest replaced by something else: a finding or a value comes of it, never an exception."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelpromote.adapters.yaml_reader import read_yaml
from modelpromote.core.document import Document
from modelpromote.core.environment import read_environment
from modelpromote.core.evidence import read_entry
from modelpromote.core.manifest_reading import read_variant
from modelpromote.core.policy import read_policy
from modelpromote.core.release import read_release

PROJECT = Path(__file__).parents[2]
VARIANT = "models/tiny-llama/v1.3-int4-g64"
MANIFESTS: list[tuple[str, Callable[[Document], Any]]] = [
    (f"{VARIANT}/variant.yaml", read_variant),
    ("environments/prod/environment.yaml", read_environment),
    ("promote.yaml", read_policy),
    ("environments/prod/tiny-llama/release.yaml", read_release),
    (next(PROJECT.glob(f"{VARIANT}/evidence/junit-*/entry.yaml")).relative_to(PROJECT).as_posix(), read_entry),
]
OTHERS = [
    None, True, -1, 0, 10**17, 1.5, float("inf"), "", "x", "é" * 50, "v1.0-fp16", (), ("a", "a"), ({},), {}, {"a": 1},
]  # fmt: skip
each_manifest = pytest.mark.parametrize(("path", "read"), MANIFESTS, ids=[path for path, _ in MANIFESTS])


def document(path: str) -> Document:
    found, problems = read_yaml(path, (PROJECT / path).read_bytes())
    assert problems == ()
    return found


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, item in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ():
        yield from places(item, (*path, key))


def put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(data, dict):
        return {**data, path[0]: put(data[path[0]], path[1:], value)}
    return tuple(put(item, path[1:], value) if index == path[0] else item for index, item in enumerate(data))


def drop(data: Any, path: tuple[Any, ...]) -> Any:
    if len(path) > 1:
        return put(data, path[:1], drop(data[path[0]], path[1:]))
    items = data.items() if isinstance(data, dict) else enumerate(data)
    kept = {key: item for key, item in items if key != path[0]}
    return kept if isinstance(data, dict) else tuple(kept.values())


def check(good: Document, data: Any, read: Callable[[Document], Any]) -> None:
    value, problems = read(Document(good.path, data, good.keys, good.values))
    assert (value is None) is bool(problems)
    for problem in problems:
        assert problem.detail
        assert problem.location.path == good.path
        assert problem.location.line > 0, problem


@each_manifest
def test_the_manifests_of_the_zoo_are_good(path: str, read: Callable[[Document], Any]) -> None:
    value, problems = read(document(path))
    assert value is not None
    assert problems == ()


@each_manifest
def test_whatever_stands_in_place_of_a_value_is_read_or_refused_with_its_place(
    path: str, read: Callable[[Document], Any]
) -> None:
    good = document(path)
    for place in places(good.data):
        for other in OTHERS:
            check(good, put(good.data, place, other), read)


@each_manifest
def test_whatever_is_left_out_is_not_needed_or_missed_with_its_place(
    path: str, read: Callable[[Document], Any]
) -> None:
    good = document(path)
    for place in places(good.data):
        if place:
            check(good, drop(good.data, place), read)


@each_manifest
def test_a_key_that_nobody_knows_is_refused_at_every_level(path: str, read: Callable[[Document], Any]) -> None:
    good = document(path)
    blocks = [place for place in places(good.data) if isinstance(_at(good.data, place), dict)]
    refused = 0
    for place in blocks:
        value, problems = read(
            Document(path, put(good.data, place, {**_at(good.data, place), "stranger": "x"}), good.keys, good.values)
        )
        assert value is None, place
        refused += any(problem.code in {"MP006", "MP008", "MP109"} for problem in problems)
    assert refused == len(blocks)


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data
