"""The frame of every paper: rounding and sums, privacy, and files that hold nothing but what is printed."""

from __future__ import annotations

import csv
import gc
import io
import zipfile
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.harmless import harmless, is_computed
from overdraft.core.papers import Paper, Scope, Table, csv_text, html_page, write_workbook
from overdraft.core.papers.column import dates, integers, reals, texts
from overdraft.core.papers.paper import differences
from overdraft.core.papers.privacy import masked_name, private
from overdraft.core.papers.table import Group

HOSTILE = (
    "=1+1",
    " =cmd|' /C calc'!A0",
    "\u00a0+86",
    "-1",
    "@SUM(A1)",
    "\tx",
    "first\n=2",
    '=HYPERLINK("http://example.org")',
    "<script>alert(1)</script>",
    "<img src=file:///etc/passwd>",
    "{group} {0.__class__}",
    "a\x00b\x0bc",
)


def table(*columns, **more):
    n = len(columns[0].values)
    return Table("t", "表 T", columns, (Group("All", tuple(range(n))),), **more)


def paper(*tables, language="en"):
    return Paper("Title", (("Document", "<b>No. 1</b>"),), tables, language, "internal")


# --- figures


def test_a_sum_is_that_of_the_printed_figures_and_the_difference_is_told():
    """0.04 three times is 0.12, printed 0.0 each: the sum of what is printed is 0.0, unrounded it is 0.1."""
    made = table(reals("area_mu", "Area (mu)", [0.04, 0.04, 0.04], 1, total=True))
    assert made["area_mu"].values == (Decimal("0.0"),) * 3
    (total,) = made.totals
    assert total.sums == {"area_mu": Decimal("0.0")}
    assert total.differences == {"area_mu": Decimal("0.1")}
    assert differences(paper(made), made) == [
        "All, Area (mu): rounding row by row changes the sum; unrounded it differs by +0.1."
    ]


def test_the_published_split_adds_up_without_a_difference():
    """17.8 = 6.6 + 6.1 + 5.1 (万亩), whose binary sum is 17.799999999999997."""
    made = table(reals("area", "Area", [6.6, 6.1, 5.1], 1, total=True))
    (total,) = made.totals
    assert total.sums == {"area": Decimal("17.8")}
    assert total.differences == {}


def test_halves_go_away_from_zero_and_gaps_stay_empty():
    column = reals("x", "X", [0.25, -0.25, None, float("nan"), float("inf")], 1)
    assert column.values == (Decimal("0.3"), Decimal("-0.3"), None, None, None)
    assert integers("n", "N", [1, None, 3], total=True).sum((0, 1, 2)) == 4


def test_groups_add_up_to_the_whole():
    column = integers("n", "N", [1, 2, 4], total=True)
    made = Table("t", "T", (column,), (Group("a", (0, 2)), Group("b", (1,)), Group("all", (0, 1, 2))))
    sums = [total.sums["n"] for total in made.totals]
    assert sums == [5, 2, 7]
    assert sums[0] + sums[1] == sums[2]


def test_a_day_is_a_day_and_what_is_none_stays_as_it_was():
    assert dates("d", "D", ["2024-02-29", "2024-02-30", None]).values == (
        date(2024, 2, 29),
        "2024-02-30",
        None,
    )


def test_a_period_does_not_end_before_it_begins():
    with pytest.raises(OverdraftError) as caught:
        Scope(begin=date(2025, 9, 17), end=date(2025, 9, 4))
    assert caught.value.key == "papers.period"
    assert Scope(begin=date(2025, 9, 4), end=date(2025, 9, 4)).whole is False


# --- the numbering of rows


def numbered():
    """Two rows with a sum before any text: its label goes where there is room."""
    area = reals("area", "Area (mu)", [1.0, 2.5], 1, total=True)
    names = texts("name", "Name", ["=a", "一" * 60])
    return table(area, names).numbered("No.")


