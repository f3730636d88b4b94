"""Frames of ``core`` as outputs, and what a run tells the user while it ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingFeedback, QgsWkbTypes

from ..core.messages import catalogue, render
from ..core.schema import register_schema, results_schema
from .layers import Field, OutputLayer, Table, fields_from_schema
from .layers.values import missing_in
from .texts import tr, ui_language

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from pyproj import CRS

    from ..core.overlay import Placement
    from .inputs import Inputs

_DEGREES = "EPSG:4326"
_TYPES = {"point": QgsWkbTypes.Type.Point, "polygon": QgsWkbTypes.Type.MultiPolygon}


def as_table(frame: pd.DataFrame, table: str) -> OutputLayer:
    """A frame as a table with the fields of a result table or of a role; a column that it lacks is empty."""
    known = {**register_schema().roles, **results_schema().roles}
    fields = fields_from_schema(known[table].fields.values())
    lacking = {field.name: None for field in fields if field.name not in frame}
    frame = frame.assign(**lacking) if lacking else frame
    return OutputLayer(fields, [column(frame[field.name], field.kind) for field in fields])


def with_reason(layer: OutputLayer, reasons: Iterable[str]) -> OutputLayer:
    """A table with a last column ``reason``: sentences in the language of the run."""
    texts = np.array([*reasons, None], dtype=object)[:-1]
    return replace(layer, fields=[*layer.fields, Field("reason", "text")], columns=[*layer.columns, texts])


def as_lines(frame: pd.DataFrame, table: str) -> OutputLayer:
    """A result frame of lines as a layer in WGS 84."""
    return _in_degrees(frame, table, QgsWkbTypes.Type.LineString)


def as_points(frame: pd.DataFrame, table: str, reason: str = "") -> OutputLayer:
    """A result frame of points, some without a place, as a layer in WGS 84; ``reason`` as in ``as_polygons``."""
    return _in_degrees(frame, table, QgsWkbTypes.Type.Point, reason)


def as_polygons(frame: gpd.GeoDataFrame, table: str, reason: str = "") -> OutputLayer:
    """A result frame of polygons, some without one, as a layer in its own coordinate system.

    Args:
        reason: name of a last column of the frame, a sentence in the language of the run.
    """
    import shapely

    layer = _with_reason(frame, table, reason)
    shapes = frame.geometry.to_numpy().copy()
    single = np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON)
    shapes[single] = shapely.multipolygons(shapes[single], indices=np.arange(len(single)))
    layer.wkb, layer.wkb_type = shapely.to_wkb(shapes), QgsWkbTypes.Type.MultiPolygon
    layer.crs = QgsCoordinateReferenceSystem(_DEGREES) if frame.crs is None else _qgis_crs(frame.crs)
    return layer


def _qgis_crs(crs: CRS) -> QgsCoordinateReferenceSystem:
    code = crs.to_epsg()
    return (
        QgsCoordinateReferenceSystem(f"EPSG:{code}") if code else QgsCoordinateReferenceSystem(crs.to_wkt())
    )


def _in_degrees(frame: pd.DataFrame, table: str, wkb_type: int, reason: str = "") -> OutputLayer:
    import shapely

    layer = _with_reason(frame, table, reason)
    layer.wkb = shapely.to_wkb(frame.geometry.to_numpy())
    layer.wkb_type = wkb_type
    layer.crs = QgsCoordinateReferenceSystem(_DEGREES)
    return layer


def _with_reason(frame: pd.DataFrame, table: str, reason: str) -> OutputLayer:
    """A table, behind whose fields stands a column of sentences if there is a name for it."""
    layer = as_table(frame, table)
    if reason:
        layer.fields.append(Field(reason, "text"))
        layer.columns.append(column(frame[reason], "text"))
    return layer


def with_columns(table: Table, frame: pd.DataFrame, added: str, reason: str = "") -> OutputLayer:
    """A layer as it was read, with the columns of a result table behind its own.

    Args:
        reason: name of a last column of the frame, a sentence in the language of the run.

    Own fields that are called like an added one are replaced. A field ``fid`` that is not a unique whole number would
    break the key of a GeoPackage and becomes ``fid_1``.
    """
    new = fields_from_schema(results_schema().roles[added].fields.values())
    if reason:
        new = [*new, Field(reason, "text")]
    taken = {field.name.lower() for field in new}
    fields, columns = [], []
    for field, values in zip(table.fields, table.columns, strict=True):
        if field.name.lower() in taken:
            continue
        if field.name.lower() == "fid" and not _is_key(field, values):
            field = field.renamed(
                _free_name("fid", {*taken, *(other.name.lower() for other in table.fields)})
            )
        fields.append(field)
        columns.append(values)
    return OutputLayer(
        fields=[*fields, *new],
        columns=[*columns, *(column(frame[field.name], field.kind) for field in new)],
        wkb=table.wkb,
        wkb_type=table.wkb_type,
        crs=table.crs,
    )


def rows_of(table: Table, rows: np.ndarray) -> Table:
    """Some rows of a layer, in the order given; without the old row key, which would bring back its order."""
    kept = [place for place, field in enumerate(table.fields) if field.name.lower() != "fid"]
    return replace(
        table,
        fields=[table.fields[place] for place in kept],
        columns=[table.columns[place][rows] for place in kept],
        wkb=None if table.wkb is None else table.wkb[rows],
        geometry=None if table.geometry is None else table.geometry[rows],
    )


def layer_read(inputs: Inputs, role: str) -> Table:
    """The layer of a role that was kept as it was (an empty one too), else that of the case file."""
    given = inputs.tables.get(role)
    return _layer_from_case(inputs.case_frames[role], role) if given is None else given


def _layer_from_case(frame: pd.DataFrame, role: str) -> Table:
    """A frame of the case file as if it had been read from a layer of its own."""
    import shapely

    known = register_schema().roles[role].fields
    fields, columns = [], []
    for name in frame.columns:
        if name == "geometry":
            continue
        kind = fields_from_schema([known[name]])[0].kind if name in known else kind_of(frame[name])
        fields.append(Field(name, kind))
        columns.append(column(frame[name], kind))
    geometry = frame.geometry.to_numpy()
    if register_schema().roles[role].geometry == "polygon":
        # a layer of one type: some areas have several parts
        geometry = np.array([_several_parts(shape) for shape in geometry], dtype=object)
    return Table(
        fields=fields,
        columns=columns,
        wkb=shapely.to_wkb(geometry),
        wkb_type=_TYPES[register_schema().roles[role].geometry],
        crs=_qgis_crs(frame.crs),
        geometry=geometry,
    )


def _several_parts(shape: object) -> object:
    import shapely

    return shapely.MultiPolygon([shape]) if isinstance(shape, shapely.Polygon) else shape


def kind_of(values: pd.Series) -> str:
    """The kind of column, of ``layers.fields``, that holds a column of a frame."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(values.dtype):
        return "bool"
    if pd.api.types.is_integer_dtype(values.dtype):
        return "int64"
    if pd.api.types.is_float_dtype(values.dtype):
        return "real"
    return "date" if pd.api.types.is_datetime64_any_dtype(values.dtype) else "text"


