"""How long ``importlayer`` takes, beside QGIS's own conversion of the same file to a GeoPackage.

    .venv/bin/python benchmarks/importing.py                  # 200 thousand wells
    .venv/bin/python benchmarks/importing.py --wells 20000

A register as a county hands it in, with Chinese headings and words, volumes in 万m³ and days as 2001-5-3: as a CSV in
UTF-8 (22 columns, two of them coordinates) and as a shapefile in GBK without .cpg (20 columns). QGIS converts the CSV
with ``native:createpointslayerfromtable``, the shapefile with ``native:savefeatures``. Every run is a process of its
own that starts QGIS and calls ``processing.run`` once; then the same through ``tools/qgis_process``. The processes take
turns, the fastest of ``--repeat`` counts. Seconds of wall clock, of processor in brackets. Figures that were measured
stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import pyogrio

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))
from importing_parts.data import make  # noqa: E402 - its folder is put on the path first
from importing_parts.in_qgis import calls  # noqa: E402
from shared.processes import Run, apart, run_in_turn, show, slower  # noqa: E402

GOAL = 2.0
MODES = {
    "import": "layer and problems",
    "import-all": "with the raw value of every changed cell",
    "import-units": "with these, positions measured against the townships",
}


def main() -> None:
    """Measure everything and print it with the goal beside it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--wells", type=int, default=200_000)
    asked.add_argument("--repeat", type=int, default=3)
    options = asked.parse_args()
    folder = apart(make, ROOT / "build" / "bench" / f"import-{options.wells}", options.wells)
    for form in ("csv", "shp"):
        print(f"\n{options.wells:,} wells from wells.{form}")
        with tempfile.TemporaryDirectory(prefix="overdraft-bench-") as name:
            compare(form, folder, Path(name), options.repeat)
            check_same(Path(name), options.wells)


def compare(form: str, folder: Path, out: Path, repeat: int) -> None:
    """One file, converted by QGIS and imported by us."""
    modes = ("convert", *MODES)
    runs = run_in_turn({mode: in_qgis(mode, form, folder, out / f"{mode}.gpkg") for mode in modes}, repeat)
    pair = ("convert", "import")
    whole = run_in_turn({mode: by_command(mode, form, folder, out / f"{mode}.gpkg") for mode in pair}, repeat)
    print(f"  conversion by QGIS: {told(runs['convert'])}")
    for mode, text in MODES.items():
        goal = GOAL if mode == "import" else None
        print(f"  ours, {text}: {told(runs[mode])}", slower(runs[mode].took, runs["convert"].took, goal))
    print(f"  by tools/qgis_process: {told(whole['import'])}, conversion {told(whole['convert'])}", end=" ")
    print(slower(whole["import"].took, whole["convert"].took))
    phases = {name: spent for name, spent in runs["import"].phases.items() if name != "algorithm"}
    print("  by phase:", ", ".join(f"{name} {show(spent)}" for name, spent in phases.items()))


def told(run: Run) -> str:
    """Time and peak memory of a run."""
    return f"{show(run.took)}, peak {run.peak:.0f} MiB"


def in_qgis(mode: str, form: str, folder: Path, output: Path) -> list[str]:
    """A run of ``importing_parts/in_qgis.py``."""
    script = HERE / "importing_parts" / "in_qgis.py"
    return [sys.executable, str(script), mode, form, str(folder), str(output)]


def by_command(mode: str, form: str, folder: Path, output: Path) -> list[str]:
    """The same call as a batch user makes it."""
    name, parameters = calls(mode, folder / f"wells.{form}", output)
    given = [f"{key}={value}" for key, value in parameters.items()]
    return [str(ROOT / "tools" / "qgis_process"), "run", name, "--", *given]


def check_same(out: Path, wells: int) -> None:
    """Stop unless every run wrote every well."""
    for mode in ("convert", *MODES):
        found = pyogrio.read_info(out / f"{mode}.gpkg")["features"]
        if found != wells:
            sys.exit(f"{mode}: {found:,} wells written of {wells:,}")


if __name__ == "__main__":
    main()
