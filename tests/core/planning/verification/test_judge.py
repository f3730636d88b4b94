"""The limits of what the retired part can be: against every way in which it could be."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.verification import VerificationSettings
from overdraft.core.planning.verification.judge import lines_of, outcomes_of, states_of
from overdraft.core.planning.verification.neighbours import neighbour_levels, pairs_within

BY_THRESHOLD = VerificationSettings(threshold=0.3)
BY_NEIGHBOURS = VerificationSettings(method="neighbours", min_neighbours=2)


def extremes(n_green, n_bare, n_unknown, n_retired):
    """Least and largest green share of the retired pixels over all choices of which are retired and what is unknown."""
    shares = []
    for hidden in range(n_unknown + 1):
        green = n_green + hidden
        total = n_green + n_bare + n_unknown
        for of_green in range(max(0, n_retired - (total - green)), min(green, n_retired) + 1):
            shares.append(of_green / n_retired)
    return min(shares), max(shares)


def test_limits_by_threshold_are_the_extremes_of_all_possibilities():
    cases = [
        (green, bare, unknown, retired)
        for green, bare, unknown in product(range(6), range(6), range(4))
        if green + bare > 0
        for retired in range(1, green + bare + unknown + 1)
    ]
    table = pd.DataFrame(cases, columns=["green", "bare", "unknown", "retired"])
    total = table[["green", "bare", "unknown"]].sum(axis=1)
    valid = table["green"] + table["bare"]
    frame = pd.DataFrame(
        {
            "n_pixels": total,
            "n_valid": valid,
            "green_ratio": table["green"] / valid,
            "retired_ratio": table["retired"] / total,
        }
    )
    found = lines_of(frame, BY_THRESHOLD)
    expected = np.array([extremes(*case) for case in cases])
    assert len(cases) == 930
    np.testing.assert_allclose(found["value_low"], expected[:, 0], atol=1e-12)
    np.testing.assert_allclose(found["value_high"], expected[:, 1], atol=1e-12)


def row(**values):
    plain = {
        "n_pixels": 100,
        "n_valid": 100,
        "mean": np.nan,
        "green_ratio": np.nan,
        "retired_ratio": 1.0,
        "n_neighbours": 9,
        "neighbour_quartile": 0.6,
        "neighbour_median": 0.7,
        "neighbour_largest": 0.8,
        "touches": True,
        "unknown": "",
        "retired_since": pd.Timestamp("2022-10-01"),
        "season_first": pd.Timestamp("2024-01-01"),
        "season_last": pd.Timestamp("2024-12-31"),
    }
    return pd.DataFrame([{**plain, **values}])


def said(settings, **values):
    frame = row(**values)
    frame = pd.concat([frame, lines_of(frame, settings)], axis=1)
    return states_of(frame, settings, pd.Timestamp("2025-12-31"))[0]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"green_ratio": 0.5}, "restored"),
        ({"green_ratio": 0.49}, "doubtful"),
        ({"green_ratio": 0.1}, "doubtful"),
        ({"green_ratio": 0.09}, "confirmed"),
        # a third is in use, so green on 0.4 of the area says nothing: 0.1 to 0.6 of the retired part
        ({"green_ratio": 0.4, "retired_ratio": 2 / 3}, "doubtful"),
        ({"green_ratio": 0.7, "retired_ratio": 2 / 3}, "restored"),
        ({"green_ratio": 0.05, "retired_ratio": 2 / 3}, "confirmed"),
        # half under clouds: what is seen is not enough for either
        ({"green_ratio": 0.0, "n_valid": 50}, "doubtful"),
        ({"green_ratio": 1.0, "n_valid": 50}, "restored"),
        ({"green_ratio": 1.0, "n_valid": 9}, "few_pixels"),
        ({"green_ratio": 1.0, "touches": False}, "outside"),
        ({"green_ratio": 1.0, "retired_since": pd.Timestamp("2024-01-01")}, "restored"),
        ({"green_ratio": 1.0, "retired_since": pd.Timestamp("2024-01-02")}, "before"),
        ({"green_ratio": 1.0, "season_last": pd.Timestamp("2026-01-01")}, "after"),
        ({"green_ratio": 1.0, "unknown": "undated"}, "undated"),
    ],
)
def test_states_by_threshold(values, state):
    assert said(BY_THRESHOLD, **values) == state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"mean": 0.6}, "restored"),
        ({"mean": 0.59}, "doubtful"),
        ({"mean": 0.35}, "doubtful"),
        ({"mean": 0.34}, "confirmed"),
        # high = 0.9 · 0.3 + 0.1 · 0.8 = 0.35, not below the line
        ({"mean": 0.3, "n_valid": 90}, "doubtful"),
        ({"mean": 0.29, "n_valid": 90}, "confirmed"),
        # low = (0.7 − 0.5 · 0.8) / 0.5 = 0.6
        ({"mean": 0.7, "retired_ratio": 0.5}, "restored"),
        ({"mean": 0.69, "retired_ratio": 0.5}, "doubtful"),
        ({"mean": 0.9, "neighbour_quartile": 0.35}, "mixed_neighbours"),
        ({"mean": 0.9, "n_neighbours": 1}, "few_neighbours"),
        ({"mean": 0.9, "neighbour_median": 0.0, "neighbour_quartile": -0.1}, "dark_neighbours"),
    ],
)
def test_states_by_neighbours(values, state):
    assert said(BY_NEIGHBOURS, **values) == state


def test_without_a_season_nothing_passes_and_nothing_fails():
    state = np.array(["restored", "confirmed", "doubtful", "before", "few_pixels"], dtype=object)
    outcome, restored = outcomes_of(state, np.ones(5, dtype=bool))
    assert outcome.tolist() == ["fail", "pass", "review", "not_evaluated", "not_evaluated"]
    assert restored.tolist() == ["yes", "no", "unknown", "unknown", "unknown"]
    outcome, restored = outcomes_of(state, np.zeros(5, dtype=bool))
    assert outcome.tolist() == ["review", "not_evaluated", "review", "not_evaluated", "not_evaluated"]
    assert set(restored) == {"unknown"}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"method": "feeling"}, "verification.setting"),
        ({"threshold": None}, "verification.threshold_missing"),
        ({"threshold": float("nan")}, "verification.setting"),
        ({"min_share": 0}, "verification.setting"),
        ({"min_share": 1.1}, "verification.setting"),
        ({"clear_share": 0.6}, "verification.setting"),
        ({"min_pixels": 0}, "verification.setting"),
        ({"neighbour_distance_m": float("inf")}, "verification.setting"),
        ({"clear_ratio": float("nan")}, "verification.setting"),
    ],
)
def test_settings_that_cannot_be_meant(values, key):
    with pytest.raises(OverdraftError) as caught:
        VerificationSettings(**{"threshold": 0.3, **values})
    assert caught.value.key == key


def test_figures_that_nobody_confirmed_are_named():
    assert BY_THRESHOLD.unverified == ["min_share", "clear_share", "min_pixels"]
    assert VerificationSettings(threshold=3, min_share=0.4, clear_share=0.2, min_pixels=20).unverified == []
    assert "threshold" not in BY_NEIGHBOURS.shown


def test_neighbours_are_those_within_the_distance_on_the_ground():
    """In degrees at 43° N, against the geodesic: 500 m are 0.00450° of latitude and 0.00613° of longitude."""
    own = np.array([shapely.box(89.0, 43.0, 89.01, 43.01), None], dtype=object)
    east, north = 89.01 + 0.00613, 43.01 + 0.00450
    others = np.array(
        [
            shapely.box(east - 0.00003, 43.0, east + 0.01, 43.01),
            shapely.box(east + 0.00003, 43.0, east + 0.01, 43.01),
            shapely.box(89.0, north - 0.00003, 89.01, north + 0.01),
            shapely.box(89.0, north + 0.00003, 89.01, north + 0.01),
        ],
        dtype=object,
    )
    first, second = pairs_within(own, others, CRS.from_epsg(4490), 500.0)
    assert (first.tolist(), sorted(second)) == ([0, 0], [0, 2])
    assert len(pairs_within(own[1:], others, CRS.from_epsg(4490), 500.0)[0]) == 0


def test_levels_of_neighbours_by_hand():
    """Means 1, 2, 3, 4 (a fifth area has too few pixels): quartile 1.75, median 2.5."""
    measured = pd.DataFrame({"mean": [1.0, 2.0, 3.0, 4.0, 99.0], "n_valid": [10, 10, 10, 10, 9]})
    found = neighbour_levels((np.array([1, 1, 1, 1, 1, 2]), np.array([3, 0, 2, 1, 4, 0])), measured, 3, 10)
    assert found["n_neighbours"].tolist() == [0, 4, 1]
    assert found.loc[1, ["neighbour_quartile", "neighbour_median", "neighbour_largest"]].tolist() == [
        1.75,
        2.5,
        4.0,
    ]
    assert np.isnan(found.loc[0, "neighbour_quartile"])
