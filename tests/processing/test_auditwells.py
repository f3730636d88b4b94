"""``auditwells`` and the settings of a policy, through Processing."""

from __future__ import annotations

import json

import pytest
from qgis.core import QgsProcessingException

from overdraft.core.schema import results_schema


@pytest.fixture
def audited(run, register, table, point_wells, rows_of):
    """``audited(**changed)``: findings of two wells with a permit of 10 000 m³ that use 1 000 and 9 000 m³ a year."""
    figures = [
        (well, year, volume)
        for well, volume in (("W1", 1000.0), ("W2", 9000.0))
        for year in (2023, 2024, 2025)
    ]
    readings = table("readings", {"well_id": "text", "year": "int", "volume_m3": "real"}, figures)
    permits = table(
        "permits",
        {"permit_no": "text", "volume_m3": "real", "valid_from": "date", "valid_to": "date"},
        [("PW1", 10_000.0, "2022-01-01", "2027-01-01"), ("PW2", 10_000.0, "2022-01-01", "2027-01-01")],
    )
    wells = point_wells([("W1", 89.3, 42.3, 10_000.0), ("W2", 89.4, 42.4, 10_000.0)])
    given = {**register, "WELLS": wells, "READINGS": readings, "PERMITS": permits}

    def call(**changed):
        out = run("auditwells", {**given, **changed, "FINDINGS": "memory:", "COUNTS": "memory:"})
        return rows_of(out["FINDINGS"]), rows_of(out["COUNTS"])

    return call


def idle(findings):
    return [row for row in findings if row["rule"] == "permits.idle"]


def test_a_value_that_the_text_does_not_give_leaves_the_clause_open(audited):
    findings, counts = audited()
    (row,) = idle(findings)
    assert (row["clause"], row["outcome"], row["subject_role"]) == ("TLF-3.2b", "not_evaluated", "policy")
    assert "permit.idle_ratio" in row["message_values"]
    assert set(findings[0]) - {"wkt"} == set(results_schema().tables["findings"].fields)
    assert set(counts[0]) - {"wkt"} == set(results_schema().tables["rule_counts"].fields)
    (counted,) = [count for count in counts if count["rule"] == "permits.idle"]
    assert (counted["n_pass"], counted["n_rows"]) == (0, 1)


def test_settings_fill_it_and_are_named_in_the_finding(audited):
    findings, _ = audited(SETTINGS="permit.idle_ratio = 0.3\n# three years\npermit.idle_years = 3")
    (row,) = idle(findings)
    assert (row["subject_role"], row["subject_id"]) == ("permits", "PW1")
    settings = json.loads(row["settings"])
    assert settings["permit.idle_ratio"] == 0.3
    assert settings["permit.idle_years"] == 3


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("permit.idle_ratio = 3", "permit.idle_ratio"),
        ("permit.idle_ratio = often", "often"),
        ("no.such.setting = 1", "no.such.setting"),
    ],
)
def test_settings_that_do_not_work_are_refused_before_the_run(provider, context, register, settings, said):
    algorithm = provider.algorithm("auditwells").create()
    ok, message = algorithm.checkParameterValues(
        {**register, "SETTINGS": settings, "FINDINGS": "memory:"}, context
    )
    assert not ok
    assert said in message


def test_empty_layers_are_no_error(run, register, layer, rows_of):
    kinds = {"well_id": "text", "use": "text", "status": "text"}
    out = run("auditwells", {**register, "WELLS": layer("Point", kinds, []), "FINDINGS": "memory:"})
    assert not [row for row in rows_of(out["FINDINGS"]) if row["subject_role"] == "wells"]


def test_a_needed_column_that_is_missing_is_named(run, register, layer):
    with pytest.raises(QgsProcessingException, match="status"):
        run(
            "auditwells",
            {
                **register,
                "WELLS": layer("Point", {"well_id": "text", "use": "text"}, []),
                "FINDINGS": "memory:",
            },
        )
