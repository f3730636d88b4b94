"""Notices, letters and slips say that acts were recorded after the run that they tell of, and which decisions are
stale."""

from __future__ import annotations

import html

import pytest

from overdraft.core.casefile import CaseRows, Change, Entry
from overdraft.core.papers import open_book
from overdraft.core.papers.document import document_page
from overdraft.core.papers.letter import KINDS, LETTER_NEEDS, letters
from overdraft.core.papers.notice import NOTICE_NEEDS, Asked, public_notice
from overdraft.core.papers.template import filled, template_of
from overdraft.core.papers.wellslip import SLIP_NEEDS, slip_html, slips_of
from overdraft.core.papers.word_page import letter_page

from .conftest import SEALED, SHUT, TODAY, query
from .test_letters import APPLICATION, ASKED, OURS

ACTS = 1
"""The fixture imports a row after the run; what it decides changes no figure of the run."""


def notice_page(path, language):
    book = open_book(path, NOTICE_NEEDS, language)
    return document_page(public_notice(book, Asked("水利局", TODAY, phone="1")).document)


def slip_page(path, language):
    _, (slip,) = slips_of(open_book(path, SLIP_NEEDS, language), "internal", [SEALED])
    return slip_html(slip, language, "internal", None)


def letter_of(kind, path, language):
    book = open_book(path, LETTER_NEEDS, language)
    (letter,) = letters(book, kind, ASKED, (SEALED,), (APPLICATION,), "internal")
    return letter_page(filled(template_of(kind, language, [OURS]), letter.values), "x", language)


PAGES = {
    "notice": notice_page,
    "slip": slip_page,
    **{kind: lambda path, language, kind=kind: letter_of(kind, path, language) for kind in KINDS},
}


@pytest.mark.parametrize("name", PAGES)
def test_acts_since_the_run_are_told_and_no_others(case, name):
    def told(n):
        texts = {
            "zh": f"2026-03-31核查之后另有{n}项登记，结论未予反映。",
            "en": f"{n} acts were recorded after the run of 2026-03-31; the findings know nothing of them.",
        }
        return [text in html.unescape(PAGES[name](case, language)) for language, text in texts.items()]

    assert told(ACTS) == [True, True]
    CaseRows(case).apply([], [Entry("event", SEALED, "李工"), Entry("export", "case", "李工")])
    assert told(ACTS) == [False, False]
    assert told(ACTS + 1) == [True, True]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_told_where_nothing_was_recorded(case, name):
    CaseRows(case).apply([], [Entry("run", "run", "李工")])
    assert "核查之后另有" not in PAGES[name](case, "zh")


def test_a_letter_marks_what_changed_after_it_was_decided_on(case):
    """An exemption that somebody granted before the facts changed is not told as the outcome."""
    (name,) = query(case, "SELECT finding_id FROM decisions WHERE state = 'overridden'")[0]
    outcome = query(case, "SELECT outcome FROM findings WHERE finding_id = ?", name)

    def lines():
        book = open_book(case, LETTER_NEEDS, "zh")
        (letter,) = letters(book, "opinion_letter", ASKED, (SHUT,), (), "internal")
        return letter.values["findings"].split("\n")

    assert outcome == [("fail",)]
    assert [("豁免" in line, "待重新确认" in line) for line in lines()].count((True, False)) == 1
    CaseRows(case).apply([Change("decisions", {"finding_id": name}, {"stale": 0}, {"stale": 1})], [])
    assert [("豁免" in line, "待重新确认" in line) for line in lines()].count((False, True)) == 1
    assert not any("豁免" in line for line in lines())
