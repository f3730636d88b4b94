"""What papers are printed from: tables of one case file, read in one look, and the words for them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from ..casefile import LastRun
from ..casefile import history as chain
from ..casefile.container import has_table
from ..casefile.lastrun import last_run_in
from ..casefile.layout import layouts, roles
from ..casefile.opening import reading
from ..casefile.store import read_roles
from ..casefile.tables import read_table
from ..errors import OverdraftError
from ..intake import build_register
from ..messages import render
from ..policy import Policy
from ..register import Register
from ..register.facts import well_history
from ..register.identity import ROW_ID
from ..report.words import UNASSIGNED, Words, is_given
from ..review.summary import acts_since
from ..schema import Field
from .column import Column, dates, digits_of, integers, reals, texts
from .scope import Scope

_ALWAYS = ("wells", "units", "zones")
"""Tables that every paper needs: whose wells, in which places."""

_TYPED = ("name", "text", "reason", "title")
"""Columns in which people write what they like: a public paper leaves them out."""

_PERSONS = {"owner": "name", "contact": "name", "phone": "number", "id_number": "number"}


@dataclass(frozen=True)
class Book:
    """Tables of a case file under a scope. Every figure of every paper is taken from these frames.

    Attributes:
        tables: as they stand in the file, those that were asked for. raw: of the roles among them, what the run was
            given. run: the last run.
        head: hash of the last entry of the history when they were read. since: acts recorded after the run, which its
            results know nothing of. words: for texts, in one language.
    """

    path: Path
    tables: Mapping[str, pd.DataFrame]
    raw: Mapping[str, pd.DataFrame]
    run: LastRun
    head: str
    since: int
    words: Words
    scope: Scope

    @property
    def language(self) -> str:
        """``en`` or ``zh``."""
        return self.words.language

    @property
    def policy(self) -> Policy:
        """The document with the values that the run used."""
        return self.run.used

    def say(self, key: str, **values: object) -> str:
        """The text ``papers.<key>``."""
        return render(f"papers.{key}", values, self.language)

    @property
    def later(self) -> str:
        """That acts were recorded after the run, which its findings know nothing of; empty where there are none."""
        if not self.since:
            return ""
        return self.say("since", n=f"{self.since:,}", day=self.run.as_of.isoformat())

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table; empty with its columns where the file has none of it."""
        if name in self.tables:
            return self.tables[name]
        return pd.DataFrame(columns=list(_fields(name)))

    @cached_property
    def register(self) -> Register:
        """The roles that were asked for, in canonical form: for what holds on a day."""
        return build_register(self.raw)

    @cached_property
    def wells(self) -> pd.DataFrame:
        """The wells in scope, by county, township and id."""
        wells, scope = self["wells"], self.scope
        kept = pd.Series(True, index=wells.index)
        if scope.county:
            kept &= wells["county_id"].eq(scope.county).fillna(False)
        if scope.zone:
            kept &= wells["zone_ids"].map(lambda ids: is_given(ids) and scope.zone in str(ids).split(";"))
        if scope.authority:
            kept &= wells["authority"].eq(scope.authority).fillna(False)
        order = ["county_id", "township_id", "well_id"]
        return wells[kept.astype(bool)].sort_values(
            order, kind="stable", na_position="last", ignore_index=True
        )

    @cached_property
    def well(self) -> pd.DataFrame:
        """All wells by id, the first of each id."""
        wells = self["wells"]
        return wells[wells["well_id"].notna()].drop_duplicates("well_id").set_index("well_id")

    @cached_property
    def states(self) -> pd.DataFrame:
        """``state`` and ``day`` of each well on the day of the run as its events have it, by row id; a well without
        events up to then is not in it."""
        history = well_history(self.register)
        told = (history["state"] != "") & ~history["snapshot"]
        known = history[told & (history["day"] <= pd.Timestamp(self.run.as_of))]
        last = known.drop_duplicates("row", keep="last")
        ids = self.register["wells"][ROW_ID].to_numpy()[last["row"].to_numpy()]
        return last[["state", "day"]].set_axis(ids, axis=0)

    def of_wells(self, frame: pd.DataFrame, column: str = "well_id") -> pd.DataFrame:
        """The rows whose well is in scope; all of them where nothing limits the wells."""
        if not (self.scope.county or self.scope.zone or self.scope.authority):
            return frame.reset_index(drop=True)
        return frame[frame[column].isin(set(self.wells["well_id"].dropna()))].reset_index(drop=True)

    def of_units(self, frame: pd.DataFrame, column: str = "unit_id") -> pd.DataFrame:
        """The rows whose unit is the county in scope or lies in it."""
        if not self.scope.county:
            return frame.reset_index(drop=True)
        return frame[frame[column].map(self.county_of).eq(self.scope.county)].reset_index(drop=True)

    def in_period(self, frame: pd.DataFrame, column: str) -> pd.DataFrame:
        """The rows of the period, both ends included; a row without a day belongs to no period."""
        begin, end = self.scope.begin, self.scope.end
        if begin is None and end is None:
            return frame
        days = pd.to_datetime(frame[column], errors="coerce")
        kept = days.notna()
        if begin is not None:
            kept &= days >= pd.Timestamp(begin)
        if end is not None:
            kept &= days < pd.Timestamp(end) + pd.Timedelta(days=1)
        return frame[kept].reset_index(drop=True)

    def county_of(self, unit_id: object) -> str:
        """The county that a unit is or lies in; empty where it lies in none."""
        at, seen = str(unit_id) if is_given(unit_id) else "", set()
        while at and at not in seen:
            seen.add(at)
            level, parent = self._units.get(at, ("", ""))
            if level == "county":
                return at
            at = parent
        return ""

    @cached_property
    def _units(self) -> dict[str, tuple[str, str]]:
        """Level and parent by id, of the policy's units and of the register's, which win."""
        units = {unit.id: (unit.level, unit.parent_id) for unit in self.policy.units}
        rows = self["units"][["unit_id", "level", "parent_id"]].astype(object)
        for unit_id, level, parent in rows.itertuples(index=False):
            if is_given(unit_id):
                parent_id = str(parent) if is_given(parent) else units.get(str(unit_id), ("", ""))[1]
                units[str(unit_id)] = (str(level), parent_id)
        return units

    def places(self, ids: Iterable[object]) -> list[str]:
        """The names of units, zones or pools; where there is none: not assigned."""
        return [self.words.place(unit if is_given(unit) else UNASSIGNED) for unit in ids]

    def column(self, table: str, name: str, values: Iterable[object], total: bool = False) -> Column:
        """A column of the register or of a result, under the label that it has everywhere: numbers rounded as their
        unit asks for, tokens in words, personal data marked.

        Args:
            total: it is added up.
        """
        item = _fields(table)[name]
        label = item.heading(self.language)
        if item.enum:
            return texts(name, label, (self._tokens(item, value) for value in values))
        if item.type == "bool":
            return texts(name, label, map(self._yes_no, values))
        if item.type == "date":
            return dates(name, label, values)
        if item.type == "integer":
            return integers(name, label, values, total)
        if item.type == "real":
            return reals(name, label, values, digits_of(item.unit), total)
        kind = _PERSONS.get(name, "text" if item.personal or name in _TYPED else "")
        return texts(name, label, values, personal=kind)

    def _tokens(self, item: Field, value: object) -> str | None:
        if not is_given(value):
            return None
        joint = "、" if self.language == "zh" else ", "
        tokens = str(value).split(";") if item.many else [str(value)]
        return joint.join(self.words.token(item.enum, token) for token in tokens)

    def _yes_no(self, value: object) -> str | None:
        return None if not is_given(value) else self.words("yes" if bool(value) else "no")


