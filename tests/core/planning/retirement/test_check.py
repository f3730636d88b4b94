"""Every kind of broken plan is refused: a plan that passes, and one change to it at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small import areas, demands, in_unit

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.retirement import retirement_problem
from overdraft.core.planning.retirement.check import check_plan, closing_wells

TABLE = areas(
    ("a", 10.0, 5.0), ("b", 20.0, 7.0), ("c", 30.0, 9.0), ("d", 40.0, 11.0), ("e", 5.0, 1.0)
).assign(
    lock=["retire", "", "", "keep", ""],
    retired_year=[0, 0, 0, 0, 2024],
    township="t",
    quota_m3_per_mu=100.0,
    return_ratio=0.5,
)
PROBLEM = retirement_problem(
    TABLE,
    in_unit(TABLE),
    pd.concat(
        [
            demands(("u", 10.0, 2024, True), ("u", 60.0, 2025)),
            demands(("u", 3000.0, 2025)).assign(measure="net_m3"),
        ]
    ),
    years=(2024, 2025),
    caps=pd.DataFrame({"township": ["t", "t"], "year": [2024, 0], "limit_mu": [15.0, 50.0]}),
    links=pd.DataFrame([("v", "b"), ("v", "c"), ("w", "d")], columns=["well_id", "area_id"]),
    wells=pd.DataFrame({"well_id": ["v", "w"], "unit_id": "u"}),
    closings=pd.DataFrame({"unit_id": ["u"], "n_min": [1]}),
    touches=pd.DataFrame([("b", "c", 2.0), ("a", "e", 0.5)], columns=["area_id", "other_id", "bonus"]),
)
GOOD = {"a": 2024, "b": 2025, "c": 2025}
COST = 5 + 7 + 9 - 2 - 0.5
"""a, b and c, less the bonus of b beside c and of a beside e, which is retired already."""


def check(years: dict[str, int], *, cost: float = COST, shortfall: tuple = (0, 0, 0, 0)) -> None:
    check_plan(PROBLEM, pd.Series(years, dtype="int64"), pd.Series(shortfall), round(cost * 1e6))


def refused(kind: str, found: str, years: dict[str, int], **claims) -> None:
    with pytest.raises(OverdraftError) as error:
        check(years, **claims)
    assert error.value.key == "retiring.check"
    assert (error.value.values["kind"], error.value.values["found"]) == (kind, found)


def test_the_plan_stands() -> None:
    check(GOOD)


def test_an_area_that_does_not_exist() -> None:
    refused("area", "z", GOOD | {"z": 2025})


def test_an_area_twice() -> None:
    twice = pd.Series([2024, 2025, 2025, 2025], index=["a", "b", "c", "c"])
    with pytest.raises(OverdraftError) as error:
        check_plan(PROBLEM, twice, pd.Series([0, 0, 0, 0]), round(COST * 1e6))
    assert error.value.values["kind"] == "area"


@pytest.mark.parametrize(
    ("area", "change"),
    [("d", {"d": 2025}), ("e", {"e": 2025}), ("a", {"a": None})],
    ids=["must stay", "retired already", "must go"],
)
def test_locks(area: str, change: dict) -> None:
    years = {key: year for key, year in (GOOD | change).items() if year is not None}
    refused("lock", area, years)


def test_a_year_outside_the_plan() -> None:
    refused("year", "c", GOOD | {"c": 2026})


def test_a_demand_within_a_year() -> None:
    """a in 2025 leaves nothing for 2024."""
    refused("demand", "u area_mu 2024", GOOD | {"a": 2025})


def test_a_demand_up_to_a_year() -> None:
    refused("demand", "u area_mu 2025", {"a": 2024, "c": 2025})


def test_net_water() -> None:
    """a and c bring 40 亩, or 2 000 m³ net: short of 60 by 20 and of 3 000 by 1 000."""
    refused("demand", "u net_m3 2025", {"a": 2024, "c": 2025}, shortfall=(0, 20, 999, 0))
    refused("closing", "u", {"a": 2024, "c": 2025}, shortfall=(0, 20, 1000, 0))
    check({"a": 2024, "c": 2025}, shortfall=(0, 20, 1000, 1), cost=5 + 9 - 0.5)


def test_a_cap_of_one_year_less_what_was_retired_there() -> None:
    """15 in 2024, of which e took 5: a fills it; b as well is too much."""
    refused("cap", "t 2024", GOOD | {"b": 2024})


def test_a_cap_of_every_year() -> None:
    tight = PROBLEM.caps.assign(limit_mu=[49.0, 15.0])  # in their order: every year, then 2024
    problem = retirement_problem(
        TABLE, in_unit(TABLE), demands(("u", 60.0, 2025)), years=(2024, 2025), caps=tight
    )
    with pytest.raises(OverdraftError) as error:
        check_plan(problem, pd.Series(GOOD), pd.Series([0.0]), 21_000_000)
    assert (error.value.values["kind"], error.value.values["found"]) == ("cap", "t 2025")


def test_cost_and_bonus() -> None:
    refused("cost", "18500001", GOOD, cost=COST + 1e-6)
    refused("cost", "20500000", GOOD, cost=COST + 2)


def test_wells_that_can_close() -> None:
    """v with b and c; w never, as d stays."""
    of = lambda *chosen: closing_wells(PROBLEM, np.isin(PROBLEM.areas["area_id"], chosen))  # noqa: E731
    assert of("b") == set()
    assert of("b", "c") == {"v"}
    assert of("d", "b", "c") == {"v", "w"}


def test_plans_without_years_have_the_year_none() -> None:
    problem = retirement_problem(TABLE, in_unit(TABLE), demands(("u", 10.0)))
    check_plan(problem, pd.Series({"a": 0}), pd.Series([0.0]), 5_000_000)
    with pytest.raises(OverdraftError):
        check_plan(problem, pd.Series({"a": 2025}), pd.Series([0.0]), 5_000_000)
