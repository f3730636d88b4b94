"""Overlaps: land counts once. Checked by hand and against a raster model that knows no geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

RETIRED = {"status": "retired", "retired_on": "2022-01-01"}
BEFORE = {"status": "retired", "retired_on": "2020-06-01"}
COUNTY = {"c650402": (0, 0, 10_000, 10_000)}
MU = 15.0
"""100 m × 100 m."""


@pytest.fixture(scope="module")
def net(run, world, row_of):
    def call(*rows, **more):
        result = run(irrigation=world.areas(*rows), units=world.counties(**COUNTY), **more)
        return row_of(result, "650402")["net_mu"], result

    return call


def test_land_in_use_wins_over_retired_land(net, spoken):
    found, result = net(
        {"area_id": "a", "box": (0, 0, 400, 100), **RETIRED}, {"area_id": "b", "box": (300, 0, 500, 100)}
    )
    assert found == pytest.approx(3 * MU)
    assert spoken(result, "retirement.overlap_irrigated") == ["a"]
    assert spoken(result, "retirement.overlap_retired") == []


def test_two_retired_areas_count_their_common_land_once(net, spoken):
    found, result = net(
        {"area_id": "b", "box": (0, 0, 400, 100), **RETIRED},
        {"area_id": "a", "box": (300, 0, 500, 100), **RETIRED},
    )
    assert found == pytest.approx(5 * MU)
    assert spoken(result, "retirement.overlap_retired") == ["b"]
    assert sorted(result.pieces["area_id"] + "/" + result.pieces["unit_id"]) == [
        "a/6504",
        "a/650402",
        "b/6504",
        "b/650402",
    ]
    of_a = result.pieces[(result.pieces["area_id"] == "a") & (result.pieces["unit_id"] == "650402")]
    assert of_a["geometry_mu"].tolist() == pytest.approx([2 * MU])


def test_land_retired_before_the_baseline_goes_first(net):
    found, _ = net(
        {"area_id": "a", "box": (0, 0, 400, 100), **RETIRED},
        {"area_id": "z", "box": (300, 0, 500, 100), **BEFORE},
    )
    assert found == pytest.approx(3 * MU)


def test_land_retired_on_an_unknown_day_goes_first(net):
    found, _ = net(
        {"area_id": "a", "box": (0, 0, 400, 100), **RETIRED},
        {"area_id": "z", "box": (300, 0, 500, 100), "status": "retired"},
    )
    assert found == pytest.approx(3 * MU)


def test_fallow_land_takes_nothing(net):
    found, _ = net(
        {"area_id": "a", "box": (0, 0, 400, 100), **RETIRED},
        {"area_id": "b", "box": (300, 0, 500, 100), "status": "fallow"},
    )
    assert found == pytest.approx(4 * MU)


def test_a_neighbour_that_overlaps_by_a_hair_takes_nothing(net, spoken):
    found, result = net(
        {"area_id": "a", "box": (0, 0, 400, 100), **RETIRED}, {"area_id": "b", "box": (399.995, 0, 500, 100)}
    )
    assert found == pytest.approx(4 * MU, rel=1e-12)
    assert spoken(result, "retirement.overlap_irrigated") == []


def test_many_small_areas_in_use_inside_a_retired_one(net):
    small = [
        {"area_id": f"s{x}-{y}", "box": (100 * x, 100 * y, 100 * x + 50, 100 * y + 50)}
        for x in range(5)
        for y in range(5)
    ]
    found, _ = net({"area_id": "a", "box": (0, 0, 500, 500), **RETIRED}, *small)
    assert found == pytest.approx((25 - 25 * 0.25) * MU)


SIZE = 9
STATES = {
    "in_use": ({"status": "irrigated"}, "in_use"),
    "fallow": ({"status": "fallow"}, "nothing"),
    "retired": (RETIRED, "counts"),
    "retired_early": ({"status": "retired", "retired_on": "2021-01-01"}, "counts"),
    "retired_later": ({"status": "retired", "retired_on": "2026-01-01"}, "in_use"),
    "restored": ({"status": "irrigated", "retired_on": "2022-01-01", "restored_on": "2024-01-01"}, "in_use"),
    "restored_later": (
        {"status": "irrigated", "retired_on": "2022-01-01", "restored_on": "2026-02-01"},
        "counts",
    ),
    "no_restoration": ({"status": "irrigated", "retired_on": "2022-01-01"}, "in_use"),
    "before": (BEFORE, "before"),
    "undated": ({"status": "retired"}, "before"),
}
UNITS = {"c650402": (0, 0, 5, 9), "c650421": (5, 0, 8, 6)}

rectangle = st.tuples(
    st.integers(0, SIZE - 1),
    st.integers(0, SIZE - 1),
    st.integers(1, 5),
    st.integers(1, 5),
    st.sampled_from(list(STATES)),
)


def raster(rectangles):
    """Cells that count, per unit: decided cell by cell, from the states of the areas that cover it."""
    counts = {"650402": 0, "650421": 0, "650422": 0, "unassigned": 0}
    for x in range(SIZE + 5):
        for y in range(SIZE + 5):
            says = [STATES[s][1] for a, b, w, h, s in rectangles if a <= x < a + w and b <= y < b + h]
            if "counts" not in says or "in_use" in says or "before" in says:
                continue
            inside = [
                name[1:]
                for name, (left, low, right, top) in UNITS.items()
                if left <= x < right and low <= y < top
            ]
            counts[inside[0] if inside else "unassigned"] += 1
    return counts


def against_the_raster(run, world, row_of, rectangles, random):
    """The balance of some rectangles, and of the same rows in another order, against the cells."""
    rows = [
        {
            "area_id": f"a{number}",
            "box": tuple(100 * edge for edge in (x, y, x + width, y + height)),
            **STATES[state][0],
        }
        for number, (x, y, width, height, state) in enumerate(rectangles)
    ]
    units = world.counties(**{name: tuple(100 * edge for edge in edges) for name, edges in UNITS.items()})
    result = run(irrigation=world.areas(*rows), units=units)
    expected = raster(rectangles)
    for unit_id in ("650402", "650421", "unassigned"):
        row = row_of(result, unit_id)
        assert row["net_mu"] == pytest.approx(MU * expected[unit_id], abs=1e-6)
        assert row["retired_mu"] - row["restored_mu"] == row["net_mu"]
    assert row_of(result, "6504")["net_mu"] == pytest.approx(
        MU * (expected["650402"] + expected["650421"]), abs=1e-6
    )
    assert np.isnan(row_of(result, "650422")["net_mu"])

    random.shuffle(rows)
    again = run(irrigation=world.areas(*rows), units=units)
    assert again.balance.equals(result.balance)


drawn = given(st.lists(rectangle, min_size=1, max_size=8), st.randoms(use_true_random=False))


@settings(max_examples=12, deadline=None)
@drawn
def test_overlaps_and_borders_agree_with_a_raster(run, world, row_of, rectangles, random):
    against_the_raster(run, world, row_of, rectangles, random)


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@drawn
def test_overlaps_and_borders_agree_with_a_raster_long(run, world, row_of, rectangles, random):
    against_the_raster(run, world, row_of, rectangles, random)
