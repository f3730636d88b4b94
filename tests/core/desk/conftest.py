"""A small county on a case file: two zones' worth of wells whose ledger can be counted on the fingers."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from overdraft.core.casefile import CaseContent, CaseRows, write_case
from overdraft.core.desk import By
from overdraft.core.findings.record import finding_id
from overdraft.core.policy import load_policy
from overdraft.core.review import Act, decide

TODAY = date(2026, 3, 31)
CRS = "EPSG:4490"


def well(name, x, **values):
    kept = {"use": "irrigation", "status": "active", "permit_no": f"P-{name}", "county": "高昌区"}
    return {"well_id": name, **kept, **values, "geometry": Point(x, 42.9)}


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Eight wells in a severe zone of 高昌区, one of them sealed in the register itself; one area of 100 mu."""
    wells = [well(f"W{number}", 89.20 + number / 100) for number in range(1, 7)]
    wells.append(well("OLD", 89.28, status="sealed", status_on="2023-05-01"))
    wells.append(well("OUT", 89.90))
    frame = gpd.GeoDataFrame(wells, crs=CRS)
    zones = gpd.GeoDataFrame(
        [{"zone_id": "Z1", "severity": "severe", "geometry": box(89.1, 42.8, 89.5, 43.0)}], crs=CRS
    )
    units = gpd.GeoDataFrame(
        [{"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89.0, 42.0, 90.0, 43.5)}],
        crs=CRS,
    )
    land = gpd.GeoDataFrame(
        [
            {
                "area_id": "L1",
                "status": "irrigated",
                "area_mu": 100.0,
                "geometry": box(89.2, 42.8, 89.21, 42.81),
            },
            {
                "area_id": "L2",
                "status": "retired",
                "retired_on": "2023-10-01",
                "area_mu": 50.0,
                "geometry": box(89.3, 42.8, 89.31, 42.81),
            },
        ],
        crs=CRS,
    )
    tables = {"wells": frame, "zones": zones, "units": units, "irrigation": land}
    path = tmp_path_factory.mktemp("template") / "case.gpkg"
    write_case(path, CaseContent(tables=tables, language="zh"))
    return path


@pytest.fixture
def case(template, tmp_path):
    """A copy of it that a test may change, with two files beside it."""
    path = tmp_path / "案 卷.gpkg"
    shutil.copy(template, path)
    (tmp_path / "照片 1.jpg").write_bytes(b"one")
    (tmp_path / "文件.pdf").write_bytes(b"two")
    return path


@pytest.fixture
def store(case):
    return CaseRows(case)  # without the daily backup that opening makes; that has tests of its own


@pytest.fixture
def by():
    return By("李工", "li", TODAY)


@pytest.fixture(scope="session")
def policy():
    return load_policy("turpan-2021")


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def finding(well, clause, outcome="fail"):
    row = {"policy_id": "doc-1", "policy_version": "v1", "rule": "meters.installed", "clause": clause}
    row |= {
        "subject_role": "wells",
        "subject_id": well,
        "unit_id": "650402",
        "period": "",
        "outcome": outcome,
    }
    row |= {"message_key": "meters.none", "message_values": "{}", "evidence": "{}", "settings": "{}"}
    parts = (row[name] for name in ("rule", "clause", "subject_role", "subject_id", "period"))
    return {**row, "unverified": "[]", "evidence_hash": outcome, "finding_id": finding_id("doc-1", *parts)}


@pytest.fixture
def judged(case):
    """W1 with two findings accepted (one verified) and one open, W2 with one accepted; W3 without any."""
    rows = [finding("W1", "1"), finding("W1", "2"), finding("W1", "3"), finding("W2", "1")]
    content = CaseContent(
        tables={"findings": pd.DataFrame(rows).assign(run_id="run-1")},
        language="zh",
        run={"run_id": "run-1", "policy_id": "doc-1", "finding_hash": "x"},
        history={"at": "2026-03-31T00:00:00.000Z", "kind": "run", "subject": "run-1"},
    )
    write_case(case, content)
    store = CaseRows(case)
    names = [row["finding_id"] for row in rows]
    decide(store, [names[0], names[1], names[3]], Act("accept", "李工", "li"), today=TODAY)
    decide(store, [names[0]], Act("verify", "王工", "wang"), today=TODAY)
    return store, names
