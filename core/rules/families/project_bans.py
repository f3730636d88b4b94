"""Bans on projects and on places: industries, phased-out processes, unused unconventional water, protection areas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.applied import alive, outcomes
from ..facts.cover import Cover, cover
from ..facts.flags import flagged, recorded
from ..registry import Parameter, Rule, words
from ..scene import Scene

SOURCES_OF_DRINKING_WATER = ("drinking_1", "drinking_2")
SERVES_THE_SOURCE = ("rural_drinking", "urban_supply", "emergency", "monitoring")
"""Uses of wells that are not plainly unrelated to the water that a protection area protects."""

UNCONVENTIONAL = ("reclaimed", "dewatering", "unconventional")
ON_PAPER = ("extend", "change")
PERMISSIONS = ("deny", "review")


def industry(scene: Scene, binding: Binding) -> Verdicts:
    """New, rebuilt or expanded projects of water-hungry industries (HJQ-3.3d: denied; YJS-3.3.2b: controlled).

    ``sources``: only projects that take these waters, groundwater including deep confined water; empty: any. Lists of
    industries are open in the texts ('等'), so an industry that is not named, or not recorded, is for a person.
    Asked of projects of the named ``kinds`` of building; one of no recorded kind is spoken of unless it may pass.
    """
    projects = scene.frame("projects")
    trade, kind, source = projects["industry"], projects["build_kind"], projects["source"]
    wanted = set(binding.value("sources") or ())
    wanted |= {"deep_confined"} if "groundwater" in wanted else set()
    takes = source.isin(wanted).to_numpy(dtype=bool) | (not wanted)
    open_source = (source.isna() | (source == "total")).to_numpy(dtype=bool) & bool(wanted)
    named = trade.isin(binding.value("industries")).to_numpy(dtype=bool)
    case = np.select(
        [
            ~takes & ~open_source,
            open_source,
            kind.isna().to_numpy(dtype=bool),
            trade.isna().to_numpy(dtype=bool),
            named,
        ],
        [
            "other_source",
            "source_unknown",
            "kind_unknown",
            "industry_unknown",
            str(binding.value("permission")),
        ],
        default="not_named",
    )
    permission = (
        pd.Series(case).map({"other_source": "allow", "deny": "deny"}).fillna("review").to_numpy(dtype=object)
    )
    return binding.say(
        scene.subjects("projects"),
        asked=(kind.isin(binding.value("kinds")) | (kind.isna() & (permission != "allow"))).to_numpy(
            dtype=bool
        ),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(np.char.endswith(case.astype(str), "unknown"), "supply_data", "none"),
        key=("bans.industry." + pd.Series(case)).to_numpy(dtype=object),
        measured=projects["demand_m3"].to_numpy(dtype="float64"),
        measure_unit="m3",
        values={"industry": trade.to_numpy(dtype=object), "build_kind": kind.to_numpy(dtype=object)},
        evidence={
            "industry": trade.to_numpy(dtype=object),
            "build_kind": kind.to_numpy(dtype=object),
            "source": source.to_numpy(dtype=object),
        },
    )


def with_flag(scene: Scene, binding: Binding) -> Verdicts:
    """Projects that carry a flag, e.g. processes or equipment to be phased out (YJS-3.3.2a).

    Where nobody recorded flags for any project nothing is concluded from their absence. Asked of projects that are
    not marked as existing; one of no recorded kind is spoken of only where it carries the flag.
    """
    projects = scene.frame("projects")
    marked, kept = flagged(projects["flags"], str(binding.value("flag"))), recorded(projects["flags"])
    bad = str(binding.value("permission"))
    permission = np.select(
        [marked, np.full(len(projects), kept)], [bad, "allow"], default="not_evaluated"
    ).astype(object)
    return binding.say(
        scene.subjects("projects"),
        asked=_still_to_build(projects, permission),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(permission == "not_evaluated", "supply_data", "none"),
        key=np.select(
            [marked, np.full(len(projects), kept)],
            ["bans.flagged.marked", "bans.flagged.not_marked"],
            default="bans.flagged.not_recorded",
        ).astype(object),
        values={"project_flag": binding.value("flag")},
        evidence={"flags": projects["flags"].to_numpy(dtype=object)},
    )


def unconventional_first(scene: Scene, binding: Binding) -> Verdicts:
    """No new permit for projects that could use unconventional water and do not fully (YJS-3.4.1a, YJS-3.5.2c).

    A project could use it inside an area of ALTERNATIVES of one of ``kinds``, or where a reviewer says so (flag
    could_use_unconventional). What 'fully' means the text leaves open: ``unconventional`` records the reviewer's
    judgement, empty is for a person. A project whose own source is unconventional takes no conventional permit.
    ``industries``: only these (their list is open, so another or an unrecorded industry is at most a review); empty:
    all. Asked of projects that are not marked as existing; one of no recorded kind or industry is spoken of unless it
    may pass.
    """
    projects = scene.frame("projects")
    listed = binding.value("industries")
    trade, size = projects["industry"], len(projects)
    named = np.ones(size, dtype=bool) if not listed else trade.isin(listed).to_numpy(dtype=bool)
    outside_list = ~named & (trade.isna() | (trade == "other")).to_numpy(dtype=bool)
    said = flagged(projects["flags"], "could_use_unconventional")
    area = (
        cover(scene, "projects", "alternatives", binding.value("kinds"))
        if scene.has("alternatives")
        else None
    )
    nowhere = np.zeros(size, dtype=bool)
    at_hand = said | (nowhere if area is None else area.inside)
    cannot_tell = nowhere | True if area is None else ~area.known | area.perhaps
    state = projects["unconventional"]
    full, lacking = (state == "full").to_numpy(dtype=bool), (state == "insufficient").to_numpy(dtype=bool)
    case = np.select(
        [
            projects["source"].isin(UNCONVENTIONAL).to_numpy(dtype=bool),
            full,
            ~at_hand & ~cannot_tell,
            ~at_hand,
            ~lacking,
            outside_list,
        ],
        ["own_source", "full", "not_at_hand", "cannot_tell", "not_judged", "industry_open"],
        default="insufficient",
    )
    fixed = dict.fromkeys(("own_source", "full", "not_at_hand"), "allow")
    fixed |= {"cannot_tell": "not_evaluated", "insufficient": "deny"}
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    return binding.say(
        scene.subjects("projects"),
        asked=(named | outside_list)
        & ~(~named & trade.isna().to_numpy(dtype=bool) & (permission == "allow"))
        & _still_to_build(projects, permission),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(np.isin(case, ("cannot_tell", "not_judged")), "supply_data", "none"),
        key=("bans.unconventional_first." + pd.Series(case)).to_numpy(dtype=object),
        values={"industry": trade.to_numpy(dtype=object), "areas": None if area is None else area.ids},
        evidence={
            "unconventional": state.to_numpy(dtype=object),
            "source": projects["source"].to_numpy(dtype=object),
            "flags": projects["flags"].to_numpy(dtype=object),
            "areas": None if area is None else area.ids,
        },
    )


def protection(scene: Scene, binding: Binding) -> Verdicts:
    """Wells and projects in protection areas of the named ``kinds`` (TOL-5a: denied; TOL-6: for a person).

    ``permission`` review: all are for a person. ``deny``: nothing may be drilled or built, but the uses of
    ``review_uses`` are for a person. Where all kinds are areas of drinking water only new building is denied that
    has nothing to do with protecting the water: wells for supply, emergency or monitoring, work on a well that
    exists, projects of no recorded or an unnamed industry, rebuilt and expanded ones are then for a person too.
    ``digging_only``: the clause bans drilling and digging that endanger the works, not building: wells are denied,
    projects are for a person. A place on the edge is inside. Existing projects and mere extensions or changes of a
    permit build nothing and are not asked; what is of no recorded kind is spoken of only inside.
    """
    return concat([_protected_wells(scene, binding), _protected_projects(scene, binding)])


def _protected_wells(scene: Scene, binding: Binding) -> Verdicts:
    asked_for = scene.frame("applications")
    kind, use = asked_for["kind"], asked_for["use"]
    soft = use.isin(binding.value("review_uses") or ()) | kind.isna()
    if _of_drinking_water(binding):
        soft |= use.isin(SERVES_THE_SOURCE) | use.isna() | (kind != "new").fillna(True)
    asked = alive(scene) & ~kind.isin(ON_PAPER).to_numpy(dtype=bool)
    values = {"use": use.to_numpy(dtype=object)}
    return _say_protected(scene, binding, "applications", soft.to_numpy(dtype=bool), asked, values)


def _protected_projects(scene: Scene, binding: Binding) -> Verdicts:
    projects = scene.frame("projects")
    trade, kind = projects["industry"], projects["build_kind"]
    soft = kind.isna()
    if _of_drinking_water(binding):
        soft |= trade.isna() | (trade == "other").fillna(False) | (kind != "new").fillna(True)
    asked = (kind != "existing").fillna(True).to_numpy(dtype=bool)
    values = {"industry": trade.to_numpy(dtype=object), "build_kind": kind.to_numpy(dtype=object)}
    return _say_protected(scene, binding, "projects", soft.to_numpy(dtype=bool), asked, values)


def _still_to_build(projects: pd.DataFrame, permission: np.ndarray) -> np.ndarray:
    """Projects that are not marked as existing; one of no recorded kind is spoken of only where something is wrong."""
    kind = projects["build_kind"]
    return ((kind != "existing").fillna(True) & ~(kind.isna() & (permission == "allow"))).to_numpy(dtype=bool)


def _of_drinking_water(binding: Binding) -> bool:
    """Whether the clause speaks of areas of drinking water only."""
    return set(binding.value("kinds")) <= set(SOURCES_OF_DRINKING_WATER)


def _say_protected(
    scene: Scene,
    binding: Binding,
    role: str,
    soft: np.ndarray,
    asked: np.ndarray,
    values: dict[str, np.ndarray],
) -> Verdicts:
    area: Cover = cover(scene, role, "protection", binding.value("kinds"))
    building = "kind" if role == "applications" else "build_kind"
    kindless = scene.frame(role)[building].isna().to_numpy(dtype=bool)
    review, digging = binding.value("permission") == "review", bool(binding.value("digging_only"))
    works = np.full(len(soft), digging and role == "projects")
    case = np.select(
        [~area.known, ~area.inside & ~area.perhaps, ~area.inside, np.full(len(soft), review), works, soft],
        ["not_placed", "outside", "kind_unknown", "condition", "works", "unclear"],
        default="banned" if _of_drinking_water(binding) else "no_wells" if digging else "nothing_built",
    )
    fixed = dict.fromkeys(("banned", "no_wells", "nothing_built"), "deny")
    fixed |= {"not_placed": "not_evaluated", "outside": "allow"}
    permission = pd.Series(case).map(fixed).fillna("review").to_numpy(dtype=object)
    return binding.say(
        scene.subjects(role),
        asked=asked & ~(kindless & (permission == "allow")),
        outcome=outcomes(permission),
        permission=permission,
        action=np.where(np.isin(case, ("not_placed", "kind_unknown")), "supply_data", "none"),
        key=("bans.protection." + pd.Series(case)).to_numpy(dtype=object),
        values={"protection": area.kinds, "areas": area.ids},
        evidence={**values, "protection": area.kinds, "areas": area.ids},
    )


_INDUSTRY, _PERMISSION = (
    words("project_industry"),
    Parameter("permission", "text", one_of=PERMISSIONS, required=True),
)
RULES = (
    Rule(
        "bans.industry",
        industry,
        subjects=("projects",),
        needs=("projects",),
        step=2,
        parameters=(
            Parameter("industries", "texts", one_of=_INDUSTRY, required=True),
            Parameter("kinds", "texts", one_of=words("project_build_kind"), required=True),
            Parameter("sources", "texts", one_of=words("water_source"), default=()),
            _PERMISSION,
        ),
    ),
    Rule(
        "bans.flagged",
        with_flag,
        subjects=("projects",),
        needs=("projects",),
        step=6,
        parameters=(Parameter("flag", "text", one_of=words("project_flags"), required=True), _PERMISSION),
    ),
    Rule(
        "bans.unconventional_first",
        unconventional_first,
        subjects=("projects",),
        needs=("projects",),
        step=6,
        parameters=(
            Parameter("industries", "texts", one_of=_INDUSTRY, default=()),
            Parameter("kinds", "texts", one_of=words("alternative_kind"), required=True),
        ),
    ),
    Rule(
        "bans.protection",
        protection,
        subjects=("applications", "projects"),
        needs=("protection",),
        step=3,
        parameters=(
            Parameter("kinds", "texts", one_of=words("protection_kind"), required=True),
            _PERMISSION,
            Parameter("review_uses", "texts", one_of=words("use"), default=()),
            Parameter("digging_only", "bool", default=False),
        ),
    ),
)
