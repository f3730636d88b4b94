"""Room left under the cap on permits: what that means for applications and projects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.applied import outcomes
from ..facts.asking import asking
from ..facts.permit_facts import groundwater_share, in_force, permit_counties, permit_links
from ..facts.yearbook import exceeds, last_full_year, reaches, unit_names
from ..registry import Parameter, Rule
from ..scene import Scene
from .quota_headroom import SPECIAL_USES
from .quota_units import SOURCES

PERMISSIONS = {
    "full": "deny",
    "special": "review",
    "doubt": "review",
    "no_cap": "not_evaluated",
    "unsure": "not_evaluated",
    "open_demand": "not_evaluated",
    "beyond": "review",
    "room": "allow",
}


def permit_headroom(scene: Scene, binding: Binding) -> Verdicts:
    """More abstraction in a county whose permits have reached their cap is refused (WPR-20b).

    Permits in force on the day of judgement, ``Σ volume ≥ cap``. Cap: ``permit_cap`` of INDICES for the county, else
    its cap on use, of the year of judgement or the last full one. Below the cap permits without a volume, a county or
    a source may still belong to it: not evaluated. Demand that does not fit into what is left is for review, and so
    is emergency supply.
    """
    units = _permitted(scene, str(binding.value("source") or "total"))
    return concat(
        [_say(scene, binding, units, role) for role in ("applications", "projects") if scene.has(role)]
    )


def _permitted(scene: Scene, source: str) -> pd.DataFrame:
    """Per county with a cap: ``cap``, ``year``, ``total`` of its permits and ``possible`` (with those that may be of
    it; infinite where a volume is missing)."""
    permits, links = scene.frame("permits"), permit_links(scene)
    share = np.ones(len(permits)) if source == "total" else groundwater_share(permits, links)
    table = pd.DataFrame(
        {
            "county": permit_counties(scene, links),
            "volume": permits["volume_m3"].to_numpy("float64"),
            "share": share,
        }
    )
    inside = np.asarray(scene.unit_subjects(table["county"].to_numpy(dtype=object)).in_scope, dtype=bool)
    kept = in_force(permits, pd.Timestamp(scene.as_of), scene.as_of) & (share != 0)
    table = table[kept & (inside | (table["county"] == "").to_numpy())]
    placed = (table["county"] != "").to_numpy()
    sure = table[placed & (table["share"] == 1).to_numpy()]
    lost = table.loc[~placed, "volume"].fillna(np.inf).sum()
    caps = _caps(scene, source)
    total = sure.groupby("county")["volume"].sum()
    possible = table[placed].fillna({"volume": np.inf}).groupby("county")["volume"].sum()
    caps["total"] = total.reindex(caps.index).fillna(0.0)
    caps["possible"] = possible.reindex(caps.index).fillna(0.0) + lost
    return caps


def _caps(scene: Scene, source: str) -> pd.DataFrame:
    """``cap`` and ``year`` by county."""
    own = scene.amounts.indices("permit_cap", "units", source, "", "")
    own = own.rename(columns={"subject_id": "unit_id"})[["unit_id", "year", "value"]].assign(rank=0)
    use = scene.amounts.caps("county", source)
    use = use.loc[(use["scope"] == "").to_numpy(), ["unit_id", "year", "value"]].assign(rank=1)
    both = pd.concat([part for part in (own, use) if len(part)] or [use], ignore_index=True)
    both = both[both["year"].between(last_full_year(scene), scene.as_of.year).to_numpy(bool)]
    both = both.sort_values(["unit_id", "rank", "year", "value"], ascending=[True, True, False, True])
    both = both.drop_duplicates("unit_id").set_index("unit_id")
    return both.rename(columns={"value": "cap"})[["cap", "year"]]


def _say(scene: Scene, binding: Binding, units: pd.DataFrame, role: str) -> Verdicts:
    who = asking(scene, role, str(binding.value("source") or "total"))
    unit = np.asarray(scene.unit_at(role, "county"), dtype=object)
    here = units.reindex(unit)
    cap, total = here["cap"].to_numpy("float64"), here["total"].to_numpy("float64")
    demand, doubt = who["demand_m3"].to_numpy("float64"), who["doubt"].to_numpy(bool)
    full = reaches(total, cap)
    state = np.select(
        [
            np.isnan(cap),
            full & who["use"].isin(SPECIAL_USES).to_numpy(bool),
            full & doubt,
            full,
            reaches(here["possible"], cap),
            np.isnan(demand),
            exceeds(demand, cap - total),
        ],
        ["no_cap", "special", "doubt", "full", "unsure", "open_demand", "beyond"],
        default="room",
    ).astype(object)
    permission = pd.Series(state, dtype=object).map(PERMISSIONS).to_numpy(dtype=object)
    return binding.say(
        scene.subjects(role),
        asked=who["asked"].to_numpy(bool),
        outcome=outcomes(permission),
        key=np.array([f"quota.permit_headroom.{one}" for one in state], dtype=object),
        permission=permission,
        values={
            "unit": unit_names(scene, unit),
            "year": here["year"].astype("Int64").astype(object).to_numpy(),
            "cap": cap.round(2),
            "permitted": total.round(2),
            "left": (cap - total).round(2),
            "demand": demand.round(2),
        },
        evidence={"headroom_m3": cap - total, "demand_m3": demand},
        action=np.select(
            [np.isin(state, ["no_cap", "unsure", "open_demand"]), state == "special"],
            ["supply_data", "explain"],
            "none",
        ).astype(object),
        measured=total,
        threshold=cap,
        measure_unit="m3",
    )


RULES = (
    Rule(
        "quota.permit_headroom",
        permit_headroom,
        subjects=("applications", "projects"),
        needs=("permits",),
        step=5,
        parameters=(Parameter("source", "text", default="total", one_of=SOURCES),),
    ),
)
