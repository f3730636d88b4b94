"""One finding with all that it rests on and all that became of it, as texts to show: for the slip and the panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from ..casefile.changes import Question, moment
from ..casefile.content import POLICY_TEXT
from ..errors import OverdraftError
from ..findings import OUTCOMES
from ..personal import masked
from ..policy import Clause, Policy, load_policy, parse_policy
from ..register.identity import ROW_ID
from ..schema import Field, register_schema, results_schema
from .basis import UNITLESS, field_label, number, parameter_label, shown_value
from .decided import changes_of, decision_of, history_of
from .findings import subject_of
from .lines import Change, Line, Past, parsed, placed, say
from .objected import Objected, about_results, objections_of
from .words import Words, is_given

SYMBOLS = dict(zip(OUTCOMES, "✕△?◇✓", strict=True))
"""What tells the outcomes apart without colour."""

DATA = ("register", "facts", "placement")
"""Families of rules that speak of the quality of the data."""

_MOST_NAMES = 100
"""Ids that are looked up among the names of places: evidence may list thousands of wells."""

_LEFT_OUT = ("name", "placed", "outcome", ROW_ID)
"""Columns of a subject that are told elsewhere, or say nothing to a person."""


Row = Mapping[str, Any]


class Answers(Protocol):
    """What rows are asked of: a case file, or what was read from one."""

    def cells_of(self, questions: Iterable[Question]) -> list[list[dict[str, object]]]:
        """For each question the rows that hold one of its values."""


@dataclass(frozen=True)
class Sheet:
    """Everything about one finding, in one language; empty texts where there is nothing to say.

    Attributes:
        gone: the last run does not find it any more; what is shown is the finding that was decided on.
        subject, role, place: what it is about, of which layer, in which unit.
        facts: what the register holds of the subject, personal data left out.
        figures: measured value and limit with their unit.
        clause: None where the document is not at hand or has no such clause.
        document: title, number, issuer, day of issue and version.
        evidence: name, value and the layers that it comes from.
        settings: what the verdict depends on beside the clause; ``marked``: no text confirms it.
        notes: what a reader should know of the quality of the data.
        path: the tests in their order of decision, with the permission of each.
        decision: what a person decided; changes: what differs since then.
        objections: to what was decided on the well; nothing for other subjects.
        history: of the finding, and of the results of those objections.
    """

    finding_id: str
    gone: bool
    subject: str
    role: str
    place: str
    facts: tuple[Line, ...]
    rule: str
    outcome: str
    outcome_label: str
    symbol: str
    verdict: tuple[Line, ...]
    sentence: str
    figures: tuple[Line, ...]
    clause_id: str
    clause: Clause | None
    document: tuple[Line, ...]
    evidence: tuple[Line, ...]
    settings: tuple[Line, ...]
    notes: tuple[str, ...]
    path: tuple[Line, ...]
    state: str
    stale: bool
    decision: tuple[Line, ...]
    changes: tuple[Change, ...]
    objections: tuple[Objected, ...]
    history: tuple[Past, ...]
    run: tuple[Line, ...]
    invented: bool


@lru_cache(maxsize=16)
def shipped(policy_id: str) -> Policy | None:
    """The document of this id that comes with the program; None for one of the user's own."""
    try:
        return load_policy(policy_id)
    except OverdraftError:
        return None


@lru_cache(maxsize=16)
def written(text: str) -> Policy | None:
    """The document of this text; None where it is none."""
    try:
        return parse_policy(text, "policy.toml")
    except OverdraftError:
        return None


def _document_of(row: Row, texts: Iterable[Row], policy: Policy | None) -> Policy | None:
    """The document of a finding: the one given, one of ours or the one that the case holds, whichever is of its
    version; where none is, the first that bears its name, and a note says so."""
    given = (policy, shipped(str(row["policy_id"])), *(written(str(item["value"])) for item in texts))
    known = [item for item in given if item is not None and item.id == row["policy_id"]]
    return min(known, key=lambda item: item.version != row["policy_version"], default=None)