def open_book(
    path: str | os.PathLike, needs: Iterable[str], language: str = "zh", scope: Scope | None = None
) -> Book:
    """Read what papers need, all in one look at the file.

    Args:
        needs: names of tables; wells, units and zones are always read.

    Raises:
        OverdraftError: the case file cannot be read, was never judged, or knows no such county, zone or authority.
    """
    path, scope = Path(path), scope or Scope()
    with reading(path) as connection:
        run = last_run_in(connection)
        if run is None:
            raise OverdraftError("papers.no_run", path=str(path))
        wanted = [name for name in dict.fromkeys((*_ALWAYS, *needs)) if has_table(connection, name)]
        tables = {name: read_table(connection, name).reset_index(drop=True) for name in wanted}
        raw = read_roles(connection, [name for name in wanted if name in roles()])
        head, since = chain.head(connection), acts_since(connection)
    names: dict[str, str] = {}
    for table, key in (("units", "unit_id"), ("zones", "zone_id")):
        given = tables[table][[key, "name"]].dropna()
        names |= dict(zip(given[key], given["name"], strict=True))
    book = Book(path, tables, raw, run, head, since, Words(language, run.policy, names), scope)
    _check(book)
    return book


def _check(book: Book) -> None:
    """Refuse a scope that names what the case does not have: an empty paper would look like an answer."""
    scope, wells = book.scope, book["wells"]
    counties = {unit for unit, (level, _) in book._units.items() if level == "county"}
    known = {
        "county": (scope.county, counties | set(wells["county_id"].dropna())),
        "zone": (scope.zone, set(book["zones"]["zone_id"].dropna())),
        "authority": (scope.authority, set(wells["authority"].dropna())),
    }
    for name, (given, there) in known.items():
        if given and given not in there:
            raise OverdraftError(f"papers.no_{name}", found=given, allowed=sorted(map(str, there)))


def _fields(table: str) -> Mapping[str, Field]:
    return {item.name: item for item in layouts()[table].fields}
