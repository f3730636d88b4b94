"""What a plan by hand comes to, against figures worked out by hand, the solver, and the balance itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from overdraft.core.planning.land import LandSettings, unit_table
from overdraft.core.planning.scenarios import Scenario, Shown, compare, figures_of, parcel_rows, unit_rows
from overdraft.core.planning.scenarios.shown import split_of, total_of
from overdraft.core.retirement import retirement_balance

SMALL = {("650402", 2025): 66.0, ("650421", 2025): 61.0, ("650422", 2025): 51.0, ("6504", 2025): 178.0}
"""The published plan in small: 178 = 66 + 61 + 51."""


def test_the_published_plan_adds_up(world):
    """17.8 万亩 split 6.6 / 6.1 / 5.1."""
    _, _, board = world({"a": {"mu": 10}})
    figures = figures_of(board, np.zeros(1, dtype="int64"))
    at = board.columns.index(2025)
    targets = dict(zip(board.units["unit_id"], figures.target[:, at], strict=True))
    assert targets == {"6504": 178_000.0, "650402": 66_000.0, "650421": 61_000.0, "650422": 51_000.0}
    mu, ha = (total_of(board, figures.target[:, at], Shown(unit)) for unit in ("mu", "ha"))
    assert (mu.added, mu.differs) == (Decimal("178000.0"), False)
    # 4,400.00 + 4,066.67 + 3,400.00
    assert (ha.added, ha.differs) == (Decimal("11866.67"), False)


def test_a_parcel_on_a_border_counts_on_either_side_once(world, plan, of):
    """300 mu, of which 200 lie in 高昌区 and 100 in 鄯善县."""
    west = 100_000 - 200 * 10_000 / 15 / 1000
    _, _, board = world({"x": {"mu": 300, "west": west}, "y": {"mu": 40}}, goals=SMALL)
    figures = figures_of(board, plan(board, x=2025).year)
    assert of(board, figures.planned, "650402", 2025) == pytest.approx(200)
    assert of(board, figures.planned, "650421", 2025) == pytest.approx(100)
    assert of(board, figures.planned, "6504", 2025) == pytest.approx(300)
    assert figures.in_use_mu == pytest.approx(300)
    assert board.parcels["county"].tolist() == ["高昌区 + 鄯善县", "高昌区"]
    assert split_of(board, 0, Shown()) == "高昌区 200.0; 鄯善县 100.0"
    assert board.parcels_in(1).tolist() == [True, True]
    assert board.parcels_in(2).tolist() == [True, False]


def test_overlapping_parcels_count_what_is_theirs_alone(world, plan, of):
    """a and b of 30 mu share 10: either adds 20, since the shared land stays in use with the other."""
    shift = 20 * 10_000 / 15 / 1000
    _, _, board = world(
        {"a": {"mu": 30, "south": 0}, "b": {"mu": 30, "west": shift, "south": 0}}, goals=SMALL
    )
    assert board.parcels["counts_mu"].tolist() == pytest.approx([20, 20])
    figures = figures_of(board, plan(board, a=2025, b=2025).year)
    assert of(board, figures.planned, "650402", 2025) == pytest.approx(40)


def test_targets_are_met_when_the_gap_is_closed(world, plan, of):
    """66 of 66, 61 of 61, 50 of 51: two of three; with 1 mu more three, and the city."""
    areas = {
        "a": {"mu": 66, "status": "retired", "retired_on": "2022-01-01"},
        "b": {"mu": 61, "at": "650421", "status": "retired", "retired_on": "2023-01-01"},
        "c": {"mu": 50, "at": "650422", "status": "retired", "retired_on": "2024-01-01"},
        "d": {"mu": 1, "at": "650422"},
    }
    _, _, board = world(areas, goals=SMALL)
    before = figures_of(board, plan(board).year)
    assert (before.n_met, before.n_targets) == (2, 3)
    assert of(board, before.gap, "650422", 2025) == pytest.approx(1)
    after = figures_of(board, plan(board, d=2025).year)
    assert (after.n_met, after.n_targets) == (3, 3)
    assert of(board, after.gap, "650422", 2025) == pytest.approx(0, abs=1e-9)
    assert of(board, before.met, "6504", 2025) == 0
    assert of(board, after.met, "6504", 2025) == 1


def test_the_city_is_not_met_by_one_county_for_another(world, plan, of):
    areas = {"a": {"mu": 200}, "b": {"mu": 61, "at": "650421"}, "c": {"mu": 51, "at": "650422"}}
    _, _, board = world(areas, goals=SMALL)
    figures = figures_of(board, plan(board, a=2025, b=2025).year)
    assert of(board, figures.gap, "6504", 2025) == 0
    assert of(board, figures.met, "6504", 2025) == 0
    assert (figures.n_met, figures.n_targets) == (2, 3)


def test_a_target_that_is_over_is_made_up_for_later(world, plan, of):
    """On 31 March 2026 the target of 2025 is over: what is planned for 2028 meets it, in 2028."""
    areas = {"a": {"mu": 66}, "b": {"mu": 5, "status": "retired", "retired_on": "2026-02-01"}}
    _, _, board = world(areas, as_of=date(2026, 3, 31), goals={("650402", 2025): 66.0})
    figures = figures_of(board, plan(board, a=2028).year)
    gaps = [of(board, figures.gap, "650402", year) for year in (2025, 2026, 2027, 2028)]
    assert gaps == pytest.approx([66, 61, 61, 0])
    assert of(board, figures.achieved, "650402", 2025) == 0
    assert (figures.n_met, figures.n_targets, board.years[0]) == (3, 3, 2026)


def test_a_later_target_takes_over_and_is_not_met_by_land_after_it(world, plan, of):
    goals = {("650402", 2025): 10.0, ("650402", 2027): 30.0}
    _, _, board = world({"a": {"mu": 10}, "b": {"mu": 20}}, goals=goals)
    figures = figures_of(board, plan(board, a=2025, b=2028).year)
    assert [of(board, figures.target, "650402", year) for year in (2025, 2026, 2027, 2028)] == [
        10,
        10,
        30,
        30,
    ]
    assert [of(board, figures.gap, "650402", year) for year in (2025, 2026, 2027)] == pytest.approx(
        [0, 0, 20]
    )
    # the three of 2025, two of which are 0, and not that of 2027
    assert (figures.n_met, figures.n_targets) == (3, 4)


def test_planned_is_what_the_solver_plans(world, of):
    """A solved plan, put on the board, comes to the solver's own figures."""
    areas = {f"a{n}": {"mu": 7 + n} for n in range(12)}
    areas |= {f"b{n}": {"mu": 9 + n, "at": "650421"} for n in range(9)}
    areas |= {f"c{n}": {"mu": 11 + n, "at": "650422"} for n in range(8)}
    _, planner, board = world(areas, goals=SMALL)
    found = planner.solve(planner.ask(LandSettings()))
    going = found.plan.areas[found.plan.areas["retire"]].set_index("area_id")["year"]
    year = board.parcels["area_id"].map(going).fillna(0).to_numpy("int64")
    figures = figures_of(board, year)
    rows = unit_table(found)
    rows = rows[~rows["within_year"].astype(bool)]
    assert len(rows) == 4
    for row in rows.itertuples():
        assert of(board, figures.planned, row.unit_id, 2025) == pytest.approx(row.planned)
        assert of(board, figures.achieved, row.unit_id, 2025) == pytest.approx(row.done)
    assert figures.n_met == 3


