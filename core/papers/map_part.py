"""The part of a case that a map shows: which filters fit which map, its polygon, and how titles, notes and names of
files say it."""

from __future__ import annotations

import hashlib

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..overlay.editions import Editions, row_ids
from ..personal import masked
from .book import Book
from .names import safe_name
from .scope import Scope

_HAPPENED = ("pairs", "retirement")
"""Maps of what happened on a day: a period fits them; all others show how things stand on the day of the run."""

_OF_LAND = ("retirement",)
"""Maps of land, which neither zones nor authorities are kept for."""

CODE, NAME = 20, 48
"""Bytes that a code and a name may take of the name of a file, so that all that stand in it fit 255."""

_TOUCHING = 1e-6
"""Share of a zone below which it only touches a county along a border drawn twice."""


def unfit(kind: str, scope: Scope) -> tuple[str, ...]:
    """The filters that a map cannot be limited by, of ``zone``, ``authority``, ``period``; none where it can be."""
    found = []
    if kind in _OF_LAND:
        found += [name for name in ("zone", "authority") if getattr(scope, name)]
    if kind not in _HAPPENED and (scope.begin or scope.end):
        found.append("period")
    return tuple(found)


def place_of(book: Book) -> str:
    """Whose maps these are: the zone and the county in scope, else the city of the document, else its issuer."""
    scope, policy = book.scope, book.run.policy
    county = book.words.place(scope.county) if scope.county else ""
    if scope.zone:
        zone = book.words.place(scope.zone)
        return book.say("maps.zone_in", zone=zone, county=county) if county else zone
    if county:
        return county
    if policy.city_id:
        return book.words.place(policy.city_id)
    return policy.issuer if book.language == "zh" else policy.issuer_en or policy.issuer


def part_told(book: Book, kind: str) -> str:
    """What the title of a map does not say of its part: on sheets the authority and the period; on pages of atlases,
    whose titles name their units, the zone too. Empty where nothing is left out."""
    scope = book.scope
    told = []
    if scope.zone and kind.endswith("_atlas"):
        told.append(book.say("maps.part.zone", zone=book.words.place(scope.zone)))
    if scope.authority:
        told.append(book.say("maps.part.authority", authority=masked(scope.authority)))
    if scope.begin or scope.end:
        begin, end = (day.isoformat() if day else "…" for day in (scope.begin, scope.end))
        told.append(book.say(f"maps.part.{kind}", days=book.say("days", begin=begin, end=end)))
    parts = ("；" if book.language == "zh" else "; ").join(told)
    return book.say("maps.part.only", parts=parts) if parts else ""


def part_name(scope: Scope) -> str:
    """The part as names of files say it, different for different parts; empty for the whole case."""
    given = ((scope.county, CODE), (scope.zone, CODE), (scope.authority, NAME))
    names = [name_of(text, longest) for text, longest in given if text]
    if scope.begin or scope.end:
        days = (day.strftime("%Y%m%d") if day else "" for day in (scope.begin, scope.end))
        names.append("-".join(days))
    return "_".join(names)


def name_of(text: str, longest: int) -> str:
    """A text as a piece of a file name of at most so many bytes. One that cannot stand there as it is gets a mark of
    seven letters made from the whole of it, so that two texts never share a name."""
    name = safe_name(text)
    if name == text and len(name.encode()) <= longest:
        return name
    name = name.encode()[:longest].decode(errors="ignore")
    return f"{name}-{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:6]}"


def in_force(book: Book, table: str, key: str) -> pd.DataFrame:
    """The rows of a layer in the edition of the day of the run, that have an area; drafts are none."""
    frame = book[table]
    if not len(frame):
        return frame
    usable = frame.geometry.notna().to_numpy() & ~frame.geometry.is_empty.to_numpy()
    if "legal_state" in frame:
        usable &= ~frame["legal_state"].eq("proposed").fillna(False).to_numpy(dtype=bool)
    editions = Editions(frame, row_ids(frame, key), usable)
    return frame[editions.on(np.datetime64(book.run.as_of)) & usable].reset_index(drop=True)


def part(book: Book, crs: object) -> shapely.Geometry | None:
    """The ground of the county and the zone in scope, in a system; None where no polygon bounds the part."""
    found = None
    for table, key, wanted in (
        ("units", "unit_id", book.scope.county),
        ("zones", "zone_id", book.scope.zone),
    ):
        if not wanted:
            continue
        rows = in_force(book, table, key)
        rows = rows[(rows[key] == wanted).to_numpy(dtype=bool)]
        if len(rows):
            rows = gpd.GeoDataFrame(rows)
            shape = shapely.union_all(shapely.make_valid(rows.geometry.to_crs(crs).to_numpy()))
            found = shape if found is None else found & shape
    return found


def zones_in_part(book: Book) -> pd.DataFrame:
    """The zones in force in scope: the one that is asked for, else those that share an area with the county or hold a
    well of it."""
    zones, scope = in_force(book, "zones", "zone_id"), book.scope
    if scope.zone:
        return zones[(zones["zone_id"] == scope.zone).to_numpy(dtype=bool)].reset_index(drop=True)
    if not (scope.county and len(zones)):
        return zones
    shapes = gpd.GeoDataFrame(zones).geometry
    ground = part(book, shapes.crs)
    if ground is None:
        return zones
    valid = shapely.make_valid(shapes.to_numpy())
    with np.errstate(invalid="ignore"):
        shared = shapely.area(shapely.intersection(valid, ground))
    holding = {zone for ids in book.wells["zone_ids"].dropna() for zone in str(ids).split(";")}
    kept = (shared > _TOUCHING * shapely.area(valid)) | zones["zone_id"].isin(holding).to_numpy(dtype=bool)
    return zones[kept].reset_index(drop=True)
