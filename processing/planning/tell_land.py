"""What a retirement plan tells the user while its run ends."""

from __future__ import annotations

from ...core.schema import results_schema
from ..texts import tr, ui_language


def tell_plan(feedback, found):
    """What was solved and how, what was left out, and what must give."""
    from ...core.messages import render
    from ...core.planning.land import doubtful_quotas, left_out

    plan, years = found.plan, found.asked.years
    status = results_schema().enums["plan_status"][plan.status].label(ui_language())
    feedback.pushInfo(
        tr("Target year {target}, plan for {first} to {last}").format(
            target=found.asked.target_year, first=years[0], last=years[-1]
        )
    )
    if found.asked.target_year < years[0]:
        feedback.pushWarning(
            tr("The target year {year} is over: the plan makes up for what is missing").format(
                year=found.asked.target_year
            )
        )
    for key, n in left_out(found).items():
        feedback.pushWarning(
            tr("{n} left out. Each: {reason}").format(n=n, reason=render(key, {}, ui_language()))
        )
    if doubtful := doubtful_quotas(found):
        feedback.pushWarning(
            tr(
                "{n} areas of the plan have a quota outside 150 to 1000 m³ per mu: check their savings"
            ).format(n=doubtful)
        )
    feedback.pushInfo(
        tr("{status}: {n} areas, cost {cost}, bound {bound}, gap {gap} %, by hand {greedy}").format(
            status=status,
            n=int(plan.areas["retire"].sum()),
            cost=f"{plan.value:,.2f}",
            bound=f"{found.bound:,.2f}",
            gap=f"{100 * found.gap:.4f}",
            greedy=f"{plan.greedy_value:,.2f}" if plan.greedy_complete else tr("not all targets met"),
        )
    )
    methods, outcomes = _words()
    for part in plan.log.itertuples():
        feedback.pushInfo(
            tr("Solved: {n} parts with {areas} areas, {method}: {outcome}, {seconds} s").format(
                n=part.n_parts,
                areas=part.n_areas,
                method=", ".join(methods.get(word, word) for word in part.method.split(", ")),
                outcome=outcomes.get(part.status, part.status),
                seconds=f"{part.seconds:.2f}",
            )
        )
    feedback.pushInfo(
        tr("Solver: {solver}, {seconds} s in all").format(solver=plan.solver, seconds=f"{plan.seconds:.2f}")
    )
    if plan.relief is not None:
        feedback.pushWarning(_relief(plan))


def _words():
    """What the solver calls its methods and their outcomes."""
    methods = {
        "no target": tr("no target"),
        "one target": tr("one target"),
        "integer program": tr("integer program"),
        "greedy": tr("by hand"),
        "sum of all areas": tr("sum of all areas"),
    }
    outcomes = {
        "proved": tr("proved"),
        "open": tr("not proved to the last unit"),
        "infeasible": tr("cannot be met"),
        "unknown": tr("no plan in time"),
    }
    return methods, outcomes


def _relief(plan):
    """What would have to give."""
    missed = plan.units["shortfall"].gt(0).sum() + plan.closings["shortfall"].gt(0).sum()
    text = tr("{n} targets cannot be met; see the table of relief.").format(n=int(missed))
    if not plan.relief.enough:
        return text + " " + tr("Some cannot be met whatever lock or cap is released.")
    return (
        text
        + " "
        + tr("Releasing {n} locks or caps would let all be met.").format(n=len(plan.relief.releases))
    )
