"""The review list with many findings, beside QGIS's own attribute table on the same table of the same file.

    .venv/bin/python benchmarks/review.py                     # 100 thousand findings on 33 thousand wells
    .venv/bin/python benchmarks/review.py --findings 20000

One process with a real QGIS under Qt's offscreen platform. Seconds of wall clock from the call to the painted picture;
the middle of three for filters, sorts and groups. Memory is that of the process over what it took with an empty dock.
Goals: first paint 1 s, filter, sort and group 0.5 s, 200 MiB. Figures that were measured stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")
RULES = ("meters.installed", "permits.required", "aquifer.deep_confined", "bans.zone_new", "levels.trend")
GOALS = {"first paint": 1.0, "filter": 0.5, "search": 0.5, "sort": 0.5, "group": 0.5}


def make_case(path: Path, findings: int) -> None:
    """A case file with that many findings, three to a well; the evidence as long as that of a real run."""
    from overdraft.core.casefile import create_case

    create_case(path, "zh")
    evidence = '{"well": "' + "机井依据" * 60 + '"}'
    with closing(sqlite3.connect(path, isolation_level=None)) as case:
        case.execute("PRAGMA synchronous = OFF")
        for (name,) in case.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            case.execute(f'DROP TRIGGER "{name}"')
        case.execute("BEGIN")
        case.executemany(
            "INSERT INTO units (unit_id, name, level) VALUES (?, ?, 'county')",
            ((f"C{n}", f"第{n}县") for n in range(9)),
        )
        case.executemany(
            "INSERT INTO zones (zone_id, name) VALUES (?, ?)", ((f"Z{n}", f"超采区{n}") for n in range(20))
        )
        case.executemany(
            'INSERT INTO wells (row_id, well_id, name, township, village, "use", county_id, zone_id)'
            " VALUES (?, ?, ?, ?, ?, 'irrigation', ?, ?)",
            (
                (
                    f"W{n:06}",
                    f"W{n:06}",
                    f"瓜园村{n}号井",
                    f"乡镇{n % 90}",
                    f"村{n % 900}",
                    f"C{n % 9}",
                    f"Z{n % 20}",
                )
                for n in range(findings // 3 + 1)
            ),
        )
        case.executemany(
            "INSERT INTO findings (finding_id, rule, clause, subject_role, subject_id, unit_id, period, outcome,"
            " permission, action, message_key, evidence) VALUES (?, ?, ?, 'wells', ?, ?, '', ?, '', 'none',"
            " 'meters.none', ?)",
            (
                (
                    f"{n * 7919 % 99999989:08}",
                    RULES[n % 5],
                    f"TLF-{n % 40}",
                    f"W{n // 3:06}",
                    f"C{n // 3 % 9}",
                    OUTCOMES[n * 31 % 5],
                    evidence,
                )
                for n in range(findings)
            ),
        )
        case.execute("COMMIT")


def resident() -> float:
    """Memory of this process now, MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured(act: Callable[[], None], show: Callable[[], None]) -> float:
    """Seconds from the call to the picture."""
    began = time.perf_counter()
    act()
    show()
    return time.perf_counter() - began


def ours(app: object, path: Path) -> tuple[dict[str, float], float]:
    """Times of the review dock, and its memory over the empty one."""
    from qgis.core import QgsProject
    from qgis.gui import QgsMapCanvas, QgsMessageBar
    from qgis.PyQt.QtWidgets import QWidget

    from overdraft.core.review.listing import Filter
    from overdraft.ui.review.dock import ReviewDock
    from overdraft.ui.session import Session

    class Evidence(QWidget):
        def show_finding(self, finding_id: str | None) -> None:
            """The panel is measured elsewhere."""

    class Window:
        def __init__(self) -> None:
            self.canvas, self.bar = QgsMapCanvas(), QgsMessageBar()

        def mapCanvas(self) -> QgsMapCanvas:
            return self.canvas

        def messageBar(self) -> QgsMessageBar:
            return self.bar

    session = Session(QgsProject.instance())
    session.open_case(None)
    session.open_store = lambda: None  # the check and the day's backup go on beside it
    dock = ReviewDock(session, Window(), evidence=Evidence())
    dock.resize(1000, 560)
    dock.show()
    dock.grab()
    before = resident()

    def opened() -> None:
        session.open_case(path)
        while dock.listing is None:
            app.processEvents()
            time.sleep(0.002)

    def often(act: Callable[[int], None]) -> float:
        return statistics.median(measured(lambda n=n: act(n), dock.grab) for n in range(3))

    header = dock.table.horizontalHeader()

    def sort(number: int) -> None:
        header.setSortIndicator((2, 3, 4)[number], (0, 1, 0)[number])

    def group(number: int) -> None:
        combo = dock.filters.group
        combo.setCurrentIndex(combo.findData(("rule", "county", "clause")[number]))

    times = {"first paint": measured(opened, dock.grab)}
    while dock._unoffered:  # the numbers beside the values of the filters follow
        app.processEvents()
    times["filter"] = often(lambda number: dock.filters.set(Filter(outcome=OUTCOMES[number])))
    times["search"] = often(lambda number: dock.filters.set(Filter(text=f"瓜园村{number}")))
    dock.filters.clear()
    times["sort"] = often(sort)
    times["group"] = often(group)
    memory = resident() - before
    dock.unload()
    return times, memory


