"""The findings of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..findings import PERMISSION_OUTCOME, Verdicts, concat, judge
from .wells import UNASSIGNED

if TYPE_CHECKING:
    from .ledger import Book


def speak(book: Book, balance: pd.DataFrame) -> Verdicts:
    """Everything that a person must see of the ledger, and counts of what is in order."""
    return concat(
        [
            _credits(book),
            _expired_permits(book),
            _evidence(book, balance),
            _idle(book, balance),
            _debits(book),
            _permissions(book),
            _sizes(book),
            _pair_ids(book),
            _clashes(book),
            _balances(book, balance),
        ]
    )


def _judge(book: Book, rule: str, role: str, subject, **columns) -> Verdicts:
    return judge(
        rule=f"replacement.{rule}",
        clause=book.settings.clause,
        subject_role=role,
        subject_id=subject,
        unverified=book.settings.unverified,
        **columns,
    )


def _used(book: Book, *names: str) -> dict[str, object]:
    return {f"replacement.{name}": book.settings.shown[name] for name in names if name in book.settings.shown}


def _credits(book: Book) -> Verdicts:
    """Every sealed well of the policy's area: does it count."""
    candidate = book.credits["candidate"].to_numpy()
    facts, credits = book.facts[candidate], book.credits[candidate]
    reason = credits["reason"]
    unknown = reason.isin(["not_placed", "no_zones"])
    outcome = np.select([reason == "", unknown], ["pass", "not_evaluated"], default="review")
    asked = ("baseline", "sealed_states", "credit_uses", "credit_requires_permit", "applies_outside_zone")
    return _judge(
        book,
        "credit",
        "wells",
        facts["subject"],
        unit_id=facts["pool_at_seal"],
        outcome=outcome,
        action=np.where(unknown, "supply_data", "none"),
        message_key="replacement.credit." + reason.where(reason != "", "state_available"),
        message_values={
            "well": facts["well_id"],
            "day": facts["sealed_on"],
            "baseline": book.settings.baseline,
            "use": facts["use"],
            "as_of": book.as_of,
            "years": book.settings.idle_years,
        },
        evidence={
            "event_id": facts["seal_event"],
            "sealed_on": facts["sealed_on"],
            "zone_id": facts["zone_at_seal"],
        },
        settings=_used(book, *asked),
        out_of_scope=int((~candidate).sum()),
    )


def _expired_permits(book: Book) -> Verdicts:
    facts = book.facts[book.credits["counts"].to_numpy()]
    expired = facts["permit_expired"].to_numpy(dtype=bool)
    return _judge(
        book,
        "permit_expired",
        "wells",
        facts["subject"],
        unit_id=facts["pool_at_seal"],
        outcome=np.where(expired, "review", "pass"),
        message_key="replacement.permit_expired",
        message_values={"well": facts["well_id"], "day": facts["sealed_on"]},
        evidence={"sealed_on": facts["sealed_on"]},
        settings=_used(book, "credit_requires_permit"),
    )


def _evidence(book: Book, balance: pd.DataFrame) -> Verdicts:
    """Credits whose proof is incomplete; without the role, one finding per pool."""
    if not book.settings.evidence_required or not book.has_zones:
        return Verdicts.none()
    if book.proven is None:
        return _per_pool(book, balance, "evidence", "replacement.evidence.not_supplied", "evidence_required")
    counted = book.credits["counts"].to_numpy()
    facts = book.facts[counted]
    proven = book.proven[counted].to_numpy()
    return _judge(
        book,
        "evidence",
        "wells",
        facts["subject"],
        unit_id=facts["pool_at_seal"],
        outcome=np.where(proven, "pass", "review"),
        action=np.where(proven, "none", "supply_data"),
        message_key="replacement.evidence.incomplete",
        message_values={"well": facts["well_id"], "day": facts["sealed_on"], "event": facts["seal_event"]},
        evidence={"event_id": facts["seal_event"]},
        settings=_used(book, "evidence_required", "evidence_kinds"),
    )


