"""参数及依据: the parameters of the run, the clauses of the document, the inputs with their hashes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from ...findings import OUTCOMES
from ...policy import Setting
from ...report.provenance import RUN_OPTIONS
from ...report.words import is_given
from ...rules.coverage import coverage
from ..book import Book
from ..column import Column, integers, texts
from ..found import joined, several
from ..table import Group, Table
from .kind import Kind


def parameters(book: Book) -> Table:
    """A line for each setting as the run used it, and for each option of the run."""
    rows = book["settings"].to_dict("records")
    known = book.run.policy.settings
    told = [_setting(book, row, known.get(str(row["key"]))) for row in rows]
    told += [_option(book, name) for name in RUN_OPTIONS if is_given(book.run.settings.get(name))]
    table = pd.DataFrame(told, columns=list(_PARAMETER), dtype=object)
    columns = tuple(texts(name, _heading(book, name), table[name]) for name in _PARAMETER)
    doubtful = int(sum(row["confidence"] == "unverified" for row in rows))
    gaps = int(sum(row["source"] == "gap" for row in rows))
    notes = (book.say("note.parameters", n=f"{len(told):,}", unverified=f"{doubtful:,}", gaps=f"{gaps:,}"),)
    return Table("parameters", book.say("title.parameters"), columns, (), notes)


_PARAMETER = ("key", "label", "value", "unit", "source", "confidence", "clause", "quote", "reason")


def _heading(book: Book, name: str) -> str:
    if name in ("key", "value", "source", "confidence", "clause"):
        return book.words.field("settings", name)
    headings = {
        "label": book.say("column.parameter"),
        "unit": book.words.field("findings", "measure_unit"),
        "quote": book.say("column.quote"),
        "reason": book.say("column.default_reason"),
    }
    return headings[name]


def _setting(book: Book, row: dict[str, Any], known: Setting | None) -> tuple[object, ...]:
    """A setting as the case keeps it: its value from there, its label and unit from the document."""
    words, chinese = book.words, book.language == "zh"
    clause = book.policy.clauses.get(str(row["clause"] or ""))
    value = json.loads(row["value"]) if is_given(row["value"]) else None
    told = _told(book, value, known) if known else str(row["value"])
    confidence = str(row["confidence"] or "")
    return (
        row["key"],
        known.label(book.language) if known else None,
        told,
        words.unit(known.unit) if known and known.unit else None,
        words.token("setting_source", row["source"]) if is_given(row["source"]) else None,
        words.either(f"confidence.{confidence}", confidence),
        row["clause"],
        joined(book, (clause.locator, clause.quote)) if clause else None,
        (known.reason_zh if chinese else known.reason_en) if known else None,
    )


def _told(book: Book, value: object, setting: Setting) -> str:
    """The value in words, without its unit, which stands in a column of its own."""
    if isinstance(value, list):
        value = tuple(value)
    if setting.type == "date" and isinstance(value, str):
        value = date.fromisoformat(value[:10])
    return book.words.setting(replace(setting, value=value, unit=""))


def _option(book: Book, name: str) -> tuple[object, ...]:
    given = book.run.settings[name]
    return (
        name,
        book.words(f"option.{name}"),
        f"{given:g}",
        None,
        book.words("run_option"),
        None,
        None,
        None,
        None,
    )


def clauses(book: Book) -> Table:
    """A line for each clause of the document: its words, who judges it, and how often with what outcome."""
    found = book["findings"]
    numbers = found.groupby(["clause", "outcome"]).size()
    passed = book["rule_counts"].groupby("clause")["n_pass"].sum()
    places = list(coverage(book.policy))
    items = [book.policy.clauses[place.clause] for place in places]
    say = book.say
    columns: list[Column] = [
        texts("clause", book.words.field("findings", "clause"), (item.id for item in items)),
        texts("locator", say("column.locator"), (item.locator for item in items)),
        texts("quote", say("column.quote"), (item.quote for item in items)),
    ]
    if book.language == "en":
        columns.append(texts("gloss", say("column.gloss"), (item.gloss for item in items)))
    columns += [
        texts(
            "rules",
            say("column.rules"),
            (joined(book, map(book.words.rule, place.rules)) for place in places),
        ),
        texts("gaps", say("column.gaps"), (joined(book, _gaps(book, place.gaps)) for place in places)),
        *(
            integers(
                f"n_{token}",
                _outcome(book, token),
                (numbers.get((item.id, token), 0) for item in items),
                True,
            )
            for token in OUTCOMES
        ),
        integers("n_passed", say("column.passed"), (passed.get(item.id, 0) for item in items), True),
    ]
    groups = (Group(say("total.all"), tuple(range(len(items)))),)
    other = len(found) - int(numbers.reindex([item.id for item in items], level=0).sum())
    return Table(
        "clauses", say("title.clauses"), tuple(columns), groups, (say("note.clauses", other=f"{other:,}"),)
    )


def _outcome(book: Book, token: str) -> str:
    return book.say("column.of_outcome", outcome=book.words.token("outcome", token))


def _gaps(book: Book, keys: Iterable[str]) -> Iterable[str]:
    """Settings that a clause waits for and that have no value."""
    settings = book.policy.settings
    return (settings[key].label(book.language) for key in keys if settings[key].value is None)


def inputs(book: Book) -> Table:
    """A line for each layer and table that the run was given, with its number of rows and the hash of its content."""
    given = book.run.manifest.get("inputs", ())
    say, field = book.say, book.words.field
    columns = (
        texts("role", field("imports", "role"), (book.words.token("role", item["role"]) for item in given)),
        texts("source", field("imports", "source"), (item.get("source") for item in given), personal="text"),
        integers("rows", say("column.rows"), (item["rows"] for item in given), True),
        texts("sha256", field("frozen_inputs", "sha256"), (item["sha256"] for item in given)),
    )
    run = book["runs"]
    hashes = run.loc[(run["run_id"] == book.run.run_id).to_numpy(dtype=bool), "finding_hash"].tolist()
    versions = book.run.manifest.get("versions", {})
    notes = (
        say(
            "note.inputs",
            run=book.run.run_id,
            version=book.run.policy.version,
            hash=hashes[0] if hashes else None,
        ),
        say(
            "note.versions",
            versions=several(book, (f"{name} {version}" for name, version in versions.items())),
        ),
    )
    groups = (Group(say("total.all"), tuple(range(len(given)))),)
    return Table("inputs", say("title.inputs"), columns, groups, notes)


KINDS = (
    Kind("parameters", ("settings",), parameters),
    Kind("clauses", ("findings", "rule_counts"), clauses),
    Kind("inputs", ("runs",), inputs),
)
