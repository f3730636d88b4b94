"""Scenes for tests of rules, from plain rows; and rules bound without a policy file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point, box

from overdraft.core.findings import Verdicts
from overdraft.core.intake import build_register
from overdraft.core.policy import Policy, RuleUse, load_policy
from overdraft.core.register import Register
from overdraft.core.rules.binding import Binding, bind, bindings
from overdraft.core.rules.run import findings_of
from overdraft.core.rules.scene import Scene
from overdraft.core.schema import register_schema

CRS = "EPSG:4326"
DEFAULTS = {"wells": {"use": "irrigation", "status": "active"}, "applications": {"kind": "new"}}
PLACE = {"x": 89.2, "y": 42.9}
"""In Gaochang; rows of point roles that give no place lie here."""

TOLI, AKBE, DUOLATE = "654224", "654224203", "654224200"
TOLI_UNITS = [
    {"unit_id": TOLI, "name": "托里县", "level": "county", "geometry": box(83, 45, 84, 46)},
    {
        "unit_id": AKBE,
        "name": "阿克别里斗乡",
        "level": "township",
        "parent_id": TOLI,
        "geometry": box(83, 45, 83.5, 46),
    },
    {
        "unit_id": DUOLATE,
        "name": "多拉特乡",
        "level": "township",
        "parent_id": TOLI,
        "geometry": box(83.5, 45, 84, 46),
    },
]
"""A county of two townships, under whose document users are charged for what they take beyond their plan."""

policy_of = cache(load_policy)
"""Policies are frozen: one reading serves all tests."""


def frame_of(role: str, rows: list[Mapping], crs: str = CRS) -> pd.DataFrame:
    """A raw frame from rows; points from ``x`` and ``y`` or ``geometry``. Required columns that no row gives are
    added, empty."""
    shape = register_schema().roles[role]
    rows = [{**DEFAULTS.get(role, {}), **row} for row in rows]
    frame = pd.DataFrame(rows)
    for name in shape.required:
        if name not in frame.columns:
            frame[name] = None
    if shape.geometry == "none":
        return frame
    if "geometry" not in frame.columns and shape.geometry == "point":
        points = [Point(row.get("x", PLACE["x"]), row.get("y", PLACE["y"])) for row in rows]
        frame = frame.drop(columns=["x", "y"], errors="ignore")
        return gpd.GeoDataFrame(frame, geometry=points, crs=crs)
    if "geometry" not in frame.columns:
        frame["geometry"] = None
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)


def register_of(crs: str = CRS, **roles: list[Mapping] | pd.DataFrame) -> Register:
    """A register from rows by role."""
    given = {
        role: rows if isinstance(rows, pd.DataFrame) else frame_of(role, rows, crs)
        for role, rows in roles.items()
    }
    return build_register(given)


def scene(
    policy: str | Policy = "turpan-2021",
    as_of: str | date = "2026-03-31",
    crs: str = CRS,
    ledger: bool = False,
    **roles: list[Mapping] | pd.DataFrame,
) -> Scene:
    """A scene from rows by role; ``wells`` defaults to none. ``ledger=True`` keeps the 减二更一 ledger as well."""
    policy = policy_of(policy) if isinstance(policy, str) else policy
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    roles.setdefault("wells", frame_of("wells", [], crs).assign(well_id=None))
    return Scene.of(register_of(crs, **roles), policy, day, ledger=ledger)


def binding(
    of: Scene,
    rule: str,
    clause: str = "",
    with_: Mapping | None = None,
    settings: Mapping[str, str] | None = None,
    force: str | None = None,
) -> Binding:
    """A rule bound to a clause of the scene's policy (its first one when none is named)."""
    policy = of.policy
    clause = clause or next(iter(policy.clauses))
    if force is not None:
        changed = replace(policy.clauses[clause], force=force)
        policy = replace(policy, clauses=MappingProxyType({**policy.clauses, clause: changed}))
    return bind(policy, RuleUse(clause, rule, dict(with_ or {}), dict(settings or {})))


def run(
    of: Scene,
    rule: str,
    clause: str = "",
    with_: Mapping | None = None,
    settings: Mapping[str, str] | None = None,
    force: str | None = None,
) -> Verdicts:
    """Findings of one rule as the engine runs it: missing roles and values are said, not raised."""
    return findings_of(of, binding(of, rule, clause, with_, settings, force))


def shipped(
    policy: str | Policy,
    clause: str,
    rule: str,
    as_of: str = "2026-03-31",
    crs: str = CRS,
    **roles: list[Mapping] | pd.DataFrame,
) -> Verdicts:
    """Findings of one rule of a clause as the policy binds it, with the policy's own parameters and settings."""
    made = scene(policy, as_of, crs, **roles)
    [bound] = [one for one in bindings(made.policy) if (one.clause.id, one.rule.name) == (clause, rule)]
    return findings_of(made, bound)


def outcomes(found: Verdicts, column: str = "outcome") -> dict[str, str]:
    """Outcome (or another column) by subject, of the rows that a person sees."""
    return dict(zip(found.rows["subject_id"], found.rows[column], strict=True))


def passed(found: Verdicts) -> int:
    """How many subjects passed without a row."""
    return int(found.counts["n_pass"].sum())
