"""One run inside a real QGIS, in a process of its own: ``in_qgis.py MODE FOLDER OUTPUT``. Prints times as JSON.

MODE: ``chain`` (QGIS's own joins), ``chain-distance`` (the same and the nearest zone edge), ``copy`` (a plain copy of
the wells and reading the polygons), ``classify`` or ``classify-distance`` (our algorithm, with the time of each phase).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
from shared import qgis as our_qgis  # noqa: E402
from shared.qgis import Clock, timed  # noqa: E402

INTERSECTS, ONE_TO_MANY, FIRST_MATCH = [0], 0, 1


def chain(run, folder: Path, output: Path, distance: bool) -> None:
    """Wells joined with counties, townships, parcels (first match) and zones (every match), each with an index."""
    wells = str(folder / "wells.gpkg")
    if distance:
        edges = run("native:boundary", INPUT=str(folder / "zones.gpkg"))
        run("native:createspatialindex", INPUT=edges, OUTPUT=None)
        near = {"INPUT_2": edges, "NEIGHBORS": 1, "MAX_DISTANCE": 1000.0, "FIELDS_TO_COPY": ["zone_id"]}
        wells = run("native:joinbynearest", INPUT=wells, **near, DISCARD_NONMATCHING=False, PREFIX="near_")
    for layer, field in (("counties", "unit_id"), ("townships", "unit_id"), ("parcels", "area_id")):
        wells = join(run, wells, folder / f"{layer}.gpkg", field, f"{layer}_", FIRST_MATCH)
    zones = join(run, wells, folder / "zones.gpkg", "zone_id", "zones_", ONE_TO_MANY)
    # The key of the source would be there twice, which a GeoPackage refuses.
    free = run("native:deletecolumn", INPUT=zones, COLUMN=["fid"])
    run("native:savefeatures", INPUT=free, OUTPUT=str(output))


def join(run, wells: object, layer: Path, field: str, prefix: str, method: int) -> object:
    """One join by location. Both sides get their spatial index first: QGIS walks through the polygons and asks for the
    wells in the box of each; a file that has an index already keeps it."""
    for side in (wells, str(layer)):
        run("native:createspatialindex", INPUT=side, OUTPUT=None)
    options = {"JOIN_FIELDS": [field], "METHOD": method, "DISCARD_NONMATCHING": False, "PREFIX": prefix}
    return run(
        "native:joinattributesbylocation", INPUT=wells, JOIN=str(layer), PREDICATE=INTERSECTS, **options
    )


def copy(run, folder: Path, output: Path) -> None:
    """A plain copy of the wells, and every polygon read once."""
    from qgis.core import QgsVectorLayer

    run("native:savefeatures", INPUT=str(folder / "wells.gpkg"), OUTPUT=str(output))
    for name in ("zones", "units", "parcels"):
        layer = QgsVectorLayer(str(folder / f"{name}.gpkg"), name, "ogr")
        for feature in layer.getFeatures():
            feature.geometry()


def classify(run, folder: Path, output: Path, distance: bool) -> None:
    """Our algorithm with the same layers."""
    layers = {"WELLS": "wells", "ZONES": "zones", "UNITS": "units", "IRRIGATION": "parcels"}
    paths = {name: str(folder / f"{layer}.gpkg") for name, layer in layers.items()}
    limits = {"DISTANCE_LIMIT": 1000.0 if distance else 0.0, "POSITION_ACCURACY": 10.0 if distance else 0.0}
    run("overdraft:classifywells", **paths, **limits, OUTPUT=str(output))


def add_provider(spent: dict[str, Clock]) -> object:
    """Register our provider and note how long each phase of it takes."""
    provider = our_qgis.add_provider()
    with spent["imports"]:
        from overdraft.core import intake, overlay
        from overdraft.processing import inputs
        from overdraft.processing.enforcement import classifywells

    timed(spent["reading"], inputs.Inputs, "read")
    timed(spent["canonical form"], intake, "build_register")
    timed(spent["overlay"], overlay, "place")
    timed(spent["writing"], classifywells, "deliver")
    return provider


def main() -> None:
    """Start QGIS, run one mode, print the times."""
    phases: defaultdict[str, Clock] = defaultdict(Clock)
    mode, folder, output = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    app, process = our_qgis.start(phases["start of QGIS"])
    provider = add_provider(phases) if mode.startswith("classify") else None
    from qgis.core import QgsProcessingFeedback

    feedback = QgsProcessingFeedback()

    def run(name: str, **parameters: object) -> object:
        parameters = {"OUTPUT": "memory:", **parameters}
        given = {key: value for key, value in parameters.items() if value is not None}
        with phases[name]:
            return process(name, given, feedback=feedback).get("OUTPUT")

    output.unlink(missing_ok=True)
    if mode == "copy":
        copy(run, folder, output)
    elif mode.startswith("classify"):
        classify(run, folder, output, mode.endswith("distance"))
    else:
        chain(run, folder, output, mode.endswith("distance"))
    our_qgis.finish(phases)
    del app, provider


if __name__ == "__main__":
    main()
