"""Power: who must have none, papers and data that are owed, links of wells and accounts."""

from __future__ import annotations

import pytest
from powered import AWAY, DOMESTIC, PERMIT, TOLI, reading, scene, well
from saying import speaks

from build import outcomes, passed, run


class TestBarred:
    """No permit or no meter, no power."""

    def judge(self, row, with_=None, **roles):
        found = speaks(run(scene(wells=[row], **roles), "power.barred", "TLF-4.4d", with_))
        if found.rows.empty:
            return (None, "power" if passed(found) else "out of scope")
        return tuple(found.rows.iloc[0][["outcome", "action"]])

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            pytest.param({**PERMIT, "metered": False}, "no_power", id="AC-27-permit-yes-meter-no"),
            pytest.param({"metered": True}, "no_power", id="AC-27-permit-no-meter-yes"),
            pytest.param({**PERMIT, "metered": True}, "power", id="AC-27-both"),
            pytest.param({"metered": False}, "no_power", id="AC-27-neither"),
        ],
    )
    def test_either_lack_suffices(self, row, expected):
        assert self.judge(well(**row))[1] == expected
        connected = self.judge(well(**row, account_no="X"))
        assert connected == ((None, "power") if expected == "power" else ("fail", "cut_power"))

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ({**PERMIT, "metered": False}, (None, "power")),
            ({"metered": True}, (None, "power")),
            ({"metered": False}, ("review", "no_power")),
            ({"metered": None}, ("not_evaluated", "supply_data")),
            ({**PERMIT, "metered": None}, (None, "power")),
        ],
    )
    def test_the_other_reading_asks_for_both_lacks(self, row, expected):
        assert self.judge(well(**row), {"lacks": "both"}) == expected

    def test_a_well_for_monitoring_needs_neither(self):
        observed = well(use="monitoring", metered=False)
        assert self.judge(observed) == (None, "out of scope")
        assert self.judge({**observed, "account_no": "X"}) == (None, "out of scope")
        for taken in ({"volume_m3": 5}, {"energy_kwh": 5}):
            rows = [{"well_id": "A", "year": 2025, **taken}]
            assert self.judge({**observed, "account_no": "X"}, readings=rows)[0] == "review"

    @pytest.mark.parametrize(
        ("permit", "with_", "expected"),
        [
            ({"permit_to": "2020-01-01"}, None, ("review", "reapply")),
            ({"permit_to": "2026-03-31"}, None, (None, "power")),
            ({"permit_to": "2020-01-01"}, {"lacks": "both"}, (None, "power")),
            ({"permit_to": "2020-01-01", "metered": False}, {"lacks": "both"}, ("review", "reapply")),
            ({"permit_to": "2020-01-01", "metered": None}, None, ("review", "reapply")),
        ],
    )
    def test_a_permit_that_has_ended(self, permit, with_, expected):
        assert self.judge(well(**{"metered": True, **PERMIT, **permit}), with_) == expected

    def test_what_nobody_says_and_who_is_not_asked(self):
        assert self.judge(well(**PERMIT)) == ("not_evaluated", "supply_data")
        assert self.judge(well()) == ("review", "no_power")
        assert self.judge(well(status="sealed")) == (None, "out of scope")
        assert self.judge(well(status="sealed", account_no="X")) == ("fail", "cut_power")
        assert self.judge(well(metered=False, **AWAY)) == (None, "out of scope")

    @pytest.mark.parametrize(("year", "outcome"), [(2024, "review"), (2025, "fail"), (2026, "fail")])
    def test_energy_of_late_shows_supply(self, year, outcome):
        assert self.judge(well(), readings=[reading(1, year=year)])[0] == outcome


