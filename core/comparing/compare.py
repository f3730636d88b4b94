"""What entered, left and changed between two runs."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..schema import register_schema
from .sides import QUANTITY, RunTables, findings_of, read_run, subjects_of
from .totals import register_totals, totals

VERDICT = ("outcome", "permission", "measured", "threshold", "evidence_hash")
"""What makes a finding a changed one, beside the unit it is counted in and the m³ or 亩 of its subject."""

_FIGURES = ("unit_id", "permit_m3", "area_mu")
FINDING_COLUMNS = (
    "finding_id",
    "rule",
    "clause",
    "subject_role",
    "subject_id",
    "unit_id",
    "period",
    "outcome",
    "permission",
    "action",
    "measured",
    "threshold",
    "measure_unit",
    "permit_m3",
    "area_mu",
    "message_key",
    "message_values",
)
"""Columns of ``entered`` and ``left``."""

_SAME = 1e-9


@dataclass(frozen=True)
class RunComparison:
    """What became of the findings of a run, and of the wells and areas they are about.

    Attributes:
        entered, left: findings that only the later (earlier) run has; columns ``FINDING_COLUMNS``.
        changed: findings of both that differ: ids, ``what`` (names of the columns that differ, joined by ``;``), and
            each of ``VERDICT``, ``unit_id``, ``permit_m3``, ``area_mu`` as ``…_before`` and ``…_after``.
        wells, areas: rows of the register that came, went or changed: ``subject_id`` ``change`` (entered, left,
            changed) ``what`` (names of fields; ``place`` for the geometry, ``outcome`` for the worst finding)
            ``outcome_before`` ``outcome_after`` and the m³ (亩) before, after and ``…_change``.
        totals: by rule, outcome, unit, well, area and over all, see ``totals.totals``; and of the register itself
            (``grouped_by`` register).
        notes: message key and values of what the reader has to know (another policy, another version of it).
    """

    entered: pd.DataFrame
    left: pd.DataFrame
    changed: pd.DataFrame
    wells: pd.DataFrame
    areas: pd.DataFrame
    totals: pd.DataFrame
    notes: tuple[tuple[str, dict[str, object]], ...]


def compare_runs(
    before: RunTables | pd.DataFrame | str | os.PathLike, after: RunTables | pd.DataFrame | str | os.PathLike
) -> RunComparison:
    """Compare two runs: case files by path, findings tables, or :class:`RunTables`.

    Findings match by ``finding_id``, which names the question (policy document, rule, clause, subject, period) and
    not the answer. Figures differ when they differ by more than 1e-9 of their size. A pass has no row, so a finding
    that has *left* is one that is now passed, out of scope, or whose subject is gone.

    Raises:
        OverdraftError: not a case file, no run in it, a table without ids or with an id twice.
    """
    old, new = _run(before), _run(after)
    was, now = findings_of(old), findings_of(new)
    entered = now[~now["finding_id"].isin(was["finding_id"])]
    left = was[~was["finding_id"].isin(now["finding_id"])]
    registers = {role: (subjects_of(old, role), subjects_of(new, role)) for role in QUANTITY}
    for role in _other_crs(old, new):
        registers[role] = tuple(side.drop(columns="place") for side in registers[role])
    balance = [totals(was, now), *(register_totals(*sides, role) for role, sides in registers.items())]
    return RunComparison(
        entered[list(FINDING_COLUMNS)].reset_index(drop=True),
        left[list(FINDING_COLUMNS)].reset_index(drop=True),
        _changed(was, now),
        _subjects(*registers["wells"], "wells"),
        _subjects(*registers["irrigation"], "irrigation"),
        pd.concat([part for part in balance if len(part)] or balance[:1], ignore_index=True),
        (*_notes(was, now), *_crs_notes(old, new)),
    )


def _run(given: RunTables | pd.DataFrame | str | os.PathLike) -> RunTables:
    if isinstance(given, RunTables):
        return given
    if isinstance(given, pd.DataFrame):
        return RunTables(given)
    return read_run(given)


def _changed(was: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    compared = [*VERDICT, *_FIGURES]
    ids = ["finding_id", "rule", "clause", "subject_role", "subject_id", "period"]
    both = was[["finding_id", *compared]].merge(
        now[[*ids, *compared]], on="finding_id", suffixes=("_before", "_after")
    )
    what = what_differs(both, compared)
    columns = ids + ["what"] + [f"{name}_{side}" for name in compared for side in ("before", "after")]
    both["what"] = what
    return both.loc[what != "", columns].reset_index(drop=True)


def _subjects(was: pd.DataFrame, now: pd.DataFrame, role: str) -> pd.DataFrame:
    quantity = QUANTITY[role]
    fields = [name for name in register_schema().roles[role].fields if name in was or name in now]
    compared = list(dict.fromkeys([*fields, quantity, "outcome", *(["place"] if "place" in now else [])]))
    sides = [
        frame.reindex(columns=compared).add_suffix(f"_{side}")
        for frame, side in ((was, "before"), (now, "after"))
    ]
    sides = [
        frame.assign(**{f"is_{side}": True}) for frame, side in zip(sides, ("before", "after"), strict=True)
    ]
    both = sides[0].join(sides[1], how="outer")
    here = [both[f"is_{side}"].eq(True).to_numpy() for side in ("before", "after")]
    what = np.where(here[0] & here[1], what_differs(both, compared), "")
    change = np.select([~here[0], ~here[1], what != ""], ["entered", "left", "changed"], default="")
    result = pd.DataFrame({"subject_id": both.index.astype(object), "change": change, "what": what})
    for name in ("outcome", quantity):
        for side in ("before", "after"):
            result[f"{name}_{side}"] = both[f"{name}_{side}"].to_numpy()
    figures = [result[f"{quantity}_{side}"].astype("float64").fillna(0.0) for side in ("before", "after")]
    result[f"{quantity}_change"] = figures[1] - figures[0]
    return result[change != ""].sort_values("subject_id", kind="stable").reset_index(drop=True)


def what_differs(both: pd.DataFrame, names: list[str]) -> np.ndarray:
    """The names of the columns that differ, joined by ``;``, per row."""
    result = np.full(len(both), "", dtype=object)
    for name in names:
        differs = _differ(both[f"{name}_before"], both[f"{name}_after"])
        result[differs] = np.where(result[differs] == "", name, result[differs] + f";{name}")
    return result


def _differ(one: pd.Series, other: pd.Series) -> np.ndarray:
    empty = one.isna().to_numpy(), other.isna().to_numpy()
    if all(pd.api.types.is_float_dtype(side.dtype) for side in (one, other)):
        a, b = one.to_numpy("float64"), other.to_numpy("float64")
        with np.errstate(invalid="ignore"):
            same = np.abs(a - b) <= _SAME * np.maximum(np.abs(a), np.abs(b))
        same |= a == b
    else:
        same = (one.astype(object) == other.astype(object)).fillna(False).to_numpy(dtype=bool)
    return np.where(empty[0] | empty[1], empty[0] != empty[1], ~same)


def _other_crs(old: RunTables, new: RunTables) -> list[str]:
    """Roles whose two layers have different coordinate systems: whether a thing moved cannot be told bit by bit."""
    frames = {role: (old.register(role), new.register(role)) for role in QUANTITY}
    return [role for role, pair in frames.items() if all(map(_is_layer, pair)) and pair[0].crs != pair[1].crs]


def _is_layer(frame: pd.DataFrame) -> bool:
    return "geometry" in frame and len(frame) > 0


def _crs_notes(old: RunTables, new: RunTables) -> list[tuple[str, dict[str, object]]]:
    def name(frame: pd.DataFrame) -> str:
        return "" if frame.crs is None else frame.crs.to_string()

    return [
        (
            "comparing.other_crs",
            {"role": role, "before": name(old.register(role)), "after": name(new.register(role))},
        )
        for role in _other_crs(old, new)
    ]


def _notes(was: pd.DataFrame, now: pd.DataFrame) -> tuple[tuple[str, dict[str, object]], ...]:
    notes: list[tuple[str, dict[str, object]]] = []
    if not (len(was) and len(now)):
        return ()
    policies = [sorted(set(frame["policy_id"])) for frame in (was, now)]
    versions = [sorted(set(frame["policy_version"])) for frame in (was, now)]
    if policies[0] != policies[1]:
        notes.append(("comparing.other_policy", {"before": policies[0], "after": policies[1]}))
    elif versions[0] != versions[1]:
        notes.append(("comparing.other_version", {"before": versions[0], "after": versions[1]}))
    return tuple(notes)