def test_rows_are_numbered_and_sums_are_not(tmp_path):
    from openpyxl import load_workbook

    made = numbered()
    (total,) = made.totals
    assert made.line_of(total, "All (2)") == [None, Decimal("3.5"), "All (2)"]
    rows = list(csv.reader(io.StringIO(csv_text(paper(made), made)[1:])))
    assert rows[:4] == [
        ["No.", "Area (mu)", "Name"],
        ["1", "1.0", "'=a"],
        ["2", "2.5", "一" * 60],
        ["", "3.5", "All (2)"],
    ]
    page = html_page(paper(made))
    assert '<td class="integer">1</td><td class="real">1.0</td><td class="text">=a</td>' in page
    assert '<td class="integer"></td><td class="real">3.5</td><td class="text">All (2)</td>' in page
    write_workbook(paper(made), tmp_path / "n.xlsx")
    sheet = load_workbook(tmp_path / "n.xlsx").active
    told = list(sheet.iter_rows(values_only=True))
    assert told[3:] == [
        ("No.", "Area (mu)", "Name"),
        (1, 1, "=a"),
        (2, 2.5, "一" * 60),
        (None, None, None),
        (None, 3.5, "All (2)"),
    ]


def test_a_sheet_filters_its_rows_alone_and_long_texts_are_printed_in_full(tmp_path):
    from openpyxl import load_workbook

    head = tuple((f"Label {n}", "x" * 50) for n in range(4))
    made = numbered()
    long = Table("t", "T", made.columns, made.groups, ("note " * 60,))
    write_workbook(Paper("Title", head, (long,), "en", "internal"), tmp_path / "n.xlsx")
    sheet = load_workbook(tmp_path / "n.xlsx").active
    assert [sheet.cell(row, 1).value for row in (2, 3)] == [
        f"Label 0: {'x' * 50}   Label 1: {'x' * 50}",
        f"Label 2: {'x' * 50}   Label 3: {'x' * 50}",
    ]
    assert sheet.cell(5, 1).value == "No."
    assert sheet.freeze_panes == "C6"
    assert sheet.auto_filter.ref == "A5:C7"
    assert sheet.row_dimensions[7].height == 3 * 15  # 120 letters in a column of 48
    assert sheet.cell(7, 3).alignment.wrap_text
    assert "A10:C10" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.row_dimensions[10].height > 15


# --- progress


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ["csv", "html", "xlsx"])
def test_u13_a_long_table_can_be_stopped_within_itself(tmp_path, kind):
    """Somebody is asked every 500 rows; what they raise comes out."""
    long = paper(Table("t", "T", (texts("a", "A", ["x"] * 20_000),)))
    asked = []

    def stop(share):
        asked.append(share)
        if share > 0.5:
            raise Cancelled

    write = {
        "csv": lambda: csv_text(long, long.tables[0], stop),
        "html": lambda: html_page(long, stop),
        "xlsx": lambda: write_workbook(long, tmp_path / "t.xlsx", stop),
    }[kind]
    with pytest.raises(Cancelled):
        write()
    gc.collect()
    assert asked == sorted(asked)
    assert len(asked) >= 3
    assert asked[-1] < 0.8


# --- privacy

PERSONS = (
    texts("well_id", "Well id", ["W1", "W2", "W3"]),
    texts("owner", "Owner", ["张三", "瓜园村农业合作社", "买买提·吐尔逊"], personal="name"),
    texts("phone", "Phone", ["13812345678", None, "+86 139-1234-5678"], personal="number"),
    texts("id_number", "Id", ["11010519491231002X", None, None], personal="number"),
    texts("reason", "Reason", ["电话13812345678", "x", None], personal="text"),
    texts("village", "Village", ["电话13812345678村", "瓜园村", None]),
)


def test_s10_the_public_sees_no_persons():
    shown = private(table(*PERSONS), "public")
    assert [column.name for column in shown.columns] == ["well_id", "village"]
    assert shown["village"].values == ("电话138****5678村", "瓜园村", None)


def test_s10_internal_papers_mask_persons_and_not_organisations():
    shown = private(table(*PERSONS), "internal")
    assert shown["owner"].values == ("张**", "瓜园村农业合作社", "买**")
    assert shown["phone"].values == ("138****5678", None, "139****5678")
    assert shown["id_number"].values == ("110***********002X", None, None)
    assert shown["reason"].values == ("电话138****5678", "x", None)


def test_s10_in_full_nothing_is_masked():
    assert private(table(*PERSONS), "full") == table(*PERSONS)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        *(("李团结", "李**"), ("王连生", "王**"), ("欧阳建村", "欧阳建村"), ("阿布都热合曼", "阿**")),
        *(("吐鲁番市水利局", "吐鲁番市水利局"), ("Li Ming", "L**"), ("Green Farm", "Green Farm"), ("", "")),
        ("新疆某农业开发有限公司", "新疆某农业开发有限公司"),
    ],
)
def test_names_that_might_be_persons_are_masked(name, shown):
    assert masked_name(name) == shown


# --- files


