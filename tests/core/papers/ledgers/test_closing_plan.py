"""关停计划 against queries: order, reasons in words, volumes and their running sums."""

from __future__ import annotations

import json
from datetime import date

import pytest

from overdraft.core.messages import render

ORDER = """SELECT rank, well_id, zone_id, round(score, 3), permit_m3, used_m3,
        sum(coalesce(permit_m3, 0)) OVER (ORDER BY rank, well_id, row_id),
        sum(coalesce(used_m3, 0)) OVER (ORDER BY rank, well_id, row_id), reason_values
    FROM closing_order ORDER BY rank, well_id, row_id"""


def test_by_hand(small_case, printed, rows_of):
    """W3 stands in a severe zone and has no permit: 2 of 10 criteria. The rest differ by age or not at all."""
    table = printed(small_case(), "closing_plan")
    names = ("rank", "well_id", "county", "zone", "score", "permit_m3", "cumulative_permit_m3")
    told = [tuple(float(cell) if i > 3 and cell is not None else cell for i, cell in enumerate(row))
            for row in rows_of(table, *names)]  # fmt: skip
    assert told[0] == (1, "W3", "鄯善县", "二区", 0.2, None, 0)
    assert [row[1] for row in told] == ["W3", "R1", "R9", "W1", "W2"]
    assert [row[0] for row in told] == [1, 2, 3, 4, 4]
    assert [row[6] for row in told] == [0, 150_000, 210_000, 250_000, 270_001]
    assert table["reason"].values[0] == "排序依据：位于严重超采区、无取水许可（得分0.2）。"
    assert table["reason"].values[4].startswith("没有支持优先关停该井的依据")
    assert "井龄" in table["unknown"].values[0]


def test_rounding_row_by_row_is_told(small_case, printed):
    """40,000.4 + 20,000.4 is printed as 40,000 + 20,000: the sum keeps to the rows, and the odd m³ is told."""
    totals = {total.label: total for total in printed(small_case(), "closing_plan").totals}
    assert float(totals["合计"].sums["permit_m3"]) == 270_000
    assert float(totals["合计"].differences["permit_m3"]) == 1
    assert totals["兵团"].sums == {}


def test_every_figure_is_a_query(judged_sample, printed, ask, rows_of, sums_of):
    table = printed(judged_sample, "closing_plan")
    found = ask(judged_sample, ORDER)
    names = ("rank", "well_id", "score", "permit_m3", "used_m3", "cumulative_permit_m3", "cumulative_used_m3")
    assert len(table) == len(found) == 3399
    for told, row in zip(rows_of(table, *names), found, strict=True):
        expected = (*row[:2], *row[3:8])
        assert told[:2] == expected[:2]
        for cell, value in zip(told[2:], expected[2:], strict=True):
            assert (cell is None) == (value is None)
            assert cell is None or float(cell) == pytest.approx(value, abs=0.501 if value > 1 else 0.00051)
    names = dict(ask(judged_sample, "SELECT zone_id, name FROM zones"))
    assert list(table["zone"].values) == [names[row[2]] for row in found]
    sums = sums_of(table)["合计"]
    for name in ("permit_m3", "used_m3"):
        assert sums[name] == sum(float(value or 0) for value in table[name].values)
    ((permits, used),) = ask(judged_sample, "SELECT sum(permit_m3), sum(used_m3) FROM closing_order")
    (whole,) = [total for total in table.totals if total.label == "合计"]
    assert sums["permit_m3"] == permits
    assert sums["used_m3"] + float(whole.differences["used_m3"]) == pytest.approx(used, abs=0.5)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_reasons_are_told_in_words(judged_sample, printed, ask, language):
    table = printed(judged_sample, "closing_plan", language)
    for told, row in list(zip(table["reason"].values, ask(judged_sample, ORDER), strict=True))[::300]:
        for criterion in json.loads(row[8])["criteria"]:
            assert render(f"closing.criterion.{criterion}", {}, language) in told


def test_a_part_keeps_rank_and_running_sums_of_the_whole(judged_sample, printed, ask, rows_of):
    table = printed(judged_sample, "closing_plan", county="650421", zone="CQ-06", begin=date(2025, 1, 1))
    found = ask(
        judged_sample,
        """SELECT c.rank, c.well_id, round(c.cumulative_permit_m3) FROM closing_order AS c JOIN wells USING (row_id)
            WHERE wells.county_id = '650421' AND ';' || wells.zone_ids || ';' LIKE '%;CQ-06;%'
            ORDER BY rank, c.well_id""",
    )
    assert rows_of(table, "rank", "well_id", "cumulative_permit_m3") == found
    assert 0 < len(table) < 3399
    assert "名次和累计水量按全案名单计算。" in table.notes
    assert "本表不按时段筛选。" in table.notes


def test_profiles(judged_sample, printed):
    public = [column.name for column in printed(judged_sample, "closing_plan", profile="public").columns]
    assert "name" not in public
    assert {"rank", "well_id", "reason"} <= set(public)


def test_a_document_without_the_rule_says_so(small_case, printed):
    table = printed(small_case("kunyu-2025"), "closing_plan", "en")
    assert len(table) == 0
    assert "has no rule on closing irrigation wells in order" in table.notes[0]
