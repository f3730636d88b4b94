"""停供电 and 复供电: which wells are listed, with which account and ground, and which are not."""

from __future__ import annotations

from datetime import date

import pytest
from cases import EAST, LANGUAGES, act, ask, change, copied, judged, lines, override, printed

BARRED = """SELECT subject_id, clause, action, outcome FROM findings
    WHERE action IN ('cut_power', 'no_power') AND subject_role = 'wells' ORDER BY 1, 2"""

AC_27 = [
    {"well_id": "A", "permit_no": "PA", "metered": False},
    {"well_id": "B", "metered": True},
    {"well_id": "C", "permit_no": "PC", "metered": True},
    {"well_id": "D", "metered": False},
]
"""Permit without meter; meter without permit; both; neither."""


def well(name, permit=None, **more):
    return {"well_id": name, "permit_no": permit, "metered": True, "aquifer": "shallow", **more}


def finding(path, subject, rule="power.barred"):
    [(found,)] = ask(path, "SELECT finding_id FROM findings WHERE subject_id = ? AND rule = ?", subject, rule)
    return found


def back(path, **scope):
    return lines(printed(path, "power_back", **scope), "well_id")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_is_what_a_query_finds(judged_sample, language):
    table = printed(judged_sample, "power_stop", language)
    found = ask(judged_sample, BARRED)
    assert len(found) == len(table) == table.groups[-1].rows[-1] + 1 > 0
    assert sorted(lines(table, "finding_id")) == sorted(
        name for (name,) in ask(judged_sample, "SELECT finding_id FROM findings WHERE action LIKE '%_power'")
    )
    assert sorted(lines(table, "well_id", "clause")) == [row[:2] for row in found]
    words = {"zh": {"cut_power": "断电", "no_power": "不予供电"}, "en": {"cut_power": "Cut power"}}[language]
    told = dict(lines(table, "finding_id", "action"))
    for name, action in ask(
        judged_sample, "SELECT finding_id, action FROM findings WHERE action LIKE '%_power'"
    ):
        assert told[name] == words.get(action, "Do not supply power")
    accounts = dict(ask(judged_sample, "SELECT well_id, account_no FROM wells"))
    assert all(account == accounts[name] for name, account in lines(table, "well_id", "account_no"))
    energy = (
        "SELECT finding_id, json_extract(evidence, '$.energy_kwh') FROM findings WHERE action LIKE '%_power'"
    )
    known = dict(ask(judged_sample, energy))
    for name, used in lines(table, "finding_id", "energy_kwh"):
        assert (float(used) if used is not None else None) == known[name]
    assert any("供电部门不得安装电力设施和配售电" in quote for quote in lines(table, "quote"))


@pytest.mark.parametrize(
    ("scope", "statement"),
    [
        ({"county": "650402"}, "SELECT row_id FROM wells WHERE county_id = '650402'"),
        ({"county": "650421"}, "SELECT row_id FROM wells WHERE county_id = '650421'"),
        ({"zone": "CQ-01"}, "SELECT row_id FROM wells WHERE ';' || zone_ids || ';' LIKE '%;CQ-01;%'"),
        (
            {"authority": "鄯善县水行政主管部门"},
            "SELECT row_id FROM wells WHERE authority = '鄯善县水行政主管部门'",
        ),
    ],
)
def test_a_part_of_the_case(judged_sample, scope, statement):
    inside = {name for (name,) in ask(judged_sample, statement)}
    expected = sorted(row[:2] for row in ask(judged_sample, BARRED) if row[0] in inside)
    assert sorted(lines(printed(judged_sample, "power_stop", **scope), "well_id", "clause")) == expected


def test_either_lack_bars_a_well(tmp_path):
    table = printed(judged(tmp_path / "case.gpkg", wells=AC_27), "power_stop")
    assert sorted(set(lines(table, "well_id"))) == ["A", "B", "D"]  # AC-27


def test_all_accounts_of_a_well_stand_there(tmp_path):
    path = judged(
        tmp_path / "case.gpkg",
        wells=[well("A", account_no="H1"), well("B")],
        account_wells=[{"account_no": "H2", "well_id": "A"}],
    )
    table = printed(path, "power_stop")
    assert set(lines(table, "well_id", "account_no")) == {("A", "H1;H2"), ("B", None)}
    assert "其中1眼台账中无用电户号" in table.notes[0]


def test_wells_of_regiments_are_summed_apart(tmp_path):
    path = judged(
        tmp_path / "case.gpkg", wells=[well("A", management="local"), well("B", management="regiment")]
    )
    table = printed(path, "power_stop")
    assert [(total.label, total.n) for total in table.totals] == [("地方", 1), ("兵团", 1), ("合计", 2)]


def test_a_decision_sets_aside_and_a_change_of_the_finding_takes_that_back(tmp_path):
    path = judged(tmp_path / "case.gpkg", wells=[well("A"), well("B")])
    override(path, [finding(path, "A")])
    table = printed(path, "power_stop")
    assert lines(table, "well_id") == ["B"]
    assert "另有1条经改判" in table.notes[1]
    judged(path, wells=[well("A", account_no="H9"), well("B")])  # now it has power: another finding
    table = printed(path, "power_stop")
    assert ("A", "断电", "已改判") in lines(table, "well_id", "action", "state")


