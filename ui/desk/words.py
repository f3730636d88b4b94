"""Labels of the register, and what the ledger says, as sentences."""

from __future__ import annotations

from collections.abc import Iterable

from ...core.desk import Credit, Recorded, Renewal, Standing, Vetted
from ...core.messages import render
from ...core.schema import register_schema, results_schema
from ...processing.texts import tr, ui_language

POOL_FIGURES = ("sealed", "pending", "renewed", "reserved", "further", "approvable")


def field(role: str, name: str) -> str:
    """The label of a field with its unit."""
    return register_schema().roles[role].fields[name].heading(ui_language())


def result_field(table: str, name: str) -> str:
    """The label of a column of a result table."""
    return results_schema().tables[table].fields[name].label(ui_language())


def token(enum: str, name: str) -> str:
    """The label of a token."""
    return results_schema().label(enum, name, ui_language())


def tokens(enum: str, names: Iterable[str]) -> str:
    """The labels of several tokens, joined."""
    return ("、" if ui_language() == "zh" else ", ").join(token(enum, name) for name in names)


def of_credit(credit: Credit) -> str:
    """How a sealed well stands in the ledger."""
    if credit.state == "none":
        return tr("{well} earns no credit: it is not sealed on that day.").format(well=credit.well_id)
    state = token("entry_state", credit.state)
    if credit.state == "excluded":
        values = {**credit.values, "use": token("use", str(credit.values.get("use") or ""))}
        reason = render(f"replacement.credit.{credit.reason}", values, ui_language())
        return tr("Credit of {well}: {state} – {reason}").format(
            well=credit.well_id, state=state, reason=reason
        )
    if credit.state == "pending":
        return tr("Credit of {well}: {state} – {lacks}").format(
            well=credit.well_id, state=state, lacks=lacking(credit.lacks, credit.any_of)
        )
    if credit.holder:
        return tr("Credit of {well}: {state} for {holder}").format(
            well=credit.well_id, state=state, holder=credit.holder
        )
    return tr("Credit of {well}: {state}").format(well=credit.well_id, state=state)


def of_renewal(name: str, renewal: Renewal) -> str:
    """How an application or its well stands in the ledger."""
    parts = [tr("{name} in the ledger: {stage}").format(name=name, stage=token("entry_state", renewal.stage))]
    if renewal.permission:
        parts.append(token("permission", renewal.permission))
    if renewal.pledged:
        parts.append(tr("wells pledged: {wells}").format(wells=", ".join(renewal.pledged)))
    return " · ".join(parts)


def lacking(kinds: Iterable[str], any_of: bool) -> str:
    """What evidence is missing."""
    named = tokens("evidence_kind", kinds)
    return (
        tr("lacks one of: {kinds}").format(kinds=named)
        if any_of
        else tr("lacks: {kinds}").format(kinds=named)
    )


def of_pool(standing: Standing, pool_id: str) -> str:
    """The balance of a pool in one line."""
    pool = standing.pool(pool_id)
    if not pool:
        return ""
    fields = results_schema().tables["ledger_balance"].fields
    figures = []
    for name in POOL_FIGURES:
        value = pool[name]
        figures.append(f"{fields[name].label(ui_language())} {'—' if value is None else value}")
    return f"{pool['pool_name']}: {' · '.join(figures)}"


def of_standing(standing: Standing | None, subjects: Iterable[str]) -> str:
    """What the ledger says of an act: its subjects, then their pools."""
    if standing is None:
        return tr("The policy keeps no ledger of replacements.")
    lines, pools = [], []
    for name in subjects:
        credit, renewal = standing.credits.get(name), standing.renewals.get(name)
        if renewal is not None:
            lines.append(of_renewal(name, renewal))
            pools.append(renewal.pool)
        elif credit is not None:
            lines.append(of_credit(credit))
            pools.append(credit.pool)
    lines += [line for pool in dict.fromkeys(pools) if (line := of_pool(standing, pool))]
    return "\n".join(lines)


def of_vetting(vetted: Vetted) -> str:
    """What the policy says of an application: the permission, its reason, each clause that spoke."""
    language = ui_language()
    label = token("permission", vetted.permission) if vetted.permission else "—"
    lines = [f"{label} · {', '.join(vetted.clauses)}".rstrip(" ·")]
    lines.append(render(vetted.message_key, vetted.message_values, language))
    for clause in vetted.fired:
        text = render(clause["message_key"], clause.get("message_values", {}), language)
        lines.append(f"{clause.get('clause', '')} {token('permission', clause['permission'])}: {text}")
    for one in vetted.conditions:
        text = render(one["message_key"], one.get("message_values", {}), language)
        lines.append(f"{one['clause']}: {text}")
    return "\n".join(dict.fromkeys(lines))


def of_act(done: Recorded) -> str:
    """What was recorded, in one line."""
    if done.kind == "objection":
        return tr("Recorded: {id} · {subject} · {day} · decisions open again: {n}").format(
            id=done.objection_id, subject=done.subject_id, day=done.day, n=len(done.more)
        )
    if done.kind == "objection_result":
        result = token("objection_result", done.token)
        return tr("Recorded: {id} · {subject} · {result} · {day}. Decide again in the review.").format(
            id=done.objection_id, subject=done.subject_id, result=result, day=done.day
        )
    enum = {"application": "application_kind", "link": "application_kind"}.get(done.kind, "event_kind")
    if done.kind in ("decision", "withdrawal"):
        enum = "application_decision"
    named = done.event_id or done.application_id
    what = token(enum, done.token)
    return tr("Recorded: {subject} · {what} · {day} · {id}").format(
        subject=done.subject_id, what=what, day=done.day, id=named
    )
