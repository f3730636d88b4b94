"""Plans of users: water used against the plan, and the water that was planned from other sources."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.allotments import allotments
from ..facts.user_years import UNCONVENTIONAL
from ..facts.yearbook import exceeds, last_full_year, latest_state, unit_names, year_table
from ..registry import Parameter, Rule, words
from ..scene import Scene
from .quota_units import LEVELS, SOURCES

CONSEQUENCES = {"charge": "charge", "reduce_plan": "reduce_plan", "list": "list"}
CUT = "quota.plan_cut_ratio"
"""The reading that a plan is cut by the whole excess or shortfall (1 : 1) where no ratio is set."""


def user_plan(scene: Scene, binding: Binding) -> Verdicts:
    """Water used in a year against the user's plan: ``used ≤ plan`` (TOL-9a, TLF-3.4d, YJS-3.1.2a).

    Above it: fail, in an open year as well (review where the use is an estimate from electricity). ``consequence``
    is what the text attaches: a charge, a cut of the next plan by ``ratio`` · excess, or a place on a list.
    """
    table = scene.amounts.user_years
    row = np.asarray(scene.rows_of("users", table["user_id"]), dtype="int64")
    # use without a plan is worth a word only in years for which plans were made at all
    planned = table.loc[table["plan"].notna(), "year"].unique()
    asked = table["year"].isin(planned if len(planned) else [last_full_year(scene)]).to_numpy()
    kept = (row >= 0) & asked & (table[["use", "plan"]].notna().any(axis=1)).to_numpy()
    table, row = table[kept].reset_index(drop=True), row[kept]
    use, plan = table["use"].to_numpy("float64"), table["plan"].to_numpy("float64")
    open_year = (table["state"] == "open").to_numpy()
    state = np.select(
        [np.isnan(plan), np.isnan(use), exceeds(use, plan), open_year],
        ["no_plan", "no_use", "over", "open"],
        default="within",
    ).astype(object)
    over, estimated = state == "over", table["estimated"].to_numpy(bool)
    consequence = str(binding.value("consequence") or "list")
    excess = np.where(over, use - plan, np.nan)
    state[over & estimated] = "over_estimated"
    key = np.array([f"quota.user_plan.{one}" for one in state], dtype=object)
    proposed = np.full(len(table), np.nan)
    unsure: tuple[str, ...] = ()
    if consequence == "reduce_plan":
        key[state == "over"] = "quota.user_plan.over_reduce"
        proposed, unsure = _next_plan(binding, plan, _next_of(table, "plan"), excess)
    outcome = np.select(
        [over & estimated, over, state == "within"], ["review", "fail", "pass"], default="not_evaluated"
    )
    lacking = np.isin(state, ["no_plan", "no_use"])
    return binding.say(
        scene.subjects("users").take(row),
        outcome=outcome.astype(object),
        key=key,
        values={
            "year": table["year"].to_numpy(),
            "use": use.round(2),
            "plan": plan.round(2),
            "excess": excess.round(2),
            "percent": (100 * excess / np.where(plan > 0, plan, np.nan)).round(2),
            "next_year": table["year"].to_numpy() + 1,
            "proposed": proposed.round(2),
        },
        evidence={"estimated": np.where(estimated, True, None), "proposed_plan_m3": proposed},
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=table["state"].to_numpy(dtype=object),
        action=np.select([over, lacking], [CONSEQUENCES[consequence], "supply_data"], default="none").astype(
            object
        ),
        measured=use,
        threshold=plan,
        measure_unit="m3",
        unsure=unsure,
    )


def _next_plan(binding: Binding, plan, following, cut_by) -> tuple[np.ndarray, tuple[str, ...]]:
    """The plan proposed for the next year: its own figure, else this year's, less ratio · what is to be cut."""
    ratio = binding.value("ratio")
    base = np.where(np.isnan(following), plan, following)
    proposed = np.maximum(0.0, base - (1.0 if ratio is None else float(str(ratio))) * cut_by)
    return proposed, (CUT,) if ratio is None else ()


def _next_of(table: pd.DataFrame, name: str) -> np.ndarray:
    """A column of the same user a year later, NaN where there is none."""
    later = table.set_index(["user_id", "year"])[name]
    keys = pd.MultiIndex.from_arrays([table["user_id"], table["year"] + 1])
    return later.reindex(keys).to_numpy("float64")


