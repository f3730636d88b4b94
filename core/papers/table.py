"""A printed table: columns, the rows they add up over, and what must be said below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from .column import Cell, Column, integers

NUMBER = "n"
"""Name of the column that counts the rows of a table."""


@dataclass(frozen=True)
class Group:
    """Rows that are added up, under a name."""

    label: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Total:
    """A line of sums.

    Attributes:
        n: rows that it is over. sums: by name of the column. differences: what rounding row by row left out, of the
            columns where it did.
    """

    label: str
    n: int
    sums: dict[str, Decimal]
    differences: dict[str, Decimal]


@dataclass(frozen=True)
class Table:
    """One table of a paper.

    Attributes:
        name: what programs call it. title: as it is printed. columns: of one length.
        groups: rows that are added up, the whole last; none where nothing is.
        notes: sentences below the table.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    @property
    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The rows as they are printed."""
        return zip(*(column.values for column in self.columns), strict=True)

    def __getitem__(self, name: str) -> Column:
        """A column by its name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def totals(self) -> list[Total]:
        """A line for each group: the sums of the *printed* values, so that a reader's own sum agrees; none of a column
        in which nothing is printed, for that is not 0, and no line where there is no row."""
        summed = [column for column in self.columns if column.summed]
        made = []
        for group in self.groups if len(self) else ():
            told = [column for column in summed if any(column.values[row] is not None for row in group.rows)]
            sums = {column.name: column.sum(group.rows) for column in told}
            apart = {column.name: column.difference(group.rows) for column in told}
            made.append(Total(group.label, len(group.rows), sums, {k: v for k, v in apart.items() if v}))
        return made

    def numbered(self, label: str) -> Table:
        """With a first column that counts its rows."""
        own = integers(NUMBER, label, range(1, len(self) + 1))
        return replace(self, columns=(own, *self.columns))

    def line_of(self, total: Total, label: str) -> list[Cell]:
        """A line of sums as cells, its label in the first column that has no sum; the numbering stays empty, so that
        what has a number is a row."""
        line: list[Cell] = [total.sums.get(column.name) for column in self.columns]
        free = [place for place, column in enumerate(self.columns) if column.name != NUMBER]
        place = next((place for place in free if line[place] is None), None)
        if place is not None:
            line[place] = label
        return line

    def first(self, n: int) -> Table:
        """Its first rows, without sums: for a look before it is printed."""
        cut = tuple(
            replace(column, values=column.values[:n], exact=column.exact[:n]) for column in self.columns
        )
        return replace(self, columns=cut, groups=())
