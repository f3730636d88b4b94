"""The ledger of 减二更一 on paper: balances, pairs, entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from ..findings import OUTCOMES
from .figures import count, signed
from .words import DASH, Words, is_given

if TYPE_CHECKING:
    from ..replacement import ReplacementLedger

COUNTED = ("sealed", "pending", "renewed", "reserved", "required", "deficit", "further", "approvable")
APPLIED = ("n_applications", "n_approved")
GROUPS = ("credit", "debit", "excluded")


def ledger_section(book: ReplacementLedger, as_of: date, words: Words, limit: int) -> dict:
    """What the section on 减二更一 shows; at most ``limit`` rows of each kind of entry."""
    return {
        "balance": balance(book, as_of, words),
        "pairs": pairs(book, words, limit),
        "entry_counts": entry_counts(book, words),
        "entries": entries(book, words, limit),
    }


def balance(book: ReplacementLedger, as_of: date, words: Words) -> dict:
    """The balance table: headings and rows of the pools, and of the zones for information."""
    frame, settings = book.balance, book.settings
    columns = [*COUNTED, *(name for name in APPLIED if frame[name].notna().any()), "net_change", "n_doubt"]
    own = frame["pool_level"] == settings.pool
    zones = frame[~own] if settings.pool != "zone" else frame.iloc[:0]
    return {
        "columns": [words.field("ledger_balance", name) for name in columns],
        "rows": [_balance_row(row, columns, words) for row in frame[own].to_dict("records")],
        "zones": [_balance_row(row, columns, words) for row in zones.to_dict("records")],
        "rule": words(f"balance_rule_{settings.reading}"),
        "since": words(
            "balance_since",
            baseline=settings.baseline.date().isoformat(),
            as_of=as_of.isoformat(),
        ),
        "clause": settings.clause,
    }


def _balance_row(row: dict, columns: list[str], words: Words) -> dict:
    cells = [signed(row[c]) if c == "net_change" else count(row[c]) for c in columns]
    deficit = row["deficit"]
    return {
        "name": pool_name(row["pool_id"], words),
        "sealed": row["sealed"],
        "required": row["required"] if is_given(row["required"]) else None,
        "cells": cells,
        "outcome": row["outcome"],
        "label": words.token("outcome", row["outcome"]),
        "short": words("deficit_of", n=count(deficit))
        if is_given(deficit) and deficit > 0
        else words("no_deficit" if is_given(deficit) else "not_computed"),
    }


def pool_name(pool_id: object, words: Words) -> str:
    """The name of a pool; of a zone within a pool both names."""
    pool, _, zone = str(pool_id).partition("/")
    return " / ".join((words.place(pool), words.place(zone))) if zone else words.place(pool_id)


def pairs(book: ReplacementLedger, words: Words, limit: int) -> dict:
    """Pairs with permission and reasons, the worst first."""
    frame = _worst_first(book.ledger[book.ledger["kind"] == "pair"])
    return {"n": len(frame), "rows": [_entry(row, words) for row in frame.head(limit).to_dict("records")]}


def entries(book: ReplacementLedger, words: Words, limit: int) -> list[dict]:
    """Credits, debits and what does not count, each with its reason."""
    ledger = book.ledger
    found = []
    for kind in GROUPS:
        frame = _worst_first(ledger[ledger["kind"] == kind])
        rows = [_entry(row, words) for row in frame.head(limit).to_dict("records")]
        found.append({"kind": kind, "title": words(f"kind.{kind}"), "n": len(frame), "rows": rows})
    return found


def entry_counts(book: ReplacementLedger, words: Words) -> list[dict]:
    """Entries by kind, state and whether they count; the numbers add up to the ledger's rows."""
    ledger = book.ledger
    keys = ledger[["kind", "state", "counts"]].astype(object)
    tally = keys.where(keys.notna(), "").value_counts(sort=False).sort_index()
    return [
        {
            "kind": words.token("entry_kind", kind),
            "state": state_name(state, words),
            "counts": words("yes" if counts else "no"),
            "n": count(n),
        }
        for (kind, state, counts), n in tally.items()
    ]


def _worst_first(frame: pd.DataFrame) -> pd.DataFrame:
    order = {token: place for place, token in enumerate(OUTCOMES)}
    rank = frame["outcome"].map(order).fillna(len(OUTCOMES))
    return frame.assign(rank=rank).sort_values(["rank", "entry_id"], kind="stable")


def _entry(row: dict, words: Words) -> dict:
    return {
        "well": row["well_id"] if is_given(row["well_id"]) else DASH,
        "renewal": row["renewal_id"] if is_given(row["renewal_id"]) else DASH,
        "pool": words.place(row["pool_id"]),
        "state": state_name(row["state"], words),
        "counts": words("yes" if row["counts"] else "no"),
        "permission": row["permission"] if is_given(row["permission"]) else "",
        "permission_label": words.token("permission", row["permission"]),
        "outcome": row["outcome"],
        "label": words.token("outcome", row["outcome"]),
        "why": why(row, words),
    }


def why(row: Mapping[str, object], words: Words) -> list[str]:
    """Why an entry counts or does not: a sentence, or one for each reason where it names several."""
    values = json.loads(str(row["reason_values"])) if is_given(row["reason_values"]) else {}
    family = str(row["reason_key"]).rpartition(".")[0]
    reasons = [f"{family}.{name}" for name in values.get("reasons", ())] or [str(row["reason_key"])]
    return [words.sentence(key, values) for key in reasons]


def state_name(state: object, words: Words) -> str:
    """The state of an entry in words."""
    label = words.token("entry_state", state)
    return words.either(f"state.{state}", label) if label == state else label