def finding_sheet(store: Answers, finding_id: str, language: str, policy: Policy | None = None) -> Sheet:
    """Collect a finding from a case.

    Args:
        policy: the document of the finding; None, or another one: that which the case holds or which comes with the
            program.

    Raises:
        OverdraftError: the case knows no such finding.
    """
    asked = [(table, "finding_id", (finding_id,)) for table in ("findings", "decided_findings", "decisions")]
    found, kept, decisions, texts = store.cells_of([*asked, ("meta", "key", (POLICY_TEXT,))])
    if not (found or kept):
        raise OverdraftError("slip.no_finding", found=finding_id)
    row: Row = (found or kept)[0]
    policy = _document_of(row, texts, policy)
    around = _around(store, row)
    subject = around.subject
    words = Words(language, policy, _names(store, row, subject))
    decision: Row = decisions[0] if decisions else {}
    clause = policy.clauses.get(row["clause"] or "") if policy else None
    unverified = set(parsed(row["unverified"]) or [])
    role = str(row["subject_role"])
    return Sheet(
        finding_id=finding_id,
        gone=not found,
        subject=_named(row, subject_of(row, words, policy), subject, words),
        role=words.either(f"role.{role}", words.token("role", role)),
        place=words.place(row["unit_id"]) if is_given(row["unit_id"]) and role != "units" else "",
        facts=tuple(facts_of(role, subject, words)),
        rule=words.rule(str(row["rule"])),
        outcome=str(row["outcome"]),
        outcome_label=words.token("outcome", row["outcome"]),
        symbol=SYMBOLS.get(str(row["outcome"]), ""),
        verdict=tuple(_verdict(row, words)),
        sentence=masked(words.sentence(row["message_key"], row["message_values"], role)),
        figures=tuple(_figures(row, words)),
        clause_id=str(row["clause"] or ""),
        clause=clause,
        document=tuple(_document(row, policy, words)),
        evidence=tuple(_evidence(row, words)),
        settings=tuple(_settings(row, around.settings, unverified, policy, words)),
        notes=tuple(_notes(row, around, len(unverified), policy, words)),
        path=tuple(_path(row, around.vetting, words)),
        state=words.token("decision_state", decision.get("state") or "open"),
        stale=bool(decision.get("stale")),
        decision=tuple(decision_of(decision, words)),
        changes=tuple(changes_of(decision, role, policy, words)),
        objections=tuple(objections_of(around.objections, around.of_well, words)),
        history=tuple(history_of(around.history, words)),
        run=tuple(_run(row, around.run, words)),
        invented=bool((parsed(around.run.get("manifest")) or {}).get("invented")),
    )


@dataclass(frozen=True)
class _Around:
    """What the case holds around a finding: the subject's row, its other findings, run, settings, history, and of a
    well the objections and its own history."""

    subject: Row
    others: list[dict[str, Any]]
    run: Row
    settings: list[dict[str, Any]]
    vetting: list[dict[str, Any]]
    history: list[Row]
    objections: list[dict[str, Any]]
    of_well: list[dict[str, Any]]


def _around(store: Answers, row: Row) -> _Around:
    role, subject = str(row["subject_role"]), str(row["subject_id"])
    roles = register_schema().roles
    keys = [*(parsed(row["settings"]) or {}), *(parsed(row["unverified"]) or [])]
    questions = [
        ("findings", "subject_id", (subject,)),
        ("runs", "run_id", (row["run_id"],)),
        ("settings", "key", keys),
        ("vetting", "subject_id", (subject,) if role == "applications" else ()),
        ("history", "subject", (row["finding_id"],)),
        ("merged_histories", "subject", (row["finding_id"],)),
    ]
    if role in roles:
        questions.append((role, ROW_ID if role == "wells" else roles[role].key[0], (subject,)))
    others, runs, settings, vetting, history, merged, *places = store.cells_of(questions)
    found = places[0] if places else []
    subject_row = found[0] if len(found) == 1 else {}  # an id on several rows names none of them
    well = subject_row.get("well_id", subject) if role == "wells" else ""
    objections, of_well, of_merged = _objected(store, well)
    own: list[Row] = sorted([*history, *about_results(of_well)], key=lambda entry: entry["seq"])
    before: list[Row] = [*merged, *about_results(of_merged)]
    if len(before) > len(merged):
        before.sort(key=lambda entry: str(entry["at"]))
    return _Around(
        subject=subject_row,
        others=[item for item in others if item["subject_role"] == role],
        run=runs[0] if runs else {},
        settings=settings,
        vetting=vetting,
        history=[*before, *_with_earlier(store, own)],  # a merge comes after all that it united
        objections=objections,
        of_well=[*of_merged, *of_well],
    )


