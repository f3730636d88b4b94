"""Shapefiles: geometry as QGIS reads it, attributes from the .dbf itself, so that no cell is bent and none is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import OverdraftError
from ...core.importing.reading.choosing import Choice, choose_encoding, may_be_shown
from ...core.importing.reading.dbf import Dbf, read_dbf
from ...core.importing.reading.encodings import codec_named, detect
from ...core.importing.reading.sheet import Renamed, unique_names

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

HASHED = (".shp", ".dbf", ".shx", ".prj", ".cpg")
"""The parts of a shapefile that say something, in the order in which they are hashed."""
_SHX_HEAD, _SHX_RECORD = 100, 8
_CPG_BYTES = 64
_LOST = "\ufffd"


def part_of(path: Path, ending: str) -> Path | None:
    """The part of a shapefile with this ending, in small or capital letters."""
    named = (path.with_suffix(ending), path.with_suffix(ending.upper()))
    return next((part for part in named if part.is_file()), None)


def read_attributes(
    path: Path, given: str | None
) -> tuple[pd.DataFrame, np.ndarray, list[Renamed], Choice, int]:
    """The rows of a shapefile that are not marked as deleted.

    Returns:
        the cells as ``Dbf.column`` describes, record numbers from 1, columns renamed, the encoding that was read in,
        and how many rows hold bytes that are no text in it.

    Raises:
        OverdraftError: a damaged or foreign part, or an encoding that is not certain.
    """
    import pandas as pd

    attributes = part_of(path, ".dbf")
    if attributes is None:
        raise OverdraftError("importing.file_unreadable", file=path.name)
    dbf = read_dbf(attributes)
    _refuse_uneven(path, dbf)
    choice = _choose(path, dbf, given)
    kept = dbf.kept()
    names, renamed = unique_names(dbf.names(choice.encoding), range(len(dbf.fields)))
    columns = {name: dbf.column(place, choice.encoding, kept) for place, name in enumerate(names)}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(kept)))
    return frame, kept + 1, renamed, choice, _n_damaged(frame)


def _refuse_uneven(path: Path, dbf: Dbf) -> None:
    index = part_of(path, ".shx")
    if index is None or part_of(path, ".shp") is None:
        return
    n_shapes = (index.stat().st_size - _SHX_HEAD) // _SHX_RECORD
    if n_shapes != dbf.n_records:
        raise OverdraftError(
            "importing.shapefile_uneven", file=path.name, found=n_shapes, expected=dbf.n_records
        )


def _choose(path: Path, dbf: Dbf, given: str | None) -> Choice:
    names = [field.name for field in dbf.fields]
    cells = dbf.samples()
    found = detect([*names, *(cell for column in cells.values() for cell in column)])
    shown = [name for name in names if not name.isascii()]
    for place, column in cells.items():
        if may_be_shown(names[place].decode("ascii", errors="replace")):
            shown += column[:1]
    return choose_encoding(path.name, given, _declared(path) or dbf.declared, found, shown)


def _declared(path: Path) -> str:
    part = part_of(path, ".cpg")
    if part is None:
        return ""
    with part.open("rb") as stream:
        return codec_named(stream.read(_CPG_BYTES).decode("ascii", errors="replace"))


def _n_damaged(frame: pd.DataFrame) -> int:
    import numpy as np

    damaged = np.zeros(len(frame), dtype=bool)
    for _, column in frame.items():
        texts = [cell for cell in column if isinstance(cell, str)] if column.dtype == object else []
        if _LOST in "".join(texts):
            damaged |= np.array([isinstance(cell, str) and _LOST in cell for cell in column], dtype=bool)
    return int(damaged.sum())
