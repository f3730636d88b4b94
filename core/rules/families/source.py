"""Wells whose users have another source of water at hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.cover import cover
from ..registry import Parameter, Rule, words
from ..scene import Scene

NOT_IN_USE = ("sealed", "dismantled", "shut", "proposed")


def replace(scene: Scene, binding: Binding) -> Verdicts:
    """Groundwater gives way to another source where one is at hand (TLF-4.3e, HJQ-3.3b, YJS-3.4.1b).

    At hand: the well lies in an area of ALTERNATIVES of one of ``kinds`` that is in force, its edge included.
    ``urgency`` must: the well fails after ``due_on`` (up to that day there is no verdict yet); the text wants a
    deadline, so while none is set it is a review; first: a priority, for a person. Before ``from_year`` nothing is
    due. The volume affected is that of the last whole year of readings, else the permitted one. Asked of wells of the
    named uses that are not shut, sealed, dismantled or proposed; one of no recorded use is spoken of only where
    another source is at hand.
    """
    wells, status = scene.frame("wells"), scene.wells_now["status"]
    area = cover(scene, "wells", "alternatives", binding.value("kinds"))
    use = wells["use"]
    named, nameless = use.isin(binding.value("uses")).to_numpy(dtype=bool), use.isna().to_numpy(dtype=bool)
    due, begin = binding.value("due_on"), binding.value("from_year")
    size = len(wells)
    early = begin is not None and date(int(str(begin)), 1, 1) > scene.as_of
    must = binding.value("urgency") == "must"
    waiting = must and due is not None and np.datetime64(due) >= scene.today
    overdue = must and due is not None and not waiting
    case = np.select(
        [
            ~area.known,
            ~area.inside & ~area.perhaps,
            np.full(size, early),
            ~area.inside,
            nameless,
            np.full(size, waiting),
            np.full(size, overdue),
        ],
        ["not_placed", "none_at_hand", "not_begun", "kind_unknown", "use_unknown", "not_due", "overdue"],
        default=str(binding.value("urgency")),
    )
    outcome = pd.Series(case).map(
        {
            "not_placed": "not_evaluated",
            "none_at_hand": "pass",
            "not_begun": "not_evaluated",
            "not_due": "not_evaluated",
            "overdue": "fail",
        }
    )
    unclear = np.isin(case, ("not_placed", "kind_unknown", "use_unknown"))
    volume, origin = _volume(scene)
    return binding.say(
        scene.subjects("wells"),
        asked=~status.isin(NOT_IN_USE).to_numpy(dtype=bool) & (named | (nameless & (case != "none_at_hand"))),
        outcome=outcome.fillna("review").to_numpy(dtype=object),
        action=np.select(
            [unclear, case == "none_at_hand"], ["supply_data", "none"], default="replace_source"
        ),
        period_state=np.select(
            [np.isin(case, ("not_due", "not_begun")), case == "overdue"], ["not_due", "overdue"], default=""
        ),
        key=("source.replace." + pd.Series(case)).to_numpy(dtype=object),
        measured=volume,
        measure_unit="m3",
        values={
            "use": use.to_numpy(dtype=object),
            "alternative": area.kinds,
            "areas": area.ids,
            "volume_m3": volume,
            "due_on": due,
            "from_year": begin,
        },
        evidence={
            "use": use.to_numpy(dtype=object),
            "alternative": area.kinds,
            "areas": area.ids,
            "volume_m3": volume,
            "volume_of": origin,
        },
    )


def _volume(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Volume (m³) that each well takes, and where that figure is from: a year of readings, or ``permit``."""
    size = len(scene.frame("wells"))
    years = scene.amounts.well_years
    whole = years[years["whole"].to_numpy(dtype=bool) & years["volume_m3"].notna().to_numpy(dtype=bool)]
    last = whole.sort_values("year", kind="stable").drop_duplicates("well", keep="last").set_index("well")
    last = last.reindex(pd.RangeIndex(size))
    read = last["volume_m3"].to_numpy(dtype="float64")
    permitted = scene.wells_now["permit_m3"].to_numpy(dtype="float64")
    volume = np.where(np.isnan(read), permitted, read)
    year = last["year"].astype("Int64").astype(object).astype(str).to_numpy(dtype=object)
    return volume, np.select([~np.isnan(read), ~np.isnan(permitted)], [year, "permit"], default="")


RULES = (
    Rule(
        "source.replace",
        replace,
        subjects=("wells",),
        needs=("wells", "alternatives"),
        parameters=(
            Parameter("uses", "texts", one_of=words("use"), required=True),
            Parameter("kinds", "texts", one_of=words("alternative_kind"), required=True),
            Parameter("urgency", "text", one_of=("must", "first"), required=True),
            Parameter("due_on", "date"),
            Parameter("from_year", "integer"),
        ),
    ),
)
