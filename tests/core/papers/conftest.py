"""The judged sample with decisions on its wells, and one well full of hostile and personal texts.

Lets these tests import what stands beside them, and ``build`` of the tests of rules.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from overdraft.core.casefile import CaseRows, Change, Entry
from overdraft.core.review import Act, decide

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "rules")]

TODAY = date(2026, 4, 1)
SCRIPT = '<script>alert("x")</script>'
FORMULA = '=HYPERLINK("http://x","y")'
PERSON, PHONE, IDENTITY = "张三丰", "13812345678", "11010519491231002X"
SEALED, SHUT = "650421-0537", "650402-2621"
"""Wells of the sample that a failed finding asks to seal, to close."""


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="session")
def decided(judged_sample, tmp_path_factory):
    """Failed and doubtful findings accepted, one of them decided otherwise; SEALED is hostile and has an owner."""
    path = tmp_path_factory.mktemp("decided") / "案卷.gpkg"
    shutil.copy(judged_sample, path)
    store = CaseRows(path)
    ids = [
        name
        for (name,) in query(
            path,
            "SELECT finding_id FROM findings WHERE subject_role = 'wells' AND clause <> '' "
            "AND outcome IN ('fail', 'review') AND subject_id NOT LIKE 'row:%' ORDER BY finding_id",
        )
    ]
    decide(store, ids, Act("accept", "李工", "li"), today=TODAY)
    (other,) = query(path, "SELECT min(finding_id) FROM findings WHERE subject_id = ?", SHUT)[0]
    why = {"outcome": "exempt", "reason_kind": "site_check", "reason": "现场核实确为应急备用水源井。"}
    decide(store, [other], Act("override", "李工", "li", **why), today=TODAY)
    key = {"row_id": SEALED}
    before = {"village": query(path, "SELECT village FROM wells WHERE row_id = ?", SEALED)[0][0]}
    after = {
        "village": f"{SCRIPT}{PHONE}",
        "name": f"{PERSON}的井 {PHONE}",
        "user_id": "U-1",
        "account_no": FORMULA,
    }
    person = {"owner": PERSON, "contact": PERSON, "phone": PHONE, "id_number": IDENTITY}
    changes = [Change("wells", key, before, after), Change("persons", {"user_id": "U-1"}, None, person)]
    store.apply(changes, [Entry("import", "test", "test")])
    return path


@pytest.fixture
def case(decided, tmp_path):
    """A copy that a test may change."""
    path = tmp_path / "案 卷.gpkg"
    shutil.copy(decided, path)
    return path


@pytest.fixture
def sample_picture(tmp_path):
    """A PNG of one red pixel."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path = tmp_path / "map.png"
    parts = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\xff\0\0"))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts) + chunk(b"IEND", b""))
    return path
