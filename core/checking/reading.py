"""Raw layers into a register that can be checked: one that cannot be read is a problem, the others go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError

from ..errors import OverdraftError
from ..findings import Verdicts, concat
from ..intake import conform
from ..intake.geometry import geometry_of
from ..policy import Policy
from ..problems import Problems, concat_problems
from ..register import Register
from .given import Given, counted, flagged, of_layer, schema_of

READ = "layers.read"
"""Check of a layer as a whole: geometry, reference system, columns."""

STAND_IN = "EPSG:4490"
"""Reference system of a layer whose places are left out."""

INTAKE = {
    "register.value": "warning",
    "register.required": "error",
    "register.id_missing": "error",
    "register.id_repeated": "error",
    "register.id_separator": "error",
    "register.geometry": "error",
    "register.column": "warning",
}
"""Rules of the intake and how severe what they say is; an unreadable cell of a required field is an error."""


def read(
    frames: Mapping[str, pd.DataFrame | None],
    as_of: date,
    policy: Policy | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[Given, Problems]:
    """Every layer and table that can be read, and what is wrong with the layers themselves and their cells.

    Args:
        frames: role to raw frame; None means not supplied.
    """
    tables: dict[str, pd.DataFrame] = {}
    refused: dict[str, int] = {}
    placeless: set[str] = set()
    said: list[Verdicts] = []
    found: list[Problems] = []
    supplied = {role: frame for role, frame in frames.items() if frame is not None}
    for number, (role, frame) in enumerate(supplied.items(), start=1):
        wrong = _place_problem(role, frame)
        if wrong is not None:
            placeless.add(role)
            frame = _without_places(frame)
        try:
            tables[role], verdicts = conform(role, frame)
            said.append(verdicts)
        except OverdraftError as error:
            refused[role] = len(frame)
            wrong = wrong or error
        found.append(_layer(role, len(frame), wrong))
        if progress is not None:
            progress(number / len(supplied))
    register = Register(tables, concat(said))
    given = Given(register, as_of, policy, refused, frozenset(placeless))
    return given, concat_problems([*found, *(_intake(given, role) for role in tables)])


def datum_of(crs: object) -> str:
    """Name of the datum of a reference system; empty where it has none."""
    try:
        geodetic = CRS.from_user_input(crs).geodetic_crs
    except CRSError:
        return ""
    return "" if geodetic is None or geodetic.datum is None else geodetic.datum.name.replace("'", "")


def _place_problem(role: str, frame: pd.DataFrame) -> OverdraftError | None:
    """Why the places of a layer cannot be used; None where they can."""
    item = schema_of(role)
    try:
        geometry_of(item, frame)
    except OverdraftError as error:
        return error
    return None


def _without_places(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    plain = pd.DataFrame(frame)
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        plain = plain.drop(columns=frame.active_geometry_name)
    nowhere = gpd.GeoSeries([None] * len(frame), index=frame.index, crs=STAND_IN)
    return gpd.GeoDataFrame(plain.drop(columns="geometry", errors="ignore"), geometry=nowhere)


def _layer(role: str, n_rows: int, wrong: OverdraftError | None) -> Problems:
    if wrong is None:
        return counted(READ, role, n_ok=n_rows)
    asked = wrong.values.get("field", "")
    return of_layer(
        READ,
        role,
        n_rows,
        severity="error",
        message_key=wrong.key,
        remedy_key=_REMEDIES.get(wrong.key, "checking.remedy.columns"),
        values=wrong.values,
        field_name=", ".join(asked) if isinstance(asked, list) else str(asked),
    )


_REMEDIES = {
    "register.crs_missing": "checking.remedy.crs",
    "register.geometry_missing": "checking.remedy.geometry",
    "register.geometry_kind": "checking.remedy.geometry",
    "register.crs_operation": "checking.remedy.datum",
}


def _intake(given: Given, role: str) -> Problems:
    """What the intake said of the rows and columns of a layer, with its own texts."""
    rows = given.register.problems.rows
    own = rows[(rows["subject_role"] == role).to_numpy(dtype=bool)]
    position = pd.Series(np.arange(len(given.frame(role))), index=given.ids(role))
    parts = []
    for rule, severity in INTAKE.items():
        if rule != "register.column":
            said = own[(own["rule"] == rule).to_numpy(dtype=bool)]
            parts.append(_rows(given, role, rule, severity, said, position))
    return concat_problems([*parts, *_open_columns(given, role)])


def _rows(
    given: Given, role: str, rule: str, severity: str, said: pd.DataFrame, position: pd.Series
) -> Problems:
    """One problem per cell where the finding names several."""
    cells: list[dict] = []
    for subject, key, text in zip(
        said["subject_id"], said["message_key"], said["message_values"], strict=True
    ):
        values = json.loads(text)
        names = values.get("field", "")
        if isinstance(names, list) and rule == "register.id_missing":
            names = " / ".join(names)  # one id of several fields
        for place, name in enumerate(names if isinstance(names, list) else [names]):
            cell = {"where": position[subject], "key": key, "field": name, "found": "", "expected": ""}
            for quoted in ("found", "expected"):
                given_values = values.get(quoted)
                if isinstance(given_values, list) and len(given_values) == len(names):
                    cell[quoted] = given_values[place]
            cells.append(cell | {"id": values.get("id", ""), "times": values.get("times", "")})
    table = pd.DataFrame(cells, columns=["where", "key", "field", "found", "expected", "id", "times"])
    required = table["field"].isin(schema_of(role).required)
    keys, remedies, counties = (
        table["key"].to_list(),
        [f"checking.remedy.{rule}"] * len(table),
        [""] * len(table),
    )
    if rule == "register.id_repeated":
        counties = _counties(given, role, table["id"])
        keys = [
            "checking.ids.two_counties" if text else key for text, key in zip(counties, keys, strict=True)
        ]
    return flagged(
        given,
        rule,
        role,
        table["where"].to_numpy(dtype="int64"),
        severity=np.where(required, "error", severity),
        message_key=keys,
        remedy_key=remedies,
        field=table["field"],
        found=table["found"],
        expected=table["expected"],
        values={
            "id": table["id"],
            "times": table["times"],
            "counties": counties,
            "allowed": schema_of(role).geometry,
        },
    )


def _counties(given: Given, role: str, ids: pd.Series) -> list[str]:
    """The counties that the rows of each repeated id name, where they name several."""
    frame = given.frame(role)
    if "county" not in frame.columns or not len(ids):
        return [""] * len(ids)
    told = frame.loc[frame["county"].notna()].groupby(given.frame(role)[schema_of(role).key[0]])["county"]
    names = {key: sorted(set(group)) for key, group in told if key in set(ids)}
    return [", ".join(names[one]) if len(names.get(one, ())) > 1 else "" for one in ids]


def _open_columns(given: Given, role: str) -> list[Problems]:
    """Fields that stayed empty because their column could be several things."""
    check, n_rows = "register.column", len(given.frame(role))
    rows = given.register.problems.rows
    said = rows[(rows["rule"] == check).to_numpy(dtype=bool)]
    mine = said[said["subject_id"].str.startswith(f"{role}.").to_numpy(dtype=bool)]
    found = []
    for key, text in zip(mine["message_key"], mine["message_values"], strict=True):
        values = json.loads(text)
        found.append(
            of_layer(
                check,
                role,
                n_rows,
                severity=INTAKE[check],
                message_key=key,
                remedy_key="checking.remedy.columns",
                values=values,
                field_name=values["field"],
            ).rows
        )
    counts = counted(check, role, n_problem=n_rows) if found else counted(check, role, n_ok=n_rows)
    return [*(Problems(part, Problems.none().counts) for part in found), counts]
