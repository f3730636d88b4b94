"""A case file with findings written by hand, judged again as often as a test likes."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pandas as pd
import pytest

from overdraft.core.casefile import CaseContent, CaseRows, create_case, write_case
from overdraft.core.findings.record import finding_id
from overdraft.core.review import Act

PARTS = ("rule", "clause", "subject_role", "subject_id", "period")


def finding(subject, outcome="fail", policy="doc-1", **values):
    """One row of the table ``findings``."""
    row = {"policy_id": policy, "policy_version": "v1", "rule": "meters.installed", "clause": "3.1"}
    row |= {"subject_role": "wells", "subject_id": subject, "unit_id": "c1", "period": "", "outcome": outcome}
    row |= {"measured": 1.0, "threshold": 2.0, "message_key": "meters.none", "message_values": "{}"}
    row |= {"evidence": '{"well":"a"}', "settings": "{}", "unverified": "[]", **values}
    row["finding_id"] = finding_id(row["policy_id"], *(row[name] for name in PARTS))
    rests_on = ("outcome", "permission", "measured", "threshold", "measure_unit", "evidence", "settings")
    text = "\x1f".join(str(row.get(name, "")) for name in rests_on)
    row["evidence_hash"] = hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
    return row


class Case:
    """A case file and what a test asks of it."""

    def __init__(self, path):
        self.path = path
        self.runs = 0

    def judge(self, *rows, policy="doc-1", succeeds=""):
        """Write these findings as the next run does."""
        self.runs += 1
        name = f"run-{self.runs}"
        content = CaseContent(
            tables={"findings": pd.DataFrame(rows).assign(run_id=name)},
            language="zh",
            run={"run_id": name, "policy_id": policy, "finding_hash": name},
            history={"at": "2026-03-31T00:00:00.000Z", "kind": "run", "subject": name},
            succeeds=succeeds,
        )
        write_case(self.path, content)
        return self.store

    @property
    def store(self):
        return CaseRows(self.path)

    def query(self, statement, *values):
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(statement, values).fetchall()

    def decision(self, name):
        """The decision on a finding as it stands."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.row_factory = sqlite3.Row
            row = connection.execute("SELECT * FROM decisions WHERE finding_id = ?", (name,)).fetchone()
        return None if row is None else SimpleNamespace(**dict(row))


@pytest.fixture
def case(tmp_path):
    return Case(create_case(tmp_path / "案卷.gpkg", "zh"))


@pytest.fixture
def act():
    """``act(kind, …)``: an act of 李工 unless another name is given."""

    def make(kind, who="李工", **values):
        return Act(kind, who, "li", **values)

    return make
