"""Small layers whose answers can be read off the numbers."""

from __future__ import annotations

import pytest


@pytest.fixture
def point_wells(layer):
    """``point_wells(rows)``: wells in use for irrigation; rows are ``(id, x, y, permitted m³)``."""
    fields = {"well_id": "text", "use": "text", "status": "text", "permit_no": "text", "permit_m3": "real"}

    def make(rows):
        spelt = [
            (f"POINT ({x} {y})", name, "irrigation", "active", f"P{name}", permit)
            for name, x, y, permit in rows
        ]
        return layer("Point", fields, spelt, name="wells")

    return make


def box(left, bottom, right, top):
    return f"POLYGON (({left} {bottom}, {right} {bottom}, {right} {top}, {left} {top}, {left} {bottom}))"


POLICY = "turpan-2021"
AS_OF = "2025-12-31"


@pytest.fixture
def wells(layer):
    """Six wells: in the severe zone, in both zones, on the edge, outside, without geometry, in the next county."""
    fields = {
        "well_id": "text",
        "use": "text",
        "status": "text",
        "status_on": "date",
        "origin": "text",
        "built_on": "date",
        "permit_no": "text",
        "county": "text",
    }
    rows = [
        (
            "POINT (89.3 42.3)",
            "A",
            "irrigation",
            "sealed",
            "2023-05-01",
            "original",
            "1999-01-01",
            "P1",
            "高昌区",
        ),
        (
            "POINT (89.55 42.3)",
            "B",
            "irrigation",
            "sealed",
            "2023-06-01",
            "original",
            "1999-01-01",
            "P2",
            "高昌区",
        ),
        ("POINT (89.2 42.4)", "C", "irrigation", "active", None, "renewal", "2024-03-01", "P3", "高昌区"),
        ("POINT (89.9 42.9)", "D", "industry", "active", None, "original", "2001-01-01", "P4", "鄯善县"),
        (None, "E", "irrigation", "active", None, "original", "2001-01-01", "P5", "高昌区"),
        ("POINT (90.5 42.5)", "F", "irrigation", "active", None, "original", "2001-01-01", "P6", "鄯善县"),
    ]
    return layer("Point", fields, rows, name="wells")


@pytest.fixture
def zones(layer):
    fields = {"zone_id": "text", "severity": "text", "control": "text", "aquifer": "text"}
    rows = [
        (box(89.2, 42.2, 89.6, 42.6), "Z1", "severe", "banned", None),
        (box(89.5, 42.2, 89.8, 42.6), "Z2", "general", None, None),
    ]
    return layer("Polygon", fields, rows, name="zones")


@pytest.fixture
def units(layer):
    rows = [
        (box(89, 42, 90, 43), "650402", "高昌区", "county", "6504"),
        (box(90, 42, 91, 43), "650421", "鄯善县", "county", "6504"),
    ]
    fields = {"unit_id": "text", "name": "text", "level": "text", "parent_id": "text"}
    return layer("Polygon", fields, rows, name="units")


@pytest.fixture
def irrigation(layer):
    fields = {"area_id": "text", "status": "text", "retired_on": "date", "area_mu": "real", "crop": "text"}
    rows = [
        (box(89.3, 42.3, 89.31, 42.31), "I1", "retired", "2022-10-01", 1400.0, "棉花"),
        (box(89.4, 42.4, 89.41, 42.41), "I2", "irrigated", None, 1400.0, "葡萄"),
    ]
    return layer("Polygon", fields, rows, name="irrigation")


@pytest.fixture
def register(wells, zones, units, irrigation):
    """Parameters of a small register and its policy."""
    return {
        "WELLS": wells,
        "ZONES": zones,
        "UNITS": units,
        "IRRIGATION": irrigation,
        "POLICY": POLICY,
        "AS_OF": AS_OF,
    }
