"""Backups of a case file and the temporary files of a write.

A backup is made by SQLite's own backup function (a copied file may miss what another program has just committed),
checked page by page against the original, and only then given its name.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ..errors import OverdraftError
from .opening import BUSY_SECONDS, connect, explained, rollback_journal, sync

KEPT_BACKUPS = 10
_PART = ".part-"
_SIDE_FILES = ("", "-journal", "-wal", "-shm")
_COMPARED = ((0, 18), (20, 24), (28, 40), (44, 92), (100, None))
"""Bytes of a database that are the same in a copy of it; the header is the first hundred."""


def backup_folder(path: Path) -> Path:
    """Where the backups of a case file stand: beside it."""
    return path.with_name(path.name + ".backups")


def backups(path: Path) -> list[Path]:
    """The backups of a case file, newest first."""
    folder = backup_folder(path)
    found = folder.glob("[0-9]*Z-*.gpkg") if folder.is_dir() else ()
    return sorted(found, key=lambda item: item.name, reverse=True)


def latest_backup(path: Path) -> Path | None:
    """The newest backup of a case file, if any."""
    return next(iter(backups(path)), None)


def make_backup(path: Path) -> Path:
    """Back up a case file; the ten newest backups are kept.

    Returns:
        The backup, verified: sound, and page by page equal to the original.

    Raises:
        OverdraftError: it could not be made or differs from the original; the original is untouched.
    """
    folder = backup_folder(path)
    with explained(folder):
        folder.mkdir(exist_ok=True)
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        target = folder / "".join((moment, "-", path.name.removesuffix(".gpkg"), ".gpkg"))
        remove_leftovers(folder)
        part = part_name(target)
    try:
        with explained(path), closing(connect(path, "rw")) as source, closing(new_database(part)) as copy:
            source.execute("BEGIN")
            copy_database(source, copy)
            problems = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
            if problems != ["ok"] or content_hash(source) != content_hash(copy):
                raise OverdraftError("casefile.backup_differs", path=str(path), backup=str(target))
            source.execute("ROLLBACK")
        with explained(target):
            sync(part)
            part.rename(target)
            sync(folder)
    finally:
        discard(part)
    for old in backups(path)[KEPT_BACKUPS:]:
        discard(old)
    return target


def copy_database(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Copy a whole database in one step; the target shows all of it or, if the copy dies, its old content.

    Raises:
        sqlite3.OperationalError: another program holds a lock for longer than we wait.
    """
    deadline = time.monotonic() + BUSY_SECONDS

    def give_up(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error

    source.backup(target, pages=-1, progress=give_up)
    rollback_journal(target)  # the mode of the source came along


def content_hash(connection: sqlite3.Connection) -> str:
    """SHA-256 over all pages of a database as SQLite itself reads them.

    Left out are the places of the header that tell not what the file holds but how it was last written: the journal
    mode, the counters of changes and of changes of the schema (a copy counts as one), and the version of SQLite.
    """
    pages = memoryview(connection.serialize())
    digest = hashlib.sha256()
    for start, end in _COMPARED:
        digest.update(pages[start:end])
    return digest.hexdigest()


def part_name(target: Path) -> Path:
    """A fresh temporary name beside ``target``, recognisable as ours after a crash."""
    return target.with_name("".join((target.name, _PART, uuid.uuid4().hex[:8])))


def new_database(part: Path) -> sqlite3.Connection:
    """A temporary database under an exclusive lock from now until the connection is closed.

    The lock tells :func:`remove_leftovers` of another process that the file is in use; it ends with this process.
    """
    connection = connect(part, "rwc")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")
    return connection


def remove_leftovers(folder: Path, name: str = "") -> list[Path]:
    """Delete the temporary files that a killed write left in ``folder``; those in use are left alone.

    Args:
        name: only those of the file of this name.
    """
    removed = [entry for entry in part_files(folder, name) if not _in_use(entry)]
    for entry in removed:
        discard(entry)
    return removed


def part_files(folder: Path, name: str = "") -> list[Path]:
    """The temporary files of writes in a folder, in use or left; with ``name`` only those of the file of this name."""
    found = []
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        head, mark, tail = entry.name.rpartition(_PART)
        if mark and len(tail) == 8 and (head == name or not name) and entry.is_file():
            found.append(entry)
    return found


def discard(path: Path) -> None:
    """Delete a temporary database with its side files, where they exist."""
    for tail in _SIDE_FILES:
        path.with_name(path.name + tail).unlink(missing_ok=True)


def _in_use(path: Path) -> bool:
    try:
        with closing(connect(path, "rw")) as connection:
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return False
