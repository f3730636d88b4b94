"""Self-supply wells inside the public supply network: those that exist, and new ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.applied import alive, outcomes
from ..facts.cover import covered_on
from ..registry import Parameter, Rule
from ..scene import Scene

NOT_BUILT_OR_GONE = ("sealed", "dismantled", "proposed")
DRILLED = ("new", "renewal", "relocate")


def existing(scene: Scene, binding: Binding) -> Verdicts:
    """Self-supply wells that stand inside the network (TOL-13a: on a control list; YJS-3.5.1b: closed by a day).

    ``action`` says what becomes of them, ``outcome`` how grave that is. With a day set in ``due_on`` a well to be
    closed carries no verdict up to that day and is overdue after it; without one the duty stands as ``outcome`` says
    (review where the text wants a deadline that nobody has set).
    A place on the edge is inside. Asked of self-supply wells that are neither sealed, dismantled nor proposed; a
    well of which nobody says whether it is one is spoken of only inside. Where wells are to be closed, one that is
    shut passes.
    """
    wells, status = scene.frame("wells"), scene.wells_now["status"]
    action, due = binding.value("action"), binding.value("due_on")
    inside, known = _in_network(scene, "wells")
    own_supply = _bool(wells["self_supply"], True)
    unknown = wells["self_supply"].isna().to_numpy(dtype=bool)
    done = (status == "shut").to_numpy(dtype=bool) & (action == "close")
    closing = action == "close" and due is not None
    late = closing and np.datetime64(due) < scene.today
    case = np.select(
        [~known, ~inside, done, unknown, np.full(len(wells), late), np.full(len(wells), closing)],
        ["not_placed", "outside", "shut", "supply_unknown", "overdue", "not_due"],
        default=action,
    )
    outcome = pd.Series(case).map(
        {
            "not_placed": "not_evaluated",
            "not_due": "not_evaluated",
            "outside": "pass",
            "shut": "pass",
            "supply_unknown": "review",
            "overdue": "fail",
        }
    )
    return binding.say(
        scene.subjects("wells"),
        asked=~status.isin(NOT_BUILT_OR_GONE).to_numpy(dtype=bool)
        & (own_supply | (unknown & (outcome != "pass").to_numpy())),
        outcome=outcome.fillna(binding.value("outcome")).to_numpy(dtype=object),
        action=np.select(
            [np.isin(case, ("not_placed", "supply_unknown")), outcome == "pass"],
            ["supply_data", "none"],
            action,
        ),
        period_state=np.select([case == "not_due", case == "overdue"], ["not_due", "overdue"], default=""),
        key=("network.existing." + pd.Series(case)).to_numpy(dtype=object),
        values={"well": wells["row_id"].to_numpy(dtype=object), "due_on": due},
        evidence={
            "in_network": np.where(known, inside, None),
            "self_supply": wells["self_supply"].astype(object).where(~unknown, None).to_numpy(dtype=object),
            "status": status.to_numpy(dtype=object),
            "use": wells["use"].to_numpy(dtype=object),
        },
    )


def new(scene: Scene, binding: Binding) -> Verdicts:
    """No new self-supply wells inside the network (TOL-13b).

    A new one is denied. A replacement or a well that moves counts as new unless a person says otherwise: review. A
    place on the edge is inside. Asked of applications to drill self-supply wells; one of no recorded kind, or of which
    nobody says whether it is a self-supply well, is spoken of only inside.
    """
    asked_for = scene.frame("applications")
    kind = asked_for["kind"]
    inside, known = _in_network(scene, "applications")
    own_supply = _bool(asked_for["self_supply"], True)
    unknown = asked_for["self_supply"].isna().to_numpy(dtype=bool)
    case = np.select(
        [
            ~known,
            ~inside,
            unknown,
            kind.isna().to_numpy(dtype=bool),
            kind.isin(("renewal", "relocate")).to_numpy(dtype=bool),
        ],
        ["not_placed", "outside", "supply_unknown", "kind_unknown", "replacement"],
        default="inside",
    )
    fixed = {"not_placed": "not_evaluated", "outside": "allow", "inside": "deny"}
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    return binding.say(
        scene.subjects("applications"),
        asked=alive(scene)
        & (own_supply | (unknown & (permission != "allow")))
        & (kind.isin(DRILLED) | (kind.isna() & (permission != "allow"))).to_numpy(dtype=bool),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(
            np.isin(case, ("not_placed", "supply_unknown", "kind_unknown")), "supply_data", "none"
        ),
        key=("network.new." + pd.Series(case)).to_numpy(dtype=object),
        values={"use": asked_for["use"].to_numpy(dtype=object)},
        evidence={
            "in_network": np.where(known, inside, None),
            "self_supply": asked_for["self_supply"]
            .astype(object)
            .where(~unknown, None)
            .to_numpy(dtype=object),
            "kind": kind.to_numpy(dtype=object),
        },
    )


def built(scene: Scene, binding: Binding) -> Verdicts:
    """No self-supply wells were added inside the network since the document (TOL-13b).

    Asked of self-supply wells built (else commissioned) after ``since``, else after the day of the document, that are
    neither sealed, dismantled nor proposed; the network is that of the day on which they were built. A new well
    inside fails; a replacement counts as new unless a person says otherwise, and so does one of no recorded origin:
    review. A well that is not recorded as an original one and of which nobody knows when it was built is spoken of
    only inside, and so is one of which nobody says whether it is a self-supply well.
    """
    since = binding.value("since") or scene.policy.issued_on
    if since is None:
        return binding.cannot("rules.parameter_missing", parameter="since")
    wells, status = scene.frame("wells"), scene.wells_now["status"]
    days = wells["built_on"].fillna(wells["commissioned_on"]).to_numpy("datetime64[D]")
    undated = np.isnat(days)
    inside, known = _in_network(scene, "wells")
    inside = np.where(undated, inside, covered_on(scene, "wells", "networks", days))
    own_supply, origin = _bool(wells["self_supply"], True), wells["origin"]
    unknown = wells["self_supply"].isna().to_numpy(dtype=bool)
    case = np.select(
        [~known, ~inside, unknown, undated, origin.eq("new").to_numpy(), origin.eq("renewal").to_numpy()],
        ["not_placed", "outside", "supply_unknown", "undated", "inside", "replacement"],
        default="origin_unknown",
    )
    outcome = pd.Series(case).map(
        {"not_placed": "not_evaluated", "undated": "not_evaluated", "outside": "pass", "inside": "fail"}
    )
    maybe = (unknown | undated) & (case == "outside")
    late = np.where(undated, ~origin.eq("original").to_numpy(), days > np.datetime64(since))
    return binding.say(
        scene.subjects("wells"),
        asked=~status.isin(NOT_BUILT_OR_GONE).to_numpy(dtype=bool) & (own_supply | unknown) & late & ~maybe,
        outcome=outcome.fillna("review").to_numpy(dtype=object),
        action=np.select(
            [case == "outside", np.isin(case, ("inside", "replacement"))], ["none", "explain"], "supply_data"
        ),
        key=("network.built." + pd.Series(case)).to_numpy(dtype=object),
        values={
            "well": wells["row_id"].to_numpy(dtype=object),
            "built_on": np.where(undated, None, days.astype(str)),
            "since": since,
        },
        evidence={
            "in_network": np.where(known, inside, None),
            "self_supply": wells["self_supply"].astype(object).where(~unknown, None).to_numpy(dtype=object),
            "origin": origin.to_numpy(dtype=object),
        },
    )


def _in_network(scene: Scene, role: str) -> tuple[np.ndarray, np.ndarray]:
    """Whether each point lies in a network in force, and whether that is known (bool each)."""
    place = scene.place(role).frame
    known = place["placed"].to_numpy(dtype=bool) & place["in_network"].notna().to_numpy(dtype=bool)
    return _bool(place["in_network"], True), known


def _bool(column: pd.Series, wanted: bool) -> np.ndarray:
    """Rows that hold exactly this truth value; an empty one does not."""
    return (column == wanted).fillna(False).to_numpy(dtype=bool)


RULES = (
    Rule(
        "network.existing",
        existing,
        subjects=("wells",),
        needs=("wells", "networks"),
        parameters=(
            Parameter("action", "text", one_of=("control_list", "close"), required=True),
            Parameter("outcome", "text", one_of=("review", "fail"), required=True),
            Parameter("due_on", "date"),
        ),
    ),
    Rule("network.new", new, subjects=("applications",), needs=("applications", "networks"), step=3),
    Rule(
        "network.built",
        built,
        subjects=("wells",),
        needs=("wells", "networks"),
        parameters=(Parameter("since", "date"),),
    ),
)
