"""A missing field never improves an outcome, and every verdict has its words in both languages."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from overdraft.core.findings import OUTCOMES
from overdraft.core.messages import catalogue, placeholders, render

TARGETS = pd.DataFrame({"unit_id": ["650402", "650421"], "year": 2025, "area_mu": [60.0, 30.0]})
UNITS = {"c650402": (0, 0, 500, 1000), "c650421": (500, 0, 900, 1000)}
DAYS = ["2020-06-01", "2021-06-01", "2022-06-01", "2024-06-01", "2026-06-01", None]

area = st.fixed_dictionaries(
    {
        "x": st.integers(0, 8),
        "y": st.integers(0, 3),
        "width": st.integers(1, 4),
        "height": st.integers(1, 2),
        "status": st.sampled_from(["irrigated", "retired", "fallow"]),
        "retired_on": st.sampled_from(DAYS),
        "restored_on": st.sampled_from(DAYS),
        "ledger": st.sampled_from([0.9, 1.0, 1.1]),
    }
)
event = st.fixed_dictionaries(
    {
        "subject_id": st.sampled_from(["a0", "a1", "a2"]),
        "kind": st.sampled_from(["retired", "restored"]),
        "effective_on": st.sampled_from(DAYS[:-1]),
        "share": st.sampled_from([None, 0.5]),
    }
)


@pytest.fixture(scope="module")
def judged(run, world):
    """Rank of each unit's outcome (0 is the worst) and its net area, for raw frames."""

    def call(irrigation, events, basis):
        frames = {"irrigation": irrigation, "units": world.counties(**UNITS), "targets": TARGETS}
        if events is not None:
            frames["events"] = events
        balance = run(**frames, area_basis=basis).balance.set_index("unit_id")
        rank = balance["outcome"].map({token: place for place, token in enumerate(OUTCOMES)})
        return rank.loc[["650402", "650421"]], balance.loc[["650402", "650421"], "net_mu"].fillna(0.0)

    return call


def frames_of(areas, events, world):
    irrigation = world.areas(
        *(
            {
                "area_id": f"a{n}",
                "box": (
                    100 * a["x"],
                    100 * a["y"],
                    100 * (a["x"] + a["width"]),
                    100 * (a["y"] + a["height"]),
                ),
                "status": a["status"],
                "retired_on": a["retired_on"],
                "restored_on": a["restored_on"],
                "area_mu": 15.0 * a["width"] * a["height"] * a["ledger"],
            }
            for n, a in enumerate(areas)
        ),
        # one more with a registered area: the layer has such areas, whatever is taken away above
        {"area_id": "far", "box": (5000, 5000, 5100, 5100), "area_mu": 15.0},
    )
    if not events:
        return irrigation, None
    size = {f"a{n}": 15.0 * a["width"] * a["height"] * a["ledger"] for n, a in enumerate(areas)}
    rows = [
        {
            "event_id": f"e{n}",
            "subject_role": "irrigation",
            "subject_id": e["subject_id"],
            "kind": e["kind"],
            "effective_on": e["effective_on"],
            "area_mu": None if e["share"] is None else e["share"] * size.get(e["subject_id"], 1.0),
        }
        for n, e in enumerate(events)
    ]
    return irrigation, pd.DataFrame(rows)


def lose_a_field(judged, world, areas, events, basis, data):
    """Judge, take one field of one row away, judge again."""
    irrigation, told = frames_of(areas, events, world)
    rank, net = judged(irrigation, told, basis)
    fields = [("irrigation", name) for name in ("area_id", "status", "retired_on", "restored_on", "area_mu")]
    if told is not None:
        fields += [("events", name) for name in ("subject_role", "subject_id", "kind", "effective_on")]
        # an area's own size divides a partial event: without it the polygon does, which may be smaller
        fields.remove(("irrigation", "area_mu"))
    role, name = data.draw(st.sampled_from(fields))
    poorer, poorer_told = irrigation.copy(), None if told is None else told.copy()
    frame = poorer if role == "irrigation" else poorer_told
    place = data.draw(st.integers(0, (len(areas) if role == "irrigation" else len(frame)) - 1))
    # land that is said to be retired, without a restoration, is retired: nothing is missing there
    assume(name != "restored_on" or frame["status"].iloc[place] == "irrigated")
    frame[name] = frame[name].astype(object)
    frame.loc[frame.index[place], name] = None
    after_rank, after_net = judged(poorer, poorer_told, basis)
    best = (
        OUTCOMES.index("pass") - 1 if name == "subject_id" else -1
    )  # it may be about anything: nothing passes on it
    assert (after_rank <= np.maximum(rank, best)).all(), (role, name, place)
    if role == "irrigation":
        assert (after_net <= net + 1e-6).all(), (role, name, place)


