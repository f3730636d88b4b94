"""The time algebra, against a field of twenty numbered plots."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.retirement.shares import land_shares

BASELINE = pd.Timestamp("2021-01-01")
DUE = pd.Timestamp("2025-12-31")
PLOTS = 20


def facts(*rows, snapshot=False):
    """Facts of one area: (kind, day or None, share)."""
    frame = pd.DataFrame(rows, columns=["kind", "day", "share"])
    frame["day"] = pd.to_datetime(frame["day"])
    frame["row"], frame["snapshot"] = 0, snapshot
    return frame


def shares(*rows, day=DUE, snapshot=False):
    found = land_shares(facts(*rows, snapshot=snapshot), 1, BASELINE, day)
    return found.retired[0], found.restored[0], found.net[0]


@pytest.mark.parametrize(
    ("day", "counts"),
    [("2020-12-31", 0), ("2021-01-01", 1), ("2025-12-31", 1), ("2026-01-01", 0)],
)
def test_both_ends_of_the_period_count(day, counts):
    assert shares(("retired", day, 1.0)) == (counts, 0, counts)


def test_retired_restored_and_retired_again_counts_once():
    assert shares(
        ("retired", "2021-05-01", 1), ("restored", "2022-05-01", 1), ("retired", "2023-05-01", 1)
    ) == (2, 1, 1)


def test_restored_after_the_day_of_judgement_is_not_deducted():
    rows = ("retired", "2021-05-01", 1), ("restored", "2024-05-01", 1)
    assert shares(*rows) == (1, 1, 0)
    assert shares(*rows, day=pd.Timestamp("2024-04-30")) == (1, 0, 1)


def test_land_retired_before_the_baseline_earns_nothing_however_often_it_is_cycled():
    cycle = [("restored", "2021-02-01", 1), ("retired", "2021-03-01", 1)]
    assert shares(
        ("retired", "2020-06-01", 1), *cycle, ("restored", "2022-02-01", 1), ("retired", "2022-03-01", 1)
    ) == (
        0,
        0,
        0,
    )


def test_land_restored_before_the_baseline_can_be_retired_again():
    assert shares(
        ("retired", "2019-01-01", 1), ("restored", "2020-12-31", 1), ("retired", "2021-01-01", 1)
    ) == (1, 0, 1)


def test_only_the_part_that_was_in_use_before_the_baseline_can_count():
    assert shares(("retired", "2020-06-01", 0.25), ("retired", "2022-01-01", 1.0)) == (0.75, 0, 0.75)


def test_a_restoration_takes_no_more_than_what_counted():
    retired, restored, net = shares(("retired", "2022-01-01", 0.3), ("restored", "2023-01-01", 1.0))
    assert (retired, restored, net) == (0.3, 0.3, 0.0)


def test_retired_twice_without_a_restoration_is_retired_once():
    assert shares(("retired", "2022-01-01", 1), ("retired", "2023-01-01", 1)) == (1, 0, 1)


def test_a_retirement_without_a_day_was_before_the_baseline():
    assert shares(("retired", None, 1), ("restored", "2022-01-01", 1), ("retired", "2023-01-01", 1)) == (
        0,
        0,
        0,
    )


def test_a_restoration_without_a_day_has_happened():
    assert shares(("retired", "2022-01-01", 1), ("restored", None, 1)) == (1, 1, 0)


def test_land_that_is_first_heard_of_by_its_restoration_was_retired_before():
    assert shares(("restored", "2022-01-01", 1), ("retired", "2023-01-01", 1)) == (0, 0, 0)


def test_nothing_counts_before_the_baseline():
    assert shares(("retired", "2020-06-01", 1), day=pd.Timestamp("2020-12-31")) == (0, 0, 0)


def test_a_snapshot_with_both_days_equal_is_in_use():
    rows = ("restored", "2022-01-01", 1), ("retired", "2022-01-01", 1)
    assert shares(*rows, snapshot=True)[2] == 0
    assert shares(("retired", "2021-06-01", 1), *rows, snapshot=False)[2] == 1


def test_areas_do_not_mix():
    both = pd.concat(
        [facts(("retired", "2022-01-01", 1)), facts(("retired", "2020-01-01", 1)).assign(row=2)],
        ignore_index=True,
    )
    found = land_shares(both, 4, BASELINE, DUE)
    assert found.net.tolist() == [1, 0, 0, 0]
    assert found.before.tolist() == [0, 0, 1, 0]


class Plots:
    """Twenty plots: each in use or retired; a retired one either counted or not."""

    def __init__(self):
        self.retired, self.marked = set(), set()
        self.gained = self.lost = 0

    def retire(self, number, counting):
        idle = sorted(set(range(PLOTS)) - self.retired, key=lambda plot: (plot not in self.marked, plot))
        for plot in idle[:number]:
            self.retired.add(plot)
            if counting and plot not in self.marked:
                self.gained += 1

    def restore(self, number, counting):
        back = sorted(self.retired, key=lambda plot: (plot in self.marked, plot))
        for plot in back[:number]:
            self.retired.remove(plot)
            if counting and plot not in self.marked:
                self.lost += 1


@given(
    st.lists(
        st.tuples(st.sampled_from(["retired", "restored"]), st.integers(0, 2800), st.integers(0, PLOTS + 5)),
        max_size=12,
    ),
    st.integers(0, 2800),
)
def test_shares_agree_with_plots(steps, judged):
    start = pd.Timestamp("2019-06-01")
    steps = sorted(steps, key=lambda step: step[1])
    day = start + pd.Timedelta(days=judged)
    plots = Plots()
    if steps and steps[0][0] == "restored":
        plots.retire(steps[0][2], counting=False)
    rows = []
    frozen = False
    for kind, offset, number in steps:
        when = start + pd.Timedelta(days=offset)
        rows.append((kind, when, min(number / PLOTS, 1.0)))
        if when >= BASELINE and not frozen:
            plots.marked, frozen = set(plots.retired), True
        if when < BASELINE or when <= day:
            getattr(plots, "retire" if kind == "retired" else "restore")(number, counting=frozen)
    retired, restored, net = shares(*rows, day=day)
    if day < BASELINE:
        assert (retired, restored, net) == (0, 0, 0)
        return
    assert retired * PLOTS == pytest.approx(plots.gained, abs=1e-9)
    assert restored * PLOTS == pytest.approx(plots.lost, abs=1e-9)
    assert net * PLOTS == pytest.approx(plots.gained - plots.lost, abs=1e-9)
    assert net >= 0


@given(st.permutations([0, 1, 2, 3]))
def test_the_order_of_the_rows_does_not_matter(order):
    rows = [
        ("retired", "2021-05-01", 0.5),
        ("restored", "2022-05-01", 0.25),
        ("retired", "2023-05-01", 0.5),
        ("restored", "2024-05-01", 0.125),
    ]
    assert shares(*[rows[place] for place in order]) == (1.0, 0.375, 0.625)
    assert np.isclose(0.5 - 0.25 + 0.5 - 0.125, 0.625)
