"""A county of three units whose wells draw power: what tests of power share."""

from __future__ import annotations

from shapely.geometry import box

from build import scene as bare_scene

PERMIT = {"permit_no": "取水(新吐)字1号"}
TOLI = {"x": 83.6, "y": 45.9}
AWAY = {"x": 87.2}
DOMESTIC = {"deep_uses": ("rural_drinking", "urban_supply", "emergency")}
UNITS = [
    {"unit_id": unit, "name": name, "level": "county", "geometry": box(x - 0.5, 42, x + 0.5, 46)}
    for unit, name, x in (
        ("650402", "高昌区", 89.2),
        ("650121", "乌鲁木齐县", 87.2),
        ("654224", "托里县", 83.6),
    )
]


def well(name="A", **more):
    return {"well_id": name, **more}


def scene(policy="turpan-2021", **roles):
    return bare_scene(policy, units=UNITS, **roles)


def reading(energy, well="A", year=2025, month=None, **more):
    return {"well_id": well, "year": year, "month": month, "energy_kwh": energy, **more}
