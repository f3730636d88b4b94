"""``checked(wells=[…], …)``: the problems of a small register, counts reconciled."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from overdraft.core.checking import check_register
from overdraft.core.messages import catalogue, placeholders
from overdraft.core.policy import load_policy
from overdraft.core.problems import ALWAYS
from overdraft.core.schema import register_schema

DEFAULTS = {
    "wells": {"use": "irrigation", "status": "active"},
    "applications": {"kind": "new", "use": "irrigation"},
    "irrigation": {"status": "irrigated"},
    "units": {"level": "county"},
}


def frame_of(role, rows, crs):
    """A raw frame; points from x and y (default: one for each row), polygons from ``shape``."""
    item = register_schema().roles[role]
    frame = pd.DataFrame([{**DEFAULTS.get(role, {}), **row} for row in rows])
    for name in item.required:
        if name not in frame:
            frame[name] = None
    if not item.is_place:
        return frame
    if item.geometry == "point":
        shapes = [
            row["shape"] if "shape" in row else Point(row.get("x", 89.5 + n / 1000), row.get("y", 42.5))
            for n, row in enumerate(rows)
        ]
    else:
        shapes = [row.get("shape", box(89, 42, 90, 43)) for row in rows]
    return gpd.GeoDataFrame(
        frame.drop(columns=["x", "y", "shape"], errors="ignore"), geometry=gpd.GeoSeries(shapes), crs=crs
    )


class Found:
    """Problems with their values, and the counts of a check."""

    def __init__(self, problems):
        self.problems = problems
        self.rows = problems.rows.assign(values=problems.rows["message_values"].map(json.loads))

    def of(self, check, role=None):
        chosen = self.rows[self.rows["check"] == check]
        return (chosen if role is None else chosen[chosen["subject_role"] == role]).to_dict("records")

    def one(self, check, role=None):
        (row,) = self.of(check, role)
        return row

    def counts(self, check, role):
        table = self.problems.counts
        (row,) = table[(table["check"] == check) & (table["subject_role"] == role)].to_dict("records")
        return row["n_ok"], row["n_problem"], row["n_not_checked"]

    def why(self, check, role):
        table = self.problems.counts
        (row,) = table[(table["check"] == check) & (table["subject_role"] == role)].to_dict("records")
        return row["why_key"]


@pytest.fixture
def checked():
    def call(crs="EPSG:4490", as_of="2025-12-31", policy=None, **roles):
        frames = {
            role: rows if isinstance(rows, pd.DataFrame) else frame_of(role, rows, crs)
            for role, rows in roles.items()
        }
        problems = check_register(
            frames, date.fromisoformat(as_of), None if policy is None else load_policy(policy)
        )
        found = Found(problems)
        reconcile(problems.counts, {role: len(frame) for role, frame in frames.items()})
        for row in found.rows.to_dict("records"):
            for key in (row["message_key"], row["remedy_key"]):
                assert placeholders(catalogue()[key]["en"]) <= {*row["values"], *ALWAYS}, key
        return found

    return call


def reconcile(counts, sizes):
    """Each check has one row per layer, whose three numbers are the rows of that layer."""
    assert not counts.duplicated(["check", "subject_role"]).any()
    total = counts[["n_ok", "n_problem", "n_not_checked"]].sum(axis=1)
    assert (total == counts["n_subjects"]).all()
    assert (counts[["n_ok", "n_problem", "n_not_checked"]] >= 0).all().all()
    assert (counts["n_subjects"] == counts["subject_role"].map(sizes)).all()
    assert ((counts["n_not_checked"] > 0) == (counts["why_key"] != "")).all()