def test_a_plan_that_is_carried_out_is_what_the_balance_then_shows(world, plan, policy, of):
    """The land ticked for 2025 is retired in 2025: the balance at the end of the year is achieved + planned."""
    west = 100_000 - 20 * 10_000 / 15 / 1000
    areas = {
        "a": {"mu": 31.4},
        "b": {"mu": 12.6, "at": "650421"},
        "x": {"mu": 30, "west": west},
        "done": {"mu": 5, "at": "650422", "status": "retired", "retired_on": "2022-05-01"},
        "stays": {"mu": 70, "at": "650422"},
    }
    _, _, board = world(areas, goals=SMALL)
    figures = figures_of(board, plan(board, a=2025, b=2025, x=2025).year)
    for name in ("a", "b", "x"):
        areas[name] |= {"status": "retired", "retired_on": "2025-10-01"}
    register, _, _ = world(areas, as_of=date(2025, 12, 31), goals=SMALL)
    balance = retirement_balance(register, policy, date(2025, 12, 31)).balance.set_index("unit_id")
    for unit in ("6504", "650402", "650421", "650422"):
        net = of(board, figures.achieved, unit, 2025) + of(board, figures.planned, unit, 2025)
        assert net == pytest.approx(balance.loc[unit, "net_mu"])
        assert of(board, figures.gap, unit, 2025) == pytest.approx(balance.loc[unit, "gap_mu"])


def test_achieved_is_the_balance(world, policy, of):
    areas = {
        "a": {"mu": 40, "status": "retired", "retired_on": "2022-01-01"},
        "b": {"mu": 9, "status": "retired", "retired_on": "2026-01-15"},
    }
    register, _, board = world(areas, as_of=date(2026, 3, 31), goals=SMALL)
    balance = retirement_balance(register, policy, date(2026, 3, 31)).balance.set_index("unit_id")
    assert of(board, board.achieved, "650402", 2025) == balance.loc["650402", "net_mu"]
    assert of(board, board.achieved, "650402", 2025) == pytest.approx(40)
    assert of(board, board.achieved, "650402", 2026) == pytest.approx(49)


def test_totals_are_the_sum_of_the_rounded_rows_or_say_so(world):
    _, _, board = world({"a": {"mu": 10}}, goals=SMALL)
    # three counties of 0.04 mu: each shows 0.0, together they are 0.12
    values = np.where(board.units["lowest"], 0.04, 0.12)
    total = total_of(board, values, Shown())
    assert (total.added, total.whole, total.differs) == (Decimal("0.0"), Decimal("0.1"), True)
    assert total_of(board, np.where(board.units["lowest"], 0.05, np.nan), Shown()).differs is not False


