"""Laying points over layers: zones, units, irrigation areas and supply networks, by exact predicates.

Points are transformed into each polygon layer's own reference system; a place on the boundary is inside. What is said
of a point and of a layer is documented in docs/contract.md, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from pandas.arrays import BooleanArray

from ..policy import Policy, assign_authorities
from .editions import Editions
from .layers import KEYS, Layer, Readers, Repairs, any_of, smallest_id
from .placement import PLACE_COLUMNS, UNIT_COLUMNS, Placement, PlacementOptions
from .points import Points
from .policy_zones import policy_zones, recorded_hits
from .proximity import ZoneEdges, farther_than, zone_distances
from .units import Units, by_record
from .zones import ZONE_COLUMNS, Aquifers, Zones, texts

Progress = Callable[[float], None]
Pairs = tuple[np.ndarray, np.ndarray]

_EMPTY: dict[str, object] = {"zone_distance_m": np.nan, "doubt": pd.NA, "in_network": pd.NA}
"""What stands for nothing in a place column; None in the others."""


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
    sheet = _Sheet(points, policy, as_of, options or PlacementOptions())
    if zones is not None:
        zones = zones.assign(from_policy=False)
    elif policy is not None:
        zones = policy_zones(policy, units, Units(units, policy))
    table, zone_hits = None, _NO_PAIRS
    layers = {"units": units, "zones": zones, "irrigation": irrigation, "networks": networks}
    with Readers(layers) as readers:
        unit_hits = sheet.lay_units(units, readers)
        sheet.name_authorities(units)
        tell(0.2)
        if zones is not None:
            table = Zones(zones)
            zone_hits = sheet.lay_zones(zones, table, screens, readers, lambda share: tell(0.2 + 0.6 * share))
        tell(0.8)
        if irrigation is not None:
            sheet.lay_areas(irrigation, readers)
        tell(0.95)
        if networks is not None:
            sheet.lay_networks(networks, readers)
    placed = sheet.close()
    tell(1.0)
    return Placement(
        frame=sheet.frame,
        zone_hits=_pairs(zone_hits, "zone", placed),
        unit_hits=_pairs(unit_hits, "unit", placed),
        zones=zones,
        as_of=as_of,
        edge_distance_m=np.where(placed, sheet.near, np.nan),
        aquifer_assumed=sheet.assumed & placed,
        authority_unsure=sheet.unsure & placed,
        repairs=sheet.repairs,
        unit_names=sheet.gazetteer.names,
        _zones=table,
    )


class _Sheet:
    """The place columns while they are being filled, one layer after the other."""

    def __init__(
        self, points: GeoDataFrame, policy: Policy | None, as_of: date, options: PlacementOptions
    ) -> None:
        self._points, self._policy, self._options = points, policy, options
        self._day = np.datetime64(as_of, "D")
        self._where = Points(points)
        size = len(points)
        self.gazetteer = Units(None, policy)
        self.frame = pd.DataFrame({name: np.full(size, None, dtype=object) for name in PLACE_COLUMNS})
        self.frame["zone_distance_m"] = np.nan
        for name in ("doubt", "in_network"):
            self.frame[name] = BooleanArray(np.zeros(size, dtype=bool), np.ones(size, dtype=bool))
        self.near = np.full(size, np.nan)
        self.assumed, self.unsure = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        self.repairs: dict[str, Repairs] = {}

    def lay_units(self, units: GeoDataFrame | None, readers: Readers) -> Pairs:
        """County, township, regiment and basin; what is far outside of all units is rejected.

        Returns:
            Pairs of point and covering unit in force.
        """
        hits = _NO_PAIRS
        if units is not None:
            self.gazetteer = Units(units, self._policy)
            layer = self._layer(units, "units", readers)
            hits = layer.covering(self._where)
            outside = self._where.ok
            outside[hits[0]] = False
            margin = self._options.units_margin_m
            rows = np.flatnonzero(outside)
            far = farther_than(self._where, rows, layer.polygons, layer.in_force, margin)
            self._where.reject(np.isin(np.arange(len(self._where)), far), "outside_units")
        for column in UNIT_COLUMNS:
            level = column.removesuffix("_id")
            recorded = texts(self._points, level)
            if self.gazetteer.knows(level):
                self.frame[column] = self.gazetteer.of_points(level, *hits, recorded)
            elif level in ("county", "township"):
                self.frame[column] = by_record(recorded, level, self._policy)
        return hits

    def name_authorities(self, units: GeoDataFrame | None) -> None:
        """``authority`` and ``consult``, from units and policy; empty without one of them."""
        if units is None or self._policy is None:
            return
        places = {name: self.frame[f"{name}_id"].to_numpy() for name in ("county", "regiment", "basin")}
        names, language = self.gazetteer.names, self._options.language
        ruled = assign_authorities(self._policy, **places, names=names, language=language)
        for name in ("authority", "consult"):
            self.frame[name] = texts(ruled, name)
        self.unsure = ruled["unsure"].to_numpy(dtype=bool)

    def lay_zones(
        self,
        zones: GeoDataFrame,
        table: Zones,
        screens: pd.DataFrame | None,
        readers: Readers,
        tell: Progress,
    ) -> Pairs:
        """The zone columns, distance and doubt.

        Returns:
            Pairs of point and zone of every edition in law.
        """
        layer = self._layer(zones, "zones", readers, table.editions)
        tell(0.2)
        aquifers = Aquifers(self._points, table.aquifer, screens)
        point, zone = layer.covering_ever(self._where)
        if zones["from_policy"].any():
            point, zone = recorded_hits(zones, self.frame, self._policy, (point, zone))
        lawful = ~table.proposed[zone] & aquifers.match(point, zone)
        point, zone = point[lawful], zone[lawful]
        tell(0.4)
        now = layer.in_force[zone]
        current = point[now], zone[now]
        state = table.state(*current, len(self.frame))
        for column in ZONE_COLUMNS:
            self.frame[column] = state[column]
        self.assumed[current[0][aquifers.assumed(*current)]] = True
        self._measure(table, layer, aquifers, current, lambda share: tell(0.4 + 0.6 * share))
        return point, zone

    def _measure(
        self, table: Zones, layer: Layer, aquifers: Aquifers, current: Pairs, tell: Progress
    ) -> None:
        limit, accuracy = self._options.distance_limit_m, self._options.position_accuracy_m
        if max(limit, accuracy) <= 0:
            return
        edges = ZoneEdges(table, layer.polygons, layer.in_force)
        distance, self.near = zone_distances(
            self._where, edges, aquifers, current, limit_m=limit, accuracy_m=accuracy, progress=tell
        )
        self.frame["zone_distance_m"] = np.round(distance, 1) + 0.0  # no minus zero
        if accuracy > 0:
            doubt = ~np.isnan(self.near)
            self.frame["doubt"] = BooleanArray(doubt, np.zeros(len(doubt), dtype=bool))

    def lay_areas(self, irrigation: GeoDataFrame, readers: Readers) -> None:
        """``area_id``, the smallest id among the areas in force."""
        layer = self._layer(irrigation, "irrigation", readers)
        point, row = layer.covering(self._where)
        self.frame["area_id"] = smallest_id(point, layer.ids[row], len(self.frame))

    def lay_networks(self, networks: GeoDataFrame, readers: Readers) -> None:
        """``in_network``, inside any supply network in force."""
        layer = self._layer(networks, "networks", readers)
        self.frame["in_network"] = any_of(layer.covering(self._where)[0], len(self.frame))

    def close(self) -> np.ndarray:
        """Write who is placed and empty the columns of all others; returns who is placed (bool)."""
        placed = self._where.ok
        self.frame["placed"], self.frame["place_note"] = placed, self._where.note
        if not placed.all():
            for name in PLACE_COLUMNS[2:]:
                self.frame.loc[~placed, name] = _EMPTY.get(name)
        return placed

    def _layer(
        self, frame: GeoDataFrame, role: str, readers: Readers, editions: Editions | None = None
    ) -> Layer:
        layer = Layer.of(frame, readers.take(role), KEYS[role], self._day, editions)
        self.repairs[role] = layer.repairs
        return layer


_NO_PAIRS: Pairs = (np.array([], dtype=np.int64), np.array([], dtype=np.int64))


def _pairs(hits: Pairs, name: str, placed: np.ndarray) -> pd.DataFrame:
    kept = placed[hits[0]]
    return pd.DataFrame({"point": hits[0][kept], name: hits[1][kept]})
