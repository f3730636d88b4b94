"""From a parsed policy file to a Policy: cross references checked, nothing repaired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from ..schema import normal_name
from .model import (
    RESERVE,
    AuthorityRule,
    Clause,
    Item,
    Note,
    Policy,
    PolicyUnit,
    RuleUse,
    Setting,
    Target,
    TargetSheet,
    ZoneUnit,
)
from .names import nearest
from .settings import conform_value
from .shape import POLICY_FILE, Where, check_shape, shown
from .vocabulary import MAY_BE_EMPTY, RULE_FAMILIES, RULE_SETTINGS

_CONFIDENCE = {"text": "verified", "default": "unverified", "gap": "absent", "user": "user"}


def build_policy(data: Mapping, where: Where) -> Policy:
    """A policy from parsed TOML; its version is still empty.

    Raises:
        OverdraftError: the file does not have the shape of a policy, or refers to something it does not hold.
    """
    check_shape(data, POLICY_FILE, where)
    where.stop()
    head = data["policy"]
    units = _units(data["units"], head["city_id"], where)
    clauses = _clauses(data["clauses"], where)
    references = _References({unit.id for unit in units}, set(clauses), head["city_id"], where)
    items = {name: _item(name, row) for name, row in data.get("items", {}).items()}
    _check_items(items, where)
    sheets = tuple(
        where.trying(_sheet, row, f"targets[{n}]", items, references)
        for n, row in enumerate(data.get("targets", []))
    )
    settings = _settings(data.get("settings", {}), references)
    where.stop()
    _check_sheets(sheets, where)
    uses = _rules(data.get("rules", []), settings, references)
    places = {
        name: tuple(
            where.trying(make, row, f"{name}[{n}]", references) for n, row in enumerate(data.get(name, []))
        )
        for name, make in (("authorities", _authority), ("zone_units", _zone_unit), ("notes", _note))
    }
    where.stop()
    return Policy(
        id=head["id"],
        version="",
        title=head["title"],
        title_en=head["title_en"],
        number=head.get("number", ""),
        issuer=head["issuer"],
        issuer_en=head.get("issuer_en", head["issuer"]),
        issued_on=head.get("issued_on"),
        city_id=head["city_id"],
        succeeds=head.get("succeeds", ""),
        everywhere=head.get("everywhere", False),
        reserve=head.get("reserve", "预留"),
        reserve_en=head.get("reserve_en", "Reserve"),
        units=units,
        clauses=MappingProxyType(clauses),
        settings=MappingProxyType(settings),
        items=MappingProxyType(items),
        sheets=sheets,
        targets=tuple(target for sheet in sheets for target in _targets(sheet, items, head["city_id"])),
        rules=tuple(use for use, on in uses if on),
        off=tuple(use for use, on in uses if not on),
        authorities=places["authorities"],
        zone_units=places["zone_units"],
        notes=places["notes"],
        origin=where.file,
    )


class _References:
    """Clauses and units that other parts of the file may refer to."""

    def __init__(self, units: set[str], clauses: set[str], city_id: str, where: Where) -> None:
        self.units, self.clauses, self.city_id, self.where = units, clauses, city_id, where

    def clause(self, clause: str, path: str) -> str:
        if clause not in self.clauses:
            self.where.fail(
                "unknown_clause", path, found=clause, suggestion=nearest(clause, self.clauses) or ""
            )
        return clause

    def unit(self, unit_id: str, path: str) -> str:
        if unit_id not in self.units:
            self.where.fail("unknown_unit_in_file", path, found=unit_id, allowed=sorted(self.units))
        return unit_id

    def part(self, unit_id: str, path: str) -> str:
        """A share of a total belongs to a unit below the city, or to the reserve."""
        allowed = [*sorted(self.units - {self.city_id}), RESERVE]
        if unit_id not in allowed:
            self.where.fail("unknown_unit_in_file", path, found=unit_id, allowed=allowed)
        return unit_id


def _units(rows: Iterable[Mapping], city_id: str, where: Where) -> tuple[PolicyUnit, ...]:
    units = [
        PolicyUnit(
            id=row["id"],
            name=row["name"],
            name_en=row["name_en"],
            level=row["level"],
            parent_id=row.get("parent_id", ""),
            aliases=tuple(row.get("aliases", ())),
        )
        for row in rows
    ]
    owner: dict[str, str] = {}
    for position, unit in enumerate(units):
        for text in {normal_name(name) for name in (unit.id, unit.name, unit.name_en, *unit.aliases)}:
            if text in owner:
                where.fail(
                    "repeated_unit", f"units[{position}].id", found=text, first=owner[text], second=unit.id
                )
            owner[text] = unit.id
        if unit.id == RESERVE:
            where.fail("repeated_unit", f"units[{position}].id", found=RESERVE, first=RESERVE, second=unit.id)
    _check_tree({unit.id: unit.parent_id for unit in units}, city_id, where)
    return tuple(units)


def _check_tree(parents: dict[str, str], city_id: str, where: Where) -> None:
    if city_id not in parents:
        where.fail("unknown_unit_in_file", "policy.city_id", found=city_id, allowed=sorted(parents))
    for position, (unit_id, parent) in enumerate(parents.items()):
        path = f"units[{position}].parent_id"
        if parent and parent not in parents:
            where.fail("unknown_unit_in_file", path, found=parent, allowed=sorted(parents))
        seen = {unit_id}
        while parent:
            if parent in seen:
                where.fail("unit_in_itself", path, found=unit_id)
            seen.add(parent)
            parent = parents[parent]


def _clauses(rows: Iterable[Mapping], where: Where) -> dict[str, Clause]:
    clauses: dict[str, Clause] = {}
    for position, row in enumerate(rows):
        if row["id"] in clauses:
            where.fail("repeated_clause", f"clauses[{position}].id", found=row["id"])
        if bool(row["quote"].strip()) != row.get("quote_read", True):
            problem = "quote_not_read" if row["quote"].strip() else "empty"
            where.fail(problem, f"clauses[{position}].quote")
        clauses[row["id"]] = Clause(**{**row, "kind": tuple(row["kind"])})
    return clauses


def _item(name: str, row: Mapping) -> Item:
    return Item(
        id=name,
        label_en=row["en"],
        label_zh=row["zh"],
        unit=row["unit"],
        limit=row["limit"],
        part_of=row.get("part_of", ""),
        remainder_en=row.get("remainder_en", ""),
        remainder_zh=row.get("remainder_zh", ""),
    )


def _check_items(items: Mapping[str, Item], where: Where) -> None:
    for item in items.values():
        if not item.part_of:
            continue
        path = f"items.{item.id}.part_of"
        if item.part_of not in items or item.part_of == item.id:
            others = [name for name in items if name != item.id]
            where.fail("unknown_item", path, found=item.part_of, allowed=others)
        if items[item.part_of].unit != item.unit:
            where.fail("unit_differs", path, found=item.unit, allowed=items[item.part_of].unit)


def _sheet(row: Mapping, path: str, items: Mapping[str, Item], references: _References) -> TargetSheet:
    where = references.where
    if row["item"] not in items:
        where.fail("unknown_item", f"{path}.item", found=row["item"], allowed=list(items))
    parts = {unit_id: Decimal(value) for unit_id, value in row.get("parts", {}).items()}
    for unit_id in parts:
        references.part(unit_id, f"{path}.parts.{unit_id}")
    if "total" not in row and not parts:
        where.fail("missing_key", f"{path}.total")
    reduction, reading = row.get("reduction", {}), row.get("reading", {})
    if reduction and "total" not in row:
        where.fail("missing_key", f"{path}.total")
    if reduction and reduction["since"] >= row["year"]:
        where.fail("not_before", f"{path}.reduction.since", found=reduction["since"], allowed=row["year"])
    for name in reading.get("items", ()):
        if name not in items:
            where.fail("unknown_item", f"{path}.reading.items", found=name, allowed=list(items))
    if reading and items[row["item"]].unit != "%":
        where.fail("unit_differs", f"{path}.reading", found=items[row["item"]].unit, allowed="%")
    return TargetSheet(
        item=row["item"],
        year=row["year"],
        clause=references.clause(row["clause"], f"{path}.clause"),
        total=Decimal(row["total"]) if "total" in row else None,
        parts=MappingProxyType(parts),
        since=reduction.get("since"),
        reduction=Decimal(reduction["value"]) if reduction else None,
        reading_items=tuple(reading.get("items", ())),
        until=reading.get("until"),
        given=tuple(row.get("given", ())),
    )


def _check_sheets(sheets: Iterable[TargetSheet], where: Where) -> None:
    seen: set[tuple[str, int]] = set()
    for position, sheet in enumerate(sheets):
        if (sheet.item, sheet.year) in seen:
            where.fail("repeated_target", f"targets[{position}].item", found=f"{sheet.item} {sheet.year}")
        seen.add((sheet.item, sheet.year))


def _targets(sheet: TargetSheet, items: Mapping[str, Item], city_id: str) -> list[Target]:
    item = items[sheet.item]
    whole = {} if sheet.total is None else {city_id: sheet.total}
    return [
        Target(
            item=item.id,
            year=sheet.year,
            unit_id=unit_id,
            value=float(written),
            unit=item.unit,
            clause=sheet.clause,
            limit=item.limit,
            written=written,
        )
        for unit_id, written in {**whole, **sheet.parts}.items()
    ]


def _authority(row: Mapping, path: str, references: _References) -> AuthorityRule:
    references.clause(row["clause"], f"{path}.clause")
    for condition in ("basin", "county", "regiment"):
        if condition in row:
            references.unit(row[condition], f"{path}.{condition}")
    return AuthorityRule(**row)


def _zone_unit(row: Mapping, path: str, references: _References) -> ZoneUnit:
    references.clause(row["clause"], f"{path}.clause")
    references.unit(row["unit_id"], f"{path}.unit_id")
    return ZoneUnit(**row)


def _note(row: Mapping, path: str, references: _References) -> Note:
    for position, clause in enumerate(row["clauses"]):
        references.clause(clause, f"{path}.clauses[{position}]")
    return Note(row["id"], tuple(row["clauses"]), tuple(row.get("quotes", ())), row["en"], row["zh"])


def _rules(
    rows: Iterable[Mapping], settings: Mapping[str, Setting], references: _References
) -> list[tuple[RuleUse, bool]]:
    """Which rule judges which clause, and whether it is on.

    That the rule exists, with these parameters, is for ``core.rules`` to check.
    """
    where, uses = references.where, []
    seen: set[tuple[str, str]] = set()
    for n, row in enumerate(rows):
        use = where.trying(_rule, n, row, settings, references, seen)
        uses.append((use, row.get("on", True)))
    return uses


def _rule(
    n: int, row: Mapping, settings: Mapping[str, Setting], references: _References, seen: set[tuple[str, str]]
) -> RuleUse:
    where, path = references.where, f"rules[{n}]"
    references.clause(row["clause"], f"{path}.clause")
    if (row["clause"], row["rule"]) in seen:
        where.fail("repeated_rule", f"{path}.rule", found=row["rule"], clause=row["clause"])
    seen.add((row["clause"], row["rule"]))
    literal, named = row.get("with", {}), row.get("settings", {})
    for name, key in named.items():
        if key not in settings:
            suggestion = nearest(key, settings) or ""
            where.fail("unknown_setting_in_file", f"{path}.settings.{name}", found=key, suggestion=suggestion)
        if name in literal:
            where.fail("given_twice", f"{path}.settings.{name}", found=name)
    return RuleUse(
        clause=row["clause"],
        rule=row["rule"],
        values=MappingProxyType({name: _plain(value) for name, value in literal.items()}),
        settings=MappingProxyType(dict(named)),
        position=n,
    )


def _plain(value: object) -> object:
    """A literal as rules read it: lists as tuples, exact decimals as floats."""
    if isinstance(value, list):
        return tuple(_plain(member) for member in value)
    return float(value) if isinstance(value, Decimal) else value


def _settings(families: Mapping, references: _References) -> dict[str, Setting]:
    settings = {
        f"{family}.{name}": references.where.trying(_setting, f"{family}.{name}", row, references)
        for family, rows in families.items()
        for name, row in rows.items()
    }
    references.where.stop()
    _check_rule_settings(settings, references.where)
    return settings


def _check_rule_settings(settings: Mapping[str, Setting], where: Where) -> None:
    """Settings that rules read are complete, of the type that the rule expects, and offer only what it can do."""
    present = {key.split(".")[0] for key in settings}
    for key in settings:
        if key.split(".")[0] in RULE_FAMILIES and key not in RULE_SETTINGS:
            family = [known for known in RULE_SETTINGS if known.split(".")[0] == key.split(".")[0]]
            problem = "unknown_key_like" if nearest(key, family) else "unknown_key"
            where.fail(problem, f"settings.{key}", allowed=family, suggestion=nearest(key, family) or "")
    for key, (kind, known_words) in RULE_SETTINGS.items():
        path = f"settings.{key}"
        if key.split(".")[0] not in present:
            continue
        if key not in settings:
            where.fail("missing_key", path)
        if settings[key].type != kind:
            where.fail("not_allowed", f"{path}.type", found=shown(settings[key].type), allowed=kind)
        if settings[key].value is None and key not in MAY_BE_EMPTY:
            where.fail("missing_key", f"{path}.value")
        for position, word in enumerate(settings[key].allowed if known_words else ()):
            if word not in known_words:
                where.fail(
                    "not_allowed", f"{path}.allowed[{position}]", found=shown(word), allowed=list(known_words)
                )


def _setting(key: str, row: Mapping, references: _References) -> Setting:
    path, where = f"settings.{key}", references.where
    references.clause(row["clause"], f"{path}.clause")
    gap, optional = row["source"] == "gap", row.get("optional", False)
    if gap and "value" in row:
        where.fail("gap_with_value", f"{path}.value", found=shown(row["value"]))
    if "value" not in row and not (gap or optional):
        where.fail("missing_key", f"{path}.value")
    if row["type"] in ("choice", "choices") and "allowed" not in row:
        where.fail("missing_key", f"{path}.allowed")
    empty = Setting(
        key=key,
        value=None,
        unit=row.get("unit", ""),
        clause=row["clause"],
        source=row["source"],
        confidence=row.get("confidence", _CONFIDENCE[row["source"]]),
        allowed=tuple(row.get("allowed", ())),
        label_en=row["en"],
        label_zh=row["zh"],
        type=row["type"],
        optional=optional,
        minimum=Decimal(row["min"]) if "min" in row else None,
        maximum=Decimal(row["max"]) if "max" in row else None,
        reason_en=row.get("reason_en", ""),
        reason_zh=row.get("reason_zh", ""),
    )
    return conform_value(empty, row, where, path)
