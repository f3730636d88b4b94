"""Over-extraction and control zones: their class, the aquifers they speak of, and the strictest of several."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .editions import Editions, row_ids

SEVERITIES = ("", "general", "severe")
CONTROLS = ("", "none", "restricted", "banned")
MIXED_WITH = ("shallow", "deep_confined")

_STRICTNESS_OF_SEVERITY = np.array([0, 2, 3])
_STRICTNESS_OF_CONTROL = np.array([0, 0, 1, 4])
"""Strictest first: banned, severe, general, restricted."""


class Zones:
    """What each row of the zones layer says.

    Args:
        frame: canonical zones; absent columns count as empty.

    Attributes:
        ids: zone id per row; ``code`` its rank in text order.
        severity, control: place in ``SEVERITIES`` and ``CONTROLS``, with an unclassed zone taken as general.
        unclassed: neither severity nor control is stated.
        aquifer: text per row, None where not stated.
        editions: when each row is in force; ``legal_state = proposed`` never is.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.ids = row_ids(frame, "zone_id").astype(object)
        self.names, self.code = np.unique(self.ids.astype(str), return_inverse=True)
        stated = _place(frame, "severity", SEVERITIES)
        self.control = _place(frame, "control", CONTROLS)
        self.unclassed = (stated == 0) & (self.control <= CONTROLS.index("none"))
        self.severity = np.where(self.unclassed, SEVERITIES.index("general"), stated)
        self.aquifer = texts(frame, "aquifer")
        self.proposed = texts(frame, "legal_state") == "proposed"
        self.editions = Editions(frame, self.ids, ~self.proposed)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def strictness(self) -> np.ndarray:
        """4 banned, 3 severe, 2 general, 1 restricted, 0 none of these."""
        return np.maximum(_STRICTNESS_OF_SEVERITY[self.severity], _STRICTNESS_OF_CONTROL[self.control])

    def state(self, point: np.ndarray, zone: np.ndarray, size: int) -> pd.DataFrame:
        """The zone columns of each of ``size`` points from its zones.

        Args:
            point, zone: pairs of row numbers, every zone that holds for the point; sorted by point.
            size: number of points.

        Returns:
            ``zone_ids`` (sorted as text, joined by ``;``, empty text without a zone), ``zone_id`` (the strictest,
            ties: smallest id), ``zone_severity`` and ``zone_control`` (strictest over all; None without one).
        """
        columns = {name: np.full(size, None, dtype=object) for name in ZONE_COLUMNS}
        columns["zone_ids"][:] = ""
        if len(point):
            first = np.flatnonzero(np.r_[True, point[1:] != point[:-1]])
            holder = point[first]
            severity = np.maximum.reduceat(self.severity[zone], first)
            control = np.maximum.reduceat(self.control[zone], first)
            key = (4 - self.strictness[zone]) * len(self.names) + self.code[zone]
            strictest = np.minimum.reduceat(key, first) % len(self.names)
            columns["zone_id"][holder] = self.names[strictest]
            columns["zone_severity"][holder] = _NAMES_OF_SEVERITY[severity]
            columns["zone_control"][holder] = _NAMES_OF_CONTROL[control]
            columns["zone_ids"][:] = join_ids(point, self.code[zone], self.names, size)
        return pd.DataFrame(columns)


ZONE_COLUMNS = ("zone_ids", "zone_id", "zone_severity", "zone_control")
_NAMES_OF_SEVERITY = np.array([None, *SEVERITIES[1:]], dtype=object)
_NAMES_OF_CONTROL = np.array([None, *CONTROLS[1:]], dtype=object)


