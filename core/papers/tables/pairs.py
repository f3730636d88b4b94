"""减二更一对应台账, one line for each well given up for a renewal, and the balance of each county."""

from __future__ import annotations

import json

import pandas as pd

from ...report.replacement import pool_name, state_name, why
from ...report.words import is_given
from ..book import Book
from ..column import Column, dates, reals, texts
from ..table import Group, Table
from .common import by_id, empty, joined, later_acts, no_filter, not_asked, regiments, several
from .kind import Kind
from .seals import seal_entries
from .wells import by_management

_COUNTED = ("sealed", "pending", "renewed", "reserved", "required", "deficit", "further", "approvable")
_APPLIED = ("n_applications", "n_approved")
_SUMMED = (*_COUNTED, *_APPLIED, "net_change", "n_doubt")
_MOST_NAMED = 20
"""Ids that a note names; the rest it counts."""


def pair_ledger(book: Book) -> Table:
    """Every pair that the ledger of the run knows, in scope and pledged in the period; the lines of a renewal follow
    one another, and what it may take stands in the first of them."""
    pairs = _pairs(book)
    columns = (*_who(book, pairs), *_days(book, pairs), *_volumes(book, pairs), *_judged(book, pairs))
    if not book.policy.has("replacement"):
        return empty(book, "pair_ledger", columns, not_asked(book, "replacement"))
    counted = pairs["counts"].astype(bool).to_numpy()
    own = Group(book.say("total.pairs_counted"), tuple(int(row) for row in counted.nonzero()[0]))
    return Table(
        "pair_ledger",
        book.say("title.pair_ledger"),
        columns,
        (*([own] if own.rows else []), *by_management(book, pairs["management"])),
        _notes(book, pairs),
    )


def _pairs(book: Book) -> pd.DataFrame:
    """Entries of the ledger on pairs, with the rows of the register that they are about."""
    ledger = book["ledger"]
    pairs = ledger[ledger["kind"].eq("pair").fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)
    values = [json.loads(text) if isinstance(text, str) else {} for text in pairs["reason_values"]]
    for name, key in (("pledged_on", "pledged_on"), ("started_on", "day"), ("renewal", "renewal")):
        pairs[name] = pd.Series([value.get(key) for value in values], index=pairs.index, dtype=object)
    pairs["renewal"] = pairs["renewal"].where(pairs["renewal"].notna(), pairs["renewal_id"])
    pairs = _recorded(book, pairs)
    pairs["application_id"] = _applications(book, pairs)
    filed = by_id(book["applications"], "application_id")
    if len(filed):
        by_paper = pairs["application_id"].map(filed["approval_no"])
        pairs["approval_no"] = pairs["approval_no"].where(pairs["approval_no"].notna(), by_paper)
    wells = book.well.reindex(pairs["well_id"])
    for name in ("county_id", "township_id", "township", "management"):
        pairs[name] = wells[name].to_numpy()
    pairs["before_m3"] = wells["permit_m3"].to_numpy()
    pairs["sealed_on"] = _sealed_on(book, pairs, wells)
    pairs["after_m3"] = _permits(book, pairs, filed)
    pairs = book.in_period(_in_scope(book, pairs), "pledged_on")
    return _ordered(pairs)


def _recorded(book: Book, pairs: pd.DataFrame) -> pd.DataFrame:
    """Role, approval and day of release as the register of pairs has them; the pledge of the same day is meant."""
    columns = ["role", "approval_no", "released_on"]
    own = book["pairs"][["renewal_id", "retired_id", "pledged_on", *columns]].astype(object)
    own["pledged_on"] = pd.to_datetime(own["pledged_on"]).dt.strftime("%Y-%m-%d").astype(object)
    own = own.drop_duplicates(["renewal_id", "retired_id", "pledged_on"])
    keys = ["renewal_id", "retired_id", "pledged_on"]
    given = {key: own[key].where(own[key].notna(), "") for key in keys}
    asked = pairs.assign(retired_id=pairs["well_id"])
    asked = {key: asked[key].astype(object).where(asked[key].notna(), "") for key in keys}
    index = pd.MultiIndex.from_frame(pd.DataFrame(given, columns=keys))
    place = index.get_indexer(pd.MultiIndex.from_frame(pd.DataFrame(asked, columns=keys)))
    for name in columns:
        values = own[name].to_numpy(dtype=object)
        pairs[name] = pd.Series(
            [values[at] if at >= 0 else None for at in place], index=pairs.index, dtype=object
        )
    # ``replaces`` of a well or application says that the well is replaced, and nothing more
    pairs["role"] = pairs["role"].where(pd.Series(place >= 0, index=pairs.index), "replaced")
    return pairs


