"""A scenario as tables for other programs: units by year, and the areas planned; figures as on the screen."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import QgsProcessingContext, QgsProcessingException

from ...core.errors import OverdraftError
from ...core.harmless import harmless
from ...core.planning.scenarios import Board, Figures, Scenario, Shown, parcel_rows, unit_rows
from ...core.planning.scenarios.shown import FIGURES
from ...core.schema import register_schema, results_schema
from ...processing.layers import Field, OutputLayer
from ...processing.layers.beside import BesideFile
from ...processing.layers.write import write_file
from ...processing.texts import tr, ui_language
from ..shared.tasks import Progress
from . import parcel_model, unit_table

if TYPE_CHECKING:
    import pandas as pd


def exporting(
    path: Path, board: Board, scenario: Scenario, figures: Figures, years: list[int], shown: Shown
) -> Callable[[Progress], list[Path]]:
    """The work that writes both tables: the units to ``path``, the areas to a file beside it.

    What stood under these names stays until both are complete.
    """
    areas = path.with_name("".join((path.stem, " ", tr("areas"), path.suffix)))
    tables = {
        path: _units(unit_rows(board, figures, years, shown), scenario, shown),
        areas: _areas(parcel_rows(board, scenario, shown), scenario, shown),
    }

    def work(progress: Progress) -> list[Path]:
        staged: list[BesideFile] = []
        try:
            for target, layer in tables.items():
                beside = BesideFile(target)
                staged.append(beside)
                write_file(beside.inside, layer, QgsProcessingContext())
                if path.suffix.lower() == ".csv":
                    # without the mark Excel takes the text for the local encoding
                    beside.inside.write_bytes(codecs.BOM_UTF8 + beside.inside.read_bytes())
                progress(len(staged) / (len(tables) + 1))
            for beside in staged:
                beside.commit()
        except (OSError, QgsProcessingException) as error:
            raise OverdraftError("scenarios.cannot_write", file=path.name, reason=str(error)) from error
        finally:
            for beside in staged:
                beside.discard()
        return list(tables)

    return work


def _units(rows: pd.DataFrame, scenario: Scenario, shown: Shown) -> OutputLayer:
    unit, headings = _unit(shown), unit_table.headings()
    of_area = tr("{label} ({unit})")
    columns: list[tuple[str, str, list]] = [
        (tr("Scenario"), "text", [scenario.name] * len(rows)),
        (tr("Unit id"), "text", list(rows["unit_id"])),
        (unit_table.unit_heading(), "text", [name or tr("All together") for name in rows["name"]]),
        (tr("Year"), "int32", list(rows["year"])),
    ]
    for name, heading in zip(FIGURES, headings, strict=False):
        columns.append(
            (of_area.format(label=heading, unit=unit), "real", [_number(one) for one in rows[name]])
        )
    met = {1: tr("yes"), 0: tr("no"), -1: ""}
    columns.append((tr("Target met"), "text", [met[int(one)] for one in rows["met"]]))
    return _layer(columns)


def _areas(rows: pd.DataFrame, scenario: Scenario, shown: Shown) -> OutputLayer:
    language, known = ui_language(), register_schema()
    fields = known.roles["irrigation"].fields
    titles = dict(zip(parcel_model.COLUMNS, parcel_model.headings(shown), strict=True))
    year = results_schema().roles["retirement_plan"].fields["year"].label(language)
    zones = known.roles["zones"].fields
    columns: list[tuple[str, str, list]] = [
        (tr("Scenario"), "text", [scenario.name] * len(rows)),
        (titles["area_id"], "text", list(rows["area_id"])),
        (titles["county"], "text", list(rows["county"])),
        (titles["township"], "text", list(rows["township"])),
        (year, "int32", list(rows["year"])),
        (titles["in_use_mu"], "real", [_number(one) for one in rows["in_use"]]),
        (titles["counts_mu"], "real", [_number(one) for one in rows["counts"]]),
        (tr("On either side of a border ({unit})").format(unit=_unit(shown)), "text", list(rows["split"])),
        (zones["severity"].label(language), "text", _labels("severity", rows["severity"])),
        (zones["control"].label(language), "text", _labels("control", rows["control"])),
        (fields["source"].label(language), "text", _labels("irrigation_source", rows["source"])),
        (titles["wells"], "int32", list(rows["wells"])),
        (titles["cost"], "real", [float(one) for one in rows["cost"]]),
    ]
    return _layer(columns)


def _layer(columns: list[tuple[str, str, list]]) -> OutputLayer:
    arrays = []
    for _, kind, values in columns:
        if kind == "text":
            array = np.array([*(harmless(str(value)) for value in values), None], dtype=object)[:-1]
        else:
            array = np.array(values, dtype="float64" if kind == "real" else "int32")
        arrays.append(array)
    return OutputLayer([Field(name, kind) for name, kind, _ in columns], arrays)


def _labels(enum: str, tokens: pd.Series) -> list[str]:
    return [register_schema().label(enum, token, ui_language()) if token else "" for token in tokens]


def _number(value: object) -> float:
    return float("nan") if value is None else float(value)  # type: ignore[arg-type]


def _unit(shown: Shown) -> str:
    return tr("ha") if shown.unit == "ha" else tr("mu")
