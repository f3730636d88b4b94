"""Water by land: areas, quotas per mu, rights of parcels, protected water."""

from __future__ import annotations

import json

import pytest
from saying import one, said, speaks
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.findings import Verdicts

GAOCHANG, SHANSHAN = "650402", "650421"


def figure(role, subject, measure, value, year=2025, unit="m3", **more):
    row = {"subject_role": role, "subject_id": subject, "year": year, "measure": measure, "value": value}
    return {**row, "unit": unit, **more}


def square(area_m2, x=500_000.0, y=4_750_000.0):
    side = area_m2**0.5
    return box(x, y, x + side, y + side)


# --------------------------------------------------------------------------------------------------- parcel rights


def parcels(figures=(), documents=(), **parcel):
    row = {"parcel_id": "P", "certificate_no": "C", "user_id": "U", "area_mu": 45.0, **parcel}
    users = [{"user_id": "U", "county": "高昌区"}]
    made = scene(parcels=[row], users=users, indices=list(figures), documents=list(documents))
    return each(speaks(run(made, "quota.parcel_rights", "TLF-3.4b")))


def each(found, rule="quota.parcel_rights"):
    """What one question of a rule found."""
    return Verdicts(found.rows[found.rows["rule"] == rule], found.counts[found.counts["rule"] == rule])


RATE = figure("units", "6504", "quota_per_mu", 400, unit="m3/mu")


@pytest.mark.parametrize("area_m2", [pytest.param(30_000, id="AC-44")])
def test_area_times_index_is_the_right(area_m2):
    row = one(parcels([RATE], area_mu=area_m2 * 15 / 10_000))
    evidence = json.loads(row["evidence"])
    assert (evidence["area_mu"], evidence["right_m3"]) == (45, 18_000)
    assert (row["outcome"], row["action"], row["threshold"]) == ("review", "list", 18_000)
    assert "45 mu at 400 m³ per mu give a right of 18,000 m³" in said(row)


@pytest.mark.parametrize(
    ("recorded", "outcome"),
    [(18_000, "pass"), (18_000.1, "fail"), (17_999.9, "review"), (None, "review")],
)
def test_a_recorded_right_is_no_more_than_area_times_index(recorded, outcome):
    figures = [RATE] + ([] if recorded is None else [figure("parcels", "P", "quota", recorded)])
    assert outcomes(parcels(figures)).get("P", "pass") == outcome


def test_the_certificate_decides_and_a_different_drawing_is_asked_about():
    import geopandas as gpd

    figures = [RATE, figure("parcels", "P", "quota", 18_000)]
    for drawn, expected in ((30_000 * 1.04, "pass"), (30_000 * 1.06, "review"), (30_000 * 0.9, "review")):
        frame = gpd.GeoDataFrame(
            {"parcel_id": ["P"], "area_mu": [45.0], "user_id": ["U"]},
            geometry=[square(drawn)],
            crs="EPSG:32645",
        )
        made = scene(parcels=frame, users=[{"user_id": "U", "county": "高昌区"}], indices=figures)
        found = each(speaks(run(made, "quota.parcel_rights", "TLF-3.4b")))
        assert outcomes(found).get("P", "pass") == expected


@pytest.mark.parametrize(("figures", "parcel"), [([], {}), ([RATE], {"area_mu": None})])
def test_without_area_or_index_no_right(figures, parcel):
    assert one(parcels(figures, **parcel))["outcome"] == "not_evaluated"


def test_the_parcels_own_index_goes_first():
    own = figure("parcels", "P", "quota_per_mu", 300, unit="m3/mu")
    of_user = figure("users", "U", "quota_per_mu", 350, unit="m3/mu")
    assert one(parcels([RATE, of_user, own]))["threshold"] == pytest.approx(13_500)
    assert one(parcels([RATE, of_user]))["threshold"] == pytest.approx(15_750)


def test_a_certificate_on_file_is_enough():
    paper = {"document_id": "D", "kind": "rights_certificate", "subject_role": "parcels", "subject_id": "P"}
    assert passed(parcels([RATE], [paper])) == 1


