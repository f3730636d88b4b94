"""封井台账, one line for each well that is sealed or dismantled: since when, by which paper, with which evidence, and
whether the seal earns a credit."""

from __future__ import annotations

import json

import pandas as pd

from ...desk.standing import evidence_gap
from ...register.facts import CLOSED_STATES, sealing, well_history
from ...register.identity import ROW_ID
from ...replacement.evidence import pieces_of_seals
from ...report.replacement import state_name, why
from ...schema import register_schema
from ..book import Book
from ..column import Column, dates, texts
from ..table import Group, Table
from .common import by_id, day_lists, joined, later_acts, not_asked, regiments, several
from .kind import Kind
from .wells import by_management

_ENTRIES = ("credit:", "excluded-credit:")
"""What the ids of the ledger's entries on seals begin with; the row id of the well follows."""


def seal_ledger(book: Book) -> Table:
    """Every seal in scope whose day lies in the period, those of wells of regiments apart and inside."""
    seals = _seals(book)
    pieces = _pieces(book)
    kinds = _kinds(book, pieces[pieces["row_id"].isin(seals["row_id"])])
    columns = [*_well(book, seals), *_evidence(book, seals, pieces, kinds), *_credit(book, seals)]
    counted = seals["counts"].fillna(False).astype(bool)
    groups = [
        Group(book.say("total.counted"), _rows(counted)),
        Group(book.say("total.not_counted"), _rows(~counted & seals["entry_id"].notna())),
    ]
    return Table(
        "seal_ledger",
        book.say("title.seal_ledger"),
        tuple(columns),
        (*(group for group in groups if group.rows), *by_management(book, seals["management"])),
        _notes(book, seals),
    )


def seal_entries(book: Book) -> pd.DataFrame:
    """What the ledger of the run says of seals: its rows with ``day``, ``zone`` and ``event`` of each, by row id."""
    ledger = book["ledger"]
    names = ledger["entry_id"].astype(str)
    own = names.str.startswith(_ENTRIES).to_numpy(dtype=bool)
    rows = ledger[own].assign(row_id=[name.partition(":")[2] for name in names[own]])
    values = [json.loads(text) if isinstance(text, str) else {} for text in rows["reason_values"]]
    for name in ("day", "zone", "event"):
        rows[name] = pd.Series([value.get(name) for value in values], index=rows.index, dtype=object)
    return rows.drop_duplicates("row_id").set_index("row_id")


def _seals(book: Book) -> pd.DataFrame:
    """Wells in scope that are sealed or dismantled, or that the ledger speaks of, with the entry of each."""
    state = _sealed(book)
    entries = seal_entries(book)
    wells = book.wells[book.wells["row_id"].isin(state.index.union(entries.index))]
    seals = wells.drop(columns=["outcome"]).merge(state, left_on="row_id", right_index=True, how="left")
    columns = ["entry_id", "state", "counts", "renewal_id", "reason_key", "reason_values", "clause"]
    seals = seals.merge(
        entries[[*columns, "day", "zone", "event"]], left_on="row_id", right_index=True, how="left"
    )
    listed = seals["entry_id"].notna()  # what the run recorded wins over what the register says by now
    seals["sealed_on"] = pd.to_datetime(seals["day"]).where(listed, seals["own_day"])
    seals["seal_event"] = seals["event"].where(listed, seals["own_event"])
    seals = book.in_period(seals, "sealed_on")
    order = ["county_id", "sealed_on", "well_id"]
    return seals.sort_values(order, kind="stable", na_position="last", ignore_index=True)


def _sealed(book: Book) -> pd.DataFrame:
    """``own_day`` and ``own_event`` of each well that its events or the register call sealed on the day of the run."""
    register = book.register
    found = sealing(
        well_history(register), len(register["wells"]), pd.Timestamp(book.run.as_of), CLOSED_STATES
    )
    found.index = pd.Index(register["wells"][ROW_ID])
    found = found[found["sealed"] | found["undated"]]
    return found[["day", "event_id"]].set_axis(["own_day", "own_event"], axis=1)


def _pieces(book: Book) -> pd.DataFrame:
    """Evidence that counts for each seal, by ``row_id`` of its well, in the order in which it was taken."""
    register, entries = book.register, seal_entries(book)
    subject = register["wells"][ROW_ID]
    day = pd.to_datetime(subject.map(entries["day"]) if len(entries) else pd.Series(dtype=object))
    own = subject.map(_sealed(book)["own_day"])
    sealed_on = day.reindex(subject.index).where(subject.isin(entries.index), own)
    facts = pd.DataFrame({"subject": subject, "sealed_on": pd.to_datetime(sealed_on)})
    facts["sealed"] = facts["sealed_on"].notna()
    pieces = pieces_of_seals(register, facts, pd.Timestamp(book.run.as_of))
    doc_no = (
        pieces["event_id"].map(by_id(book["events"], "event_id")["doc_no"])
        if len(book["events"])
        else pd.Series(pd.NA, index=pieces.index)
    )
    pieces["file"] = pieces["path"].where(pieces["path"].notna() | (pieces["kind"] != "document"), doc_no)
    pieces["row_id"] = subject.to_numpy()[pieces["row"].to_numpy(dtype="int64")]
    return pieces.sort_values(["row_id", "taken_on"], kind="stable", ignore_index=True)


