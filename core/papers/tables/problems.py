"""数据问题: what the last run found wrong with the data, which cells were changed or could not be read, which imports
there were."""

from __future__ import annotations

import pandas as pd

from ...casefile.changes import moment
from ...casefile.imports import WHOLE_ROW
from ...messages import catalogue, placeholders, render
from ...register.register import UNREADABLE
from ...report.basis import field_label
from ...report.lines import parsed
from ...report.sheet import DATA
from ...report.words import is_given
from ...schema import register_schema
from ..book import Book
from ..column import Column, texts
from ..found import NEEDS, joined, limited, listed
from ..table import Group, Table
from .findings import by_outcome, finding_columns, typed
from .kind import Kind

_COUNTED = ("n_read", "n_written", "n_set_aside", "n_changed", "n_problems")
_TYPED_CELLS = ("raw_value", "value")


def problems(book: Book) -> Table:
    """A line for each finding about data, with what stood in the cells that could not be read."""
    found = book["findings"]
    rows = listed(book, found[_about_data(found)])
    quoted = [joined(book, _quoted(row)) for row in rows.to_dict("records")]
    columns = (
        *finding_columns(book, rows),
        texts("found", book.words.field("problems", "found"), quoted, personal="text"),
        book.column("findings", "action", rows["action"]),
        book.column("decisions", "state", rows["state"]),
        typed(book, "decided_by", rows["decided_by"]),
        book.column("decisions", "decided_on", rows["decided_on"]),
    )
    notes = (book.say("note.problems"), *limited(book))
    return Table("problems", book.say("title.problems"), columns, by_outcome(book, rows["outcome"]), notes)


def _about_data(found: pd.DataFrame):
    return found["rule"].str.partition(".")[0].isin(DATA).to_numpy(dtype=bool)


def _quoted(row: dict) -> list[str]:
    """What stood in the cells that could not be read, as a finding holds it."""
    told = (parsed(row["message_values"]) or {}).get("found") if row["rule"] == UNREADABLE else None
    return [str(one) for one in (told if isinstance(told, list) else [told]) if is_given(one)]


def raw_values(book: Book) -> Table:
    """A line for each cell that an import changed or nobody could read, as the case keeps it."""
    rows = book["raw_values"]
    known = _of_scope(book, rows)
    left, rows = int((~known).sum()), rows[known.to_numpy(dtype=bool)].reset_index(drop=True)
    columns = (
        *(book.column("raw_values", name, rows[name]) for name in ("batch_id", "role", "row", "subject_id")),
        texts("field", book.words.field("raw_values", "field"), _fields(book, rows)),
        *(_cells(book, rows, name) for name in _TYPED_CELLS),
        texts(
            "reason_key",
            book.words.field("raw_values", "reason_key"),
            (_why(book, key) for key in rows["reason_key"]),
        ),
    )
    notes = [book.say("note.raw_values")]
    if left:
        notes.append(book.say("note.raw_left_out", n=f"{left:,}"))
    groups = (Group(book.say("total.all"), tuple(range(len(rows)))),)
    return Table("raw_values", book.say("title.raw_values"), columns, groups, tuple(notes))


def _of_scope(book: Book, rows: pd.DataFrame) -> pd.Series:
    scope = book.scope
    if not (scope.county or scope.zone or scope.authority):
        return pd.Series(True, index=rows.index)
    wells = {*book.wells["well_id"].dropna(), *book.wells["row_id"].dropna()}
    return ((rows["role"] == "wells") & rows["subject_id"].isin(wells)).astype(bool)


def _fields(book: Book, rows: pd.DataFrame) -> list[str]:
    whole = book.say("whole_row")
    return [
        whole if name == WHOLE_ROW else field_label(str(name), str(role), book.words)
        for role, name in zip(rows["role"], rows["field"], strict=True)
    ]


def _cells(book: Book, rows: pd.DataFrame, name: str) -> Column:
    """Cells as somebody typed them; those of persons and whole rows, which may hold persons, are not printed."""
    hidden = [
        field == WHOLE_ROW or role == "persons" or _is_personal(str(role), str(field))
        for role, field in zip(rows["role"], rows["field"], strict=True)
    ]
    told = (None if hide else value for hide, value in zip(hidden, rows[name], strict=True))
    return texts(name, book.words.field("raw_values", name), told, personal="text")


def _is_personal(role: str, name: str) -> bool:
    roles = register_schema().roles
    return role in roles and name in roles[role].fields and roles[role].fields[name].personal


def _why(book: Book, key: object) -> str | None:
    """Why a cell is on record: the kind of change, or the rule that could not read it."""
    if not is_given(key):
        return None
    text = catalogue().get(str(key))
    if text is not None and not placeholders(text[book.language]):
        return render(str(key), {}, book.language)
    return book.words.rule(str(key))


def imports(book: Book) -> Table:
    """A line for each import with its counts, those taken back as well."""
    rows = book["imports"]
    rows = rows.assign(day=rows["imported_at"].map(_day)) if len(rows) else rows.assign(day=None)
    rows = book.in_period(rows, "day").reset_index(drop=True)
    field = book.words.field
    columns = (
        book.column("imports", "batch_id", rows["batch_id"]),
        book.column("imports", "role", rows["role"]),
        texts("source", field("imports", "source"), rows["source"], personal="text"),
        *(book.column("imports", name, rows[name]) for name in ("source_hash", "crs", "encoding")),
        *(book.column("imports", name, rows[name], total=True) for name in _COUNTED),
        texts("imported_at", field("imports", "imported_at"), rows["imported_at"].map(_moment)),
        texts("imported_by", field("imports", "imported_by"), rows["imported_by"], personal="text"),
        texts("undone_at", field("imports", "undone_at"), rows["undone_at"].map(_moment)),
        texts("undone_by", field("imports", "undone_by"), rows["undone_by"], personal="text"),
    )
    notes = [book.say("note.imports")]
    if book.scope.county or book.scope.zone or book.scope.authority:
        notes.append(book.say("note.whole_case"))
    groups = (Group(book.say("total.all"), tuple(range(len(rows)))),)
    return Table("imports", book.say("title.imports"), columns, groups, tuple(notes))


def _moment(at: object) -> str | None:
    return moment(at) if is_given(at) else None


def _day(at: object) -> str | None:
    return moment(at)[:10] if is_given(at) else None


KINDS = (
    Kind("problems", NEEDS, problems),
    Kind("raw_values", ("raw_values",), raw_values),
    Kind("imports", ("imports",), imports),
)
