"""An invented register of wells as a county bureau hands it in: a CSV in UTF-8 and a GBK shapefile without .cpg."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

CRS = "EPSG:4490"
WEST, SOUTH, EAST, NORTH = 88.0, 42.0, 91.0, 43.0
COUNTIES = (("650402", "高昌区"), ("650421", "鄯善县"), ("650422", "托克逊县"))
TOWNSHIPS = 10
"""In each county, side by side."""
ODD = 0.01
"""Share of the cells of some columns that nobody can read, and share that is empty."""
X, Y = "经度", "纬度"
SHAPEFILE_UNITS = {"许可水量": "万m³", "计划水量": "万m³", "灌溉面积": "亩", "井深": "m"}
"""The headings of a shapefile have no room for a unit: whoever imports it says so."""
VERSION = "1"


def make(folder: Path, wells: int) -> Path:
    """Write ``wells.csv``, ``wells.shp`` and ``units.gpkg`` into ``folder`` (once) and return it."""
    done = folder / f"made-{VERSION}"
    if done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    register = _register(wells)
    register.to_csv(folder / "wells.csv", index=False, encoding="utf-8")
    _write_shapefile(folder / "wells.shp", register)
    _units().to_file(folder / "units.gpkg", layer="units", engine="pyogrio")
    done.touch()
    return folder


def _register(count: int) -> pd.DataFrame:
    """One row per well, every cell as it is typed; 22 columns."""
    rng = np.random.default_rng(2026)
    number = np.arange(count)
    lon, lat = rng.uniform(WEST, EAST, count), rng.uniform(SOUTH, NORTH, count)
    county = (lon - WEST).astype(int)
    township = ((lon - WEST - county) * TOWNSHIPS).astype(int)
    counties = np.array([name for _, name in COUNTIES], dtype=object)
    uses, shares = ["农业灌溉", "工业", "农村人饮", "城镇生活", "绿化"], [0.88, 0.04, 0.04, 0.02, 0.02]
    permitted = rng.uniform(0.5, 12, count).round(2)
    typed = {
        "井编号": _numbered("J", number, 6),
        "井名": _numbered("机井", number, 0),
        "县名称": counties[county],
        "乡镇": [_township(c, t) for c, t in zip(county.tolist(), township.tolist(), strict=True)],
        "行政村": _numbered("村", rng.integers(0, 900, count), 0),
        "取水用途": _odd(rng, rng.choice(uses, count, p=shares), "不详"),
        "含水层": rng.choice(["潜水", "承压水", "深层承压水", "混合开采"], count, p=[0.6, 0.02, 0.3, 0.08]),
        "井深(m)": rng.uniform(30, 300, count).round(1).astype(str),
        "成井日期": _odd(rng, _days(rng, count, 7_300, 11_000, short=True), "2001年春"),
        "许可证号": _numbered("取水（吐）字〔2020〕第", number, 5),
        "许可水量(万m³)": _odd(rng, permitted.astype(str), "约3"),
        "许可有效期止": _days(rng, count, 20_000, 2_000, short=False),
        "计划水量(万m³)": (permitted * 0.8).round(3).astype(str),
        "使用状态": rng.choice(["正常使用", "备用", "已封填", "停用"], count, p=[0.8, 0.1, 0.06, 0.04]),
        "是否计量": rng.choice(["是", "否"], count, p=[0.9, 0.1]),
        "用电户号": _numbered("", 6_512_000_000 + number // 3, 0),
        "用水户编号": _numbered("H", number // 4, 6),
        "联系电话": _numbered("1399", rng.integers(1_000_000, 9_999_999, count), 0),
        "灌溉面积(亩)": rng.integers(10, 900, count).astype(str),
        "备注": np.where(rng.random(count) < 0.1, "2019年更换水泵", ""),
        X: np.char.mod("%.6f", lon),
        Y: np.char.mod("%.6f", lat),
    }
    return pd.DataFrame({name: np.asarray(cells, dtype=object) for name, cells in typed.items()})


def _numbered(stem: str, numbers: np.ndarray, digits: int) -> list[str]:
    return [f"{stem}{n:0{digits}d}" for n in numbers.tolist()]


def _township(county: int, township: int) -> str:
    return f"{COUNTIES[county][1][:2]}第{township + 1}镇"


def _days(rng: np.random.Generator, count: int, first: int, span: int, short: bool) -> np.ndarray:
    """Days after 1970, as 2001-5-3 where ``short``, else as 2001-05-03."""
    days = pd.Series(pd.to_datetime(first + rng.integers(0, span, count), unit="D"))
    return days.dt.strftime("%Y-%-m-%-d" if short else "%Y-%m-%d").to_numpy()


def _odd(rng: np.random.Generator, cells: np.ndarray, word: str) -> np.ndarray:
    """The cells, a few of them unreadable and a few empty."""
    cells, draw = cells.astype(object), rng.random(len(cells))
    cells[draw < ODD] = word
    cells[draw > 1 - ODD] = ""
    return cells


def _write_shapefile(path: Path, register: pd.DataFrame) -> None:
    """The same wells in GBK, without a .cpg: names of ten bytes, volumes and areas as numbers, ISO days as days."""
    columns = {}
    for name, cells in register.drop(columns=[X, Y]).items():
        short = name.partition("(")[0].replace("许可有效期止", "到期日期")
        if short in ("井深", "计划水量", "灌溉面积"):
            columns[short] = cells.astype("float64").to_numpy()
        elif short == "到期日期":
            columns[short] = cells.to_numpy().astype("datetime64[D]")
        else:
            columns[short] = cells.where(cells != "", None).to_numpy()
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points(register[X].astype(float), register[Y].astype(float))),
        list(columns.values()),
        np.array(list(columns), dtype=object),
        driver="ESRI Shapefile",
        geometry_type="Point",
        crs=CRS,
        encoding="GBK",
    )
    path.with_suffix(".cpg").unlink()
    with path.with_suffix(".dbf").open("r+b") as stream:  # nor does the header name a code page
        stream.seek(29)
        stream.write(b"\x00")


def _units() -> gpd.GeoDataFrame:
    """Counties side by side, each cut into townships."""
    rows, shapes = [], []
    for place, (code, county) in enumerate(COUNTIES):
        west = WEST + place
        rows.append((code, county, "county", None))
        shapes.append(shapely.box(west, SOUTH, west + 1, NORTH))
        for n in range(TOWNSHIPS):
            rows.append((f"{code}{n + 1:03d}", _township(place, n), "township", code))
            edges = west + n / TOWNSHIPS, west + (n + 1) / TOWNSHIPS
            shapes.append(shapely.box(edges[0], SOUTH, edges[1], NORTH))
    frame = pd.DataFrame(rows, columns=["unit_id", "name", "level", "parent_id"])
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=CRS)
