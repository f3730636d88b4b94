"""Write the styles of the map's layers in ``resources/styles`` from the house style, ``resources/styles/house.toml``.

Run with the project's Python (``.venv/bin/python tools/make_styles.py``) after a change and commit what it writes.
Colour is never the only signal: outcomes differ in shape, zones in hatching, lines in dashes, so that the maps read in
black and white and by colour-blind people. The styles hold symbols and labels only: no actions, no expressions that do
anything but choose, no scripts.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_HASH_SEED", "0")  # attributes in the same order on every run

ROOT = Path(__file__).resolve().parents[1]
if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from qgis.core import QgsApplication, QgsMapLayer, QgsReadWriteContext, QgsVectorLayer  # noqa: E402
from qgis.PyQt.QtXml import QDomDocument  # noqa: E402

from overdraft.processing.maps.drawing import DRAWINGS, both, retirement  # noqa: E402
from overdraft.processing.maps.house import House, shipped  # noqa: E402

STYLES = ROOT / "resources/styles"
YEARS = range(2021, 2026)
"""The years of the style for the map; paper takes those of the case."""

STYLED = {
    "wells": ("Point", "well_id:string,outcome:string"),
    "wells_raw": ("Point", "well_id:string,use:string,status:string,origin:string"),
    "zones": (
        "Polygon",
        "name:string,severity:string,control:string,aquifer:string,legal_state:string,valid_to:date",
    ),
    "irrigation": ("Polygon", "area_id:string,status:string"),
    "retirement": ("Polygon", "status:string,retired_on:date,restored_on:date"),
    "units": ("Polygon", "name:string,level:string"),
    "networks": ("Polygon", "name:string"),
    "pair_lines": ("LineString", "permission:string"),
    "scenery_areas": ("Polygon", "kind:string,name:string"),
    "scenery_streams": ("LineString", "name:string"),
    "applications": ("Point", "application_id:string,decision:string"),
}
"""Geometry and columns of the layer that each style is written for."""


def qml(name: str, house: House) -> str:
    """The style of a table, symbols and labels only, tidy enough to read a change of it."""
    kind, columns = STYLED[name]
    fields = "&".join(f"field={column}" for column in columns.split(","))
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:4490&{fields}", name, "memory")
    if name == "retirement":
        retirement(layer, house, YEARS, both)
    else:
        DRAWINGS[name].on(layer, house, both)
    layer.setLabelsEnabled(layer.labeling() is not None)
    layer.setOpacity(1.0)
    document = QDomDocument("qgis")
    wanted = QgsMapLayer.StyleCategory.Symbology | QgsMapLayer.StyleCategory.Labeling
    layer.exportNamedStyle(document, QgsReadWriteContext(), QgsMapLayer.StyleCategories(wanted))
    written = document.toString(1)
    fallback = "".join(f'<family name="{name}"/>' for name in house.fonts)
    written = re.sub(r"(<text-style[^>]*>)", rf"\1<families>{fallback}</families>", written)
    written = re.sub(r"\s*<prop [^>]*/>", "", written)  # a second copy of the options, for QGIS before 3.22
    return re.sub(r'key="\{[0-9a-f-]{36}\}"', _numbered(), written)


def _numbered() -> Callable[[re.Match], str]:
    """Rule keys are random; number them, so that a style changes only where somebody changed it."""
    seen: dict[str, str] = {}

    def replace(match: re.Match) -> str:
        key = seen.setdefault(match.group(0), f"{{00000000-0000-4000-8000-{len(seen) + 1:012d}}}")
        return f'key="{key}"'

    return replace


def main() -> int:
    """Write every style."""
    application = QgsApplication([], False)
    application.initQgis()
    STYLES.mkdir(parents=True, exist_ok=True)
    house = shipped()
    for name in STYLED:
        path = STYLES / f"{name}.qml"
        path.write_text(qml(name, house), encoding="utf-8")
        print(f"styles: {path.name}")
    application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main())
