"""Rules of transitions and history, MP501 to MP518."""

from modelpromote.core.diagnostics import Rule, Severity

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
NOT_THE_NEXT_STEP = Rule("MP519", "not the next step", "steps are taken one at a time; the next one is in the message")
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
