"""The two sides of a comparison: the findings of a run, and what its wells and areas amount to."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..casefile import read_case, read_results
from ..errors import OverdraftError
from ..findings import OUTCOMES, worst_by
from ..intake import build_register
from ..register.identity import ROW_ID
from ..schema import results_schema

QUANTITY = {"wells": "permit_m3", "irrigation": "area_mu"}
"""What a subject of a role amounts to: m³ permitted, 亩 registered."""

MICRO = 1_000_000
"""Quantities are added up in whole millionths, so that a balance comes out at exactly zero."""


@dataclass(frozen=True)
class RunTables:
    """One run as it is compared.

    Attributes:
        findings: the findings table (columns of ``results.toml``; those that are missing count as empty).
        wells, irrigation: canonical frames of the register with ``row_id``; empty where there was none.
        name: how the run is called where the comparison is shown, e.g. its file or run id.
    """

    findings: pd.DataFrame
    wells: pd.DataFrame = field(default_factory=pd.DataFrame)
    irrigation: pd.DataFrame = field(default_factory=pd.DataFrame)
    name: str = ""

    def register(self, role: str) -> pd.DataFrame:
        """The frame of ``wells`` or ``irrigation``."""
        return self.wells if role == "wells" else self.irrigation


def read_run(path: str | os.PathLike) -> RunTables:
    """The last run of a case file, with the wells and areas it judged.

    Raises:
        OverdraftError: no case file, damaged, locked or newer than this program; or no run stands in it.
    """
    tables = read_results(path, "findings", "wells", "irrigation", "runs")
    if not len(tables.get("runs", ())):
        raise OverdraftError("comparing.no_run", path=str(path))
    frames = {role: tables.get(role, pd.DataFrame()) for role in QUANTITY}
    if any(len(frame) and ROW_ID not in frame for frame in frames.values()):
        register = build_register(read_case(path))
        frames = {
            role: register[role] if register.has(role) and len(frame) else frame
            for role, frame in frames.items()
        }
    return RunTables(tables["findings"], frames["wells"], frames["irrigation"], str(path))


def findings_of(run: RunTables) -> pd.DataFrame:
    """The findings of a run with every column that a comparison reads, and ``permit_m3`` ``area_mu`` of the subject.

    Raises:
        OverdraftError: the table has no ``finding_id``, or an id stands in it twice.
    """
    findings = run.findings
    if "finding_id" not in findings:
        raise OverdraftError("comparing.no_findings", name=run.name)
    if findings["finding_id"].duplicated().any():
        twice = findings.loc[findings["finding_id"].duplicated(), "finding_id"].iloc[0]
        raise OverdraftError("comparing.repeated_finding", finding=str(twice), name=run.name)
    columns = {}
    for item in results_schema().tables["findings"].fields.values():
        given = findings[item.name] if item.name in findings else pd.Series(np.nan, index=findings.index)
        if item.type == "real":
            columns[item.name] = pd.to_numeric(given).astype("float64")
        else:
            columns[item.name] = given.astype(object).where(given.notna(), "")
    frame = pd.DataFrame(columns).reset_index(drop=True)
    for role, quantity in QUANTITY.items():
        amounts = subjects_of(run, role)[quantity]
        of_role = (frame["subject_role"] == role).to_numpy()
        found = frame["subject_id"].map(amounts)
        frame[quantity] = found.where(of_role).astype("float64")
    return frame


def subjects_of(run: RunTables, role: str) -> pd.DataFrame:
    """The register's rows of a role by ``row_id``, with their quantity and ``outcome``, the worst finding (``pass`` for
    none).
    """
    frame = run.register(role)
    quantity = QUANTITY[role]
    if not len(frame):
        return pd.DataFrame({quantity: pd.Series(dtype="float64"), "outcome": pd.Series(dtype=object)})
    rows = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    if ROW_ID not in rows:
        raise OverdraftError("comparing.no_ids", role=role, name=run.name)
    rows = rows.set_index(ROW_ID)
    given = rows[quantity] if quantity in rows else pd.Series(np.nan, index=rows.index)
    rows[quantity] = pd.to_numeric(given).astype("float64")
    if "geometry" in frame:
        rows["place"] = frame["geometry"].to_wkb().to_numpy()
    of_role = run.findings[run.findings["subject_role"] == role]
    known = of_role[of_role["outcome"].isin(OUTCOMES)]
    worst = worst_by(known["subject_id"], known["outcome"])
    rows["outcome"] = worst.reindex(rows.index).fillna("pass").astype(object).to_numpy()
    return rows


def micro(values: pd.Series) -> pd.Series:
    """Quantities as whole millionths (int64); empty is 0. Sums are exact up to 9·10¹² of the unit."""
    return pd.Series(np.rint(values.fillna(0.0).to_numpy() * MICRO).astype("int64"), index=values.index)
