"""One run inside a real QGIS, in a process of its own: ``in_qgis.py MODE FORM FOLDER OUTPUT``. Prints times as JSON.

FORM: ``csv`` or ``shp``. MODE: ``convert`` (QGIS's own conversion), ``import`` (ours, with the problems),
``import-all`` (the changed cells and the table of conversions as well), ``import-units`` (``import-all``, positions
measured against the townships).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from importing_parts.data import CRS, SHAPEFILE_UNITS, X, Y
from shared.qgis import Clock, add_provider, finish, start, timed


def calls(mode: str, source: Path, output: Path) -> tuple[str, dict[str, str]]:
    """The algorithm of a mode and its parameters."""
    files = {"INPUT": str(source), "OUTPUT": str(output)}
    if mode == "convert":
        return conversion(source.suffix, files)
    parameters = {**files, "ROLE": "wells", "PROBLEMS": str(output.with_name("problems.gpkg"))}
    if source.suffix == ".csv":
        parameters["CRS"] = CRS
    else:
        parameters["UNIT_MAP"] = "\n".join(f"{name} = {unit}" for name, unit in SHAPEFILE_UNITS.items())
    if mode != "import":
        parameters["RAW_VALUES"] = str(output.with_name("raw_values.gpkg"))
        parameters["CONVERSIONS"] = str(output.with_name("conversions.gpkg"))
    if mode == "import-units":
        parameters["UNITS"] = str(source.with_name("units.gpkg"))
    return "overdraft:importlayer", parameters


def conversion(suffix: str, files: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The plainest way of QGIS from a file into a GeoPackage with points."""
    if suffix == ".csv":
        fields = {"XFIELD": X, "YFIELD": Y, "TARGET_CRS": CRS}
        return "native:createpointslayerfromtable", {**files, **fields}
    return "native:savefeatures", files


def our_provider(spent: dict[str, Clock]) -> object:
    """Register our provider and note how long each phase of it takes."""
    provider = add_provider()
    with spent["imports"]:
        import overdraft.core.importing.run as importing
        from overdraft.core.importing import record
        from overdraft.processing import imports
        from overdraft.processing.register import importlayer

    timed(spent["reading"], imports.ImportSource, "read")
    timed(spent["import"], importing, "import_source")
    timed(spent["record"], record, "batch_of")
    timed(spent["writing"], importlayer, "deliver")
    return provider


def main() -> None:
    """Start QGIS, run one mode, print the times."""
    phases: defaultdict[str, Clock] = defaultdict(Clock)
    mode, form, folder, output = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    app, process = start(phases["start of QGIS"])
    provider = our_provider(phases) if mode != "convert" else None

    output.unlink(missing_ok=True)
    with phases["algorithm"]:
        process(*calls(mode, folder / f"wells.{form}", output))
    finish(phases)
    del app, provider


if __name__ == "__main__":
    main()
