"""Readings of meters: gaps, impossible, frozen and repeated ones; meters that contradict the register."""

from __future__ import annotations

import pandas as pd
import pytest
from metered import AWAY, checks, months, scene, well
from saying import speaks

from build import outcomes, passed, run


class TestReadings:
    """Gaps, impossible, frozen and repeated readings."""

    def run(self, rows, wells=None, as_of="2026-03-31"):
        wells = wells or [well("A", True)]
        found = run(scene(wells=wells, readings=rows, as_of=as_of), "meters.readings", "TLF-3.5a")
        speaks(found)
        return found

    FULL = tuple(range(10, 22))

    def test_a_full_year_passes_every_question(self):
        found = self.run(months("A", self.FULL))
        assert found.rows.empty
        assert passed(found) == 1

    def test_missing_months(self):
        found = self.run(months("A", self.FULL[:7]))
        assert checks(found, "missing") == {("A", "2024"): 5}
        assert found.rows["outcome"].tolist() == ["review"]

    def test_months_with_an_empty_volume_are_missing(self):
        assert checks(self.run(months("A", [5, None, *self.FULL[2:]])), "missing") == {("A", "2024"): 1}

    def test_a_figure_for_the_year_will_do(self):
        assert self.run([{"well_id": "A", "year": 2024, "volume_m3": 5}]).rows.empty

    def test_a_well_without_any_reading_is_asked_in_the_years_of_the_others(self):
        wells = [well("A", True), well("B", True), well("C", False), well("D", True, use="monitoring")]
        assert checks(self.run(months("A", self.FULL), wells), "missing") == {("B", "2024"): 12}

    @pytest.mark.parametrize(
        ("row", "missing"),
        [
            ({"commissioned_on": "2024-11-20"}, 2),
            ({"status": "sealed", "status_on": "2024-03-05"}, 3),
            ({"status": "sealed", "status_on": "2023-12-31"}, None),
            ({"commissioned_on": "2025-01-01"}, None),
        ],
    )
    def test_only_months_at_work_are_expected(self, row, missing):
        wells = [well("A", True), well("B", True, **row)]
        assert checks(self.run(months("A", self.FULL), wells), "missing").get(("B", "2024")) == missing

    @pytest.mark.parametrize(("as_of", "missing"), [("2024-05-30", {}), ("2024-05-31", {("A", "2024"): 1})])
    def test_a_month_counts_when_it_is_over(self, as_of, missing):
        assert checks(self.run(months("A", (1, 2, 3, 4)), as_of=as_of), "missing") == missing

    def test_below_zero(self):
        found = self.run(months("A", [*self.FULL[:11], -3]))
        assert checks(found, "negative") == {("A", "2024"): 1}
        assert checks(found, "missing") == {("A", "2024"): 1}

    @pytest.mark.parametrize(
        ("values", "frozen"),
        [
            ((7, 7, 8, 9, 7, 7, 1, 2, 3, 4, 5, 6), {}),
            ((7, 7, 7, 9, 8, 7, 1, 2, 3, 4, 5, 6), {("A", "2024"): 3}),
            ((0, 0, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6), {}),
            ((1, 2, 3, 4, 5, 6, 8, 9, 9, 9, 9, 9), {("A", "2024"): 5}),
        ],
    )
    def test_frozen(self, values, frozen):
        assert checks(self.run(months("A", values)), "frozen") == frozen

    def test_frozen_over_the_new_year_and_not_over_a_gap_or_another_well(self):
        wells = [well("A", True), well("B", True)]
        rows = months("A", (9, 9), 2023, 11) + months("A", (9,), 2024)
        assert checks(self.run(rows, wells), "frozen") == {("A", "2024"): 3}
        rows = months("A", (9, 9), 2023, 11) + months("A", (9,), 2024, 2) + months("B", (9,), 2024, 1)
        assert checks(self.run(rows, wells), "frozen") == {}

    def test_repeated(self):
        rows = [*months("A", self.FULL), {"well_id": "A", "year": 2024, "month": 3, "volume_m3": 9}]
        assert checks(self.run(rows), "duplicate") == {("A", "2024"): 2}
        fine = months("A", self.FULL) + months("A", (1,), 2024, 3, account_no="Z")
        fine += months("A", (12,), 2024, 3, as_of="2025-01-01")
        assert checks(self.run(fine), "duplicate") == {}

    def test_no_volumes_and_no_readings(self):
        found = self.run([{"well_id": "A", "year": 2024, "energy_kwh": 5}])
        assert outcomes(found) == {"TLF-3.5a": "not_evaluated"}
        assert outcomes(run(scene(wells=[well("A")]), "meters.readings", "TLF-3.5a")) == {
            "TLF-3.5a": "not_evaluated"
        }

    def test_wells_elsewhere_are_out_of_scope(self):
        found = self.run(months("A", (-1,)), [well("A", True, **AWAY)])
        assert found.rows.empty
        assert found.counts["n_out_of_scope"].sum() == 1

    def test_order_of_rows_changes_nothing(self):
        rows = months("A", (7, 7, 7, -1, 5)) + months("B", (1, 1), 2023) + months("B", (2, 2, 2, 2))
        wells = [well("A", True), well("B", True)]
        first, second = self.run(rows, wells), self.run(rows[::-1], wells[::-1])
        for check in ("missing", "negative", "frozen", "duplicate"):
            assert checks(first, check) == checks(second, check)


