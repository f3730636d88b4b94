"""Power: quantities, season, contradictions with water, conversion."""

from __future__ import annotations

import json

import pytest
from powered import AWAY, PERMIT, TOLI, UNITS, reading, scene, well
from saying import speaks

from build import outcomes, passed, run
from build import scene as bare_scene
from overdraft.core.rules.facts.energy_facts import well_years


class TestApproved:
    """Power up to the approved quantity."""

    def run(self, row, rows, as_of="2026-03-31", **roles):
        of = scene("toli-2024", wells=[{**well(), **TOLI, **row}], readings=rows, as_of=as_of, **roles)
        return speaks(run(of, "power.approved_kwh", "TOL-16c"))

    @pytest.mark.parametrize(
        ("sold", "outcome", "excess"),
        [
            pytest.param(26_000, "fail", (1_000, 2_000), id="AC-42"),
            pytest.param(25_000, None, None, id="AC-42-at-the-limit"),
            pytest.param(25_000.01, "fail", (0.01, 0.02), id="AC-42-just-above"),
        ],
    )
    def test_from_the_permit(self, sold, outcome, excess):
        found = self.run({**PERMIT, "permit_m3": 50_000, "m3_per_kwh_ratio": 2.0}, [reading(sold)])
        assert outcomes(found).get("A") == outcome
        if outcome:
            row = found.rows.iloc[0]
            assert (row["measured"], row["threshold"], row["period"]) == (sold, 25_000, "2025")
            values = json.loads(row["message_values"])
            assert (values["excess"], values["excess_m3"]) == pytest.approx(excess)

    @pytest.mark.parametrize("missing", ["permit_m3", "m3_per_kwh_ratio"])
    def test_without_permit_volume_or_coefficient(self, missing):
        row = {**PERMIT, "permit_m3": 50_000, "m3_per_kwh_ratio": 2.0, missing: None}
        assert outcomes(self.run(row, [reading(26_000)])) == {"A": "not_evaluated"}

    @pytest.mark.parametrize(("sold", "outcome"), [(24_000, "not_evaluated"), (26_000, "fail")])
    def test_a_year_that_is_not_over(self, sold, outcome):
        row = {**PERMIT, "permit_m3": 50_000, "m3_per_kwh_ratio": 2.0}
        found = self.run(row, [reading(sold)], as_of="2025-12-30")
        assert found.rows[["outcome", "period_state"]].to_numpy().tolist() == [[outcome, "open"]]
        assert outcomes(self.run(row, [reading(24_000)], as_of="2025-12-31")) == {}

    @pytest.mark.parametrize(("approved", "outcome"), [(300, None), (299, "fail")])
    def test_an_approved_account_comes_before_the_permit(self, approved, outcome):
        rows = [reading(100, month=5, account_no="X"), reading(200, month=6)]
        rows += [reading(0, month=month) for month in (1, 2, 3, 4, 7, 8, 9, 10, 11, 12)]
        found = self.run(
            {**PERMIT, "permit_m3": 10, "m3_per_kwh_ratio": 2.0, "account_no": "X"},
            rows,
            accounts=[{"account_no": "X", "approved_kwh": approved}],
        )
        assert outcomes(found) == ({"X": outcome} if outcome else {})
        assert passed(found) == (0 if outcome else 1)

    @pytest.mark.parametrize(("last", "outcome"), [(1, "not_evaluated"), (11, "not_evaluated"), (12, None)])
    def test_months_that_nobody_read_leave_it_open(self, last, outcome):
        """1000 kWh in January against 25,000: the other months may hold anything."""
        rows = [reading(1_000 if month == 1 else 0, month=month) for month in range(1, last + 1)]
        row = {**PERMIT, "permit_m3": 50_000, "m3_per_kwh_ratio": 2.0, "account_no": "X"}
        assert outcomes(self.run(row, rows)).get("A") == outcome
        accounts = [{"account_no": "X", "approved_kwh": 25_000}]
        assert outcomes(self.run(row, rows, accounts=accounts)).get("X") == outcome
        young = {**row, "commissioned_on": "2025-12-01"}
        alone = [reading(1_000, month=12)]
        assert outcomes(self.run(young, alone)) == outcomes(self.run(young, alone, accounts=accounts)) == {}
        assert outcomes(self.run(row, [reading(26_000, month=1)])) == {"A": "fail"}

    @pytest.mark.parametrize(
        ("sold", "links", "outcome", "key"),
        [
            (25_000, True, None, None),
            (25_001, True, "fail", "well_over"),
            (25_000, False, "not_evaluated", "well_shared_permit"),
            (25_001, False, "fail", "well_over"),
        ],
    )
    def test_the_volume_of_the_one_permit_of_the_well(self, sold, links, outcome, key):
        roles = {"permits": [{"permit_no": "P", "volume_m3": 50_000}]}
        roles |= {"permit_wells": [{"permit_no": "P", "well_id": "A"}]} if links else {}
        found = self.run({"permit_no": "P", "m3_per_kwh_ratio": 2.0}, [reading(sold)], **roles)
        assert outcomes(found).get("A") == outcome
        assert [one.rsplit(".")[-1] for one in found.rows["message_key"]] == ([key] if key else [])

    def test_other_places(self):
        assert self.run({"x": 87.2, "permit_m3": 1, "m3_per_kwh_ratio": 1}, [reading(9)]).rows.empty


