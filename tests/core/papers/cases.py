"""Case files from plain rows, judged as a run does; what a table prints of them; and questions in SQL to compare."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

from shapely.geometry import box

import build
from overdraft.core.casefile import CaseRows, case_content, write_case
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.papers import KINDS, Scope, open_book
from overdraft.core.papers.privacy import private
from overdraft.core.policy import load_policy, with_settings
from overdraft.core.review import Act, decide

LANGUAGES = ("zh", "en")
PROFILES = ("full", "internal", "public")
GAOCHANG = {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43.5)}
SHANSHAN = {"unit_id": "650421", "name": "鄯善县", "level": "county", "geometry": box(90, 42, 91, 43.5)}
EAST = {"x": 90.5, "y": 42.5}
"""A place in Shanshan; wells stand in Gaochang where nothing else is said."""


def judged(path, policy="turpan-2021", day="2026-03-31", values=None, units=(GAOCHANG, SHANSHAN), **roles):
    """The path of a case file of these rows, judged on a day; a case that stands there is judged anew."""
    roles.setdefault("wells", [{"well_id": "other", "permit_no": "P", "metered": True}])
    register = build.register_of(units=list(units), **roles)
    document = with_settings(load_policy(policy), values) if values else load_policy(policy)
    result = enforce(register, document, date.fromisoformat(day), EnforceSettings(invented=True))
    write_case(path, case_content(result, "zh"))
    return path


def printed(path, name, language="zh", profile="full", **scope):
    """A table as a profile shows it."""
    kind = KINDS[name]
    book = open_book(path, kind.needs, language, Scope(**scope))
    return private(kind.make(book), profile)


def lines(table, *names):
    """Cells of some columns, row by row; of one column its cells."""
    columns = [table[name].values for name in names]
    return list(columns[0]) if len(columns) == 1 else list(zip(*columns, strict=True))


def ask(path, statement, *values):
    """The rows of a query on the case file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def change(path, statement, *values):
    """Change rows of a table without geometry."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()


def copied(source, path):
    """A copy of a case that may be changed."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(path)) as other:
        one.backup(other)
    return path


def act(path, ids, kind, who="王工", day="2026-04-01", **more):
    """A person decides on findings."""
    decide(CaseRows.open(path), ids, Act(kind, who, **more), today=date.fromisoformat(day))


def override(path, ids, outcome="pass", who="李工"):
    """A person decides that findings are of another outcome."""
    act(
        path,
        ids,
        "override",
        who,
        outcome=outcome,
        reason_kind="site_check",
        reason="现场核实：已取得许可手续，材料齐全",
    )
