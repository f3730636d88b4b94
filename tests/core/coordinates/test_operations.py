"""Beijing 1954 and Xi'an 1980 need an operation; what is no operation for them is refused."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from overdraft.core.coordinates.datums import needs_operation
from overdraft.core.coordinates.operations import operations, transformed
from overdraft.core.errors import OverdraftError
from overdraft.core.messages import placeholders

ESRI = (
    'GEOGCS["GCS_{0}",DATUM["D_{0}",SPHEROID["{1}",{2},{3}]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
TARIM = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=krass "
    "+step +proj=helmert +x=15.8 +y=-154.4 +z=-82.3 +step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@pytest.mark.parametrize(
    "crs",
    [
        4214,
        "EPSG:2415",
        "EPSG:21415",
        4610,
        "EPSG:2343",
        4555,
        "EPSG:4214+5773",
        ESRI.format("Beijing_1954", "Krasovsky_1940", 6378245.0, 298.3),
        ESRI.format("Xian_1980", "Xian_1980", 6378140.0, 298.257),
        ESRI.format("Xi'an_1980", "Xian_1980", 6378140.0, 298.257),
        "+proj=tmerc +lon_0=87 +x_0=500000 +ellps=krass +type=crs",
        "+proj=tmerc +lon_0=87 +x_0=500000 +ellps=krass +towgs84=15.8,-154.4,-82.3 +type=crs",
        "+proj=longlat +a=6378140 +rf=298.257 +type=crs",
        'LOCAL_CS["西安80 独立坐标系",UNIT["metre",1]]',
    ],
)
def test_old_datums_need_an_operation(crs):
    assert needs_operation(crs)


@pytest.mark.parametrize(
    "crs", [4326, 4490, 4517, 4538, 4504, 32645, 3857, 'LOCAL_CS["Kunyu",UNIT["metre",1]]']
)
def test_others_do_not(crs):
    assert not needs_operation(crs)


def test_public_operations_of_beijing_1954():
    """EPSG 15919 (Tarim, 1 m) is x + 15.8, y − 154.4, z − 82.3 m."""
    found = operations(4214)
    assert [o.accuracy_m for o in found] == sorted(o.accuracy_m for o in found)
    tarim = next(o for o in found if "Tarim" in o.area)
    assert tarim.accuracy_m == 1.0
    assert all(f"+{word}" in tarim.pipeline.split() for word in ("x=15.8", "y=-154.4", "z=-82.3"))
    assert not any("Ballpark" in o.name for o in found)


def test_xian_1980_has_no_public_operation():
    assert operations(4610) == []


def test_an_operation_is_applied_as_the_formula_says():
    """Three translations between the ellipsoids, by cartesian coordinates worked out here."""
    lon, lat = 85.0, 40.0

    def cartesian(a, rf, lon, lat):
        e2, phi, lam = (2 - 1 / rf) / rf, np.radians(lat), np.radians(lon)
        n = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
        return np.array(
            [n * np.cos(phi) * np.cos(lam), n * np.cos(phi) * np.sin(lam), n * (1 - e2) * np.sin(phi)]
        )

    moved = transformed(np.array([[lon, lat]]), 4214, TARIM)
    target = cartesian(6378245.0, 298.3, lon, lat) + np.array([15.8, -154.4, -82.3])
    found = cartesian(6378137.0, 298.257223563, *moved[0])
    # Without the height the two lie on one normal of the ellipsoid: the difference points straight up.
    up = found / np.linalg.norm(found)
    across = (target - found) - up * ((target - found) @ up)
    assert np.linalg.norm(across) < 0.5
    assert 20 < np.linalg.norm((moved[0] - (lon, lat)) * (85_390, 111_035)) < 200
    tarim = next(o for o in operations(4214) if "Tarim" in o.area)
    np.testing.assert_allclose(transformed(np.array([[lon, lat]]), 4214, tarim.pipeline), moved, atol=1e-12)


def test_shapes_and_numbers_move_alike():
    xy = np.array([[85.0, 40.0], [85.1, 40.0], [85.0, 40.1]])
    moved = transformed(xy, 4214, TARIM)
    shapes = [shapely.Point(85, 40), None, shapely.Polygon(xy), shapely.Point()]
    result = transformed(np.array(shapes, dtype=object), 4214, TARIM)
    np.testing.assert_array_equal(shapely.get_coordinates(result[0]), moved[:1])
    np.testing.assert_array_equal(shapely.get_coordinates(result[2])[:3], moved)
    assert result[1] is None
    assert result[3].is_empty
    assert shapes[0].equals(shapely.Point(85, 40))  # the input is not changed


def test_a_grid_begins_with_its_projection():
    tarim = next(o for o in operations(4214) if "Tarim" in o.area).pipeline
    zone = tarim.replace(
        "+proj=unitconvert +xy_in=deg +xy_out=rad", "+inv +proj=tmerc +lon_0=87 +x_0=29500000 +ellps=krass", 1
    )
    x, y = 29_500_000.0, 4_429_000.0
    moved = transformed(np.array([[x, y]]), "EPSG:2405", zone)
    assert moved[0] == pytest.approx((87.0, 40.0), abs=0.01)
    with pytest.raises(OverdraftError) as caught:
        transformed(np.array([[x, y]]), "EPSG:2405", tarim)
    assert caught.value.key == "coordinates.operation_far"


def test_nothing_and_empty_input_are_no_error():
    assert transformed(np.empty((0, 2)), 4214, TARIM).shape == (0, 2)
    moved = transformed(np.array([[np.nan, 40.0], [85.0, 40.0]]), 4214, TARIM)
    assert np.isnan(moved[0]).all()
    assert np.isfinite(moved[1]).all()


@pytest.mark.parametrize(
    ("operation", "key"),
    [
        ("", "coordinates.operation_missing"),
        ("  ", "coordinates.operation_missing"),
        ("Beijing 1954 to WGS 84 (4)", "coordinates.operation_unreadable"),
        ("EPSG:15919", "coordinates.operation_unreadable"),
        ("+proj=nonsense", "coordinates.operation_unreadable"),
        ("+proj=pipeline +step +proj=hgridshift +grids=missing.gsb", "coordinates.operation_unreadable"),
        ("+proj=noop " + "x" * 5_000, "coordinates.operation_unreadable"),
        ("+proj=utm +zone=45", "coordinates.operation_far"),
        ("+proj=axisswap +order=2,1", "coordinates.operation_far"),
    ],
)
def test_what_is_no_operation_is_refused(operation, key):
    with pytest.raises(OverdraftError) as caught:
        transformed(np.array([[85.0, 40.0]]), 4214, operation)
    assert caught.value.key == key
    for language in ("en", "zh"):
        assert placeholders(caught.value.text(language)) == set()


@pytest.mark.parametrize("crs", ["EPSG:999999", "nonsense", ""])
def test_an_unreadable_system_is_said(crs):
    for ask in (operations, lambda crs: transformed(np.zeros((1, 2)), crs, TARIM)):
        with pytest.raises(OverdraftError) as caught:
            ask(crs)
        assert caught.value.key == "coordinates.crs_unreadable"
