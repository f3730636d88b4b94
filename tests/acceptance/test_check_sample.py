"""The check of the sample register: exactly what was planted in it, no false alarm, and counts that add up."""

from __future__ import annotations

from datetime import date

import pytest

from overdraft.core.checking import check_register
from overdraft.core.policy import load_policy
from overdraft.core.schema import register_schema
from overdraft.sample_layers.invented.cases import AS_OF
from overdraft.sample_layers.invented.sample import build_sample

EXPECTED = {
    ("register.value", "wells"): 2,  # use_unreadable, permit_to_unreadable
    ("register.required", "wells"): 2,  # use_missing, status_missing
    ("register.id_missing", "wells"): 1,
    ("register.id_repeated", "wells"): 2,
    ("positions.coordinates", "wells"): 4,  # place_none twice, place_empty, place_far
    ("positions.units", "wells"): 1,  # place_beyond
    ("positions.county", "wells"): 4,  # county_differs three times, place_beyond
    ("positions.township", "wells"): 3,  # township_differs twice, place_beyond
    ("values.volume_m3", "readings"): 1,  # backward
    ("references.retired_id", "pairs"): 1,  # pair_unknown
    ("references.subject_id", "events"): 1,  # event_unknown
    # The wells that lost their id are still named by their readings, meters and fields
    ("references.well_id", "readings"): 2,
    ("references.well_id", "meters"): 2,
    ("references.well_ids", "irrigation"): 2,
    ("polygons.valid", "irrigation"): 1,  # area_crossed
    ("polygons.area", "irrigation"): 2,  # area_differs, area_crossed
    ("polygons.overlap", "irrigation"): 1,  # area_overlap
    ("polygons.overlap", "zones"): 4,  # zones of different strictness, only noted
}


@pytest.fixture(scope="module")
def frames():
    tables = build_sample().tables
    return {name: tables[name] for name in tables if name in register_schema().roles}


def test_what_was_planted_is_found_and_nothing_else(frames):
    found = check_register(frames, date.fromisoformat(AS_OF), load_policy("turpan-2021"))
    assert found.rows.groupby(["check", "subject_role"]).size().to_dict() == EXPECTED
    counts = found.counts
    assert (counts[["n_ok", "n_problem", "n_not_checked"]].sum(axis=1) == counts["n_subjects"]).all()
    assert (counts["n_subjects"] == counts["subject_role"].map({k: len(v) for k, v in frames.items()})).all()
    assert not counts.duplicated(["check", "subject_role"]).any()
