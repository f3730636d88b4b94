"""What a setup leaves in the QGIS project: which layer is which role, the policy, the unit; paths relative to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProject

from ...core.schema import register_schema
from ...processing.setup import LayerRef, project_refs
from .state import DRAWN, RoleLayer, Setup

SCOPE = "overdraft"
_UNITS = ("mu", "ha")
_LONGEST = 2_000_000
"""Characters of an entry; a longer one is none of ours."""


def keep_choices(setup: Setup, mappings: Mapping[str, str], project: QgsProject) -> None:
    """Write the choices into the project; saving it is up to the user.

    Args:
        mappings: the mapping of each layer that was read, as text.
    """
    layers = {}
    for layer in setup.read:
        ref = layer.ref
        address = "" if ref.id else _kept_address(ref.uri, project)
        layers[layer.role] = {
            "name": ref.name,
            "id": ref.id,
            "uri": address,
            "inside": ref.inside,
            "geometry": ref.geometry,
        }
    made = {role: json.loads(text) for role, text in mappings.items()}
    policy = setup.policy_ref
    kept = {
        "layers": json.dumps({**_entry(project, "layers"), **layers}, ensure_ascii=False),
        "mappings": json.dumps({**_entry(project, "mappings"), **made}, ensure_ascii=False),
        "policy": "" if isinstance(policy, Path) else policy or "",
        "policy_file": project.writePath(str(policy)) if isinstance(policy, Path) else "",
        "crs": setup.crs.authid() if setup.crs.isValid() else "",
        "area_unit": setup.area_unit,
    }
    for name, value in kept.items():
        project.writeEntry(SCOPE, name, value)


def kept_choices(project: QgsProject, case: Path | None) -> Setup:
    """The choices as the project remembers them; a layer that is gone is named as such.

    Args:
        case: the open case file; what it was made of takes the place of its rows when it is delivered again.
    """
    layers = {role: RoleLayer(role) for role in DRAWN}
    known = {ref.id: ref for ref in project_refs(project)}
    mappings = _entry(project, "mappings")
    for role, kept in _entry(project, "layers").items():
        if role not in register_schema().roles or not isinstance(kept, dict):
            continue
        layer = layers.setdefault(role, RoleLayer(role))
        layer.mode = "append" if case is None else "replace"
        layer.ref = _found(kept, known, project)
        layer.gone = "" if layer.ref else str(kept.get("name", role))
        _remember(layer, mappings.get(role))
    policy, file = _text(project, "policy"), _text(project, "policy_file")
    crs = _text(project, "crs")
    unit = _text(project, "area_unit")
    return Setup(
        layers,
        Path(project.readPath(file)) if file else policy or None,
        crs=QgsCoordinateReferenceSystem(crs) if crs else QgsCoordinateReferenceSystem(),
        area_unit=unit if unit in _UNITS else _UNITS[0],
        case=case,
    )


def _found(kept: dict, known: dict[str, LayerRef], project: QgsProject) -> LayerRef | None:
    if kept.get("id"):
        return known.get(str(kept["id"]))
    path, mark, rest = str(kept.get("uri", "")).partition("|")
    path = project.readPath(path)
    if not path or not Path(path).is_file():
        return None
    texts = {name: str(kept.get(name, "")) for name in ("name", "inside", "geometry")}
    return LayerRef(uri=path + mark + rest, **texts)


def _kept_address(uri: str, project: QgsProject) -> str:
    path, mark, rest = uri.partition("|")
    return project.writePath(path) + mark + rest


def _remember(layer: RoleLayer, mapping: object) -> None:
    """The mapping of last time; one that is not of the right form (another program wrote it) is left out."""
    from ...core.errors import OverdraftError
    from ...core.importing.mapping import mapping_from

    try:
        layer.saved, layer.saved_columns = mapping_from(mapping, layer.role, "project")
    except OverdraftError:
        layer.saved, layer.saved_columns = None, []


def _text(project: QgsProject, name: str) -> str:
    return project.readEntry(SCOPE, name)[0]


def _entry(project: QgsProject, name: str) -> dict:
    text = _text(project, name)
    try:
        found = json.loads(text) if text and len(text) <= _LONGEST else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
