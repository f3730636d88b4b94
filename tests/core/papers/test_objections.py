"""Objections and what is published: nothing about a well until somebody decides again, whatever the result says."""

from __future__ import annotations

from datetime import date

import pytest

from overdraft.core.casefile import CaseRows
from overdraft.core.desk import By, Objection, ObjectionResult, record
from overdraft.core.papers import open_book
from overdraft.core.papers.notice import NOTICE_NEEDS, Asked, public_notice
from overdraft.core.review import Act, decide

from .conftest import SEALED, query

BY = By("李工", "li", date(2026, 4, 20))


def notice(path):
    return public_notice(
        open_book(path, NOTICE_NEEDS, "zh"), Asked("高昌区水利局", date(2025, 9, 4), phone="0995-8520000")
    )


@pytest.mark.parametrize("result", ["upheld", "rejected", "partly", "withdrawn"])
def test_a_result_publishes_nothing_and_a_new_decision_does(case, result):
    before = notice(case)
    names = [
        name
        for (name,) in query(
            case,
            "SELECT finding_id FROM decisions JOIN findings USING (finding_id) WHERE subject_id = ? "
            "AND state IN ('accepted', 'overridden', 'verified') ORDER BY 1",
            SEALED,
        )
    ]
    assert len(names) > 1
    store = CaseRows(case)
    record(store, [Objection(SEALED, "2026-04-02", "井已封填", "YY-1")], BY, case)
    record(store, [ObjectionResult("YY-1", "2026-04-10", result, "现场核实")], BY, case)
    after = notice(case)
    assert (before.n_wells - after.n_wells, len(before.table) - len(after.table)) == (1, len(names))
    assert SEALED not in after.table["well_id"].values
    later = Act("defer", "李工", "li", reason="等待补充资料", deferred_to=date(2026, 6, 1))
    decide(store, names[:1], later, today=BY.today)
    assert len(notice(case).table) == len(after.table)  # what is deferred is not published either
    decide(store, names[1:], Act("accept", "李工", "li"), today=BY.today)
    again = notice(case)
    assert len(again.table) == len(before.table) - 1
    assert SEALED in again.table["well_id"].values