class Aquifers:
    """Which aquifers a point and a zone share.

    They match when equal or when either is empty; ``mixed`` on either side matches shallow and deep confined, never
    fissure and karst. A point with screens is asked for each screen instead of its own aquifer; one suffices.

    Args:
        wells: ``aquifer`` and ``well_id``.
        zone_aquifer: aquifer per zone row, None where not stated.
        screens: ``well_id`` and ``aquifer`` per screen, or None.
    """

    def __init__(
        self, wells: pd.DataFrame, zone_aquifer: np.ndarray, screens: pd.DataFrame | None = None
    ) -> None:
        own = texts(wells, "aquifer")
        found = texts(screens, "aquifer") if screens is not None else np.array([], dtype=object)
        known = sorted({"mixed", *MIXED_WITH, *(token for token in zone_aquifer if token is not None)})
        number = {token: place for place, token in enumerate([*known, _OTHER, None])}
        own_bits = _bits(own, number)
        if screens is not None and len(screens) and "well_id" in wells:
            bits = pd.Series(_bits(found, number)).groupby(texts(screens, "well_id"))
            by_well = bits.agg(np.bitwise_or.reduce)
            replaced = pd.Series(texts(wells, "well_id")).map(by_well)
            own_bits = np.where(replaced.notna(), replaced.fillna(0), own_bits).astype(np.int64)
        self._empty_bit = np.int64(1) << number[None]
        self.points = own_bits
        accepted = {token: _accepted(token, number) for token in number}
        self.zones = np.array([accepted[token] for token in zone_aquifer], dtype=np.int64)
        self._zone_states_one = np.array([token is not None for token in zone_aquifer], dtype=bool)

    def match(self, point: np.ndarray, zone: np.ndarray) -> np.ndarray:
        """Whether each pair of point row and zone row shares an aquifer."""
        return (self.points[point] & self.zones[zone]) != 0

    def assumed(self, point: np.ndarray, zone: np.ndarray) -> np.ndarray:
        """Pairs that match only because the point's aquifer is not stated, against a zone that states one."""
        stated = self.points[point] & ~self._empty_bit
        return self._zone_states_one[zone] & ((stated & self.zones[zone]) == 0) & self.match(point, zone)


def texts(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A text column as an object array with None for empty; all None where the column is absent."""
    if name not in frame:
        return np.full(len(frame), None, dtype=object)
    column = frame[name].astype(object).to_numpy().copy()
    column[pd.isna(column) | (column == "")] = None
    return column


def join_ids(point: np.ndarray, code: np.ndarray, names: np.ndarray, size: int) -> np.ndarray:
    """Distinct names per point, in text order, joined by ``;`` (empty text for none); ``point`` is sorted."""
    pair = np.unique(point.astype(np.int64) * len(names) + code)
    owner, name = pair // len(names), names.astype(object)[pair % len(names)]
    joined = np.full(size, "", dtype=object)
    start = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(owner) else owner
    count = np.diff(np.r_[start, len(owner)])
    joined[owner[start]] = name[start]
    for nth in range(1, int(count.max(initial=0))):
        more = start[count > nth]
        joined[owner[more]] = joined[owner[more]] + ";" + name[more + nth]
    return joined


def _place(frame: pd.DataFrame, name: str, tokens: tuple[str, ...]) -> np.ndarray:
    """Place of each value among the tokens; 0 (empty) for a missing or unknown one."""
    column = pd.Series(texts(frame, name))
    return column.map({token: place for place, token in enumerate(tokens)}).fillna(0).to_numpy(np.int64)


_OTHER = "\0other"
"""Stands for every well aquifer that no zone states: it matches only zones that state none."""


def _bits(tokens: np.ndarray, number: dict[str | None, int]) -> np.ndarray:
    codes, values = pd.factorize(tokens, use_na_sentinel=True)
    known = [number.get(value, number[_OTHER]) for value in values]
    bits = np.array([1 << place for place in (*known, number[None])], dtype=np.int64)
    return bits[codes]


def _accepted(aquifer: str | None, number: dict[str | None, int]) -> int:
    """Bits of all well aquifers that a zone of this aquifer takes in."""
    if aquifer is None:
        taken = list(number)
    elif aquifer == "mixed":
        taken = [aquifer, None, *MIXED_WITH]
    else:
        taken = [aquifer, None, *(["mixed"] if aquifer in MIXED_WITH else [])]
    return sum(1 << number[name] for name in taken if name in number)
