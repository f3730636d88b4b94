"""One permission for each application, in the order of decision of docs/contract.md.

The order: 1 where it lies and what is recorded, 2 bans of aquifer and use, 3 bans of place, 4 zone and well count
(renewals: the ledger of 减二更一), 5 headroom of the unit, 6 papers and authority, 7 meter and power. The permission is
the strictest that a clause gives: deny, suspend, hold, review, not_evaluated, allow_if, allow. A later step never
softens an earlier one; the steps only order the reasons.

How the texts are read where they are silent:

* A ban that does not bite is no approval. Where every clause that fired allows, the result is ``allow`` only if one
  of them grants the well (an approval on record that the clause asks for, or a renewal with its credits); otherwise
  it is ``allow_if``: nothing stands against it, and the conditions of steps 6 and 7 remain.
* Meter (TLF-3.5a) and permit and meter before power (TLF-4.4d) cannot be broken by a well that does not exist. They
  stand as conditions beside every permission but a refusal, and never refuse by themselves. The aquifer ban (TLF-4.2c)
  judges applications like wells and does refuse.
* A unit that is over its permitted total or its dual control (TLF-3.2a, TLF-4.2a) leaves new abstraction to a person
  (review): the clauses limit the unit and name no consequence for an application. Without the figures: not_evaluated.
* A restricted zone that would have more wells in use than on the day of the baseline (TLF-4.3a), and another source
  at hand for a use whose wells are to be replaced (TLF-4.3e), leave the well to a person for the same reason.
* A clause that could not be judged, for want of a table or of a value that the text does not give, leaves every
  application that it may concern at least not_evaluated: what is missing never helps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..findings import PERMISSION_OUTCOME, PERMISSIONS, Verdicts
from ..findings.verdicts import to_json
from ..overlay.zones import texts
from ..rules.facts.applied import alive
from ..rules.scene import Scene
from .conditions import conditions_of
from .fired import LEDGER, fired_clauses

COLUMNS = (
    "application_id",
    "subject_id",
    "kind",
    "use",
    "county_id",
    "in_scope",
    "permission",
    "outcome",
    "step",
    "clauses",
    "message_key",
    "message_values",
    "actions",
    "authority",
    "consult",
    "fired",
    "conditions",
)
GRANTS = ("bans.zone_new", LEDGER)
"""Rules whose ``allow`` grants the well; of other rules it only means that their ban does not bite."""

_SHOWN = (
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


@dataclass(frozen=True)
class Vetting:
    """What :func:`vet_applications` finds.

    Attributes:
        frame: one row per application, in input order, columns ``COLUMNS``. ``permission`` and ``outcome`` are empty
            for an application outside the jurisdiction or one that was refused or withdrawn (``message_key`` says
            which). ``clauses`` are those that gave the permission, in the order of decision, joined by ``;``;
            ``step`` and the message are of the first of them. ``fired`` (JSON) lists every clause that fired with
            its permission and message, ``conditions`` (JSON) what still has to happen.
    """

    frame: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """Applications by permission; those without one under the empty text."""
        number = self.frame["permission"].value_counts()
        return {token: int(number.get(token, 0)) for token in (*PERMISSIONS, "")}


def vet_applications(scene: Scene, verdicts: Verdicts | pd.DataFrame) -> Vetting:
    """The permission of every application.

    Args:
        scene: with its ledger, where the policy has 减二更一.
        verdicts: of the rules (``core.rules.run.rule_findings``) and of the ledger, or a findings table of them.
    """
    frame = scene.frame("applications")
    size, subjects = len(frame), scene.subjects("applications")
    place = scene.place("applications").frame
    told = pd.DataFrame(
        {
            "application_id": texts(frame, "application_id"),
            "subject_id": subjects.ids,
            "kind": texts(frame, "kind"),
            "use": texts(frame, "use"),
            "county_id": subjects.units,
            "in_scope": subjects.in_scope,
            "authority": texts(place, "authority"),
            "consult": texts(place, "consult"),
        }
    )
    fired = fired_clauses(scene, verdicts)
    decided = _decided(fired, conditions_of(scene), size)
    closed = ~alive(scene)
    out = ~subjects.in_scope
    for name, value in decided.items():
        told[name] = value
    told.loc[out | closed, ["permission", "outcome", "clauses", "actions"]] = ""
    told.loc[out | closed, ["fired", "conditions"]] = "[]"
    told.loc[out | closed, "step"] = pd.NA
    told.loc[closed, "message_key"] = "vetting." + frame.loc[closed, "decision"].astype(str)
    told.loc[out, "message_key"] = "vetting.out_of_scope"
    said = {"decision": texts(frame, "decision"), "policy": scene.policy.title}
    for row in np.flatnonzero(out | closed):
        told.at[row, "message_values"] = to_json(
            {"decision": said["decision"][row], "policy": said["policy"]}
        )
    return Vetting(told[list(COLUMNS)])


def _decided(fired: pd.DataFrame, conditions: list[list[dict]], size: int) -> pd.DataFrame:
    groups = dict(tuple(fired.groupby("application")))
    nothing = fired.iloc[:0]
    rows = [_decide(groups.get(row, nothing), conditions[row]) for row in range(size)]
    columns = ["permission", "outcome", "step", "clauses", "message_key", "message_values", "actions"]
    frame = pd.DataFrame(rows, columns=[*columns, "fired", "conditions"])
    frame["step"] = frame["step"].astype("Int64")
    return frame


def _decide(fired: pd.DataFrame, conditions: list[dict]) -> dict:
    """The permission of one application from its clauses, in order, and what remains to be done."""
    permission = min(fired["permission"], key=PERMISSIONS.index, default="allow")
    deciding = fired[fired["permission"] == permission]
    if permission == "allow":
        deciding = deciding[deciding["rule"].isin(GRANTS)]
        permission = "allow" if len(deciding) else "allow_if"
    refused = permission in ("deny", "suspend")
    remaining = [] if refused else [one for one in conditions if one["met"] is not True]
    outcome = PERMISSION_OUTCOME[permission]
    if outcome == "pass" and (fired["outcome"] == "exempt").any():
        outcome = "exempt"
    step: int | None
    if len(deciding):
        first = deciding.iloc[0]
        clauses = list(dict.fromkeys(one for one in deciding["clause"] if one))
        step, key, values = int(first["step"]), first["message_key"], first["message_values"]
    else:
        clauses = list(dict.fromkeys(one["clause"] for one in remaining))
        step = remaining[0]["step"] if remaining else None
        key = "vetting.with_conditions" if remaining else "vetting.nothing_against"
        values = {"clauses": clauses}
    acting = deciding if refused else fired[fired["permission"] != "allow"]
    asked = [one for one in acting["action"] if one and one != "none"]
    return {
        "permission": permission,
        "outcome": outcome,
        "step": step,
        "clauses": ";".join(clauses),
        "message_key": key,
        "message_values": to_json(values or {}),
        "actions": ";".join(dict.fromkeys([*asked, *_actions(remaining)])),
        "fired": to_json([_plain(row) for row in fired[list(_SHOWN)].to_dict("records")]),
        "conditions": to_json([] if refused else conditions),
    }


def _actions(conditions: list[dict]) -> list[str]:
    """What the conditions that are not met ask the authority to do."""
    of_kind = {"meter": "meter", "permit": "issue_permit"}
    kinds = [one["message_key"].rsplit(".", 1)[-1] for one in conditions]
    return [of_kind[kind] for kind in kinds if kind in of_kind]


def _plain(row: dict) -> dict:
    """A record without what is empty."""
    return {
        name: value
        for name, value in row.items()
        if not (value is None or value == "" or value == [] or (isinstance(value, float) and np.isnan(value)))
    }
