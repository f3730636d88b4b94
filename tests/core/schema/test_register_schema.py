"""The register's roles, fields, types and enumerations are exactly those of docs/contract.md §1."""

from __future__ import annotations

from pathlib import Path

import pytest

from overdraft.core.schema import column_aliases, load_schema, normal_name, register_schema

# Role: fields in order; * the column must exist, ? a bool. Written out by hand from the contract.
WELLS = (
    "well_id* name county township village use* aquifer depth_m built_on commissioned_on origin replaces management "
    "status* status_on stopped_on deregistered_on self_supply? metered? permit_no permit_m3 permit_to permit_eligible "
    "plan_m3 account_no user_id area_mu priority m3_per_kwh_ratio"
)
POINTS = {
    "wells": WELLS,
    "intakes": "intake_id* level kind metered? metered_on",
    "sections": "section_id* river eco_flow_m3s flow_m3s",
    "stations": "station_id* aquifer ground_m threshold_m flags",
    "projects": "project_id* industry build_kind source demand_m3 traded_m3 assessment saving_review flags "
    "unconventional",
    "applications": "application_id* kind* "
    + WELLS.replace("well_id*", "well_id").replace("status*", "status")
    + " applied_on approval_no decision decided_on traded_m3 result_well_id",
}
POLYGONS = {
    "zones": "zone_id* name severity control aquifer allowable_m3 valid_from valid_to edition doc_no legal_state",
    "irrigation": "area_id* county township village status* retired_on restored_on area_mu source quota_m3_per_mu "
    "crop method tenure user_id district cost lock well_ids flags valid_from valid_to",
    "units": "unit_id* name* level* parent_id flags valid_from valid_to",
    "networks": "network_id* name valid_from valid_to",
    "alternatives": "alternative_id* kind* valid_from",
    "protection": "protection_id* kind* name",
    "parcels": "parcel_id* certificate_no area_mu user_id",
}
TABLES = {
    "events": "event_id* subject_role* subject_id* kind* effective_on* area_mu doc_no recorded_on recorded_by corrects",
    "evidence": "event_id* kind* taken_on path sha256 checked_by",
    "pairs": "renewal_id* retired_id* role state pledged_on released_on approval_no",
    "readings": "well_id* year* month volume_m3 energy_kwh account_no voucher_no as_of",
    "indices": "subject_role* subject_id* year* measure* value* unit* parent_id source sector issuer scope version "
    "effective_from as_of",
    "permits": "permit_no* user_id county source use volume_m3 approved_on valid_to state electronic? authority",
    "permit_wells": "permit_no* well_id* volume_m3 depth_m x y crs months",
    "users": "user_id* kind sector county network_id annual_m3 floor_m2 flags",
    "well_users": "well_id* user_id* share_ratio",
    "persons": "user_id* owner contact phone id_number",
    "accounts": "account_no* approved_kwh",
    "account_wells": "account_no* well_id* share_ratio",
    "well_areas": "well_id* area_id* share_ratio",
    "area_years": "area_id* year* irrigated_mu allocated_mu",
    "meters": "meter_id* well_id* installed_on standard? working? transmits? checked_on flags",
    "levels": "station_id* date_on* level_m depth_m",
    "screens": "well_id* aquifer* top_m bottom_m",
    "targets": "unit_id* year* area_mu volume_m3",
    "documents": "document_id* kind* subject_role subject_id year title number drafted_on approved_on filed_on "
    "revised_on issued_on notice_from notice_to n_days",
    "prices": "price_id* unit_id sector year kind* value* unit*",
    "violations": "violation_id* subject_role subject_id kind* clause found_on rectified_on closed_on revisited_on "
    "state",
    "objections": "objection_id* well_id* filed_on text decided_on result",
    "calendar": "day_on* working*?",
}
GEOMETRIES = {
    **dict.fromkeys(POINTS, "point"),
    **dict.fromkeys(POLYGONS, "polygon"),
    **dict.fromkeys(TABLES, "none"),
}
CONTRACT = {**POINTS, **POLYGONS, **TABLES}