def attribute_table(app: object, path: Path) -> tuple[dict[str, float], float]:
    """Times of QGIS's attribute table of the findings, and what it takes."""
    from qgis.core import QgsProject, QgsVectorLayer, QgsVectorLayerCache
    from qgis.gui import (
        QgsAttributeTableFilterModel,
        QgsAttributeTableModel,
        QgsAttributeTableView,
        QgsMapCanvas,
    )

    canvas = QgsMapCanvas()
    layer = QgsVectorLayer(f"{path}|layername=findings", "findings", "ogr")
    QgsProject.instance().addMapLayer(layer)
    before = resident()
    kept: dict[str, object] = {}

    def opened() -> None:
        cache = QgsVectorLayerCache(layer, 10_000)
        model = QgsAttributeTableModel(cache)
        model.loadLayer()
        rows = QgsAttributeTableFilterModel(canvas, model)
        view = QgsAttributeTableView()
        view.setModel(rows)
        view.resize(1000, 560)
        view.show()
        kept.update(cache=cache, model=model, rows=rows, view=view)

    def show() -> None:
        kept["view"].grab()

    def select(number: int) -> None:
        wanted = [f.id() for f in layer.getFeatures(f"outcome = '{OUTCOMES[number]}'")]
        kept["rows"].setFilteredFeatures(wanted)
        kept["rows"].setFilterMode(QgsAttributeTableFilterModel.FilterMode.ShowFilteredList)

    def search(number: int) -> None:
        kept["rows"].setFilteredFeatures(
            [f.id() for f in layer.getFeatures(f"subject_id ILIKE '%W00{number}%'")]
        )

    def sort(number: int) -> None:
        kept["rows"].sort((4, 5, 8)[number], (0, 1, 0)[number])

    def often(act: Callable[[int], None]) -> float:
        return statistics.median(measured(lambda n=n: act(n), show) for n in range(3))

    times = {"first paint": measured(opened, show)}
    times["filter"], times["search"] = often(select), often(search)
    kept["rows"].setFilterMode(QgsAttributeTableFilterModel.FilterMode.ShowAll)
    times["sort"] = often(sort)
    return times, resident() - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--findings", type=int, default=100_000)
    count = parser.parse_args().findings
    from qgis.core import QgsApplication

    app = QgsApplication([], True)
    app.initQgis()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.gpkg"
        make_case(path, count)
        load = os.getloadavg()[0]
        (own, own_memory), (other, other_memory) = ours(app, path), attribute_table(app, path)
        print(f"{count:,} findings, load of the machine {load:.1f} on {os.cpu_count()} cores")
        print("| | review dock | attribute table | ratio | goal |\n|---|---|---|---|---|")
        for name, seconds in own.items():
            beside = f"{other[name]:.2f} s | {other[name] / seconds:.1f}" if name in other else "has none | –"
            reached = "reached" if seconds <= GOALS[name] else "missed"
            print(f"| {name} | {seconds:.2f} s | {beside} | {GOALS[name]} s, {reached} |")
        reached = "reached" if own_memory <= 200 else "missed"
        print(
            f"| memory | {own_memory:.0f} MiB | {other_memory:.0f} MiB | | 200 MiB, {reached} |", flush=True
        )
    os._exit(0)  # QGIS may fail while it tidies up


if __name__ == "__main__":
    main()
