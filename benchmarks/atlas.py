"""How fast an atlas is printed, page for page, beside QGIS's own atlas export of the same layout.

    .venv/bin/python benchmarks/atlas.py                       # 30 counties, 7 thousand wells
    .venv/bin/python benchmarks/atlas.py --counties 10 --wells 2000

Makes a case file of invented counties, zones and wells, judges it, and prints its county atlas: one PDF for each
county and one for all, with letters as outlines, pages and rows checked. Then `native:atlaslayouttopdf` exports the
same layout (the same layers, legend, table and overview, as ours filled it in) to one PDF. Both in one process, one
after the other, each as often as ``--repeat`` says; the fastest counts. Seconds of wall clock (of processor);
the load of the machine is printed beside them. Figures that were measured stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parents[1]
if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

import geopandas as gpd  # noqa: E402
import numpy as np  # noqa: E402
import shapely  # noqa: E402

GOAL = 60.0
"""Seconds for an atlas of 30 pages on two cores."""


def make_case(path: Path, counties: int, wells: int) -> None:
    """A judged case: counties as hexagon-like cells, a zone in each, wells strewn in them."""
    from overdraft.core.casefile import case_content, write_case
    from overdraft.core.enforce import EnforceSettings, enforce
    from overdraft.core.intake import build_register
    from overdraft.core.policy import load_policy

    draw = np.random.default_rng(7)
    across = int(np.ceil(np.sqrt(counties)))
    west, south = np.arange(counties) % across, np.arange(counties) // across
    ring = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    cells = shapely.box(
        500_000 + 30_000 * west,
        4_700_000 + 30_000 * south,
        530_000 + 30_000 * west,
        4_730_000 + 30_000 * south,
    )
    ids = [f"{659000 + place}" for place in range(counties)]
    units = {"unit_id": ids, "name": [f"第{place + 1}县" for place in range(counties)], "level": "county"}
    blobs = []
    for x, y in zip(west, south, strict=True):
        radius = 9_000 + 1_500 * np.sin(3 * ring + x) + 800 * np.sin(7 * ring + y)
        middle = 515_000 + 30_000 * x, 4_715_000 + 30_000 * y
        blobs.append(
            shapely.polygons(
                np.column_stack((middle[0] + radius * np.cos(ring), middle[1] + radius * np.sin(ring)))
            )
        )
    zones = {
        "zone_id": [f"Z{place}" for place in range(counties)],
        "name": [f"第{place + 1}超采区" for place in range(counties)],
        "severity": ["general", "severe"] * (counties // 2) + ["general"] * (counties % 2),
        "control": draw.choice(["none", "restricted", "banned"], counties),
    }
    home = draw.integers(counties, size=wells)
    away = draw.normal(0, 5_000, (wells, 2))
    points = shapely.points(
        515_000 + 30_000 * west[home] + away[:, 0], 4_715_000 + 30_000 * south[home] + away[:, 1]
    )
    register = {
        "well_id": [f"{ids[place]}-{number:05d}" for number, place in enumerate(home)],
        "use": draw.choice(["irrigation", "industry", "rural_drinking"], wells, p=[0.8, 0.1, 0.1]),
        "status": draw.choice(["active", "sealed", "shut"], wells, p=[0.8, 0.1, 0.1]),
        "aquifer": draw.choice(["shallow", "deep_confined"], wells, p=[0.9, 0.1]),
        "permit_no": np.where(draw.random(wells) < 0.95, "P", None),
        "permit_m3": draw.integers(5_000, 90_000, wells).astype(float),
    }
    frames = {
        "wells": gpd.GeoDataFrame(register, geometry=points, crs=4539),
        "zones": gpd.GeoDataFrame(zones, geometry=blobs, crs=4539),
        "units": gpd.GeoDataFrame(units, geometry=cells, crs=4539),
    }
    result = enforce(
        build_register(frames), load_policy("national"), date(2025, 12, 31), EnforceSettings(invented=True)
    )
    write_case(path, case_content(result, "zh"))


def measured(work: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Seconds of wall clock and of processor of the fastest of some runs."""
    best = (float("inf"), 0.0)
    for _ in range(repeat):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        best = min(best, (time.perf_counter() - wall, time.process_time() - processor))
    return best


def compare(case: Path, folder: Path, repeat: int) -> None:
    """Ours, then QGIS's export of the layout that ours filled in."""
    from qgis.core import QgsLayoutItemMap, QgsProcessingContext, QgsProcessingFeedback

    import processing
    from overdraft.processing.maps.request import MapRequest, _Work, export_maps, read_case

    request = MapRequest(case, folder, ("county_atlas",), language="zh")
    pages: list[int] = []
    ours = measured(lambda: pages.append(export_maps(request, print, lambda share: None).n_pages), repeat)
    page = _Work(request, read_case(request), print).page("county_atlas")
    # Ours looks itself what each page shows; QGIS does where it is told to
    shown = page.item("map", QgsLayoutItemMap)
    shown.setAtlasDriven(True)
    shown.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Predefined)
    page.project.layoutManager().addLayout(page.layout)
    context = QgsProcessingContext()
    context.setProject(page.project)
    given = {"LAYOUT": page.layout.name(), "TEXT_FORMAT": 0, "OUTPUT": str(folder / "peer.pdf")}
    peer = measured(
        lambda: processing.run(
            "native:atlaslayouttopdf", given, context=context, feedback=QgsProcessingFeedback()
        ),
        repeat,
    )
    from overdraft.core.papers.pdf import n_pages

    n = pages[-1]
    if n_pages(folder / "peer.pdf") != n:
        raise SystemExit("atlas: the two did not print the same pages")
    for name, (wall, processor) in (
        ("exportmaps, reading the case included", ours),
        ("native:atlaslayouttopdf", peer),
    ):
        print(
            f"  {name}: {wall:.1f} s ({processor:.1f}) for {n} pages, {wall / n:.2f} s ({processor / n:.2f}) a page"
        )
    print(f"  ratio {peer[0] / ours[0]:.2f} ({peer[1] / ours[1]:.2f}); goal for 30 pages {GOAL:.0f} s")
    print(f"  load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def main() -> int:
    """Make the case, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--counties", type=int, default=30)
    asked.add_argument("--wells", type=int, default=7_000)
    asked.add_argument("--repeat", type=int, default=2)
    options = asked.parse_args()
    from qgis.core import QgsApplication

    application = QgsApplication([], False)
    application.initQgis()
    from processing.core.Processing import Processing

    Processing.initialize()
    with TemporaryDirectory(prefix="overdraft-bench-") as name:
        folder = Path(name)
        make_case(folder / "case.gpkg", options.counties, options.wells)
        print(f"{options.counties} counties, {options.wells:,} wells")
        compare(folder / "case.gpkg", folder, options.repeat)
    sys.stdout.flush()
    os._exit(0)  # layers may outlive the application otherwise


if __name__ == "__main__":
    sys.exit(main())
