"""Indices divided among townships, sectors, users and wells."""

from __future__ import annotations

import pytest
from saying import one, said, speaks
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of

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


def user_scene(index, *values, source=None, total=None, **more):
    wells, figures = wells_of(*values)
    figures = [{**row, "source": source} for row in figures]
    given = [] if index is None else [figure("users", "U", index, source=source)]
    given += [] if total is None else [figure("users", "U", total, source="total")]
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
    made = scene(users=[{"user_id": "U", "sector": "agriculture"}], indices=figures)
    found = allocation(made, parent="county", child="user", sectors=("agriculture",))
    row = one(found, GAOCHANG)
    assert (row["outcome"], row["threshold"]) == ("fail", 500e4)


def bound(made, clause):
    """What the policy's own binding of the rule to a clause finds."""
    uses = [
        use for use in bindings(made.policy) if (use.rule.name, use.clause.id) == ("quota.allocation", clause)
    ]
    (use,) = uses
    return speaks(findings_of(made, use))


def sector_scene(factory=500, sector="industry", row_sector=None, farm=900, **county):
    """A county with 1000 m³ for agriculture, a farm, and a user that has ``factory`` m³."""
    users = [
        {"user_id": "FARM", "kind": "farmer", "county": "高昌区"},
        {"user_id": "FACTORY", "sector": sector, "county": "高昌区"},
    ]
    figures = [
        figure("units", GAOCHANG, 1000, sector="agriculture", source="total"),
        figure("users", "FACTORY", factory, sector=row_sector),
    ]
    figures += [] if farm is None else [figure("users", "FARM", farm)]
    return scene(users=users, indices=figures)


@pytest.mark.parametrize(
    ("given", "outcome", "measured"),
    [
        pytest.param({}, "pass", None, id="industry has no part in the water of agriculture"),
        pytest.param(
            {"row_sector": "industry", "sector": None}, "pass", None, id="the figure names its sector"
        ),
        pytest.param({"row_sector": "agriculture"}, "fail", 1400, id="a figure for agriculture of a factory"),
        pytest.param({"sector": "agriculture"}, "fail", 1400, id="another farm"),
        pytest.param({"sector": None}, "not_evaluated", 900, id="a user of unknown sector fails nobody"),
        pytest.param({"sector": None, "factory": 100}, "pass", None, id="fits whatever the sector"),
        pytest.param({"sector": None, "farm": 1001}, "fail", 1001, id="over without the unknown"),
        pytest.param(
            {"sector": None, "factory": 9, "farm": None}, "not_evaluated", None, id="none surely of it"
        ),
        pytest.param({"farm": None}, "not_evaluated", None, id="nothing divided"),
    ],
)
def test_only_users_of_a_sector_share_its_index(given, outcome, measured):
    found = bound(sector_scene(**given), "TLF-5.2a")
    assert outcomes(found).get(GAOCHANG, "pass") == outcome
    if measured is not None:
        assert one(found, GAOCHANG)["measured"] == measured
    if given == {"sector": None}:
        assert "users of unknown sector 500 m³" in said(one(found, GAOCHANG))


def test_figures_of_sectors_are_part_of_the_figure_for_all():
    made = scene(
        users=[{"user_id": "U", "county": "高昌区"}],
        indices=[
            figure("units", GAOCHANG, 1000),
            figure("users", "U", 1000),
            figure("users", "U", 600, sector="agriculture"),
        ],
    )
    assert passed(allocation(made, parent="county", child="user", source="total")) == 1


# -------------------------------------------------------------------------- sources, measures and versions of a figure


@pytest.mark.parametrize(
    ("sources", "outcome"),
    [
        (("groundwater", None), "fail"),
        (("groundwater", "surface"), "fail"),
        ((None, None), "fail"),
        (("groundwater", "reclaimed"), "pass"),
    ],
)
def test_water_of_one_source_is_part_of_what_a_user_was_given(sources, outcome):
    users = [{"user_id": name, "county": "英吉沙县"} for name in "UV"]
    figures = [figure("units", "653123", 1000)]
    figures += [
        figure("users", name, value, source=source)
        for name, value, source in zip("UV", (900, 500), sources, strict=True)
    ]
    found = bound(scene("yengisar-2020", users=users, indices=figures), "YJS-4.2.7a")
    assert outcomes(found).get("653123", "pass") == outcome
    if outcome == "fail":
        assert one(found)["measured"] == 1400


