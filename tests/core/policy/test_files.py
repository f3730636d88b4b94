"""Wrong policy files: the message names file and line, the key, what was found and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.policy import available_policies, load_policy, parse_policy
from overdraft.core.policy.loader import MAX_BYTES, content_version

FILE = "mine.toml"
SHIPPED = next(title.path for title in available_policies() if title.id == "turpan-2021")


def refused(text: str, old: str = "", new: str = "", language: str = "en") -> str:
    """The message for a file in which ``old`` was replaced by ``new``."""
    if old:
        assert text.count(old) >= 1, old
    with pytest.raises(OverdraftError) as caught:
        parse_policy(text.replace(old, new, 1) if old else text, FILE)
    assert "{" not in caught.value.text("zh").replace("{ ", "")
    return caught.value.text(language)


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def test_the_small_policy_is_right(small_text):
    policy = parse_policy(small_text, FILE)
    assert policy.id == "small-2024"
    assert policy.succeeds == "small-2019"
    assert policy.zone_units[0].unit_id == "990102"
    assert policy.zone_units[0].severity == "severe"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'name_en = "Alpha"',
            'name_english = "Alpha"',
            ["units[1].name_english", "Did you mean name_en?", "parent_id"],
        ),
        ('gloss = "', 'zzz = 1\ngloss = "', ["clauses[0].zzz", "not known", "evaluation"]),
        ('issuer = "某市人民政府"\n', "", ["policy.issuer", "missing"]),
        ('title = "某市地下水管理方案"', "title = 5", ["policy.title", "is 5", "text in quotation marks"]),
        (
            "issued_on = 2024-03-01",
            'issued_on = "1 March"',
            ["policy.issued_on", '"1 March"', "date", "2021-11-12"],
        ),
        ("issued_on = 2024-03-01", "issued_on = 2024-03-01T10:00:00", ["policy.issued_on", "date"]),
        ("year = 2030", 'year = "2030"', ["targets[0].year", '"2030"', "whole number"]),
        ("year = 2030", "year = 20300", ["targets[0].year", "20300", "1949 … 2100"]),
        ("total = 3.0", "total = true", ["targets[0].total", "true", "number"]),
        ("total = 3.0", "total = 3e13", ["targets[0].total", "10^12"]),
        ("total = 3.0", "total = nan", ["targets[0].total", "NaN"]),
        (
            "optional = true",
            "optional = 1",
            ["settings.limits.max_distance_m.optional", "true or false"],
        ),
        ('aliases = ["甲"]', 'aliases = "甲"', ["units[1].aliases", "list"]),
        ("kind = [", "kind = []\nkind2 = [", ["clauses[0].kind"]),
        ('kind = ["quantity_limit"]', 'kind = ["wish"]', ["clauses[0].kind[0]", '"wish"', "quantity_limit"]),
        (
            'force = "mandatory"',
            'force = "strong"',
            ["clauses[0].force", '"strong"', "mandatory, soft, claimed"],
        ),
        ('level = "county"', 'level = "shire"', ["units[1].level", '"shire"', "county"]),
        ('id = "small-2024"', 'id = "Small 2024"', ["policy.id", '"Small 2024"', "turpan-2021"]),
        ('gloss = "Total use is at most 30,000 m³."', 'gloss = "  "', ["clauses[0].gloss", "empty"]),
        ('clause = "SML-1"', 'clause = "SML-2"', ["zone_units[0].clause", "SML-2", "Nearest: SML-1"]),
        ('unit_id = "990102"', 'unit_id = "990109"', ["zone_units[0].unit_id", "990109", "990101, 990102"]),
        ('id = "990102"', 'id = "990101"', ["units[2].id", "990101", "one unit only"]),
        ('name_en = "Beta"', 'name_en = "ALPHA"', ["units[2].id", "alpha", "990101"]),
        ('parent_id = "9901"', 'parent_id = "99"', ["units[1].parent_id", "99", "9901"]),
        ('city_id = "9901"', 'city_id = "9902"', ["policy.city_id", "9902", "9901"]),
        ("990102 = 1.70", "990109 = 1.70", ["targets[0].parts.990109", "990101, 990102, reserve"]),
        ("990102 = 1.70", "9901 = 1.70", ["targets[0].parts.9901", "990101, 990102, reserve"]),
        ("item = ", "item = 'x'\nitem2 = ", ["targets[0].item2"]),
        ('item = "total_use"', 'item = "all_use"', ["targets[0].item", "all_use", "total_use"]),
        ("year = 2035", "year = 2030", ["targets[1].item", "total_use 2030"]),
        (
            "since = 2020, value = 0.5",
            "since = 2030, value = 0.5",
            ["targets[0].reduction.since", "before 2030"],
        ),
        ("since = 2020, value = 0.5", "since = 2020", ["targets[0].reduction.value", "missing"]),
        ('value = "R2"', 'value = "R4"', ["settings.limits.reading.value", '"R4"', "R1, R2"]),
        ('value = "R2"\n', "", ["settings.limits.reading.value", "missing"]),
        ('allowed = ["R1", "R2"]\n', "", ["settings.limits.reading.allowed", "missing"]),
        ('allowed = ["R1", "R2"]', "allowed = [1, 2]", ["settings.limits.reading.allowed[0]", "text"]),
        ("optional = true", "value = -1", ["settings.limits.max_distance_m.value", "from 0 to 5000"]),
        (
            "optional = true",
            'value = "far"',
            ["settings.limits.max_distance_m.value", '"far"', "number"],
        ),
        (
            'source = "gap"',
            'value = 0.9\nsource = "gap"',
            ["settings.warning.line_ratio.value", "0.9", "gap"],
        ),
        ("[settings.warning.line_ratio]", "[settings.Warning.line_ratio]", ["settings.Warning"]),
        ("[settings.warning.line_ratio]", "[settings.warning]", ["settings.warning.type", "table"]),
        ('succeeds = "small-2019"', "succeeds = false", ["policy.succeeds", "false", "text"]),
        ("format = 1", "format = 2", ["format", "is 2", "1"]),
        ("format = 1\n", "", ["format", "missing"]),
        ("[items.total_use]", "[items.Total]", ["items.Total", "small letters"]),
        (
            "[settings.limits.max_distance_m]",
            "[settings.replacement.max_distance_m]",
            ["settings.replacement.reading", "missing"],
        ),
        (
            "[settings.limits.reading]",
            "[settings.replacement.raeding]",
            ["settings.replacement.raeding", "Did you mean replacement.reading?"],
        ),
        ('unit = "万m3"', 'unit = "acre"', ["items.total_use.unit", '"acre"', "亿m3"]),
    ],
)
def test_a_wrong_key_or_value_is_named(small_text, old, new, words):
    message = refused(small_text, old, new)
    assert message.startswith(FILE)
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("old", "new", "start"),
    [
        ('name_en = "Alpha"', 'name_english = "Alpha"', "name_english"),
        ("issued_on = 2024-03-01", 'issued_on = "1 March"', "issued_on"),
        ('value = "R2"', 'value = "R4"', 'value = "R4"'),
        ("990102 = 1.70", "990109 = 1.70", "parts = { 990101"),
        ('force = "mandatory"', 'force = "strong"', "force"),
    ],
)
def test_the_line_is_named(small_text, old, new, start):
    changed = small_text.replace(old, new, 1)
    assert refused(changed).startswith(f"{FILE}:{line_of(changed, start)}: ")


def test_a_missing_key_names_the_line_of_its_table(small_text):
    changed = small_text.replace('issuer = "某市人民政府"\n', "")
    assert refused(changed).startswith(f"{FILE}:{line_of(changed, '[policy]')}: ")


def test_messages_are_in_chinese_too(small_text):
    message = refused(small_text, 'force = "mandatory"', 'force = "strong"', "zh")
    assert "允许的值：mandatory, soft, claimed" in message


def test_units_cannot_lie_within_themselves(small_text):
    circle = small_text.replace('level = "prefecture"', 'level = "prefecture"\nparent_id = "990101"')
    assert "within itself" in refused(circle)


@pytest.mark.parametrize(
    "text",
    [
        "this is no TOML",
        "a = ",
        "[policy",
        'a = "one\ntwo"',
        "a = 1\na = 2",
        "a = 1e99999999999999999999",
        "a = " + "9" * 5000,
    ],
)
def test_what_is_not_toml_is_said_with_the_line_where_known(text):
    assert "not valid TOML" in refused(text)


def test_toml_errors_name_the_line(small_text):
    broken = small_text.replace("year = 2030", "year = = 2030")
    assert f"{FILE}:{line_of(broken, 'year = =')}: not valid TOML" in refused(broken)


@pytest.mark.parametrize("depth", [30, 100_000])
def test_deep_nesting_is_refused(small_text, depth):
    assert "levels deep" in refused("a = " + "[" * depth + "]" * depth + "\n" + small_text)


def test_a_huge_number_is_refused_by_its_key(small_text):
    assert "targets[0].total" in refused(small_text, "total = 3.0", "total = 0x" + "f" * 20_000)


def test_an_empty_file_says_what_is_missing():
    assert "format" in refused("")


def test_file_that_is_too_large(tmp_path):
    path = tmp_path / "big.toml"
    path.write_bytes(b"# filler\n" * (MAX_BYTES // 9 + 10))
    with pytest.raises(OverdraftError, match=str(MAX_BYTES)) as caught:
        load_policy(path)
    assert "big.toml" in str(caught.value)


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\r\n\x1a\n\x00\x00", b"SQLite format 3\x00", "政策".encode("gb18030")]
)
def test_binary_or_otherwise_encoded_file(tmp_path, raw):
    path = tmp_path / "picture.toml"
    path.write_bytes(raw)
    with pytest.raises(OverdraftError, match="not UTF-8 text"):
        load_policy(path)


def test_missing_file_folder_and_unknown_id(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(OverdraftError, match="There is no file"):
            load_policy(path)
    with pytest.raises(OverdraftError, match="Nearest: turpan-2021"):
        load_policy("turpan-2012")
    with pytest.raises(OverdraftError, match="no policy"):
        load_policy("../secrets")


def test_a_file_of_the_users_own(tmp_path, small_text):
    path = tmp_path / "own.toml"
    path.write_bytes(
        b"\xef\xbb\xbf" + small_text.replace("\n", "\r\n").encode()
    )  # as Windows editors save it
    assert load_policy(path) == parse_policy(small_text, "small-2024.toml")


def test_a_copy_with_one_changed_value_overrides_the_shipped_one(tmp_path, turpan):
    path = tmp_path / "turpan.toml"
    path.write_text(
        SHIPPED.read_text(encoding="utf-8").replace('value = "R1"', 'value = "R2"'), encoding="utf-8"
    )
    mine = load_policy(path)
    assert mine.id == turpan.id
    assert mine.value("replacement.reading") == "R2"
    assert mine.version != turpan.version


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            '["R1", "R2", "R3"]',
            '["R1", "R9"]',
            ["settings.replacement.reading.allowed[1]", '"R9"', "R1, R2, R3"],
        ),
        (
            'type = "date"\nvalue = 2021-01-01',
            'type = "text"\nvalue = "x"',
            ["settings.retirement.baseline.type", "date"],
        ),
        (
            "[settings.retirement.parent_sum_only]",
            "[settings.other.x]",
            ["settings.retirement.parent_sum_only"],
        ),
        (
            'value = "county"\nallowed',
            "optional = true\nallowed",
            ["settings.replacement.pool.value", "missing"],
        ),
        ("[settings.replacement.pool]", "[settings.replacement.pol]", ["Did you mean replacement.pool?"]),
    ],
)
def test_settings_that_rules_read_are_complete_and_known(old, new, words):
    """A reading that no rule knows must not silently count as another."""
    message = refused(SHIPPED.read_text(encoding="utf-8"), old, new)
    for word in words:
        assert word in message


def test_version_ignores_comments_layout_and_order_of_keys(small_text):
    version = parse_policy(small_text, FILE).version
    assert parse_policy("# a word more\n\n" + small_text, FILE).version == version
    swapped = small_text.replace('id = "SML-1"\nlocator = "一"', 'locator = "一"\nid = "SML-1"')
    assert swapped != small_text
    assert parse_policy(swapped, FILE).version == version


@pytest.mark.parametrize(("old", "new"), [("total = 3.0", "total = 3.00"), ('value = "R2"', 'value = "R1"')])
def test_version_changes_with_every_value(small_text, old, new):
    assert parse_policy(small_text.replace(old, new), FILE).version != parse_policy(small_text, FILE).version


def test_version_is_the_hash_of_canonical_json():
    """echo -n '{"a":[1,"二"]}' | sha256sum"""
    assert content_version({"a": [1, "二"]}) == "a400170619edf4d7"


def test_the_list_of_policies_leaves_out_a_broken_head(tmp_path, small_text):
    (tmp_path / "a.toml").write_text(small_text, encoding="utf-8")
    (tmp_path / "b.toml").write_text("[policy\n", encoding="utf-8")
    (tmp_path / "c.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "d.toml").write_text(small_text.replace("year = 2030", "year = = 2030"), encoding="utf-8")
    assert [title.path.name for title in available_policies(tmp_path)] == ["a.toml", "d.toml"]


def test_the_example_of_the_documentation_is_a_policy():
    text = (Path(__file__).parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
    example = next(
        part.split("```", 1)[0] for part in text.split("```toml\n")[1:] if part.startswith("format")
    )
    policy = parse_policy(example, "example.toml")
    assert policy.checks()
    assert policy.settings
