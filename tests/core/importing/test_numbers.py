"""Numbers as people write them; every expected value is the figure read aloud times the factor of its unit."""

from __future__ import annotations

import pytest

from overdraft.core.importing.numbers import read_number
from overdraft.core.importing.vocabulary import unit_named
from overdraft.core.schema import register_schema

WELLS = register_schema().roles["wells"].fields
VOLUME, AREA, DEPTH = WELLS["permit_m3"], WELLS["area_mu"], WELLS["depth_m"]
YEAR = register_schema().roles["readings"].fields["year"]
SHARE = register_schema().roles["well_areas"].fields["share_ratio"]


@pytest.mark.parametrize(
    ("cell", "field", "unit", "value"),
    [
        ("1234.5", VOLUME, "", 1234.5),
        (" 12 ", VOLUME, "", 12),
        ("1,234", VOLUME, "", 1234),
        ("1,234,567.8", VOLUME, "", 1234567.8),
        ("12 345", VOLUME, "", 12345),
        ("１２", VOLUME, "", 12),
        ("１，２３４", VOLUME, "", 1234),
        ("12 亩", AREA, "", 12),
        ("12亩", AREA, "", 12),
        ("3公顷", AREA, "", 45),
        ("0.5 km²", AREA, "", 750),
        ("2万亩", AREA, "", 20000),
        ("1.2万", VOLUME, "", 12000),
        ("1.2万m³", VOLUME, "", 12000),
        ("1.2 万方", VOLUME, "", 12000),
        ("0.01亿m³", VOLUME, "", 1_000_000),
        ("0.07", VOLUME, "万m³", 700),
        ("0.3", VOLUME, "万m³", 3000),
        (1.1, VOLUME, "万m³", 11000),
        ("5立方米", VOLUME, "万m³", 5),
        ("1.2万", VOLUME, "万m³", 120_000_000),
        ("100", AREA, "ha", 1500),
        ("1000", AREA, "m²", 1.5),
        ("100", DEPTH, "ft", 30.48),
        ("120米", DEPTH, "", 120),
        ("-3.5", DEPTH, "", -3.5),
        ("1e3", DEPTH, "", 1000),
        ("2024年", YEAR, "", 2024),
        ("25%", SHARE, "", 0.25),
        ("25", SHARE, "%", 0.25),
    ],
)
def test_numbers_are_read(cell, field, unit, value):
    found = read_number(cell, field, unit_named(field, unit) if unit else None)
    assert found is not None
    assert found.value == value  # exactly: 0.07 万m³ are 700 m³, not 700.0000000000001


@pytest.mark.parametrize("cell", ["-", "—", "/", "无", "NULL", "不详", "n/a"])
def test_signs_for_nothing_are_empty_and_counted(cell):
    found = read_number(cell, VOLUME, None)
    assert found is not None
    assert (found.value, found.kinds) == (None, ("nothing",))


@pytest.mark.parametrize(
    "cell",
    [
        "约12", "12左右", ">12", "10-12", "1,23", "1.234,5", "12丈", "12 kWh", "一百二十", "#N/A", "1e999", "abc",
        "(12)", "12;13", "1,234 345", True, float("inf"), "--12", "0x10", "12亩半", "1_000",
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_not_read(cell):
    assert read_number(cell, VOLUME, None) is None
