"""Write the styles in ``resources/styles``: the house style of the maps, as ordinary QGIS styles.

Run with the project's Python (``.venv/bin/python tools/make_styles.py``) after a change and commit what it writes.
Colour is never the only signal: outcomes differ in shape, zones in hatching, lines in dashes, so that the maps read in
black and white and by colour-blind people. The styles hold symbols and labels only: no actions, no expressions that do
anything but choose, no scripts.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_HASH_SEED", "0")  # attributes in the same order on every run

from qgis.core import QgsApplication, QgsMapLayer, QgsReadWriteContext, QgsVectorLayer
from qgis.PyQt.QtXml import QDomDocument
from style_parts import (
    BLUE,
    DARK_RED,
    FAMILIES,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    RED,
    WATER,
    along,
    by_rule,
    by_value,
    fill,
    hatch,
    important,
    inside,
    labels,
    line,
    marker,
    outline,
    question_mark,
    stacked,
    text,
)

STYLES = Path(__file__).resolve().parents[1] / "resources/styles"

NOW_IN_FORCE = (
    "coalesce(\"legal_state\", 'in_force') <> 'proposed'"
    ' AND coalesce("valid_to", to_date(now())) >= to_date(now())'
)


def wells(layer: QgsVectorLayer) -> None:
    """Wells by outcome."""
    cross = stacked(
        marker("cross2", 3.2, "#ffffff", "#ffffff", 1.5, 5), marker("cross2", 2.8, RED, RED, 0.85, 6)
    )
    layer.setRenderer(
        by_value(
            "outcome",
            [
                ("fail", cross, "不符合 Fail"),
                ("review", question_mark(4), "待核查 Review"),
                (
                    "not_evaluated",
                    marker("circle", 2.3, "255,255,255,120", INK, 0.4, 3),
                    "未评价 Not evaluated",
                ),
                ("exempt", marker("diamond", 2.4, "#ffffff", BLUE, 0.5, 2), "豁免 Exempt"),
                ("pass", marker("circle", 1.15, GREEN, "255,255,255,160", 0.08, 1), "符合 Pass"),
                (None, marker("circle", 1.3, "255,255,255,0", GREY, 0.25, 1), "尚未评价 Not judged yet"),
            ],
        )
    )
    layer.setLabeling(labels([("", "well_id", text(7.5), 15_000, None)]))


def wells_raw(layer: QgsVectorLayer) -> None:
    """Wells as registered: use and state, before any judgement."""
    gone = stacked(
        marker("circle", 2.6, "#ffffff", DARK_RED, 0.4, 4), marker("cross2", 1.7, DARK_RED, DARK_RED, 0.4, 5)
    )
    layer.setRenderer(
        by_rule(
            [
                ("\"status\" IN ('sealed', 'dismantled')", gone, "封填或拆除 Sealed or dismantled"),
                ("\"status\" = 'proposed'", marker("star", 3.0, "#ffffff", BLUE, 0.4, 4), "拟建 Proposed"),
                (
                    "\"status\" IN ('shut', 'standby')",
                    marker("circle", 1.1, "#ffffff", GREY, 0.22, 2),
                    "停用或封存备用 Shut or standby",
                ),
                (
                    "\"status\" = 'active' AND \"origin\" = 'renewal'",
                    marker("star", 2.8, BLUE, "#ffffff", 0.15, 3),
                    "更新井 Renewal",
                ),
                (
                    "\"status\" = 'active' AND \"origin\" <> 'renewal' AND \"use\" = 'irrigation'",
                    marker("circle", 1.1, GREEN, "255,255,255,160", 0.08, 0),
                    "农业灌溉 Irrigation",
                ),
                (
                    "\"status\" = 'active' AND \"origin\" <> 'renewal' AND \"use\" = 'ecological_forest'",
                    marker("triangle", 1.9, "#0f5132", "#ffffff", 0.1, 1),
                    "生态林 Ecological forest",
                ),
                (
                    "\"status\" = 'active' AND \"use\" IN ('rural_drinking', 'urban_supply')",
                    marker("square", 1.5, WATER, "#ffffff", 0.1, 1),
                    "生活用水 Households",
                ),
                ("ELSE", marker("pentagon", 1.6, PURPLE, "#ffffff", 0.1, 1), "其他 Other"),
            ],
            levels=True,
        )
    )
    layer.setLabeling(labels([("", "well_id", text(7.5), 15_000, None)]))


def zones(layer: QgsVectorLayer) -> None:
    """Tint for the severity, hatching for the control, dashes for the deep layer; drafts are only outlined."""
    force = f"({NOW_IN_FORCE}) AND "
    deep = "coalesce(\"aquifer\", '') = 'deep_confined'"
    unsaid = "coalesce(\"severity\", '') = '' AND coalesce(\"control\", 'none') = 'none'"
    layer.setRenderer(
        by_rule(
            [
                (
                    f"{force}(\"severity\" = 'general' OR {unsaid})",
                    fill("#f6d55c", opacity=0.42),
                    "一般超采区 General",
                ),
                (f"{force}\"severity\" = 'severe'", fill("#e4572e", opacity=0.34), "严重超采区 Severe"),
                (f"{force}\"control\" = 'restricted'", hatch(ORANGE, 3.2, 0.28), "限采区 Restricted"),
                (f"{force}\"control\" = 'banned'", hatch(DARK_RED, 1.3, 0.34, 135.0), "禁采区 Banned"),
                (f"{force}NOT ({deep})", outline("#a8552a", 0.35), "浅层分区界线 Outline, shallow"),
                (
                    f"{force}{deep}",
                    outline("#5b2a86", 0.55, "2.4;1.2"),
                    "深层承压分区界线 Outline, deep confined",
                ),
                (
                    f"NOT ({NOW_IN_FORCE})",
                    outline(GREY, 0.3, "0.6;0.9"),
                    "拟定或失效版次 Proposed, or no longer in force",
                ),
            ]
        )
    )
    layer.setLabeling(labels([(NOW_IN_FORCE, "name", text(7.5, "#7a2e12", halo=0.8), 400_000, inside)]))


def irrigation(layer: QgsVectorLayer) -> None:
    """Irrigated, retired and fallow land."""
    retired = stacked(fill("#d8bfa8", "#b08d6d", 0.08), hatch("#8a5a33", 1.1, 0.16))
    layer.setRenderer(
        by_value(
            "status",
            [
                ("irrigated", fill("#cfe6b8", "#ffffff", 0.08), "灌溉 Irrigated"),
                ("retired", retired, "已退减 Retired"),
                (
                    "fallow",
                    stacked(fill("#eeeae0", "#cfc8b8", 0.08), hatch("#b9b09b", 1.6, 0.12, 0.0)),
                    "休耕 Fallow",
                ),
                (None, fill("#e6e6e6", "#bbbbbb", 0.1), "状态未登记 State not recorded"),
            ],
        )
    )
    layer.setLabeling(labels([("", "area_id", text(6.5, "#4d5b3a", halo=0.6), 20_000, inside)]))


def retirement(layer: QgsVectorLayer) -> None:
    """Retired land by year, light to dark; what is irrigated stays pale."""
    shades = {2021: "#e9dcc9", 2022: "#d9bf9d", 2023: "#c39a6b", 2024: "#a06f41", 2025: "#6f4522"}
    rules = [
        (
            f'"status" = \'retired\' AND year("retired_on") = {year}',
            fill(shade, "#6b4a2c", 0.1),
            f"{year}年退减 Retired {year}",
        )
        for year, shade in shades.items()
    ]
    other = stacked(fill("#ffffff", "#6b4a2c", 0.15), hatch("#6b4a2c", 1.2, 0.15))
    rules += [
        ("\"status\" = 'retired' AND coalesce(year(\"retired_on\"), 0) NOT BETWEEN 2021 AND 2025", other,
         "其他年份或无日期 Another year, or no day"),
        ("\"restored_on\" IS NOT NULL", hatch(BLUE, 1.0, 0.2, 135.0, 0.2), "复灌 Restored"),
        ("ELSE", fill("#edf3e4", "#ffffff", 0.08), "灌溉 Irrigated"),
    ]  # fmt: skip
    layer.setRenderer(by_rule(rules))


def units(layer: QgsVectorLayer) -> None:
    """Borders by level, names with a halo."""
    county = stacked(outline("#ffffff", 1.5), outline(INK, 0.6, "4.0;1.2;0.6;1.2"))
    layer.setRenderer(
        by_rule(
            [
                ("\"level\" = 'township'", outline("#9a9a9a", 0.18), "乡镇 Township"),
                ("\"level\" = 'basin'", outline(WATER, 0.5, "2.5;1.0"), "流域 Basin"),
                ("\"level\" = 'regiment'", outline(PURPLE, 0.5, "0.6;0.9"), "团场 Regiment"),
                ("\"level\" IN ('county', 'division', 'management_unit')", county, "区县 County"),
                ("\"level\" IN ('prefecture', 'region')", outline(INK, 0.9), "地级市 Prefecture"),
                ("\"level\" = 'village'", outline("#c4c4c4", 0.12), "村 Village"),
            ]
        )
    )
    layer.setLabeling(
        labels(
            [
                (
                    "\"level\" = 'county'",
                    "name",
                    text(15, "#3a3a3a", bold=True, halo=1.3, spacing=3.0),
                    0,
                    important,
                ),
                ("\"level\" = 'regiment'", "name", text(8.5, PURPLE, halo=1.0), 700_000, inside),
                ("\"level\" = 'basin'", "name", text(8.5, BLUE, halo=1.0), 700_000, inside),
                ("\"level\" = 'township'", "name", text(8, GREY, halo=0.9), 350_000, inside),
            ]
        )
    )


def networks(layer: QgsVectorLayer) -> None:
    """Public supply networks."""
    layer.setRenderer(by_rule([("", hatch(BLUE, 2.2, 0.14, 0.0, 0.4), "公共供水管网 Supply network")]))
    layer.setLabeling(labels([("", "name", text(7, BLUE, halo=0.8), 250_000, inside)]))


def pair_lines(layer: QgsVectorLayer) -> None:
    """From the sealed to the renewed well; what the pair may do shows in colour and dashes."""
    layer.setRenderer(
        by_rule(
            [
                ("\"permission\" IN ('allow', 'allow_if')", line(BLUE, 0.45), "配对成立 Pair stands"),
                (
                    "\"permission\" IN ('hold', 'review', 'not_evaluated')",
                    line(ORANGE, 0.6, pattern="1.6;0.9"),
                    "配对待核 Pair to be checked",
                ),
                (
                    "\"permission\" IN ('deny', 'suspend')",
                    line(RED, 0.75, pattern="0.7;0.7"),
                    "配对不成立 Pair refused",
                ),
                ("ELSE", line(GREY, 0.4, "dot"), "配对 Pair"),
            ]
        )
    )


def applications(layer: QgsVectorLayer) -> None:
    """Applications by decision."""
    layer.setRenderer(
        by_value(
            "decision",
            [
                ("approved", marker("star", 3.4, BLUE, "#ffffff", 0.2, 3), "已批准 Approved"),
                ("pending", marker("star", 3.4, "#ffffff", BLUE, 0.45, 2), "待批 Pending"),
                ("refused", marker("star", 3.0, "#ffffff", RED, 0.45, 1), "不予批准 Refused"),
                ("withdrawn", marker("star", 3.0, "#ffffff", GREY, 0.45, 1), "撤回 Withdrawn"),
                (None, marker("star", 3.0, "#dddddd", GREY, 0.3, 1), "未决定 No decision"),
            ],
        )
    )
    layer.setLabeling(labels([("", "application_id", text(7), 60_000, None)]))


def scenery_areas(layer: QgsVectorLayer) -> None:
    """Mountains, ridge and lake under the sample's map."""
    mountains = stacked(fill("#e9e4da"), hatch("#d3cabb", 1.8, 0.12, 60.0))
    layer.setRenderer(
        by_value(
            "kind",
            [
                ("mountain", mountains, "山区 Mountains"),
                ("ridge", stacked(fill("#e8d9c9"), hatch("#cdb299", 1.3, 0.14, 120.0)), "赤岭 Ridge"),
                (
                    "lake",
                    stacked(fill("#cfe3f2", "#8db6d6", 0.25), hatch("#b4d2e8", 1.6, 0.14, 0.0)),
                    "湖泊 Lake",
                ),
                (None, fill("#f2efe9"), "其他 Other"),
            ],
        )
    )
    layer.setLabeling(labels([("", "name", text(7.5, "#8a7a63", halo=0.7, spacing=1.5), 0, inside)]))