def column(values: pd.Series, kind: str) -> np.ndarray:
    """A column of a frame in the shape that ``layers`` writes."""
    if kind == "real":
        return values.to_numpy(dtype="float64", na_value=np.nan)
    if kind == "date":
        return values.to_numpy(dtype="datetime64[ns]").astype("datetime64[D]")
    cells = values.to_numpy(dtype=object)
    missing = missing_in(cells)
    return np.where(missing, None, cells) if missing.any() else cells


def _is_key(field: Field, values: np.ndarray) -> bool:
    if field.kind not in ("int32", "int64"):
        return False
    plain = [value for value in values.tolist() if value is not None]
    return len(plain) == len(values) == len(set(plain))


def _free_name(name: str, taken: Iterable[str]) -> str:
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def tell_inputs(feedback: QgsProcessingFeedback, inputs: Inputs) -> None:
    """Say what was read, and warn of geometry that could not be."""
    for role, n in inputs.n_rows.items():
        label = register_schema().roles[role].label(ui_language())
        feedback.pushInfo(tr("{label}: {n} rows read").format(label=label, n=n))
    left_out = [name for names in inputs.personal.values() for name in names]
    if left_out:
        feedback.pushInfo(
            tr(
                "{n} columns with personal data were left out: {names}. They belong in a table of their own (role "
                "persons) and are carried only where it is asked for."
            ).format(n=len(left_out), names=", ".join(left_out))
        )
    for role, n in inputs.n_unreadable.items():
        feedback.pushWarning(
            tr("{name}: {n} geometries could not be read; their rows are kept without a place").format(
                name=role.upper(), n=n
            )
        )


def tell_findings(feedback: QgsProcessingFeedback, rows: pd.DataFrame) -> None:
    """Warn of what the rules found: one line per rule and outcome with a count, never a line per well."""
    for (rule, outcome), n in rows.groupby(["rule", "outcome"], sort=True).size().items():
        if outcome != "pass":
            _tell(feedback, rule, outcome, n)


def tell_placement(feedback: QgsProcessingFeedback, placement: Placement) -> None:
    """The same for a placement, counted without making findings of it."""
    frame = placement.frame
    placed = frame["placed"].to_numpy(dtype=bool)
    counts = {
        "placement.location": ("not_evaluated", ~placed),
        "placement.doubt": ("review", frame["doubt"].fillna(False).to_numpy(dtype=bool)),
        "placement.aquifer": ("review", placement.aquifer_assumed),
        "placement.authority": ("review", placement.authority_unsure),
    }
    for rule, (outcome, which) in counts.items():
        if which.any():
            _tell(feedback, rule, outcome, int(which.sum()))
    mended = sum(len(repairs.repaired) + len(repairs.unusable) for repairs in placement.repairs.values())
    if mended:
        _tell(feedback, "placement.polygon", "review", mended)


def tell_counts(feedback: QgsProcessingFeedback, counts: Mapping[str, int]) -> None:
    """Wells by their worst outcome."""
    language = ui_language()
    labels = results_schema().enums["outcome"]
    parts = [f"{labels[outcome].label(language)} {n}" for outcome, n in counts.items()]
    feedback.pushInfo(tr("Wells by worst outcome: {counts}").format(counts=", ".join(parts)))


def _tell(feedback: QgsProcessingFeedback, rule: str, outcome: str, n: int) -> None:
    language = ui_language()
    key = f"report.rule.{rule}"
    title = render(key, {}, language) if key in catalogue() else rule
    label = results_schema().enums["outcome"][outcome].label(language)
    feedback.pushWarning(tr("{rule}: {n} × {outcome}").format(rule=title, n=n, outcome=label))
