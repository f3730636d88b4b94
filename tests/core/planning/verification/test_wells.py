"""Wells in retired areas, or serving them: what was read since, and what it proves."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from overdraft.core.messages import render
from overdraft.core.planning.verification import WELL_COLUMNS
from overdraft.core.planning.verification.land import retired_land
from overdraft.core.planning.verification.wells import well_activity

DAY = date(2024, 12, 31)


def wells(*rows):
    """(id, column, row, use): a well on that pixel, or nowhere."""
    shapes = [
        None if row[1] is None else Point(500_000 + 10 * row[1], 4_700_000 - 10 * row[2]) for row in rows
    ]
    table = {"well_id": [row[0] for row in rows], "use": [row[3] for row in rows], "status": "active"}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:32645")


def readings(*rows):
    """(well, year, month or None, volume, energy, as_of)."""
    names = ["well_id", "year", "month", "volume_m3", "energy_kwh", "as_of"]
    return pd.DataFrame([(*row, *[None] * (6 - len(row))) for row in rows], columns=names)


@pytest.fixture
def look(made):
    """Retired R (since 2022-07-10) left, irrigated U right of it."""
    rows = [
        ("R", "retired", "2022-07-10", made.pixel_box(0, 0, 10, 10), {"well_ids": None}),
        ("U", "irrigated", None, made.pixel_box(10, 0, 20, 10), {"well_ids": "W2;W3"}),
    ]

    def activity(points, read=None, links=(), day=DAY, areas=rows):
        tables = {"wells": points}
        if read is not None:
            tables["readings"] = read
        if links:
            tables["well_areas"] = pd.DataFrame(links, columns=["well_id", "area_id"])
        register = made.register(made.areas(*areas), **tables)
        return well_activity(register, retired_land(register, day), day)

    return activity


def states(found):
    keys = found["message_key"].str.removeprefix("verification.well.")
    return dict(zip(found["well_id"], keys, strict=True))


YEARS = [(2023, None), (2024, None)]


def test_which_wells_are_looked_at(look):
    points = wells(
        ("W1", 5, 5, "irrigation"),
        ("W2", 15, 5, "irrigation"),
        ("W3", 5, 5, "irrigation"),
        ("W4", None, 0, "irrigation"),
    )
    found = look(points, links=[("W4", "R"), ("W3", "R")])
    assert tuple(found.columns) == (*WELL_COLUMNS, "geometry")
    assert dict(zip(found["well_id"], found["links"], strict=True)) == {
        "W1": "inside",
        "W3": "inside;serves",
        "W4": "serves",
    }
    assert found["n_other_areas"].tolist() == [0, 1, 0]
    assert set(found["outcome"]) == {"not_evaluated"}


def test_a_well_on_the_edge_is_inside(look):
    assert look(wells(("W1", 10, 5, "irrigation")))["well_id"].tolist() == ["W1"]


@pytest.mark.parametrize(
    ("use", "links", "state", "outcome"),
    [
        ("irrigation", [("W1", "R")], "used", "fail"),
        ("irrigation", [], "used_elsewhere", "review"),
        ("irrigation", [("W1", "R"), ("W1", "U")], "used_elsewhere", "review"),
        ("rural_drinking", [("W1", "R")], "used_elsewhere", "review"),
    ],
)
def test_use_is_a_failure_only_where_it_can_be_for_nothing_else(look, use, links, state, outcome):
    read = readings(("W1", 2023, None, 500.0, None), ("W1", 2024, None, 0.0, None))
    found = look(wells(("W1", 5, 5, use)), read, links).loc[0]
    assert (found["message_key"], found["outcome"]) == (f"verification.well.{state}", outcome)
    assert (found["volume_m3"], found["n_readings"]) == (500, 1)
    assert str(found["first_on"].date()) == "2023-01-01"
    assert str(found["last_on"].date()) == "2023-12-31"
    for language in ("en", "zh"):
        assert "{" not in render(found["message_key"], json.loads(found["message_values"]), language)


@pytest.mark.parametrize(
    ("rows", "state", "volume", "energy"),
    [
        # months after the day count, its own month and what came before does not
        ([(2022, 6, 9.0), (2022, 7, 9.0), (2022, 8, 5.0, 2.0), (2022, 9, 4.0)], "used", 9.0, 2.0),
        ([(2022, 6, 9.0), (2022, 7, 9.0)], "straddling", None, None),
        ([(2022, None, 9.0), (2023, None, 0.0), (2024, None, 0.0)], "straddling", 0.0, None),
        ([(2022, 6, 9.0), (2023, None, 0.0), (2024, None, 0.0)], "quiet", 0.0, None),
        ([(2023, None, 0.0), (2024, None, None, 0.0)], "quiet", 0.0, 0.0),
        ([(2023, None, 0.0)], "incomplete", 0.0, None),
        ([(2023, None, 0.0), *[(2024, month, 0.0) for month in range(1, 12)]], "incomplete", 0.0, None),
        ([(2023, None, 0.0), *[(2024, month, 0.0) for month in range(1, 13)]], "quiet", 0.0, None),
        ([(2023, None, 0.0), (2024, None, -5.0)], "incomplete", 0.0, None),
        ([], "incomplete", None, None),
        # the year and its months: the larger figure
        ([(2023, None, 10.0), (2023, 4, 7.0), (2023, 5, 6.0)], "used", 13.0, None),
        ([(2023, None, None, 3.0)], "used", None, 3.0),
        # of two versions the later one
        (
            [
                (2023, None, 50.0, None, "2024-01-05"),
                (2023, None, 0.0, None, "2024-03-01"),
                (2024, None, 0.0),
            ],
            "quiet",
            0,
            None,
        ),
    ],
)
def test_what_readings_prove(look, rows, state, volume, energy):
    read = readings(*[("W1", *row) for row in rows]) if rows else None
    found = look(wells(("W1", 5, 5, "irrigation")), read, [("W1", "R")])
    assert states(found) == {"W1": state}
    for name, value in (("volume_m3", volume), ("energy_kwh", energy)):
        if value is None:
            assert pd.isna(found.loc[0, name])
        else:
            assert found.loc[0, name] == value


def test_where_no_year_is_whole_every_month_must_be_read(look, made):
    areas = [("R", "retired", "2024-03-15", made.pixel_box(0, 0, 10, 10), {"well_ids": "W1"})]
    months = [("W1", 2024, month, 0.0) for month in range(4, 10)]
    day = date(2024, 10, 20)
    point = wells(("W1", 5, 5, "irrigation"))
    assert states(look(point, readings(*months), day=day, areas=areas)) == {"W1": "quiet"}
    assert states(look(point, readings(*months[1:]), day=day, areas=areas)) == {"W1": "incomplete"}


def test_readings_after_the_day_of_judgement_do_not_count(look):
    read = readings(("W1", 2023, None, 0.0), ("W1", 2024, None, 0.0), ("W1", 2025, None, 900.0))
    assert states(look(wells(("W1", 5, 5, "irrigation")), read, [("W1", "R")])) == {"W1": "quiet"}


def test_an_undated_retirement_and_two_wells_of_one_id_prove_nothing(look, made):
    areas = [("R", "retired", None, made.pixel_box(0, 0, 10, 10), {"well_ids": "W1"})]
    read = readings(("W1", 2023, None, 500.0))
    assert states(look(wells(("W1", 5, 5, "irrigation")), read, areas=areas)) == {"W1": "undated"}
    twice = look(wells(("W1", 5, 5, "irrigation"), ("W1", 6, 6, "irrigation")), read)
    assert set(twice["outcome"]) == {"not_evaluated"}
    assert len(twice) == 2


@pytest.mark.parametrize(
    ("year", "state", "outcome"), [(2023, "used_elsewhere", "review"), (2024, "used", "fail")]
)
def test_a_well_of_two_areas_is_free_when_the_last_of_them_is_retired(look, made, year, state, outcome):
    """R was retired in 2022, S in 2023: water of 2023 may have gone to S."""
    areas = [
        ("R", "retired", "2022-07-10", made.pixel_box(0, 0, 10, 10), {"well_ids": "W1"}),
        ("S", "retired", "2023-10-01", made.pixel_box(10, 0, 20, 10), {"well_ids": "W1"}),
    ]
    found = look(wells(("W1", 5, 5, "irrigation")), readings(("W1", year, None, 500.0)), areas=areas)
    told = found.set_index("area_id")
    assert told.loc["R", ["message_key", "outcome"]].tolist() == [f"verification.well.{state}", outcome]
    assert told["n_other_areas"].tolist() == [0, 0]


def test_a_link_to_an_area_that_nobody_knows_convicts_nobody(look):
    read = readings(("W1", 2024, None, 500.0))
    found = look(wells(("W1", 5, 5, "irrigation")), read, [("W1", "R"), ("W1", "elsewhere")]).loc[0]
    assert (found["outcome"], found["n_other_areas"]) == ("review", 1)


def test_a_partly_retired_area_never_convicts_its_well(look, made):
    areas = [("R", "irrigated", None, made.pixel_box(0, 0, 10, 10), {"well_ids": "W1", "area_mu": 10.0})]
    point = wells(("W1", 5, 5, "irrigation"))
    register = made.register(
        made.areas(*areas),
        wells=point,
        readings=readings(("W1", 2023, None, 500.0)),
        events=pd.DataFrame(
            {
                "event_id": ["e1"],
                "subject_role": ["irrigation"],
                "subject_id": ["R"],
                "kind": ["retired"],
                "effective_on": ["2022-07-10"],
                "area_mu": [9.0],
            }
        ),
    )
    found = well_activity(register, retired_land(register, DAY), DAY)
    assert states(found) == {"W1": "used_elsewhere"}
