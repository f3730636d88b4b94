"""Groups that compete: what is said of them holds for every problem."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from overdraft.core.planning.pairing import pair_wells

from .small import cases


@settings(max_examples=40, deadline=None)
@given(cases())
def test_a_group_needs_more_than_there_is(case):
    _holds(case)


@pytest.mark.long
@settings(max_examples=5000, deadline=None)
@given(cases())
def test_groups_of_thousands_of_cases(case):
    _holds(case)


def _holds(case):
    plan = pair_wells(case.problem())
    groups = plan.groups.set_index("group")
    for group in groups.itertuples():
        assert group.needed > group.available
        wells = set(group.retired_ids)
        demand = 0
        for name in group.renewal_ids:
            pool, _, needed, named = case.renewals[name]
            offered = {w for one, w in case.costs if one == name and case.candidates[w][0] == pool}
            others = needed - (named is not None)
            demand += others * (offered - {named} <= wells) + (named in wells)
        # Nothing of what is counted can be had outside the group.
        assert group.needed == demand
        sealed = sum(not case.candidates[well][1] for well in wells)
        limit = min((case.limits.get(case.candidates[well][0], 99) for well in wells), default=99)
        assert group.available == (len(wells) - max(0, sealed - limit) if group.limited else len(wells))
    served = set(plan.pairs["renewal_id"])
    assert set(plan.unmet["renewal_id"]) == set(case.renewals) - served
    for row in plan.unmet.itertuples():
        pool, _, needed, named = case.renewals[row.renewal_id]
        offered = {w for one, w in case.costs if one == row.renewal_id and case.candidates[w][0] == pool}
        short = max(0, needed - (named is not None) - len(offered - {named}))
        short += named is not None and named not in offered
        assert (row.reason == "few") == (short > 0)
        if row.reason == "few":
            assert row.missing == short
        if row.reason == "group":
            assert row.renewal_id in groups.loc[row.group, "renewal_ids"]
            assert row.missing == groups.loc[row.group, "needed"] - groups.loc[row.group, "available"]
        if row.reason == "cap":
            assert plan.served == case.cap
