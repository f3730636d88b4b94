"""What the retirement balance has to say: findings on units, and on areas that a person must look at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..findings import Verdicts, concat, judge
from ..units import mu_to_hectares
from .balance import Terms, descendants, has_reached
from .land import Land
from .settings import RetirementSettings
from .units import UNASSIGNED

AREA_TOLERANCE_RATIO = 0.05
"""Registered and drawn area of one parcel may differ by this share before a person is asked."""

_SHOWN_IDS = 5


def balance_verdicts(
    balance: pd.DataFrame,
    units: pd.DataFrame,
    targets: pd.DataFrame,
    terms: Terms,
    settings: RetirementSettings,
    loose: int,
) -> Verdicts:
    """Rule ``retirement.balance``: one verdict per unit with a target, as in its row of the balance.

    Args:
        balance: of one target year, from :func:`unit_balance`.
        targets: of that year: ``unit_id``, ``target_mu``, ``clause``.
        loose: number of records that may be about any area.
    """
    rows = balance[balance["target_mu"].notna().to_numpy()].reset_index(drop=True)
    rows["clause"] = rows["unit_id"].map(targets.set_index("unit_id")["clause"])
    rows["key"] = _keys(rows, terms, settings)
    rows["parts"] = _short_parts(rows, units)
    figures = {
        name: rows[f"{name}_mu"].round(2)
        for name in ("net", "target", "gap", "retired", "restored", "registered", "area_difference")
    }
    values = {**figures, "gap_hectares": mu_to_hectares(rows["gap_mu"]).round(2)}
    beyond = int((balance["target_mu"].isna() & (balance["unit_id"] != UNASSIGNED)).sum())
    parts: list[Verdicts] = []
    for clause, of_clause in rows.groupby("clause", sort=True):
        here = of_clause.index
        parts.append(
            judge(
                rule="retirement.balance",
                clause=str(clause),
                subject_role="units",
                subject_id=of_clause["unit_id"],
                unit_id=of_clause["unit_id"],
                period=_period(settings, terms),
                outcome=of_clause["outcome"],
                period_state=of_clause["period_state"],
                measured=of_clause["net_mu"],
                threshold=of_clause["target_mu"],
                measure_unit="mu",
                message_key=of_clause["key"],
                message_values={
                    "unit": of_clause["name"],
                    "year": terms.year,
                    "parts": of_clause["parts"],
                    "n_loose": loose,
                    **{name: column.loc[here] for name, column in values.items()},
                },
                evidence={
                    "n_parcels": of_clause["n_parcels"].astype("int64"),
                    **{name: column.loc[here] for name, column in figures.items()},
                },
                settings=settings.shown,
                unverified=settings.unverified,
                out_of_scope=0 if parts else beyond,
            )
        )
    return concat(parts)


def area_verdicts(land: Land, settings: RetirementSettings) -> Verdicts:
    """Findings on areas: what was not counted, or counted with a doubt. All are for a person to review."""
    flags = land.facts.flags
    told = np.flatnonzero(flags["has_facts"])
    areas = land.facts.areas.iloc[told]
    recorded = {
        "status": areas["status"],
        "retired_on": _days(areas["retired_on"]),
        "restored_on": _days(areas["restored_on"]),
    }

    status_key = np.where(
        areas["status"] == "retired", "retirement.status.retired", "retirement.status.in_use"
    )

    def about_facts(rule: str, doubtful: np.ndarray, key: object) -> Verdicts:
        return _review(land, settings, rule, told, doubtful[told], key, recorded, recorded)

    return concat(
        [
            about_facts("retirement.day", flags["undated"].to_numpy(), "retirement.day"),
            about_facts(
                "retirement.cycle_without_events",
                flags["no_cycle"].to_numpy(),
                "retirement.cycle_without_events",
            ),
            about_facts("retirement.events", flags["unclear"].to_numpy(), "retirement.events"),
            about_facts("retirement.partial", flags["partial"].to_numpy(), "retirement.partial"),
            about_facts("retirement.status", land.status_differs, status_key),
            _overlap(land, settings, "irrigated", land.ground.lost_in_use, land.ground.in_use),
            _overlap(land, settings, "retired", land.ground.lost_retired, land.ground.retired),
            _astray(land, settings),
            _bases(land, settings),
            _expired(land, settings),
        ]
    )


def _keys(rows: pd.DataFrame, terms: Terms, settings: RetirementSettings) -> np.ndarray:
    reached = has_reached(rows["net_mu"].to_numpy(), rows["target_mu"].to_numpy())
    review = (rows["outcome"] == "review").to_numpy()
    on_other = (
        rows["registered_mu"]
        if terms.area_basis == "geometry"
        else rows["net_mu"] - rows["area_difference_mu"]
    )
    other = has_reached(on_other.to_numpy(), rows["target_mu"].to_numpy())
    unknown = rows["net_mu"].isna().to_numpy()
    if pd.isna(settings.baseline):
        nothing = "no_baseline"
    elif not terms.computable:
        nothing = "no_irrigation"
    elif terms.area_basis == "registered" and not terms.registered_known:
        nothing = "no_registered"
    else:
        nothing = "not_located"
    name = np.select(
        [
            unknown,
            rows["period_state"] == "open",
            rows["outcome"] == "not_evaluated",
            review & ((reached != other) & rows["registered_mu"].notna()),
            review & rows["met"].fillna(False).to_numpy(dtype=bool) & terms.held_back,
            review,
            ~reached,
            rows["outcome"] == "fail",
        ],
        [
            nothing,
            "open",
            "parts_missing",
            "bases_disagree",
            "held_back",
            "parts_disagree",
            "short",
            "part_short",
        ],
        default="met",
    )
    return "retirement.balance." + name.astype(object)


def _short_parts(rows: pd.DataFrame, units: pd.DataFrame) -> list[list[str]]:
    """Names of the units below each that have not reached their target, or that nothing is known of."""
    short = rows[~has_reached(rows["net_mu"].to_numpy(), rows["target_mu"].to_numpy())]
    names = dict(zip(short["unit_id"], short["name"], strict=True))
    return [[names[u] for u in descendants(units, unit_id) if u in names] for unit_id in rows["unit_id"]]


def _period(settings: RetirementSettings, terms: Terms) -> str:
    start = "" if pd.isna(settings.baseline) else settings.baseline.date().isoformat()
    return f"{start}/{terms.year}-12-31"


def _overlap(
    land: Land, settings: RetirementSettings, kind: str, lost: np.ndarray, others: list[list[str]]
) -> Verdicts:
    row = land.ground.row
    lost_mu = np.nan_to_num(land.geometry_mu[row]) * lost
    values = {
        "lost": lost_mu.round(2),
        "area": land.geometry_mu[row].round(2),
        "others": [names[:_SHOWN_IDS] for names in others],
        "n_others": [len(names) for names in others],
    }
    rule = f"retirement.overlap_{kind}"
    return _review(land, settings, rule, row, lost > 0, rule, values, values, measured=lost_mu)


def _astray(land: Land, settings: RetirementSettings) -> Verdicts:
    row = land.ground.row
    astray = land.pieces[land.pieces["unit_id"] == UNASSIGNED].groupby("row")["geometry_mu"].sum()
    outside = pd.Series(row).isin(astray.index).to_numpy()
    outside_mu = pd.Series(row).map(astray).fillna(0.0).to_numpy()
    no_polygon = np.isnan(land.geometry_mu[row])
    by_record = land.units.crs is None
    key = np.where(
        no_polygon,
        "retirement.unassigned.no_polygon",
        "retirement.unassigned.by_record" if by_record else "retirement.unassigned.outside",
    )
    values = {
        "outside": outside_mu.round(2),
        "area": land.geometry_mu[row].round(2),
        "county": land.facts.areas["county"].iloc[row],
    }
    doubtful = outside | no_polygon
    rule = "retirement.unassigned"
    return _review(land, settings, rule, row, doubtful, key, values, values, measured=outside_mu)


def _bases(land: Land, settings: RetirementSettings) -> Verdicts:
    row = land.ground.row
    registered, drawn = land.facts.registered_mu[row], land.geometry_mu[row]
    kept = np.isfinite(land.facts.registered_mu).any()
    ratio = np.abs(registered - drawn) / drawn
    missing = np.isnan(registered) & kept
    values = {"registered": registered.round(2), "drawn": drawn.round(2), "percent": (100 * ratio).round(1)}
    return _review(
        land,
        settings,
        "retirement.area_basis",
        row,
        missing | (ratio > AREA_TOLERANCE_RATIO),
        np.where(missing, "retirement.area_basis.missing", "retirement.area_basis.differs"),
        {**values, "tolerance": 100 * AREA_TOLERANCE_RATIO},
        values,
        measured=ratio,
        threshold=AREA_TOLERANCE_RATIO,
        unit="ratio",
        extra={"area_tolerance_ratio": AREA_TOLERANCE_RATIO},
    )


def _expired(land: Land, settings: RetirementSettings) -> Verdicts:
    return judge(
        rule="retirement.edition",
        clause=settings.clause,
        subject_role="irrigation",
        subject_id=land.expired,
        outcome="review",
        action="supply_data",
        message_key="retirement.edition",
        settings=settings.shown,
        unverified=settings.unverified,
    )


def _review(
    land: Land,
    settings: RetirementSettings,
    rule: str,
    row: np.ndarray,
    doubtful: np.ndarray,
    key: object,
    values: dict[str, object],
    evidence: dict[str, object],
    *,
    measured: object = np.nan,
    threshold: object = np.nan,
    unit: str = "mu",
    extra: dict[str, object] | None = None,
) -> Verdicts:
    """One verdict per area in ``row``: review where doubtful. All other rows of the register are out of scope."""
    plain = {
        name: column.to_numpy() if isinstance(column, pd.Series) else column
        for name, column in values.items()
    }
    shown = {
        name: column.to_numpy() if isinstance(column, pd.Series) else column
        for name, column in evidence.items()
    }
    return judge(
        rule=rule,
        clause=settings.clause,
        subject_role="irrigation",
        subject_id=land.facts.ids[row],
        unit_id=land.home[row],
        outcome=np.where(doubtful, "review", "pass"),
        action=np.where(doubtful, "supply_data", "none"),
        measured=measured,
        threshold=threshold,
        measure_unit=unit,
        message_key=key,
        message_values=plain,
        evidence=shown,
        settings={**settings.shown, **(extra or {})},
        unverified=settings.unverified,
        out_of_scope=land.n_rows - len(row),
    )


def _days(column: pd.Series) -> pd.Series:
    days = column.dt.strftime("%Y-%m-%d").astype(object)
    return days.where(column.notna(), None)
