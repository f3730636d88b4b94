"""``replacementledger`` and ``retirementbalance`` through Processing."""

from __future__ import annotations

import os

import pytest
from qgis.core import QgsProcessingException, QgsVectorLayer, QgsWkbTypes

from overdraft.core.schema import results_schema

MU = 10_000 / 15


def fields(layer):
    return [field.name() for field in layer.fields() if field.name() != "fid"]


def names(table):
    return list(results_schema().roles[table].fields)


@pytest.fixture
def pairs(layer):
    rows = [(None, "C", "A", "replaced", "2024-01-01"), (None, "C", "B", "reduced", "2024-01-01")]
    kinds = {"renewal_id": "text", "retired_id": "text", "role": "text", "pledged_on": "date"}
    return layer("None", kinds, rows, name="pairs")


def test_ledger_balances_two_seals_against_one_renewal(run, register, pairs, rows_of):
    del register["IRRIGATION"]
    out = run(
        "replacementledger",
        {**register, "PAIRS": pairs, "BALANCE": "memory:", "LEDGER": "memory:", "LINES": "memory:"},
    )
    balance, ledger, lines = out["BALANCE"], out["LEDGER"], out["LINES"]
    assert fields(balance) == names("ledger_balance")
    assert fields(ledger) == names("ledger")
    assert fields(lines) == names("pair_lines")
    county = next(row for row in rows_of(balance) if row["pool_id"] == "650402")
    assert (county["sealed"], county["renewed"], county["required"], county["deficit"]) == (2, 1, 2, 0)
    assert county["reading"] == "R1"
    assert county["net_change"] == -1
    assert {row["well_id"]: row["kind"] for row in rows_of(ledger) if row["kind"] in ("credit", "debit")} == {
        "A": "credit",
        "B": "credit",
        "C": "debit",
    }
    assert lines.wkbType() == QgsWkbTypes.Type.LineString
    assert lines.crs().authid() == "EPSG:4326"
    found = {row["retired_id"]: row["distance_m"] for row in rows_of(lines)}
    # C (89.2, 42.4) to A (89.3, 42.3): about 0.1° of longitude at 42.35° and 0.1° of latitude
    assert found["A"] == pytest.approx(13_837, rel=0.002)


def test_overrides_of_the_policy_take_effect(run, register, rows_of):
    def county(**changed):
        rows = rows_of(run("replacementledger", {**register, **changed, "BALANCE": "memory:"})["BALANCE"])
        return next(row for row in rows if row["pool_id"] in ("650402", "6504"))

    assert county(READING="R2")["deficit"] == 1
    assert county(BASELINE="2023-05-02")["sealed"] == 1
    assert county(POOL="city")["pool_level"] == "city"
    assert county(AS_OF="2023-12-31")["renewed"] == 0


def test_only_the_balance_is_written_unless_more_is_asked_for(run, register, tmp_path):
    out = run("replacementledger", {**register, "BALANCE": str(tmp_path / "balance.gpkg")})
    assert list(out) == ["BALANCE"]
    assert os.listdir(tmp_path) == ["balance.gpkg"]
    table = QgsVectorLayer(out["BALANCE"])
    assert not table.isSpatial()
    assert {field.name(): field.typeName() for field in table.fields()}["baseline"] == "Date"


def test_all_files_or_none(run, register, tmp_path, monkeypatch):
    from overdraft.processing.layers import destination

    real = destination.write_file

    def failing(path, layer, context):
        if path.name == "lines.gpkg":
            raise QgsProcessingException("disk full")
        real(path, layer, context)

    monkeypatch.setattr(destination, "write_file", failing)
    wanted = {name: str(tmp_path / f"{name.lower()}.gpkg") for name in ("BALANCE", "LEDGER", "LINES")}
    with pytest.raises(QgsProcessingException, match="disk full"):
        run("replacementledger", {**register, **wanted})
    assert os.listdir(tmp_path) == []


def test_retirement_against_the_target_of_the_policy(run, register, rows_of):
    out = run("retirementbalance", {**register, "BALANCE": "memory:"})["BALANCE"]
    assert fields(out) == names("retirement_balance")
    row = next(row for row in rows_of(out) if row["unit_id"] == "650402")
    # 0.01° × 0.01° at 42.305°: about 825 m × 1111 m
    assert row["retired_mu"] == pytest.approx(825.0 * 1110.9 / MU, rel=0.01)
    assert row["target_mu"] == 66_000
    assert row["gap_mu"] == pytest.approx(66_000 - row["net_mu"])
    assert row["target_year"] == 2025
    assert row["registered_mu"] == pytest.approx(1400)


def test_targets_of_the_user_and_the_registered_basis(run, register, layer, rows_of):
    targets = layer(
        "None", {"unit_id": "text", "year": "int", "area_mu": "real"}, [(None, "650402", 2024, 1400.0)]
    )
    out = run(
        "retirementbalance",
        {**register, "TARGETS": targets, "AREA_BASIS": "registered", "BALANCE": "memory:"},
    )["BALANCE"]
    row = next(row for row in rows_of(out) if row["unit_id"] == "650402" and row["target_year"] == 2024)
    assert row["net_mu"] == pytest.approx(1400)
    assert row["met"] is True
    assert row["gap_mu"] == 0


def test_baseline_after_the_retirement_takes_it_out(run, register, rows_of):
    out = run("retirementbalance", {**register, "BASELINE": "2023-01-01", "BALANCE": "memory:"})["BALANCE"]
    assert next(row for row in rows_of(out) if row["unit_id"] == "650402")["net_mu"] == 0


@pytest.mark.parametrize("name", ["replacementledger", "retirementbalance"])
def test_cancel_leaves_nothing(run, register, listener, tmp_path, name):
    feedback = listener(cancel_at=40)
    out = run(name, {**register, "BALANCE": str(tmp_path / "balance.gpkg")}, feedback=feedback)
    assert "BALANCE" not in out
    assert os.listdir(tmp_path) == []
