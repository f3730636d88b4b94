"""Problems as a person reads them: a group for each kind with some examples, and all of them as a table to keep."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from .errors import OverdraftError
from .harmless import harmless
from .problems import SEVERITIES, Problems, told_problems
from .schema import register_schema, results_schema

EXAMPLES = 50
"""Problems of a group that are shown one by one."""

REFUSED = "refused"
"""Severity of a layer that cannot be imported: it blocks."""

_COLUMNS = (
    "severity",
    "subject_role",
    "subject_id",
    "row",
    "field",
    "found",
    "expected",
    "message",
    "remedy",
    "check",
)


@dataclass(frozen=True)
class Group:
    """Problems of one kind.

    Attributes:
        severity: of ``problems.SEVERITIES``, or ``REFUSED``. role: the layer. n: how many.
        message, remedy: of the first. examples: subject and message of each of the first ones.
    """

    severity: str
    role: str
    n: int
    message: str
    remedy: str
    examples: tuple[tuple[str, str], ...] = ()


def grouped(found: Problems, refused: Mapping[str, OverdraftError], language: str) -> list[Group]:
    """The problems by kind, what blocks first, then worst first, then the most frequent."""
    made = [Group(REFUSED, role, 1, error.text(language), "") for role, error in refused.items()]
    kinds = found.rows.groupby(["severity", "subject_role", "check", "message_key"], sort=False)
    groups = []
    for (severity, role, _, _), rows in kinds:
        told = told_problems(Problems(rows.head(EXAMPLES), found.counts), language)
        examples = tuple(
            (str(subject or ""), message)
            for subject, message in zip(told["subject_id"], told["message"], strict=True)
        )
        groups.append(Group(severity, role, len(rows), told["message"][0], told["remedy"][0], examples))
    return made + sorted(groups, key=lambda group: (SEVERITIES.index(group.severity), -group.n))


def as_csv(found: Problems, refused: Mapping[str, OverdraftError], language: str) -> str:
    """All problems as text of a CSV file with headings in ``language``; cells that a sheet would compute are quoted."""
    table = results_schema().tables["problems"].fields
    labels = {name: table[name].label(language) for name in _COLUMNS}
    severities, roles = results_schema().enums["problem_severity"], register_schema().roles
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(labels.values())
    for role, error in refused.items():
        row = dict.fromkeys(_COLUMNS, "") | {"severity": severities["error"].label(language)}
        row |= {"subject_role": roles[role].label(language), "message": error.text(language)}
        writer.writerow(_harmless(row[name]) for name in _COLUMNS)
    told = told_problems(found, language)
    told["severity"] = [severities[token].label(language) for token in told["severity"]]
    told["subject_role"] = [roles[name].label(language) for name in told["subject_role"]]
    for row in told[list(_COLUMNS)].itertuples(index=False):
        writer.writerow(_harmless(value) for value in row)
    return "\ufeff" + out.getvalue()


def _harmless(value: object) -> object:
    """A cell that no sheet takes for a formula."""
    if value is None or value != value:
        return ""
    return harmless(value) if isinstance(value, str) else value
