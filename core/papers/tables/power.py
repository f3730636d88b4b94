"""What the water authority tells the power supplier: to which wells no power may be sold, for which the ground of that
is gone, and how many approvals and permits there were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ...power.accounts import account_links
from ...register.facts import CLOSED_STATES, power_cuts, well_history
from ...register.identity import ROW_ID
from ...report.lines import parsed
from ...report.words import is_given
from ..book import Book
from ..column import Column, reals, texts
from ..found import NEEDS, holds, joined, limited, listed, of_well, sentences
from ..table import Table
from .findings import typed
from .kind import Kind
from .wells import by_management

STOPS = ("cut_power", "no_power")
"""Actions of a finding that bar a well from power."""

BARRING = ("power.barred", "power.illegal")
"""Rules that say whether a well may have power at all, whatever the season."""

STANDING = ("fail", "review")
"""Outcomes under which the bar holds; ``review``: the clause bars the well and nobody knows whether it is supplied."""

_PLACE = ("township", "village", "use", "management")


def power_stop(book: Book) -> Table:
    """停供电通报: a line for each finding that bars a well from power and that nobody has set aside."""
    rows, aside = barred(book)
    accounts = accounts_of(book)
    energy = [(parsed(text) or {}).get("energy_kwh") for text in rows["evidence"]]
    columns = (
        *_wells(book, rows, accounts),
        reals("energy_kwh", book.words.field("readings", "energy_kwh"), energy, 1),
        book.column("findings", "action", rows["action"]),
        book.column("findings", "clause", rows["clause"]),
        texts("quote", book.say("column.quote"), _quotes(book, rows)),
        texts("why", book.say("column.why"), sentences(book, rows)),
        book.column("findings", "outcome", rows["outcome"]),
        book.column("decisions", "state", rows["state"]),
        typed(book, "decided_by", rows["decided_by"]),
        book.column("decisions", "decided_on", rows["decided_on"]),
        book.column("findings", "finding_id", rows["finding_id"]),
    )
    wells = rows["subject_id"].drop_duplicates()
    unlinked = sum(not accounts.get(well) for well in wells)
    notes = [book.say("note.stop", n=f"{len(rows):,}", wells=f"{len(wells):,}", unlinked=f"{unlinked:,}")]
    undecided = int((~rows["state"].isin(("accepted", "overridden", "verified"))).sum())
    notes.append(book.say("note.stop_decided", undecided=f"{undecided:,}", aside=f"{aside:,}"))
    groups = by_management(book, of_well(book, rows, "management"))
    return Table("power_stop", book.say("title.power_stop"), columns, groups, (*notes, *limited(book)))


def barred(book: Book) -> tuple[pd.DataFrame, int]:
    """The findings that bar wells in scope from power, in the order of the wells, and how many were set aside."""
    found = book["findings"]
    rows = listed(book, found[found["action"].isin(STOPS) & (found["subject_role"] == "wells")])
    stands = holds(rows).isin(STANDING)
    place = of_well(book, rows, "township_id")
    keyed = rows.assign(_township=place)[stands.to_numpy(dtype=bool)]
    order = ["county_id", "_township", "subject_id", "clause"]
    return keyed.sort_values(order, kind="stable", na_position="last", ignore_index=True), int(
        (~stands).sum()
    )


def accounts_of(book: Book) -> Mapping[str, str]:
    """The electricity accounts of each well by its row id, joined by ``;``."""
    links = account_links(book.register)
    links = links[(links["well"] >= 0).to_numpy()]
    ids = book.register["wells"][ROW_ID].to_numpy(dtype=object)
    by_well = links.assign(well=ids[links["well"].to_numpy()]).groupby("well")["account_no"]
    return by_well.agg(lambda names: ";".join(sorted(names))).to_dict()


@dataclass(frozen=True)
class _Orders:
    """Orders on record whose ground is gone, and how many others are not listed, by why.

    Attributes:
        rows: ``subject_id`` ``basis`` ``clause`` ``why`` (the ground) ``decided_by`` ``decided_on`` ``day`` (on which
            the ground was gone, where it is known) ``doc_no``, one line for each order.
        left: how many orders still stand (``standing``), speak of a well that is closed (``closed``) or no longer in
            the register (``unknown``), or of a rule that the last run did not ask (``unasked``).
    """

    rows: pd.DataFrame
    left: dict[str, int]


def power_back(book: Book) -> Table:
    """复供电通报: wells to which power had to be stopped by what a person decided or an event on record, in use or to
    be used, and of which the last run, asking the same, finds no ground any more."""
    orders = _ended(book)
    rows = orders.rows
    accounts = accounts_of(book)
    columns = (
        *_wells(book, rows, accounts),
        book.column("wells", "status", rows["subject_id"].map(_status(book))),
        texts("basis", book.say("column.basis"), rows["basis"]),
        book.column("findings", "clause", rows["clause"]),
        texts("why", book.say("column.former"), rows["why"]),
        typed(book, "decided_by", rows["decided_by"]),
        book.column("decisions", "decided_on", rows["decided_on"]),
        book.column("events", "effective_on", rows["day"]),
        book.column("events", "doc_no", rows["doc_no"]),
    )
    left = {name: f"{n:,}" for name, n in orders.left.items()}
    notes = (
        book.say("note.back", day=book.run.as_of.isoformat()),
        book.say("note.back_left", **left),
        *limited(book),
    )
    groups = by_management(book, of_well(book, rows, "management"))
    return Table("power_back", book.say("title.power_back"), columns, groups, notes)


def _ended(book: Book) -> _Orders:
    """Orders by decisions, then by events of wells that no decision names."""
    decided, events = _decided_orders(book), _event_orders(book)
    events = events[~events["subject_id"].isin(decided["subject_id"])]
    parts = [part for part in (decided, events) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else decided
    facts = _Facts(book)
    fates = pd.Series([_fate(row, facts) for row in rows.to_dict("records")], index=rows.index, dtype=object)
    left = {name: int((fates == name).sum()) for name in ("standing", "closed", "unknown", "unasked")}
    listed_rows = rows[(fates == "").to_numpy(dtype=bool)]
    return _Orders(listed_rows.sort_values(["subject_id", "clause"], kind="stable", ignore_index=True), left)


def _decided_orders(book: Book) -> pd.DataFrame:
    """Findings that barred a well when a person made an order of them; one lifted since by another decision too."""
    then = book["decided_findings"]
    then = then[then["action"].isin(STOPS) & (then["subject_role"] == "wells")]
    rows = listed(book, then)
    decided = rows["state"].isin(("accepted", "overridden", "verified"))
    aside = rows["decided_outcome"].map(is_given) & ~rows["decided_outcome"].isin(STANDING)
    kept = decided & (~aside | rows["finding_id"].isin(_once_ordered(book)))
    rows = rows[kept.to_numpy(dtype=bool)]
    told = (book.say("basis.not_found"), book.say("basis.lifted"))
    return pd.DataFrame(
        {
            "subject_role": "wells",
            "subject_id": rows["subject_id"],
            "rule": rows["rule"],
            "policy_id": rows["policy_id"],
            "basis": [told[bool(one)] for one in aside[rows.index]],
            "clause": rows["clause"],
            "why": sentences(book, rows),
            "decided_by": rows["decided_by"],
            "decided_on": rows["decided_on"],
            "day": None,
            "doc_no": None,
        },
        dtype=object,
    ).reset_index(drop=True)


def _once_ordered(book: Book) -> set[str]:
    """Findings that a person accepted or verified at some time, as the history tells."""
    acts = book["history"]
    acts = acts[acts["kind"].isin(("accept", "verify"))]
    return set(acts["subject"].dropna())


def _event_orders(book: Book) -> pd.DataFrame:
    """Wells whose power was cut by an event on record and that were reopened, by another one, on that day or later."""
    day = pd.Timestamp(book.run.as_of)
    cuts, opened = power_cuts(book.register), well_history(book.register)
    cuts = cuts[(cuts["day"] <= day).to_numpy()].drop_duplicates("row", keep="last")
    opened = opened[((opened["kind"] == "reopened") & (opened["day"] <= day)).to_numpy()]
    both = cuts.merge(opened.drop_duplicates("row", keep="last"), on="row", suffixes=("_cut", ""))
    both = both[(both["day"] >= both["day_cut"]).to_numpy()]
    ids = book.register["wells"][ROW_ID].to_numpy(dtype=object)[both["row"].to_numpy(dtype="int64")]
    rows = pd.DataFrame(
        {
            "subject_role": "wells",
            "subject_id": ids,
            "rule": BARRING[0],
            "policy_id": book.policy.id,
            "basis": book.say("basis.reopened"),
            "clause": None,
            "why": [
                book.say("cut_on", day=str(cut)[:10], number=number if is_given(number) else None)
                for cut, number in zip(both["day_cut"], both["doc_no_cut"], strict=True)
            ],
            "decided_by": None,
            "decided_on": None,
            "day": both["day"].to_numpy(),
            "doc_no": both["doc_no"].to_numpy(),
        },
        dtype=object,
    )
    wells = set(book.wells[ROW_ID].dropna())
    return rows[rows["subject_id"].isin(wells).to_numpy(dtype=bool)].reset_index(drop=True)


class _Facts:
    """What the last run says of wells and of the rules about power."""

    def __init__(self, book: Book) -> None:
        counts = book["rule_counts"]
        self.policies = {book.policy.id, book.policy.succeeds} - {""}
        self.asked = set(counts.loc[(counts["n_subjects"] > 0).fillna(False).to_numpy(dtype=bool), "rule"])
        self.status = _status(book)
        found = book["findings"]
        found = found[(found["subject_role"] == "wells").to_numpy(dtype=bool)]
        rows = listed(book, found)
        open_ = holds(rows).isin((*STANDING, "not_evaluated"))
        about = rows["action"].isin(STOPS) | rows["rule"].str.startswith("power.")
        held = rows[(open_ & about).to_numpy(dtype=bool)]
        self.open = set(zip(held["subject_id"], held["rule"], strict=True))
        self.stopped = set(held.loc[held["action"].isin(STOPS).to_numpy(dtype=bool), "subject_id"])


def _fate(order: Mapping[str, object], facts: _Facts) -> str:
    """Why an order is not ended; empty for one that is."""
    well = str(order["subject_id"])
    if well not in facts.status:
        return "unknown"
    if facts.status[well] in CLOSED_STATES:
        return "closed"
    rules = {str(order["rule"]), *BARRING}
    if well in facts.stopped or any((well, rule) in facts.open for rule in rules):
        return "standing"
    asked = order["policy_id"] in facts.policies and order["rule"] in facts.asked
    return "" if asked else "unasked"


def _status(book: Book) -> dict[str, object]:
    """The state of each well on the day of the run, by row id: as its events have it, else as the register says."""
    wells = book["wells"].drop_duplicates(ROW_ID).set_index(ROW_ID)["status"].astype(object).to_dict()
    return {**wells, **book.states["state"].to_dict()}


def _wells(book: Book, rows: pd.DataFrame, accounts: Mapping[str, str]) -> list[Column]:
    """Which well a line is about, and by which accounts it has power."""
    township = of_well(book, rows, "township_id")
    township = township.where(township.notna(), of_well(book, rows, "township"))
    return [
        book.column("wells", "well_id", of_well(book, rows, "well_id")),
        book.column("wells", "name", of_well(book, rows, "name")),
        texts("county", book.words.field("wells", "county"), book.places(of_well(book, rows, "county_id"))),
        *(
            book.column(
                "wells",
                name,
                map(book.words.place, township) if name == "township" else of_well(book, rows, name),
            )
            for name in _PLACE
        ),
        texts("account_no", book.words.field("wells", "account_no"), rows["subject_id"].map(accounts)),
    ]


def _quotes(book: Book, rows: pd.DataFrame) -> list[str | None]:
    """The clauses of the document in their own words."""
    clauses = book.policy.clauses
    return [
        joined(book, (clauses[clause].locator, clauses[clause].quote)) if clause in clauses else None
        for clause in rows["clause"]
    ]


KINDS = (
    Kind("power_stop", (*NEEDS, "account_wells"), power_stop),
    Kind(
        "power_back",
        (*NEEDS, "account_wells", "events", "rule_counts", "history"),
        power_back,
    ),
)
