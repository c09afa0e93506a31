"""The example's cards: what huggingface_hub reads in them is what the evidence says, figure by figure."""

import gzip
import hashlib
import json
import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from huggingface_hub import EvalResult, ModelCard, ModelCardData

MODEL = Path(__file__).parents[2] / "models" / "tiny-llama"
NAMES = sorted(path.name for path in MODEL.iterdir())
BUILDS = [name for name in NAMES if name != "v1.0-fp16"]


def results(name: str) -> dict[str, Any]:
    """What lm-eval itself wrote."""
    (path,) = (MODEL / name / "evidence").glob("lm-eval-*/results_*.json")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def scores(name: str, task: str, metric: str) -> list[float]:
    (path,) = (MODEL / name / "evidence").glob(f"lm-eval-*/samples_{task}_*.jsonl.gz")
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    return [row["metrics"][metric] for row in rows]


def text(name: str) -> str:
    return (MODEL / name / "README.md").read_text("utf-8")


def row(name: str, start: str) -> list[str]:
    """The cells of the one line of a table that starts so."""
    (line,) = [line for line in text(name).splitlines() if line.startswith(f"| {start} ")]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


@pytest.mark.parametrize("name", NAMES)
def test_the_hub_reads_the_figures_that_lm_eval_wrote(name: str) -> None:
    data = ModelCard.load(MODEL / name / "README.md").data
    assert isinstance(data, ModelCardData)
    wanted = {
        (task, *key.split(",", 1)): value
        for task, metrics in results(name)["results"].items()
        for key, value in metrics.items()
        if "," in key and "_stderr" not in key
    }
    assert data.eval_results
    found = {(one.dataset_type, one.metric_type, one.metric_name.split(",")[1]): one for one in data.eval_results}
    assert {key: one.metric_value for key, one in found.items()} == wanted
    assert data.model_name == f"tiny-llama-{name}"
    assert {one.task_type for one in data.eval_results} == {"text-generation"}


@pytest.mark.parametrize("name", NAMES)
def test_the_front_matter_is_what_huggingface_hub_makes_of_the_same_values(name: str) -> None:
    """Value for value, and read by a YAML 1.1 reader: the same mapping as the library's own classes write."""
    given = yaml.safe_load(text(name).split("---\n")[1])
    listed = [
        EvalResult("text-generation", task, task, key.split(",")[0], value, metric_name=key)
        for task, metrics in sorted(results(name)["results"].items())
        for key, value in sorted(metrics.items())
        if "," in key and "_stderr" not in key
    ]
    manifest = yaml.safe_load((MODEL / name / "variant.yaml").read_text("utf-8"))
    recipe = manifest.get("quantization")
    named = [recipe["scheme"].lower(), recipe["algorithm"], "compressed-tensors"] if recipe else []
    meant = ModelCardData(
        base_model="modelpromote/tiny-llama",
        **({"base_model_relation": "quantized"} if recipe else {}),
        language=["en"],
        library_name="transformers",
        pipeline_tag="text-generation",
        tags=[*(["quantized"] if recipe else []), name.split("-")[1], *named, "vllm"],
        model_name=f"tiny-llama-{name}",
        eval_results=listed,
    )
    assert given == yaml.safe_load(meant.to_yaml())


@pytest.mark.parametrize("name", BUILDS)
def test_perplexity_against_the_baseline(name: str) -> None:
    own, base = scores(name, "zoo_ppl", "word_perplexity"), scores("v1.0-fp16", "zoo_ppl", "word_perplexity")
    units = sum(count for _, count in base)  # type: ignore[misc, has-type]
    values = [math.exp(-sum(nats for nats, _ in side) / units) for side in (base, own)]  # type: ignore[misc, has-type]
    cells = row(name, "`zoo_ppl` | `word_perplexity`")
    assert cells[2:5] == [f"{values[0]:.4f}", f"{values[1]:.4f}", f"{100 * (values[1] / values[0] - 1):+.2f}%"]
    low, high = (float(end) for end in re.findall(r"[-+][\d.]+(?=%)", cells[5]))
    assert low <= float(cells[4].rstrip("%")) <= high
    assert cells[6] == "60"


