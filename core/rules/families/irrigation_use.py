"""How irrigated land is watered: efficient methods, leading districts, water returned by retired land."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.flags import flagged
from ..facts.irrigated_land import geometry_mu, irrigated_mu, net_retired
from ..facts.quantities import area_units
from ..facts.yearbook import last_full_year, reaches, unit_names, units_of
from ..registry import Parameter, Rule
from ..scene import Scene

EFFICIENT = (
    "喷灌",
    "微灌",
    "滴灌",
    "低压管",
    "管灌",
    "水肥一体",
    "sprinkler",
    "micro",
    "drip",
    "pipe",
    "fertigation",
)
"""What the text of ``method`` holds where it names one of the methods of YJS-3.2.1a."""


def efficient_share(scene: Scene, binding: Binding) -> Verdicts:
    """Share of irrigated land under efficient methods, by unit (YJS-3.2.1a).

    Σ area with a ``method`` that names one of the efficient ones ÷ Σ area irrigated now, in %. The text sets no
    figure: without ``at_least`` the share is shown and not judged. Areas without a method could be either; where they
    could change the answer there is none.
    """
    areas = scene.frame("irrigation")
    from_now = irrigated_mu(scene)
    unit = area_units(scene, binding.value("level"))
    method = areas["method"].astype(object).where(areas["method"].notna(), "").astype(str).str.casefold()
    named = method.map({text: any(one in text for one in EFFICIENT) for text in method.unique()}).to_numpy(
        bool
    )
    frame = pd.DataFrame(
        {
            "unit": unit,
            "all": from_now,
            "good": from_now * named,
            "open": from_now * (method == "").to_numpy(),
        }
    )
    sums = (
        frame[(unit != "") & ~np.isnan(from_now)]
        .groupby("unit")
        .sum()
        .reindex(units_of(scene, binding.value("level")))
    )
    whole = sums["all"].to_numpy("float64")
    share = np.divide(sums["good"], whole, out=np.full(len(sums), np.nan), where=whole > 0) * 100.0
    most = (
        np.divide(sums["good"] + sums["open"], whole, out=np.full(len(sums), np.nan), where=whole > 0) * 100.0
    )
    wanted = binding.value("at_least")
    line = np.nan if wanted is None else float(wanted)
    state = np.select(
        [np.isnan(share), np.full(len(sums), wanted is None), reaches(share, line), ~reaches(most, line)],
        ["no_data", "shown", "reached", "short"],
        "open",
    ).astype(object)
    return binding.say(
        scene.unit_subjects(sums.index),
        outcome=np.select([state == "reached", state == "short"], ["pass", "fail"], "not_evaluated").astype(
            object
        ),
        action=np.where(np.isin(state, ("no_data", "open")), "supply_data", "none").astype(object),
        key=np.char.add("irrigation.efficient.", state.astype(str)).astype(object),
        values={
            "unit": unit_names(scene, sums.index),
            "share": np.round(share, 2),
            "wanted": wanted,
            "efficient_mu": np.round(sums["good"].to_numpy("float64"), 2),
            "irrigated_mu": np.round(whole, 2),
        },
        measured=share,
        threshold=line,
        measure_unit="%",
    )


def leader(scene: Scene, binding: Binding) -> Verdicts:
    """Irrigation districts that can be chosen as leaders in water efficiency (YJS-4.2.9).

    A district is what shares a name in ``district``; an area without one stands for itself. A candidate has at least
    ``at_least_mu`` 亩 (registered, else by geometry) irrigated now, and all its areas carry the flags ``managed`` and
    ``safe``. Candidates are listed for review, with η = net field ÷ gross diversion of the last full year where INDICES
    have it for the area; a large district with an area without any flags is open. All others are out of scope.
    """
    areas = scene.frame("irrigation")
    area = irrigated_mu(scene)
    now = ~np.isnan(area)
    name = (
        areas["district"]
        .astype(object)
        .where(areas["district"].notna(), "row " + areas["row_id"].astype(str))
    )
    sound = flagged(areas["flags"], "managed") & flagged(areas["flags"], "safe")
    frame = pd.DataFrame(
        {
            "name": name,
            "area": area,
            "sound": sound,
            "unknown": areas["flags"].isna().to_numpy(),
            "row": np.arange(len(areas)),
        }
    )[now]
    frame = frame.sort_values("row", kind="stable")
    frame["key"] = areas["row_id"].to_numpy()[frame["row"]]
    districts = (
        frame.sort_values("key", kind="stable")
        .groupby("name")
        .agg(
            area=("area", "sum"),
            sound=("sound", "all"),
            unknown=("unknown", "any"),
            row=("row", "first"),
            n=("row", "size"),
        )
    )
    rows = districts["row"].to_numpy("int64")
    large = reaches(districts["area"], float(binding.value("at_least_mu")))
    sound, unknown = districts["sound"].to_numpy(bool), districts["unknown"].to_numpy(bool)
    eta = _efficiency(scene)
    return binding.say(
        scene.subjects("irrigation").take(rows),
        asked=large & (sound | unknown),
        outcome=np.where(sound, "review", "not_evaluated").astype(object),
        action=np.where(sound, "list", "supply_data").astype(object),
        key=np.where(sound, "irrigation.leader.candidate", "irrigation.leader.no_flags").astype(object),
        values={
            "district": np.where(areas["district"].notna(), areas["district"], areas["row_id"])[rows],
            "area_mu": np.round(districts["area"].to_numpy(), 2),
            "least_mu": binding.value("at_least_mu"),
        },
        evidence={
            "n_areas": districts["n"].to_numpy(),
            "efficiency": areas["area_id"].map(eta).to_numpy("float64")[rows],
        },
        measured=districts["area"].to_numpy("float64"),
        threshold=float(binding.value("at_least_mu")),
        measure_unit="mu",
    )


def water_returned(scene: Scene, binding: Binding) -> Verdicts:
    """Water returned by retired land: Σ net retired area × quota, by unit (TLF-5.1).

    Net retired area of each area by its polygon, as the retirement balance counts it (baseline of the policy), but
    each area as a whole in its own unit; its quota is ``quota_m3_per_mu``. Where TARGETS hold a ``volume_m3`` for the
    unit, less than that is a fail once its year is over; without one the volume is shown and not judged. Retired land
    without a quota or a polygon: a lower bound that never fails a unit.
    """
    if not scene.policy.has("retirement") or scene.policy.value("retirement.baseline") is None:
        return binding.cannot("irrigation.returned.no_baseline")
    areas, area = scene.frame("irrigation"), geometry_mu(scene)
    share = net_retired(scene, scene.policy.value("retirement.baseline"), scene.as_of, area)
    volume_each = area * share * areas["quota_m3_per_mu"].to_numpy("float64")
    units = units_of(scene, binding.value("level"))
    table = pd.DataFrame(
        {
            "unit": area_units(scene, binding.value("level")),
            "net": np.nan_to_num(area * share),
            "m3": np.nan_to_num(volume_each),
            "open": (share > 0) & np.isnan(volume_each),
        }
    )
    sums = table.groupby("unit").sum().reindex(units).fillna(0.0)
    volume, lacking = sums["m3"].to_numpy("float64"), sums["open"].to_numpy("float64") > 0
    target, year = _volume_targets(scene, units)
    over = year <= last_full_year(scene)
    met = reaches(volume, target)
    state = np.select(
        [~np.isnan(target) & met, ~np.isnan(target) & ~over, lacking, ~np.isnan(target)],
        ["met", "not_due", "no_quota", "short"],
        "shown",
    ).astype(object)
    return binding.say(
        scene.unit_subjects(units),
        outcome=np.select([state == "met", state == "short"], ["pass", "fail"], "not_evaluated").astype(
            object
        ),
        action=np.select([state == "short", state == "no_quota"], ["explain", "supply_data"], "none").astype(
            object
        ),
        period=np.array(["" if np.isnan(one) else str(int(one)) for one in year], dtype=object),
        period_state=np.where(state == "not_due", "not_due", "").astype(object),
        key=np.char.add("irrigation.returned.", state.astype(str)).astype(object),
        values={
            "unit": unit_names(scene, units),
            "volume_m3": np.round(volume, 1),
            "target_m3": target,
            "net_mu": np.round(sums["net"].to_numpy("float64"), 2),
        },
        evidence={
            "net_mu": sums["net"].to_numpy("float64"),
            "n_without_quota": sums["open"].to_numpy("float64"),
        },
        measured=volume,
        threshold=target,
        measure_unit="m3",
    )


def _volume_targets(scene: Scene, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The earliest volume target of each unit, and its year."""
    targets = scene.frame("targets")
    table = pd.DataFrame(
        {
            "unit": scene.unit_key(targets["unit_id"]),
            "year": targets["year"].to_numpy("float64", na_value=np.nan),
            "m3": targets["volume_m3"].to_numpy("float64"),
        }
    ).dropna()
    first = (
        table.sort_values(["unit", "year"], kind="stable")
        .drop_duplicates("unit")
        .set_index("unit")
        .reindex(units)
    )
    return first["m3"].to_numpy("float64"), first["year"].to_numpy("float64")


def _efficiency(scene: Scene) -> pd.Series:
    """Net field ÷ gross diversion by area id, of the last full year."""
    year = last_full_year(scene)
    sides = {}
    for measure in ("net_field", "gross_diversion"):
        rows = scene.amounts.indices(measure, "irrigation")
        sides[measure] = rows[rows["year"] == year].groupby("subject_id")["value"].sum()
    return (sides["net_field"] / sides["gross_diversion"]).dropna()


_LEVEL = Parameter("level", "text", default="county")

RULES = (
    Rule(
        "irrigation.efficient_share",
        efficient_share,
        subjects=("units",),
        needs=("irrigation",),
        parameters=(_LEVEL, Parameter("at_least", "number")),
    ),
    Rule(
        "irrigation.leader",
        leader,
        subjects=("irrigation",),
        needs=("irrigation",),
        parameters=(Parameter("at_least_mu", "number", required=True),),
    ),
    Rule(
        "irrigation.water_returned",
        water_returned,
        subjects=("units",),
        needs=("irrigation",),
        parameters=(_LEVEL,),
    ),
)
