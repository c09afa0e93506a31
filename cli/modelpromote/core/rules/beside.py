"""Rules of builds and of what people write into `extra/`, MP460 to MP479."""

from modelpromote.core.diagnostics import Rule, Severity

FOREIGN_KIND = Rule(
    "MP460",
    "kind that extra/ may not have",
    "take it out: what serves and routes comes from promotions, what is cluster-wide from elsewhere",
)
OTHER_NAMESPACE = Rule(
    "MP461",
    "namespace of another environment",
    "leave `namespace:` out: Argo CD puts it into the environment's own, and refuses any other",
)
ORDERED_SYNC = Rule(
    "MP462",
    "annotation that orders a sync",
    "take it out: sync waves, hooks and PruneLast can hold up a rollback",
)
SECRET_IN_GIT = Rule(
    "MP463",
    "secret readable in Git",
    "use an ExternalSecret or SealedSecret instead, and change the secret: it is in the history",
    Severity.WARNING,
)
SHARED_WITH_RELEASE = Rule(
    "MP464",
    "object in extra/ that a release has too",
    "give it another name: two Applications would fight over it",
)
CANARY_FIELD = Rule(
    "MP465",
    "canary field that does nothing here",
    "take it out: weights stand in the HTTPRoute, and KServe heeds these fields in other modes or versions only",
)
OLD_FIELD = Rule(
    "MP466",
    "deprecated field of Kustomize",
    "use `labels:` (without selectors) and `patches:`; `kustomize edit fix` rewrites most of it",
    Severity.WARNING,
)
REMOTE_RESOURCE = Rule(
    "MP467",
    "resource from outside the repository",
    "copy it into extra/: Git is then all that is deployed, and a review sees it change",
    Severity.WARNING,
)
SCHEMA = Rule(
    "MP470",
    "object that its schema refuses",
    "correct variant.yaml or environment.yaml; where they are right, the cluster's version has another schema",
)
