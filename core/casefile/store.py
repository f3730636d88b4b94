"""Writing and reading case files.

A new file is written beside its name and renamed when it is whole and sound. An existing one is backed up, then
updated in one transaction; it is never renamed over, because another program may have it open. A kill at any moment
leaves the older content or the new one, never a mixture, and no half file under the name.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from pyproj import CRS

from ..errors import OverdraftError
from . import container, history, styles, unreadable
from .backup import copy_database, discard, make_backup, new_database, part_name, remove_leftovers
from .carry import carry_decisions
from .content import CaseContent
from .indexes import ensure_indexes
from .layout import DEFAULT_CRS, KEPT, LAST_RUN, SCHEMA_VERSION, layouts, roles
from .migrate import migrate
from .opening import check, connect, explained, reading, recovering, rollback_journal, sync, taken
from .seen import refuse_changed
from .tables import TooManyColumnsError, append_rows, create_table, read_table

Progress = Callable[[float], None]


@dataclass(frozen=True)
class WriteResult:
    """What a write did: the case file, the backup of its older content (None for a new file), and the hash of the
    last entry of its history, to be printed where nobody can change it."""

    path: Path
    backup: Path | None
    history_head: str


def create_case(path: str | os.PathLike, language: str, crs: object = DEFAULT_CRS) -> Path:
    """Make an empty case file: every role and result table, value lists, forms, ready for data entry in QGIS.

    Args:
        language: ``en`` or ``zh``, for labels and value lists.
        crs: coordinate system of the layers, anything pyproj understands.

    Raises:
        OverdraftError: something of that name exists, or the folder cannot be written.
    """
    target = Path(path)
    if taken(target):
        raise OverdraftError("casefile.exists", path=str(target))
    empty = CaseContent(tables={}, language=language)
    return _write_new(target, empty, None, None, CRS.from_user_input(crs)).path


def write_case(
    target: str | os.PathLike,
    content: CaseContent,
    base: str | os.PathLike | None = None,
    progress: Progress | None = None,
    crs: CRS | None = None,
) -> WriteResult:
    """Write the content of a run into a case file.

    A target that does not exist is made, from ``base`` with its decisions and history where a base is given. A target
    that exists is backed up and updated; with another ``base`` it becomes a copy of the base, updated. Decisions,
    history, plans, imports, raw values and the user's settings stay; ``runs`` and ``history`` gain a row; roles that
    the content does not hold stay as they are.

    Raises:
        OverdraftError: the target or base is no case file, damaged, newer than this program or locked; what the
            content was worked out from has changed since; the folder cannot be written; the disk is full. The older
            content is intact.
        Cancelled: from ``progress``; nothing is left behind.
    """
    path = Path(target)
    with explained(path):
        origin = None if base is None or _same(Path(base), path) else Path(base)
    if not taken(path):
        return _write_new(path, content, origin, progress, crs)
    with explained(path):
        remove_leftovers(path.parent, path.name)
        with closing(connect(path, "rw")) as connection:
            check(connection, path)
    if origin is not None:
        return _write_copy(path, content, origin, progress)
    backup = make_backup(path)
    with explained(path), recovering(path), closing(connect(path, "rw")) as connection:
        rollback_journal(connection)
        connection.execute("PRAGMA secure_delete = ON")  # what a run leaves out must not lie in freed pages
        with _transaction(connection, path):
            refuse_changed(connection, path, content.seen)
            head = _update(connection, content, progress)
    return WriteResult(path, backup, head)


def read_case(
    path: str | os.PathLike, only: Collection[str] | None = None, tick: Callable[[], None] | None = None
) -> dict[str, pd.DataFrame]:
    """The register in a case file, as raw frames for ``build_register``; with ``only`` no more than these roles.

    A role is there when its table has rows, or when the last run was given it without rows: an empty table nobody
    filled is no supplied layer. What a run computed for the wells is left out.

    Args:
        tick: called again and again; raises ``Cancelled`` to stop.

    Raises:
        OverdraftError: missing, damaged, locked, newer than this program or not a case file.
    """
    with reading(Path(path)) as connection:
        return read_roles(connection, only, tick)


def read_roles(
    connection: sqlite3.Connection,
    only: Collection[str] | None = None,
    tick: Callable[[], None] | None = None,
) -> dict[str, pd.DataFrame]:
    """The same over an open connection."""
    supplied = set(json.loads(_meta(connection, "supplied_roles") or "[]"))
    wanted = [name for name in roles() if only is None or name in only]
    present = [name for name in wanted if container.has_table(connection, name)]
    frames = {name: read_table(connection, name, layouts()[name].results, tick=tick) for name in present}
    unreadable.restore(connection, frames)
    given = {name: frame for name, frame in frames.items() if len(frame) or name in supplied}
    return {name: frame.reset_index(drop=True) for name, frame in given.items()}


def read_results(path: str | os.PathLike, *names: str) -> dict[str, pd.DataFrame]:
    """Tables of a case file as they stand, results included; without ``names`` all of them.

    Raises:
        OverdraftError: as :func:`read_case`.
    """
    with reading(Path(path)) as connection:
        wanted = [name for name in names or layouts() if container.has_table(connection, name)]
        return {name: read_table(connection, name).reset_index(drop=True) for name in wanted}


def _write_new(
    path: Path,
    content: CaseContent,
    origin: Path | None,
    progress: Progress | None,
    crs: CRS | None = None,
) -> WriteResult:
    with explained(path):
        remove_leftovers(path.parent, path.name)
    with _prepared(path, content, origin, progress, crs) as (part, connection, head):
        connection.close()
        with explained(path):
            sync(part)
            if path.exists():
                raise OverdraftError("casefile.exists", path=str(path))
            part.rename(path)
            sync(path.parent)
    return WriteResult(path, None, head)


def _write_copy(path: Path, content: CaseContent, origin: Path, progress: Progress | None) -> WriteResult:
    """Make an existing case file a copy of another one, updated: prepared beside, put in place in one step."""
    with _prepared(path, content, origin, progress, None) as (_, connection, head):
        backup = make_backup(path)
        with explained(path), recovering(path), closing(connect(path, "rw")) as target:
            rollback_journal(target)
            copy_database(connection, target)
    return WriteResult(path, backup, head)


@contextmanager
def _prepared(
    path: Path, content: CaseContent, origin: Path | None, progress: Progress | None, crs: CRS | None
) -> Iterator[tuple[Path, sqlite3.Connection, str]]:
    """The finished content in a temporary database beside ``path``: its name, its connection, the history's head."""
    part = part_name(path)
    try:
        with explained(path), closing(new_database(part)) as connection:
            connection.execute(
                "PRAGMA journal_mode = MEMORY"
            )  # a crash leaves a temporary file, nothing else
            if origin is not None:
                with reading(origin) as source:
                    copy_database(source, connection)
                refuse_changed(connection, origin, content.seen)
            with _transaction(connection, path):
                if origin is None:
                    _initialise(connection, content, crs)
                head = _update(connection, content, progress)
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            if problems != ["ok"]:
                raise OverdraftError("casefile.write_failed", path=str(path), detail="; ".join(problems))
            yield part, connection, head
    finally:
        discard(part)


