"""The sentences beside the figures: how many targets are met, whether the rows add up, what the solver said."""

from __future__ import annotations

from ...core.planning.scenarios import Board, Figures, Scenario, Shown
from ...core.planning.scenarios.shown import FIGURES, told, total_of
from ...core.schema import results_schema
from ...processing.texts import tr, ui_language
from .unit_table import headings


def headline(figures: Figures) -> str:
    """How many targets are met."""
    return tr("Targets met: {met} of {n}").format(met=figures.n_met, n=figures.n_targets)


def sums(board: Board, figures: Figures, years: list[int], shown: Shown) -> str:
    """What must be said where the rounded rows do not add up to the rounded sum; empty where they do."""
    found = []
    text = tr("{year}, {column}: the rows add up to {added} {unit}, their unrounded sum is {whole} {unit}.")
    unit = tr("ha") if shown.unit == "ha" else tr("mu")
    for year in years:
        at = board.columns.index(year)
        for name, heading in zip(FIGURES, headings(), strict=False):
            total = total_of(board, getattr(figures, name)[:, at], shown)
            if total.differs:
                found.append(
                    text.format(
                        year=year, column=heading, added=told(total.added), whole=told(total.whole), unit=unit
                    )
                )
    return "\n".join(found)


def solved_by(board: Board, scenario: Scenario, figures: Figures, shown: Shown) -> str:
    """What is ticked in all, and what the solver said of it while nothing was edited since."""
    area = shown.text(figures.in_use_mu)
    unit = tr("ha") if shown.unit == "ha" else tr("mu")
    said = [
        tr("Ticked: {n} areas, {area} {unit} out of use").format(
            n=f"{figures.n_parcels:,}", area=area, unit=unit
        )
    ]
    if figures.n_parcels and figures.cost == figures.cost:
        said.append(tr("recorded cost {cost}").format(cost=f"{figures.cost:,.0f}"))
    if scenario.locked:
        said.append(tr("locked: {years}").format(years=", ".join(map(str, sorted(scenario.locked)))))
    solved = scenario.solution
    if solved is not None:
        status = results_schema().label("plan_status", solved.status, ui_language())
        text = tr("Solved: {status}, objective {objective}, bound {bound}, gap {gap} %")
        said.append(
            text.format(
                status=status,
                objective=f"{solved.objective:,.2f}",
                bound=f"{solved.bound:,.2f}",
                gap=f"{100 * solved.gap:.4f}",
            )
        )
    return " · ".join(said)