def test_stricter_decisions_stay_on_the_list(tmp_path):
    path = judged(tmp_path / "case.gpkg", wells=[well("A")])
    override(path, [finding(path, "A")], "fail")
    assert lines(printed(path, "power_stop"), "well_id", "state", "decided_by") == [("A", "已改判", "李工")]


def test_power_comes_back_where_an_order_has_no_ground_any_more(tmp_path):
    path = judged(tmp_path / "case.gpkg", wells=[well("A"), well("B"), well("C", **EAST)])
    act(path, [finding(path, "A"), finding(path, "C")], "accept")
    assert back(path) == []
    judged(path, wells=[well("A", "PA"), well("B", "PB"), well("C", "PC", **EAST)])
    table = printed(path, "power_back")
    assert lines(table, "well_id", "clause", "decided_by") == [
        ("A", "TLF-4.4d", "王工"),
        ("C", "TLF-4.4d", "王工"),
    ]
    assert str(lines(table, "decided_on")[0]) == "2026-04-01"
    assert "未取得取水许可" in lines(table, "why")[0]
    assert back(path, county="650421") == ["C"]  # B was never decided on: nobody ordered anything
    assert lines(printed(path, "power_stop"), "well_id") == []


def test_what_is_not_listed_is_counted_by_why(tmp_path):
    names = ("sealed", "gone", "meter unknown", "permit ended", "free")
    path = judged(tmp_path / "case.gpkg", wells=[well(name) for name in names])
    act(path, [finding(path, name) for name in names], "accept")
    rows = [
        well("sealed", status="sealed"),
        well("meter unknown", "P1", metered=None),
        well("permit ended", "P2", permit_to="2025-12-31"),
        well("free", "P3"),
    ]
    table = printed(judged(path, wells=rows), "power_back")
    assert lines(table, "well_id") == ["free"]
    assert table.notes[1] == (
        "未列入：仍应停供或尚无法评价2条，机井已封填或拆除1条，机井已不在台账1条，末次核查未执行相应规则0条。"
    )


def test_another_document_or_a_rule_that_was_not_asked_proves_nothing(tmp_path):
    path = judged(tmp_path / "case.gpkg", wells=[well("A")])
    act(path, [finding(path, "A")], "accept")
    judged(path, wells=[well("A", "PA")])
    assert back(path) == ["A"]
    other = copied(path, tmp_path / "other.gpkg")
    change(other, "UPDATE decided_findings SET policy_id = 'other'")
    assert back(other) == []
    change(path, "DELETE FROM rule_counts WHERE rule = 'power.barred'")
    assert back(path) == []
    assert "末次核查未执行相应规则1条" in printed(path, "power_back").notes[1]


def test_an_order_lifted_by_a_later_decision(tmp_path):
    path = judged(tmp_path / "case.gpkg", wells=[well(name, f"P{name}", metered=False) for name in "AB"])
    act(path, [finding(path, "A")], "accept")
    override(path, [finding(path, "A"), finding(path, "B")])
    table = printed(path, "power_back")
    assert lines(table, "well_id", "basis") == [("A", "后经改判解除")]  # B was never ordered off


def test_a_well_reopened_after_its_power_was_cut(tmp_path):
    told = {
        "reopened": (("power_cut", "2025-05-01"), ("reopened", "2025-06-01")),
        "cut": (("power_cut", "2025-05-01"),),
        "cut again": (("reopened", "2025-05-01"), ("power_cut", "2025-06-01")),
        "after the run": (("power_cut", "2025-05-01"), ("reopened", "2026-05-01")),
        "sealed again": (("power_cut", "2025-05-01"), ("reopened", "2025-06-01"), ("sealed", "2025-07-01")),
        "withdrawn": (("power_cut", "2025-05-01"), ("reopened", "2025-06-01")),
        "barred": (("power_cut", "2025-05-01"), ("reopened", "2025-06-01")),
    }
    events = [
        {
            "event_id": f"{name} {n}",
            "subject_role": "wells",
            "subject_id": name,
            "kind": kind,
            "effective_on": day,
        }
        for name, acts in told.items()
        for n, (kind, day) in enumerate(acts)
    ]
    void = {
        **events[0],
        "event_id": "V",
        "subject_id": "withdrawn",
        "kind": "void",
        "corrects": "withdrawn 0",
    }
    wells = [well(name, None if name == "barred" else f"P {name}") for name in told]
    table = printed(judged(tmp_path / "case.gpkg", wells=wells, events=[*events, void]), "power_back")
    assert lines(table, "well_id", "basis", "why") == [("reopened", "已登记启封", "2025-05-01断电，文号—")]
    assert str(lines(table, "effective_on")[0]) == "2025-06-01"


def test_the_lists_of_the_sample_exclude_each_other(judged_sample, tmp_path):
    path = copied(judged_sample, tmp_path / "case.gpkg")
    ids = [name for (name,) in ask(path, "SELECT finding_id FROM findings WHERE action LIKE '%_power'")]
    act(path, ids, "accept")
    assert back(path) == []
    assert f"仍应停供或尚无法评价{len(ids)}条" in printed(path, "power_back").notes[1]


@pytest.mark.parametrize("name", ["power_stop", "power_back"])
def test_a_period_does_not_limit_the_lists(judged_sample, name):
    table = printed(judged_sample, name, begin=date(2000, 1, 1), end=date(2000, 12, 31))
    assert len(table) == len(printed(judged_sample, name))
    assert "不受所选时段限制" in table.notes[-1]
