"""A small invented case: every role with typed rows, results of two runs that can be told apart."""

from __future__ import annotations

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from overdraft.core.casefile import CaseContent, create_case, write_case
from overdraft.core.casefile.layout import layouts, roles
from overdraft.core.findings.verdicts import to_json
from overdraft.core.intake import build_register
from overdraft.core.schema import register_schema

CRS = {"wells": "EPSG:4490", "zones": "EPSG:4539", "irrigation": "EPSG:4539"}


def _value(item, row):
    """A value of the field's type that differs from row to row; every third row is empty where it may be."""
    if row % 3 == 2 and not item.required:
        return None
    if item.enum:
        tokens = [token for token in register_schema().enums[item.enum] if token != "void"]
        return ";".join(tokens[:2]) if item.many else tokens[row % len(tokens)]
    values = {
        "text": f"{item.name} “{row}” 井",
        "real": row + 0.1,
        "integer": (2000 if item.maximum is None else 1) + row,
        "date": pd.Timestamp("2021-11-12") + pd.Timedelta(days=row),
        "bool": row % 2 == 0,
    }
    return values[item.type]


def _shape(kind, row):
    x, y = 89.0 + row / 10, 42.0 + row / 100
    if kind == "point":
        return shapely.Point(x, y)
    return shapely.box(500_000 + row, 4_000_000, 500_010 + row, 4_000_010)


def raw_frame(role, rows=3):
    """A raw layer or table of a role, all fields filled."""
    item = register_schema().roles[role]
    frame = pd.DataFrame(
        {name: [_value(spec, row) for row in range(rows)] for name, spec in item.fields.items()}
    )
    for name in item.key:
        if item.fields[name].type == "text" and not item.fields[name].enum:
            frame[name] = [f"{role}-{row}" for row in range(rows)]
    if not item.is_place:
        return frame
    shapes = [_shape(item.geometry, row) for row in range(rows)]
    crs = CRS.get(role, "EPSG:4490" if item.geometry == "point" else "EPSG:4539")
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)


def judged(wells, outcome="pass"):
    """Wells with the columns that a run adds."""
    judged = wells.copy()
    for item in layouts()["wells"].fields:
        if item.name in layouts()["wells"].results and item.name not in judged.columns:
            judged[item.name] = pd.Series([None] * len(judged), dtype=object)
    judged["placed"] = pd.array([True] * len(judged), dtype="boolean")
    judged["zone_distance_m"] = np.arange(len(judged)) / 10
    judged["outcome"] = outcome
    return judged


def results(n, run_id):
    """Result tables with ``n`` findings."""
    findings = pd.DataFrame({"finding_id": [f"{row:016x}" for row in range(n)]})
    fixed = {
        "policy_id": "turpan-2021",
        "rule": "placement.county",
        "subject_role": "wells",
        "outcome": "review",
        "message_key": "placement.county_differs",
        "message_values": to_json({"recorded": "A", "found": "B"}),
        "run_id": run_id,
    }
    findings = findings.assign(subject_id=[f"wells-{row}" for row in range(n)], **fixed)
    lines = gpd.GeoDataFrame(
        {"renewal_id": ["wells-0"], "retired_id": ["wells-1"], "distance_m": [12.5], "permission": ["allow"]},
        geometry=[shapely.LineString([(89, 42), (89.1, 42.01)])],
        crs="EPSG:4326",
    )
    return {"findings": findings, "pair_lines": lines}


@pytest.fixture(scope="session")
def raw():
    """A raw frame by role and number of rows."""
    return raw_frame


@pytest.fixture(scope="session")
def full_register():
    """Every role, three rows each, in canonical form."""
    return build_register({role: raw_frame(role) for role in roles()})


@pytest.fixture(scope="session")
def make_content(full_register):
    """Content of a run: ``make_content("run-1", outcome="fail")``."""

    def make(run_id="run-1", outcome="pass", language="en", tables=None, **more):
        roles_of_run = dict(full_register.tables) if tables is None else dict(tables)
        if "wells" in roles_of_run:
            roles_of_run["wells"] = judged(roles_of_run["wells"], outcome)
        n = len(roles_of_run.get("wells", ()))
        return CaseContent(
            tables=roles_of_run | results(n, run_id),
            language=language,
            run={"run_id": run_id, "language": language, "manifest": "{}", "finding_hash": run_id},
            history={"at": "2024-12-31T00:00:00+00:00", "kind": "run", "subject": run_id},
            meta={"supplied_roles": to_json(sorted(roles_of_run))},
            moment="2024-12-31T00:00:00.000Z",
            **more,
        )

    return make


@pytest.fixture(scope="session")
def empty_case(tmp_path_factory):
    """An empty case file, made once; to be copied."""
    return create_case(tmp_path_factory.mktemp("empty") / "案 卷.gpkg", "zh")


def table_hashes(connection):
    """SHA-256 over the rows of every table, read by plain SQL: what a file holds, however its pages lie."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    return {
        name: hashlib.sha256(
            repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()).encode()
        ).hexdigest()
        for (name,) in names
    }


def small(n=6):
    """Wells in two zones, one without an id, units that all cases share, persons."""
    wells = pd.DataFrame(
        {
            "well_id": [f"W{row}" for row in range(n)],
            "use": ["irrigation", "industry"] * (n // 2),
            "status": ["active", "sealed", "active"] * (n // 3),
            "permit_m3": [100.0 * row for row in range(n)],
        }
    )
    places = [shapely.Point(89.1 + row / 10, 42.3) for row in range(n)]
    zones = pd.DataFrame({"zone_id": ["Z1", "Z2"], "severity": ["severe", "general"]})
    boxes = [shapely.box(89, 42, 89.3, 43), shapely.box(89.3, 42, 90, 43)]
    readings = pd.DataFrame({"well_id": wells["well_id"], "year": 2025, "volume_m3": 90.0})
    persons = pd.DataFrame({"user_id": wells["well_id"], "contact_name": [f"张{row}" for row in range(n)]})
    return {
        "wells": gpd.GeoDataFrame(wells, geometry=places, crs="EPSG:4490"),
        "zones": gpd.GeoDataFrame(zones, geometry=boxes, crs="EPSG:4490"),
        "readings": readings,
        "persons": persons.rename(columns={"contact_name": person_field()}),
    }


def person_field():
    return next(name for name, item in register_schema().roles["persons"].fields.items() if item.personal)


def stored(frames, path, **run):
    """A case file that nobody has judged."""
    tables = dict(build_register(frames).tables)
    write_case(path, CaseContent(tables=tables, language="en", history={"at": "", "kind": "made"}, **run))
    return path