def _objected(store: Answers, well: Any) -> tuple[list[dict[str, Any]], ...]:
    """The objections about a well, and where there are any its own history, and that of cases merged into this one."""
    if not is_given(well):
        return [], [], []
    asked = (("objections", "well_id"), ("history", "subject"), ("merged_histories", "subject"))
    found = store.cells_of([(table, column, (well,)) for table, column in asked])
    return tuple(found) if found[0] else ([], [], [])


def _with_earlier(store: Answers, history: list[Row]) -> list[Row]:
    """The entries about a finding, and before them those of the older document from which its decision came."""
    follow = next((item for item in history if item["kind"] == "follow"), None)
    if follow is None:
        return history
    old = str((parsed(follow["before"]) or {}).get("finding_id") or "")
    (earlier,) = store.cells_of([("history", "subject", (old,))])
    return [*_with_earlier(store, [item for item in earlier if item["seq"] < follow["seq"]]), *history]


def _names(store: Answers, row: Row, subject: Row) -> dict[str, str]:
    """Names of the units and zones that the finding mentions, by their id."""
    told = {**subject, **(parsed(row["evidence"]) or {}), **(parsed(row["message_values"]) or {})}
    ids = set(_ids([row["unit_id"], row["subject_id"], *told.values()]))
    asked = (("units", "unit_id"), ("zones", "zone_id"))
    answers = store.cells_of((role, key, sorted(ids)[:_MOST_NAMES]) for role, key in asked)
    return {
        str(item[key]): str(item["name"])
        for (_, key), rows in zip(asked, answers, strict=True)
        for item in rows
        if is_given(item["name"])
    }


def _ids(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, list):
            yield from _ids(value)
        elif isinstance(value, str):
            yield from (part.strip() for part in value.split(";"))


def _named(row: Row, told: str, subject: Row, words: Words) -> str:
    """The subject with its id and its name in the register."""
    name, own = subject.get("name"), str(row["subject_id"])
    if row["subject_role"] == "units" and own != told:
        told = say("place", words.language, name=told, id=own)
    return masked(f"{told} {name}" if is_given(name) and str(name) not in told else told)


def facts_of(role: str, row: Row, words: Words) -> Iterable[Line]:
    """What the register, and the placement of wells, hold of the subject."""
    roles = register_schema().roles
    if role not in roles or not row:
        return
    fields = dict(roles[role].fields)
    if role == "wells":
        fields.update(results_schema().tables["placement"].fields)
    for name, item in fields.items():
        known = name in row and is_given(row[name]) and not item.personal
        if known and name not in _LEFT_OUT and name not in roles[role].key:
            yield Line(item.heading(words.language), _told(item, row[name], words))


def _told(item: Field, value: object, words: Words) -> str:
    """A cell of the register in words."""
    if item.type == "bool" and value in (0, 1):
        return words("yes" if value else "no")
    if item.many and isinstance(value, str):
        value = [part.strip() for part in value.split(";")]
    if isinstance(value, str):
        return placed(value, item.name, words)
    return masked(shown_value(value, item.name, words))


def _verdict(row: Row, words: Words) -> Iterable[Line]:
    """Permission, action and period, where there are any."""
    for name in ("permission", "action", "period", "period_state"):
        if is_given(row[name]) and row[name] != "none":
            label = words.field("findings", name)
            told = str(row[name]) if name == "period" else words.token(name, row[name])
            yield Line(label, told)


def _figures(row: Row, words: Words) -> Iterable[Line]:
    unit = "" if (row["measure_unit"] or "") in UNITLESS else words.unit(str(row["measure_unit"]))
    for name in ("measured", "threshold"):
        if is_given(row[name]):
            yield Line(words.field("findings", name), f"{number(row[name])} {unit}".strip())


