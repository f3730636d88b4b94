"""The tables of the ledger: balance per pool, entries, lines of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from ..findings import PERMISSION_OUTCOME, PERMISSIONS
from ..findings.verdicts import to_json
from ..overlay.points import Points
from .balance import batch_balance, ratio_balance
from .pledges import REASON_PERMISSION
from .wells import UNASSIGNED

if TYPE_CHECKING:
    from .ledger import Book

WGS84 = "EPSG:4326"
NUMBERS = ("sealed", "pending", "renewed", "reserved", "required", "deficit", "further", "approvable")
INTEGERS = (*NUMBERS, "n_applications", "n_approved", "net_change", "n_doubt")
BALANCE_COLUMNS = ("pool_id", "pool_name", "pool_level", "reading", "baseline", *INTEGERS, "outcome")
LEDGER_COLUMNS = (
    "entry_id",
    "kind",
    "well_id",
    "renewal_id",
    "pool_id",
    "state",
    "counts",
    "permission",
    "outcome",
    "clause",
    "reason_key",
    "reason_values",
    "settings",
)


def balance_table(book: Book) -> pd.DataFrame:
    """One row per pool, ``unassigned`` last, then the zone diagnostics of each pool.

    A pool without entries stands there with zeros. Without zones every figure is empty and the outcome is
    ``not_evaluated``.
    """
    entries = _countable(book)
    names = _pool_names(book, entries)
    rows = [
        _balance_row(book, entries[entries["pool"] == pool], pool, name, level) for pool, name, level in names
    ]
    if book.settings.pool != "zone":
        inside = entries[entries["zone"].notna()]
        for (pool, zone), part in inside.groupby(["pool", "zone"], sort=True):
            rows.append(_balance_row(book, part, f"{pool}/{zone}", str(zone), "zone"))
    frame = pd.DataFrame(rows, columns=list(BALANCE_COLUMNS))
    for name in INTEGERS:
        frame[name] = pd.array(frame[name], dtype="Int64")
    frame["baseline"] = pd.to_datetime(frame["baseline"])
    return frame


def _countable(book: Book) -> pd.DataFrame:
    """Every counted credit, debit, reservation and application, and what could not be placed, with its pool."""
    facts, credits, debits, who = book.facts, book.credits, book.debits, book.renewals
    sealed = facts[credits["counts"]]
    renewed = facts[debits["counts"]]
    zone = renewed["zone_at_start"].where(renewed["commissioned_on"].notna(), renewed["zone_now"])
    waiting = who[who["stage"] == "reserved"]
    lost = facts[
        (credits["candidate"] & credits["reason"].isin(["not_placed"]))
        | (debits["candidate"] & debits["reason"].isin(["not_placed"]))
    ]
    filed = _applied(book)
    parts = [
        _entries("sealed", sealed["pool_at_seal"], sealed["zone_at_seal"], sealed["doubt"], credits["state"]),
        _entries("renewed", renewed["pool_at_start"], zone, renewed["doubt"]),
        _entries("reserved", waiting["pool"], waiting["zone"], waiting["doubt"]),
        _entries("not_placed", lost["pool_at_seal"], lost["zone_at_seal"], lost["doubt"]),
        _entries("applied", filed["pool"], filed["zone"], filed["doubt"] & False, filed["stage"]),
    ]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def _entries(what: str, pool, zone, doubt, state: pd.Series | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"pool": pool.astype(object), "zone": zone.astype(object), "doubt": doubt.astype(bool)}
    )
    frame["what"] = what
    frame["state"] = "" if state is None else state.reindex(frame.index)
    return frame


def _applied(book: Book) -> pd.DataFrame:
    """Eligible renewals applied for from the baseline on and not withdrawn; approved ones even without a day."""
    rows = book.applications
    settings = book.settings
    use = rows["use"].isna() | rows["use"].isin(settings.credit_uses)
    place = rows["placed"].astype(bool) & (rows["zone"].notna() | settings.applies_outside_zone)
    when = pd.to_datetime(rows["applied_on"])
    dated = when >= settings.baseline
    undated = when.isna() & (rows["stage"] == "approved")
    withdrawn = (rows["stage"] == "dead") & (rows["decision"] == "withdrawn")
    kept = rows[(use & place & (dated | undated) & ~withdrawn).to_numpy(dtype=bool)]
    return kept.assign(
        stage=kept["stage"].where(when.reindex(kept.index).notna(), kept["stage"] + "_undated")
    )


def _pool_names(book: Book, entries: pd.DataFrame) -> list[tuple[str, str, str]]:
    level, policy = book.settings.pool, book.policy
    seen = {str(pool) for pool in entries["pool"]} - {UNASSIGNED}
    if level == "city":
        named = {policy.city_id}
    elif level == "zone":
        named = set()
    else:
        named = {unit.id for unit in policy.units if unit.level == "county"}
    rows = []
    for pool in sorted(named | seen):
        known = level != "zone" and any(unit.id == pool for unit in policy.units)
        rows.append((pool, policy.unit(pool).name if known else pool, level))
    return [*rows, (UNASSIGNED, UNASSIGNED, level)]


def _balance_row(book: Book, entries: pd.DataFrame, pool: str, name: str, level: str) -> dict:
    settings = book.settings
    head = {"pool_id": pool, "pool_name": name, "pool_level": level, "reading": settings.reading}
    head["baseline"] = settings.baseline
    if not book.has_zones:
        return {**head, "outcome": "not_evaluated"}
    number = entries["what"].value_counts()
    sealed, renewed = int(number.get("sealed", 0)), int(number.get("renewed", 0))
    reserved = int(number.get("reserved", 0))
    pending = int((entries.loc[entries["what"] == "sealed", "state"] == "pending").sum())
    applied = entries.loc[entries["what"] == "applied", "state"]
    known = book.register.has("applications")
    n_applications = int((~applied.str.endswith("_undated")).sum()) if known else None
    n_approved = int(applied.str.startswith("approved").sum()) if known else None
    if settings.reading == "R3":
        result = batch_balance(n_applications, n_approved, sealed, renewed)
    else:
        asked = settings.evidence_required and book.proven is None
        result = ratio_balance(settings.k, sealed, renewed, reserved, None if asked else pending)
    outcome = result.outcome
    if outcome == "pass" and pool == UNASSIGNED and len(entries):
        outcome = "review"
    return {
        **head,
        "sealed": sealed,
        "pending": pending,
        "renewed": renewed,
        "reserved": reserved,
        "required": result.required,
        "deficit": result.deficit,
        "further": result.further,
        "approvable": result.approvable,
        "n_applications": n_applications,
        "n_approved": n_approved,
        "net_change": result.net_change,
        "n_doubt": int(entries["doubt"].sum()),
        "outcome": outcome,
    }


def ledger_table(book: Book) -> pd.DataFrame:
    """Every credit, debit, pair and exclusion with why it counts or does not."""
    rows = [*_credit_rows(book), *_debit_rows(book), *_pair_rows(book)]
    frame = pd.DataFrame(
        rows, columns=[name for name in LEDGER_COLUMNS if name not in ("clause", "settings")]
    )
    frame["clause"] = book.settings.clause
    frame["settings"] = to_json(book.settings.shown)
    frame["counts"] = frame["counts"].astype(bool)
    return frame[list(LEDGER_COLUMNS)].sort_values("entry_id", kind="stable").reset_index(drop=True)


def _credit_rows(book: Book) -> list[dict]:
    facts, credits = book.facts, book.credits
    rows = []
    for place in np.flatnonzero(credits["candidate"]):
        fact, credit = facts.iloc[place], credits.iloc[place]
        counts = bool(credit["counts"])
        reason = f"state_{credit['state']}" if counts else credit["reason"]
        unknown = credit["reason"] in ("not_placed", "no_zones")
        outcome = "pass" if counts else ("not_evaluated" if unknown else "review")
        if counts and (fact["permit_expired"] or credit["state"] == "pending"):
            outcome = "review"
        rows.append(
            {
                "entry_id": f"{'credit' if counts else 'excluded-credit'}:{fact['subject']}",
                "kind": "credit" if counts else "excluded",
                "well_id": fact["well_id"],
                "renewal_id": credit["holder"] if isinstance(credit["holder"], str) else None,
                "pool_id": fact["pool_at_seal"],
                "state": credit["state"],
                "counts": counts,
                "permission": "",
                "outcome": outcome,
                "reason_key": f"replacement.credit.{reason}",
                "reason_values": to_json(fact_values(fact, book)),
            }
        )
    return rows


def _debit_rows(book: Book) -> list[dict]:
    rows = []
    for group, renewal in book.renewals.iterrows():
        asked = group in book.permissions.index
        permission = book.permissions.at[group, "permission"] if asked else ""
        counts = renewal["stage"] in ("renewed", "reserved")
        excluded = renewal["stage"] in ("excluded", "dead")
        reason = renewal["reason"] if excluded else f"stage_{renewal['stage']}"
        outcome = PERMISSION_OUTCOME.get(permission, "pass")
        if excluded and renewal["reason"] in ("not_placed", "no_zones"):
            outcome = "not_evaluated"
        well = None if renewal["well"] is None or pd.isna(renewal["well"]) else int(renewal["well"])
        rows.append(
            {
                "entry_id": f"{'excluded-debit' if excluded else 'debit'}:{renewal['subject']}",
                "kind": "excluded" if excluded else "debit",
                "well_id": None if well is None else book.facts["well_id"].iloc[well],
                "renewal_id": renewal["renewal_id"],
                "pool_id": renewal["pool"],
                "state": renewal["stage"],
                "counts": counts,
                "permission": permission,
                "outcome": outcome,
                "reason_key": f"replacement.debit.{reason}",
                "reason_values": to_json(renewal_values(renewal, book)),
            }
        )
    return rows


def _pair_rows(book: Book) -> list[dict]:
    rows = []
    for pair in book.pairs.itertuples():
        worst = min(pair.reasons, key=lambda one: PERMISSIONS.index(REASON_PERMISSION[one]), default="stands")
        reason = worst if pair.live else "released"
        renewal = book.renewals.loc[pair.group]
        rows.append(
            {
                "entry_id": f"pair:{pair.renewal_id}:{pair.retired_id}:{pair.Index}",
                "kind": "pair",
                "well_id": pair.retired_id,
                "renewal_id": pair.renewal_id,
                "pool_id": renewal["pool"],
                "state": pair.state,
                "counts": bool(pair.holds),
                "permission": pair.permission,
                "outcome": PERMISSION_OUTCOME.get(pair.permission, "pass"),
                "reason_key": f"replacement.pledge.{reason}",
                "reason_values": to_json(
                    {
                        **renewal_values(renewal, book),
                        "retired": pair.retired_id,
                        "pledged_on": pair.pledged_on,
                        "reasons": list(pair.reasons),
                    }
                ),
            }
        )
    return rows


def fact_values(fact: pd.Series, book: Book) -> dict[str, object]:
    """What a message about a sealed well names."""
    values = {
        "well": fact["well_id"] or fact["subject"],
        "day": fact["sealed_on"],
        "baseline": book.settings.baseline,
        "use": fact["use"],
        "zone": fact["zone_at_seal"],
        "as_of": book.as_of,
        "years": book.settings.idle_years,
        "event": fact["seal_event"],
    }
    return {name: value for name, value in values.items() if value is not None and value == value}


def renewal_values(renewal: pd.Series, book: Book) -> dict[str, object]:
    """What a message about a renewal names."""
    values = {
        "renewal": renewal["renewal_id"],
        "day": renewal["day"],
        "baseline": book.settings.baseline,
        "zone": renewal["zone"],
        "pool": renewal["pool"],
        "needed": book.settings.k,
        "as_of": book.as_of,
    }
    return {name: value for name, value in values.items() if value is not None and value == value}


def pair_distances(
    pairs: pd.DataFrame, who: pd.DataFrame, wells: gpd.GeoDataFrame, applications: gpd.GeoDataFrame | None
) -> tuple[pd.Series, pd.DataFrame]:
    """Geodesic metres between the retired and the renewal of each pair, and both ends in EPSG:4326.

    The distance is NaN where an end has no place.
    """
    well_xy = _lonlat(wells)
    renewal = pairs["group"].map(who["well"])
    filed = pairs["group"].map(who["application"])
    ends = pd.DataFrame(np.nan, index=pairs.index, columns=["lon1", "lat1", "lon2", "lat2"])
    retired = pairs["retired"] >= 0
    ends.loc[retired, ["lon1", "lat1"]] = well_xy[pairs.loc[retired, "retired"]]
    drilled = renewal.notna()
    ends.loc[drilled, ["lon2", "lat2"]] = well_xy[renewal[drilled].astype(int)]
    undrilled = ~drilled & filed.notna()
    if applications is not None and undrilled.any():
        ends.loc[undrilled, ["lon2", "lat2"]] = _lonlat(applications)[filed[undrilled].astype(int)]
    known = ends.notna().all(axis=1)
    distance = pd.Series(np.nan, index=pairs.index)
    if known.any():
        columns = (ends.loc[known, name].to_numpy() for name in ends.columns)
        distance[known] = pyproj.Geod(ellps="WGS84").inv(*columns)[2]
    return distance, ends


def lines_between(pairs: pd.DataFrame, ends: pd.DataFrame) -> gpd.GeoDataFrame:
    """Live pairs with two known ends as lines from the retired to the renewed well, EPSG:4326."""
    ends = ends.reindex(pairs.index)
    drawn = pairs["live"] & ends.notna().all(axis=1)
    shown = pairs[drawn]
    xy = ends[drawn].to_numpy().reshape(-1, 2, 2)
    data = {
        "renewal_id": shown["renewal_id"].to_numpy(),
        "retired_id": shown["retired_id"].to_numpy(),
        "distance_m": shown["distance_m"].to_numpy(),
        "permission": shown["permission"].to_numpy(),
    }
    geometry = shapely.linestrings(xy) if len(xy) else []
    lines = gpd.GeoDataFrame(data, geometry=geometry, crs=WGS84)
    return lines.sort_values(["renewal_id", "retired_id"], kind="stable").reset_index(drop=True)


def _lonlat(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Longitude and latitude per row; NaN where the row has no place."""
    return Points(frame).coordinates(pyproj.CRS(WGS84))
