"""``verifyretirement`` through Processing."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from qgis.core import QgsProcessingException, QgsRasterLayer, QgsWkbTypes
from rasterio.transform import from_origin

from overdraft.core.planning.verification import COLUMNS, WELL_COLUMNS
from overdraft.processing import dependencies
from overdraft.processing.parameters import VERIFICATION_METHODS

SIZE = 0.001


def box(left, right):
    west, east = 89 + left * SIZE, 89 + right * SIZE
    return f"POLYGON (({west} 42.99, {east} 42.99, {east} 43, {west} 43, {west} 42.99))"


@pytest.fixture
def raster(tmp_path):
    """``raster(name, *columns)``: ten rows of ten pixels for each value, in degrees."""

    def make(name, *values):
        path = tmp_path / name
        grid = np.repeat(np.array([values], dtype="float32"), 10, axis=1).repeat(10, axis=0)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=10,
            width=grid.shape[1],
            count=1,
            dtype="float32",
            crs="EPSG:4490",
            transform=from_origin(89, 43, SIZE, SIZE),
        ) as file:
            file.write(grid, 1)
        return str(path)

    return make


@pytest.fixture
def given(layer, table, raster):
    """A green and B bare since 2022, C irrigated; W1 runs in A."""
    fields = {"area_id": "text", "status": "text", "retired_on": "date", "well_ids": "text"}
    rows = [
        (box(0, 10), "A", "retired", "2022-10-01", "W1"),
        (box(10, 20), "B", "retired", "2022-10-01", None),
        (box(20, 30), "C", "irrigated", None, None),
    ]
    wells = [
        ("POINT (89.005 42.995)", "W1", "irrigation", "active"),
        ("POINT (89.025 42.995)", "W2", "irrigation", "active"),
    ]
    reading = {"well_id": "text", "year": "int", "month": "int", "volume_m3": "real"}
    return {
        "RASTERS": [raster("ndvi.tif", 0.6, 0.1, 0.7)],
        "RASTER_DAYS": "2024",
        "IRRIGATION": layer("Polygon", fields, rows, name="irrigation"),
        "WELLS": layer("Point", {"well_id": "text", "use": "text", "status": "text"}, wells, name="wells"),
        "READINGS": table("readings", reading, [("W1", 2023, None, 800.0), ("W2", 2023, None, 900.0)]),
        "THRESHOLD": 0.3,
        "AS_OF": "2025-12-31",
        "OUTPUT": "memory:",
        "WELLS_OUT": "memory:",
    }


def numbers(out):
    return [out[name] for name in ("N_RESTORED", "N_DOUBTFUL", "N_CONFIRMED", "N_NOT_EVALUATED")]


def test_verdicts_numbers_and_wells(run, given, rows_of, listener):
    said = listener()
    out = run("verifyretirement", given, feedback=said)
    assert numbers(out) == [1, 0, 1, 0]
    assert out["OUTPUT"].wkbType() == QgsWkbTypes.Type.MultiPolygon
    assert out["OUTPUT"].crs().authid() == "EPSG:4490"
    assert [field.name() for field in out["OUTPUT"].fields()] == [*COLUMNS, "reason"]
    first, second = rows_of(out["OUTPUT"])
    assert (first["area_id"], first["outcome"], first["restored"], first["n_pixels"]) == (
        "A",
        "fail",
        "yes",
        100,
    )
    assert (second["area_id"], second["outcome"], second["restored"]) == ("B", "pass", "no")
    assert first["reason"].startswith("From ndvi.tif (2024-01-01/2024-12-31): at least 100 % of the land")
    assert [field.name() for field in out["WELLS_OUT"].fields()] == [*WELL_COLUMNS, "reason"]
    (well,) = rows_of(out["WELLS_OUT"])
    assert (well["well_id"], well["links"], well["outcome"]) == ("W1", "inside;serves", "fail")
    assert (well["volume_m3"], well["wkt"]) == (800, "Point (89.005 42.995)")
    assert "Retired areas: 1 restored, 0 doubtful, 1 confirmed, 0 not evaluated" in said.infos
    assert "1 wells of retired land show water or power" in said.warnings
    assert any("min_share, clear_share, min_pixels" in text for text in said.warnings)


def test_reasons_in_chinese_from_a_case_file(run, given, rows_of, save, tmp_path):
    case, target = str(tmp_path / "case.gpkg"), str(tmp_path / "退减核查.gpkg")
    del given["WELLS"], given["READINGS"]
    areas = save(given.pop("IRRIGATION"), tmp_path / "areas.gpkg")
    run("createregister", {"OUTPUT": case})
    brought = {"INPUT": areas, "ROLE": "irrigation", "CASE": case, "MODE": "append", "BY": "王工"}
    run("importlayer", {**brought, "OUTPUT": "memory:", "PROBLEMS": "memory:"})
    more = {"CASE": case, "POLICY": "turpan-2021", "LANGUAGE": "zh", "OUTPUT": target}
    out = run("verifyretirement", {**given, **more})
    assert numbers(out) == [1, 0, 1, 0]
    first, second = rows_of(target)
    assert first["reason"].startswith("依据ndvi.tif（2024-01-01/2024-12-31）：2022-10-01起退减的土地中")
    assert second["reason"].endswith("确认已退减。")
    assert first["clause"] == "TLF-1.2e"


def test_rasters_keep_their_order_as_layers_and_as_paths(run, given, raster, rows_of):
    bare = raster("bare.tif", 0.1, 0.1, 0.1)
    both = [QgsRasterLayer(given["RASTERS"][0], "green one"), bare]
    rows = rows_of(run("verifyretirement", {**given, "RASTERS": both, "RASTER_DAYS": "2024, 2023"})["OUTPUT"])
    told = [(row["area_id"], row["raster"], row["season"][:4], row["outcome"]) for row in rows]
    assert told == [
        ("A", "ndvi.tif", "2024", "fail"),
        ("A", "bare.tif", "2023", "pass"),
        ("B", "ndvi.tif", "2024", "pass"),
        ("B", "bare.tif", "2023", "pass"),
    ]


def test_by_neighbours(run, given):
    parameters = {**given, "METHOD": "neighbours", "MIN_NEIGHBOURS": 1, "NEIGHBOUR_DISTANCE": 2000}
    del parameters["THRESHOLD"]
    # A 0.6 against 0.7: below the quartile, above half the median
    assert numbers(run("verifyretirement", parameters)) == [0, 1, 1, 0]
    assert numbers(run("verifyretirement", {**parameters, "NEIGHBOUR_DISTANCE": 100})) == [0, 0, 1, 1]


def test_a_threshold_in_another_unit_and_no_season_are_told(run, given, listener):
    said = listener()
    out = run("verifyretirement", {**given, "THRESHOLD": 0.01, "RASTER_DAYS": ""}, feedback=said)
    assert numbers(out) == [0, 2, 0, 0]
    assert any(text.startswith("ndvi.tif: 100.0 % of the pixels") for text in said.warnings)
    assert any("Nobody says which season" in text and "ndvi.tif" in text for text in said.warnings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"RASTERS": ["nowhere/gone.tif"]}, "no raster file nowhere/gone.tif"),
        ({"RASTERS": []}, "RASTERS is empty"),
        ({"RASTER_DAYS": "2024, 2023"}, "2 entries for 1 rasters"),
        ({"RASTER_DAYS": "summer"}, "summer is no time"),
        ({"THRESHOLD": None}, "THRESHOLD is needed"),
        ({"MIN_SHARE": 1.5}, "min_share is 1.5"),
        ({"MIN_SHARE": -1}, "MIN_SHARE: -1 is not allowed"),
        ({"MIN_PIXELS": 0}, "MIN_PIXELS: 0 is not allowed"),
        ({"METHOD": "guess"}, "guess is not known"),
    ],
)
def test_what_stops_a_run(run, given, change, said):
    with pytest.raises(QgsProcessingException, match=said):
        run("verifyretirement", {**given, **change})


def test_cancelling_leaves_no_output(run, given, listener, tmp_path):
    target = tmp_path / "out.gpkg"
    assert run("verifyretirement", {**given, "OUTPUT": str(target)}, feedback=listener(cancel_at=30)) == {}
    assert not target.exists()


def test_only_this_algorithm_asks_for_rasterio(provider, monkeypatch):
    """The other algorithms run without it; this one says what is missing and how to get it."""
    present = dependencies._present
    monkeypatch.setattr(dependencies, "_present", lambda item: item.name != "rasterio" and present(item))
    assert provider.algorithm("closingorder").canExecute()[0]
    can, why = provider.algorithm("verifyretirement").canExecute()
    assert not can
    assert "rasterio 1.3 or newer (rasters, read window by window)" in why


def test_another_gdal_than_that_of_qgis_is_warned_of(run, given, listener, monkeypatch):
    assert dependencies.gdal_problem() == ""
    monkeypatch.setattr(rasterio, "__gdal_version__", "9.9.9")
    said = listener()
    run("verifyretirement", given, feedback=said)
    assert any("built with GDAL 9.9.9" in text for text in said.warnings)


def test_the_methods_are_those_of_the_core():
    from overdraft.core.planning.verification import METHODS

    assert tuple(VERIFICATION_METHODS) == METHODS
