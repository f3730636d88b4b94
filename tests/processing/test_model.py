"""The model that comes with the plugin: our algorithm chained with QGIS's own."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingModelAlgorithm

from overdraft.processing.texts import RESOURCES

MODEL = RESOURCES / "models" / "wells_in_zones.model3"


@pytest.fixture
def model(provider):
    made = QgsProcessingModelAlgorithm()
    assert made.fromFile(str(MODEL))
    made.initAlgorithm()
    return made


def test_model_is_valid(model):
    valid, problems = model.validate()
    assert valid, problems


def test_model_runs_and_counts(model, register, rows_of, qgis_processing):
    import processing

    outputs = {item.name(): "memory:" for item in model.destinationParameterDefinitions()}
    results = processing.run(
        model,
        {
            "wells": register["WELLS"],
            "zones": register["ZONES"],
            "units": register["UNITS"],
            "as_of": register["AS_OF"],
            **outputs,
        },
    )
    inside = next(results[name] for name in outputs if "wells" in name)
    counts = next(results[name] for name in outputs if "count" in name)
    assert [row["well_id"] for row in rows_of(inside)] == ["A", "B", "C"]
    found = [(row["county_id"], row["zone_severity"], row["n_wells"]) for row in rows_of(counts)]
    assert found == [("650402", "severe", 3)]
