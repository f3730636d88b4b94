"""Findings as papers list them: those of the last run and those decided on that it finds no more, each with what a
person decided, in which county it lies, and whether it is in scope."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..findings import OUTCOMES
from ..personal import masked
from ..register.identity import ROW_ID
from ..register.register import UNREADABLE
from ..report.lines import parsed
from ..report.words import is_given
from .book import Book

NEEDS = ("findings", "decided_findings", "decisions")
"""Tables that :func:`listed` reads."""

DECISION = (
    "state",
    "decided_outcome",
    "decided_by",
    "decided_on",
    "reason_kind",
    "reason",
    "attachment",
    "deferred_to",
    "verified_by",
    "verified_on",
    "stale",
    "changed",
)
"""Columns that a decision adds; the outcome decided under a name of its own."""


def listed(book: Book, found: pd.DataFrame | None = None) -> pd.DataFrame:
    """The findings in scope, as the review list holds them: worst first, then by rule, county and subject.

    Args:
        found: only these, rows of ``findings``; left out: all, and those decided on that no run finds any more.

    Returns:
        The columns of ``findings``, ``gone``, ``DECISION`` (``state`` open where nobody decided) and ``county_id``.
    """
    decisions = book["decisions"].rename(columns={"outcome": "decided_outcome"})
    decisions = decisions[["finding_id", *DECISION]].drop_duplicates("finding_id")
    if found is None:
        now, then = book["findings"], book["decided_findings"]
        standing = decisions.loc[(decisions["state"] != "open").to_numpy(dtype=bool), "finding_id"]
        gone = then[then["finding_id"].isin(standing) & ~then["finding_id"].isin(now["finding_id"])]
        parts = [now.assign(gone=False), gone[now.columns.intersection(gone.columns)].assign(gone=True)]
        found = pd.concat(
            [part.astype(object) for part in parts if len(part)] or parts[:1], ignore_index=True
        )
    else:
        found = found.assign(gone=False)
    rows = found.merge(decisions.astype(object), on="finding_id", how="left", validate="m:1")
    rows["state"] = rows["state"].where(rows["state"].notna(), "open")
    rows["county_id"] = counties(book, rows)
    return _in_order(rows[in_scope(book, rows)])


def counties(book: Book, rows: pd.DataFrame) -> pd.Series:
    """The county of each finding: that of its unit, else of its well; empty where neither is known."""
    homes = {unit: book.county_of(unit) for unit in rows["unit_id"].dropna().unique()}
    home = rows["unit_id"].map(homes).fillna("").astype(object)
    return home.where(home != "", of_well(book, rows, "county_id").fillna("")).astype(object)


def of_well(book: Book, rows: pd.DataFrame, column: str) -> pd.Series:
    """A column of the well that each finding is about; empty for one about something else."""
    about = rows["subject_id"].where(rows["subject_role"] == "wells")
    wells = book["wells"].drop_duplicates(ROW_ID).set_index(ROW_ID)
    return about.map(wells[column].astype(object)).astype(object)


def in_scope(book: Book, rows: pd.DataFrame) -> pd.Series:
    """Which findings are in scope. A zone holds its wells and itself, an authority wells alone."""
    scope = book.scope
    kept = pd.Series(True, index=rows.index)
    if scope.county:
        kept &= rows["county_id"] == scope.county
    if scope.zone or scope.authority:
        wells = set(book.wells[ROW_ID].dropna())
        inside = (rows["subject_role"] == "wells") & rows["subject_id"].isin(wells)
        if scope.zone and not scope.authority:
            inside |= (rows["subject_role"] == "zones") & (rows["subject_id"] == scope.zone)
        kept &= inside
    return kept.astype(bool)


def sentences(book: Book, rows: pd.DataFrame) -> list[str]:
    """What each finding says, without what somebody had typed where it could not be read: that may be anything."""
    told = []
    for row in rows[["rule", "subject_role", "message_key", "message_values"]].to_dict("records"):
        values = parsed(row["message_values"]) or {}
        if row["rule"] == UNREADABLE:
            values = values | {"found": None}
        told.append(masked(book.words.sentence(row["message_key"], values, str(row["subject_role"]))))
    return told


def subjects(book: Book, rows: pd.DataFrame) -> list[str]:
    """The layer that each finding is about, in words."""
    words = book.words
    told = {
        role: words.either(f"role.{role}", words.token("role", role))
        for role in rows["subject_role"].unique()
    }
    return [told[role] for role in rows["subject_role"]]


def holds(rows: pd.DataFrame) -> pd.Series:
    """The outcome that counts: the one that a person decided, unless the finding has changed since; else its own."""
    decided = rows["state"].isin(("overridden", "verified")) & rows["decided_outcome"].map(is_given)
    fresh = ~rows["stale"].eq(True).fillna(False).astype(bool)
    return rows["decided_outcome"].where((decided & fresh).astype(bool), rows["outcome"]).astype(object)


def limited(book: Book) -> list[str]:
    """What must be said below a table about the day of the run: acts since, and a period that does not limit it."""
    notes = []
    if book.since:
        notes.append(book.say("note.run_since", n=book.since, day=book.run.as_of.isoformat()))
    if book.scope.begin or book.scope.end:
        notes.append(book.say("note.no_period", day=book.run.as_of.isoformat()))
    if book.scope.zone or book.scope.authority:
        notes.append(book.say("note.wells_alone"))
    return notes


def several(book: Book, parts: Iterable[str]) -> str | None:
    """Words or figures in one sentence; None where there is none."""
    return ("、" if book.language == "zh" else ", ").join(parts) or None


def joined(book: Book, parts: Iterable[object]) -> str | None:
    """Texts in one cell; None where there is none."""
    return ("；" if book.language == "zh" else "; ").join(
        str(part) for part in parts if is_given(part)
    ) or None


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    rank = rows["outcome"].map({token: place for place, token in enumerate(OUTCOMES)})
    keyed = rows.assign(_rank=rank)
    order = ["_rank", "rule", "county_id", "subject_id", "period", "finding_id"]
    return (
        keyed.sort_values(order, kind="stable", na_position="last")
        .drop(columns="_rank")
        .reset_index(drop=True)
    )
