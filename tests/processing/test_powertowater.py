"""``powertowater`` through Processing."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException

from overdraft.core.schema import results_schema

OUT = ("VOLUMES", "COEFFICIENTS", "CALIBRATION", "FINDINGS")
WELLS = {"well_id": "text", "use": "text", "status": "text", "aquifer": "text", "m3_per_kwh_ratio": "real"}
READINGS = {"well_id": "text", "year": "int", "month": "int", "energy_kwh": "real", "volume_m3": "real"}


@pytest.fixture
def convert(run, layer, table, rows_of):
    """``convert(**changed)``: wells A (4 m³/kWh), B (both figures) and C (only energy), all shallow."""
    wells = [("A", 4.0), ("B", None), ("C", None)]
    rows = [("POINT (89.3 42.3)", name, "irrigation", "active", "shallow", k) for name, k in wells]
    figures = [
        ("A", 2025, 1, 100.0, None),
        ("B", 2025, 1, 200.0, 600.0),
        ("B", 2025, 2, 200.0, 400.0),
        ("C", 2025, 1, 10.0, None),
    ]
    given = {
        "WELLS": layer("Point", WELLS, rows, name="wells"),
        "READINGS": table("readings", READINGS, figures),
        "AS_OF": "2025-12-31",
    }

    def call(**changed):
        out = run("powertowater", {**given, **changed, **dict.fromkeys(OUT, "memory:")})
        return {name: rows_of(out[name]) for name in OUT}

    return call


def volumes(found):
    return {(row["well_id"], row["month"]): row["volume_m3"] for row in found["VOLUMES"]}


def test_energy_times_coefficient_and_meters_first(convert):
    found = convert(MIN_WELLS=1)
    tables = {
        "VOLUMES": "power_volumes",
        "COEFFICIENTS": "power_coefficients",
        "CALIBRATION": "power_calibration",
    }
    for output, table in tables.items():
        assert set(found[output][0]) - {"wkt"} == set(results_schema().tables[table].fields)
    # calibration of the stratum: (600 + 400) / (200 + 200) = 2.5 m³/kWh
    (calibrated,) = found["CALIBRATION"]
    assert (calibrated["m3_per_kwh_ratio"], calibrated["n_wells"], calibrated["usable"]) == (2.5, 1, True)
    assert volumes(found) == {("A", 1): 400, ("B", 1): 600, ("B", 2): 400, ("C", 1): 25}
    origin = {row["well_id"]: row["coefficient_origin"] for row in found["COEFFICIENTS"]}
    assert origin == {"A": "well", "B": "calibration", "C": "calibration"}


def test_no_coefficient_no_volume(convert):
    assert volumes(convert())[("C", 1)] is None, "one well is too few for a calibration"
    assert volumes(convert(MIN_WELLS=1, CALIBRATE=False))[("C", 1)] is None
    assert volumes(convert(MIN_WELLS=1, LEVEL="stratum"))[("A", 1)] == 250


def test_a_coefficient_out_of_range_is_used_and_shown(convert):
    found = convert(MAX_COEFFICIENT=3)
    assert volumes(found)[("A", 1)] == 400
    assert [
        row["subject_id"] for row in found["FINDINGS"] if row["rule"].startswith("power.coefficient_range")
    ] == ["A"]


def test_a_stratum_of_fields_that_do_not_exist(convert):
    with pytest.raises(QgsProcessingException, match="colour"):
        convert(STRATA="colour")


def test_no_readings(convert, table):
    found = convert(READINGS=table("readings", READINGS, []))
    assert (found["VOLUMES"], found["CALIBRATION"]) == ([], [])
    assert len(found["COEFFICIENTS"]) == 3


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        ("LEVEL", "county", "LEVEL: county is not known. Allowed: well, stratum, unit, or empty."),
        (
            "MIN_COEFFICIENT",
            -1,
            "MIN_COEFFICIENT: -1 is not allowed. Give a number, 0 or more, or leave it empty.",
        ),
        (
            "MAX_DEVIATION",
            "much",
            "MAX_DEVIATION: much is not allowed. Give a number, 0 or more, or leave it empty.",
        ),
    ],
)
def test_values_that_cannot_work(provider, context, layer, table, parameter, value, said):
    given = {
        "WELLS": layer("Point", WELLS, []),
        "READINGS": table("readings", READINGS, []),
        "VOLUMES": "memory:",
    }
    algorithm = provider.algorithm("powertowater").create()
    assert algorithm.checkParameterValues({**given, parameter: value}, context) == (False, said)
