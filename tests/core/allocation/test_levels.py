"""A cap down the levels: parts add up at each of them, clashes stay where they arise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.allocation import allocate
from overdraft.core.allocation.levels import split_levels
from overdraft.core.errors import OverdraftError

LEVELS = ("unit", "township", "well")


def _leaves(rows):
    frame = pd.DataFrame(rows, columns=["unit", "township", "well", "weight", "lower_m3", "upper_m3"])
    return frame.astype({"weight": float, "lower_m3": float, "upper_m3": float})


PLAIN = _leaves(
    [
        ("C1", "T1", "W1", 30, None, None),
        ("C1", "T1", "W2", 10, None, None),
        ("C1", "T2", "W3", 60, None, None),
        ("C2", "T9", "W4", 1, None, None),
        ("C2", "T9", "W5", 2, None, None),
    ]
)


def _amount(nodes, level):
    picked = nodes[nodes["level"] == level]
    return dict(zip(picked["key"], picked["amount_m3"], strict=True))


def test_by_hand():
    nodes = split_levels(PLAIN, {"C1": 1000, "C2": 100}, LEVELS)
    assert _amount(nodes, "unit") == {"C1": 1000, "C2": 100}
    assert _amount(nodes, "township") == {"T1": 400, "T2": 600, "T9": 100}
    assert _amount(nodes, "well") == {"W1": 300, "W2": 100, "W3": 600, "W4": 33, "W5": 67}
    assert set(nodes["status"]) == {""}
    top = nodes[nodes["level"] == "unit"].iloc[0]
    assert (top["parent_id"], top["n_leaves"], top["weight"]) == ("", 3, 100.0)
    assert nodes.set_index("key").loc["W3", ["path", "parent_id"]].tolist() == ["C1/T2/W3", "T2"]


def test_a_bound_below_is_felt_above():
    leaves = PLAIN.copy()
    leaves.loc[2, "upper_m3"] = 250.0
    nodes = split_levels(leaves, {"C1": 1000, "C2": 100}, LEVELS)
    assert _amount(nodes, "township") == {"T1": 750, "T2": 250, "T9": 100}
    assert nodes.set_index("key").loc["T2", "bound"] == "upper"


def test_bounds_of_a_township():
    bounds = pd.DataFrame({"level": ["township"], "key": ["T2"], "lower_m3": [700.0], "upper_m3": [np.nan]})
    nodes = split_levels(PLAIN, {"C1": 1000, "C2": 100}, LEVELS, bounds)
    assert _amount(nodes, "township") == {"T1": 300, "T2": 700, "T9": 100}
    assert _amount(nodes, "well")["W1"] == 225


def test_a_cap_that_the_wells_cannot_take_stays_unallocated_at_the_top():
    leaves = PLAIN.assign(upper_m3=100.0)
    nodes = split_levels(leaves, {"C1": 1000, "C2": 100}, LEVELS)
    told = nodes[nodes["status"] != ""]
    assert told[["key", "status", "gap_m3"]].to_numpy().tolist() == [["C1", "over", 700]]
    assert _amount(nodes, "township") == {"T1": 200, "T2": 100, "T9": 100}


def test_a_cap_below_what_is_needed_is_told_once():
    leaves = PLAIN.assign(lower_m3=400.0)
    nodes = split_levels(leaves, {"C1": 600, "C2": 1000}, LEVELS)
    told = nodes[nodes["status"] != ""]
    assert told[["key", "status", "gap_m3"]].to_numpy().tolist() == [["C1", "short", 600]]
    assert _amount(nodes, "well") == {"W1": 200, "W2": 200, "W3": 200, "W4": 400, "W5": 600}
    assert (nodes.loc[nodes["unit_id"] == "C1", "bound"] == "cut").all()


def test_bounds_that_clash_in_the_middle_stay_there():
    leaves = PLAIN.assign(lower_m3=[100.0, 100.0, np.nan, np.nan, np.nan])
    bounds = pd.DataFrame({"level": ["township"], "key": ["T1"], "lower_m3": [np.nan], "upper_m3": [150.0]})
    nodes = split_levels(leaves, {"C1": 1000, "C2": 100}, LEVELS, bounds)
    told = nodes[nodes["status"] != ""]
    assert told[["key", "status", "gap_m3"]].to_numpy().tolist() == [["T1", "crossed", 50]]
    assert _amount(nodes, "township") == {"T1": 150, "T2": 850, "T9": 100}
    assert _amount(nodes, "well") == {"W1": 75, "W2": 75, "W3": 850, "W4": 33, "W5": 67}


def test_a_leaf_without_a_basis_gets_nothing():
    leaves = PLAIN.assign(weight=[30.0, np.nan, 60.0, 1.0, 2.0])
    nodes = split_levels(leaves, {"C1": 900, "C2": 0}, LEVELS)
    assert _amount(nodes, "well") == {"W1": 300, "W2": 0, "W3": 600, "W4": 0, "W5": 0}
    assert nodes.set_index("key").loc["W2", "bound"] == "no_basis"


@pytest.mark.parametrize(
    ("bounds", "key"),
    [
        ({"level": ["township"], "key": ["T7"]}, "allocation.unknown_bound"),
        ({"level": ["unit"], "key": ["C1"]}, "allocation.unknown_bound"),
        ({"level": ["village"], "key": ["C1"]}, "allocation.unknown_bound"),
        ({"level": ["township"] * 2, "key": ["T1"] * 2}, "allocation.ambiguous_bound"),
        ({"level": ["township"], "key": ["S"]}, "allocation.ambiguous_bound"),
        ({"level": ["township"], "key": ["S"], "parent_id": ["C7"]}, "allocation.unknown_bound"),
    ],
)
def test_bounds_have_to_name_one_node(bounds, key):
    extra = _leaves([("C1", "S", "W8", 1, None, None), ("C2", "S", "W9", 1, None, None)])
    bounds = pd.DataFrame(bounds).assign(lower_m3=1.0, upper_m3=2.0)
    with pytest.raises(OverdraftError) as caught:
        split_levels(pd.concat([PLAIN, extra], ignore_index=True), {"C1": 9, "C2": 9}, LEVELS, bounds)
    assert caught.value.key == key


def test_a_key_below_two_parents_is_bounded_with_its_parent():
    extra = _leaves([("C1", "S", "W8", 100, None, None), ("C2", "S", "W9", 3, None, None)])
    leaves = pd.concat([PLAIN, extra], ignore_index=True)
    bounds = pd.DataFrame(
        {"level": ["township"], "key": ["S"], "parent_id": ["C2"], "lower_m3": [0.0], "upper_m3": [10.0]}
    )
    nodes = split_levels(leaves, {"C1": 1000, "C2": 100}, LEVELS, bounds)
    assert nodes[nodes["key"] == "S"]["amount_m3"].tolist() == [500, 10]


@st.composite
def _registers(draw):
    n = draw(st.integers(1, 25))
    rows = [
        (
            draw(st.sampled_from(["C1", "C2"])),
            draw(st.sampled_from(["", "T1", "T2", "T3"])),
            f"W{place:02d}",
            draw(st.one_of(st.none(), st.floats(0, 1e5, allow_nan=False))),
            draw(st.one_of(st.none(), st.integers(0, 500))),
            draw(st.one_of(st.none(), st.integers(500, 3000))),
        )
        for place in range(n)
    ]
    return _leaves(rows)


@settings(max_examples=150, deadline=None)
@given(_registers(), st.integers(0, 20_000), st.randoms(use_true_random=False))
def test_what_always_holds(leaves, cap, random):
    caps = dict.fromkeys(("C1", "C2"), cap)
    nodes = split_levels(leaves, caps, LEVELS)
    for upper, lower in pairwise(LEVELS):
        above = nodes[nodes["level"] == upper].rename(columns={"key": "parent_id", "parent_id": "grand"})
        on = ["unit_id", "parent_id"]
        parts = nodes[nodes["level"] == lower].groupby(on)["amount_m3"].sum()
        have = above.set_index(on)["amount_m3"]
        missing = above.set_index(on)["gap_m3"].where(above.set_index(on)["status"] == "over", 0)
        assert (parts + missing.reindex(parts.index) == have.reindex(parts.index)).all()
    wells = nodes[nodes["level"] == "well"]
    assert len(wells) == len(leaves)
    assert (wells["amount_m3"] <= wells["upper_m3"].astype("float64").fillna(np.inf)).all()
    short = set(nodes.loc[nodes["status"] == "short", "unit_id"])
    kept = wells[~wells["unit_id"].isin(short)]
    assert (kept["amount_m3"] >= kept["lower_m3"]).all()

    order = list(range(len(leaves)))
    random.shuffle(order)
    again = split_levels(leaves.iloc[order].reset_index(drop=True), caps, LEVELS)
    pd.testing.assert_frame_equal(nodes, again)


def test_two_levels_are_one_allocation():
    leaves = PLAIN[PLAIN["unit"] == "C1"].assign(lower_m3=[0.0, 150.0, 0.0], upper_m3=[np.nan, np.nan, 500.0])
    nodes = split_levels(leaves, {"C1": 1001}, ("unit", "well"))
    single = allocate(1001, leaves.rename(columns={"well": "key"}))
    assert nodes[nodes["level"] == "well"]["amount_m3"].tolist() == single.parts["amount_m3"].tolist()
