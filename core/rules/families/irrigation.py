"""Irrigated land that was added, reclaimed from fragile ground, or given up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.irrigated_land import land_added, land_within
from ..facts.quantities import allocated_area, area_units
from ..facts.yearbook import RELATIVE_TOLERANCE, last_full_year, unit_names, units_of
from ..registry import Parameter, Rule, words
from ..scene import Scene


def expansion(scene: Scene, binding: Binding) -> Verdicts:
    """Irrigated land that was not irrigated on the base day (HJQ-3.1c).

    Gross, by geometry: the part of each area irrigated now that no area irrigated on ``baseline`` covers, in 亩; what
    was given up elsewhere does not make up for it. Any: ``action`` (review; the text limits, it does not ban). One
    row per area, and one per county (``.unit``) with gross and net. An area without ``valid_from`` does not tell since
    when it is irrigated: not evaluated. A layer without any dated area of the base day says nothing.
    """
    found = land_added(scene, binding.value("baseline"))
    if found is None:
        return binding.cannot("irrigation.no_baseline", baseline=binding.value("baseline"))
    added = found["added_mu"].to_numpy()
    no_shape = np.isnan(added)
    more = added > 0
    areas = scene.frame("irrigation")
    action = binding.value("action")
    per_area = binding.say(
        scene.subjects("irrigation"),
        asked=found["now"].to_numpy(bool),
        outcome=np.select([no_shape, more], ["not_evaluated", action], "pass").astype(object),
        action=np.select([no_shape, more], ["supply_data", "limit"], "none").astype(object),
        key=np.select(
            [no_shape, more],
            ["irrigation.expansion.no_shape", "irrigation.expansion.added"],
            "irrigation.expansion.none",
        ).astype(object),
        values={
            "area": areas["row_id"].to_numpy(),
            "added_mu": np.round(added, 2),
            "baseline": binding.value("baseline"),
        },
        evidence={"area_mu": found["area_mu"].to_numpy()},
        measured=added,
        threshold=0.0,
        measure_unit="mu",
    )
    unit = area_units(scene, "county")
    found = found.assign(unit=unit, unknown=no_shape & found["now"])
    sums = found[unit != ""].groupby("unit")[["added_mu", "now_mu", "base_mu", "unknown"]].sum()
    gross = sums["added_mu"].to_numpy()
    net = sums["now_mu"].to_numpy() - sums["base_mu"].to_numpy()
    unknown = sums["unknown"].to_numpy("float64")
    per_unit = binding.say(
        scene.unit_subjects(sums.index),
        check="unit",
        outcome=np.select([gross > 0, unknown > 0], [action, "not_evaluated"], "pass").astype(object),
        action=np.select([gross > 0, unknown > 0], ["limit", "supply_data"], "none").astype(object),
        key=np.select(
            [gross > 0, unknown > 0],
            ["irrigation.expansion.unit", "irrigation.expansion.unit_open"],
            "irrigation.expansion.unit_none",
        ).astype(object),
        values={
            "unit": unit_names(scene, sums.index),
            "gross_mu": np.round(gross, 2),
            "net_mu": np.round(net, 2),
            "unknown": unknown,
            "baseline": binding.value("baseline"),
        },
        evidence={"now_mu": sums["now_mu"].to_numpy(), "base_mu": sums["base_mu"].to_numpy(), "net_mu": net},
        measured=gross,
        threshold=0.0,
        measure_unit="mu",
    )
    return concat([per_area, per_unit])


def reclaimed_land(scene: Scene, binding: Binding) -> Verdicts:
    """No new farmland in fragile ground (TOL-3b).

    The land added since ``baseline`` (as ``irrigation.expansion``) that lies in PROTECTION of the ``kinds``; an edge
    in common is no land. Any: fail. In an area whose kind is not recorded: review. Where no area of the kinds is on
    record, or one is not drawn, added land cannot be told to lie outside: not evaluated.
    """
    found = land_added(scene, binding.value("baseline"))
    if found is None:
        return binding.cannot("irrigation.no_baseline", baseline=binding.value("baseline"))
    kinds = binding.value("kinds")
    within = land_within(scene, found, kinds)
    inside, perhaps = within["inside_mu"].to_numpy(), within["perhaps_mu"].to_numpy()
    none = not scene.frame("protection")["kind"].isin(list(kinds)).any()
    new = found["added"].notna().to_numpy()
    state = np.select(
        [
            np.isnan(inside),
            inside > 0,
            np.isfinite(perhaps) & (perhaps > 0),
            new & (none | np.isinf(perhaps)),
        ],
        ["no_shape", "added", "kind_unknown", "no_areas"],
        default="none",
    ).astype(object)
    areas = scene.frame("irrigation")
    outcome = {"none": "pass", "added": "fail", "kind_unknown": "review"}
    return binding.say(
        scene.subjects("irrigation"),
        asked=found["now"].to_numpy(bool),
        outcome=pd.Series(state).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        action=np.select([state == "none", state == "added"], ["none", "close"], "supply_data").astype(
            object
        ),
        key=np.where(
            state == "no_shape", "irrigation.expansion.no_shape", "irrigation.reclaimed." + state
        ).astype(object),
        values={
            "area": areas["row_id"].to_numpy(),
            "added_mu": np.round(np.where(state == "added", inside, found["added_mu"]), 2),
            "baseline": binding.value("baseline"),
        },
        evidence={"added_mu": found["added_mu"].to_numpy()},
        measured=inside,
        threshold=0.0,
        measure_unit="mu",
    )


def retired_report(scene: Scene, binding: Binding) -> Verdicts:
    """By how much the irrigated area of each unit fell in the last full year, for information (YJS-3.2.3b).

    Σ ``irrigated_mu`` of AREA_YEARS, last full year against the year before. No target is set: an area that did not
    fall is reported for review, never failed.
    """
    year = last_full_year(scene)
    units = units_of(scene, binding.value("level"))
    table = allocated_area(scene, binding.value("level"), "irrigated_mu")
    indexed = table.set_index(["unit_id", "year"])
    now, before = (indexed.reindex(pd.MultiIndex.from_product([units, [one]])) for one in (year, year - 1))
    fallen = (before["value"].to_numpy() - now["value"].to_numpy()).astype("float64")
    known = now["complete"].eq(True).to_numpy() & before["complete"].eq(True).to_numpy()
    room = RELATIVE_TOLERANCE * np.abs(before["value"].to_numpy("float64"))
    fell = fallen > room
    return binding.say(
        scene.unit_subjects(units),
        outcome=np.select([~known, fell], ["not_evaluated", "pass"], "review").astype(object),
        action=np.where(known, "none", "supply_data").astype(object),
        period=str(year),
        key=np.select(
            [~known, fell],
            ["irrigation.report.no_data", "irrigation.report.fell"],
            "irrigation.report.not_fallen",
        ).astype(object),
        values={
            "unit": unit_names(scene, units),
            "year": year,
            "fallen_mu": np.round(fallen, 2),
            "now_mu": np.round(now["value"].to_numpy("float64"), 2),
        },
        measured=now["value"].to_numpy("float64"),
        threshold=before["value"].to_numpy("float64"),
        measure_unit="mu",
    )


_BASELINE = Parameter("baseline", "date", required=True)
_LEVEL = Parameter("level", "text", default="county")

RULES = (
    Rule(
        "irrigation.expansion",
        expansion,
        subjects=("irrigation", "units"),
        needs=("irrigation",),
        parameters=(_BASELINE, Parameter("action", "text", default="review", one_of=("review", "fail"))),
    ),
    Rule(
        "irrigation.reclaimed_land",
        reclaimed_land,
        subjects=("irrigation",),
        needs=("irrigation", "protection"),
        parameters=(
            _BASELINE,
            Parameter("kinds", "texts", default=("fragile",), one_of=words("protection_kind")),
        ),
    ),
    Rule(
        "irrigation.retired_report",
        retired_report,
        subjects=("units",),
        needs=("irrigation", "area_years"),
        parameters=(_LEVEL,),
    ),
)
