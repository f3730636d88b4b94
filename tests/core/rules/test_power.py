"""Power: who must have none, papers and data that are owed, quantities, season, contradictions, conversion."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import box

from build import outcomes, passed, run
from build import scene as bare_scene
from overdraft.core.messages import render
from overdraft.core.rules.facts.energy_facts import well_years

PERMIT = {"permit_no": "取水(新吐)字1号"}
TOLI = {"x": 83.6, "y": 45.9}
AWAY = {"x": 87.2}
DOMESTIC = {"deep_uses": ("rural_drinking", "urban_supply", "emergency")}
UNITS = [
    {"unit_id": unit, "name": name, "level": "county", "geometry": box(x - 0.5, 42, x + 0.5, 46)}
    for unit, name, x in (
        ("650402", "高昌区", 89.2),
        ("650121", "乌鲁木齐县", 87.2),
        ("654224", "托里县", 83.6),
    )
]


def well(name="A", **more):
    return {"well_id": name, **more}


def scene(policy="turpan-2021", **roles):
    return bare_scene(policy, units=UNITS, **roles)


def reading(energy, well="A", year=2025, month=None, **more):
    return {"well_id": well, "year": year, "month": month, "energy_kwh": energy, **more}


def sentences(found):
    """Every finding can be said in both languages with nothing left out."""
    for row in found.rows.itertuples():
        for language in ("en", "zh"):
            assert "{" not in render(row.message_key, json.loads(row.message_values), language)
    return found


class TestBarred:
    """No permit or no meter, no power."""

    def judge(self, row, with_=None, **roles):
        found = sentences(run(scene(wells=[row], **roles), "power.barred", "TLF-4.4d", with_))
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
        return outcomes(sentences(run(of, "power.illegal", "TLF-4.4e", with_))).get("A")

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
        found = sentences(run(scene(wells=[well()], readings=rows), "power.voucher", "TLF-4.4f"))
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
        return sentences(run(of, "power.completeness", "TLF-4.4g", with_))

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
        return sentences(run(scene("toli-2024", **roles), "power.links", "TOL-16a"))

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


class TestApproved:
    """Power up to the approved quantity."""

    def run(self, row, rows, as_of="2026-03-31", **roles):
        of = scene("toli-2024", wells=[{**well(), **TOLI, **row}], readings=rows, as_of=as_of, **roles)
        return sentences(run(of, "power.approved_kwh", "TOL-16c"))

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
        rows = sentences(run(of, "power.season", "TOL-16e", with_)).rows
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
        found = sentences(run(scene(wells=[well()], readings=rows), "power.water_mismatch", "TLF-5.5"))
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
        return sentences(run(self.world(row, rows, **roles), "power.converted", "HJQ-3.4e"))

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
