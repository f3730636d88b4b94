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
from ..facts.levels import station_years
from ..facts.work import wells_at_work, wells_read
from ..facts.yearbook import exceeds, last_full_year
from ..registry import Parameter, Rule
from ..scene import Scene
from ..subjects import Subjects

M2_PER_KM2 = 1e6


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

    Years: ``from_year`` and ``to_year``, else the last full year and the one before it. V: readings of the wells in
    the zone; a well at work without a reading of a whole year leaves it open. Once V ≤ allowable there is no overdraft
    left: pass. ``check_level``: where use fell while the stations' mean level fell as well, a person decides.
    """
    last = int(str(binding.value("to_year") or last_full_year(scene)))
    first = int(str(binding.value("from_year") or last - 1))
    table = _volumes(scene, np.array([first, last]))
    before, after = table["before"].to_numpy("float64"), table["after"].to_numpy("float64")
    allowable = table["allowable"].to_numpy("float64")
    future = last > last_full_year(scene)
    with np.errstate(invalid="ignore"):
        balanced = ~np.isnan(allowable) & ~exceeds(after, allowable) & ~np.isnan(after)
        falls = exceeds(before, after)
    sinks = np.zeros(len(table), dtype=bool)
    if binding.value("check_level"):
        sinks = _level_change(scene, table["zone_id"].to_numpy(dtype=object), first, last) < -1e-9
    lacking = (table["lacking"] > 0).to_numpy()
    state = np.select(
        [
            np.full(len(table), future),
            np.isnan(after) | np.isnan(before) | lacking,
            (balanced | falls) & sinks,
            balanced,
            falls,
            np.isnan(allowable),
        ],
        ["not_due", "no_use", "disagree", "balanced", "falls", "no_allowable"],
        default="grows",
    ).astype(object)
    outcome = {"disagree": "review", "balanced": "pass", "falls": "pass", "grows": "fail"}
    return binding.say(
        _zone_subjects(scene, table["zone_id"].to_numpy(dtype=object)),
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"levels.zone_overdraft.{one}" for one in state], dtype=object),
        values={
            "zone": table["zone_id"].to_numpy(dtype=object),
            "first": first,
            "last": last,
            "before": before.round(2),
            "after": after.round(2),
            "allowable": allowable.round(2),
            "overdraft": (after - allowable).round(2),
            "lacking": table["lacking"].to_numpy(),
        },
        evidence={"allowable_m3": allowable, "n_wells": table["n_wells"].to_numpy()},
        period=f"{first}/{last}",
        period_state="not_due" if future else "closed",
        action=np.where(np.isin(state, ["no_use", "no_allowable"]), "supply_data", "none").astype(object),
        measured=after - allowable,
        threshold=before - allowable,
        measure_unit="m3",
    )


def _zone_wells(scene: Scene, role: str) -> pd.DataFrame:
    """``point`` (row) and ``zone_id`` of points in over-extraction zones in force, each pair once."""
    found = scene.place(role)
    if found.zones is None:
        return pd.DataFrame({"point": np.zeros(0, dtype="int64"), "zone_id": np.zeros(0, dtype=object)})
    zones = Zones(found.zones)
    counts = zones.editions.on(scene.today) & (zones.severity > 0)
    zone = found.zone_hits["zone"].to_numpy("int64")
    kept = counts[zone]
    pairs = pd.DataFrame(
        {"point": found.zone_hits["point"].to_numpy("int64")[kept], "zone_id": zones.ids[zone[kept]]}
    )
    return pairs.drop_duplicates().reset_index(drop=True)


def _volumes(scene: Scene, years: np.ndarray) -> pd.DataFrame:
    """Per zone: ``before`` and ``after`` (m³), ``allowable``, ``n_wells``, ``lacking`` (wells without a reading)."""
    found = scene.place("wells")
    zones = Zones(found.zones) if found.zones is not None else Zones(scene.frame("zones"))
    frame = found.zones if found.zones is not None else scene.frame("zones")
    rows = np.flatnonzero(zones.editions.on(scene.today) & (zones.severity > 0))
    ids = np.unique(zones.ids[rows].astype(str)).astype(object)
    pairs = _zone_wells(scene, "wells")
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


def _level_change(scene: Scene, ids: np.ndarray, first: int, last: int) -> np.ndarray:
    """Change of the mean level of each zone's stations, m, over stations read in both years; NaN where none was."""
    pairs = _zone_wells(scene, "stations") if scene.has("stations") else _zone_wells(scene, "wells").head(0)
    levels = station_years(scene).set_index(["station", "year"])["level_m"]
    change = np.full(len(pairs), np.nan)
    if len(levels) and len(pairs):
        at = {
            year: levels.reindex(
                pd.MultiIndex.from_arrays([pairs["point"], np.full(len(pairs), year)])
            ).to_numpy()
            for year in (first, last)
        }
        change = at[last] - at[first]
    means = pd.Series(change, dtype="float64").groupby(pairs["zone_id"].to_numpy(dtype=object)).mean()
    return means.reindex(ids).to_numpy("float64")


def _zone_subjects(scene: Scene, ids: np.ndarray) -> Subjects:
    """Zones as subjects, each in the county in which most of its wells lie; in scope unless all of them are not."""
    pairs = _zone_wells(scene, "wells")
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
        ),
    ),
)
