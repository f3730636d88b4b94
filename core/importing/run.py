"""One import from beginning to end: columns, cells, positions, datum, canonical layer, problems, record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from ..errors import OverdraftError
from ..findings import Verdicts
from ..intake import conform
from ..intake.columns import match_columns
from ..intake.ids import row_ids
from ..intake.values import empty
from ..problems import Problems, concat_problems
from ..register.identity import ROW_ID
from ..schema import Role, normal_name, register_schema
from . import tell
from .columns import Columns, convert_columns, holds_personal_numbers
from .datum import Placed, brought_home, repaired
from .names import Column, Given, match
from .positions import Positions, positions
from .reference import Reference
from .shifts import position_problems, shift_problems
from .source import Source
from .vocabulary import below_groups, vocabulary


@dataclass(frozen=True)
class Wishes:
    """What the user says of an import.

    Attributes:
        given: columns, units and words. saved: a mapping of an earlier delivery; saved_columns: its columns.
        crs: system of the coordinates where the source does not say it (or says it wrongly).
        operation: PROJ pipeline from Beijing 1954 or Xi'an 1980 to CGCS2000.
        target: system of the result, None for that of the source.
        columns: names of the columns of x and y.
        repairs: of ``choices.REPAIRS``.
    """

    given: Given = field(default_factory=Given)
    saved: Given | None = None
    saved_columns: Sequence[str] = ()
    crs: CRS | None = None
    operation: str = ""
    target: CRS | None = None
    columns: tuple[str, str] = ("", "")
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imported:
    """What an import makes of a source.

    Attributes:
        frame: canonical layer or table, one row per row of the source, in its order.
        persons: table of the role ``persons``, None where the source has no personal columns.
        problems: everything that could not be taken as it is. changes: raw value of each changed cell.
        conversions: a row per column. columns: what each was taken for. system: how the coordinates were read.
    """

    frame: pd.DataFrame
    persons: pd.DataFrame | None
    problems: Problems
    changes: pd.DataFrame
    conversions: pd.DataFrame
    columns: Sequence[Column]
    crs: CRS | None
    system: Mapping[str, object]


def import_source(
    role_name: str,
    source: Source,
    wishes: Wishes | None = None,
    units: gpd.GeoDataFrame | None = None,
    progress: Callable[[float], None] = lambda done: None,
) -> Imported:
    """Bring a source into the canonical form of a role (docs/contract.md §1).

    Args:
        units: canonical layer of counties and townships, to measure positions against.
        progress: called with 0 … 1; it raises to cancel.

    Raises:
        OverdraftError: a required column is not found, a system of coordinates cannot be told, a datum needs an
            operation that is not given, or a wish names what does not exist.
    """
    wishes = wishes or Wishes()
    role = register_schema().roles[role_name]
    columns = match(role, list(source.frame.columns), wishes.given, wishes.saved, source.cut_names)
    columns = _keep_apart(_coordinates(role, source, columns, wishes), source)
    lacking = _refuse_missing(role, columns)
    ids = _ids(role, source, columns, wishes.given)
    progress(0.05)
    converted = convert_columns(role, source, columns, _all_words(wishes), ids)
    progress(0.4)
    reference = Reference(units) if units is not None and len(units) and role.is_place else None
    recorded = None if reference is None else reference.recorded(_recorded_frame(role, converted, len(ids)))
    placed = _placed(role, source, columns, wishes, ids, reference, recorded)
    progress(0.6)
    frame, told = _canonical(role, converted, placed, lacking, len(ids))
    found = [
        tell.columns(role, source, columns, wishes),
        converted.problems,
        *([] if placed is None else [*placed.problems, tell.system(role, placed)]),
        tell.lacking(role, [name for name in lacking if name not in converted.fields]),
        tell.findings(role, told.rows, converted.problems, lacking),
    ]
    progress(0.8)
    if placed is not None:
        subjects = frame[ROW_ID].to_numpy(dtype=object)
        found += position_problems(role, source, placed, reference, recorded, subjects)
        found += shift_problems(role, frame, placed, reference, recorded)
    progress(1.0)
    return Imported(
        frame,
        _persons(role, converted, frame),
        tell.with_places(concat_problems(found), frame[ROW_ID].to_numpy(dtype=object), source, placed),
        _changes(converted, placed, frame),
        _with_coordinates(converted.conversions, placed),
        columns,
        None if placed is None else placed.crs,
        {} if placed is None else placed.system,
    )


def _coordinates(role: Role, source: Source, columns: Sequence[Column], wishes: Wishes) -> list[Column]:
    """Columns of coordinates are marked, so that nobody takes them for a field; they are also carried on."""
    if not role.is_place or source.geometry is not None:
        return list(columns)
    wanted = {normal_name(name) for name in wishes.columns if name}
    if not wanted:
        wanted = set().union(*vocabulary().coordinates.values())
    return [
        replace(column, matched_by="coordinate", candidates=())
        if not column.field and {normal_name(column.name), normal_name(below_groups(column.name))} & wanted
        else column
        for column in columns
    ]


def _keep_apart(columns: Sequence[Column], source: Source) -> list[Column]:
    """Columns of the source's own that hold telephone or identity numbers stay behind unless they were asked for."""
    kept = []
    for column in columns:
        own = not column.field and column.matched_by in ("extra", "proposed") and column.candidates != ("*",)
        if own and holds_personal_numbers(source.frame.iloc[:, column.place]):
            column = replace(column, matched_by="left_out", candidates=("persons",))
        kept.append(column)
    return kept


