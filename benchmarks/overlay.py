"""How fast wells are laid over zones, counties, townships and parcels, beside QGIS's own joins and a geopandas join.

    .venv/bin/python benchmarks/overlay.py                     # 7 thousand and 200 thousand wells
    .venv/bin/python benchmarks/overlay.py --wells 7000        # the small size only
    .venv/bin/python benchmarks/overlay.py --no-distance       # without the distance to zone edges

Every run is a process of its own in a real QGIS, all started alike through PyQGIS, and ours through
``tools/qgis_process`` as well. The fastest of ``--repeat`` runs counts (the chain runs once). Times are seconds of wall
clock, with seconds of processor time in brackets: ours works on all cores, the others on one. That the results agree is
checked, not assumed. Figures that were measured stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))
from overlay_parts.data import make  # noqa: E402 - its folder is put on the path first
from shared.processes import Seconds, apart, faster, run, show, slower  # noqa: E402

PARCELS = 200_000
TENTH = 20_000
GOALS_FROM = 200_000
"""The goals are set for so many wells; with fewer the start of QGIS is most of the time."""
JOINS = (
    "native:boundary",
    "native:createspatialindex",
    "native:joinbynearest",
    "native:joinattributesbylocation",
)
LAYERS = {"WELLS": "wells", "ZONES": "zones", "UNITS": "units", "IRRIGATION": "parcels"}


def main() -> None:
    """Measure everything and print it with the goals beside it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--wells", type=int, nargs="+", default=[7_000, 200_000])
    asked.add_argument(
        "--repeat", type=int, default=3, help="runs of ours and of the copy; the chain runs once"
    )
    asked.add_argument("--no-distance", action="store_true")
    options = asked.parse_args()
    for wells in options.wells:
        folder = apart(make, ROOT / "build" / "bench" / f"{wells}-{PARCELS}", wells, PARCELS)
        print(f"\n{wells:,} wells, 400 zones, 3 counties, 300 townships, {PARCELS:,} parcels")
        compare(folder, False, options.repeat)
        if not options.no_distance:
            compare(folder, True, options.repeat)
    scaling(options.repeat)


def compare(folder: Path, distance: bool, repeat: int) -> None:
    """One size, with or without the distance: ours, the chain, a copy, a spatial join of geopandas."""
    ending = "-distance" if distance else ""
    with tempfile.TemporaryDirectory(prefix="overdraft-bench-") as name:
        out = Path(name)
        ours = run(in_qgis(f"classify{ending}", folder, out / "ours.gpkg"), repeat)
        whole = run(our_process(folder, out / "whole.gpkg", distance), repeat)
        chain = run(in_qgis(f"chain{ending}", folder, out / "chain.gpkg"), 1)
        copy = run(in_qgis("copy", folder, out / "copy.gpkg"), repeat)
        apart(check_same, out / "whole.gpkg", out / "chain.gpkg", distance)
    at_goal = pyogrio.read_info(folder / "wells.gpkg")["features"] >= GOALS_FROM
    goal, whole_goal, copy_goal = (5 if distance else 20, 4, 1.5) if at_goal else (None, None, None)
    overlay = ours.sum("overlay")
    print(f"  {'with' if distance else 'without'} the distance to zone edges")
    print(f"    overlay step: {show(overlay)}")
    print(f"      chain of QGIS joins: {show(chain.sum(*JOINS))}", faster(chain.sum(*JOINS), overlay, goal))
    if not distance:
        joined = apart(geopandas_join, folder)
        print(f"      geopandas.sjoin: {show(joined)}", faster(joined, overlay))
    peak = max(ours.peak, whole.peak)
    print(f"    whole process: {show(ours.took)}, peak {peak:.0f} MiB", "" if distance else "(goal: < 1024)")
    print(
        f"      chain: {show(chain.took)}, peak {chain.peak:.0f} MiB",
        faster(chain.took, ours.took, whole_goal),
    )
    print(
        f"      copy of the wells, polygons read: {show(copy.took)}", slower(ours.took, copy.took, copy_goal)
    )
    print(f"      ours by tools/qgis_process, which starts more of QGIS: {show(whole.took)}", end=" ")
    print(faster(chain.took, whole.took), "than the chain,", slower(whole.took, copy.took), "the copy")
    named = [name for name in ours.phases if not name.startswith("overdraft:")]
    print("    by phase:", ", ".join(f"{name} {show(ours.phases[name])}" for name in named))


