"""Indices divided below: to townships, sectors, users and wells; the parts against the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.allotments import UNIT_CHILDREN, allotments, parents_of, sector_sums
from ..facts.work import wells_at_work
from ..facts.yearbook import CITY, exceeds, reaches, unit_names, units_of
from ..registry import Parameter, Rule
from ..scene import Scene
from ..subjects import Subjects

PARENTS = (CITY, "user", *UNIT_CHILDREN)
CHILDREN = ("user", "well", "sector", *UNIT_CHILDREN)

_KEYS = ("no_parent", "no_child", "over", "equal", "unallocated", "below")
_OUTCOMES = {
    "no_parent": "not_evaluated",
    "no_child": "not_evaluated",
    "over": "fail",
    "equal": "pass",
    "unallocated": "review",
    "below": "pass",
}


def allocation(scene: Scene, binding: Binding) -> Verdicts:
    """What was given to the parts against what the whole has: ``Σ parts ≤ whole``; ``exact``: ``Σ parts = whole``.

    More than the whole: fail. Less: a pass, but with ``exact`` a review of what is not allocated yet. ``sectors``
    beside a unit level name the sectors that the index is divided among as well; beside users or wells they name the
    sector whose index is divided. ``then`` divides the parts once more. Below wells nothing is divided, and every
    well at work has a figure (review).
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
    whole = _whole(scene, parent, source, sectors)
    given = allotments(scene, child, source)
    links = parents_of(scene, given, child, parent)
    parts = pd.DataFrame(
        {
            "id": links["parent_id"].to_numpy(dtype=object),
            "year": given["year"].to_numpy("int64")[links["child"]],
            "part": given["value"].to_numpy("float64")[links["child"]] * links["share"].to_numpy("float64"),
        }
    )
    parts = parts[(parts["id"] != "").to_numpy()]
    grouped = parts.groupby(["id", "year"])["part"]
    sums = pd.DataFrame({"parts": grouped.sum(), "n_parts": grouped.size(), "n_known": grouped.count()})
    # a well of several users without shares: what each of them has is not known
    sums["parts"] = sums["parts"].where(sums["n_known"] == sums["n_parts"])
    return _say(scene, binding, parent, child, _joined(scene, whole, sums.reset_index()), exact)


def _whole(scene: Scene, parent: str, source: str, sectors: tuple[str, ...]) -> pd.DataFrame:
    if not sectors:
        found = allotments(scene, parent, source)
    else:
        found = sector_sums(scene, parent, source)
        found = found[found["sector"].isin(sectors).to_numpy()]
        found = found.groupby(["id", "year"])["value"].agg(["sum", "size"]).reset_index()
        found = found[found["size"] == len(sectors)].rename(columns={"sum": "value"})
    return found[["id", "year", "value"]].rename(columns={"value": "whole"}).drop_duplicates(["id", "year"])


def _sectors(scene, binding, parent: str, source: str, sectors: tuple[str, ...], exact: bool) -> Verdicts:
    """Sectors against the unit; a sector that the text names and the register lacks is none allocated."""
    found = sector_sums(scene, parent, source)
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
    table["n_short"] = table["n_short"].fillna(0) if "n_short" in table else 0
    # a target for a distant year is not divided yet
    near = (table["year"] <= scene.as_of.year) | table["parts"].notna()
    return table[near.to_numpy()].sort_values(["id", "year"], kind="stable").reset_index(drop=True)


def _say(
    scene: Scene, binding: Binding, parent: str, child: str, table: pd.DataFrame, exact: bool
) -> Verdicts:
    subjects, rows = _subjects(scene, parent, table)
    table = table.iloc[rows].reset_index(drop=True)
    whole, parts = table["whole"].to_numpy("float64"), table["parts"].to_numpy("float64")
    complete = reaches(parts, whole) & (table["n_short"] == 0).to_numpy()
    state = np.select(
        [np.isnan(whole), np.isnan(parts), exceeds(parts, whole), complete, np.full(len(table), exact)],
        ["no_parent", "no_child", "over", "equal", "unallocated"],
        default="below",
    ).astype(object)
    left = whole - parts
    names = subjects.ids if subjects.role == "users" else unit_names(scene, subjects.ids)
    return binding.say(
        subjects,
        outcome=pd.Series(state, dtype=object).map(_OUTCOMES).to_numpy(dtype=object),
        key=np.array([f"quota.allocation.{one}" for one in state], dtype=object),
        values={
            "subject": names,
            "year": table["year"].to_numpy(),
            "whole": whole.round(2),
            "parts": parts.round(2),
            "over": np.where(left < 0, -left, np.nan).round(2),
            "left": np.where(left >= 0, left, np.nan).round(2),
            "n_parts": table["n_parts"].fillna(0).astype("int64").to_numpy(),
            "n_short": table["n_short"].astype("int64").to_numpy(),
        },
        evidence={"child": child, "n_parts": table["n_parts"].fillna(0).astype("int64").to_numpy()},
        period=table["year"].astype(str).to_numpy(dtype=object),
        action=np.where(np.isin(state, ["no_parent", "no_child"]), "supply_data", "none").astype(object),
        measured=parts,
        threshold=whole,
        measure_unit="m3",
        check=child,
    )


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
        ),
    ),
)