def _refuse_missing(role: Role, columns: Sequence[Column]) -> list[str]:
    """Required fields that no column fills; they stay empty, or are filled as VALUE_MAP says.

    Raises:
        OverdraftError: a field of the id is missing, two columns could be a required field, or one was proposed for it.
    """
    filled = [column.field for column in columns if column.field and column.matched_by != "personal"]
    lacking = [name for name in role.required if name not in filled]
    for name in lacking:
        proposed = [column.name for column in columns if name in column.candidates]
        if proposed:
            raise OverdraftError(
                "importing.field_proposed",
                role=role.token,
                field=role.fields[name].token,
                found=proposed,
                line=f"{proposed[0]} = {name}",
            )
    free = [name for name in lacking if name not in role.key]
    open_names = [column.name for column in columns if not column.field]
    match_columns(role, [*filled, *free, *open_names], list(role.fields))
    return free


def _all_words(wishes: Wishes) -> Given:
    words = {name: dict(listed) for name, listed in (wishes.saved.words if wishes.saved else {}).items()}
    for name, listed in wishes.given.words.items():
        words[name] = {**words.get(name, {}), **listed}
    return replace(wishes.given, words=words)


def _ids(role: Role, source: Source, columns: Sequence[Column], given: Given) -> np.ndarray:
    """Subject of each row for the problems: its id, or ``row:<n>``."""
    keys = [column for column in columns if column.field in role.key and column.matched_by != "personal"]
    nobody = [f"row:{n}" for n in range(1, len(source.frame) + 1)]
    if not keys:
        return np.array(nobody, dtype=object)
    read = convert_columns(role, source, keys, given, np.array(nobody, dtype=object))
    frame = pd.DataFrame(
        {name: _field(role, name, read, len(nobody)) for name in (*role.key, *role.editions)}
    )
    found = row_ids(role, frame)
    return np.where(found.missing, np.array(nobody, dtype=object), found.base)


def _field(role: Role, name: str, converted: Columns, size: int):
    return converted.fields[name] if name in converted.fields else empty(role.fields[name], size)


def _recorded_frame(role: Role, converted: Columns, size: int) -> pd.DataFrame:
    names = [name for name in ("county", "township") if name in role.fields]
    return pd.DataFrame(
        {name: _field(role, name, converted, size) for name in names}, index=pd.RangeIndex(size)
    )


