"""What is checked: the register as it was read, the day, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..overlay.areas import ellipsoidal_area_m2
from ..overlay.editions import Editions, row_ids
from ..overlay.points import Points, geometries
from ..overlay.polygons import Polygons, repair
from ..policy import Policy
from ..problems import COUNT_COLUMNS, Problems, problems
from ..register import ROW_ID, Register
from ..schema import Role, register_schema

HOMES = {
    "readings": ("well_id", "wells", "well_id"),
    "meters": ("well_id", "wells", "well_id"),
    "screens": ("well_id", "wells", "well_id"),
    "objections": ("well_id", "wells", "well_id"),
    "permit_wells": ("well_id", "wells", "well_id"),
    "account_wells": ("well_id", "wells", "well_id"),
    "well_users": ("well_id", "wells", "well_id"),
    "well_areas": ("well_id", "wells", "well_id"),
    "pairs": ("retired_id", "wells", "well_id"),
    "permits": ("permit_no", "wells", "permit_no"),
    "accounts": ("account_no", "wells", "account_no"),
    "area_years": ("area_id", "irrigation", "area_id"),
    "levels": ("station_id", "stations", "station_id"),
    "targets": ("unit_id", "units", "unit_id"),
    "prices": ("unit_id", "units", "unit_id"),
    "events": ("subject_id", "wells", "well_id"),
    "indices": ("subject_id", "units", "unit_id"),
    "violations": ("subject_id", "wells", "well_id"),
}
"""Where the row of a table is shown on the map: its field, and the layer and field in which that is looked up."""

MAX_VERTICES = 1_000_000
"""A feature with more vertices is no surveyed border but a raster outline; cutting it would take minutes."""


@dataclass(frozen=True)
class Given:
    """A register to be checked.

    Attributes:
        register: the layers and tables that could be read.
        as_of: no fact should be later than this day.
        policy: names and aliases of units; None without one.
        refused: rows of each layer that could not be read at all.
        placeless: layers whose places cannot be used (no reference system, no geometry …); their rows are checked.
    """

    register: Register
    as_of: date
    policy: Policy | None = None
    refused: Mapping[str, int] = field(default_factory=dict)
    placeless: frozenset[str] = frozenset()
    _known: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

    def has(self, role: str) -> bool:
        """Was the role given, and could it be read?"""
        return self.register.has(role)

    def has_place(self, role: str) -> bool:
        """The same, with places that can be used."""
        return self.has(role) and role not in self.placeless

    def frame(self, role: str) -> pd.DataFrame:
        """The canonical frame of a role."""
        return self.register[role]

    def ids(self, role: str) -> np.ndarray:
        """Unique id of each row."""
        return self.frame(role)[ROW_ID].to_numpy(dtype=object)

    def keys(self, role: str) -> np.ndarray:
        """Id of each row as given; ``row:<n>`` where it is missing."""
        return row_ids(self.frame(role), schema_of(role).key[0])

    def of_other_kind(self, role: str) -> np.ndarray:
        """Rows whose geometry was of the wrong kind and left out; the intake has said so."""
        rows = self.register.problems.rows
        said = (rows["rule"] == "register.geometry") & (rows["subject_role"] == role)
        return np.isin(self.ids(role), rows.loc[said.to_numpy(dtype=bool), "subject_id"].to_list())

    def crs(self, role: str) -> CRS:
        """Reference system of a layer with places."""
        return CRS.from_user_input(self.frame(role).crs)

    def points(self, role: str) -> Points:
        """The places of a point layer, made once."""
        return self._once("points", role, lambda: Points(self.frame(role)))

    def polygons(self, role: str) -> tuple[np.ndarray, np.ndarray]:
        """Valid flat polygons of a layer (None where there is none), and which were repaired.

        Features beyond ``MAX_VERTICES`` are left out: they are a problem of their own.
        """
        return self._once("polygons", role, lambda: _mended(geometries(self.frame(role))))

    def area_m2(self, role: str) -> np.ndarray:
        """Area of each polygon on the ellipsoid, m²; NaN where there is none."""
        return self._once(
            "area", role, lambda: ellipsoidal_area_m2(self.polygons(role)[0], self.frame(role).crs)
        )

    def in_force(self, role: str) -> np.ndarray:
        """Which rows of a layer are the edition in force on the day."""
        frame = self.frame(role)
        day = np.datetime64(self.as_of, "D")
        return self._once("force", role, lambda: Editions(frame, self.keys(role)).on(day))

    def units(self) -> Polygons:
        """The units in force on the day; the others have no polygon, so that rows keep their numbers."""
        return self._once("now", "units", self._units)

    def _units(self) -> Polygons:
        shapes, repaired = self.polygons("units")
        shapes = shapes.copy()
        shapes[~self.in_force("units")] = None
        nothing = np.flatnonzero(shapely.is_missing(shapes))
        return Polygons(shapes, self.crs("units"), np.flatnonzero(repaired), nothing)

    def known_ids(self, role: str) -> set[str]:
        """Unique ids of a role as a set."""
        return self._once("ids", role, lambda: set(self.ids(role)))

    def shown_at(self, role: str, where: np.ndarray) -> tuple[np.ndarray | None, object]:
        """Geometries at which problems of some rows are shown, and their reference system; None where nowhere."""
        if schema_of(role).is_place:
            frame = self.frame(role)
            return (None, None) if role in self.placeless else (geometries(frame)[where], frame.crs)
        own, home, key = HOMES.get(role, ("", "", ""))
        if not own or not self.has_place(home):
            return None, None
        place = self._once("home " + key, home, lambda: _first_places(self.frame(home), key))
        asked = self.frame(role)[own].iloc[where]
        found = place.reindex(asked.to_numpy(dtype=object))
        return found.where(found.notna(), None).to_numpy(dtype=object), self.frame(home).crs

    def _once(self, what: str, role: str, make: Callable[[], Any]) -> Any:
        if (what, role) not in self._known:
            self._known[what, role] = make()
        return self._known[what, role]


def schema_of(role: str) -> Role:
    """The role in the schema."""
    return register_schema().roles[role]


def flagged(
    given: Given,
    check: str,
    role: str,
    where: np.ndarray,
    *,
    severity: object,
    message_key: object,
    remedy_key: object,
    not_checked: np.ndarray | None = None,
    why_key: str = "",
    values: Mapping[str, object] | None = None,
    geometry: object = None,
    crs: object = None,
    **columns: object,
) -> Problems:
    """Problems of the rows at positions ``where`` (a row may occur several times), counted over all rows.

    Args:
        not_checked: mask of the rows that could not be checked; a row with a problem was checked.
        geometry: shown there instead of at the row's own place, in ``crs``.
    """
    where = np.asarray(where, dtype="int64")
    ids = given.ids(role)
    left = np.zeros(len(ids), dtype=bool) if not_checked is None else np.asarray(not_checked, bool).copy()
    left[where] = False
    if geometry is None:
        geometry, crs = given.shown_at(role, where)
    return problems(
        check=check,
        severity=severity,
        subject_role=role,
        subject_id=ids[where],
        message_key=message_key,
        remedy_key=remedy_key,
        message_values=values,
        n_subjects=len(ids),
        n_not_checked=int(left.sum()),
        why_key=why_key if left.any() else "",
        row=where + 1,
        geometry=geometry,
        crs=crs,
        **columns,
    )


def of_layer(
    check: str,
    role: str,
    n_rows: int,
    *,
    severity: str,
    message_key: str,
    remedy_key: str,
    values: Mapping[str, object],
    field_name: str = "",
) -> Problems:
    """One problem of a layer as a whole: all its rows have it."""
    found = problems(
        check=check,
        severity=severity,
        subject_role=role,
        subject_id=[""],
        message_key=message_key,
        remedy_key=remedy_key,
        message_values={name: [value] for name, value in values.items()},
        field=field_name,
    )
    return Problems(found.rows, counted(check, role, n_problem=n_rows).counts)


def counted(
    check: str, role: str, n_ok: int = 0, n_problem: int = 0, n_not_checked: int = 0, why_key: str = ""
) -> Problems:
    """A row of counts alone."""
    row = (check, role, n_ok + n_problem + n_not_checked, n_ok, n_problem, n_not_checked, why_key)
    return Problems(Problems.none().rows, pd.DataFrame([row], columns=list(COUNT_COLUMNS)))


def listed(ids: object, limit: int = 5) -> str:
    """Ids as one text, the first few of many."""
    names = [str(name) for name in ids]  # type: ignore[attr-defined]
    return "; ".join(names[:limit]) + (f" … ({len(names)})" if len(names) > limit else "")


def _mended(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shapes = shapely.force_2d(shapes)
    shapes[shapely.get_num_coordinates(shapes) > MAX_VERTICES] = None
    return repair(shapes)


def _first_places(frame: gpd.GeoDataFrame, key: str) -> pd.Series:
    ids = frame[key]
    first = (ids.notna() & ~ids.duplicated()).to_numpy()
    places = np.empty(int(first.sum()), dtype=object)
    places[:] = list(geometries(frame)[first])
    return pd.Series(places, index=ids[first].to_numpy(dtype=object), dtype=object)
