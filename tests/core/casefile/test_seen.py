"""Nothing that was recorded while something was worked out is written over."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from overdraft.core.casefile import (
    CaseContent,
    CaseRows,
    Change,
    Entry,
    add_plan,
    backups,
    imports,
    plans,
    read_case,
    tables_seen,
    undo_import,
    write_case,
)
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register

from .conftest import small, stored
from .test_imports import DAY, bring, case  # noqa: F401 - the fixtures of imports

EVENT = {
    "subject_role": "wells",
    "subject_id": "W0",
    "kind": "sealed",
    "effective_on": "2026-03-01",
}


def record_event(path, name):
    """Somebody else records an event."""
    change = Change("events", {"event_id": name}, None, EVENT)
    CaseRows(path).apply([change], [Entry("event", name, "甲")])


def events(path):
    with closing(sqlite3.connect(path)) as connection:
        return [name for (name,) in connection.execute("SELECT event_id FROM events ORDER BY 1")]


@pytest.fixture
def file(tmp_path):
    path = stored(small(), tmp_path / "案卷.gpkg")
    record_event(path, "E1")
    return path


def worked_out(path, seen):
    """What a run makes of the register as it reads it now."""
    tables = dict(build_register(read_case(path)).tables)
    return CaseContent(tables, "en", run={"run_id": "r"}, history={"at": "", "kind": "run"}, seen=seen)


def test_an_event_recorded_during_a_run_is_not_lost(file):
    content = worked_out(file, tables_seen(file, ["wells", "events"]))
    record_event(file, "E2")
    before = file.read_bytes()
    with pytest.raises(OverdraftError) as caught:
        write_case(file, content)
    assert caught.value.key == "casefile.changed_since"
    assert "事件" in caught.value.text("zh")
    assert "水井" not in caught.value.text("zh")
    assert file.read_bytes() == before
    write_case(file, worked_out(file, tables_seen(file, ["wells", "events"])))
    assert events(file) == ["E1", "E2"]


def test_the_first_event_of_all_counts_as_well(tmp_path):
    """The role had no rows, so the run does not write it; but its ledger knows nothing of the event."""
    path = stored(small(), tmp_path / "case.gpkg")
    content = worked_out(path, tables_seen(path, ["wells", "events"]))
    record_event(path, "E1")
    with pytest.raises(OverdraftError, match="changed while"):
        write_case(path, content)


def test_a_copy_of_a_case_that_changed_is_not_made(file, tmp_path):
    content = worked_out(file, tables_seen(file, ["wells", "events"]))
    record_event(file, "E2")
    with pytest.raises(OverdraftError) as caught:
        write_case(tmp_path / "copy.gpkg", content, base=file)
    assert caught.value.values["path"] == str(file)
    assert not (tmp_path / "copy.gpkg").exists()
    assert not list(tmp_path.glob("*.part-*"))


def test_what_is_edited_in_qgis_counts_too(file):
    content = worked_out(file, tables_seen(file, ["wells", "readings"]))
    with closing(sqlite3.connect(file, isolation_level=None)) as qgis:
        qgis.execute("UPDATE readings SET volume_m3 = 1 WHERE well_id = 'W1'")
    with pytest.raises(OverdraftError, match="changed while"):
        write_case(file, content)


def test_decisions_and_results_of_another_run_are_in_nobodys_way(file):
    write_case(file, worked_out(file, {}))  # once: rows are now as a run writes them
    content = worked_out(file, tables_seen(file, ["wells", "events"]))
    store = CaseRows(file)
    store.apply([Change("decisions", {"finding_id": "f"}, None, {"state": "accepted"})], [])
    store.apply([Change("wells", {"well_id": "W1"}, {}, {"outcome": "fail"})], [])
    write_case(file, content)
    assert len(backups(file)) == 2


def test_two_imports_at_once(case, bring, monkeypatch):  # noqa: F811
    bring(["W1"])
    read = imports.rows_of_role

    def meanwhile(path, role):
        rows = read(path, role)
        monkeypatch.setattr(imports, "rows_of_role", read)
        bring(["W2"], minute=1)
        return rows

    monkeypatch.setattr(imports, "rows_of_role", meanwhile)
    with pytest.raises(OverdraftError, match="changed while"):
        bring(["W3"], minute=2)
    assert read_case(case)["wells"]["well_id"].tolist() == ["W1", "W2"]
    bring(["W3"], minute=2)
    assert read_case(case)["wells"]["well_id"].tolist() == ["W1", "W2", "W3"]


def test_an_import_that_is_taken_back_takes_nothing_else(case, bring, monkeypatch):  # noqa: F811
    batch = bring(["W1"])
    read = imports.rows_of_role

    def meanwhile(path, role):
        rows = read(path, role)
        monkeypatch.setattr(imports, "rows_of_role", read)
        bring(["W2"], minute=1)
        return rows

    monkeypatch.setattr(imports, "rows_of_role", meanwhile)
    with pytest.raises(OverdraftError, match="changed while"):
        undo_import(case, batch, "王工", DAY, "zh")
    undo_import(case, batch, "王工", DAY, "zh")
    assert read_case(case)["wells"]["well_id"].tolist() == ["W2"]


def test_a_pledge_made_while_a_plan_is_recorded_is_not_lost(file, monkeypatch):
    read = plans.rows_of_role

    def meanwhile(path, role):
        rows = read(path, role)
        change = Change("pairs", {"retired_id": "W1"}, None, {"renewal_id": "W2", "state": "reserved"})
        CaseRows(path).apply([change], [Entry("pair", "W2", "甲")])
        return rows

    plan = {"plan_id": "p", "kind": "pairing", "status": "optimal", "objective": 1.0, "bound": 1.0}
    plan |= {"created_by": "乙"}
    pairs = pd.DataFrame([{"renewal_id": "W4", "retired_id": "W3", "role": "reduced", "state": "reserved"}])
    monkeypatch.setattr(plans, "rows_of_role", meanwhile)
    with pytest.raises(OverdraftError, match="changed while"):
        add_plan(file, plan, "en", pairs)
    monkeypatch.setattr(plans, "rows_of_role", read)
    add_plan(file, plan, "en", pairs)
    assert read_case(file)["pairs"]["retired_id"].tolist() == ["W1", "W3"]
