"""Small problems: hand-made ones in a line, and drawn ones for comparison with every possible plan."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from overdraft.core.planning.retirement import RetirementProblem, retirement_problem

DEMAND = ("unit_id", "measure", "year", "amount", "within_year")


def areas(*rows: tuple, **columns) -> pd.DataFrame:
    """Areas from (id, area_mu, cost) and further columns."""
    table = pd.DataFrame(rows, columns=["area_id", "area_mu", "cost"])
    return table.assign(**columns)


def in_unit(table: pd.DataFrame, unit: object = "u") -> pd.DataFrame:
    """Each area wholly in a unit; one name, or one per area."""
    return table[["area_id", "area_mu"]].assign(unit_id=unit)


def demand(amount: float, unit: str = "u", measure: str = "area_mu", year: int = 2025, within: bool = False):
    """A table of one demand."""
    return pd.DataFrame([(unit, measure, year, amount, within)], columns=list(DEMAND))


def demands(*rows: tuple) -> pd.DataFrame:
    """Demands from (unit, amount[, year[, within]])."""
    return pd.concat(
        [
            demand(row[1], row[0], year=(row[2:] or (2025,))[0], within=(row[3:] or (False,))[0])
            for row in rows
        ],
        ignore_index=True,
    )


@st.composite
def problems(draw, *, most: float = 0.35, plain: bool = False) -> RetirementProblem:
    """A problem of up to seven areas in two units, one above them; land in whole and half 亩.

    Args:
        most: share of all land that one demand asks for at most.
        plain: land demands and caps only, without wells, water and pairs.
    """
    phased = draw(st.booleans())
    n = draw(st.integers(1, 5 if phased else 7))
    ids = [f"a{i}" for i in range(n)]
    each = lambda values: draw(st.lists(values, min_size=n, max_size=n))  # noqa: E731
    land = each(st.integers(1, 8))
    table = pd.DataFrame({"area_id": ids, "area_mu": [float(mu) for mu in land]})
    table["cost"] = table["area_mu"] if draw(st.booleans()) else [c / 4 for c in each(st.integers(0, 30))]
    table["lock"] = each(st.sampled_from(["", "", "", "", "", "keep", "retire"]))
    table["retired_year"] = each(st.sampled_from([0, 0, 0, 0, 0, 0, 2019, 2025]))
    table.loc[table["retired_year"] > 0, "lock"] = ""
    table["township"] = each(st.sampled_from(["", "s", "t"]))
    table["surface"] = each(st.sampled_from([False, False, False, True]))
    table["quota_m3_per_mu"] = each(st.sampled_from([float("nan"), 0.0, 2.0, 3.0]))
    table["return_ratio"] = 0.25
    years = (2024, 2025) if phased else ()
    more = {} if plain or draw(st.booleans()) else draw(_extras(ids))
    total = int(sum(land) * most) + 1
    if draw(st.booleans()):
        limit = st.integers(int(sum(land) * 0.2), sum(land))
        rows = [(town, draw(st.sampled_from([0, *years])), float(draw(limit))) for town in "st"]
        more["caps"] = pd.DataFrame(rows, columns=["township", "year", "limit_mu"])
    asked = draw(st.lists(_demand(total, phased, plain), min_size=1, max_size=4))
    pieces = draw(_pieces(ids, land))
    return retirement_problem(table, pieces, pd.DataFrame(asked, columns=list(DEMAND)), years=years, **more)


@st.composite
def _demand(draw, total: int, phased: bool, plain: bool) -> tuple:
    measure = "area_mu" if plain else draw(st.sampled_from(["area_mu", "area_mu", "gross_m3", "net_m3"]))
    within = phased and draw(st.booleans())
    year = draw(st.sampled_from([2024, 2025]))
    return (
        draw(st.sampled_from(["u", "v", "above"])),
        measure,
        year,
        float(draw(st.integers(0, total))),
        within,
    )


@st.composite
def _pieces(draw, ids: list[str], land: list[int]) -> pd.DataFrame:
    """Every area in one of two units, or half in each; all in the unit above."""
    rows = []
    for area, mu in zip(ids, land, strict=True):
        place = draw(st.sampled_from(["u", "v", "u", "v", "both"]))
        units = ("u", "v") if place == "both" else (place,)
        rows += [(area, unit, mu / len(units)) for unit in units]
        rows.append((area, "above", float(mu)))
    return pd.DataFrame(rows, columns=["area_id", "unit_id", "area_mu"])


@st.composite
def _extras(draw, ids: list[str]) -> dict:
    """Wells that must close, and pairs that touch."""
    one = st.sampled_from(ids)
    wells = [f"w{i}" for i in range(draw(st.integers(1, 4)))]
    links = draw(st.lists(st.tuples(st.sampled_from(wells), one), min_size=1, max_size=6))
    where = [(well, draw(st.sampled_from(["u", "v"]))) for well in wells]
    pairs = draw(st.lists(st.tuples(one, one), max_size=5, unique_by=lambda pair: frozenset(pair)))
    touches = [(a, b, draw(st.integers(0, 10)) / 4) for a, b in pairs if a != b]
    return {
        "links": pd.DataFrame(links, columns=["well_id", "area_id"]),
        "wells": pd.DataFrame(where, columns=["well_id", "unit_id"]),
        "closings": pd.DataFrame([("u", draw(st.integers(0, 2)))], columns=["unit_id", "n_min"]),
        "touches": pd.DataFrame(touches, columns=["area_id", "other_id", "bonus"]),
    }
