"""Writing outputs: files are written beside their name and renamed, everything else goes through Processing's sink.

All outputs of an algorithm are computed before ``deliver`` opens any of them; all files are complete under a temporary
folder before any of them gets its name. A killed run leaves the older file as it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsVectorFileWriter,
    QgsWkbTypes,
)

from .beside import BesideFile
from .fields import Field, fields_to_qgis
from .write import write_file

_PROTOCOL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: C:\ is a path
_CHUNK = 20_000


@dataclass
class OutputLayer:
    """What goes to one output: columns in order, geometry as WKB (None: a table), its type and CRS."""

    fields: list[Field]
    columns: list[np.ndarray]
    wkb: np.ndarray | None = None
    wkb_type: int = QgsWkbTypes.Type.NoGeometry
    crs: QgsCoordinateReferenceSystem | None = None

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def rows(self) -> object:
        """Iterate over attribute lists, NULL as None, days as QDate."""
        from .values import as_attributes

        lists = [
            as_attributes(column, field.kind) for field, column in zip(self.fields, self.columns, strict=True)
        ]
        return zip(*lists, strict=True)


def deliver(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict,
    context: QgsProcessingContext,
    outputs: dict[str, OutputLayer],
    progress: Callable[[float], None],
) -> dict[str, str]:
    """Write every output that was asked for.

    Args:
        outputs: by parameter name; one that the user did not ask for is skipped.
        progress: called with 0…1; raises to cancel, which leaves nothing behind.

    Returns:
        What each output parameter is to be answered with (a path or a layer id).

    Raises:
        QgsProcessingException: a destination cannot be written; none of the files has changed then.
    """
    asked = {
        name: layer for name, layer in outputs.items() if not _nowhere(algorithm, parameters, name, context)
    }
    results: dict[str, str] = {}
    staged: list[BesideFile] = []
    try:
        for place, (name, layer) in enumerate(asked.items()):
            path = file_destination(parameters, name, context)
            if path is None:
                continue
            beside = BesideFile(path)
            staged.append(beside)
            write_file(beside.inside, layer, context)
            results[name] = algorithm.parameterAsOutputLayer(parameters, name, context)
            progress((place + 1) / len(asked) * 0.9)
        for name, layer in asked.items():
            if name not in results:
                results[name] = _to_sink(algorithm, parameters, name, context, layer, progress)
        progress(0.95)
        for beside in staged:
            beside.commit()
    except OSError as error:
        raise QgsProcessingException(str(error)) from error
    finally:
        for beside in staged:
            beside.discard()
    return results


def file_destination(
    parameters: dict, name: str, context: QgsProcessingContext, any_suffix: bool = False
) -> Path | None:
    """The local file that an output parameter names, or None for memory layers, databases and special cases.

    Args:
        any_suffix: also files that are no vector layers (reports) and files with creation options.
    """
    value = parameters.get(name)
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        if (value.useRemapping() or value.createOptions) and not any_suffix:
            return None
        value = value.sink.valueAsString(context.expressionContext(), "")[0]
    if hasattr(value, "valueAsString"):  # a QgsProperty
        value = value.valueAsString(context.expressionContext(), "")[0]
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str) or value in ("", QgsProcessing.TEMPORARY_OUTPUT) or _PROTOCOL.match(value):
        return None
    path = Path(value)
    if any_suffix:
        return path.absolute()
    known = path.suffix and QgsVectorFileWriter.driverForExtension(path.suffix)
    return path.absolute() if known else None


def _nowhere(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> bool:
    value = parameters.get(name)
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value = value.sink.valueAsString(context.expressionContext(), "")[0]
    return value is None or value == ""


def _to_sink(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict,
    name: str,
    context: QgsProcessingContext,
    layer: OutputLayer,
    progress: Callable[[float], None],
) -> str:
    sink, destination = algorithm.parameterAsSink(
        parameters,
        name,
        context,
        fields_to_qgis(layer.fields),
        layer.wkb_type,
        layer.crs or QgsCoordinateReferenceSystem(),
    )
    if sink is None:
        raise QgsProcessingException(algorithm.invalidSinkError(parameters, name))
    for count, feature in enumerate(features(layer)):
        if count % _CHUNK == 0:
            progress(0.9)
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            raise QgsProcessingException(sink.lastError() or algorithm.invalidSinkError(parameters, name))
    sink.flushBuffer()
    del sink
    return destination


def features(layer: OutputLayer) -> object:
    """The rows of an output as QGIS features."""
    fields = fields_to_qgis(layer.fields)
    for place, attributes in enumerate(layer.rows()):
        feature = QgsFeature(fields)
        feature.setAttributes(list(attributes))
        if layer.wkb is not None and layer.wkb[place] is not None:
            geometry = QgsGeometry()
            geometry.fromWkb(bytes(layer.wkb[place]))
            feature.setGeometry(geometry)
        yield feature
