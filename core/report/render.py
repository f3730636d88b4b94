"""The report as one self-contained HTML page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import OverdraftError
from ..schema import RESOURCES
from . import findings, provenance, replacement, retirement, wells
from .charts import charts_of
from .figures import count
from .words import Words, is_given

if TYPE_CHECKING:
    from jinja2 import Environment

    from ..enforce import EnforceResult

TEMPLATES = RESOURCES / "report"
ROWS = 20
"""Rows shown of each rule and each side of the ledger; the case file holds the rest."""


def render_report(
    result: EnforceResult, language: str, *, case_path: str = "", history_head: str = "", rows: int = ROWS
) -> str:
    """The report of a run in ``en`` or ``zh``: one HTML page without scripts or anything from elsewhere.

    Every figure is taken from the tables that go into the case file, so that each can be queried there.

    Args:
        case_path: where the case file stands, if it is to be named.
        history_head: last hash of the case file's history, printed so that a history cut off at its end shows.
        rows: how many rows of each rule and each side of the ledger are shown.

    Raises:
        OverdraftError: the package jinja2 is missing.
    """
    words = Words(language, result.policy, place_names(result))
    context = {
        "t": words,
        "lang": "zh-CN" if language == "zh" else "en",
        "head": _head(result, language),
        "total": count(len(result.wells)),
        "outcomes": wells.outcome_rows(result, words),
        "not_covered": int(result.not_covered.sum()),
        "counties": wells.county_rows(result, words),
        "authorities": wells.authority_rows(result, words),
        "zones": wells.zone_rows(result, words),
        "warnings": _warnings(result, words),
        "ledger": replacement.ledger_section(result.ledger, result.as_of, words, rows)
        if result.ledger
        else None,
        "retirement": retirement.balance(result, result.retirement, words) if result.retirement else None,
        "clauses": provenance.clauses(result, words),
        "checks": provenance.check_rows(result, words),
        "notes": [note.zh if language == "zh" else note.en for note in result.policy.notes],
        "settings": provenance.setting_rows(result, words),
        "gaps": provenance.gaps(result, words),
        "inputs": provenance.input_rows(result, words),
        "versions": provenance.manifest_of(result).get("versions", {}),
        "case_path": case_path,
        "history_head": history_head,
    }
    rules = findings.by_rule(result, words)
    context |= {
        "charts": charts_of(context, words),
        "rules": rules,
        "found": findings.totals(rules, result),
        "groups": findings.first_rows(result, rules, words, rows),
    }
    return environment().get_template("report.html.j2").render(context)


def place_names(result: EnforceResult) -> dict[str, str]:
    """Names of units and zones by id, as the register writes them."""
    names: dict[str, str] = {}
    for role, key in (("units", "unit_id"), ("zones", "zone_id")):
        frame = result.register.get(role)
        if frame is not None:
            given = frame[[key, "name"]].dropna()
            names |= dict(zip(given[key], given["name"], strict=True))
    return names


def _head(result: EnforceResult, language: str) -> dict[str, object]:
    policy, manifest = result.policy, provenance.manifest_of(result)
    chinese = language == "zh"
    return {
        "policy": policy.title if chinese else policy.title_en or policy.title,
        "original": "" if chinese or not policy.title_en else policy.title,
        "number": policy.number,
        "issuer": policy.issuer if chinese else policy.issuer_en or policy.issuer,
        "issued_on": policy.issued_on.isoformat() if policy.issued_on else "",
        "version": policy.version,
        "id": policy.id,
        "as_of": result.as_of.isoformat(),
        "run": manifest["run_id"],
        "made_at": manifest["finished_at"],
        "finding_hash": manifest["finding_hash"],
        "invented": bool(manifest.get("invented")),
    }


def _warnings(result: EnforceResult, words: Words) -> list[str]:
    """What a reader must know before believing the figures."""
    told = [str(text) for text in provenance.manifest_of(result).get("warnings", ())]
    unverified = sum(row["unverified"] for row in provenance.setting_rows(result, words))
    missing = provenance.missing_roles(result, words)
    frame = result.wells
    placed = frame["placed"].fillna(False).astype(bool)
    homeless = int((placed & ~frame["county_id"].map(is_given).astype(bool)).sum())
    numbers = {
        "not_placed": int((~placed).sum()),
        "doubt": int(frame["doubt"].fillna(False).astype(bool).sum()),
        "not_covered": int(result.not_covered.sum()),
        "unassigned": homeless if result.register.has("units") else 0,
        "policy": provenance.disagreements(result),
        "unverified": unverified,
    }
    accuracy = provenance.manifest_of(result).get("settings", {}).get("position_accuracy_m")
    more = {"doubt": {"accuracy": "" if accuracy is None else f"{accuracy:g}"}}
    told += [words(f"warning.{key}", n=count(n), **more.get(key, {})) for key, n in numbers.items() if n]
    if missing:
        told.append(words("warning.missing_roles", roles=missing))
    return told


def environment() -> Environment:
    """Our templates: texts from data are escaped, a name that is not given is an error.

    Raises:
        OverdraftError: the package jinja2 is missing.
    """
    try:
        import jinja2  # noqa: F401 - only to say plainly that it is missing
    except ImportError as error:
        raise OverdraftError("report.jinja2_missing", detail=str(error)) from error
    return _environment()


@cache
def _environment() -> Environment:
    """Made once: compiling the templates takes longer than filling them."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["given"] = lambda value: "" if value is None or value is pd.NaT else value
    return environment
