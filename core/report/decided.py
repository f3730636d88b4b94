"""What persons decided on a finding, what changed since, and the history, as texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..casefile import Change as DataChange
from ..casefile.changes import moment
from ..messages import catalogue
from ..personal import masked
from ..policy import Policy
from ..schema import results_schema
from .basis import field_label, number, parameter_label
from .lines import Change, Line, Past, parsed, placed, say
from .words import DASH, Words, is_given

Row = Mapping[str, Any]

_UNTOLD = ("fid", "geom", "revision", "evidence_hash", "changed")
"""Columns that say nothing to the person whose change met another."""

_SHOWN = ("outcome", "decided_by", "decided_on", "reason_kind", "reason", "attachment", "deferred_to")
_VERIFIED = ("verified_by", "verified_on")


def decision_of(row: Row, words: Words) -> Iterable[Line]:
    """The decision field by field, whatever is filled; nothing for none, or for one that was reopened."""
    if not row or row["state"] == "open":
        return
    for name in (*_SHOWN, *_VERIFIED):
        if is_given(row.get(name)):
            yield Line(words.field("decisions", name), _cell("decisions", name, row[name], words))


def changes_of(row: Row, role: str, policy: Policy | None, words: Words) -> Iterable[Change]:
    """What differs between the finding decided on and the one found now, field by field."""
    for name, pair in (parsed(row.get("changed")) or {}).items():
        if isinstance(pair, dict):  # of evidence and settings only the keys that differ
            for key, (then, now) in pair.items():
                setting = policy.settings.get(key) if policy else None
                if setting:
                    label = setting.label(words.language)
                elif name == "settings":  # what the clause itself fixes stands there by parameter
                    label = parameter_label(key, words)
                else:
                    label = field_label(key, role, words, True)
                yield Change(label, _value(key, then, words), _value(key, now, words))
        elif isinstance(pair, list) and len(pair) == 2:
            then, now = (_cell("findings", name, value, words) for value in pair)
            yield Change(words.field("findings", name), then, now)


def history_of(rows: Iterable[Row], words: Words) -> Iterable[Past]:
    """The entries about a finding, oldest first."""
    for row in rows:
        key = f"slip.act.{row['kind']}"
        act = say(f"act.{row['kind']}", words.language) if key in catalogue() else str(row["kind"])
        yield Past(
            at=moment(row["at"]),
            who=str(row["who"] or ""),
            act=act,
            before=state_told(parsed(row["before"]), words),
            after=state_told(parsed(row["after"]), words),
            reason=masked(str(row["reason"] or "")),
        )


def conflict_of(change: DataChange, now: Row | None, words: Words) -> Iterable[Change]:
    """What a person meant to write and what stands there now, field by field where they differ."""
    mine, theirs = change.after or {}, now or {}
    for name in dict.fromkeys((*mine, *theirs)):
        if name in _UNTOLD or _same(mine.get(name), theirs.get(name)):
            continue
        known = (
            change.table in results_schema().tables and name in results_schema().tables[change.table].fields
        )
        label = words.field(change.table, name) if known else name
        then, there = (
            _cell(change.table, name, part.get(name), words) if known else _plain(part.get(name))
            for part in (mine, theirs)
        )
        yield Change(label, then, there)


def state_told(part: Row | None, words: Words) -> str:
    """One side of an entry: the state, with the outcome or the day that belong to it; or the result of an objection."""
    if part and part.get("result"):
        return words.token("objection_result", part["result"])
    if not part or "state" not in part:
        return ""
    told = words.token("decision_state", part["state"])
    more = [words.token("outcome", part["outcome"])] if part.get("outcome") else []
    more += [str(part["deferred_to"])] if part.get("deferred_to") else []
    return say("state", words.language, state=told, more=more[0]) if more else told


def _same(one: object, other: object) -> bool:
    return one == other or not (is_given(one) or is_given(other))


def _plain(value: object) -> str:
    return masked(str(value)) if is_given(value) else DASH


def _value(name: str, value: object, words: Words) -> str:
    return DASH if value is None or value in ("", []) else placed(value, name, words)


def _cell(table: str, name: str, value: object, words: Words) -> str:
    """A cell of a result table in words."""
    if not is_given(value):
        return DASH
    item = results_schema().tables[table].fields[name]
    if item.enum:
        return words.token(item.enum, value)
    if item.type == "bool":
        return words("yes" if value else "no")
    if isinstance(value, (int, float)):
        return number(value)
    return words.unit(str(value)) if name == "measure_unit" else masked(str(value))
