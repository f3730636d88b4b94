"""The document's own arithmetic: do its parts add up, do its years agree with each other?

Everything is computed from the target sheets in decimals, as the figures are written; no list of known
slips is kept. Inconsistencies are shown, never repaired: each target stays binding as it stands.

=============  ======================================================================================
check          formula
=============  ======================================================================================
sum            sum of the parts = stated total
base_year      total + reduction is one figure, whichever year it is computed from
reduction      base − sum of the parts = stated reduction; the base comes from another year if it can
=============  ======================================================================================

For information, without a verdict on the document:

=============  ======================================================================================
remainder      the whole − the part (total use − groundwater) now, and in the base year
remainder_sum  the same unit by unit: sum of the units' remainders = remainder of the totals
reserve        the reserve of the part beside the reserve of the whole
over_use       (base − target) ÷ (base − last target) ≥ the stated percentage of "over-used volume"
=============  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from .model import RESERVE, SCALES

if TYPE_CHECKING:
    from .model import Policy, TargetSheet

_PERCENT = Decimal("0.01")


@dataclass(frozen=True)
class Check:
    """One computation on the document's figures.

    Attributes:
        kind: as in the table above.
        clause, item, year: the target that it looks at.
        parts: what went in, by unit id, or by year.
        stated, computed, difference: in ``unit``; difference = computed − stated.
        agrees: whether the document is consistent (``over_use``: whether the percentage is reached).
        within_rounding: they differ, but the computed figure rounded as the stated one is written equals it.
        informative: nothing that the document states is at stake; no finding is made of it.
        message_key, message_values: the sentence for a person.
    """

    kind: str
    clause: str
    item: str
    year: int
    parts: Mapping[str, Decimal]
    stated: Decimal
    computed: Decimal
    unit: str
    agrees: bool
    within_rounding: bool
    message_key: str
    message_values: Mapping[str, object]
    informative: bool = False

    @property
    def difference(self) -> Decimal:
        """Computed − stated, in ``unit``."""
        return self.computed - self.stated

    @property
    def base_unit(self) -> str:
        """``m3``, ``mu`` …"""
        return SCALES[self.unit][0]

    @property
    def base_difference(self) -> Decimal:
        """Computed − stated, in ``base_unit``: 0.01 亿m3 = 1000000 m3."""
        return self.difference * SCALES[self.unit][1]


def all_checks(policy: Policy) -> tuple[Check, ...]:
    """Every check that the targets of a policy allow, in the order of the table above."""
    sheets = policy.sheets
    units = {name: item.unit for name, item in policy.items.items()}
    makers = (_sums, _base_years, _reductions)
    found = [check for maker in makers for check in maker(sheets, units)]
    return (*found, *_remainders(policy), *_reserves(policy), *_over_use(policy))


def _check(
    kind: str,
    sheet: TargetSheet,
    unit: str,
    *,
    parts: Mapping[str, Decimal],
    stated: Decimal,
    computed: Decimal,
    agrees: bool | None = None,
    informative: bool = False,
    **values: object,
) -> Check:
    equal = computed == stated
    agrees = equal if agrees is None else agrees
    rounding = not agrees and unit != "%" and _as_written(computed, stated) == stated
    difference = computed - stated
    base_unit, scale = SCALES[unit]
    key = f"policy.{kind}.{'agrees' if agrees else 'within_rounding' if rounding else 'differs'}"
    return Check(
        kind=kind,
        clause=sheet.clause,
        item=sheet.item,
        year=sheet.year,
        parts=dict(parts),
        stated=stated,
        computed=computed,
        unit=unit,
        agrees=agrees,
        within_rounding=rounding,
        informative=informative,
        message_key=key,
        message_values={
            "clause": sheet.clause,
            "year": sheet.year,
            "parts": " + ".join(map(str, parts.values())),
            "stated": str(stated),
            "computed": str(computed),
            "difference": f"{difference:+}".replace("-", "−"),
            "unit": unit,
            "base_difference": f"{abs(difference) * scale:,.0f}",
            "base_unit": base_unit,
            **{name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()},
        },
    )


def _as_written(value: Decimal, like: Decimal) -> Decimal:
    """``value`` rounded half up to as many decimals as ``like`` is written with."""
    exponent = like.as_tuple().exponent
    return value.quantize(Decimal(1).scaleb(min(int(exponent), 0)), rounding=ROUND_HALF_UP)


def _sums(sheets: tuple[TargetSheet, ...], units: Mapping[str, str]) -> Iterator[Check]:
    for sheet in sheets:
        if sheet.total is not None and sheet.parts:
            computed = sum(sheet.parts.values(), Decimal(0))
            yield _check(
                "sum", sheet, units[sheet.item], parts=sheet.parts, stated=sheet.total, computed=computed
            )


def _bases(sheets: tuple[TargetSheet, ...]) -> dict[tuple[str, int], list[tuple[TargetSheet, Decimal]]]:
    """By item and base year: what each sheet says about use in that year, total + reduction."""
    bases: dict[tuple[str, int], list[tuple[TargetSheet, Decimal]]] = {}
    for sheet in sorted(sheets, key=lambda s: s.year):
        if sheet.total is not None and sheet.reduction is not None and sheet.since is not None:
            bases.setdefault((sheet.item, sheet.since), []).append((sheet, sheet.total + sheet.reduction))
    return bases


def _base_years(sheets: tuple[TargetSheet, ...], units: Mapping[str, str]) -> Iterator[Check]:
    for (item, since), said in _bases(sheets).items():
        (first, stated), *others = said
        for sheet, computed in others:
            yield _check(
                "base_year",
                sheet,
                units[item],
                parts={str(first.year): stated, str(sheet.year): computed},
                stated=stated,
                computed=computed,
                since=since,
                other_clause=first.clause,
                other_year=first.year,
            )


def _reductions(sheets: tuple[TargetSheet, ...], units: Mapping[str, str]) -> Iterator[Check]:
    for (item, since), said in _bases(sheets).items():
        for sheet, own in said:
            if not sheet.parts or sheet.reduction is None:
                continue
            base = next((value for other, value in said if other is not sheet), own)
            total = sum(sheet.parts.values(), Decimal(0))
            yield _check(
                "reduction",
                sheet,
                units[item],
                parts=sheet.parts,
                stated=sheet.reduction,
                computed=base - total,
                since=since,
                base=base,
                total=total,
                implied_base=total + sheet.reduction,
            )


def base_of(policy: Policy, item: str, since: int | None = None) -> tuple[int, Decimal] | None:
    """Base year and use of an item in it, as its earliest target implies; None where no target tells."""
    for (name, year), said in _bases(policy.sheets).items():
        if name == item and since in (None, year):
            return year, said[0][1]
    return None


def _sheet(policy: Policy, item: str, year: int | None) -> TargetSheet | None:
    return next((sheet for sheet in policy.sheets if (sheet.item, sheet.year) == (item, year)), None)


def _pairs(policy: Policy) -> Iterator[tuple[TargetSheet, TargetSheet]]:
    """A sheet of a part and the sheet of its whole in the same year."""
    for sheet in policy.sheets:
        whole = _sheet(policy, policy.items[sheet.item].part_of, sheet.year)
        if whole is not None:
            yield sheet, whole


def _remainders(policy: Policy) -> Iterator[Check]:
    for part, whole in _pairs(policy):
        if part.total is None or whole.total is None:
            continue
        unit, left = policy.items[part.item].unit, whole.total - part.total
        bases = base_of(policy, part.item, part.since), base_of(policy, whole.item, whole.since)
        if bases[0] and bases[1] and bases[0][0] == bases[1][0]:
            then = bases[1][1] - bases[0][1]
            years = {str(bases[0][0]): then, str(part.year): left}
            values = {"since": bases[0][0], "whole": whole.total, "part": part.total}
            yield _check(
                "remainder",
                part,
                unit,
                parts=years,
                stated=then,
                computed=left,
                agrees=True,
                informative=True,
                **values,
            )
        if part.parts and set(part.parts) == set(whole.parts):
            by_unit = {unit_id: whole.parts[unit_id] - value for unit_id, value in part.parts.items()}
            total = sum(by_unit.values(), Decimal(0))
            yield _check(
                "remainder_sum", part, unit, parts=by_unit, stated=left, computed=total, informative=True
            )


def _reserves(policy: Policy) -> Iterator[Check]:
    for part, whole in _pairs(policy):
        if RESERVE in part.parts and RESERVE in whole.parts:
            stated, computed = whole.parts[RESERVE], part.parts[RESERVE]
            yield _check(
                "reserve",
                part,
                policy.items[part.item].unit,
                parts={RESERVE: computed},
                stated=stated,
                computed=computed,
                agrees=True,
                informative=True,
            )


def _over_use(policy: Policy) -> Iterator[Check]:
    """A percentage of "over-used volume", read as use in the base year less the last target."""
    for sheet in policy.sheets:
        for item in sheet.reading_items:
            now, last, base = (
                _sheet(policy, item, sheet.year),
                _sheet(policy, item, sheet.until),
                base_of(policy, item),
            )
            if sheet.total is None or now is None or last is None or base is None:
                continue
            if now.total is None or last.total is None or base[1] == last.total:
                continue
            totals = {now.total: None, sum(now.parts.values(), Decimal(0)) if now.parts else now.total: None}
            for total in totals:  # the stated total, and the sum of its parts where that differs
                yield _share(sheet, item, policy.items[item].unit, base, total, last)


def _share(
    sheet: TargetSheet, item: str, unit: str, base: tuple[int, Decimal], total: Decimal, last: TargetSheet
) -> Check:
    over_use, withdrawn = base[1] - (last.total or Decimal(0)), base[1] - total
    stated = sheet.total or Decimal(0)
    share = 100 * withdrawn / over_use
    short = max(Decimal(0), stated / 100 * over_use - withdrawn)
    base_unit, scale = SCALES[unit]
    return _check(
        "over_use",
        sheet,
        "%",
        parts={"withdrawn": withdrawn, "over_use": over_use},
        stated=stated,
        computed=share.quantize(_PERCENT, rounding=ROUND_HALF_UP),
        agrees=share >= stated,
        informative=True,
        reading_item=item,
        since=base[0],
        base=base[1],
        target=total,
        until=last.year,
        withdrawn=withdrawn,
        over_use=over_use,
        volume_unit=unit,
        short=short.normalize() if short else Decimal(0),
        short_base=f"{short * scale:,.0f}",
        short_unit=base_unit,
    )
