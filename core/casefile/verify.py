"""Verifying a case file: the chain of its history, the findings of its last run, the decisions, the file itself.

Nothing is changed, and nothing that is found is an error: it is what was asked for.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ..enforce import frame_hash
from ..findings.record import COLUMNS
from ..messages import render
from . import container, exact, frozen, history
from .attest import SEPARATOR, examine_decisions, parsed
from .backup import part_files
from .chain import Chain, Problem, examine, read_entries
from .layout import SCHEMA_VERSION, layouts
from .opening import connect_reading, explained, present, schema_version
from .tables import read_table

_SIDE_FILES = ("-journal", "-wal", "-shm")
_COLUMNS = ("problem_id", "kind", "entry", "subject", "found", "expected", "message")


@dataclass
class Verification:
    """What was found.

    Attributes:
        n_entries: entries of the history. head: hash of the last one.
        n_after: entries after the one whose hash was given; None without one, or when it is not there.
        replay: the run that was done again, if one was asked for.
    """

    problems: list[Problem] = field(default_factory=list)
    n_entries: int = 0
    head: str = ""
    n_after: int | None = None
    replay: frozen.Replay | None = None


def verify_case(
    path: str | os.PathLike, head: str = "", run_id: str = "", progress: Callable[[float], None] | None = None
) -> Verification:
    """Look for signs of tampering and damage in a case file.

    Args:
        head: a head hash printed in a report or noted elsewhere; empty without one.
        run_id: a run with frozen inputs that is to be replayed; empty for none.

    Raises:
        OverdraftError: the file is missing or cannot be opened; the run is not known or was not frozen.
        Cancelled: from ``progress``.
    """
    file, found = Path(path), Verification()
    present(file)
    found.problems += _leftovers(file)
    with explained(file, "casefile.cannot_read"), closing(connect_reading(file)) as connection:
        connection.execute("BEGIN")
        try:
            sound = _examine_file(connection, found)
            if sound:
                _examine_content(connection, found, head.strip().lower())
        except sqlite3.DatabaseError as error:  # a damaged page shows only when it is read
            found.problems.append(Problem("damaged", subject=file.name, found=str(error)))
            sound = False
    if progress:
        progress(0.2)
    if run_id and sound:
        _replay(file, run_id, found, progress)
    return found


def problem_table(problems: list[Problem], language: str) -> pd.DataFrame:
    """Problems as rows of ``integrity_problems``, each with its sentence."""
    rows = [
        (number, item.kind, item.entry, item.subject, item.found, item.expected, _sentence(item, language))
        for number, item in enumerate(problems, start=1)
    ]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)
    return frame.astype({"problem_id": "Int64", "entry": "Int64"})


def _sentence(item: Problem, language: str) -> str:
    values = {name: getattr(item, name) for name in ("entry", "subject", "found", "expected")}
    key = f"integrity.{item.kind}"
    return render(key, values, language)


def _leftovers(file: Path) -> list[Problem]:
    """Side files of a write that did not end, or that another program is in the middle of."""
    tails = [tail for tail in _SIDE_FILES if file.with_name(file.name + tail).exists()]
    names = [file.name + tail for tail in tails] + [
        entry.name for entry in part_files(file.parent, file.name)
    ]
    return [Problem("side_file", subject=name) for name in names]


def _examine_file(connection: sqlite3.Connection, found: Verification) -> bool:
    """The GeoPackage and its tables; True when the content can be read."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != container.APPLICATION_ID:
        expected = str(container.APPLICATION_ID)
        found.problems.append(Problem("not_geopackage", found=str(application), expected=expected))
    version = schema_version(connection)
    if version is None or version > SCHEMA_VERSION:
        told = "" if version is None else str(version)
        found.problems.append(Problem("schema_version", found=told, expected=f"1–{SCHEMA_VERSION}"))
    for (problem,) in connection.execute("PRAGMA integrity_check(100)").fetchall():
        if problem != "ok":
            found.problems.append(Problem("damaged", found=str(problem)))
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchall():
        found.problems.append(
            Problem("foreign_key", subject=str(table), found=str(row), expected=str(parent))
        )
    for table in _needed(version):
        if not container.has_table(connection, table):
            found.problems.append(Problem("table_missing", subject=table))
    return container.has_table(connection, "history")


def _needed(version: int | None) -> Iterator[str]:
    """Tables that a file of this version must have; an older one may lack those that came later."""
    later = () if version == SCHEMA_VERSION else tuple(layouts())
    late = {*later, frozen.TABLE, "merged_histories"} - {"history", "meta", "findings", "runs"}
    return (name for name in layouts() if name not in late)


def _examine_content(connection: sqlite3.Connection, found: Verification, head: str) -> None:
    entries = read_entries(connection)
    chain = examine(entries)
    found.problems += chain.problems
    found.n_entries, found.head = len(entries), chain.head
    if head:
        found.n_after = chain.after(head)
        if found.n_after is None:
            found.problems.append(Problem("head_missing", found=chain.head, expected=head))
    for name in _guards_gone(connection):
        found.problems.append(Problem("guard_missing", subject=name))
    chains = {"": chain, **_merged(connection, chain, found)}
    _examine_runs(connection, found, chains)
    found.problems += examine_decisions(connection, chains)


