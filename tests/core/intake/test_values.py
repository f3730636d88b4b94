"""Every type's good and bad cell values (docs/contract.md §1)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from overdraft.core.intake.values import convert, shown, to_bool, to_date, to_integer, to_real, to_text
from overdraft.core.schema import register_schema

BAD = "unreadable"


def cell(converter, value):
    """The canonical value of one cell in an object column; None for empty, BAD for unreadable."""
    values, bad = converter(pd.Series([value], dtype=object))
    if bad[0]:
        assert pd.isna(values[0])
        return BAD
    return None if pd.isna(values[0]) else values[0]


MISSING = [None, np.nan, pd.NA, pd.NaT, "", "  ", "\u3000"]


@pytest.mark.parametrize("value", MISSING, ids=repr)
@pytest.mark.parametrize("converter", [to_text, to_real, to_integer, to_date, to_bool])
def test_missing_is_empty_and_no_problem(converter, value):
    assert cell(converter, value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        ("12", 12.0),
        (" -3.5 ", -3.5),
        ("+.5", 0.5),
        ("1e3", 1000.0),
        ("１２", 12.0),
        (Decimal("2.5"), 2.5),
        (np.float32(0.5), 0.5),
        (1e308, 1e308),
        ("1,234", BAD),
        ("12 亩", BAD),
        ("nan", BAD),
        ("inf", BAD),
        ("1e999", BAD),
        ("0x10", BAD),
        ("1_000", BAD),
        (np.inf, BAD),
        (-np.inf, BAD),
        (True, BAD),
        (10**400, BAD),
        (Decimal("Infinity"), BAD),
        (1j, BAD),
        ([1], BAD),
        (date(2024, 1, 1), BAD),
    ],
    ids=repr,
)
def test_real(value, expected):
    assert cell(to_real, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2024, 2024),
        (2024.0, 2024),
        ("2024", 2024),
        ("2024.0", 2024),
        ("9223372036854775807", 2**63 - 1),
        (2**53, 2**53),
        (2024.5, BAD),
        ("2024.5", BAD),
        ("2024年", BAD),
        (2**63, BAD),
        ("9223372036854775808", BAD),
        (1e300, BAD),
        (np.inf, BAD),
        (True, BAD),
    ],
    ids=repr,
)
def test_integer(value, expected):
    assert cell(to_integer, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-31", "2024-05-31"),
        ("２０２４-05-31", "2024-05-31"),
        ("2024-02-29", "2024-02-29"),
        ("2024-05-31T23:30:00", "2024-05-31"),
        ("2024-05-31 23:30:00.5+08:00", "2024-05-31"),
        (date(2024, 5, 31), "2024-05-31"),
        (datetime(2024, 5, 31, 12), "2024-05-31"),
        (pd.Timestamp("2024-05-31 12:00", tz="Asia/Urumqi"), "2024-05-31"),
        (np.datetime64("2024-05-31"), "2024-05-31"),
        ("1677-09-22", "1677-09-22"),
        ("2262-04-11", "2262-04-11"),
        ("2024-02-30", BAD),
        ("2023-02-29", BAD),
        ("0000-00-00", BAD),
        ("9999-12-31", BAD),
        ("1677-09-21", BAD),
        ("2262-04-12", BAD),
        (date(9999, 12, 31), BAD),
        ("2024/05/31", BAD),
        ("2024-5-1", BAD),
        ("20240531", BAD),
        ("2024", BAD),
        ("2024年5月31日", BAD),
        (45000, BAD),
        (True, BAD),
    ],
    ids=repr,
)
def test_date(value, expected):
    found = cell(to_date, value)
    assert found == BAD if expected == BAD else found == np.datetime64(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (np.False_, False),
        (1, True),
        (0.0, False),
        ("1", True),
        (" TRUE ", True),
        ("false", False),
        ("０", False),
        ("yes", BAD),
        ("是", BAD),
        (2, BAD),
        (0.5, BAD),
        ("", None),
    ],
    ids=repr,
)
def test_bool(value, expected):
    assert cell(to_bool, value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" W1 ", "W1"),
        ("0012", "0012"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12.5"),
        (650402001234.0, "650402001234"),
        (10**20, "1" + "0" * 20),
        (Decimal("7.00"), "7"),
        (True, "true"),
        (date(2024, 5, 31), "2024-05-31"),
        (pd.Timestamp("2024-05-31"), "2024-05-31"),
        ("e\u0301", "é"),
        ("Ａ１", "Ａ１"),
        (np.inf, BAD),
        (2.0**60, BAD),
        ("a\x00b", BAD),
        ("\ud800", BAD),
        (b"W1", BAD),
        ([1, 2], BAD),
        ({}, BAD),
    ],
    ids=repr,
)
def test_text(value, expected):
    assert cell(to_text, value) == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pd.Series([12.0, np.nan, 7.0]), ["12", None, "7"]),
        (pd.Series([12, 7], dtype="int64"), ["12", "7"]),
        (pd.Series([12, None], dtype="Int64"), ["12", None]),
        (pd.Series(["a", "b", "a"], dtype="category"), ["a", "b", "a"]),
        (pd.Series(["a", None], dtype="string"), ["a", None]),
        (pd.Series([True, False]), ["true", "false"]),
        (pd.Series([1, True, 1.0, "1"], dtype=object), ["1", "true", "1", "1"]),
        (pd.Series([], dtype="float64"), []),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_text_of_any_dtype(column, expected):
    values, bad = to_text(column)
    assert values.tolist() == expected
    assert not bad.any()


def test_number_columns_of_any_dtype():
    for column in (
        pd.Series([1, 2]),
        pd.Series([1, 2], dtype="uint8"),
        pd.Series([1, 2], dtype="Int64"),
        pd.Series([1.0, 2.0], dtype="float32"),
        pd.Series(["1", "2"], dtype="string"),
        pd.Series(["1", "2"], dtype="category"),
    ):
        assert to_real(column)[0].tolist() == [1.0, 2.0]
        assert to_integer(column)[0].tolist() == [1, 2]
        assert to_integer(column)[0].dtype == "Int64"


def test_number_columns_mark_their_bad_cells():
    values, bad = to_integer(pd.Series([1.0, 1.5, np.inf, np.nan, 2.0**60]))
    assert bad.tolist() == [False, True, True, False, True]
    assert values.isna().tolist() == [False, True, True, True, True]
    values, bad = to_real(pd.Series([1.0, -np.inf, np.nan]))
    assert bad.tolist() == [False, True, False]
    assert np.isnan(values).tolist() == [False, True, True]


def test_day_columns_of_any_dtype():
    for column in (
        pd.Series(pd.to_datetime(["2024-05-31 18:00", None])),
        pd.Series(pd.to_datetime(["2024-05-31 18:00", None])).dt.tz_localize("Asia/Shanghai"),
        pd.Series(["2024-05-31", None], dtype="string"),
        pd.Series([date(2024, 5, 31), None], dtype=object),
    ):
        values, bad = to_date(column)
        assert values.dtype == "datetime64[ns]"
        assert values[0] == np.datetime64("2024-05-31")
        assert np.isnat(values[1])
        assert not bad.any()


def test_days_that_nanoseconds_cannot_hold():
    coarse = np.array(["9999-12-31", "2024-05-31", "NaT"], dtype="datetime64[s]")
    column = (
        pd.Series(coarse)
        if pd.Series(coarse[1:]).dtype == "datetime64[s]"
        else pd.Series(coarse.astype(object))
    )
    values, bad = to_date(column)
    assert bad.tolist() == [True, False, False]
    assert values[1] == np.datetime64("2024-05-31")


def test_tokens_of_an_enumeration():
    schema = register_schema()
    column = pd.Series([" Sealed", "封填", "SEALED", "封", "sealed;shut", "1", None], dtype=object)
    values, bad = convert(column, schema.roles["wells"].fields["status"], schema.words["status"])
    assert values.tolist() == ["sealed", "sealed", "sealed", None, None, None, None]
    assert bad.tolist() == [False, False, False, True, True, True, False]


def test_lists_keep_what_can_be_read():
    schema = register_schema()
    column = pd.Series(["safe; Managed", "safe；safe", "safe;other", ";", None], dtype=object)
    values, bad = convert(
        column, schema.roles["irrigation"].fields["flags"], schema.words["irrigation_flags"]
    )
    assert values.tolist() == ["safe;managed", "safe", "safe", None, None]
    assert bad.tolist() == [False, False, True, False, False]
    values, bad = convert(pd.Series(["W2; W1;W2"]), schema.roles["irrigation"].fields["well_ids"])
    assert values.tolist() == ["W2;W1"]


def test_a_quoted_value_is_short_and_safe():
    assert shown(1.5) == "1.5"
    assert len(shown("x" * 10**6)) == 60
    shown("\ud800\x00").encode("utf-8")
