"""A case of a few rows of which every figure is known by hand, and the tables that are printed from a case."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from datetime import date
from functools import cache

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from overdraft.core.casefile import case_content, write_case
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.intake import build_register
from overdraft.core.papers import KINDS, Scope, csv_text, open_book, paper
from overdraft.core.policy import load_policy

CRS = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
GAOCHANG, SHANSHAN = "650402", "650421"
AS_OF = date(2025, 12, 31)


def square(x, y, width, height):
    return box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def well(well_id, x=2_000, **fields):
    row = {"well_id": well_id, "use": "irrigation", "status": "active", "management": "local"}
    row |= {"permit_no": f"P-{well_id}", "permit_m3": 100_000.0, "geometry": Point(X0 + x, Y0 + 5_000)}
    return row | fields


WELLS = [
    well("S1", 2_000, status="sealed", status_on="2022-06-01", permit_m3=90_000.0, name="一号井"),
    well("S2", 2_010, status="sealed", status_on="2022-07-01", name="<script>alert(1)</script>"),
    well("S3", 2_020, status="sealed", status_on="2020-03-01"),
    well("S4", 2_030, status="sealed", status_on="2023-03-01", use="industry"),
    well("S5", 12_000, status="sealed", status_on="2023-04-01", management="regiment", permit_m3=70_000.5),
    well("S6", 12_010, status="sealed", status_on=None),
    well("R1", 2_100, origin="renewal", commissioned_on="2024-03-01", permit_m3=150_000.0),
    well("R9", 2_110, origin="renewal", commissioned_on="2024-05-01", permit_m3=60_000.0),
    well("W1", 2_200, area_mu=100.0, user_id="U1", permit_m3=40_000.4),
    well("W2", 2_210, area_mu=50.0, user_id="U2", permit_m3=20_000.4, name="=1+1"),
    well("W3", 12_200, area_mu=30.0, user_id="U2", management="regiment", permit_m3=None, permit_no=None),
]

EVENTS = [
    ("E1", "wells", "S1", "sealed", "2022-06-01", "封〔2022〕1号", None),
    ("L1", "irrigation", "D4", "retired", "2021-06-01", "退〔2021〕1号", None),
    ("L2", "irrigation", "D4", "restored", "2022-06-01", "退〔2022〕2号", None),
    ("L3", "irrigation", "D4", "retired", "2023-06-01", "退〔2023〕3号", None),
    ("L4", "irrigation", "D5", "retired", "2024-01-01", "电话13812345678", 30.0),
]

EVIDENCE = [
    ("E1", "photo", "2022-06-02", "evidence/S1/a.jpg", None),
    ("E1", "photo", "2022-06-09", "evidence/S1/b.jpg", "张三"),
    ("E1", "inspection", "2022-06-03", None, "李四"),
    ("E1", "document", "2022-06-04", None, None),
    ("E1", "power_cut", "2026-06-04", None, None),  # after the day of the run
    ("wells:S5:sealed:2023-04-01", "inspection", "2023-04-02", None, "十二师水利局"),
    ("L1", "photo", "2021-06-05", "evidence/D4/c.jpg", None),
]

PAIRS = [
    ("R1", "S1", "replaced", "used", "2024-01-05", None, "批〔2024〕1号"),
    ("R1", "S2", "reduced", "used", "2024-01-05", None, "批〔2024〕1号"),
    ("A2", "S5", "reduced", "reserved", "2025-02-01", None, None),
    ("A2", "S1", "reduced", "released", "2024-12-01", "2025-01-15", None),
    ("A2", "X9", "replaced", "reserved", "2025-02-01", None, None),
]

AREAS = [
    ("D1", square(1_000, 1_000, 100, 100), 100.0, "retired", "2022-05-01"),
    ("D2", square(1_200, 1_000, 100, 100), 200.0, "retired", "2020-05-01"),
    ("D3", square(9_950, 1_000, 100, 100), 80.0, "retired", "2023-01-01"),
    ("D4", square(1_400, 1_000, 100, 100), 50.0, "retired", None),
    ("D5", square(1_600, 1_000, 100, 100), 60.0, "irrigated", None),
    ("D6", square(1_800, 1_000, 100, 100), 70.0, "irrigated", None),
    ("D7", square(2_000, 1_000, 100, 100), 70.0, "irrigated", "2026-01-15"),
]


def frames():
    units = [
        {"unit_id": GAOCHANG, "name": "高昌区", "level": "county", "geometry": square(0, 0, 10_000, 10_000)},
        {
            "unit_id": SHANSHAN,
            "name": "鄯善县",
            "level": "county",
            "geometry": square(10_000, 0, 10_000, 10_000),
        },
        {
            "unit_id": "T1",
            "name": "一镇",
            "level": "township",
            "parent_id": GAOCHANG,
            "geometry": square(0, 0, 10_000, 10_000),
        },
    ]
    zones = [
        {"zone_id": "Z1", "name": "一区", "severity": "general", "geometry": square(500, 500, 9_000, 9_000)},
        {
            "zone_id": "Z2",
            "name": "二区",
            "severity": "severe",
            "geometry": square(10_500, 500, 9_000, 9_000),
        },
    ]
    applications = [
        {
            "application_id": "A1",
            "kind": "renewal",
            "use": "irrigation",
            "applied_on": "2023-12-01",
            "decision": "approved",
            "decided_on": "2024-01-02",
            "result_well_id": "R1",
            "geometry": Point(X0 + 2_100, Y0 + 5_000),
        },
        {
            "application_id": "A2",
            "kind": "renewal",
            "use": "irrigation",
            "applied_on": "2024-11-01",
            "approval_no": "批〔2025〕2号",
            "decision": "approved",
            "decided_on": "2025-01-20",
            "permit_m3": 80_000.0,
            "geometry": Point(X0 + 12_100, Y0 + 5_000),
        },
    ]
    areas = pd.DataFrame(AREAS, columns=["area_id", "geometry", "area_mu", "status", "retired_on"])
    subject = ["event_id", "subject_role", "subject_id", "kind", "effective_on", "doc_no", "area_mu"]
    quota = {"subject_role": "units", "year": 2025, "measure": "quota_per_mu", "unit": "m3/mu"}
    return {
        "wells": gpd.GeoDataFrame(WELLS, crs=CRS),
        "units": gpd.GeoDataFrame(units, crs=CRS),
        "zones": gpd.GeoDataFrame(zones, crs=CRS),
        "applications": gpd.GeoDataFrame(applications, crs=CRS),
        "irrigation": gpd.GeoDataFrame(areas, crs=CRS),
        "events": pd.DataFrame(EVENTS, columns=subject),
        "evidence": pd.DataFrame(EVIDENCE, columns=["event_id", "kind", "taken_on", "path", "checked_by"]),
        "pairs": pd.DataFrame(
            PAIRS,
            columns=["renewal_id", "retired_id", "role", "state", "pledged_on", "released_on", "approval_no"],
        ),
        "users": pd.DataFrame({"user_id": ["U1", "U2"]}),
        "indices": pd.DataFrame(
            [quota | {"subject_id": unit, "value": 300.0} for unit in (GAOCHANG, SHANSHAN)]
        ),
    }


@pytest.fixture(scope="session")
def small_case(tmp_path_factory):
    """``small_case(policy, *roles)``: the case of a few rows (of some roles), judged on 31 December 2025 on registered
    areas; made once."""
    made = {}

    def call(policy="turpan-2021", *roles):
        if (policy, roles) not in made:
            path = tmp_path_factory.mktemp("small") / f"{policy}.gpkg"
            given = {name: frame for name, frame in frames().items() if not roles or name in roles}
            settings = EnforceSettings(area_basis="registered", invented=True)
            result = enforce(build_register(given), load_policy(policy), AS_OF, settings)
            write_case(path, case_content(result, "zh"))
            made[policy, roles] = path
        return made[policy, roles]

    return call


@pytest.fixture(scope="session")
def printed():
    """``printed(path, kind, language, profile, **scope)``: one table as a profile shows it; drawn up once."""

    @cache
    def call(path, kind, language="zh", profile="full", **scope):
        book = open_book(path, KINDS[kind].needs, language, Scope(**scope))
        (table,) = paper(book, [KINDS[kind].make(book)], profile).tables
        return table

    return call


@pytest.fixture(scope="session")
def as_csv():
    """``as_csv(path, kind, …)``: the rows of the CSV file as mappings by heading, then those of its sums."""

    def call(path, kind, language="zh", profile="full", **scope):
        book = open_book(path, KINDS[kind].needs, language, Scope(**scope))
        sheet = paper(book, [KINDS[kind].make(book)], profile)
        (table,) = sheet.tables
        lines = list(csv.reader(io.StringIO(csv_text(sheet, table).lstrip("\ufeff"))))
        head, body = lines[0], lines[1 : lines.index([])]
        return [dict(zip(head, line, strict=True)) for line in body[: len(table)]], body[len(table) :]

    return call


@pytest.fixture(scope="session")
def ask():
    """``ask(path, statement, *values)``: rows of a query on the case file."""

    def call(path, statement, *values):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(statement, values).fetchall()

    return call


@pytest.fixture(scope="session")
def rows_of():
    """``rows_of(table, *names)``: the values of some columns, row by row."""

    def call(table, *names):
        return list(zip(*(table[name].values for name in names), strict=True))

    return call


@pytest.fixture(scope="session")
def sums_of():
    """``sums_of(table)``: the sums by label and column, as floats."""

    def call(table):
        return {
            total.label: {name: float(value) for name, value in total.sums.items()} for total in table.totals
        }

    return call
