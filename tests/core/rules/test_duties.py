"""Documents, cases, notices and returns, each with its day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.rules.facts.paperwork import calendar_counts

GAOCHANG, SHANSHAN, TOKSUN = "650402", "650421", "650422"
COUNTIES = (GAOCHANG, SHANSHAN, TOKSUN)
PLAN = {
    "kind": "groundwater_plan",
    "by": date(2021, 12, 31),
    "approved_by": date(2022, 2, 28),
    "filed": True,
    "revise_years": (5, 10),
}


def paper(kind="groundwater_plan", unit=GAOCHANG, number=1, **more):
    return {
        "document_id": f"{kind}-{unit}-{number}",
        "kind": kind,
        "subject_role": "units",
        "subject_id": unit,
        **more,
    }


def of(found, check="", unit=GAOCHANG, column="outcome", period=""):
    rule = "duties.document" + (f".{check}" if check else "")
    rows = found.rows[(found.rows["rule"] == rule) & (found.rows["subject_id"] == unit)]
    if period:
        rows = rows[rows["period"] == period]
    assert len(rows) <= 1
    return ("pass" if column == "outcome" else "") if rows.empty else rows.iloc[0][column]


def plan(as_of="2026-03-31", with_=PLAN, papers=None, **more):
    papers = [paper(**more)] if papers is None else papers
    return run(scene(as_of=as_of, documents=papers), "duties.document", "TLF-4.1", with_)


@pytest.mark.parametrize(
    ("today", "state", "outcome"),
    [
        pytest.param("2026-12-31", "not_due", "not_evaluated", id="AC-14 2026-12-31"),
        pytest.param("2030-01-01", "in_window", "not_evaluated", id="AC-14 2030-01-01"),
        pytest.param("2032-02-16", "overdue", "fail", id="AC-14 2032-02-16"),
        pytest.param("2027-02-14", "not_due", "not_evaluated", id="AC-14 the day before the window"),
        pytest.param("2027-02-15", "in_window", "not_evaluated", id="AC-14 its first day"),
        pytest.param("2032-02-15", "in_window", "not_evaluated", id="AC-14 its last day"),
    ],
)
def test_the_window_of_the_next_revision(today, state, outcome):
    found = plan(today, approved_on="2022-02-15")
    assert of(found, "revised", column="period_state") == state
    assert of(found, "revised") == outcome
    assert '"from":"2027-02-15"' in of(found, "revised", column="message_values")


def test_a_revision_opens_the_next_window_and_29_february_ends_on_the_28th():
    assert (
        of(plan("2033-01-01", approved_on="2022-02-15", revised_on="2028-02-29"), "revised")
        == "not_evaluated"
    )
    late = plan("2033-03-01", approved_on="2022-02-15", revised_on="2028-02-29")
    assert '"from":"2033-02-28"' in of(late, "revised", column="message_values")
    ahead = plan("2032-02-16", approved_on="2022-02-15", revised_on="2032-03-01")
    assert of(ahead, "revised") == "fail"  # that revision has not happened yet
    assert of(plan(), "revised", column="message_key") == "duties.revised.no_base"


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        ({"drafted_on": "2021-12-31"}, "pass"),
        ({"drafted_on": "2022-01-01"}, "fail"),
        ({"approved_on": "2021-12-30"}, "pass"),
        ({"approved_on": "2022-02-15"}, "not_evaluated"),  # drafted before, or not: not known
        ({}, "not_evaluated"),
    ],
)
def test_drafted_in_time(days, outcome):
    assert of(plan(**days)) == outcome


@pytest.mark.parametrize(
    ("approved", "today", "outcome", "state"),
    [
        ("2022-02-28", "2026-03-31", "pass", ""),
        ("2022-03-01", "2026-03-31", "fail", "closed"),
        (None, "2022-02-28", "not_evaluated", "not_due"),
        (None, "2022-03-01", "fail", "overdue"),
        ("2022-02-28", "2022-01-01", "not_evaluated", "not_due"),  # has not happened yet
    ],
)
def test_approved_in_time(approved, today, outcome, state):
    found = plan(today, approved_on=approved)
    assert (of(found, "approved"), of(found, "approved", column="period_state")) == (outcome, state)


def test_filed_with_the_higher_authority():
    assert of(plan(approved_on="2022-02-01", filed_on="2022-03-01"), "filed") == "pass"
    assert of(plan(approved_on="2022-02-01"), "filed") == "fail"
    assert of(plan(), "filed") == "not_evaluated"


def test_every_county_owes_its_own():
    found = plan(with_={"kind": "work_plan"}, papers=[paper("work_plan"), paper("other", SHANSHAN)])
    assert outcomes(found) == {SHANSHAN: "fail", TOKSUN: "fail"}
    assert passed(found) == 1
    found = plan(papers=[], as_of="2021-12-31")
    assert {of(found, unit=unit, column="period_state") for unit in COUNTIES} == {"not_due"}
    assert of(plan(papers=[]), column="period_state") == "overdue"


def test_several_kinds_must_all_be_there():
    with_ = {"kinds": ("comprehensive_plan", "special_plan")}
    both = [paper("comprehensive_plan"), paper("special_plan")]
    assert of(plan(with_=with_, papers=both)) == "pass"
    assert of(plan(with_=with_, papers=both[:1])) == "fail"


def test_units_of_other_documents_are_out_of_scope_and_missing_roles_are_named():
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(100, 30, 120, 55)}]
    made = scene(units=units, documents=[paper("work_plan", unit) for unit in COUNTIES])
    found = run(made, "duties.document", "TLF-1.2q", {"kind": "work_plan"})
    assert (len(found.rows), found.counts["n_out_of_scope"].sum()) == (0, 1)
    assert outcomes(run(scene(), "duties.document", "TLF-1.2q", {"kind": "work_plan"})) == {
        "TLF-1.2q": "not_evaluated"
    }


def quarters(days, year=2024, kind="quarterly_report"):
    return [paper(kind, number=n, year=year, issued_on=day) for n, day in enumerate(days)]


FOUR = ["2024-04-10", "2024-07-10", "2024-10-10", "2025-01-10"]


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        (FOUR, "pass"),
        (FOUR[:3], "fail"),
        ([*FOUR[:3], "2024-10-30"], "fail"),  # two in one quarter
        ([*FOUR[:3], None], "not_evaluated"),
    ],
)
def test_four_reports_a_year_in_four_quarters(days, outcome):
    with_ = {"kind": "quarterly_report", "quarterly": True}
    found = plan("2025-06-30", with_, quarters(days))
    assert of(found, period="2024") == outcome


def test_a_year_is_judged_once_its_last_report_can_have_been_written():
    with_ = {"kind": "quarterly_report", "quarterly": True}
    early = plan("2025-03-31", with_, quarters(FOUR[:3]))
    assert of(early, period="2024", column="period_state") == "open"
    assert of(early, period="2024") == "not_evaluated"
    assert of(plan("2025-04-01", with_, quarters(FOUR[:3])), period="2024") == "fail"
    periods = set(plan("2025-06-30", with_, quarters(FOUR)).rows["period"])
    assert periods == {"2022", "2023", "2024"}  # from the year after the document


def test_quarterly_and_yearly_reports_are_two_questions():
    with_ = {"kind": "quarterly_report", "quarterly": True, "yearly": True}
    papers = [*quarters(FOUR), paper("annual_report", year=2024)]
    found = plan("2025-06-30", with_, papers)
    assert of(found, "quarterly", period="2024") == of(found, "yearly", period="2024") == "pass"
    assert of(found, "yearly", period="2023") == "fail"


def test_reports_of_the_city_count_for_its_counties_where_the_text_names_no_author():
    city = [{**one, "subject_id": "650400"} for one in quarters(FOUR)]
    with_ = {"kind": "quarterly_report", "quarterly": True}
    assert of(plan("2025-06-30", with_, city), period="2024") == "fail"
    assert of(plan("2025-06-30", {**with_, "of_city": True}, city), period="2024") == "pass"
    mixed = [*city[:2], *quarters(FOUR)[2:]]
    assert of(plan("2025-06-30", {**with_, "of_city": True}, mixed), period="2024") == "pass"
    assert of(plan("2025-06-30", {**with_, "of_city": True}, city[:3]), period="2024") == "fail"


def test_a_claimed_bulletin_is_reconciled_from_the_first_year_on_record():
    made = scene(as_of="2026-06-30", documents=quarters(FOUR, kind="level_bulletin"))
    with_ = {"kind": "level_bulletin", "quarterly": True}
    found = run(made, "duties.document", "TLF-4.5a", with_, force="claimed")
    assert set(found.counts["period"]) == {"2024", "2025"}


# ----------------------------------------------------------------------------------------------------------- cases


def case(as_of="2026-01-01", with_=None, policy="kunyu-2025", **more):
    row = {"violation_id": "V", "kind": "rectification", **more}
    with_ = {"due_on": date(2025, 12, 31)} if with_ is None else with_
    found = run(scene(policy, as_of=as_of, violations=[row]), "duties.rectification", "KYS-2", with_)
    return ("pass", "") if found.rows.empty else tuple(found.rows.iloc[0][["outcome", "period_state"]])


def test_rectified_by_the_day_itself():
    assert case(rectified_on="2025-12-31") == ("pass", "")
    assert case(closed_on="2025-09-04", state="closed") == ("pass", "")
    assert case("2026-03-01", rectified_on="2026-01-01") == ("fail", "closed")
    assert case("2025-12-31", state="open") == ("not_evaluated", "not_due")
    assert case("2026-01-01", state="open") == ("fail", "overdue")
    assert case("2025-06-01", rectified_on="2025-12-01") == ("not_evaluated", "not_due")
    assert case(state="rectified")[0] == "not_evaluated"  # on which day?


def test_a_day_set_for_one_case_binds_no_other():
    ours = {"due_on": date(2025, 12, 31), "kinds": ("rectification",)}
    assert case("2026-04-01", ours, kind="illegal_drilling", found_on="2026-03-20", state="open") == (
        "pass",
        "",
    )
    assert case("2026-04-01", ours, found_on="2026-03-20", state="open") == ("pass", "")  # not asked
    assert case("2026-04-01", ours, found_on="2025-12-31", state="open") == ("fail", "overdue")
    assert case("2026-04-01", ours, state="open") == ("fail", "overdue")
    assert case("2026-04-01", ours, kind=None, state="open")[0] == "not_evaluated"


def test_days_after_it_was_found_and_cases_without_a_day():
    assert case(with_={"days": 30}, found_on="2025-11-01", rectified_on="2025-12-01")[0] == "pass"
    assert case(with_={"days": 30}, found_on="2025-11-01", rectified_on="2025-12-02")[0] == "fail"
    assert case(with_={"days": 30}, rectified_on="2025-12-01")[0] == "not_evaluated"
    assert case(with_={}, state="open")[0] == "review"
    assert case(with_={}, state="closed")[0] == "pass"
    assert case(with_={})[0] == "not_evaluated"


def test_closed_cases_are_looked_at_again():
    revisit = {"revisit": True}
    assert case(with_=revisit, closed_on="2025-01-01")[0] == "review"
    assert case(with_=revisit, closed_on="2025-01-01", revisited_on="2025-06-01")[0] == "pass"
    assert case(with_=revisit, closed_on="2025-06-01", revisited_on="2025-06-01")[0] == "pass"
    assert case(with_=revisit, closed_on="2025-06-01", revisited_on="2025-02-01")[0] == "review"
    assert case(with_=revisit, state="closed", revisited_on="2025-06-01")[0] == "not_evaluated"
    rows = [{"violation_id": "V", "kind": "other", "state": "open"}]
    found = run(scene("kunyu-2025", violations=rows), "duties.rectification", "KYS-2", revisit)
    assert (len(found.rows), found.counts["n_out_of_scope"].sum()) == (0, 1)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"state": "open"}, "fail"),
        ({"state": "closed"}, None),
        ({"state": "open", "rectified_on": "2025-06-01"}, None),
        ({"state": "open", "rectified_on": "2026-06-01"}, "fail"),  # not yet
        ({}, "review"),
        ({"kind": None, "state": "open"}, "review"),
        ({"kind": "metering", "state": "open"}, None),
    ],
)
def test_false_data_is_punished(row, outcome):
    rows = [{"violation_id": "V", "kind": "false_data", **row}]
    made = scene("hangjin-2023", as_of="2026-01-01", violations=rows)
    found = run(made, "duties.penalties", "HJQ-3.4d", {"kinds": ("false_data",)})
    assert outcomes(found) == ({} if outcome is None else {"V": outcome})


def test_a_case_lies_where_what_it_speaks_of_lies():
    rows = [
        {"violation_id": "a", "kind": "other", "subject_role": "wells", "subject_id": "W", "state": "open"},
        {
            "violation_id": "b",
            "kind": "other",
            "subject_role": "units",
            "subject_id": "杭锦旗",
            "state": "open",
        },
        {
            "violation_id": "c",
            "kind": "other",
            "subject_role": "units",
            "subject_id": "鄯善",
            "state": "open",
        },
    ]
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county"}]
    made = scene(wells=[{"well_id": "W", "county": "高昌区"}], units=None or units, violations=rows)
    found = run(made, "duties.rectification", "TLF-5.5")
    assert outcomes(found, "unit_id") == {"a": "", "c": SHANSHAN} | {"a": outcomes(found, "unit_id")["a"]}
    assert found.counts["n_out_of_scope"].sum() == 1


# --------------------------------------------------------------------------------------------------------- notices


def notice(start, end, calendar=None, **more):
    row = {"document_id": "N", "kind": "public_notice", "notice_from": start, "notice_to": end, **more}
    roles = {"calendar": calendar} if calendar else {}
    return run(
        scene("kunyu-2025", documents=[row], **roles), "duties.notice_days", "KYS-P", {"working_days": 10}
    )


@pytest.mark.parametrize(
    ("start", "end", "outcome"),
    [
        pytest.param("2025-09-04", "2025-09-17", "pass", id="AC-65"),
        pytest.param("2025-09-04", "2025-09-16", "fail", id="AC-65 a day less"),
        pytest.param("2025-09-04", "2025-09-18", "review", id="AC-65 a day more"),
        pytest.param("2025-09-04", None, "not_evaluated", id="AC-65 without an end"),
        pytest.param("2025-09-17", "2025-09-04", "fail", id="AC-65 ends before it begins"),
    ],
)
def test_working_days_of_a_notice(start, end, outcome):
    found = notice(start, end)
    assert outcomes(found) == ({} if outcome == "pass" else {"N": outcome})


KYS_P = {"working_days": 10, "first_day": date(2025, 9, 4), "last_day": date(2025, 9, 17)}


def test_the_days_of_the_document_are_counted_without_any_table():
    found = run(scene("kunyu-2025"), "duties.notice_days", "KYS-P", KYS_P)
    assert (len(found.rows), passed(found)) == (0, 1)
    found = run(scene("kunyu-2025"), "duties.notice_days", "KYS-P", {**KYS_P, "last_day": date(2025, 9, 16)})
    assert found.rows[["rule", "outcome", "measured"]].to_numpy().tolist() == [
        ["duties.notice_days.text", "fail", 9.0]
    ]


def test_another_notice_than_that_of_the_document_is_not_asked():
    rows = [
        {"document_id": "other", "notice_from": "2026-06-01", "notice_to": "2026-06-05", "n_days": 5},
        {"document_id": "same", "notice_from": "2025-09-04", "notice_to": "2025-09-16"},
        {"document_id": "dateless"},
    ]
    made = scene("kunyu-2025", documents=[{"kind": "public_notice", **row} for row in rows])
    found = run(made, "duties.notice_days", "KYS-P", KYS_P)
    assert outcomes(found) == {"same": "fail", "dateless": "not_evaluated"}


def test_the_calendar_frees_weekdays_and_takes_weekends():
    free = [{"day_on": "2025-09-08", "working": False}]
    assert outcomes(notice("2025-09-04", "2025-09-17", free)) == {"N": "fail"}
    both = [*free, {"day_on": "2025-09-14", "working": True}, {"day_on": "2025-09-30", "working": True}]
    assert outcomes(notice("2025-09-04", "2025-09-17", both)) == {}


def test_a_stated_number_is_compared_by_itself():
    found = notice("2025-09-04", "2025-09-17", n_days=14)
    assert found.rows["rule"].tolist() == ["duties.notice_days.stated"]
    assert found.rows["outcome"].tolist() == ["review"]
    assert len(notice("2025-09-04", "2025-09-17", n_days=10).rows) == 0


def test_working_days_agree_with_counting_them_one_by_one():
    rng = np.random.default_rng(2)
    start = np.datetime64("2025-01-01") + rng.integers(0, 60, 40)
    end = start + rng.integers(-3, 40, 40)
    calendar = pd.DataFrame(
        {
            "day_on": pd.to_datetime(np.datetime64("2025-01-01") + rng.permutation(100)[:30]),
            "working": pd.array(rng.random(30) < 0.5, dtype="boolean"),
        }
    )
    told = dict(zip(calendar["day_on"].to_numpy("datetime64[D]"), calendar["working"], strict=True))
    by_hand = [
        sum(bool(told.get(day, np.is_busday(day))) for day in np.arange(first, last + 1))
        for first, last in zip(start, end, strict=True)
    ]
    assert calendar_counts(calendar, start, end).tolist() == by_hand


# --------------------------------------------------------------------------------------------------------- returns


def returned(papers, per_year=2, **well):
    made = scene(
        "toli-2024",
        users=[{"user_id": "U"}, {"user_id": "idle"}],
        wells=[{"well_id": "W", "user_id": "U", **well}],
        documents=papers,
    )
    return run(made, "duties.statistics_return", "TOL-9b", {"per_year": per_year})


def filing(number, role="users", subject="U", year=2025):
    return {
        "document_id": str(number),
        "kind": "statistics_return",
        "subject_role": role,
        "subject_id": subject,
        "year": year,
    }


def test_returns_are_counted_by_user_and_by_well_of_the_user():
    assert passed(returned([filing(1), filing(2, "wells", "W")])) == 1
    assert outcomes(returned([filing(1), filing(2, year=2024)])) == {"U": "fail"}
    assert outcomes(returned([], status="sealed")) == {}  # takes no water


def test_without_the_interval_the_clause_waits_for_it():
    made = scene("toli-2024", users=[{"user_id": "U"}], documents=[])
    found = run(made, "duties.statistics_return", "TOL-9b", {}, {"per_year": "returns.per_year"})
    assert found.rows["message_key"].tolist() == ["rules.value_missing"]
