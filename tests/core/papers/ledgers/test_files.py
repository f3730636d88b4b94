"""The ledgers as files: what is read back from CSV, XLSX and HTML is what is printed, and nothing in it is alive."""

from __future__ import annotations

import zipfile
from decimal import Decimal

import openpyxl
import pytest

from overdraft.core.papers import KINDS, html_page, open_book, paper, write_workbook
from overdraft.core.papers.page import told

NAMES = (
    *("seal_ledger", "pair_ledger", "pair_balance", "retirement_ledger", "retirement_split"),
    *("closing_plan", "plan_allocation", "plan_balance"),
)


@pytest.fixture(scope="module", params=["zh", "en"])
def sheet(request, small_case):
    needs = [need for name in NAMES for need in KINDS[name].needs]
    book = open_book(small_case(), needs, request.param)
    return paper(book, [KINDS[name].make(book) for name in NAMES], "full")


def test_a_workbook_holds_what_is_printed(sheet, tmp_path):
    path = tmp_path / "ledgers.xlsx"
    write_workbook(sheet, path)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
            assert "externalLink" not in name
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == len(NAMES)
    for page, table in zip(book.worksheets, sheet.tables, strict=True):
        lines = list(page.iter_rows(values_only=True))
        head = next(place for place, line in enumerate(lines) if line[0] == table.columns[0].label)
        assert page.freeze_panes == f"C{head + 2}"
        width = len(table.columns)
        assert table.columns[0].values == tuple(range(1, len(table) + 1))
        for line, row in zip(lines[head + 1 :], table.rows, strict=False):
            cells = [cell.date() if hasattr(cell, "date") else cell for cell in line[:width]]
            assert cells == [float(cell) if isinstance(cell, Decimal) else cell for cell in row]


def test_a_page_holds_every_cell_and_note(sheet):
    from html import escape

    text = html_page(sheet)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    for table in sheet.tables:
        for row in table.rows:
            for cell in row:
                assert escape(told(cell), quote=False) in text
        for note in table.notes:
            assert escape(note, quote=False) in text


@pytest.mark.parametrize(
    ("name", "rows", "note"),
    [
        ("seal_ledger", 6, "未提供佐证材料。"),
        ("pair_ledger", 0, "2眼计入的更新井未登记对应的核减井：R1、R9。"),
        ("pair_balance", 6, "分区各行为同一批机井按分区列示，不计入合计。"),
        ("retirement_ledger", 0, "未提供灌溉地块，或文件未给出起算日，无法核算。"),
        ("retirement_split", 5, "未提供灌溉地块，或文件未给出起算日，无法核算。"),
        ("closing_plan", 5, "5眼机井的“年用水量 (m³)”未知。"),
    ],
)
def test_a_case_of_wells_and_zones_alone_says_what_it_lacks(small_case, printed, name, rows, note):
    table = printed(small_case("turpan-2021", "wells", "zones", "units"), name)
    assert len(table) == rows
    assert note in table.notes


@pytest.mark.parametrize("profile", ["public", "internal"])
def test_numbers_of_persons_are_in_no_ledger(small_case, printed, profile):
    """S10: a telephone number that somebody wrote into a document number is masked; only the full paper has it."""

    def texts(shown):
        tables = [printed(small_case(), name, "zh", shown) for name in NAMES]
        return "".join(str(cell) for table in tables for row in table.rows for cell in row)

    assert "138****5678" in texts(profile)
    assert "13812345678" not in texts(profile)
    assert "13812345678" in texts("full")


def test_a_name_that_looks_like_a_formula_is_text_in_csv(small_case, as_csv):
    rows, sums = as_csv(small_case(), "closing_plan", "en")
    assert "'=1+1" in [row["Well name"] for row in rows]
    assert sums[-1][:2] == ["", "Total (5)"]
