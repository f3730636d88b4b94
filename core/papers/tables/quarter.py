"""季报: how groundwater levels changed against the quarter before and against the same quarter a year earlier, with the
ranks of the units; and use against plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from ...ranking import BASES, earlier, span
from ...report.words import is_given
from ...sheets import last_quarter
from ..book import Book
from ..column import Column, texts
from ..table import Group, Table
from .kind import Kind
from .spans import ending

_COMPARED = ("previous", "before_m", "after_m", "change_m", "rank", "n_used", "n_left_out")
_USED = (
    "cap_m3",
    "cap_origin",
    "use_m3",
    "use_origin",
    "margin_m3",
    "used_percent",
    "period_state",
    "as_of",
    "pace_m3",
    "projected_m3",
    "permitted_m3",
    "n_wells",
    "n_without_reading",
    "outcome",
)
_LEVELS = ("prefecture", "division", "county", "township", "regiment", "management_unit")


def quarter_levels(book: Book) -> Table:
    """A line for each unit and quarter, both comparisons side by side; by level, then by rank, ties on one rank."""
    rows = ending(book, book.of_units(_changes(book)), "period")
    wide = _wide(rows)
    columns = [
        book.column("unit_ranking", "level", wide["level"]),
        texts("unit", book.words.field("unit_ranking", "name"), _units(book, wide)),
        book.column("unit_ranking", "period", wide["period"]),
        book.column("unit_ranking", "n_stations", wide["n_stations"]),
    ]
    for basis in BASES:
        columns += [_compared(book, wide, basis, name) for name in _COMPARED]
    return Table(
        "quarter_levels",
        book.say("title.quarter_levels"),
        tuple(columns),
        _by_level(book, wide["level"]),
        _level_notes(book, rows),
    )


def quarter_use(book: Book) -> Table:
    """Use and plan of the units: of the years that end in the period, or of the last year that has a use."""
    balance = book.of_units(book["quota_balance"])
    rows = _years(book, balance)
    order = rows["level"].map({level: place for place, level in enumerate(_LEVELS)})
    rows = rows.assign(_level=order.fillna(len(_LEVELS)))
    rows = rows.sort_values(["source", "year", "_level", "unit_id"], kind="stable", ignore_index=True)
    columns = (
        book.column("quota_balance", "source", rows["source"]),
        book.column("quota_balance", "year", rows["year"]),
        book.column("quota_balance", "level", rows["level"]),
        texts("unit", book.words.field("quota_balance", "name"), _units(book, rows)),
        *(book.column("quota_balance", name, rows[name]) for name in _USED),
    )
    notes = [book.say("note.use")]
    if book.since:
        notes.append(book.say("note.run_since", n=book.since, day=book.run.as_of.isoformat()))
    if book.scope.zone or book.scope.authority:
        notes.append(book.say("note.whole_units"))
    return Table("quarter_use", book.say("title.quarter_use"), columns, (), tuple(notes))


def _changes(book: Book) -> pd.DataFrame:
    """What the run ranked by change of level, in quarters, with the basis of each row."""
    rows = book["unit_ranking"]
    rows = rows[rows["previous"].notna() & rows["period"].astype(str).str.contains("Q")]
    return rows.assign(basis=[_basis(*pair) for pair in zip(rows["period"], rows["previous"], strict=True)])


def _basis(period: str, previous: str) -> str:
    """Against what a quarter was compared; empty for another one."""
    return next((basis for basis in BASES if str(earlier(span(period), basis)) == previous), "")


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each unit and quarter, the comparisons beside each other; those of the first one ordered by rank."""
    keys = ["period", "level", "unit_id"]
    wide = rows[[*keys, "name", "n_stations"]].drop_duplicates(keys)
    for basis in BASES:
        own = rows.loc[rows["basis"] == basis, [*keys, *_COMPARED]].drop_duplicates(keys)
        wide = wide.merge(
            own.rename(columns={name: f"{basis}.{name}" for name in _COMPARED}), on=keys, how="left"
        )
    place = wide["level"].map({level: number for number, level in enumerate(_LEVELS)}).fillna(len(_LEVELS))
    wide = wide.assign(_level=place, _rank=pd.to_numeric(wide[f"{BASES[0]}.rank"]).astype("float64"))
    order = ["period", "_level", "_rank", "unit_id"]
    return wide.sort_values(order, kind="stable", na_position="last", ignore_index=True)


def _compared(book: Book, wide: pd.DataFrame, basis: str, name: str) -> Column:
    """A column of one comparison under its own heading."""
    plain = book.column("unit_ranking", name, wide[f"{basis}.{name}"])
    return replace(plain, name=f"{basis}.{name}", label=book.say(f"column.{basis}.{name}"))


def _level_notes(book: Book, rows: pd.DataFrame) -> tuple[str, ...]:
    notes = [book.say("note.ranking")]
    setting = book.policy.settings.get("ranking.signed")
    if setting is not None and setting.value is False:
        notes.append(book.say("note.ranking_absolute"))
    missing = [basis for basis in BASES if not (rows["basis"] == basis).any()]
    if BASES[0] in missing:
        notes.append(book.say("note.no_previous_quarter", quarter=last_quarter(book.run.as_of)))
    if BASES[1] in missing:
        notes.append(book.say("note.no_same_quarter"))
    unused = int((rows["n_used"].fillna(0) == 0).sum())
    if unused:
        notes.append(book.say("note.unranked", n=f"{unused:,}"))
    if book.since:
        notes.append(book.say("note.run_since", n=book.since, day=book.run.as_of.isoformat()))
    if book.scope.zone or book.scope.authority:
        notes.append(book.say("note.whole_units"))
    return tuple(notes)


def _years(book: Book, balance: pd.DataFrame) -> pd.DataFrame:
    if book.scope.begin or book.scope.end:
        return ending(book, balance, "year")
    told = balance.loc[balance["use_m3"].notna(), "year"]
    last = told.max() if len(told) else None
    return balance[(balance["year"] == last).to_numpy(dtype=bool)] if is_given(last) else balance.iloc[:0]


def _units(book: Book, rows: pd.DataFrame) -> Iterable[str]:
    """The names of units; where neither the case nor the document has one, that of the row."""
    for unit, name in zip(rows["unit_id"], rows["name"], strict=True):
        told = book.words.place(unit)
        yield str(name) if told == unit and is_given(name) else told


def _by_level(book: Book, levels: pd.Series) -> tuple[Group, ...]:
    found = levels.to_numpy(dtype=object)
    named = dict.fromkeys(found)
    groups = [
        Group(book.words.token("sheet_level", level), tuple(map(int, (found == level).nonzero()[0])))
        for level in named
    ]
    return tuple(groups)


KINDS = (
    Kind("quarter_levels", ("unit_ranking",), quarter_levels),
    Kind("quarter_use", ("quota_balance",), quarter_use),
)
