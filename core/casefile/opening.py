"""Opening a case file: is it one, is it sound, is it ours to write. Every failure is a sentence for the user.

A case file may be open in QGIS while we work on it. Its locks belong to the process, so the file is never opened but
through SQLite: closing any other handle on it would silently drop the locks that SQLite holds (POSIX).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from ..database_uri import uri
from ..errors import OverdraftError
from . import container
from .changes import expired, moment
from .layout import SCHEMA_VERSION

BUSY_SECONDS = 5.0
"""How long another program's lock is waited for."""

LOCKED = ("casefile.locked", "casefile.locked_by")
"""Keys of the refusal because of a lock."""

_patience: ContextVar[float | None] = ContextVar("patience", default=None)

_AT_WORK = "SELECT who, since FROM marks WHERE since >= ? ORDER BY since DESC LIMIT 1"

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NO_TEXT = "Could not decode to UTF-8"
"""What Python says, without a code, of a text in the file that is none."""
_FULL = {sqlite3.SQLITE_FULL}
_UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


@contextmanager
def impatient(seconds: float = 0.1) -> Iterator[None]:
    """Within it locks are waited for so long only, by this thread: a window must not stand still. The caller does the
    same again in the background when it meets one of :data:`LOCKED`."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


def _wait() -> float:
    seconds = _patience.get()
    return BUSY_SECONDS if seconds is None else seconds


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection that begins and ends transactions only where we say so."""
    connection = sqlite3.connect(uri(path, mode), uri=True, timeout=_wait(), isolation_level=None)
    connection.execute(
        "PRAGMA trusted_schema = OFF"
    )  # triggers and views of a foreign file may call nothing harmful
    return connection


@contextmanager
def reading(path: Path, newer: bool = False, quick: bool = False) -> Iterator[sqlite3.Connection]:
    """A read-only connection in one read transaction; works on media that cannot be written.

    Args:
        newer, quick: as :func:`check`.

    Raises:
        OverdraftError: the file is missing, damaged, locked, newer than this program or not a case file.
    """
    present(path)
    with explained(path, "casefile.cannot_read"), closing(connect_reading(path)) as connection:
        check(connection, path, newer, quick)
        connection.execute("BEGIN")
        yield connection


def present(path: Path) -> None:
    """Refuse a path where no file stands, or where nobody may look.

    Raises:
        OverdraftError: which of the two.
    """
    with explained(path, "casefile.cannot_read"):
        if not path.is_file():
            raise OverdraftError("casefile.missing", path=str(path))


def taken(path: Path) -> bool:
    """Does something of this name stand there?

    Raises:
        OverdraftError: nobody may look.
    """
    with explained(path):
        return path.exists()


