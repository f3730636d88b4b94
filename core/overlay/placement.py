"""Where each point lies: zones, units, irrigation areas and supply networks, by exact predicates.

Points are transformed into each polygon layer's own reference system; a place on the boundary is inside. What is said
of a point and of a layer is documented in docs/contract.md, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from ..policy import Policy, assign_authorities
from .layers import Layer, Repairs, any_of, smallest_id
from .points import Points
from .policy_zones import policy_zones, recorded_hits
from .proximity import ZoneEdges, farther_than, zone_distances
from .units import Units, by_record
from .zones import ZONE_COLUMNS, Aquifers, Zones, texts

Progress = Callable[[float], None]

UNIT_COLUMNS = ("county_id", "township_id", "regiment_id", "basin_id")
PLACE_COLUMNS = (
    "placed",
    "place_note",
    *ZONE_COLUMNS,
    "zone_distance_m",
    "doubt",
    *UNIT_COLUMNS,
    "authority",
    "consult",
    "area_id",
    "in_network",
)


@dataclass(frozen=True)
class PlacementOptions:
    """What a user may set.

    Attributes:
        distance_limit_m: distances to zone edges are exact up to here (m) and empty beyond; 0 computes none.
        position_accuracy_m: a point nearer than this (m) to the edge of a matching zone is in doubt; 0 asks nothing.
        units_margin_m: a point farther than this (m) from every unit is not placed.
        language: of ``authority`` and ``consult``, ``zh`` or ``en``.
    """

    distance_limit_m: float = 1000.0
    position_accuracy_m: float = 10.0
    units_margin_m: float = 50_000.0
    language: str = "zh"


@dataclass(frozen=True)
class Placement:
    """Where each point lies.

    Attributes:
        frame: one row per point, in order, columns ``PLACE_COLUMNS``. A text is None where it is empty (``zone_ids``
            is empty text outside every zone); all are empty for a point that is not placed, and a layer that was
            not supplied leaves its columns empty, never false. ``place_note`` is one of ``points.PLACE_NOTES``.
        zone_hits: ``point``, ``zone``: row numbers, every zone row that covers the point and matches its aquifer,
            of every edition in law (``legal_state`` proposed never), sorted by point.
        unit_hits: ``point``, ``unit``: row numbers, every unit in force on ``as_of`` that covers the point.
        zones: the zones used; with column ``from_policy``, True where units stand in for a zones layer. None when
            there were none.
        as_of: the day of ``frame``.
        aquifer_assumed: points in a zone that states an aquifer while theirs is not known (bool).
        authority_unsure: points on which more than one rule of competence bears (bool).
        repairs: by role, which polygons were repaired or could not be used.
    """

    frame: pd.DataFrame
    zone_hits: pd.DataFrame
    unit_hits: pd.DataFrame
    zones: GeoDataFrame | None
    as_of: date
    aquifer_assumed: np.ndarray
    authority_unsure: np.ndarray
    repairs: Mapping[str, Repairs] = field(default_factory=dict)
    _zones: Zones | None = None

    def zone_state(self, days: pd.Series) -> pd.DataFrame:
        """The zone columns of each point on a day of its own, in the editions in force that day.

        Args:
            days: datetime64 aligned with the points; NaT means ``as_of``.

        Returns:
            ``zone_ids`` ``zone_id`` ``zone_severity`` ``zone_control``, aligned with the points, as in ``frame``.
        """
        day = pd.to_datetime(pd.Series(days)).to_numpy().astype("datetime64[D]")
        day = np.where(np.isnat(day), np.datetime64(self.as_of, "D"), day)
        return _zone_state(self._zones, self.zone_hits, day, self.frame["placed"].to_numpy(dtype=bool))


def place(
    points: GeoDataFrame,
    *,
    zones: GeoDataFrame | None = None,
    units: GeoDataFrame | None = None,
    irrigation: GeoDataFrame | None = None,
    networks: GeoDataFrame | None = None,
    screens: pd.DataFrame | None = None,
    policy: Policy | None = None,
    as_of: date,
    options: PlacementOptions | None = None,
    progress: Progress | None = None,
) -> Placement:
    """Lay points over the layers of a register.

    Args:
        points: canonical wells (or another point role): geometry with a CRS; ``well_id``, ``aquifer``, ``county``
            and ``township`` are used where they exist.
        zones, units, irrigation, networks: canonical polygon layers in any CRS, None where not supplied.
        screens: canonical screens; they replace the aquifer of their well.
        policy: gives authorities, names of units, and zones where it names units as zones and ``zones`` is None.
        as_of: the day on which editions are judged.
        progress: told the share done, 0 to 1.

    Raises:
        OverdraftError: a layer with geometries has no CRS.
    """
    tell = progress or (lambda share: None)
    options = options or PlacementOptions()
    day = np.datetime64(as_of, "D")
    where = Points(points)
    size = len(where)
    repairs: dict[str, Repairs] = {}
    frame = _empty(size)

    gazetteer = Units(units, policy)
    unit_hits = _units(frame, where, points, units, gazetteer, policy, day, options, repairs)
    unsure = _authorities(frame, units, gazetteer, policy, options)
    tell(0.15)
    if zones is None and policy is not None:
        zones = policy_zones(policy, units, gazetteer)
    elif zones is not None:
        zones = zones.assign(from_policy=False)
    table, zone_hits, assumed = _zones(
        frame, where, points, zones, screens, policy, day, options, repairs, lambda s: tell(0.15 + 0.65 * s)
    )
    tell(0.8)
    if irrigation is not None:
        areas = Layer.of(irrigation, "irrigation", "area_id", day)
        repairs["irrigation"] = areas.repairs
        point, row = areas.covering(where)
        frame["area_id"] = smallest_id(point, areas.ids[row], size)
    tell(0.95)
    if networks is not None:
        supply = Layer.of(networks, "networks", "network_id", day)
        repairs["networks"] = supply.repairs
        frame["in_network"] = any_of(supply.covering(where)[0], size)

    placed = where.ok
    frame["placed"], frame["place_note"] = placed, where.note
    _blank(frame, ~placed)
    tell(1.0)
    return Placement(
        frame=frame[list(PLACE_COLUMNS)],
        zone_hits=_pairs(zone_hits, "zone", placed),
        unit_hits=_pairs(unit_hits, "unit", placed),
        zones=zones,
        as_of=as_of,
        aquifer_assumed=assumed & placed,
        authority_unsure=unsure & placed,
        repairs=repairs,
        _zones=table,
    )


Pairs = tuple[np.ndarray, np.ndarray]


def _units(
    frame: pd.DataFrame,
    where: Points,
    points: GeoDataFrame,
    units: GeoDataFrame | None,
    gazetteer: Units,
    policy: Policy | None,
    day: np.datetime64,
    options: PlacementOptions,
    repairs: dict[str, Repairs],
) -> Pairs:
    """Fill the unit columns and reject what is far outside; returns the covering units in force."""
    hits: Pairs = (np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    if units is not None:
        layer = Layer.of(units, "units", "unit_id", day)
        repairs["units"] = layer.repairs
        hits = layer.covering(where)
        outside = where.ok
        outside[hits[0]] = False
        far = farther_than(
            where, np.flatnonzero(outside), layer.polygons, layer.in_force, options.units_margin_m
        )
        where.reject(np.isin(np.arange(len(where)), far), "outside_units")
    for column in UNIT_COLUMNS:
        level = column.removesuffix("_id")
        recorded = texts(points, level)
        if gazetteer.knows(level):
            frame[column] = gazetteer.of_points(level, *hits, recorded)
        elif level in ("county", "township"):
            frame[column] = by_record(recorded, level, policy)
    return hits


def _authorities(
    frame: pd.DataFrame,
    units: GeoDataFrame | None,
    gazetteer: Units,
    policy: Policy | None,
    options: PlacementOptions,
) -> np.ndarray:
    """Fill ``authority`` and ``consult`` from units and policy; returns where several rules bear on a point."""
    if units is None or policy is None:
        return np.zeros(len(frame), dtype=bool)
    places = {name: frame[f"{name}_id"].to_numpy() for name in ("county", "regiment", "basin")}
    ruled = assign_authorities(policy, **places, names=gazetteer.names, language=options.language)
    for name in ("authority", "consult"):
        frame[name] = ruled[name].where(ruled[name] != "", None).to_numpy(dtype=object)
    return ruled["unsure"].to_numpy(dtype=bool)


def _zones(
    frame: pd.DataFrame,
    where: Points,
    points: GeoDataFrame,
    zones: GeoDataFrame | None,
    screens: pd.DataFrame | None,
    policy: Policy | None,
    day: np.datetime64,
    options: PlacementOptions,
    repairs: dict[str, Repairs],
    tell: Progress,
) -> tuple[Zones | None, Pairs, np.ndarray]:
    """Fill the zone columns; returns the zones, the hits of every edition, and where an aquifer was assumed."""
    size = len(where)
    assumed = np.zeros(size, dtype=bool)
    if zones is None:
        none = np.array([], dtype=np.int64)
        return None, (none, none), assumed
    table = Zones(zones)
    layer = Layer.of(zones, "zones", "zone_id", day, table.editions)
    repairs["zones"] = layer.repairs
    tell(0.2)
    aquifers = Aquifers(points, table.aquifer, screens)
    point, zone = layer.covering_ever(where)
    if zones["from_policy"].any():
        point, zone = recorded_hits(zones, frame, policy, (point, zone))
    lawful = ~table.proposed[zone] & aquifers.match(point, zone)
    point, zone = point[lawful], zone[lawful]
    tell(0.4)

    now = layer.in_force[zone]
    current = point[now], zone[now]
    state = table.state(*current, size)
    for column in ZONE_COLUMNS:
        frame[column] = state[column]
    assumed[current[0][aquifers.assumed(*current)]] = True
    edges = ZoneEdges(table, layer.polygons, layer.in_force)
    limit, accuracy = options.distance_limit_m, options.position_accuracy_m
    distance, doubt = zone_distances(
        where,
        edges,
        aquifers,
        current,
        limit_m=limit,
        accuracy_m=accuracy,
        progress=lambda s: tell(0.4 + 0.6 * s),
    )
    frame["zone_distance_m"] = np.round(distance, 1) + 0.0
    if accuracy > 0:
        frame["doubt"] = pd.array(doubt, dtype="boolean")
    return table, (point, zone), assumed


def _zone_state(zones: Zones | None, hits: pd.DataFrame, day: np.ndarray, placed: np.ndarray) -> pd.DataFrame:
    size = len(placed)
    if zones is None:
        return pd.DataFrame({name: np.full(size, None, dtype=object) for name in ZONE_COLUMNS})
    point, zone = hits["point"].to_numpy(), hits["zone"].to_numpy()
    alive = zones.editions.in_force(zone, day[point])
    state = zones.state(point[alive], zone[alive], size)
    state.loc[~placed, list(ZONE_COLUMNS)] = None
    return state


def _empty(size: int) -> pd.DataFrame:
    """All place columns, empty, in their types."""
    frame = pd.DataFrame({name: np.full(size, None, dtype=object) for name in PLACE_COLUMNS})
    frame["placed"] = False
    frame["zone_distance_m"] = np.nan
    for name in ("doubt", "in_network"):
        frame[name] = pd.array([pd.NA] * size, dtype="boolean")
    return frame


def _blank(frame: pd.DataFrame, rows: np.ndarray) -> None:
    """Empty every place column of rows that are not placed."""
    if not rows.any():
        return
    for name in PLACE_COLUMNS[2:]:
        missing: object = {"zone_distance_m": np.nan, "doubt": pd.NA, "in_network": pd.NA}.get(name)
        frame.loc[rows, name] = missing


def _pairs(hits: Pairs, name: str, placed: np.ndarray) -> pd.DataFrame:
    kept = placed[hits[0]]
    return pd.DataFrame({"point": hits[0][kept], name: hits[1][kept]})
