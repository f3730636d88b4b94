"""The ledger as the pairing window shows it: every pair, and the balance of each pool year by year."""

from __future__ import annotations

import pandas as pd

from ..replacement import Book
from .pairboard import PairBoard

COUNTS = ("sealed", "renewed", "reserved", "pairs")
"""Counted by year: seals that earn a credit, by their day; renewals, by the day of commissioning; approvals that are
not drilled yet, by the day of application; pairs that hold a credit, by the day of the pledge."""

_OF_THE_LEDGER = ("sealed", "renewed", "reserved", "net_change", "required", "deficit", "further")
"""The sum of a pool takes these from the ledger; the wells pledged are no figure of it."""


def pair_list(board: PairBoard) -> pd.DataFrame:
    """Every pair on record, released ones too, in the order of the day of the pledge.

    Returns:
        ``renewal_id``, ``retired_id``, ``pool_id``, ``pool_name``, ``year`` (of the pledge), ``role``, ``state``,
        ``permission``, ``distance_m``, ``pledged_on``, ``released_on``, ``approval_no``, ``stands`` (can be broken).
    """
    book = board.book
    pairs = book.pairs[book.pairs["subject"].notna().to_numpy()]
    pool = pairs["group"].map(book.renewals["pool"])
    rows = pairs[["renewal_id", "retired_id", "role", "state", "permission", "distance_m"]].assign(
        pool_id=pool,
        pool_name=pool.map(_names(board)).fillna(pool),
        year=pairs["pledged_on"].dt.year.astype("Int64"),
        pledged_on=pairs["pledged_on"],
        released_on=pairs["released_on"],
        approval_no=pairs["approval_no"],
        stands=pairs["live"].astype(bool),
    )
    order = ["pledged_on", "renewal_id", "retired_id"]
    return rows.sort_values(order, kind="stable", na_position="last", ignore_index=True)


def by_year(board: PairBoard) -> pd.DataFrame:
    """The balance of each pool by year, the years of a pool followed by its sum, which is that of the ledger.

    Returns:
        ``pool_id``, ``pool_name``, ``year`` (<NA>: no day on record), columns of ``COUNTS``, ``net_change``, ``total``
        (the sum of a pool), and in the sums alone ``required``, ``deficit`` and ``further``.
    """
    entries = _entries(board.book)
    rows = []
    for balance in board.balance.itertuples():
        own = entries[(entries["pool"] == balance.pool_id).to_numpy()]
        head = {"pool_id": balance.pool_id, "pool_name": balance.pool_name}
        for year, part in own.groupby("year", dropna=False, sort=True):
            rows.append({**head, "year": year, **_counted(part), "total": False})
        pairs = int((own["what"] == "pairs").sum())
        sums = {name: getattr(balance, name) for name in _OF_THE_LEDGER}
        rows.append({**head, "year": pd.NA, **sums, "pairs": pairs, "total": True})
    frame = pd.DataFrame(rows)
    for name in ("year", *COUNTS, "net_change", "required", "deficit", "further"):
        frame[name] = frame[name].astype("Int64")
    return frame


def _counted(entries: pd.DataFrame) -> dict[str, int]:
    counts = {name: int((entries["what"] == name).sum()) for name in COUNTS}
    return {**counts, "net_change": counts["renewed"] - counts["sealed"]}


def _entries(book: Book) -> pd.DataFrame:
    """What is counted, each with its pool and year."""
    facts, who = book.facts, book.renewals
    sealed, renewed = facts[book.credits["counts"]], facts[book.debits["counts"]]
    waiting = who[who["stage"] == "reserved"]
    pairs = book.pairs[book.pairs["holds"].to_numpy(dtype=bool)]
    parts = [
        ("sealed", sealed["pool_at_seal"], sealed["sealed_on"]),
        ("renewed", renewed["pool_at_start"], renewed["commissioned_on"]),
        ("reserved", waiting["pool"], waiting["applied_on"]),
        ("pairs", pairs["group"].map(who["pool"]), pairs["pledged_on"]),
    ]
    frames = [
        pd.DataFrame({"what": name, "pool": pool.astype(object), "year": pd.to_datetime(day).dt.year})
        for name, pool, day in parts
    ]
    found = pd.concat(frames, ignore_index=True)
    return found.assign(year=found["year"].astype("Int64"))


def _names(board: PairBoard) -> dict[str, str]:
    return dict(zip(board.balance["pool_id"], board.balance["pool_name"], strict=True))
