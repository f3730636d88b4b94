"""Which column is which field: exact names taken with their unit, everything else proposed."""

from __future__ import annotations

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.importing.names import Given, match, split_unit
from overdraft.core.schema import normal_name, register_schema

ROLES = register_schema().roles
WELLS = ROLES["wells"]


def taken(names, role=WELLS, given=None, saved=None, cut=False):
    found = match(role, names, given or Given(), saved, cut)
    return {c.name: (c.field, c.matched_by, c.unit.name if c.unit else "") for c in found}


@pytest.mark.parametrize(
    ("name", "field", "unit"),
    [
        ("well_id", "well_id", ""),
        ("机井编号", "well_id", ""),
        ("WellNo", "well_id", ""),
        ("统一编号", "well_id", ""),
        ("取水许可证", "permit_no", ""),
        ("许可水量(万m³)", "permit_m3", "万m³"),
        ("许可水量（万立方米）", "permit_m3", "万m³"),
        ("许可水量/万方", "permit_m3", "万m³"),
        ("许可水量[m3]", "permit_m3", "m³"),
        ("灌溉面积/亩", "area_mu", "亩"),
        ("灌溉面积（公顷）", "area_mu", "ha"),
        ("控制面积(hm²)", "area_mu", "ha"),
        ("井深(米)", "depth_m", "m"),
        ("depth_ft", "depth_m", "ft"),
        ("Depth (m)", "depth_m", "m"),
    ],
)
def test_exact_names_are_taken_with_their_unit(name, field, unit):
    found = taken([name])[name]
    assert found[0] == field
    assert found[2] in (unit, "m" if field == "depth_m" else unit)
    assert found[1] in ("name", "alias")


@pytest.mark.parametrize(
    ("name", "candidate"),
    [
        ("取水量(万m³)", "permit_m3"),
        ("井深", "depth_m"),
        ("许可水量", "permit_m3"),
        ("井深(丈)", "depth_m"),
        ("机井编", "well_id"),
        ("机井编号_1", "well_id"),
        ("stauts", "status"),
        ("有效期", "permit_to"),
    ],
)
def test_open_names_are_proposed_and_not_taken(name, candidate):
    (found,) = match(WELLS, [name], Given())
    assert found.field == ""
    assert found.matched_by == "proposed"
    assert candidate in found.candidates


def test_two_candidates_are_none():
    found = taken(["编号", "井号", "状态"])
    assert found["编号"] == ("", "proposed", "")
    assert found["井号"] == ("", "proposed", "")
    assert found["状态"][0] == "status"


def test_a_canonical_name_wins_over_an_alias():
    found = taken(["编号", "well_id"])
    assert found["well_id"][:2] == ("well_id", "name")
    assert found["编号"][:2] == ("", "proposed")


def test_the_user_wins_and_the_saved_mapping_follows():
    given = Given({"取水量(万m³)": "permit_m3", "旧号": "-", "说明": "*"}, {"井深": "ft"})
    saved = Given({"代号": "well_id", "取水量(万m³)": "plan_m3", "去年才有": "name"})
    found = taken(["取水量(万m³)", "代号", "旧号", "说明", "井深"], given=given, saved=saved)
    assert found["取水量(万m³)"] == ("permit_m3", "user", "万m³")
    assert found["代号"] == ("well_id", "mapping", "")
    assert found["旧号"][1] == "left_out"
    assert found["说明"][1] == "extra"
    assert found["井深"] == ("depth_m", "alias", "ft")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (Given({"没有": "name"}), "importing.map_column"),
        (Given({"a": "nothing"}), "importing.map_field"),
        (Given({"a": "name", "b": "name"}), "importing.map_twice"),
        (Given({"a": "depth_m"}, {"a": "亩"}), "importing.map_unit"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(given, key):
    with pytest.raises(OverdraftError) as caught:
        match(WELLS, ["a", "b"], given)
    assert caught.value.key == key


def test_names_that_a_shapefile_cut():
    """Ten bytes: ten letters, five characters in GBK, three in UTF-8 (nine bytes; the fourth does not fit)."""
    names = ["commission", "deregister", "self_suppl", "取水许", "使用状", "Power to w", "stopped_on"]
    found = taken(names, cut=True)
    assert found["commission"][:2] == ("commissioned_on", "truncated")
    assert found["deregister"][:2] == ("deregistered_on", "truncated")
    assert found["self_suppl"][:2] == ("self_supply", "truncated")
    assert found["使用状"][:2] == ("status", "truncated")
    assert found["stopped_on"][:2] == ("stopped_on", "name")
    assert taken(["commission"])["commission"][1] == "proposed"  # no shapefile: not taken
    # 取水许可证… are names of permit_no only; 取水用途 begins otherwise
    assert found["取水许"][:2] == ("permit_no", "truncated")


def test_personal_columns_are_kept_apart_in_every_role():
    for role in ("wells", "permits", "irrigation"):
        found = taken(["井主", "联系电话", "身份证"], ROLES[role])
        assert [v[1] for v in found.values()] == ["personal"] * 3


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("取水量(万m³)", ("取水量", "万m3")),
        ("取水量（万m³）", ("取水量", "万m3")),
        ("面积/亩", ("面积", "亩")),
        ("area_ha", ("area", "ha")),
        ("面积", ("面积", "")),
        ("面积，亩", ("面积", "亩")),
    ],
)
def test_the_unit_of_a_heading(name, parts):
    assert split_unit(name) == parts


def test_every_alias_of_every_role_is_taken_alone():
    """A name that the schema gives to a field leads there and nowhere else, in any width and case."""
    for role in ROLES.values():
        for item in role.fields.values():
            for alias in (item.name, *item.aliases):
                (found,) = match(role, [alias.upper()], Given())
                if role.names[normal_name(alias)] == item.name:
                    assert (found.field, found.matched_by in ("name", "alias")) == (item.name, True), alias
