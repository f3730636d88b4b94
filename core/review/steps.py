"""What was decided in one go, kept as small as may be: a hundred such steps can be taken back."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from ..casefile import Cells
from .acts import Act


class Decisions:
    """Rows of ``decisions``, None where there was none, kept column by column.

    What all rows share is kept once. A text that other steps hold too, as the ids of the findings and the hashes of
    their evidence, is the same text. So fifty thousand rows take about a megabyte; as dictionaries they took seventy.
    """

    def __init__(self, rows: Sequence[Cells | None]) -> None:
        self._size = len(rows)
        names = dict.fromkeys(name for row in rows if row is not None for name in row)
        self._columns = {
            name: _column([None if row is None else row[name] for row in rows]) for name in names
        }

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[dict[str, object]]:
        """Row by row; an empty one where there was none."""
        names = tuple(self._columns)
        if not names:
            yield from ({} for _ in range(self._size))
        for values in zip(*map(self.column, names), strict=True):
            row = dict(zip(names, values, strict=True))
            yield row if row["finding_id"] is not None else {}

    def column(self, name: str) -> Iterator[object]:
        """One value of each row."""
        kept = self._columns[name]
        return iter(kept) if isinstance(kept, _Differing) else repeat(kept, self._size)


class _Differing(tuple[object, ...]):
    """The values of a column that not all rows share."""

    __slots__ = ()


def _column(values: list[object]) -> object:
    first = values[0]
    if all(value == first and type(value) is type(first) for value in values):
        return first
    return _Differing(sys.intern(value) if type(value) is str else value for value in values)


@dataclass(frozen=True)
class Step:
    """One decision that was made and can be taken back: the rows of ``decisions`` before and after it.

    Attributes:
        head: the hash of the last entry of the history after it.
        kept: rows of ``decided_findings`` before it, where they were others: what the earlier decisions rest on.
    """

    act: Act
    before: Decisions
    after: Decisions
    head: str
    kept: tuple[Cells, ...] = ()

    def __len__(self) -> int:
        return len(self.after)

    @property
    def ids(self) -> tuple[str, ...]:
        """The findings decided on."""
        return tuple(map(str, self.after.column("finding_id")))
