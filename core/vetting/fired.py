"""Every clause that fired for an application, from the findings of the rules, the ledger and the application itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..findings import PERMISSION_OUTCOME, PERMISSIONS, Verdicts
from ..rules.facts.applied import added_volume, alive
from ..rules.facts.renewing import renewal_permissions
from ..rules.registry import Rule, all_rules
from ..rules.scene import Scene

LEDGER = "replacement.permission"
LEDGER_STEP = 4
OF_UNITS: Mapping[str, int] = {"permits.within_cap": 5, "levels.control": 5}
"""Rules on units that bear on who asks for more water there, and their step: headroom of the unit."""

UNIT_LEVELS = ("county", "township", "management_unit", "basin", "regiment", "city")
BY_OUTCOME = {"fail": "review", "review": "review", "not_evaluated": "not_evaluated"}
"""What a finding without a permission of its own means for an application: the text orders no refusal."""

FIRED_COLUMNS = (
    "application",
    "step",
    "rule",
    "clause",
    "permission",
    "outcome",
    "action",
    "message_key",
    "message_values",
    "subject_role",
    "subject_id",
    "period",
    "measured",
    "threshold",
    "measure_unit",
    "unverified",
)


def fired_clauses(scene: Scene, findings: Verdicts | pd.DataFrame) -> pd.DataFrame:
    """One row per application and finding that bears on it, in the order of decision.

    Args:
        findings: verdicts of the rules and of the ledger, or a findings table.

    Returns:
        Columns ``FIRED_COLUMNS``; ``application`` is the row of the application, ``message_values`` and
        ``unverified`` are parsed. Sorted by application, step, permission (worst first), clause and rule.
    """
    rows = findings.rows if isinstance(findings, Verdicts) else findings
    rows = rows.reset_index(drop=True)
    base = rows["rule"].astype(str).str.split(".").str[:2].str.join(".")
    open_rows = np.flatnonzero(alive(scene) & scene.subjects("applications").in_scope)
    parts = [
        _of_applications(scene, rows, base),
        _of_policy(scene, rows, base, open_rows),
        _of_units(scene, findings, rows, base, open_rows),
    ]
    told = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    told = told.reindex(columns=list(FIRED_COLUMNS))
    extra = pd.DataFrame([*_of_ledger(scene, told), *_of_record(scene)], columns=list(FIRED_COLUMNS))
    both = [part for part in (told, extra) if len(part)]
    fired = pd.concat(both, ignore_index=True) if both else told
    fired = fired[fired["application"].isin(open_rows)].copy()
    for name in ("message_values", "unverified"):
        fired[name] = [_parsed(value) for value in fired[name]]
    fired["step"] = fired["step"].astype("int64")
    fired["rank"] = fired["permission"].map({token: place for place, token in enumerate(PERMISSIONS)})
    order = ["application", "step", "rank", "clause", "rule", "period"]
    return fired.sort_values(order, kind="stable").drop(columns="rank").reset_index(drop=True)


def _of_applications(scene: Scene, rows: pd.DataFrame, base: pd.Series) -> pd.DataFrame:
    """Findings on applications by rules that have a place in the order of decision, and by the ledger."""
    steps = {name: rule.step for name, rule in _speaking().items()} | {LEDGER: LEDGER_STEP}
    own = rows[((rows["subject_role"] == "applications") & base.isin(steps)).to_numpy(dtype=bool)]
    position = pd.Series(
        np.arange(len(scene.frame("applications"))), index=scene.subjects("applications").ids
    )
    own = own.assign(application=own["subject_id"].map(position), step=base[own.index].map(steps))
    own["permission"] = _permission(own)
    return own[own["application"].notna() & (own["permission"] != "")]


def _of_policy(scene: Scene, rows: pd.DataFrame, base: pd.Series, open_rows: np.ndarray) -> pd.DataFrame:
    """Clauses that could not be judged at all, for everyone whom they concern."""
    steps = {name: rule.step for name, rule in _speaking().items()} | dict(OF_UNITS)
    said = rows["subject_role"].eq("policy") & rows["outcome"].eq("not_evaluated") & base.isin(steps)
    said &= ~(base.isin(OF_UNITS) & rows["clause"].isin(_targets(scene)))
    said = rows[said.to_numpy(dtype=bool)]
    said = said.assign(
        step=base[said.index].map(steps), permission="not_evaluated", of_unit=base[said.index].isin(OF_UNITS)
    )
    crossed = said.merge(pd.DataFrame({"application": open_rows}), how="cross")
    more = _asks_for_more(scene)[crossed["application"].to_numpy(dtype=np.int64)]
    return crossed[~crossed["of_unit"].to_numpy(dtype=bool) | more]


def _of_units(
    scene: Scene,
    findings: Verdicts | pd.DataFrame,
    rows: pd.DataFrame,
    base: pd.Series,
    open_rows: np.ndarray,
) -> pd.DataFrame:
    """The headroom of the units in which an application that asks for more water lies, in the last year judged.

    A year that is not over and carries no verdict yet is passed over. A target that a document sets for some year is
    no limit on an application and is left out.
    """
    about = rows["subject_role"].eq("units") & base.isin(OF_UNITS)
    about &= ~rows["clause"].isin(_targets(scene))
    said = rows[about.to_numpy(dtype=bool)].assign(step=base.map(OF_UNITS))
    said["permission"] = said["outcome"].map(BY_OUTCOME)
    said["unit_id"] = said["subject_id"]
    keys = ["rule", "clause", "unit_id"]
    waiting = said["period_state"].isin(["open", "not_due"]) & said["outcome"].eq("not_evaluated")
    skipped = pd.MultiIndex.from_frame(said.loc[waiting.to_numpy(dtype=bool), [*keys, "period"]])
    told = _told(findings, rows)
    told = told[~pd.MultiIndex.from_frame(told[[*keys, "period"]]).isin(skipped)]
    last = told.groupby(keys)["period"].max().rename("last").reset_index()
    said = said[(~waiting & said["permission"].notna()).to_numpy(dtype=bool)].merge(last, on=keys)
    said = said[(said["period"] == said["last"]).to_numpy(dtype=bool)]
    asking = open_rows[_asks_for_more(scene)[open_rows]]
    places = pd.concat(
        [
            pd.DataFrame({"application": asking, "unit_id": scene.unit_at("applications", level)[asking]})
            for level in UNIT_LEVELS
        ]
    )
    places = places[places["unit_id"] != ""].drop_duplicates()
    return said.merge(places, on="unit_id")


def _told(findings: Verdicts | pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Of which units, by rule, clause and period, something was judged; passes only where counts are at hand."""
    if not isinstance(findings, Verdicts):
        return rows[rows["subject_role"].eq("units").to_numpy(dtype=bool)].assign(unit_id=rows["subject_id"])
    counts = findings.counts
    judged = counts["subject_role"].eq("units") & (counts["n_pass"] + counts["n_rows"] > 0)
    return counts[judged.to_numpy(dtype=bool)]


