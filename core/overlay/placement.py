"""Where each point lies, as the rules read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from ..policy import Policy
from .layers import Repairs
from .zones import ZONE_COLUMNS, Zones

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
        edge_distance_m: metres to the edge that puts a point in doubt, NaN where none does.
        aquifer_assumed: points in a zone that states an aquifer while theirs is not known (bool).
        authority_unsure: points on which more than one rule of competence bears (bool).
        repairs: by role, which polygons were repaired or could not be used.
        unit_names: name by unit id, of the units layer first, then of the policy.
    """

    frame: pd.DataFrame
    zone_hits: pd.DataFrame
    unit_hits: pd.DataFrame
    zones: GeoDataFrame | None
    as_of: date
    edge_distance_m: np.ndarray
    aquifer_assumed: np.ndarray
    authority_unsure: np.ndarray
    repairs: Mapping[str, Repairs] = field(default_factory=dict)
    unit_names: Mapping[str, str] = field(default_factory=dict)
    _zones: Zones | None = None

    def zone_state(self, days: pd.Series) -> pd.DataFrame:
        """The zone columns of each point on a day of its own, in the editions in force that day.

        Args:
            days: datetime64 aligned with the points; NaT means ``as_of``.

        Returns:
            ``zone_ids`` ``zone_id`` ``zone_severity`` ``zone_control``, aligned with the points, as in ``frame``.
        """
        size = len(self.frame)
        if self._zones is None:
            return pd.DataFrame({name: np.full(size, None, dtype=object) for name in ZONE_COLUMNS})
        day = pd.to_datetime(pd.Series(days)).to_numpy().astype("datetime64[D]")
        day = np.where(np.isnat(day), np.datetime64(self.as_of, "D"), day)
        point, zone = self.zone_hits["point"].to_numpy(), self.zone_hits["zone"].to_numpy()
        alive = self._zones.editions.in_force(zone, day[point])
        state = self._zones.state(point[alive], zone[alive], size)
        state.loc[~self.frame["placed"].to_numpy(dtype=bool), list(ZONE_COLUMNS)] = None
        return state

    def policy_units(self, policy: Policy, county: Iterable[str | None]) -> np.ndarray:
        """The policy's own id of each county, where its id, or the name that the units layer gives to that id, is
        one of the policy's; otherwise the id as it is, None where not known.

        Args:
            county: ids as in ``frame.county_id``, None where not known.
        """
        counties = pd.Series(list(county), dtype=object)
        known = {
            one: policy.resolve_unit(one) or policy.resolve_unit(self.unit_names.get(one)) or one
            for one in counties.dropna().unique()
        }
        return np.array([known.get(one) for one in counties], dtype=object)

    def in_scope(self, policy: Policy, county: Iterable[str | None]) -> np.ndarray:
        """Whether the clauses of a policy apply in each county: it is one of the policy's, by its id or by the name
        that the units layer gives to that id. A county that is not known stays in scope.

        Args:
            county: ids as in ``frame.county_id``, None where not known.
        """
        counties = pd.Series(list(county), dtype=object)
        known = {
            one: policy.covers(one) or policy.covers(self.unit_names.get(one, ""))
            for one in counties.dropna().unique()
        }
        return np.array([known.get(one, True) for one in counties], dtype=bool)
