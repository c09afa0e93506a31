"""Every rule that a diagnostic can break: code, title, hint. Codes are never reused and never renumbered.

MP0xx reading files, MP1xx names and manifests, MP2xx evidence, MP3xx gates, MP4xx rendering and builds,
MP5xx transitions and history.
"""

from modelpromote.core.diagnostics import Rule, Severity

# --- MP0xx: reading files ---------------------------------------------------------------------------------
NOT_YAML = Rule("MP001", "not YAML", "mend the syntax at the marked place")
DUPLICATE_KEY = Rule("MP002", "key given twice", "keep one of the two")
YAML_FEATURE = Rule(
    "MP003",
    "YAML feature that is not accepted",
    "write the value out: anchors, aliases, merge keys, tags and several documents are refused",
)
AMBIGUOUS_SCALAR = Rule(
    "MP004",
    "value that YAML 1.1 and 1.2 read differently",
    "put it in quotes: clusters read YAML 1.1, editors 1.2",
)
TOO_LARGE = Rule("MP005", "file, number or nesting beyond the limit", "make it smaller; the limit is in the message")
UNKNOWN_KEY = Rule("MP006", "unknown key", "remove it, or check its spelling")
MISSING_KEY = Rule("MP007", "missing key", "add it; docs/manifests.md has an annotated example")
BAD_VALUE = Rule("MP008", "value of the wrong form", "docs/manifests.md shows every key with an example")
UNSAFE_FILE = Rule("MP009", "not a plain file inside the tree", "replace the link or submodule by the file itself")
BAD_ENCODING = Rule("MP010", "not UTF-8 text", "save the file as UTF-8 without control characters")
MISSING_FILE = Rule("MP011", "file that must be there is missing", "add it; docs/repository.md shows the layout")

# --- MP1xx: names and manifests ---------------------------------------------------------------------------
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

# --- MP2xx: evidence --------------------------------------------------------------------------------------
EVIDENCE_DIGEST = Rule(
    "MP201",
    "evidence file differs from its entry",
    "restore the file from git; evidence is only ever added, with `promote evidence add`",
)
EVIDENCE_FILES = Rule(
    "MP202",
    "evidence folder and its entry disagree",
    "restore the folder from git; evidence is only ever added, with `promote evidence add`",
)
OTHER_ARTIFACT = Rule(
    "MP203",
    "evidence filed for another artifact",
    "measure the artifact that variant.yaml names, and add that run",
)
CLAIM_DISAGREES = Rule(
    "MP204",
    "evidence names another artifact inside",
    "it was measured on something else: measure the artifact that variant.yaml names, and add that run",
)
UNREADABLE_EVIDENCE = Rule("MP205", "evidence that cannot be read", "add the tool's own output file, unchanged")
INCOMPLETE_EVIDENCE = Rule(
    "MP206", "run that is not complete", "run it whole: no limit, no crash, every item and every test"
)
RECOMPUTED = Rule(
    "MP207",
    "figure that its own samples do not give",
    "add the results and the samples of one run, both unchanged",
)
EVIDENCE_ID = Rule(
    "MP208",
    "evidence folder not named by its content",
    "add the run with `promote evidence add`; it names the folder",
)
UNKNOWN_EVIDENCE = Rule(
    "MP209",
    "file of no known kind",
    "known kinds: an artifact directory, lm-eval results and samples, JUnit XML",
)
ONLY_SAMPLES = Rule("MP210", "samples without their results", "add the results_*.json of the same run with them")
NO_TIME = Rule("MP211", "run without a time", "add a file that says when the run ended")

