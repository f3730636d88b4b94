"""One total among parts: hand-computed splits, an independent brute force, and what must hold for any input."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.allocation import allocate
from overdraft.core.errors import OverdraftError
from overdraft.core.messages import render


def _parts(weights, lower=None, upper=None, keys=None):
    n = len(weights)
    return pd.DataFrame(
        {
            "key": keys if keys is not None else [f"P{place:03d}" for place in range(n)],
            "weight": weights,
            "lower_m3": lower if lower is not None else [np.nan] * n,
            "upper_m3": upper if upper is not None else [np.nan] * n,
        }
    )


def _amounts(total, *args, **named):
    return allocate(total, _parts(*args, **named)).parts["amount_m3"].tolist()


@pytest.mark.parametrize(
    ("total", "weights", "lower", "upper", "expected"),
    [
        (100, [1, 1, 2], None, None, [25, 25, 50]),
        (100, [1, 1, 1], None, None, [34, 33, 33]),  # the odd m³ goes to the first id
        (10, [5, 3, 1], None, None, [6, 3, 1]),  # 5.56, 3.33, 1.11
        (100, [1, 1, 2], None, [np.nan, np.nan, 20], [40, 40, 20]),
        (100, [1, 1, 2], [40, np.nan, np.nan], None, [40, 20, 40]),
        # both kinds of bound at once: one held at 50, one at 15, the rest 35 in 1 : 4
        (100, [10, 1, 1, 4], [0, 15, 0, 0], [50, np.nan, np.nan, np.nan], [50, 15, 7, 28]),
        (0, [1, 2], None, None, [0, 0]),
        (7, [0.1, 0.2, 0.4], None, None, [1, 2, 4]),
        (2, [0.3, 0.1 + 0.2], [0, 0], None, [1, 1]),
        (3, [0.1 + 0.2, 0.3], [0, 0], None, [2, 1]),  # float noise is no larger weight
        (10, [1, np.nan, 0, -3], None, None, [10, 0, 0, 0]),
        (10, [1, 0], [0, 4], None, [6, 4]),
    ],
)
def test_hand_computed(total, weights, lower, upper, expected):
    result = allocate(total, _parts(weights, lower, upper))
    assert result.parts["amount_m3"].tolist() == expected
    assert result.feasible
    assert result.allocated_m3 == total
    assert result.unallocated_m3 == 0
    assert result.relief.empty


def test_large_volumes_stay_exact():
    total = 611_000_000_000_003
    result = allocate(total, _parts([1e9, 1e9, 1e9, 1e-6]))
    assert sum(result.parts["amount_m3"].tolist()) == total


def test_what_holds_each_part():
    parts = _parts([10, 1, 1, np.nan], [0, 15, 0, 0], [50, np.nan, np.nan, np.nan])
    assert allocate(75, parts).parts["bound"].tolist() == ["upper", "lower", "", "no_basis"]


def test_bounds_that_ask_for_too_much_are_cut_alike_and_explained():
    result = allocate(90, _parts([1, 1, 1], [60, 30, 30]))
    assert not result.feasible
    assert result.parts["amount_m3"].tolist() == [45, 23, 22]  # 45, 22.5, 22.5
    assert set(result.parts["bound"]) == {"cut"}
    assert result.relief.to_dict("records") == [
        {"key": "P000", "bound": "lower", "limit_m3": 60, "change_m3": -30}
    ]
    (problem,) = result.problems
    assert problem.message_key == "allocation.short"
    assert problem.message_values == {"total": 90, "bounds": 120, "gap": 30, "relief": ["P000"]}


def test_bounds_that_hold_too_little_leave_the_rest_unallocated():
    result = allocate(100, _parts([1, 5, 0], [0, 0, 10], [30, 40, 50]))
    assert result.parts["amount_m3"].tolist() == [30, 40, 10]  # without a basis: its lower bound
    assert (result.feasible, result.unallocated_m3) == (False, 20)
    assert result.relief.to_dict("records") == [
        {"key": "P001", "bound": "upper", "limit_m3": 40, "change_m3": 20}
    ]
    assert result.problems[0].message_key == "allocation.over"


def test_crossed_bounds():
    result = allocate(100, _parts([1, 1], [50, 0], [20, np.nan]))
    assert result.parts["amount_m3"].tolist() == [20, 80]
    assert result.problems[0].message_key == "allocation.crossed"
    assert result.relief["change_m3"].tolist() == [-30]


@pytest.mark.parametrize("weights", [[], [0, np.nan]])
def test_nobody_has_a_basis(weights):
    result = allocate(5, _parts(weights))
    assert result.unallocated_m3 == 5
    assert result.problems[0].message_key == "allocation.no_weight"


@pytest.mark.parametrize(
    ("total", "parts", "key"),
    [
        (-1, _parts([1]), "allocation.bad_total"),
        (1.5, _parts([1]), "allocation.bad_total"),
        (float("nan"), _parts([1]), "allocation.bad_total"),
        ("many", _parts([1]), "allocation.bad_total"),
        (1, _parts([1], [-1]), "allocation.bad_bound"),
        (1, _parts([1], None, [-1]), "allocation.bad_bound"),
        (1, _parts([1], [np.inf]), "allocation.bad_bound"),
        (1, _parts([1, 2], keys=["A", "A"]), "allocation.repeated_key"),
        (1, _parts([1, 2], keys=["A", None]), "allocation.repeated_key"),
    ],
)
def test_refused(total, parts, key):
    with pytest.raises(OverdraftError) as caught:
        allocate(total, parts)
    assert caught.value.key == key
    for language in ("en", "zh"):
        assert "{" not in caught.value.text(language)


def test_every_explanation_has_its_words():
    cases = [
        allocate(90, _parts([1], [100])),
        allocate(90, _parts([1], None, [10])),
        allocate(90, _parts([1, 1], [50, 0], [20, np.nan])),
        allocate(90, _parts([0])),
    ]
    for problem in itertools.chain.from_iterable(case.problems for case in cases):
        for language in ("en", "zh"):
            assert "{" not in render(problem.message_key, problem.message_values, language)


def _brute_force(total, weights, lower, upper):
    """The exact shares by trying every way in which bounds can hold: the one whose free parts share one λ."""
    n = len(weights)
    for states in itertools.product("lfu", repeat=n):
        held = {i: (lower[i] if s == "l" else upper[i]) for i, s in enumerate(states) if s != "f"}
        if any(value is None for value in held.values()):
            continue
        free = [i for i in range(n) if i not in held]
        rest = Fraction(total) - sum(held.values())
        base = sum(weights[i] for i in free)
        if not free:
            # no λ of its own: one has to exist between what the held parts demand
            least = max(
                [Fraction(held[i], weights[i]) for i in held if states[i] == "u"], default=Fraction(0)
            )
            most = [Fraction(held[i], weights[i]) for i in held if states[i] == "l"]
            if rest == 0 and (not most or least <= min(most)):
                return [Fraction(held[i]) for i in range(n)]
            continue
        rate = rest / base
        if rate < 0:
            continue
        shares = [Fraction(held[i]) if i in held else rate * weights[i] for i in range(n)]
        right = all(
            lower[i] <= shares[i]
            and (upper[i] is None or shares[i] <= upper[i])
            and (states[i] != "l" or rate * weights[i] <= lower[i])
            and (states[i] != "u" or rate * weights[i] >= upper[i])
            for i in range(n)
        )
        if right:
            return shares
    return None


def _hamilton(shares, total):
    whole = [share.numerator // share.denominator for share in shares]
    order = sorted(range(len(shares)), key=lambda i: (whole[i] - shares[i], i))
    for place in order[: total - sum(whole)]:
        whole[place] += 1
    return whole


@st.composite
def _cases(draw, largest=6, volume=60):
    n = draw(st.integers(1, largest))
    weights = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    lower = draw(st.lists(st.integers(0, volume // 3), min_size=n, max_size=n))
    upper = [draw(st.one_of(st.none(), st.integers(low, volume))) for low in lower]
    roof = sum(high if high is not None else volume * n for high in upper)
    total = draw(st.integers(sum(lower), max(sum(lower), roof)))
    return total, weights, lower, upper


def _given(weights, lower, upper):
    return _parts(weights, lower, [np.nan if high is None else high for high in upper])


@settings(max_examples=200, deadline=None)
@given(_cases(largest=4))
def test_brute_force_finds_the_same(case):
    total, weights, lower, upper = case
    shares = _brute_force(total, weights, lower, upper)
    assert shares is not None
    result = allocate(total, _given(weights, lower, upper))
    assert result.parts["amount_m3"].tolist() == _hamilton(shares, total)
    np.testing.assert_allclose(result.parts["exact_m3"], [float(share) for share in shares], rtol=1e-12)


@settings(max_examples=200, deadline=None)
@given(_cases(largest=12, volume=1000), st.randoms(use_true_random=False))
def test_what_always_holds(case, random):
    total, weights, lower, upper = case
    parts = _given(weights, lower, upper)
    result = allocate(total, parts)
    amounts = result.parts["amount_m3"]
    assert result.feasible
    assert amounts.sum() == total
    assert (amounts >= lower).all()
    assert all(high is None or amount <= high for amount, high in zip(amounts, upper, strict=True))
    assert (np.abs(amounts - result.parts["exact_m3"]) < 1).all()

    order = list(range(len(parts)))
    random.shuffle(order)
    shuffled = allocate(total, parts.iloc[order].reset_index(drop=True)).parts.set_index("key")["amount_m3"]
    assert shuffled.loc[parts["key"]].tolist() == amounts.tolist()


@settings(max_examples=200, deadline=None)
@given(_cases(largest=8, volume=300), st.integers(0, 200))
def test_a_larger_cap_takes_nothing_away(case, more):
    """Exact shares never fall; rounded ones by 1 m³ at most, which largest remainders cannot help."""
    total, weights, lower, upper = case
    parts = _given(weights, lower, upper)
    before, after = allocate(total, parts).parts, allocate(total + more, parts).parts
    slack = 1e-9 * (1 + before["exact_m3"])
    assert (after["exact_m3"] >= before["exact_m3"] - slack).all()
    assert (after["amount_m3"] >= before["amount_m3"] - 1).all()


def test_the_alabama_paradox_is_of_one_cubic_metre():
    # 6, 6, 2 of 14: with 10 units 4.29, 4.29, 1.43 → 4, 4, 2; with 11 units 4.71, 4.71, 1.57 → 5, 5, 1
    assert _amounts(10, [6, 6, 2]) == [4, 4, 2]
    assert _amounts(11, [6, 6, 2]) == [5, 5, 1]


@settings(max_examples=100, deadline=None)
@given(_cases(largest=6, volume=100), st.integers(0, 2000))
def test_any_total_comes_back_with_the_smallest_shortfall(case, total):
    _, weights, lower, upper = case
    result = allocate(total, _given(weights, lower, upper))
    roof = sum(upper) if all(high is not None for high in upper) else None
    expected = total if roof is None else min(total, roof)
    assert result.allocated_m3 == result.parts["amount_m3"].sum() == expected
    below = sum(max(low - amount, 0) for low, amount in zip(lower, result.parts["amount_m3"], strict=True))
    assert below == max(0, sum(lower) - total)
    assert result.feasible == (sum(lower) <= total and (roof is None or total <= roof))
    assert abs(result.relief["change_m3"]).sum() == max(sum(lower) - total, total - expected)
