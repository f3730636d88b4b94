"""Whole columns: values, what was changed, what could not be read; the short road gives what the long one does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.importing.cells import convert_column, with_merged
from overdraft.core.importing.vocabulary import unit_named
from overdraft.core.schema import register_schema

SCHEMA = register_schema()
WELLS = SCHEMA.roles["wells"].fields


def column(cells):
    return pd.Series(cells, dtype=object)


def read(cells, field, unit=None):
    item = WELLS[field]
    return convert_column(column(cells), item, unit, SCHEMA.words[item.enum] if item.enum else None)


def listed(found):
    return [None if pd.isna(value) else value for value in pd.Series(found.values)]


@pytest.mark.parametrize(
    ("field", "word", "token"),
    [
        ("use", "农业灌溉", "irrigation"),
        ("use", "工业", "industry"),
        ("status", "在用", "active"),
        ("status", "封填", "sealed"),
        ("status", "封闭", "sealed"),
        ("status", "封井", "sealed"),
        ("status", "封存备用", "standby"),
        ("status", "封存", "standby"),
        ("status", "停用", "shut"),
        ("status", "关停", "shut"),
        ("status", "拆除", "dismantled"),
        ("status", "SEALED", "sealed"),
        ("aquifer", "深层承压水", "deep_confined"),
        ("origin", "更新", "renewal"),
    ],
)
def test_words_become_values(field, word, token):
    found = read([word, token, ""], field)
    assert listed(found) == [token, token, None]
    assert found.changed.tolist() == [True, False, False]
    assert found.void.tolist() == [False, False, True]


def test_a_bare_seal_is_asked():
    found = read(["封", "封填"], "status")
    assert listed(found) == [None, "sealed"]
    assert found.bad.tolist() == [True, False]


def test_zone_words():
    item = SCHEMA.roles["zones"].fields["severity"]
    found = convert_column(column(["严重超采", "一般超采区"]), item, None, SCHEMA.words["severity"])
    assert listed(found) == ["severe", "general"]


def test_yes_and_no():
    found = read(["是", "否", "Y", "√", 1, "0", True, "也许", None], "metered")
    assert listed(found) == [True, False, True, True, True, False, True, None, None]
    assert found.bad.tolist() == [False] * 7 + [True, False]


def test_ids_keep_zeros_and_lose_width():
    found = read(["007", "Ｗ００８", 9, 10.0, 1.5e17, " A-1 ", "#N/A"], "well_id")
    assert listed(found) == ["007", "W008", "9", "10", None, "A-1", None]
    assert found.bad.tolist() == [False, False, False, False, True, False, True]


def test_lists_in_one_form():
    found = read(["W1、W2", "W1;W2", "W1，W2；W2", "无", "W1/W2"], "replaces")
    assert listed(found) == ["W1;W2", "W1;W2", "W1;W2", None, "W1/W2"]
    assert found.changed.tolist() == [True, False, True, True, False]


def test_counts_by_kind_add_up():
    found = read(
        ["1", "1,000", "１", "5万m³", "x", None], "permit_m3", unit_named(WELLS["permit_m3"], "万m³")
    )
    assert found.counts() == {"separators": 1, "unit": 4, "unit_in_cell": 1, "width": 1}
    assert int(found.changed.sum() + found.bad.sum() + found.void.sum()) == 6


CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.sampled_from(["12.5", "1,234", "2024-01-05", "在用", "-", "１２"]),
)  # fmt: skip


@given(
    st.lists(CELLS, max_size=8),
    st.sampled_from(["well_id", "depth_m", "built_on", "status", "metered", "replaces"]),
)
def test_no_cell_crashes_and_every_cell_is_accounted_for(cells, field):
    found = read(cells, field)
    assert len(found.values) == len(found.bad) == len(cells)
    gone = np.asarray(pd.isna(pd.Series(found.values)))
    assert not (found.bad & ~gone).any()  # what could not be read is empty
    assert (gone | ~found.void).all()  # what was empty stays empty
    silent = gone & ~found.bad & ~found.void & ~found.changed
    assert not silent.any()  # nothing disappears without a word


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False).map(repr), min_size=1, max_size=8))
def test_the_short_road_reads_what_the_long_one_does(texts):
    short = read(texts, "depth_m")
    long = read([*texts, "1,000"], "depth_m")
    assert short.values.tolist() == long.values.tolist()[:-1]
    assert not short.changed.any()


SIGNS = st.text(st.sampled_from("井Ｗ1a#/-无 （）é\u0301\u3000\n\t"), max_size=4)


@given(st.lists(st.one_of(st.none(), SIGNS, st.text(max_size=3)), min_size=1, max_size=6))
@pytest.mark.parametrize("field", ["well_id", "village"])
def test_texts_are_read_alike_alone_and_beside_a_cell_that_needs_a_look(field, cells):
    alone, beside = read(cells, field), read([*cells, " x "], field)
    assert listed(alone) == listed(beside)[:-1]
    for name in ("bad", "void", "changed"):
        assert getattr(alone, name).tolist() == getattr(beside, name).tolist()[:-1]


@pytest.mark.parametrize(
    ("cells", "values", "changed"),
    [
        (["取水（吐）字", "井2", "", None], ["取水（吐）字", "井2", None, None], [False] * 4),
        (["井1", "不详"], ["井1", "不详"], [False, False]),  # a name, not an id
        (["井1", "N/A"], ["井1", None], [False, True]),
        (["井1", "n\nil"], ["井1", None], [False, True]),
        (["e\u0301", "井"], ["\u00e9", "井"], [True, False]),
    ],
)
def test_names_that_are_kept_and_names_that_are_none(cells, values, changed):
    found = read(cells, "village")
    assert listed(found) == values
    assert found.changed.tolist() == changed


def test_cells_below_a_merged_one_are_counted_once():
    """In the sheet the second and fourth cell are empty: what stands there now was filled in, and then read."""
    read_first = read(["在用", "在用", "sealed", "sealed", "封"], "status")
    found = with_merged(read_first, np.array([1, 3]))
    assert found.counts() == {"merged": 2, "word": 2}
    assert found.changed.tolist() == [True, True, False, True, False]
    assert found.bad.tolist() == [False] * 4 + [True]
