"""The names that bureaus use in headers and cells: each one is the field, a question, or personal."""

from __future__ import annotations

import pytest

from overdraft.core.intake.columns import match_columns
from overdraft.core.intake.personal import personal_columns
from overdraft.core.schema import normal_name, register_schema

EXACT = {
    "well_id": "机井编号 井编号 编号 取水井编码 井号 统一编号 well_id wellno code id",
    "name": "机井名称 井名 name",
    "township": "乡镇 township",
    "village": "村 village",
    "county": "县 county adcode",
    "use": "用途 取水用途 用水类型 use purpose",
    "status": "使用状态 状态 现状 status",
    "permit_no": "取水许可证 许可证号 permit licence",
    "permit_to": "到期日期 expiry",
    "built_on": "成井时间 成井日期 built",
    "aquifer": "含水层 aquifer layer",
    "depth_m": "井深(m) 井深（米） Depth(metres)",
    "area_mu": "灌溉面积(亩) 控制面积（亩） 配水面积(亩)",
    "permit_m3": "许可水量(m³) 许可水量（立方米）",
}
OPEN = {
    "county": "位置 行政区",
    "permit_to": "有效期 许可有",
    "permit_m3": "取水量 许可水量 年开采量 volume q_m3 alloc 取水量(万m³) 年开采量（m³）",
    "depth_m": "井深 depth 井深/丈",
    "area_mu": "灌溉面积 控制面积 配水面积 area irr_area mu ha 灌溉面积（公顷） 灌溉面积/万亩",
    "commissioned_on": "commission commission_1",
    "deregistered_on": "deregister",
    "m3_per_kwh_ratio": "m3_per_kwh 以电折水系 以电折",
}
PERSONAL = (
    "井主 产权人 权属单位 使用单位 取用水户 联系人 owner holder contact "
    "电话 联系电话 手机 身份证 phone tel mobile idno"
)
MORE_PERSONAL = "井主_1 联系电话2 井主姓名 法人身份证号 户主 手机号码 联系电 Owner OWNER phone_no"
NOT_PERSONAL = "用水户编号 取用水户编号 备注 村民委员会 name 机井名称 telemetry idnr"
WORDS = {
    "use": {"农业灌溉": "irrigation", "工业": "industry", "应急": "emergency", "生活": None, "生态": None},
    "status": {
        "在用": "active",
        "封填": "sealed",
        "封闭": "sealed",
        "封井": "sealed",
        "已封填": "sealed",
        "拆除": "dismantled",
        "封存": "standby",
        "封存备用": "standby",
        "停用": "shut",
        "关停": "shut",
        "封": None,
    },
    "severity": {"严重": "severe", "严重超采": "severe", "一般": "general", "一般超采区": "general"},
    "control": {"禁采": "banned", "限采": "restricted", "禁采区": "banned"},
    "aquifer": {"浅层": "shallow", "深层承压": "deep_confined", "深层": None, "承压": None},
}


def pairs(table):
    return [(field, name) for field, names in table.items() for name in names.split()]


def matched(column):
    role = register_schema().roles["wells"]
    wanted = [
        name
        for name in role.fields
        if name not in role.required or name in role.names.get(normal_name(column), "")
    ]
    return match_columns(role, [column], wanted)


@pytest.mark.parametrize(("field", "column"), pairs(EXACT))
def test_exact_names_are_the_field(field, column):
    assert matched(column).of_field == {field: 0}


@pytest.mark.parametrize(("field", "column"), pairs(OPEN))
def test_names_that_leave_something_open_are_asked(field, column):
    match = matched(column)
    assert match.of_field == {}
    assert match.hinted[field] == [column]


@pytest.mark.parametrize("column", [*PERSONAL.split(), *MORE_PERSONAL.split()])
def test_personal_names_are_recognised(column):
    assert personal_columns("wells", [column]) == [column]
    assert personal_columns("persons", [column]) == []


@pytest.mark.parametrize("column", NOT_PERSONAL.split())
def test_other_names_are_not_personal(column):
    assert personal_columns("wells", [column]) == []


@pytest.mark.parametrize(
    ("enum", "word", "token"),
    [(enum, word, token) for enum, words in WORDS.items() for word, token in words.items()],
)
def test_words_of_enumerations(enum, word, token):
    """None: the word has more than one meaning and is asked about."""
    assert register_schema().words[enum].get(normal_name(word)) == token