def test_parcels_of_others_are_out_of_scope():
    users = [{"user_id": "U", "county": "150625"}]
    made = scene(parcels=[{"parcel_id": "P", "user_id": "U", "area_mu": 45.0}], users=users, indices=[RATE])
    found = each(run(made, "quota.parcel_rights", "TLF-3.4b"))
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


@pytest.mark.parametrize(
    ("index", "areas", "county", "outcome"),
    [
        pytest.param(36_000, (45.0, 45.0), "托里县", "pass", id="all of the index"),
        pytest.param(35_999, (45.0, 45.0), "托里县", "fail", id="one cubic metre too much"),
        pytest.param(36_000, (45.0, None), "托里县", "not_evaluated", id="an area is missing"),
        pytest.param(17_999, (45.0, None), "托里县", "fail", id="too much without it"),
        pytest.param(36_000, (45.0, 45.0), None, None, id="nobody knows the county"),
        pytest.param(None, (45.0, 45.0), "托里县", "not_evaluated", id="no index"),
    ],
)
def test_rights_together_are_no_more_than_the_index_of_agriculture(index, areas, county, outcome):
    rows = [{"parcel_id": f"P{n}", "user_id": "U", "area_mu": area} for n, area in enumerate(areas)]
    figures = [{**RATE, "subject_id": "654224"}]
    figures += [] if index is None else [figure("units", "654224", "index", index, sector="agriculture")]
    made = scene("toli-2024", parcels=rows, users=[{"user_id": "U", "county": county}], indices=figures)
    found = each(speaks(run(made, "quota.parcel_rights", "TOL-12b")), "quota.parcel_rights.sum")
    if outcome is None:
        assert found.rows.empty
        assert passed(found) == 0
    else:
        assert outcomes(found).get("654224", "pass") == outcome


# ------------------------------------------------------------------------------------------------- supportable area


def land(index=400_000, sector="agriculture", areas=None, **more):
    areas = areas or [
        {
            "area_id": "A",
            "county": "高昌区",
            "status": "irrigated",
            "area_mu": 1000.0,
            "quota_m3_per_mu": 400.0,
        }
    ]
    figures = (
        [] if index is None else [figure("units", GAOCHANG, "index", index, source="total", sector=sector)]
    )
    made = scene(irrigation=areas, indices=figures, **more)
    found = speaks(run(made, "quota.supportable_area", "TLF-2.4"))
    return found.rows[found.rows["subject_id"] == GAOCHANG], found


@pytest.mark.parametrize(
    ("index", "outcome"), [(400_000, []), (399_999, ["fail"]), (400_001, []), (None, ["not_evaluated"])]
)
def test_the_index_supports_so_much_area(index, outcome):
    rows, _ = land(index)
    assert list(rows["outcome"]) == outcome
    if outcome == ["fail"]:
        assert rows.iloc[0]["measured"] == pytest.approx(1000)
        assert rows.iloc[0]["threshold"] == pytest.approx(399_999 / 400)


def test_an_index_for_all_sectors_can_only_be_exceeded():
    assert list(land(399_999, sector=None)[0]["outcome"]) == ["fail"]
    assert list(land(400_001, sector=None)[0]["outcome"]) == ["not_evaluated"]


def test_land_without_a_quota_leaves_it_open_and_the_unit_may_lend_one():
    areas = [{"area_id": "A", "county": "高昌区", "status": "irrigated", "area_mu": 1000.0}]
    assert list(land(areas=areas)[0]["outcome"]) == ["not_evaluated"]
    areas[0]["area_mu"] = 999.0
    areas.append({**areas[0], "area_id": "B", "area_mu": 1.0, "quota_m3_per_mu": 500_000.0})
    assert list(land(areas=areas)[0]["outcome"]) == ["fail"]


def test_retired_land_needs_no_water():
    area = {"area_id": "A", "county": "高昌区", "status": "retired", "retired_on": "2022-05-01"}
    rows, found = land(1, areas=[{**area, "area_mu": 1000.0, "quota_m3_per_mu": 400.0}])
    assert list(rows["outcome"]) == ["not_evaluated"]
    assert passed(found) == 0


