"""How a variant is served: addresses, GPUs and parallel sizes, quantities; and whether it fits an environment."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelpromote.core.document import Document
from modelpromote.core.environment import Environment
from modelpromote.core.fitting import misfits, same_hosts
from modelpromote.core.manifest import ArtifactFile, Variant
from modelpromote.core.names import VariantName
from modelpromote.core.quantities import amount, canonical
from modelpromote.core.served import Served

PINNED = f"oci://registry.example.com/m@sha256:{'0' * 64}"
SMALL = {"cpu": "1", "memory": "1Gi"}


def codes(*args: str, uri: str = PINNED, gpus: int = 0, requests: Any = SMALL, limits: Any = SMALL) -> list[str]:
    document = Document("models/m/v/variant.yaml", {})
    return [one.code for one in Served(uri, args, gpus, requests, limits).faults(document)]


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        (PINNED, []),
        (PINNED.replace("oci://", "oci://a:5000/"), []),
        (f"hf://acme/m:{'a' * 40}", []),
        ("pvc://m/v", []),
        ("s3://bucket/m", []),
        ("oci://registry.example.com/m:latest", ["MP121"]),
        ("oci://registry.example.com/m", ["MP121"]),
        ("oci://registry.example.com/m@sha256:abc", ["MP121"]),
        ("hf://acme/m", ["MP121"]),
        ("hf://acme/m:main", ["MP121"]),
    ],
)
def test_an_address_names_the_same_bytes_for_ever(uri: str, found: list[str]) -> None:
    assert codes(uri=uri) == found


@pytest.mark.parametrize(
    ("args", "gpus", "fits"),
    [
        ((), 1, True),
        ((), 0, True),
        ((), 2, False),
        (("--tensor-parallel-size=2",), 2, True),
        (("--tensor-parallel-size", "2"), 2, True),
        (("--tensor_parallel_size=2",), 2, True),
        (("-tp", "4"), 4, True),
        (("-tp=2", "-pp=2"), 4, True),
        (("-tp=2", "--data-parallel-size=2", "-pp", "2"), 8, True),
        (("-tp=2", "-pp=2"), 2, False),
        (("--tensor-parallel-size=2",), 1, False),
        (("--tensor-parallel-size=2", "--tensor-parallel-size=4"), 4, True),
        (("--tensor-parallel-size=x",), 1, False),
        (("--tensor-parallel-size",), 1, False),
        (("--tensor-parallel-size=0",), 1, False),
        (("--tensor-parallel-size=2",), 0, True),
    ],
)
def test_each_gpu_has_its_part(args: tuple[str, ...], gpus: int, fits: bool) -> None:
    assert codes(*args, gpus=gpus) == ([] if fits else ["MP122"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1Gi", "1Gi"), ("1024Mi", "1Gi"), ("1536Mi", "1536Mi"), ("1.5Gi", "1536Mi"), ("0.5Gi", "512Mi"),
        ("1000m", "1"), ("0.5", "500m"), ("500m", "500m"), ("1.0", "1"), ("1000", "1k"), ("1000M", "1G"), ("0Gi", "0"),
        ("0.5Ki", "512"), ("2048Ki", "2Mi"), ("1e", None),
    ],
)  # fmt: skip
def test_quantities_as_the_cluster_writes_them(given: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="is no quantity"):
            canonical(given)
    else:
        assert canonical(given) == expected


quantities = st.builds(
    lambda number, suffix: f"{number}{suffix}",
    st.integers(0, 10**6) | st.decimals(0, 1000, places=3).map(lambda value: f"{value:f}"),
    st.sampled_from(["m", "", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi"]),
)


@given(quantities)
def test_the_canonical_form_is_the_same_amount_and_its_own_canonical_form(quantity: str) -> None:
    assert amount(canonical(quantity)) == amount(quantity)
    assert canonical(canonical(quantity)) == canonical(quantity)


def test_a_request_may_reach_its_limit_in_another_suffix_and_not_pass_it() -> None:
    assert codes(requests={"cpu": "1", "memory": "1Gi"}, limits={"cpu": "1", "memory": "1100M"}) == []
    assert codes(requests={"cpu": "1", "memory": "1Gi"}, limits={"cpu": "1", "memory": "1G"}) == ["MP124"]
    assert codes(requests={"cpu": "1500m", "memory": "1Gi"}) == ["MP124"]


def environment(name: str = "prod", gpu: Any = None, host: str = "{slug}.example.com", floor: int = 4) -> Environment:
    return Environment.model_validate(
        {
            "apiVersion": "modelpromote/v1", "kind": "Environment", "name": name, "target": "kserve", "replicas": 1,
            "cluster": {"server": "https://kubernetes.default.svc", "namespace": "m", "kserve": "0.17"},
            "route": {"gateway": {"name": "g", "namespace": "g"}, "hostname": host},
            "gates": ({"gate": "precision-floor", "bits": floor},),
            **({"gpu": {"class": "l40s", **gpu}} if gpu else {}),
        }
    )  # fmt: skip


def variant(precision: str = "int4", size: int = 10**9, gpus: int = 1, *args: str) -> Variant:
    names = {"int4": VariantName("v1.0", "int4", "g64")}
    files = (
        ArtifactFile(path="model-1.safetensors", size=size, sha256="0" * 64),
        ArtifactFile(path="a.txt", size=10**12, sha256="0" * 64),
    )

    class Part:
        def __init__(self, **values: Any) -> None:
            self.__dict__ |= values

    return Variant.model_construct(
        model="m",
        variant=names.get(precision, VariantName("v1.0", precision)),
        artifact=Part(files=files),
        serving=Part(gpus=gpus, args=args),
    )


def told(environments: Iterator[Environment] | tuple[Environment, ...], *variants: Variant) -> list[str]:
    return [one.code for one in misfits(environments, variants)]


def test_weights_have_to_fit_into_what_vllm_takes_of_the_gpus() -> None:
    small = (environment(gpu={"memory": "1Gi"}),)
    room = int(amount("1Gi") * Decimal("0.9"))
    assert told(small, variant(size=room)) == []
    assert told(small, variant(size=room + 1)) == ["MP140"]
    assert told(small, variant("int4", room + 1, 2)) == []
    assert told(small, variant("int4", room + 1, 1, "--gpu-memory-utilization=0.95")) == []
    assert told(small, variant("int4", room, 1, "--gpu-memory-utilization=0.5")) == ["MP140"]


def test_nothing_is_said_where_nothing_is_known_or_nothing_would_be_served() -> None:
    assert told((environment(), environment(gpu={"memory": "1Ki", "computeCapability": "1.0"})), variant(gpus=0)) == []
    assert told((environment(), environment(gpu={"cl": 1} and {"tolerations": ()})), variant()) == []
    assert told((environment(gpu={"memory": "1Ki"}, floor=8),), variant()) == []


@pytest.mark.parametrize(
    ("precision", "capability", "found"),
    [("fp8", "7.5", ["MP141"]), ("fp8", "8.0", []), ("int4", "7.5", []), ("int4", "7.0", ["MP141"]),
     ("bf16", "7.5", ["MP141"]), ("fp16", "7.0", []), ("nvfp4", "7.0", [])],
)  # fmt: skip
def test_a_precision_needs_its_compute_capability(precision: str, capability: str, found: list[str]) -> None:
    assert told((environment(gpu={"computeCapability": capability}),), variant(precision)) == found


def test_a_host_name_belongs_to_one_model_in_one_environment() -> None:
    def found(*environments: Environment) -> list[str]:
        return [one.detail for one in same_hosts({one.name: one for one in environments}, ("a", "b"))]

    assert (
        found(environment("prod", host="{slug}.p.example.com"), environment("test", host="{slug}.t.example.com")) == []
    )
    assert found(environment(host="one.example.com")) == ["one.example.com of b is the host name of a in prod already"]
    assert len(found(environment("prod"), environment("test"))) == 2
