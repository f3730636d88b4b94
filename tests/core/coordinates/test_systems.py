"""Gauss-Krüger systems and the choice between them, against series computed here and PROJ's own strings."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from overdraft.core.coordinates.systems import (
    MERIDIANS,
    ZONES,
    Candidate,
    candidates,
    central_meridian,
    choose,
    crs_of_meridian,
    crs_of_zone,
    to_lonlat,
    zone_of,
)
from overdraft.core.messages import placeholders, render

A, F = 6_378_137.0, 1 / 298.257222101  # CGCS2000


def meridian_arc(lat):
    """Length of the meridian from the equator, Helmert 1880: a / (1 + n) · (c0 φ − c2 sin 2φ + c4 sin 4φ − …)."""
    n, phi = F / (2 - F), np.radians(lat)
    c = (1 + n**2 / 4 + n**4 / 64, 1.5 * (n - n**3 / 8), 15 / 16 * (n**2 - n**4 / 4), 35 / 48 * n**3)
    series = c[0] * phi - c[1] * np.sin(2 * phi) + c[2] * np.sin(4 * phi) - c[3] * np.sin(6 * phi)
    return A / (1 + n) * series


def gauss_krueger(lon, lat, meridian, false_easting=500_000):
    """Easting and northing by PROJ's own string, without EPSG codes."""
    text = f"+proj=tmerc +lon_0={meridian} +k=1 +x_0={false_easting} +a={A} +rf={1 / F} +no_defs"
    return pyproj.Proj(text)(lon, lat)


def grid(county, n=30):
    """Places inside a county."""
    west, south, east, north = county.bounds
    x, y = (part.ravel() for part in np.meshgrid(np.linspace(west, east, n), np.linspace(south, north, n)))
    inside = shapely.contains_xy(county, x, y)
    return x[inside], y[inside]


def in_county(county):
    return lambda lon, lat: float(shapely.contains_xy(county, lon, lat).mean())


def test_on_the_central_meridian_the_northing_is_the_arc():
    """The quarter meridian is 10 001 965.729 m, half of its angle 4 984 944.378 m (published for GRS 80)."""
    assert meridian_arc(90.0) == pytest.approx(10_001_965.729, abs=0.001)
    assert meridian_arc(45.0) == pytest.approx(4_984_944.378, abs=0.001)
    for crs, easting in (("EPSG:4538", 500_000.0), ("EPSG:4517", 29_500_000.0), ("EPSG:4493", 15_500_000.0)):
        lon, lat = to_lonlat([easting], [meridian_arc(42.0)], Candidate(crs, True))
        assert (lon[0], lat[0]) == pytest.approx((87.0, 42.0), abs=1e-9)


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_is_its_meridian_and_its_number(zone):
    meridian = central_meridian(zone)
    easting, northing = gauss_krueger(meridian + 1.2, 41.0, meridian, 500_000 + zone * 1_000_000)
    lon, lat = to_lonlat([northing], [easting], Candidate(crs_of_zone(zone), False))
    assert (lon[0], lat[0]) == pytest.approx((meridian + 1.2, 41.0), abs=1e-9)
    assert zone_of([easting])[0] == zone
    name = pyproj.CRS(crs_of_zone(zone)).name
    assert name.startswith("CGCS2000")
    assert name.endswith(f"zone {zone}")
    assert ("3-degree" in name) == (zone >= 25)


@pytest.mark.parametrize("degrees", MERIDIANS)
def test_every_meridian_has_its_system(degrees):
    easting, northing = gauss_krueger(degrees - 1.2, 30.0, degrees)
    lon, lat = to_lonlat([easting], [northing], Candidate(crs_of_meridian(degrees), True))
    assert (lon[0], lat[0]) == pytest.approx((degrees - 1.2, 30.0), abs=1e-9)
    assert pyproj.CRS(crs_of_meridian(degrees)).name == f"CGCS2000 / 3-degree Gauss-Kruger CM {degrees}E"


def test_six_degree_systems_by_meridian_are_the_three_degree_ones():
    """EPSG 4502 … 4512 against 4534 …: so the former are no candidates of their own."""
    for place, degrees in enumerate(range(75, 136, 6)):
        six, three = pyproj.CRS(4502 + place), pyproj.CRS(crs_of_meridian(degrees))
        assert six.geodetic_crs == three.geodetic_crs
        values = [{p.name: p.value for p in crs.coordinate_operation.params} for crs in (six, three)]
        assert values[0] == values[1]
        assert values[0]["Longitude of natural origin"] == degrees


def test_zones_and_meridians():
    assert [central_meridian(zone) for zone in (13, 23, 25, 29, 45)] == [75, 135, 75, 87, 135]
    assert zone_of(
        [29_512_345.6, 15_500_000, 24_500_000, 512_345.6, 12e6, 46e6, np.nan, np.inf]
    ).tolist() == [
        *(29, 15),
        *[0] * 6,
    ]
    for wrong in (12, 24, 46):
        with pytest.raises(ValueError, match=str(wrong)):
            crs_of_zone(wrong)
    with pytest.raises(ValueError, match="88"):
        crs_of_meridian(88)


