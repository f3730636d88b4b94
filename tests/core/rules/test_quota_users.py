"""Plans of users, and what follows when they are not kept."""

from __future__ import annotations

import json

import pytest
from saying import one, said, speaks

from build import outcomes, passed, run, scene

USERS = [{"user_id": "U", "county": "高昌区"}]


def figure(subject, measure, value, year=2025, role="users", **more):
    row = {
        "subject_role": role,
        "subject_id": subject,
        "year": year,
        "measure": measure,
        "value": value,
        "unit": "m3",
    }
    return {**row, **more}


def plan_of(made, clause="TLF-3.4d", **with_):
    return speaks(run(made, "quota.user_plan", clause, with_))


# ------------------------------------------------------------------------------------------------------------- plan


@pytest.mark.parametrize("clause", [pytest.param("TLF-3.4d", id="AC-66")])
def test_the_excess_comes_off_the_next_plan_and_nothing_is_charged(clause):
    made = scene(users=USERS, indices=[figure("U", "plan", 10_000), figure("U", "use", 11_500)])
    row = one(plan_of(made, clause, consequence="reduce_plan"))
    assert (row["outcome"], row["action"]) == ("fail", "reduce_plan")
    assert json.loads(row["evidence"])["proposed_plan_m3"] == 8_500
    assert "quota.plan_cut_ratio" in json.loads(row["unverified"])
    assert "8,500 m³" in said(row)
    assert "8,500m³" in said(row, "zh")
    assert row["action"] != "charge"


@pytest.mark.parametrize(
    ("use", "plan", "outcome"),
    [
        (10_000, 10_000, "pass"),
        (10_000.01, 10_000, "fail"),
        (None, 10_000, "not_evaluated"),
        (5, None, "not_evaluated"),
    ],
)
def test_use_equal_to_the_plan_keeps_it(use, plan, outcome):
    figures = [
        figure("U", name, value) for name, value in (("use", use), ("plan", plan)) if value is not None
    ]
    found = plan_of(scene(users=USERS, indices=figures))
    assert outcomes(found).get("U", "pass") == outcome
    assert passed(found) == (outcome == "pass")


@pytest.mark.parametrize(("use", "outcome"), [(9_000, "not_evaluated"), (10_001, "fail")])
def test_an_open_year_only_fails(use, outcome):
    figures = [figure("U", "plan", 10_000, 2026), figure("U", "use", use, 2026, as_of="2026-03-01")]
    row = one(plan_of(scene(users=USERS, indices=figures), consequence="list"))
    assert (row["outcome"], row["period_state"]) == (outcome, "open")


def test_the_next_plan_is_cut_where_there_is_one_already():
    figures = [figure("U", "plan", 10_000), figure("U", "use", 11_500), figure("U", "plan", 12_000, 2026)]
    found = plan_of(scene(users=USERS, indices=figures), consequence="reduce_plan", ratio=2)
    row = found.rows[found.rows["period"] == "2025"].iloc[0]
    assert json.loads(row["evidence"])["proposed_plan_m3"] == 9_000
    assert json.loads(row["unverified"]) == []


def test_unconventional_water_does_not_count_against_the_plan():
    figures = [
        figure("U", "plan", 10_000),
        figure("U", "use", 10_000),
        figure("U", "plan", 500, source="reclaimed"),
        figure("U", "use", 900, source="reclaimed"),
    ]
    assert passed(plan_of(scene(users=USERS, indices=figures))) == 1


def test_the_wells_of_a_user_are_added_up_and_all_must_be_read():
    wells = [{"well_id": name, "county": "高昌区", "user_id": "U"} for name in "AB"]
    readings = [
        {"well_id": "A", "year": 2025, "volume_m3": 6_000},
        {"well_id": "B", "year": 2025, "volume_m3": 4_000},
    ]
    plan = [figure("U", "plan", 10_000)]
    assert passed(plan_of(scene(users=USERS, wells=wells, readings=readings, indices=plan))) == 1
    part = plan_of(scene(users=USERS, wells=wells, readings=readings[:1], indices=plan))
    assert one(part)["outcome"] == "not_evaluated"


def test_electricity_alone_asks_for_a_person():
    wells = [{"well_id": "A", "county": "高昌区", "user_id": "U", "m3_per_kwh_ratio": 2.0}]
    readings = [{"well_id": "A", "year": 2025, "energy_kwh": 6_000}]
    made = scene(users=USERS, wells=wells, readings=readings, indices=[figure("U", "plan", 10_000)])
    assert one(plan_of(made))["outcome"] == "review"


def test_users_of_others_are_out_of_scope():
    users = [{"user_id": "U", "county": "150625"}]
    made = scene(users=users, indices=[figure("U", "plan", 1), figure("U", "use", 2)])
    found = plan_of(made)
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


# --------------------------------------------------------------------------------------------------- unconventional


def other_water(*figures, as_of="2026-03-31", **with_):
    made = scene(as_of=as_of, users=USERS, indices=list(figures))
    return speaks(run(made, "quota.unconventional_plan", "TLF-3.4d", with_))


@pytest.mark.parametrize("source", [pytest.param("unconventional", id="AC-59"), "reclaimed"])
def test_the_shortfall_comes_off_the_next_conventional_plan(source):
    row = one(
        other_water(
            figure("U", "plan", 20_000, source=source),
            figure("U", "use", 14_000, source=source),
            figure("U", "plan", 100_000, 2026),
        )
    )
    evidence = json.loads(row["evidence"])
    assert (row["outcome"], row["action"]) == ("fail", "reduce_plan")
    assert (evidence["shortfall_m3"], evidence["proposed_plan_m3"]) == (6_000, 94_000)
    assert "quota.plan_cut_ratio" in json.loads(row["unverified"])