def _applications(book: Book, pairs: pd.DataFrame) -> pd.Series:
    """The application of each renewal: under its own id, of the well that it became, or of the same approval."""
    filed = book["applications"]
    found = pd.Series(None, index=pairs.index, dtype=object)
    if not len(filed):
        return found
    own = pd.DataFrame(filed[filed["application_id"].notna()])
    ways = (
        (pairs["renewal_id"], "application_id"),
        (pairs["renewal"], "application_id"),
        (pairs["renewal"], "result_well_id"),
        (pairs["renewal"], "well_id"),
        (pairs["approval_no"], "approval_no"),
    )
    for value, column in ways:
        known = own[own[column].notna()].drop_duplicates(column).set_index(column, drop=False)
        found = found.where(found.notna(), value.map(known["application_id"]))
    return found


def _sealed_on(book: Book, pairs: pd.DataFrame, wells: pd.DataFrame) -> pd.Series:
    day = pd.Series(wells["row_id"].to_numpy(), index=pairs.index).map(seal_entries(book)["day"])
    return pd.to_datetime(day)


def _permits(book: Book, pairs: pd.DataFrame, filed: pd.DataFrame) -> pd.Series:
    """What each renewal may take: as its well is permitted, else as it was applied for."""
    of_well = pairs["renewal"].map(book.well["permit_m3"])
    if not len(filed):
        return of_well.astype("float64")
    return of_well.where(of_well.notna(), pairs["application_id"].map(filed["permit_m3"])).astype("float64")