# --- MP3xx: gates -----------------------------------------------------------------------------------------
BELOW_FLOOR = Rule("MP301", "precision below the floor", "use a variant with more bits")
FLOOR_UNKNOWN = Rule(
    "MP302",
    "bits of the weights unknown",
    "run `promote evidence add MODEL/VARIANT ARTIFACT_DIR` on the artifact itself",
)
NO_ARTIFACT_EVIDENCE = Rule(
    "MP311",
    "no evidence of the artifact itself",
    "run `promote evidence add MODEL/VARIANT ARTIFACT_DIR` on the artifact itself",
)
NAME_NOT_CONFIG = Rule("MP312", "name and config.json disagree", "rename the variant, or ship the build that it names")
CONFIG_NOT_HEADER = Rule(
    "MP313",
    "config.json and the weights disagree",
    "export the artifact anew: one of the two was changed afterwards",
)
RECIPE_NOT_CONFIG = Rule(
    "MP314", "variant.yaml and config.json disagree", "correct the quantization block of variant.yaml"
)
DIGESTS_DISAGREE = Rule(
    "MP315",
    "digests disagree",
    "variant.yaml, the artifact's files and its evidence must name the same bytes",
)
LEFT_UNQUANTISED = Rule("MP316", "layer left unquantised", "list it under `ignore` in the recipe, or quantise it")
UNKNOWN_METHOD = Rule(
    "MP317",
    "quantisation method that cannot be checked",
    "this version reads compressed-tensors; others cannot be judged yet",
)
NOT_BOUND = Rule(
    "MP318",
    "what the cluster pulls is not proven",
    "this version cannot prove it yet: set `bound: false` in environment.yaml to accept that",
)
NO_PERPLEXITY = Rule(
    "MP321",
    "no perplexity to judge",
    "run lm-eval with --log_samples on this artifact and add it: promote evidence add MODEL/VARIANT DIR",
)
NOT_COMPARABLE = Rule(
    "MP322",
    "runs that cannot be compared",
    "run both with the same settings; the field that differs is named",
)
PERPLEXITY_LOSS = Rule("MP323", "perplexity beyond the limit", "do not promote this build")
PERPLEXITY_UNSURE = Rule(
    "MP324",
    "interval reaches beyond the limit",
    "measure on more documents, so that the interval is narrower",
)
CATEGORY_MISSING = Rule(
    "MP331",
    "required category without a test",
    "run the whole suite; each test needs the property `category`",
)
TEST_NOT_PASSED = Rule("MP332", "system test that did not pass", "do not promote this build; see the test's output")
TEST_FLAKY = Rule("MP333", "system test with two outcomes", "mend the test or the build: a flaky test has not passed")
NO_SYSTEM_TESTS = Rule(
    "MP334",
    "no system tests to judge",
    "run the suite with --junitxml and add it: promote evidence add MODEL/VARIANT FILE",
)
SOAK_SHORT = Rule("MP341", "not long enough in the environment before", "wait; the time is in the message")

# --- MP4xx: rendering and builds --------------------------------------------------------------------------
STALE = Rule("MP401", "file differs from a fresh render", "run `promote render`, and look at what it changes")
NOT_RENDERED = Rule("MP402", "rendered file is missing", "run `promote render`")
STRAY = Rule("MP403", "file that nothing renders", "remove it; what people write goes into environments/<env>/extra/")
BUILD_FAILED = Rule("MP404", "Kustomize does not build it", "look at its message; nothing on its stderr is accepted")
ROUTE_COUNT = Rule("MP405", "not exactly one route in the build", "run `promote render`")
WEIGHTS = Rule("MP406", "weights that do not sum to 100", "run `promote render`")
BACKEND_MISSING = Rule("MP407", "backend that is not in the build", "run `promote render`")
SHARED_OBJECT = Rule(
    "MP408", "two releases with the same object", "rename the model, or give it a namespace of its own"
)
EMPTY_BUILD = Rule("MP409", "build without an object", "run `promote render`: Argo CD refuses to sync an empty build")
SLOT_MISSING = Rule("MP410", "release names a slot that is not there", "restore the slot from git")
SLOT_UNREADABLE = Rule("MP411", "slot without a readable step", "restore the slot from git")
DECISION_SPLIT = Rule(
    "MP412",
    "release.yaml and kustomization.yaml disagree",
    "restore both from git: promotions write them together",
)
KIND_NOT_ALLOWED = Rule("MP413", "kind that the AppProject does not allow", "run `promote render`")

