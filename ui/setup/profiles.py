"""Mappings as files: the choices of one layer, for next year's delivery."""

from __future__ import annotations

from pathlib import Path

from ...core.schema import register_schema
from ...processing.layers.beside import BesideFile
from .state import RoleLayer, given_of


def mapping_of(layer: RoleLayer) -> str:
    """The choices of a layer as the text of a mapping file, the same as an import saves."""
    from ...core.importing.mapping import mapping_text
    from ...core.importing.names import match

    role, source, given = register_schema().roles[layer.role], layer.source, given_of(layer)
    columns = match(role, list(source.frame.columns), given, None, source.cut_names)
    return mapping_text(layer.role, columns, given)


def export_mapping(layer: RoleLayer, path: Path) -> None:
    """Write them beside and rename."""
    beside = BesideFile(path)
    try:
        beside.inside.write_text(mapping_of(layer), encoding="utf-8")
        beside.commit()
    finally:
        beside.discard()


def apply_mapping(layer: RoleLayer, path: Path) -> None:
    """Propose anew with a saved mapping.

    Raises:
        OverdraftError: it cannot be read, or is none for this role.
    """
    from ...core.importing.mapping import load_mapping
    from ...core.importing.proposals import propose

    saved, columns = load_mapping(path, layer.role)
    layer.proposals = propose(register_schema().roles[layer.role], layer.source, saved, columns)
    layer.saved, layer.saved_columns = saved, columns
