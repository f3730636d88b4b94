"""Facts through time: events win over the snapshot group by group, corrections replace, withdrawals withdraw."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from overdraft.core.intake import build_register
from overdraft.core.register.facts import event_problems, land_history, sealing, well_history

STATES = ("sealed", "dismantled")


def register(wells=(), events=(), areas=()):
    frames = {
        "wells": gpd.GeoDataFrame(list(wells), geometry=[Point(n, 0) for n in range(len(wells))], crs=32645)
    }
    if events:
        frames["events"] = pd.DataFrame(list(events))
    if areas:
        squares = [box(n, 0, n + 1, 1) for n in range(len(areas))]
        frames["irrigation"] = gpd.GeoDataFrame(list(areas), geometry=squares, crs=32645)
    return build_register(frames)


def well(well_id, **fields):
    return {"well_id": well_id, "use": "irrigation", "status": "active", **fields}


def event(event_id, subject, kind, day, role="wells", **fields):
    row = {
        "event_id": event_id,
        "subject_role": role,
        "subject_id": subject,
        "kind": kind,
        "effective_on": day,
    }
    return {**row, **fields}


def sealed_on(reg, day="2025-12-31"):
    result = sealing(well_history(reg), len(reg["wells"]), pd.Timestamp(day), STATES)
    return [None if pd.isna(value) else value.date().isoformat() for value in result["day"]]


def test_a_snapshot_is_enough():
    reg = register(
        [well("A", status="sealed", status_on="2022-03-04"), well("B", status="sealed"), well("C")]
    )
    result = sealing(well_history(reg), 3, pd.Timestamp("2025-12-31"), STATES)
    assert sealed_on(reg) == ["2022-03-04", None, None]
    assert result["event_id"].tolist()[0] == "wells:A:sealed:2022-03-04"
    assert result["undated"].tolist() == [False, True, False]


def test_events_win_over_the_snapshot_of_their_own_well_only():
    wells = [
        well("A", status="sealed", status_on="2022-03-04"),
        well("B", status="sealed", status_on="2022-03-04"),
    ]
    reg = register(wells, [event("e", "A", "sealed", "2023-01-01")])
    assert sealed_on(reg) == ["2023-01-01", "2022-03-04"]


def test_the_building_day_of_the_snapshot_fills_a_gap_of_the_events():
    reg = register([well("A", commissioned_on="2020-01-01")], [event("e", "A", "sealed", "2023-01-01")])
    history = well_history(reg)
    assert history["kind"].tolist() == ["commissioned", "sealed"]
    assert sealed_on(reg) == ["2023-01-01"]


def test_same_day_the_later_record_decides_then_the_id():
    day = "2023-01-01"
    events = [
        event("b", "A", "reopened", day, recorded_on="2023-01-05"),
        event("a", "A", "sealed", day, recorded_on="2023-01-09"),
    ]
    assert sealed_on(register([well("A")], events)) == [day]
    events[0]["recorded_on"] = events[1]["recorded_on"]
    assert sealed_on(register([well("A")], events)) == [None]  # b after a: reopened


def test_withdrawing_a_correction_brings_the_first_fact_back():
    events = [
        event("e1", "A", "sealed", "2020-01-01"),
        event("e2", "A", "sealed", "2022-01-01", corrects="e1"),
        event("e3", "A", "void", "2022-01-02", corrects="e2"),
    ]
    assert sealed_on(register([well("A")], events[:1])) == ["2020-01-01"]
    assert sealed_on(register([well("A")], events[:2])) == ["2022-01-01"]
    assert sealed_on(register([well("A")], events)) == ["2020-01-01"]


def test_events_that_correct_each_other_are_not_used_and_said():
    events = [
        event("e1", "A", "sealed", "2020-01-01", corrects="e2"),
        event("e2", "A", "sealed", "2022-01-01", corrects="e1"),
    ]
    reg = register([well("A", status="sealed", status_on="2024-01-01")], events)
    assert sealed_on(reg) == ["2024-01-01"]
    found = event_problems(reg).rows
    assert found[found["rule"] == "facts.circular"]["subject_id"].tolist() == ["e1", "e2"]


def test_a_long_chain_of_corrections_is_followed_to_its_end():
    events = [event("e0", "A", "sealed", "2020-01-01")]
    events += [event(f"e{n}", "A", "sealed", "2021-01-01", corrects=f"e{n - 1}") for n in range(1, 3000)]
    assert sealed_on(register([well("A")], events)) == ["2021-01-01"]


def test_events_of_unknown_or_repeated_ids_are_findings_and_touch_nothing():
    reg = register(
        [well("A"), well("A")],
        [event("e1", "A", "sealed", "2022-01-01"), event("e2", "Z", "sealed", "2022-01-01")],
    )
    assert sealed_on(reg) == [None, None]
    rows = event_problems(reg).rows.set_index("subject_id")["message_key"]
    assert rows.to_dict() == {"e1": "facts.ambiguous_subject", "e2": "facts.unknown_subject"}


def test_land_events_win_area_by_area():
    areas = [
        {"area_id": "P", "status": "retired", "retired_on": "2022-01-01"},
        {"area_id": "Q", "status": "retired", "retired_on": "2022-01-01", "restored_on": "2023-01-01"},
        {"area_id": "R", "status": "retired"},
    ]
    reg = register(
        [well("A")], [event("e", "P", "retired", "2024-01-01", role="irrigation", area_mu=12.5)], areas
    )
    found = [(row.row, row.kind, str(row.day)[:10]) for row in land_history(reg).itertuples()]
    assert found == [
        (0, "retired", "2024-01-01"),
        (1, "retired", "2022-01-01"),
        (1, "restored", "2023-01-01"),
        (2, "retired", "NaT"),
    ]


KINDS = ("commissioned", "shut", "standby", "sealed", "dismantled", "reopened", "built")


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 28)), max_size=8))
def test_the_sealing_day_agrees_with_a_walk_through_the_days(happened):
    events = [event(f"e{n}", "A", kind, f"2024-02-{day:02}") for n, (kind, day) in enumerate(happened)]
    since = None
    for _, (kind, day) in sorted(enumerate(happened), key=lambda item: (item[1][1], f"e{item[0]}")):
        if kind in STATES:
            since = since or f"2024-02-{day:02}"
        elif kind != "built":
            since = None
    assert sealed_on(register([well("A")], events)) == [since]


def test_the_editions_of_an_area_are_one_subject():
    areas = [
        {"area_id": "P", "status": "irrigated", "valid_from": "2020-01-01", "valid_to": "2021-12-31"},
        {"area_id": "P", "status": "irrigated", "valid_from": "2022-01-01", "valid_to": None},
        {"area_id": "Q", "status": "irrigated", "valid_from": None, "valid_to": None},
        {"area_id": "Q", "status": "irrigated", "valid_from": None, "valid_to": None},
    ]
    events = [event(f"e{name}", name, "retired", "2022-01-01", role="irrigation") for name in "PQ"]
    assert event_problems(register([well("A")], events, areas)).rows["subject_id"].tolist() == ["eQ"]
