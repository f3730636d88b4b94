"""What a run lays over the policy's settings."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.policy import effective_settings, parse_policy, unverified, with_settings
from overdraft.core.replacement.settings import replacement_settings
from overdraft.core.retirement.settings import retirement_settings


def test_without_overrides_the_policy_speaks(turpan):
    assert effective_settings(turpan) == dict(turpan.settings)
    assert effective_settings(turpan, {"replacement.reading": None, "replacement.pool": " "}) == dict(
        turpan.settings
    )


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("replacement.reading", "R2", "R2"),
        ("replacement.reading", " R3 ", "R3"),
        ("replacement.pool", "city", "city"),
        ("replacement.baseline", "2021-01-01", date(2021, 1, 1)),
        ("replacement.baseline", date(2020, 5, 6), date(2020, 5, 6)),
        ("replacement.baseline", datetime(2020, 5, 6, 12), date(2020, 5, 6)),
        ("replacement.baseline", "2021-01-01T00:00:00", date(2021, 1, 1)),
        ("replacement.applies_outside_zone", "true", True),
        ("replacement.applies_outside_zone", True, True),
        ("replacement.credit_requires_permit", "0", False),
        ("replacement.credit_requires_permit", 0, False),
        ("replacement.order_days", "30", 30),
        ("replacement.order_days", 30.0, 30),
        ("replacement.max_distance_m", "500.5", 500.5),
        ("replacement.max_distance_m", 0, 0.0),
        ("replacement.sealed_states", "sealed;shut", ("sealed", "shut")),
        ("replacement.sealed_states", ["sealed"], ("sealed",)),
        ("replacement.evidence_kinds", [], ()),
        ("carrying.class_breaks", "0.8; 1.0", (0.8, 1.0)),
        ("warning.line_ratio", "0.9", 0.9),
        ("substitution.due_on", "2026-12-31", date(2026, 12, 31)),
    ],
)
def test_overrides_are_read_as_the_type_of_the_setting(turpan, key, given, value):
    setting = effective_settings(turpan, {key: given})[key]
    assert setting.value == value
    assert type(setting.value) is type(value)
    assert (setting.source, setting.confidence) == ("user", "user")
    assert setting.clause == turpan.setting(key).clause


@pytest.mark.parametrize(
    ("key", "given", "words"),
    [
        ("replacement.reading", "R4", ["replacement.reading", '"R4"', "R1, R2, R3"]),
        ("replacement.pool", 3, ["replacement.pool", "is 3", "text"]),
        ("replacement.baseline", "12 November", ["replacement.baseline", "12 November", "date"]),
        ("replacement.baseline", "2021-13-01", ["2021-13-01", "date"]),
        ("replacement.order_days", "-1", ["replacement.order_days", "-1", "from 0 to 3650"]),
        ("replacement.order_days", 1.5, ["replacement.order_days", "1.5", "whole number"]),
        ("replacement.max_distance_m", "nan", ["replacement.max_distance_m", "NaN"]),
        ("replacement.max_distance_m", float("inf"), ["replacement.max_distance_m"]),
        ("replacement.applies_outside_zone", "perhaps", ["perhaps", "true or false"]),
        ("replacement.sealed_states", "sealed;gone", ["replacement.sealed_states[1]", '"gone"', "shut"]),
        ("replacement.single_pledge", "false", ["replacement.single_pledge", "false"]),
        ("level.thresholds", "3", ["level.thresholds", "register"]),
        ("replacement.raeding", "R1", ["replacement.raeding", "Nearest: replacement.reading"]),
    ],
)
def test_wrong_overrides_are_refused(turpan, key, given, words):
    with pytest.raises(OverdraftError) as caught:
        effective_settings(turpan, {key: given})
    for word in words:
        assert word in str(caught.value)
    assert key.split("[")[0] in caught.value.text("zh")


def test_a_value_that_somebody_confirmed_is_no_longer_unverified(turpan):
    before = unverified(turpan.settings)
    after = unverified(effective_settings(turpan, {"replacement.reading": "R1"}))
    assert set(before) - set(after) == {"replacement.reading"}
    assert list(before) == sorted(before)


def test_unverified_are_defaults_only(turpan):
    keys = unverified(turpan.settings)
    assert "retirement.baseline" not in keys  # stands in the text
    assert "over_use.base" not in keys  # absent, not assumed
    assert "replacement.baseline" in keys
    assert unverified(turpan.settings.values()) == keys
    assert unverified(turpan.settings, ["retirement.baseline", "retirement.area_basis"]) == (
        "retirement.area_basis",
    )


def test_a_policy_with_settings_of_a_run(turpan):
    run = with_settings(turpan, {"replacement.pool": "zone", "replacement.reading": None})
    assert run.value("replacement.pool") == "zone"
    assert run.value("replacement.reading") == "R1"
    assert turpan.value("replacement.pool") == "county"
    assert run.version == turpan.version
    assert run.resolve_unit("高昌区") == "650402"


def test_an_unknown_setting_names_the_nearest(turpan):
    with pytest.raises(OverdraftError, match=r"Nearest: retirement\.baseline"):
        turpan.value("retirement.baselin")


def test_a_policy_cannot_be_changed(turpan):
    with pytest.raises(TypeError):
        turpan.settings["replacement.reading"] = None
    with pytest.raises(AttributeError):
        turpan.id = "other"


def test_a_policy_without_a_rule_says_so(small_text):
    small = parse_policy(small_text, "small-2024.toml")
    with pytest.raises(OverdraftError, match=r"no such rule.*all settings of replacement"):
        small.setting("replacement.reading")
    with pytest.raises(OverdraftError, match=r"small-2024.*replacement\.reading"):
        replacement_settings(small)
    with pytest.raises(OverdraftError, match=r"small-2024.*retirement\.baseline"):
        retirement_settings(small)