class TestIllegal:
    """Illegal wells lose their power."""

    def judge(self, row, energy=None, with_=None, **roles):
        readings = [] if energy is None else [reading(energy)]
        of = scene(wells=[row], **({"readings": readings} if readings else {}), **roles)
        return outcomes(speaks(run(of, "power.illegal", "TLF-4.4e", with_))).get("A")

    @pytest.mark.parametrize(
        ("permit", "energy", "outcome"),
        [
            ({"permit_to": "2020-12-31"}, 1000, "fail"),
            ({"permit_to": "2020-12-31"}, 0, None),
            ({"permit_to": "2020-12-31", "account_no": "X"}, None, "review"),
            ({"permit_to": "2020-12-31"}, None, "not_evaluated"),
            ({"permit_to": "2025-06-30"}, 1000, "review"),  # taken before or after its end
            ({"permit_to": "2026-03-31"}, 1000, None),
        ],
    )
    def test_a_permit_that_has_ended(self, permit, energy, outcome):
        assert self.judge(well(**PERMIT, **permit), energy) == outcome

    def test_a_permit_marked_expired_or_suspended(self):
        for state, end, outcome in (
            ("expired", "2020-12-31", "fail"),
            ("expired", None, "review"),
            ("suspended", "2030-12-31", "review"),
        ):
            paper = {**PERMIT, "state": state, "valid_to": end}
            assert self.judge(well(**PERMIT), 1000, permits=[paper]) == outcome

    @pytest.mark.parametrize(
        ("row", "energy", "outcome"),
        [
            ({"aquifer": "deep_confined"}, 100, "fail"),
            ({"aquifer": "mixed", "use": "industry"}, 100, "fail"),
            ({"aquifer": "deep_confined", "use": "rural_drinking"}, 100, None),
            ({"aquifer": "deep_confined"}, 0, None),
            ({"aquifer": "deep_confined", "account_no": "X"}, None, "review"),
            ({"aquifer": "shallow"}, 100, None),
            ({"aquifer": None}, 100, "not_evaluated"),
            ({"aquifer": None, "use": "emergency"}, 100, None),
            ({"aquifer": "deep_confined", "use": None}, 100, "not_evaluated"),
        ],
    )
    def test_deep_confined_water_for_a_use_that_may_not_take_it(self, row, energy, outcome):
        assert self.judge(well(**PERMIT, **row), energy, DOMESTIC) == outcome
        assert self.judge(well(**PERMIT, **row), energy) is None

    def test_a_well_for_monitoring_is_no_illegal_one(self):
        observed = well(use="monitoring", account_no="X", aquifer="deep_confined")
        assert self.judge(observed, None, DOMESTIC) is None
        assert self.judge(observed, 0, DOMESTIC) is None
        assert self.judge(observed, 100, DOMESTIC) == "review"

    @pytest.mark.parametrize(
        ("row", "energy", "outcome"),
        [
            ({}, 5, "fail"),
            ({}, 0, None),
            ({}, None, "not_evaluated"),
            ({"account_no": "X"}, 0, None),
            ({"account_no": "X"}, None, "review"),
            (PERMIT, 5, None),
            ({**PERMIT, "deregistered_on": "2024-01-01"}, 5, "fail"),
            ({"status": "sealed"}, 5, "fail"),
            ({"status": "proposed"}, None, None),
            (AWAY, 5, None),
        ],
    )
    def test_one_well(self, row, energy, outcome):
        assert self.judge(well(**row), energy) == outcome

    @pytest.mark.parametrize(
        ("month", "barred", "illegal"),
        [(5, None, None), (6, None, None), (7, "fail", "fail")],
    )
    def test_what_a_well_drew_before_it_was_closed_was_its_right(self, month, barred, illegal):
        """Sealed on 20 June, its permit cancelled with it: the month of the sealing tells nothing either."""
        sealed = well(status="sealed", status_on="2025-06-20", deregistered_on="2025-06-20", **PERMIT)
        of = scene(wells=[sealed], readings=[reading(40, month=month)])
        assert outcomes(run(of, "power.barred", "TLF-4.4d")).get("A") == barred
        assert outcomes(run(of, "power.illegal", "TLF-4.4e")).get("A") == illegal

    def test_a_closed_well_without_account_and_energy_needs_no_answer(self):
        assert self.judge(well(status="sealed", status_on="2023-06-20")) is None
        assert self.judge(well(status="sealed", status_on="2023-06-20", account_no="X")) == "review"

    @pytest.mark.parametrize(
        ("case", "outcome"),
        [
            ({"kind": "illegal_drilling", "state": "open"}, "fail"),
            ({"kind": "illegal_drilling", "state": "rectified"}, None),
            ({"kind": "illegal_drilling", "closed_on": "2025-01-01"}, None),
            ({"kind": "fee_arrears", "state": "open"}, None),
        ],
    )
    def test_an_open_violation_makes_a_well_illegal(self, case, outcome):
        violation = {"violation_id": "V", "subject_role": "wells", "subject_id": "A", **case}
        assert self.judge(well(**PERMIT), 5, violations=[violation]) == outcome


class TestVoucher:
    """Power is bought on papers."""

    @pytest.mark.parametrize(
        ("vouchers", "outcome", "sold"),
        [
            (("V1", "V2"), None, None),
            (("V1", None), "fail", 20),
            ((None, None), "not_evaluated", 30),
        ],
    )
    def test_each_purchase(self, vouchers, outcome, sold):
        rows = [reading(10, month=1, voucher_no=vouchers[0]), reading(20, month=2, voucher_no=vouchers[1])]
        found = speaks(run(scene(wells=[well()], readings=rows), "power.voucher", "TLF-4.4f"))
        assert outcomes(found).get("A") == outcome
        if sold:
            assert found.rows.iloc[0]["measured"] == sold

    def test_no_energy_needs_none_and_other_places_are_not_asked(self):
        rows = [reading(0, month=1), reading(5, "B", month=1, voucher_no="V"), reading(5, "C", month=1)]
        found = run(
            scene(wells=[well(), well("B"), well("C", **AWAY)], readings=rows), "power.voucher", "TLF-4.4f"
        )
        assert found.rows.empty
        assert outcomes(run(scene(wells=[well()]), "power.voucher", "TLF-4.4f")) == {
            "TLF-4.4f": "not_evaluated"
        }


