"""What tests ask of findings whatever the rule."""

from __future__ import annotations

import json

import pandas as pd

from overdraft.core.findings import Verdicts
from overdraft.core.messages import LANGUAGES, render


def speaks(found: Verdicts) -> Verdicts:
    """The same findings; every row can be said in both languages with nothing left out."""
    for row in found.rows.itertuples():
        for language in LANGUAGES:
            text = render(row.message_key, json.loads(row.message_values), language)
            assert "{" not in text, text
    return found


def said(row: pd.Series, language: str = "en") -> str:
    """The sentence of one row."""
    return render(row["message_key"], json.loads(row["message_values"]), language)


def one(found: Verdicts, subject: str | None = None) -> pd.Series:
    """The only row, of a subject or at all."""
    rows = found.rows if subject is None else found.rows[found.rows["subject_id"] == subject]
    assert len(rows) == 1
    return rows.iloc[0]
