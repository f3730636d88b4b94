"""The .dbf as it stands: header, code page, names, cells in every encoding, and what is broken is refused."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.importing.reading.dbf import read_dbf
from overdraft.core.importing.reading.encodings import detect


def dbf(fields, rows, code_page=0, encoding="gbk", deleted=(), version=3):
    """The bytes of a .dbf; fields are (name, type, width, decimals), cells text or bytes."""
    as_bytes = lambda text: text if isinstance(text, bytes) else text.encode(encoding)  # noqa: E731
    width = 1 + sum(field[2] for field in fields)
    head = struct.pack(
        "<B3BIHH17xBxx", version, 124, 1, 1, len(rows), 33 + 32 * len(fields), width, code_page
    )
    for name, kind, size, decimals in fields:
        head += struct.pack(
            "<11sc4xBB14x", as_bytes(name)[:10], kind.encode(), size % 256, decimals + size // 256
        )
    body = [
        (b"*" if number in deleted else b" ")
        + b"".join(as_bytes(cell)[: f[2]].ljust(f[2]) for cell, f in zip(row, fields, strict=True))
        for number, row in enumerate(rows)
    ]
    return head + b"\r" + b"".join(body) + b"\x1a"


FIELDS = [("机井编号", "C", 12, 0), ("乡镇", "C", 10, 0), ("井深", "N", 8, 2), ("眼数", "N", 4, 0), ("成井", "D", 8, 0),
          ("在用", "L", 1, 0)]  # fmt: skip
ROWS = [
    ("001", "亚尔镇", "80.50", "3", "20240105", "T"),
    ("002", "恰特喀勒乡上", "", "", "20240230", "F"),
    ("003", "", "12,5", "****", "00000000", "?"),
]


@pytest.fixture
def write(tmp_path):
    def call(raw) -> Path:
        path = tmp_path / "井.dbf"
        path.write_bytes(raw)
        return path

    return call


def test_header_and_cells(write):
    read = read_dbf(write(dbf(FIELDS, ROWS, code_page=0x4D)))
    assert (read.version, read.code_page, read.declared, read.n_records) == (3, 0x4D, "gb18030", 3)
    assert read.names("gb18030") == ["机井编号", "乡镇", "井深", "眼数", "成井", "在用"]
    assert [(f.kind, f.width, f.start) for f in read.fields] == [
        ("C", 12, 1), ("C", 10, 13), ("N", 8, 23), ("N", 4, 31), ("D", 8, 35), ("L", 1, 43),
    ]  # fmt: skip
    kept = read.kept()
    column = [list(read.column(place, "gb18030", kept)) for place in range(6)]
    assert column[0] == ["001", "002", "003"]
    # ten bytes hold five hanzi; the sixth is gone as a whole
    assert column[1] == ["亚尔镇", "恰特喀勒乡", None]
    assert column[2] == [80.5, None, "12,5"]
    assert column[3][0] == 3
    assert pd.isna(column[3][1:]).all()
    assert column[4] == ["20240105", "20240230", None]
    assert column[5] == [True, False, None]


def test_a_name_cut_in_the_middle_of_a_character_loses_the_piece(write):
    """Ten bytes of UTF-8 hold three hanzi and a third of the fourth."""
    read = read_dbf(write(dbf([("取水许可证", "C", 5, 0)], [], encoding="utf-8")))
    assert read.fields[0].name == "取水许可证".encode()[:10]
    assert read.names("utf-8") == ["取水许"]


def test_a_cell_cut_in_the_middle_of_a_character_loses_the_piece(write):
    read = read_dbf(write(dbf([("a", "C", 8, 0)], [("上湖村村",), ("x",)], encoding="utf-8")))
    assert list(read.column(0, "utf-8", read.kept())) == ["上湖", "x"]


def test_half_a_character_before_padding_is_damage(write):
    """The longest cell of a column too: what follows it is not the end of the field."""
    read = read_dbf(write(dbf([("a", "C", 40, 0)], [("上湖".encode() + b"\xe6",), ("x",)], encoding="utf-8")))
    assert list(read.column(0, "utf-8", read.kept())) == ["上湖\ufffd", "x"]


def test_line_breaks_and_nul_in_cells(write):
    rows = [("一\n二",), ("三\x00",), (b"\xff\xff",)]
    read = read_dbf(write(dbf([("a", "C", 8, 0)], rows)))
    assert list(read.column(0, "gb18030", read.kept()))[:2] == ["一\n二", "三"]
    assert len(read.column(0, "gb18030", read.kept())) == 3


def test_deleted_records_and_no_records(write):
    read = read_dbf(write(dbf(FIELDS, ROWS, deleted=[1])))
    assert read.kept().tolist() == [0, 2]
    assert list(read.column(0, "gbk", read.kept())) == ["001", "003"]
    empty = read_dbf(write(dbf(FIELDS, [])))
    assert [len(empty.column(place, "gbk", empty.kept())) for place in range(6)] == [0] * 6
    assert empty.samples() == {0: [], 1: []}


def test_whole_numbers_keep_all_their_digits(write):
    rows = [("650402000000000123",), ("650402000000000124",), ("",)]
    read = read_dbf(write(dbf([("n", "N", 18, 0)], rows)))
    assert list(read.column(0, "ascii", read.kept())) == [650402000000000123, 650402000000000124, None]
    small = read_dbf(write(dbf([("n", "N", 9, 0)], [("12",), ("-7",)])))
    assert small.column(0, "ascii", small.kept()).tolist() == [12, -7]


def test_wide_character_fields(write):
    """FoxPro puts the high byte of the width into the decimals."""
    read = read_dbf(write(dbf([("a", "C", 300, 0)], [("井" * 150,)])))
    assert read.fields[0].width == 300
    assert list(read.column(0, "gbk", read.kept())) == ["井" * 150]


def test_samples_are_bounded_and_spread_over_the_file(write):
    n = 60_000
    rows = [("中间才有" if place in (30_000, 59_999) else "x",) for place in range(n)]
    read = read_dbf(write(dbf([("a", "C", 100, 0)], rows)))
    assert n * read.n_record_bytes > 6_000_000
    assert read.samples() == {0: ["中间才有".encode("gbk")]}  # the last record is always looked at


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_detection_on_the_cells(write, encoding):
    read = read_dbf(write(dbf(FIELDS, ROWS, encoding=encoding)))
    cells = [cell for column in read.samples().values() for cell in column]
    found = detect([*(field.name for field in read.fields), *cells])
    assert (found.name, found.is_sure) == ("utf-8" if encoding == "utf-8" else "gb18030", True)


@pytest.mark.parametrize(
    ("damage", "at"),
    [
        (lambda raw: raw[:20], "0–31"),
        (lambda raw: b"\x99" + raw[1:], "0"),
        (lambda raw: raw[:8] + b"\xff\xff" + raw[10:], "8–9"),
        (lambda raw: raw[:8] + b"\x20\x00" + raw[10:], "8–9"),
        (lambda raw: raw[:10] + b"\x03\x00" + raw[12:], "10–11"),
        (lambda raw: raw[:60], "8–9"),
        (lambda raw: raw[:-50], "4–7"),
        (lambda raw: raw[:4] + b"\xff\xff\xff\x7f" + raw[8:], "4–7"),
    ],
)
def test_a_broken_file_is_refused_with_what_was_found(write, damage, at):
    with pytest.raises(OverdraftError) as broken:
        read_dbf(write(damage(dbf(FIELDS, ROWS))))
    assert broken.value.key == "importing.dbf_broken"
    assert broken.value.values["at"] == at
    assert "井.dbf" in broken.value.text("zh")


@settings(max_examples=150)
@given(data=st.data())
def test_flipped_bytes_are_read_or_refused(tmp_path_factory, data):
    raw = bytearray(dbf(FIELDS, ROWS))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("flipped") / "a.dbf"
    path.write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    try:
        read = read_dbf(path)
    except OverdraftError:
        return
    kept = read.kept()
    for place in range(len(read.fields)):
        assert len(read.column(place, "gb18030", kept)) == len(kept)
    assert np.all(kept < read.n_records)
