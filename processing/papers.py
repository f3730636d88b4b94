"""Papers as files: all of them complete beside their names before the first gets its name."""

from __future__ import annotations

import codecs
import importlib.util
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import QgsProcessingContext

from .layers import Field, OutputLayer
from .layers.write import write_features
from .saving import File, file_name, free_name, save_all

if TYPE_CHECKING:
    from ..core.papers import Paper, Table

FORMATS = ("xlsx", "csv", "html")

_UNFIT = re.compile(r"[\[\]:*?/\\']")
"""What the name of a sheet may not hold."""

_KINDS = {"text": "text", "integer": "int64", "real": "real", "date": "text"}


def save_tables(
    paper: Paper,
    folder: Path,
    stem: str,
    formats: tuple[str, ...],
    context: QgsProcessingContext,
    progress: Callable[[float], None],
) -> list[Path]:
    """Write a paper's tables: one workbook, one page, a CSV file for each table; returns the files.

    What stood under these names stays until all are complete.

    Raises:
        QgsProcessingException: a file cannot be written, or is open in another program.
        Cancelled: from ``progress``; nothing is written.
    """
    files: list[File] = []
    for number, kind in enumerate(formats):
        part = _part(progress, number / len(formats), 0.98 / len(formats))
        files += _files(paper, folder, stem, kind, context, part)
    return save_all(files, lambda share: progress(share) if share >= 0.98 else None)


def _part(progress: Callable[[float], None], begin: float, size: float) -> Callable[[float], None]:
    return lambda share: progress(begin + share * size)


def _files(
    paper: Paper,
    folder: Path,
    stem: str,
    kind: str,
    context: QgsProcessingContext,
    progress: Callable[[float], None],
) -> list[File]:
    """The files of one format, each with what writes it."""
    from ..core.papers import html_page

    if kind == "xlsx":
        target = folder / f"{file_name(stem, paper.title, paper.mark)}.xlsx"
        return [(target, lambda path: _workbook(paper, path, context, progress))]
    if kind == "html":
        target = folder / f"{file_name(stem, paper.title, paper.mark)}.html"
        return [(target, lambda path: _put(path, html_page(paper, progress)))]
    taken: set[str] = set()
    files = []
    for number, table in enumerate(paper.tables):
        part = _part(progress, number / len(paper.tables), 1 / len(paper.tables))
        write = partial(_put_csv, paper, table, part)
        files.append((folder / f"{free_name(taken, stem, table.title, paper.mark)}.csv", write))
    return files


def _put_csv(paper: Paper, table: Table, progress: Callable[[float], None], path: Path) -> None:
    from ..core.papers import csv_text

    _put(path, csv_text(paper, table, progress))


def _put(path: Path, text: str) -> None:
    path.write_bytes(codecs.encode(text, "utf-8", "replace"))


def _workbook(paper: Paper, path: Path, context: QgsProcessingContext, progress) -> None:
    from ..core.papers import write_workbook

    if importlib.util.find_spec("openpyxl") is not None:
        write_workbook(paper, path, progress)
        return
    tables = [(table.title, _layer(table)) for table in paper.tables]
    tables.append((paper.say("sums.title"), _sums(paper)))
    for number, (title, layer) in enumerate(tables):
        progress(number / len(tables))
        write_features(path, layer, context, _UNFIT.sub(" ", title)[:31])


def _layer(table: Table) -> OutputLayer:
    """A table as GDAL takes it. Its driver computes what looks like a formula: such texts get an apostrophe."""
    from ..core.harmless import harmless

    fields, columns = [], []
    for column in table.columns:
        fields.append(Field(harmless(column.label), _KINDS[column.kind]))
        values = column.values
        if column.kind == "real":
            columns.append(np.array([float("nan") if one is None else float(one) for one in values]))
            continue
        if column.kind != "integer":
            values = tuple(None if one is None else harmless(str(one)) for one in values)
        columns.append(np.array([*values, None], dtype=object)[:-1])
    return OutputLayer(fields, columns)


def _sums(paper: Paper) -> OutputLayer:
    """What a workbook by GDAL cannot hold below the rows of a table."""
    from ..core.harmless import harmless
    from ..core.papers.paper import differences

    rows: list[tuple[str, str, str]] = [("", label, value) for label, value in paper.head]
    for table in paper.tables:
        labels = {column.name: column.label for column in table.columns}
        for total in table.totals:
            name = paper.total_label(total)
            rows += [
                (table.title, f"{name} · {labels[key]}", str(value)) for key, value in total.sums.items()
            ]
        rows += [(table.title, "", text) for text in (*differences(paper, table), *table.notes)]
    columns = [
        np.array([*map(harmless, texts), None], dtype=object)[:-1] for texts in zip(*rows, strict=True)
    ]
    fields = [Field(paper.say(f"sums.{name}"), "text") for name in ("table", "what", "value")]
    return OutputLayer(fields, columns)
