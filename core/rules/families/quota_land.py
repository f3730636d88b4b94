"""Water by land: areas against the index, use per mu against the quota, rights of parcels, and what is protected."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ...overlay.areas import ellipsoidal_area_m2
from ...units import m2_to_mu
from ..binding import Binding
from ..facts.allotments import sector_sums
from ..facts.water_of_land import latest_by_subject, unit_land, well_area_volumes
from ..facts.yearbook import exceeds, last_full_year, unit_names, units_of
from ..registry import Parameter, Rule
from ..scene import Scene
from .quota_units import LEVELS, SOURCES, whole_numbers

PROTECTED = {"domestic": "domestic", "ecology": "ecology", "agriculture": "irrigation"}
"""Sectors whose water may be protected, and the name of the check of each."""

AREA_TOLERANCE_RATIO = 0.05
"""Certified and drawn area of one parcel may differ by this share before a person is asked."""


def supportable_area(scene: Scene, binding: Binding) -> Verdicts:
    """Irrigated area that the index supports: ``area ≤ index ÷ quota``, as ``Σ area · quota ≤ index`` (TLF-2.4).

    Area: irrigated land of the unit on ``as_of``, cut at its border, on the ellipsoid. Quota: of the area, else of
    INDICES for the area or the unit, m³/亩. Index: that of agriculture; where there is none, an area that exceeds even
    the cap on all sectors fails, and nothing else is said.
    """
    level, source = str(binding.value("level") or "county"), str(binding.value("source") or "total")
    land = unit_land(scene, level)
    sums = sector_sums(scene, level, source)
    farms = latest_by_subject(sums[(sums["sector"] == "agriculture").to_numpy()], scene.as_of.year)
    caps = scene.amounts.caps(level, source).rename(columns={"unit_id": "id"})
    caps = latest_by_subject(caps[["id", "year", "value"]], scene.as_of.year)
    ids = np.unique(
        np.concatenate([units_of(scene, level), land.index.to_numpy(dtype=object)]).astype(object)
    )
    ids = ids[ids != ""]
    table = land.reindex(ids)
    index = farms["value"].reindex(ids).to_numpy("float64")
    ceiling = caps["value"].reindex(ids).to_numpy("float64")
    area, need = table["area_mu"].fillna(0.0).to_numpy(), table["need_m3"].fillna(0.0).to_numpy()
    unknown = table["unknown_mu"].fillna(0.0).to_numpy()
    limit = np.where(np.isnan(index), ceiling, index)
    over = exceeds(need, limit)
    state = np.select(
        [area <= 0, np.isnan(limit), over, np.isnan(index), unknown > 0],
        ["no_area", "no_index", "over", "no_index", "no_quota"],
        default="within",
    ).astype(object)
    with np.errstate(divide="ignore", invalid="ignore"):
        supportable = np.where(need > 0, limit / need * (area - unknown), np.nan)
    outcome = {"over": "fail", "within": "pass"}
    return binding.say(
        scene.unit_subjects(ids),
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"quota.supportable_area.{one}" for one in state], dtype=object),
        values={
            "unit": unit_names(scene, ids),
            "area": area.round(2),
            "need": need.round(2),
            "index": limit.round(2),
            "supportable": supportable.round(2),
            "excess": np.where(over, area - unknown - supportable, np.nan).round(2),
            "unknown": unknown.round(2),
        },
        evidence={"area_mu": area, "need_m3": need, "index_m3": limit},
        action=np.select([state == "over", state != "within"], ["limit", "supply_data"], "none").astype(
            object
        ),
        measured=area,
        threshold=supportable,
        measure_unit="mu",
    )


def per_mu(scene: Scene, binding: Binding) -> Verdicts:
    """Water used on an irrigation area in a year against its quota: ``use ÷ area ≤ quota``, m³/亩 (TLF-3.4b).

    Use: recorded for the area in INDICES, else the volumes of its wells by their shares. Area: what was irrigated that
    year by AREA_YEARS, else the registered area, else the drawn one. On land that is not watered from wells alone the
    wells' volume is only a part: above the quota it fails, below it says nothing.
    """
    table = well_area_volumes(scene)
    wanted = whole_numbers(binding.value("years"))
    if wanted:
        table = table[table["year"].isin(wanted).to_numpy()].reset_index(drop=True)
    use, area, quota = (table[name].to_numpy("float64") for name in ("use_m3", "area_mu", "quota"))
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(area > 0, use / area, np.nan)
    state = np.select(
        [
            np.isnan(quota),
            np.isnan(rate),
            exceeds(rate, quota),
            (table["year"] > last_full_year(scene)),
            table["part"],
        ],
        ["no_quota", "no_use", "over", "open", "part"],
        default="within",
    ).astype(object)
    outcome = {"over": "fail", "within": "pass"}
    return binding.say(
        scene.subjects("irrigation").take(table["row"].to_numpy("int64")),
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"quota.per_mu.{one}" for one in state], dtype=object),
        values={
            "year": table["year"].to_numpy(),
            "rate": rate.round(2),
            "quota": quota.round(2),
            "use": use.round(2),
            "area": area.round(2),
        },
        evidence={"use_m3": use, "area_mu": area, "origin": table["origin"].to_numpy(dtype=object)},
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=np.where(table["year"] > last_full_year(scene), "open", "closed").astype(object),
        action=np.where(np.isin(state, ["no_quota", "no_use", "part"]), "supply_data", "none").astype(object),
        measured=rate,
        threshold=quota,
        measure_unit="m3/mu",
    )


def parcel_rights(scene: Scene, binding: Binding) -> Verdicts:
    """The water right of a parcel: certified area × index per mu (TOL-12b).

    Index per mu: ``quota_per_mu`` of INDICES for the parcel, else for its user, else for the whole jurisdiction; the
    last one up to ``as_of``. A parcel whose right is neither recorded (measure quota or index) nor certified is to be
    given it (review); a recorded right above area × index fails, one below is a review. An area that differs from the
    drawn one by more than 5 % is asked about. ``.sum``: the rights of a county together are no more than its index of
    agriculture.
    """
    parcels = scene.frame("parcels")
    subjects = scene.subjects("parcels")
    drawn = m2_to_mu(ellipsoidal_area_m2(parcels.geometry)) if len(parcels) else np.zeros(0)
    drawn = np.where(np.isfinite(drawn) & (drawn > 0), drawn, np.nan)
    certified = parcels["area_mu"].to_numpy("float64")
    area = np.where(np.isnan(certified), np.nan, certified)
    rate = _rates(scene, parcels)
    right = area * rate
    recorded = _recorded_rights(scene, parcels)
    documents = scene.frame("documents")
    certificates = documents["kind"].eq("rights_certificate") & documents["subject_role"].eq("parcels")
    issued = (
        parcels["parcel_id"].isin(documents.loc[certificates.to_numpy(bool), "subject_id"]).to_numpy(bool)
    )
    with np.errstate(invalid="ignore"):
        differ = np.abs(drawn - area) > AREA_TOLERANCE_RATIO * area
    state = np.select(
        [
            np.isnan(area),
            np.isnan(rate),
            exceeds(recorded, right),
            differ,
            exceeds(right, recorded),
            np.isnan(recorded) & ~issued,
        ],
        ["no_area", "no_rate", "over", "differ", "below", "to_issue"],
        default="agrees",
    ).astype(object)
    outcome = {"no_area": "not_evaluated", "no_rate": "not_evaluated", "over": "fail", "agrees": "pass"}
    each = binding.say(
        subjects,
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("review").to_numpy(dtype=object),
        key=np.array([f"quota.parcel_rights.{one}" for one in state], dtype=object),
        values={
            "certificate": parcels["certificate_no"].to_numpy(dtype=object),
            "area": area.round(4),
            "drawn": drawn.round(4),
            "rate": rate.round(4),
            "right": right.round(2),
            "recorded": recorded.round(2),
        },
        evidence={"area_mu": area, "drawn_mu": drawn, "quota_m3_per_mu": rate, "right_m3": right},
        action=np.select(
            [np.isin(state, ["no_area", "no_rate"]), np.isin(state, ["to_issue", "differ"])],
            ["supply_data", "list"],
            "none",
        ).astype(object),
        measured=recorded,
        threshold=right,
        measure_unit="m3",
    )
    return concat([each, _sum_of_rights(scene, binding, np.where(np.isnan(recorded), right, recorded))])


def _sum_of_rights(scene: Scene, binding: Binding, rights: np.ndarray) -> Verdicts:
    """Rights of the parcels of each county (as recorded, else area × index) against its index of agriculture."""
    county = np.asarray(scene.county_of("parcels"), dtype=object)
    grouped = pd.DataFrame({"right": rights, "lacking": np.isnan(rights)}).groupby(county)
    table = pd.DataFrame({"rights": grouped["right"].sum(), "n_lacking": grouped["lacking"].sum()})
    table = table[table.index != ""]
    sums = sector_sums(scene, "county", "total")
    farms = latest_by_subject(sums[(sums["sector"] == "agriculture").to_numpy()], scene.as_of.year)
    here = farms.reindex(table.index)
    index, total = here["value"].to_numpy("float64"), table["rights"].to_numpy("float64")
    # parcels of no known county may belong to any
    lacking = table["n_lacking"].to_numpy("int64") + int((county == "").sum())
    state = np.select(
        [np.isnan(index), exceeds(total, index), lacking > 0],
        ["no_index", "over", "lacking"],
        default="within",
    ).astype(object)
    outcome = {"over": "fail", "within": "pass"}
    return binding.say(
        scene.unit_subjects(table.index),
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"quota.parcel_rights.sum_{one}" for one in state], dtype=object),
        values={
            "unit": unit_names(scene, table.index),
            "year": here["year"].astype("Int64").astype(object).to_numpy(),
            "rights": total.round(2),
            "index": index.round(2),
            "over": np.where(state == "over", total - index, np.nan).round(2),
            "n_lacking": lacking,
        },
        action=np.where(np.isin(state, ["no_index", "lacking"]), "supply_data", "none").astype(object),
        measured=total,
        threshold=index,
        measure_unit="m3",
        check="sum",
    )


def _rates(scene: Scene, parcels: pd.DataFrame) -> np.ndarray:
    """m³/亩 of each parcel."""
    found = np.full(len(parcels), np.nan)
    keys = {
        "parcels": parcels["parcel_id"],
        "users": parcels["user_id"],
        "units": pd.Series(scene.city, index=parcels.index),
    }
    for role, ids in keys.items():
        said = scene.amounts.indices("quota_per_mu", role).rename(columns={"subject_id": "id"})
        last = latest_by_subject(said[["id", "year", "value"]], scene.as_of.year)["value"]
        found = np.where(np.isnan(found), ids.map(last).astype("float64").to_numpy(), found)
    return found


def _recorded_rights(scene: Scene, parcels: pd.DataFrame) -> np.ndarray:
    found = np.full(len(parcels), np.nan)
    for measure in ("quota", "index"):
        said = scene.amounts.indices(measure, "parcels").rename(columns={"subject_id": "id"})
        last = latest_by_subject(said[["id", "year", "value"]], scene.as_of.year)["value"]
        found = np.where(np.isnan(found), parcels["parcel_id"].map(last).astype("float64").to_numpy(), found)
    return found


def protected_minima(scene: Scene, binding: Binding) -> Verdicts:
    """Protected water is not taken over: ``allocated ≥ minimum`` for each of the ``sectors`` (TLF-3.1c, TOL-7b).

    Minimum: measure quota of the unit and sector; allocated: measure index, else plan. Years up to the one after
    ``as_of`` in which either is given.
    """
    level, source = str(binding.value("level") or "county"), str(binding.value("source") or "total")
    found = [
        _minimum(scene, binding, level, source, sector, check)
        for sector, check in PROTECTED.items()
        if sector in binding.value("sectors")
    ]
    return concat(found)


def _minimum(scene: Scene, binding: Binding, level: str, source: str, sector: str, check: str) -> Verdicts:
    least = _sector_figures(scene, "quota", level, source, sector)
    given = _sector_figures(scene, "index", level, source, sector)
    plans = _sector_figures(scene, "plan", level, source, sector)
    given = given.reindex(given.index.union(plans.index)).fillna(plans)
    keys = least.index.union(given.index)
    if not len(keys):
        years = [last_full_year(scene)]
        keys = pd.MultiIndex.from_product([units_of(scene, level), years], names=["subject_id", "year"])
    table = pd.DataFrame({"least": least.reindex(keys), "given": given.reindex(keys)}).reset_index()
    table = table[(table["year"] <= scene.as_of.year + 1).to_numpy()].reset_index(drop=True)
    low, have = table["least"].to_numpy("float64"), table["given"].to_numpy("float64")
    short = exceeds(low, have)
    state = np.select(
        [np.isnan(low), np.isnan(have), short], ["no_minimum", "no_allocation", "short"], default="kept"
    ).astype(object)
    outcome = {"short": "fail", "kept": "pass"}
    return binding.say(
        scene.unit_subjects(table["subject_id"].to_numpy(dtype=object)),
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"quota.protected_minima.{check}_{one}" for one in state], dtype=object),
        values={
            "unit": unit_names(scene, table["subject_id"]),
            "year": table["year"].to_numpy(),
            "least": low.round(2),
            "given": have.round(2),
            "short": np.where(short, low - have, np.nan).round(2),
        },
        period=table["year"].astype(str).to_numpy(dtype=object),
        action=np.where(np.isin(state, ["no_minimum", "no_allocation"]), "supply_data", "none").astype(
            object
        ),
        measured=have,
        threshold=low,
        measure_unit="m3",
        check=check,
    )


def _sector_figures(scene: Scene, measure: str, level: str, source: str, sector: str) -> pd.Series:
    rows = scene.amounts.indices(measure, "units", source, sector)
    rows = rows[rows["subject_id"].isin(units_of(scene, level)).to_numpy()]
    # of several figures the stricter: the larger minimum, the smaller allocation
    grouped = rows.groupby(["subject_id", "year"])["value"]
    return grouped.max() if measure == "quota" else grouped.min()


_WHERE = (
    Parameter("level", "text", default="county", one_of=LEVELS),
    Parameter("source", "text", default="total", one_of=SOURCES),
)

RULES = (
    Rule(
        "quota.supportable_area",
        supportable_area,
        subjects=("units",),
        needs=("irrigation",),
        parameters=_WHERE,
    ),
    Rule(
        "quota.per_mu",
        per_mu,
        subjects=("irrigation",),
        needs=("irrigation",),
        parameters=(Parameter("years", "numbers"),),
    ),
    Rule("quota.parcel_rights", parcel_rights, subjects=("parcels", "units"), needs=("parcels",)),
    Rule(
        "quota.protected_minima",
        protected_minima,
        subjects=("units",),
        needs=("indices",),
        parameters=(
            *_WHERE,
            Parameter("sectors", "texts", default=("ecology", "agriculture"), one_of=tuple(PROTECTED)),
        ),
    ),
)
