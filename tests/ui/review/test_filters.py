"""The filter bar: a value is filtered by if findings have it, whether or not it was offered already."""

from __future__ import annotations

from overdraft.core.review.listing import Filter
from overdraft.ui.review.filters import FilterBar


def test_a_value_that_was_not_offered_yet_is_asked_for(qgis_app, qtbot):
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.values_of = lambda name: [("fail", "fail", 3)] if name == "outcome" else []
    dropped, changed = [], []
    bar.dropped.connect(dropped.append)
    bar.changed.connect(lambda: changed.append(bar.wanted))
    bar.set(Filter(outcome="fail"))
    assert (changed, dropped) == ([Filter(outcome="fail")], [])
    bar.set(Filter(outcome="odd", county="650402"))
    assert changed[1:] == [Filter()]
    assert len(dropped) == 1  # one message for both
    assert len(dropped[0]) == 2
