"""Rules of rendering and builds, MP4xx."""

from modelpromote.core.diagnostics import Rule

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
KIND_NOT_ALLOWED = Rule("MP413", "kind that the target does not make", "run `promote render`")
NOT_ON_OPENSHIFT = Rule(
    "MP440",
    "route that OpenShift cannot have",
    "with `kind: Route` give one host name and no gateway, or take `kind: HTTPRoute`",
)
KSERVE_UNKNOWN = Rule(
    "MP441",
    "version of KServe that the target does not know",
    "say the version that runs there, upgrade it, or take target deployment, which needs none",
)
UNSERVABLE = Rule(
    "MP442",
    "artifact that the target cannot serve",
    "give it another URI, or the environment another target: docs/targets.md says which serves what",
)