def _placed(
    role: Role,
    source: Source,
    columns: Sequence[Column],
    wishes: Wishes,
    ids: np.ndarray,
    reference: Reference | None,
    recorded: np.ndarray | None,
) -> Placed | None:
    """The geometry of a place with its system: from the layer or from columns, in a modern datum, repaired if asked."""
    if not role.is_place:
        return None
    agreement = None if reference is None else reference.agreement(recorded)
    made: Positions | None = None
    if source.geometry is None:
        made = positions(role, source, wishes.crs, wishes.columns, agreement, ids)
        start = Placed.of_columns(made, source.rows)
    else:
        crs = wishes.crs or source.crs
        if crs is None:
            raise OverdraftError("importing.crs_missing", role=role.token, found=source.described)
        if crs.geodetic_crs is None:
            raise OverdraftError("importing.crs_local", role=role.token, found=crs.name)
        start = Placed.of_layer(source, crs, wishes.crs)
    home = brought_home(role, start, wishes.operation)
    mended = repaired(home, wishes.repairs, reference, recorded)
    if wishes.target is None or mended.crs == wishes.target:
        return mended
    moved = gpd.GeoSeries(list(mended.geometry), crs=mended.crs).to_crs(wishes.target)
    return replace(mended, geometry=moved.to_numpy(), crs=wishes.target)


def _canonical(
    role: Role, converted: Columns, placed: Placed | None, lacking: Sequence[str], size: int
) -> tuple[pd.DataFrame, Verdicts]:
    """The frame through the intake: all fields of the role, ids, wrong kinds of geometry."""
    nothing = {name: empty(role.fields[name], size) for name in lacking}
    data = {**nothing, **converted.fields, **_free(role, converted.extras)}
    frame = pd.DataFrame(
        {name: pd.Series(values).array for name, values in data.items()}, index=pd.RangeIndex(size)
    )
    if placed is not None:
        frame = gpd.GeoDataFrame(frame, geometry=gpd.array.GeometryArray(placed.geometry, crs=placed.crs))
    return conform(role.name, frame)


def _free(role: Role, extras: Mapping[str, pd.Series]) -> dict[str, pd.Series]:
    """Own columns under names that the intake does not take for a field."""
    kept = {}
    for name, values in extras.items():
        known = normal_name(name) in role.names or name in ("geometry", ROW_ID)
        kept[f"{name} (raw)" if known else name] = values
    return kept


def _persons(role: Role, converted: Columns, frame: pd.DataFrame) -> pd.DataFrame | None:
    """Personal data by user; a row without a user stands under ``<role>:<id of the row>``."""
    if not converted.persons:
        return None
    own = [f"{role.name}:{name}" for name in frame[ROW_ID]]
    users = frame["user_id"].to_numpy(dtype=object) if "user_id" in frame.columns else own
    ids = [other if pd.isna(user) else user for user, other in zip(users, own, strict=True)]
    persons = register_schema().roles["persons"]
    table = pd.DataFrame({"user_id": ids, **converted.persons}, columns=list(persons.fields))
    filled = table[list(converted.persons)].notna().any(axis=1)
    return table[filled].drop_duplicates(ignore_index=True)


def _changes(converted: Columns, placed: Placed | None, frame: pd.DataFrame) -> pd.DataFrame:
    parts = [converted.changes]
    if placed is not None and len(placed.changes):
        parts.append(placed.changes)
    changes = pd.concat(parts, ignore_index=True)
    subjects = frame[ROW_ID].to_numpy(dtype=object)
    return changes.assign(subject_id=subjects[changes["place"].to_numpy(dtype="int64")])


def _with_coordinates(conversions: pd.DataFrame, placed: Placed | None) -> pd.DataFrame:
    """The rows of coordinate columns say how many of their cells were read, changed and lost."""
    if placed is None or not placed.figures:
        return conversions
    conversions = conversions.copy()
    for name, figures in placed.figures.items():
        where = conversions["column"] == name
        bad, changed = int(figures.bad.sum()), int((figures.changed & ~figures.bad).sum())
        empty = int((~np.isfinite(figures.values) & ~figures.bad).sum())
        conversions.loc[where, ["n_empty", "n_converted", "n_unreadable"]] = [empty, changed, bad]
        conversions.loc[where, "n_as_is"] = len(figures.bad) - empty - changed - bad
    return conversions
