"""Bans on wells: new wells and new abstraction in zones, uses that groundwater must not serve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.applied import TAKES_NO_WATER, added_volume, alive, outcomes, zones_of
from ..facts.renewing import renewal_permissions
from ..registry import Parameter, Rule, words
from ..scene import Scene

DRILLED = ("new", "renewal", "relocate")
GONE = ("sealed", "dismantled", "shut")
CLOSED_FOR_GOOD = ("sealed", "dismantled", "proposed")


def zone_new(scene: Scene, binding: Binding) -> Verdicts:
    """New wells in an over-extraction zone (TLF-4.3d).

    A new well for one of ``approved_uses`` needs an approval number; without one it waits. For any other new well the
    text gives no ground: ``others`` says what follows (``deny`` is an inference of ours and belongs into a setting;
    empty: a person decides). A renewal of an irrigation well follows the ledger of 减二更一; the renewal of another
    well and a well that moves are for a person. Asked of applications of kind new, renewal or relocate (or of no
    recorded kind) in an over-extraction zone; monitoring wells take no water.
    """
    asked_for, zone = scene.frame("applications"), zones_of(scene, "applications")
    kind, use = asked_for["kind"], asked_for["use"]
    known, over = zone["known"].to_numpy(), zone["over"].to_numpy()
    asked = alive(scene) & (kind.isin(DRILLED) | kind.isna()).to_numpy(dtype=bool)
    asked &= ~use.isin(TAKES_NO_WATER).to_numpy(dtype=bool) & (over | ~known)
    ledger = renewal_permissions(scene)
    renewal = (kind == "renewal").to_numpy(dtype=bool)
    of_ledger = renewal & (use.isin(ledger.uses) | use.isna()).to_numpy(dtype=bool)
    approved_use = use.isin(binding.value("approved_uses")).to_numpy(dtype=bool)
    approved = asked_for["approval_no"].notna().to_numpy(dtype=bool)
    others = binding.value("others") or "review"
    case = np.select(
        [
            ~known,
            kind.isna().to_numpy(dtype=bool),
            of_ledger,
            renewal,
            (kind == "relocate").to_numpy(dtype=bool),
            use.isna().to_numpy(dtype=bool),
            approved_use & approved,
            approved_use,
        ],
        [
            "not_placed",
            "kind_unknown",
            "renewal",
            "renewal_of_another_use",
            "relocated",
            "use_unknown",
            "approved",
            "approval_missing",
        ],
        default=f"others_{others}",
    )
    fixed = {
        "not_placed": "not_evaluated",
        "approved": "allow",
        "approval_missing": "hold",
        f"others_{others}": others,
    }
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    permission = np.where(of_ledger & (case == "renewal"), ledger.permission, permission)
    key = ("bans.zone_new." + pd.Series(case)).to_numpy(dtype=object)
    key = np.where(case == "renewal", ("bans.zone_new.renewal_" + pd.Series(ledger.case)).to_numpy(), key)
    return binding.say(
        scene.subjects("applications"),
        asked=asked,
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(np.isin(permission, ("hold", "review", "not_evaluated")), "supply_data", "none"),
        key=key,
        values={
            "use": use.to_numpy(dtype=object),
            "zone": zone["zone_id"].to_numpy(),
            "approval": asked_for["approval_no"].to_numpy(dtype=object),
            "approved_uses": binding.value("approved_uses"),
            "pool": ledger.pool,
            "approvable": ledger.approvable,
        },
        evidence={
            "kind": kind.to_numpy(dtype=object),
            "use": use.to_numpy(dtype=object),
            "zone_id": zone["zone_id"].to_numpy(),
            "approval_no": asked_for["approval_no"].to_numpy(dtype=object),
            "pool": ledger.pool,
        },
    )


def zone_abstraction(scene: Scene, binding: Binding) -> Verdicts:
    """No new abstraction for the named uses in an over-extraction zone (YJS-3.5.1d).

    A new well is new abstraction, and so is more volume than the wells that it replaces or changes were permitted.
    A replacement of the same volume is not clearly 'new': review. An extension or change of the same volume is not
    new. A use that the clause does not name is for a person; so is a volume that cannot be compared.
    """
    asked_for, zone, volume = (
        scene.frame("applications"),
        zones_of(scene, "applications"),
        added_volume(scene),
    )
    kind, use, more = asked_for["kind"], asked_for["use"], volume["more"].to_numpy()
    known, over = zone["known"].to_numpy(), zone["over"].to_numpy()
    named = use.isin(binding.value("uses")).to_numpy(dtype=bool)
    new = (kind == "new").to_numpy(dtype=bool)
    on_paper = kind.isin(("extend", "change")).to_numpy(dtype=bool)
    case = np.select(
        [
            ~known,
            kind.isna().to_numpy(dtype=bool),
            use.isna().to_numpy(dtype=bool),
            on_paper & (more == "same"),
            ~named,
            new,
            more == "more",
            more == "unknown",
        ],
        [
            "not_placed",
            "kind_unknown",
            "use_unknown",
            "unchanged",
            "use_not_named",
            "new",
            "more",
            "volume_unknown",
        ],
        default="same_volume",
    )
    fixed = {"not_placed": "not_evaluated", "unchanged": "allow", "new": "deny", "more": "deny"}
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    return binding.say(
        scene.subjects("applications"),
        asked=alive(scene) & ~use.isin(TAKES_NO_WATER).to_numpy(dtype=bool) & (over | ~known),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(np.char.endswith(case.astype(str), "unknown"), "supply_data", "none"),
        key=("bans.zone_abstraction." + pd.Series(case)).to_numpy(dtype=object),
        measured=np.where(new, np.nan, volume["asked_m3"].to_numpy()),
        threshold=np.where(new, np.nan, volume["former_m3"].to_numpy()),
        measure_unit="m3",
        values={
            "use": use.to_numpy(dtype=object),
            "zone": zone["zone_id"].to_numpy(),
            "asked_m3": volume["asked_m3"].to_numpy(),
            "former_m3": volume["former_m3"].to_numpy(),
        },
        evidence={
            "kind": kind.to_numpy(dtype=object),
            "use": use.to_numpy(dtype=object),
            "zone_id": zone["zone_id"].to_numpy(),
            "replaces": asked_for["replaces"].to_numpy(dtype=object),
        },
    )


def use(scene: Scene, binding: Binding) -> Verdicts:
    """Uses that groundwater must not serve at all, in wells that exist and wells applied for (HJQ-3.3c).

    Asked of wells that are not shut, sealed or dismantled and of applications that are not refused or withdrawn.
    """
    spoken = []
    for role in ("wells", "applications"):
        frame = scene.frame(role)
        named, unknown = frame["use"].isin(binding.value("uses")), frame["use"].isna()
        case = np.select([named, unknown], ["banned", "use_unknown"], default="other_use")
        outcome = np.select([named, unknown], ["fail", "review"], default="pass").astype(object)
        permission = np.select([named, unknown], ["deny", "review"], default="allow").astype(object)
        is_well = role == "wells"
        open_wells = ~scene.wells_now["status"].isin(GONE).to_numpy(dtype=bool)
        spoken.append(
            binding.say(
                scene.subjects(role),
                asked=open_wells if is_well else alive(scene),
                outcome=outcome,
                permission="" if is_well else permission,
                action=np.select(
                    [named, unknown], ["close" if is_well else "none", "supply_data"], default="none"
                ),
                key=("bans.use." + pd.Series(case)).to_numpy(dtype=object),
                values={"use": frame["use"].to_numpy(dtype=object), "uses": binding.value("uses")},
                evidence={"use": frame["use"].to_numpy(dtype=object)},
            )
        )
    return concat(spoken)


def control_zone(scene: Scene, binding: Binding) -> Verdicts:
    """Banned and restricted zones (地下水管理条例 articles 33 to 35).

    For ``purposes`` both are open. A new well elsewhere is denied; so is a replacement in a banned zone, and in a
    restricted one where it takes more than before. An existing well in a banned zone is to be closed and sealed by a
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
            more == "more",
            more == "unknown",
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
            "more",
            "volume_unknown",
        ],
        default="same_volume",
    )
    fixed = dict.fromkeys(("new", "replacement", "more"), "deny") | {
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
        "bans.zone_new",
        zone_new,
        subjects=("applications",),
        needs=("applications",),
        step=4,
        parameters=(
            Parameter("approved_uses", "texts", one_of=_USE, required=True),
            Parameter("others", "text", one_of=("deny", "review")),
            Parameter("zones", "text", one_of=("over_extraction",), default="over_extraction"),
        ),
    ),
    Rule(
        "bans.zone_abstraction",
        zone_abstraction,
        subjects=("applications",),
        needs=("applications",),
        step=3,
        parameters=(Parameter("uses", "texts", one_of=_USE, required=True),),
    ),
    Rule(
        "bans.use",
        use,
        subjects=("wells", "applications"),
        needs=("wells",),
        step=2,
        parameters=(Parameter("uses", "texts", one_of=_USE, required=True),),
    ),
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
