"""The list of the review dock: rows, filters, sorts, groups, keys; numbers are asked of the file once more."""

from __future__ import annotations


def texts(dock, column):
    """The column of the list as shown, from the top."""
    from overdraft.ui.review.words import COLUMNS

    place = COLUMNS.index(column)
    return [dock.model.index(row, place).data() for row in range(dock.model.rowCount())]


def test_all_findings_are_listed_with_counts(dock, language, query):
    ((n,),) = query("SELECT count(*) FROM findings")
    assert dock.model.rowCount() == n
    said = {
        "en": f"open {n} · reviewed 0 · verified 0 · stale 0",
        "zh": f"待处理{n} · 已处理0 · 已复核0 · 已过时0",
    }
    dock._count()
    assert dock.header.text() == said[language]
