"""Charts of the report as plain geometry, drawn as SVG by the template. The table of the same figures stands beside
each: a chart shows at a glance, the table is what counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..findings import OUTCOMES
from .figures import area, count
from .wells import NOT_COVERED
from .words import Words, is_given

WIDTH, LABELS, VALUES = 780, 200, 140
"""Width of a chart, and of its two columns of texts, in its own units."""

_ROW, _BAR, _AXIS = 26, 16, 22
_FILLS = {NOT_COVERED: "out"}
_LONGEST = 28
"""Width of a label in letters; a Chinese character counts as two."""


@dataclass(frozen=True)
class Part:
    """One part of a bar: where it lies, how it is filled, and what it says when pointed at."""

    x: float
    width: float
    fill: str
    tip: str


@dataclass(frozen=True)
class Bar:
    """A row of a chart.

    Attributes:
        label: cut to its room; name: in full. y: upper edge. parts: from left to right. text: the figure at its end.
        mark: where the goal is; None without one.
    """

    name: str
    label: str
    y: float
    parts: tuple[Part, ...]
    text: str
    mark: float | None = None


@dataclass(frozen=True)
class Chart:
    """Bars over one axis.

    Attributes:
        ticks: position and figure along the axis. legend: fill and meaning.
    """

    title: str
    height: float
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    legend: tuple[tuple[str, str], ...]
    width: float = WIDTH
    bar_height: float = _BAR
    axis: float = LABELS
    end: float = WIDTH - VALUES


def stacked(
    title: str,
    rows: Sequence[tuple[str, Sequence[tuple[str, str, int]]]],
    legend: Sequence[tuple[str, str]],
) -> Chart | None:
    """Whole numbers side by side in one bar; None where there is nothing to show.

    Args:
        rows: name, and for each part its fill, meaning and number.
    """
    sums = [sum(number for *_, number in parts) for _, parts in rows]
    if not any(sums):
        return None
    step, most = _scale(max(sums))
    bars = []
    for place, ((name, parts), whole) in enumerate(zip(rows, sums, strict=True)):
        at, made = float(LABELS), []
        for fill, meaning, number in parts:
            width = _length(number, most)
            if number:
                made.append(Part(round(at, 2), round(width, 2), fill, f"{name} · {meaning}: {number:,}"))
            at += width
        bars.append(Bar(name, _cut(name), _ROW * place + 5.0, tuple(made), f"{whole:,}"))
    return _chart(title, bars, step, most, legend)


def against_goal(
    title: str,
    rows: Sequence[tuple[str, float, float | None, str]],
    fill: str,
    legend: Sequence[tuple[str, str]],
) -> Chart | None:
    """A bar for each figure with a mark where it should reach; None where there is nothing to show.

    Args:
        rows: name, figure, goal (None: none), and both as they are printed.
    """
    largest = max([0.0, *(value for _, value, _, _ in rows), *(goal or 0.0 for _, _, goal, _ in rows)])
    if not largest > 0:
        return None
    step, most = _scale(largest)
    bars = []
    for place, (name, value, goal, told) in enumerate(rows):
        width = _length(max(value, 0.0), most)
        part = Part(float(LABELS), round(width, 2), fill, f"{name} · {told}")
        mark = None if not goal else round(LABELS + _length(goal, most), 2)
        bars.append(Bar(name, _cut(name), _ROW * place + 5.0, (part,) if width else (), told, mark))
    return _chart(title, bars, step, most, legend)


def charts_of(context: Mapping[str, Any], words: Words) -> dict[str, Chart | None]:
    """The charts of the report, each from the rows of the table that stands beside it.

    Args:
        context: what the page shows: ``counties``, ``zones``, ``ledger``, ``retirement``.
    """
    ledger, land = context["ledger"], context["retirement"]
    return {
        "counties": _by_outcome(words("wells_by_county"), context["counties"], words),
        "zones": _by_outcome(words("wells_by_zone"), context["zones"], words),
        "pools": _of_pools(ledger["balance"]["rows"], words) if ledger else None,
        "land": _of_land(land["rows"], land["year"], words) if land and land["supplied"] else None,
    }


def _by_outcome(title: str, rows: Sequence[Mapping[str, Any]], words: Words) -> Chart | None:
    meaning = {token: words.token("outcome", token) for token in OUTCOMES} | {
        NOT_COVERED: words("out_of_scope")
    }
    shown = [row for row in rows if not row["sum"]]
    told = list(dict.fromkeys(token for row in shown for token, n in row["numbers"].items() if n))
    parts = [
        (row["name"], [(_FILLS.get(token, token), meaning[token], n) for token, n in row["numbers"].items()])
        for row in shown
    ]
    legend = [(_FILLS.get(token, token), meaning[token]) for token in meaning if token in told]
    return stacked(title, parts, legend)


def _of_pools(rows: Sequence[Mapping[str, Any]], words: Words) -> Chart | None:
    sealed, required = (words.field("ledger_balance", name) for name in ("sealed", "required"))
    shown = [
        (
            row["name"],
            float(row["sealed"]),
            row["required"],
            f"{count(row['sealed'])} / {count(row['required'])}",
        )
        for row in rows
        if is_given(row["sealed"])
    ]
    legend = [("bar", sealed), ("goal", required)]
    return against_goal(words("chart.pools"), shown, "bar", legend)


def _of_land(rows: Sequence[Mapping[str, Any]], year: str, words: Words) -> Chart | None:
    net, target = (words.field("retirement_balance", name) for name in ("net_mu", "target_mu"))
    shown = [
        (row["name"], float(row["net"]), row["target"], f"{area(row['net'])} / {area(row['target'])}")
        for row in rows
        if row["has_target"] and is_given(row["net"])
    ]
    return against_goal(words("chart.land", year=year), shown, "bar", [("bar", net), ("goal", target)])


def _chart(title: str, bars: list[Bar], step: float, most: float, legend: Sequence[tuple[str, str]]) -> Chart:
    n = round(most / step)
    ticks = tuple((round(LABELS + _length(step * i, most), 2), f"{step * i:,.10g}") for i in range(n + 1))
    return Chart(title, len(bars) * _ROW + _AXIS, tuple(bars), ticks, tuple(legend))


def _length(value: float, most: float) -> float:
    return (WIDTH - LABELS - VALUES) * value / most


def _scale(largest: float) -> tuple[float, float]:
    """A step of 1, 2 or 5 times a power of ten, and the end of the axis: at most five steps."""
    power = 10.0 ** math.floor(math.log10(largest))
    for factor in (0.2, 0.5, 1.0, 2.0, 5.0, 10.0):
        step = factor * power
        if step * 5 >= largest:
            break
    step = max(step, 1.0) if largest >= 1 else step
    return step, step * math.ceil(largest / step - 1e-9)


def _cut(name: str) -> str:
    """A label that fits its room."""
    room = _LONGEST
    for place, letter in enumerate(name):
        room -= 2 if ord(letter) > 0x2E7F else 1
        if room < 0:
            return name[: max(place - 1, 1)] + "…"
    return name