def _in_scope(book: Book, pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of renewals in scope; where the renewal is not drilled, of retired wells in scope. A pair of which neither
    well is known belongs to the county of its pool."""
    scope = book.scope
    if not (scope.county or scope.zone or scope.authority):
        return pairs
    known, here = set(book.well.index), set(book.wells["well_id"].dropna())
    anchor = pairs["renewal"].where(pairs["renewal"].isin(known), pairs["well_id"])
    kept = anchor.isin(here)
    if not (scope.zone or scope.authority):
        kept |= ~anchor.isin(known) & pairs["pool_id"].map(book.county_of).eq(scope.county)
    return pairs[kept].reset_index(drop=True)


def _ordered(pairs: pd.DataFrame) -> pd.DataFrame:
    """Renewals by their first pledge; of each the replaced well first. ``after_m3`` stays in one line of each: the
    first that counts, else the first."""
    pairs = pairs.assign(
        first=pairs.groupby("renewal")["pledged_on"].transform("min"),
        reduced=pairs["role"].ne("replaced").fillna(True),
    )
    order = ["first", "renewal", "reduced", "pledged_on", "well_id"]
    pairs = pairs.sort_values(order, kind="stable", na_position="last", ignore_index=True)
    ranked = pairs.assign(out=~pairs["counts"].astype(bool)).sort_values("out", kind="stable")
    lead = ranked.drop_duplicates("renewal").index
    pairs["after_m3"] = pairs["after_m3"].where(pairs.index.isin(lead))
    return pairs


def _who(book: Book, pairs: pd.DataFrame) -> list[Column]:
    township = pairs["township_id"].where(pairs["township_id"].notna(), pairs["township"])
    return [
        book.column("pairs", "approval_no", pairs["approval_no"]),
        book.column("applications", "application_id", pairs["application_id"]),
        texts("pool", book.say("column.pool"), (pool_name(pool, book.words) for pool in pairs["pool_id"])),
        book.column("pairs", "renewal_id", pairs["renewal"]),
        book.column("pairs", "retired_id", pairs["well_id"]),
        book.column("pairs", "role", pairs["role"]),
        texts("county", book.say("column.retired_county"), _known(book, pairs["county_id"])),
        texts("township", book.say("column.retired_township"), _known(book, township)),
        book.column("wells", "management", pairs["management"]),
        texts(
            "state", book.say("column.pair_state"), (state_name(one, book.words) for one in pairs["state"])
        ),
        book.column("ledger", "counts", pairs["counts"]),
    ]


def _known(book: Book, units) -> list[str | None]:
    """Names of places; nothing where a well that is not in the register would lie."""
    return [book.words.place(unit) if is_given(unit) else None for unit in units]


def _days(book: Book, pairs: pd.DataFrame) -> list[Column]:
    return [
        book.column("pairs", "pledged_on", pairs["pledged_on"]),
        dates("sealed_on", book.say("column.sealed_on"), pairs["sealed_on"]),
        dates("commissioned_on", book.say("column.renewed_on"), pairs["started_on"]),
        book.column("pairs", "released_on", pairs["released_on"]),
    ]


def _volumes(book: Book, pairs: pd.DataFrame) -> list[Column]:
    lines = book["pair_lines"].drop_duplicates(["renewal_id", "retired_id"])
    metres = lines.set_index(["renewal_id", "retired_id"])["distance_m"] if len(lines) else {}
    keys = zip(pairs["renewal_id"], pairs["well_id"], strict=True)
    return [
        reals("before_m3", book.say("column.before_m3"), pairs["before_m3"], 0, total=True),
        reals("after_m3", book.say("column.after_m3"), pairs["after_m3"], 0, total=True),
        book.column("pair_lines", "distance_m", [metres.get(key) for key in keys]),
    ]


def _judged(book: Book, pairs: pd.DataFrame) -> list[Column]:
    reasons = [several(book, why(row, book.words)) for row in pairs.to_dict("records")]
    return [
        book.column("ledger", "permission", pairs["permission"]),
        texts("reason", book.say("column.reason"), reasons),
        book.column("ledger", "clause", pairs["clause"]),
    ]


def _notes(book: Book, pairs: pd.DataFrame) -> tuple[str, ...]:
    notes = [book.say("note.pairs"), *regiments(book, pairs["management"])]
    alone = _without_pairs(book)
    if alone:
        named = joined(book, alone[:_MOST_NAMED]) + ("…" if len(alone) > _MOST_NAMED else "")
        notes.append(book.say("note.renewals_alone", n=len(alone), renewals=named))
    if len(pairs) and pairs["before_m3"].isna().any():
        notes.append(book.say("note.no_volume", n=int(pairs["before_m3"].isna().sum())))
    return (*notes, *later_acts(book))


def _without_pairs(book: Book) -> list[str]:
    """Renewals in scope that the ledger counts and that no pair names."""
    ledger = book["ledger"]
    debits = ledger[(ledger["kind"].eq("debit") & ledger["counts"].astype(bool)).fillna(False)]
    named = [json.loads(text) for text in ledger.loc[ledger["kind"].eq("pair"), "reason_values"]]
    paired = {value.get("renewal") for value in named} | set(
        ledger.loc[ledger["kind"].eq("pair"), "renewal_id"]
    )
    alone = debits[~debits["renewal_id"].isin(paired)]
    return sorted(map(str, _in_scope(book, alone.assign(renewal=alone["renewal_id"]))["renewal_id"].dropna()))


def pair_balance(book: Book) -> Table:
    """The balance of each pool; zones follow for information and are in no sum."""
    rows = _balance(book)
    names = [*_COUNTED, *(name for name in _APPLIED if rows[name].notna().any()), "net_change", "n_doubt"]
    columns = (
        texts("pool", book.say("column.pool"), (pool_name(pool, book.words) for pool in rows["pool_id"])),
        book.column("ledger_balance", "pool_level", rows["pool_level"]),
        *(book.column("ledger_balance", name, rows[name], total=True) for name in names),
        book.column("ledger_balance", "outcome", rows["outcome"]),
    )
    if not book.policy.has("replacement"):
        return empty(book, "pair_balance", columns, not_asked(book, "replacement"))
    own = tuple(int(row) for row in rows["own"].to_numpy(dtype=bool).nonzero()[0])
    return Table(
        "pair_balance",
        book.say("title.pair_balance"),
        columns,
        (Group(book.say("total.pools"), own),) if own else (),
        _balance_notes(book, rows),
    )


def _balance(book: Book) -> pd.DataFrame:
    """Pools in scope, those that the ledger is kept by marked ``own``."""
    rows, scope = book["ledger_balance"].reset_index(drop=True), book.scope
    pool, zone = (rows["pool_id"].astype(str).str.split("/", n=1).str[place] for place in (0, 1))
    inside = zone.notna() if len(rows) else pd.Series(dtype=bool)
    zone = zone.where(inside, pool.where(rows["pool_level"].eq("zone")))
    kept = pd.Series(True, index=rows.index)
    if scope.county:
        zones = {one for ids in book.wells["zone_ids"].dropna() for one in str(ids).split(";")}
        by_zone = rows["pool_level"].eq("zone") & ~inside & zone.isin(zones)
        kept &= pool.map(book.county_of).eq(scope.county) | by_zone | rows["pool_level"].eq("city")
    if scope.zone:
        kept &= zone.eq(scope.zone)
    return rows.assign(own=~inside)[kept.to_numpy(dtype=bool)].reset_index(drop=True)


def _balance_notes(book: Book, rows: pd.DataFrame) -> tuple[str, ...]:
    notes = []
    if len(rows):
        reading, baseline = rows["reading"].iloc[0], pd.Timestamp(rows["baseline"].iloc[0])
        notes = [
            book.words(
                "balance_since", baseline=baseline.date().isoformat(), as_of=book.run.as_of.isoformat()
            ),
            book.words(f"balance_rule_{reading}"),
            book.say("note.zones_apart"),
            book.say("note.clause", clause=book.policy.setting("replacement.reading").clause),
        ]
    return (*notes, *no_filter(book, "authority", "period"), *later_acts(book))


KINDS = (
    Kind("pair_ledger", ("events", "ledger", "pairs", "applications", "pair_lines"), pair_ledger),
    Kind("pair_balance", ("ledger_balance",), pair_balance),
)
