"""Reading a Processing source into a Table: in bulk where the source is a plain file, feature by feature elsewhere.

A source is opened in the main thread (``open_source``) and read in the worker (``LayerSource.read``). Source layers are
never written or locked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsFeatureRequest,
    QgsGeometry,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsVectorLayer,
    QgsWkbTypes,
)

from .bulk import (
    BulkFile,
    StoredLayer,
    bulk_file,
    file_of,
    is_partial,
    layer_behind,
    read_bulk,
    stored_layer,
)
from .fields import Field, column_from_values, fields_from_qgis
from .table import Table

_CHUNK = 20_000
_INVENTED = ("invented", "虚构")


@dataclass
class LayerSource:
    """A source that a parameter points at, ready to be read in any thread.

    Attributes:
        source: what Processing hands out; honours selection, filters and edits.
        bulk: the plain file behind it, if there is one that can be read in bulk.
        path: the local file behind it, if any: no output may be written there.
        invented: the layer's own name or description says that its data are made up.
        stored: the file and the layer in it, where the source is nothing but all rows of that.
    """

    name: str
    source: QgsProcessingFeatureSource
    bulk: BulkFile | None
    path: Path | None
    invented: bool = False
    stored: StoredLayer | None = None

    @property
    def columns(self) -> list[str]:
        """Names of the fields, in the layer's order."""
        return [field.name for field in fields_from_qgis(self.source.fields())]

    @property
    def described(self) -> str:
        """File and layer by name, for people; no folders."""
        layer = self.source.sourceName()
        return layer if self.path is None or self.path.stem == layer else f"{self.path.name}: {layer}"

    @property
    def described_with_suffix(self) -> str:
        """The same with the file's name in full, for a record of where data came from."""
        if self.path is None or self.path.name in self.described:
            return self.described
        return self.path.name

    @property
    def is_spatial(self) -> bool:
        """Does the layer have geometry (of a known or unknown kind)?"""
        return self.source.wkbType() != QgsWkbTypes.Type.NoGeometry

    def read(
        self,
        columns: Collection[str] | None = None,
        keep_as_it_was: bool = False,
        progress: Callable[[float], None] | None = None,
    ) -> Table:
        """Every row, in the layer's order, null geometry too.

        Args:
            columns: names of the fields to read; all without it.
            keep_as_it_was: keep the geometry's own bytes (Z, M) to pass them on, beside the plane geometry.
            progress: called with 0…1; raises to cancel.
        """
        fields = [
            field
            for field in fields_from_qgis(self.source.fields())
            if columns is None or field.name in columns
        ]
        table = None
        if self.bulk is not None and not (keep_as_it_was and QgsWkbTypes.hasM(self.source.wkbType())):
            table = read_bulk(self.bulk, fields, self.source, keep_as_it_was, progress)
        if table is None:
            table = _read_features(self.source, fields, self.is_spatial, keep_as_it_was, progress)
        if progress is not None:
            progress(1.0)
        return table


def open_source(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> LayerSource | None:
    """The source that a parameter names, or None when it names none or cannot be opened."""
    source = algorithm.parameterAsSource(parameters, name, context)
    if source is None:
        return None
    layer = layer_behind(algorithm, parameters, name, context)
    plain = not is_partial(parameters.get(name)) and layer is not None
    bulk = bulk_file(layer) if plain else None
    stored = stored_layer(layer) if plain else None
    return LayerSource(name, source, bulk, file_of(layer), is_invented(layer), stored)


def is_invented(layer: QgsVectorLayer | None) -> bool:
    """Does a layer say of itself that its data are made up?"""
    if layer is None:
        return False
    says = " ".join((layer.name(), layer.metadata().abstract(), layer.dataComment())).casefold()
    return any(word in says for word in _INVENTED)


def _read_features(
    source: QgsProcessingFeatureSource,
    fields: list[Field],
    spatial: bool,
    keep_as_it_was: bool,
    progress: Callable[[float], None] | None,
) -> Table:
    positions = [source.fields().lookupField(field.name) for field in fields]
    request = QgsFeatureRequest()
    request.setSubsetOfAttributes(positions)
    if not spatial:
        request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    # Broken polygons are mended on a copy and counted later; Processing's own check would stop at the first one.
    unchecked = QgsProcessingFeatureSource.Flag.FlagSkipGeometryValidityChecks
    expected = max(source.featureCount(), 1)
    rows, wkb, plane = [], [], []
    for count, feature in enumerate(source.getFeatures(request, unchecked)):
        if progress is not None and count % _CHUNK == 0:
            progress(min(count / expected, 1.0))
        attributes = feature.attributes()
        rows.append([attributes[position] for position in positions])
        if spatial:
            own, flat = _bytes_of(feature.geometry(), keep_as_it_was)
            wkb.append(own)
            plane.append(flat)
    columns = [
        column_from_values([row[place] for row in rows], field.kind) for place, field in enumerate(fields)
    ]
    geometry, unreadable = plane_geometry(np.array(plane, dtype=object)) if spatial else (None, 0)
    kept = np.empty(len(rows), dtype=object)
    kept[:] = wkb if spatial else [None] * len(rows)
    return Table(
        fields=fields,
        columns=columns,
        wkb=kept if spatial and keep_as_it_was else None,
        wkb_type=source.wkbType(),
        crs=source.sourceCrs(),
        geometry=geometry,
        n_unreadable=unreadable,
    )


def _bytes_of(geometry: QgsGeometry, keep_as_it_was: bool) -> tuple[bytes | None, bytes | None]:
    """WKB as it was, and WKB in the plane with straight segments."""
    if geometry.isNull():
        return None, None
    own = bytes(geometry.asWkb()) if keep_as_it_was else None
    kind = geometry.wkbType()
    if QgsWkbTypes.isCurvedType(kind):
        geometry = QgsGeometry(geometry.constGet().segmentize())
    if QgsWkbTypes.hasZ(kind) or QgsWkbTypes.hasM(kind):
        geometry = QgsGeometry(geometry.constGet().clone())
        geometry.get().dropZValue()
        geometry.get().dropMValue()
    return own, bytes(geometry.asWkb())


def plane_geometry(wkb: np.ndarray) -> tuple[np.ndarray, int]:
    """Geometry without Z from WKB, and how many could not be read (they become None)."""
    import shapely

    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    unreadable = int(np.count_nonzero(shapely.is_missing(geometry)) - sum(item is None for item in wkb))
    return shapely.force_2d(geometry) if shapely.has_z(geometry).any() else geometry, unreadable
