"""Over-extraction zones through time: their area, and the water taken beyond what they yield."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import shapely

from ...findings import Verdicts
from ...overlay.areas import drawn_area_m2, repaired_polygons
from ...overlay.points import crs_of
from ...overlay.zones import Zones
from ..binding import Binding
from ..facts.levels import station_slopes
from ..facts.work import wells_at_work, wells_read
from ..facts.yearbook import exceeds, last_full_year
from ..facts.zone_water import zone_balance, zone_points, zones_in_force
from ..registry import Parameter, Rule
from ..scene import Scene
from ..subjects import Subjects

M2_PER_KM2 = 1e6
LEVEL_TOLERANCE = 1e-9

OVERDRAFT = {
    "balanced": "pass",
    "falls": "pass",
    "grows": "fail",
    "grows_and_sinks": "fail",
    "disagree": "review",
    "grows_level_holds": "review",
    "grows_no_level": "review",
}
"""Outcome by state of a zone; every other state is not evaluated."""

NOT_KNOWN = ("no_use", "no_allowable", "no_level", "grows_no_level")
"""States in which somebody has to supply a figure."""


def zone_area(scene: Scene, binding: Binding) -> Verdicts:
    """Area of all over-extraction zones together is not larger than on the baseline day (TLF-1.2b).

    The zones in force on ``as_of`` (``due_on``, where that is earlier) against those in force on ``baseline``, else on
    the day of the document. Overlapping zones count once. Zones without any day of validity have no past: not
    evaluated.
    """
    frame = scene.frame("zones")
    baseline, due = binding.value("baseline") or scene.policy.issued_on, binding.value("due_on")
    until = min(scene.as_of, due) if isinstance(due, date) else scene.as_of
    subject = scene.policy_subject(binding.clause.id)
    dated = frame["valid_from"].notna().any() or frame["valid_to"].notna().any()
    before = _area_km2(frame, baseline) if isinstance(baseline, date) and dated else np.nan
    now = _area_km2(frame, until)
    known = not (np.isnan(before) or np.isnan(now))
    state = ("grown" if exceeds(now, before) else "held") if known else "no_past"
    return binding.say(
        subject,
        outcome={"no_past": "not_evaluated", "grown": "fail", "held": "pass"}[state],
        key=f"levels.zone_area.{state}",
        values={
            "baseline": baseline.isoformat() if isinstance(baseline, date) else None,
            "until": until.isoformat(),
            "before": round(before, 3),
            "now": round(now, 3),
            "change": round(now - before, 3),
        },
        evidence={"before_km2": before, "now_km2": now},
        action="supply_data" if state == "no_past" else "none",
        measured=now,
        threshold=before,
        measure_unit="km2",
    )


def _area_km2(frame: pd.DataFrame, day: date) -> float:
    """Area on the ellipsoid of the over-extraction zones in force on a day; NaN where none was in force or drawn."""
    zones = Zones(frame)
    rows = np.flatnonzero(zones.editions.on(np.datetime64(day, "D")) & (zones.severity > 0))
    shapes = repaired_polygons(frame, "zones")[0][rows]
    shapes = shapes[~shapely.is_missing(shapes)]
    if not len(shapes) or len(shapes) < len(rows):
        return np.nan
    whole = np.array([shapely.union_all(shapes)], dtype=object)
    return float(drawn_area_m2(whole, crs_of(frame, "zones"))[0]) / M2_PER_KM2


def zone_overdraft(scene: Scene, binding: Binding) -> Verdicts:
    """The overdraft of an over-extraction zone falls: ``V_t − allowable < V_(t−1) − allowable`` (TOL-C, YJS-2d).

    Years: ``from_year`` and ``to_year``, else the last full year and the one before it; the first year that is judged
    is the one after the document. V: readings of the wells in the zone; a well at work without a reading of a whole
    year leaves it open. Once V ≤ allowable there is no overdraft left: pass.

    ``check_level``: the levels must not fall either. Median Theil–Sen slope of the zone's stations over
    ``window_years`` years up to the last one (else from the first year to the last); where the two disagree, a person
    decides, and without levels no zone passes.
    """
    full, issued = last_full_year(scene), scene.policy.issued_on
    last = int(str(binding.value("to_year") or max(full, issued.year + 1 if issued else full)))
    first = int(str(binding.value("from_year") or last - 1))
    table = _volumes(scene, np.array([first, last]))
    ids = table["zone_id"].to_numpy(dtype=object)
    before, after = table["before"].to_numpy("float64"), table["after"].to_numpy("float64")
    allowable = table["allowable"].to_numpy("float64")
    future = last > full
    window = max(2, int(str(binding.value("window_years") or last - first + 1)))
    slope = _level_slope(scene, ids, np.arange(last - window + 1, last + 1))
    state = np.full(len(table), "not_due", dtype=object)
    if not future:
        state = _use_state(before, after, allowable, (table["lacking"] > 0).to_numpy())
        if binding.value("check_level"):
            state = _with_level(state, slope)
    return binding.say(
        _zone_subjects(scene, ids),
        outcome=pd.Series(state, dtype=object).map(OVERDRAFT).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"levels.zone_overdraft.{one}" for one in state], dtype=object),
        values={
            "zone": ids,
            "first": first,
            "last": last,
            "window": window,
            "slope": slope.round(3),
            "before": before.round(2),
            "after": after.round(2),
            "allowable": allowable.round(2),
            "overdraft": (after - allowable).round(2),
            "lacking": table["lacking"].to_numpy(),
        },
        evidence={"allowable_m3": allowable, "n_wells": table["n_wells"].to_numpy()},
        period=f"{first}/{last}",
        period_state="not_due" if future else "closed",
        action=np.where(np.isin(state, NOT_KNOWN), "supply_data", "none").astype(object),
        measured=after - allowable,
        threshold=before - allowable,
        measure_unit="m3",
    )


def _use_state(before, after, allowable, lacking: np.ndarray) -> np.ndarray:
    """What the volumes alone say of each zone."""
    balanced = ~np.isnan(allowable) & ~exceeds(after, allowable)
    return np.select(
        [np.isnan(after) | np.isnan(before) | lacking, balanced, exceeds(before, after), np.isnan(allowable)],
        ["no_use", "balanced", "falls", "no_allowable"],
        default="grows",
    ).astype(object)


def _with_level(state: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """What volumes and levels say together; a slope of NaN is not known."""
    held, grown = np.isin(state, ("balanced", "falls")), state == "grows"
    unknown, sinks = np.isnan(slope), slope < -LEVEL_TOLERANCE
    return np.select(
        [held & unknown, held & sinks, grown & unknown, grown & sinks, grown],
        ["no_level", "disagree", "grows_no_level", "grows_and_sinks", "grows_level_holds"],
        default=state,
    ).astype(object)


def recharged(scene: Scene, binding: Binding) -> Verdicts:
    """What the wells of an over-extraction zone took in the last full year, against the recharge of the zone (TOL-7c).

    At most the recharge: pass. More than that is shown and not judged: the text sets no year by which the two balance.
    """
    year = last_full_year(scene)
    _, zones, rows = zones_in_force(scene)
    ids = np.unique(zones.ids[rows].astype(str)).astype(object)
    found = zone_balance(scene)
    found = found[(found["year"] == year).to_numpy()].set_index("zone_id").reindex(ids)
    use, recharge = found["use_m3"].to_numpy("float64"), found["recharge_m3"].to_numpy("float64")
    state = np.select(
        [
            np.isnan(use),
            np.isnan(recharge),
            exceeds(use, recharge),
            ~found["complete"].eq(True).to_numpy(),
        ],
        ["no_use", "no_recharge", "gap", "open"],
        default="balanced",
    ).astype(object)
    return binding.say(
        _zone_subjects(scene, ids),
        outcome=np.where(state == "balanced", "pass", "not_evaluated").astype(object),
        key=np.array([f"levels.zone_balance.{one}" for one in state], dtype=object),
        values={
            "zone": ids,
            "year": year,
            "use_m3": use.round(1),
            "recharge_m3": recharge.round(1),
            "gap_m3": (use - recharge).round(1),
        },
        period=str(year),
        action=np.where(np.isin(state, ("no_use", "no_recharge", "open")), "supply_data", "none").astype(
            object
        ),
        measured=use,
        threshold=recharge,
        measure_unit="m3",
    )


def _volumes(scene: Scene, years: np.ndarray) -> pd.DataFrame:
    """Per zone: ``before`` and ``after`` (m³), ``allowable``, ``n_wells``, ``lacking`` (wells without a reading)."""
    frame, zones, rows = zones_in_force(scene)
    ids = np.unique(zones.ids[rows].astype(str)).astype(object)
    pairs = zone_points(scene, "wells")
    work = wells_at_work(scene, years)
    lack = (work & ~wells_read(scene, years)).any(axis=1)
    volumes = scene.amounts.well_years.set_index(["well", "year"])["volume_m3"]
    table = pd.DataFrame(index=ids)
    for name, year in (("before", years[0]), ("after", years[1])):
        keys = pd.MultiIndex.from_arrays([pairs["point"], np.full(len(pairs), year)])
        taken = volumes.reindex(keys).to_numpy("float64") if len(volumes) else np.full(len(pairs), np.nan)
        table[name] = pd.Series(taken).groupby(pairs["zone_id"].to_numpy()).sum(min_count=1).reindex(ids)
    allowable = (
        pd.to_numeric(frame["allowable_m3"]) if "allowable_m3" in frame else pd.Series(np.nan, frame.index)
    )
    of_zone = pd.Series(allowable.to_numpy("float64")[rows]).groupby(zones.ids[rows]).min()
    table["allowable"] = of_zone.reindex(ids)
    used = work.any(axis=1)[pairs["point"]]
    table["n_wells"] = pd.Series(used).groupby(pairs["zone_id"].to_numpy()).sum().reindex(ids).fillna(0)
    short = pd.Series(lack[pairs["point"]]).groupby(pairs["zone_id"].to_numpy()).sum()
    table["lacking"] = short.reindex(ids).fillna(0)
    return table.astype({"n_wells": "int64", "lacking": "int64"}).reset_index(names="zone_id")


def _level_slope(scene: Scene, ids: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Median slope of the levels of each zone's stations over some years, m per year; NaN where no station was read
    in two of them."""
    if not scene.has("stations"):
        return np.full(len(ids), np.nan)
    pairs = zone_points(scene, "stations")
    slope = station_slopes(scene, years)[pairs["point"].to_numpy("int64")]
    known = ~np.isnan(slope)
    medians = pd.Series(slope[known]).groupby(pairs["zone_id"].to_numpy(dtype=object)[known]).median()
    return medians.reindex(ids).to_numpy("float64")


