"""Between the parameters of ``importlayer`` and the import of ``core``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsWkbTypes,
)

from ..core.errors import OverdraftError
from ..core.importing.choices import ENCODINGS, MODES, REPAIRS
from ..core.schema import normal_name, register_schema, results_schema
from .inputs import Inputs, is_given, lines_of, path_of, token_of, tokens_of, whole_of
from .layers import Field, LayerSource, OutputLayer, fields_from_schema, open_source
from .layers.beside import BesideFile
from .layers.table import to_pyproj
from .results import column, kind_of
from .texts import tr, ui_language

if TYPE_CHECKING:
    import geopandas as gpd

    from ..core.importing.record import Batch
    from ..core.importing.run import Imported, Wishes
    from ..core.importing.source import Note, Source
    from .layers.raw import RawLayer

SEVERITIES = {"error": "N_ERROR", "warning": "N_WARNING", "note": "N_NOTE"}
"""Severity → output with the number of problems."""

_TYPES = {
    "point": QgsWkbTypes.Type.Point,
    "multipoint": QgsWkbTypes.Type.MultiPoint,
    "polygon": QgsWkbTypes.Type.Polygon,
    "multipolygon": QgsWkbTypes.Type.MultiPolygon,
    "geometry": QgsWkbTypes.Type.Unknown,
}


@dataclass
class ImportSource:
    """The layer to import, opened in the main thread."""

    layer: LayerSource

    def read(
        self,
        algorithm: QgsProcessingAlgorithm,
        parameters: dict,
        context: QgsProcessingContext,
        progress: Callable[[float], None],
    ) -> Source:
        """Its cells as they are stored."""
        from .layers.raw import read_raw

        encoding = token_of(algorithm, parameters, "ENCODING", context)
        header_row = whole_of(algorithm, parameters, "HEADER_ROW", context)
        return as_source(self.layer, read_raw(self.layer, encoding, header_row, progress))


def as_source(layer: LayerSource, raw: RawLayer) -> Source:
    """What was read of a layer, as the import of ``core`` takes it."""
    from ..core.importing.source import Source

    place_of_row = {int(number): place for place, number in enumerate(raw.rows)}
    stored = layer.stored
    return Source(
        frame=raw.frame,
        rows=raw.rows,
        geometry=raw.geometry,
        crs=to_pyproj(raw.crs) if raw.crs.isValid() else None,
        described=layer.described if layer.path is None else layer.described_with_suffix,
        sha256=raw.sha256,
        encoding=raw.encoding,
        encoding_confidence=raw.encoding_confidence,
        cut_names=stored is not None and stored.storage == "ESRI Shapefile",
        set_aside=raw.set_aside,
        fills=[(place_of_row[row], name, value) for row, name, value in raw.fills if row in place_of_row],
        notes=_notes(raw),
    )


def _notes(raw: RawLayer) -> list[Note]:
    """What the reader has to tell, as notes of the import."""
    from ..core.importing.source import Note

    told = [Note("warning", key, "importing.source_remedy", values) for key, values in raw.notes]
    if raw.encoding_note_key:
        severity = "warning" if raw.encoding_note_key == "importing.encoding_differs" else "note"
        told.append(
            Note(severity, raw.encoding_note_key, "importing.source_remedy", raw.encoding_note_values)
        )
    if raw.n_unreadable:
        values = {"n": raw.n_unreadable}
        told.append(Note("error", "importing.geometry_unreadable", "importing.source_remedy", values))
    for item in raw.renamed:
        values = {"place": item.column, "found": item.found, "name": item.name}
        told.append(Note("note", "importing.renamed", "importing.source_remedy", values))
    for title in raw.remarks:
        told.append(Note("warning", "importing.title_units", "importing.title_remedy", {"title": title}))
    return told


def source_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext
) -> ImportSource:
    """The layer that INPUT names; the value check has seen that it opens."""
    layer = open_source(algorithm, parameters, "INPUT", context)
    if layer is None:
        raise ValueError("INPUT was checked before")
    return ImportSource(layer)


def wishes_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext, role: str
) -> Wishes:
    """What the user says of the import.

    Raises:
        OverdraftError: a line or a file that is not understood.
    """
    from ..core.importing.mapping import load_mapping
    from ..core.importing.names import Given
    from ..core.importing.run import Wishes

    saved, saved_columns = None, []
    path = path_of(algorithm, parameters, "MAPPING", context)
    if path is not None:
        saved, saved_columns = load_mapping(path, role)
    given = Given(
        lines_of(algorithm, parameters, "FIELD_MAP", context),
        lines_of(algorithm, parameters, "UNIT_MAP", context),
        words_given(role, lines_of(algorithm, parameters, "VALUE_MAP", context)),
    )
    texts = {
        name: algorithm.parameterAsString(parameters, name, context).strip()
        for name in ("X_COLUMN", "Y_COLUMN", "OPERATION")
    }
    return Wishes(
        given=given,
        saved=saved,
        saved_columns=saved_columns,
        crs=crs_of(algorithm, parameters, "CRS", context),
        operation=texts["OPERATION"],
        target=crs_of(algorithm, parameters, "TARGET_CRS", context),
        columns=(texts["X_COLUMN"], texts["Y_COLUMN"]),
        repairs=tuple(tokens_of(algorithm, parameters, "REPAIR", context)),
    )


def words_given(role: str, lines: dict[str, str]) -> dict[str, dict[str, str]]:
    """Words by field from the lines ``field: word = token``.

    Raises:
        OverdraftError: a line without a field of the role that has values, or with a value that it does not have.
    """
    schema = register_schema()
    fields = {name: item for name, item in schema.roles[role].fields.items() if item.enum}
    words: dict[str, dict[str, str]] = {}
    for key, token in lines.items():
        name, mark, word = key.replace("：", ":").partition(":")
        name, word = name.strip(), word.strip()
        if not mark or name not in fields:
            example = f"{next(iter(fields), 'status')}: 封 = sealed"
            raise OverdraftError("importing.map_word", found=f"{key} = {token}", example=example)
        meant = schema.words[fields[name].enum].get(normal_name(token))
        if meant is None:
            allowed = list(schema.enums[fields[name].enum])
            raise OverdraftError("importing.map_token", found=token, field=name, allowed=allowed)
        words.setdefault(name, {})[word] = meant
    return words


def crs_of(algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext):
    """The pyproj CRS in a parameter, or None."""
    if not is_given(parameters, name):
        return None
    crs = algorithm.parameterAsCrs(parameters, name, context)
    return to_pyproj(crs) if crs.isValid() else None


def register_units(inputs: Inputs, progress: Callable[[float], None]) -> gpd.GeoDataFrame | None:
    """Counties and townships to measure positions against, from UNITS or the case file."""
    from ..core.intake import build_register

    frames = inputs.read(progress, roles=("units",))
    if "units" not in frames:
        return None
    return build_register({"units": frames["units"]})["units"]


def canonical_layer(role: str, made: Imported) -> OutputLayer:
    """The imported layer: the fields of the role in the order of the contract, then the source's own columns."""
    import shapely

    from ..core.casefile.geometry import fit
    from ..core.register.identity import ROW_ID

    item = register_schema().roles[role]
    fields = fields_from_schema(item.fields.values())
    hidden = (ROW_ID, "geometry", *item.fields)
    own = [name for name in made.frame.columns if name not in hidden]
    fields += [Field("fid_1" if name.lower() == "fid" else name, kind_of(made.frame[name])) for name in own]
    names = [*item.fields, *own]
    layer = OutputLayer(
        fields, [column(made.frame[name], field.kind) for name, field in zip(names, fields, strict=True)]
    )
    if item.is_place:
        shapes, kind, _ = fit(made.frame.geometry.to_numpy(), item.geometry)
        layer.wkb = shapely.to_wkb(shapely.force_2d(shapes))
        layer.wkb_type = _TYPES[kind]
        layer.crs = _as_qgis(made.crs)
    return layer


