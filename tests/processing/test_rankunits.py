"""``rankunits`` through Processing."""

from __future__ import annotations

import pytest

from overdraft.core.schema import results_schema

STATIONS = {"station_id": "text"}
LEVELS = {"station_id": "text", "date_on": "date", "level_m": "real"}


@pytest.fixture
def rank(run, register, layer, table, rows_of, listener):
    """``rank(**changed)``: 650402 falls by 0.3 m, 650421 rises by 0.5 m; a third station was read once."""
    stations = [("POINT (89.5 42.5)", "a"), ("POINT (90.5 42.5)", "b"), ("POINT (90.6 42.5)", "c")]
    levels = [
        ("a", "2025-08-10", 10.0),
        ("a", "2025-11-10", 9.7),
        ("b", "2025-08-10", 20.0),
        ("b", "2025-11-10", 20.5),
        ("c", "2025-11-10", 5.0),
    ]
    given = {
        "STATIONS": layer("Point", STATIONS, stations, name="stations"),
        "LEVELS": table("levels", LEVELS, levels),
        **{name: register[name] for name in ("UNITS", "POLICY", "AS_OF")},
    }

    def call(**changed):
        said = listener()
        rows = rows_of(run("rankunits", {**given, **changed, "RANKING": "memory:"}, feedback=said)["RANKING"])
        return rows, said

    return call


def ranks(rows):
    return {row["unit_id"]: row["rank"] for row in rows if row["rank"] is not None}


def test_largest_fall_of_the_last_quarter_first(rank):
    rows, said = rank()
    assert set(rows[0]) - {"wkt"} == set(results_schema().tables["unit_ranking"].fields)
    assert ranks(rows) == {"650402": 1, "650421": 2}
    first = rows[0]
    assert (first["period"], first["previous"], first["n_used"]) == ("2025-Q4", "2025-Q3", 1)
    assert first["change_m"] == pytest.approx(-0.3)
    assert "Stations: 2 of 3 used" in said.infos
    assert "1 stations left out: no observation in one of the two periods" in said.warnings


def test_largest_change_and_another_comparison(rank):
    assert ranks(rank(SIGNED=False)[0]) == {"650421": 1, "650402": 2}
    assert ranks(rank(COMPARISON="same_quarter_last_year")[0]) == {}
    assert ranks(rank(PERIOD="2025-11", PREVIOUS="2025-08")[0]) == {"650402": 1, "650421": 2}


def test_use_over_plan(rank, table):
    kinds = {
        "subject_role": "text",
        "subject_id": "text",
        "year": "int",
        "measure": "text",
        "value": "real",
        "unit": "text",
        "source": "text",
    }
    figures = [
        ("units", unit, 2025, measure, value, "m3", "groundwater")
        for unit, measure, value in (
            ("650402", "index", 100.0),
            ("650402", "use", 50.0),
            ("650421", "index", 100.0),
            ("650421", "use", 80.0),
        )
    ]
    rows, _ = rank(MEASURE="utilisation", INDICES=table("indices", kinds, figures))
    assert ranks(rows) == {"650421": 1, "650402": 2}
    assert {row["unit_id"]: row["ratio"] for row in rows if row["rank"]} == {"650421": 0.8, "650402": 0.5}
    assert rows[0]["change_m"] is None


def test_no_stations(rank, layer, table):
    rows, said = rank(STATIONS=layer("Point", STATIONS, []), LEVELS=table("levels", LEVELS, []))
    assert ranks(rows) == {}
    assert "Stations: 0 of 0 used" in said.infos


@pytest.mark.parametrize("name", ["PERIOD", "PREVIOUS"])
def test_a_period_that_is_none(provider, context, register, name):
    algorithm = provider.algorithm("rankunits").create()
    given = {**register, name: "2025-Q5", "RANKING": "memory:"}
    ok, said = algorithm.checkParameterValues(given, context)
    assert not ok
    assert said.startswith(f"{name}: 2025-Q5 is no period. Write a year (2025), a quarter (2025-Q3)")
