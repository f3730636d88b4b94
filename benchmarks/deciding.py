"""How long a decision on many findings keeps others from writing, beside QGIS's own "Save edits" of as many rows.

    .venv/bin/python benchmarks/deciding.py                   # 50 thousand of 100 thousand findings
    .venv/bin/python benchmarks/deciding.py --decisions 20000

Another process tries every two milliseconds to begin a write; what it could not is how long the file was locked. Ours
writes the decisions, a copy of each finding and a chained entry of the history for each; QGIS adds the decisions alone.
Goal: less than a second. Figures that were measured stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from review import make_case  # beside this script; makes the checkout importable

GOAL = 1.0
TURNS = 3


def watch(path: Path, pipe: Connection) -> None:
    """Send the longest time, in seconds, in which no write could begin, until something is received."""
    longest, since = 0.0, None
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as case:
        pipe.send("ready")
        while not pipe.poll(0.002):
            now = time.perf_counter()
            try:
                case.execute("BEGIN IMMEDIATE")
                case.execute("ROLLBACK")
            except sqlite3.OperationalError:  # locked
                since = since or now
                continue
            if since is not None:
                longest, since = max(longest, now - since), None
    pipe.send(longest)


def locked_by(path: Path, act: Callable[[], None]) -> tuple[float, float]:
    """Seconds for which an act locks the file, and how long it takes."""
    here, there = multiprocessing.Pipe()
    watcher = multiprocessing.get_context("fork").Process(target=watch, args=(path, there))
    watcher.start()
    here.recv()
    began = time.perf_counter()
    act()
    took = time.perf_counter() - began
    time.sleep(0.05)
    here.send("end")
    longest = here.recv()
    watcher.join()
    return longest, took


def ours(path: Path, ids: list[str]) -> None:
    """Accept the findings."""
    from overdraft.core.casefile import CaseRows
    from overdraft.core.review import Act, decide

    decide(CaseRows(path), ids, Act("accept", "甲"), today=date(2026, 3, 31))


def by_qgis(path: Path, ids: list[str]) -> None:
    """Add the same decisions through an edit buffer."""
    from qgis.core import QgsFeature, QgsVectorLayer, QgsVectorLayerUtils

    layer = QgsVectorLayer(f"{path}|layername=decisions", "decisions", "ogr")
    fields, rows = layer.fields(), []
    state, name, who = (fields.indexOf(field) for field in ("state", "finding_id", "decided_by"))
    for finding in ids:
        row: QgsFeature = QgsVectorLayerUtils.createFeature(layer)
        row.setAttribute(state, "accepted")
        row.setAttribute(name, finding)
        row.setAttribute(who, "甲")
        rows.append(row)
    layer.startEditing()
    layer.addFeatures(rows)
    if not layer.commitChanges():
        raise RuntimeError(layer.commitErrors())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--decisions", type=int, default=50_000)
    count = parser.parse_args().decisions
    from qgis.core import QgsApplication

    from overdraft.core.casefile import history

    app = QgsApplication([], False)
    app.initQgis()
    with tempfile.TemporaryDirectory() as folder:
        base, path = Path(folder) / "base.gpkg", Path(folder) / "case.gpkg"
        make_case(base, 2 * count)
        with closing(sqlite3.connect(base)) as case:
            history.guard(case)
            found = case.execute(
                "SELECT finding_id FROM findings WHERE outcome <> 'not_evaluated' LIMIT ?", (count,)
            )
            ids = [name for (name,) in found]
        print(
            f"{len(ids):,} decisions, load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        )
        print("| | file locked | the whole act |\n|---|---|---|")
        locked = {}
        for label, act in (("decision", ours), ("QGIS, rows of the decisions alone", by_qgis)):
            times = []
            for _ in range(TURNS):
                shutil.copy(base, path)
                os.sync()
                times.append(locked_by(path, lambda act=act: act(path, ids)))
                path.unlink()
            locked[act], whole = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"| {label} | {locked[act]:.2f} s | {whole:.2f} s |", flush=True)
        reached = "reached" if locked[ours] < GOAL else "missed"
        print(f"ratio {locked[by_qgis] / locked[ours]:.1f}; goal {GOAL} s: {reached}", flush=True)
    os._exit(0)  # QGIS may fail while it tidies up


if __name__ == "__main__":
    main()
