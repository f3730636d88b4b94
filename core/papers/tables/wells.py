"""机井台账, one line for each well (一井一档): what it is, where it lies, what it may take, what was found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from ..book import Book
from ..column import Column, reals, texts
from ..table import Group, Table
from .kind import Kind

_PLAIN = (
    "well_id",
    "name",
    "county",
    "township",
    "village",
    "use",
    "aquifer",
    "depth_m",
    "built_on",
    "origin",
)
_PERMIT = ("permit_no", "permit_m3", "permit_to", "plan_m3", "account_no", "area_mu")
_PLACED = ("zone_ids", "zone_severity", "zone_control", "zone_distance_m", "authority")
_SUMMED = ("permit_m3", "plan_m3", "area_mu")


def well_register(book: Book) -> Table:
    """Every well in scope, those of regiments apart in the sums and inside the whole."""
    wells = book.wells.assign(county=book.places(book.wells["county_id"]))
    township = wells["township_id"].where(wells["township_id"].notna(), wells["township"])
    wells = wells.assign(township=[book.words.place(place) for place in township])
    columns: list[Column] = [_of(book, wells, name) for name in _PLAIN]
    columns += [*_state(book, wells), _of(book, wells, "management")]
    columns += [_of(book, wells, name) for name in _PERMIT]
    columns += [_meters(book, wells), *_persons(book, wells)]
    columns += [_of(book, wells, name) for name in _PLACED]
    columns += _position(book, wells)
    columns.append(_of(book, wells, "outcome"))
    return Table(
        "well_register",
        book.say("title.well_register"),
        tuple(columns),
        by_management(book, wells["management"]),
        (book.say("note.coordinates", crs=_crs(wells)), book.say("note.regiment")),
    )


def by_management(book: Book, management: pd.Series) -> tuple[Group, ...]:
    """Sums over the wells of localities, of regiments, of neither by name, and over all of them."""
    regiment = management.eq("regiment").fillna(False).to_numpy(dtype=bool)
    local = management.eq("local").fillna(False).to_numpy(dtype=bool)
    groups = [
        Group(book.words.token("management", "local"), _rows(local)),
        Group(book.words.token("management", "regiment"), _rows(regiment)),
        Group(book.say("total.unstated"), _rows(~local & ~regiment)),
    ]
    kept = [group for group in groups if group.rows]
    return (*(kept if len(kept) > 1 else []), Group(book.say("total.all"), tuple(range(len(management)))))


def _rows(mask) -> tuple[int, ...]:
    return tuple(int(row) for row in mask.nonzero()[0])


def _of(book: Book, wells: pd.DataFrame, name: str) -> Column:
    return book.column("wells", name, wells[name], total=name in _SUMMED)


def _state(book: Book, wells: pd.DataFrame) -> list[Column]:
    """The state on the day of the run and since when: as the events have it, else as the register says."""
    states = book.states.reindex(wells["row_id"])
    status = states["state"].where(states["state"].notna(), wells["status"].to_numpy())
    since = states["day"].where(states["state"].notna(), pd.to_datetime(wells["status_on"]).to_numpy())
    return [book.column("wells", "status", status), book.column("wells", "status_on", since)]


def _meters(book: Book, wells: pd.DataFrame) -> Column:
    """Ids of the well's meters; where the case has no meters, whether the register says that it has one."""
    label = book.say("column.meters")
    meters = book["meters"]
    if not len(meters):
        return book.column("wells", "metered", wells["metered"])
    by_well = meters.dropna(subset=["well_id", "meter_id"]).groupby("well_id")["meter_id"].agg(";".join)
    return texts("meters", label, wells["well_id"].map(by_well))


def _persons(book: Book, wells: pd.DataFrame) -> list[Column]:
    persons = book["persons"]
    if not len(persons):
        return []
    by_user = persons.dropna(subset=["user_id"]).drop_duplicates("user_id").set_index("user_id")
    names = [name for name in ("owner", "contact", "phone", "id_number") if name in by_user.columns]
    found = {name: wells["user_id"].map(by_user[name]) for name in names}
    return [book.column("persons", name, values) for name, values in found.items() if values.notna().any()]


def _position(book: Book, wells: pd.DataFrame) -> list[Column]:
    """Coordinates in the system of the wells: six decimals of a degree, or two of a metre."""
    digits = 6 if wells.crs is None or wells.crs.is_geographic else 2
    points = wells.geometry.to_numpy()
    points = np.where((shapely.get_type_id(points) == 0) & ~shapely.is_empty(points), points, None)
    return [
        replace(reals(axis, book.say(f"column.{axis}"), values, digits), place=True)
        for axis, values in (("x", shapely.get_x(points)), ("y", shapely.get_y(points)))
    ]


def _crs(wells: pd.DataFrame) -> str:
    return "" if wells.crs is None else wells.crs.name


KINDS = (Kind("well_register", ("events", "meters", "persons"), well_register),)
