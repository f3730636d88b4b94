"""What the policy says of an application that comes in, before it is on record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd

from ..casefile import read_case
from ..findings import concat
from ..intake import build_register
from ..policy import Policy
from ..rules.run import rule_findings
from ..rules.scene import Scene
from ..schema import register_schema
from ..vetting import vet_applications
from .acts import Intake
from .applications import place_of
from .checks import well_fields
from .view import View

SUBJECTS = ("applications", "units")
"""Rules that speak of these bear on an application."""

NEW = "(new)"
"""Id of an application that has none yet, while it is vetted."""


@dataclass(frozen=True)
class Vetted:
    """The permission of one application.

    Attributes:
        permission, outcome: of the enumerations; empty outside the policy's area (``message_key`` says so).
        message_key, message_values: the first reason, as a message.
        clauses: those that gave the permission. fired, conditions: every clause that fired, and what remains to be
            done, with ``clause``, ``permission``, ``message_key`` and ``message_values``.
    """

    permission: str
    outcome: str
    message_key: str
    message_values: dict
    clauses: tuple[str, ...]
    fired: tuple[dict, ...]
    conditions: tuple[dict, ...]


def vet_intake(
    path: str | os.PathLike,
    view: View,
    act: Intake,
    policy: Policy,
    as_of: date,
    progress: Callable[[float], None] | None = None,
) -> Vetted:
    """Vet an application against the whole register of a case, as if it stood there already.

    Args:
        act: its id may be empty; with the id of an application that is on record, that one is vetted.

    Raises:
        OverdraftError: as when it is taken in: no place, an unknown field.
    """
    tick = progress or (lambda share: None)
    frames = read_case(path)
    tick(0.2)
    name = act.application_id.strip() or NEW
    own = frames.get("applications")
    known = own is not None and bool((own["application_id"] == name).any())
    if not known:
        frames["applications"] = _with(own, _row(view, act, name), view.crs("applications"))
        frames["pairs"] = _with_pairs(frames.get("pairs"), act, name)
    register = build_register(frames, lambda share: tick(0.2 + 0.1 * share))
    scene = Scene.of(register, policy, as_of, ledger=True, progress=lambda share: tick(0.3 + 0.2 * share))
    found = rule_findings(scene, subjects=SUBJECTS, progress=lambda share: tick(0.5 + 0.45 * share))
    ledger = [] if scene.ledger is None else [scene.ledger.verdicts]
    verdicts = concat([register.problems, scene.amounts.problems, *ledger, found])
    frame = vet_applications(scene, verdicts).frame
    row = frame[frame["application_id"] == name].iloc[0]
    tick(1.0)
    return Vetted(
        permission=row["permission"],
        outcome=row["outcome"],
        message_key=row["message_key"],
        message_values=json.loads(row["message_values"] or "{}"),
        clauses=tuple(filter(None, row["clauses"].split(";"))),
        fired=tuple(json.loads(row["fired"])),
        conditions=tuple(json.loads(row["conditions"])),
    )


def _row(view: View, act: Intake, name: str) -> dict[str, object]:
    wells = view.find("wells", well_id=act.well_id) if act.well_id else []
    return {
        **well_fields(act.fields, "applications"),
        "application_id": name,
        "kind": act.kind,
        "applied_on": act.applied_on,
        "decision": "pending",
        "well_id": act.well_id or None,
        "origin": {"renewal": "renewal", "new": "new"}.get(act.kind),
        "replaces": act.replaces or None,
        "geometry": place_of(view, act.place, act.crs, wells[0] if wells else None, "applications"),
    }


def _with(frame: gpd.GeoDataFrame | None, row: dict[str, object], crs: object) -> gpd.GeoDataFrame:
    if frame is None or not len(frame):
        return gpd.GeoDataFrame([row], geometry="geometry", crs=crs)
    old = frame.rename_geometry("geometry") if frame.active_geometry_name != "geometry" else frame
    both = _appended(old, [row])
    return gpd.GeoDataFrame(both, geometry="geometry", crs=old.crs or crs)


def _with_pairs(frame: pd.DataFrame | None, act: Intake, name: str) -> pd.DataFrame:
    pledged = dict.fromkeys((*([act.replaces] if act.replaces else []), *act.retired_ids))
    rows: list[dict[str, object]] = [
        {
            "renewal_id": name,
            "retired_id": well,
            "role": "replaced" if well == act.replaces else "reduced",
            "state": "reserved",
            "pledged_on": act.applied_on,
        }
        for well in pledged
    ]
    if frame is None or not len(frame):
        return pd.DataFrame(rows, columns=list(register_schema().roles["pairs"].fields))
    return pd.DataFrame(_appended(frame, rows))


def _appended(frame: pd.DataFrame, rows: list[dict[str, object]]) -> dict[str, list]:
    """The columns of a frame with further rows, days as days where the column holds days."""
    columns = {}
    for name in frame.columns:
        new = [row.get(name) for row in rows]
        if pd.api.types.is_datetime64_any_dtype(frame[name].dtype):
            new = list(pd.to_datetime(pd.Series(new, dtype=object)))
        columns[name] = [*frame[name].tolist(), *new]
    return columns
