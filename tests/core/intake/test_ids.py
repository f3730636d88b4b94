"""Ids: text, unique, in coordinate order, independent of the order of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from overdraft.core.findings import conclude
from overdraft.core.intake import conform


def test_numeric_ids_become_text_and_leading_zeros_stay(raw_wells):
    frame, _ = conform("wells", raw_wells(well_id=[12.0, 7.0, np.nan]))
    assert frame["well_id"].tolist() == ["12", "7", None]
    frame, _ = conform("wells", raw_wells(well_id=["0012", "12", " 012 "]))
    assert frame["row_id"].tolist() == ["0012", "12", "012"]


def test_a_missing_id_is_named_after_its_row(raw_wells, said):
    frame, verdicts = conform("wells", raw_wells(well_id=["W1", None, ""]))
    assert frame["row_id"].tolist() == ["W1", "row:2", "row:3"]
    assert said(verdicts) == {
        ("register.id_missing", "row:2"): {"field": "well_id"},
        ("register.id_missing", "row:3"): {"field": "well_id"},
    }


def test_repeated_ids_are_numbered_by_x_then_y(raw_wells, said):
    points = [(5, 5), (1, 9), (1, 2), (0, 0)]
    frame, verdicts = conform("wells", raw_wells(points, well_id=["A", "A", "A", "B"]))
    assert frame["row_id"].tolist() == ["A#3", "A#2", "A", "B"]
    assert frame["well_id"].tolist() == ["A", "A", "A", "B"]
    times = {"id": "A", "times": 3}
    assert said(verdicts) == {("register.id_repeated", name): times for name in ("A", "A#2", "A#3")}


def test_rows_at_one_place_keep_their_input_order_and_no_place_comes_last(raw_wells):
    raw = raw_wells([(1, 1), (1, 1), (0, 0)], well_id=["A", "A", "A"])
    raw.geometry = [None, shapely.Point(1, 1), shapely.Point(1, 1)]
    frame, _ = conform("wells", raw.set_crs(4326))
    assert frame["row_id"].tolist() == ["A#3", "A", "A#2"]


def test_numbers_that_are_taken_are_skipped(raw_wells):
    frame, _ = conform("wells", raw_wells(well_id=["A", "A", "A#2", "row:5", None]))
    assert frame["row_id"].tolist() == ["A", "A#3", "A#2", "row:5", "row:5#2"]
    assert frame["row_id"].is_unique


def test_a_semicolon_in_an_id_is_reviewed(raw_wells, said):
    frame, verdicts = conform("wells", raw_wells(well_id=["a;b", "c", "d"]))
    assert frame["row_id"].tolist()[0] == "a;b"
    assert said(verdicts) == {("register.id_separator", "a;b"): {"id": "a;b"}}


def test_the_permutation_of_rows_changes_no_finding_id(raw_wells):
    rng = np.random.default_rng(5)
    size = 60
    raw = raw_wells(
        rng.permutation(size * size)[: 2 * size].reshape(size, 2),
        well_id=[f"W{n}" for n in rng.integers(0, 20, size)],
        use=rng.choice(["irrigation", "bad", ""], size),
        depth_m=rng.choice(["1", "x"], size),
    )
    seen = []
    for seed in range(5):
        mixed = raw.sample(frac=1, random_state=seed)
        frame, verdicts = conform("wells", mixed)
        findings = conclude(verdicts, "p", "v", "r").drop(columns="run_id")
        findings = findings.sort_values("finding_id", ignore_index=True)
        places = dict(zip(frame["row_id"], frame.geometry.to_wkt(), strict=True))
        seen.append((findings, places))
    assert len(seen[0][0]) > size
    for findings, places in seen[1:]:
        pd.testing.assert_frame_equal(findings, seen[0][0])
        assert places == seen[0][1]


def test_editions_of_a_zone_are_no_repeats(said):
    import geopandas as gpd

    raw = gpd.GeoDataFrame(
        {"zone_id": ["Z", "Z", "Z", "Y"], "valid_from": ["2024-01-01", "2015-01-01", "2024-01-01", None]},
        geometry=[shapely.box(n, 0, n + 1, 1) for n in (0, 1, 2, 3)],
        crs=4326,
    )
    frame, verdicts = conform("zones", raw.iloc[:2])
    assert frame["row_id"].tolist() == ["Z#2", "Z"]
    assert verdicts.rows.empty
    frame, verdicts = conform("zones", raw)
    assert frame["row_id"].tolist() == ["Z#2", "Z", "Z#3", "Y"]
    twice = {"id": "Z", "times": 2}
    assert said(verdicts) == {("register.id_repeated", name): twice for name in ("Z#2", "Z#3")}


@pytest.mark.parametrize(
    ("role", "columns", "ids"),
    [
        ("pairs", {"renewal_id": ["R", "R"], "retired_id": ["S", "T"]}, ["R/S", "R/T"]),
        (
            "readings",
            {"well_id": ["W", "W", "W"], "year": [2023, 2024, 2024], "month": [None, 1, 2]},
            ["W/2023", "W/2024/1", "W/2024/2"],
        ),
        ("levels", {"station_id": ["S"], "date_on": ["2024-05-31"], "level_m": [1]}, ["S/2024-05-31"]),
        ("screens", {"well_id": ["W", "W"], "aquifer": ["shallow", "shallow"], "top_m": [9, 3]}, None),
        ("calendar", {"day_on": ["2024-05-31", "bad"], "working": [1, 0]}, ["2024-05-31", "row:2"]),
        ("targets", {"unit_id": ["650402", None], "year": [2025, 2025]}, ["650402/2025", "row:2"]),
    ],
)
def test_ids_of_tables(role, columns, ids):
    frame, verdicts = conform(role, pd.DataFrame(columns))
    assert frame["row_id"].tolist() == (ids or ["W/shallow#2", "W/shallow"])
    assert "register.id_repeated" not in set(verdicts.rows["rule"])


def test_a_pair_pledged_twice_on_one_day_is_a_repeat():
    days = ["2024-05-01", "2024-05-01", "2023-01-01"]
    raw = pd.DataFrame({"renewal_id": ["R"] * 3, "retired_id": ["S"] * 3, "pledged_on": days})
    frame, verdicts = conform("pairs", raw)
    assert frame["row_id"].tolist() == ["R/S#2", "R/S#3", "R/S"]
    assert sorted(verdicts.rows["subject_id"]) == ["R/S#2", "R/S#3"]


def test_ids_of_events_do_not_touch_the_subject():
    raw = pd.DataFrame(
        {
            "event_id": ["E1", "E1"],
            "subject_role": ["wells", "wells"],
            "subject_id": ["W1", "W2"],
            "kind": ["sealed", "封填"],
            "effective_on": ["2024-01-01", "2024-01-02"],
        }
    )
    frame, _ = conform("events", raw)
    assert frame["subject_id"].tolist() == ["W1", "W2"]
    assert frame["row_id"].tolist() == ["E1", "E1#2"]
    assert frame["kind"].tolist() == ["sealed", "sealed"]
