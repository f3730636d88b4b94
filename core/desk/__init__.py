"""The daily desk: what a bureau records through its year, each act one transaction, and what the ledger says of it."""

from .acts import (
    Act,
    By,
    Correction,
    Decision,
    Event,
    Intake,
    Link,
    MoreEvidence,
    Objection,
    ObjectionResult,
    Piece,
    Recorded,
    Void,
    Withdrawal,
)
from .errors import ActsError, DoubtError
from .record import record, undo
from .standing import (
    LEDGER_ROLES,
    Credit,
    Renewal,
    Standing,
    evidence_gap,
    ledger_after,
    register_of,
    state_of,
)
from .table import acts_of
from .vetting import Vetted, vet_intake

__all__ = [
    "LEDGER_ROLES",
    "Act",
    "ActsError",
    "By",
    "Correction",
    "Credit",
    "Decision",
    "DoubtError",
    "Event",
    "Intake",
    "Link",
    "MoreEvidence",
    "Objection",
    "ObjectionResult",
    "Piece",
    "Recorded",
    "Renewal",
    "Standing",
    "Vetted",
    "Void",
    "Withdrawal",
    "acts_of",
    "evidence_gap",
    "ledger_after",
    "record",
    "register_of",
    "state_of",
    "undo",
    "vet_intake",
]
