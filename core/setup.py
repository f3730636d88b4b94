"""Setting up a case: the layers a person has chosen and mapped, imported, checked and written into a case file.

The imports and checks are those of ``importlayer`` and ``checkregister``; here they are made for all layers at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from .casefile import Delivery, WriteResult, add_imports, new_case, read_case
from .casefile.imports import refuse_known
from .casefile.opening import taken
from .casefile.rows import joined
from .casefile.unreadable import UNREAD, as_it_was
from .checking import check_register
from .errors import OverdraftError
from .importing.record import batch_of
from .importing.run import Imported, Wishes, import_source
from .importing.source import Source
from .intake import build_register
from .policy import Policy
from .problems import Problems, concat_problems
from .register.identity import ROW_ID
from .schema import register_schema

Progress = Callable[[float], None]
_IMPORTING = 0.7
"""Share of the time of a check that the imports take."""


@dataclass(frozen=True)
class Chosen:
    """One layer for one role.

    Attributes:
        mode: of ``importing.choices.MODES``, where the case file has rows of the role already.
        persons: whether personal data go into the case file too.
    """

    role: str
    source: Source
    wishes: Wishes
    mode: str = "append"
    persons: bool = False


@dataclass(frozen=True)
class Checked:
    """What the chosen layers come to.

    Attributes:
        imported: by role, those that can be imported. refused: by role, why a layer cannot be; it blocks.
        problems: of the imports and of the register as a whole.
    """

    imported: Mapping[str, Imported] = field(default_factory=dict)
    refused: Mapping[str, OverdraftError] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems.none)

    @property
    def blocked(self) -> bool:
        """Is something in the way of a case file?"""
        return bool(self.refused) or not self.imported


def check_setup(
    chosen: Sequence[Chosen],
    as_of: date,
    policy: Policy | None,
    case: str | os.PathLike | None,
    progress: Progress,
) -> Checked:
    """Import every layer in memory and check the register that they make, with what a case file holds already.

    Args:
        as_of: the day on which facts should have happened. policy: names and aliases of units.
        case: an existing case file that the layers go into; None for a new one.

    Raises:
        OverdraftError: the case file cannot be read. Cancelled: from ``progress``.
    """
    held = {} if case is None else read_case(case)
    imported: dict[str, Imported] = {}
    refused: dict[str, OverdraftError] = {}
    frames = dict(held)
    units = _units(held)
    for place, item in enumerate(
        sorted(chosen, key=lambda one: one.role != "units")
    ):  # positions need the units

        def part(done: float, place: int = place) -> None:
            progress(_IMPORTING * (place + done) / len(chosen))

        try:
            made = import_source(item.role, item.source, item.wishes, units, part)
            frames[item.role] = _with_held(item, _with_unread(item.role, made), held.get(item.role))
            imported[item.role] = made
            units = _units(frames) if item.role == "units" else units
        except OverdraftError as error:
            refused[item.role] = error
    found = check_register(
        frames, as_of, policy, progress=lambda done: progress(_IMPORTING + (1 - _IMPORTING) * done)
    )
    return Checked(
        imported, refused, concat_problems([*(made.problems for made in imported.values()), found])
    )


def write_setup(
    target: str | os.PathLike,
    chosen: Sequence[Chosen],
    checked: Checked,
    who: str,
    language: str,
    crs: object,
    progress: Progress,
) -> WriteResult:
    """Write the imported layers into a case file, all or none: a new one, or an existing one as each ``mode`` says.

    Args:
        who: on record as the one who imported. crs: of the layers of a new file that stay empty.

    Raises:
        OverdraftError: as ``casefile.new_case`` and ``casefile.add_imports``. Cancelled: from ``progress``.
    """
    deliveries = deliveries_of(chosen, checked, who, datetime.now().astimezone(), language)
    if taken(Path(target)):
        return add_imports(target, deliveries, language, progress)
    return new_case(target, deliveries, language, crs, progress)


def deliveries_of(
    chosen: Sequence[Chosen], checked: Checked, who: str, moment: datetime, language: str
) -> list[Delivery]:
    """Each import with its record."""
    made = [(item, checked.imported[item.role]) for item in chosen]
    return [
        Delivery(
            imported.frame,
            batch_of(item.role, item.source, item.wishes, imported, who, moment, language),
            item.mode,
            imported.persons if item.persons else None,
        )
        for item, imported in made
    ]


def _units(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    return build_register({"units": frames["units"]})["units"] if "units" in frames else None


def _with_unread(role: str, made: Imported) -> pd.DataFrame:
    """The imported rows with the raw text of cells that could not be read, as a case file gives them back."""
    frame = made.frame.drop(columns=ROW_ID)
    named = frame[register_schema().roles[role].key[0]].notna().to_numpy()
    unread = made.changes[made.changes["reason_key"] == UNREAD]
    for name, cells in unread.groupby("field", sort=False):
        if name in frame.columns:
            cells = cells[named[cells["place"].to_numpy(dtype="int64")]]
            values = frame[name].astype(object).to_numpy(copy=True)
            values[cells["place"].to_numpy(dtype="int64")] = (
                cells["raw_value"].map(as_it_was).to_numpy(dtype=object)
            )
            frame[name] = values
    return frame


def _with_held(item: Chosen, own: pd.DataFrame, held: pd.DataFrame | None) -> pd.DataFrame:
    """The rows of a role as they will stand in the case file.

    Raises:
        OverdraftError: an id that the case file has already (append).
    """
    if held is None or item.mode == "replace" or not len(held):
        return own
    refuse_known(item.role, held, own)
    return joined(held, own)
