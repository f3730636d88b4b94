"""A mapping on file: what was saved is what is read, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.importing.mapping import FORMAT, MAX_BYTES, load_mapping, mapping_text
from overdraft.core.importing.names import Given, match
from overdraft.core.schema import register_schema

WELLS = register_schema().roles["wells"]
NAMES = ["代号", "取水量", "井深(米)", "旧号", "说明", "联系电话"]
GIVEN = Given(
    {"代号": "well_id", "取水量": "permit_m3", "旧号": "-", "说明": "*"},
    {"取水量": "万m³"},
    {"status": {"封": "sealed"}},
)


def told(columns):
    return [(c.name, c.field, c.unit.name if c.unit else "", c.matched_by == "left_out") for c in columns]


@pytest.fixture
def saved(tmp_path):
    """``saved(text)``: a file with this text, loaded as a mapping of wells."""

    def load(text, role="wells"):
        path = tmp_path / "对应.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_mapping(path, role)

    return load


def test_a_saved_mapping_reads_the_same_columns_the_same_way(saved):
    first = match(WELLS, NAMES, GIVEN)
    again, columns = saved(mapping_text("wells", first, GIVEN))
    assert columns == NAMES
    assert told(match(WELLS, NAMES, Given(), again)) == told(first)
    assert again.words == {"status": {"封": "sealed"}}


def test_personal_columns_are_not_part_of_a_mapping():
    assert "联系电话" not in json.loads(mapping_text("wells", match(WELLS, NAMES, GIVEN), GIVEN))["fields"]


GOOD = {
    "format": FORMAT,
    "role": "wells",
    "columns": ["a"],
    "fields": {"a": "name"},
    "units": {},
    "words": {},
}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "importing.mapping_broken"),
        ("{", "importing.mapping_broken"),
        (b"\xff\xfe\x00", "importing.mapping_broken"),
        ("[" * 100_000, "importing.mapping_broken"),
        ("[]", "importing.mapping_format"),
        ('{"format": "other"}', "importing.mapping_format"),
        (json.dumps({**GOOD, "role": "zones"}), "importing.mapping_role"),
        (json.dumps({**GOOD, "role": ["wells"]}), "importing.mapping_role"),
        (json.dumps({**GOOD, "fields": {"a": 1}}), "importing.mapping_key"),
        (json.dumps({**GOOD, "words": {"status": "sealed"}}), "importing.mapping_key"),
        (json.dumps({**GOOD, "columns": "a"}), "importing.mapping_key"),
        (b" " * (MAX_BYTES + 1), "importing.mapping_big"),
    ],
)
def test_anything_else_is_refused_with_its_name(saved, text, key):
    with pytest.raises(OverdraftError) as caught:
        saved(text)
    assert caught.value.key == key
    for language in ("en", "zh"):
        assert "对应.json" in caught.value.text(language)


def test_a_field_of_a_mapping_that_does_not_exist_is_refused(saved):
    given, _ = saved(json.dumps({**GOOD, "fields": {"a": "nothing"}}))
    with pytest.raises(OverdraftError) as caught:
        match(WELLS, ["a"], Given(), given)
    assert caught.value.key == "importing.map_field"
