"""Meters: coverage of units, single wells, stale data, checks."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from metered import AWAY, BY_2022, CITY, GAOCHANG, SHANSHAN, scene, well
from saying import speaks

from build import frame_of, outcomes, passed, run
from build import scene as bare_scene
from overdraft.core.policy import load_policy
from overdraft.core.policy.settings import with_settings
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of


class TestCoverage:
    """Share of points with what is required, by unit and for the whole area."""

    @pytest.mark.parametrize(
        ("n_metered", "outcome", "share", "gap"),
        [
            pytest.param(6850, "fail", 98.96, 72, id="AC-13"),
            pytest.param(6922, None, 100.0, 0, id="AC-13-complete"),
        ],
    )
    def test_wells(self, n_metered, outcome, share, gap):
        raw = frame_of("wells", [well("x")] * 6922)
        raw["well_id"] = [f"W{n}" for n in range(6922)]
        raw["metered"] = np.arange(6922) < n_metered
        meters = pd.DataFrame(
            {"meter_id": raw["well_id"], "well_id": raw["well_id"], "installed_on": "2022-06-01"}
        )
        found = run(
            scene(wells=raw, meters=meters),
            "meters.coverage",
            "TLF-1.2a",
            {**BY_2022, "recorded_count": 6922},
        )
        city = found.rows[found.rows["subject_id"] == CITY]
        if outcome is None:
            assert city.empty
            assert passed(found) == 2  # Gaochang and the city
            return
        row = city.iloc[0]
        assert (row["outcome"], row["action"], row["period_state"]) == (outcome, "meter", "overdue")
        assert round(row["measured"], 2) == share
        assert row["measured"] == pytest.approx(6850 / 6922 * 100, rel=1e-12)
        assert f'"gap":{gap}' in row["evidence"]
        assert '"share_of_recorded_count":98.95' in row["evidence"]
        speaks(found)

    @pytest.mark.parametrize(
        ("n_metered", "expected"),
        [pytest.param(32, {}, id="AC-13-intakes"), pytest.param(31, {GAOCHANG: "fail", CITY: "fail"})],
    )
    def test_intakes(self, n_metered, expected):
        rows = [
            {"intake_id": f"I{n}", "level": "first", "metered": n < n_metered, "metered_on": "2022-12-31"}
            for n in range(32)
        ]
        rows.append({"intake_id": "second", "level": "second", "metered": False})
        given = {**BY_2022, "intake_level": "first", "recorded_count": 32}
        found = run(scene(wells=[well("A")], intakes=rows), "meters.intake_coverage", "TLF-1.2a", given)
        assert outcomes(found) == expected
        speaks(found)

    @pytest.mark.parametrize(
        ("as_of", "outcome", "state"),
        [
            ("2022-12-31", "not_evaluated", "in_window"),
            ("2023-01-01", "fail", "overdue"),
        ],
    )
    def test_due_day_is_included(self, as_of, outcome, state):
        found = run(scene(wells=[well("A", False)], as_of=as_of), "meters.coverage", "TLF-1.2a", BY_2022)
        assert outcomes(found) == {GAOCHANG: outcome, CITY: outcome}
        assert set(found.rows["period_state"]) == {state}
        assert set(found.rows["period"]) == {"2022"}

    def test_counties_stand_beside_the_city(self):
        wells = [well("A", True), well("B", True, "鄯善县"), well("C", False, "鄯善县")]
        found = run(scene(wells=wells), "meters.coverage", "TLF-1.2a")
        assert outcomes(found) == {SHANSHAN: "fail", CITY: "fail"}
        assert outcomes(found, "measured") == {SHANSHAN: 50.0, CITY: pytest.approx(200 / 3)}
        assert passed(found) == 1

    def test_closed_wells_and_other_uses_leave_the_count(self):
        wells = [
            well("A", True),
            well("B", False, status="sealed", status_on="2023-05-01"),
            well("C", False, use="industry"),
            well("D", False, **AWAY),
        ]
        found = run(scene(wells=wells), "meters.coverage", "TLF-1.2a", {"uses": ("irrigation",)})
        assert found.rows.empty

    @pytest.mark.parametrize(
        ("wells", "outcome"),
        [
            ([well("A", True), well("B", None)], "not_evaluated"),
            ([well("A", False), well("B", None)], "fail"),
            ([well("A", True), well("B", False, status=None)], "not_evaluated"),
            ([well("A", True), well("B", True, status=None)], None),
            ([], "not_evaluated"),
        ],
    )
    def test_what_nobody_says(self, wells, outcome):
        of = scene(wells=wells) if wells else scene()
        found = run(of, "meters.coverage", "TLF-1.2a")
        assert outcomes(found).get(CITY) == outcome
        speaks(found)

    def test_late_meters_are_for_review_unless_the_well_is_younger(self):
        meters = [
            {"meter_id": "1", "well_id": "A", "installed_on": "2023-02-01"},
            {"meter_id": "2", "well_id": "B", "installed_on": "2024-02-01"},
        ]
        wells = [well("A"), well("B", built_on="2024-01-01")]
        found = run(scene(wells=wells, meters=meters), "meters.coverage", "TLF-1.2a", BY_2022)
        assert set(outcomes(found).values()) == {"review"}
        assert '"n_late":1' in found.rows.iloc[0]["evidence"]
        younger = run(scene(wells=wells[1:], meters=meters), "meters.coverage", "TLF-1.2a", BY_2022)
        assert younger.rows.empty

    def test_a_meter_without_a_day_does_not_prove_that_it_was_in_time(self):
        meters = [{"meter_id": "1", "well_id": "A", "installed_on": None}]
        found = run(scene(wells=[well("A")], meters=meters), "meters.coverage", "TLF-1.2a", BY_2022)
        assert set(outcomes(found).values()) == {"not_evaluated"}
        speaks(found)
        early = scene(wells=[well("A")], meters=meters, as_of="2022-12-31")
        assert run(early, "meters.coverage", "TLF-1.2a", BY_2022).rows.empty

    def test_several_requirements_and_their_rates(self):
        meters = [
            {"meter_id": "1", "well_id": "A", "flags": "county;city;region"},
            {"meter_id": "2", "well_id": "B", "flags": "county"},
        ]
        given = {
            "require": (
                "county",
                "city",
                "region",
            )
        }
        found = run(scene(wells=[well("A"), well("B")], meters=meters), "meters.coverage", "TLF-3.5c", given)
        row = found.rows[found.rows["subject_id"] == CITY].iloc[0]
        assert (row["outcome"], row["measured"]) == ("fail", 50.0)
        assert '"share_county":100.0' in row["evidence"]
        assert '"share_city":50.0' in row["evidence"]
        assert '"without":"B"' in row["evidence"]

    def test_sections_have_the_meters_that_name_them(self):
        meters = [{"meter_id": "1", "well_id": "S1", "flags": "online"}]
        of = scene(
            "toli-2024",
            wells=[],
            sections=[{"section_id": "S1", "x": 83.6, "y": 45.9}, {"section_id": "S2", "x": 83.6, "y": 45.9}],
            meters=meters,
        )
        found = run(of, "meters.coverage", "TOL-14", {"subject": "sections", "require": ("online",)})
        assert [row.measured for row in found.rows.itertuples()] == [50.0]

    def test_a_role_that_is_not_there(self):
        found = run(scene(wells=[well("A")]), "meters.intake_coverage", "TLF-1.2a")
        assert found.rows[["subject_role", "outcome"]].to_numpy().tolist() == [["policy", "not_evaluated"]]

    def test_accounts_may_be_required(self):
        found = run(
            scene(wells=[well("A", True, account_no="X"), well("B", True)]),
            "meters.coverage",
            "TLF-3.5b",
            {
                "require": (
                    "metered",
                    "account",
                )
            },
        )
        assert outcomes(found, "measured")[CITY] == 50.0


class TestRequired:
    """Each requirement of a well is a question of its own."""

    NEED = ("metered", "standard", "working")

    def test_cases(self):
        meters = [
            {"meter_id": "1", "well_id": "good", "standard": True, "working": True},
            {"meter_id": "2", "well_id": "bad", "standard": False, "working": True},
            {"meter_id": "3", "well_id": "bare"},
            {"meter_id": "4", "well_id": "two", "standard": False, "working": False},
            {"meter_id": "5", "well_id": "two", "standard": True, "working": True},
            {
                "meter_id": "6",
                "well_id": "soon",
                "installed_on": "2026-04-01",
                "standard": True,
                "working": True,
            },
        ]
        names = ("good", "bad", "bare", "two", "soon", "none")
        of = scene(
            wells=[*(well(name) for name in names), well("away", **AWAY), well("shut", status="shut")],
            meters=meters,
        )
        found = run(of, "meters.required", "TLF-3.5a", {"require": self.NEED})
        got = {(row.subject_id, row.rule.rsplit(".")[-1]): row.outcome for row in found.rows.itertuples()}
        assert got == {
            ("bad", "standard"): "fail",
            ("bare", "standard"): "not_evaluated",
            ("bare", "working"): "not_evaluated",
            ("soon", "metered"): "fail",
            ("none", "metered"): "fail",
        }
        speaks(found)
        assert found.counts["n_subjects"].tolist() is not None
        assert (found.counts.groupby("rule")["n_subjects"].sum() == 8).all()

    @pytest.mark.parametrize(
        ("row", "outcome"),
        [
            (well("A", True), {}),
            (well("A", False), {"A": "fail"}),
            (well("A", None), {"A": "not_evaluated"}),
            (well("A", False, status=None), {"A": "review"}),
            (well("A", False, use=None), {"A": "review"}),
            (well("A", False, use="industry"), {}),
            (well("A", False, status="dismantled"), {}),
            (well("A", False, use="monitoring"), {}),
            (well("A", False, **AWAY), {}),
        ],
    )
    def test_one_well(self, row, outcome):
        found = run(scene(wells=[row]), "meters.required", "TLF-3.5a", {"uses": ("irrigation",)})
        assert outcomes(found) == outcome

    def test_a_well_for_monitoring_takes_no_water(self):
        row = well("A", False, use="monitoring")
        for taken, outcome in ((None, {}), (0.0, {}), (5.0, {"A": "review"})):
            rows = {} if taken is None else {"readings": [{"well_id": "A", "year": 2025, "volume_m3": taken}]}
            of = scene(wells=[row], **rows)
            assert outcomes(run(of, "meters.required", "TLF-3.5a")) == outcome
            found = run(of, "meters.coverage", "TLF-1.2a", BY_2022)
            assert "fail" not in outcomes(found).values()
            assert (found.rows["subject_id"] == GAOCHANG).any() == bool(outcome)

    def test_a_lacking_meter_is_neither_bad_nor_broken(self):
        of = scene(wells=[well("A", False)])
        both = run(of, "meters.required", "TLF-3.5a", {"require": ("standard", "working")})
        assert set(both.rows["message_key"]) == {"meters.required.metered"}
        national = bare_scene("national", wells=[well("A", False)])
        use = next(
            one
            for one in bindings(national.policy)
            if (one.rule.name, one.clause.id) == ("meters.required", "WPR-43")
        )
        found = findings_of(national, use).rows
        assert found[["rule", "outcome"]].to_numpy().tolist() == [["meters.required.metered", "fail"]]

    @pytest.mark.parametrize(
        ("built", "by", "outcome", "state"),
        [
            ("2022-05-01", None, "fail", ""),
            ("2021-12-01", None, "fail", ""),
            ("2021-11-30", None, "not_evaluated", ""),
            (None, None, "not_evaluated", ""),
            ("2019-05-01", date(2026, 3, 31), "not_evaluated", "not_due"),
            ("2019-05-01", date(2026, 3, 30), "fail", "overdue"),
            (None, date(2026, 3, 30), "fail", "overdue"),
            ("2022-05-01", date(2030, 1, 1), "fail", ""),
        ],
    )
    def test_works_that_stood_before_the_rule_have_a_deadline(self, built, by, outcome, state):
        given = {"new_from": date(2021, 12, 1), "existing_by": by}
        of = scene(wells=[well("A", False, built_on=built), well("B", True, built_on=built)])
        found = run(of, "meters.required", "TLF-3.5a", {k: v for k, v in given.items() if v})
        speaks(found)
        assert found.rows[["subject_id", "outcome", "period_state"]].to_numpy().tolist() == [
            ["A", outcome, state]
        ]

    def test_the_deadline_of_the_national_rule_is_a_setting(self):
        wells = [well("A", False, built_on="2019-05-01")]
        for given, state in (({}, ""), ({"meters.existing_by": "2026-01-01"}, "overdue")):
            of = bare_scene(with_settings(load_policy("national"), given), wells=wells)
            use = next(one for one in bindings(of.policy) if one.clause.id == "GWR-22a")
            assert findings_of(of, use).rows["period_state"].tolist() == [state]


class TestStale:
    """Real time ends after so many days without data."""

    @pytest.mark.parametrize(
        ("month", "days", "outcome"),
        [
            # the last figure is that of February, which ended 31 days before 31 March
            (2, 31, None),
            (2, 30, "fail"),
            (None, 30, "not_evaluated"),
            (2, None, "not_evaluated"),
        ],
    )
    def test_days_without_data(self, month, days, outcome):
        policy = with_settings(load_policy("kunyu-2025"), {"meters.stale_days": days} if days else {})
        readings = [{"well_id": "A", "year": 2026, "month": month, "volume_m3": 5.0}] if month else []
        of = bare_scene(
            policy,
            wells=[{"well_id": "A", "county": "659009", "metered": True}],
            meters=[{"meter_id": "M", "well_id": "A", "flags": "online"}],
            **({"readings": readings} if readings else {}),
        )
        use = next(one for one in bindings(of.policy) if one.clause.id == "KYS-R6a")
        found = findings_of(of, use)
        assert outcomes(found).get("659009") == outcome
        speaks(found)


class TestCheckDue:
    """Meters work and are checked in time."""

    @pytest.mark.parametrize(
        ("meter", "outcome"),
        [
            ({"checked_on": "2026-03-01", "working": True}, None),  # 30 days before 2026-03-31
            ({"checked_on": "2026-02-28", "working": True}, "fail"),
            ({"checked_on": "2026-03-30", "working": False}, "fail"),
            ({"checked_on": None, "working": True}, "not_evaluated"),
            ({"checked_on": "2026-04-30", "working": True}, "not_evaluated"),
            ({"checked_on": "2026-03-30", "working": None}, "not_evaluated"),
        ],
    )
    def test_days(self, meter, outcome):
        of = scene(wells=[well("A")], meters=[{"meter_id": "M", "well_id": "A", **meter}])
        found = run(of, "meters.check_due", "TLF-3.5a", {"days": 30})
        assert outcomes(found).get("M") == outcome
        speaks(found)

    def test_closed_wells_other_places_and_no_interval(self):
        meters = [
            {"meter_id": "M", "well_id": "A", "working": False},
            {"meter_id": "N", "well_id": "B", "working": False},
        ]
        of = scene(wells=[well("A", status="sealed"), well("B", **AWAY)], meters=meters)
        assert run(of, "meters.check_due", "TLF-3.5a", {"days": 30}).rows.empty
        assert outcomes(run(of, "meters.check_due", "TLF-3.5a")) == {"TLF-3.5a": "not_evaluated"}
