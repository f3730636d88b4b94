"""What the ledger of 减二更一 says of each application for a renewal well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ...replacement.ledger import ReplacementLedger
    from ..scene import Scene


@dataclass(frozen=True)
class RenewalPermissions:
    """Aligned with the applications; meaningful for renewals that the ledger knows.

    Attributes:
        uses: of the wells that the ledger is kept for.
        permission: of ``PERMISSIONS``.
        case: why: ``pledged`` (the worst of its pledges), ``credit`` (the pool has a free credit), ``no_credit``,
            ``unknown`` (the balance cannot be told), ``not_in_ledger``, ``no_ledger``.
        pool: id of the pool, None where not known.
        approvable: how many more renewals the pool can bear, NaN where not known.
    """

    uses: tuple[str, ...]
    permission: np.ndarray
    case: np.ndarray
    pool: np.ndarray
    approvable: np.ndarray


def renewal_permissions(scene: Scene) -> RenewalPermissions:
    """The permission on the debit of each application; without pledges, what the balance of its pool allows.

    A renewal that is approved already stands in the balance: it is borne when the sealed wells cover all renewals.
    One that waits needs one free credit: ``allow_if`` means that the credit must be pledged to it.
    """
    asked_for, ledger = scene.frame("applications"), scene.ledger
    size = len(asked_for)
    if ledger is None:
        nothing = np.full(size, None, dtype=object)
        return RenewalPermissions(
            ("irrigation", "ecological_forest"),
            np.full(size, "not_evaluated", dtype=object),
            np.full(size, "no_ledger", dtype=object),
            nothing,
            np.full(size, np.nan),
        )
    debit = _debits(scene, ledger)
    free = _free_credits(ledger).reindex(debit["pool_id"])
    open_credits = free["approvable"].to_numpy(dtype="float64")
    standing = debit["state"].isin(("reserved", "renewed")).to_numpy(dtype=bool)
    covered = np.where(standing, free["covered"].to_numpy(dtype="float64"), open_credits >= 1)
    covered = np.where(~standing & np.isnan(open_credits), np.nan, covered.astype("float64"))
    pledged = (debit["permission"].fillna("") != "").to_numpy(dtype=bool)
    known = debit["known"].to_numpy(dtype=bool)
    case = np.select(
        [pledged, ~known, covered == 1, covered == 0],
        ["pledged", "not_in_ledger", "credit", "no_credit"],
        default="unknown",
    ).astype(object)
    by_case = {
        "credit": "allow_if",
        "no_credit": "deny",
        "unknown": "not_evaluated",
        "not_in_ledger": "not_evaluated",
    }
    permission = np.where(pledged, debit["permission"].to_numpy(dtype=object), pd.Series(case).map(by_case))
    return RenewalPermissions(
        tuple(ledger.settings.credit_uses),
        permission.astype(object),
        case,
        debit["pool_id"].to_numpy(dtype=object),
        open_credits,
    )


def _debits(scene: Scene, ledger: ReplacementLedger) -> pd.DataFrame:
    """The ledger's entry of each application, or of the well that it became."""
    rows = ledger.ledger[(ledger.ledger["kind"] == "debit").to_numpy()].copy()
    rows["subject"] = rows["entry_id"].str.removeprefix("debit:")
    rows = rows.drop_duplicates("subject").set_index("subject")[["pool_id", "state", "permission"]]
    asked_for = scene.frame("applications")
    well = np.asarray(scene.rows_of("wells", asked_for["result_well_id"]), dtype=np.int64)
    of_well = np.full(len(asked_for), None, dtype=object)
    of_well[well >= 0] = scene.frame("wells")["row_id"].to_numpy(dtype=object)[well[well >= 0]]
    own = asked_for["row_id"].isin(rows.index)
    subject = asked_for["row_id"].where(own, pd.Series(of_well, index=asked_for.index))
    found = rows.reindex(subject).reset_index(drop=True)
    found["known"] = subject.isin(rows.index).to_numpy()
    return found


def _free_credits(ledger: ReplacementLedger) -> pd.DataFrame:
    """Per pool: how many more renewals it can bear, and whether those approved are covered (1, 0 or NaN)."""
    balance, settings = ledger.balance, ledger.settings
    rows = balance[(balance["pool_level"] == settings.pool).to_numpy()].drop_duplicates("pool_id")
    rows = rows.set_index("pool_id")
    number = {
        name: rows[name].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
        for name in ("sealed", "renewed", "reserved", "approvable", "further", "n_applications", "n_approved")
    }
    if settings.reading == "R3":
        spare = np.floor(number["n_applications"] / 3) - number["n_approved"]
        free = number["further"]
    else:
        spare = number["sealed"] - settings.k * (number["renewed"] + number["reserved"])
        free = number["approvable"]
    covered = np.where(np.isnan(spare), np.nan, (spare >= 0).astype("float64"))
    return pd.DataFrame({"approvable": free, "covered": covered}, index=rows.index)
