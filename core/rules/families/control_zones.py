"""Banned and restricted zones: what may be applied for there, and the wells that stand in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.applied import MOVES, added_volume, alive, former_places, outcomes, zones_of
from ..registry import Parameter, Rule, words
from ..scene import Scene

CLOSED_FOR_GOOD = ("sealed", "dismantled", "proposed")


def control_zone(scene: Scene, binding: Binding) -> Verdicts:
    """Banned and restricted zones (地下水管理条例 articles 33 to 35).

    For ``purposes`` both are open. A new well for anything else is denied; so is a replacement in a banned zone, and
    in a restricted one where it takes more than before or where a well before it stood outside such zones: its water
    is new there. Without more water, and from wells of the same zone, it stands; where they stood is for a person if
    it is not known. An existing well in a banned zone is to be closed and sealed by a
    deadline: ``due_on``; until one is set it is for a person. Existing wells in a restricted zone have no verdict of
    their own: their abstraction falls over the years. Uses of ``review_uses`` are open under local conditions.
    """
    return concat([_control_of_applications(scene, binding), _control_of_wells(scene, binding)])


def _control_of_applications(scene: Scene, binding: Binding) -> Verdicts:
    asked_for, zone, volume = (
        scene.frame("applications"),
        zones_of(scene, "applications"),
        added_volume(scene),
    )
    kind, use_, more = asked_for["kind"], asked_for["use"], volume["more"].to_numpy()
    known, banned = zone["known"].to_numpy(), binding.value("control") == "banned"
    inside = (zone["control"] == binding.value("control")).to_numpy(dtype=bool)
    exempt = use_.isin(binding.value("purposes")).to_numpy(dtype=bool)
    local = use_.isin(binding.value("review_uses") or ()).to_numpy(dtype=bool)
    fresh = (kind == "new").to_numpy(dtype=bool)
    on_paper = kind.isin(("extend", "change")).to_numpy(dtype=bool)
    moves = kind.isin(MOVES).to_numpy(dtype=bool)
    former = former_places(scene, str(binding.value("control")))
    case = np.select(
        [
            ~known,
            exempt,
            use_.isna().to_numpy(dtype=bool),
            local,
            kind.isna().to_numpy(dtype=bool),
            fresh,
            banned & on_paper,
            np.full(len(kind), banned),
            moves & (former == "outside"),
            more == "more",
            more == "unknown",
            former != "same",
        ],
        [
            "not_placed",
            "purpose",
            "use_unknown",
            "local_purpose",
            "kind_unknown",
            "new",
            "existing_right",
            "replacement",
            "moved_in",
            "more",
            "volume_unknown",
            "former_place_unknown",
        ],
        default="same_volume",
    )
    fixed = dict.fromkeys(("new", "replacement", "moved_in", "more"), "deny") | {
        "not_placed": "not_evaluated",
        "purpose": "allow",
        "same_volume": "allow",
    }
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    return binding.say(
        scene.subjects("applications"),
        asked=alive(scene) & (inside | ~known),
        outcome=np.where(case == "purpose", "exempt", outcomes(permission)),
        permission=permission,
        action=np.where(np.char.endswith(case.astype(str), "unknown"), "supply_data", "none"),
        key=("bans.control_zone." + pd.Series(case)).to_numpy(dtype=object),
        values={
            "control": binding.value("control"),
            "use": use_.to_numpy(dtype=object),
            "zone": zone["zone_id"].to_numpy(),
            "asked_m3": volume["asked_m3"].to_numpy(),
            "former_m3": volume["former_m3"].to_numpy(),
        },
        evidence={
            "kind": kind.to_numpy(dtype=object),
            "use": use_.to_numpy(dtype=object),
            "zone_id": zone["zone_id"].to_numpy(),
            "well_id": asked_for["well_id"].to_numpy(dtype=object),
            "replaces": asked_for["replaces"].to_numpy(dtype=object),
        },
    )


def _control_of_wells(scene: Scene, binding: Binding) -> Verdicts:
    wells, zone, now = scene.frame("wells"), zones_of(scene, "wells"), scene.wells_now
    known, due = zone["known"].to_numpy(), binding.value("due_on")
    inside = (zone["control"] == "banned").to_numpy(dtype=bool) & (binding.value("control") == "banned")
    unknown_place = ~known & (binding.value("control") == "banned")
    open_now = ~now["status"].isin(CLOSED_FOR_GOOD).to_numpy(dtype=bool)
    exempt = wells["use"].isin(binding.value("purposes")).to_numpy(dtype=bool)
    local = wells["use"].isin(binding.value("review_uses") or ()) | wells["use"].isna()
    waiting = due is not None and np.datetime64(due) >= scene.today
    case = np.select(
        [
            ~known,
            exempt,
            local.to_numpy(dtype=bool),
            np.full(len(wells), waiting),
            np.full(len(wells), due is not None),
        ],
        ["well_not_placed", "purpose", "well_of_local_purpose", "well_not_due", "well_overdue"],
        default="well",
    )
    outcome = pd.Series(case).map(
        {
            "well_not_placed": "not_evaluated",
            "purpose": "exempt",
            "well_not_due": "not_evaluated",
            "well_overdue": "fail",
        }
    )
    return binding.say(
        scene.subjects("wells"),
        asked=open_now & (inside | unknown_place),
        outcome=outcome.fillna("review").to_numpy(dtype=object),
        action=np.select([~known, exempt], ["supply_data", "none"], default="close"),
        period_state=np.select(
            [case == "well_not_due", case == "well_overdue"], ["not_due", "overdue"], default=""
        ),
        key=("bans.control_zone." + pd.Series(case)).to_numpy(dtype=object),
        values={
            "control": binding.value("control"),
            "use": wells["use"].to_numpy(dtype=object),
            "zone": zone["zone_id"].to_numpy(),
            "due_on": due,
        },
        evidence={
            "use": wells["use"].to_numpy(dtype=object),
            "zone_id": zone["zone_id"].to_numpy(),
            "status": now["status"].to_numpy(dtype=object),
        },
    )


_USE = words("use")
RULES = (
    Rule(
        "bans.control_zone",
        control_zone,
        subjects=("applications", "wells"),
        needs=("wells", "zones"),
        step=3,
        parameters=(
            Parameter("control", "text", one_of=("banned", "restricted"), required=True),
            Parameter("purposes", "texts", one_of=_USE, required=True),
            Parameter("review_uses", "texts", one_of=_USE, default=()),
            Parameter("due_on", "date"),
        ),
    ),
)
