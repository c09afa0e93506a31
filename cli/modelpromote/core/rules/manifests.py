"""Rules of names and manifests, MP1xx."""

from modelpromote.core.diagnostics import Rule, Severity

BAD_NAME = Rule(
    "MP101",
    "name outside the scheme",
    "names are {model}-{version}-{precision}[-{config}], e.g. llama-3.2-3b-v1.3-int4-g64",
)
NAME_NOT_FOLDER = Rule("MP102", "name differs from its folder", "rename the folder or correct the manifest")
PRECISION_CONFIG = Rule(
    "MP103",
    "precision and config do not go together",
    "int4, int3 and int2 say their grouping (g64, ch, tensor); fp32, fp16 and bf16 have none",
)
NAME_NOT_RECIPE = Rule(
    "MP104", "name and quantization block disagree", "correct the one that is wrong; config.json tells which"
)
SLUG_TAKEN = Rule(
    "MP105",
    "two variants with one Kubernetes name",
    "rename one: dots become dashes, so 3.2 and 3-2 collide",
)
SLUG_TOO_LONG = Rule(
    "MP106",
    "Kubernetes name too long",
    "shorten the model's name: <slug>-predictor may have at most 63 characters",
)
BAD_BASELINE = Rule(
    "MP107",
    "baseline that cannot serve as one",
    "name a variant of the same model that has no baseline itself",
)
TWO_BASELINES = Rule("MP108", "more than one baseline", "a model has one variant without `baseline:`")
ENVIRONMENT_LIST = Rule(
    "MP109",
    "environments/ and promote.yaml disagree",
    "list every environment that has a folder in promote.yaml, and no other",
)
UNKNOWN_GATE = Rule("MP110", "gate that this version does not know", "check its spelling; `docs/gates.md` lists them")
LADDER_WITHOUT_ROUTE = Rule(
    "MP111", "ladder without a route", "add `route:`, or take `ladder:` away: weights need a route"
)
GATE_TWICE = Rule("MP112", "gate listed twice", "keep one of the two")
FIXED_ARGUMENT = Rule(
    "MP113",
    "serving argument that the target sets itself",
    "remove it: port, model path and served names are rendered",
)
UNFILLED = Rule(
    "MP114", "value still to be filled in", "put the value in its place; the comment above it says what is meant"
)
NAME_NOT_ARTIFACT = Rule(
    "MP115",
    "name and artifact disagree",
    "name the variant after what the artifact is: the artifact gate will refuse this one",
    Severity.WARNING,
)
RECIPE_NOT_ARTIFACT = Rule(
    "MP116",
    "recipe.yaml and config.json disagree",
    "see that both are of this export: one of them may be left from an earlier one",
    Severity.WARNING,
)
WEIGHTS_NOT_CONFIG = Rule(
    "MP117",
    "config.json and weights disagree",
    "export the artifact anew: the artifact gate will refuse this one",
    Severity.WARNING,
)
TYPE_NOT_STORED = Rule(
    "MP118",
    "data type of config.json is not the stored one",
    "correct `dtype` in config.json, or export the weights in it",
    Severity.WARNING,
)
ARTIFACT_NOT_READ = Rule(
    "MP119",
    "file of the artifact that cannot be read",
    "fill in by hand what it would have said",
    Severity.WARNING,
)
MANIFEST_DIFFERS = Rule(
    "MP120",
    "variant.yaml is there, and differs",
    "nothing is overwritten: take another version, or remove the file first",
)
BETWEEN_EDGES = Rule(
    "MP130",
    "limit between two bucket edges",
    "take one of the nearest edges; they are in the message",
)
ALERTS_UNWATCHED = Rule(
    "MP131",
    "alerts where nothing is monitored",
    "take `alerts:` away, or say `monitoring: prometheus-operator`",
)
