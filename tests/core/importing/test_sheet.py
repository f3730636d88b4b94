"""Sheets as people fill them in: titles, groups, units, totals, notes, merged cells; no row is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.importing.reading.sheet import Grid, Renamed, read_header


def grid(rows, merged=(), known=True):
    cells = np.full((len(rows), max(map(len, rows), default=0)), None, dtype=object)
    for place, row in enumerate(rows):
        cells[place, : len(row)] = row
    return Grid(cells, list(merged), known)


def reasons(sheet):
    return {item.row: item.reason_key.removeprefix("importing.row.") for item in sheet.set_aside}


LEDGER = [
    ["高昌区机井台账"],
    ["填报单位：高昌区水利局", None, None, None, "单位：万m³、亩"],
    ["序号", "机井编号", "位置", None, "井深", "取水量"],
    [None, None, "乡镇", "村"],
    [None, None, None, None, "m", "万m³"],
    [1, 2, 3, 4, 5, 6],
    [1, "001", "亚尔镇", "一村", 80, "1.2"],
    [2, "002", None, "二村", 90, "2"],
    [],
    ["小计", None, None, None, None, "3.2"],
    ["序号", "机井编号", "位置", None, "井深", "取水量"],
    [None, None, "乡镇", "村"],
    [3, "003", "恰特喀勒乡", "三村", 70, "5"],
    ["合  计", None, None, None, None, 8.2],
    ["注：井深以米计"],
    ["填表人：甲", None, None, "审核人：乙"],
]
MERGED = [
    (0, 0, 0, 5), (1, 4, 1, 5), (2, 2, 2, 3), (2, 0, 3, 0), (2, 1, 3, 1), (2, 4, 3, 4), (2, 5, 3, 5), (6, 2, 7, 2),
]  # fmt: skip
NAMES = ["序号", "机井编号", "位置/乡镇", "位置/村", "井深(m)", "取水量(万m³)"]


@pytest.mark.parametrize("known", [True, False])
def test_a_ledger_with_everything(known):
    sheet = read_header(grid(LEDGER, MERGED if known else [], known))
    assert sheet.names == NAMES
    assert sheet.header_rows == (3, 6)
    assert sheet.rows.tolist() == [7, 8, 13]
    assert sheet.frame["机井编号"].tolist() == ["001", "002", "003"]
    assert sheet.frame["井深(m)"].tolist() == [80, 90, 70]
    assert reasons(sheet) == {
        9: "blank", 10: "total", 11: "header", 12: "header", 14: "total", 15: "note", 16: "note",
    }  # fmt: skip
    assert sheet.set_aside[1].content == {"序号": "小计", "取水量(万m³)": "3.2"}
    assert sheet.titles == ["高昌区机井台账", "填报单位：高昌区水利局", "单位：万m³、亩"]
    assert sheet.remarks == ["万m³, 亩"]
    assert sheet.n_rows == len(LEDGER)
    # merged cells of the body are filled down only where the file tells of them
    town = "亚尔镇" if known else None
    assert sheet.frame["位置/乡镇"].tolist() == ["亚尔镇", town, "恰特喀勒乡"]
    assert sheet.fills == ([(8, "位置/乡镇", "亚尔镇")] if known else [])


def test_groups_of_names_above_names():
    """Three levels; a name merged over all of them counts once."""
    rows = [
        ["机井编号", "取水情况", None, None, None],
        [None, "许可", None, "实际", None],
        [None, "2022", "2023", "2022", "2023"],
        ["A1", 1, 2, 3, 4],
    ]
    merged = [(0, 0, 2, 0), (0, 1, 0, 4), (1, 1, 1, 2), (1, 3, 1, 4)]
    sheet = read_header(grid(rows, merged))
    assert sheet.names == [
        "机井编号", "取水情况/许可/2022", "取水情况/许可/2023", "取水情况/实际/2022", "取水情况/实际/2023",
    ]  # fmt: skip
    assert sheet.rows.tolist() == [4]


def test_groups_over_all_columns_are_no_title():
    rows = [
        ["台账"],
        ["基本信息", None, None, "许可信息", None],
        ["机井编号", "乡镇", "井深", "许可证号", "许可水量"],
        ["A1", "亚尔镇", 80, "P1", 12000],
    ]
    merged = [(0, 0, 0, 4), (1, 0, 1, 2), (1, 3, 1, 4)]
    for known in (True, False):
        sheet = read_header(grid(rows, merged if known else [], known))
        assert sheet.header_rows == (2, 3)
        assert sheet.names[0] == "基本信息/机井编号"
        assert sheet.names[4] == "许可信息/许可水量"


def test_a_wide_name_above_data_is_no_group():
    """A name merged over two columns without names of their own below: the next row is data."""
    rows = [
        ["机井编号", "坐标", None, "用途"],
        ["A1", 89.1, 42.9, "农业灌溉"],
        ["A2", 89.2, 42.8, "农业灌溉"],
    ]
    sheet = read_header(grid(rows, [(0, 1, 0, 2)]))
    assert sheet.header_rows == (1, 1)
    assert sheet.names == ["机井编号", "坐标", "坐标_2", "用途"]
    assert sheet.renamed == [Renamed(3, "坐标", "坐标_2")]
    assert len(sheet.frame) == 2


def test_names_without_and_names_twice():
    sheet = read_header(grid([["井号", "井深", "井深", None, "Use", "USE"], ["A", 1, 2, "x", "y", "z"]]))
    assert sheet.names == ["井号", "井深", "井深_2", "列4", "Use", "USE_2"]
    assert [(item.column, item.found, item.name) for item in sheet.renamed] == [
        (3, "井深", "井深_2"), (4, "", "列4"), (6, "USE", "USE_2"),
    ]  # fmt: skip
    assert read_header(grid([["a", "a", "a_2"], ["1", "2", "3"]])).names == ["a", "a_3", "a_2"]


def test_line_breaks_in_names_go_and_spaces_of_english_stay():
    sheet = read_header(grid([["机井\n编 号", "Well\n depth (m)"], ["A", 1]]))
    assert sheet.names == ["机井编号", "Well depth (m)"]


def test_a_unit_that_stands_already_is_not_doubled():
    rows = [["井号", "井深(m)", "面积", "井况"], [None, "m", "亩", "-"], ["A", 1, 2, "好"]]
    assert read_header(grid(rows)).names == ["井号", "井深(m)", "面积(亩)", "井况"]


def test_numbers_in_the_first_row_of_data_are_data():
    """Only where text stands below a number can that number count columns."""
    sheet = read_header(grid([["a", "b", "c", "d"], ["1", "2", "3", "4"], ["5", "6", "7", "8"]]))
    assert sheet.rows.tolist() == [2, 3]


def test_a_caption_over_the_width_is_set_aside():
    rows = [["机井编号", "乡镇", "井深"], ["一、亚尔镇"], ["A1", "亚尔镇", 80]]
    sheet = read_header(grid(rows, [(1, 0, 1, 2)]))
    assert reasons(sheet) == {2: "title"}
    assert sheet.rows.tolist() == [3]


def test_rows_that_only_look_special_stay():
    rows = [
        ["机井编号", "名称", "备注"],
        ["A1", "小计乡一号", "注：待核实"],
        ["A2", None, None],
        ["A3", "设计井", None],
    ]
    assert read_header(grid(rows)).rows.tolist() == [2, 3, 4]


def test_white_space_is_blank():
    sheet = read_header(grid([["a", "b", "c"], [" ", "\u3000", "\t"], ["1", " ", "x"]]))
    assert reasons(sheet) == {2: "blank"}
    assert sheet.frame.iloc[0].tolist() == ["1", " ", "x"]


def test_the_user_knows_better():
    rows = [["机井编号", "乡镇", "井深"], ["code", "town", "deep"], ["A1", "亚尔镇", 80]]
    assert read_header(grid(rows), header_row=2).names == ["code", "town", "deep"]
    assert read_header(grid(rows)).header_rows == (1, 1)
    for row in (0, 4):
        with pytest.raises(OverdraftError, match="1–3"):
            read_header(grid(rows), header_row=row)


def test_nothing_at_all_is_an_error():
    for rows in ([], [[None, ""]]):
        with pytest.raises(OverdraftError) as empty:
            read_header(grid(rows))
        assert empty.value.key == "importing.sheet_empty"


def test_a_header_far_down():
    sheet = read_header(grid([*([[None, " "]] * 60), ["机井编号", "井深"], ["A1", 80]]))
    assert sheet.header_rows == (61, 61)
    assert sheet.rows.tolist() == [62]


def test_a_header_alone_has_no_rows():
    sheet = read_header(grid([["机井编号", "井深"]]))
    assert sheet.names == ["机井编号", "井深"]
    assert len(sheet.frame) == 0


NAME = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz_井区量"), min_size=2, max_size=9)
CELL = st.sampled_from(
    ["", "x", "well", "农业灌溉", "12", "3.5", "2024-01-05", "高昌区", "1,234", "-", "W001"]
)


@given(st.data())
def test_a_plain_table_has_its_header_in_row_1(data):
    names = data.draw(st.lists(NAME, min_size=2, max_size=8, unique_by=str.casefold))
    rows = data.draw(
        st.lists(st.lists(CELL, min_size=len(names), max_size=len(names)), min_size=1, max_size=12)
    )
    sheet = read_header(grid([names, *rows], known=False))
    assert sheet.header_rows == (1, 1)
    assert sheet.names == names
    assert len(sheet.frame) + len(sheet.set_aside) == len(rows)
    assert all(
        not any(map(str.strip, row)) for row, why in _told(rows, sheet) if why == "importing.row.blank"
    )


def _told(rows, sheet):
    return [(rows[item.row - 2], item.reason_key) for item in sheet.set_aside]


ANY = st.one_of(
    st.none(),
    CELL,
    st.integers(0, 6),
    st.floats(allow_nan=True),
    st.sampled_from(
        ["合计", "小计", "注：x", "机井编号", "井深", "m", "亩", "乡镇", "位置", "填表人：甲", " ", "total"]
    ),
    st.text(max_size=6),
)


@given(st.data())
def test_no_row_and_no_cell_is_lost(data):
    """Whatever the sheet, with any merged ranges: rows reconcile, and every cell of a kept row stands in the frame."""
    height, width = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 6))
    cells = [[data.draw(ANY) for _ in range(width)] for _ in range(height)]
    merged = []
    for _ in range(data.draw(st.integers(0, 3))):
        row, col = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
        merged.append(
            (row, col, data.draw(st.integers(row, height - 1)), data.draw(st.integers(col, width - 1)))
        )
    given_grid = grid(cells, merged, data.draw(st.booleans()))
    before = given_grid.cells.copy()
    try:
        sheet = read_header(given_grid)
    except OverdraftError as empty:
        assert empty.key == "importing.sheet_empty"  # noqa: PT017
        assert not any(str(cell).strip() for row in cells for cell in row if cell is not None)
        return
    assert sheet.n_rows == height
    numbers = [*sheet.rows.tolist(), *(item.row for item in sheet.set_aside)]
    assert sorted(numbers) == list(range(sheet.header_rows[1] + 1, height + 1))
    assert len({name.casefold() for name in sheet.names}) == len(sheet.names)
    n_filled = sum(cell not in (None, "") for number in sheet.rows for cell in cells[number - 1])
    n_found = int((sheet.frame.to_numpy() != None).sum())  # noqa: E711 - element by element
    assert n_found == n_filled + len(sheet.fills)
    # the grid itself is not touched
    assert all(a is b for a, b in zip(before.ravel(), given_grid.cells.ravel(), strict=True))
