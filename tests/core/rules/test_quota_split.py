"""Indices divided among townships, sectors, users and wells."""

from __future__ import annotations

import pytest
from saying import one, said, speaks
from shapely.geometry import box

from build import outcomes, passed, run, scene

GAOCHANG = "650402"
NEAR = {"geometry": box(89.0, 42.7, 89.4, 43.1)}


def figure(role, subject, value, year=2025, measure="index", unit="m3", **more):
    return {
        "subject_role": role,
        "subject_id": subject,
        "year": year,
        "measure": measure,
        "value": value,
        "unit": unit,
        **more,
    }


def wells_of(*values, user="U"):
    rows = [{"well_id": f"W{n}", "county": "高昌区", "user_id": user} for n in range(len(values))]
    return rows, [figure("wells", f"W{n}", value) for n, value in enumerate(values) if value is not None]


def allocation(made, clause="TLF-3.1a", **with_):
    return speaks(run(made, "quota.allocation", clause, {"source": "groundwater", **with_}))


def user_scene(index, *values, **more):
    wells, figures = wells_of(*values)
    given = [] if index is None else [figure("users", "U", index)]
    return scene(
        wells=wells,
        users=[{"user_id": "U", "county": "高昌区"}],
        indices=[*given, *figures] or [figure("users", "V", 1)],
        **more,
    )


@pytest.mark.parametrize(
    ("index", "values", "outcome"),
    [
        pytest.param(120_000, (50_000, 40_000, 35_000), "fail", id="AC-29"),
        (125_000, (50_000, 40_000, 35_000), "pass"),
        (124_999.99, (50_000, 40_000, 35_000), "fail"),
        (130_000, (50_000, 40_000, 35_000), "pass"),
        (None, (50_000,), "not_evaluated"),
        (120_000, (None,), "not_evaluated"),
    ],
)
def test_wells_of_a_user_against_its_index(index, values, outcome):
    found = allocation(user_scene(index, *values), parent="user", child="well")
    rows = found.rows[found.rows["rule"] == "quota.allocation.well"]
    assert dict(zip(rows["subject_id"], rows["outcome"], strict=True)).get("U", "pass") == outcome
    if outcome == "fail" and index == 120_000:
        assert "5,000 m³ over-allocated" in said(rows.iloc[0])
        assert (rows.iloc[0]["measured"], rows.iloc[0]["threshold"]) == (125_000, 120_000)


def test_a_well_of_several_users_without_shares_says_nothing():
    made = user_scene(120_000, 50_000, well_users=[{"well_id": "W0", "user_id": one_} for one_ in ("U", "V")])
    found = allocation(made, parent="user", child="well")
    assert outcomes(found)["U"] == "not_evaluated"


def test_shares_divide_a_well():
    links = [
        {"well_id": "W0", "user_id": "U", "share_ratio": 0.4},
        {"well_id": "W0", "user_id": "V", "share_ratio": 0.6},
    ]
    found = allocation(user_scene(120_000, 300_001, well_users=links), parent="user", child="well")
    assert one(found, "U")["measured"] == pytest.approx(120_000.4)


def test_wells_in_use_without_an_index_are_listed():
    wells = [
        {"well_id": "A", "county": "高昌区"},
        {"well_id": "B", "county": "高昌区"},
        {"well_id": "C", "status": "sealed"},
    ]
    made = scene(wells=wells, indices=[figure("wells", "A", 5)])
    found = allocation(made, parent="county", child="user", then="well")
    listed = found.rows[found.rows["rule"] == "quota.allocation.without_index"]
    assert list(listed["subject_id"]) == ["B"]
    assert list(listed["outcome"]) == ["review"]
    counts = found.counts[found.counts["rule"] == "quota.allocation.without_index"]
    assert (counts["n_pass"].sum(), counts["n_out_of_scope"].sum()) == (1, 1)


