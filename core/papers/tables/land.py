"""退减台账, one line for each area that was ever retired, and the yearly split of the targets among the units.

The case keeps what each unit has retired, not what of each area counted. That is worked out here from the areas and
events of the case by the function, and under the settings, of the run; a sum that is not the recorded one is told.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...enforce import EnforceSettings
from ...register.facts import land_history
from ...register.identity import ROW_ID
from ...report.figures import area
from ...report.retirement import sums_told
from ...report.words import is_given
from ...retirement import RetirementBalance, retirement_balance
from ...retirement.units import UNASSIGNED, depth_of
from ..book import Book
from ..column import Column, integers, reals, texts
from ..table import Group, Table
from .common import (
    by_id,
    day_lists,
    empty,
    joined,
    later_acts,
    no_filter,
    not_asked,
    of_years,
    several,
    unit_names,
)
from .kind import Kind

_NOTHING = 0.05
"""Sums of areas that differ by less are printed alike."""

_AREAS = ("target_mu", "retired_mu", "restored_mu", "net_mu", "gap_mu")


def retirement_ledger(book: Book) -> Table:
    """Areas in scope of which something happened in the period: since when, how much of each counts, by which paper."""
    asked = book.policy.has("retirement")
    account = _account(book) if asked and book.register.has("irrigation") else None
    lines = _lines(book, account)
    columns = (*_area(book, lines), *_counted(book, lines), *_proof(book, lines))
    if not asked and not len(lines):
        return empty(book, "retirement_ledger", columns, not_asked(book, "retirement"))
    units = list(dict.fromkeys(lines["unit_id"])) if account else []
    groups = [_group(book, lines, unit) for unit in units]
    whole = Group(book.say("total.all"), tuple(range(len(lines))))
    return Table(
        "retirement_ledger",
        book.say("title.retirement_ledger"),
        columns,
        (*(groups if len(groups) > 1 else []), whole) if len(lines) else (),
        _notes(book, lines, account),
    )


def _group(book: Book, lines: pd.DataFrame, unit: str) -> Group:
    rows = lines["unit_id"].eq(unit).to_numpy().nonzero()[0]
    return Group(book.words.place(unit), tuple(int(row) for row in rows))


def _account(book: Book) -> RetirementBalance:
    """The balance with the ground behind it, as the run drew it up."""
    run = book.run
    settings = EnforceSettings.kept(run.settings)
    return retirement_balance(
        book.register,
        run.used,
        run.as_of,
        baseline=settings.retirement_baseline,
        area_basis=settings.area_basis,
        parent_sum_only=settings.parent_sum_only,
    )


def _lines(book: Book, account: RetirementBalance | None) -> pd.DataFrame:
    """One row for each area with a fact, or each unit that it lies in, with its days and what of it counts."""
    facts = _facts(book)
    areas = _areas(book)
    pieces = _pieces(account)
    told = areas[areas.index.isin(facts.index.union(pieces.index))]
    lines = told.join(facts, how="left").join(pieces, how="left")
    lines["unit_id"] = lines["unit_id"].where(lines["unit_id"].notna(), _homes(book, lines, account))
    if account is not None:
        known = np.full(len(lines), pd.isna(account.settings.baseline))
        for name in ("retired_mu", "restored_mu", "net_mu"):
            lines[name] = lines[name].where(lines[name].notna() | known, 0.0)
    if book.scope.county:
        lines = lines[lines["unit_id"].map(book.county_of).eq(book.scope.county).to_numpy(dtype=bool)]
    lines = lines[_in_period(book, lines)]
    order = ["unit_id", "first", "area_id"]
    lines = lines.rename_axis(ROW_ID).reset_index()
    return lines.sort_values(order, kind="stable", na_position="last", ignore_index=True)


def _areas(book: Book) -> pd.DataFrame:
    """The areas of the case by row id: the editions that are in no other sense areas of their own are all listed."""
    if not book.register.has("irrigation"):
        columns = ["area_id", "county", "township", "village", "status", "area_mu"]
        return pd.DataFrame(columns=columns, index=pd.Index([], name=ROW_ID, dtype=object))
    frame = pd.DataFrame(book.register["irrigation"])
    return frame.set_index(ROW_ID)[["area_id", "county", "township", "village", "status", "area_mu"]]


def _facts(book: Book) -> pd.DataFrame:
    """By row id of the area: lists of the days ``retired`` and ``restored``, ``first`` of them all, and ``events``."""
    columns = ["retired", "restored", "first", "events"]
    if not book.register.has("irrigation"):
        return pd.DataFrame(columns=columns, index=pd.Index([], dtype=object))
    history = land_history(book.register)
    history = history[~(history["day"] > pd.Timestamp(book.run.as_of))]
    names = book.register["irrigation"][ROW_ID].to_numpy()
    history = history.assign(name=names[history["row"].to_numpy(dtype="int64")])
    by_area = history.groupby("name")
    found = pd.DataFrame({"first": by_area["day"].min(), "events": by_area["event_id"].agg(list)})
    for kind in ("retired", "restored"):
        own = history[history["kind"] == kind].groupby("name")["day"].agg(list)
        found[kind] = own.reindex(found.index)
    return found[columns]


def _pieces(account: RetirementBalance | None) -> pd.DataFrame:
    """By row id of the area, for each unit of the level that is listed: areas and what of them counts, on the basis of
    the run, on the day of the last target year."""
    columns = ["unit_id", "share", "own_mu", "retired_mu", "restored_mu", "net_mu"]
    if account is None or not len(account.pieces):
        return pd.DataFrame(columns=columns, index=pd.Index([], dtype=object))
    pieces = pd.DataFrame(account.pieces.drop(columns="geometry"))
    year = pieces["target_year"]
    pieces = pieces[(year == year.max()).fillna(False) if year.notna().any() else year.isna()]
    level = account.balance.drop_duplicates("unit_id").set_index("unit_id")["level"]
    listed = [unit for unit, one in level.items() if one == _level(level)]
    pieces = pieces[pieces["unit_id"].isin([*listed, UNASSIGNED]).to_numpy()]
    basis = account.settings.area_basis
    pieces = pieces.assign(
        share=pieces["share_ratio"],
        own_mu=pieces[f"{basis}_mu"],
        retired_mu=pieces[f"retired_{basis}_mu"],
        restored_mu=pieces[f"restored_{basis}_mu"],
    )
    pieces["net_mu"] = pieces["retired_mu"] - pieces["restored_mu"]
    return pieces.set_index("area_id")[columns]


def _level(levels: Iterable[str]) -> str:
    """The level whose units are listed: counties, else the lowest that there is."""
    there = sorted({level for level in levels if level}, key=depth_of)
    return "county" if "county" in there else there[-1] if there else ""


def _homes(book: Book, lines: pd.DataFrame, account: RetirementBalance | None) -> pd.Series:
    """The unit in which an area lies of which nothing counts."""
    record = pd.Series(_by_record(book, lines), index=lines.index, dtype=object)
    if account is None:
        return record
    home = pd.Series(lines.index.map(account.homes), index=lines.index, dtype=object)
    return home.where(home.notna(), record).replace("", UNASSIGNED)


def _by_record(book: Book, lines: pd.DataFrame) -> list[str]:
    """The unit that the record of an area names; not assigned where it names none that is known."""
    policy, units = book.run.policy, book["units"]
    own = by_id(units, "name")["unit_id"].to_dict()
    texts_given = map(str, lines["county"].dropna().unique())
    known = {text: own.get(text) or policy.resolve_unit(text) or text for text in texts_given}
    return [known[str(text)] if is_given(text) else UNASSIGNED for text in lines["county"]]


def _in_period(book: Book, lines: pd.DataFrame) -> np.ndarray:
    """Areas that were retired or restored in the period."""
    days = pd.DataFrame(
        [
            (row, day)
            for name in ("retired", "restored")
            for row, found in enumerate(lines[name])
            for day in (found if isinstance(found, list) else [])
        ],
        columns=["row", "day"],
    )
    if book.scope.begin is None and book.scope.end is None:
        return np.ones(len(lines), dtype=bool)
    return np.isin(np.arange(len(lines)), book.in_period(days, "day")["row"].to_numpy())


def _area(book: Book, lines: pd.DataFrame) -> list[Column]:
    def of(name: str, total: bool = False) -> Column:
        return book.column("irrigation", name, lines[name], total)

    lists = {
        name: [one if isinstance(one, list) else [] for one in lines[name]]
        for name in ("retired", "restored")
    }
    return [
        of("area_id"),
        texts("unit", book.say("column.unit"), book.places(lines["unit_id"])),
        of("township"),
        of("village"),
        of("status"),
        day_lists(book, "retired_on", book.column("irrigation", "retired_on", []).label, lists["retired"]),
        day_lists(book, "restored_on", book.column("irrigation", "restored_on", []).label, lists["restored"]),
        of("area_mu"),
    ]


def _counted(book: Book, lines: pd.DataFrame) -> list[Column]:
    """Land of the area in the unit, what of it counts, and which share of the land that is."""
    share = lines["net_mu"].astype("float64") / lines["own_mu"].astype("float64")
    in_unit = lines["share"].astype("float64")
    return [
        reals("in_unit_percent", book.say("column.in_unit"), 100 * in_unit, 1),
        reals("own_mu", book.say("column.own_mu"), lines["own_mu"], 1, total=True),
        *(
            book.column("retirement_balance", name, lines[name], total=True)
            for name in ("retired_mu", "restored_mu", "net_mu")
        ),
        reals("counted_percent", book.say("column.counted_share"), 100 * share, 1),
    ]


def _proof(book: Book, lines: pd.DataFrame) -> list[Column]:
    """Papers and evidence of each area, and what the findings of the run say of it."""
    events = [one if isinstance(one, list) else [] for one in lines["events"]]
    papers = by_id(book["events"], "event_id")["doc_no"] if len(book["events"]) else {}
    evidence = book["evidence"]
    about = set().union(*events) if events else set()
    kept = evidence[evidence["event_id"].isin(about) & evidence["kind"].notna()]
    pieces: dict[str, list[str]] = {}
    for event_id, kind, day in kept[["event_id", "kind", "taken_on"]].astype(object).itertuples(index=False):
        told = [book.words.token("evidence_kind", kind)]
        told += [pd.Timestamp(day).date().isoformat()] if is_given(day) else []
        pieces.setdefault(event_id, []).append(" ".join(told))
    proof = (several(book, (one for event in own for one in pieces.get(event, []))) for own in events)
    return [
        texts(
            "doc_no",
            book.column("events", "doc_no", []).label,
            (several(book, dict.fromkeys(papers.get(event) for event in own)) for own in events),
        ),
        texts("evidence", book.say("column.evidence"), proof),
        texts("remarks", book.say("column.remarks"), _remarks(book, lines)),
    ]


def _remarks(book: Book, lines: pd.DataFrame) -> list[str | None]:
    """What was found of each area, and that a retirement before the baseline counts nothing."""
    findings = book["findings"]
    rule = findings["rule"].astype(str)
    own = findings[
        (findings["subject_role"].eq("irrigation") & rule.str.startswith("retirement.")).fillna(False)
    ]
    found: dict[str, list[str]] = {}
    for row in own.to_dict("records"):
        told = book.words.sentence(row["message_key"], row["message_values"], "irrigation")
        found.setdefault(row["subject_id"], []).append(told)
    baseline = _baseline(book)
    remarks = []
    for name, days, net in zip(lines[ROW_ID], lines["retired"], lines["net_mu"], strict=True):
        said = list(found.get(name, []))
        early = [day for day in days if is_given(day) and day < baseline] if isinstance(days, list) else []
        if early and is_given(net):
            said.append(book.say("retired_before", day=baseline.date().isoformat()))
        remarks.append(several(book, said))
    return remarks


def _baseline(book: Book) -> pd.Timestamp:
    """First day on which a retirement counts; NaT where none is known."""
    if not book.policy.has("retirement"):
        return pd.NaT
    given = EnforceSettings.kept(book.run.settings).retirement_baseline
    return pd.Timestamp(given or book.policy.setting("retirement.baseline").value)


def _notes(book: Book, lines: pd.DataFrame, account: RetirementBalance | None) -> tuple[str, ...]:
    if not book.policy.has("retirement"):
        notes = [not_asked(book, "retirement", "note.not_asked_land")]
    elif account is None:
        notes = [book.say("note.no_irrigation")]
    else:
        notes = [
            _how(book, account.settings.area_basis),
            book.say("note.retired_areas"),
            *_apart(book, account),
        ]
        if book.scope.begin or book.scope.end:
            notes.append(book.say("note.land_period"))
    return (*notes, *no_filter(book, "zone", "authority"), *later_acts(book))


def _how(book: Book, basis: str) -> str:
    """From when to when the areas are counted, and by which area."""
    years = book["retirement_balance"]["target_year"].dropna()
    due = pd.Timestamp(int(years.max()), 12, 31).date() if len(years) else book.run.as_of
    baseline = _baseline(book)
    return book.words(
        "retirement_how",
        baseline="—" if pd.isna(baseline) else baseline.date().isoformat(),
        day=min(due, book.run.as_of).isoformat(),
        basis=book.words(f"basis.{basis}"),
    )


def _apart(book: Book, account: RetirementBalance) -> list[str]:
    """Units whose recorded net area is not that of the areas as they stand: something was changed since the run."""
    keys = ["unit_id", "target_year"]
    then, now = (frame.set_index(keys)["net_mu"] for frame in (book["retirement_balance"], account.balance))
    both = pd.DataFrame({"then": then, "now": now.reindex(then.index)})
    apart = both[
        ((both["then"] - both["now"]).abs() >= _NOTHING) | (both["then"].isna() != both["now"].isna())
    ]
    return [
        book.say("note.land_apart", unit=book.words.place(unit), then=area(row["then"]), now=area(row["now"]))
        for (unit, _), row in apart.iterrows()
    ]


def retirement_split(book: Book) -> Table:
    """What each unit had to retire by each target year, what it has, and whether that is enough. The unit above all
    and land in none are in no sum."""
    rows = _split(book)
    columns = (
        integers(
            "target_year", book.column("retirement_balance", "target_year", []).label, rows["target_year"]
        ),
        texts("unit", book.say("column.unit"), unit_names(book, rows)),
        book.column("retirement_balance", "level", rows["level"]),
        *(book.column("retirement_balance", name, rows[name], total=True) for name in _AREAS),
        book.column("retirement_balance", "met", rows["met"]),
        book.column("retirement_balance", "period_state", rows["period_state"]),
        book.column("retirement_balance", "registered_mu", rows["registered_mu"], total=True),
        book.column("retirement_balance", "area_difference_mu", rows["area_difference_mu"], total=True),
        book.column("retirement_balance", "n_parcels", rows["n_parcels"]),
        book.column("retirement_balance", "outcome", rows["outcome"]),
    )
    if not book.policy.has("retirement"):
        return empty(book, "retirement_split", columns, not_asked(book, "retirement"))
    return Table(
        "retirement_split",
        book.say("title.retirement_split"),
        columns,
        _parts(book, rows),
        _split_notes(book, rows),
    )


def _split(book: Book) -> pd.DataFrame:
    """Rows of the balance of the run whose target year lies in the period, at least in part."""
    rows = of_years(book, book.of_units(book["retirement_balance"]), "target_year")
    return rows.sort_values("target_year", kind="stable", na_position="last", ignore_index=True)


def _parts(book: Book, rows: pd.DataFrame) -> tuple[Group, ...]:
    """For each target year the sum of the counties; of the lowest level where there is no county."""
    own = rows["level"].eq(_level(rows["level"].dropna()))
    groups = []
    for year in rows["target_year"].drop_duplicates():
        here = own & (rows["target_year"].eq(year) if is_given(year) else rows["target_year"].isna())
        label = book.say("total.parts", year=int(year)) if is_given(year) else book.say("total.all")
        groups.append(Group(label, tuple(int(row) for row in here.to_numpy(dtype=bool).nonzero()[0])))
    return tuple(group for group in groups if group.rows)


def _split_notes(book: Book, rows: pd.DataFrame) -> tuple[str, ...]:
    settings = EnforceSettings.kept(book.run.settings)
    basis = settings.area_basis or str(book.policy.setting("retirement.area_basis").value)
    notes = [_how(book, basis)]
    for _, part in rows.groupby("target_year", sort=True):
        notes += sums_told(part, book.words)
    clauses = list(dict.fromkeys(target.clause for target in book.policy.targets_for("retired_area")))
    if clauses:
        notes.append(book.say("note.clause", clause=joined(book, clauses)))
    if rows["unit_id"].eq(UNASSIGNED).any():
        notes.append(book.say("note.land_of_none"))
    if len(rows) and rows["net_mu"].isna().all():
        notes.append(book.say("note.no_irrigation"))
    return (*notes, *no_filter(book, "zone", "authority"), *later_acts(book))


KINDS = (
    Kind(
        "retirement_ledger",
        ("irrigation", "events", "evidence", "targets", "findings", "retirement_balance"),
        retirement_ledger,
    ),
    Kind("retirement_split", ("retirement_balance",), retirement_split),
)
