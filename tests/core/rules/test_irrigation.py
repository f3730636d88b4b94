"""Irrigated land: what was added, reclaimed, given up, and how it is watered."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from saying import speaks
from shapely.affinity import translate
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.rules.facts.irrigated_land import land_added

METRES = "EPSG:32645"
ORIGIN = (500_000.0, 4_700_000.0)
"""Central meridian: a plane square differs from the ellipsoid by the scale 0.9996²."""
SCALE = 0.9996**2
BASE = date(2023, 4, 21)
CLAUSE = "HJQ-3.1c"


def field(x, y, width, height=1000.0):
    """A rectangle of the plane, in metres from the origin."""
    return translate(box(x, y, x + width, y + height), *ORIGIN)


def mu(width, height=1000.0):
    """亩 of such a rectangle on the ellipsoid."""
    return width * height / SCALE * 15 / 10_000


def area(name, shape, since="2020-01-01", until=None, **more):
    row = {"area_id": name, "status": "irrigated", "county": "杭锦旗", "geometry": shape}
    return {**row, "valid_from": since, "valid_to": until, **more}


def expansion(areas, **with_):
    made = scene("hangjin-2023", crs=METRES, irrigation=areas)
    return run(made, "irrigation.expansion", CLAUSE, {"baseline": BASE, **with_})


def unit_row(found):
    rows = found.rows[found.rows["rule"] == "irrigation.expansion.unit"]
    return None if rows.empty else rows.iloc[0]


@pytest.mark.parametrize("added", [pytest.param(100, id="AC-51")])
def test_gross_expansion_is_not_made_up_for_by_land_given_up(added):
    # 6,666.67 m of 1,000 m are 10,000 亩, 100 m are 150 亩
    areas = [
        area("kept", field(0, 0, 9850 / 1.5)),
        area("dropped", field(0, 2000, 100), until="2024-12-31"),
        area("added", field(0, 5000, added), since="2025-01-01"),
    ]
    found = expansion(areas)
    assert outcomes(found) == {"added": "review", "150625": "review"}
    row = unit_row(found)
    assert row["measured"] == pytest.approx(150 / SCALE, rel=1e-6)
    assert json.loads(row["evidence"])["net_mu"] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("shape", "added"),
    [
        (field(0, 0, 1000), 0),  # the same land under a new edition
        (field(0, 0, 1000.0001), 0),  # a digitising leftover is no land
        (field(1000, 0, 500), mu(500)),  # only an edge in common
        (field(500, 0, 1000), mu(500)),  # half of it was there
        (field(0, 0, 1500), mu(500)),
    ],
)
def test_only_land_that_was_not_irrigated_counts(shape, added):
    areas = [area("I", field(0, 0, 1000), until="2023-12-31"), area("I", shape, since="2024-01-01")]
    found = expansion(areas)
    row = unit_row(found)
    assert (0 if row is None else row["measured"]) == pytest.approx(added, rel=1e-6, abs=1e-6)


def test_two_old_areas_cover_a_new_one_together():
    areas = [
        area("a", field(0, 0, 500)),
        area("b", field(500, 0, 500)),
        area("c", field(0, 0, 1000), "2025-01-01"),
    ]
    assert passed(expansion(areas)) == 4  # three areas and the county


def test_land_retired_on_the_base_day_and_watered_again_is_expansion():
    again = {"status": "irrigated", "retired_on": "2021-01-01", "restored_on": "2024-01-01"}
    found = expansion([area("x", field(0, 0, 100)), area("y", field(0, 2000, 100), **again)])
    assert outcomes(found)["y"] == "review"
    found = expansion([area("x", field(0, 0, 100)), area("y", field(0, 2000, 100), retired_on="2021-01-01")])
    assert outcomes(found) == {"y": "not_evaluated", "150625": "not_evaluated"}  # in use again since when?


def test_undated_land_tells_nothing_and_makes_up_for_nothing():
    new = area("new", field(0, 2000, 100), since="2025-01-01")
    found = expansion([area("old", field(0, 0, 100)), area("x", field(0, 2000, 100), since=None), new])
    assert outcomes(found) == {"x": "not_evaluated", "new": "review", "150625": "review"}
    found = expansion([area("x", field(0, 0, 100), since=None)])
    assert found.rows["message_key"].tolist() == ["irrigation.no_baseline"]


def test_the_text_may_ban_instead_and_others_are_out_of_scope():
    areas = [area("old", field(0, 0, 100)), area("new", field(0, 2000, 100), since="2025-01-01")]
    assert set(outcomes(expansion(areas, action="fail")).values()) == {"fail"}
    away = [{**one, "county": "高昌区"} for one in areas]
    units = [{"unit_id": "650402", "name": "高昌区", "level": "county"}]
    made = scene("hangjin-2023", crs=METRES, irrigation=away, units=units)
    found = run(made, "irrigation.expansion", CLAUSE, {"baseline": BASE})
    assert (len(found.rows), found.counts["n_out_of_scope"].sum()) == (0, 3)
    without = run(scene("hangjin-2023"), "irrigation.expansion", CLAUSE, {"baseline": BASE})
    assert without.rows["message_key"].tolist() == ["rules.role_missing"]


def test_added_land_agrees_with_pieces_of_a_grid():
    """Fields of a random grid, each on or off then and now: what is added is what is on now and was off."""
    rng = np.random.default_rng(4)
    then, now = rng.random((2, 6, 6)) < 0.5
    cells = [(i, j) for i in range(6) for j in range(6)]
    areas = [
        area(f"t{i}{j}", field(100 * i, 100 * j, 100, 100), until="2024-12-31")
        for i, j in cells
        if then[i, j]
    ]
    strips = [field(100 * i, 100 * j, 100, 100) for i, j in cells if now[i, j]]
    areas += [area(f"n{n}", shape, since="2025-01-01") for n, shape in enumerate(strips)]
    made = scene("hangjin-2023", crs=METRES, irrigation=areas)
    found = land_added(made, BASE)
    assert found["added_mu"].sum() == pytest.approx((now & ~then).sum() * mu(100, 100), rel=1e-6)


# --------------------------------------------------------------------------------------------------- reclaimed land


def reclaimed(shape, kind="fragile", fragile=None, **more):
    fragile = field(0, 5000, 1000) if fragile is None else fragile
    made = scene(
        "toli-2024",
        crs=METRES,
        irrigation=[
            area("old", field(0, 0, 100), county=None),
            area("new", shape, "2025-06-01", county=None, **more),
        ],
        protection=[{"protection_id": "F", "kind": kind, "geometry": fragile}],
    )
    return run(made, "irrigation.reclaimed_land", "TOL-3b", {"baseline": date(2024, 12, 3)})


@pytest.mark.parametrize(
    ("shape", "added"),
    [
        (field(100, 5000, 200), mu(200)),
        (field(900, 5000, 200), mu(100)),
        (field(1000, 5000, 200), 0),  # an edge in common is no land
        (field(3000, 5000, 200), 0),
    ],
)
def test_new_land_in_fragile_ground(shape, added):
    found = reclaimed(shape)
    assert outcomes(found) == ({"new": "fail"} if added else {})
    if added:
        assert found.rows.iloc[0]["measured"] == pytest.approx(added, rel=1e-6)


def test_land_of_unknown_age_is_not_evaluated():
    found = reclaimed(field(100, 5000, 200), valid_from=None)
    assert outcomes(found) == {"new": "not_evaluated"}


def test_a_protected_area_of_no_recorded_kind_may_be_fragile():
    assert outcomes(reclaimed(field(100, 5000, 200), kind=None)) == {"new": "review"}
    beside = field(3000, 5000, 200)
    assert outcomes(reclaimed(beside, kind=None)) == {"new": "not_evaluated"}  # no fragile area on record


def test_where_fragile_ground_is_not_known_added_land_does_not_pass():
    found = reclaimed(field(100, 5000, 200), kind="drinking_1")
    assert outcomes(speaks(found)) == {"new": "not_evaluated"}
    assert passed(found) == 1  # nothing was added to the old area, wherever fragile ground lies
    drawn = {"protection_id": "F", "kind": "fragile", "geometry": field(0, 5000, 1000)}
    for other, outcome in (({}, {}), ({"geometry": None}, {"new": "not_evaluated"})):
        made = scene(
            "toli-2024",
            crs=METRES,
            irrigation=[
                area("old", field(0, 0, 100), county=None),
                area("new", field(3000, 5000, 200), "2025-06-01", county=None),
            ],
            protection=[drawn, {**drawn, "protection_id": "G", **other}],
        )
        found = run(made, "irrigation.reclaimed_land", "TOL-3b", {"baseline": date(2024, 12, 3)})
        assert outcomes(speaks(found)) == outcome


# ----------------------------------------------------------------------------------------------- reports by unit


def yearly(values, column="irrigated_mu"):
    areas = [area("I", field(0, 0, 100), county="英吉沙县")]
    rows = [{"area_id": "I", "year": year, column: value} for year, value in values.items()]
    made = scene("yengisar-2020", as_of="2022-12-31", crs=METRES, irrigation=areas, area_years=rows)
    return run(made, "irrigation.retired_report", "YJS-3.2.3b")


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({2021: 100, 2022: 99}, "pass"),
        ({2021: 100, 2022: 100}, "review"),
        ({2021: 100, 2022: 120}, "review"),
        ({2021: 100}, "not_evaluated"),
    ],
)
def test_a_yearly_report_never_fails(values, outcome):
    assert list(outcomes(yearly(values)).values()) == ([] if outcome == "pass" else [outcome])


def efficient(methods, **with_):
    areas = [
        area(str(n), field(0, 2000 * n, 100), county="英吉沙县", method=method)
        for n, method in enumerate(methods)
    ]
    made = scene("yengisar-2020", crs=METRES, irrigation=areas)
    return run(made, "irrigation.efficient_share", "YJS-3.2.1a", with_, force="mandatory")


def test_the_share_of_efficient_methods():
    found = efficient(["滴灌", "漫灌", "Sprinkler", "地面灌"])
    assert found.rows.iloc[0][["outcome", "measured"]].tolist() == ["not_evaluated", pytest.approx(50)]
    assert passed(efficient(["滴灌", "漫灌"], at_least=50)) == 1
    assert list(outcomes(efficient(["滴灌", "漫灌"], at_least=51)).values()) == ["fail"]
    assert list(outcomes(efficient(["滴灌", None], at_least=51)).values()) == ["not_evaluated"]


# ------------------------------------------------------------------------------------------------ leading districts


def leading(areas):
    made = scene("yengisar-2020", crs=METRES, irrigation=areas)
    return run(made, "irrigation.leader", "YJS-4.2.9", {"at_least_mu": 10_000})


def district(name, registered, flags="managed;safe", **more):
    return area(name, field(0, 0, 10), county="英吉沙县", area_mu=registered, flags=flags, **more)


@pytest.mark.parametrize(
    ("registered", "listed"),
    [pytest.param(10_000, True, id="AC-58 10,000 mu"), pytest.param(666.6 * 15, False, id="AC-58 666.6 ha")],
)
def test_a_district_of_ten_thousand_mu_is_a_candidate(registered, listed):
    found = leading([district("D", registered)])
    assert outcomes(found) == ({"D": "review"} if listed else {})


def test_districts_add_up_and_must_be_sound():
    parts = [district("a", 6000, district="甲"), district("b", 4000, district="甲")]
    assert outcomes(leading(parts)) == {"a": "review"}
    assert outcomes(leading([parts[0], {**parts[1], "flags": "managed"}])) == {}
    assert outcomes(leading([parts[0], {**parts[1], "flags": None}])) == {"a": "not_evaluated"}
    assert outcomes(leading([parts[0], {**parts[1], "status": "retired", "retired_on": "2021-01-01"}])) == {}


# -------------------------------------------------------------------------------------------------- returned water


def returned(target=None, year=2025, **more):
    row = area("I", field(0, 0, 1000), county="高昌区", status="retired", retired_on="2024-01-01")
    row = {**row, "quota_m3_per_mu": 400.0, **more}
    roles = {"targets": [{"unit_id": "高昌区", "year": year, "volume_m3": target}]} if target else {}
    found = run(scene(crs=METRES, irrigation=[row], **roles), "irrigation.water_returned", "TLF-5.1")
    rows = found.rows[found.rows["subject_id"] == "650402"]
    return ("pass", None) if rows.empty else tuple(rows.iloc[0][["outcome", "measured"]])


def test_water_returned_is_area_times_quota():
    volume = mu(1000) * 400
    assert returned() == ("not_evaluated", pytest.approx(volume, rel=1e-6))
    assert returned(volume * (1 - 1e-6))[0] == "pass"
    assert returned(volume * 1.01)[0] == "fail"
    assert returned(volume * 1.01, year=2030)[0] == "not_evaluated"
    assert returned(volume * 1.01, quota_m3_per_mu=None)[0] == "not_evaluated"
    assert returned(1.0, retired_on="2020-06-01") == ("fail", 0.0)  # before the baseline