def test_users_against_the_county():
    users = [{"user_id": name, "county": "高昌区"} for name in "UV"]
    figures = [
        figure("units", GAOCHANG, 100, source="groundwater", unit="万m3"),
        figure("users", "U", 60, unit="万m3"),
        figure("users", "V", 41, unit="万m3"),
    ]
    found = allocation(scene(users=users, indices=figures), parent="county", child="user")
    row = one(found, GAOCHANG)
    assert (row["outcome"], row["measured"], row["threshold"]) == ("fail", 101e4, 100e4)
    figures[2]["value"] = 40
    found = allocation(scene(users=users, indices=figures), parent="county", child="user")
    assert passed(found) == 1


# --------------------------------------------------------------------------------- management units (HJQ-3.1a, 3.1b)


def divided(townships=(610, 390), sectors=(100, 300, 550, 40)):
    names = ("domestic", "industry", "agriculture", "ecology")
    units = [{"unit_id": "M", "name": "管理单元", "level": "management_unit", "parent_id": GAOCHANG}]
    units += [
        {"unit_id": f"T{n}", "name": f"镇{n}", "level": "township", "parent_id": "M"}
        for n in range(len(townships))
    ]
    wan = {"unit": "万m3", "source": "groundwater"}
    figures = [figure("units", "M", 1000, **wan)]
    figures += [figure("units", f"T{n}", value, **wan) for n, value in enumerate(townships)]
    figures += [
        figure("units", "M", v, sector=s, **wan)
        for s, v in zip(names, sectors, strict=False)
        if v is not None
    ]
    made = scene(units=units, indices=figures, users=[{"user_id": "U", "county": "高昌区"}])
    return allocation(made, parent="management_unit", child="township", exact=True, sectors=names)


@pytest.mark.parametrize(
    ("townships", "sectors", "expected"),
    [
        pytest.param((610, 390), (100, 300, 550, 40), {"sector": "review"}, id="AC-49"),
        ((610, 390), (100, 300, 550, 50), {}),
        ((610, 389), (100, 300, 550, 50), {"township": "review"}),
        ((610, 391), (100, 300, 550, 50), {"township": "fail"}),
        ((610, 390), (100, 300, 550, 51), {"sector": "fail"}),
        ((610, 390), (100, 300, 600, None), {"sector": "review"}),
        ((), (100, 300, 550, 50), {"township": "not_evaluated"}),
    ],
)
def test_townships_and_sectors_of_a_management_unit(townships, sectors, expected):
    found = divided(townships, sectors)
    rows = found.rows
    assert {
        rule.split(".")[-1]: outcome for rule, outcome in zip(rows["rule"], rows["outcome"], strict=True)
    } == expected
    if sectors == (100, 300, 550, 40):
        assert "100,000 m³ are not allocated" in said(rows.iloc[0])  # 10 万m³


def test_the_index_of_a_sector_is_divided_among_users():
    wan = {"unit": "万m3", "source": "groundwater"}
    figures = [
        figure("units", GAOCHANG, 1000, **wan),
        figure("units", GAOCHANG, 500, sector="agriculture", **wan),
        figure("users", "U", 501, parent_id=GAOCHANG, **wan),
    ]
    made = scene(users=[{"user_id": "U"}], indices=figures)
    found = allocation(made, parent="county", child="user", sectors=("agriculture",))
    row = one(found, GAOCHANG)
    assert (row["outcome"], row["threshold"]) == ("fail", 500e4)


def test_units_of_others_are_out_of_scope():
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county", **NEAR}]
    figures = [figure("units", "150625", 1, source="groundwater"), figure("users", "U", 2)]
    made = scene(units=units, users=[{"user_id": "U", "county": "150625"}], indices=figures)
    found = allocation(made, parent="county", child="user")
    assert "150625" not in set(found.rows["subject_id"])
    assert found.counts["n_out_of_scope"].sum() == 1


def test_a_target_for_a_distant_year_is_not_divided_yet():
    found = allocation(
        scene(users=[{"user_id": "U", "county": "高昌区"}], indices=[figure("users", "U", 1)]),
        parent="county",
        child="user",
    )
    assert set(found.rows["period"]) == {"2025"}