def _kinds(book: Book, pieces: pd.DataFrame) -> list[str]:
    """Kinds of evidence that are on record for a seal or that the document names, in the order of the schema."""
    wanted = set(pieces["kind"])
    if book.policy.has("replacement"):
        wanted |= set(book.policy.setting("replacement.evidence_kinds").value or ())
    return [kind for kind in register_schema().enums["evidence_kind"] if kind in wanted]


def _well(book: Book, seals: pd.DataFrame) -> list[Column]:
    def of(name: str, total: bool = False) -> Column:
        return book.column("wells", name, seals[name], total)

    states = book.states["state"].reindex(seals["row_id"])
    state = states.where(states.notna(), seals["status"].to_numpy())
    events = by_id(book["events"], "event_id")["doc_no"] if len(book["events"]) else pd.Series(dtype=object)
    zone = seals["zone"].where(seals["entry_id"].notna(), seals["zone_id"])
    return [
        of("well_id"),
        of("name"),
        texts("county", of("county").label, book.places(seals["county_id"])),
        texts("township", of("township").label, _township(book, seals)),
        of("village"),
        of("use"),
        of("management"),
        of("permit_no"),
        of("permit_m3", total=True),
        texts("zone", book.say("column.seal_zone"), (_zone(book, one) for one in zone)),
        book.column("wells", "status", state),
        dates("sealed_on", book.say("column.sealed_on"), seals["sealed_on"]),
        book.column("events", "doc_no", seals["seal_event"].map(events)),
    ]


def _township(book: Book, seals: pd.DataFrame) -> list[str]:
    township = seals["township_id"].where(seals["township_id"].notna(), seals["township"])
    return [book.words.place(one) for one in township]


def _zone(book: Book, zone: object) -> str | None:
    return None if pd.isna(zone) else book.words.place(zone)


def _evidence(book: Book, seals: pd.DataFrame, pieces: pd.DataFrame, kinds: list[str]) -> list[Column]:
    """Of each kind when it was taken, the file or the number, and who inspected; then what is missing."""
    columns = []
    for kind in kinds:
        own = pieces[pieces["kind"] == kind].groupby("row_id")
        label = book.words.token("evidence_kind", kind)
        found = {
            name: own[name].agg(list).reindex(seals["row_id"]) for name in ("taken_on", "file", "checked_by")
        }
        lists = {
            name: [one if isinstance(one, list) else [] for one in cells] for name, cells in found.items()
        }
        columns += [
            day_lists(book, f"{kind}_on", book.say("column.evidence_on", kind=label), lists["taken_on"]),
            texts(
                f"{kind}_file",
                book.say("column.evidence_file", kind=label),
                (several(book, files) for files in lists["file"]),
                personal="text",
            ),
            texts(
                f"{kind}_by",
                book.say("column.evidence_by", kind=label),
                (several(book, dict.fromkeys(names)) for names in lists["checked_by"]),
                personal="name",
            ),
        ]
    has = pieces.groupby("row_id")["kind"].agg(set)
    missing = [_missing(book, has.get(row_id, set())) for row_id in seals["row_id"]]
    return [*columns, texts("missing", book.say("column.missing"), missing)]


def _missing(book: Book, has: set[str]) -> str | None:
    """Kinds that the document still asks for, or that any one of them will do."""
    complete, lacks, any_of = evidence_gap(book.policy, has)
    if complete:
        return None
    named = joined(book, (book.words.token("evidence_kind", kind) for kind in lacks))
    return book.say("any_of", kinds=named) if any_of else named


def _credit(book: Book, seals: pd.DataFrame) -> list[Column]:
    """How the seal stands in the ledger of 减二更一 and why."""
    listed = seals["entry_id"].notna()
    state = [
        state_name(one, book.words) if here else None
        for one, here in zip(seals["state"], listed, strict=True)
    ]
    reasons = [
        several(book, why(row, book.words)) if here else _not_listed(book)
        for row, here in zip(seals.to_dict("records"), listed, strict=True)
    ]
    return [
        texts("credit", book.say("column.credit"), state),
        book.column("ledger", "counts", seals["counts"]),
        book.column("ledger", "renewal_id", seals["renewal_id"]),
        texts("reason", book.say("column.reason"), reasons),
        book.column("ledger", "clause", seals["clause"]),
    ]


def _not_listed(book: Book) -> str | None:
    return book.say("seal_not_listed") if book.policy.has("replacement") else None


def _rows(mask: pd.Series) -> tuple[int, ...]:
    return tuple(int(row) for row in mask.to_numpy(dtype=bool).nonzero()[0])


def _notes(book: Book, seals: pd.DataFrame) -> tuple[str, ...]:
    notes = [book.say("note.seals"), *regiments(book, seals["management"])]
    if not book.policy.has("replacement"):
        notes.append(not_asked(book, "replacement", "note.not_asked_credit"))
    elif not book.policy.setting("replacement.evidence_required").value:
        notes.append(book.say("note.no_evidence_asked"))
    if not len(book["evidence"]):
        notes.append(book.say("note.no_evidence"))
    without = int(seals["sealed_on"].isna().sum())
    if without:
        notes.append(book.say("note.no_seal_day", n=without))
    return (*notes, *later_acts(book))


KINDS = (Kind("seal_ledger", ("events", "evidence", "ledger"), seal_ledger),)
