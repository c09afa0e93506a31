"""Groups of lm-eval tasks (mmlu, ...): their parts, and whether these were run whole. Knows no file."""

from collections.abc import Mapping
from dataclasses import replace

from modelpromote.core.evidence import TaskResult
from modelpromote.evidence.json_text import Json, mapping
from modelpromote.evidence.plain_text import printable


def parts_of(data: Mapping[str, Json], group: str) -> tuple[str, ...]:
    """The tasks of a group, those of the groups inside it too; of a plain task none."""
    known = mapping(data.get("group_subtasks"))
    found: dict[str, None] = {}
    seen, waiting = {group}, [group]
    while waiting:
        listed = known.get(waiting.pop())
        for name in listed if isinstance(listed, list) else []:
            if not isinstance(name, str) or name in seen:
                continue
            seen.add(name)
            if known.get(name):
                waiting.append(name)
            else:
                found[printable(name)] = None
    return tuple(sorted(found))


def whole_groups(tasks: Mapping[str, TaskResult]) -> dict[str, TaskResult]:
    """The tasks, groups with the number of documents and the shortfall of their parts."""
    return {name: _whole(result, tasks) if result.parts else result for name, result in tasks.items()}


def _whole(group: TaskResult, tasks: Mapping[str, TaskResult]) -> TaskResult:
    parts = [tasks[name] for name in group.parts if name in tasks]
    counts = [part.samples for part in parts if part.samples is not None]
    lacks = [f"{part.task}: {part.shortfall}" for part in parts if part.shortfall]
    if len(parts) != len(group.parts):
        lacks.append(f"{len(group.parts) - len(parts)} of its {len(group.parts)} tasks have no results")
    samples = sum(counts) if len(counts) == len(group.parts) else group.samples
    return replace(group, samples=samples, shortfall=group.shortfall or "; ".join(lacks[:1]))
