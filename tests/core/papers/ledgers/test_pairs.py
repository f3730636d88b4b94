"""减二更一对应台账 and the balance, by hand and against queries."""

from __future__ import annotations

from datetime import date

import pytest

PAIRS = """SELECT l.renewal_id, l.well_id, p.approval_no, p.role, p.pledged_on, p.released_on, w.permit_m3,
        l.permission, l.counts, l.clause, line.distance_m
    FROM ledger AS l
    LEFT JOIN pairs AS p ON p.renewal_id = l.renewal_id AND p.retired_id = l.well_id
    LEFT JOIN wells AS w ON w.well_id = l.well_id
    LEFT JOIN pair_lines AS line ON line.renewal_id = l.renewal_id AND line.retired_id = l.well_id
    WHERE l.kind = 'pair'"""
PERMISSION = {"allow": "可批准", "deny": "不予批准", "hold": "暂缓", "review": "待核查", "": None}
COUNTS = ("sealed", "pending", "renewed", "reserved", "required", "deficit", "further", "approvable")


def day(text):
    return date.fromisoformat(str(text)[:10]) if text else None


def test_each_pair_by_hand(small_case, printed, rows_of):
    """A line for each well given up; what the renewal takes stands in its first line that counts."""
    table = printed(small_case(), "pair_ledger")
    names = ("approval_no", "application_id", "renewal_id", "retired_id", "role", "before_m3", "after_m3")
    assert rows_of(table, *names) == [
        ("批〔2024〕1号", "A1", "R1", "S1", "被更新", 90_000, 150_000),
        ("批〔2024〕1号", "A1", "R1", "S2", "核减", 100_000, None),
        ("批〔2025〕2号", "A2", "A2", "X9", "被更新", None, None),
        ("批〔2025〕2号", "A2", "A2", "S1", "核减", 90_000, None),
        ("批〔2025〕2号", "A2", "A2", "S5", "核减", 70_001, 80_000),
    ]
    days = rows_of(table, "pledged_on", "sealed_on", "commissioned_on", "released_on")
    assert days[1] == (date(2024, 1, 5), date(2022, 7, 1), date(2024, 3, 1), None)
    assert days[3] == (date(2024, 12, 1), date(2022, 6, 1), None, date(2025, 1, 15))
    assert days[4] == (date(2025, 2, 1), date(2023, 4, 1), None, None)
    assert rows_of(table, "state", "counts", "permission") == [
        ("已用", "是", "可批准"),
        ("已用", "是", "可批准"),
        ("预留", "否", "待核查"),
        ("已释放", "否", None),
        ("预留", "是", "可批准"),
    ]
    assert "不在台账中" in table["reason"].values[2]
    assert any("R9" in note for note in table.notes)


def test_sums(small_case, printed, sums_of):
    assert sums_of(printed(small_case(), "pair_ledger")) == {
        "有效对应": {"before_m3": 260_001, "after_m3": 230_000},
        "地方": {"before_m3": 280_000, "after_m3": 150_000},
        "兵团": {"before_m3": 70_001, "after_m3": 80_000},
        "管理归属未填": {},
        "合计": {"before_m3": 350_001, "after_m3": 230_000},
    }


@pytest.mark.parametrize(
    ("scope", "retired"),
    [
        ({"county": "650402"}, ["S1", "S2", "S1"]),
        ({"county": "650421"}, ["X9", "S5"]),
        ({"zone": "Z2"}, ["S5"]),
        ({"begin": date(2025, 1, 1)}, ["X9", "S5"]),
        ({"end": date(2024, 12, 1)}, ["S1", "S2", "S1"]),
    ],
)
def test_filters(small_case, printed, scope, retired):
    """A pair goes with its renewed well; while that is not drilled, with the well given up; else with its pool."""
    table = printed(small_case(), "pair_ledger", **scope)
    assert list(table["retired_id"].values) == retired
    if scope.get("county") == "650421":
        assert not any("R9" in note for note in table.notes)


def test_counties_together_are_the_whole(judged_sample, printed, sums_of):
    parts = [
        sums_of(printed(judged_sample, "pair_ledger", county=county))["合计"]
        for county in ("650402", "650421", "650422")
    ]
    whole = sums_of(printed(judged_sample, "pair_ledger"))["合计"]
    assert {name: sum(part[name] for part in parts) for name in whole} == whole


