"""Permits: who needs one, what they allow together, how they are used."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from saying import said, speaks
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.messages import catalogue
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.facts.permit_facts import in_force
from overdraft.core.rules.run import findings_of
from overdraft.core.schema import register_schema

GAOCHANG, SHANSHAN = "650402", "650421"
ELSEWHERE = {
    "units": [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(60, 30, 120, 55)}]
}
"""A county of another document over every point."""


def rows(found, rule=None):
    table = found.rows
    return table if rule is None else table[table["rule"] == rule]


def used(value, year=2025, unit=GAOCHANG, **more):
    return {
        "subject_role": "units",
        "subject_id": unit,
        "year": year,
        "measure": "use",
        "source": "groundwater",
        "value": value,
        "unit": "亿m3",
        **more,
    }


# ----------------------------------------------------------------------------------------------- unpermitted wells


def unpermitted(eligible, taken=1.91, units=None, **well):
    made = scene(
        wells=[{"well_id": "W", "county": "高昌区", "permit_eligible": eligible} | well],
        indices=[used(taken)] if taken is not None else [used(1.0, unit=SHANSHAN)],
        **(units or {}),
    )
    return run(made, "permits.unpermitted", "TLF-3.2c", {"uses": ("irrigation",)})


@pytest.mark.parametrize(
    ("eligible", "use", "outcome", "action"),
    [
        pytest.param("yes", 1.91, "review", "issue_permit", id="AC-26 eligible and use = index"),
        pytest.param("yes", 1.9101, "review", "seal", id="AC-26 eligible and use > index"),
        pytest.param("no", 1.0, "fail", "seal", id="AC-26 not eligible"),
        pytest.param(None, 1.0, "review", "supply_data", id="AC-26 eligible null"),
    ],
)
def test_what_becomes_of_an_unpermitted_well(eligible, use, outcome, action):
    row = rows(unpermitted(eligible, use)).iloc[0]
    assert (row["outcome"], row["action"]) == (outcome, action)


def test_the_county_cap_of_2025_is_the_index():
    row = rows(unpermitted("yes", 2.0)).iloc[0]
    assert row["measured"] == pytest.approx(2.0e8)
    assert row["threshold"] == pytest.approx(1.91e8)
    assert row["message_key"] == "permits.unpermitted.overloaded"


def test_eligible_without_a_year_to_judge_is_open():
    row = rows(unpermitted("yes", None)).iloc[0]
    assert (row["outcome"], row["message_key"]) == ("not_evaluated", "permits.unpermitted.load_unknown")


def test_a_well_in_no_known_unit_is_told_so():
    row = rows(unpermitted("yes", 1.0, county=None)).iloc[0]
    assert (row["outcome"], row["message_key"]) == ("not_evaluated", "permits.unpermitted.unit_unknown")


def test_an_unknown_use_does_not_help():
    row = rows(unpermitted("no", 1.0, use=None)).iloc[0]
    assert row["outcome"] == "not_evaluated"


@pytest.mark.parametrize(
    "well",
    [
        pytest.param({"status": "sealed", "status_on": "2023-01-01"}, id="sealed"),
        pytest.param({"use": "industry"}, id="another use"),
        pytest.param({"units": ELSEWHERE}, id="outside the jurisdiction"),
    ],
)
def test_wells_that_the_clause_does_not_concern(well):
    found = unpermitted("no", 1.0, **well)
    assert rows(found).empty
    assert found.counts["n_out_of_scope"].sum() == 1


@pytest.mark.parametrize("end", ["2020-01-01", "2026-03-30"])
def test_a_permit_that_has_ended_is_for_a_person(end):
    row = rows(speaks(unpermitted("no", 1.0, permit_no="P1", permit_to=end))).iloc[0]
    assert (row["outcome"], row["action"]) == ("review", "reapply")


def test_a_permitted_well_passes():
    found = unpermitted("no", 1.0, permit_no="P1")
    assert rows(found).empty
    assert passed(found) == 1


# ------------------------------------------------------------------------------------------------ permits required


def required(readings=(), clause="TOL-P", with_=None, policy="toli-2024", units=None, permits=None, **well):
    roles = {"readings": list(readings)} if readings else {}
    roles |= units or {}
    if permits is not None:
        roles["permits"] = permits
    made = scene(policy=policy, wells=[{"well_id": "W", "county": "托里县", **well}], **roles)
    return run(made, "permits.required", clause, with_)


WATER = [{"well_id": "W", "year": 2025, "volume_m3": 10.0}]


def test_in_use_without_a_permit_fails():
    row = rows(required()).iloc[0]
    assert (row["outcome"], row["message_key"]) == ("fail", "permits.required.none")


def test_a_shut_well_that_gives_water_fails():
    row = rows(required(WATER, status="shut")).iloc[0]
    assert row["outcome"] == "fail"
    assert row["measured"] == 10.0


TAKEN = {"water_taken": True}


def months_of_2025(volume, months=range(1, 13)):
    return [{"well_id": "W", "year": 2025, "month": month, "volume_m3": volume} for month in months]


@pytest.mark.parametrize(
    ("readings", "well", "outcome", "key"),
    [
        (WATER, {}, "fail", "taken_none"),
        (WATER, {"status": "shut"}, "fail", "taken_none"),
        (WATER, {"status": None}, "fail", "taken_none"),
        ([{**WATER[0], "volume_m3": 0.0}], {}, None, None),
        ([{**WATER[0], "volume_m3": 0.0}], {"status": "standby"}, None, None),
        (months_of_2025(0.0), {}, None, None),
        (months_of_2025(0.0, [5]), {}, "not_evaluated", "water_unknown"),
        ([], {}, "not_evaluated", "water_unknown"),
        ([{**WATER[0], "year": 2023, "volume_m3": 0.0}], {}, "not_evaluated", "water_unknown"),
        # 2025 counts though 2026 has begun dry
        ([*WATER, {**WATER[0], "year": 2026, "month": 1, "volume_m3": 0.0}], {}, "fail", "taken_none"),
        ([{"well_id": "W", "year": 2025, "energy_kwh": 9.0}], {}, "review", "power"),
        ([{**WATER[0], "volume_m3": 0.0, "energy_kwh": 9.0}], {}, "review", "power"),
        # the permit ended before, in and after the year of the water
        (WATER, {"permit_no": "P", "permit_to": "2024-12-31"}, "fail", "taken_expired"),
        (WATER, {"permit_no": "P", "permit_to": "2025-06-30"}, "not_evaluated", "water_unknown"),
        (months_of_2025(1.0), {"permit_no": "P", "permit_to": "2025-06-30"}, "fail", "taken_expired"),
        (
            [{**WATER[0], "year": 2024}],
            {"permit_no": "P", "permit_to": "2025-06-30"},
            "not_evaluated",
            "water_unknown",
        ),
        (WATER, {"permit_no": "P", "deregistered_on": "2024-03-01"}, "fail", "taken_cancelled"),
        (WATER, {"use": "monitoring"}, "review", "taken_none"),
        ([], {"use": "monitoring"}, None, None),
    ],
)
def test_a_clause_on_taking_water_accuses_nobody_who_took_none(readings, well, outcome, key):
    found = speaks(required(readings, with_=TAKEN, **well))
    assert outcomes(found).get("W") == outcome
    assert rows(found)["message_key"].tolist() == ([f"permits.required.{key}"] if key else [])


def test_a_permit_that_ended_on_an_unknown_day_is_for_a_person():
    papers = [{"permit_no": "P", "state": "cancelled"}]
    row = rows(speaks(required(WATER, with_=TAKEN, permit_no="P", permits=papers))).iloc[0]
    assert (row["outcome"], row["message_key"]) == ("review", "permits.required.taken_undated")


@pytest.mark.parametrize("clause", ["TOL-P", "TOL-18"])
def test_the_document_accuses_of_taking_water_only_where_water_was_taken(clause):
    """A standby well and one in use without a permit, both read 0 m³ in 2025: neither took water."""
    made = scene(
        policy="toli-2024",
        wells=[
            {"well_id": "S", "county": "托里县", "status": "standby"},
            {"well_id": "A", "county": "托里县"},
        ],
        readings=[{"well_id": name, "year": 2025, "volume_m3": 0.0} for name in "SA"],
    )
    for name, clause_, outcome in (("permits.required", clause, {}), ("permits.required", "TOL-8p", "fail")):
        use = next(one for one in bindings(made.policy) if (one.rule.name, one.clause.id) == (name, clause_))
        found = outcomes(findings_of(made, use))
        assert found == ({"S": outcome, "A": outcome} if outcome else {})


@pytest.mark.parametrize(("use", "outcome"), [("service", "fail"), ("industry", None), (None, "review")])
def test_a_permit_of_the_uses_that_the_clause_names(use, outcome):
    found = required(with_={"uses": ("service",)}, use=use)
    assert outcomes(found).get("W") == outcome


def test_a_well_for_monitoring_needs_no_permit():
    assert rows(required(use="monitoring")).empty
    assert rows(required(WATER, use="monitoring"))["outcome"].tolist() == ["review"]


def test_water_taken_before_the_permit_was_given_back_is_no_offence():
    well = {"status": "sealed", "status_on": "2025-06-20", "permit_no": "P", "deregistered_on": "2025-06-20"}
    assert rows(required(months_of_2025(5.0, range(1, 7)), **well)).empty
    assert rows(required(months_of_2025(5.0, range(1, 8)), **well))["outcome"].tolist() == ["fail"]


@pytest.mark.parametrize("with_", [None, TAKEN])
def test_a_permit_that_was_cancelled_when_the_well_was_sealed(with_):
    """The day of the cancelling is not recorded; it is taken to be that of the seal."""
    well = {"status": "sealed", "status_on": "2025-06-20", "permit_no": "P"}
    papers = [{"permit_no": "P", "state": "cancelled"}]
    assert rows(required(months_of_2025(5.0, range(1, 7)), with_=with_, permits=papers, **well)).empty
    late = rows(required(months_of_2025(5.0, range(1, 8)), with_=with_, permits=papers, **well))
    assert late["outcome"].tolist() == ["fail"]


@pytest.mark.parametrize(("year", "outcome"), [(2023, []), (2025, ["fail"])])
def test_a_well_that_was_closed_since_is_not_asked_for_years_long_past(year, outcome):
    found = required([{**WATER[0], "year": year}], with_=TAKEN, status="sealed", status_on="2025-12-01")
    assert rows(found)["outcome"].tolist() == outcome


def test_without_permits_nobody_is_accused_of_taking_other_water():
    use = {"subject_role": "users", "year": 2025, "measure": "use", "source": "reclaimed", "unit": "m3"}
    made = scene(
        policy="toli-2024",
        users=[{"user_id": "A", "county": "托里县"}],
        indices=[{**use, "subject_id": "A", "value": 100.0}],
    )
    found = speaks(run(made, "permits.required", "TOL-8p", {"sources": ("groundwater", "reclaimed")}))
    assert rows(found)[["subject_role", "outcome", "message_key"]].to_numpy().tolist() == [
        ["policy", "not_evaluated", "permits.required.no_register_users"]
    ]


def test_a_shut_dry_well_needs_none():
    assert rows(required(status="shut")).empty


def test_a_permit_on_its_last_day_is_valid():
    known = [{"permit_no": "P", "state": "valid"}]
    assert passed(required(permit_no="P", permit_to="2026-03-31", permits=known)) == 1
    row = rows(required(permit_no="P", permit_to="2026-03-30")).iloc[0]
    assert (row["outcome"], row["message_key"], row["action"]) == (
        "fail",
        "permits.required.expired",
        "reapply",
    )


def test_a_number_that_permits_does_not_hold_is_open():
    row = rows(required(permit_no="P", permit_to="2027-01-01", permits=[{"permit_no": "Q"}])).iloc[0]
    assert (row["outcome"], row["message_key"]) == ("not_evaluated", "permits.required.not_in_register")
    row = rows(required(permit_no="P", permits=[{"permit_no": "P"}])).iloc[0]
    assert row["outcome"] == "not_evaluated"
    gone = rows(required(permit_no="P", permits=[{"permit_no": "P", "state": "cancelled"}])).iloc[0]
    assert (gone["outcome"], gone["message_key"]) == ("fail", "permits.required.cancelled")


def test_without_permits_one_row_speaks_for_all_numbers():
    found = required(permit_no="P", permit_to="2027-01-01")
    assert rows(found)["message_key"].tolist() == ["permits.required.no_register"]
    assert rows(found)["subject_role"].tolist() == ["policy"]
    assert passed(found) == 0


def test_a_missing_status_is_asked_for():
    row = rows(required(status=None)).iloc[0]
    assert (row["outcome"], row["action"]) == ("not_evaluated", "supply_data")


def test_outside_toli_nobody_is_asked():
    found = required(units=ELSEWHERE)
    assert rows(found).empty
    assert found.counts["n_out_of_scope"].sum() == 1


def test_reclaimed_water_needs_a_permit_too():
    use = {"subject_role": "users", "year": 2025, "measure": "use", "source": "reclaimed", "unit": "m3"}
    made = scene(
        policy="toli-2024",
        wells=[],
        users=[{"user_id": "A", "county": "托里县"}, {"user_id": "B", "county": "托里县"}],
        indices=[{**use, "subject_id": "A", "value": 5.0}, {**use, "subject_id": "B", "value": 7.0}],
        permits=[{"permit_no": "P", "user_id": "B", "source": "reclaimed"}],
    )
    found = run(made, "permits.required", "TOL-8p", {"sources": ("groundwater", "surface", "reclaimed")})
    assert outcomes(found) == {"A": "fail"}
    assert rows(found)["rule"].tolist() == ["permits.required.reclaimed"]
    assert passed(found) == 1


# ---------------------------------------------------------------------------------------------- volume under the cap


def permit(number, volume, county="高昌区", **more):
    return {"permit_no": number, "volume_m3": volume, "county": county, "source": "groundwater", **more}


def within_cap(permits, as_of="2025-12-31", units=None, **with_):
    made = scene(as_of=as_of, wells=[], permits=permits, **(units or {}))
    return run(made, "permits.within_cap", "TLF-3.2a", {"source": "groundwater", **with_})


@pytest.mark.parametrize(
    ("volume", "outcome"),
    [
        pytest.param(4.95e8, "fail", id="AC-28"),
        pytest.param(4.92e8, None, id="AC-28 equality is within"),
        pytest.param(4.9201e8, "fail", id="AC-28 just above"),
    ],
)
def test_groundwater_permits_of_the_city(volume, outcome):
    found = within_cap([permit("P", volume)])
    city = rows(found)[rows(found)["subject_id"] == "6504"]
    assert city["outcome"].tolist() == ([outcome] if outcome else [])
    if volume == 4.95e8:
        assert city["measured"].iloc[0] - city["threshold"].iloc[0] == pytest.approx(3e6)
        assert '"excess_m3":3000000.0' in city["message_values"].iloc[0]


def test_each_county_has_its_own_cap():
    found = within_cap([permit("A", 1.92e8), permit("B", 1.0e8, "鄯善县")])
    assert outcomes(found) == {GAOCHANG: "fail"}


def test_permits_that_are_not_in_force_do_not_count():
    gone = [
        permit("A", 1.0e8),
        permit("B", 1.0e8, state="cancelled"),
        permit("C", 1.0e8, valid_to="2025-12-30"),
        permit("D", 1.0e8, state="expired"),
    ]
    assert GAOCHANG not in outcomes(within_cap(gone))
    assert outcomes(within_cap([*gone, permit("E", 0.92e8, valid_to="2025-12-31")]))[GAOCHANG] == "fail"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(permit("X", None), id="volume missing"),
        pytest.param(permit("X", 1.9e8, None), id="county missing"),
        pytest.param(permit("X", 1.9e8, "高昌县镇"), id="county that nobody knows"),
        pytest.param(permit("X", 1.9e8, source=None), id="source missing"),
    ],
)
def test_what_may_still_belong_to_the_sum_is_never_a_pass(other):
    found = within_cap([permit("A", 1.0e8), other])
    assert outcomes(found)[GAOCHANG] == "not_evaluated"


def test_other_water_does_not_count_against_groundwater_but_against_the_total():
    permits = [permit("A", 1.0e8), permit("B", 3.0e8, source="surface")]
    assert GAOCHANG not in outcomes(within_cap(permits))
    found = rows(within_cap(permits, source="total"))
    here = found[found["subject_id"] == GAOCHANG]
    assert here["rule"].tolist() == ["permits.within_cap"]
    assert here["outcome"].tolist() == ["fail"]


def test_a_clause_on_the_total_is_read_for_groundwater_too_and_says_so():
    """AC-28 under the binding of the document itself."""
    made = scene(as_of="2025-12-31", wells=[], permits=[permit("P", 4.95e8)])
    found = rows(run(made, "permits.within_cap", "TLF-3.2a", {"source": "total"}))
    city = found[found["subject_id"] == "6504"].set_index("rule")
    assert list(city.index) == ["permits.within_cap.groundwater"]
    assert city["outcome"].tolist() == ["fail"]
    assert city["unverified"].tolist() == ['["permits.groundwater_cap"]']


def test_a_year_without_a_cap_has_no_verdict():
    found = within_cap([permit("A", 1.0e8)], as_of="2026-03-31")
    table = rows(found).set_index(["subject_id", "period"])["outcome"]
    assert table[(GAOCHANG, "2026")] == "not_evaluated"
    assert (GAOCHANG, "2025") not in table.index


def test_permits_elsewhere_are_not_ours():
    found = within_cap([permit("A", 9.0e9, "杭锦旗")], units=ELSEWHERE)
    assert rows(found).empty


def test_without_permits_the_rule_says_so():
    found = run(scene(wells=[]), "permits.within_cap", "TLF-3.2a", {"source": "total"})
    assert rows(found)["message_key"].tolist() == ["rules.role_missing"]


# ---------------------------------------------------------------------------------------------------- electronic


def test_share_of_electronic_permits():
    permits = [
        permit("A", 1, electronic=True),
        permit("B", 1, electronic=False),
        permit("C", 1, "鄯善县", electronic=True),
        permit("D", 1, "托克逊县", electronic=None),
        permit("E", 1, electronic=False, state="cancelled"),
        permit("F", 1, "杭锦旗", electronic=False),
    ]
    found = run(scene(wells=[], permits=permits, **ELSEWHERE), "permits.electronic", "TLF-3.2e")
    assert outcomes(found) == {GAOCHANG: "fail", "650422": "not_evaluated", "6504": "fail"}
    table = rows(found).set_index("subject_id")
    assert table.at[GAOCHANG, "measured"] == 50.0
    assert table.at["6504", "measured"] == 50.0
    assert passed(found) == 1


def test_counts_of_one_sentence_are_written_alike():
    permits = [permit(f"P{n}", 1, electronic=n > 0) for n in range(1201)]
    found = run(scene(wells=[], permits=permits), "permits.electronic", "TLF-3.2e")
    assert "1,200 of 1,201 permits" in said(rows(found).set_index("subject_id").loc[GAOCHANG])


def test_a_city_that_is_its_own_county_counts_each_permit_once():
    permits = [permit("A", 1, None, electronic=True), permit("B", 1, None, electronic=True)]
    permits.append(permit("C", 1, None, electronic=False))
    made = scene(policy="kunyu-2025", wells=[], permits=[{**one, "county": "659009"} for one in permits])
    found = rows(run(made, "permits.electronic", "KYS-R2c"))
    assert found["subject_id"].tolist() == ["659009"]
    assert found["measured"].iloc[0] == pytest.approx(200 / 3)
    assert '"electronic":2' in found["message_values"].iloc[0].replace(".0", "")
    assert '"permits":3' in found["message_values"].iloc[0]


def test_in_force():
    permits = pd.DataFrame(
        {
            "state": [None, "suspended", "expired", "expired", "cancelled", "valid"],
            "approved_on": pd.to_datetime([None, None, None, None, None, "2026-01-01"]),
            "valid_to": pd.to_datetime([None, None, None, "2026-12-31", None, None]),
        }
    )
    day = date(2025, 6, 1)
    now = in_force(permits, pd.Timestamp(day), day)
    assert now.tolist() == [True, True, False, False, False, False]
    then = in_force(permits, pd.Timestamp(day), date(2026, 6, 1))
    assert then.tolist() == [True, True, True, True, False, False]


def test_every_key_of_the_family_has_both_languages():
    keys = [key for key in catalogue() if key.startswith(("permits.", "report.rule.permits"))]
    assert len(keys) > 50
    assert all(set(catalogue()[key]) == {"en", "zh"} for key in keys)


def test_every_source_has_words_in_the_report():
    sources = set(register_schema().enums["water_source"]) - {"groundwater", "deep_confined", "total"}
    assert {f"report.rule.permits.required.{source}" for source in sources} <= set(catalogue())
