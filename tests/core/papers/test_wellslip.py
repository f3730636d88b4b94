"""Slips of wells: everything on them is a query on the case; profiles; markup is inert."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from overdraft.core.casefile import CaseRows
from overdraft.core.desk import By, Objection, record
from overdraft.core.errors import OverdraftError
from overdraft.core.papers import open_book
from overdraft.core.papers.document import Picture
from overdraft.core.papers.wellslip import SLIP_NEEDS, slip_html, slips_of
from overdraft.core.policy import load_policy
from overdraft.core.report.sheet import finding_sheet

from .conftest import IDENTITY, PERSON, PHONE, SEALED, SHUT, query


def slips(path, profile="internal", ids=(), language="zh"):
    count, made = slips_of(open_book(path, SLIP_NEEDS, language), profile, ids)
    made = list(made)
    assert len(made) == count
    return made


def page(path, profile="internal", language="zh", well=SEALED, picture=None):
    (slip,) = slips(path, profile, [well], language)
    return slip_html(slip, language, profile, picture)


def test_every_well_with_a_finding_has_a_slip_with_all_of_them(decided):
    made = slips(decided)
    found = query(decided, "SELECT subject_id, finding_id FROM findings WHERE subject_role = 'wells'")
    assert sorted((slip.name, code) for slip in made for code in slip.codes) == sorted(found)
    assert {slip.head for slip in made} == {
        query(decided, "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")[0][0]
    }


def test_a_slip_tells_what_the_sheets_of_its_findings_tell(decided):
    """One look at all rows, or one look for each finding: the same sheets."""
    (slip,) = slips(decided, ids=[SHUT])
    store = CaseRows(decided, read_only=True)
    policy = open_book(decided, (), "zh").policy
    assert list(slip.findings) == [finding_sheet(store, code, "zh", policy) for code in slip.codes]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_clauses_quotes_codes_and_head_are_on_the_page(decided, language):
    text = html.unescape(re.sub(r"<[^>]*>", "", page(decided, language=language)))
    policy = load_policy("turpan-2021")
    rows = query(decided, "SELECT finding_id, clause FROM findings WHERE subject_id = ?", SEALED)
    assert len(rows) > 2
    for name, clause in rows:
        assert name in text
        assert policy.clauses[clause].quote in text
    assert query(decided, "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")[0][0] in text
    assert text.count("李工") >= len(rows)


def test_an_objection_stands_in_the_history_of_the_well(case):
    record(
        CaseRows(case), [Objection(SEALED, "2026-04-02", "井已封填")], By("王工", "w", date(2026, 4, 2)), case
    )
    (slip,) = slips(case, ids=[SEALED])
    assert {sheet.state for sheet in slip.findings} == {"待处理"}
    told = [past.act for _, past in slip.history]
    assert told.count("提出异议") == 1
    assert told.count("重新打开") == len(slip.findings) or told.count("重开") == len(slip.findings)


def test_profiles_and_markup(decided):
    pages = {profile: page(decided, profile) for profile in ("public", "internal", "full")}
    assert all("<script" not in text and "&lt;script&gt;" in text for text in pages.values())
    assert PERSON in pages["full"]
    assert PHONE in pages["full"]
    for secret in (PERSON, PHONE, IDENTITY):
        assert secret not in pages["internal"]
        assert secret not in pages["public"]
    assert "张**" in pages["internal"]
    assert "138****5678" in pages["internal"]
    assert "李工" not in pages["public"]
    assert "HYPERLINK" not in pages["public"]


def test_a_page_reaches_out_to_nothing(decided):
    text = page(decided, picture=Picture(b"\x89PNG", "png"))
    assert re.findall(r'src="([^"]{0,22})', text) == ["data:image/png;base64,"]
    assert not re.findall(r"(?:href|url|action)\s*[=(]", text)
    assert "default-src 'none'" in text


def test_a_well_without_a_finding_and_one_that_is_none(decided):
    (name,) = query(
        decided,
        "SELECT row_id FROM wells WHERE row_id = well_id AND NOT EXISTS (SELECT 1 FROM findings "
        "WHERE subject_id = row_id) LIMIT 1",
    )[0]
    (slip,) = slips(decided, ids=[name])
    assert slip.codes == ()
    assert "没有结论" in slip_html(slip, "zh", "internal", None)
    with pytest.raises(OverdraftError, match="NOBODY"):
        slips(decided, ids=["NOBODY"])


def test_a_decision_whose_finding_is_gone_stays_on_the_slip(case):
    (name,) = query(case, "SELECT min(finding_id) FROM findings WHERE subject_id = ?", SHUT)[0]
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(case)) as connection:
        connection.execute("DELETE FROM findings WHERE finding_id = ?", (name,))
        connection.commit()
    (slip,) = slips(case, ids=[SHUT])
    assert [sheet.gone for sheet in slip.findings if sheet.finding_id == name] == [True]