def _guards_gone(connection: sqlite3.Connection) -> list[str]:
    """Guards of the history that are missing or say something else."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
    with closing(sqlite3.connect(":memory:")) as model:
        model.execute("CREATE TABLE history (seq INTEGER)")
        history.guard(model)
        expected = dict(model.execute(query).fetchall())
    there = dict(connection.execute(query).fetchall())
    return [name for name, text in expected.items() if there.get(name) != text]


def _merged(connection: sqlite3.Connection, own: Chain, found: Verification) -> dict[str, Chain]:
    """The histories of cases merged into this one: each whole, with the head that was noted when it was merged."""
    noted = {name: (n, head) for name, n, head in _notes("", own)}
    chains: dict[str, Chain] = {}
    names = []
    if container.has_table(connection, "merged_histories"):
        rows = connection.execute("SELECT DISTINCT case_name FROM merged_histories ORDER BY case_name")
        names = [str(name) for (name,) in rows]
    for name in names:  # a case stands before those that had been merged into it: theirs begin with its name
        entries = read_entries(connection, name)
        chains[name] = chain = examine(entries)
        found.problems += [
            Problem(item.kind, item.entry, name, item.found, item.expected) for item in chain.problems
        ]
        expected = noted.pop(name, (0, ""))
        if expected != (len(entries), chain.head):
            found.problems.append(_merge_problem(name, (len(entries), chain.head), expected))
        noted |= {inner: (n, head) for inner, n, head in _notes(name, chain)}
    for name, expected in noted.items():
        if expected[0]:
            found.problems.append(_merge_problem(name, (0, ""), expected))
    return chains


def _notes(name: str, chain: Chain) -> Iterator[tuple[str, object, str]]:
    """What the entries of a chain say of cases merged into it: name, number of entries, head."""
    for _, entry in chain.entries:
        if entry.row["kind"] == "merge":
            after = parsed(entry.row["after"])
            inner = str(entry.row["subject"])
            yield (
                SEPARATOR.join((name, inner)) if name else inner,
                after.get("n_entries"),
                str(after.get("head", "")),
            )


def _merge_problem(name: str, found: tuple[int, str], expected: tuple[object, str]) -> Problem:
    return Problem(
        "merged_history", subject=name, found=" ".join(map(str, found)), expected=" ".join(map(str, expected))
    )


def _examine_runs(connection: sqlite3.Connection, found: Verification, chains: Mapping[str, Chain]) -> None:
    """Runs and findings against what the history says of them."""
    recorded = dict(connection.execute("SELECT run_id, finding_hash FROM runs").fetchall())
    own = _runs_in(chains[""])
    told = {run: after for chain in chains.values() for run, after in _runs_in(chain).items()}
    for run, after in told.items():
        expected = str(after.get("finding_hash", ""))
        if run not in recorded:
            found.problems.append(Problem("run_missing", subject=run, expected=expected))
        elif expected and str(recorded[run]) != expected:
            found.problems.append(Problem("run_changed", None, run, str(recorded[run]), expected))
    for run in recorded:
        if run not in told:
            found.problems.append(Problem("run_unknown", subject=str(run)))
    _examine_findings(connection, found, own, recorded)
    hashes = _frozen_hashes(connection, found)
    for run, after in told.items():
        if after.get("frozen", "") != hashes.pop(run, ""):
            found.problems.append(
                Problem("frozen_changed", subject=run, expected=str(after.get("frozen", "")))
            )
    for run in hashes:
        found.problems.append(Problem("frozen_changed", subject=run, found=hashes[run]))


def _runs_in(chain: Chain) -> dict[str, dict]:
    """What the history says of each run, in order."""
    return {
        str(entry.row["subject"]): parsed(entry.row["after"])
        for _, entry in chain.entries
        if entry.row["kind"] == "run"
    }


def _examine_findings(
    connection: sqlite3.Connection, found: Verification, own: Mapping[str, dict], recorded: Mapping[str, str]
) -> None:
    """The findings of the last run have the hash that was recorded. Those kept from earlier runs are no part of it."""
    table = read_table(connection, "findings")
    last = next(reversed([*recorded, *own]), None)
    if last is None:
        if len(table):
            found.problems.append(Problem("findings_changed", subject="findings", found=str(len(table))))
        return
    expected = str(own.get(last, {}).get("finding_hash") or recorded.get(last, ""))
    lacking = [name for name in COLUMNS if name not in table.columns]
    rows = table[table["run_id"] == last] if "run_id" not in lacking else table
    wanted = [name for name in COLUMNS if name not in ("run_id", *lacking)]
    digest = frame_hash(rows[wanted])
    if digest != expected:
        found.problems.append(Problem("findings_changed", None, last, digest, expected))


def _frozen_hashes(connection: sqlite3.Connection, found: Verification) -> dict[str, str]:
    """The hash over the frozen inputs of each run, their content read anew."""
    if not container.has_table(connection, frozen.TABLE):
        return {}
    rows = connection.execute("SELECT run_id, name, sha256, content FROM frozen_inputs")
    for run, name, expected, content in rows:
        try:
            digest = hashlib.sha256(exact.decompress(content)).hexdigest()
        except (ValueError, TypeError) as error:
            digest = str(error)
        if digest != expected:
            found.problems.append(Problem("frozen_changed", None, f"{run} {name}", digest, str(expected)))
    return frozen.frozen_runs(connection)


def _replay(file: Path, run_id: str, found: Verification, progress: Callable[[float], None] | None) -> None:
    part = None if progress is None else lambda share: progress(0.2 + 0.8 * share)
    found.replay = again = frozen.replay(file, run_id, part)
    if not again.same:
        then, now = (
            "; ".join(f"{k} {v}" for k, v in sorted(one.items()))
            for one in (again.versions_then, again.versions_now)
        )
        found.problems.append(
            Problem("replay_differs", None, run_id, f"{again.found} ({now})", f"{again.recorded} ({then})")
        )