def _zone_subjects(scene: Scene, ids: np.ndarray) -> Subjects:
    """Zones as subjects, each in the county in which most of its wells lie; in scope unless all of them are not."""
    pairs = zone_points(scene, "wells")
    wells = scene.subjects("wells")
    point = pairs["point"].to_numpy("int64")
    table = pd.DataFrame(
        {"zone": pairs["zone_id"], "unit": wells.units[point], "inside": wells.in_scope[point]}
    )
    county = table.groupby("zone")["unit"].agg(lambda found: found.mode().min() if len(found) else "")
    inside = table.groupby("zone")["inside"].any()
    units = pd.Series(ids, dtype=object).map(county).fillna("").to_numpy(dtype=object)
    in_scope = pd.Series(ids, dtype=object).map(inside)
    return Subjects("zones", ids, units, in_scope.where(in_scope.notna(), True).to_numpy(bool))


RULES = (
    Rule(
        "levels.zone_area",
        zone_area,
        subjects=("policy",),
        needs=("zones",),
        parameters=(Parameter("baseline", "date"), Parameter("due_on", "date")),
    ),
    Rule(
        "levels.zone_overdraft",
        zone_overdraft,
        subjects=("zones",),
        parameters=(
            Parameter("from_year", "integer"),
            Parameter("to_year", "integer"),
            Parameter("check_level", "bool", default=False),
            Parameter("window_years", "integer"),
        ),
    ),
    Rule("levels.zone_balance", recharged, subjects=("zones",)),
)