def unconventional_plan(scene: Scene, binding: Binding) -> Verdicts:
    """Unconventional water used in a year against what was planned: ``used ≥ planned`` (YJS-3.5.2a).

    Short of it in a closed year: fail, with the next conventional plan less ``ratio`` · shortfall. What was planned
    and used is the figure for unconventional water, else that for reclaimed and dewatering water together.
    """
    planned, used = (_unconventional(scene, measure) for measure in ("plan", "use"))
    table = planned.rename(columns={"value": "planned"}).drop(columns="as_of")
    table = table.merge(used.rename(columns={"value": "used"}), on=["user_id", "year"], how="left")
    row = np.asarray(scene.rows_of("users", table["user_id"]), dtype="int64")
    table, row = table[row >= 0].reset_index(drop=True), row[row >= 0]
    plan, use = table["planned"].to_numpy("float64"), table["used"].to_numpy("float64")
    period_state = scene.amounts.year_state(table["year"], table["as_of"])
    future = (table["year"] > scene.as_of.year).to_numpy()
    state = np.select(
        [future, np.isnan(use), period_state == "open", exceeds(plan, use)],
        ["not_due", "no_use", "open", "short"],
        default="met",
    ).astype(object)
    shortfall = np.where(state == "short", plan - use, np.nan)
    plans = scene.amounts.user_years[["user_id", "year", "plan"]]
    joined = table.merge(plans, on=["user_id", "year"], how="left")["plan"].to_numpy("float64")
    later = table[["user_id"]].assign(year=table["year"] + 1).merge(plans, on=["user_id", "year"], how="left")
    proposed, unsure = _next_plan(binding, joined, later["plan"].to_numpy("float64"), shortfall)
    outcome = {"met": "pass", "short": "fail"}
    return binding.say(
        scene.subjects("users").take(row),
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"quota.unconventional_plan.{one}" for one in state], dtype=object),
        values={
            "year": table["year"].to_numpy(),
            "use": use.round(2),
            "plan": plan.round(2),
            "shortfall": shortfall.round(2),
            "next_year": table["year"].to_numpy() + 1,
            "proposed": proposed.round(2),
        },
        evidence={"shortfall_m3": shortfall, "proposed_plan_m3": proposed},
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=np.where(future, "not_due", period_state).astype(object),
        action=np.select(
            [state == "short", state == "no_use"], ["reduce_plan", "supply_data"], "none"
        ).astype(object),
        measured=use,
        threshold=plan,
        measure_unit="m3",
        unsure=unsure,
    )


def _unconventional(scene: Scene, measure: str) -> pd.DataFrame:
    """``user_id``, ``year``, ``value``, ``as_of``: the figure for all unconventional water, else its sources' sum."""
    rows = scene.amounts.indices(measure, "users")
    rows = rows[rows["source"].isin(UNCONVENTIONAL).to_numpy() & (rows["sector"] == "").to_numpy()]
    reach = pd.to_datetime(rows["as_of"]).fillna(pd.Timestamp.max)
    rows = rows.assign(reach=reach, whole=rows["source"] == "unconventional")
    keys = ["subject_id", "year", "source"]
    rows = rows.sort_values([*keys, "version", "reach", "value"], kind="stable").drop_duplicates(
        keys, keep="last"
    )
    has_whole = rows.groupby(["subject_id", "year"])["whole"].transform("any")
    rows = rows[(rows["whole"] | ~has_whole).to_numpy(bool)]
    grouped = rows.groupby(["subject_id", "year"], sort=True)
    sums = pd.DataFrame({"value": grouped["value"].sum(), "as_of": grouped["as_of"].min()}).reset_index()
    return sums.rename(columns={"subject_id": "user_id"})


def overload_plan(scene: Scene, binding: Binding) -> Verdicts:
    """Units and users that use more than their index have a reduction plan (YJS-3.1.1b).

    Overloaded: use above the index in the last year that can be judged; a user's plan or quota is no index. A plan is
    a document of kind ``reduction_plan`` for the unit or user, of that year or later, or without a year; where no
    documents were supplied nobody knows. ``kinds``: of the users only these; one of unknown kind never fails.
    """
    level, source = str(binding.value("level") or "township"), str(binding.value("source") or "total")
    units = year_table(scene, level=level, source=source)
    latest = latest_state(units)
    silent = units[~units["unit_id"].isin(latest["unit_id"])].drop_duplicates("unit_id", keep="last")
    units = pd.concat([part for part in (latest, silent) if len(part)] or [units], ignore_index=True)
    said = {"over": "over", "within": "within"}
    of_units = _planned(
        scene,
        binding,
        scene.unit_subjects(units["unit_id"].to_numpy(dtype=object)),
        pd.DataFrame(
            {
                "id": units["unit_id"],
                "name": unit_names(scene, units["unit_id"]),
                "year": units["year"],
                "use": units["use_m3"],
                "index": units["cap_m3"],
                "state": units["state"].map(said).fillna("unknown"),
            }
        ),
    )
    return concat([of_units, _user_overload(scene, binding)])