def _document(row: Row, policy: Policy | None, words: Words) -> Iterable[Line]:
    """The document that was applied: title, number, issuer, day, version."""
    if policy is None:
        yield Line(words("policy"), str(row["policy_id"] or ""))
    else:
        chinese = words.language == "zh"
        title = policy.title if chinese or not policy.title_en else f"{policy.title_en} ({policy.title})"
        issued = policy.issued_on.isoformat() if policy.issued_on else ""
        given = {"policy": title, "number": policy.number, "issued_on": issued}
        given["issuer"] = policy.issuer if chinese else policy.issuer_en or policy.issuer
        yield from (Line(words(name), text) for name, text in given.items() if text)
    yield Line(words("policy_version"), str(row["policy_version"] or ""))


def _evidence(row: Row, words: Words) -> Iterable[Line]:
    role = str(row["subject_role"])
    for name, value in (parsed(row["evidence"]) or {}).items():
        if value is None or value == [] or value == "":
            continue
        source = sources(name, role, str(row["rule"]), words)
        yield Line(field_label(name, role, words, True), placed(value, name, words), source)


def sources(name: str, role: str, rule: str, words: Words) -> str:
    """The layer that a piece of evidence stands in; of a computed one the layers that the rule reads."""
    from ..rules.registry import all_rules  # loads every rule: only when somebody looks at a finding

    parts = rule.split(".")
    known = [all_rules().get(".".join(parts[:end])) for end in range(len(parts), 0, -1)]
    asked = next((item for item in known if item is not None), None)
    roles = register_schema().roles
    read = [one for one in dict.fromkeys((role, *(asked.needs if asked else ()))) if one in roles]
    holding = next((one for one in read if name in roles[one].fields), None)
    if holding:
        return roles[holding].label(words.language)
    if name in results_schema().tables["placement"].fields:
        return results_schema().tables["placement"].label(words.language)
    if not read:
        return words.either(f"role.{role}", role)
    joined = ("、" if words.language == "zh" else ", ").join(roles[one].label(words.language) for one in read)
    return say("computed_from", words.language, layers=joined)


def _settings(
    row: Row, kept: Iterable[Row], unverified: set[str], policy: Policy | None, words: Words
) -> Iterable[Line]:
    """The settings of the document that the verdict depends on, with the value of the run."""
    used = parsed(row["settings"]) or {}
    keys = [key for key in dict.fromkeys((*used, *sorted(unverified))) if policy and key in policy.settings]
    values = {item["key"]: parsed(item["value"]) for item in kept}
    for key in keys:
        value = used.get(key, values.get(key))
        told = words("not_set") if value is None else shown_value(value, key, words)
        label = policy.settings[key].label(words.language) if policy else key
        yield Line(label, told, key, key in unverified)
    if policy is None:
        yield from (
            Line(parameter_label(key, words), placed(value, key, words), key, key in unverified)
            for key, value in used.items()
        )


def _notes(row: Row, around: _Around, unverified: int, policy: Policy | None, words: Words) -> Iterable[str]:
    """What was found in the data of the subject, and what else weakens the verdict."""
    role, language = str(row["subject_role"]), words.language
    for item in around.others:
        if item["rule"].split(".")[0] in DATA and item["finding_id"] != row["finding_id"]:
            yield masked(words.sentence(item["message_key"], item["message_values"], role))
    if unverified:
        yield say("unverified", language, n=unverified)
    if role in register_schema().roles and not around.subject:
        yield say("no_subject", language)
    if policy is None:
        yield say("no_document", language, found=row["policy_id"])
    elif policy.version != row["policy_version"]:
        yield say("other_version", language, found=row["policy_version"], now=policy.version)


def _path(row: Row, vetting: Iterable[Row], words: Words) -> Iterable[Line]:
    """The clauses that were asked about an application, in the order of decision; nothing for other subjects."""
    for sheet in vetting:
        for item in parsed(sheet["fired"]) or []:
            what = words.sentence(item["message_key"], item.get("message_values"), item["subject_role"])
            label = words.token("permission", item["permission"])
            mine = item["rule"] == row["rule"] and item["clause"] == row["clause"]
            sign = SYMBOLS.get(str(item["outcome"]), "")
            yield Line(f"{sign} {label}", masked(what), str(item["clause"] or ""), mine)


def _run(row: Row, run: Row, words: Words) -> Iterable[Line]:
    yield Line(words("as_of"), str(run.get("as_of") or ""))
    yield Line(words("run"), str(row["run_id"] or ""))
    yield Line(words("made_at"), moment(run.get("finished_at") or ""))