def _as_qgis(crs) -> QgsCoordinateReferenceSystem:
    code = crs.to_authority()
    if code is not None:
        return QgsCoordinateReferenceSystem(":".join(code))
    return QgsCoordinateReferenceSystem.fromWkt(crs.to_wkt())


def save_mapping(
    algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext, text: str
) -> dict[str, str]:
    """The mapping as a file, if it was asked for; written beside and renamed."""
    if not is_given(parameters, "SAVED_MAPPING"):
        return {}
    path = Path(algorithm.parameterAsFileOutput(parameters, "SAVED_MAPPING", context)).absolute()
    beside = BesideFile(path)
    try:
        beside.inside.write_text(text, encoding="utf-8")
        beside.commit()
    finally:
        beside.discard()
    return {"SAVED_MAPPING": os.fspath(path)}


def tell_import(
    feedback: QgsProcessingFeedback, source: Source, made: Imported, batch: Batch, language: str
) -> None:
    """Say what was read, how, and what is wrong, in counts; never a cell."""
    from ..core.importing.record import tally

    row = batch.row
    feedback.pushInfo(
        tr("{n} rows read, {written} written, {aside} set aside; {changed} cells changed").format(
            n=row["n_read"], written=row["n_written"], aside=row["n_set_aside"], changed=row["n_changed"]
        )
    )
    if source.encoding:
        feedback.pushInfo(
            tr("Encoding: {encoding} (confidence {confidence})").format(
                encoding=source.encoding, confidence=f"{source.encoding_confidence:.2f}"
            )
        )
    if made.crs is not None:
        found = {"measured": tr("measured"), "given": tr("given"), "layer": tr("from the layer")}
        how = found[str(made.system["found"])]
        feedback.pushInfo(tr("Coordinate system: {crs} ({how})").format(crs=made.system["crs"], how=how))
        if made.system.get("swapped"):
            feedback.pushWarning(tr("The first column of coordinates holds y (X = north); it was read so."))
    labels = results_schema().enums["problem_severity"]
    for severity, n in tally(made.problems).items():
        if n:
            label = labels[severity].label(ui_language())
            feedback.pushWarning(tr("{label}: {n} problems, see PROBLEMS").format(label=label, n=n))


__all__ = [
    "ENCODINGS",
    "MODES",
    "REPAIRS",
    "SEVERITIES",
    "canonical_layer",
    "register_units",
    "save_mapping",
    "source_of",
    "tell_import",
    "wishes_of",
]
