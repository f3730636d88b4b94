"""Degrees as registers write them. 89°12′30.5″ = 89 + 12/60 + 30.5/3600 = 89.2084722…"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.coordinates.angles import to_degrees


def read(cell):
    """Degrees, bad, kind of one cell among others."""
    degrees, bad, kinds = to_degrees([cell, "x", 1.5])
    assert (degrees[2], bad.tolist()[1:], kinds.tolist()[1:]) == (1.5, [True, False], ["", "number"])
    return degrees[0], bool(bad[0]), kinds[0]


@pytest.mark.parametrize(
    "text",
    [
        "89°12′30.5″",
        "89°12'30.5\"",
        "89°12'30.5''",
        "89° 12′ 30.5″",
        "89 ° 12 ′ 30.5 ″",
        "89º12’30.5”",
        "89˚12‘30.5“",
        "89°12′30.5",
        "89°12′30″.5",
        "89度12分30.5秒",
        "89 度 12 分 30.5 秒",
        "89-12-30.5",
        "89—12—30.5",
        "89:12:30.5",
        "89：12：30.5",
        "89 12 30.5",
        "089°12′30.50″",
        "E89°12′30.5″",
        "89°12′30.5″E",
        "e 89°12′30.5″",
        "东经89°12′30.5″",
        "东经：89°12′30.5″",
        "89°12′30.5″东",
        "北纬89度12分30.5秒",
        "８９°１２′３０．５″",
        "Ｅ８９度１２分３０．５秒",
        "８９－１２－３０．５",
        "\u300089°12′30.5″ ",
        "+89°12′30.5″",
    ],
)
def test_one_angle_in_many_forms(text):
    degrees, bad, kind = read(text)
    assert degrees == pytest.approx(89.208472222222, abs=1e-12)
    assert (bad, kind) == (False, "dms")


@pytest.mark.parametrize(
    ("text", "expected", "kind"),
    [
        ("89°12.5′", 89 + 12.5 / 60, "dms"),
        ("89度12.5分", 89 + 12.5 / 60, "dms"),
        ("89°12′", 89.2, "dms"),
        ("89°", 89.0, "number_text"),
        ("89.25°", 89.25, "number_text"),
        ("89.25度", 89.25, "number_text"),
        ("E89.25", 89.25, "number_text"),
        ("89.25 N", 89.25, "number_text"),
        (" ８９.25 ", 89.25, "number_text"),
        ("8.925e1", 89.25, "number_text"),
        ("-89.25", -89.25, "number_text"),
        ("－89.25", -89.25, "number_text"),
        ("S89.25", -89.25, "number_text"),
        ("西经89°15′", -89.25, "dms"),
        ("南纬0°30′", -0.5, "dms"),
        ("-0°30′", -0.5, "dms"),
        ("89°15′W", -89.25, "dms"),
        ("0", 0.0, "number_text"),
        ("180°0′0″", 180.0, "dms"),
        (89.25, 89.25, "number"),
        (89, 89.0, "number"),
        (np.float32(89.25), 89.25, "number"),
        (Decimal("89.25"), 89.25, "number"),
    ],
)
def test_values_and_kinds(text, expected, kind):
    assert read(text) == (pytest.approx(expected, abs=1e-12), False, kind)


@pytest.mark.parametrize(
    "cell",
    [
        "891230.5",  # degrees, minutes and seconds without signs: could be metres
        891230.5,
        "8912",
        "89-12",
        "89 12",
        "2024-01-05",
        "89°60′00″",
        "89°12′60″",
        "89°99.5′",
        "89.5°12′",
        "89°12.5′30″",
        "89°12″",
        "180°0′0.1″",
        "181",
        -180.5,
        "E-89.25",
        "E89°12′W",
        "东经89°12′东",
        "89°12′30″ 43°10′",
        "89,25",
        "无",
        "1e400",
        10**400,
        np.inf,
        Decimal("Infinity"),
        True,
        b"89",
        [89],
        "9" * 101,
    ],
    ids=repr,
)
def test_nothing_is_guessed(cell):
    degrees, bad, kind = read(cell)
    assert np.isnan(degrees)
    assert (bad, kind) == (True, "")


@pytest.mark.parametrize(
    "cell", [None, np.nan, pd.NA, pd.NaT, "", "  ", "\u3000", Decimal("NaN"), Decimal("sNaN")], ids=repr
)
def test_empty_is_not_bad(cell):
    degrees, bad, kind = read(cell)
    assert np.isnan(degrees)
    assert (bad, kind) == (False, "")


def test_columns_of_numbers_keep_their_place():
    degrees, bad, kinds = to_degrees(
        pd.Series([89.25, np.nan, 512345.6, -200.0, np.inf], index=[9, 8, 7, 6, 5])
    )
    np.testing.assert_array_equal(degrees, [89.25, np.nan, np.nan, np.nan, np.nan])
    assert bad.tolist() == [False, False, True, True, True]
    assert kinds.tolist() == ["number", "", "", "", ""]


def test_other_containers():
    for cells in (
        pd.Series([1, None], dtype="Int64"),
        ("1", None),
        np.array(["1", ""]),
        pd.Series(["1", None]),
    ):
        degrees, bad, _ = to_degrees(cells)
        np.testing.assert_array_equal(degrees, [1.0, np.nan])
        assert bad.tolist() == [False, False]
    assert [part.tolist() for part in to_degrees([])] == [[], [], []]


def test_equal_values_of_different_kinds_stay_apart():
    assert to_degrees([1, True, 1.0, "1"])[1].tolist() == [False, True, False, False]


@given(
    st.integers(0, 179),
    st.integers(0, 59),
    st.integers(0, 59999),
    st.sampled_from(["{}°{}′{:.3f}″", "{}度{}分{:.3f}秒", "{}-{}-{:.3f}", "{}:{}:{:.3f}", "{} {} {:.3f}"]),
    st.sampled_from([("", 1), ("-", -1), ("E", 1), ("南纬", -1)]),
)
def test_what_is_written_is_read(degrees, minutes, thousandths, form, hemisphere):
    word, sign = hemisphere
    text = word + form.format(degrees, minutes, thousandths / 1000)
    expected = sign * (degrees + minutes / 60 + thousandths / 3_600_000)
    assert read(text) == (pytest.approx(expected, abs=1e-10), False, "dms")


@given(st.lists(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.booleans())))
def test_any_cells_are_read_or_bad_or_empty(cells):
    degrees, bad, kinds = to_degrees(cells)
    assert len(degrees) == len(bad) == len(kinds) == len(cells)
    assert not (bad & ~np.isnan(degrees)).any()
    assert ((kinds != "") == ~np.isnan(degrees)).all()
    assert (np.abs(degrees[~np.isnan(degrees)]) <= 180).all()
