"""Zones: classes, order of strictness, aquifers, editions, and the acceptance case of the edge."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from overdraft.core.errors import OverdraftError
from overdraft.core.overlay import PlacementOptions, place

METRIC = "EPSG:4539"
NO_DISTANCE = PlacementOptions(distance_limit_m=0, position_accuracy_m=0)


def put(wells, make, **layers):
    layers.setdefault("options", NO_DISTANCE)
    layers.setdefault("as_of", make.day)
    return place(wells, **layers)


@pytest.mark.parametrize((), [pytest.param(id="AC-22")])
def test_wells_in_and_between_an_over_extraction_and_a_restricted_zone(make):
    zones = make.zones(
        [shapely.box(0, 0, 1000, 1000), shapely.box(500, 500, 1500, 1500)],
        METRIC,
        zone_id=["over", "restricted"],
        severity=["general", None],
        control=["none", "restricted"],
    )
    wells = make.wells([(250, 250), (750, 750), (1200, 1200), (2000, 2000), (1000, 250)], METRIC)
    frame = put(wells, make, zones=zones).frame
    assert frame["zone_id"].tolist() == ["over", "over", "restricted", None, "over"]
    assert frame["zone_ids"].tolist() == ["over", "over;restricted", "restricted", "", "over"]
    assert frame["zone_severity"].tolist() == ["general", "general", None, None, "general"]
    assert frame["zone_control"].tolist() == ["none", "restricted", "restricted", None, "none"]


def test_corners_edges_and_holes_are_decided_exactly(make):
    ring = shapely.Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    third = 1 / 3
    wells = make.wells(
        [(0, 0), (3, 1.5), (1, 1), (1.5, 1), (1.5, 1.5), (3.0000000000000004, 1), (third * 3, 0)], METRIC
    )
    frame = put(wells, make, zones=make.zones([ring], METRIC)).frame
    assert (frame["zone_ids"] != "").tolist() == [True, True, True, True, False, False, True]


def test_strictest_first_and_ties_by_the_smallest_id_as_text(make):
    box = shapely.box(0, 0, 10, 10)
    zones = make.zones(
        [box] * 6,
        METRIC,
        zone_id=["Z10", "Z9", "a-banned", "b-general", "c-severe", "d-restricted"],
        severity=["severe", "severe", None, "general", "severe", None],
        control=[None, None, "banned", None, None, "restricted"],
    )
    wells = make.wells([(5, 5)], METRIC)
    everything = put(wells, make, zones=zones).frame.iloc[0]
    assert everything["zone_ids"] == "Z10;Z9;a-banned;b-general;c-severe;d-restricted"
    assert (everything["zone_id"], everything["zone_severity"]) == ("a-banned", "severe")
    assert everything["zone_control"] == "banned"
    no_ban = zones[zones["zone_id"] != "a-banned"]
    row = put(wells, make, zones=no_ban.reset_index(drop=True)).frame.iloc[0]
    assert (row["zone_id"], row["zone_severity"], row["zone_control"]) == ("Z10", "severe", "restricted")


@pytest.mark.parametrize(
    ("severity", "control", "expected"),
    [
        ("general", "banned", ("general", "banned")),
        ("severe", None, ("severe", None)),
        (None, "restricted", (None, "restricted")),
        (None, "banned", (None, "banned")),
        (None, None, ("general", None)),
        (None, "none", ("general", "none")),
    ],
)
def test_what_an_empty_class_means(make, severity, control, expected):
    zones = make.zones([shapely.box(0, 0, 10, 10)], METRIC, severity=[severity], control=[control])
    row = put(make.wells([(5, 5)], METRIC), make, zones=zones).frame.iloc[0]
    assert (row["zone_severity"], row["zone_control"]) == expected


AQUIFERS = (None, "shallow", "deep_confined", "fissure_karst", "mixed")
MATCHES = {
    ("shallow", "deep_confined"): False,
    ("shallow", "fissure_karst"): False,
    ("deep_confined", "fissure_karst"): False,
    ("shallow", "mixed"): True,
    ("deep_confined", "mixed"): True,
    ("fissure_karst", "mixed"): False,
}


@pytest.mark.parametrize("well", AQUIFERS)
@pytest.mark.parametrize("zone", AQUIFERS)
def test_aquifers_match_when_equal_empty_or_mixed(make, well, zone):
    expected = well == zone or not well or not zone or MATCHES.get((well, zone), MATCHES.get((zone, well)))
    zones = make.zones([shapely.box(0, 0, 10, 10)], METRIC, aquifer=[zone])
    placement = put(make.wells([(5, 5)], METRIC, aquifer=[well]), make, zones=zones)
    assert (placement.frame["zone_ids"].iloc[0] == "Z0") is expected
    assert placement.aquifer_assumed.tolist() == [well is None and zone is not None]
    assert len(placement.zone_hits) == int(expected)


def test_screens_replace_the_aquifer_and_one_suffices(make):
    zones = make.zones([shapely.box(0, 0, 10, 10)] * 2, METRIC, aquifer=["deep_confined", "shallow"])
    wells = make.wells([(5, 5)] * 4, METRIC, aquifer=["shallow", "shallow", None, "shallow"])
    screens = pd.DataFrame(
        {
            "well_id": ["W0", "W1", "W1", "W2", "ghost"],
            "aquifer": ["deep_confined", "shallow", "deep_confined", "fissure_karst", "shallow"],
        }
    )
    placement = put(wells, make, zones=zones, screens=screens)
    assert placement.frame["zone_ids"].tolist() == ["Z0", "Z0;Z1", "", "Z1"]
    assert not placement.aquifer_assumed.any()


def test_editions_of_one_id_both_days_included(make):
    big, small = shapely.box(0, 0, 10, 10), shapely.box(0, 0, 5, 10)
    zones = make.zones(
        [big, small],
        METRIC,
        zone_id=["Z", "Z"],
        severity=["general", "severe"],
        valid_from=pd.to_datetime(["2019-01-01", "2024-01-01"]),
        valid_to=pd.to_datetime(["2023-12-31", None]),
    )
    wells = make.wells([(7, 5)] * 5, METRIC)
    placement = put(wells, make, zones=zones)
    assert placement.frame["zone_ids"].tolist() == [""] * 5
    days = pd.Series(pd.to_datetime(["2018-12-31", "2019-01-01", "2023-12-31", "2024-01-01", None]))
    state = placement.zone_state(days)
    assert state["zone_ids"].tolist() == ["", "Z", "Z", "", ""]
    assert state["zone_severity"].tolist() == [None, "general", "general", None, None]


def test_of_two_editions_in_force_the_later_wins_even_where_it_does_not_reach(make):
    zones = make.zones(
        [shapely.box(0, 0, 10, 10), shapely.box(0, 0, 5, 10), shapely.box(0, 0, 1, 1)],
        METRIC,
        zone_id=["Z", "Z", "Z"],
        severity=["severe", "general", "severe"],
        valid_from=pd.to_datetime([None, "2022-01-01", "2023-01-01"]),
        valid_to=pd.to_datetime([None, None, "2023-12-31"]),
    )
    wells = make.wells([(7, 5), (3, 5), (0.5, 0.5)], METRIC)
    placement = put(wells, make, zones=zones)

    def on(day):
        return placement.zone_state(pd.Series([pd.Timestamp(day)] * 3))["zone_severity"].tolist()

    assert on("2021-12-31") == ["severe"] * 3
    assert on("2022-01-01") == [None, "general", "general"]
    assert on("2023-06-01") == [None, None, "severe"]
    assert on("2024-01-01") == [None, "general", "general"]
    assert placement.frame["zone_severity"].tolist() == [None, "general", "general"]
    assert len(placement.zone_hits) == 1 + 2 + 3


def test_parts_of_one_edition_in_several_rows_all_hold(make):
    zones = make.zones([shapely.box(0, 0, 5, 5), shapely.box(20, 0, 25, 5)], METRIC, zone_id=["Z", "Z"])
    frame = put(make.wells([(1, 1), (21, 1), (10, 1)], METRIC), make, zones=zones).frame
    assert frame["zone_ids"].tolist() == ["Z", "Z", ""]


def test_proposed_zones_place_nothing_and_supersede_nothing(make):
    box = shapely.box(0, 0, 10, 10)
    zones = make.zones(
        [box, box, box],
        METRIC,
        zone_id=["Z", "Z", "P"],
        severity=["general", "severe", "severe"],
        valid_from=pd.to_datetime([None, "2024-01-01", None]),
        legal_state=["in_force", "proposed", "proposed"],
    )
    placement = put(make.wells([(5, 5)], METRIC), make, zones=zones)
    assert placement.frame[["zone_ids", "zone_severity"]].iloc[0].tolist() == ["Z", "general"]
    assert placement.zone_hits.to_numpy().tolist() == [[0, 0]]


def test_a_zone_without_an_id_has_the_name_of_its_row(make):
    zones = make.zones([shapely.box(0, 0, 10, 10)] * 2, METRIC, zone_id=["Z", None])
    assert put(make.wells([(5, 5)], METRIC), make, zones=zones).frame["zone_ids"].iloc[0] == "Z;row:2"


def test_invalid_polygons_are_repaired_on_a_copy(make):
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    overlapping = shapely.MultiPolygon([shapely.box(20, 0, 30, 10), shapely.box(25, 0, 35, 10)])
    flat = shapely.Polygon([(50, 0), (60, 0), (50, 0)])
    broken = shapely.Polygon([(70, 0), (80, np.nan), (80, 10)])
    zones = make.zones([bow_tie, overlapping, flat, broken, None, shapely.Polygon()], METRIC)
    before = zones.geometry.to_wkt().tolist()
    wells = make.wells([(1, 5), (5, 1), (5, 5), (27, 5), (34, 5), (55, 0), (75, 1)], METRIC)
    placement = put(wells, make, zones=zones)
    assert placement.frame["zone_ids"].tolist() == ["Z0", "", "Z0", "Z1", "Z1", "", ""]
    assert placement.repairs["zones"].repaired.tolist() == ["Z0", "Z1"]
    assert placement.repairs["zones"].unusable.tolist() == ["Z2", "Z3", "Z4", "Z5"]
    assert zones.geometry.to_wkt().tolist() == before


def test_polygons_inside_a_collection_count(make):
    collection = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.LineString([(5, 5), (6, 6)])])
    frame = put(make.wells([(0.5, 0.5), (5, 5)], METRIC), make, zones=make.zones([collection], METRIC)).frame
    assert frame["zone_ids"].tolist() == ["Z0", ""]


def test_layers_that_were_not_supplied_leave_their_fields_empty(make):
    frame = put(make.wells([(5, 5)], METRIC), make).frame
    row = frame.iloc[0]
    assert row["placed"]
    assert frame.drop(columns="placed").isna().all(axis=None)


def test_a_layer_without_rows_was_supplied(make):
    frame = put(make.wells([(5, 5)], METRIC), make, zones=make.zones([], METRIC)).frame
    assert frame["zone_ids"].tolist() == [""]


def test_networks_and_areas(make):
    squares = [shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10), shapely.box(5, 0, 15, 10)]
    old = pd.to_datetime([None, None, "2020-01-01"])
    areas = gpd.GeoDataFrame({"area_id": ["b", "a", "0"], "valid_to": old}, geometry=squares, crs=METRIC)
    networks = gpd.GeoDataFrame({"network_id": ["n"]}, geometry=squares[:1], crs=METRIC)
    wells = make.wells([(2, 2), (7, 2), (12, 2), (10, 5), (99, 99), None], METRIC)
    frame = put(wells, make, irrigation=areas, networks=networks).frame
    assert frame["area_id"].tolist() == ["b", "a", "a", "a", None, None]
    assert frame["in_network"].tolist()[:5] == [True, True, False, True, False]
    assert frame["in_network"].isna().tolist() == [False] * 5 + [True]
    assert frame["in_network"].dtype == "boolean"


def test_a_layer_without_a_reference_system_is_refused(make):
    with pytest.raises(OverdraftError, match="zones"):
        put(make.wells([(5, 5)], METRIC), make, zones=make.zones([shapely.box(0, 0, 1, 1)], None))
    with pytest.raises(OverdraftError, match="wells"):
        put(make.wells([(5, 5)], None), make)