ENUMS = {
    "use": "irrigation ecological_forest rural_drinking urban_supply industry service livestock landscape waterscape "
    "recreation artificial_snow heating emergency monitoring other",
    "status": "active standby shut sealed dismantled proposed",
    "origin": "original new renewal",
    "management": "local regiment",
    "aquifer": "shallow deep_confined fissure_karst mixed",
    "severity": "general severe",
    "control": "none restricted banned",
    "irrigation_source": "groundwater surface conjunctive",
    "irrigation_status": "irrigated retired fallow",
    "irrigation_lock": "keep retire",
    "irrigation_flags": "managed safe",
    "unit_level": "region prefecture county township village division regiment basin management_unit",
    "unit_flags": "old_regiment urban",
    "legal_state": "proposed in_force",
    "permit_eligible": "yes no",
    "alternative_kind": "surface reclaimed network",
    "protection_kind": "drinking_1 drinking_2 river dyke dam waterworks fragile karez other",
    "station_flags": "national assessed",
    "project_industry": "thermal_power textile petrochemical chemical other",
    "project_build_kind": "new rebuilt expanded existing",
    "application_kind": "new renewal deepen relocate extend change",
    "application_decision": "pending approved refused withdrawn",
    "event_kind": "built commissioned shut standby sealed dismantled reopened retired restored permitted "
    "permit_cancelled deregistered power_cut void",
    "evidence_kind": "photo inspection power_cut permit_cancelled document",
    "pair_role": "replaced reduced",
    "pair_state": "reserved used released",
    "measure": "index plan permit_cap use quota quota_per_mu net_field gross_diversion reclaimed wastewater_treated "
    "recharge level_control kwh_coefficient base_rate recorded_count",
    "user_flags": "water_manager leak_check key_list campus",
    "meter_flags": "online county city region",
    "water_source": "groundwater deep_confined surface reclaimed dewatering unconventional network total",
    "sector": "agriculture industry service domestic ecology landscape misc other",
    "user_kind": "enterprise park school institution household farmer district other",
    "document_kind": "groundwater_plan work_plan comprehensive_plan special_plan quarterly_report "
    "annual_report level_bulletin public_notice reduction_plan power_certificate opinion "
    "statistics_return intake_ledger saving_society soil_moisture rights_certificate other",
    "price_kind": "base_rate price operating_cost full_cost fee_standard fee_applied fee_due fee_paid "
    "works_price canal_fee",
    "violation_kind": "illegal_drilling unpermitted over_permit use_changed metering fee_arrears "
    "meter_damaged false_data reopened rectification other",
    "violation_state": "open rectified closed",
    "intake_level": "first second other",
    "intake_kind": "headworks gate river reservoir other",
    "permit_state": "valid expired cancelled suspended",
    "review_state": "passed failed missing pending",
    "project_flags": "phased_out plan could_use_unconventional",
    "unconventional_use": "full insufficient",
}
ENUM_OF = {
    "wells": "use:use aquifer:aquifer origin:origin management:management status:status "
    "permit_eligible:permit_eligible",
    "applications": "kind:application_kind decision:application_decision use:use aquifer:aquifer origin:origin "
    "management:management status:status permit_eligible:permit_eligible",
    "zones": "severity:severity control:control aquifer:aquifer legal_state:legal_state",
    "irrigation": "status:irrigation_status source:irrigation_source lock:irrigation_lock flags:irrigation_flags",
    "units": "level:unit_level flags:unit_flags",
    "alternatives": "kind:alternative_kind",
    "protection": "kind:protection_kind",
    "stations": "aquifer:aquifer flags:station_flags",
    "projects": "industry:project_industry build_kind:project_build_kind source:water_source assessment:review_state "
    "saving_review:review_state flags:project_flags unconventional:unconventional_use",
    "intakes": "level:intake_level kind:intake_kind",
    "events": "subject_role:role kind:event_kind",
    "evidence": "kind:evidence_kind",
    "pairs": "role:pair_role state:pair_state",
    "indices": "subject_role:role measure:measure source:water_source sector:sector",
    "permits": "use:use source:water_source state:permit_state",
    "users": "kind:user_kind sector:sector flags:user_flags",
    "meters": "flags:meter_flags",
    "screens": "aquifer:aquifer",
    "documents": "kind:document_kind subject_role:role",
    "prices": "sector:sector kind:price_kind",
    "violations": "subject_role:role kind:violation_kind state:violation_state",
}
REAL_ENDINGS = ("_m", "_m2", "_m3", "_m3s", "_mu", "_kwh", "_ratio")
REAL_NAMES = ("value", "cost", "priority", "x", "y")


