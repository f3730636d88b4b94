"""What limits a well that is applied for: the number of wells in a controlled zone, another source at hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.applied import MOVES, TAKES_NO_WATER, alive, former_places, outcomes, zones_of
from ..facts.cover import cover
from ..facts.well_counts import zone_wells
from ..registry import Parameter, Rule, words
from ..scene import Scene

UNCLEAR = ("not_placed", "kind_unknown", "use_unknown", "former_place_unknown", "unclear", "not_supplied")


def zone_room(scene: Scene, binding: Binding) -> Verdicts:
    """Whether a controlled zone has room for one well more (TLF-4.3a).

    With the new well, the wells in use in the zone must not be more than on ``baseline``, both counted as
    ``wells.zone_count`` counts them; each application is judged for itself. The clause names no consequence for an
    application, so one well too many is for a person. Of several zones the one with the least room counts. Asked of
    new wells and of those that take the place of a well outside such zones, and of what may be one; monitoring wells
    take no water. A well that is in the register already is not counted again.
    """
    asked_for, zone = scene.frame("applications"), zones_of(scene, "applications")
    kind, control = asked_for["kind"], str(binding.value("control"))
    former = former_places(scene, control)
    moves = kind.isin(MOVES).to_numpy(dtype=bool)
    adds = (
        (kind == "new").to_numpy(dtype=bool) | kind.isna().to_numpy(dtype=bool) | (moves & (former != "same"))
    )
    room = _room(scene, control, pd.Timestamp(binding.value("baseline")))
    inside, known = room["zone"].notna().to_numpy(dtype=bool), zone["known"].to_numpy(dtype=bool)
    case = np.select(
        [
            ~known,
            kind.isna().to_numpy(dtype=bool),
            moves & (former == "unknown"),
            np.full(len(kind), pd.Timestamp(scene.as_of) < pd.Timestamp(binding.value("baseline"))),
            room["with_low"] > room["then_high"],
            room["with_high"] <= room["then_low"],
        ],
        ["not_placed", "kind_unknown", "former_place_unknown", "not_due", "full", "room"],
        default="unclear",
    )
    fixed = {"not_placed": "not_evaluated", "not_due": "not_evaluated", "room": "allow"}
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    return binding.say(
        scene.subjects("applications"),
        asked=alive(scene) & adds & ~asked_for["use"].isin(TAKES_NO_WATER).to_numpy() & (inside | ~known),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(np.isin(case, UNCLEAR), "supply_data", "none"),
        period_state=np.where(case == "not_due", "not_due", ""),
        key=("wells.zone_room." + pd.Series(case)).to_numpy(dtype=object),
        measured=room["with_low"].to_numpy(),
        threshold=room["then_high"].to_numpy(),
        measure_unit="wells",
        values={
            "zone": room["zone"].to_numpy(dtype=object),
            "baseline": binding.value("baseline"),
            "number": room["with_low"].to_numpy(),
            "then": room["then_high"].to_numpy(),
        },
        evidence={
            "zone_id": room["zone"].to_numpy(dtype=object),
            **{name: room[name].to_numpy() for name in ("then_low", "then_high", "now_low", "now_high")},
        },
    )


def _room(scene: Scene, control: str, baseline: pd.Timestamp) -> pd.DataFrame:
    """Per application: the counts of the zone of a control with the least room that holds it, and with its well."""
    asked_for = scene.frame("applications")
    if not scene.has("zones"):
        columns = ["zone", "then_low", "then_high", "now_low", "now_high", "with_low", "with_high"]
        return pd.DataFrame(index=asked_for.index, columns=columns)
    table = zone_wells(scene, (control,), baseline)
    hits = scene.place("applications").zone_hits
    pairs = hits.merge(table[table["alive"]], left_on="zone", right_index=True, suffixes=("_row", ""))
    pairs["spare"] = pairs["then_high"] - pairs["now_low"]
    least = pairs.sort_values(["point", "spare", "zone"]).drop_duplicates("point").set_index("point")
    found = least.reindex(asked_for.index)
    counted = np.asarray(scene.rows_of("wells", asked_for["result_well_id"])) >= 0
    for bound in ("low", "high"):
        found[f"with_{bound}"] = found[f"now_{bound}"] + np.where(counted, 0.0, 1.0)
    return found


def source_at_hand(scene: Scene, binding: Binding) -> Verdicts:
    """Wells applied for where groundwater has to give way to another source (TLF-4.3e).

    At hand: the place lies in an area of ALTERNATIVES of one of ``kinds`` that is in force, its edge included. The
    clause has such wells replaced and names no consequence for an application: a person decides. Without the areas
    nothing is concluded. Asked of applications for the named uses; one of no recorded use is spoken of only where
    another source is at hand.
    """
    asked_for, size = scene.frame("applications"), len(scene.frame("applications"))
    use, supplied = asked_for["use"], scene.has("alternatives")
    area = cover(scene, "applications", "alternatives", binding.value("kinds"))
    case = np.select(
        [
            np.full(size, not supplied),
            ~area.known,
            ~area.inside & ~area.perhaps,
            ~area.inside,
            use.isna().to_numpy(dtype=bool),
        ],
        ["not_supplied", "not_placed", "none_at_hand", "kind_unknown", "use_unknown"],
        default="at_hand",
    )
    fixed = {"not_supplied": "not_evaluated", "not_placed": "not_evaluated", "none_at_hand": "allow"}
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    nameless = use.isna().to_numpy(dtype=bool) & np.isin(case, ("kind_unknown", "use_unknown"))
    return binding.say(
        scene.subjects("applications"),
        asked=alive(scene) & (use.isin(binding.value("uses")).to_numpy(dtype=bool) | nameless),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(np.isin(case, UNCLEAR), "supply_data", "none"),
        key=("source.new_well." + pd.Series(case)).to_numpy(dtype=object),
        values={"use": use.to_numpy(dtype=object), "alternative": area.kinds, "areas": area.ids},
        evidence={"use": use.to_numpy(dtype=object), "alternative": area.kinds, "areas": area.ids},
    )


RULES = (
    Rule(
        "wells.zone_room",
        zone_room,
        subjects=("applications",),
        needs=("applications",),
        step=4,
        parameters=(
            Parameter("control", "text", one_of=("restricted", "banned"), required=True),
            Parameter("baseline", "date", required=True),
        ),
    ),
    Rule(
        "source.new_well",
        source_at_hand,
        subjects=("applications",),
        needs=("applications",),
        step=6,
        parameters=(
            Parameter("uses", "texts", one_of=words("use"), required=True),
            Parameter("kinds", "texts", one_of=words("alternative_kind"), required=True),
        ),
    ),
)