def _targets(scene: Scene) -> set[str]:
    """Clauses that are targets."""
    clauses = scene.policy.clauses.values()
    return {one.id for one in clauses if any(kind.split(".")[0] == "target" for kind in one.kind)}


def _asks_for_more(scene: Scene) -> np.ndarray:
    """Applications that ask for more water than was permitted so far, or may: bool per application."""
    kind = scene.frame("applications")["kind"]
    volume = added_volume(scene)["more"].to_numpy()
    return (kind == "new").to_numpy(dtype=bool) | (volume != "same")


def _of_ledger(scene: Scene, told: pd.DataFrame) -> Iterable[dict]:
    """What the ledger of 减二更一 says of a renewal of which no rule has spoken in this respect."""
    if scene.ledger is None:
        return
    spoken = told[told["rule"].isin([LEDGER, "bans.zone_new"])]["application"]
    ledger = renewal_permissions(scene)
    kind = (scene.frame("applications")["kind"] == "renewal").to_numpy(dtype=bool)
    known = np.isin(ledger.case.astype(str), ("pledged", "credit", "no_credit", "unknown"))
    for row in np.flatnonzero(kind & known & ~np.isin(np.arange(len(kind)), spoken)):
        yield _entry(
            scene,
            int(row),
            LEDGER_STEP,
            LEDGER,
            scene.ledger.settings.clause,
            str(ledger.permission[row]),
            f"vetting.ledger.{ledger.case[row]}",
            {"pool": ledger.pool[row], "approvable": ledger.approvable[row]},
            list(scene.ledger.settings.unverified),
        )


def _of_record(scene: Scene) -> Iterable[dict]:
    """What is missing in the application itself, without which no clause can be judged for it."""
    frame, subjects = scene.frame("applications"), scene.subjects("applications")
    placed = scene.place("applications").frame["placed"].to_numpy(dtype=bool)
    lacks = {
        "not_placed": ~placed,
        "no_county": placed & (subjects.units == ""),
        "no_kind": frame["kind"].isna().to_numpy(dtype=bool),
        "no_use": frame["use"].isna().to_numpy(dtype=bool),
        "no_id": frame["application_id"].isna().to_numpy(dtype=bool),
    }
    for name, missing in lacks.items():
        for row in np.flatnonzero(missing):
            yield _entry(scene, int(row), 1, "vetting.record", "", "not_evaluated", f"vetting.{name}", {}, [])


def _entry(
    scene, row: int, step: int, rule: str, clause: str, permission: str, key: str, values: dict, unverified
) -> dict:
    return {
        "application": row,
        "step": step,
        "rule": rule,
        "clause": clause,
        "permission": permission,
        "outcome": PERMISSION_OUTCOME[permission],
        "action": "supply_data" if permission == "not_evaluated" else "none",
        "message_key": key,
        "message_values": values,
        "subject_role": "applications",
        "subject_id": scene.subjects("applications").ids[row],
        "period": "",
        "measured": np.nan,
        "threshold": np.nan,
        "measure_unit": "",
        "unverified": unverified,
    }


def _speaking() -> dict[str, Rule]:
    return {name: rule for name, rule in all_rules().items() if "applications" in rule.subjects}


def _permission(rows: pd.DataFrame) -> pd.Series:
    own = rows["permission"].where(rows["permission"].notna(), "")
    return own.where(own != "", rows["outcome"].map(BY_OUTCOME).fillna(""))


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) and value else value
