"""A process killed at any moment leaves the older content or the new one, and no half file under the name."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path

import pytest

from overdraft.core.casefile import read_case, remove_leftovers
from overdraft.core.casefile.layout import layouts

ROOT = Path(__file__).resolve().parents[3]
ROWS = 20_000

SCRIPT = textwrap.dedent(f"""
    import importlib.util, sys
    spec = importlib.util.spec_from_file_location(
        "overdraft", {str(ROOT / "__init__.py")!r}, submodule_search_locations=[{str(ROOT)!r}])
    sys.modules["overdraft"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["overdraft"])
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from overdraft.core.casefile import CaseContent, write_case

    run, rows, targets = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    ids = pd.Series(np.arange(rows)).map("W{{:05d}}".format)
    wells = pd.DataFrame({{"well_id": ids, "use": "irrigation", "status": "active", "outcome": f"run {{run}}"}})
    place = gpd.points_from_xy(89 + np.arange(rows) / rows, np.full(rows, 42.0), crs="EPSG:4490")
    content = CaseContent(
        {{"wells": gpd.GeoDataFrame(wells, geometry=place), "targets": wells.rename(columns={{"well_id": "unit_id"}})}},
        "en",
        run={{"run_id": str(run)}},
        history={{"at": "", "kind": "run"}},
    )
    print("ready", flush=True)
    sys.stdin.readline()
    for target in targets:
        write_case(target, content)
        print("done", flush=True)
""")


def start(run, *targets):
    """A writer that has everything in memory and waits for a line."""
    words = [sys.executable, "-B", "-c", SCRIPT, str(run), str(ROWS), *map(str, targets)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def go(process):
    process.stdin.write("\n")
    process.stdin.flush()


def finish(process):
    """Seconds that the writes took, measured from outside."""
    began = time.perf_counter()
    go(process)
    process.stdout.read()
    assert process.wait() == 0
    return time.perf_counter() - began


def content(path):
    """What the file shows: the run of every table, each of them whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        (wells,) = connection.execute(
            "SELECT DISTINCT outcome, count(*) FROM wells GROUP BY outcome"
        ).fetchall()
        (targets,) = connection.execute("SELECT count(*) FROM targets").fetchall()
        (indexed,) = connection.execute("SELECT count(*) FROM rtree_wells_geom").fetchall()
        runs = connection.execute("SELECT run_id FROM runs ORDER BY fid").fetchall()
        registered = connection.execute("SELECT count(*) FROM gpkg_contents").fetchone()
    assert (wells[1], targets[0], indexed[0]) == (ROWS, ROWS, ROWS)
    assert wells[0] == f"run {runs[-1][0]}"
    assert registered == (len(layouts()) + 1,)
    return wells[0]


def kill_at_random(folder, times, seed):
    """Kill writers over an existing file and to a new name; both may be hit, at any moment of either."""
    case, new = folder / "case.gpkg", folder / "new.gpkg"
    finish(start(0, case))
    longest = finish(start(1, case, new))
    moments = random.Random(seed)
    seen, run = [], 1
    for _ in range(times):
        new.unlink(missing_ok=True)
        run += 1
        process = start(run, case, new)
        go(process)
        time.sleep(moments.uniform(0, longest))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert len(read_case(case)["wells"]) == ROWS  # opens read-only, with the journal that the kill left
        shown = content(case)
        seen.append(shown == f"run {run}")
        if new.exists():
            assert content(new) == f"run {run}"
        allowed = ("case.gpkg", "case.gpkg.backups", "new.gpkg")
        strangers = {entry.name: entry for entry in folder.iterdir() if entry.name not in allowed}
        idle = strangers.pop("case.gpkg-journal", None)
        if idle is not None:
            # Killed before the first page was journalled: nothing to take back, so SQLite leaves it for the next
            # write to reuse. A journal that holds something begins with a byte that is not zero.
            assert idle.read_bytes()[:1] in (b"", b"\x00")
        assert [name for name in strangers if ".gpkg.part-" not in name] == []
        for where in (folder, folder / "case.gpkg.backups"):
            if where.exists():
                remove_leftovers(where)
        assert not list(folder.rglob("*.part-*"))
        for backup in (folder / "case.gpkg.backups").glob("*.gpkg"):
            with closing(sqlite3.connect(backup)) as connection:
                assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    new.unlink(missing_ok=True)  # the last writer may have come so far
    finish(start(run + 1, case, new))
    assert content(case) == content(new) == f"run {run + 1}"
    assert sorted(entry.name for entry in folder.iterdir()) == ["case.gpkg", "case.gpkg.backups", "new.gpkg"]
    return seen


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_five_kills(tmp_path):
    kill_at_random(tmp_path, 5, seed=10)


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
def test_two_hundred_kills(tmp_path):
    seen = kill_at_random(tmp_path, 200, seed=200)
    assert any(seen)
    assert not all(seen)
