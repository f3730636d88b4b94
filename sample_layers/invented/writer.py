"""Write the sample as one GeoPackage: a layer or table per role, fields typed and labelled by the register's schema."""

from __future__ import annotations

import os
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from osgeo import gdal, ogr, osr

WRITTEN_AT = "2026-04-01T00:00:00.000Z"
"""Time stamp of every layer: the file must not depend on the clock."""

_TEXT_COLUMNS = {("wells", "permit_to")}
"""Delivered as text, as registers do; one value is no date."""

_LARGE = 20_000
"""Rows from which a table without places is filled by SQL, which is much quicker than feature by feature."""

_TYPES = {"text": ogr.OFTString, "real": ogr.OFTReal, "integer": ogr.OFTInteger, "date": ogr.OFTDate}
_GEOMETRIES = {
    "point": ogr.wkbPoint,
    "polygon": ogr.wkbPolygon,
    "line": ogr.wkbLineString,
    "none": ogr.wkbNone,
}
_NOTE = "虚构数据，仅供演示 Invented data, for demonstration only"


def schema_fields(register_toml: Path) -> dict[str, dict]:
    """Role to its schema entry, inherited fields resolved."""
    roles = tomllib.loads(register_toml.read_text(encoding="utf-8"))["roles"]
    for role in roles.values():
        if parent := role.get("inherits"):
            role["fields"] = {**roles[parent]["fields"], **role["fields"]}
    return roles


def write_geopackage(path: Path, tables: dict[str, pd.DataFrame], roles: dict[str, dict]) -> None:
    """Write all tables; columns that the schema does not know are left out (scenery keeps its own).

    The result depends on the content alone: two runs give the same bytes.
    """
    gdal.UseExceptions()
    path.unlink(missing_ok=True)
    os.environ["OGR_CURRENT_DATE"] = WRITTEN_AT
    gdal.SetConfigOption("OGR_CURRENT_DATE", WRITTEN_AT)
    try:
        source = ogr.GetDriverByName("GPKG").CreateDataSource(
            str(path), options=["ADD_GPKG_OGR_CONTENTS=YES"]
        )
        for name, frame in tables.items():
            _write_table(source, name, frame, roles.get(name))
        source = None
        for name, frame in tables.items():
            if _is_large(frame):
                _fill(path, name, frame, _columns(frame, name, roles.get(name)))
    finally:
        gdal.SetConfigOption("OGR_CURRENT_DATE", None)
        del os.environ["OGR_CURRENT_DATE"]


def _write_table(source: ogr.DataSource, name: str, frame: pd.DataFrame, role: dict | None) -> None:
    spatial = isinstance(frame, gpd.GeoDataFrame)
    kind = role["geometry"] if role else ("line" if frame.geom_type.iloc[0] == "LineString" else "polygon")
    system = None
    if spatial:
        system = osr.SpatialReference()
        system.ImportFromEPSG(frame.crs.to_epsg())
        system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    title = f"{role['zh']} {role['en']}" if role else "底图 Scenery"
    options = [f"IDENTIFIER={title}（虚构 invented）" if role else f"IDENTIFIER={name}（虚构 invented）"]
    options += [
        f"DESCRIPTION={title}. {_NOTE}",
        "SPATIAL_INDEX=YES" if spatial else "ASPATIAL_VARIANT=GPKG_ATTRIBUTES",
    ]
    layer = source.CreateLayer(name, system, _GEOMETRIES[kind], options=options)
    columns = _columns(frame, name, role)
    for column, item in columns.items():
        layer.CreateField(_definition(name, column, item))
    if _is_large(frame):
        return
    converted = [_values(frame[column], item, name) for column, item in columns.items()]
    shapes = frame.geometry.to_wkb().to_numpy() if spatial else [None] * len(frame)
    definition = layer.GetLayerDefn()
    layer.StartTransaction()
    for row, shape in enumerate(shapes):
        feature = ogr.Feature(definition)
        for position, values in enumerate(converted):
            value = values[row]
            if value is not None:
                feature.SetField(position, value)
        if shape is not None:
            feature.SetGeometryDirectly(ogr.CreateGeometryFromWkb(bytes(shape)))
        layer.CreateFeature(feature)
    layer.CommitTransaction()


def _is_large(frame: pd.DataFrame) -> bool:
    return len(frame) > _LARGE and not isinstance(frame, gpd.GeoDataFrame)


def _fill(path: Path, name: str, frame: pd.DataFrame, columns: dict[str, dict]) -> None:
    """Fill a table that GDAL has made."""
    values = [_values(frame[column], item, name) for column, item in columns.items()]
    names = ", ".join(f'"{column}"' for column in columns)
    places = ", ".join("?" * len(columns))
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany(f'INSERT INTO "{name}" ({names}) VALUES ({places})', zip(*values, strict=True))


def _columns(frame: pd.DataFrame, name: str, role: dict | None) -> dict[str, dict]:
    """Column to its schema entry, in the schema's order."""
    if role is None:
        return {column: {"type": "text", "zh": column} for column in frame.columns if column != "geometry"}
    return {column: item for column, item in role["fields"].items() if column in frame.columns}


def _definition(table: str, column: str, item: dict) -> ogr.FieldDefn:
    kind = "text" if (table, column) in _TEXT_COLUMNS else item["type"]
    field = ogr.FieldDefn(column, ogr.OFTInteger if kind == "bool" else _TYPES[kind])
    if kind == "bool":
        field.SetSubType(ogr.OFSTBoolean)
    return field


def _values(column: pd.Series, item: dict, table: str) -> list:
    """Python values that GDAL takes; None for empty."""
    kind = "text" if (table, column.name) in _TEXT_COLUMNS else item["type"]
    if kind == "date":
        days = pd.to_datetime(column)
        return [None if pd.isna(day) else day.strftime("%Y/%m/%d") for day in days]
    if kind == "real":
        return [None if value != value else value for value in column.astype("float64").tolist()]
    if kind in ("integer", "bool"):
        return [None if value is None or pd.isna(value) else int(value) for value in column.tolist()]
    return [
        None if value is None or value is np.nan or pd.isna(value) else str(value)
        for value in column.tolist()
    ]
