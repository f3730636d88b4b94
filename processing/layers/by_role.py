"""Which layers of the project stand for which role, so that a dialog opens with them chosen."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from qgis.core import QgsProject, QgsProviderRegistry, QgsVectorLayer, QgsWkbTypes

from ...core.schema import Role, normal_name, register_schema
from ..casefiles import is_case

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
    found: defaultdict[str, list[str]] = defaultdict(list)
    for layer in source_layers(project):
        _, inside = _place(layer)
        for name in roles_named((layer.name(), inside), roles):
            if fits(layer, register_schema().roles[name]):
                found[name.upper()].append(layer.id())
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}


def source_layers(project: QgsProject) -> list[QgsVectorLayer]:
    """The vector layers of a project that can be read, those of a case file left out."""
    return [
        layer
        for layer in project.mapLayers().values()
        if isinstance(layer, QgsVectorLayer) and layer.isValid() and not _in_case(_place(layer)[0])
    ]


def roles_named(names: Iterable[str], roles: Iterable[str]) -> list[str]:
    """The roles that one of the names is the name or label of."""
    given = {normal_name(text) for text in names if text}
    known = register_schema().roles
    return [
        name
        for name in roles
        if given & {normal_name(text) for text in (name, known[name].en, known[name].zh)}
    ]


def _place(layer: QgsVectorLayer) -> tuple[str, str]:
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return parts.get("path") or "", parts.get("layerName") or ""


def fits(layer: QgsVectorLayer, role: Role) -> bool:
    """Has a layer the geometry of a role? Any layer fits a table."""
    return not role.is_place or layer.geometryType() == _GEOMETRY[role.geometry]


def _in_case(path: str) -> bool:
    return path.casefold().endswith(".gpkg") and os.path.isfile(path) and is_case(Path(path))