def parsed(text: str) -> list[tuple[str, bool, bool]]:
    return [(word.strip("*?"), "*" in word, "?" in word) for word in text.split()]


def type_by_name(name: str, is_bool: bool) -> str:
    """The naming rule of the contract."""
    if is_bool:
        return "bool"
    if name in REAL_NAMES or name.endswith(REAL_ENDINGS):
        return "real"
    if name == "as_of" or name.endswith(("_on", "_from", "_to")):
        return "date"
    return "integer" if name in ("year", "month") or name.startswith("n_") else "text"


def test_the_roles_are_those_of_the_contract():
    assert set(register_schema().roles) == set(CONTRACT)
    assert {name: role.geometry for name, role in register_schema().roles.items()} == GEOMETRIES


@pytest.mark.parametrize("role", CONTRACT)
def test_the_fields_are_those_of_the_contract(role):
    fields = register_schema().roles[role].fields
    expected = parsed(CONTRACT[role])
    assert list(fields) == [name for name, _, _ in expected]
    for name, required, is_bool in expected:
        assert fields[name].name == name
        assert fields[name].required is required, name
        assert fields[name].type == type_by_name(name, is_bool), name


def test_the_enumerations_are_those_of_the_contract():
    enums = {name: " ".join(values) for name, values in register_schema().enums.items()}
    assert set(enums.pop("role").split()) == set(CONTRACT)
    assert enums == ENUMS


@pytest.mark.parametrize("role", CONTRACT)
def test_each_field_has_the_enumeration_of_the_contract(role):
    fields = register_schema().roles[role].fields
    found = {f"{name}:{item.enum}" for name, item in fields.items() if item.enum}
    assert found == set(ENUM_OF.get(role, "").split())


def test_lists_are_the_flags_the_wells_of_an_area_and_the_replaced_wells():
    many = {
        f"{r.name}.{f.name}" for r in register_schema().roles.values() for f in r.fields.values() if f.many
    }
    assert many == {
        "wells.replaces",
        "applications.replaces",
        "irrigation.well_ids",
        "irrigation.flags",
        "units.flags",
        "stations.flags",
        "projects.flags",
        "users.flags",
        "meters.flags",
    }


UNIT_OF_ENDING = {"_m": "m", "_m2": "m2", "_m3": "m3", "_m3s": "m3/s", "_mu": "mu", "_kwh": "kWh"}


@pytest.mark.parametrize("role", CONTRACT)
def test_units_follow_the_names(role):
    for name, item in register_schema().roles[role].fields.items():
        ending = name[name.rfind("_") :]
        special = {"quota_m3_per_mu": "m3/mu", "m3_per_kwh_ratio": "m3/kWh", "n_days": "day"}
        expected = special.get(name, UNIT_OF_ENDING.get(ending, "") if item.type == "real" else "")
        assert item.unit == expected, name


@pytest.mark.parametrize("role", CONTRACT)
def test_everything_has_labels_in_both_languages(role):
    item = register_schema().roles[role]
    for thing in (item, *item.fields.values()):
        assert thing.label("en").isascii()
        assert thing.label("en").strip() == thing.label("en") != ""
        assert any("\u4e00" <= letter <= "\u9fff" for letter in thing.label("zh")), thing
    assert len({f.zh for f in item.fields.values()}) == len(item.fields)
    assert len({f.en for f in item.fields.values()}) == len(item.fields)


def test_every_token_has_labels_in_both_languages():
    for values in register_schema().enums.values():
        for token, value in values.items():
            assert value.token == token
            assert value.en
            assert any("\u4e00" <= letter <= "\u9fff" for letter in value.zh), token
        assert len({value.zh for value in values.values()}) == len(values)


@pytest.mark.parametrize("role", CONTRACT)
def test_no_name_means_two_fields_of_a_role(role):
    claims: dict[str, str] = {}
    for item in register_schema().roles[role].fields.values():
        for text in {normal_name(name) for name in (item.name, *column_aliases(item))}:
            assert claims.setdefault(text, item.name) == item.name, text


@pytest.mark.parametrize("role", CONTRACT)
def test_a_hint_is_never_an_exact_name(role):
    item = register_schema().roles[role]
    for spec in item.fields.values():
        for hint in () if spec.personal else spec.hints:  # of personal data: words that a longer name holds
            assert normal_name(hint) not in item.names, hint