def _idle(book: Book, balance: pd.DataFrame) -> Verdicts:
    """Sealed wells that were not in use; without readings, one finding per pool."""
    if book.settings.idle_action == "count" or not book.has_zones:
        return Verdicts.none()
    if not book.register.has("readings"):
        return _per_pool(book, balance, "idle", "replacement.idle.not_supplied", "idle_years", "idle_action")
    counted = book.credits["counts"].to_numpy()
    facts, idle = book.facts[counted], book.idle[counted]
    return _judge(
        book,
        "idle",
        "wells",
        facts["subject"],
        unit_id=facts["pool_at_seal"],
        outcome=np.select([idle == "used", idle == "idle"], ["pass", "review"], default="not_evaluated"),
        action=np.where(idle == "unknown", "supply_data", "none"),
        message_key=np.where(idle == "idle", "replacement.idle.idle", "replacement.idle.unknown"),
        message_values={
            "well": facts["well_id"],
            "day": facts["sealed_on"],
            "years": book.settings.idle_years,
        },
        evidence={"sealed_on": facts["sealed_on"]},
        settings=_used(book, "idle_years", "idle_action"),
    )


def _per_pool(book: Book, balance: pd.DataFrame, rule: str, key: str, *asked: str) -> Verdicts:
    """``not_evaluated`` for each pool that has credits of which nothing can be said."""
    rows = balance[(balance["pool_level"] == book.settings.pool) & (balance["sealed"].fillna(0) > 0)]
    return _judge(
        book,
        rule,
        "units",
        rows["pool_id"],
        unit_id=rows["pool_id"],
        outcome="not_evaluated",
        action="supply_data",
        message_key=key,
        message_values={"pool": rows["pool_name"], "sealed": rows["sealed"].astype("float64")},
        settings=_used(book, *asked),
    )


def _debits(book: Book) -> Verdicts:
    """Renewed wells whose place or day is not known."""
    asked = book.debits["candidate"].to_numpy()
    facts, debits = book.facts[asked], book.debits[asked]
    unknown = debits["reason"].isin(["not_placed", "no_zones"]).to_numpy()
    undated = debits["undated"].to_numpy(dtype=bool)
    use_missing = (debits["counts"] & facts["use"].isna()).to_numpy()
    return _judge(
        book,
        "renewal",
        "wells",
        facts["subject"],
        unit_id=facts["pool_at_start"],
        outcome=np.select([unknown, undated | use_missing], ["not_evaluated", "review"], default="pass"),
        action=np.where(unknown | undated | use_missing, "supply_data", "none"),
        message_key=np.select(
            [unknown, undated],
            [
                "replacement.debit." + debits["reason"].where(unknown, "not_placed"),
                "replacement.debit.undated",
            ],
            default="replacement.debit.use_missing",
        ),
        message_values={
            "renewal": facts["well_id"],
            "day": facts["commissioned_on"],
            "baseline": book.settings.baseline,
            "as_of": book.as_of,
        },
        settings=_used(book, "baseline", "credit_uses", "applies_outside_zone"),
        out_of_scope=int((~asked).sum()),
    )


def _permissions(book: Book) -> Verdicts:
    """What each renewal with pledges may do: the worst of its pledges."""
    if book.permissions.empty:
        return Verdicts.none()
    parts = []
    asked = book.renewals.loc[book.permissions.index]
    for role, rows in asked.groupby("subject_role", sort=True):
        judged = book.permissions.loc[rows.index]
        first = judged["reasons"].map(lambda reasons: reasons[0] if reasons else "stands")
        parts.append(
            _judge(
                book,
                "permission",
                role,
                rows["subject"],
                unit_id=rows["pool"],
                outcome=judged["permission"].map(PERMISSION_OUTCOME),
                permission=judged["permission"],
                measured=judged["n_valid"].astype("float64"),
                threshold=float(book.settings.k),
                measure_unit="wells",
                message_key="replacement.pledge." + first,
                message_values={
                    "renewal": rows["renewal_id"],
                    "retired": judged["retired"].map(list),
                    "needed": book.settings.k,
                    "day": rows["day"],
                    "pool": rows["pool"],
                },
                evidence={"retired": judged["retired"].map(list), "reasons": judged["reasons"].map(list)},
                settings=_used(
                    book,
                    "reading",
                    "pool",
                    "baseline",
                    "order",
                    "single_pledge",
                    "idle_action",
                    "size_action",
                    "max_distance_m",
                ),
            )
        )
    return concat(parts)


