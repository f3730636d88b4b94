"""S13: what is too much ends in a message or in bounded time."""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np
import pytest
import shapely
from make import HEADINGS, WELLS, bomb, text_file, workbook

CRS = {"CRS": "EPSG:4490"}
SECONDS = 30


@pytest.fixture(autouse=True)
def bounded():
    """No case takes longer than this, on a slow machine and with all checks of the fixture."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < SECONDS


def test_s13_a_cell_of_20_mb(imported, tmp_path):
    text = "井" * 7_000_000
    rows = [[*row, text if n == 1 else "a"] for n, row in enumerate(WELLS)]
    made = imported(text_file(tmp_path / "a.csv", [*HEADINGS, "村"], rows), **CRS)
    assert [len(value) for value in made.column("village")] == [1, 7_000_000, 1]


def test_s13_a_cell_of_20_mb_where_a_number_belongs(imported, tmp_path):
    rows = [[*row, "1" * 20_000_000 if n == 1 else "1"] for n, row in enumerate(WELLS)]
    made = imported(text_file(tmp_path / "a.csv", [*HEADINGS, "井深(m)"], rows), **CRS)
    assert made.column("depth_m") == [1.0, None, 1.0]
    assert max(len(one["message"]) for one in made.problems) < 1_000


@pytest.mark.parametrize("sign", ["1,", "1 ", "'", "(", "2024-", "°", "9"])
def test_s13_long_cells_that_patterns_might_choke_on(imported, tmp_path, sign):
    """Numbers, days, degrees and identity numbers are found by patterns; none may take quadratic time."""
    text = sign * 100_000
    rows = [[*row[:4], text, text, text, text, text] for row in WELLS]
    made = imported(
        text_file(tmp_path / "a.csv", [*HEADINGS, "井深(m)", "成井日期", "x"], rows, delimiter=";"), **CRS
    )
    assert made.column("depth_m") == [None] * 3
    assert made.column("built_on") == [None] * 3


def test_s13_more_than_10_000_columns(refused, tmp_path):
    headings = [*HEADINGS, *(f"c{n}" for n in range(10_000))]
    path = text_file(tmp_path / "a.csv", headings, [[*row, *["1"] * 10_000] for row in WELLS])
    message = refused(path, **CRS)
    assert "10006 columns" in message
    assert "10000" in message


@pytest.mark.long
def test_s13_just_under_the_limit(imported, tmp_path):
    headings = [*HEADINGS, *(f"c{n}" for n in range(1_990))]
    made = imported(text_file(tmp_path / "a.csv", headings, [[*row, *["1"] * 1_990] for row in WELLS]), **CRS)
    assert len(made.conversions) == 1_996


def test_s13_zip_bomb(refused, tmp_path):
    """200 MB of blanks in 200 kB."""
    path = bomb(tmp_path / "a.xlsx", 200 << 20)
    assert path.stat().st_size < 1 << 20
    assert "times its size" in refused(path, **CRS)


def ring(n):
    """A circle of 0.4° around (89.5, 42.5) with so many corners."""
    angle = np.linspace(0, 2 * np.pi, n)
    corners = np.column_stack([89.5 + 0.4 * np.cos(angle), 42.5 + 0.4 * np.sin(angle)])
    corners[-1] = corners[0]
    return shapely.polygons(corners)


def test_s13_a_polygon_of_a_million_corners(run, tmp_path):
    path, out = tmp_path / "a.gpkg", tmp_path / "out.gpkg"
    frame = {"zone_id": ["Z1"], "severity": ["severe"]}
    gpd.GeoDataFrame(frame, geometry=[ring(1_000_000)], crs="EPSG:4490").to_file(path)
    done = run(
        "importlayer", {"INPUT": str(path), "ROLE": "zones", "OUTPUT": str(out), "PROBLEMS": "memory:"}
    )
    shape = gpd.read_file(out).geometry[0]
    assert shapely.get_num_coordinates(shape) == 1_000_000
    assert shape.area == pytest.approx(np.pi * 0.16, rel=1e-6)
    assert [done[name] for name in ("N_WRITTEN", "N_ERROR", "N_WARNING", "N_NOTE")] == [1, 0, 0, 0]


def test_s13_the_same_polygon_as_text_in_a_cell(imported, tmp_path):
    wkt = shapely.to_wkt(ring(100_000), rounding_precision=9)
    made = imported(
        text_file(tmp_path / "a.csv", ["zone_id", "severity", "wkt"], [["Z1", "severe", wkt]]), "zones", **CRS
    )
    assert shapely.get_num_coordinates(shapely.from_wkt(made.rows[0]["wkt"])) == 100_000


def test_s13_a_far_cell(imported, tmp_path):
    """A note far below the table: the blank rows between are set aside one by one, as they are counted."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    for row in [HEADINGS, *WELLS]:
        page.append(list(row))
    page.cell(row=30_000, column=1, value="注：完")
    path = tmp_path / "a.xlsx"
    book.save(path)
    made = imported(path, **CRS)
    assert made.numbers["N_WRITTEN"] == 3
    assert made.numbers["N_READ"] == 29_999


def test_s13_a_sheet_that_is_none(refused, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(1000))
    assert "a.xlsx" in refused(path)
    workbook(tmp_path / "b.xlsx", [[None]])
    assert refused(tmp_path / "b.xlsx", **CRS)