@pytest.mark.parametrize("name", BUILDS)
@pytest.mark.parametrize(("task", "metric"), [("zoo_arith", "exact_match"), ("zoo_mc", "acc"), ("zoo_mc", "acc_norm")])
def test_scores_against_the_baseline(name: str, task: str, metric: str) -> None:
    own, base = scores(name, task, metric), scores("v1.0-fp16", task, metric)
    shown = "`exact_match,get-sum`" if task == "zoo_arith" else f"`{metric}`"
    cells = row(name, f"`{task}` | {shown}")
    pairs = list(zip(base, own, strict=True))
    assert cells[4] == f"{100 * sum(own) / sum(base):.1f}%"
    assert cells[6] == f"{pairs.count((1.0, 0.0))} / {pairs.count((0.0, 1.0))}"
    assert cells[7] == "200"


@pytest.mark.parametrize("name", BUILDS)
def test_sizes_are_those_of_the_artifact(name: str) -> None:
    sizes = []
    for owner in ("v1.0-fp16", name):
        manifest = yaml.safe_load((MODEL / owner / "variant.yaml").read_text("utf-8"))
        sizes.append(
            sum(file["size"] for file in manifest["artifact"]["files"] if file["path"].endswith("safetensors"))
        )
    cells = row(name, "Weights (safetensors)")
    assert cells[1].startswith(f"{sizes[0]:,} bytes")
    assert cells[2].startswith(f"{sizes[1]:,} bytes")
    assert cells[3] == f"{100 * sizes[1] / sizes[0]:.1f}%"


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_is_explained_with_the_digest_of_its_entry(name: str) -> None:
    body, _, table = text(name).partition("## Evidence")
    listed = dict(re.findall(r"(?m)^\| ([EB]\d+) \| `([^`]+)` .*$", table))
    used = set(re.findall(r"(?<=[ ,])[EB]\d+(?=[ ,:])", body))
    assert used == set(listed)
    for mark, place in listed.items():
        owner, entry = place.split("/")
        digest = hashlib.sha256((MODEL / owner / "evidence" / entry / "entry.yaml").read_bytes()).hexdigest()
        assert re.search(rf"(?m)^\| {mark} .*`{digest}` \|$", table)


@pytest.mark.parametrize("name", BUILDS)
def test_the_picture_says_in_words_what_it_shows(name: str) -> None:
    root = ET.parse(MODEL / name / "recovery.svg").getroot()  # noqa: S314 - our own file
    space = {"": "http://www.w3.org/2000/svg"}
    title, desc = root.find("title", space), root.find("desc", space)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"  # type: ignore[union-attr]
    assert title.text == f"What tiny-llama {name} keeps of v1.0-fp16"  # type: ignore[union-attr]
    ratio = (
        results("v1.0-fp16")["results"]["zoo_ppl"]["word_perplexity,none"]
        / results(name)["results"]["zoo_ppl"]["word_perplexity,none"]
    )
    assert f"zoo_ppl word_perplexity: {100 * ratio:.1f}%." in (desc.text or "")  # type: ignore[union-attr]
    assert all(0 <= float(dot.get("cx", "-1")) <= 760 for dot in root.iter("{http://www.w3.org/2000/svg}circle"))
    assert "prefers-color-scheme: dark" in (MODEL / name / "recovery.svg").read_text("utf-8")


def test_the_baseline_has_no_picture_and_says_what_it_is() -> None:
    assert not (MODEL / "v1.0-fp16" / "recovery.svg").exists()
    assert "the baseline of `tiny-llama`" in text("v1.0-fp16")
    assert "recovery" not in text("v1.0-fp16")