def _initialise(connection: sqlite3.Connection, content: CaseContent, crs: CRS | None) -> None:
    """A GeoPackage with every table of a case file, all empty."""
    container.initialise(connection)
    styles.ensure_table(connection, content.language, content.moment or _now())
    for name in layouts():
        if name not in content.tables:
            _put(connection, name, None, content, crs)
    history.guard(connection)


def _update(connection: sqlite3.Connection, content: CaseContent, progress: Progress | None) -> str:
    """Write the content into an initialised case file, inside the caller's transaction; returns the history's head."""
    migrate(connection)
    styles.ensure_table(connection, content.language, content.moment or _now())
    total = sum(map(len, content.tables.values())) or 1
    done = 0
    keys: dict[str, tuple[int, ...]] = {}
    for name, frame in content.tables.items():
        if progress:
            progress(0.95 * done / total)
        keys[name] = _put(connection, name, frame, content, None)
        done += len(frame)
    if progress:
        progress(0.95)
    if content.unreadable is not None:
        unreadable.record(connection, content.unreadable, content.tables, keys)
    _refresh_settings(connection, content)
    _set_meta(connection, content)
    changed = list(content.added)
    for name, rows in content.added.items():
        append_rows(connection, layouts()[name], rows)
    if content.run:
        append_rows(connection, layouts()["runs"], pd.DataFrame([content.run]))
        carried = carry_decisions(connection, str(content.run.get("policy_id", "")), content.succeeds)
        history.append_all(connection, (entry.row() for entry in carried))
        changed += ["decisions", "decided_findings"] if carried else []
        changed += ["runs", "history", "meta", "settings"]
    elif content.history:
        changed.append("history")
    for name in changed:
        connection.execute(
            "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (content.moment or _now(), name)
        )
    for entry in content.entries:
        history.append(connection, entry)
    return history.append(connection, content.history) if content.history else history.head(connection)


def _put(
    connection: sqlite3.Connection,
    name: str,
    frame: pd.DataFrame | None,
    content: CaseContent,
    crs: CRS | None,
) -> tuple[int, ...]:
    """One table with its labels and style; returns its row keys."""
    layout, moment = layouts()[name], content.moment or _now()
    written = create_table(connection, layout, frame, content.language, moment, crs)
    known = {item.name for item in layout.fields}
    extra = [column for column in written.columns if column not in known]
    styles.describe_columns(connection, layout, content.language)
    styles.store_styles(connection, layout, extra, content.language, moment)
    ensure_indexes(connection, name)
    return written.keys


def _refresh_settings(connection: sqlite3.Connection, content: CaseContent) -> None:
    """The policy's settings as the run used them, beside those that a person has set in the file."""
    if content.settings is None:
        return
    connection.execute("DELETE FROM settings WHERE source IS NOT 'user'")
    kept = {row[0] for row in connection.execute("SELECT key FROM settings")}
    fresh = content.settings[~content.settings["key"].isin(kept)]
    append_rows(connection, layouts()["settings"], fresh)


def _set_meta(connection: sqlite3.Connection, content: CaseContent) -> None:
    entries = {"schema_version": str(SCHEMA_VERSION), "language": content.language, **content.meta}
    if content.run:
        entries[LAST_RUN] = str(content.run["run_id"])
    connection.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in entries])
    connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", sorted(entries.items()))


def _meta(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else None


@contextmanager
def _transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing; the write lock is taken at the beginning."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except TooManyColumnsError as error:
        connection.execute("ROLLBACK")
        table, found, allowed = error.args
        raise OverdraftError(
            "casefile.too_many_columns", path=str(path), table=table, found=found, allowed=allowed
        ) from error
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


__all__ = ["KEPT", "WriteResult", "create_case", "read_case", "read_results", "write_case"]
