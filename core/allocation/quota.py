"""The cap of a county (division, management unit) split down to townships, users and wells, to the m³."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from ..findings import Verdicts, concat, judge
from ..overlay.zones import texts
from ..rules.facts.allotments import well_users
from ..rules.facts.yearbook import caps_of, plain_scope, unit_names
from .amounts import SLACK_M3
from .basis import BASES, weights
from .levels import NODE_COLUMNS, split_levels

if TYPE_CHECKING:
    from ..rules.scene import Scene

UNASSIGNED = "unassigned"
"""Key of wells that lie in no unit of a level, or have no user."""

LEVELS = ("county", "township", "village", "division", "regiment", "basin", "management_unit", "user", "well")
ROW_COLUMNS = (*NODE_COLUMNS, "name", "year", "basis", "reason")
PAST_YEARS = 3


@dataclass(frozen=True)
class QuotaAllocation:
    """A cap split down.

    Attributes:
        rows: one row per unit, township, user and well of the levels asked for: ``level`` ``key`` ``name``
            ``parent_level`` ``parent_id`` ``path`` ``unit_id`` ``year`` ``basis`` ``weight`` ``lower_m3`` ``upper_m3``
            ``exact_m3`` ``amount_m3`` ``bound`` ``n_leaves`` (wells) ``status`` ``gap_m3`` (see ``split_levels``)
            ``reason`` (why a well has no basis). The parts of a row add up to it exactly, but for what
            ``status = over`` leaves unallocated.
        verdicts: ``allocation.cap`` (a unit without a cap is not evaluated), ``allocation.bounds`` (limits that do
            not fit), ``allocation.basis`` (wells without a basis, which get 0, and wells whose permitted
            volume counts though their permit is not in force), ``allocation.place`` (wells in no
            unit, which are not part of the split).
    """

    rows: pd.DataFrame
    verdicts: Verdicts


def allocate_quota(
    scene: Scene,
    caps: Mapping[str, float] | None = None,
    *,
    basis: str = "area_quota",
    unit_level: str = "county",
    levels: Sequence[str] = ("township", "user", "well"),
    year: int | None = None,
    past_years: Iterable[int] | None = None,
    source: str = "groundwater",
    uses: Iterable[str] | None = None,
    bounds: pd.DataFrame | None = None,
    within_permit: bool = False,
) -> QuotaAllocation:
    """Split caps down to the wells in use (TLF-3.1a, HJQ-3.1a, KYS-R4a, TOL-10b).

    Level by level: a township gets its share of the county by the weight of its wells, within what they need and may
    take, and splits that among its users. A well at its limit therefore leaves the rest to its own user and township
    first; ``levels=("well",)`` splits the cap among all wells of the unit at once.

    Args:
        caps: m³ by unit (id or name); None takes what policy and INDICES give the units of ``unit_level`` for ``year``.
            Parts of a m³ are not handed out.
        basis: of ``BASES``, see ``weights``.
        unit_level: level of the units with caps; ``city`` is the whole jurisdiction.
        levels: below it, from the top down. A well with several users stands with the one of the largest share.
        year: of the caps and areas; None takes that of ``as_of``.
        past_years: for ``past_use``; None takes the three before ``year``.
        uses: only wells of these uses; None takes all but monitoring wells.
        bounds: ``level`` ``key`` ``lower_m3`` ``upper_m3`` (``parent_id``), as in ``split_levels``.
        within_permit: no well gets more than its permitted volume; one without a volume gets nothing.

    Raises:
        OverdraftError: a basis or level that does not exist, a unit nobody knows, a cap that is no volume, or bounds
            that name no one.
    """
    _check(basis, BASES)
    _check(unit_level, ("city", *LEVELS[:-2]))
    for level in levels:
        _check(level, LEVELS)
    year = scene.as_of.year if year is None else int(year)
    past = range(year - PAST_YEARS, year) if past_years is None else past_years
    leaves, row = _leaves(
        scene, basis, unit_level, [one for one in levels if one != "well"], year, past, uses
    )
    if within_permit:
        _limit_to_permits(scene, leaves, row)
    leaves["lapsed"] = _lapsed(scene)[row] & (within_permit or basis == "permit")
    given = _given(scene, caps) if caps is not None else _caps(scene, unit_level, source, year)
    leaves, placed = leaves.reset_index(drop=True), (leaves[unit_level] != UNASSIGNED).to_numpy()
    capped = placed & leaves[unit_level].isin(list(given)).to_numpy()
    path = list(dict.fromkeys([unit_level, *(one for one in levels if one != "well"), "well"]))
    nodes = split_levels(leaves[capped], given, path, bounds)
    idle = _idle(nodes, given, unit_level)
    nodes = pd.concat([part for part in (nodes, idle) if len(part)] or [nodes], ignore_index=True)
    rows = nodes[nodes["level"].isin([unit_level, *levels])].reset_index(drop=True)
    rows["name"] = _names(scene, rows)
    rows["year"], rows["basis"] = year, basis
    reasons = dict(zip(leaves["well"], leaves["reason"], strict=True))
    rows["reason"] = rows["key"].map(reasons).where(rows["level"] == "well", "").fillna("")
    verdicts = [
        _of_caps(scene, leaves[placed], given, unit_level, year),
        _of_bounds(scene, nodes, year),
        _of_basis(scene, leaves, placed, basis, year),
        _of_places(scene, leaves, placed, year),
    ]
    return QuotaAllocation(rows[list(ROW_COLUMNS)], concat(verdicts))


def _limit_to_permits(scene: Scene, leaves: pd.DataFrame, row: np.ndarray) -> None:
    """No well gets more than it is permitted; of what a well without a volume is permitted nothing is known."""
    permitted = scene.wells_now["permit_m3"].to_numpy("float64", na_value=np.nan)[row]
    leaves["upper_m3"] = permitted
    unknown = np.isnan(permitted)
    leaves["weight"] = leaves["weight"].where(~unknown)
    leaves["reason"] = leaves["reason"].where(~unknown | (leaves["reason"] != ""), "no_permit")


def _lapsed(scene: Scene) -> np.ndarray:
    """Wells with a permitted volume whose permit is known not to be in force on the day of judgement."""
    now = scene.wells_now
    lapsed = now["permit_no"].notna() & ~now["permit_valid"].astype(bool) & now["permit_m3"].notna()
    return lapsed.to_numpy(dtype=bool)


def _check(found: str, allowed: Sequence[str]) -> None:
    if found not in allowed:
        raise OverdraftError("allocation.bad_option", found=str(found), allowed=list(allowed))


def _leaves(
    scene: Scene,
    basis: str,
    unit_level: str,
    levels: list[str],
    year: int,
    past_years: Iterable[int],
    uses: Iterable[str] | None,
) -> tuple[pd.DataFrame, np.ndarray]:
    """The wells that take part, with the key of each level; and their rows."""
    wells = scene.frame("wells")
    use = wells["use"]
    chosen = scene.subjects("wells").in_scope & scene.wells_now["in_use"].to_numpy(dtype=bool)
    chosen &= (
        (use != "monitoring").to_numpy(dtype=bool)
        if uses is None
        else use.isin(list(uses)).to_numpy(dtype=bool)
    )
    row = np.flatnonzero(chosen)
    frame = {}
    for level in dict.fromkeys([unit_level, *levels]):
        key = (
            _main_user(scene) if level == "user" else np.asarray(scene.unit_at("wells", level), dtype=object)
        )
        frame[level] = np.where(key[row] == "", UNASSIGNED, key[row]).astype(object)
    table = pd.DataFrame(frame, index=range(len(row)))
    table["well"] = wells["row_id"].to_numpy(dtype=object)[row]
    weight = weights(scene, basis, year, past_years)
    table["weight"], table["reason"] = (
        weight["weight"].to_numpy()[row],
        weight["reason"].to_numpy(dtype=object)[row],
    )
    return table, row


def _main_user(scene: Scene) -> np.ndarray:
    """The user of each well with the largest share, of equal ones the smallest id; "" for none."""
    links = well_users(scene).sort_values(
        ["well", "share", "user_id"], ascending=[True, False, True], kind="stable"
    )
    first = links.drop_duplicates("well").set_index("well")["user_id"]
    return first.reindex(range(len(scene.frame("wells")))).fillna("").to_numpy(dtype=object)


def _given(scene: Scene, caps: Mapping[str, float]) -> dict[str, int]:
    ids = scene.unit_key(list(caps))
    known = {*scene.unit_table["unit_id"], scene.city}
    for unit, name in zip(ids, caps, strict=True):
        if unit not in known:
            raise OverdraftError("allocation.unknown_unit", unit=str(name))
    return {unit: _whole(value) for unit, value in zip(ids, caps.values(), strict=True) if not pd.isna(value)}


def _caps(scene: Scene, level: str, source: str, year: int) -> dict[str, int]:
    found = caps_of(scene, level, source)
    found = found[(found["year"] == year) & found["value"].notna()]
    found = found[plain_scope(found["scope"], found["unit_id"], scene) == ""]
    return {unit: _whole(value) for unit, value in found.groupby("unit_id")["value"].min().items()}


def _whole(value: float) -> int:
    number = float(value)
    if not np.isfinite(number) or number < 0:
        raise OverdraftError("allocation.bad_total", found=str(value))
    return int(np.floor(number + SLACK_M3))


def _idle(nodes: pd.DataFrame, caps: Mapping[str, int], level: str) -> pd.DataFrame:
    """Units with a cap and no well to take it."""
    units = sorted(set(caps) - set(nodes.loc[nodes["level"] == level, "key"]))
    amounts = [caps[unit] for unit in units]
    columns: dict[str, object] = dict.fromkeys(NODE_COLUMNS, "")
    columns |= {"level": level, "key": units, "path": units, "unit_id": units, "weight": 0.0, "n_leaves": 0}
    columns |= {
        "lower_m3": 0,
        "upper_m3": 0,
        "exact_m3": np.array(amounts, dtype="float64"),
        "amount_m3": amounts,
    }
    columns |= {
        "bound": "no_basis",
        "gap_m3": amounts,
        "status": ["over" if amount else "" for amount in amounts],
    }
    return pd.DataFrame(columns, index=range(len(units))).astype({"upper_m3": "Int64"})


def _names(scene: Scene, rows: pd.DataFrame) -> np.ndarray:
    wells = scene.frame("wells")
    of_wells = dict(zip(wells["row_id"], texts(wells, "name"), strict=True))
    keys = rows["key"]
    unit = unit_names(scene, keys)
    well = keys.map(of_wells).fillna(keys)
    return np.select([rows["level"] == "well", rows["level"] == "user"], [well, keys], unit).astype(object)


def _role(level: pd.Series) -> pd.Series:
    return level.map({"well": "wells", "user": "users"}).fillna("units")


def _of_caps(scene: Scene, leaves: pd.DataFrame, caps: Mapping[str, int], level: str, year: int) -> Verdicts:
    units = np.array(sorted({*leaves[level], *caps}), dtype=object)
    known = np.isin(units, list(caps))
    return judge(
        rule="allocation.cap",
        clause="",
        subject_role="units",
        subject_id=units,
        unit_id=units,
        period=str(year),
        outcome=np.where(known, "pass", "not_evaluated").astype(object),
        action=np.where(known, "none", "supply_data").astype(object),
        message_key="allocation.cap.missing",
        message_values={
            "unit": unit_names(scene, units),
            "year": year,
            "n_wells": _counts(leaves[level], units),
        },
    )


def _counts(values: pd.Series, of: np.ndarray) -> np.ndarray:
    return pd.Series(of, dtype=object).map(values.value_counts()).fillna(0).astype("int64").to_numpy()


def _of_bounds(scene: Scene, nodes: pd.DataFrame, year: int) -> Verdicts:
    """One row per subject; of a user that stands in several townships the widest gap."""
    nodes = nodes.assign(role=_role(nodes["level"]), name=_names(scene, nodes))
    nodes = nodes.sort_values(["role", "key", "gap_m3"], ascending=[True, True, False], kind="stable")
    nodes = nodes.drop_duplicates(["role", "key"])
    found = []
    for role, part in nodes.groupby("role", sort=True):
        status = part["status"].to_numpy(dtype=object)
        amount, gap = part["amount_m3"].to_numpy("int64"), part["gap_m3"].to_numpy("int64")
        asked = np.where(status == "short", amount + gap, np.where(status == "over", amount - gap, amount))
        word = np.where(
            status == "", "kept", np.where((status == "over") & (asked == 0), "no_weight", status)
        )
        found.append(
            judge(
                rule="allocation.bounds",
                clause="",
                subject_role=str(role),
                subject_id=part["key"].to_numpy(dtype=object),
                unit_id=part["unit_id"].to_numpy(dtype=object),
                period=str(year),
                outcome=np.where(status == "", "pass", "review").astype(object),
                message_key=("allocation.bounds." + pd.Series(word, dtype=object)).to_numpy(dtype=object),
                message_values={
                    "name": part["name"].to_numpy(dtype=object),
                    "year": year,
                    "amount": amount,
                    "asked": asked,
                    "gap": gap,
                },
                evidence={
                    "lower_m3": part["lower_m3"].to_numpy(),
                    "path": part["path"].to_numpy(dtype=object),
                },
                measured=asked.astype("float64"),
                threshold=amount.astype("float64"),
                measure_unit="m3",
            )
        )
    return concat(found)


def _of_basis(scene: Scene, leaves: pd.DataFrame, placed: np.ndarray, basis: str, year: int) -> Verdicts:
    part = leaves[placed]
    reason = part["reason"].to_numpy(dtype=object)
    lacks, lapsed = reason != "", part["lapsed"].to_numpy(dtype=bool)
    doubt = np.isin(reason.astype(str), ["no_land", "no_use"]) | (lapsed & ~lacks)
    word = np.select([lacks, lapsed], [reason, "lapsed"], "there").astype(object)
    return judge(
        rule="allocation.basis",
        clause="",
        subject_role="wells",
        subject_id=part["well"].to_numpy(dtype=object),
        unit_id=part.iloc[:, 0].to_numpy(dtype=object),
        period=str(year),
        outcome=np.select([doubt, lacks], ["review", "not_evaluated"], "pass").astype(object),
        action=np.select([doubt, lacks], ["explain", "supply_data"], "none").astype(object),
        message_key=("allocation.basis." + pd.Series(word, dtype=object)).to_numpy(object),
        message_values={"well": part["well"].to_numpy(dtype=object), "year": year},
        settings={"basis": basis},
    )


def _of_places(scene: Scene, leaves: pd.DataFrame, placed: np.ndarray, year: int) -> Verdicts:
    return judge(
        rule="allocation.place",
        clause="",
        subject_role="wells",
        subject_id=leaves["well"].to_numpy(dtype=object),
        unit_id=np.where(placed, leaves.iloc[:, 0], "").astype(object),
        period=str(year),
        outcome=np.where(placed, "pass", "not_evaluated").astype(object),
        action=np.where(placed, "none", "supply_data").astype(object),
        message_key="allocation.place.no_unit",
        message_values={"well": leaves["well"].to_numpy(dtype=object)},
        out_of_scope=len(scene.frame("wells")) - len(leaves),
    )
