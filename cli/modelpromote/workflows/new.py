"""`promote new`: write variant.yaml from what an artifact says of itself; leave only what no file can know."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from modelpromote.adapters.trees import WorkingTree
from modelpromote.adapters.yaml_reader import check_both_readings, read_yaml
from modelpromote.core.diagnostics import Diagnostic, has_errors, in_order
from modelpromote.core.document import dotted
from modelpromote.core.draft import Draft, Origin, block_of, newest_first, next_version, proposed
from modelpromote.core.evidence import ArtifactFacts
from modelpromote.core.manifest import Variant
from modelpromote.core.manifest_reading import UNFILLED, unfilled_keys
from modelpromote.core.names import NameFault, VariantName, check_model
from modelpromote.core.tree import Tree
from modelpromote.failures import Usage
from modelpromote.workflows.artifact_described import Described, describe_folder
from modelpromote.workflows.load import variant_names
from modelpromote.workflows.load_variants import Variants, load_variants
from modelpromote.workflows.new_checks import differences, disagreements
from modelpromote.workflows.world import World

_TOKENIZERS = frozenset({"tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model", "tekken.json"})


class State(Enum):
    """What came of it."""

    WRITTEN = "written"
    DRAFTED = "drafted"
    THERE = "already so"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for; a text that is empty was not given. `choose` makes a name of the one that is proposed."""

    name: str
    source: str
    choose: Callable[[VariantName], VariantName]
    version: str = ""
    baseline: str = ""
    uri: str = ""
    image: str = ""
    serving_from: str = ""
    writes: bool = True


@dataclass(frozen=True, slots=True)
class Drafted:
    """The file, what is left to fill in, what was found and what is worth knowing."""

    state: State
    name: str
    path: str
    text: str
    left: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    notes: tuple[str, ...]


def new(world: World, request: Request) -> Drafted:
    """Read the artifact, draft the manifest, write it where there is none."""
    tree = WorkingTree(world.repository.root)
    variants, _ = load_variants(tree, ())
    model, given = _named(request)
    described = _described(world, request.source)
    if described.facts is None or has_errors(described.problems):
        unnamed = f"{model}/{given}" if given else model
        return Drafted(State.REFUSED, unnamed, "", "", (), in_order(described.problems), described.notes)
    known = _known(tree, model)
    name = given or _chosen(request, described.facts, described.about.dtype, known)
    draft = _draft(request, described, described.facts, variants, known, (model, name))
    text = world.renderer.render("variant.yaml.j2", draft=draft, unfilled=UNFILLED)
    path = f"models/{model}/{name}/variant.yaml"
    check_both_readings(path, text.encode())
    left = tuple(dotted(key) for key in unfilled_keys(read_yaml(path, text.encode())[0].data))
    found = [*described.problems, *disagreements(path, name, described, described.facts)]
    different = differences(tree, path, text, _chosen_keys(request))
    state = _state(request, different)
    if state is State.WRITTEN:
        world.writer.write({path: text.encode()})
    notes = (*described.notes, *_notes(draft))
    return Drafted(state, f"{model}/{name}", path, text, left, in_order([*found, *(different or ())]), notes)


def _state(request: Request, different: tuple[Diagnostic, ...] | None) -> State:
    if different is None:
        return State.WRITTEN if request.writes else State.DRAFTED
    return State.REFUSED if different else State.THERE


def _chosen_keys(request: Request) -> frozenset[str]:
    """The keys that the call itself set."""
    given = {
        "serving": request.serving_from or request.image,
        "baseline": request.baseline,
        "uri": request.uri,
    }
    return frozenset(key for key, value in given.items() if value)


def _named(request: Request) -> tuple[str, VariantName | None]:
    """MODEL/VARIANT or MODEL, with `--version` or without."""
    model, _, variant = request.name.partition("/")
    try:
        name = VariantName.parse(variant) if variant else None
        if request.baseline:
            VariantName.parse(request.baseline)
        return check_model(model), name
    except NameFault as fault:
        raise Usage(str(fault), "name it MODEL/VARIANT, e.g. llama-3.2-3b/v1.3-int4-g64, or MODEL alone") from fault


