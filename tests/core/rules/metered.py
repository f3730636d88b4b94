"""Two counties of Turpan and one beside them, with wells that have meters: what tests of meters share."""

from __future__ import annotations

import json
from datetime import date

from shapely.geometry import box

from build import scene as bare_scene

GAOCHANG, SHANSHAN, CITY = "650402", "650421", "6504"
X = {"高昌区": 89.2, "鄯善县": 90.2, "away": 87.2}
AWAY = {"county": "away"}
UNITS = [
    {"unit_id": unit, "name": name, "level": "county", "geometry": box(X[at] - 0.5, 42, X[at] + 0.5, 44)}
    for unit, name, at in (
        (GAOCHANG, "高昌区", "高昌区"),
        (SHANSHAN, "鄯善县", "鄯善县"),
        ("650121", "乌鲁木齐县", "away"),
    )
]
BY_2022 = {"due_on": date(2022, 12, 31)}


def well(name, metered=None, county="高昌区", **more):
    return {"well_id": name, "metered": metered, "x": X[county], **more}


def scene(policy="turpan-2021", **roles):
    """A scene with two counties of Turpan and one beside it."""
    return bare_scene(policy, **({"units": UNITS} if policy == "turpan-2021" else {}), **roles)


def checks(found, kind):
    """How many of one kind by well and year, where there are any."""
    told = {(row.subject_id, row.period): json.loads(row.evidence)[kind] for row in found.rows.itertuples()}
    return {key: count for key, count in told.items() if count}


def months(name, values, year=2024, start=1, **more):
    return [
        {"well_id": name, "year": year, "month": month, "volume_m3": value, **more}
        for month, value in enumerate(values, start)
    ]