@pytest.mark.parametrize(
    ("mu", "as_mu", "as_ha"),
    [(0.25, "0.3", "0.02"), (66_900, "66,900.0", "4,460.00"), (150, "150.0", "10.00")],
)
def test_figures_are_rounded_once(mu, as_mu, as_ha):
    assert (Shown("mu").text(mu), Shown("ha").text(mu)) == (as_mu, as_ha)
    assert Shown().text(float("nan")) == "—"


def test_the_tables_hold_what_the_screen_shows(world, plan):
    _, _, board = world({"a": {"mu": 10.04}, "b": {"mu": 20.04, "at": "650421", "cost": 7}}, goals=SMALL)
    scenario = plan(board, a=2026, b=2025)
    figures = figures_of(board, scenario.year)
    rows = unit_rows(board, figures, [2025, 2026], Shown())
    planned = {(row.unit_id, row.year): row.planned for row in rows.itertuples()}
    assert planned["650402", 2025] == Decimal("0.0")
    assert planned["650402", 2026] == Decimal("10.0")
    assert planned["", 2026] == planned["650402", 2026] + planned["650421", 2026] + planned["650422", 2026]
    parcels = parcel_rows(board, scenario, Shown())
    assert parcels[["area_id", "year"]].to_numpy().tolist() == [["b", 2025], ["a", 2026]]
    assert parcels["in_use"].tolist() == [Decimal("20.0"), Decimal("10.0")]
    assert parcels["cost"].tolist()[0] == 7
    assert np.isnan(parcels["cost"].tolist()[1])


def test_two_scenarios_compared(world, plan):
    areas = {"a": {"mu": 10}, "b": {"mu": 20, "at": "650421"}, "c": {"mu": 5}}
    _, _, board = world(areas, goals=SMALL)
    found = compare(board, plan(board, a=2025, c=2025), plan(board, a=2026, b=2025, c=2025))
    differing = found.parcels[["area_id", "year_first", "year_second"]].to_numpy().tolist()
    assert differing == [["a", 2025, 2026], ["b", 0, 2025]]
    units = found.units.assign(unit=board.units["unit_id"].to_numpy()[found.units["unit"]]).set_index(
        ["unit", "year"]
    )
    assert units.loc[("650402", 2025), ["planned_first", "planned_second"]].tolist() == pytest.approx([15, 5])
    assert units.loc[("650402", 2026), ["planned_first", "planned_second"]].tolist() == pytest.approx(
        [15, 15]
    )
    assert units.loc[("650421", 2025), ["gap_first", "gap_second"]].tolist() == pytest.approx([61, 41])


def test_the_list_tells_zone_wells_and_source(world):
    """A zone over the west of a, a banned one over all of b; two wells in a, one of them on its edge."""
    import geopandas as gpd
    from shapely import Point, box

    crs = 'LOCAL_CS["plane",UNIT["metre",1]]'
    zones = gpd.GeoDataFrame(
        {"zone_id": ["Z1", "Z2"], "severity": ["severe", None], "control": [None, "banned"]},
        geometry=[box(0, 0, 50, 1000), box(99_000, 1500, 150_000, 4000)],
        crs=crs,
    )
    wells = gpd.GeoDataFrame(
        {"well_id": ["W1", "W2", "W3"], "use": "irrigation", "status": "active"},
        geometry=[Point(10, 500), Point(0, 20), Point(10, 1500)],
        crs=crs,
    )
    areas = {"a": {"mu": 100, "source": "surface"}, "b": {"mu": 100, "at": "650421"}}
    _, _, board = world(areas, goals=SMALL, zones=zones, wells=wells)
    parcels = board.parcels.set_index("area_id")
    told = parcels[["severity", "control", "source"]].to_numpy().tolist()
    assert told == [["severe", "", "surface"], ["", "banned", ""]]
    assert parcels["wells"].tolist() == [2, 0]


def test_a_figure_does_not_depend_on_the_way_to_it(world, plan):
    """Ticking and clearing a hundred times leaves the very same floats."""
    areas = {f"a{n}": {"mu": 1 / (n + 3)} for n in range(9)}
    _, _, board = world(areas, goals=SMALL)
    scenario = plan(board, a0=2025)
    first = figures_of(board, scenario.year).planned.copy()
    for n in range(100):
        scenario.assign(board, np.array([1 + n % 8]), 2025)
        scenario.assign(board, np.array([1 + n % 8]), 0)
    assert (figures_of(board, scenario.year).planned == first).all()


def test_no_targets_no_land_planned(world):
    _, _, board = world({"a": {"mu": 1}})
    figures = figures_of(board, Scenario.base(board, "base").year)
    assert figures.n_parcels == 0
    assert np.isnan(figures.cost)
    assert isinstance(board.parcels, pd.DataFrame)
