"""The installed zip, run end to end by ``tools/qgis_process`` as a batch user would."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from .conftest import ROOT

SAMPLE = "overdraft/sample_layers/sample.gpkg"


def rows(path: Path, query: str) -> list[tuple]:
    """Rows of a GeoPackage."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def test_plugin_of_the_zip_lists_its_algorithms(batch) -> None:
    done = batch("--json", "list")
    assert done.returncode == 0, done.stderr
    found = set(json.loads(done.stdout)["providers"]["overdraft"]["algorithms"])
    expected = {
        *(
            "classifywells",
            "replacementledger",
            "retirementbalance",
            "enforce",
            "createregister",
            "auditwells",
        ),
        *("quotabalance", "allocatequota", "overplanfees", "powertowater", "rankunits", "compareruns"),
        *("pairreplacements", "planretirement", "closingorder", "verifyretirement", "vetsites"),
        *("verifycasefile", "mergecases", "exporttables", "exportmaps"),
        *("publicnotice", "verdictslip", "officialletters"),
        "recordevent",
    }
    assert {f"overdraft:{name}" for name in expected} <= found


def test_classify_wells_of_the_sample(batch, installed: Path, tmp_path: Path) -> None:
    """Every well once, in input order; the output's name is Chinese, the caller's locale is not set."""
    sample, output = installed / SAMPLE, tmp_path / "机井落位.gpkg"
    done = batch(
        *("run", "overdraft:classifywells", "--", f"WELLS={sample}|layername=wells"),
        *(f"ZONES={sample}|layername=zones", f"UNITS={sample}|layername=units", f"OUTPUT={output}"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ((table,),) = rows(output, "SELECT table_name FROM gpkg_contents")
    placed = [well for (well,) in rows(output, f'SELECT well_id FROM "{table}" ORDER BY rowid')]
    assert placed == [well for (well,) in rows(sample, "SELECT well_id FROM wells ORDER BY rowid")]
    assert rows(output, f"SELECT COUNT(*) FROM \"{table}\" WHERE zone_ids <> ''")[0][0] > 0


def test_enforce_on_the_sample(batch, installed: Path, tmp_path: Path) -> None:
    """The whole flow: the counts that are printed are those of the case file; the report stands alone."""
    sample, case, report = installed / SAMPLE, tmp_path / "case.gpkg", tmp_path / "report.html"
    roles = ("wells", "zones", "units", "irrigation", "networks", "events", "evidence", "pairs", "readings")
    present = {name for (name,) in rows(sample, "SELECT table_name FROM gpkg_contents")}
    layers = [f"{role.upper()}={sample}|layername={role}" for role in roles if role in present]
    done = batch(
        *(
            "--json",
            "run",
            "overdraft:enforce",
            "--",
            "POLICY=turpan-2021",
            "AS_OF=2026-03-31",
            "LANGUAGE=zh",
        ),
        *layers,
        *(f"OUTPUT={case}", f"REPORT={report}"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(done.stdout)["results"]
    stored = dict(rows(case, "SELECT outcome, COUNT(*) FROM wells GROUP BY outcome"))
    outcomes = ("fail", "review", "not_evaluated", "exempt", "pass")
    assert {o: results[f"N_{o.upper()}"] for o in outcomes} == {o: stored.get(o, 0) for o in outcomes}
    assert sum(stored.values()) == rows(sample, "SELECT COUNT(*) FROM wells")[0][0]
    assert len(rows(case, "SELECT pool_id FROM ledger_balance WHERE pool_level = 'county'")) >= 3
    html = report.read_text(encoding="utf-8")
    assert "减二更一" in html
    # nothing is fetched from elsewhere
    assert 'src="http' not in html
    assert 'href="http' not in html


def test_failing_run_keeps_the_exit_code_and_leaves_no_file(batch, tmp_path: Path) -> None:
    output = tmp_path / "out.gpkg"
    done = batch("run", "overdraft:classifywells", "--", f"WELLS={tmp_path}/missing.gpkg", f"OUTPUT={output}")
    assert done.returncode != 0
    assert list(tmp_path.iterdir()) == []


def test_wrapper_works_through_a_link(batch, tmp_path: Path) -> None:
    """A link of the same name on PATH finds the checkout, and not itself in place of the real program."""
    shortcut = tmp_path / "bin/qgis_process"
    shortcut.parent.mkdir()
    shortcut.symlink_to(ROOT / "tools/qgis_process")
    done = batch(
        *("run", "overdraft:createregister", "--", f"OUTPUT={tmp_path / 'case.gpkg'}"),
        tool=shortcut,
        PATH=f"{shortcut.parent}:/usr/bin:/bin",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("wells",) in rows(tmp_path / "case.gpkg", "SELECT table_name FROM gpkg_contents")


def test_wrapper_says_what_is_missing(batch, tmp_path: Path) -> None:
    done = batch("list", OVERDRAFT_PLUGINS=str(tmp_path))
    assert done.returncode == 2
    assert "no plugin in" in done.stderr
    done = batch("list", QGIS_PROCESS="no-such-program")
    assert done.returncode == 2
    assert "no-such-program" in done.stderr
