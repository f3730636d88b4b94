"""Several counties' cases as one: the registers united, judged together, every history kept and provable.

The totals of the merged case are those of a joint run, because they *are* one: nothing is added up from the cases.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ..enforce import EnforceResult, EnforceSettings, enforce
from ..errors import OverdraftError
from ..findings.verdicts import to_json
from ..intake import build_register
from ..intake.personal import personal_columns
from ..policy import Policy, with_settings
from ..schema import register_schema, results_schema
from . import container, unreadable
from .attest import SEPARATOR
from .chain import examine, read_entries
from .content import CaseContent, case_content
from .lastrun import policy_of_run
from .layout import KEPT, layouts
from .opening import present, reading, taken
from .store import WriteResult, read_roles, write_case
from .tables import read_table
from .unite import United, unite

NOT_JUDGED = ("persons", "objections")
"""Roles that no rule reads: their rows are united as they stand and judged by nobody."""

HISTORIES = "merged_histories"
_PASSING = ("history", HISTORIES, "marks")
"""Tables of people that are not united: histories are kept apart, marks say who works on what at this moment."""

_NOT_COMPARED = frozenset({unreadable.IMPORT_ID, "content"})
_SAME_DECISION = ("finding_id", "state", "outcome", "deferred_to")
"""What makes two counties' decisions on one finding the same; of the rest that of the first case is kept, and the
histories keep both."""

_PER_RUN = ("language", "sources", "invented")


@dataclass(frozen=True)
class Case:
    """One of the cases, as read in one go.

    Attributes:
        frames: its register as raw frames. tables: what people have kept in it. history: with those of cases that
            had been merged into it. run, manifest: its last run; empty without one. policy: the run's, if at hand.
    """

    name: str
    frames: Mapping[str, pd.DataFrame]
    tables: Mapping[str, pd.DataFrame]
    history: pd.DataFrame
    n_entries: int
    head: str
    broken: bool
    run: Mapping[str, object] = field(default_factory=dict)
    manifest: Mapping[str, dict] = field(default_factory=dict)
    policy: Policy | None = None


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    Attributes:
        rows: rows by table: read from the cases, and taken from one case only since another held the same.
        broken: cases whose history had been tampered with before; it is kept as it was.
        personal: columns with personal data outside their role, which are not carried.
    """

    written: WriteResult
    result: EnforceResult
    rows: dict[str, United]
    broken: tuple[str, ...]
    personal: dict[str, list[str]]


