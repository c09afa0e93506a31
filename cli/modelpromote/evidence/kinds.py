"""Of which kind a JSON file is, by what is in it, never by its name alone."""

from modelpromote.core.evidence import Kind
from modelpromote.evidence import guidellm, lm_eval, vllm_bench
from modelpromote.evidence.json_text import Json, NotJson, load

NAMED: tuple[Kind, ...] = ("lm-eval", "junit", "guidellm", "vllm-bench")


def kinds_of(data: bytes) -> tuple[Kind, ...]:
    """Every kind that JSON may be; more than one where its structure fits several. NotJson says why it is none."""
    values = _values(data)
    tests: dict[Kind, bool] = {
        "lm-eval": len(values) == 1 and lm_eval.is_results_value(values[0]),
        "guidellm": len(values) == 1 and guidellm.is_report(values[0]),
        "vllm-bench": bool(values) and all(vllm_bench.is_run(value) for value in values),
    }
    return tuple(kind for kind, fits in tests.items() if fits)


def _values(data: bytes) -> list[Json]:
    """The one JSON value of a file, or the several that are written one after the other."""
    try:
        return [load(data, guidellm.MAX_REPORT)]
    except NotJson as fault:
        try:
            several = vllm_bench.runs(data)
        except NotJson:
            raise fault from None
        return list(several) if len(several) > 1 else []