def hostile_table():
    return table(
        texts("id", "=Heading", HOSTILE),
        reals("area", "Area (mu)", [1.25] * len(HOSTILE), 1, total=True),
        dates("day", "Day", [date(2026, 3, 31)] * len(HOSTILE)),
        notes=("=note",),
    )


def test_s1_a_workbook_computes_nothing_and_links_nowhere(tmp_path):
    from openpyxl import load_workbook

    path = tmp_path / "表.xlsx"
    write_workbook(paper(hostile_table()), path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        texts_of = {
            name: archive.read(name).decode("utf-8") for name in names if name.endswith((".xml", ".rels"))
        }
    assert not [name for name in names if "externalLink" in name]
    for name, text in texts_of.items():
        assert "<f>" not in text, name
        assert "<f " not in text, name
        assert 'TargetMode="External"' not in text, name
    sheet = load_workbook(path)["表 T"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in HOSTILE]
    told = [row[0] for row in rows]
    assert told == [text for text in HOSTILE if "\x00" not in text]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)} == {
        "s"
    }
    assert {type(row[1]) for row in rows} == {float}
    assert rows[0][1] == 1.3
    assert rows[0][2].date() == date(2026, 3, 31)
    assert sheet.freeze_panes == "A5"
    assert ("a\ufffdb\ufffdc",) in {row[:1] for row in sheet.iter_rows(values_only=True)}
    assert (f"All ({len(HOSTILE)})", 15.6) in {row[:2] for row in sheet.iter_rows(values_only=True)}


def test_s1_a_csv_cell_is_no_formula():
    text = csv_text(paper(hostile_table()), hostile_table())
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0] == ["'=Heading", "Area (mu)", "Day"]
    assert [row[0] for row in rows[1 : 1 + len(HOSTILE)]] == [
        f"'{text}" if text in HOSTILE[:8] else text for text in HOSTILE
    ]
    assert rows[1][1:] == ["1.3", "2026-03-31"]
    assert [cell for row in rows for cell in row if is_computed(cell) and not cell.startswith("'")] == []


def test_s1_what_is_computed_and_what_is_not():
    assert [harmless(text) for text in ("=1", "1=1", "a-b", "\r=", "x\n @y", "")] == [
        *("'=1", "1=1", "a-b", "'\r=", "'x\n @y", "")
    ]


class Tags(HTMLParser):
    """The names of all tags, and whatever they point to."""

    def __init__(self):
        super().__init__()
        self.names, self.targets = set(), []

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        self.targets += [value for name, value in attributes if name in ("src", "href", "action", "data")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_s3_a_page_shows_markup_as_text_and_reaches_nowhere(language):
    page = html_page(paper(hostile_table(), language=language))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;No. 1&lt;/b&gt;" in page
    assert "{group} {0.__class__}" in page
    found = Tags()
    found.feed(page)
    assert {"script", "img", "link", "iframe"}.isdisjoint(found.names)
    assert found.targets == []


def test_sheets_have_names_that_excel_takes(tmp_path):
    from openpyxl import load_workbook

    path = tmp_path / "names.xlsx"
    columns = (texts("a", "A", ["x"]),)
    titles = ("a/b[c]*?:\\d", "长" * 40, "长" * 40, "'quoted'", "QUOTED", "")
    write_workbook(paper(*(Table(str(n), title, columns) for n, title in enumerate(titles))), path)
    names = load_workbook(path).sheetnames
    assert names == ["a b c     d", "长" * 31, "长" * 29 + " 2", "quoted", "QUOTED 2", "1"]


def test_an_empty_table_says_so(tmp_path):
    from openpyxl import load_workbook

    empty = Table("t", "T", (texts("a", "A", []),))
    assert "Nothing to list." in html_page(paper(empty))
    write_workbook(paper(empty), tmp_path / "empty.xlsx")
    cells = {row[0] for row in load_workbook(tmp_path / "empty.xlsx")["T"].iter_rows(values_only=True)}
    assert "Nothing to list." in cells


def test_a_table_too_long_for_a_sheet_is_refused(tmp_path, monkeypatch):
    from overdraft.core.papers import workbook

    monkeypatch.setattr(workbook, "MOST_ROWS", 30)
    long = Table("t", "T", (texts("a", "A", ["x"] * 31),))
    with pytest.raises(OverdraftError) as caught:
        write_workbook(paper(long), tmp_path / "long.xlsx")
    assert (caught.value.key, caught.value.values["found"]) == ("papers.too_long", 31)
    assert not (tmp_path / "long.xlsx").exists()
