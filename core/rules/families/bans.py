"""Bans on wells: new wells and new abstraction in zones, uses that groundwater must not serve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.applied import MOVES, TAKES_NO_WATER, added_volume, alive, former_places, outcomes, zones_of
from ..facts.renewing import renewal_permissions
from ..registry import Parameter, Rule, words
from ..scene import Scene

DRILLED = ("new", "renewal", "relocate")
GONE = ("sealed", "dismantled", "shut")


def zone_new(scene: Scene, binding: Binding) -> Verdicts:
    """New wells: which need an approval, and which an over-extraction zone does not provide for (TLF-4.3d).

    A new well for one of ``approved_uses`` needs an approval number wherever it lies; without one it waits. For any
    other new well in an over-extraction zone the text gives no ground: ``others`` says what follows (``deny`` is an
    inference of ours and belongs into a setting; empty: a person decides). A renewal of an irrigation well there
    follows the ledger of 减二更一; the renewal of another well there and a well that moves there are for a person.
    Asked of applications of kind new, renewal or relocate (or of no recorded kind); elsewhere only of new wells for
    ``approved_uses`` or of what may be one: the number of wells in a restricted zone is for ``wells.zone_room``.
    Monitoring wells take no water.
    """
    asked_for, zone = scene.frame("applications"), zones_of(scene, "applications")
    kind, use = asked_for["kind"], asked_for["use"]
    known, over = zone["known"].to_numpy(), zone["over"].to_numpy()
    new, kindless = (kind == "new").to_numpy(dtype=bool), kind.isna().to_numpy(dtype=bool)
    approved_use = use.isin(binding.value("approved_uses")).to_numpy(dtype=bool)
    nameless = use.isna().to_numpy(dtype=bool)
    asked = alive(scene) & (kind.isin(DRILLED).to_numpy(dtype=bool) | kindless)
    asked &= ~use.isin(TAKES_NO_WATER).to_numpy(dtype=bool)
    asked &= over | ~known | ((new | kindless) & (approved_use | nameless))
    ledger = renewal_permissions(scene)
    renewal = (kind == "renewal").to_numpy(dtype=bool)
    of_ledger = renewal & (use.isin(ledger.uses) | use.isna()).to_numpy(dtype=bool)
    approved = asked_for["approval_no"].notna().to_numpy(dtype=bool)
    others = binding.value("others") or "review"
    case = np.select(
        [
            new & approved_use & approved,
            new & approved_use,
            ~known,
            kindless,
            of_ledger,
            renewal,
            (kind == "relocate").to_numpy(dtype=bool),
            nameless,
        ],
        [
            "approved",
            "approval_missing",
            "not_placed",
            "kind_unknown",
            "renewal",
            "renewal_of_another_use",
            "relocated",
            "use_unknown",
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
    permission = np.where(~over & np.isin(case, ("kind_unknown", "use_unknown")), "not_evaluated", permission)
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
    """No new abstraction for the named uses in an over-extraction zone (YJS-3.5.1d, AWR-34).

    A new well is new abstraction, and so is more volume than the wells that it replaces or changes were permitted, or
    a well that takes the place of one outside such zones. A replacement of the same volume is not clearly 'new':
    review. An extension or change of the same volume is not new. A volume that cannot be compared is for a person; so
    is a use of ``review_uses``. Other uses are not asked; one that is not recorded is.
    """
    asked_for, zone, volume = (
        scene.frame("applications"),
        zones_of(scene, "applications"),
        added_volume(scene),
    )
    kind, use, more = asked_for["kind"], asked_for["use"], volume["more"].to_numpy()
    known, over = zone["known"].to_numpy(), zone["over"].to_numpy()
    named = use.isin(binding.value("uses")).to_numpy(dtype=bool)
    open_use = (use.isin(binding.value("review_uses")) | use.isna()).to_numpy(dtype=bool)
    new = (kind == "new").to_numpy(dtype=bool)
    on_paper = kind.isin(("extend", "change")).to_numpy(dtype=bool)
    moves = kind.isin(MOVES).to_numpy(dtype=bool)
    former = former_places(scene, "over_extraction")
    case = np.select(
        [
            ~known,
            kind.isna().to_numpy(dtype=bool),
            use.isna().to_numpy(dtype=bool),
            on_paper & (more == "same"),
            ~named,
            new,
            moves & (former == "outside"),
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
            "moved_in",
            "more",
            "volume_unknown",
        ],
        default="same_volume",
    )
    fixed = dict.fromkeys(("new", "moved_in", "more"), "deny")
    fixed |= {"not_placed": "not_evaluated", "unchanged": "allow"}
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    return binding.say(
        scene.subjects("applications"),
        asked=alive(scene) & (named | open_use) & (over | ~known),
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
        ),
    ),
    Rule(
        "bans.zone_abstraction",
        zone_abstraction,
        subjects=("applications",),
        needs=("applications",),
        step=3,
        parameters=(
            Parameter("uses", "texts", one_of=_USE, required=True),
            Parameter("review_uses", "texts", one_of=_USE, default=()),
        ),
    ),
    Rule(
        "bans.use",
        use,
        subjects=("wells", "applications"),
        needs=("wells",),
        step=2,
        parameters=(Parameter("uses", "texts", one_of=_USE, required=True),),
    ),
)
