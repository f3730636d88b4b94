"""Frozen inputs: everything a run was given, kept with it, so that it can be replayed to the same findings.

They stand in ``frozen_inputs``, a row for each role as it was read, one for the text of the policy and one for the
choices of the run. The entry of the run in the history carries a hash over them all.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from .. import enforce as enforcing
from ..errors import OverdraftError
from ..findings.verdicts import to_json
from ..intake import build_register
from ..policy import Policy, parse_policy, with_settings
from . import container, exact
from .content import CaseContent
from .opening import reading

TABLE = "frozen_inputs"
POLICY, CHOICES = "policy.toml", "run.json"
"""Names of the two pieces that are no role."""

FRAME, TEXT = "frame-1", "text-1"


@dataclass(frozen=True)
class Given:
    """What a run was given.

    Attributes:
        frames: raw frames by role, as ``build_register`` takes them.
        policy_text, policy_file: content and name of the policy's file.
        values: values that were laid over settings of the policy, by key.
    """

    frames: Mapping[str, pd.DataFrame]
    policy_text: str
    policy_file: str
    values: Mapping[str, str]
    as_of: date
    settings: enforcing.EnforceSettings

    def policy(self) -> Policy:
        """The policy as the run used it."""
        return with_settings(parse_policy(self.policy_text, self.policy_file), self.values)


@dataclass(frozen=True)
class Replay:
    """A run done again: the hash of its findings on record and now, and the versions then and now."""

    run_id: str
    recorded: str
    found: str
    versions_then: Mapping[str, str]
    versions_now: Mapping[str, str]

    @property
    def same(self) -> bool:
        """Whether the findings are the same, each of them."""
        return self.recorded == self.found


def with_frozen(
    content: CaseContent, given: Given, progress: Callable[[float], None] | None = None
) -> CaseContent:
    """The content of a run with its inputs frozen.

    Raises:
        OverdraftError: the text of the policy is not that of the run; a column that cannot be kept exactly.
    """
    policy = given.policy()
    if policy.version != content.run["policy_version"]:
        raise OverdraftError("casefile.freeze_policy", found=given.policy_file)
    choices = {
        "policy_file": given.policy_file,
        "values": dict(given.values),
        "as_of": given.as_of.isoformat(),
        "settings": _plain(asdict(given.settings)),
    }
    pieces = {
        POLICY: (TEXT, given.policy_text.encode("utf-8")),
        CHOICES: (TEXT, to_json(choices).encode("utf-8")),
    }
    rows = []
    total = len(pieces) + len(given.frames)
    for place, name in enumerate((*pieces, *given.frames), start=1):
        kind, raw = pieces[name] if name in pieces else (FRAME, exact.pack(given.frames[name]))
        digest = hashlib.sha256(raw).hexdigest()
        rows.append((content.run["run_id"], name, kind, digest, exact.compress(raw)))
        if progress:
            progress(place / total)
    frozen = pd.DataFrame(rows, columns=["run_id", "name", "format", "sha256", "content"])
    after = {
        **json.loads(content.history["after"]),
        "frozen": frozen_hash(zip(frozen["name"], frozen["sha256"], strict=True)),
    }
    return replace(
        content,
        added={**content.added, TABLE: frozen},
        history={**content.history, "after": to_json(after)},
    )


def frozen_hash(pieces: Iterable[Iterable[str]]) -> str:
    """One hash over names and hashes of the pieces, whatever their order."""
    return hashlib.sha256(to_json(sorted(map(list, pieces))).encode("utf-8")).hexdigest()


def frozen_runs(connection: sqlite3.Connection) -> dict[str, str]:
    """The hash over the frozen inputs of each run that has them."""
    if not container.has_table(connection, TABLE):
        return {}
    found: dict[str, list] = {}
    for run, name, digest in connection.execute("SELECT run_id, name, sha256 FROM frozen_inputs"):
        found.setdefault(run, []).append((name, digest))
    return {run: frozen_hash(pieces) for run, pieces in found.items()}


def thaw(connection: sqlite3.Connection, run_id: str) -> Given:
    """What a run was given.

    Raises:
        OverdraftError: it was not frozen, or a piece is damaged or missing.
    """
    pieces: dict[str, object] = {}
    if container.has_table(connection, TABLE):
        rows = connection.execute(
            "SELECT name, format, sha256, content FROM frozen_inputs WHERE run_id = ? ORDER BY rowid",
            (run_id,),
        )
        for name, kind, digest, content in rows:
            pieces[name] = _piece(run_id, name, kind, digest, content)
    if not pieces:
        raise OverdraftError("casefile.not_frozen", found=run_id, allowed=sorted(frozen_runs(connection)))
    for name in (POLICY, CHOICES):
        if name not in pieces:
            raise OverdraftError("casefile.frozen_damaged", run=run_id, found=name)
    text, choices = str(pieces.pop(POLICY)), str(pieces.pop(CHOICES))
    try:
        chosen = json.loads(choices)
        return Given(
            frames=pieces,
            policy_text=text,
            policy_file=chosen["policy_file"],
            values=chosen["values"],
            as_of=date.fromisoformat(chosen["as_of"]),
            settings=enforcing.EnforceSettings.kept(chosen["settings"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OverdraftError("casefile.frozen_damaged", run=run_id, found=f"{CHOICES}: {error}") from error


def frozen_policy(connection: sqlite3.Connection, run_id: str) -> Policy | None:
    """The policy of a run as it was frozen, without values laid over it; None when it was not.

    Raises:
        OverdraftError: the piece is damaged.
    """
    if not container.has_table(connection, TABLE):
        return None
    rows = connection.execute(
        "SELECT name, format, sha256, content FROM frozen_inputs WHERE run_id = ? AND name IN (?, ?)",
        (run_id, POLICY, CHOICES),
    )
    pieces = {row[0]: str(_piece(run_id, *row)) for row in rows}
    if len(pieces) < 2:
        return None
    return parse_policy(pieces[POLICY], json.loads(pieces[CHOICES])["policy_file"])


def replay(path: Path, run_id: str, progress: Callable[[float], None] | None = None) -> Replay:
    """Do a frozen run again, with the program and the libraries of today.

    Raises:
        OverdraftError: no such run, not frozen, damaged; what the run itself raises.
        Cancelled: from ``progress``.
    """
    with reading(path) as connection:
        row = connection.execute(
            "SELECT finding_hash, manifest FROM runs WHERE run_id = ?", (run_id,)
        ).fetchone()
        if row is None:
            known = [name for (name,) in connection.execute("SELECT run_id FROM runs ORDER BY rowid")]
            raise OverdraftError("casefile.run_unknown", found=run_id, allowed=known)
        given = thaw(connection, run_id)
    register = build_register(given.frames)
    result = enforcing.enforce(register, given.policy(), given.as_of, given.settings, progress)
    then = json.loads(row[1] or "{}").get("versions", {})
    now: Any = result.manifest
    return Replay(run_id, str(row[0]), now["finding_hash"], then, now["versions"])


def _piece(run_id: str, name: str, kind: str, digest: str, content: bytes) -> object:
    try:
        raw = exact.decompress(content)
        if hashlib.sha256(raw).hexdigest() != digest:
            raise ValueError("its hash differs")
        if kind not in (FRAME, TEXT):
            raise ValueError(f"format {kind}")
        return exact.unpack(raw) if kind == FRAME else raw.decode("utf-8")
    except (ValueError, TypeError) as error:
        raise OverdraftError("casefile.frozen_damaged", run=run_id, found=f"{name}: {error}") from error


def _plain(settings: dict[str, Any]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else dict(value) if name == "sources" else value
        for name, value in settings.items()
    }