class TestMismatch:
    """Reported, metered and power-derived volumes."""

    def run(self, reading, reported=None, ratio=2.0, tolerance=0.1, county="高昌区"):
        rows = [{"well_id": "A", "year": 2024, **reading}]
        indices = [
            {
                "subject_role": "wells",
                "subject_id": "A",
                "year": 2024,
                "measure": "use",
                "value": reported,
                "unit": "m3",
            }
        ]
        of = scene(
            wells=[well("A", True, county, m3_per_kwh_ratio=ratio)],
            readings=rows,
            **({"indices": indices} if reported is not None else {}),
        )
        found = run(of, "meters.mismatch", "TLF-5.3", {"tolerance_ratio": tolerance})
        speaks(found)
        return found

    @pytest.mark.parametrize(
        ("reading", "reported", "outcome", "measured"),
        [
            ({"volume_m3": 1000, "energy_kwh": 550}, None, None, None),  # 1100 against 1000: exactly 10 %
            ({"volume_m3": 1000, "energy_kwh": 551}, None, "review", 0.102),
            ({"volume_m3": 1000, "energy_kwh": 449}, None, "review", 0.102),
            ({"volume_m3": 1000, "energy_kwh": None}, 1100, None, None),
            ({"volume_m3": 1000, "energy_kwh": None}, 880, "review", 0.12),
            ({"volume_m3": None, "energy_kwh": 500}, 880, "review", 0.12),
            ({"volume_m3": 1000, "energy_kwh": 500}, 1300, "review", 0.3),
            ({"volume_m3": 1000, "energy_kwh": None}, None, "not_evaluated", None),
            ({"volume_m3": 0, "energy_kwh": 500}, None, "review", None),
            ({"volume_m3": 0, "energy_kwh": 0}, None, None, None),
        ],
    )
    def test_largest_difference(self, reading, reported, outcome, measured):
        found = self.run(reading, reported)
        assert outcomes(found).get("A") == outcome
        if measured is not None:
            assert found.rows.iloc[0]["measured"] == pytest.approx(measured)

    def test_without_coefficient_power_says_nothing(self):
        found = self.run({"volume_m3": 1000, "energy_kwh": 1}, ratio=None)
        assert outcomes(found) == {"A": "not_evaluated"}

    def test_no_tolerance_and_other_places(self):
        found = self.run({"volume_m3": 1000, "energy_kwh": 9}, tolerance=None)
        assert outcomes(found) == {"TLF-5.3": "not_evaluated"}
        assert self.run({"volume_m3": 1000, "energy_kwh": 9}, county="away").rows.empty

    def test_a_tighter_tolerance_never_clears(self):
        for energy in range(300, 700, 25):
            wide, tight = (
                outcomes(self.run({"volume_m3": 1000, "energy_kwh": energy}, tolerance=one))
                for one in (0.2, 0.1)
            )
            assert not (wide and not tight)


def test_counts_add_up():
    rows = months("A", (7, 7, 7, -1)) + months("B", (1, 2), 2023)
    of = scene(wells=[well("A", True), well("B", True), well("C", True, **AWAY)], readings=rows)
    found = run(of, "meters.readings", "TLF-3.5a")
    counts = found.counts
    assert (counts["n_subjects"] == counts[["n_pass", "n_rows", "n_out_of_scope"]].sum(axis=1)).all()
    assert len(found.rows) == counts["n_rows"].sum()
    assert isinstance(found.rows, pd.DataFrame)
