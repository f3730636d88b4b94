"""How each table of a case is drawn: which rows get which symbol of the house style, and their labels.

Renderers choose symbols and nothing else: no actions, no scripts. Labels of symbols are Chinese and English together
in the styles of the map, one of the two on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qgis.core import QgsVectorLayer

from . import symbols
from .house import House

NOW_IN_FORCE = (
    "coalesce(\"legal_state\", 'in_force') <> 'proposed'"
    ' AND coalesce("valid_to", to_date(now())) >= to_date(now())'
)
_DEEP = "coalesce(\"aquifer\", '') = 'deep_confined'"
_UNSAID = "coalesce(\"severity\", '') = '' AND coalesce(\"control\", 'none') = 'none'"
_FORCE = f"({NOW_IN_FORCE}) AND "

Label = tuple[str, str, str, int, Callable | None]
"""Rule, field or expression, letters, largest scale denominator (0: all), how it is placed."""


@dataclass(frozen=True)
class Drawing:
    """How a table is drawn.

    Attributes:
        field: the field that decides, where values do; empty where rules do.
        rows: value (None: everything else) or rule, symbol, Chinese and English label.
        levels: whether important symbols of a rule-based style are drawn last.
    """

    rows: Sequence[tuple[str | None, str, str, str]]
    labels: Sequence[Label] = ()
    field: str = ""
    levels: bool = False

    def on(
        self,
        layer: QgsVectorLayer,
        house: House,
        say: Callable[[str, str], str],
        scale: float = 1.0,
        letters: float = 1.0,
    ) -> None:
        """Give a layer this style.

        Args:
            say: makes one label of the Chinese and the English one. scale: of markers. letters: of labels.
        """
        made = [(rule, house.symbol(name, scale), say(zh, en)) for rule, name, zh, en in self.rows]
        if self.field:
            layer.setRenderer(symbols.by_value(self.field, made))
        else:
            layer.setRenderer(symbols.by_rule(made, self.levels))
        if self.labels:
            rules = [
                (rule, shown, house.text(text, letters), at, adjust)
                for rule, shown, text, at, adjust in self.labels
            ]
            layer.setLabeling(symbols.labels(rules))
            layer.setLabelsEnabled(True)

    def only(self, kept: Callable[[str | None], bool] | None = None, label_scale: int | None = 0) -> Drawing:
        """The same with some of its rows.

        Args:
            kept: says of a value or rule whether it stays. label_scale: for all labels; None for no labels.
        """
        rows = [row for row in self.rows if kept is None or kept(row[0])]
        if label_scale is None:
            return replace(self, rows=rows, labels=())
        return replace(self, rows=rows, labels=[(*label[:3], label_scale, label[4]) for label in self.labels])

    def with_labels(self, labels: Sequence[Label]) -> Drawing:
        """The same with other labels."""
        return replace(self, labels=labels)

    def at(self, expression: str, value: str) -> Drawing:
        """The same with an expression in its rules replaced."""
        return replace(
            self, rows=[((row[0] or "").replace(expression, value), *row[1:]) for row in self.rows]
        )


def both(zh: str, en: str) -> str:
    """Chinese and English."""
    return f"{zh} {en}"


_WELL_LABEL: Label = ("", "well_id", "well", 15_000, symbols.beside)
_ACTIVE = "\"status\" = 'active' AND \"origin\" <> 'renewal' AND "

DRAWINGS: dict[str, Drawing] = {
    "wells": Drawing(
        (
            ("fail", "fail", "不符合", "Fail"),
            ("review", "review", "待核查", "Review"),
            ("not_evaluated", "not_evaluated", "未评价", "Not evaluated"),
            ("exempt", "exempt", "豁免", "Exempt"),
            ("pass", "pass", "符合", "Pass"),
            (None, "not_judged", "尚未评价", "Not judged yet"),
        ),
        (_WELL_LABEL,),
        "outcome",
    ),
    "wells_raw": Drawing(
        (
            ("\"status\" IN ('sealed', 'dismantled')", "gone", "封填或拆除", "Sealed or dismantled"),
            ("\"status\" = 'proposed'", "proposed", "拟建", "Proposed"),
            ("\"status\" IN ('shut', 'standby')", "idle", "停用或封存备用", "Shut or standby"),
            ("\"status\" = 'active' AND \"origin\" = 'renewal'", "renewal", "更新井", "Renewal"),
            (f"{_ACTIVE}\"use\" = 'irrigation'", "irrigation_well", "农业灌溉", "Irrigation"),
            (f"{_ACTIVE}\"use\" = 'ecological_forest'", "forest_well", "生态林", "Ecological forest"),
            (
                "\"status\" = 'active' AND \"use\" IN ('rural_drinking', 'urban_supply')",
                "household_well",
                "生活用水",
                "Households",
            ),
            ("ELSE", "other_well", "其他", "Other"),
        ),
        (_WELL_LABEL,),
        levels=True,
    ),
    "zones": Drawing(
        (
            (f"{_FORCE}(\"severity\" = 'general' OR {_UNSAID})", "general", "一般超采区", "General"),
            (f"{_FORCE}\"severity\" = 'severe'", "severe", "严重超采区", "Severe"),
            (f"{_FORCE}\"control\" = 'restricted'", "restricted", "限采区", "Restricted"),
            (f"{_FORCE}\"control\" = 'banned'", "banned", "禁采区", "Banned"),
            (f"{_FORCE}NOT ({_DEEP})", "shallow", "浅层分区界线", "Outline, shallow"),
            (f"{_FORCE}{_DEEP}", "deep_confined", "深层承压分区界线", "Outline, deep confined"),
            (
                f"NOT ({NOW_IN_FORCE})",
                "not_in_force",
                "拟定或失效版次",
                "Proposed, or no longer in force",
            ),
        ),
        ((NOW_IN_FORCE, "name", "zone", 400_000, symbols.inside),),
    ),
    "irrigation": Drawing(
        (
            ("irrigated", "irrigated", "灌溉", "Irrigated"),
            ("retired", "retired", "已退减", "Retired"),
            ("fallow", "fallow", "休耕", "Fallow"),
            (None, "state_unknown", "状态未登记", "State not recorded"),
        ),
        (("", "area_id", "area", 20_000, symbols.inside),),
        "status",
    ),
    "units": Drawing(
        (
            ("\"level\" = 'township'", "township", "乡镇", "Township"),
            ("\"level\" = 'basin'", "basin", "流域", "Basin"),
            ("\"level\" = 'regiment'", "regiment", "团场", "Regiment"),
            ("\"level\" IN ('county', 'division', 'management_unit')", "county", "区县", "County"),
            ("\"level\" IN ('prefecture', 'region')", "prefecture", "地级市", "Prefecture"),
            ("\"level\" = 'village'", "village", "村", "Village"),
        ),
        (
            ("\"level\" = 'county'", "name", "county", 0, symbols.important),
            ("\"level\" = 'regiment'", "name", "regiment", 700_000, symbols.inside),
            ("\"level\" = 'basin'", "name", "basin", 700_000, symbols.inside),
            ("\"level\" = 'township'", "name", "township", 350_000, symbols.inside),
        ),
    ),
    "networks": Drawing(
        (("", "network", "公共供水管网", "Supply network"),),
        (("", "name", "network", 250_000, symbols.inside),),
    ),
    "pair_lines": Drawing(
        (
            ("\"permission\" IN ('allow', 'allow_if')", "pair_stands", "配对成立", "Pair stands"),
            (
                "\"permission\" IN ('hold', 'review', 'not_evaluated')",
                "pair_to_check",
                "配对待核",
                "Pair to be checked",
            ),
            ("\"permission\" IN ('deny', 'suspend')", "pair_refused", "配对不成立", "Pair refused"),
            ("ELSE", "pair_other", "配对", "Pair"),
        )
    ),
    "applications": Drawing(
        (
            ("approved", "approved", "已批准", "Approved"),
            ("pending", "pending", "待批", "Pending"),
            ("refused", "refused", "不予批准", "Refused"),
            ("withdrawn", "withdrawn", "撤回", "Withdrawn"),
            (None, "undecided", "未决定", "No decision"),
        ),
        (("", "application_id", "application", 60_000, None),),
        "decision",
    ),
    "scenery_areas": Drawing(
        (
            ("mountain", "mountain", "山区", "Mountains"),
            ("ridge", "ridge", "赤岭", "Ridge"),
            ("lake", "lake", "湖泊", "Lake"),
            (None, "other_scenery", "其他", "Other"),
        ),
        (("", "name", "scenery", 0, symbols.inside),),
        "kind",
    ),
    "scenery_streams": Drawing(
        (("", "stream", "河流", "Stream"),), (("", "name", "stream", 0, symbols.along),)
    ),
    # Drawn on paper only
    "pair_wells": Drawing(
        (
            ("renewal", "pair_renewal", "更新井", "Renewal"),
            ("retired", "gone", "封填或拟封填的井", "Sealed, or to be sealed"),
        ),
        (("", "well_id", "well", 0, symbols.beside),),
        "part",
    ),
    "changes": Drawing(
        (
            ("worse", "worse", "结论变差", "Worse"),
            ("better", "better", "结论好转", "Better"),
            ("changed", "changed", "其他变化", "Changed otherwise"),
            ("entered", "entered", "新增机井", "Wells that entered"),
            ("left", "left", "退出机井", "Wells that left"),
            ("same", "same", "无变化", "Unchanged"),
        ),
        (_WELL_LABEL,),
        "change",
    ),
    "neighbours": Drawing(
        (
            (
                "\"unit_id\" <> attribute(@atlas_feature, 'unit_id')",
                "neighbours",
                "相邻单元（淡化）",
                "Neighbours (pale)",
            ),
            (
                "\"unit_id\" = attribute(@atlas_feature, 'unit_id')",
                "page_unit",
                "本图单元",
                "Unit of this page",
            ),
        )
    ),
    "inset": Drawing(
        (
            ("\"unit_id\" <> attribute(@atlas_feature, 'unit_id')", "inset_unit", "", ""),
            ("\"unit_id\" = attribute(@atlas_feature, 'unit_id')", "inset_page", "", ""),
        )
    ),
}
"""How each table is drawn, by name."""


def by_year(house: House, years: Sequence[int]) -> list[tuple[int, int, object]]:
    """Shades for years: first and last year of each shade, and its symbol; the first ones share one where there are
    more years than shades."""
    shades = house.years["shades"]
    spread = sorted(set(years))
    shared = spread[: max(len(spread) - len(shades) + 1, 1)]
    groups = [(shared[0], shared[-1]), *((year, year) for year in spread[len(shared) :])] if spread else []
    first = max(len(shades) - len(groups), 0) // 2
    line, width = house.colour(house.years["line"]), house.years["width"]
    return [
        (begin, end, symbols.fill(shades[first + place], line, width))
        for place, (begin, end) in enumerate(groups)
    ]


def retirement(
    layer: QgsVectorLayer,
    house: House,
    years: Sequence[int],
    say: Callable[[str, str], str],
    of_period: bool = False,
) -> None:
    """Land by the year of its retirement, light to dark; what is irrigated stays pale.

    Args:
        of_period: only land retired in a period has a day.
    """
    rules = []
    groups = by_year(house, years)
    for begin, end, symbol in groups:
        span = f"{begin}" if begin == end else f"{begin}–{end}"
        rule = f'"status" = \'retired\' AND year("retired_on") >= {begin} AND year("retired_on") <= {end}'
        rules.append((rule, symbol, say(f"{span}年退减", f"Retired {span}")))
    first, last = (groups[0][0], groups[-1][1]) if groups else (0, 0)
    rules += [
        (
            f'"status" = \'retired\' AND ("retired_on" IS NULL OR year("retired_on") < {first}'
            f' OR year("retired_on") > {last})',
            house.symbol("retired_other"),
            say("时段外退减或无日期", "Retired at another time, or no day")
            if of_period
            else say("其他年份或无日期", "Another year, or no day"),
        ),
        ('"restored_on" IS NOT NULL', house.symbol("restored"), say("复灌", "Restored")),
        ("ELSE", house.symbol("still_irrigated"), say("灌溉", "Irrigated")),
    ]
    layer.setRenderer(symbols.by_rule(rules))
