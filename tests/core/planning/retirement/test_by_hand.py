"""Plans that somebody can work out on paper."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from small import areas, demand, demands, in_unit

from overdraft.core.planning.retirement import (
    compare_scenarios,
    demands_of,
    plan_retirement,
    retirement_problem,
    township_caps,
)

FOUR = areas(("a", 10.0, 10.0), ("b", 20.0, 20.0), ("c", 30.0, 30.0), ("d", 40.0, 40.0))


def planned(table: pd.DataFrame, asked: pd.DataFrame, *, unit: object = "u", gap: float = 0.0, **more):
    """The plan of areas that lie wholly in their unit."""
    return plan_retirement(retirement_problem(table, in_unit(table, unit), asked, **more), gap=gap)


def retired(plan) -> dict[str, int]:
    """Year by id."""
    chosen = plan.areas[plan.areas["retire"]]
    return dict(zip(chosen["area_id"], chosen["year"], strict=True))


def ids(plan) -> str:
    """Ids of the retired areas in one word."""
    return "".join(retired(plan))


def links(**wells: str) -> dict[str, pd.DataFrame]:
    """Wells and the letters of the areas they serve, all in unit u."""
    pairs = [(well, area) for well, served in wells.items() for area in served]
    return {
        "links": pd.DataFrame(pairs, columns=["well_id", "area_id"]),
        "wells": pd.DataFrame({"well_id": list(wells), "unit_id": "u"}),
    }


def closing(n: int) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": ["u"], "n_min": [n]})


def caps(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["township", "year", "limit_mu"])


class TestTargets:
    def test_two_targets_of_one_unit_stand_in_the_same_order_whichever_comes_first(self) -> None:
        both = pd.concat([demand(50.0), demand(20.0)], ignore_index=True)
        one, other = planned(FOUR, both), planned(FOUR, both[::-1])
        assert one.units["amount"].tolist() == other.units["amount"].tolist() == [20.0, 50.0]
        assert ids(one) == ids(other)

    def test_the_overshoot_is_least(self) -> None:
        plan = planned(FOUR, demand(50.0))
        assert plan.status == "optimal"
        assert (plan.cost, plan.bound, plan.gap) == (50.0, 50.0, 0.0)
        assert ids(plan) in ("ad", "bc")

    def test_one_parcel_is_taken_whole(self) -> None:
        plan = planned(areas(("a", 7.0, 9.0)), demand(0.1))
        assert (ids(plan), plan.value, plan.bound) == ("a", 9.0, 9.0)
        assert plan.areas["without_cost"].tolist() == [np.inf]
        assert plan.areas["without_exact"].tolist() == [True]

    def test_counties_of_one_parcel_each(self) -> None:
        plan = planned(FOUR, demands(("s", 1.0), ("t", 0.0), ("u", 30.0), ("v", 0.0)), unit=list("stuv"))
        assert (ids(plan), plan.value, plan.status) == ("ac", 40.0, "optimal")

    def test_nothing_is_asked(self) -> None:
        plan = planned(FOUR, demand(0.0))
        assert (ids(plan), plan.value, plan.bound, plan.status) == ("", 0.0, 0.0, "optimal")
        assert plan.areas["why"].tolist() == ["not_needed"] * 4

    def test_no_demand_and_no_area(self) -> None:
        nothing = demand(0.0).iloc[:0]
        assert planned(FOUR, nothing).status == "optimal"
        empty = planned(FOUR.iloc[:0], nothing)
        assert (empty.status, empty.value, len(empty.areas)) == ("optimal", 0.0, 0)

    def test_all_land_is_asked(self) -> None:
        plan = planned(FOUR, demand(100.0))
        assert (ids(plan), plan.value, plan.status) == ("abcd", 100.0, "optimal")
        assert np.isinf(plan.areas["without_cost"]).all()

    def test_all_land_in_figures_that_do_not_add_up_exactly(self) -> None:
        """0.1 + 0.2 ≠ 0.3 in floating point; the tolerance of the balance is 10⁻⁹."""
        plan = planned(areas(("a", 0.1, 1.0), ("b", 0.2, 1.0)), demand(0.3))
        assert (ids(plan), plan.status) == ("ab", "optimal")

    def test_greedy_pays_more(self) -> None:
        """By cost per land a (1.0) comes first and b (1.1) must follow; c alone would do."""
        table = areas(("a", 5.0, 5.0), ("b", 9.0, 9.9), ("c", 10.0, 12.0))
        plan = planned(table, demand(10.0))
        assert (ids(plan), plan.value, plan.bound) == ("c", 12.0, 12.0)
        assert plan.greedy_value == pytest.approx(14.9)
        assert plan.greedy_complete

    def test_of_equal_areas_the_first_ids_go(self) -> None:
        table = areas(*((area, 10.0, 10.0) for area in "zyxwv"))
        assert ids(planned(table, demand(25.0))) == "vwx"
        capped = planned(table.assign(township="t"), demand(25.0), caps=caps(("t", 0, 100.0)))
        assert ids(capped) == "vwx"

    def test_without_an_area_the_plan_costs_more(self) -> None:
        """c alone for 12; without it a and b for 14.9."""
        table = areas(("a", 5.0, 5.0), ("b", 9.0, 9.9), ("c", 10.0, 12.0))
        told = planned(table, demand(10.0)).areas.set_index("area_id")
        assert told.loc["c", "without_cost"] == pytest.approx(14.9, abs=1e-9)
        assert told.loc["c", "without_exact"]
        assert told.loc[["a", "b"], "without_cost"].isna().all()


class TestUnits:
    PARENTS = {"v": "u", "w": "u"}  # noqa: RUF012
    NESTED = pd.DataFrame(
        [("a", "v", 10.0), ("b", "v", 20.0), ("c", "w", 30.0), ("d", "w", 40.0)]
        + [(area, "u", mu) for area, mu in zip("abcd", (10.0, 20.0, 30.0, 40.0), strict=True)],
        columns=["area_id", "unit_id", "area_mu"],
    )

    def plan(self, targets: pd.DataFrame, **keys):
        asked = demands_of(targets, self.PARENTS, **keys)
        return plan_retirement(retirement_problem(FOUR, self.NESTED, asked), gap=0.0)

    def test_the_upper_unit_asks_for_more_than_its_parts(self) -> None:
        """v: 10, w: 30, together 60: a and c are 40, so b or more must be added; a, b, c are exactly 60."""
        plan = self.plan(demands(("u", 60.0), ("v", 10.0), ("w", 30.0)))
        assert (ids(plan), plan.value, plan.status) == ("abc", 60.0, "optimal")

    def test_the_parts_bring_what_the_upper_unit_asks(self) -> None:
        plan = self.plan(demands(("u", 40.0), ("v", 10.0), ("w", 30.0)))
        assert (ids(plan), plan.value, plan.status) == ("ac", 40.0, "optimal")

    def test_the_upper_sum_alone(self) -> None:
        """Without the targets of the parts one area of 40 does."""
        targets = demands(("u", 40.0), ("v", 25.0), ("w", 10.0))
        assert ids(self.plan(targets)) == "abc"
        asked = demands_of(targets, self.PARENTS, parent_sum_only=True)
        assert asked["unit_id"].tolist() == ["u"]
        alone = self.plan(targets, parent_sum_only=True)
        assert alone.value == 40.0

    def test_a_target_of_another_measure_above_covers_nothing(self) -> None:
        targets = pd.concat([demand(5.0, "u", "gross_m3"), demand(10.0, "v")], ignore_index=True)
        assert len(demands_of(targets, self.PARENTS, parent_sum_only=True)) == 2

    def test_units_in_a_circle_come_to_an_end(self) -> None:
        targets = demands(("u", 1.0), ("v", 1.0))
        asked = demands_of(targets, {"u": "v", "v": "u"}, parent_sum_only=True)
        assert len(asked) == 0 or len(asked) == 2

    def test_an_area_across_a_border_counts_by_its_pieces(self) -> None:
        """10 亩 of c lie in v, 20 in w: c alone meets both for 30."""
        pieces = pd.DataFrame(
            [("a", "v", 10.0), ("c", "v", 10.0), ("c", "w", 20.0), ("d", "w", 40.0)],
            columns=["area_id", "unit_id", "area_mu"],
        )
        plan = plan_retirement(retirement_problem(FOUR, pieces, demands(("v", 10.0), ("w", 20.0))), gap=0.0)
        assert (ids(plan), plan.value) == ("c", 30.0)


class TestWater:
    TABLE = areas(("a", 10.0, 10.0), ("b", 10.0, 11.0), ("c", 10.0, 30.0)).assign(
        quota_m3_per_mu=[100.0, 300.0, 500.0], return_ratio=[0.0, 0.5, 0.1]
    )

    def test_gross(self) -> None:
        """1 000, 3 000 and 5 000 m³: a and b bring 4 000 for 21."""
        plan = planned(self.TABLE, demand(4000.0, measure="gross_m3"))
        assert (ids(plan), plan.value) == ("ab", 21.0)

    def test_net_of_what_seeps_back(self) -> None:
        """1 000, 1 500 and 4 500 m³: only c brings 4 000, for 30."""
        plan = planned(self.TABLE, demand(4000.0, measure="net_m3"))
        assert (ids(plan), plan.value) == ("c", 30.0)
        assert plan.units["reached"].tolist() == [4500.0]

    def test_land_and_water_at_once(self) -> None:
        plan = planned(self.TABLE, pd.concat([demand(20.0), demand(4000.0, measure="net_m3")]))
        assert (ids(plan), plan.value, plan.status) == ("ac", 40.0, "optimal")

    def test_an_unknown_quota_saves_nothing(self) -> None:
        table = self.TABLE.assign(quota_m3_per_mu=[np.nan, 300.0, np.nan])
        plan = planned(table, demand(1.0, measure="gross_m3"))
        assert ids(plan) == "b"
        assert planned(table, demand(3001.0, measure="gross_m3")).status == "shortfall"


class TestLocks:
    def test_locks_are_kept(self) -> None:
        """40 must go, 30 must stay; for 60 there is b."""
        plan = planned(FOUR.assign(lock=["", "", "keep", "retire"]), demand(60.0))
        assert (ids(plan), plan.value) == ("bd", 60.0)
        assert plan.areas["why"].tolist() == ["not_needed", "chosen", "locked_keep", "locked_retire"]

    def test_locks_that_go_cost_even_where_nothing_is_asked(self) -> None:
        plan = planned(FOUR.assign(lock=["retire", "", "", ""]), demand(0.0))
        assert (ids(plan), plan.cost, plan.bound, plan.status) == ("a", 10.0, 10.0, "optimal")

    def test_retired_land_is_no_choice(self) -> None:
        plan = planned(FOUR.assign(retired_year=[0, 0, 0, 2020]), demand(60.0))
        assert (ids(plan), plan.status) == ("abc", "optimal")
        assert plan.areas["why"].tolist()[3] == "already_retired"

    def test_the_fewest_locks_to_release(self) -> None:
        """Of 100 only a, 10, may go and 50 are asked: d alone brings the other 40."""
        plan = planned(FOUR.assign(lock=["", "keep", "keep", "keep"]), demand(50.0))
        assert plan.status == "shortfall"
        assert (ids(plan), plan.units["shortfall"].tolist()) == ("a", [40.0])
        assert plan.relief.releases.to_dict("records") == [{"kind": "keep", "id": "d", "year": 0}]
        assert plan.relief.enough
        assert plan.relief.fewest
        assert plan.relief.least

    def test_of_equally_many_the_least_land(self) -> None:
        """10 are open, 40 are asked: c (30) or d (40) would do, and c is less."""
        plan = planned(FOUR.assign(lock=["", "keep", "keep", "keep"]), demand(40.0))
        assert plan.relief.releases["id"].tolist() == ["c"]

    def test_more_than_all_land(self) -> None:
        plan = planned(FOUR, demand(130.0))
        assert (plan.status, ids(plan)) == ("shortfall", "abcd")
        assert plan.units["shortfall"].tolist() == pytest.approx([30.0])
        assert not plan.relief.enough
        assert not len(plan.relief.releases)

    def test_a_unit_without_land(self) -> None:
        plan = planned(FOUR, demands(("u", 10.0), ("elsewhere", 5.0)))
        assert plan.units.set_index("unit_id")["shortfall"].to_dict() == {"elsewhere": 5.0, "u": 0.0}
        assert (ids(plan), plan.relief.enough) == ("a", False)


class TestCaps:
    TOWNS = FOUR.assign(township=["s", "s", "t", "t"])

    def test_a_cap_turns_the_choice(self) -> None:
        """50 is a + d or b + c; at most 30 in t leaves b + c."""
        plan = planned(self.TOWNS, demand(50.0), caps=caps(("t", 0, 30.0)))
        assert (ids(plan), plan.status) == ("bc", "optimal")
        assert plan.caps[["township", "limit_mu", "used_mu"]].values.tolist() == [["t", 30.0, 30.0]]

    def test_infeasible_by_caps(self) -> None:
        """At most 10 + 40: of 60 there are 50; the cap of s keeps b in use, that of t keeps c."""
        plan = planned(self.TOWNS, demand(60.0), caps=caps(("s", 0, 10.0), ("t", 0, 40.0)))
        assert plan.status == "shortfall"
        assert (ids(plan), plan.units["shortfall"].tolist()) == ("ad", [10.0])
        assert plan.relief.releases["kind"].tolist() == ["cap"]
        assert (plan.relief.enough, plan.relief.fewest, plan.relief.least) == (True, True, True)

    def test_by_year(self) -> None:
        """40 may go in t in 2024 and nothing in 2025; 30 were retired there in 2024 already."""
        table = areas(("a", 10.0, 10.0), ("b", 10.0, 10.0), ("c", 30.0, 30.0), ("d", 40.0, 5.0))
        table = table.assign(township=["s", "t", "t", "t"], retired_year=[0, 0, 2024, 0])
        plan = planned(
            table, demand(20.0), years=(2024, 2025), caps=caps(("t", 2024, 40.0), ("t", 2025, 0.0))
        )
        assert retired(plan) == {"a": 2025, "b": 2024}
        assert plan.caps[["year", "limit_mu", "used_mu"]].values.tolist() == [[2024, 10, 10], [2025, 0, 0]]

    def test_forced_land_beyond_a_cap_is_given_up(self) -> None:
        plan = planned(
            self.TOWNS.assign(lock=["", "", "retire", "retire"]), demand(40.0), caps=caps(("t", 0, 40.0))
        )
        assert plan.status == "shortfall"
        assert plan.relief.given_up == ("c",)
        assert ids(plan) == "d"
        assert len(plan.relief.releases) == 1

    def test_shares_of_townships(self) -> None:
        """Land that is retired before the plan begins is no longer irrigated."""
        table = self.TOWNS.assign(retired_year=[0, 2020, 2024, 0])
        found = township_caps(table, 0.5, (2023, 2024))
        assert found.values.tolist() == [["s", 0, 5.0], ["t", 0, 35.0]]
        assert township_caps(table, 0.5, ())["limit_mu"].tolist() == [5.0, 20.0]


class TestYears:
    def test_minimums_of_single_years(self) -> None:
        """30 by 2025, of it 20 in 2024 and 5 in 2025: b in 2024, a in 2025."""
        asked = demands(("u", 30.0, 2025), ("u", 20.0, 2024, True), ("u", 5.0, 2025, True))
        plan = planned(FOUR, asked, years=(2024, 2025))
        assert (retired(plan), plan.status) == ({"a": 2025, "b": 2024}, "optimal")

    def test_what_one_year_overshoots_the_next_must_still_bring(self) -> None:
        """Two years of 25 each: 10 + 20 and 30 are the least, beside 30 and 40."""
        asked = demands(("u", 25.0, 2024, True), ("u", 25.0, 2025, True))
        plan = planned(FOUR, asked, years=(2024, 2025))
        assert plan.value == 60.0
        by_year = plan.areas[plan.areas["retire"]].merge(FOUR, on="area_id").groupby("year")["area_mu"].sum()
        assert by_year.to_dict() == {2024: 30.0, 2025: 30.0}

    def test_up_to_each_year(self) -> None:
        """10 by 2023, 30 by 2024, 60 by 2025: as late as allowed."""
        asked = demands(("u", 10.0, 2023), ("u", 30.0, 2024), ("u", 60.0, 2025))
        plan = planned(FOUR, asked, years=(2025, 2023, 2024))
        assert plan.value == 60.0
        reached = plan.units.set_index("year")["reached"]
        assert (reached >= pd.Series({2023: 10.0, 2024: 30.0, 2025: 60.0})).all()

    def test_a_year_that_cannot_be_met_says_so(self) -> None:
        """40 a year at most in the only township: 90 by 2025 falls short by 20 with 30 and 40."""
        plan = planned(
            FOUR.assign(township="t"),
            demand(90.0),
            years=(2024, 2025),
            caps=caps(("t", 0, 40.0)),
        )
        assert plan.status == "shortfall"
        assert plan.units["shortfall"].tolist() == [10.0]
        assert plan.relief.releases["kind"].tolist() == ["cap"]

    def test_locked_land_that_nothing_else_speaks_of_goes_in_the_last_year(self) -> None:
        """The cap of s binds, so that the years matter; d lies in no township with a cap and must go."""
        table = FOUR.assign(township=["s", "s", "t", "t"], lock=["", "", "", "retire"])
        asked = demand(30.0, "u")
        plan = planned(table, asked, unit=list("uuvv"), years=(2024, 2025), caps=caps(("s", 0, 20.0)))
        assert (plan.value, plan.bound, plan.status) == (70.0, 70.0, "optimal")
        assert retired(plan)["d"] == 2025

    def test_plans_without_years_have_none(self) -> None:
        assert set(planned(FOUR, demand(30.0)).areas["year"]) == {0}


class TestWells:
    def test_a_well_of_three_parcels(self) -> None:
        """v serves a, b and c (60), w serves d (40): one well closes for 40, both for 100."""
        wells = links(v="abc", w="d")
        one = planned(FOUR, demand(10.0), closings=closing(1), **wells)
        assert (ids(one), one.value, one.status) == ("d", 40.0, "optimal")
        assert one.wells.values.tolist() == [["v", False, False], ["w", True, True]]
        assert ids(planned(FOUR, demand(10.0), closings=closing(2), **wells)) == "abcd"
        assert ids(planned(FOUR, demand(10.0), **wells)) == "a"

    def test_three_parcels_of_one_well_are_cheaper(self) -> None:
        table = areas(("a", 10.0, 1.0), ("b", 10.0, 2.0), ("c", 10.0, 3.0), ("d", 10.0, 7.0))
        plan = planned(table, demand(5.0), closings=closing(1), **links(v="abc", w="d"))
        assert (ids(plan), plan.value) == ("abc", 6.0)

    def test_surface_water_and_retired_land_let_a_well_close(self) -> None:
        """c has surface water, b is retired: only a keeps v open."""
        table = FOUR.assign(surface=[False, False, True, False], retired_year=[0, 2020, 0, 0])
        plan = planned(table, demand(0.0), closings=closing(1), **links(v="abc", w="d"))
        assert (ids(plan), plan.value) == ("a", 10.0)

    def test_a_well_that_could_close_before_is_not_the_plans_doing(self) -> None:
        table = FOUR.assign(retired_year=[2020, 0, 0, 0])
        plan = planned(table, demand(0.0), closings=closing(1), **links(v="a", w="d"))
        assert (ids(plan), plan.wells.values.tolist()) == ("", [["v", True, False], ["w", False, False]])

    def test_wells_that_cannot_close(self) -> None:
        """c must stay, so that v never closes: one of two wells is missing."""
        plan = planned(
            FOUR.assign(lock=["", "", "keep", ""]), demand(0.0), closings=closing(2), **links(v="abc", w="d")
        )
        assert (plan.status, ids(plan)) == ("shortfall", "d")
        assert plan.closings[["n_closing", "shortfall"]].values.tolist() == [[1, 1]]
        assert plan.relief.releases["id"].tolist() == ["c"]


class TestCompactness:
    def test_neighbours_are_preferred(self) -> None:
        """Of a, b, c, all 10, two are asked; b and c touch."""
        table = areas(("a", 10.0, 10.0), ("b", 10.0, 10.0), ("c", 10.0, 10.0))
        touches = pd.DataFrame([("b", "c", 3.0)], columns=["area_id", "other_id", "bonus"])
        plan = planned(table, demand(20.0), touches=touches)
        assert (ids(plan), plan.cost, plan.bonus, plan.value, plan.bound) == ("bc", 20.0, 3.0, 17.0, 17.0)

    def test_beside_land_that_is_retired_already(self) -> None:
        table = areas(("a", 10.0, 10.0), ("b", 10.0, 10.0), ("old", 10.0, 10.0)).assign(
            retired_year=[0, 0, 2019]
        )
        touches = pd.DataFrame([("old", "b", 3.0)], columns=["area_id", "other_id", "bonus"])
        plan = planned(table, demand(10.0), touches=touches)
        assert (ids(plan), plan.bonus) == ("b", 3.0)

    def test_a_bonus_above_the_cost_pays_by_itself(self) -> None:
        table = areas(("a", 10.0, 10.0), ("b", 10.0, 10.0))
        touches = pd.DataFrame([("a", "b", 25.0)], columns=["area_id", "other_id", "bonus"])
        plan = planned(table, demand(0.0), touches=touches)
        assert (ids(plan), plan.value, plan.bound, plan.status) == ("ab", -5.0, -5.0, "optimal")


class TestRuns:
    def test_scenarios_side_by_side(self) -> None:
        plans = {"all": planned(FOUR, demand(60.0)), "half": planned(FOUR, demand(30.0))}
        plans["locked"] = planned(FOUR.assign(lock=["keep"] * 4), demand(30.0))
        table = compare_scenarios(plans).set_index("scenario")
        assert table["cost"].tolist() == [60.0, 30.0, 0.0]
        assert table["status"].tolist() == ["optimal", "optimal", "shortfall"]
        assert table["shortfall_mu"].tolist() == [0.0, 0.0, 30.0]
        assert table.loc["all", "n_other"] == 0

    def test_cancelled(self) -> None:
        class StopError(Exception):
            pass

        def cancel(share: float) -> None:
            raise StopError

        problem = retirement_problem(FOUR, in_unit(FOUR), demand(50.0))
        with pytest.raises(StopError):
            plan_retirement(problem, progress=cancel)

    def test_progress_rises_to_the_end(self) -> None:
        told: list[float] = []
        problem = retirement_problem(
            FOUR, in_unit(FOUR, list("uuvv")), demands(("u", 10.0), ("v", 10.0), ("u", 5.0))
        )
        plan_retirement(problem, progress=told.append)
        assert told == sorted(told)
        assert told[-1] == 1.0

    @staticmethod
    def hard(n: int = 400):
        """Many areas of nearly the same price under caps by year: a plan is easy, its proof is not."""
        draw = np.random.default_rng(7)
        table = pd.DataFrame({"area_id": [f"a{i:03d}" for i in range(n)], "area_mu": draw.uniform(5, 50, n)})
        table = table.assign(
            cost=table["area_mu"] * draw.uniform(0.99, 1.01, n), township=draw.choice(list("rst"), n)
        )
        units = draw.choice(list("uvw"), n)
        land = table["area_mu"].groupby(units).sum()
        asked = pd.concat(
            [demand(land[u] * 0.3, u) for u in "uvw"]
            + [demand(land[u] * 0.1, u, year=2024, within=True) for u in "uvw"]
        )
        limits = caps(*((town, year, land.sum() * 0.07) for town in "rst" for year in (2024, 2025)))
        return retirement_problem(table, in_unit(table, units), asked, years=(2024, 2025), caps=limits)

    def test_a_time_limit_gives_the_best_plan_with_its_gap(self) -> None:
        begin = time.monotonic()
        plan = plan_retirement(self.hard(), time_limit=1.0, gap=0.0)
        assert time.monotonic() - begin < 20  # not a goal: it must come to an end
        assert plan.status in ("optimal", "time_limit")
        assert plan.relief is None
        assert plan.bound <= plan.value
        assert plan.gap == pytest.approx((plan.value - plan.bound) / plan.value)

    def test_no_time_at_all(self) -> None:
        """The plan by hand at least, or an honest word that none was found in time; never "no plan can do it"."""
        plan = plan_retirement(self.hard(), time_limit=0.0)
        assert plan.status == "time_limit"
        assert plan.bound <= plan.value

    def test_the_log_says_how(self) -> None:
        log = planned(FOUR, demand(50.0)).log
        assert log["method"].tolist() == ["one target"]
        assert log["n_areas"].tolist() == [4]