missing = given(
    areas=st.lists(area, min_size=1, max_size=5),
    events=st.lists(event, max_size=4),
    basis=st.sampled_from(["geometry", "registered"]),
    data=st.data(),
)


@settings(max_examples=12, deadline=None)
@missing
def test_a_missing_field_never_improves_an_outcome(judged, world, areas, events, basis, data):
    lose_a_field(judged, world, areas, events, basis, data)


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@missing
def test_a_missing_field_never_improves_an_outcome_long(judged, world, areas, events, basis, data):
    lose_a_field(judged, world, areas, events, basis, data)


def test_an_event_that_names_nothing_holds_a_pass_back(run, world, row_of, spoken):
    frames = {
        "irrigation": world.areas(
            {"area_id": "a", "box": (0, 0, 500, 200), "status": "retired", "retired_on": "2022-01-01"}
        ),
        "units": world.counties(**UNITS),
        "targets": TARGETS,
    }
    assert row_of(run(**frames), "650402")["outcome"] == "pass"
    loose = world.events((None, "restored", "2023-01-01"))
    result = run(**frames, events=loose)
    assert row_of(result, "650402")["met"] is True
    assert row_of(result, "650402")["outcome"] == "review"
    assert "650402" in spoken(result, "retirement.balance")


def test_every_finding_has_its_words_with_figures_in_both_languages(run, world):
    rows = [
        {
            "area_id": "a",
            "box": (0, 0, 400, 100),
            "status": "retired",
            "retired_on": "2022-01-01",
            "area_mu": 80,
        },
        {"area_id": "b", "box": (300, 0, 500, 100), "area_mu": 30},
        {"area_id": "c", "box": (100, 50, 700, 150), "status": "retired", "retired_on": "2022-01-01"},
        {"area_id": "d", "box": (0, 300, 100, 400), "status": "retired"},
        {"area_id": "e", "box": (0, 500, 100, 600), "retired_on": "2022-01-01"},
        {"area_id": "f", "box": (0, 700, 100, 800), "status": "fallow", "retired_on": "2022-01-01"},
        {
            "area_id": "g",
            "box": (850, 700, 950, 800),
            "status": "retired",
            "retired_on": "2022-01-01",
            "area_mu": 15,
        },
        {"area_id": "h", "status": "retired", "retired_on": "2022-01-01"},
        {
            "area_id": "i",
            "box": (0, 900, 9, 999),
            "status": "retired",
            "retired_on": "2022-01-01",
            "valid_to": "2023-01-01",
        },
        {"area_id": "j", "box": (200, 900, 300, 999), "status": "irrigated"},
        {"area_id": None, "box": (400, 900, 450, 999), "status": "retired", "retired_on": "2022-01-01"},
    ]
    told = world.events(("j", "retired", "2022-01-01", 99))
    result = run(irrigation=world.areas(*rows), units=world.counties(**UNITS), events=told, targets=TARGETS)
    verdicts = result.verdicts.rows
    assert set(verdicts["rule"]) == {
        "retirement.balance",
        "retirement.day",
        "retirement.cycle_without_events",
        "retirement.events",
        "retirement.partial",
        "retirement.status",
        "retirement.overlap_irrigated",
        "retirement.overlap_retired",
        "retirement.unassigned",
        "retirement.area_basis",
        "retirement.edition",
    }
    assert not verdicts.duplicated(["rule", "clause", "subject_role", "subject_id", "period"]).any()
    for verdict in verdicts.itertuples():
        values = json.loads(verdict.message_values)
        for language in ("en", "zh"):
            assert "{" not in render(verdict.message_key, values, language), verdict.message_key


def test_texts_name_the_same_values_in_both_languages():
    keys = [key for key in catalogue() if key.startswith("retirement.")]
    assert len(keys) > 20
    for key in keys:
        assert placeholders(catalogue()[key]["en"]) == placeholders(catalogue()[key]["zh"]), key
