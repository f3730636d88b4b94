"""Writing a policy: read again it is the same but for the edits, and the file is still the user's own."""

from __future__ import annotations

import difflib
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.policy import (
    Edits,
    available_policies,
    edited_policy,
    is_shipped,
    load_policy,
    open_draft,
    read_draft,
    save_policy,
    text_of,
)
from overdraft.core.policy.edit import edited_content
from overdraft.core.policy.loader import content_version, parse_content
from overdraft.core.policy.write import toml_text, toml_value

SHIPPED = {title.id: open_draft(title.id) for title in available_policies()}
SMALL = Path(__file__).parents[2] / "data" / "policies" / "small-2024.toml"


def version(text: str) -> str:
    return content_version(parse_content(text, ""))


@pytest.mark.parametrize("policy", list(SHIPPED))
def test_a_shipped_policy_written_anew_is_the_same(policy):
    draft = SHIPPED[policy]
    assert version(toml_text(draft.content)) == draft.policy.version
    assert text_of(draft, Edits()) == draft.text


def values_of(item):
    """Values that a setting allows."""
    low = 0 if item.minimum is None else int(item.minimum)
    high = low + 1 if item.maximum is None else int(item.maximum)
    number = st.decimals(low, high, places=3, allow_nan=False)
    by_type = {
        "choice": st.sampled_from(item.allowed or ("x",)),
        "choices": st.lists(st.sampled_from(item.allowed or ("x",)), unique=True),
        "bool": st.sampled_from(item.allowed or (False, True)),
        "integer": st.integers(low, high),
        "number": number,
        "numbers": st.lists(number, min_size=1, max_size=4),
        "date": st.dates(),
        "text": st.text(
            st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1
        ).filter(str.strip),
    }
    return by_type[item.type]


@st.composite
def some_edits(draw):
    draft = SHIPPED[draw(st.sampled_from(sorted(SHIPPED)))]
    policy = draft.policy
    editable = [key for key, item in policy.settings.items() if item.type != "register"]
    keys = draw(st.lists(st.sampled_from(editable), max_size=4, unique=True))
    given_settings = {key: draw(values_of(policy.setting(key))) for key in keys}
    rows = draw(st.lists(st.integers(0, len(policy.rules) - 1), max_size=3, unique=True))
    targets = {}
    for row, sheet in enumerate(policy.sheets):
        for name in draw(st.lists(st.sampled_from([*sheet.parts, "total"]), max_size=2, unique=True)):
            targets[row, name] = draw(st.decimals(0, 1000, places=2, allow_nan=False))
    return draft, Edits(given_settings, {row: draw(st.booleans()) for row in rows}, targets)


@settings(max_examples=60, deadline=None)
@given(some_edits())
def test_what_is_saved_is_read_again_with_the_edits_and_nothing_else(made):
    draft, edits = made
    text = text_of(draft, edits)
    read = read_draft(text, draft.path)
    assert read.content == edited_content(draft, edits)
    assert read.policy.version == edited_policy(draft, edits).version
    assert read.policy.clauses == draft.policy.clauses
    comments = [line for line in draft.text.splitlines() if line.startswith("#")]
    assert [line for line in text.splitlines() if line.startswith("#")] == comments