def _user_overload(scene: Scene, binding: Binding) -> Verdicts:
    kinds = binding.value("kinds")
    given = allotments(scene, "user", "total", measures=("index",))[["id", "year", "value"]]
    given = given.rename(columns={"id": "user_id", "value": "index"})
    table = scene.amounts.user_years.merge(given, on=["user_id", "year"], how="left")
    table = table[table["use"].notna().to_numpy() & (table["year"] <= scene.as_of.year).to_numpy()]
    row = np.asarray(scene.rows_of("users", table["user_id"]), dtype="int64")
    table = table.assign(row=row)[row >= 0]
    kind = scene.frame("users")["kind"].iloc[table["row"]]
    told = kind.notna().to_numpy(bool) if isinstance(kinds, tuple) else np.ones(len(table), dtype=bool)
    asked = kind.isin(kinds).to_numpy(bool) | ~told if isinstance(kinds, tuple) else told
    over, limited = exceeds(table["use"], table["index"]), table["index"].notna().to_numpy()
    closed = (table["year"] <= last_full_year(scene)).to_numpy()
    # a use without an index is worth a word only for those who are surely asked
    speaks = over | (closed & (limited | (isinstance(kinds, tuple) & told)))
    state = np.select([over & ~told, over, limited], ["kind_unknown", "over", "within"], default="unknown")
    table = table.assign(state=state)[asked & speaks]
    table = table.sort_values(["user_id", "year"], kind="stable")
    table = table.drop_duplicates("user_id", keep="last").reset_index(drop=True)
    subjects = scene.subjects("users").take(table["row"].to_numpy("int64"))
    return _planned(scene, binding, subjects, table.assign(id=table["user_id"], name=table["user_id"]))


def _planned(scene: Scene, binding: Binding, subjects, table: pd.DataFrame) -> Verdicts:
    """Outcome of overloaded subjects by whether a reduction plan of theirs is on file."""
    documents = scene.frame("documents")
    documents = documents[
        (documents["kind"] == "reduction_plan").to_numpy(bool)
        & (documents["subject_role"] == subjects.role).to_numpy(bool)
    ]
    ids = documents["subject_id"]
    ids = pd.Series(
        scene.unit_key(ids) if subjects.role == "units" else ids.to_numpy(dtype=object), dtype=object
    )
    year = documents["year"].astype("float64").fillna(9999).to_numpy()
    last = pd.Series(year).groupby(ids.to_numpy()).max() if len(ids) else pd.Series(dtype="float64")
    has = (table["id"].map(last).astype("float64") >= table["year"]).to_numpy(bool)
    over = table["state"].isin(["over", "kind_unknown"]).to_numpy()
    state = np.select(
        [
            (table["state"] == "unknown").to_numpy(),
            over & has,
            over & (not scene.has("documents")),
            (table["state"] == "kind_unknown").to_numpy(),
            over,
        ],
        ["unknown", "planned", "no_documents", "kind_unknown", "missing"],
        default="within",
    ).astype(object)
    lacking = np.isin(state, ["unknown", "no_documents", "kind_unknown"])
    outcome = {"missing": "fail", "within": "pass", "planned": "pass"}
    return binding.say(
        subjects,
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"quota.overload_plan.{one}" for one in state], dtype=object),
        values={
            "subject": table["name"].to_numpy(dtype=object),
            "year": table["year"].to_numpy(),
            "use": table["use"].round(2),
            "index": table["index"].round(2),
        },
        period=table["year"].astype(str).to_numpy(dtype=object),
        action=np.select([state == "missing", lacking], ["reduce_plan", "supply_data"], "none").astype(
            object
        ),
        measured=table["use"].to_numpy("float64"),
        threshold=table["index"].to_numpy("float64"),
        measure_unit="m3",
    )


RULES = (
    Rule(
        "quota.user_plan",
        user_plan,
        subjects=("users",),
        needs=("users",),
        parameters=(
            Parameter("consequence", "text", default="list", one_of=tuple(CONSEQUENCES)),
            Parameter("ratio", "number"),
        ),
    ),
    Rule(
        "quota.unconventional_plan",
        unconventional_plan,
        subjects=("users",),
        needs=("users", "indices"),
        parameters=(Parameter("ratio", "number"),),
    ),
    Rule(
        "quota.overload_plan",
        overload_plan,
        subjects=("units", "users"),
        parameters=(
            Parameter("level", "text", default="township", one_of=LEVELS),
            Parameter("source", "text", default="total", one_of=SOURCES),
            Parameter("kinds", "texts", one_of=words("user_kind")),
        ),
    ),
)
