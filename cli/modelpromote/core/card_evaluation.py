"""How a card's figures were measured: tool, version and settings, as the evidence itself records them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from modelpromote.core.card_sources import Source
from modelpromote.core.evidence import Evaluation
from modelpromote.core.markdown import code, escape

# known by the version of the tool, or shown with each figure
_LEFT_OUT = frozenset({"metric_list", "n-samples", "lm_eval_version"})
_OF_A_TASK = ("version", "n-shot", "task_hash", "generation_kwargs", "filter_list")
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """One task of a run: version, examples in the prompt, how it was generated, and which prompts it had."""

    task: str
    version: str
    shots: str
    prompts: str
    generation: str


@dataclass(frozen=True, slots=True)
class Method:
    """How one run of lm-eval, or several alike, measured: settings that all its tasks share, and the tasks."""

    marks: str
    tool: str
    settings: tuple[tuple[str, str], ...]
    tasks: tuple[TaskSettings, ...]


def evaluations(sources: Sequence[Source]) -> tuple[Method, ...]:
    """The lm-eval runs that the card uses, in the order of its sources; those that were run alike together."""
    alike: dict[Method, list[str]] = {}
    for source in sources:
        if isinstance(source.run.content, Evaluation):
            alike.setdefault(_method(source, source.run.content), []).append(source.mark)
    return tuple(replace(method, marks=", ".join(marks)) for method, marks in alike.items())


def _method(source: Source, content: Evaluation) -> Method:
    results = [result for _, result in sorted(content.tasks.items()) if result.metrics]
    shared = {
        name: value
        for name, value in (results[0].settings if results else {}).items()
        if name not in {*_LEFT_OUT, *_OF_A_TASK} and all(one.settings.get(name) == value for one in results)
    }
    tool = source.run.entry.tool
    return Method(
        "",
        escape(f"{tool.name} {tool.version}".strip()),
        tuple((code(name), _value(value)) for name, value in sorted(shared.items())),
        tuple(
            TaskSettings(
                code(result.task),
                _value(result.settings.get("version", "")),
                _value(result.settings.get("n-shot", "")),
                code(result.task_hash[:12]) if result.task_hash else "-",
                _value(result.settings.get("generation_kwargs", "")),
            )
            for result in results
        ),
    )


def _value(text: str) -> str:
    """A setting as the evidence has it, in JSON, cut where it is very long."""
    if not text:
        return "-"
    return code(text.strip('"')) if len(text) <= _SHOWN else f"{escape(text[:_SHOWN])}..."
