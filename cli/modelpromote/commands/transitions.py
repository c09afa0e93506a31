"""What the verbs that move a release have in common: show the plan, ask, report what came of it."""

from collections.abc import Callable

import click

from modelpromote.core.outcome import Destination, Outcome, Plan, Refusal
from modelpromote.reports import outcome_json, outcome_text
from modelpromote.workflows.transition import Confirm

Job = Callable[[Destination, Confirm], Outcome | Plan]


def carry(job: Job, where: Destination, *, yes: bool, as_json: bool) -> int:
    """Run a transition; its exit code."""
    shown: list[Plan] = []

    def confirm(plan: Plan) -> bool:
        if not as_json:
            outcome_text.show_plan(plan)
            shown.append(plan)
        if yes or where is not Destination.REMOTE:
            return True
        return click.confirm(f"Push this {plan.kind}?", default=False, err=True)

    result = job(where, confirm)
    if as_json:
        click.echo(outcome_json.outcome(result))
    else:
        outcome_text.show_outcome(result, plan_shown=bool(shown))
    return 1 if isinstance(result, Refusal | Plan) else 0