# --- MP5xx: transitions and history -----------------------------------------------------------------------
MID_LADDER = Rule(
    "MP501",
    "release is mid-ladder",
    "finish it with `promote advance`, or undo it with `promote rollback`",
)
NOT_IN_FORCE_BEFORE = Rule(
    "MP502", "not in force in the environment before", "promote it there first; the command is in the message"
)
HELD = Rule(
    "MP503",
    "variant is on hold",
    "add evidence newer than the rollback, or promote with --lift-hold REASON",
)
BAKE_SHORT = Rule("MP504", "bake time has not passed", "wait; the time is in the message")
NO_OVERLAY = Rule("MP505", "variant has no overlay here", "run `promote render`, commit and push it first")
LOST_RACE = Rule(
    "MP506",
    "somebody else changed this release meanwhile",
    "look at it with `promote status`, then decide anew",
)
WRONG_NUMBER = Rule(
    "MP507",
    "number out of order",
    "a promotion takes the highest number ever used here plus one; use `promote`",
)
REFUSED_IN_FORCE = Rule(
    "MP508",
    "in force, though its gates refuse it",
    "undo it with `promote rollback` or `git revert`, then promote what passes",
)
REWRITTEN = Rule("MP509", "decision changed after it was made", "restore release.yaml from the commit that made it")
REVERT_OF_REVERT = Rule(
    "MP510",
    "promotion without judgement: a revert of a revert",
    "undo it with `git revert`, then promote it again with `promote`",
)
WRONG_PREVIOUS = Rule("MP511", "decision does not follow from the one before", "undo it, then use `promote`")
NOTHING_TO_UNDO = Rule("MP512", "nothing to roll back", "there is no promotion here that could be taken back")
NOT_WARM = Rule(
    "MP513",
    "previous variant is not warm yet",
    "wait, or roll back at once with --now; the time is in the message",
)
NOT_THE_LATEST = Rule(
    "MP516",
    "not the latest promotion",
    "promotions are taken back in order, the latest first; the commands are in the message",
)
CHANGED_MID_LADDER = Rule(
    "MP517",
    "environment changed under a variant that is mid-ladder",
    "finish it with `promote advance` or undo it with `promote rollback` first, then change the environment",
)
STILL_NEEDED = Rule(
    "MP518", "variant that is still needed", "the message says by what; wait, or promote something else first"
)
STALE_POLICY = Rule(
    "MP514",
    "today's policy would refuse what is in force",
    "nothing is blocked by it; look whether it should stay",
    Severity.WARNING,
)
NOT_WRITTEN = Rule(
    "MP515", "model without its first release.yaml here", "run `promote render`, commit and push it first"
)

# what `promote validate --base REV` says of a change
MIXED_CHANGE = Rule(
    "MP520",
    "change of more than one kind",
    "split it into one change per kind: each is judged by what landed before it",
)
RELEASED_CHANGED = Rule(
    "MP521",
    "variant changed after it was released",
    "make a new variant: once it was released, only its `card:` may change",
)
EVIDENCE_CHANGED = Rule(
    "MP522",
    "evidence changed or removed",
    "restore it from git: evidence is only ever added, with `promote evidence add`",
)
SEVERAL_MOVES = Rule(
    "MP523", "more than one release moved", "split it: one promotion, step or rollback of one release per change"
)
STEP_OUT_OF_LINE = Rule(
    "MP524",
    "not one step of the slot in force",
    "undo it, then use `promote advance` (--back for a step down)",
)
TRAFFIC_AT_ONCE = Rule(
    "MP525",
    "variant added and given traffic at once",
    "put it in force staged, then step: `promote`, then `promote advance`",
)
TRAFFIC_TAKEN = Rule(
    "MP526",
    "variant removed while it had traffic",
    "step up to 100 first: `promote advance`; only a rollback may take traffic away at once",
)
SLOT_NOT_STAGED = Rule(
    "MP527", "new slot that is not staged", "run `promote render`: it lays slots out staged; steps come later"
)

ALL: tuple[Rule, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