@pytest.mark.parametrize(
    ("used", "as_of", "outcome"),
    [
        (20_000, "2026-03-31", "pass"),
        (19_999, "2026-03-31", "fail"),
        (None, "2026-03-31", "not_evaluated"),
        (25_000, "2025-09-01", "not_evaluated"),
    ],
)
def test_planned_water_is_used_or_more(used, as_of, outcome):
    figures = [figure("U", "plan", 20_000, source="unconventional")]
    figures += [] if used is None else [figure("U", "use", used, source="unconventional")]
    assert outcomes(other_water(*figures, as_of=as_of)).get("U", "pass") == outcome


def test_reclaimed_and_dewatering_water_add_up():
    figures = [figure("U", "plan", 20_000, source="unconventional")]
    figures += [
        figure("U", "use", 12_000, source="reclaimed"),
        figure("U", "use", 8_000, source="dewatering"),
    ]
    assert passed(other_water(*figures)) == 1


# --------------------------------------------------------------------------------------------------- reduction plans


def overload(use, documents=(), index=100, year=2025, kind="enterprise", measure="index", **with_):
    figures = [figure("U", measure, index, year), figure("U", "use", use, year)]
    made = scene(
        users=[{**USERS[0], "kind": kind}],
        indices=figures,
        **({} if documents is None else {"documents": [OTHER_PAPER, *documents]}),
    )
    found = speaks(run(made, "quota.overload_plan", "TLF-3.4d", {"level": "township", **with_}))
    return found.rows[found.rows["subject_role"] == "users"]


OTHER_PAPER = {"document_id": "E", "kind": "annual_report"}


def plan_document(year=2025, subject="U"):
    return {
        "document_id": "D",
        "kind": "reduction_plan",
        "subject_role": "users",
        "subject_id": subject,
        "year": year,
    }


@pytest.mark.parametrize(
    ("use", "documents", "fails"),
    [
        (100, [], False),
        (100.01, [], True),
        (101, [plan_document()], False),
        (101, [plan_document(2026)], False),
        (101, [plan_document(None)], False),
        (101, [plan_document(2024)], True),
        (101, [plan_document(subject="V")], True),
    ],
)
def test_overloaded_users_have_a_reduction_plan(use, documents, fails):
    assert list(overload(use, documents)["outcome"]) == (["fail"] if fails else [])


def test_only_users_of_the_kinds_asked_for():
    assert overload(101, kinds=("park",)).empty
    assert list(overload(101, kinds=("enterprise",))["outcome"]) == ["fail"]
    assert list(overload(101, kind=None, kinds=("enterprise",))["outcome"]) == ["not_evaluated"]
    assert overload(99, kind=None, kinds=("enterprise",)).empty
    assert overload(101, [plan_document()], kind=None, kinds=("enterprise",)).empty


def test_without_documents_nobody_knows_of_a_plan():
    (row,) = overload(101, None).to_dict("records")
    assert (row["outcome"], row["action"]) == ("not_evaluated", "supply_data")
    assert overload(100, None).empty


@pytest.mark.parametrize("measure", ["plan", "quota"])
def test_a_plan_is_no_index(measure):
    assert overload(120, measure=measure).empty
    assert list(overload(120, measure=measure, kinds=("enterprise",))["outcome"]) == ["not_evaluated"]


def test_the_sources_of_an_index_add_up():
    figures = [figure("U", "index", 50, source="groundwater"), figure("U", "index", 50, source="surface")]
    figures.append(figure("U", "use", 100))
    made = scene(users=[{**USERS[0], "kind": "enterprise"}], indices=figures)
    assert passed(run(made, "quota.overload_plan", "TLF-3.4d", {"level": "township"})) == 1


def test_overloaded_townships_have_a_reduction_plan():
    units = [{"unit_id": "T", "name": "镇", "level": "township", "parent_id": "650402"}]
    figures = [figure("T", "index", 100, role="units"), figure("T", "use", 101, role="units")]
    made = scene(units=units, indices=figures)
    found = speaks(run(made, "quota.overload_plan", "TLF-3.4d", {"level": "township"}))
    assert outcomes(found) == {"T": "not_evaluated"}
    made = scene(units=units, indices=figures, documents=[OTHER_PAPER])
    found = speaks(run(made, "quota.overload_plan", "TLF-3.4d", {"level": "township"}))
    assert outcomes(found) == {"T": "fail"}
    paper = {"document_id": "D", "kind": "reduction_plan", "subject_role": "units", "subject_id": "T"}
    made = scene(units=units, indices=figures, documents=[paper])
    assert passed(run(made, "quota.overload_plan", "TLF-3.4d", {"level": "township"})) == 1


def test_use_without_a_plan_is_said_for_years_with_plans_only():
    users = [{"user_id": name, "county": "高昌区"} for name in "UV"]
    uses = [figure(name, "use", 5, year) for name in "UV" for year in (2023, 2024, 2025)]
    found = plan_of(scene(users=users, indices=[*uses, figure("U", "plan", 10, 2024)]))
    assert list(zip(found.rows["subject_id"], found.rows["period"], strict=True)) == [("V", "2024")]
    assert set(plan_of(scene(users=users, indices=uses)).rows["period"]) == {"2025"}
