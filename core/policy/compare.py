"""Two policies line by line: what came, went and changed, with both values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from .model import Policy

SECTIONS = (
    "identity",
    "clauses",
    "settings",
    "rules",
    "targets",
    "units",
    "items",
    "authorities",
    "zones",
    "notes",
)

_HEAD = (
    "id",
    "version",
    "title",
    "title_en",
    "number",
    "issuer",
    "issuer_en",
    "issued_on",
    "city_id",
    "succeeds",
    "reserve",
    "reserve_en",
    "everywhere",
)


@dataclass(frozen=True)
class PolicyLine:
    """One difference.

    Attributes:
        section: of ``SECTIONS``.
        entry: what it is about: clause id, setting key, ``clause rule``, ``item year unit`` …
        field: which of its values; empty where the whole entry came or went.
        change: ``added``, ``gone`` or ``changed``.
        before, after: both values; None on the side where there is none.
    """

    section: str
    entry: str
    field: str
    change: str
    before: object
    after: object


def compare_policies(before: Policy, after: Policy) -> tuple[PolicyLine, ...]:
    """Every difference between two policies, section by section, in the order of the files."""
    sides = [_sections(policy) for policy in (before, after)]
    return tuple(
        line for section in SECTIONS for line in _lines(section, sides[0][section], sides[1][section])
    )


def _sections(policy: Policy) -> dict[str, dict[str, Mapping[str, Any]]]:
    rules = sorted((*policy.rules, *policy.off), key=lambda use: use.position)
    off = {use.position for use in policy.off}
    given = {(s.item, s.year, name) for s in policy.sheets for name in s.given}

    def written_by(item: str, year: int, unit: str) -> str:
        name = "total" if unit == policy.city_id else unit
        return "user" if (item, year, name) in given else "text"

    figures: dict[str, Mapping[str, Any]] = {
        f"{row.item} {row.year} {row.unit_id}": {
            "figure": row.written,
            "unit": row.unit,
            "limit": row.limit,
            "clause": row.clause,
            "source": written_by(row.item, row.year, row.unit_id),
        }
        for row in policy.targets
    }
    figures |= {
        f"{sheet.item} {sheet.year}": {
            "reduction": sheet.reduction,
            "since": sheet.since,
            "reading_items": sheet.reading_items,
            "until": sheet.until,
        }
        for sheet in policy.sheets
        if sheet.since or sheet.reading_items
    }
    return {
        "identity": {"": {name: getattr(policy, name) for name in _HEAD}},
        "clauses": {key: _record(row, "quote", "id") for key, row in policy.clauses.items()},
        "settings": {key: _record(row, "value", "key") for key, row in policy.settings.items()},
        "rules": {
            f"{use.clause} {use.rule}": {
                "on": use.position not in off,
                **use.values,
                **{name: f"← {key}" for name, key in use.settings.items()},
            }
            for use in rules
        },
        "targets": figures,
        "units": {row.id: _record(row, "name", "id") for row in policy.units},
        "items": {key: _record(row, "label_en", "id") for key, row in policy.items.items()},
        "authorities": {
            " ".join(filter(None, (row.clause, row.purpose, row.basin, row.county, row.regiment))): _record(
                row, "authority"
            )
            for row in policy.authorities
        },
        "zones": {f"{row.clause} {row.unit_id}": _record(row, "severity") for row in policy.zone_units},
        "notes": {row.id: _record(row, "en", "id") for row in policy.notes},
    }


def _record(row: Any, first: str, without: str = "") -> dict[str, Any]:
    """The values of a record, the one that stands for it first."""
    names = [item.name for item in fields(row) if item.name not in (first, without)]
    return {name: getattr(row, name) for name in (first, *names)}


def _lines(section: str, was: Mapping[str, Mapping], now: Mapping[str, Mapping]) -> list[PolicyLine]:
    found = []
    for entry in {**was, **now}:
        if entry not in now:
            found.append(PolicyLine(section, entry, "", "gone", next(iter(was[entry].values())), None))
        elif entry not in was:
            found.append(PolicyLine(section, entry, "", "added", None, next(iter(now[entry].values()))))
        else:
            found += _fields(section, entry, was[entry], now[entry])
    return found


def _fields(section: str, entry: str, was: Mapping, now: Mapping) -> list[PolicyLine]:
    return [
        PolicyLine(section, entry, name, _change(was.get(name), now.get(name)), was.get(name), now.get(name))
        for name in {**was, **now}
        if not _same(was.get(name), now.get(name))
    ]


def _change(was: object, now: object) -> str:
    return "added" if was is None else "gone" if now is None else "changed"


def _same(one: object, other: object) -> bool:
    """Figures are the same when they are written alike: 1.7 rounds further than 1.70."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return str(one) == str(other)
    return one == other
