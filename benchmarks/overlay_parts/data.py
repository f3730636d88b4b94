"""A large invented basin: wells, zones, counties, townships and parcels, the same on every machine."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

CRS = "EPSG:4539"
WEST, SOUTH, WIDTH, HEIGHT = 300_000.0, 4_600_000.0, 320_000.0, 220_000.0
N_ZONES, N_DENSE_ZONES, DENSE_VERTICES = 400, 40, 50_000
COUNTIES = (("650402", "高昌区"), ("650421", "鄯善县"), ("650422", "托克逊县"))
COLUMNS, ROWS = 30, 10
VERSION = "4"


def make(folder: Path, wells: int, parcels: int) -> Path:
    """Write the layers of one size into ``folder`` (once) and return it."""
    done = folder / f"made-{VERSION}"
    if done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.gpkg"):
        old.unlink()
    counties, townships = _units()
    _write(folder, "zones", _zones())
    _write(folder, "counties", counties)
    _write(folder, "townships", townships)
    _write(folder, "units", pd.concat([counties, townships], ignore_index=True))
    _write(folder, "parcels", _parcels(parcels))
    _write(folder, "wells", _wells(wells, counties))
    done.touch()
    return folder


def _write(folder: Path, name: str, frame: gpd.GeoDataFrame) -> None:
    """GeoPackage with a spatial index; days as days, not as points in time."""
    columns = frame.drop(columns="geometry")
    days = [column for column in columns if columns[column].dtype.kind == "M"]
    pyogrio.raw.write(
        folder / f"{name}.gpkg",
        shapely.to_wkb(frame.geometry.to_numpy()),
        [frame[c].to_numpy().astype("datetime64[D]") if c in days else frame[c].to_numpy() for c in columns],
        np.array(columns.columns, dtype=object),
        layer=name,
        driver="GPKG",
        geometry_type="Point" if name == "wells" else "MultiPolygon",
        promote_to_multi=name != "wells",
        crs=CRS,
    )


def _warp(shapes: np.ndarray) -> np.ndarray:
    """Bend straight borders; neighbours bend together, so they still meet without gap or overlap."""

    def bend(xy: np.ndarray) -> np.ndarray:
        xy = np.round(xy, 3)  # neighbours cut their common edge from opposite ends
        x, y = xy[:, 0] / 9000.0, xy[:, 1] / 7000.0
        return xy + np.column_stack(
            [700 * np.sin(y) + 60 * np.sin(9 * y), 700 * np.sin(x) + 60 * np.sin(9 * x)]
        )

    return shapely.transform(shapes, bend)


def _grid(columns: int, rows: int, gap: float, edge: float) -> np.ndarray:
    """Cells of a bent grid, ``gap`` of each cell's size left free, edges cut every ``edge`` metres."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    dx, dy = WIDTH / columns, HEIGHT / rows
    west, south = WEST + x.ravel() * dx, SOUTH + y.ravel() * dy
    boxes = shapely.box(west, south, west + dx * (1 - gap), south + dy * (1 - gap))
    return _warp(shapely.segmentize(boxes, edge))


def _units() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    cells = _grid(COLUMNS, ROWS, 0.0, 100.0)
    county = (np.arange(len(cells)) % COLUMNS) // (COLUMNS // 3)
    shapes = [shapely.coverage_union_all(cells[county == n]) for n in range(3)]
    counties = gpd.GeoDataFrame(
        {"unit_id": [c for c, _ in COUNTIES], "name": [n for _, n in COUNTIES], "level": "county"},
        geometry=shapes,
        crs=CRS,
    )
    townships = gpd.GeoDataFrame(
        {
            "unit_id": [f"{COUNTIES[c][0]}{n:03d}" for n, c in enumerate(county)],
            "name": [f"乡镇{n:03d}" for n in range(len(cells))],
            "level": "township",
            "parent_id": [COUNTIES[c][0] for c in county],
        },
        geometry=cells,
        crs=CRS,
    )
    return counties, townships


def _zones() -> gpd.GeoDataFrame:
    """Zones of 3 to 13 km with an outline as rough as a coast, nested and overlapping; a tenth has 50,000 vertices."""
    rng = np.random.default_rng(1)
    shapes = []
    for n in range(N_ZONES):
        vertices = DENSE_VERTICES if n < N_DENSE_ZONES else int(rng.integers(200, 3000))
        turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
        radius = rng.uniform(3000, 13_000) * np.maximum(1 + _coast(rng, vertices), 0.15)
        centre = rng.uniform([WEST, SOUTH], [WEST + WIDTH, SOUTH + HEIGHT])
        shapes.append(
            shapely.Polygon(centre + np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None])
        )
    severity = rng.choice(["general", "severe"], N_ZONES)
    control = rng.choice(["none", "restricted", "banned"], N_ZONES)
    ids = [f"Z{n:03d}" for n in range(N_ZONES)]
    return gpd.GeoDataFrame(
        {"zone_id": ids, "severity": severity, "control": control}, geometry=shapes, crs=CRS
    )


def _coast(rng: np.random.Generator, vertices: int) -> np.ndarray:
    """Relative deviation from a circle: waves whose height falls as length^1.25, which gives a fractal outline."""
    waves = np.arange(1, min(3000, vertices // 8) + 1)
    spectrum = np.zeros(vertices // 2 + 1, dtype=complex)
    spectrum[waves] = (rng.normal(size=len(waves)) + 1j * rng.normal(size=len(waves))) / waves**1.25
    return np.fft.irfft(spectrum, vertices) * vertices / 8


def _parcels(count: int) -> gpd.GeoDataFrame:
    columns = round((count * WIDTH / HEIGHT) ** 0.5)
    shapes = _grid(columns, -(-count // columns), 0.05, 400.0)[:count]
    ids = [f"A{n:06d}" for n in range(len(shapes))]
    return gpd.GeoDataFrame(
        {"area_id": ids, "status": "irrigated", "area_mu": 450.0}, geometry=shapes, crs=CRS
    )


def _wells(count: int, counties: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(2)
    xy = rng.uniform([WEST + 2000, SOUTH + 2000], [WEST + WIDTH - 2000, SOUTH + HEIGHT - 2000], (count, 2))
    shapes = shapely.points(xy)
    name = np.full(count, None, dtype=object)
    for shape, county in zip(counties.geometry, counties["name"], strict=True):
        shapely.prepare(shape)
        name[shapely.covers(shape, shapes)] = county
    number = np.arange(count)
    return gpd.GeoDataFrame(
        {
            "well_id": [f"W{n:06d}" for n in number],
            "name": [f"机井{n}" for n in number],
            "county": name,
            "village": [f"村{n}" for n in rng.integers(0, 900, count)],
            "use": rng.choice(["irrigation", "industry", "rural_drinking"], count, p=[0.9, 0.05, 0.05]),
            "aquifer": rng.choice(["shallow", "deep_confined"], count),
            "depth_m": rng.uniform(30, 300, count).round(1),
            "built_on": pd.to_datetime("1990-01-01") + pd.to_timedelta(rng.integers(0, 11_000, count), "D"),
            "status": rng.choice(["active", "standby", "sealed"], count),
            "permit_no": [f"取水{n}" for n in number],
            "permit_m3": rng.uniform(1e4, 1e5, count).round(),
        },
        geometry=shapes,
        crs=CRS,
    )