def test_degrees_tell_their_order():
    lon, lat = np.array([89.2, 89.3, np.nan]), np.array([42.9, 43.0, 43.1])
    assert [c[:2] for c in candidates(lon, lat)] == [("EPSG:4490", True)]
    assert [c[:2] for c in candidates(lat, lon)] == [("EPSG:4490", False)]


def test_eastings_with_a_zone_number_tell_system_and_order():
    x, y = np.array([29_512_345.6, 29_520_000.0]), np.array([4_700_000.0, 4_710_000.0])
    assert [c[:2] for c in candidates(x, y)] == [("EPSG:4517", True)]
    assert [c[:2] for c in candidates(y, x)] == [("EPSG:4517", False)]
    assert [c[:2] for c in candidates(x - 14e6, y)] == [("EPSG:4493", True)]


def test_eastings_without_zone_number_allow_every_meridian():
    """The column called X holds the northing, in Chinese usage."""
    x, y = np.array([4_700_000.0, 4_710_000.0]), np.array([512_345.6, 520_000.0])
    found = candidates(x, y)
    assert [c.crs for c in found] == [f"EPSG:{code}" for code in range(4534, 4555)]
    assert {c.x_first for c in found} == {False}


def test_what_has_no_size_of_a_place_has_no_candidate():
    assert candidates([], []) == []
    assert candidates([np.nan], [1.0]) == []
    assert candidates([0.0, 0.0], [0.0, 0.0]) == []
    assert candidates([1e308, -1.8e308], [1.0, np.inf]) == []
    choice = choose([], [1.0], [2.0], None)
    assert (choice.status, choice.candidate) == ("none", None)


def test_a_few_gross_errors_do_not_hide_the_system():
    lon = np.r_[np.full(6, 89.2), np.zeros(4)]
    assert [c.crs for c in candidates(lon, np.full(10, 43.0))] == ["EPSG:4490"]
    assert candidates(lon[2:], np.full(8, 43.0)) == []  # half of them is not more than half


@pytest.mark.parametrize("name", ["高昌区", "托里县", "杭锦旗", "昆玉市"])
@pytest.mark.parametrize("x_is_north", [True, False])
def test_the_county_tells_the_meridian(counties, name, x_is_north):
    county = counties[name]
    lon, lat = grid(county)
    meridian = 3 * round(float(np.median(lon)) / 3)
    east, north = (np.array(part) for part in gauss_krueger(lon, lat, meridian))
    first, second = (north, east) if x_is_north else (east, north)
    choice = choose(candidates(first, second), first, second, in_county(county))
    assert choice.status == "accepted"
    assert choice.candidate[:2] == (crs_of_meridian(meridian), not x_is_north)
    assert len(choice.table) == 21
    assert sorted(share for _, share in choice.table)[-2:] == [0.0, 1.0]
    np.testing.assert_allclose(to_lonlat(first, second, choice.candidate), (lon, lat), atol=1e-9)


def test_without_a_reference_nothing_is_decided(counties):
    lon, lat = grid(counties["高昌区"])
    for agreement in (None, lambda lon, lat: float("nan")):
        choice = choose(candidates(lon, lat), lon, lat, agreement)
        assert (choice.status, choice.candidate) == ("proposed", None)


def test_the_wrong_county_accepts_nothing(counties):
    lon, lat = grid(counties["高昌区"])
    choice = choose(candidates(lon, lat), lon, lat, in_county(counties["托里县"]))
    assert (choice.status, choice.candidate) == ("none", None)


def test_the_shares_that_are_accepted_are_the_documented_ones():
    found = [Candidate("EPSG:4537", True), Candidate("EPSG:4538", True)]
    x, y = np.array([500_000.0]), np.array([4_700_000.0])

    def status(first, second):
        shares = iter([first, second])
        return choose(found, x, y, lambda lon, lat: next(shares)).status

    assert status(0.95, 0.05) == "accepted"
    assert status(0.05, 1.0) == "accepted"
    assert status(0.9499, 0.0) == "none"
    assert status(1.0, 0.0501) == "ambiguous"
    assert status(1.0, 1.0) == "ambiguous"


def test_the_same_places_count_once():
    found = [
        Candidate("EPSG:4538", True),
        Candidate("EPSG:4504", True),
        Candidate("EPSG:4537", True),
    ]
    choice = choose(found, [500_000.0], [4_700_000.0], lambda lon, lat: float(abs(lon[0] - 87) < 1))
    assert choice.status == "accepted"
    assert [candidate.crs for candidate, _ in choice.table] == ["EPSG:4538", "EPSG:4537"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_outcome_can_be_said(counties, language):
    lon, lat = grid(counties["高昌区"])
    east, north = gauss_krueger(lon, lat, 90)
    for agreement in (
        None,
        in_county(counties["托里县"]),
        lambda lon, lat: 1.0,
    ):
        choice = choose(candidates(east, north), east, north, agreement)
        text = render(choice.message_key, {"role": "wells", "found": "…", **choice.values()}, language)
        assert placeholders(text) == set()
        assert "EPSG:45" in text
