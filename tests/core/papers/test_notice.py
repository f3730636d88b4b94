"""The public notice read back from DOCX and HTML: every figure is a query on the case, nothing of a person is in it."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from html.parser import HTMLParser

import docx
import pytest
from docx.oxml.ns import qn

from overdraft.core.casefile import CaseRows, Change, Entry
from overdraft.core.desk import By, Objection, record
from overdraft.core.errors import OverdraftError
from overdraft.core.papers import Scope, open_book
from overdraft.core.papers import word_file as written
from overdraft.core.papers.document import document_page, picture_of
from overdraft.core.papers.notice import NOTICE_NEEDS, Asked, public_notice
from overdraft.core.papers.word_file import write_docx
from overdraft.core.schema import results_schema

from .conftest import IDENTITY, PERSON, PHONE, SCRIPT, SEALED, SHUT, query

FIRST = date(2025, 9, 4)
ROWS = """SELECT wells.well_id, coalesce(decisions.outcome, findings.outcome), findings.clause FROM findings
    JOIN decisions ON decisions.finding_id = findings.finding_id
    JOIN wells ON wells.row_id = findings.subject_id
    WHERE findings.subject_role = 'wells' AND decisions.state IN ('accepted', 'overridden', 'verified')"""


def notice(path, language="zh", scope=None, **more):
    given = {"unit": "高昌区水利局", "first": FIRST, "phone": "0995-8520000", **more}
    return public_notice(open_book(path, NOTICE_NEEDS, language, scope), Asked(**given))


def read_docx(made, path):
    """Paragraphs, and the cells of its one table, of the notice as DOCX."""
    write_docx(made.document, path)
    opened = docx.Document(str(path))
    cells = [[cell.text for cell in row.cells] for row in opened.tables[0].rows]
    return [paragraph.text for paragraph in opened.paragraphs], cells


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.rows, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        self.text += data
        if self.rows and self.rows[-1] and self.tags[-1] in ("td", "th"):
            self.rows[-1][-1] += data


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_holds_the_rows_of_the_case_in_both_files(decided, tmp_path, language):
    made = notice(decided, language)
    _, cells = read_docx(made, tmp_path / "n.docx")
    word = {
        token: value.zh if language == "zh" else value.en
        for token, value in results_schema().enums["outcome"].items()
    }
    expected = sorted((well, word[outcome], clause) for well, outcome, clause in query(decided, ROWS))
    assert sorted((row[1], row[4], row[6].split(" ")[-1]) for row in cells[1:]) == expected
    assert len(made.table) == len(expected) > 50
    assert made.n_wells == len({well for well, *_ in expected})
    page = Cells()
    page.feed(document_page(made.document))
    assert [[cell.strip() for cell in row] for row in page.rows] == cells
    assert [row[0] for row in cells[1:]] == [str(n + 1) for n in range(len(expected))]


def test_what_it_says_of_basis_numbers_period_and_ways_to_object(decided, tmp_path):
    lines, _ = read_docx(notice(decided, basis=("《某条例》（国务院令第748号）",)), tmp_path / "n.docx")
    text = "\n".join(lines)
    assert lines[0] == "关于吐鲁番市机井核查结论及处理意见的公示"
    assert "《关于进一步强化吐鲁番市水资源保护管理的实施方案》（吐政办〔2021〕36号）" in text
    assert "《某条例》（国务院令第748号）" in text
    assert "公示时间：2025年9月4日至9月17日，共10个工作日。" in lines
    assert {"受理单位：高昌区水利局", "联系电话：0995-8520000", "高昌区水利局", "2025年9月4日"} <= set(lines)
    rows = query(decided, ROWS)
    wells, failed = {row[0] for row in rows}, sum(row[1] == "fail" for row in rows)
    assert f"涉及机井{len(wells)}眼" in text
    assert f"核查结论{len(rows)}条：不符合{failed}条" in text
    assert "本公示未附位置图。" in lines
    from overdraft.core.policy import load_policy

    clauses = load_policy("turpan-2021").clauses
    for clause in {row[2] for row in rows}:
        assert clauses[clause].quote in text
    head = query(decided, "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")[0][0]
    assert head in text


def test_the_outcome_is_the_one_decided_and_its_action_goes(decided):
    made = notice(decided, wells=(SHUT,))
    rows = {row[6].split(" ")[-1]: row for row in made.table.rows}
    told = query(
        decided,
        "SELECT clause, decisions.outcome, action FROM findings JOIN decisions USING (finding_id) WHERE subject_id = ?",
        SHUT,
    )
    assert len(told) == len(made.table) == 2
    for clause, decided_as, action in told:
        if decided_as:
            assert (rows[clause][4], rows[clause][5]) == ("豁免", None)
        else:
            assert rows[clause][5] == results_schema().enums["action"][action].zh


def test_nothing_of_a_person_and_no_markup_gets_out(decided, tmp_path):
    made = notice(decided, wells=(SEALED,), about=f"{SCRIPT}某事")
    write_docx(made.document, tmp_path / "n.docx")
    with zipfile.ZipFile(tmp_path / "n.docx") as packed:
        parts = {name: packed.read(name).decode("utf-8", "replace") for name in packed.namelist()}
    page = document_page(made.document)
    for text in (*parts.values(), page):
        assert not any(secret in text for secret in (PERSON, PHONE, IDENTITY))
    assert "138****5678" in page  # the number in the village's name is masked, the place still told
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not any('TargetMode="External"' in text for text in parts.values())
    assert not any("instrText" in text for text in parts.values())
    assert set(re.findall(r'w:instr="([^"]*)"', "".join(parts.values()))) == {"PAGE"}


def test_the_calendar_of_the_case_moves_the_end_and_a_silent_year_is_told(case):
    assert notice(case).untold == (2025,)
    rows = [("2025-09-08", 0), ("2025-09-13", 1), ("2025-09-09", 0)]
    changes = [Change("calendar", {"day_on": day}, None, {"working": working}) for day, working in rows]
    CaseRows(case).apply(changes, [Entry("import", "calendar", "test")])
    made = notice(case)
    assert (made.last, made.n_days, made.untold) == (date(2025, 9, 18), 10, ())
    made = notice(case, last=date(2025, 9, 17))
    assert (made.last, made.n_days) == (date(2025, 9, 17), 9)


def test_over_the_new_year_both_years_stand(decided, tmp_path):
    lines, _ = read_docx(notice(decided, first=date(2025, 12, 26)), tmp_path / "n.docx")
    assert "公示时间：2025年12月26日至2026年1月8日，共10个工作日。" in lines


def test_an_objection_takes_the_well_out_until_it_is_decided_again(case):
    before = notice(case)
    record(
        CaseRows(case),
        [Objection(SEALED, "2026-04-02", "井已封填")],
        By("李工", "li", date(2026, 4, 2)),
        case,
    )
    after = notice(case)
    assert before.n_wells - after.n_wells == 1
    assert SEALED not in after.table["well_id"].values
    assert len(notice(case, states=("open",), wells=(SEALED,)).table) == len(before.table) - len(after.table)


def test_stale_decisions_are_left_out_and_counted(case):
    (name,) = query(case, "SELECT min(finding_id) FROM findings WHERE subject_id = ?", SEALED)[0]
    CaseRows(case).apply([Change("decisions", {"finding_id": name}, {"stale": 0}, {"stale": 1})], [])
    assert notice(case).n_stale == 1
    assert len(notice(case).table) == len(query(case, ROWS)) - 1


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"unit": " "}, "UNIT"),
        ({"phone": ""}, "PHONE, ADDRESS, MAILBOX"),
        ({"wells": ("NOBODY",)}, "NOBODY"),
        ({"states": ("deferred",)}, "nothing to publish"),
        ({"last": date(2025, 9, 3)}, "No working day"),
        ({"n_days": 0}, "1 to 366"),
    ],
)
def test_what_cannot_be_a_notice_is_refused_with_the_reason(decided, more, why):
    with pytest.raises(OverdraftError) as caught:
        notice(decided, **more)
    assert why in caught.value.text("en")


def test_a_county_alone(decided):
    made = notice(decided, scope=Scope(county="650402"))
    expected = query(decided, ROWS.replace("WHERE", "WHERE wells.county_id = '650402' AND"))
    assert len(made.table) == len(expected) > 0
    assert made.document.title == "关于高昌区机井核查结论及处理意见的公示"


def test_a_picture_is_put_in_and_what_is_none_is_refused(decided, tmp_path, sample_picture):
    lines, _ = read_docx(notice(decided, picture=picture_of(sample_picture)), tmp_path / "n.docx")
    assert "本公示未附位置图。" not in lines
    assert len(docx.Document(str(tmp_path / "n.docx")).inline_shapes) == 1
    (tmp_path / "n.svg").write_text("<svg/>")
    for path, why in (
        (tmp_path / "n.svg", "neither PNG nor JPEG"),
        (tmp_path / "none.png", "cannot be read"),
    ):
        with pytest.raises(OverdraftError, match=why):
            picture_of(path)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    broken = notice(decided, picture=picture_of(tmp_path / "broken.png"))
    with pytest.raises(OverdraftError, match="damaged"):
        write_docx(broken.document, tmp_path / "m.docx")


def test_without_the_package_docx_says_so(decided, tmp_path, monkeypatch):
    monkeypatch.setattr(written, "docx_missing", lambda: "no docx")
    with pytest.raises(OverdraftError, match="python-docx"):
        write_docx(notice(decided).document, tmp_path / "n.docx")


def test_rows_are_not_torn_headings_repeat_and_the_signature_has_a_line_before_it(decided, tmp_path):
    write_docx(notice(decided).document, tmp_path / "n.docx")
    opened = docx.Document(str(tmp_path / "n.docx"))
    rows = opened.tables[0]._tbl.tr_lst
    assert len(rows) > 50
    assert all(row.trPr is not None and row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True] + [False] * (
        len(rows) - 1
    )
    told = [paragraph.text for paragraph in opened.paragraphs]
    signed = told.index("高昌区水利局")
    assert opened.paragraphs[signed - 1].paragraph_format.keep_with_next
    assert opened.paragraphs[signed].paragraph_format.keep_with_next