def test_sources_of_a_user_add_up_unless_its_total_is_known():
    figures = [
        figure("units", GAOCHANG, 1000),
        figure("users", "U", 700, source="groundwater"),
        figure("users", "U", 400, source="surface"),
    ]
    made = scene(users=[{"user_id": "U", "county": "高昌区"}], indices=figures)
    row = one(allocation(made, parent="county", child="user", source="total"), GAOCHANG)
    assert (row["outcome"], row["measured"]) == ("fail", 1100)
    made = scene(
        users=[{"user_id": "U", "county": "高昌区"}],
        indices=[*figures, figure("users", "U", 1000, issuer="水利局")],
    )
    assert passed(allocation(made, parent="county", child="user", source="total")) == 1


def test_sectors_and_townships_with_water_of_one_source_count():
    figures = [
        figure("units", "653123", 1000),
        figure("units", "653123", 900, sector="agriculture"),
        figure("units", "653123", 300, sector="industry", source="groundwater"),
    ]
    row = one(bound(scene("yengisar-2020", indices=figures), "YJS-3.1.1a"))
    assert (row["outcome"], row["measured"], row["threshold"]) == ("fail", 1200, 1000)
    units = [
        {"unit_id": f"T{n}", "name": f"镇{n}", "level": "township", "parent_id": GAOCHANG} for n in (1, 2)
    ]
    figures = [
        figure("units", GAOCHANG, 1000),
        figure("units", "T1", 900, source="groundwater"),
        figure("units", "T2", 101),
    ]
    made = scene(units=units, indices=figures)
    assert (
        one(allocation(made, parent="county", child="township", source="total"), GAOCHANG)["measured"] == 1001
    )


def test_groundwater_of_a_sector_is_not_the_whole_that_is_divided():
    figures = [
        figure("units", GAOCHANG, 300, sector="agriculture", source="groundwater"),
        figure("users", "U", 500),
    ]
    made = scene(users=[{"user_id": "U", "sector": "agriculture", "county": "高昌区"}], indices=figures)
    assert outcomes(bound(made, "TLF-5.2a")) == {GAOCHANG: "not_evaluated"}


@pytest.mark.parametrize(("plans", "outcome"), [((900, 900), "fail"), ((500, 500), "pass")])
def test_plans_are_held_against_the_index_of_the_county(plans, outcome):
    users = [{"user_id": name, "county": "托里县"} for name in "UV"]
    figures = [figure("units", "654224", 1000)]
    figures += [figure("users", name, 400) for name in "UV"]
    figures += [figure("users", name, plan, measure="plan") for name, plan in zip("UV", plans, strict=True)]
    found = bound(scene("toli-2024", users=users, indices=figures), "TOL-10b")
    assert outcomes(found).get("654224", "pass") == outcome
    if outcome == "fail":
        assert one(found)["measured"] == 1800
        assert "800 m³ over-allocated" in said(one(found))


def test_the_last_version_of_a_figure_counts():
    figures = [
        figure("units", GAOCHANG, 1000),
        figure("users", "U", 700, effective_from="2025-01-01"),
        figure("users", "U", 800, effective_from="2025-06-01"),
        figure("users", "U", 1100, effective_from="2026-12-01"),
    ]
    made = scene(users=[{"user_id": "U", "county": "高昌区"}], indices=figures)
    assert passed(allocation(made, parent="county", child="user", source="total")) == 1


@pytest.mark.parametrize("source", [None, "groundwater"])
def test_wells_of_a_user_as_the_policy_asks(source):
    made = user_scene(120_000, 50_000, 40_000, 35_000, source=source)
    rows = bound(made, "TLF-3.1a").rows
    row = rows[rows["rule"] == "quota.allocation.well"].iloc[0]
    assert (row["subject_id"], row["outcome"], row["measured"], row["threshold"]) == (
        "U",
        "fail",
        125_000,
        120_000,
    )


