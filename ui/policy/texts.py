"""Words of the policy windows: where a value comes from, how sure it is, and names of what is compared."""

from __future__ import annotations

from datetime import date

from ...core.messages import catalogue, render, show
from ...core.policy import Clause, Policy, Setting
from ...core.report.basis import parameter_choice
from ...core.report.words import Words
from ...processing.texts import tr, ui_language


def words_of(policy: Policy) -> Words:
    """Labels of values in the language of QGIS."""
    return Words(ui_language(), policy)


def state(setting: Setting) -> str:
    """Where a value comes from and how sure it is: a sign and its text, so that no colour is needed."""
    if setting.type == "register":
        return "▦ " + tr("from tables of the register")
    if setting.source == "user":
        return "✎ " + tr("given by a person")
    if setting.value is None:
        return "○ " + (
            tr("not set (optional)") if setting.optional else tr("not set: the text gives no value")
        )
    if setting.confidence == "unverified":
        return "? " + tr("unverified: a reading of ours")
    if setting.confidence == "corroborated":
        return "≈ " + tr("corroborated")
    return "✓ " + tr("stands in the text")


def allowed(setting: Setting, words: Words) -> str:
    """What a value may be; empty where anything of the type will do."""
    if setting.allowed:
        return chosen(setting.allowed, words)
    low, high = setting.minimum, setting.maximum
    unit = words.unit(setting.unit)
    if low is not None and high is not None:
        return tr("{low} to {high} {unit}").format(low=low, high=high, unit=unit).strip()
    if low is not None:
        return tr("{low} {unit} or more").format(low=low, unit=unit).replace("  ", " ")
    if high is not None:
        return tr("{high} {unit} or less").format(high=high, unit=unit).replace("  ", " ")
    return ""


def kind(token: str) -> str:
    """A kind of clause, its sub-kind, if any, in brackets."""
    first, _, rest = token.partition(".")
    known = {
        "target": tr("target"),
        "quantity_limit": tr("limit on a quantity"),
        "spatial_prohibition": tr("prohibition by place"),
        "permit_rule": tr("rule on permits"),
        "metering_rule": tr("rule on metering"),
        "monitoring_rule": tr("rule on monitoring"),
        "reporting_rule": tr("rule on reporting"),
        "ranking_rule": tr("rule on ranking"),
        "fee_rule": tr("rule on fees"),
    }
    return known.get(first, first) + (f" ({named('kind', rest)})" if rest else "")


def force(token: str) -> str:
    """How strongly a clause binds."""
    known = {
        "mandatory": tr("mandatory"),
        "soft": tr("soft: reported, never failed"),
        "claimed": tr("claimed result"),
    }
    return known.get(token, token)


def evaluation(token: str) -> str:
    """How a clause is judged."""
    known = {
        "computable": tr("computable"),
        "parameter": tr("needs a value that the text lacks"),
        "checklist": tr("for a person to check"),
    }
    return known.get(token, token)


def clause_text(clause: Clause) -> str:
    """A clause as it stands beside what rests on it."""
    quote = clause.quote if clause.quote_read else tr("Nobody has read the words; this is a paraphrase.")
    head = f"{clause.id} · {clause.locator}"
    told = " · ".join((*map(kind, clause.kind), force(clause.force), evaluation(clause.evaluation)))
    return "\n\n".join((head, quote, clause.gloss, told))


def section(token: str) -> str:
    """A section of a comparison."""
    return {
        "identity": tr("Identity"),
        "clauses": tr("Clauses"),
        "settings": tr("Parameters"),
        "rules": tr("Rules"),
        "targets": tr("Targets"),
        "units": tr("Places"),
        "items": tr("Quantities"),
        "authorities": tr("Authorities"),
        "zones": tr("Zones named"),
        "notes": tr("Notes"),
    }[token]


def change(token: str) -> str:
    """What became of a line, with its sign."""
    return {
        "added": "+ " + tr("added"),
        "gone": "− " + tr("gone"),
        "changed": "≠ " + tr("changed"),
    }[token]


def field(token: str) -> str:
    """The name of one value of an entry; one that has no words of its own as it stands in the file."""
    return named("field", token)


def named(family: str, token: str) -> str:
    """The words of a token that only policies have: of ``field``, ``kind``, ``type`` or ``purpose``."""
    key = f"profile.{family}.{token}"
    return render(key, {}, ui_language()) if key in catalogue() else token


def origin(token: str) -> str:
    """A source or a confidence."""
    known = {
        "text": tr("stands in the text"),
        "default": tr("a reading of ours"),
        "user": tr("given by a person"),
        "gap": tr("the text gives no value"),
        "verified": tr("verified"),
        "corroborated": tr("corroborated"),
        "unverified": tr("unverified"),
        "absent": tr("absent"),
    }
    return known.get(token, token)


def value(given: object) -> str:
    """A value of a comparison as text, uncut."""
    if isinstance(given, bool):
        return tr("yes") if given else tr("no")
    if isinstance(given, date):
        return given.isoformat()
    return show(given, ui_language())


def chosen(given: object, words: Words) -> str:
    """One or several values of a parameter of a policy in words."""
    members = given if isinstance(given, tuple) else (given,)
    return "; ".join(words.choice(one) if isinstance(one, str) else value(one) for one in members)


def parameter(name: str, given: object, words: Words) -> str:
    """A value of a parameter of a rule as text."""
    members = given if isinstance(given, tuple) else (given,)
    return "; ".join(
        parameter_choice(name, one, words) if isinstance(one, str) else value(one) for one in members
    )
