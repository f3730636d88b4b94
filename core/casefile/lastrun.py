"""The last run of a case file: what it was judged by, so that pairs and plans are judged alike."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import OverdraftError
from ..policy import Policy, load_policy, parse_policy, with_settings
from ..policy.loader import MAX_BYTES
from .content import POLICY_TEXT
from .frozen import frozen_policy
from .opening import reading

_RUN = """SELECT run_id, policy_id, policy_version, manifest FROM runs
    WHERE finished_at IS NOT NULL ORDER BY finished_at DESC, rowid DESC LIMIT 1"""


@dataclass(frozen=True)
class LastRun:
    """What the last run was judged by.

    Attributes:
        policy: as its file says it; ``used``: with the values of the run laid over it.
        as_of: the day. settings: what the run was given, as its manifest names it. values: values by setting key.
        manifest: all that the run says of itself.
    """

    policy: Policy
    as_of: date
    settings: Mapping[str, Any]
    values: Mapping[str, Any]
    run_id: str
    manifest: Mapping[str, Any]

    @property
    def used(self) -> Policy:
        """The policy with the values of the run laid over it."""
        return with_settings(self.policy, self.values)

    def day(self, name: str) -> date | None:
        """A day among the settings; None where the run was given none."""
        given = self.settings.get(name)
        return date.fromisoformat(given) if given else None


def last_run(path: Path) -> LastRun | None:
    """What the last run of a case file was judged by; None without a run.

    Raises:
        OverdraftError: no case file, damaged or locked; its policy is neither in it nor among ours.
    """
    with reading(path, quick=True) as connection:
        return last_run_in(connection)


def last_run_in(connection: sqlite3.Connection) -> LastRun | None:
    """The same over an open connection."""
    row = connection.execute(_RUN).fetchone()
    if row is None:
        return None
    run_id, policy_id, version, manifest = row
    given: Mapping[str, Any] = json.loads(manifest)
    return LastRun(
        run_id=run_id,
        policy=policy_of_run(connection, run_id, policy_id, version),
        as_of=date.fromisoformat(given["as_of"]),
        settings=given.get("settings", {}),
        values=given.get("values", {}),
        manifest=given,
    )


def run_version(path: Path) -> tuple[str, str] | None:
    """Id and version of the policy of the last run; None without a run.

    Raises:
        OverdraftError: no case file, damaged or locked.
    """
    with reading(path, quick=True) as connection:
        row = connection.execute(_RUN).fetchone()
        return None if row is None else (str(row[1]), str(row[2]))


def policy_of_run(connection: sqlite3.Connection, run_id: str, policy_id: str, version: str) -> Policy:
    """The policy in the version of the run: the text that the case holds, the frozen one, or one of ours.

    A policy of another version is none: its limits may be others.

    Raises:
        OverdraftError: there is none.
    """
    ways = (
        lambda: _kept(connection, policy_id),
        lambda: frozen_policy(connection, run_id),
        lambda: load_policy(policy_id),
    )
    for way in ways:
        with suppress(OverdraftError):  # the next one may do; if none does, that is said
            policy = way()
            if policy is not None and policy.version == version:
                return policy
    raise OverdraftError("casefile.policy_gone", found=policy_id, version=version)


def _kept(connection: sqlite3.Connection, policy_id: str) -> Policy | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (POLICY_TEXT,)).fetchone()
    text = row[0] if row else ""
    return parse_policy(text, f"{policy_id}.toml") if text and len(text) <= MAX_BYTES else None
