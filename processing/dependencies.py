"""Python packages that the computing needs: which, since when, why, how to get them.

Nothing is ever installed from here. The check does not import them, so that QGIS starts as fast as before.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass
from importlib import metadata

from .texts import tr


@dataclass(frozen=True)
class Dependency:
    """One package: import name, least version, and its name in Debian and conda."""

    name: str
    minimum: tuple[int, ...]
    debian: str

    @property
    def version(self) -> str:
        """The least version as text."""
        return ".".join(map(str, self.minimum))


REQUIRED = (
    Dependency("pandas", (1, 5), "python3-pandas"),
    Dependency("shapely", (2, 0), "python3-shapely"),
    Dependency("geopandas", (1, 0), "python3-geopandas"),
    Dependency("pyproj", (3, 4), "python3-pyproj"),
    Dependency("jinja2", (3, 0), "python3-jinja2"),
)
"""What every algorithm needs. numpy is not among them, since Processing itself does not start without it; pyogrio is
used where present, and without it layers are read feature by feature."""


SCIPY = Dependency("scipy", (1, 9), "python3-scipy")
"""What algorithms that plan need besides."""
RASTERIO = Dependency("rasterio", (1, 3), "python3-rasterio")
"""What algorithms on rasters need besides."""


def why(name: str) -> str:
    """What a package is needed for."""
    return {
        "pandas": tr("tables of the register"),
        "shapely": tr("geometry and the spatial index"),
        "geopandas": tr("layers as tables with geometry"),
        "pyproj": tr("coordinates and areas on the ellipsoid"),
        "jinja2": tr("the report page"),
        "scipy": tr("optimisation and nearest neighbours"),
        "rasterio": tr("rasters, read window by window"),
    }[name]


def missing(dependencies: tuple[Dependency, ...] = REQUIRED) -> list[Dependency]:
    """The packages that this Python does not have, or has too old."""
    return [dependency for dependency in dependencies if not _present(dependency)]


def explain(lacking: list[Dependency]) -> str:
    """What is missing, what for, and how to get it on this platform; empty when nothing is missing."""
    if not lacking:
        return ""
    what = ", ".join(
        tr("{name} {version} or newer ({why})").format(
            name=item.name, version=item.version, why=why(item.name)
        )
        for item in lacking
    )
    return tr("Python packages are missing: {packages}. {how}").format(packages=what, how=how_to_get(lacking))


def how_to_get(lacking: list[Dependency]) -> str:
    """How to install the packages on this platform."""
    names = " ".join(item.name for item in lacking)
    if sys.platform.startswith("win"):
        return tr(
            "Open the OSGeo4W setup, choose Advanced install, select the packages python3-… for: {names}. "
            "Then restart QGIS."
        ).format(names=names)
    if sys.platform == "darwin":
        return tr(
            "Use a QGIS from conda-forge (conda install -c conda-forge qgis {names}) or the official QGIS "
            "package of the newest release, which brings them. Then restart QGIS."
        ).format(names=names)
    debian = " ".join(item.debian for item in lacking)
    return tr(
        "On Debian 13, Ubuntu 24.10 or newer: sudo apt install {debian}. On older systems run make install in the "
        "source folder of the plugin, which builds what is too old there. Then restart QGIS."
    ).format(debian=debian)


def gdal_problem() -> str:
    """A warning if rasterio brings another GDAL than QGIS uses, which may crash or read nothing; else empty."""
    import rasterio
    from osgeo import gdal

    theirs, ours = rasterio.__gdal_version__, gdal.__version__
    if theirs == ours:
        return ""
    return tr(
        "rasterio was built with GDAL {theirs}, QGIS uses GDAL {ours}: rasters may be misread. Install rasterio from "
        "where QGIS came from, not with pip. {how}"
    ).format(theirs=theirs, ours=ours, how=how_to_get([RASTERIO]))


def _present(dependency: Dependency) -> bool:
    try:
        if importlib.util.find_spec(dependency.name) is None:
            return False
    except ValueError:  # blocked or half loaded: not usable
        return False
    try:
        found = metadata.version(dependency.name)
    except metadata.PackageNotFoundError:
        return True  # there, but without a version to compare
    numbers = re.match(r"(\d+)\.(\d+)", found)
    # Some distributions build shapely as "0+unknown": nothing to compare
    return numbers is None or (int(numbers[1]), int(numbers[2])) >= dependency.minimum[:2]