# ----------------------------------------------------------------------------------------------------------- per mu


def per_mu(figures=(), links=(), readings=(), wells=(), as_of="2026-03-31", **area):
    row = {
        "area_id": "A",
        "county": "高昌区",
        "status": "irrigated",
        "area_mu": 100.0,
        "quota_m3_per_mu": 400.0,
    }
    made = scene(
        as_of=as_of,
        irrigation=[{**row, "source": "groundwater", **area}],
        wells=[{"well_id": name, "county": "高昌区"} for name in wells] or [{"well_id": "none"}],
        well_areas=list(links) or [{"well_id": "other", "area_id": "other"}],
        readings=list(readings) or [{"well_id": "other", "year": 2025}],
        indices=list(figures),
    )
    return speaks(run(made, "quota.per_mu", "TLF-3.4b"))


@pytest.mark.parametrize(("use", "outcome"), [(40_000, "pass"), (40_000.1, "fail"), (39_999, "pass")])
def test_recorded_use_by_area_against_the_quota(use, outcome):
    found = per_mu([figure("irrigation", "A", "use", use)])
    assert outcomes(found).get("A", "pass") == outcome
    assert passed(found) == (outcome == "pass")


@pytest.mark.parametrize(
    ("shares", "volumes", "source", "outcome"),
    [
        ((1.0, 0.5), (20_000, 40_000), "groundwater", "pass"),
        ((1.0, 0.5), (20_000, 40_001), "groundwater", "fail"),
        ((None, 0.5), (20_000, 40_000), "groundwater", "pass"),
        ((1.0, 0.5), (20_000, None), "groundwater", "not_evaluated"),
        ((1.0, 0.5), (20_000, 40_000), "conjunctive", "not_evaluated"),
        ((1.0, 0.5), (20_000, 40_001), "conjunctive", "fail"),
    ],
)
def test_wells_bring_water_by_their_shares(shares, volumes, source, outcome):
    links = [{"well_id": w, "area_id": "A", "share_ratio": s} for w, s in zip("XY", shares, strict=True)]
    readings = [{"well_id": w, "year": 2025, "volume_m3": v} for w, v in zip("XY", volumes, strict=True)]
    found = per_mu(links=links, readings=readings, wells="XY", source=source)
    assert outcomes(found).get("A", "pass") == outcome


def test_without_a_quota_or_in_an_open_year_no_verdict():
    use = figure("irrigation", "A", "use", 30_000)
    assert one(per_mu([use], quota_m3_per_mu=None))["outcome"] == "not_evaluated"
    row = one(per_mu([use], as_of="2025-10-01"))
    assert (row["outcome"], row["period_state"]) == ("not_evaluated", "open")


# ------------------------------------------------------------------------------------------------------- protected


def minima(least, given, sector="ecology", measure="index"):
    figures = (
        [] if least is None else [figure("units", GAOCHANG, "quota", least, source="total", sector=sector)]
    )
    figures += (
        [] if given is None else [figure("units", GAOCHANG, measure, given, source="total", sector=sector)]
    )
    made = scene(indices=figures or [figure("units", "X", "use", 1)])
    found = speaks(run(made, "quota.protected_minima", "TLF-3.1c"))
    check = {"ecology": "ecology", "agriculture": "irrigation"}[sector]
    rows = found.rows[
        (found.rows["rule"] == f"quota.protected_minima.{check}") & (found.rows["subject_id"] == GAOCHANG)
    ]
    return list(rows["outcome"])


@pytest.mark.parametrize("sector", ["ecology", "agriculture"])
@pytest.mark.parametrize(
    ("least", "given", "outcome"),
    [
        (100, 100, []),
        (100, 99.9, ["fail"]),
        (None, 100, ["not_evaluated"]),
        (100, None, ["not_evaluated"]),
        (None, None, ["not_evaluated"]),
    ],
)
def test_minima_are_kept(least, given, outcome, sector):
    assert minima(least, given, sector) == outcome


def test_a_plan_stands_in_for_an_index():
    assert minima(100, 99, measure="plan") == ["fail"]
