"""Which coordinate systems stand on a datum that has no single way to CGCS2000."""

from __future__ import annotations

import pytest
from pyproj import CRS
from pyproj.crs import BoundCRS, CompoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation

from overdraft.core.coordinates.datums import datum_name, needs_operation

BEIJING = CRS.from_epsg(4214)
SYSTEMS = {
    "EPSG:4214": True,  # Beijing 1954
    "EPSG:2415": True,  # Beijing 1954 / Gauss-Kruger zone 15
    "EPSG:4555": True,  # New Beijing
    "EPSG:4610": True,  # Xian 1980
    "EPSG:2363": True,  # Xian 1980 / 3-degree Gauss-Kruger zone 39
    "EPSG:4490": False,
    "EPSG:4547": False,
    "EPSG:4326": False,
    "EPSG:32645": False,
    "EPSG:3857": False,
    "+proj=tmerc +lon_0=90 +x_0=500000 +ellps=krass": True,
    "+proj=tmerc +lon_0=90 +x_0=500000 +a=6378140 +b=6356755.288157528": True,
    "+proj=tmerc +lon_0=90 +x_0=500000 +ellps=GRS80": False,
    BEIJING.to_wkt("WKT1_GDAL"): True,
    BEIJING.to_wkt("WKT1_ESRI"): True,
    CRS.from_epsg(2363).to_wkt("WKT1_ESRI"): True,
    CRS.from_epsg(2363).to_wkt(): True,
    BoundCRS(
        BEIJING, CRS.from_epsg(4326), ToWGS84Transformation(BEIJING, 12.0, -113.0, -41.0)
    ).to_wkt(): True,
    CompoundCRS("b", [CRS.from_epsg(2415), CRS.from_epsg(5737)]).to_wkt(): True,
    CompoundCRS("c", [CRS.from_epsg(4547), CRS.from_epsg(5737)]).to_wkt(): False,
}


@pytest.mark.parametrize(("system", "old"), SYSTEMS.items())
def test_old_datums_are_told_from_others(system, old):
    assert needs_operation(system) is old


def test_the_datum_is_named():
    assert datum_name("EPSG:2415") == "Beijing 1954"
    assert datum_name("+proj=tmerc +lon_0=90 +ellps=krass") == "Krassovsky, 1942"
