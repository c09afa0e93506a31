import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.evidence import root_digest

SHARED = Path(__file__).parents[2].parent / "shared" / "tiny-llama"
needs_shared = pytest.mark.skipif(
    not (SHARED / "digests.json").is_file(), reason="the folder ../shared/tiny-llama is not here"
)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_fixed_example() -> None:
    files = [("b.txt", sha("two")), ("a.txt", sha("one"))]
    expected = hashlib.sha256(bytes.fromhex(sha("one")) + bytes.fromhex(sha("two"))).hexdigest()
    assert root_digest(files) == expected == "11914c19a28a98c57d12f3cce6c32b7944784f4b4781a706c24eb1dc284e2856"


def test_folders_are_compared_part_by_part_not_as_text() -> None:
    # as text `a-b` comes before `a/c`; part by part `a` comes before `a-b`
    digests = {"a/c": sha("1"), "a-b": sha("2")}
    expected = hashlib.sha256(bytes.fromhex(sha("1")) + bytes.fromhex(sha("2"))).hexdigest()
    assert root_digest(digests.items()) == expected


@given(st.dictionaries(st.from_regex(r"[a-z]{1,3}(/[a-z.-]{1,3}){0,2}", fullmatch=True), st.binary(max_size=4)))
def test_the_order_of_the_files_does_not_matter(files: dict[str, bytes]) -> None:
    listed = [(path, hashlib.sha256(data).hexdigest()) for path, data in files.items()]
    assert root_digest(listed) == root_digest(reversed(listed))


@needs_shared
@pytest.mark.parametrize("variant", ["v1.0-fp16", "v1.1-int8", "v1.2-int4-g128", "v1.3-int4-g64", "v1.4-int2-g64"])
def test_the_digests_that_model_signing_gave_for_real_artifacts(variant: str) -> None:
    known = json.loads((SHARED / "digests.json").read_text("utf-8"))["artifacts"][variant]
    assert root_digest((path, file["sha256"]) for path, file in known["files"].items()) == known["root_sha256"]


@needs_shared
def test_an_artifact_on_the_disk() -> None:
    folder = SHARED / "artifacts" / "v1.3-int4-g64"
    files = [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in folder.iterdir()]
    known = json.loads((SHARED / "digests.json").read_text("utf-8"))["artifacts"]["v1.3-int4-g64"]
    assert root_digest(files) == known["root_sha256"]
