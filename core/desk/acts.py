"""The acts of the desk as they are given to it, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from ..casefile import Change, Entry


@dataclass(frozen=True)
class By:
    """Who records, under which login, on which day."""

    who: str
    login: str = ""
    today: date = field(default_factory=date.today)


@dataclass(frozen=True)
class Piece:
    """One piece of evidence.

    Attributes:
        kind: of the enumeration ``evidence_kind``.
        taken_on: ISO day; empty: the day of the event.
        file: name of a file below ``folder``; needed for a photo and a document.
        folder: where it stands; None: the folder of the case file. A file that does not stand below the case file's
            folder is copied into ``<case>.evidence`` beside the case.
        checked_by: who inspected; needed for an inspection.
    """

    kind: str
    taken_on: str = ""
    file: str = ""
    folder: Path | None = None
    checked_by: str = ""


@dataclass(frozen=True)
class Event:
    """Something happened to a well or an irrigation area (``subject_role``) on a day.

    Attributes:
        area_mu: land only; None: the whole area.
        anyway: record it although it contradicts what is on record.
    """

    subject_id: str
    kind: str
    effective_on: str
    subject_role: str = "wells"
    doc_no: str = ""
    area_mu: float | None = None
    evidence: tuple[Piece, ...] = ()
    anyway: bool = False


@dataclass(frozen=True)
class MoreEvidence:
    """Evidence for an event, or for a fact of the register (``wells:<id>:sealed:<day>``), that is on record already."""

    event_id: str
    evidence: tuple[Piece, ...]


@dataclass(frozen=True)
class Correction:
    """An event was recorded wrongly: a new one takes its place, with its evidence. Empty: as it was."""

    event_id: str
    kind: str = ""
    effective_on: str = ""
    doc_no: str = ""
    area_mu: float | None = None
    reason: str = ""
    anyway: bool = False


@dataclass(frozen=True)
class Void:
    """An event did not happen; it stays on record, withdrawn."""

    event_id: str
    reason: str = ""


@dataclass(frozen=True)
class Intake:
    """An application comes in.

    Attributes:
        kind: of the enumeration ``application_kind``.
        place: the point; crs: its system, empty: that of the layer. None: the place of ``well_id``.
        fields: fields of wells by name.
        replaces: the well that a renewal replaces; retired_ids: wells pledged to it, sealed or to be sealed.
        permission: what the vetting said, for the history.
    """

    kind: str
    applied_on: str
    application_id: str = ""
    place: BaseGeometry | None = None
    crs: object = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    well_id: str = ""
    replaces: str = ""
    retired_ids: tuple[str, ...] = ()
    permission: str = ""


@dataclass(frozen=True)
class Decision:
    """An application is ``approved`` or ``refused``."""

    application_id: str
    decision: str
    decided_on: str
    approval_no: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """The applicant withdraws."""

    application_id: str
    withdrawn_on: str
    reason: str = ""


@dataclass(frozen=True)
class Link:
    """The well of an approved application stands: its pledges follow it.

    Attributes:
        well_id: of the well; one that is not in the register is added at the place of the application.
        commissioned_on: ISO day; built_on: the same if empty.
        place, crs: where it was drilled, if not where it was applied for.
        fields: fields of wells that differ from the application.
    """

    application_id: str
    well_id: str
    commissioned_on: str
    built_on: str = ""
    doc_no: str = ""
    place: BaseGeometry | None = None
    crs: object = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    anyway: bool = False


@dataclass(frozen=True)
class Objection:
    """Somebody objects to what was decided on a well: the objection is kept, and the decisions are open again.

    Attributes:
        text: what is objected, without names and numbers of persons. objection_id: empty for the next free one.
    """

    well_id: str
    filed_on: str
    text: str
    objection_id: str = ""
    evidence: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class ObjectionResult:
    """What became of an objection. The findings on the well are decided again in the review, by a person.

    Attributes:
        result: of the enumeration ``objection_result``. reason: without names and numbers of persons.
    """

    objection_id: str
    decided_on: str
    result: str
    reason: str
    evidence: tuple[Piece, ...] = ()


Act = (
    Event
    | MoreEvidence
    | Correction
    | Void
    | Intake
    | Decision
    | Withdrawal
    | Link
    | Objection
    | ObjectionResult
)


@dataclass(frozen=True)
class Copy:
    """A file to be put beside the case before the act is recorded: from where, to where, its SHA-256."""

    source: Path
    target: Path
    sha256: str


@dataclass(frozen=True)
class Recorded:
    """What an act did.

    Attributes:
        kind: of the history entry: event, evidence, correction, void, application, decision, withdrawal, link,
            objection, objection_result.
        subject_role, subject_id: what it is about; token: kind of event, of application, the decision or the result.
        event_id, application_id, objection_id: of the rows made or changed, where there are any.
        changes, entry: as they went to the store; more: further entries, one for each decision that was reopened.
        copies: files that were copied.
    """

    kind: str
    subject_role: str
    subject_id: str
    token: str
    day: str
    changes: tuple[Change, ...]
    entry: Entry
    event_id: str = ""
    application_id: str = ""
    objection_id: str = ""
    copies: tuple[Copy, ...] = ()
    more: tuple[Entry, ...] = ()
