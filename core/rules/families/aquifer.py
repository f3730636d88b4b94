"""Deep confined groundwater: who may take it at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.aquifers import DEEP, deep_wells
from ..facts.cover import cover
from ..registry import Parameter, Rule, words
from ..scene import Scene

TAKES_NO_WATER = ("monitoring",)
GONE = ("sealed", "dismantled", "shut")
DECIDED = ("refused", "withdrawn")


def deep_confined(scene: Scene, binding: Binding) -> Verdicts:
    """No deep confined groundwater but for the uses that the clause names (TLF-4.2c, GWR-27).

    Inside and outside of zones. The aquifer of a well is that of its screens where there are any, else the recorded
    one; ``mixed`` or one deep screen counts as deep confined. A record without an aquifer is for a person to look
    at, whatever the use. The uses of ``without_other_source`` are exempt only where no public network and no area
    of ALTERNATIVES covers the place; where one does, or where a layer or the place is missing, a person decides.
    Asked of wells that are not shut, sealed or dismantled and of applications that are not refused or withdrawn; a
    monitoring well takes no water and is not asked.
    """
    return concat([_wells(scene, binding), _applications(scene, binding)])


def _wells(scene: Scene, binding: Binding) -> Verdicts:
    wells = scene.frame("wells")
    aquifer = wells["aquifer"].to_numpy(dtype=object)
    known, deep = deep_wells(scene)
    closed = scene.wells_now["status"].isin(GONE).to_numpy(dtype=bool)
    verdict = _verdict(scene, "wells", known, deep, binding)
    return binding.say(
        scene.subjects("wells"),
        asked=~closed & ~wells["use"].isin(TAKES_NO_WATER).to_numpy(dtype=bool),
        action=np.select(
            [verdict["outcome"] == "fail", _asks_for_data(verdict)],
            ["close", "supply_data"],
            default="none",
        ),
        values={
            "use": wells["use"].to_numpy(dtype=object),
            "aquifer": aquifer,
            "uses": binding.value("uses"),
        },
        evidence={
            "use": wells["use"].to_numpy(dtype=object),
            "aquifer": aquifer,
            "status": scene.wells_now["status"].to_numpy(dtype=object),
        },
        **verdict,
    )


def _applications(scene: Scene, binding: Binding) -> Verdicts:
    asked_for = scene.frame("applications")
    aquifer = asked_for["aquifer"].to_numpy(dtype=object)
    deep, known = np.isin(aquifer.astype(str), DEEP), asked_for["aquifer"].notna().to_numpy(dtype=bool)
    verdict = _verdict(scene, "applications", known, deep, binding)
    outcome = np.asarray(verdict["outcome"], dtype=object)
    permission = np.select([outcome == "fail", outcome == "review"], ["deny", "review"], "allow").astype(
        object
    )
    over = asked_for["decision"].isin(DECIDED) | asked_for["use"].isin(TAKES_NO_WATER)
    return binding.say(
        scene.subjects("applications"),
        asked=~over.to_numpy(dtype=bool),
        permission=permission,
        action=np.where(_asks_for_data(verdict), "supply_data", "none").astype(object),
        values={
            "use": asked_for["use"].to_numpy(dtype=object),
            "aquifer": aquifer,
            "uses": binding.value("uses"),
        },
        evidence={"use": asked_for["use"].to_numpy(dtype=object), "aquifer": aquifer},
        **verdict,
    )


def _verdict(
    scene: Scene, role: str, known: np.ndarray, deep: np.ndarray, binding: Binding
) -> dict[str, np.ndarray]:
    """Outcome and message key per row."""
    frame = scene.frame(role)
    allowed = frame["use"].isin(binding.value("uses")).to_numpy(dtype=bool)
    nameless = frame["use"].isna().to_numpy(dtype=bool)
    depends = allowed & frame["use"].isin(binding.value("without_other_source")).to_numpy(dtype=bool)
    at_hand, nowhere = _other_source(scene, role)
    case = np.select(
        [~known, ~deep, depends & at_hand, depends & ~nowhere, allowed, nameless],
        ["aquifer_unknown", "other_aquifer", "other_source", "source_unknown", "allowed", "use_unknown"],
        default="banned",
    )
    outcome = np.select(
        [case == "other_aquifer", case == "allowed", case == "banned"],
        ["pass", "exempt", "fail"],
        default="review",
    )
    return {"outcome": outcome, "key": ("aquifer.deep_confined." + pd.Series(case)).to_numpy(dtype=object)}


def _asks_for_data(verdict: dict[str, np.ndarray]) -> np.ndarray:
    return pd.Series(verdict["key"]).str.endswith("_unknown").to_numpy(dtype=bool)


def _other_source(scene: Scene, role: str) -> tuple[np.ndarray, np.ndarray]:
    """Per row: a public network or an area of another source covers it; it is known that none does."""
    area, in_network = cover(scene, role, "alternatives"), scene.place(role).frame["in_network"]
    at_hand = area.inside | area.perhaps | (in_network == True).fillna(False).to_numpy(dtype=bool)  # noqa: E712
    known = area.known & in_network.notna().to_numpy(dtype=bool) & scene.has("alternatives")
    return at_hand, known & ~at_hand


RULES = (
    Rule(
        "aquifer.deep_confined",
        deep_confined,
        subjects=("wells", "applications"),
        needs=("wells",),
        step=2,
        parameters=(
            Parameter("uses", "texts", one_of=words("use"), required=True),
            Parameter("without_other_source", "texts", one_of=words("use"), default=()),
        ),
    ),
)
