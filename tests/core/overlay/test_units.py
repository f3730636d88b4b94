"""County, township, regiment, basin, authority; and units that a policy names as zones."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import shapely

from overdraft.core.overlay import PlacementOptions, place
from overdraft.core.policy import PolicyUnit, ZoneUnit, load_policy

METRIC = "EPSG:4539"
WEST, EAST = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)


@pytest.fixture(scope="module")
def turpan():
    return load_policy("turpan-2021")


def put(wells, make, **layers):
    layers.setdefault("as_of", make.day)
    return place(wells, options=PlacementOptions(0, 0), **layers)


def test_the_place_decides_whatever_is_recorded(make):
    units = make.units([WEST, EAST], METRIC, unit_id=["b", "a"], name=["West", "East"])
    wells = make.wells([(5, 5), (15, 5), (5, 5), (40, 5)], METRIC, county=["West", "West", None, "West"])
    placement = put(wells, make, units=units)
    assert placement.frame["county_id"].tolist() == ["b", "a", "b", None]
    assert placement.unit_hits.to_numpy().tolist() == [[0, 0], [1, 1], [2, 0]]


def test_on_a_border_the_recorded_name_decides_then_the_smallest_id(make, turpan):
    units = make.units([WEST, EAST], METRIC, unit_id=["650421", "650402"], name=["鄯善县", "高昌区"])
    recorded = ["鄯善县", "高昌区", None, "托克逊县", "650421", " 鄯善县 ", "Shanshan County"]
    wells = make.wells([(10, 5)] * 7, METRIC, county=recorded)
    by_name = put(wells, make, units=units).frame["county_id"].tolist()
    assert by_name == ["650421", "650402", "650402", "650402", "650421", "650421", "650402"]
    by_alias = put(wells, make, units=units, policy=turpan).frame["county_id"].tolist()
    assert by_alias[:6] == by_name[:6]
    assert by_alias[6] == "650421"


def test_own_ids_are_understood_by_the_names_of_the_policy(make, turpan):
    units = make.units([WEST, EAST], METRIC, unit_id=["own-2", "own-1"], name=["鄯善县", "高昌区"])
    wells = make.wells([(10, 5)], METRIC, county=["Piqan"])
    assert put(wells, make, units=units, policy=turpan).frame["county_id"].tolist() == ["own-2"]


def test_scope_of_a_policy_is_told_by_id_or_by_the_name_of_an_own_id(make, turpan):
    units = make.units([WEST, EAST], METRIC, unit_id=["own-2", "own-1"], name=["鄯善县", "伊州区"])
    placement = put(make.wells([(5, 5)], METRIC), make, units=units, policy=turpan)
    counties = ["own-2", "own-1", "650402", "650502", None]
    assert placement.in_scope(turpan, counties).tolist() == [True, False, True, False, True]


def test_county_follows_from_lower_units(make):
    townships = make.units(
        [WEST, EAST],
        METRIC,
        unit_id=["650402101", "650421101"],
        level=["township", "township"],
        parent_id=["650402", "650421"],
    )
    frame = put(make.wells([(5, 5), (10, 5), (30, 5)], METRIC), make, units=townships).frame
    assert frame["county_id"].tolist() == ["650402", "650402", None]
    assert frame["township_id"].tolist() == ["650402101", "650402101", None]


def test_county_and_township_follow_from_villages_through_the_chain(make):
    units = make.units(
        [shapely.box(2, 2, 4, 4), shapely.box(6, 6, 7, 7), None],
        METRIC,
        unit_id=["v1", "v2", "t1"],
        level=["village", "village", "township"],
        parent_id=["t1", "t9", "c1"],
    )
    frame = put(make.wells([(3, 3), (6.5, 6.5)], METRIC), make, units=units).frame
    assert frame["township_id"].tolist() == ["t1", "t9"]
    assert frame["county_id"].tolist() == ["c1", None], "the parent of an unknown township is not known"


def test_parents_in_a_circle_end(make):
    units = make.units([WEST], METRIC, unit_id=["v"], level=["village"], parent_id=["v"])
    frame = put(make.wells([(5, 5)], METRIC), make, units=units).frame
    assert frame["county_id"].tolist() == [None]


def test_a_county_polygon_goes_before_the_chain(make):
    units = make.units(
        [WEST, EAST],
        METRIC,
        unit_id=["c", "t"],
        level=["county", "township"],
        parent_id=[None, "other"],
    )
    frame = put(make.wells([(5, 5), (10, 5), (15, 5)], METRIC), make, units=units).frame
    assert frame["county_id"].tolist() == ["c", "c", "other"]


def test_units_in_force_on_the_day(make):
    units = make.units(
        [WEST, WEST, EAST],
        METRIC,
        unit_id=["c", "c", "d"],
        name=["before", "after", "gone"],
        valid_from=pd.to_datetime([None, "2020-01-01", None]),
        valid_to=pd.to_datetime([None, None, "2024-12-31"]),
    )
    placement = put(make.wells([(5, 5), (15, 5)], METRIC), make, units=units)
    assert placement.frame["county_id"].tolist() == ["c", None]
    assert placement.unit_hits["unit"].tolist() == [1]


def test_regiment_and_basin(make):
    units = make.units(
        [WEST, WEST, EAST],
        METRIC,
        unit_id=["r2", "r1", "baiyang"],
        level=["regiment", "regiment", "basin"],
    )
    frame = put(make.wells([(5, 5), (10, 5), (15, 5)], METRIC), make, units=units).frame
    assert frame["regiment_id"].tolist() == ["r1", "r1", None]
    assert frame["basin_id"].tolist() == [None, "baiyang", "baiyang"]


def test_without_units_the_recorded_text_decides_by_the_policy(make, turpan):
    recorded = ["高昌区", "Gaochang", "652122", "650422", "吐鲁番市", "Beijing", None, "650402101"]
    wells = make.wells([(5, 5)] * 8, METRIC, county=recorded)
    frame = put(wells, make, policy=turpan).frame
    assert frame["county_id"].tolist()[:4] == ["650402", "650402", "650421", "650422"]
    assert frame["county_id"].tolist()[4:] == [None, None, None, "650402"]
    assert frame["authority"].isna().all(), "authority needs units and a policy"
    assert put(wells, make).frame["county_id"].isna().all()


def test_recorded_text_decides_a_level_that_the_units_cannot_tell(make, turpan):
    basin = make.units([WEST], METRIC, unit_id=["baiyang"], level=["basin"])
    wells = make.wells([(5, 5)], METRIC, county=["托克逊县"])
    frame = put(wells, make, units=basin, policy=turpan).frame
    assert frame[["county_id", "basin_id"]].iloc[0].tolist() == ["650422", "baiyang"]


def test_authority_and_whom_it_consults(make, turpan):
    units = make.units(
        [WEST, EAST, shapely.box(0, 0, 5, 10), shapely.box(10, 0, 14, 10), shapely.box(3, 0, 4, 10)],
        METRIC,
        unit_id=["650422", "650402", "baiyang-basin", "xpcc-12-221", "xpcc-12-221"],
        name=["托克逊县", "高昌区", "白杨河流域", "221团", "221团"],
        level=["county", "county", "basin", "regiment", "regiment"],
        valid_from=pd.NaT,
    )
    wells = make.wells([(1, 5), (7, 5), (12, 5), (17, 5), (3.5, 5), (99, 5), None], METRIC)
    placement = put(wells, make, units=units, policy=turpan)
    assert placement.frame["authority"].tolist() == [
        "自治区白杨河流域管理局",
        "托克逊县水行政主管部门",
        "高昌区水行政主管部门",
        "高昌区水行政主管部门",
        "自治区白杨河流域管理局",
        None,
        None,
    ]
    assert placement.frame["consult"].tolist() == [None, None, "兵团第十二师", None, None, None, None]
    assert placement.authority_unsure.tolist() == [False] * 4 + [True, False, False]
    english = place(
        wells, units=units, policy=turpan, as_of=make.day, options=PlacementOptions(0, 0, language="en")
    )
    assert english.frame["authority"].iloc[1] == "Toksun water authority"


@pytest.fixture
def toli(turpan):
    """A policy that names two townships as severe zones and has no zones layer (in the manner of Toli 2024)."""
    units = (
        PolicyUnit("6542", "塔城地区", "Tacheng", "prefecture"),
        PolicyUnit("654224", "托里县", "Toli", "county", "6542"),
        PolicyUnit("654224203", "阿克别里斗乡", "Akbelidou", "township", "654224"),
        PolicyUnit("654224204", "多拉特乡", "Duolate", "township", "654224", ("多拉特",)),
    )
    named = tuple(
        ZoneUnit(unit, "TOL-C", severity="severe", aquifer="shallow") for unit in ("654224203", "654224204")
    )
    return replace(turpan, units=units, zone_units=named, authorities=(), city_id="6542")


def test_townships_that_the_policy_names_become_zones(make, toli):
    units = make.units(
        [WEST, EAST, shapely.box(0, 20, 10, 30)],
        METRIC,
        unit_id=["654224203", "own", "654224205"],
        name=["阿克别里斗乡", "多拉特乡", "other"],
        level=["township"] * 3,
    )
    wells = make.wells(
        [(5, 5), (15, 5), (5, 25), (7, 5)], METRIC, aquifer=[None, "shallow", None, "fissure_karst"]
    )
    placement = put(wells, make, units=units, policy=toli)
    assert placement.frame["zone_severity"].tolist() == ["severe", "severe", None, None]
    assert placement.frame["zone_id"].tolist() == ["654224203", "654224204", None, None]
    assert placement.zones["from_policy"].all()
    assert placement.zones["zone_id"].tolist() == ["654224203", "654224204"]
    assert placement.aquifer_assumed.tolist() == [True, False, False, False]


def test_a_zones_layer_goes_before_the_townships_of_the_policy(make, toli):
    zones = make.zones([shapely.box(0, 0, 1, 1)], METRIC)
    placement = put(make.wells([(5, 5)], METRIC), make, zones=zones, policy=toli)
    assert placement.frame["zone_ids"].tolist() == [""]
    assert placement.zones["from_policy"].tolist() == [False]


def test_without_polygons_the_recorded_township_decides(make, toli):
    wells = make.wells([(5, 5)] * 3, METRIC, township=["多拉特", "阿克别里斗乡", "铁厂沟镇"])
    placement = put(wells, make, policy=toli)
    assert placement.frame["township_id"].tolist() == ["654224204", "654224203", None]
    assert placement.frame["zone_severity"].tolist() == ["severe", "severe", None]
    assert placement.frame["zone_distance_m"].isna().all()
    days = pd.Series(pd.to_datetime(["2024-01-01"] * 3))
    assert placement.zone_state(days)["zone_id"].tolist() == ["654224204", "654224203", None]


def test_a_policy_that_names_no_zones_leaves_the_zone_fields_empty(make, turpan):
    placement = put(make.wells([(5, 5)], METRIC), make, policy=turpan)
    assert placement.zones is None
    assert placement.frame["zone_ids"].isna().all()
    assert placement.zone_state(pd.Series([pd.NaT]))["zone_ids"].isna().all()
