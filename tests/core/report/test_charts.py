"""Charts of the report: lengths in proportion to the figures, every figure that of the table beside it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from overdraft.core.report.charts import LABELS, VALUES, WIDTH, against_goal, stacked
from overdraft.core.report.render import render_report

ROOM = WIDTH - LABELS - VALUES
LEGEND = (("fail", "Fail"), ("pass", "Pass"))


def test_lengths_are_in_proportion_and_follow_each_other():
    chart = stacked(
        "T",
        [
            ("a", [("fail", "Fail", 10), ("pass", "Pass", 30)]),
            ("b", [("fail", "Fail", 0), ("pass", "Pass", 5)]),
        ],
        LEGEND,
    )
    first, second = chart.bars
    most = 40  # the axis ends at the first multiple of its step that holds the largest sum
    assert [round(part.width / ROOM * most, 3) for part in first.parts] == [10.0, 30.0]
    assert first.parts[1].x == pytest.approx(first.parts[0].x + first.parts[0].width)
    assert [part.fill for part in second.parts] == ["pass"]
    assert (first.text, second.text) == ("40", "5")
    assert first.parts[0].tip == "a · Fail: 10"
    assert [told for _, told in chart.ticks] == ["0", "10", "20", "30", "40"]
    assert chart.ticks[-1][0] == WIDTH - VALUES


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        (1, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (7, ["0", "2", "4", "6", "8"]),
        (23, ["0", "5", "10", "15", "20", "25"]),
        (99_999, ["0", "20,000", "40,000", "60,000", "80,000", "100,000"]),
    ],
)
def test_the_axis_has_round_figures_and_holds_the_largest(largest, ticks):
    chart = against_goal("T", [("a", float(largest), None, "")], "bar", ())
    assert [told for _, told in chart.ticks] == ticks
    assert chart.bars[0].parts[0].width <= ROOM


def test_a_goal_is_marked_where_it_lies_even_beyond_the_bar():
    chart = against_goal("T", [("a", 33.0, 36.0, "33 / 36"), ("b", 0.0, 0.0, "0 / 0")], "bar", ())
    first, second = chart.bars
    assert first.mark - LABELS == pytest.approx(first.parts[0].width * 36 / 33, abs=0.01)
    assert (second.parts, second.mark) == ((), None)


def test_nothing_to_show_is_no_chart():
    assert stacked("T", [("a", [("fail", "Fail", 0)])], LEGEND) is None
    assert stacked("T", [], LEGEND) is None
    assert against_goal("T", [("a", 0.0, None, "")], "bar", ()) is None


def test_a_long_name_is_cut_and_told_in_full():
    chart = against_goal("T", [("长" * 40, 1.0, None, "1")], "bar", ())
    assert len(chart.bars[0].label) < 16
    assert chart.bars[0].label.endswith("…")
    assert chart.bars[0].name == "长" * 40


def figures(page, title):
    """Name → figure at the end of each bar of a chart."""
    (drawn,) = [one for one in re.findall(r'<figure class="chart">.*?</figure>', page, re.S) if title in one]
    names = re.findall(r'text-anchor="end">([^<]*)(?:<title>([^<]*)</title>)?</text>\s', drawn)
    told = [unescape(full or short) for short, full in names]
    return dict(zip(told[::2], told[1::2], strict=True))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_r30_every_figure_of_a_chart_stands_in_the_table_beside_it(result, language):
    page = render_report(result, language)
    title = {"en": "Wells by county and worst outcome", "zh": "分区县机井结论统计"}[language]
    table = re.search(rf"<caption>{title}</caption>.*?</table>", page, re.S)[0]
    totals = {}
    for row in re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", table, re.S):
        totals[unescape(row[0])] = re.findall(r'<td class="num[^"]*">([^<]*)</td>', row[1])[-1]
    assert figures(page, title) == totals
    assert totals
    balance = result.ledger.balance
    pools = balance[balance["pool_level"] == result.ledger.settings.pool]
    title = {"en": "Wells sealed, and required", "zh": "已封填与应封填眼数"}[language]
    told = figures(page, title)
    assert list(told.values()) == [
        f"{sealed} / {required}" for sealed, required in zip(pools["sealed"], pools["required"], strict=True)
    ]


def test_s3_hostile_names_are_inert_in_charts(result):
    page = render_report(result, "en")
    assert page.count("<figure") == page.count("</figure>") >= 3
    for target in re.findall(r'(?:href|src|url)[=(]["\']?([^"\')]*)', page):
        assert target.startswith("#"), target
