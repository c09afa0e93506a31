"""Rules from the field, of manifests: what a cluster refuses or does not heed. MP121 to MP129, MP140 to MP149."""

from modelpromote.core.diagnostics import Rule, Severity

MOVING_ADDRESS = Rule(
    "MP121",
    "artifact address that can move",
    "name the bytes: oci://NAME@sha256:DIGEST, hf://ORG/REPO:COMMIT (40 hex digits)",
)
GPUS_NOT_PARALLEL = Rule(
    "MP122",
    "GPUs and parallel sizes disagree",
    "tensor, pipeline and data parallel size multiplied are the GPUs of a pod: correct `gpus` or the arguments",
)
NOT_CANONICAL = Rule(
    "MP123",
    "quantity that is not in canonical form",
    "write it as the cluster gives it back; the form is in the message",
)
REQUEST_OVER_LIMIT = Rule(
    "MP124",
    "request above its limit",
    "a pod may not ask for more than it may use: raise the limit or lower the request",
)
WEIGHTS_TOO_LARGE = Rule(
    "MP140",
    "weights that do not fit the GPUs of an environment",
    "it would not start there: give it more `gpus`, or use a variant with fewer bits",
    Severity.WARNING,
)
GPU_TOO_OLD = Rule(
    "MP141",
    "precision that the GPUs of an environment cannot serve",
    "it would not start there: use a variant of another precision there",
    Severity.WARNING,
)
SAME_HOST = Rule(
    "MP142",
    "two routes with one host name",
    "give each model and environment its own: put {slug} into route.hostname",
)
