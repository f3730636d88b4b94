"""Print layouts from their files: ours, or a user's own of the same name, which wins."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.core import QgsApplication, QgsPrintLayout, QgsProject, QgsReadWriteContext
from qgis.PyQt.QtGui import QFontDatabase
from qgis.PyQt.QtXml import QDomDocument

from ...core.errors import OverdraftError
from ...core.papers.maps import ATLASES
from ..texts import RESOURCES

OURS = RESOURCES / "layouts"
PAPERS = ("A4", "A3")
ORIENTATIONS = ("landscape", "portrait")
NEEDED = ("map", "legend")
"""Items without which a layout is none of ours."""

_MOST_BYTES = 5_000_000
_FAMILY = re.compile(r'(?:fontFamily|family)="([^"]+)"|description="([^",]+),')


def own_folder() -> Path:
    """Where users keep layouts of their own."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "overdraft" / "layouts"


def template(kind: str, paper: str, orientation: str, language: str) -> Path:
    """The file of the layout of a map: a user's own for this map, a user's own for all maps of its family, ours."""
    family = "atlas" if kind in ATLASES else "sheet"
    ending = f"{paper}_{orientation}_{language}.qpt"
    for path in (own_folder() / f"{kind}_{ending}", own_folder() / f"{family}_{ending}"):
        if path.is_file():
            return path
    return OURS / f"{family}_{ending}"


def layout_from(path: Path, project: QgsProject) -> QgsPrintLayout:
    """A layout from a file; nothing in it but what QGIS draws.

    Raises:
        OverdraftError: it cannot be read, is too large, names entities, is no layout, or lacks the map or the legend.
    """
    document = QDomDocument()
    text = _text(path)
    done, told, line, _ = document.setContent(text)
    if not done:
        raise OverdraftError("papers.maps.layout", path=str(path), detail=f"{told} ({line})")
    layout = QgsPrintLayout(project)
    _, done = layout.loadFromTemplate(document, QgsReadWriteContext())
    if not done:
        raise OverdraftError("papers.maps.layout", path=str(path), detail="QgsPrintLayout")
    for name in NEEDED:
        if layout.itemById(name) is None:
            problem = OverdraftError("papers.maps.no_item", found=name)
            raise OverdraftError("papers.maps.layout", path=str(path), detail=problem.text("en"))
    return layout


def fonts_named(path: Path) -> set[str]:
    """The fonts that a layout asks for."""
    return {one or other for one, other in _FAMILY.findall(_text(path))}


def fonts_missing(names: set[str]) -> list[str]:
    """Those of some fonts that this computer lacks."""
    return sorted(names - set(QFontDatabase().families()))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise OverdraftError("papers.maps.layout", path=str(path), detail=f"> {_MOST_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OverdraftError("papers.maps.layout", path=str(path), detail=str(error)) from error
    if "<!ENTITY" in text:
        raise OverdraftError("papers.maps.layout", path=str(path), detail="<!ENTITY")
    return text
