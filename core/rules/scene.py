"""What rules look at: register, policy and places, with the facts that several rules need worked out once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from ..intake.conform import conform
from ..overlay import Placement, PlacementOptions, place
from ..overlay.zones import texts
from ..policy import Policy
from ..register import Register
from ..register.facts import permit_history, well_history
from ..register.identity import ROW_ID
from ..replacement import ReplacementLedger, replacement_ledger
from ..schema import register_schema
from .facts.amounts import Amounts
from .facts.places import UnitBook
from .facts.wells_now import wells_now
from .subjects import Subjects

LAYERS = ("zones", "units", "irrigation", "networks", "screens")


@dataclass(frozen=True)
class Scene:
    """Everything that a rule may use; all frames stand in input order and are read-only by convention.

    Attributes:
        placement: of the wells.
        ledger: of 减二更一; None where the policy has no such rule or it was not kept.
        language: of authorities where points other than wells are placed, ``zh`` or ``en``.
    """

    register: Register
    policy: Policy
    placement: Placement
    as_of: date
    ledger: ReplacementLedger | None = None
    language: str = "zh"
    _cache: dict = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        register: Register,
        policy: Policy,
        as_of: date,
        *,
        options: PlacementOptions | None = None,
        ledger: bool = False,
        progress: Callable[[float], None] | None = None,
    ) -> Scene:
        """A scene from a register: the wells are placed, and the ledger of 减二更一 is kept if asked for.

        A register without wells has none.
        """
        if not register.has("wells"):
            register = Register({**register.tables, "wells": _empty("wells")}, register.problems)
        layers = {name: register.get(name) for name in LAYERS}
        options = options or PlacementOptions(distance_limit_m=0, position_accuracy_m=0)
        placement = place(
            register["wells"], **layers, policy=policy, as_of=as_of, options=options, progress=progress
        )
        book = None
        if ledger and policy.has("replacement"):
            book = replacement_ledger(register, placement, policy, as_of)
        return cls(register, policy, placement, as_of, book, options.language)

    @property
    def today(self) -> np.datetime64:
        """``as_of`` as numpy has it."""
        return np.datetime64(self.as_of, "D")

    @property
    def city(self) -> str:
        """The unit where all of the policy applies."""
        return self.policy.city_id

    def has(self, role: str) -> bool:
        """Whether the role was supplied."""
        return self.register.has(role)

    def frame(self, role: str) -> pd.DataFrame:
        """The canonical frame of a role; one without rows where it was not supplied."""
        found = self.register.get(role)
        if found is not None:
            return found
        return self.once(("empty", role), lambda: _empty(role))

    def rows_of(self, role: str, ids: Iterable) -> np.ndarray:
        """Row of each id in a role (the first of repeated ones), -1 where there is none."""
        return self.once(("index", role), lambda: _Rows(self.frame(role), role)).rows(ids)

    def place(self, role: str) -> Placement:
        """Where the points of a role lie."""
        if role == "wells":
            return self.placement
        layers = {name: self.register.get(name) for name in LAYERS if name != "screens"}
        options = PlacementOptions(distance_limit_m=0, position_accuracy_m=0, language=self.language)
        return self.once(
            ("place", role),
            lambda: place(
                self.frame(role),
                **layers,
                screens=None,
                policy=self.policy,
                as_of=self.as_of,
                options=options,
            ),
        )

    @cached_property
    def book(self) -> UnitBook:
        """The units of layer and policy under one set of ids."""
        return UnitBook(self.register.get("units"), self.policy)

    @property
    def unit_table(self) -> pd.DataFrame:
        """``unit_id`` ``name`` ``level`` ``parent_id`` ``flags``; ids are the policy's where it knows the unit."""
        return self.book.table

    def unit_key(self, names: Iterable) -> np.ndarray:
        """Unit id that each code, name or alias means; a text that means none stays as it is, empty becomes ""."""
        return self.book.key(names)

    def children(self, unit_id: str, level: str) -> tuple[str, ...]:
        """Units of a level within a unit, sorted."""
        return self.book.children(unit_id, level)

    def unit_at(self, role: str, level: str) -> np.ndarray:
        """The unit of a level in which each row of a role lies: by place for points, by recorded text otherwise.

        ``city`` is the policy's own unit, for the rows within its jurisdiction.
        """
        return self.once(("unit", role, level), lambda: self._unit_at(role, level))

    def _unit_at(self, role: str, level: str) -> np.ndarray:
        if level == "city":
            return np.where(self.subjects(role).in_scope, self.city, "").astype(object)
        frame = self.frame(role)
        if register_schema().roles[role].geometry != "point":
            return self.unit_key(texts(frame, level)) if level in frame.columns else _blank(len(frame))
        found = self.place(role)
        column = f"{level}_id"
        if column in found.frame.columns:
            return self.book.key(found.frame[column])
        return self.book.covering(level, found.unit_hits, len(frame))

    def subjects(self, role: str) -> Subjects:
        """The rows of a role as subjects of findings."""
        return self.once(("subjects", role), lambda: self._subjects(role))

    def _subjects(self, role: str) -> Subjects:
        frame = self.frame(role)
        ids = frame[ROW_ID].to_numpy(dtype=object)
        if role == "units":
            return self.unit_subjects(self.unit_key(frame["unit_id"]))
        county = self.county_of(role)
        return Subjects(role, ids, county, self._covered(county))

    def county_of(self, role: str) -> np.ndarray:
        """County of each row of a role, "" where not known: by place, by record, or through what it belongs to."""
        frame = self.frame(role)
        county = self.unit_at(role, "county")
        if "county" in frame.columns and (county == "").any():
            # a recorded county that no unit knows is a place elsewhere, not an unknown one
            county = np.where(county == "", self.unit_key(texts(frame, "county")), county)
        for key, owner in (("well_id", "wells"), ("user_id", "users"), ("permit_no", "permits")):
            if key in frame.columns and role != owner and self.has(owner) and (county == "").any():
                rows = self.rows_of(owner, frame[key])
                county = np.where(county == "", np.append(self.county_of(owner), "")[rows], county)
        return county

    def unit_subjects(self, ids: Iterable) -> Subjects:
        """Units as subjects; those that the policy does not cover are out of scope."""
        ids = np.asarray(list(ids), dtype=object)
        return Subjects("units", ids, ids, self._covered(ids))

    def policy_subject(self, subject_id: str) -> Subjects:
        """The document itself, or a part of it, as the one subject."""
        one = np.array([subject_id], dtype=object)
        return Subjects("policy", one, np.array([self.city], dtype=object), np.array([True]))

    def _covered(self, units: np.ndarray) -> np.ndarray:
        known = {unit: not unit or self.book.covered(unit) for unit in pd.unique(units)}
        return np.array([known[unit] for unit in units], dtype=bool)

    @property
    def zone_class(self) -> pd.DataFrame:
        """Aligned with the wells: see ``zone_class_of``."""
        return self.zone_class_of("wells")

    def zone_class_of(self, role: str) -> pd.DataFrame:
        """Aligned with the points of a role: ``placed``, ``zones_known`` and ``over_extraction`` (bool), ``severity``,
        ``control`` (text, None), ``zone_ids``. Without zones nothing is known: ``zones_known`` is False."""
        return self.once(("zones", role), lambda: _zone_class(self.place(role)))

    @cached_property
    def history(self) -> pd.DataFrame:
        """``core.register.facts.well_history`` of the register."""
        return well_history(self.register)

    @cached_property
    def permit_history(self) -> pd.DataFrame:
        """``core.register.facts.permit_history`` of the register."""
        return permit_history(self.register)

    @cached_property
    def wells_now(self) -> pd.DataFrame:
        """The state of each well on ``as_of``; columns in ``core.rules.facts.wells_now``."""
        return wells_now(self)

    @cached_property
    def amounts(self) -> Amounts:
        """Volumes by well, user and unit, and what they may be."""
        return Amounts(self)

    def once(self, key: tuple, make):
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]