def test_only_the_lines_that_changed_are_changed():
    draft = SHIPPED["turpan-2021"]
    row = next(
        n for n, sheet in enumerate(draft.policy.sheets) if (sheet.item, sheet.year) == ("retired_area", 2025)
    )
    rule = next(use.position for use in draft.policy.rules if use.rule == "permits.idle")
    edits = Edits({"permit.idle_ratio": "0.3"}, {rule: False}, {(row, "650402"): Decimal("6.7")})
    changed = [
        line
        for line in difflib.unified_diff(
            draft.text.splitlines(), text_of(draft, edits).splitlines(), n=0, lineterm=""
        )
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert sorted(changed) == sorted(
        [
            "+value = 0.3",
            '-source = "gap"',
            '+source = "user"',
            '+confidence = "user"',
            "+on = false",
            "-parts = { 650402 = 6.6, 650421 = 6.1, 650422 = 5.1 }",
            "+parts = { 650402 = 6.7, 650421 = 6.1, 650422 = 5.1 }",
            '+given = ["650402"]',
        ]
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("parts = { 990101 = 1.25, 990102 = 1.70 }\n", "parts.990101 = 1.25\nparts.990102 = 1.70\n"),
        (
            "reduction = { since = 2020, value = 0.5 }\n",
            "reduction = { since = 2020, value = 0.5 }\n\n[targets.given_]\n",
        ),
        (
            '[settings.limits.reading]\ntype = "choice"\nvalue = "R2"',
            '[settings.limits.reading]\ntype = "choice"\nvalue = """\\\nR2"""   # [not a table]\n# x = 1',
        ),
        ('allowed = ["R1", "R2"]', 'allowed = [\n  "R1", # value = "R9"\n  "R2",\n]'),
        ('value = "R2"', "\"value\" = 'R2'"),
        ("[settings.warning.line_ratio]", "[ settings . warning . line_ratio ]"),
    ],
)
def test_however_a_file_is_laid_out(old, new):
    text = SMALL.read_text(encoding="utf-8")
    assert old in text
    if "given_" in new:  # a table below a row, and the one after it
        text = text.replace("parts = { 990101 = 1.25, 990102 = 1.70 }\n", "")
        new = "reduction = { since = 2020, value = 0.5 }\n[targets.parts]\n990101 = 1.25\n990102 = 1.70\n"
    draft = read_draft(text.replace(old, new, 1), SMALL)
    edits = Edits(
        {"limits.reading": "R1", "warning.line_ratio": 0.85, "limits.max_distance_m": 100},
        targets={(0, "990101"): Decimal("1.30"), (1, "total"): Decimal("2.50")},
    )
    written = text_of(draft, edits)
    assert version(written) == edited_policy(draft, edits).version


@pytest.mark.parametrize(
    "value",
    [
        "quote \" and \\ and \x7f\x01\n\t'",
        "文",
        Decimal("1.70"),
        Decimal("5e0"),
        Decimal("1E+3"),
        7,
        True,
        [],
        ["a"],
    ],
)
def test_any_value_is_read_as_it_was(value):
    read = parse_content(f"a = {toml_value(value)}", "")["a"]
    assert (read, str(read), type(read)) == (value, str(value), type(value))


def test_save_beside_and_rename(tmp_path):
    draft = SHIPPED["toli-2024"]
    target = tmp_path / "政策 #1.toml"
    target.write_text("older", encoding="utf-8")
    edits = Edits(settings={"fee.mode": "whole"})
    written = save_policy(target, text_of(draft, edits))
    assert written == load_policy(target).version == edited_policy(draft, edits).version
    assert load_policy(target).value("fee.mode") == "whole"
    assert os.listdir(tmp_path) == [target.name]


def test_a_shipped_policy_is_never_overwritten(tmp_path):
    draft = SHIPPED["toli-2024"]
    before = draft.path.read_bytes()
    link = tmp_path / "mine.toml"
    link.symlink_to(draft.path)
    hard = tmp_path / "hard.toml"
    os.link(draft.path, hard)
    for path in (draft.path, draft.path.with_name("another.toml"), link, hard):
        assert is_shipped(path)
        with pytest.raises(OverdraftError) as caught:
            save_policy(path, draft.text)
        assert caught.value.key == "policy.shipped"
    assert draft.path.read_bytes() == before
    assert not is_shipped(tmp_path / "free.toml")


def test_a_failing_disk_leaves_what_was_there(tmp_path, monkeypatch):
    target = tmp_path / "mine.toml"
    target.write_text("older", encoding="utf-8")

    def full(*_):
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, name, full)
            with pytest.raises(OverdraftError) as caught:
                save_policy(target, SHIPPED["toli-2024"].text)
        assert "No space left" in caught.value.text("zh")
        assert target.read_text(encoding="utf-8") == "older"
        assert os.listdir(tmp_path) == ["mine.toml"]
    with pytest.raises(OverdraftError):
        save_policy(tmp_path / "gone" / "mine.toml", SHIPPED["toli-2024"].text)


def test_what_is_no_policy_is_not_saved(tmp_path):
    with pytest.raises(OverdraftError):
        save_policy(tmp_path / "mine.toml", "a = 1")
    assert os.listdir(tmp_path) == []