@pytest.mark.parametrize(
    ("word", "token"),
    [
        ("封填", "sealed"),
        ("封闭", "sealed"),
        ("封井", "sealed"),
        ("拆除", "dismantled"),
        ("封存", "standby"),
        ("封存备用", "standby"),
        ("停用", "shut"),
        ("关停", "shut"),
        (" Sealed ", "sealed"),
        ("封", None),
    ],
)
def test_chinese_states(word, token):
    assert register_schema().words["status"].get(normal_name(word)) == token


def test_a_word_of_two_tokens_is_no_alias():
    for name, values in register_schema().enums.items():
        for token, value in values.items():
            for text in (value.en, value.zh, *value.aliases):
                assert register_schema().words[name].get(normal_name(text)) in (token, None)
            assert register_schema().words[name][normal_name(token)] == token


# The names that set-up must recognise (full names as they stand in county registers), by role and field.
KNOWN = {
    "wells.well_id": "机井编号 井编号 编号 取水井编码 井号 统一编号 well_id wellno code id",
    "wells.name": "机井名称 井名 name",
    "wells.village": "村 village",
    "wells.township": "乡镇 township",
    "wells.county": "县 county adcode",
    "wells.use": "用途 取水用途 用水类型 use purpose",
    "wells.status": "使用状态 状态 现状 status",
    "wells.permit_no": "取水许可证 许可证号 permit licence",
    "wells.permit_to": "到期日期 expiry",
    "wells.built_on": "成井时间 成井日期 built",
    "wells.aquifer": "含水层 aquifer layer",
    "wells.depth_m": "井深(m) 井深（米） Depth(m)",
    "wells.area_mu": "灌溉面积(亩) 控制面积（亩） 配水面积（亩）",
    "wells.permit_m3": "许可水量(m³) 许可水量（立方米）",
    "persons.owner": "井主 产权人 权属单位 使用单位 取用水户 owner holder",
    "persons.contact": "联系人 contact",
    "persons.phone": "电话 联系电话 手机 phone tel mobile",
    "persons.id_number": "身份证 idno",
    "zones.zone_id": "分区代码 code",
}
# Names whose unit or meaning is open: proposed, never taken silently.
OPEN = {
    "wells.permit_m3": "取水量 许可水量 年开采量 volume q_m3 alloc",
    "wells.depth_m": "井深 depth",
    "wells.area_mu": "灌溉面积 控制面积 配水面积 area irr_area mu ha",
    "wells.county": "行政区 位置",
    "wells.permit_to": "有效期",
    "zones.severity": "超采区 类型 级别 zone class level",
}


@pytest.mark.parametrize("place", KNOWN)
def test_names_of_county_registers_are_recognised(place):
    role, name = place.split(".")
    for text in KNOWN[place].split():
        assert register_schema().roles[role].names.get(normal_name(text)) == name, text


@pytest.mark.parametrize("place", OPEN)
def test_names_that_leave_the_unit_open_are_only_proposed(place):
    role, name = place.split(".")
    item = register_schema().roles[role]
    for text in OPEN[place].split():
        assert text in item.fields[name].hints
        assert normal_name(text) not in item.names


def test_personal_data_stands_in_its_own_role():
    personal = {
        f"{r.name}.{f.name}"
        for r in register_schema().roles.values()
        for f in r.fields.values()
        if f.personal
    }
    assert personal == {"persons.owner", "persons.contact", "persons.phone", "persons.id_number"}


def test_headings_name_the_unit():
    wells = register_schema().roles["wells"].fields
    assert wells["area_mu"].heading("zh") == "灌溉面积 (亩)"
    assert wells["depth_m"].heading("en") == "Depth (m)"
    assert wells["use"].heading("en") == "Use"


def test_ids_are_the_required_first_fields():
    for role in register_schema().roles.values():
        assert role.key[0] == next(iter(role.fields))
        assert role.fields[role.key[0]].required


def test_a_wrong_schema_file_names_key_value_and_choice(tmp_path: Path):
    path = tmp_path / "own.toml"
    text = (
        'version = 1\n[roles.a]\ngeometry = "none"\nkey = ["a_id"]\nen = "A"\nzh = "甲"\n[roles.a.fields]\n'
    )
    path.write_text(text + 'a_id = { type = "number", en = "A", zh = "甲" }\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"own.toml: a.a_id.type: found 'number', allowed: text, real"):
        load_schema(path)
