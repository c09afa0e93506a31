"""Rules of a change under judgement (`validate --base`), MP520 and on."""

from modelpromote.core.diagnostics import Rule

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
