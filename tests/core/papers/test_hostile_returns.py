"""What people type reaches every file as text: no formula, no markup, no personal data of others."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from cases import LANGUAGES, PROFILES, act, ask, change, copied
from openpyxl import load_workbook

from overdraft.core.papers import KINDS, csv_text, html_page, open_book, paper, write_workbook

OURS = ("findings", "history", "raw_values", "problems", "power_stop", "imports")
TYPED = '=HYPERLINK("http://x","y")<script>alert(1)</script> 张三'


@pytest.fixture(scope="module")
def hostile(judged_sample, tmp_path_factory):
    """The sample with a decision whose reason, signature and attachment are formulas, and such a raw cell."""
    path = copied(judged_sample, tmp_path_factory.mktemp("hostile") / "case.gpkg")
    [(name,)] = ask(
        path, "SELECT finding_id FROM findings WHERE rule = 'power.illegal' ORDER BY subject_id LIMIT 1"
    )
    typed = {"reason": TYPED, "reason_kind": "other", "attachment": TYPED}
    act(path, [name], "override", TYPED, outcome="review", **typed)
    change(path, "UPDATE raw_values SET raw_value = ?", TYPED)
    return path


def made(path, language, profile):
    needs = [table for name in OURS for table in KINDS[name].needs]
    book = open_book(path, needs, language)
    return paper(book, [KINDS[name].make(book) for name in OURS], profile)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_files_hold_texts_and_what_the_tables_hold(hostile, tmp_path, language, profile):
    papers = made(hostile, language, profile)
    write_workbook(papers, tmp_path / "case.xlsx")
    with zipfile.ZipFile(tmp_path / "case.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/")]
        assert not any("externalLink" in name for name in archive.namelist())
    assert not any("<f>" in text or "<f " in text or "TargetMode" in text for text in sheets)
    book = load_workbook(tmp_path / "case.xlsx")
    page = html_page(papers)
    assert "<script" not in page
    for table, sheet in zip(papers.tables, book.worksheets, strict=True):
        first = int(sheet.freeze_panes[1:])
        cells = sheet.iter_rows(min_row=first, max_row=first + len(table) - 1, values_only=True)
        assert [tuple(map(plain, row[: len(table.columns)])) for row in cells] == [
            tuple(map(plain, row)) for row in table.rows
        ]
        text = csv_text(papers, table)
        assert text.startswith("\ufeff")
        rows = list(csv.reader(io.StringIO(text[1:])))
        assert len(rows[1]) == len(table.columns) or not len(table)
        assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    told = page + "".join(csv_text(papers, table) for table in papers.tables) + "".join(sheets)
    assert ("HYPERLINK" in told) == (profile != "public")
    assert ("张三" in told) == (profile != "public")


def plain(value):
    """A cell as both a file and a table have it."""
    if value is None or value == "":
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value if isinstance(value, str) else float(value)
