"""Which layers of the project stand for which role, so that a dialog opens with them chosen."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from qgis.core import QgsProject, QgsProviderRegistry, QgsVectorLayer, QgsWkbTypes

from ..core.schema import Role, normal_name, register_schema
from ..processing.casefiles import tables_with_rows

_GEOMETRY = {
    "point": QgsWkbTypes.GeometryType.PointGeometry,
    "polygon": QgsWkbTypes.GeometryType.PolygonGeometry,
    "line": QgsWkbTypes.GeometryType.LineGeometry,
}


def layers_by_role(project: QgsProject, roles: tuple[str, ...]) -> dict[str, str]:
    """Parameter name → layer id, for every role that exactly one layer of the project is named after.

    A layer is named after a role if its own name, or its name inside its file, is the role's name or label. Layers of a
    case file are left out: a case file is given as a whole.
    """
    schema = register_schema()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for layer in project.mapLayers().values():
        if not isinstance(layer, QgsVectorLayer) or not layer.isValid():
            continue
        path, inside = _place(layer)
        names = {normal_name(text) for text in (layer.name(), inside) if text}
        for name in roles:
            role = schema.roles[name]
            named = names & {normal_name(text) for text in (name, role.en, role.zh)}
            if named and _fits(layer, role) and not _in_case(path):
                found[name.upper()].append(layer.id())
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def _place(layer: QgsVectorLayer) -> tuple[str, str]:
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return parts.get("path") or "", parts.get("layerName") or ""


def _fits(layer: QgsVectorLayer, role: Role) -> bool:
    return not role.is_place or layer.geometryType() == _GEOMETRY[role.geometry]


def _in_case(path: str) -> bool:
    return path.endswith(".gpkg") and Path(path).is_file() and tables_with_rows(Path(path)) is not None
