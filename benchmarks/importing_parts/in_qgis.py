"""One run inside a real QGIS, in a process of its own: ``in_qgis.py MODE FORM FOLDER OUTPUT``. Prints times as JSON.

FORM: ``csv`` or ``shp``. MODE: ``convert`` (QGIS's own conversion), ``import`` (ours, with the problems),
``import-all`` (the changed cells and the table of conversions as well), ``import-units`` (``import-all``, positions
measured against the townships).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
from importing_parts.data import CRS, SHAPEFILE_UNITS, X, Y  # noqa: E402
from shared.qgis import Clock, add_provider, finish, start, timed  # noqa: E402


def convert(run, source: Path, output: Path) -> None:
    """The plainest way of QGIS into a GeoPackage with points."""
    if source.suffix == ".csv":
        fields = {"XFIELD": X, "YFIELD": Y, "TARGET_CRS": CRS}
        run("native:createpointslayerfromtable", {"INPUT": str(source), **fields, "OUTPUT": str(output)})
    else:
        run("native:savefeatures", {"INPUT": str(source), "OUTPUT": str(output)})


def importing(run, mode: str, source: Path, output: Path) -> None:
    """``importlayer`` of the same file."""
    parameters = {"INPUT": str(source), "ROLE": "wells", "OUTPUT": str(output)}
    parameters["PROBLEMS"] = str(output.with_name("problems.gpkg"))
    if source.suffix == ".csv":
        parameters["CRS"] = CRS
    else:
        parameters["UNIT_MAP"] = "\n".join(f"{name} = {unit}" for name, unit in SHAPEFILE_UNITS.items())
    if mode != "import":
        parameters["RAW_VALUES"] = str(output.with_name("raw_values.gpkg"))
        parameters["CONVERSIONS"] = str(output.with_name("conversions.gpkg"))
    if mode == "import-units":
        parameters["UNITS"] = str(source.with_name("units.gpkg"))
    run("overdraft:importlayer", parameters)


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

    def run(name: str, parameters: dict) -> None:
        with phases["algorithm"]:
            process(name, parameters)

    output.unlink(missing_ok=True)
    source = folder / f"wells.{form}"
    if mode == "convert":
        convert(run, source, output)
    else:
        importing(run, mode, source, output)
    finish(phases)
    del app, provider


if __name__ == "__main__":
    main()
