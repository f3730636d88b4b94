"""Indices divided below: to townships, sectors, users and wells; the parts against the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.allotments import (
    MEASURES,
    UNIT_CHILDREN,
    allotments,
    parents_of,
    sector_sums,
    sectors_of_users,
    units_of_users,
    users_whole,
)
from ..facts.work import wells_at_work
from ..facts.yearbook import CITY, caps_of, exceeds, reaches, unit_names, units_of
from ..registry import Parameter, Rule
from ..scene import Scene
from ..subjects import Subjects

PARENTS = (CITY, "user", *UNIT_CHILDREN)
CHILDREN = ("user", "well", "sector", *UNIT_CHILDREN)

_OUTCOMES = {
    "no_parent": "not_evaluated",
    "no_child": "not_evaluated",
    "neither": "not_evaluated",
    "over": "fail",
    "unknown_sector": "not_evaluated",
    "gradual_over": "review",
    "gradual": "review",
    "gradual_done": "pass",
    "equal": "pass",
    "unallocated": "review",
    "below": "pass",
}


def allocation(scene: Scene, binding: Binding) -> Verdicts:
    """What was given to the parts against what the whole has: ``Σ parts ≤ whole``; ``exact``: ``Σ parts = whole``.

    More than the whole: fail. Less: a pass, but with ``exact`` a review of what is not allocated yet. ``sectors``
    beside a unit level name the sectors that the index is divided among as well; beside users or wells they name the
    sector whose index is divided, and only users of that sector count (one of unknown sector fails nobody). ``then``
    divides the parts once more. ``measure``: only figures of this measure count as given. ``gradual``: the index is
    divided step by step; the share of the users that have one is told and nothing fails. Below wells nothing is
    divided, and every well at work has a figure (review).
    """
    parent, child = str(binding.value("parent")), str(binding.value("child"))
    exact, source = bool(binding.value("exact")), str(binding.value("source") or "total")
    then, sectors = binding.value("then"), tuple(str(one) for one in _listed(binding.value("sectors")))
    found = []
    if child in (*UNIT_CHILDREN, "sector") and (sectors or child == "sector"):
        found.append(_sectors(scene, binding, parent, source, sectors, exact))
    if child != "sector":
        inner = sectors if child in ("user", "well") else ()
        found.append(_parts(scene, binding, parent, child, source, inner, exact))
    if then is not None and child != "sector":
        found.append(_parts(scene, binding, child, str(then), source, (), exact))
    if "well" in (child, then):
        found.append(_wells_without(scene, binding, source))
    return concat(found)


def _listed(value: object) -> tuple:
    return value if isinstance(value, tuple) else ()


def _parts(
    scene, binding, parent: str, child: str, source: str, sectors: tuple[str, ...], exact: bool
) -> Verdicts:
    """Children of one kind against their parents, year by year."""
    measure = binding.value("measure")
    whole = _whole(scene, parent, source, sectors)
    given = allotments(
        scene, child, source, sectors if child == "user" else (), (str(measure),) if measure else MEASURES
    )
    links = parents_of(scene, given, child, parent)
    sure = given["sure"].to_numpy(bool)[links["child"]]
    part = given["value"].to_numpy("float64")[links["child"]] * links["share"].to_numpy("float64")
    parts = pd.DataFrame(
        {
            "id": links["parent_id"].to_numpy(dtype=object),
            "year": given["year"].to_numpy("int64")[links["child"]],
            "part": np.where(sure, part, np.nan),
            "doubtful": np.where(sure, 0.0, part),
            "sure": sure,
        }
    )
    parts = parts[(parts["id"] != "").to_numpy()]
    grouped = parts.groupby(["id", "year"])
    sums = pd.DataFrame(
        {
            "parts": grouped["part"].sum(min_count=1),
            "n_parts": grouped["sure"].sum(),
            "n_known": grouped["part"].count(),
            "doubtful": grouped["doubtful"].sum(),
        }
    )
    # a well of several users without shares: what each of them has is not known
    sums["parts"] = sums["parts"].where(sums["n_known"] == sums["n_parts"])
    sums = sums.reset_index()
    if binding.value("gradual"):
        sums = _progress(scene, given, links, sums, parent, sectors)
    return _say(scene, binding, parent, child, _joined(scene, whole, sums), exact)


def _progress(scene: Scene, given, links, sums: pd.DataFrame, parent: str, sectors) -> pd.DataFrame:
    """With the users of each parent: ``n_users`` of the sectors, ``n_with`` a figure, ``n_unknown`` in sector."""
    sector = sectors_of_users(scene)
    unit = pd.Series(units_of_users(scene, sector.index.to_numpy(dtype=object), parent), index=sector.index)
    told = pd.DataFrame(
        {
            "id": links["parent_id"].to_numpy(dtype=object),
            "year": given["year"].to_numpy("int64")[links["child"]],
            "user": given["id"].to_numpy(dtype=object)[links["child"]],
            "sure": given["sure"].to_numpy(bool)[links["child"]],
        }
    )
    told = told[told["sure"].to_numpy()]
    years = np.union1d(sums["year"].unique(), told["year"].unique())
    rows = []
    for year in years:
        of_year = told[(told["year"] == year).to_numpy()]
        here = pd.concat([unit, pd.Series(of_year["id"].to_numpy(), index=of_year["user"].to_numpy())])
        here = here[~here.index.duplicated(keep="last")]
        has = here.index.isin(of_year["user"])
        of_sector = sector.reindex(here.index).fillna("")
        counts = pd.DataFrame(
            {
                "n_with": has,
                "n_users": has | of_sector.isin(sectors).to_numpy(bool),
                "n_unknown": ~has & (of_sector == "").to_numpy(bool),
            }
        )
        rows.append(counts.groupby(here.to_numpy(dtype=object)).sum().assign(year=year))
    if not rows:
        return sums
    counted = pd.concat(rows).rename_axis("id").reset_index()
    return sums.merge(counted[(counted["id"] != "").to_numpy()], on=["id", "year"], how="left")


def _whole(scene: Scene, parent: str, source: str, sectors: tuple[str, ...]) -> pd.DataFrame:
    if sectors:
        found = sector_sums(scene, parent, source)
        found = found[found["sector"].isin(sectors).to_numpy()]
        found = found.groupby(["id", "year"])["value"].agg(["sum", "size"]).reset_index()
        found = found[found["size"] == len(sectors)].rename(columns={"sum": "value"})
    elif parent == "user":
        found = users_whole(scene, source)
    else:
        found = caps_of(scene, parent, source).rename(columns={"unit_id": "id"})
    return found[["id", "year", "value"]].rename(columns={"value": "whole"}).drop_duplicates(["id", "year"])


def _sectors(scene, binding, parent: str, source: str, sectors: tuple[str, ...], exact: bool) -> Verdicts:
    """Sectors against the unit; a sector that the text names and the register lacks is none allocated."""
    found = sector_sums(scene, parent, source, at_least=True)
    sums = found.groupby(["id", "year"])["value"].agg(parts="sum", n_parts="size").reset_index()
    listed = found[found["sector"].isin(sectors).to_numpy()].groupby(["id", "year"])["sector"].nunique()
    keys = pd.MultiIndex.from_frame(sums[["id", "year"]])
    short = len(sectors) - listed.reindex(keys).fillna(0).to_numpy("int64")
    table = _joined(scene, _whole(scene, parent, source, ()), sums.assign(n_short=short))
    return _say(scene, binding, parent, "sector", table, exact)


def _joined(scene: Scene, whole: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """Whole and parts by subject and year, up to the year after the day of judgement."""
    table = whole.astype({"id": object, "year": "int64"}).merge(
        sums.astype({"id": object, "year": "int64"}), on=["id", "year"], how="outer"
    )
    for name in ("n_short", "doubtful", "n_with", "n_users", "n_unknown"):
        table[name] = table[name].fillna(0) if name in table else 0
    # a target for a distant year is not divided yet
    near = (table["year"] <= scene.as_of.year) | table["parts"].notna()
    return table[near.to_numpy()].sort_values(["id", "year"], kind="stable").reset_index(drop=True)


def _say(
    scene: Scene, binding: Binding, parent: str, child: str, table: pd.DataFrame, exact: bool
) -> Verdicts:
    subjects, rows = _subjects(scene, parent, table)
    table = table.iloc[rows].reset_index(drop=True)
    whole, parts = table["whole"].to_numpy("float64"), table["parts"].to_numpy("float64")
    state = _state(table, exact, bool(binding.value("gradual")))
    left = whole - parts
    names = subjects.ids if subjects.role == "users" else unit_names(scene, subjects.ids)
    counts = {
        name: table[name].fillna(0).astype("int64").to_numpy()
        for name in ("n_parts", "n_short", "n_with", "n_users", "n_unknown")
    }
    return binding.say(
        subjects,
        outcome=pd.Series(state, dtype=object).map(_OUTCOMES).to_numpy(dtype=object),
        key=np.array([f"quota.allocation.{one}" for one in state], dtype=object),
        values={
            "subject": names,
            "year": table["year"].to_numpy(),
            "whole": whole.round(2),
            "parts": np.where(state == "unknown_sector", np.nan_to_num(parts), parts).round(2),
            "over": np.where(left < 0, -left, np.nan).round(2),
            "left": np.where(left >= 0, left, np.nan).round(2),
            "doubtful": table["doubtful"].to_numpy("float64").round(2),
            **counts,
        },
        evidence={"child": child, "n_parts": counts["n_parts"]},
        period=table["year"].astype(str).to_numpy(dtype=object),
        action=np.where(
            np.isin(state, ["no_parent", "no_child", "neither", "unknown_sector"]), "supply_data", "none"
        ).astype(object),
        measured=parts,
        threshold=whole,
        measure_unit="m3",
        check=child,
    )


def _state(table: pd.DataFrame, exact: bool, gradual: bool) -> np.ndarray:
    """What can be said of each whole and its parts."""
    whole, parts = table["whole"].to_numpy("float64"), table["parts"].to_numpy("float64")
    doubtful = table["doubtful"].to_numpy("float64")
    over, none = exceeds(parts, whole), np.isnan(parts)
    # users of unknown sector: more than the index with them, or none that is surely of the sector
    unsure = (doubtful > 0) & (none | exceeds(np.nan_to_num(parts) + doubtful, whole))
    complete = reaches(parts, whole) & (table["n_short"] == 0).to_numpy()
    conditions = [np.isnan(whole) & none, np.isnan(whole), over, unsure, none]
    states = ["neither", "no_parent", "gradual_over" if gradual else "over", "unknown_sector", "no_child"]
    if gradual:
        done = (table["n_with"] == table["n_users"]).to_numpy() & (table["n_unknown"] == 0).to_numpy()
        return np.select([*conditions, done], [*states, "gradual_done"], default="gradual").astype(object)
    return np.select(
        [*conditions, complete, np.full(len(table), exact)],
        [*states, "equal", "unallocated"],
        default="below",
    ).astype(object)


def _subjects(scene: Scene, parent: str, table: pd.DataFrame) -> tuple[Subjects, np.ndarray]:
    """Parents as subjects, and the rows of the table that they stand for."""
    if parent != "user":
        wanted = set(units_of(scene, parent))
        rows = np.flatnonzero(table["id"].isin(wanted).to_numpy())
        return scene.unit_subjects(table["id"].to_numpy(dtype=object)[rows]), rows
    row = np.asarray(scene.rows_of("users", table["id"]), dtype="int64")
    rows = np.flatnonzero(row >= 0)
    return scene.subjects("users").take(row[rows]), rows


def _wells_without(scene: Scene, binding: Binding, source: str) -> Verdicts:
    """Wells at work without a figure in the last year in which any well has one."""
    given = allotments(scene, "well", source)
    given = given[(given["year"] <= scene.as_of.year).to_numpy()]
    year = int(given["year"].max()) if len(given) else scene.as_of.year
    rows = np.asarray(scene.rows_of("wells", given.loc[given["year"] == year, "id"]), dtype="int64")
    subjects = scene.subjects("wells")
    has = np.isin(np.arange(len(subjects)), rows) | scene.frame("wells")["plan_m3"].notna().to_numpy()
    return binding.say(
        subjects,
        asked=wells_at_work(scene, np.array([year]))[:, 0] & scene.wells_now["in_use"].to_numpy(bool),
        outcome=np.where(has, "pass", "review").astype(object),
        key="quota.allocation.well_without",
        values={"year": year},
        period=str(year),
        action="list",
        check="without_index",
    )


RULES = (
    Rule(
        "quota.allocation",
        allocation,
        subjects=("units", "users", "wells"),
        needs=("indices",),
        parameters=(
            Parameter("parent", "text", required=True, one_of=PARENTS),
            Parameter("child", "text", required=True, one_of=CHILDREN),
            Parameter("then", "text", one_of=CHILDREN),
            Parameter("exact", "bool", default=False),
            Parameter("source", "text", default="total", one_of=("groundwater", "total")),
            Parameter("sectors", "texts"),
            Parameter("measure", "text", one_of=MEASURES),
            Parameter("gradual", "bool", default=False),
        ),
    ),
)
