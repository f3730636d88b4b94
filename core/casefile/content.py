"""What a run puts into a case file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from ..findings.verdicts import to_json
from ..policy import Policy, Setting, effective_settings
from ..register import Register
from ..register.register import UNREADABLE
from ..schema import results_schema
from .layout import REPLACED, roles

if TYPE_CHECKING:
    from ..enforce import EnforceResult

OVERRIDES = {
    "reading": "replacement.reading",
    "pool": "replacement.pool",
    "baseline": "replacement.baseline",
    "retirement_baseline": "retirement.baseline",
    "area_basis": "retirement.area_basis",
    "parent_sum_only": "retirement.parent_sum_only",
}
"""What a run may set, as its manifest names it, and the setting of the policy that it lies over."""


POLICY_TEXT = "policy"
"""Entry of ``meta``: the text of the last run's policy, so that a file of the user's own is not needed any more."""

BALANCES = ("ledger", "ledger_balance", "pair_lines", "retirement_balance")
"""Tables of the ledger of 减二更一 and of the retirement balance."""


@dataclass(frozen=True)
class CaseContent:
    """Tables and records of one run.

    Attributes:
        tables: frames by table name: roles of the register, and result tables.
        language: ``en`` or ``zh``, for labels, value lists and styles.
        run: the row of ``runs``; empty when no run is recorded.
        history: the entry of ``history`` that goes with it; empty when nothing is to be remembered.
        entries: further entries of the history, in front of it.
        added: rows to be added to tables that grow (``imports``, ``raw_values``), by table name.
        settings: the policy's settings as used, rows of ``settings``; None leaves that table alone.
        unreadable: cells that the intake could not read and left empty: ``role``, ``subject_id``, ``field``,
            ``raw_value``; None leaves those on record alone.
        meta: further entries of ``meta``.
        succeeds: the document that the one of this run replaces; decisions on its findings follow. Empty for none.
        moment: when, as ``YYYY-MM-DDTHH:MM:SS.000Z``; empty for now.
        seen: tables of the case file that the content was worked out from, as :func:`core.casefile.tables_seen` saw
            them.
    """

    tables: Mapping[str, pd.DataFrame]
    language: str
    run: Mapping[str, object] = field(default_factory=dict)
    history: Mapping[str, str] = field(default_factory=dict)
    entries: Sequence[Mapping[str, str]] = ()
    added: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    settings: pd.DataFrame | None = None
    unreadable: pd.DataFrame | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    succeeds: str = ""
    moment: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)


def case_content(result: EnforceResult, language: str) -> CaseContent:
    """The case file of a run: the register as read, the wells with placement and outcome, all results."""
    register, manifest = result.register, dict(result.manifest)
    tables = {name: register[name] for name in roles() if register.has(name)}
    supplied = to_json(sorted(tables))
    tables["wells"] = result.wells
    tables |= {
        "findings": result.findings,
        "rule_counts": result.rule_counts,
        "area_zones": result.area_zones,
        **_balances(result),
        **_sheets(result),
    }
    run = _run(result, manifest, language)
    after = {"counts": dict(result.counts), "finding_hash": run["finding_hash"]}
    return CaseContent(
        tables=tables,
        language=language,
        run=run,
        history={
            "at": str(run["finished_at"]),
            "kind": "run",
            "subject": str(run["run_id"]),
            "after": to_json(after),
        },
        settings=settings_table(used_settings(result)),
        unreadable=unreadable_cells(register),
        meta={"supplied_roles": supplied, POLICY_TEXT: result.policy.text},
        succeeds=result.policy.succeeds,
        moment=_moment(str(run["finished_at"])),
    )


def _balances(result: EnforceResult) -> dict[str, pd.DataFrame]:
    """Ledger and balances; without rows where the document has no such rule, so that none of another one stay."""
    tables = {name: pd.DataFrame(columns=list(results_schema().tables[name].fields)) for name in BALANCES}
    if result.ledger is not None:
        tables |= {
            "ledger": result.ledger.ledger,
            "ledger_balance": result.ledger.balance,
            "pair_lines": result.ledger.lines,
        }
    else:
        tables["pair_lines"] = gpd.GeoDataFrame(tables["pair_lines"], geometry=[], crs="EPSG:4326")
    if result.retirement is not None:
        tables["retirement_balance"] = result.retirement.balance
    return tables


def _sheets(result: EnforceResult) -> dict[str, pd.DataFrame]:
    """The tables drawn up beside the findings; without rows where the run drew none, so that no older one stays."""
    known = results_schema().tables
    others = ("findings", "rule_counts", "area_zones", *BALANCES)
    names = [name for name in REPLACED if name not in others]
    return {name: result.sheets.get(name, pd.DataFrame(columns=list(known[name].fields))) for name in names}


def used_settings(result: EnforceResult) -> dict[str, Setting]:
    """The policy's settings as the run used them, those that it set itself marked so."""
    manifest: Mapping[str, Any] = result.manifest
    given = manifest.get("settings", {})
    chosen = {key: given.get(name) for name, key in OVERRIDES.items()}
    policy: Policy = result.policy
    return effective_settings(policy, {key: value for key, value in chosen.items() if key in policy.settings})


def settings_table(settings: Mapping[str, Setting]) -> pd.DataFrame:
    """Rows of the table ``settings``; values as JSON, empty where nothing is set."""
    rows = [
        (key, "" if item.value is None else to_json(item.value), item.source, item.confidence, item.clause)
        for key, item in settings.items()
    ]
    return pd.DataFrame(rows, columns=["key", "value", "source", "confidence", "clause"])


def unreadable_cells(register: Register) -> pd.DataFrame:
    """What stood in the cells that the intake left empty: ``role``, ``subject_id``, ``field``, ``raw_value``.

    Without them a second run, on the case file alone, would take an unreadable value for a missing one and pass
    over what the first run asked about.
    """
    rows = register.problems.rows
    asked = rows[rows["rule"] == UNREADABLE]
    cells = [
        (role, subject, field, raw)
        for role, subject, values in zip(
            asked["subject_role"], asked["subject_id"], map(json.loads, asked["message_values"]), strict=True
        )
        for field, raw in zip(values["field"], values["found"], strict=True)
    ]
    return pd.DataFrame(cells, columns=["role", "subject_id", "field", "raw_value"], dtype=object)


def _run(result: EnforceResult, manifest: Mapping[str, object], language: str) -> dict[str, object]:
    return {
        "run_id": manifest["run_id"],
        "started_at": manifest["started_at"],
        "finished_at": manifest["finished_at"],
        "policy_id": result.policy.id,
        "policy_version": result.policy.version,
        "as_of": pd.Timestamp(result.as_of),
        "language": language,
        "manifest": to_json(manifest),
        "finding_hash": manifest["finding_hash"],
    }


def _moment(finished_at: str) -> str:
    moment = pd.to_datetime(finished_at, errors="coerce", utc=True)
    return "" if pd.isna(moment) else moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