def merge_cases(
    paths: Sequence[str | os.PathLike],
    target: str | os.PathLike,
    policy: Policy | None = None,
    as_of: date | None = None,
    language: str = "",
    values: Mapping[str, str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Merged:
    """Unite cases, judge them together and write a new case file.

    Args:
        policy, as_of: for all of them; None for those of the cases, which must agree.
        language: of the case file; empty for that of the cases' runs, if they agree.
        values: for settings of the policy, over those that the cases' runs had set.

    Raises:
        OverdraftError: fewer than two cases; the same id with another content; policies, days or settings that differ;
            the target exists; as :func:`write_case` and :func:`enforce`.
        Cancelled: from ``progress``; nothing is left behind.
    """
    tell = progress or _silent
    goal = Path(target)
    if taken(goal):
        raise OverdraftError("casefile.exists", path=str(goal))
    cases = _read_all(list(map(Path, paths)), tell)
    given = dict(values or {})
    chosen = _policy(cases, policy, given)
    day = as_of or _same_day(cases)
    settings = _settings(cases, language)
    roles, personal = _united_roles(cases)
    kept = _united_tables(cases)
    settings_rows = _united_settings(cases, given)
    tell(0.3)
    judged = {role: part.frame for role, part in roles.items() if role not in NOT_JUDGED}
    result = enforce(build_register(judged), chosen, day, settings, lambda share: tell(0.3 + 0.5 * share))
    content = _content(result, cases, roles, kept, settings_rows, settings.language)
    written = write_case(goal, content, progress=lambda share: tell(0.8 + 0.2 * share))
    broken = tuple(case.name for case in cases if case.broken)
    return Merged(written, result, {**roles, **kept}, broken, personal)


def _silent(share: float) -> None:
    """Nobody asked to be told."""


def _read_all(paths: list[Path], tell: Callable[[float], None]) -> list[Case]:
    if len(paths) < 2:
        raise OverdraftError("casefile.merge_few", found=len(paths))
    names: list[str] = []
    cases = []
    for place, path in enumerate(paths):
        present(path)
        if any(path.samefile(other) for other in paths[:place]):
            raise OverdraftError("casefile.merge_twice", path=str(path))
        same = sum(name.partition("#")[0] == path.name for name in names)
        names.append(f"{path.name}#{same + 1}" if same else path.name)
        cases.append(_read(path, names[-1]))
        tell(0.25 * (place + 1) / len(paths))
    return cases


def _read(path: Path, name: str) -> Case:
    with reading(path) as connection:
        frames = read_roles(connection)
        for role in NOT_JUDGED:  # as they stand: no raw text comes back into them
            if role in frames:
                frames[role] = read_table(connection, role).reset_index(drop=True)
        wanted = [one for one in (*KEPT, "runs") if one not in _PASSING]
        tables = {
            one: read_table(connection, one).reset_index(drop=True)
            for one in wanted
            if container.has_table(connection, one)
        }
        raw = tables["raw_values"]
        tables["raw_values"] = raw[raw["batch_id"] != unreadable.BATCH]  # written anew with the register
        entries = read_entries(connection)
        chain = examine(entries)
        runs = tables["runs"]
        last = {} if runs.empty else runs.iloc[-1].to_dict()
        return Case(
            name=name,
            frames=frames,
            tables=tables,
            history=_histories(connection, name),
            n_entries=len(entries),
            head=chain.head,
            broken=bool(chain.problems),
            run=last,
            manifest=json.loads(last.get("manifest") or "{}"),
            policy=_document(connection, last) if last else None,
        )


def _histories(connection: sqlite3.Connection, name: str) -> pd.DataFrame:
    """The history of a case under its name, then those that it had taken over, under both names."""
    parts = [read_table(connection, "history").assign(case_name=name)]
    if container.has_table(connection, HISTORIES):
        earlier = read_table(connection, HISTORIES)
        parts.append(
            earlier.assign(case_name=[SEPARATOR.join((name, inner)) for inner in earlier["case_name"]])
        )
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


# --- what the cases must agree on


def _policy(cases: Sequence[Case], policy: Policy | None, given: Mapping[str, str]) -> Policy:
    used = [case for case in cases if case.run]
    if policy is None:
        if len(used) < len(cases):
            lacking = next(case for case in cases if not case.run)
            raise OverdraftError("casefile.merge_not_judged", path=lacking.name)
        named = {case.name: (case.run["policy_id"], case.run["policy_version"]) for case in used}
        if len(set(named.values())) > 1:
            raise OverdraftError("casefile.merge_policy", found=_told(named))
        policy = _at_hand(cases, *next(iter(named.values())))
    values: dict[str, object] = {}
    for key in sorted({key for case in used for key in case.manifest.get("values", {})}):
        found = {case.name: case.manifest.get("values", {}).get(key) for case in used}
        if key not in given:
            values[key] = _agreed(key, found)
    return with_settings(policy, {**values, **given})


def _document(connection: sqlite3.Connection, run: Mapping[str, Any]) -> Policy | None:
    with suppress(OverdraftError):  # another case may hold it
        return policy_of_run(connection, run["run_id"], run["policy_id"], run["policy_version"])
    return None


def _at_hand(cases: Sequence[Case], policy_id: object, version: object) -> Policy:
    """The policy in the version that the cases were judged under: one of ours, or one that a case holds."""
    for case in cases:
        if case.policy is not None and case.policy.version == version:
            return case.policy
    raise OverdraftError("casefile.merge_policy_gone", found=f"{policy_id} {version}")


def _same_day(cases: Sequence[Case]) -> date:
    for case in cases:
        if not case.run:
            raise OverdraftError("casefile.merge_not_judged", path=case.name)
    days = {case.name: pd.Timestamp(case.run["as_of"]).date() for case in cases}
    if len(set(days.values())) > 1:
        raise OverdraftError("casefile.merge_as_of", found=_told(days))
    return next(iter(days.values()))


def _settings(cases: Sequence[Case], language: str) -> EnforceSettings:
    """What the runs of the cases had set, which must be the same."""
    used = [case for case in cases if case.run]
    given: dict[str, object] = {}
    for key in EnforceSettings.__dataclass_fields__:
        found = {case.name: case.manifest.get("settings", {}).get(key) for case in used}
        if key not in _PER_RUN and any(value is not None for value in found.values()):
            given[key] = _agreed(key, found)
    spoken = {case.manifest.get("settings", {}).get("language") for case in used}
    tongue = language or (spoken.pop() if len(spoken) == 1 else "") or "zh"
    roles = {role for case in cases for role in case.frames}
    sources = {role: "; ".join(case.name for case in cases if role in case.frames) for role in sorted(roles)}
    invented = any(case.manifest.get("invented") for case in cases)
    return replace(EnforceSettings.kept(given), language=tongue, sources=sources, invented=bool(invented))


def _agreed(key: str, found: Mapping[str, object]) -> object:
    if len({to_json(value) for value in found.values()}) > 1:
        raise OverdraftError("casefile.merge_setting", setting=key, found=_told(found))
    return next(iter(found.values()))


def _told(found: Mapping[str, object]) -> str:
    return "; ".join(
        f"{name}: {' '.join(map(str, value)) if isinstance(value, tuple) else value}"
        for name, value in found.items()
    )


# --- what is united


def _united_roles(cases: Sequence[Case]) -> tuple[dict[str, United], dict[str, list[str]]]:
    schema = register_schema().roles
    personal: dict[str, list[str]] = {}
    united = {}
    for role, item in schema.items():
        parts = []
        for case in cases:
            if role not in case.frames:
                continue
            frame = case.frames[role]
            if found := personal_columns(role, frame.columns):
                personal[role] = sorted({*personal.get(role, ()), *found})
            parts.append((case.name, frame.drop(columns=found)))
        if parts:
            united[role] = unite(role, parts, (*item.key, *item.editions), _NOT_COMPARED)
    return united, personal


def _united_tables(cases: Sequence[Case]) -> dict[str, United]:
    """Decisions, plans, imports, raw values, runs, frozen inputs: what people have kept."""
    schema = results_schema().tables
    names = dict.fromkeys(name for case in cases for name in case.tables if name != "settings")
    found = {}
    for name in names:
        key = ("role", *schema[name].key) if name == "raw_values" else schema[name].key
        parts = [(case.name, case.tables[name]) for case in cases if name in case.tables]
        found[name] = unite(name, parts, key, _ignored(name))
    return found


def _ignored(name: str) -> frozenset[str]:
    """Columns in which rows of one id may differ."""
    fields = frozenset(results_schema().tables[name].fields)
    if name == "decisions":
        return fields.difference(_SAME_DECISION)
    return fields - {"finding_id"} if name == "decided_findings" else _NOT_COMPARED


def _united_settings(cases: Sequence[Case], given: Mapping[str, str]) -> pd.DataFrame:
    """Settings that a person has set in the cases; where they differ, the one given for all of them is needed."""
    rows: dict[str, dict] = {}
    values: dict[str, dict[str, object]] = {}
    for case in cases:
        table = case.tables["settings"]
        for row in table[table["source"] == "user"].to_dict("records"):
            rows.setdefault(row["key"], row)
            values.setdefault(row["key"], {})[case.name] = row["value"]
    kept = [row for key, row in rows.items() if key not in given]
    for row in kept:
        _agreed(row["key"], values[row["key"]])
    return pd.DataFrame(kept, columns=[item.name for item in layouts()["settings"].fields])


def _content(
    result: EnforceResult,
    cases: Sequence[Case],
    roles: Mapping[str, United],
    kept: Mapping[str, United],
    settings: pd.DataFrame,
    language: str,
) -> CaseContent:
    content = case_content(result, language)
    histories = pd.concat([case.history for case in cases], ignore_index=True)
    tables = dict(content.tables)
    tables |= {role: roles[role].frame for role in NOT_JUDGED if role in roles}
    tables |= {name: part.frame for name, part in kept.items()}
    tables |= {"settings": settings, HISTORIES: histories}
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    entries = [
        {
            "at": moment,
            "kind": "merge",
            "subject": case.name,
            "after": to_json({"n_entries": case.n_entries, "head": case.head}),
        }
        for case in cases
    ]
    return replace(content, tables=tables, entries=entries)