def test_wells_are_held_against_the_groundwater_of_a_user_first():
    made = user_scene(120_000, 50_000, 40_000, 35_000, source="groundwater", total=300_000)
    rows = bound(made, "TLF-3.1a").rows
    assert rows.set_index("rule")["threshold"]["quota.allocation.well"] == 120_000


@pytest.mark.parametrize(
    ("indexed", "plans", "outcome", "measured"),
    [
        (600, (600, 600), "fail", 1200),
        (None, (600, 600), "fail", 1200),
        (300, (600, 600), "pass", None),
        (None, (600, None), "pass", None),
        (None, (None, None), "not_evaluated", None),
    ],
)
def test_a_plan_recorded_on_a_well_is_its_figure_of_this_year(indexed, plans, outcome, measured):
    units = [
        {"unit_id": "659009", "name": "昆玉市", "level": "county", "geometry": box(79, 37, 80, 38)},
        {
            "unit_id": "R47",
            "name": "新团",
            "level": "regiment",
            "parent_id": "659009",
            "geometry": box(79, 37, 80, 38),
        },
    ]
    wells = [{"well_id": f"W{n}", "plan_m3": plan, "x": 79.5, "y": 37.5} for n, plan in enumerate(plans)]
    wells.append(
        {
            "well_id": "OLD",
            "plan_m3": 9e9,
            "status": "sealed",
            "status_on": "2020-01-01",
            "x": 79.5,
            "y": 37.5,
        }
    )
    figures = [figure("units", "R47", 1000, source="groundwater")]
    figures += [] if indexed is None else [figure("wells", "W0", indexed)]
    made = scene("kunyu-2025", as_of="2025-12-31", units=units, wells=wells, indices=figures)
    found = bound(made, "KYS-R4a")
    rows = found.rows[(found.rows["rule"] == "quota.allocation.well") & (found.rows["period"] == "2025")]
    assert dict(zip(rows["subject_id"], rows["outcome"], strict=True)).get("R47", "pass") == outcome
    if measured is not None:
        assert (rows.iloc[0]["measured"], rows.iloc[0]["threshold"]) == (measured, 1000)
    listed = found.rows[found.rows["rule"] == "quota.allocation.without_index"]
    assert set(listed["subject_id"]) == {f"W{n}" for n, plan in enumerate(plans) if plan is None}


# ------------------------------------------------------------------------------------------- divided step by step


@pytest.mark.parametrize(
    ("values", "sectors", "outcome", "text"),
    [
        ((600, 300), ("agriculture", "agriculture"), "pass", ""),
        (
            (600, None),
            ("agriculture", "agriculture"),
            "review",
            "1 of 2 users have an index, 600 m³ of 1,000 m³",
        ),
        (
            (600, 500),
            ("agriculture", "agriculture"),
            "review",
            "100 m³ more than the 1,000 m³ that there are",
        ),
        ((600, None), ("agriculture", "industry"), "pass", ""),
        ((600, None), ("agriculture", None), "review", "the sector of 1 more users without one is not known"),
        ((600, 500), ("agriculture", "industry"), "pass", ""),
    ],
)
def test_an_index_that_is_divided_step_by_step_fails_nobody(values, sectors, outcome, text):
    units = [
        {"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(107, 39, 109, 41)},
        {
            "unit_id": "M",
            "name": "单元",
            "level": "management_unit",
            "parent_id": "150625",
            "geometry": box(107, 39, 109, 41),
        },
    ]
    users = [{"user_id": f"U{n}", "sector": sector} for n, sector in enumerate(sectors)]
    wells = [{"well_id": f"W{n}", "user_id": f"U{n}", "x": 108, "y": 40} for n in range(2)]
    figures = [figure("units", "M", 1000, sector="agriculture", source="groundwater")]
    figures += [
        figure("users", f"U{n}", value, source="groundwater")
        for n, value in enumerate(values)
        if value is not None
    ]
    found = bound(scene("hangjin-2023", units=units, users=users, wells=wells, indices=figures), "HJQ-3.1b")
    assert outcomes(found).get("M", "pass") == outcome
    if text:
        assert text in said(one(found))


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
