"""Gates: pure rules of an environment. One gate, one file, one line in GATES."""

from modelpromote.core.gates import artifact, benchmarks, perplexity, precision_floor, soak, speed, system_tests
from modelpromote.core.gates.gate import Gate, GateSettings

GATES: dict[str, Gate] = {
    "precision-floor": precision_floor,
    "artifact": artifact,
    "perplexity": perplexity,
    "benchmarks": benchmarks,
    "system-tests": system_tests,
    "speed": speed,
    "soak": soak,
}

Settings = (
    precision_floor.Settings
    | artifact.Settings
    | perplexity.Settings
    | benchmarks.Settings
    | system_tests.Settings
    | speed.Settings
    | soak.Settings
)

DEFAULT_FLOOR = precision_floor.Settings(gate="precision-floor")

# judged in every environment, listed or not
DEFAULTS: dict[str, GateSettings] = {"precision-floor": DEFAULT_FLOOR, "artifact": artifact.Settings(gate="artifact")}

__all__ = ["DEFAULTS", "DEFAULT_FLOOR", "GATES", "Gate", "GateSettings", "Settings"]