class TestSeason:
    """Farm wells take power in the season, on a certificate."""

    SEASON = (4, 5, 6, 7, 8, 9, 10)

    def run(self, rows, documents=(), row=None, months=SEASON, read=range(1, 13), as_of="2026-03-31"):
        """Months of ``read`` that ``rows`` do not speak of were read as zero."""
        rows = [*rows, *(reading(0, month=one) for one in read if one not in {row["month"] for row in rows})]
        papers = {"documents": list(documents)} if documents is not None else {}
        wells = [{**well(), **TOLI, **(row or {})}]
        of = scene("toli-2024", wells=wells, readings=rows, as_of=as_of, **papers)
        with_ = {"months": months} if months else {}
        rows = speaks(run(of, "power.season", "TOL-16e", with_)).rows
        assert (
            not (rows["subject_role"] == "policy").any() or len(rows) == 1
        )  # no well of whom anything is asked
        rows = rows[rows["subject_role"] == "wells"]
        return {row.rule.rsplit(".")[-1]: (row.outcome, row.measured) for row in rows.itertuples()}

    def paper(self, issued=None, role="wells", name="A", year=2025):
        kind = {"document_id": "D", "kind": "power_certificate", "subject_role": role, "subject_id": name}
        return {**kind, "year": year, "issued_on": issued}

    @pytest.mark.parametrize(
        ("month", "energy", "certified", "expected"),
        [
            pytest.param(12, 300, True, {"off": ("fail", 300)}, id="AC-43-December"),
            pytest.param(4, 500, False, {"certificate": ("fail", 500)}, id="AC-43-April-without-certificate"),
            pytest.param(4, 500, True, {}, id="AC-43-April-with-certificate"),
            pytest.param(10, 500, True, {}, id="AC-43-last-month"),
            pytest.param(3, 500, True, {"off": ("fail", 500)}, id="AC-43-month-before"),
            pytest.param(12, 0, False, {}, id="AC-43-no-energy"),
        ],
    )
    def test_month_by_month(self, month, energy, certified, expected):
        papers = [self.paper("2025-03-20" if certified else "2025-11-01")]
        assert self.run([reading(energy, month=month)], papers) == expected

    def test_months_before_the_certificate(self):
        rows = [reading(10, month=4), reading(20, month=5), reading(40, month=6)]
        assert self.run(rows, [self.paper("2025-05-31")]) == {"certificate": ("fail", 10)}
        assert self.run(rows, [self.paper(None)]) == {"certificate": ("not_evaluated", 70)}
        assert self.run(rows, [self.paper("2025-03-01", year=2024)]) == {"certificate": ("fail", 70)}

    @pytest.mark.parametrize(
        ("read", "row", "expected"),
        [
            # only July: November to March and, before the certificate of May, April are open
            ((7,), {}, {"off": ("not_evaluated", 0), "certificate": ("not_evaluated", 0)}),
            ((1, 2, 3, 7, 11, 12), {}, {"certificate": ("not_evaluated", 0)}),
            ((1, 2, 3, 4, 7, 11, 12), {}, {}),
            ((7, 11, 12), {"commissioned_on": "2025-07-01"}, {}),
            ((1, 2, 3, 4), {"status": "shut", "status_on": "2025-07-20"}, {}),
        ],
    )
    def test_a_month_that_nobody_read_is_not_one_without_power(self, read, row, expected):
        assert self.run([reading(10, month=7)], [self.paper("2025-05-01")], row, read=read) == expected
        december = [reading(10, month=7), reading(3, month=12)]
        assert self.run(december, [self.paper("2025-05-01")], row, read=read)["off"][0] == "fail"

    def test_a_year_that_is_not_over_has_no_verdict(self):
        rows, papers = [reading(10, month=5)], [self.paper("2025-03-01")]
        both = {"off": ("not_evaluated", 0), "certificate": ("not_evaluated", 0)}
        assert self.run(rows, papers, as_of="2025-12-30") == both
        assert self.run(rows, papers, as_of="2025-12-31") == {}
        assert self.run([reading(10, month=1)], papers, as_of="2025-12-30")["off"] == ("fail", 10)

    @pytest.mark.parametrize(("role", "name"), [("accounts", "X"), ("users", "U")])
    def test_a_certificate_of_the_account_or_user(self, role, name):
        row = {"account_no": "X", "user_id": "U"}
        assert self.run([reading(10, month=4)], [self.paper("2025-03-01", role, name)], row) == {}

    def test_what_is_missing(self):
        assert self.run([reading(10, month=4)], None) == {"certificate": ("not_evaluated", 10)}
        assert self.run([reading(10)], [self.paper()]) == {
            "off": ("not_evaluated", 0),
            "certificate": ("not_evaluated", 0),
        }
        spread = [reading(10), reading(4, month=5)]
        assert self.run(spread, [self.paper("2025-01-01")])["off"] == ("not_evaluated", 0)
        assert self.run([reading(4), reading(4, month=5)], [self.paper("2025-01-01")]) == {}
        assert self.run([reading(10, month=12)], [self.paper()], {"use": None}) == {"off": ("review", 10)}
        of = scene("toli-2024", wells=[{**well(), **TOLI}], readings=[reading(10, month=12)])
        found = run(of, "power.season", "TOL-16e", None, {"months": "power.season_months"})
        assert found.rows[["subject_role", "outcome"]].to_numpy().tolist() == [["policy", "not_evaluated"]]

    def test_other_uses_and_places(self):
        for row in ({"use": "industry"}, AWAY):
            assert self.run([reading(10, month=12)], [self.paper()], row) == {}