def scenery_streams(layer: QgsVectorLayer) -> None:
    """Streams under the sample's map."""
    layer.setRenderer(by_rule([("", line("#86b4d8", 0.28), "河流 Stream")]))
    layer.setLabeling(labels([("", "name", text(6.5, WATER, halo=0.6), 0, along)]))


STYLED: dict[Callable[[QgsVectorLayer], None], tuple[str, str]] = {
    wells: ("Point", "well_id:string,outcome:string"),
    wells_raw: ("Point", "well_id:string,use:string,status:string,origin:string"),
    zones: (
        "Polygon",
        "name:string,severity:string,control:string,aquifer:string,legal_state:string,valid_to:date",
    ),
    irrigation: ("Polygon", "area_id:string,status:string"),
    retirement: ("Polygon", "status:string,retired_on:date,restored_on:date"),
    units: ("Polygon", "name:string,level:string"),
    networks: ("Polygon", "name:string"),
    pair_lines: ("LineString", "permission:string"),
    scenery_areas: ("Polygon", "kind:string,name:string"),
    scenery_streams: ("LineString", "name:string"),
    applications: ("Point", "application_id:string,decision:string"),
}


def qml(draw: Callable[[QgsVectorLayer], None]) -> str:
    """The style that ``draw`` gives a layer, symbols and labels only, tidy enough to read a change of it."""
    kind, columns = STYLED[draw]
    fields = "&".join(f"field={column}" for column in columns.split(","))
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:4490&{fields}", draw.__name__, "memory")
    draw(layer)
    layer.setLabelsEnabled(layer.labeling() is not None)
    layer.setOpacity(1.0)
    document = QDomDocument("qgis")
    wanted = QgsMapLayer.StyleCategory.Symbology | QgsMapLayer.StyleCategory.Labeling
    layer.exportNamedStyle(document, QgsReadWriteContext(), QgsMapLayer.StyleCategories(wanted))
    written = document.toString(1)
    fallback = "".join(f'<family name="{name}"/>' for name in FAMILIES)
    written = re.sub(r"(<text-style[^>]*>)", rf"\1<families>{fallback}</families>", written)
    written = re.sub(r"\s*<prop [^>]*/>", "", written)  # a second copy of the options, for QGIS before 3.22
    return re.sub(r'key="\{[0-9a-f-]{36}\}"', _numbered(), written)


def _numbered() -> Callable[[re.Match], str]:
    """Rule keys are random; number them, so that a style changes only where somebody changed it."""
    seen: dict[str, str] = {}

    def replace(match: re.Match) -> str:
        key = seen.setdefault(match.group(0), f"{{00000000-0000-4000-8000-{len(seen) + 1:012d}}}")
        return f'key="{key}"'

    return replace


def main() -> int:
    """Write every style."""
    application = QgsApplication([], False)
    application.initQgis()
    STYLES.mkdir(parents=True, exist_ok=True)
    for draw in STYLED:
        path = STYLES / f"{draw.__name__}.qml"
        path.write_text(qml(draw), encoding="utf-8")
        print(f"styles: {path.name}")
    application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main())
