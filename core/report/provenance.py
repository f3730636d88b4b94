"""What the report rests on: clauses, the policy's own figures, settings, inputs, software."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..casefile import used_settings
from ..findings import OUTCOMES
from ..policy import Check, Setting
from ..rules.coverage import JUDGED_ELSEWHERE, coverage
from ..schema import register_schema
from .figures import count
from .words import DASH, Words

if TYPE_CHECKING:
    from ..enforce import EnforceResult

FAMILIES = tuple(f"{family}." for family in JUDGED_ELSEWHERE)
"""Settings of the flows that need no binding."""

RUN_OPTIONS = ("distance_limit_m", "position_accuracy_m")


def manifest_of(result: EnforceResult) -> Mapping[str, Any]:
    """The manifest, its values of any type."""
    return result.manifest


def clauses(result: EnforceResult, words: Words) -> list[dict]:
    """Every clause of the document: who judges it with what result, what it waits for, or that a person must."""
    found = pd.crosstab(result.findings["clause"], result.findings["outcome"])
    passed = result.rule_counts.groupby("clause")["n_pass"].sum()
    settings = used_settings(result)
    told = []
    for place in coverage(result.policy):
        clause = result.policy.clauses[place.clause]
        numbers = [
            (outcome, words.token("outcome", outcome), count(int(found.at[clause.id, outcome])))
            for outcome in OUTCOMES
            if clause.id in found.index and outcome in found.columns and found.at[clause.id, outcome]
        ]
        missing = [settings[key].label(words.language) for key in place.gaps if settings[key].value is None]
        told.append(
            {
                "clause": clause,
                "rules": [words.rule(rule) for rule in place.rules],
                "found": numbers,
                "passed": count(int(passed.get(clause.id, 0))) if passed.get(clause.id, 0) else "",
                "gaps": ("；" if words.language == "zh" else "; ").join(missing),
                "checklist": place.checklist and not place.rules,
            }
        )
    return told


def relevant(result: EnforceResult) -> list[Setting]:
    """The settings that the rules of a run read and that have a value."""
    read = {key for use in result.policy.rules for key in use.settings.values()}
    return [
        item
        for key, item in used_settings(result).items()
        if key.startswith(FAMILIES) or (key in read and item.value is not None)
    ]


def gaps(result: EnforceResult, words: Words) -> str:
    """What the policy leaves to be supplied."""
    labels = [item.label(words.language) for item in used_settings(result).values() if item.source == "gap"]
    return ("；" if words.language == "zh" else "; ").join(labels)


def setting_rows(result: EnforceResult, words: Words) -> list[dict]:
    """Settings with value, source and confidence, then the options of the run."""
    rows = [
        {
            "key": item.key,
            "label": item.label(words.language),
            "value": words.setting(item),
            "source": words.token("setting_source", item.source),
            "confidence": words.either(f"confidence.{item.confidence}", item.confidence),
            "unverified": item.confidence == "unverified",
            "clause": item.clause,
        }
        for item in relevant(result)
    ]
    given = manifest_of(result).get("settings", {})
    rows += [
        {
            "key": name,
            "label": words(f"option.{name}"),
            "value": f"{given[name]:g}",
            "source": words("run_option"),
            "confidence": DASH,
            "unverified": False,
            "clause": "",
        }
        for name in RUN_OPTIONS
        if given.get(name) is not None
    ]
    return rows


def check_rows(result: EnforceResult, words: Words) -> list[dict]:
    """The policy's own arithmetic: what disagrees first, information last."""
    checks = sorted(result.policy.checks(), key=lambda check: (check.informative, check.agrees))
    return [
        {
            "what": words.sentence(check.message_key, dict(check.message_values)),
            "clause": check.clause,
            "stated": _figure(check, "stated", words),
            "computed": _figure(check, "computed", words),
            "difference": _figure(check, "difference", words),
            "state": words(_state(check)),
            "agrees": check.agrees,
            "informative": check.informative,
        }
        for check in checks
    ]


def disagreements(result: EnforceResult) -> int:
    """How many of the policy's binding figures do not agree with each other."""
    return sum(not check.agrees and not check.informative for check in result.policy.checks())


def _state(check: Check) -> str:
    if check.informative:
        return "informative"
    return "agrees" if check.agrees else "disagrees"


def _figure(check: Check, name: str, words: Words) -> str:
    number = check.message_values.get(name, getattr(check, name))
    return " ".join((str(number).replace("-", "−"), words.unit(check.unit)))


def input_rows(result: EnforceResult, words: Words) -> list[dict]:
    """Inputs with their source, number of rows and hash of content, as the manifest holds them."""
    return [
        {
            "role": words.token("role", item["role"]),
            "source": item.get("source") or DASH,
            "rows": count(item["rows"]),
            "hash": item["sha256"],
        }
        for item in manifest_of(result).get("inputs", ())
    ]


def missing_roles(result: EnforceResult, words: Words) -> list[str]:
    """Roles that the flow reads and this run was not given."""
    read = (
        "zones",
        "units",
        "irrigation",
        "networks",
        "events",
        "evidence",
        "pairs",
        "readings",
        "applications",
    )
    roles = register_schema().roles
    return [roles[name].label(words.language) for name in read if not result.register.has(name)]
