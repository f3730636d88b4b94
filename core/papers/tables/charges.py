"""超计划加价单: what each user owes for water above the plan, worked out under both readings; and its totals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...policy import RuleUse
from ...report.words import UNASSIGNED, is_given
from ..book import Book
from ..column import Column, reals, texts
from ..found import several
from ..table import Group, Table
from .kind import Kind
from .spans import ending

RULE = "fees.over_plan"
_MONEY = (
    "fee_piecewise",
    "surcharge_piecewise",
    "fee_whole",
    "surcharge_whole",
    "fee",
    "surcharge",
)
_WATER = ("base_m3", "used_m3", "excess_m3", "within_m3", "band_1_m3", "band_2_m3", "band_3_m3")
_PLAIN = ("period_state", "case", "outcome", "base", "base_m3", "used_m3", "estimated", "excess_m3")
_BANDS = ("band", "within_m3", "band_1_m3", "band_2_m3", "band_3_m3")
_WORKED = (
    "worked_piecewise",
    "fee_piecewise",
    "surcharge_piecewise",
    "worked_whole",
    "fee_whole",
    "surcharge_whole",
    "mode",
    "fee",
    "surcharge",
)
_COUNTS = ("n_users", "n_over", "n_not_charged")
_SUMMED = ("used_m3", "excess_m3", "within_m3", "band_1_m3", "band_2_m3", "band_3_m3")
_MOST_DECIMALS = 6
"""Rates are kept in millionths of a yuan."""


def over_plan_charges(book: Book) -> Table:
    """A line for each user and year, both readings side by side; summed by year and county."""
    rows = _in_order(_bills(book))
    field = book.words.field
    columns = (
        *(_column(book, rows, name) for name in ("year", "user_id")),
        *_owner(book, rows),
        texts("county", field("wells", "county"), book.places(rows["county_id"])),
        texts("township", field("wells", "township"), book.places(rows["township_id"])),
        *(_column(book, rows, name) for name in ("sector", *_PLAIN)),
        reals("excess_percent", book.say("column.excess_percent"), _percent(rows["excess_ratio"]), 2),
        *(_column(book, rows, name) for name in _BANDS),
        reals("rate", field("over_plan_fees", "rate"), rows["rate"], _decimals(rows["rate"])),
        *(_column(book, rows, name) for name in (*_WORKED, "clause", "rate_source")),
    )
    return Table(
        "over_plan_charges",
        book.say("title.over_plan_charges"),
        columns,
        _groups(book, rows),
        _notes(book, rows),
    )


def over_plan_totals(book: Book) -> Table:
    """The same added up by township, by county and over all, as the run did."""
    rows = book.of_units(ending(book, book["over_plan_totals"], "year"))
    unit = rows["unit_id"].where(rows["level"] != "all")
    places = [book.words.place(one) if is_given(one) else None for one in unit]
    columns = (
        *(book.column("over_plan_totals", name, rows[name]) for name in ("clause", "year", "level")),
        texts("unit", book.say("column.unit"), places),
        *(book.column("over_plan_totals", name, rows[name]) for name in (*_COUNTS, *_SUMMED)),
        *(_money(book, rows, name) for name in _MONEY),
    )
    notes = [book.say("note.charge_totals")]
    if book.scope.zone or book.scope.authority:
        notes.append(book.say("note.whole_units"))
    return Table("over_plan_totals", book.say("title.over_plan_totals"), columns, (), tuple(notes))


def _bills(book: Book) -> pd.DataFrame:
    """The bills in scope: of users of the county; for a zone or an authority of users who have a well in it."""
    rows = ending(book, book["over_plan_fees"], "year")
    scope = book.scope
    if scope.county:
        rows = rows[(rows["county_id"] == scope.county).to_numpy(dtype=bool)]
    if scope.zone or scope.authority:
        links = book["well_users"]
        users = {
            *book.wells["user_id"].dropna(),
            *links.loc[links["well_id"].isin(book.wells["well_id"].dropna()), "user_id"].dropna(),
        }
        rows = rows[rows["user_id"].isin(users).to_numpy(dtype=bool)]
    return rows.reset_index(drop=True)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    order = ["clause", "year", "county_id", "township_id", "user_id"]
    return rows.sort_values(order, kind="stable", na_position="last", ignore_index=True)


def _column(book: Book, rows: pd.DataFrame, name: str) -> Column:
    if name in _MONEY:
        return _money(book, rows, name, total=True)
    return book.column("over_plan_fees", name, rows[name], total=name in _WATER)


def _money(book: Book, rows: pd.DataFrame, name: str, total: bool = False) -> Column:
    """Yuan, to the fen."""
    return reals(name, book.words.field("over_plan_fees", name), rows[name], 2, total)


def _percent(ratios: pd.Series) -> np.ndarray:
    """Shares in hundredths: the digits of a share such as 0.2001 tell in which band it lies."""
    return pd.to_numeric(ratios, errors="coerce").to_numpy(dtype="float64", na_value=np.nan) * 100


def _decimals(rates: pd.Series) -> int:
    """The fewest decimals that show every rate as it is, at least two."""
    told = [f"{float(rate):.{_MOST_DECIMALS}f}".rstrip("0") for rate in rates if is_given(rate)]
    return max([2, *(len(text.partition(".")[2]) for text in told)])


def _owner(book: Book, rows: pd.DataFrame) -> list[Column]:
    """The name of the user, where the case keeps persons."""
    persons = book["persons"].dropna(subset=["user_id"]).drop_duplicates("user_id").set_index("user_id")
    if not len(persons) or "owner" not in persons.columns:
        return []
    return [book.column("persons", "owner", rows["user_id"].map(persons["owner"]))]


def _groups(book: Book, rows: pd.DataFrame) -> tuple[Group, ...]:
    """Sums by year and county, by year where there are several, and over all."""
    year = rows["year"].to_numpy(dtype=object)
    county = rows["county_id"].where(rows["county_id"].map(is_given), UNASSIGNED).to_numpy(dtype=object)
    years, counties = sorted(set(year)), sorted(set(county))
    groups: list[Group] = []
    for one in years:
        if len(counties) > 1:
            parts = [(place, np.flatnonzero((year == one) & (county == place))) for place in counties]
            groups += [
                Group(_named(book, one, book.words.place(place)), _rows(at)) for place, at in parts if len(at)
            ]
        if len(years) > 1:
            groups.append(Group(_named(book, one, book.say("total.all")), _rows(np.flatnonzero(year == one))))
    return (*groups, Group(book.say("total.all"), tuple(range(len(rows)))))


def _named(book: Book, year: object, place: str) -> str:
    return book.say("year_of", year=str(year), place=place)


def _rows(found: np.ndarray) -> tuple[int, ...]:
    return tuple(map(int, found))


def _notes(book: Book, rows: pd.DataFrame) -> tuple[str, ...]:
    """Which reading counts, the bands, and what is missing."""
    used = [use for use in book.policy.rules if use.rule == RULE]
    notes = [_bands(book, use) for use in used] or [book.say("note.no_bands", clause=book.policy.number)]
    if len(rows):
        uncharged = int(rows["fee"].isna().sum())
        notes = [book.say("note.charges"), *notes, book.say("note.uncharged", n=f"{uncharged:,}")]
    if book.since:
        notes.append(book.say("note.run_since", n=book.since, day=book.run.as_of.isoformat()))
    if book.scope.zone or book.scope.authority:
        notes.append(book.say("note.users_of_wells"))
    return tuple(notes)


def _bands(book: Book, use: RuleUse) -> str:
    """The bands and multiples of a clause, in its own words, and the reading that the run took."""
    clause, words = book.policy.clauses[use.clause], book.words
    bands, multiples = (_given(book, use, name) or () for name in ("bands", "multiples"))
    if not bands or not multiples:
        return book.say("note.no_bands", clause=clause.id)
    reading = book.policy.settings.get(use.settings.get("mode", ""))
    return book.say(
        "note.bands",
        clause=clause.id,
        quote=clause.quote,
        bands=several(book, (f"{float(limit) * 100:g}%" for limit in bands)),
        multiples=several(book, (f"{float(one):g}" for one in multiples)),
        mode=words.token("charge_mode", _given(book, use, "mode")),
        confidence=words.either(f"confidence.{reading.confidence}", reading.confidence) if reading else None,
    )


def _given(book: Book, use: RuleUse, name: str) -> Any:
    """A parameter of the rule: as the clause has it, else as the run set it."""
    setting = book.policy.settings.get(use.settings.get(name, ""))
    return use.values.get(name) if name in use.values or setting is None else setting.value


_NEEDS = ("over_plan_fees", "over_plan_totals", "persons", "well_users")

KINDS = (
    Kind("over_plan_charges", _NEEDS, over_plan_charges),
    Kind("over_plan_totals", _NEEDS, over_plan_totals),
)
