"""``allocatequota`` through Processing."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException

from overdraft.core.schema import results_schema

BOUNDS = {"level": "text", "key": "text", "lower_m3": "real", "upper_m3": "real"}


@pytest.fixture
def split(run, register, point_wells, rows_of):
    """``split(**changed)``: the allocation and the findings; permits of 4, 3 and 2 m³ in 650402, 5 m³ in 650421."""
    wells = point_wells(
        [("W1", 89.2, 42.3, 4.0), ("W2", 89.3, 42.3, 3.0), ("W3", 89.4, 42.3, 2.0), ("W4", 90.5, 42.5, 5.0)]
    )
    given = {**register, "WELLS": wells, "BASIS": "permit", "PARTS": ["well"], "CAPS": "650402 = 100"}

    def call(**changed):
        out = run("allocatequota", {**given, **changed, "ALLOCATION": "memory:", "FINDINGS": "memory:"})
        return rows_of(out["ALLOCATION"]), rows_of(out["FINDINGS"])

    return call


def amounts(rows, level="well"):
    return {row["key"]: row["amount_m3"] for row in rows if row["level"] == level}


def test_parts_add_up_to_the_cap(split):
    rows, findings = split()
    assert set(rows[0]) - {"wkt"} == set(results_schema().tables["quota_allocation"].fields)
    # 100 · 4/9 = 44.44, 100 · 3/9 = 33.33, 100 · 2/9 = 22.22: the one m³ left goes to the largest remainder
    assert amounts(rows) == {"W1": 45, "W2": 33, "W3": 22}
    assert amounts(rows, "county") == {"650402": 100}
    open_units = [row["subject_id"] for row in findings if row["rule"] == "allocation.cap"]
    assert open_units == ["650421"]


def test_limits_of_single_wells_and_permits(split, table):
    bounds = table("bounds", BOUNDS, [("well", "W1", None, 10.0), ("well", "W3", 60.0, None)])
    rows, _ = split(BOUNDS=bounds)
    assert amounts(rows) == {"W1": 10, "W2": 30, "W3": 60}
    assert {row["key"]: row["bound"] for row in rows if row["level"] == "well"}["W1"] == "upper"
    rows, findings = split(WITHIN_PERMIT=True)
    assert amounts(rows) == {"W1": 4, "W2": 3, "W3": 2}
    (row,) = [row for row in findings if row["rule"] == "allocation.bounds"]
    assert (row["subject_id"], row["outcome"]) == ("650402", "review")


def test_parts_may_be_given_as_on_a_command_line(split):
    rows, _ = split(PARTS="user,well")
    assert {row["level"] for row in rows} == {"county", "user", "well"}


def test_caps_that_are_no_volumes_or_of_nobody(split):
    with pytest.raises(QgsProcessingException, match="plenty"):
        split(CAPS="650402 = plenty")
    with pytest.raises(QgsProcessingException, match="Atlantis"):
        split(CAPS="Atlantis = 5")


def test_a_table_of_limits_that_lacks_columns(provider, context, register, table):
    algorithm = provider.algorithm("allocatequota").create()
    given = {**register, "ALLOCATION": "memory:"}
    wrong = table("limits", {"level": "text", "key": "text", "upper_m3": "text"}, [])
    ok, said = algorithm.checkParameterValues({**given, "BOUNDS": wrong}, context)
    assert not ok
    assert said.startswith("BOUNDS: the table limits lacks the columns lower_m3. Needed: level, key, ")
    wrong = table("limits", {**BOUNDS, "upper_m3": "text"}, [])
    ok, said = algorithm.checkParameterValues({**given, "BOUNDS": wrong}, context)
    assert (ok, said) == (False, "BOUNDS: the column upper_m3 holds text, but volumes in m³ are needed.")
    ok, said = algorithm.checkParameterValues({**given, "PARTS": "well,house"}, context)
    assert not ok
    assert said.startswith("PARTS: house is not known. Allowed: township, village, regiment, user, well")


def test_no_wells_leave_the_cap_unallocated(split, layer):
    kinds = {"well_id": "text", "use": "text", "status": "text"}
    rows, _ = split(WELLS=layer("Point", kinds, []))
    assert amounts(rows) == {}
    assert [(row["key"], row["status"], row["gap_m3"]) for row in rows] == [("650402", "over", 100)]
