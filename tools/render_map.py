"""Draw the map of a case file as a picture: A4 landscape, with legend, balances, scale, projection and sources.

    .venv/bin/python tools/render_map.py CASE OUT.png --language zh

Everything on the page comes from the case file: the layers with the house style, the figures from its tables, the
document and the day from its last run. Made-up data are marked as such.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from map_facts import RESOURCES, WORDS, Facts, read_facts
from map_layers import case_layers, ground_layers, projected_crs
from map_page import add_map, add_tables, add_text, add_title, legend
from qgis.core import QgsApplication, QgsLayoutExporter, QgsPrintLayout, QgsProject, QgsUnitTypes
from qgis.PyQt.QtCore import QRectF

SCENERY = RESOURCES.parent / "sample_layers/sample.gpkg"
MAP_FRAME = QRectF(8, 26, 227, 140)
LEGEND_AREA = QRectF(238, 25, 52, 172)


def draw(case: Path, picture: Path, language: str, dpi: int = 200, scenery: Path | None = None) -> Path:
    """Draw ``case`` into ``picture`` (PNG).

    Raises:
        ValueError: the case file holds no run yet.
        OSError: a layer cannot be read, or the picture cannot be written.
    """
    facts = read_facts(case, language)
    if scenery is None and facts.invented and SCENERY.is_file():
        scenery = SCENERY
    with TemporaryDirectory() as folder:  # QGIS opens what it draws for writing; nobody's file shall feel it
        copied = _copy(case, Path(folder) / "case.gpkg")
        below = _copy(scenery, Path(folder) / "scenery.gpkg") if scenery else None
        _draw(copied, picture, facts, language, dpi, below)
    return picture


def _copy(source: Path, target: Path) -> Path:
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as given,
        closing(sqlite3.connect(target)) as copied,
    ):
        given.backup(copied)
    return target


def _draw(case: Path, picture: Path, facts: Facts, language: str, dpi: int, scenery: Path | None) -> None:
    project = QgsProject.instance()
    project.clear()
    groups = case_layers(case, facts, language, scenery)
    layers = [layer for _, members in groups for layer in members]
    for layer in layers:
        project.addMapLayer(layer, False)
    ground = ground_layers(layers)
    crs = projected_crs(ground[0])
    project.setCrs(crs)

    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    add_title(layout, facts)
    shown = add_map(layout, layers, ground, crs, MAP_FRAME, facts)
    legend(layout, shown, groups, LEGEND_AREA, facts)
    add_tables(layout, facts)
    foot = facts.words["foot"].format(
        crs=crs.description() if language == "en" else f"{crs.description()}（{crs.authid()}）",
        scale=f"{round(shown.scale(), -4):,.0f}",
        version=facts.version,
        run=facts.run,
    )
    add_text(layout, foot, QRectF(8, 203, 281, 4), 6.5, "#6e6e6e")
    _export(layout, picture, dpi)
    layout = shown = None
    project.clear()


def _export(layout: QgsPrintLayout, picture: Path, dpi: int) -> None:
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = dpi
    picture.parent.mkdir(parents=True, exist_ok=True)
    layout.setUnits(QgsUnitTypes.LayoutUnit.LayoutMillimeters)
    done = QgsLayoutExporter(layout).exportToImage(str(picture), settings)
    if done != QgsLayoutExporter.ExportResult.Success:
        raise OSError(f"cannot write {picture}")


def main(argv: list[str] | None = None) -> int:
    """Read the arguments, draw, say where the picture is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", type=Path, help="case file (.gpkg) that holds a run")
    parser.add_argument("picture", type=Path, help="PNG to write")
    parser.add_argument("--language", choices=sorted(WORDS), default="zh")
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument(
        "--scenery", type=Path, help="GeoPackage with scenery_areas and scenery_streams to draw below"
    )
    given = parser.parse_args(argv)
    application = QgsApplication([], False)
    application.initQgis()
    try:
        picture = draw(given.case, given.picture, given.language, given.dpi, given.scenery)
    except (ValueError, OSError) as problem:
        print(f"map: {problem}", file=sys.stderr)
        return 1
    print(f"map: {picture}")
    application.exitQgis()
    return 0


__all__ = ["Facts", "draw", "main"]

if __name__ == "__main__":
    sys.exit(main())