def scaling(repeat: int) -> None:
    """Ten times the wells and parcels over the same zones and units."""
    runs = []
    for wells in (TENTH, 10 * TENTH):
        folder = apart(make, ROOT / "build" / "bench" / f"{wells}-{wells}", wells, wells)
        with tempfile.TemporaryDirectory(prefix="overdraft-bench-") as name:
            runs.append(run(in_qgis("classify", folder, Path(name) / "ours.gpkg"), repeat))
    small, large = runs
    print(f"\n{TENTH:,} wells and parcels, then ten times as many (without distance)")
    for name in ("overlay", "reading", "writing"):
        before, after = small.sum(name), large.sum(name)
        print(f"    {name}: {show(before)}, {show(after)}", slower(after, before, 12))
    print(f"    whole process: {show(small.took)}, {show(large.took)}", slower(large.took, small.took, 12))


def in_qgis(mode: str, folder: Path, output: Path) -> list[str]:
    """A run of ``overlay_parts/in_qgis.py``."""
    return [sys.executable, str(HERE / "overlay_parts" / "in_qgis.py"), mode, str(folder), str(output)]


def our_process(folder: Path, output: Path, distance: bool) -> list[str]:
    """Our algorithm as a batch user calls it."""
    layers = [f"{name}={folder / layer}.gpkg" for name, layer in LAYERS.items()]
    limits = [f"DISTANCE_LIMIT={1000 if distance else 0}", f"POSITION_ACCURACY={10 if distance else 0}"]
    command = [str(ROOT / "tools" / "qgis_process"), "run", "overdraft:classifywells", "--"]
    return [*command, *layers, *limits, f"OUTPUT={output}"]


def geopandas_join(folder: Path) -> Seconds:
    """Seconds for the same four joins by geopandas, reading not counted."""
    names = ("wells", "counties", "townships", "parcels", "zones")
    frames = {name: gpd.read_file(folder / f"{name}.gpkg", engine="pyogrio") for name in names}
    wall, cpu = time.perf_counter(), time.process_time()
    for name in names[1:]:
        gpd.sjoin(frames["wells"], frames[name], predicate="intersects", how="left")
    return time.perf_counter() - wall, time.process_time() - cpu


def check_same(ours: Path, chain: Path, distance: bool) -> None:
    """Stop when the chain says anything else of any well than we do."""
    mine = gpd.read_file(ours, engine="pyogrio", ignore_geometry=True).set_index("well_id")
    theirs = gpd.read_file(chain, engine="pyogrio", ignore_geometry=True)
    zones = theirs.dropna(subset="zones_zone_id").drop_duplicates(["well_id", "zones_zone_id"])
    zones = zones.sort_values("zones_zone_id").groupby("well_id")["zones_zone_id"].agg(";".join)
    once = theirs.drop_duplicates("well_id").set_index("well_id").reindex(mine.index)
    pairs = {
        "zone_ids": (mine["zone_ids"], zones.reindex(mine.index).fillna("")),
        "county_id": (mine["county_id"], once["counties_unit_id"]),
        "township_id": (mine["township_id"], once["townships_unit_id"]),
        "area_id": (mine["area_id"], once["parcels_area_id"]),
    }
    for name, (a, b) in pairs.items():
        differ = int((a.fillna("") != b.fillna("")).sum())
        print(f"    {name}: {len(mine) - differ:,} of {len(mine):,} wells agree with the chain")
        if differ:
            raise SystemExit(f"{name} differs at {differ} wells")
    if distance:
        _check_distance(mine["zone_distance_m"], once["distance"])


def _check_distance(mine: pd.Series, planar: pd.Series) -> None:
    """Outside wells only: the chain knows no inside, and measures in the plane of the projection.

    Gauss-Kruger lengths are 1 + x²/2R² of true ones, x up to 200 km from the central meridian here: 0.05 %.
    """
    outside = (mine > 0) & (mine < 999)  # what is nearer than 1000 m is a little farther in the plane
    off = np.abs(mine[outside] - planar[outside])
    allowed = 0.11 + 0.0006 * mine[outside]
    print(f"    zone_distance_m: {int(outside.sum()):,} wells outside agree to {off.max():.2f} m")
    if not (off <= allowed).all():
        sys.exit(
            f"distance differs by more than the projection's distortion at {int((off > allowed).sum())} wells"
        )


if __name__ == "__main__":
    main()
