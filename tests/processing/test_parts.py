"""Reading part by part: the same frame as in one go, byte by byte, and a word between the parts."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from osgeo import ogr

from overdraft.core.errors import Cancelled
from overdraft.processing.layers import parts

from .test_reading import read  # noqa: F401 - a fixture

N = 23
"""Rows; parts of 4 leave a last one of 3."""


@pytest.fixture
def files(tmp_path):
    """The same rows as GeoPackage and as shapefile: empty cells in some parts only, numbers and names of every kind."""
    at = np.arange(N)
    columns = {
        "名称": [f"第{n}号<b>井" if n % 5 else None for n in at],
        'q"uote': at.astype("int32"),
        "whole": [float(n) if n != 21 else np.nan for n in at],
        "share": np.where(at == 2, np.nan, at / 7),
        "day": np.array(["2021-11-12"], "datetime64[D]").repeat(N),
        "open": at % 2 == 0,
    }
    shapes = shapely.points(89 + at / 100, 42.9)
    shapes[7] = None
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4490")
    frame["whole"] = frame["whole"].astype("Int64")
    made = {"gpkg": tmp_path / "井 wells.gpkg", "shp": tmp_path / "井 wells.shp"}
    frame.to_file(made["gpkg"], engine="pyogrio")
    frame.to_file(made["shp"], engine="pyogrio", encoding="GBK")
    return made


@pytest.fixture
def calls(monkeypatch):
    """How many rows each reading gave."""
    told, real = [], pyogrio.raw.read

    def spy(*given, **named):
        answer = real(*given, **named)
        told.append(len(answer[2] if answer[2] is not None else answer[3][0]))
        return answer

    monkeypatch.setattr(pyogrio.raw, "read", spy)
    return told


def delete(path, *keys):
    """The other keys stay; the records of a shapefile are marked, as dBase does it."""
    if path.suffix == ".gpkg":
        source = ogr.Open(str(path), 1)
        for key in keys:
            source.GetLayer(0).DeleteFeature(key)
        return
    table = path.with_suffix(".dbf")
    cells = bytearray(table.read_bytes())
    head, width = (int.from_bytes(cells[at : at + 2], "little") for at in (8, 10))
    for key in keys:
        cells[head + key * width] = ord("*")
    table.write_bytes(cells)


def same(one, other):
    for mine, theirs in zip(one.columns, other.columns, strict=True):
        assert mine.dtype == theirs.dtype
        assert repr(mine.tolist()) == repr(theirs.tolist())
    assert [shapely.to_wkb(shape) for shape in one.geometry] == [
        shapely.to_wkb(shape) for shape in other.geometry
    ]
    assert one.fields == other.fields


@pytest.mark.parametrize("kind", ["gpkg", "shp"])
@pytest.mark.parametrize("gone", [(), (6, 7, 8, 9, 10, 15)], ids=["whole", "gaps"])
def test_the_parts_are_the_whole(read, files, kind, gone, calls, monkeypatch):  # noqa: F811
    delete(files[kind], *gone)
    source, whole = read(str(files[kind]))
    assert source.bulk is not None
    assert set(calls) == {N - len(gone)}
    calls.clear()
    monkeypatch.setattr(parts, "ROWS", 4)
    told = []
    same(source.read(progress=told.append), whole)
    assert max(calls) <= 5
    assert len(told) > 5
    assert told == sorted(told)


def test_a_cancel_is_heard_between_two_parts(read, files, calls, monkeypatch):  # noqa: F811
    source, _ = read(str(files["gpkg"]))
    calls.clear()
    monkeypatch.setattr(parts, "ROWS", 4)

    def stop(share):
        if share > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        source.read(progress=stop)
    assert calls == [4, 4, 4]


def test_keys_far_apart_and_views_are_read_in_one_go(read, files, calls, monkeypatch):  # noqa: F811
    """Parts by key would be empty for years; the rows of a view have an order of their own."""
    monkeypatch.setattr(parts, "ROWS", 4)
    with closing(sqlite3.connect(files["gpkg"], isolation_level=None)) as file:
        (table,) = file.execute("SELECT table_name FROM gpkg_contents").fetchone()
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{name}"')
        file.execute(f'UPDATE "{table}" SET fid = 650402000001 WHERE fid = 3')
    _, told = read(str(files["gpkg"]))
    assert set(calls) == {N}
    assert told.columns[0].tolist() == [1, 2, *range(4, N + 1), 650402000001]


def test_rows_that_come_meanwhile_are_not_lost(read, files, calls, monkeypatch):  # noqa: F811
    source, whole = read(str(files["gpkg"]))
    monkeypatch.setattr(parts, "ROWS", 4)
    real = parts._parts
    monkeypatch.setattr(parts, "_parts", lambda *given: real(*given)[:-1])  # as if the last rows were new
    same(source.read(), whole)


def test_whole_numbers_just_beyond_what_a_real_number_holds_stay_exact(read, layer, save, tmp_path):  # noqa: F811
    rows = [("POINT (1 1)", 2**53 + 1), ("POINT (2 2)", None)]
    _, table = read(save(layer("Point", {"big": "long"}, rows), tmp_path / "big.gpkg"))
    assert table.frame()["big"].tolist()[0] == 2**53 + 1