def _sizes(book: Book) -> Verdicts:
    """Is the permit of the renewed well within those of the wells it retires."""
    if book.permissions.empty or book.settings.size_action == "ignore":
        return Verdicts.none()
    parts = []
    asked = book.renewals.loc[book.permissions.index]
    for role, rows in asked.groupby("subject_role", sort=True):
        judged = book.permissions.loc[rows.index]
        parts.append(
            _judge(
                book,
                "size",
                role,
                rows["subject"],
                unit_id=rows["pool"],
                outcome=judged["size"],
                action=np.where(judged["size_known"], "none", "supply_data"),
                measured=rows["permit_m3"].astype("float64"),
                threshold=judged["freed_m3"],
                measure_unit="m3",
                message_key=np.where(
                    judged["size_known"], "replacement.size.larger", "replacement.size.unknown"
                ),
                message_values={
                    "renewal": rows["renewal_id"],
                    "permit": rows["permit_m3"].astype("float64"),
                    "freed": judged["freed_m3"],
                    "retired": judged["retired"].map(list),
                },
                settings=_used(book, "size_action"),
            )
        )
    return concat(parts)


def _pair_ids(book: Book) -> Verdicts:
    """Rows of PAIRS that name a renewal or a retired well which is not there, or not there once."""
    pairs = book.pairs[book.pairs["subject"].notna().to_numpy() & book.pairs["live"].to_numpy()]
    unknown_renewal = (pairs["group"].map(book.renewals["reason"]) == "unknown_renewal").to_numpy()
    unknown_retired = (pairs["retired"] < 0).to_numpy()
    return _judge(
        book,
        "pair",
        "pairs",
        pairs["subject"],
        outcome=np.where(unknown_renewal | unknown_retired, "review", "pass"),
        action="supply_data",
        message_key=np.where(
            unknown_renewal, "replacement.pair.unknown_renewal", "replacement.pair.unknown_retired"
        ),
        message_values={"renewal": pairs["renewal_id"], "retired": pairs["retired_id"]},
    )


def _clashes(book: Book) -> Verdicts:
    """A renewed well and an application of another renewal that carry the same id."""
    rows = book.renewals[book.renewals["clash"].to_numpy(dtype=bool)]
    return _judge(
        book,
        "id_clash",
        "wells",
        rows["subject"],
        unit_id=rows["pool"],
        outcome="review",
        action="supply_data",
        message_key="replacement.id_clash",
        message_values={"renewal": rows["renewal_id"]},
    )


def _balances(book: Book, balance: pd.DataFrame) -> Verdicts:
    rows = balance[(balance["pool_level"] == book.settings.pool).to_numpy()]
    if book.settings.pool != "zone":
        rows = rows[~rows["pool_id"].str.contains("/", regex=False)]
    unassigned = rows["pool_id"] == UNASSIGNED
    rows = rows[~(unassigned & (rows["outcome"] == "pass")).to_numpy()]
    batch = book.settings.reading == "R3"
    key = np.select(
        [rows["outcome"] == "not_evaluated", rows["pool_id"] == UNASSIGNED],
        ["replacement.balance.not_evaluated", "replacement.balance.unassigned"],
        default="replacement.balance.batch" if batch else "replacement.balance.ratio",
    )
    counted, limit = ("n_approved", "n_applications") if batch else ("sealed", "required")
    figures = {
        name: rows[name].astype("Float64").to_numpy(dtype="float64", na_value=np.nan) for name in _FIGURES
    }
    return _judge(
        book,
        "balance",
        "units",
        rows["pool_id"],
        unit_id=rows["pool_id"],
        period=f"{book.settings.baseline.date().isoformat()}/{book.as_of.date().isoformat()}",
        outcome=rows["outcome"],
        action=np.where(rows["outcome"] == "fail", "limit", "none"),
        measured=figures[counted],
        threshold=np.floor(figures[limit] / 3) if batch else figures[limit],
        measure_unit="wells",
        message_key=key,
        message_values={"pool": rows["pool_name"], "needed": book.settings.k, **figures},
        evidence=figures,
        settings=_used(book, "reading", "pool", "baseline"),
    )


_FIGURES = (
    "sealed",
    "pending",
    "renewed",
    "reserved",
    "required",
    "deficit",
    "further",
    "n_applications",
    "n_approved",
)