def test_every_figure_is_a_query(judged_sample, printed, ask, rows_of, sums_of):
    """R30 on the sample: ids, days, volumes, distances and permissions."""
    table = printed(judged_sample, "pair_ledger")
    names = (
        "approval_no",
        "role",
        "pledged_on",
        "released_on",
        "before_m3",
        "permission",
        "counts",
        "clause",
    )
    told = {row[:2]: row[2:] for row in rows_of(table, "renewal_id", "retired_id", *names)}
    far = {row[:2]: row[2] for row in rows_of(table, "renewal_id", "retired_id", "distance_m")}
    found = ask(judged_sample, PAIRS)
    assert len(found) == len(told) == len(table) == 99
    role = {"replaced": "被更新", "reduced": "核减"}
    for renewal, well, approval, own, pledged, released, volume, permission, counts, clause, metres in found:
        assert told[renewal, well] == (
            approval,
            role[own],
            day(pledged),
            day(released),
            volume,
            PERMISSION[permission],
            "是" if counts else "否",
            clause,
        )
        apart = far[renewal, well]
        assert (apart is None) == (metres is None)
        assert apart is None or float(apart) == pytest.approx(metres, abs=0.0051)
    taken = """SELECT sum(coalesce(w.permit_m3, a.permit_m3)) FROM (SELECT DISTINCT renewal_id FROM ledger
        WHERE kind = 'pair' {}) AS r LEFT JOIN wells AS w ON w.well_id = r.renewal_id
        LEFT JOIN applications AS a ON a.application_id = r.renewal_id"""
    given = "SELECT sum(permit_m3) FROM ledger AS l JOIN wells USING (well_id) WHERE l.kind = 'pair' {}"
    sums = sums_of(table)
    for label, clause in (("合计", ""), ("有效对应", "AND counts")):
        ((after,),), ((before,),) = (
            ask(judged_sample, statement.format(clause)) for statement in (taken, given)
        )
        assert sums[label] == {"before_m3": before, "after_m3": after}


def test_the_balance_is_the_recorded_one(judged_sample, printed, ask, sums_of, rows_of):
    """All pools and zones, sums over the pools alone."""
    table = printed(judged_sample, "pair_balance")
    columns = (*COUNTS, "n_applications", "n_approved", "net_change", "n_doubt")
    recorded = ask(judged_sample, f"SELECT {', '.join(columns)} FROM ledger_balance ORDER BY fid")
    assert rows_of(table, *columns) == recorded
    assert list(table["pool"].values)[:5] == [
        "高昌区",
        "鄯善县",
        "托克逊县",
        "未归属",
        "高昌区 / 清泉葡香一般超采区",
    ]
    sums = ", ".join(f"sum({name})" for name in columns)
    (whole,) = ask(judged_sample, f"SELECT {sums} FROM ledger_balance WHERE pool_id NOT LIKE '%/%'")
    assert sums_of(table) == {"各核算单元合计": dict(zip(columns, map(float, whole), strict=True))}
    assert any("2021-11-12" in note and "2026-03-31" in note for note in table.notes)


@pytest.mark.parametrize(
    ("scope", "pools"),
    [
        ({"county": "650422"}, ["托克逊县", "托克逊县 / 桑树湾一般超采区", "托克逊县 / 桑树湾严重超采区"]),
        ({"zone": "CQ-08"}, ["托克逊县 / 桑树湾一般超采区"]),
    ],
)
def test_the_balance_of_a_part(judged_sample, printed, scope, pools):
    table = printed(judged_sample, "pair_balance", **scope, begin=date(2024, 1, 1))
    assert list(table["pool"].values) == pools
    assert "本表不按时段筛选。" in table.notes


@pytest.mark.parametrize("kind", ["pair_ledger", "pair_balance"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_document_without_the_rule_says_so(small_case, printed, kind, language):
    table = printed(small_case("kunyu-2025"), kind, language)
    assert len(table) == 0
    (note,) = table.notes
    assert ("未规定“减二更一”" if language == "zh" else "has no rule on reduce two, renew one") in note


def test_in_english(small_case, printed):
    table = printed(small_case(), "pair_ledger", "en", "public")
    assert table["after_m3"].label == "After: permitted to the renewed well (m³)"
    assert table["permission"].values[0] == "Allow"
    assert table["role"].values[0] == "Replaced"
    assert "which one does not stand in the register" in table["reason"].values[2]
