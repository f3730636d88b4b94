"""The record of an import: who, when, from which file, with which mapping, how many rows in and out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from ..errors import OverdraftError
from ..findings.verdicts import to_json
from ..intake.personal import HIDDEN, personal_columns
from ..messages import render
from ..personal import masked
from ..problems import Problems
from ..schema import results_schema
from .mapping import mapping_text
from .names import Given
from .reading.sheet import SetAside
from .run import Imported, Wishes
from .source import Source

CHANGES = "raw_values"
"""Result table of the changed cells."""

_SIGNED = re.compile(
    r"((?:填表|填报|制表|审核|审批|复核|校核|统计|负责|经办|联系|记录|调查|核查)人?|领导|签字|签名|电话|手机)\s*[:：].*",
    re.DOTALL,
)
"""``填表人：…``: who filled a sheet in, and how to reach them."""


@dataclass(frozen=True)
class Batch:
    """One import on record.

    Attributes:
        row: the row of ``imports``. changes: rows of ``raw_values``. set_aside: rows of ``set_aside``.
        mapping: text of a mapping file, to be used again.
    """

    row: dict[str, object]
    changes: pd.DataFrame
    set_aside: pd.DataFrame
    mapping: str

    def frame(self) -> pd.DataFrame:
        """The record as a table of one row."""
        return pd.DataFrame([self.row])


def batch_of(
    role: str, source: Source, wishes: Wishes, made: Imported, who: str, moment: datetime, language: str
) -> Batch:
    """The record of an import.

    Args:
        moment: when, with its zone. language: of the reasons in ``set_aside``.

    Raises:
        OverdraftError: rows in are not rows out and rows set aside (a defect, never a matter of the data).
    """
    n_out = len(made.frame)
    if source.n_read != n_out + len(source.set_aside):
        raise OverdraftError(
            "importing.rows_differ", found=source.n_read, written=n_out, set_aside=len(source.set_aside)
        )
    stamp = moment.strftime("%Y%m%dT%H%M%S")
    batch_id = f"{role}-{stamp}-{source.sha256[:8] or 'layer'}"
    mapping = mapping_text(role, made.columns, wishes.given)
    given = Given() if wishes.saved is None else wishes.saved
    row = {
        "batch_id": batch_id,
        "role": role,
        "source": source.described,
        "source_hash": source.sha256,
        "crs": None if made.crs is None else made.crs.to_string(),
        "encoding": source.encoding or None,
        "encoding_confidence": source.encoding_confidence,
        "operation": wishes.operation or None,
        "repairs": to_json(list(wishes.repairs)),
        "field_map": to_json(
            {c.name: c.field for c in made.columns if c.field and c.matched_by != "personal"}
        ),
        "value_map": to_json({**given.words, **wishes.given.words}),
        "unit_map": to_json({c.name: c.unit.name for c in made.columns if c.field and c.unit is not None}),
        "n_read": source.n_read,
        "n_written": n_out,
        "n_set_aside": len(source.set_aside),
        "n_changed": len(made.changes),
        "n_problems": len(made.problems.rows),
        "imported_at": moment.isoformat(timespec="seconds"),
        "imported_by": who,
    }
    return Batch(row, _changes(made, role, batch_id), set_aside_table(source.set_aside, language), mapping)


def _changes(made: Imported, role: str, batch_id: str) -> pd.DataFrame:
    fields = list(results_schema().tables[CHANGES].fields)
    columns = {name: made.changes[name] for name in fields if name in made.changes}
    columns |= {"batch_id": batch_id, "role": role}
    return pd.DataFrame({name: columns[name] for name in fields}, index=made.changes.index, copy=False)


def set_aside_table(rows: Sequence[SetAside], language: str) -> pd.DataFrame:
    """Rows of a sheet that are no data, with the reason in words and what stood in them."""
    return pd.DataFrame(
        {
            "row": [item.row for item in rows],
            "reason": [render(item.reason_key, {}, language) for item in rows],
            "content": [to_json(_shown(item.content)) for item in rows],
        }
    )


def _shown(content: dict[str, str]) -> dict[str, str]:
    """The cells of a row without those of columns with personal data and without who signed, numbers masked."""
    hidden = set(personal_columns("wells", content))
    return {
        name: HIDDEN if name in hidden else masked(_SIGNED.sub(rf"\1：{HIDDEN}", text))
        for name, text in content.items()
    }


def tally(found: Problems) -> dict[str, int]:
    """Problems by severity, worst first."""
    counts = found.rows["severity"].value_counts().to_dict()
    return {severity: int(counts.get(severity, 0)) for severity in ("error", "warning", "note")}
