"""Ecological flow at control sections: is it fixed, is it kept; and what of the waters no register holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ...schema import normal_name
from ..binding import Binding
from ..facts.yearbook import reaches
from ..registry import Parameter, Rule
from ..scene import Scene


def flow_fixed(scene: Scene, binding: Binding) -> Verdicts:
    """Every control section has an ecological flow (TLF-1.2d). None: fail; up to ``due_on`` not due."""
    sections = scene.frame("sections")
    fixed = sections["eco_flow_m3s"].notna().to_numpy()
    due_on = binding.value("due_on")
    early = due_on is not None and scene.as_of <= due_on
    return binding.say(
        scene.subjects("sections"),
        outcome=np.where(fixed, "pass", "not_evaluated" if early else "fail").astype(object),
        action=np.where(fixed, "none", "supply_data").astype(object),
        period_state=np.where(fixed | (not early), "", "not_due").astype(object),
        key=np.where(
            fixed, "ecology.fixed.yes", "ecology.fixed.not_due" if early else "ecology.fixed.no"
        ).astype(object),
        values={
            "section": sections["row_id"].to_numpy(),
            "river": sections["river"].to_numpy(),
            "due": due_on,
        },
        measured=sections["eco_flow_m3s"].to_numpy("float64"),
        measure_unit="m3/s",
    )


def flow_kept(scene: Scene, binding: Binding) -> Verdicts:
    """The ecological flow of the named rivers is kept at the guarantee rate (TLF-1.2l, TOL-1b).

    Rate of a section = share of its observations with flow ≥ ecological flow, at least ``guarantee_ratio`` (0 to 1).
    The rows of SECTIONS with one ``section_id`` are its observations; a single row is one observation. A row without
    a flow could be either: it passes only if the rate is reached without it, and fails only if it would not be with
    it. ``short`` = review: a rate that is not reached is for a person to look at. ``rivers``: the recorded river
    contains one of the names (empty: every river); a section without a river could be one of them. Without an
    ecological flow nothing can be said.
    """
    sections = scene.frame("sections")
    rivers = [normal_name(name) for name in binding.value("rivers") or ()]
    river = sections["river"].astype(object)
    names = {name: any(one in normal_name(name) for one in rivers) for name in river.dropna().unique()}
    named = river.map(names).eq(True).to_numpy() if rivers else np.ones(len(sections), dtype=bool)
    unsure = river.isna().to_numpy() & bool(rivers)
    who = sections["section_id"].astype(object).where(sections["section_id"].notna(), sections["row_id"])
    eco = sections["eco_flow_m3s"].groupby(who).transform("max").to_numpy("float64")
    flow = sections["flow_m3s"].to_numpy("float64")
    seen = ~np.isnan(flow)
    kept = pd.Series(np.where(seen, reaches(flow, eco), np.nan))
    ratio = kept.fillna(0.0).groupby(who.to_numpy()).transform("mean").to_numpy("float64")
    best = kept.fillna(1.0).groupby(who.to_numpy()).transform("mean").to_numpy("float64")
    count = pd.Series(seen).groupby(who.to_numpy()).transform("sum").to_numpy("int64")
    wanted = float(binding.value("guarantee_ratio"))
    known = ~np.isnan(eco) & (count > 0) & ~unsure
    enough, never = reaches(ratio, wanted), ~reaches(best, wanted)
    first = np.flatnonzero(~who.duplicated().to_numpy())
    return binding.say(
        scene.subjects("sections").take(first),
        asked=(named | unsure)[first],
        outcome=np.select(
            [~known, enough, never], ["not_evaluated", "pass", binding.value("short")], "not_evaluated"
        ).astype(object)[first],
        action=np.select([~known, enough, never], ["supply_data", "none", "explain"], "supply_data").astype(
            object
        )[first],
        key=np.select(
            [unsure, np.isnan(eco), count == 0, enough, never],
            [
                "ecology.kept.no_river",
                "ecology.kept.no_eco_flow",
                "ecology.kept.no_flow",
                "ecology.kept.yes",
                "ecology.kept.no",
            ],
            "ecology.kept.open",
        ).astype(object)[first],
        values={
            "section": sections["row_id"].to_numpy()[first],
            "river": river.to_numpy()[first],
            "rate": np.round(ratio * 100.0, 2)[first],
            "wanted": wanted * 100.0,
            "eco": eco[first],
            "n": count[first],
        },
        evidence={"eco_flow_m3s": eco[first], "flow_m3s": flow[first], "n": count[first]},
        measured=ratio[first],
        threshold=wanted,
        measure_unit="ratio",
    )


def unrecorded(scene: Scene, binding: Binding) -> Verdicts:
    """A part of a clause about waters that the register does not hold: ``what`` has to be checked on site (TOL-1b,
    YJS-2b). Never a verdict, so that the rest of the clause does not pass for all of it."""
    return binding.say(
        scene.policy_subject(binding.clause.id),
        outcome="not_evaluated",
        key=f"ecology.unrecorded.{binding.value('what')}",
    )


RULES = (
    Rule(
        "ecology.unrecorded",
        unrecorded,
        subjects=("policy",),
        parameters=(Parameter("what", "text", one_of=("outfalls", "lakes"), required=True),),
    ),
    Rule(
        "ecology.flow_fixed",
        flow_fixed,
        subjects=("sections",),
        needs=("sections",),
        parameters=(Parameter("due_on", "date"),),
    ),
    Rule(
        "ecology.flow_kept",
        flow_kept,
        subjects=("sections",),
        needs=("sections",),
        parameters=(
            Parameter("rivers", "texts"),
            Parameter("guarantee_ratio", "number", required=True),
            Parameter("short", "text", default="fail", one_of=("fail", "review")),
        ),
    ),
)
