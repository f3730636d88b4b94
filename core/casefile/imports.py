"""Imports into a case file, and their undoing.

An import adds its rows to a role, or takes the place of all rows of the role. Each row names its batch; the batch, the
raw value of every changed cell and every row that was replaced stay on record, so that an import can be explained and
taken back. Both are one transaction with an entry in the history, after a verified backup.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from ..errors import OverdraftError
from ..findings.verdicts import to_json
from ..importing.record import Batch
from ..register.identity import ROW_ID
from ..schema import register_schema
from .container import KEY
from .content import CaseContent
from .layout import DEFAULT_CRS
from .opening import reading, taken
from .rows import history_entry, joined, rows_of_role, with_new_keys
from .seen import tables_seen
from .store import WriteResult, write_case
from .tables import read_table
from .unreadable import IMPORT_ID

REPLACED_ROW = "importing.kind.replaced"
WHOLE_ROW = "*"
"""``field`` of a record in ``raw_values`` that holds a whole row which an import replaced."""


@dataclass(frozen=True)
class Delivery:
    """One imported layer or table on its way into a case file.

    Attributes:
        frame: canonical, as :func:`importing.import_source` makes it.
        mode: of ``importing.choices.MODES``: ``append`` to the rows of the role, or ``replace`` them all.
        persons: personal data that goes with it, None for none; added to the role ``persons``.
    """

    frame: pd.DataFrame
    batch: Batch
    mode: str = "append"
    persons: pd.DataFrame | None = None

    @property
    def role(self) -> str:
        """The role that it is of."""
        return str(self.batch.row["role"])


def add_import(
    path: str | os.PathLike,
    frame: pd.DataFrame,
    batch: Batch,
    mode: str,
    language: str,
    persons: pd.DataFrame | None = None,
) -> WriteResult:
    """Put one imported layer or table into a case file; see :class:`Delivery`.

    Raises:
        OverdraftError: as :func:`add_imports`.
    """
    return add_imports(path, [Delivery(frame, batch, mode, persons)], language)


def add_imports(
    path: str | os.PathLike,
    deliveries: Sequence[Delivery],
    language: str,
    progress: Callable[[float], None] | None = None,
) -> WriteResult:
    """Put deliveries, each of another role, into a case file: all of them or none, with one backup.

    Raises:
        OverdraftError: as :func:`write_case`; an id in a delivery that the role already has (append).
        Cancelled: from ``progress``; the file stays as it was.
    """
    brought = [item for item in deliveries if item.persons is not None]
    seen = tables_seen(path, {*(item.role for item in deliveries), *(["persons"] if brought else [])})
    before = {item.role: rows_of_role(path, item.role) for item in deliveries}
    tables: dict[str, pd.DataFrame] = {}
    raw = [item.batch.changes for item in deliveries]
    for item in deliveries:
        rows = before[item.role][0]
        own = _numbered(path, item.role, item.frame.drop(columns=ROW_ID), item.batch)
        if item.mode == "append" and len(rows):
            refuse_known(item.role, rows, own)
            own = joined(rows, own)
        elif len(rows):
            raw.append(_on_record(rows, item.role, item.batch))
        tables[item.role] = own
    if brought:
        known = tables["persons"] if "persons" in tables else rows_of_role(path, "persons")[0]
        parts = [
            pd.DataFrame(item.persons).assign(**{IMPORT_ID: item.batch.row["batch_id"]}) for item in brought
        ]
        added = with_new_keys(path, "persons", pd.concat(parts, ignore_index=True))
        added[KEY] += (
            max(0, int(known[KEY].max()) + 1 - int(added[KEY].min())) if len(known) and len(added) else 0
        )
        tables["persons"] = joined(known, added)
    language = next((found for _, found in before.values() if found), language)
    content = replace(_content(deliveries, tables, raw, language), seen=seen)
    return write_case(path, content, progress=progress)


def new_case(
    path: str | os.PathLike,
    deliveries: Sequence[Delivery],
    language: str,
    crs: object = DEFAULT_CRS,
    progress: Callable[[float], None] | None = None,
) -> WriteResult:
    """A new case file with deliveries, each of another role; it appears under its name when it is whole.

    Args:
        crs: coordinate system of the layers that stay empty, anything pyproj understands.

    Raises:
        OverdraftError: something of that name exists, or the folder cannot be written.
        Cancelled: from ``progress``; nothing is left behind.
    """
    if taken(Path(path)):
        raise OverdraftError("casefile.exists", path=str(path))
    tables = {}
    for item in deliveries:
        tables[item.role] = _first(item.frame.drop(columns=ROW_ID), item.batch)
    persons = [_first(item.persons, item.batch) for item in deliveries if item.persons is not None]
    if persons:
        every = [*([tables["persons"]] if "persons" in tables else []), *persons]
        tables["persons"] = pd.concat(every, ignore_index=True)
        tables["persons"][KEY] = range(1, len(tables["persons"]) + 1)
    raw = [item.batch.changes for item in deliveries]
    content = _content(deliveries, tables, raw, language)
    return write_case(path, content, progress=progress, crs=CRS.from_user_input(crs))


def _content(
    deliveries: Sequence[Delivery],
    tables: Mapping[str, pd.DataFrame],
    raw: Sequence[pd.DataFrame],
    language: str,
) -> CaseContent:
    """The tables with the record of the imports and their entry in the history."""
    names = ("source", "source_hash", "n_read", "n_written", "n_set_aside")
    after = [{**{name: item.batch.row[name] for name in names}, "mode": item.mode} for item in deliveries]
    batches = [str(item.batch.row["batch_id"]) for item in deliveries]
    told = after[0] if len(after) == 1 else dict(zip(batches, after, strict=True))
    return CaseContent(
        tables=tables,
        language=language,
        added={
            "imports": pd.DataFrame([item.batch.row for item in deliveries]),
            "raw_values": pd.concat(raw, ignore_index=True),
        },
        history=history_entry("import", ";".join(batches), deliveries[0].batch.row["imported_by"], told),
    )


def undo_import(
    path: str | os.PathLike, batch_id: str, who: str, moment: datetime, language: str
) -> WriteResult:
    """Take an import back: its rows go, the rows that it replaced return. The record stays and says so.

    Raises:
        OverdraftError: no such import, taken back already, or another import has replaced its rows since.
    """
    seen = tables_seen(path, ["imports"])
    with reading(Path(path)) as connection:
        imports = read_table(connection, "imports").reset_index(drop=True)
        raw = read_table(connection, "raw_values")
    where = imports.index[imports["batch_id"] == batch_id]
    if len(where) == 0:
        found = imports.loc[imports["undone_at"].isna(), "batch_id"].tolist()
        raise OverdraftError("casefile.import_unknown", found=batch_id, allowed=found)
    role = imports.at[where[0], "role"]
    if pd.notna(imports.at[where[0], "undone_at"]):
        raise OverdraftError("casefile.import_undone", found=batch_id, at=imports.at[where[0], "undone_at"])
    _refuse_replaced(imports, raw, batch_id)
    seen |= tables_seen(path, {role, "persons"})
    rows, language_of_file = rows_of_role(path, role)
    kept = _without(rows, batch_id)
    old = raw[(raw["batch_id"] == batch_id) & (raw["field"] == WHOLE_ROW)]
    kept = joined(_restored(old["raw_value"], rows), kept) if len(old) else kept
    imports["undone_at"] = imports["undone_at"].astype(object)
    imports["undone_by"] = imports["undone_by"].astype(object)
    imports.loc[where, ["undone_at", "undone_by"]] = [moment.isoformat(timespec="seconds"), who]
    after = {"n_removed": len(rows) - len(kept) + len(old), "n_restored": len(old)}
    return write_case(
        path,
        CaseContent(
            tables={
                "persons": _without(rows_of_role(path, "persons")[0], batch_id),
                role: kept.reset_index(drop=True),
                "imports": imports,
            },
            language=language_of_file or language,
            history=history_entry("undo_import", batch_id, who, after),
            seen=seen,
        ),
    )


def _numbered(path: str | os.PathLike, role: str, frame: pd.DataFrame, batch: Batch) -> pd.DataFrame:
    """Rows of the import with their batch and row keys of their own."""
    return with_new_keys(path, role, frame).assign(**{IMPORT_ID: batch.row["batch_id"]})


def _first(frame: pd.DataFrame, batch: Batch) -> pd.DataFrame:
    """The rows of an import into a table that has none yet."""
    free = frame.drop(columns=[name for name in frame.columns if str(name).lower() == KEY])
    return free.assign(**{KEY: range(1, len(free) + 1), IMPORT_ID: batch.row["batch_id"]})


def _without(rows: pd.DataFrame, batch_id: str) -> pd.DataFrame:
    """The rows that an import did not bring."""
    return rows[rows[IMPORT_ID] != batch_id] if IMPORT_ID in rows.columns else rows


def refuse_known(role: str, before: pd.DataFrame, own: pd.DataFrame) -> None:
    """Ids that a role has already must not come a second time.

    Raises:
        OverdraftError: some do.
    """
    item = register_schema().roles[role]
    keys = [*item.key, *item.editions]
    old = set(map(tuple, before[keys].astype(object).where(before[keys].notna(), None).to_numpy()))
    new = list(map(tuple, own[keys].astype(object).where(own[keys].notna(), None).to_numpy()))
    twice = [" / ".join(map(str, filter(None, key))) for key in new if key in old and key[0] is not None]
    if twice:
        raise OverdraftError("casefile.import_twice", role=role, n=len(twice), found=twice[:5])


def _on_record(before: pd.DataFrame, role: str, batch: Batch) -> pd.DataFrame:
    """The rows that an import replaces, each as JSON, so that they can come back."""
    plain = pd.DataFrame(before)
    if isinstance(before, gpd.GeoDataFrame):
        wkt = shapely.to_wkt(before.geometry.to_numpy(), rounding_precision=-1)
        plain = plain.assign(**{before.active_geometry_name: wkt})
    rows = plain.astype(object).where(plain.notna(), None).to_dict("records")
    texts = [to_json(row) for row in rows]
    return pd.DataFrame(
        {
            "batch_id": batch.row["batch_id"],
            "role": role,
            "row": range(1, len(before) + 1),
            "subject_id": before[register_schema().roles[role].key[0]],
            "field": WHOLE_ROW,
            "raw_value": texts,
            "reason_key": REPLACED_ROW,
        }
    )


def _restored(texts: pd.Series, like: pd.DataFrame) -> pd.DataFrame:
    """Rows from their JSON; geometry in the system of the layer as it stands."""
    rows = pd.DataFrame([json.loads(text) for text in texts])
    known = [name for name in like.columns if name in rows.columns]
    rows = rows[[*known, *(name for name in rows.columns if name not in known)]]
    if not isinstance(like, gpd.GeoDataFrame):
        return rows
    name = like.active_geometry_name
    texts = rows.pop(name) if name in rows.columns else pd.Series([None] * len(rows))
    shapes = shapely.from_wkt([text if isinstance(text, str) else None for text in texts])
    return gpd.GeoDataFrame(rows.assign(**{name: gpd.GeoSeries(list(shapes), crs=like.crs)}), geometry=name)


def _refuse_replaced(imports: pd.DataFrame, raw: pd.DataFrame, batch_id: str) -> None:
    """A later import that took this one's rows away must be taken back first."""
    order = list(imports["batch_id"])
    later = order[order.index(batch_id) + 1 :]
    replacing = set(raw.loc[raw["field"] == WHOLE_ROW, "batch_id"])
    role = imports.at[order.index(batch_id), "role"]
    for place, name in enumerate(order):
        same = imports.at[place, "role"] == role and pd.isna(imports.at[place, "undone_at"])
        if name in later and name in replacing and same:
            raise OverdraftError("casefile.import_replaced", found=batch_id, by=name)
