"""The layers that a setup chooses from: those of the project and those in files, and how each is read.

Layers are opened and read in the background, apart from those of the project.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFields,
    QgsProcessingContext,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..core.errors import OverdraftError
from ..core.schema import register_schema
from .imports import as_source
from .layers import LayerSource, open_source
from .layers.bulk import stored_layer
from .layers.by_role import roles_named, source_layers

if TYPE_CHECKING:
    from ..core.importing.source import Source

_KINDS = {
    QgsWkbTypes.GeometryType.PointGeometry: "point",
    QgsWkbTypes.GeometryType.LineGeometry: "line",
    QgsWkbTypes.GeometryType.PolygonGeometry: "polygon",
    QgsWkbTypes.GeometryType.NullGeometry: "none",
}


@dataclass(frozen=True)
class LayerRef:
    """A layer of the project, by ``id``, or one in a file, by its address ``uri``.

    Attributes:
        name: as it is shown. inside: its name in its file.
        geometry: ``point``, ``line``, ``polygon``, ``none``; empty where it is not known.
    """

    name: str
    id: str = ""
    uri: str = ""
    inside: str = ""
    geometry: str = ""

    def fits(self, role: str) -> bool:
        """Can it be a layer of the role? Points may also come from the columns of a table."""
        wanted = register_schema().roles[role].geometry
        return (
            wanted == "none"
            or self.geometry in ("", wanted)
            or (wanted == "point" and self.geometry == "none")
        )

    def named_after(self, role: str) -> bool:
        """Does its name say that it is of the role?"""
        return bool(roles_named((self.name, self.inside), [role]))


def project_refs(project: QgsProject) -> list[LayerRef]:
    """The vector layers of the project by name, those of a case file left out."""
    refs = [
        LayerRef(
            layer.name(), layer.id(), layer.source(), _inside(layer), _KINDS.get(layer.geometryType(), "")
        )
        for layer in source_layers(project)
    ]
    return sorted(refs, key=lambda ref: (ref.name, ref.id))


def file_refs(path: Path) -> list[LayerRef]:
    """The layers, sheets or tables in a file; any thread.

    Raises:
        OverdraftError: there are none that QGIS can read.
    """
    found = (
        QgsProviderRegistry.instance()
        .providerMetadata("ogr")
        .querySublayers(str(path), Qgis.SublayerQueryFlags(Qgis.SublayerQueryFlag.ResolveGeometryType))
    )
    if not found:
        raise OverdraftError("setup.no_layers", path=path.name)
    refs = []
    for item in found:
        inside = item.name()
        name = path.name if len(found) == 1 else f"{path.name}: {inside}"
        kind = _KINDS.get(QgsWkbTypes.geometryType(item.wkbType()), "")
        refs.append(LayerRef(name, "", item.uri(), inside if len(found) > 1 else path.stem, kind))
    return refs


@dataclass
class Opened:
    """A layer ready to be read in any thread. ``context`` keeps alive what was opened for it."""

    layer: LayerSource
    context: QgsProcessingContext

    def read(self, encoding: str | None, header_row: int | None, progress: Callable[[float], None]) -> Source:
        """Its cells as they are stored, as ``importlayer`` reads them.

        Raises:
            OverdraftError: as ``layers.raw.read_raw``.
        """
        from .layers.raw import read_raw

        return as_source(self.layer, read_raw(self.layer, encoding, header_row, progress))


def opener(ref: LayerRef, project: QgsProject) -> Callable[[], Opened]:
    """A function that opens a layer in any thread; to be asked for in the main thread.

    What it opens is its own: the layer of the project may be changed or removed meanwhile. A layer that shows just what
    its file holds is opened anew; any other one (a filter, edits that are not saved, joins) is copied here.

    Raises:
        OverdraftError: the project has no such layer. The function: it cannot be opened.
    """
    if not ref.id:
        return lambda: _opened(ref, _from_address(ref, QgsCoordinateReferenceSystem()))
    layer = project.mapLayer(ref.id)
    if layer is None:
        raise OverdraftError("setup.cannot_open", name=ref.name)
    if layer.providerType() == "ogr" and stored_layer(layer) is not None:
        crs = layer.crs()
        return lambda: _opened(ref, _from_address(ref, crs))
    shows_more = layer.isEditable() or layer.vectorJoins() or _computes(layer)
    opened = _opened(ref, layer.materialize(QgsFeatureRequest()) if shows_more else layer.clone())
    return lambda: opened


def _from_address(ref: LayerRef, crs: QgsCoordinateReferenceSystem) -> QgsVectorLayer:
    """The layer, in the system that the project gives it."""
    layer = QgsVectorLayer(ref.uri, ref.name, "ogr", QgsVectorLayer.LayerOptions(False))
    if crs.isValid():
        layer.setCrs(crs)
    return layer


def _computes(layer: QgsVectorLayer) -> bool:
    fields = layer.fields()
    stored = QgsFields.FieldOrigin.OriginProvider
    return any(fields.fieldOrigin(place) != stored for place in range(fields.count()))


def _opened(ref: LayerRef, layer: QgsVectorLayer) -> Opened:
    from .register.importlayer import ImportLayer

    algorithm = ImportLayer()
    algorithm.initAlgorithm()
    context = QgsProcessingContext()
    source = None
    if layer.isValid():
        context.temporaryLayerStore().addMapLayer(layer)
        source = open_source(algorithm, {"INPUT": layer}, "INPUT", context)
    if source is None:
        raise OverdraftError("setup.cannot_open", name=ref.name)
    return Opened(source, context)


def _inside(layer: QgsVectorLayer) -> str:
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    return parts.get("layerName") or ""
