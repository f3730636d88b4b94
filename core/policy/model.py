"""What a policy document holds, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..errors import OverdraftError
from .names import UnitNames, nearest
from .vocabulary import RULE_SETTINGS

if TYPE_CHECKING:
    from .arithmetic import Check

RESERVE = "reserve"
"""Unit id of the share of a target that belongs to no county (市级预留)."""

SCALES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "亿m3": ("m3", 10**8),
        "万m3": ("m3", 10**4),
        "m3": ("m3", 1),
        "万亩": ("mu", 10**4),
        "mu": ("mu", 1),
        "%": ("%", 1),
        "ratio": ("ratio", 1),
        "count": ("count", 1),
    }
)
"""Units that a target may be written in: the base unit of each and how many of them it holds."""


@dataclass(frozen=True)
class PolicyUnit:
    """A place that the document names: city, county, regiment, basin.

    Attributes:
        id: six-digit division code of a county, four digits of a city, a token otherwise.
        level: as in the register's ``units`` role.
        parent_id: id of the unit it lies in; empty at the top.
        aliases: other exact names and former codes.
    """

    id: str
    name: str
    name_en: str
    level: str
    parent_id: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clause:
    """One rule of the document.

    Attributes:
        locator: where it stands, in the document's own numbering.
        quote: the words, exactly; empty where ``quote_read`` is False.
        gloss: what they say, in English.
        kind: one or more of ``target``, ``quantity_limit``, ``permit_rule`` …, a sub-kind after a dot if any.
        force: ``mandatory``, ``soft`` (reported, never failed) or ``claimed`` (a result that it reports).
        evaluation: ``computable``, ``parameter`` (needs a value that the text lacks) or ``checklist``.
        quote_read: False where nobody has read the words: the gloss is a paraphrase, or the clause stands for
            reference values of no document.
    """

    id: str
    locator: str
    quote: str
    gloss: str
    kind: tuple[str, ...]
    force: str
    evaluation: str
    quote_read: bool = True


@dataclass(frozen=True)
class Setting:
    """One parameter of the rules.

    Attributes:
        key: ``family.name``.
        value: text, tuple of texts, bool, int, float or date; None where nothing is set.
        unit: unit of the value; empty for none.
        clause: the clause that it interprets.
        source: ``text`` (stands in the document), ``default`` (a reading of ours), ``user`` (given by a person), or
            ``gap`` (the document needs it and does not give it: tests that need it are not evaluated).
        confidence: ``verified``, ``corroborated``, ``unverified``, ``user`` or ``absent``.
        allowed: the values to choose from; empty when any value of the type will do.
        type: ``choice``, ``choices``, ``bool``, ``integer``, ``number``, ``numbers``, ``date``, ``text`` or
            ``register`` (no single value: supplied by tables of the register).
    """

    key: str
    value: Any
    unit: str
    clause: str
    source: str
    confidence: str
    allowed: tuple
    label_en: str
    label_zh: str
    type: str
    optional: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    suggested: tuple = ()
    reason_en: str = ""
    reason_zh: str = ""

    def label(self, language: str) -> str:
        """The label in ``en`` or ``zh``."""
        return self.label_zh if language == "zh" else self.label_en

    def reason(self, language: str) -> str:
        """Why the default is what it is, in ``en`` or ``zh``."""
        return self.reason_zh if language == "zh" else self.reason_en


@dataclass(frozen=True)
class Item:
    """A quantity that targets are set for, e.g. ``total_use``.

    Attributes:
        limit: ``at_most`` or ``at_least`` (both include the figure).
        part_of: the item of which this one is a part; empty for none. What the part leaves has its own label.
    """

    id: str
    label_en: str
    label_zh: str
    unit: str
    limit: str
    part_of: str = ""
    remainder_en: str = ""
    remainder_zh: str = ""

    def label(self, language: str) -> str:
        """The label in ``en`` or ``zh``."""
        return self.label_zh if language == "zh" else self.label_en


@dataclass(frozen=True)
class Target:
    """What one unit must reach by 31 December of a year.

    Attributes:
        unit_id: a unit of the policy, the city's id for the whole, or ``reserve``.
        value: the figure, in ``unit``.
        written: the same as it stands in the text, final zeros included.
    """

    item: str
    year: int
    unit_id: str
    value: float
    unit: str
    clause: str
    limit: str
    written: Decimal

    @property
    def base_unit(self) -> str:
        """The unit of ``base_value``: ``m3``, ``mu``, ``%``, ``ratio`` or ``count``."""
        return SCALES[self.unit][0]

    @property
    def base_value(self) -> float:
        """The figure in ``base_unit``, exact to a float: 6.6 万亩 = 66000 mu, 3.81 亿m3 = 381000000 m3."""
        return float(self.written * SCALES[self.unit][1])


@dataclass(frozen=True)
class TargetSheet:
    """One sentence of targets: a total, its parts, and what it says about an earlier year.

    Attributes:
        total: for the whole city; None where the text gives parts only.
        parts: figure by unit id; empty where the text gives the total only.
        since, reduction: "… less than in `since`"; None where the text does not say.
        reading_items, until: items for which a share of over-use (item in %) can be computed for information.
        given: figures that a person set or took away: unit ids, or ``total``. The others stand in the text.
    """

    item: str
    year: int
    clause: str
    total: Decimal | None
    parts: Mapping[str, Decimal]
    since: int | None = None
    reduction: Decimal | None = None
    reading_items: tuple[str, ...] = ()
    until: int | None = None
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuthorityRule:
    """Who decides on, or manages, what lies at a place. Empty conditions hold everywhere.

    Attributes:
        purpose: ``permit`` (who issues permits) or ``management`` (who manages the river).
        basin, county, regiment: unit ids in which the place must lie.
        authority, consult: names; ``{county}`` stands for the county's name. ``consult`` is asked first.
    """

    clause: str
    purpose: str
    authority: str
    authority_en: str
    consult: str = ""
    consult_en: str = ""
    basin: str = ""
    county: str = ""
    regiment: str = ""

    @property
    def conditional(self) -> bool:
        """Whether it names a place at all."""
        return bool(self.basin or self.county or self.regiment)


@dataclass(frozen=True)
class ZoneUnit:
    """A unit that the document itself names as an over-extraction zone."""

    unit_id: str
    clause: str
    severity: str = ""
    control: str = ""
    aquifer: str = ""


@dataclass(frozen=True)
class RuleUse:
    """A clause that a rule judges.

    Attributes:
        rule: ``family.check``, as in ``core.rules``.
        values: what stands in the text, by parameter of the rule: text, bool, number, date, or a tuple of these.
        settings: setting key by parameter of the rule, where the text gives no value or leaves a choice.
        position: of the row in the file, from 0.
    """

    clause: str
    rule: str
    values: Mapping[str, Any]
    settings: Mapping[str, str]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Note:
    """Something in the text that is unclear or contradicts itself, and how it is read."""

    id: str
    clauses: tuple[str, ...]
    quotes: tuple[str, ...]
    en: str
    zh: str

    def text(self, language: str) -> str:
        """The note in ``en`` or ``zh``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Policy:
    """One document as data. Read-only; ``with_settings`` in ``core.policy.settings`` makes a changed copy.

    Attributes:
        version: first 16 hex digits of SHA-256 over the content (comments and layout do not matter).
        succeeds: id of the document it replaces, so that decisions follow an amendment; empty for none.
        targets: one row per item, year and unit, the city's total included.
        zone_units: units that the document names as zones; empty where it names none.
        rules: which rule judges which clause; a clause may have several, or none.
        off: rules that a person has switched off; of each a run says that it was not evaluated.
        everywhere: law of the whole country: it applies in every place, whether the file names it or not.
        text: content of the file that it was read from; empty for one that was put together otherwise.
    """

    id: str
    version: str
    title: str
    title_en: str
    number: str
    issuer: str
    issuer_en: str
    issued_on: date | None
    city_id: str
    succeeds: str
    reserve: str
    reserve_en: str
    units: tuple[PolicyUnit, ...]
    clauses: Mapping[str, Clause]
    settings: Mapping[str, Setting]
    items: Mapping[str, Item]
    sheets: tuple[TargetSheet, ...]
    targets: tuple[Target, ...]
    authorities: tuple[AuthorityRule, ...]
    zone_units: tuple[ZoneUnit, ...]
    notes: tuple[Note, ...]
    rules: tuple[RuleUse, ...] = ()
    off: tuple[RuleUse, ...] = ()
    everywhere: bool = False
    origin: str = field(default="", compare=False)
    text: str = field(default="", compare=False, repr=False)

    def unit(self, unit_id: str) -> PolicyUnit:
        """The unit with this id.

        Raises:
            OverdraftError: the policy names no such unit.
        """
        if unit_id not in self._units:
            raise OverdraftError(
                "policy.unknown_unit", policy=self.id, found=unit_id, allowed=list(self._units)
            )
        return self._units[unit_id]

    def unit_name(self, unit_id: str, language: str = "zh") -> str:
        """The name of a unit of this policy, the reserve included; any other id comes back as it is."""
        if unit_id == RESERVE:
            return self.reserve if language == "zh" else self.reserve_en
        unit = self._units.get(unit_id)
        return unit_id if unit is None else unit.name if language == "zh" else unit.name_en

    def resolve_unit(self, text: object) -> str | None:
        """The unit meant by a recorded code, name or alias; None when it is none of this policy's.

        Full-width and half-width forms, letter case and blanks around do not matter. Codes may be shorter or
        longer than the unit's own: 650402101 and 650402000000 are in 650402, 650400 is 6504.
        """
        return self._names.resolve(text)

    def covers(self, unit_id: str) -> bool:
        """Whether clauses of this policy apply in a unit: the city itself or a unit within it.

        ``unit_id`` is an id, code, name or alias of the policy's units, or the full code of a unit below one. A
        policy that applies everywhere covers whatever has an id.
        """
        if self.everywhere:
            return bool(unit_id and str(unit_id).strip())
        found = self.resolve_unit(unit_id)
        while found:
            if found == self.city_id:
                return True
            found = self._units[found].parent_id
        return False

    def setting(self, key: str) -> Setting:
        """The setting with this key.

        Raises:
            OverdraftError: there is none; the message names the nearest key, or the rule that the policy lacks.
        """
        if key not in self.settings and key in RULE_SETTINGS:
            raise OverdraftError("policy.no_such_rule", policy=self.id, path=key, family=key.split(".")[0])
        if key not in self.settings:
            raise OverdraftError(
                "policy.unknown_setting",
                policy=self.id,
                path=key,
                suggestion=nearest(key, self.settings) or "",
            )
        return self.settings[key]

    def has(self, family: str) -> bool:
        """Whether the document sets the rules of a family of ``RULE_SETTINGS``, e.g. ``replacement``."""
        return any(key.startswith(f"{family}.") for key in self.settings)

    def value(self, key: str) -> Any:
        """The value of a setting; None for a gap and for an optional setting that is not set."""
        return self.setting(key).value

    def targets_for(self, item: str, year: int | None = None) -> tuple[Target, ...]:
        """Targets of an item (of one year): one per unit, the city's total first."""
        return tuple(t for t in self.targets if t.item == item and year in (None, t.year))

    def checks(self) -> list[Check]:
        """What arithmetic says about the document's own numbers; see ``core.policy.arithmetic``."""
        return list(self._checks)

    @cached_property
    def _units(self) -> dict[str, PolicyUnit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def _names(self) -> UnitNames:
        return UnitNames(self.units)

    @cached_property
    def _checks(self) -> tuple[Check, ...]:
        from .arithmetic import all_checks  # needs this module

        return all_checks(self)


__all__ = [
    "RESERVE",
    "SCALES",
    "AuthorityRule",
    "Clause",
    "Item",
    "Note",
    "Policy",
    "PolicyUnit",
    "RuleUse",
    "Setting",
    "Target",
    "TargetSheet",
    "ZoneUnit",
]
