"""Points from coordinate columns: which columns, which system, which axis first, measured where the points fall.

The columns are recognised by name (or given). The coordinate system is the one given; without one the systems that the
figures allow are tried, and one is taken only where the points fall into the units that their rows name, and with no
other. Otherwise the import stops and says what the figures look like: a wrong system is a wrong verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..coordinates.angles import to_degrees
from ..coordinates.systems import Candidate, Choice, candidates, choose
from ..errors import OverdraftError
from ..problems import Problems, problems
from ..schema import Field, Role, normal_name
from .cells import convert_column
from .source import Source
from .vocabulary import below_groups, vocabulary

PAIRS = (("longitude", "latitude"), ("easting", "northing"), ("x", "y"))
Shares = tuple[tuple[str, float], ...]
"""System with axis order, and the share of points in their units when read in it."""

_PLANE = Field(en="", zh="", name="coordinate_m", type="real", unit="m")


@dataclass(frozen=True)
class Figures:
    """Numbers of one coordinate column. `dms` marks cells in degrees, minutes and seconds, `changed` those that had to
    be read (separators, full width, degrees), `bad` those that could not be."""

    values: np.ndarray
    bad: np.ndarray
    dms: np.ndarray
    changed: np.ndarray


@dataclass(frozen=True)
class Positions:
    """Geometry made from columns.

    Attributes:
        geometry: shapely geometries, None where a row has no readable position. crs: their system.
        columns: names of the columns used, first the one that holds x.
        figures: the numbers, in the order of `columns`; empty for WKT.
        system: how the system was found: ``given`` or ``measured``; swapped: whether the columns were exchanged.
        shares: system and share of points in their units, for the systems that were tried.
        problems: rows that have no position.
    """

    geometry: np.ndarray
    crs: CRS
    columns: tuple[str, ...]
    figures: tuple[Figures, ...]
    system: str
    swapped: bool
    shares: Shares
    problems: Problems


Agreement = Callable[[np.ndarray, np.ndarray], float]


def positions(
    role: Role,
    source: Source,
    crs: CRS | None,
    given: tuple[str, str],
    agreement: Agreement | None,
    ids: np.ndarray,
) -> Positions:
    """The geometry of a table's rows.

    Args:
        crs: the system of the coordinates where somebody says it.
        given: names of the columns of x and y where somebody says them, else empty texts.
        agreement: measures longitudes and latitudes against the units that the rows name.
        ids: the subject of each row, for the problems.

    Raises:
        OverdraftError: no columns of coordinates, or a system that is not given and cannot be told.
    """
    names = list(source.frame.columns)
    first, second, kind = _columns(role, names, given)
    if kind == "wkt":
        return _of_wkt(role, source, first, crs, ids)
    one, two = _figures(source.frame[first]), _figures(source.frame[second])
    x, y = one.values, two.values
    if crs is None:
        candidate, shares = _measured(x, y, agreement, role)
        system = "measured"
    else:
        candidate, shares = _order(crs, x, y, agreement)
        system = "given"
    swapped = not candidate.x_first
    if swapped:
        x, y, first, second, one, two = y, x, second, first, two, one
    read = np.isfinite(x) & np.isfinite(y)
    shapes = np.full(len(x), None, dtype=object)
    shapes[read] = shapely.points(x[read], y[read])
    found = _problems(role, source, (first, second), (one, two), ids)
    return Positions(
        shapes,
        CRS.from_user_input(candidate.crs),
        (first, second),
        (one, two),
        system,
        swapped,
        shares,
        found,
    )


def _columns(role: Role, names: Sequence[str], given: tuple[str, str]) -> tuple[str, str, str]:
    """The two columns of coordinates and what they are called for; ``wkt`` for one column of geometry as text."""
    by_name = {normal_name(below_groups(name)): name for name in names}
    if any(given):
        by_name = {normal_name(name): name for name in names}
        picked = []
        for name, parameter in zip(given, ("X_COLUMN", "Y_COLUMN"), strict=True):
            if normal_name(name) not in by_name:
                raise OverdraftError(
                    "importing.coordinate_column", parameter=parameter, found=name, allowed=list(names)
                )
            picked.append(by_name[normal_name(name)])
        return picked[0], picked[1], "x"
    words = vocabulary().coordinates
    named = {kind: [text for key, text in by_name.items() if key in known] for kind, known in words.items()}
    pairs = [
        (named[one][0], named[two][0], one)
        for one, two in PAIRS
        if len(named[one]) == 1 and len(named[two]) == 1
    ]
    if role.geometry == "point" and len(pairs) == 1:
        return pairs[0]
    if len(named["wkt"]) == 1 and not pairs:
        return named["wkt"][0], "", "wkt"
    if len(pairs) > 1:
        raise OverdraftError(
            "importing.coordinates_twice", role=role.token, found=[list(p[:2]) for p in pairs]
        )
    raise OverdraftError("importing.no_coordinates", role=role.token, found=list(names))


def _figures(raw: pd.Series) -> Figures:
    read = convert_column(raw, _PLANE)
    values, bad = np.array(read.values, dtype="float64"), read.bad.copy()
    dms = np.zeros(len(values), dtype=bool)
    if bad.any():
        rows = np.flatnonzero(bad)
        degrees, unreadable, _ = to_degrees(list(raw.iloc[rows]))
        values[rows], bad[rows], dms[rows] = degrees, unreadable, ~unreadable
    return Figures(values, bad, dms, read.changed | dms)


def _measured(
    x: np.ndarray, y: np.ndarray, agreement: Agreement | None, role: Role
) -> tuple[Candidate, Shares]:
    """The one system in which the points fall where their rows say."""
    choice = choose(candidates(x, y), x, y, agreement)
    if choice.candidate is None:
        raise OverdraftError(choice.message_key, role=role.token, found=_range(x, y), **choice.values())
    return choice.candidate, _shares(choice)


def _shares(choice: Choice) -> Shares:
    return tuple(
        (f"{candidate.crs} ({'x, y' if candidate.x_first else 'y, x'})", share)
        for candidate, share in choice.table
    )


def _range(x: np.ndarray, y: np.ndarray) -> str:
    """The span of the figures, for a person to recognise the system by."""
    spans = []
    for values in (x, y):
        finite = values[np.isfinite(values)]
        spans.append(f"{finite.min():.10g} … {finite.max():.10g}" if len(finite) else "—")
    return " | ".join(spans)


def _order(crs: CRS, x: np.ndarray, y: np.ndarray, agreement: Agreement | None) -> tuple[Candidate, Shares]:
    """Which column holds x in a given system: as named, unless the points fall into place only the other way."""
    code = crs.to_string()
    named, other = Candidate(code, True), Candidate(code, False)
    if agreement is not None:
        choice = choose([named, other], x, y, agreement)
        return choice.candidate or named, _shares(choice)
    return (other if not _possible(crs, x, y) and _possible(crs, y, x) else named), ()


def _possible(crs: CRS, x: np.ndarray, y: np.ndarray) -> bool:
    """Do most of the figures lie in the part of the earth that the system is made for?"""
    area = crs.area_of_use
    usable = np.isfinite(x) & np.isfinite(y)
    if area is None or not usable.any():
        return True
    west, south, east, north = area.bounds
    if not crs.is_geographic:
        from pyproj import Transformer

        to_degrees_of = Transformer.from_crs(crs, "EPSG:4490", always_xy=True)
        x, y = to_degrees_of.transform(x, y)
    within = (x >= west - 1) & (x <= east + 1) & (y >= south - 1) & (y <= north + 1)
    return bool(within[usable].mean() > 0.5)


def _of_wkt(role: Role, source: Source, column: str, crs: CRS | None, ids: np.ndarray) -> Positions:
    if crs is None:
        raise OverdraftError("importing.crs_wkt", role=role.token, column=column)
    cells = source.frame[column]
    texts = [cell if isinstance(cell, str) and cell.strip() else None for cell in cells]
    shapes = shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore")
    lost = np.flatnonzero(
        shapely.is_missing(shapes) & np.array([text is not None for text in texts], dtype=bool)
    )
    found = problems(
        check="import.position",
        severity="error",
        subject_role=role.name,
        subject_id=ids[lost],
        row=source.rows[lost],
        field=column,
        found=[str(texts[place])[:60] for place in lost],
        message_key="importing.wkt_unreadable",
        remedy_key="importing.wkt_unreadable_remedy",
    )
    return Positions(shapes, crs, (column,), (), "given", False, (), found)


def _problems(
    role: Role,
    source: Source,
    columns: tuple[str, str],
    figures: tuple[Figures, Figures],
    ids: np.ndarray,
) -> Problems:
    """Rows without a position: cells that cannot be read, or that are empty."""
    rows, name, text, keys = [], [], [], []
    gone = np.zeros(len(ids), dtype=bool)
    for column, figure in zip(columns, figures, strict=True):
        raw = source.frame[column]
        for place in np.flatnonzero(figure.bad & ~gone).tolist():
            rows.append(place)
            name.append(column)
            text.append(str(raw.iloc[place])[:60])
            keys.append("importing.coordinate_unreadable")
        gone |= figure.bad
    for column, figure in zip(columns, figures, strict=True):
        empty = ~np.isfinite(figure.values) & ~gone
        for place in np.flatnonzero(empty).tolist():
            rows.append(place)
            name.append(column)
            text.append("")
            keys.append("importing.coordinate_empty")
        gone |= empty
    where = np.array(rows, dtype="int64")
    return problems(
        check="import.position",
        severity="error",
        subject_role=role.name,
        subject_id=ids[where],
        row=source.rows[where],
        field=name,
        found=text,
        message_key=keys,
        remedy_key="importing.coordinate_remedy",
        n_subjects=len(ids),
    )
