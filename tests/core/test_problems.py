"""Problems: counts that add up, points in one reference system, no personal number in any text."""

from __future__ import annotations

import json

import pytest
import shapely

from overdraft.core.problems import concat_problems, problems, told_problems

SAID = {"message_key": "register.value", "remedy_key": "register.required"}


def test_counts_add_up_and_points_are_in_degrees():
    found = problems(
        check="a",
        severity=["note", "error"],
        subject_role="wells",
        subject_id=["W1", "W2"],
        found=["1", "电话13812341234"],
        field="depth_m",
        expected="12",
        n_subjects=5,
        n_not_checked=1,
        geometry=shapely.points([(500000, 4649776.22)] * 2),
        crs="EPSG:32645",
        **SAID,
    )
    (count,) = found.counts.to_dict("records")
    assert [count[n] for n in ("n_subjects", "n_ok", "n_problem", "n_not_checked")] == [5, 2, 2, 1]
    told = told_problems(concat_problems([found]), "en")
    assert told["severity"].tolist() == ["error", "note"]
    assert told.crs.to_epsg() == 4326
    # The central meridian of zone 45 is 87° E; 42° N lies 4 651 884.9 m along it, times 0.9996: 4 649 776.2 m
    assert told.geometry.x.tolist() == pytest.approx([87.0, 87.0])
    assert told.geometry.y.tolist() == pytest.approx([42.0, 42.0], abs=2e-3)
    assert told["found"].tolist() == ["电话138****1234", "1"]
    assert "13812341234" not in json.dumps(told.drop(columns="geometry").to_dict("records"))


def test_more_problems_than_subjects_is_refused():
    with pytest.raises(ValueError, match="of 1"):
        problems(
            check="a", severity="note", subject_role="wells", subject_id=["1", "2"], n_subjects=1, **SAID
        )
    with pytest.raises(ValueError, match="severity"):
        problems(check="a", severity="fatal", subject_role="wells", subject_id=["1"], **SAID)


def test_a_place_that_is_not_known_has_no_point():
    shapes = [shapely.Point(float("nan"), 1), None, shapely.Point(89, 42)]
    found = problems(
        check="a", severity="note", subject_role="wells", subject_id=["1", "2", "3"],
        geometry=shapes, crs="EPSG:4490", **SAID,
    )  # fmt: skip
    assert found.rows["geometry"].notna().tolist() == [False, False, True]