class TestWaterMismatch:
    """Water without power, power without water."""

    @pytest.mark.parametrize(
        ("pairs", "outcome", "key"),
        [
            ([(5, 9), (0, 0)], None, None),
            ([(5, 0)], "review", "water_no_power"),
            ([(0, 9)], "review", "power_no_water"),
            ([(5, 0), (0, 9)], "review", "both"),
            ([(5, None), (None, 9)], "not_evaluated", "one_figure"),
            ([(5, None), (0, 9)], "review", "power_no_water"),
            ([(5, 9), (5, None)], "not_evaluated", "one_figure"),
            ([(5, 9), (None, 0)], "not_evaluated", "one_figure"),
        ],
    )
    def test_periods(self, pairs, outcome, key):
        rows = [
            {"well_id": "A", "year": 2025, "month": month, "volume_m3": water, "energy_kwh": energy}
            for month, (water, energy) in enumerate(pairs, 1)
        ]
        found = speaks(run(scene(wells=[well()], readings=rows), "power.water_mismatch", "TLF-5.5"))
        assert outcomes(found).get("A") == outcome
        if key:
            assert found.rows.iloc[0]["message_key"] == f"power.water_mismatch.{key}"
        year = {"well_id": "A", "year": 2025, "volume_m3": 7}
        whole = [year, *(reading(float(month), month=month) for month in range(1, 13))]
        assert run(scene(wells=[well()], readings=whole), "power.water_mismatch", "TLF-5.5").rows.empty
        dry = [{**year, "volume_m3": 0}, *whole[1:]]
        assert len(run(scene(wells=[well()], readings=dry), "power.water_mismatch", "TLF-5.5").rows) == 1
        away = scene(wells=[well(**AWAY)], readings=rows)
        assert run(away, "power.water_mismatch", "TLF-5.5").rows.empty


class TestConverted:
    """Farm wells without a meter have their water from their energy."""

    def world(self, row, rows=None, **roles):
        rows = rows or [reading(12_000)]
        inside = [{**UNITS[0], "unit_id": "150625", "name": "杭锦旗"}, UNITS[1]]
        return bare_scene("hangjin-2023", units=inside, wells=[well(**row)], readings=rows, **roles)

    def judge(self, row, rows=None, **roles):
        return speaks(run(self.world(row, rows, **roles), "power.converted", "HJQ-3.4e"))

    @pytest.mark.parametrize(
        ("ratio", "volume", "outcome"),
        [
            pytest.param(2.5, 30_000, None, id="AC-50"),
            pytest.param(None, None, "not_evaluated", id="AC-50-no-coefficient"),
        ],
    )
    def test_energy_times_coefficient(self, ratio, volume, outcome):
        row = {"metered": False, "m3_per_kwh_ratio": ratio}
        assert outcomes(self.judge(row)).get("A") == outcome
        converted = well_years(self.world(row))["converted_m3"].tolist()
        assert converted == pytest.approx([volume if volume else float("nan")], nan_ok=True)

    def test_a_coefficient_of_the_unit(self):
        index = {"subject_role": "units", "subject_id": "杭锦旗", "year": 2025, "measure": "kwh_coefficient"}
        rows = [{**index, "value": 2.5, "unit": "m3/kWh"}]
        found = self.judge({"metered": False}, indices=rows)
        assert found.rows.empty
        assert passed(found) == 1

    @pytest.mark.parametrize(
        ("ratio", "outcome"), [(0.5, None), (8, None), (0.49, "review"), (8.1, "review")]
    )
    def test_range(self, ratio, outcome):
        found = self.judge({"metered": False, "m3_per_kwh_ratio": ratio})
        assert outcomes(found).get("A") == outcome
        if outcome:
            assert found.rows.iloc[0]["unverified"] == '["e2w.max","e2w.min"]'

    def test_metered_wells_other_uses_and_places_are_not_asked(self):
        metered = [reading(12_000, volume_m3=5)]
        assert self.judge({"metered": True}, metered).rows.empty
        assert self.judge({"metered": False, "use": "industry"}).rows.empty
        assert self.judge({"metered": False, **AWAY}).rows.empty
        assert outcomes(self.judge({"metered": True})) == {"A": "not_evaluated"}