def connect_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection, whatever the file holds; a write that was killed is taken back first."""
    connection = connect(path, "ro")
    try:
        _touch(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        if _code(error) not in _UNWRITABLE:
            raise
        if _has_journal(path):
            # A killed write left its journal: a connection that may write takes the older content back.
            with closing(connect(path, "rw")) as writer:
                _touch(writer)
            return connect(path, "ro")
        # Left in WAL mode on a medium where its side files cannot be made: nobody can be writing it either.
        return connect(path, "immutable")
    return connection


def _touch(connection: sqlite3.Connection) -> None:
    """Read something: the first read finds out whether the file can be used, and recovers it if need be."""
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _has_journal(path: Path) -> bool:
    return any(path.with_name(path.name + tail).exists() for tail in ("-journal", "-wal"))


def check(connection: sqlite3.Connection, path: Path, newer: bool = False, quick: bool = False) -> None:
    """Refuse what is not a sound case file of a version that we know. Nothing is changed.

    Args:
        newer: a file of a newer program is no error: it is only looked at.
        quick: the pages of the file are not gone through again, which was done when it was opened.

    Raises:
        OverdraftError: with what was found.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    version = schema_version(connection) if application == container.APPLICATION_ID else None
    if version is None:
        raise OverdraftError("casefile.not_a_case", path=str(path))
    if version > SCHEMA_VERSION and not newer:
        raise OverdraftError("casefile.newer_schema", path=str(path), found=version, allowed=SCHEMA_VERSION)
    problems = ["ok"] if quick else [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    if problems != ["ok"]:
        raise damaged(path, "; ".join(map(str, problems)))


def schema_version(connection: sqlite3.Connection) -> int | None:
    """The version of our tables in the file; None when it holds none."""
    if not container.has_table(connection, "meta"):
        return None
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(row[0]) if row and str(row[0]).isdecimal() else None


def damaged(path: Path, detail: str) -> OverdraftError:
    """The refusal of a damaged file; it names the newest backup, if there is one."""
    from .backup import latest_backup  # needs this module

    backup = latest_backup(path)
    if backup is None:
        return OverdraftError("casefile.damaged_no_backup", path=str(path), detail=detail)
    return OverdraftError("casefile.damaged", path=str(path), detail=detail, backup=str(backup))


@contextmanager
def explained(path: Path, no_access: str = "casefile.cannot_write") -> Iterator[None]:
    """Turn what SQLite or the system reports into a message about ``path``.

    Args:
        no_access: the message for a file or folder that cannot be used.

    Raises:
        OverdraftError: locked, damaged, disk full, cannot be written, a text that no file can hold; other errors pass
            unchanged.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explanation(path, error, no_access) from error
    except UnicodeEncodeError as error:  # half of a surrogate pair
        found = ascii(str(error.object)[max(0, error.start - 20) : error.end])
        raise OverdraftError("casefile.not_text", path=str(path), found=found) from error
    except OSError as error:
        detail = error.strerror or str(error)
        raise OverdraftError(no_access, path=str(path), folder=str(path.parent), detail=detail) from error


@contextmanager
def recovering(path: Path) -> Iterator[None]:
    """After a failed write, let SQLite take the older content back at once rather than when next opened.

    A disk that fills up may leave pages of the new content in the file, with those of the old one in the journal.
    """
    try:
        yield
    except sqlite3.Error:
        with suppress(sqlite3.Error), closing(connect(path, "rw")) as connection:
            _touch(connection)
        raise


def _explanation(path: Path, error: sqlite3.Error, no_access: str) -> Exception:
    code, detail = _code(error), str(error)
    if code in _LOCKED:
        return _locked(path)
    if code in _DAMAGED or (code is None and _NO_TEXT in detail):
        return damaged(path, detail)
    if code in _FULL:
        return OverdraftError("casefile.disk_full", path=str(path), folder=str(path.parent))
    if code in _UNWRITABLE:
        return OverdraftError(no_access, path=str(path), folder=str(path.parent), detail=detail)
    return error


def _locked(path: Path) -> OverdraftError:
    """The refusal because of a lock. Reading is usually possible while somebody writes: the newest mark
    says who works in it."""
    values = {"path": str(path), "seconds": int(BUSY_SECONDS)}
    with suppress(sqlite3.Error), closing(connect(path, "ro")) as connection:
        connection.execute("PRAGMA busy_timeout = 100")
        found = connection.execute(_AT_WORK, (expired(),)).fetchone()
        if found:
            return OverdraftError("casefile.locked_by", **values, who=found[0], since=moment(found[1]))
    return OverdraftError("casefile.locked", **values)


def _code(error: sqlite3.Error) -> int | None:
    """The primary result code: SQLite's extended codes carry it in the lowest byte."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def rollback_journal(connection: sqlite3.Connection) -> None:
    """Journal mode DELETE, so that no side files stay behind.

    While QGIS has the file open for editing it insists on its own mode, which keeps a transaction just as whole.
    """
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if _code(error) not in _LOCKED:
            raise


def sync(path: Path) -> None:
    """Make sure that a finished file, or a folder's new entry, survives a power cut.

    Only for files that no connection holds; on Windows a folder cannot be opened and need not be.
    """
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
