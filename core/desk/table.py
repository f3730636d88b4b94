"""Acts as rows of a table: one row per act, its columns named like the parameters of ``recordevent``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from ..errors import OverdraftError
from ..schema import register_schema
from .acts import (
    Act,
    Correction,
    Decision,
    Event,
    Intake,
    Link,
    MoreEvidence,
    Objection,
    ObjectionResult,
    Piece,
    Void,
    Withdrawal,
)
from .checks import amount, label
from .errors import ActsError

ACTS = (
    *("event", "evidence", "correct", "void", "apply", "approve", "refuse", "withdraw", "link"),
    *("objection", "objection_result"),
)
"""What a row of acts may be; empty means ``event``."""

COLUMNS = (
    *("act", "subject_id", "kind", "day", "doc_no", "area_mu"),
    *("photo", "document", "taken_on", "checked_by", "checked_on", "power_cut_on", "permit_cancelled_on"),
    *("event_id", "application_id", "approval_no", "well_id", "replaces", "retired_ids"),
    *("objection_id", "result", "reason", "anyway"),
)
"""Columns that every act may use; for ``apply`` and ``link`` every field of wells as well."""


def acts_of(rows: Iterable[Mapping[str, object]], files: Path | None = None, crs: object = "") -> list[Act]:
    """Acts from rows.

    Args:
        rows: by column; ``geom`` may hold a point in ``crs``. Columns that no act knows are left aside.
        files: folder in which the files of the evidence stand; None: the folder of the case file.

    Raises:
        ActsError: rows that are no act; the error says which and why. One row alone raises its own error.
    """
    acts, wrong = [], []
    given = list(rows)
    for number, row in enumerate(given):
        try:
            acts.append(_act(_Cells(row), files, crs))
        except OverdraftError as error:
            wrong.append((number, error))
    if wrong:
        raise wrong[0][1] if len(given) == 1 else ActsError(wrong, len(given))
    return acts


class _Cells:
    """The cells of one row as text."""

    def __init__(self, row: Mapping[str, object]) -> None:
        self.row = row

    def __call__(self, name: str) -> str:
        return _text(self.row.get(name))

    def split(self, name: str) -> tuple[str, ...]:
        """A list joined by semicolons."""
        return tuple(part.strip() for part in self(name).split(";") if part.strip())

    def number(self, name: str) -> float | None:
        return amount(self(name), label("events", name)) if self(name) else None

    def yes(self, name: str) -> bool:
        return self(name).casefold() in ("1", "1.0", "true", "yes", "是")

    def fields(self) -> dict[str, object]:
        """Fields of wells that are filled in."""
        taken = {*COLUMNS, "application_id"}
        known = register_schema().roles["wells"].fields
        return {
            name: _text(self.row[name]) for name in known if name not in taken and _text(self.row.get(name))
        }


def _text(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, (datetime, pd.Timestamp)):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _act(row: _Cells, files: Path | None, crs: object) -> Act:
    act = row("act") or "event"
    if act not in _MAKERS:
        raise OverdraftError("desk.act_unknown", found=act, allowed=list(ACTS))
    return _MAKERS[act](row, files, crs)


def _pieces(row: _Cells, files: Path | None) -> tuple[Piece, ...]:
    taken, checked = row("taken_on"), row("checked_by")
    pieces = [Piece("photo", taken, name, files) for name in row.split("photo")]
    pieces += [Piece("document", taken, name, files) for name in row.split("document")]
    if checked or row("checked_on"):
        pieces.append(Piece("inspection", row("checked_on"), checked_by=checked))
    for kind in ("power_cut", "permit_cancelled"):
        if row(f"{kind}_on"):
            pieces.append(Piece(kind, row(f"{kind}_on")))
    return tuple(pieces)


def _event(row: _Cells, files: Path | None, crs: object) -> Event:
    kind = row("kind")
    return Event(
        subject_id=row("subject_id"),
        kind=kind,
        effective_on=row("day"),
        subject_role="irrigation" if kind in ("retired", "restored") else "wells",
        doc_no=row("doc_no"),
        area_mu=row.number("area_mu"),
        evidence=_pieces(row, files),
        anyway=row.yes("anyway"),
    )


def _evidence(row: _Cells, files: Path | None, crs: object) -> MoreEvidence:
    return MoreEvidence(row("event_id"), _pieces(row, files))


def _correct(row: _Cells, files: Path | None, crs: object) -> Correction:
    return Correction(
        event_id=row("event_id"),
        kind=row("kind"),
        effective_on=row("day"),
        doc_no=row("doc_no"),
        area_mu=row.number("area_mu"),
        reason=row("reason"),
        anyway=row.yes("anyway"),
    )


def _void(row: _Cells, files: Path | None, crs: object) -> Void:
    return Void(row("event_id"), row("reason"))


def _apply(row: _Cells, files: Path | None, crs: object) -> Intake:
    fields = row.fields()
    if row("area_mu"):
        fields["area_mu"] = row("area_mu")
    return Intake(
        kind=row("kind"),
        applied_on=row("day"),
        application_id=row("application_id"),
        place=row.row.get("geom"),
        crs=crs,
        fields=fields,
        well_id=row("well_id"),
        replaces=row("replaces"),
        retired_ids=row.split("retired_ids"),
    )


def _decide(decision: str) -> Callable[[_Cells, Path | None, object], Decision]:
    def made(row: _Cells, files: Path | None, crs: object) -> Decision:
        return Decision(row("application_id"), decision, row("day"), row("approval_no"), row("reason"))

    return made


def _withdraw(row: _Cells, files: Path | None, crs: object) -> Withdrawal:
    return Withdrawal(row("application_id"), row("day"), row("reason"))


def _link(row: _Cells, files: Path | None, crs: object) -> Link:
    return Link(
        application_id=row("application_id"),
        well_id=row("well_id"),
        commissioned_on=row("day"),
        built_on=row("built_on"),
        doc_no=row("doc_no"),
        place=row.row.get("geom"),
        crs=crs,
        fields=row.fields(),
        anyway=row.yes("anyway"),
    )


def _objection(row: _Cells, files: Path | None, crs: object) -> Objection:
    well = row("subject_id") or row("well_id")
    return Objection(well, row("day"), row("reason"), row("objection_id"), _pieces(row, files))


def _objection_result(row: _Cells, files: Path | None, crs: object) -> ObjectionResult:
    pieces = _pieces(row, files)
    return ObjectionResult(row("objection_id"), row("day"), row("result"), row("reason"), pieces)


_MAKERS: dict[str, Callable[[_Cells, Path | None, object], Act]] = {
    "event": _event,
    "evidence": _evidence,
    "correct": _correct,
    "void": _void,
    "apply": _apply,
    "approve": _decide("approved"),
    "refuse": _decide("refused"),
    "withdraw": _withdraw,
    "link": _link,
    "objection": _objection,
    "objection_result": _objection_result,
}