def _known(tree: Tree, model: str) -> list[VariantName]:
    """The variants of the model, those that cannot be read yet included."""
    found: list[VariantName] = []
    for name in variant_names(tree, model):
        with suppress(NameFault):
            found.append(VariantName.parse(name))
    return found


def _described(world: World, source: str) -> Described:
    if source.startswith("hf://"):
        from modelpromote.workflows.artifact_on_hub import describe_on_hub  # noqa: PLC0415 - the Hub's client is slow

        return describe_on_hub(source, world.notice)
    return describe_folder(Path(source), world.notice)


def _chosen(request: Request, facts: ArtifactFacts, dtype: str, known: list[VariantName]) -> VariantName:
    name = proposed(facts, dtype, request.version or next_version(known))
    if name is None and request.version and proposed(facts, dtype, "v1.0") is not None:
        raise Usage(f"{request.version!r} is not a version", "expected vMAJOR.MINOR[.PATCH], e.g. v1.4")
    if name is None:
        raise Usage(
            "the artifact does not tell the precision in its name",
            f"name it yourself: promote new {request.name}/VARIANT",
        )
    return name if request.version else request.choose(name)


def _draft(
    request: Request,
    described: Described,
    facts: ArtifactFacts,
    variants: Variants,
    known: list[VariantName],
    unit: tuple[str, VariantName],
) -> Draft:
    model, name = unit
    said = described.about
    other = _served(request, variants, unit)
    tool = "llm-compressor" if said.recipe else described.tool
    if said.recipe and described.tool:
        tool += f" ({described.tool})"
    block = block_of(name, facts, tool, said.recipe.algorithm if said.recipe else _algorithm(facts))
    return Draft(
        model,
        name,
        described.source,
        request.baseline or _baseline(variants, known, unit),
        _origin(said.origin, other),
        request.uri or described.uri or UNFILLED,
        described.digest,
        facts.files,
        block,
        calibrated=block is not None and said.recipe is not None and said.recipe.calibrated is True,
        serving=other.serving if other else None,
        serving_from=str(other.variant) if other else "",
        image=request.image or (other.serving.image if other else UNFILLED),
        longest=said.longest,
        weights=sum(file.size for file in facts.files if file.path.endswith(".safetensors")),
    )


def _origin(said: Origin, other: Variant | None) -> Origin:
    """What the card of the artifact says; else what the model's other variant says, which is built from the same."""
    if said.base_model or other is None:
        return said
    return replace(said, base_model=other.base_model.id, revision=other.base_model.revision or "")


def _algorithm(facts: ArtifactFacts) -> str:
    """The algorithm, where the method is one."""
    return facts.method if facts.method in {"gptq", "awq"} else ""


def _served(request: Request, variants: Variants, unit: tuple[str, VariantName]) -> Variant | None:
    """The variant whose serving block is copied: the one that is named, else the newest of the model."""
    known = newest_first(name for model, name in variants if (model, name) != unit and model == unit[0])
    if request.serving_from:
        short = request.serving_from.removeprefix(f"{unit[0]}/")
        if short not in {str(name) for name in known}:
            shown = ", ".join(map(str, known)) or "none that can be read"
            raise Usage(f"{unit[0]} has no other variant {short}", f"there is: {shown}")
        return variants[unit[0], VariantName.parse(short)]
    return variants[unit[0], known[0]] if known else None


def _baseline(variants: Variants, known: list[VariantName], unit: tuple[str, VariantName]) -> str:
    """The model's baseline; TODO where it has none yet and this is quantised."""
    found = [
        name for (model, name), one in variants.items() if model == unit[0] and name != unit[1] and one.is_baseline
    ]
    # one that is still being filled in cannot be read: its name tells
    found = found or [name for name in known if name != unit[1] and not name.is_quantised]
    if len(found) == 1:
        return str(found[0])
    return UNFILLED if unit[1].is_quantised or found else ""


def _notes(draft: Draft) -> Iterator[str]:
    if not any(file.path.rpartition("/")[2] in _TOKENIZERS for file in draft.files):
        yield "the artifact has no tokenizer: the server will not start from it"
    if draft.serving_from:
        yield f"the serving block is that of {draft.model}/{draft.serving_from}: see that it fits this build"
    if draft.baseline and draft.baseline != UNFILLED:
        yield f"the baseline is {draft.model}/{draft.baseline}"