class _Rows:
    """Row by id."""

    def __init__(self, frame: pd.DataFrame, role: str) -> None:
        ids = frame[register_schema().roles[role].key[0]]
        first = ids.notna() & ~ids.duplicated()
        self._rows = pd.Series(np.flatnonzero(first), index=ids[first].to_numpy(), dtype="int64")

    def rows(self, ids: Iterable) -> np.ndarray:
        """Row of each id, -1 for none."""
        wanted = pd.Series(np.asarray(ids, dtype=object), dtype=object)
        return wanted.map(self._rows).fillna(-1).astype("int64").to_numpy()


def _empty(role: str) -> pd.DataFrame:
    return _conformed_nothing(role).copy()


@cache
def _conformed_nothing(role: str) -> pd.DataFrame:
    shape = register_schema().roles[role]
    nothing = pd.DataFrame({name: pd.Series(dtype=object) for name in shape.fields})
    if shape.geometry != "none":
        nothing = gpd.GeoDataFrame(nothing, geometry=[], crs="EPSG:4326")
    return conform(role, nothing)[0]


def _blank(size: int) -> np.ndarray:
    return np.full(size, "", dtype=object)


def _zone_class(found: Placement) -> pd.DataFrame:
    frame = found.frame
    severity = texts(frame, "zone_severity")
    return pd.DataFrame(
        {
            "placed": frame["placed"].to_numpy(dtype=bool),
            "zones_known": found.zones is not None,
            "over_extraction": ~np.equal(severity, None),
            "severity": severity,
            "control": texts(frame, "zone_control"),
            "zone_ids": texts(frame, "zone_ids"),
        }
    )
