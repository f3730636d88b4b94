"""What a plan cannot be made from is refused, with the table, the row and what is allowed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small import areas, demand, in_unit

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.retirement import retirement_problem

TABLE = areas(("b", 20.0, 2.0), ("a", 10.0, 1.0))


def refusal(table=TABLE, pieces=None, asked=None, **more) -> tuple[str, dict]:
    """Key and values of the error."""
    with pytest.raises(OverdraftError) as error:
        retirement_problem(
            table,
            in_unit(TABLE) if pieces is None else pieces,
            demand(5.0) if asked is None else asked,
            **more,
        )
    return error.value.key, error.value.values


def test_tables_come_in_the_order_of_their_ids() -> None:
    problem = retirement_problem(TABLE, in_unit(TABLE), demand(5.0))
    assert problem.areas["area_id"].tolist() == ["a", "b"]
    assert problem.pieces["area"].tolist() == [0, 1]
    assert problem.pieces["area_mu"].tolist() == [10.0, 20.0]


def test_a_column_is_missing() -> None:
    assert refusal(TABLE.drop(columns="cost")) == (
        "retiring.column",
        {"table": "areas", "found": "area_id, area_mu", "field": "cost"},
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("area_mu", 0.0),
        ("area_mu", np.inf),
        ("area_mu", "ten"),
        ("cost", -1.0),
        ("cost", np.nan),
        ("cost", 1e10),
        ("lock", "maybe"),
        ("return_ratio", 1.5),
        ("quota_m3_per_mu", -1.0),
        ("retired_year", -3),
    ],
)
def test_values_of_areas(field: str, value: object) -> None:
    column = [value, *([1.0] if field in ("area_mu", "cost") else [{"lock": ""}.get(field, 0)])]
    key, values = refusal(TABLE.assign(**{field: column}))
    assert (key, values["table"], values["field"], values["id"], values["n"]) == (
        "retiring.value",
        "areas",
        field,
        "b",
        1,
    )
    assert values["allowed"]


def test_an_id_twice() -> None:
    assert refusal(TABLE.assign(area_id=["a", "a"]))[1]["allowed"] == "unique"


def test_a_piece_of_an_area_that_is_not_there() -> None:
    key, values = refusal(pieces=in_unit(TABLE.assign(area_id=["a", "z"])))
    assert (key, values) == ("retiring.unknown_area", {"table": "pieces", "id": "z", "n": 1})


def test_a_piece_larger_than_its_area() -> None:
    values = refusal(pieces=in_unit(TABLE.assign(area_mu=[20.0, 10.1])))[1]
    assert (values["id"], values["found"]) == ("a", "10.1")


@pytest.mark.parametrize(
    ("asked", "field"),
    [(demand(-1.0), "amount"), (demand(np.inf), "amount"), (demand(1.0, measure="mu"), "measure")],
)
def test_demands(asked: pd.DataFrame, field: str) -> None:
    assert refusal(asked=asked)[1]["field"] == field


def test_a_demand_of_a_year_outside_the_plan() -> None:
    values = refusal(asked=demand(1.0, year=2030), years=(2025, 2024))[1]
    assert (values["field"], values["found"], values["allowed"]) == ("year", "2030", "2024, 2025")


def test_limits() -> None:
    caps = pd.DataFrame({"township": ["t"], "year": [2031], "limit_mu": [1.0]})
    assert refusal(caps=caps, years=(2025,), asked=demand(1.0))[1]["allowed"] == "0, 2025"
    assert refusal(caps=caps.assign(year=0, limit_mu=-1.0))[1]["field"] == "limit_mu"
    closings = pd.DataFrame({"unit_id": ["u"], "n_min": [-1]})
    assert refusal(closings=closings)[1]["table"] == "closings"


def test_neighbours() -> None:
    touch = pd.DataFrame({"area_id": ["a"], "other_id": ["a"], "bonus": [1.0]})
    assert refusal(touches=touch)[1]["allowed"] == "another area"
    assert refusal(touches=touch.assign(other_id="b", bonus=-1.0))[1]["field"] == "bonus"
