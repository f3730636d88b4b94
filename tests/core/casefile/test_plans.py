"""Plans in a case file: all of them in one transaction, or none."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from overdraft.core.casefile import add_plans, create_case
from overdraft.core.errors import OverdraftError
from overdraft.core.planning.record import PlanStamp, plan_row


def row(name):
    stamp = PlanStamp(f"retirement-{name}", "2026-03-31T10:00:00+08:00", "审核员甲", name)
    figures = {"status": "optimal", "objective": 1.0, "bound": 1.0, "gap": 0.0}
    return plan_row("retirement", stamp, **figures, settings={}, content={"areas": []})


def query(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "案.gpkg"
    create_case(path, "zh")
    return path


def test_several_plans_are_one_write_with_an_entry_each(case):
    before = len(list(case.parent.rglob("*.gpkg")))
    add_plans(case, [row("甲"), row("乙"), row("丙")], "zh")
    assert query(case, "SELECT name FROM plans ORDER BY fid") == [("甲",), ("乙",), ("丙",)]
    entries = query(case, "SELECT subject, who, after FROM history WHERE kind = 'plan' ORDER BY seq")
    assert [entry[:2] for entry in entries] == [(f"retirement-{name}", "审核员甲") for name in "甲乙丙"]
    assert {json.loads(after)["status"] for *_, after in entries} == {"optimal"}
    assert len(list(case.parent.rglob("*.gpkg"))) == before + 1  # one backup, not one for each plan


def test_r1_where_one_of_them_fails_none_is_on_record(case):
    with closing(sqlite3.connect(case)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON plans WHEN NEW.name = '乙' BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        connection.commit()
    with pytest.raises((OverdraftError, sqlite3.Error)):
        add_plans(case, [row("甲"), row("乙")], "zh")
    assert query(case, "SELECT count(*) FROM plans") == [(0,)]
    assert query(case, "SELECT count(*) FROM history WHERE kind = 'plan'") == [(0,)]


@pytest.mark.parametrize("names", [("甲", "甲"), ("乙", "甲")])
def test_an_id_stands_once(case, names):
    add_plans(case, [row("甲")], "zh")
    with pytest.raises(OverdraftError) as caught:
        add_plans(case, [row(name) for name in names], "zh")
    assert caught.value.key == "casefile.plan_twice"
    assert query(case, "SELECT name FROM plans") == [("甲",)]


def test_an_id_stands_once_among_those_given(case):
    with pytest.raises(OverdraftError) as caught:
        add_plans(case, [row("甲"), row("甲")], "zh")
    assert caught.value.values["found"] == "retirement-甲"
    assert query(case, "SELECT count(*) FROM plans") == [(0,)]
