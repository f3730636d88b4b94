"""Room left under the caps: what that means for applications and projects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.applied import outcomes
from ..facts.asking import asking
from ..facts.levels import latest_level
from ..facts.yearbook import (
    JUDGED,
    exceeds,
    last_full_year,
    latest_state,
    reaches,
    unit_names,
    year_table,
)
from ..registry import Parameter, Rule, words
from ..scene import Scene
from .quota_units import LEVELS, SOURCES

TRIGGERS = ("above", "at_or_above", "no_headroom")
SPECIAL_USES = ("emergency",)
"""Uses that an open list of exceptions ("and the like") may cover: for a person to decide."""

PERMISSIONS = {
    "exempt": "allow",
    "traded": "allow_if",
    "special": "review",
    "use_unknown": "review",
    "doubt": "review",
    "no_demand": "review",
    "unknown": "not_evaluated",
    "stale": "not_evaluated",
    "stale_level": "not_evaluated",
    "open_demand": "not_evaluated",
    "beyond": "review",
    "room": "allow",
}
"""Permission by state; ``suspend`` and ``deny`` are their own."""


def headroom(scene: Scene, binding: Binding) -> Verdicts:
    """New abstraction in a unit whose index is used up (TOL-8a, HJQ-3.4a, YJS-4.2.7b).

    ``trigger``: ``above`` use > index; ``at_or_above`` and ``no_headroom`` use ≥ index. ``check_level``: a mean level
    below the control level triggers as well. The unit is judged by the open year if that is over already, else by its
    last full year, or by the one before where the last has no figure yet; older figures, and levels from before the
    last full year, say nothing. ``trade``: traded volume ≥ demand makes it ``allow_if``. ``exempt_uses`` are exempt;
    ``review_uses`` (emergency supply, where there are exceptions at all) and an unknown use are for a person to decide.
    Where nothing is triggered and the demand does not fit into what is left, it is a review. Who takes no water is not
    asked.
    """
    units = _unit_state(scene, binding)
    return concat(
        [_say(scene, binding, units, role) for role in ("applications", "projects") if scene.has(role)]
    )


def _unit_state(scene: Scene, binding: Binding) -> pd.DataFrame:
    """Per unit: ``full`` (triggered), ``known``, ``stale`` (nothing newer is known), figures and year, and whether its
    level is below control."""
    level, source = str(binding.value("level") or "county"), str(binding.value("source") or "total")
    table = year_table(scene, level=level, source=source)
    strict = binding.value("trigger") in (None, "above")
    running = (table["period_state"] == "open") & table["state"].isin(["open", "over"])
    # at the index is enough for some texts, in an open year as well
    hit = exceeds(table["use_m3"], table["cap_m3"]) if strict else reaches(table["use_m3"], table["cap_m3"])
    table = table[(~running | hit).to_numpy(bool)].assign(hit=hit[(~running | hit).to_numpy(bool)])
    table["state"] = np.where(
        table["hit"] & table["state"].isin(["open", "incomplete"]), "over", table["state"]
    )
    latest = latest_state(table).set_index("unit_id")
    units = latest[["year", "cap_m3", "use_m3"]].copy()
    units["stale"] = latest["year"] < last_full_year(scene) - 1
    units["known"] = latest["state"].isin(JUDGED) & ~units["stale"]
    units["full"] = latest["hit"] & units["known"]
    if not binding.value("check_level"):
        return units.assign(level_state="kept", margin_m=np.nan, level_year=np.nan)
    levels = latest_level(scene, level).set_index("unit_id")
    units = units.reindex(units.index.union(levels.index))
    for name in ("known", "full", "stale"):
        units[name] = units[name].eq(True)
    old = levels["year"] < last_full_year(scene)
    units["level_state"] = levels["state"].mask(old, "stale").reindex(units.index).fillna("unknown")
    units["margin_m"] = levels["margin_m"].reindex(units.index)
    units["level_year"] = levels["year"].reindex(units.index)
    return units


def _say(scene: Scene, binding: Binding, units: pd.DataFrame, role: str) -> Verdicts:
    who = asking(scene, role, str(binding.value("source") or "total"))
    level = str(binding.value("level") or "county")
    unit = np.asarray(scene.unit_at(role, level), dtype=object)
    here = units.reindex(unit)
    known = here["known"].eq(True).to_numpy()
    full = known & here["full"].eq(True).to_numpy()
    demand, traded = who["demand_m3"].to_numpy("float64"), who["traded_m3"].to_numpy("float64")
    cap, used = here["cap_m3"].to_numpy("float64"), here["use_m3"].to_numpy("float64")
    none = "unknown" if binding.value("check_level") else "kept"
    level_state = here["level_state"].fillna(none).to_numpy(object)
    state = _states(binding, here, level_state, full, known, who)
    permission = pd.Series(state, dtype=object).map(PERMISSIONS)
    permission = permission.where(permission.notna(), state)
    outcome = outcomes(permission.to_numpy(dtype=object))
    outcome[state == "exempt"] = "exempt"
    # a level below control speaks alone where the volume does not
    by_level = ~full & np.isin(
        state, ["exempt", "special", "use_unknown", "doubt", "suspend", "deny", "traded"]
    )
    said = np.where((state == "deny") & bool(binding.value("trade")) & full, "deny_traded", state)
    said = np.where((state == "special") & (not binding.value("exempt_uses")), "special_elsewhere", said)
    return binding.say(
        scene.subjects(role),
        asked=who["asked"].to_numpy(bool),
        outcome=outcome,
        key=np.array(
            [
                f"quota.headroom.{one}_level" if level_only else f"quota.headroom.{one}"
                for one, level_only in zip(said, by_level, strict=True)
            ],
            dtype=object,
        ),
        permission=permission.to_numpy(dtype=object),
        values={
            "unit": unit_names(scene, unit),
            "year": here["year"].astype("Int64").astype(object).to_numpy(),
            "use": used.round(2),
            "index": cap.round(2),
            "demand": demand.round(2),
            "left": (cap - used).round(2),
            "traded": np.nan_to_num(traded).round(2),
            "level_below": np.abs(here["margin_m"].to_numpy("float64")).round(3),
            "level_year": here["level_year"].astype("Int64").astype(object).to_numpy(),
            "full_year": last_full_year(scene),
        },
        evidence={
            "headroom_m3": cap - used,
            "demand_m3": demand,
            "traded_m3": traded,
            "level_margin_m": here["margin_m"].to_numpy("float64"),
        },
        action=np.select(
            [
                np.isin(
                    state, ["unknown", "stale", "stale_level", "no_demand", "open_demand", "use_unknown"]
                ),
                state == "special",
            ],
            ["supply_data", "explain"],
            "none",
        ).astype(object),
        measured=used,
        threshold=cap,
        measure_unit="m3",
    )


def _states(binding: Binding, here, level_state, full, known, who: pd.DataFrame) -> np.ndarray:
    """What is to be said of each application or project."""
    triggered = full | (level_state == "below")
    exempt_uses, review_uses = _texts(binding.value("exempt_uses")), _texts(binding.value("review_uses"))
    trade, use, doubt = bool(binding.value("trade")), who["use"], who["doubt"].to_numpy(bool)
    demand, traded = who["demand_m3"].to_numpy("float64"), who["traded_m3"].fillna(0.0).to_numpy("float64")
    special = use.isin(review_uses or (SPECIAL_USES if exempt_uses else ())).to_numpy(bool)
    left = here["cap_m3"].to_numpy("float64") - here["use_m3"].to_numpy("float64")
    wanted = demand - traded if trade else demand
    return np.select(
        [
            triggered & use.isin(exempt_uses).to_numpy(bool),
            triggered & trade & reaches(traded, demand),
            triggered & special,
            triggered & bool(exempt_uses) & use.isna().to_numpy(bool),
            triggered & doubt,
            full & trade & np.isnan(demand),
            triggered,
            ~known & here["stale"].eq(True).to_numpy(),
            ~known | (level_state == "unknown"),
            level_state == "stale",
            np.isnan(demand),
            exceeds(wanted, left),
        ],
        [
            "exempt",
            "traded",
            "special",
            "use_unknown",
            "doubt",
            "no_demand",
            str(binding.value("permission") or "suspend"),
            "stale",
            "unknown",
            "stale_level",
            "open_demand",
            "beyond",
        ],
        default="room",
    ).astype(object)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple) else ()


def offset(scene: Scene, binding: Binding) -> Verdicts:
    """New, rebuilt or expanded projects in an overloaded county find their water elsewhere (TLF-3.3c).

    Overloaded: use above the index in the last year that can be judged, no older than for ``headroom``. Adjusted,
    traded or retired volume that reaches the demand makes it ``allow_if``; less is a review, since the text holds it
    in principle only.
    """
    frame = scene.frame("projects")
    level, source = str(binding.value("level") or "county"), str(binding.value("source") or "total")
    units = latest_state(year_table(scene, level=level, source=source)).set_index("unit_id")
    unit = np.asarray(scene.unit_at("projects", level), dtype=object)
    here = units.reindex(unit)
    demand, traded = frame["demand_m3"].to_numpy("float64"), frame["traded_m3"].to_numpy("float64")
    over, known = (here["state"] == "over").to_numpy(), here["state"].isin(JUDGED).to_numpy()
    stale = known & (here["year"] < last_full_year(scene) - 1).to_numpy(bool)
    state = np.select(
        [stale, ~known, ~over, np.isnan(demand), reaches(np.nan_to_num(traded), demand)],
        ["stale", "unknown", "room", "no_demand", "covered"],
        default="short",
    ).astype(object)
    permission = pd.Series(state, dtype=object).map(
        {
            "stale": "not_evaluated",
            "unknown": "not_evaluated",
            "room": "allow",
            "no_demand": "review",
            "covered": "allow_if",
            "short": "review",
        }
    )
    asked = ~(frame["build_kind"] == "existing").to_numpy(bool) & ~(demand <= 0)
    return binding.say(
        scene.subjects("projects"),
        asked=asked,
        outcome=outcomes(permission.to_numpy(dtype=object)),
        key=np.array([f"quota.offset.{one}" for one in state], dtype=object),
        permission=permission.to_numpy(dtype=object),
        values={
            "unit": unit_names(scene, unit),
            "year": here["year"].astype("Int64").astype(object).to_numpy(),
            "use": here["use_m3"].to_numpy("float64").round(2),
            "index": here["cap_m3"].to_numpy("float64").round(2),
            "demand": demand.round(2),
            "traded": np.nan_to_num(traded).round(2),
            "short": (demand - np.nan_to_num(traded)).round(2),
            "full_year": last_full_year(scene),
        },
        evidence={
            "use_m3": here["use_m3"].to_numpy("float64"),
            "index_m3": here["cap_m3"].to_numpy("float64"),
        },
        action=np.where(np.isin(state, ["stale", "unknown", "no_demand"]), "supply_data", "none").astype(
            object
        ),
        measured=np.nan_to_num(traded),
        threshold=demand,
        measure_unit="m3",
    )


RULES = (
    Rule(
        "quota.headroom",
        headroom,
        subjects=("applications", "projects"),
        step=5,
        parameters=(
            Parameter("trigger", "text", default="above", one_of=TRIGGERS),
            Parameter("level", "text", default="county", one_of=LEVELS),
            Parameter("source", "text", default="total", one_of=SOURCES),
            Parameter("check_level", "bool", default=False),
            Parameter("exempt_uses", "texts", one_of=words("use")),
            Parameter("review_uses", "texts", one_of=words("use")),
            Parameter("trade", "bool", default=False),
            Parameter("permission", "text", default="suspend", one_of=("suspend", "deny")),
        ),
    ),
    Rule(
        "quota.offset",
        offset,
        subjects=("projects",),
        needs=("projects",),
        step=5,
        parameters=(
            Parameter("level", "text", default="county", one_of=LEVELS),
            Parameter("source", "text", default="total", one_of=SOURCES),
        ),
    ),
)