class TestCompleteness:
    """A record for each well and month."""

    def run(self, rows, wells=None, with_=None, as_of="2026-03-31"):
        of = scene(wells=wells or [well(account_no="X")], readings=rows, as_of=as_of)
        return speaks(run(of, "power.completeness", "TLF-4.4g", with_))

    def test_twelve_months_a_year(self):
        rows = [reading(0, month=month) for month in range(1, 13)]
        assert self.run(rows).rows.empty
        found = self.run(rows[:9])
        assert found.rows[["outcome", "period", "measured"]].to_numpy().tolist() == [["review", "2025", 75.0]]
        assert found.rows.iloc[0]["unverified"] == '["power.months_per_year"]'

    def test_another_interval(self):
        rows = [reading(5, month=month) for month in (2, 4, 6, 8, 10, 12)]
        assert self.run(rows, with_={"months_per_year": 6}).rows.empty
        assert len(self.run(rows[:5], with_={"months_per_year": 6}).rows) == 1
        assert self.run([reading(5)], with_={"months_per_year": 1}).rows.empty

    def test_wells_with_an_account_and_no_record_are_told(self):
        rows = [reading(0, month=month) for month in range(1, 13)]
        found = self.run(
            rows, [well(), well("B", account_no="Y"), well("C"), well("D", account_no="Z", **AWAY)]
        )
        assert outcomes(found, "measured") == {"B": 0.0}

    def test_only_months_that_are_over_and_at_work(self):
        rows = [reading(0, month=month) for month in (1, 2)]
        assert self.run(rows, as_of="2025-03-30").rows.empty
        assert len(self.run(rows, as_of="2025-03-31").rows) == 1
        closed = [well(account_no="X", status="shut", status_on="2025-02-10")]
        assert self.run(rows, closed).rows.empty

    def test_no_energy_at_all(self):
        found = self.run([{"well_id": "A", "year": 2025, "volume_m3": 5}])
        assert outcomes(found) == {"TLF-4.4g": "not_evaluated"}


class TestLinks:
    """Wells and accounts."""

    def run(self, **roles):
        return speaks(run(scene("toli-2024", **roles), "power.links", "TOL-16a"))

    def test_wells(self):
        wells = [well("A", account_no="X"), well("B"), well("C"), well("D", status="sealed"), well("E")]
        wells.append(well("M", use="monitoring"))
        wells = [{**one, **TOLI} for one in wells] + [well("F", x=87.2)]
        found = self.run(
            wells=wells, readings=[reading(5, "B")], account_wells=[{"account_no": "Y", "well_id": "E"}]
        )
        assert outcomes(found) == {"B": "fail", "C": "review"}

    @pytest.mark.parametrize(
        ("links", "outcome"),
        [
            ([("A", None)], None),
            ([], "fail"),
            ([("Q", None)], "fail"),
            ([("A", None), ("Q", None)], None),
            ([("A", 0.5), ("B", 0.5)], None),
            ([("A", 0.5), ("B", 0.4)], "review"),
            ([("A", None), ("B", None)], "review"),
        ],
    )
    def test_accounts(self, links, outcome):
        rows = [{"account_no": "X", "well_id": name, "share_ratio": share} for name, share in links]
        found = self.run(
            wells=[well("A", account_no="W", **TOLI), well("B", account_no="W2", **TOLI)],
            accounts=[{"account_no": "X", "approved_kwh": 5}],
            account_wells=rows or [{"account_no": "W", "well_id": "A"}],
        )
        assert outcomes(found).get("X") == outcome

    def test_accounts_of_wells_elsewhere_are_out_of_scope(self):
        found = self.run(
            wells=[well("A", **AWAY), well("B", **AWAY)],
            accounts=[{"account_no": "X"}],
            account_wells=[{"account_no": "X", "well_id": name} for name in "AB"],
        )
        assert found.rows.empty


def test_order_of_rows_changes_nothing():
    wells = [
        well(name, account_no=account, metered=True)
        for name, account in (("A", "X"), ("B", None), ("C", "X"))
    ]
    rows = [reading(energy, name, month=month) for name in "ABC" for month, energy in enumerate((5, 0, 9), 1)]
    rows += [reading(7, None, month=4, account_no="X")]
    for rule, clause in (
        ("power.barred", "TLF-4.4d"),
        ("power.illegal", "TLF-4.4e"),
        ("power.voucher", "TLF-4.4f"),
        ("power.completeness", "TLF-4.4g"),
        ("power.links", "TLF-4.4g"),
        ("power.approved_kwh", "TLF-4.4g"),
        ("power.water_mismatch", "TLF-5.5"),
    ):
        first = run(scene(wells=wells, readings=rows), rule, clause)
        second = run(scene(wells=wells[::-1], readings=rows[::-1]), rule, clause)
        columns = ["rule", "subject_id", "period", "outcome", "measured", "message_values"]
        left, right = (one.rows[columns].sort_values(columns[:3]).astype(str) for one in (first, second))
        assert left.to_numpy().tolist() == right.to_numpy().tolist()
        for one in (first, second):
            assert (
                one.counts["n_subjects"] == one.counts[["n_pass", "n_rows", "n_out_of_scope"]].sum(axis=1)
            ).all()
