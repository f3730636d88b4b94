"""The table of figures on a layout: filled from the figures of a sheet or of the units of an atlas, no row lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qgis.core import (
    QgsLayoutFrame,
    QgsLayoutItemAttributeTable,
    QgsLayoutTable,
    QgsLayoutTableColumn,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt

from ...core.papers.map_figures import Figures
from .fitting import POINT_MM, SHRINKING, advance
from .layers import layer_of

_POINTS = QgsUnitTypes.RenderUnit.RenderPoints
_SMALLEST = 0.75
"""Letters of a sheet's table are not made smaller than this for its rows: they go on on a further page."""
_GRID, _FRAME = 0.2, 0.4
"""What lines take of the width, in millimetres: each column's and those around."""


def rows_layer(figures: Mapping[str, Figures]) -> QgsVectorLayer:
    """The figures as a layer without geometry, one row for each row of each unit."""
    most = max(len(table.headings) for table in figures.values())
    columns: dict[str, list] = {"unit_id": [], **{f"c{n}": [] for n in range(most)}}
    for unit, table in figures.items():
        for row in table.rows:
            columns["unit_id"].append(unit)
            for place in range(most):
                columns[f"c{place}"].append(row[place] if place < len(row) else None)
    return layer_of("figures", "", "", None, columns)


class FiguresTable:
    """An attribute table of a layout with the figures of a map.

    Args:
        room: width and height that it may take, in millimetres. one_page: all rows stand on one page, whatever the size
            of their letters.
    """

    def __init__(self, table: QgsLayoutItemAttributeTable, room: tuple[float, float], one_page: bool) -> None:
        self.table, self.room, self.one_page = table, room, one_page

    def fill(self, figures: Mapping[str, Figures], layer: QgsVectorLayer) -> None:
        """Put the rows of a layer in, in letters that fit the room.

        Args:
            layer: made by :func:`rows_layer` of these figures; the project owns it.
        """
        table = self.table
        headings = next(iter(figures.values())).headings
        asked = self._widths([row for each in figures.values() for row in each.rows], headings)
        n_rows = max(len(each.rows) for each in figures.values())
        factor = self._factor(asked, n_rows, any(" " in heading for heading in headings))
        # All this before there are rows: QGIS 3.22 writes beyond its memory where columns change under rows
        margin = table.cellMargin() * factor
        table.setCellMargin(margin)
        table.setWrapBehavior(QgsLayoutTable.WrapBehavior.WrapText)  # headings of several words
        for get, put in (
            (table.headerTextFormat, table.setHeaderTextFormat),
            (table.contentTextFormat, table.setContentTextFormat),
        ):
            sized = QgsTextFormat(get())
            sized.setSize(sized.size() * factor)
            put(sized)
        table.setVectorLayer(layer)
        table.setColumns(_columns(headings, asked, self.room[0] - _FRAME, margin))
        table.refreshAttributes()

    def rows_shown(self) -> int:
        """Rows that its frames show."""
        room = sum(self.table.frame(place).rect().height() for place in range(self.table.frameCount()))
        rows, height = len(self.table.contents()), self.table.totalSize().height()
        return rows if height <= room + 0.2 else max(int(room / (height / max(rows + 1, 1))) - 1, 0)

    def frame_for_more(self) -> QgsLayoutFrame:
        """A further frame for the rows that the others do not show."""
        frame = QgsLayoutFrame(self.table.layout(), self.table)
        self.table.addFrame(frame, False)
        return frame

    def left_over(self) -> float:
        """Height of what the frames do not show."""
        shown = sum(self.table.frame(place).rect().height() for place in range(self.table.frameCount()))
        repeated = (self.table.frameCount() - 1) * self.table.totalSize().height()
        return self.table.totalSize().height() + repeated / max(len(self.table.contents()) + 1, 1) - shown

    def _widths(self, rows: Sequence[Sequence[str]], headings: Sequence[str]) -> list[float]:
        """What each column asks for, in multiples of the size of letters: its longest cell, the longest word of its
        heading."""
        head, content = self.table.headerTextFormat(), self.table.contentTextFormat()
        asked = []
        for place, heading in enumerate(headings):
            words = [advance(word, head.font()) for word in heading.split(" ")]
            cells = [advance(row[place], content.font()) for row in rows if place < len(row)]
            asked.append(1.03 * max([*words, *cells, 1.0]))
        return asked

    def _factor(self, asked: Sequence[float], n_rows: int, wrapped: bool) -> float:
        """The largest letters in which all columns stand side by side, and, where they must, all rows on the page."""
        fits = {each: self._fits(asked, n_rows + wrapped, each) for each in SHRINKING}
        wide = [each for each, (width, _) in fits.items() if width] or [SHRINKING[-1]]
        whole = [each for each in wide if fits[each][1] and (self.one_page or each >= _SMALLEST)]
        return (whole or wide)[0]

    def _fits(self, asked: Sequence[float], n_rows: int, factor: float) -> tuple[bool, bool]:
        letters = self.table.contentTextFormat()
        size = letters.size() * (POINT_MM if letters.sizeUnit() == _POINTS else 1.0) * factor
        margin = self.table.cellMargin() * factor
        width = sum(asked) * size + len(asked) * (2 * margin + _GRID) + _FRAME
        height = (n_rows + 1) * (1.25 * size + 2 * margin + 0.15) + 0.2
        return width <= self.room[0], height <= self.room[1]


def _columns(
    headings: Sequence[str], asked: Sequence[float], width: float, margin: float
) -> list[QgsLayoutTableColumn]:
    """Columns in proportion to their longest texts, as wide as the room together; numbers stand right."""
    share = max(width - (2 * margin + _GRID) * len(asked), 10.0) / sum(asked)
    columns = []
    for place, (heading, of_column) in enumerate(zip(headings, asked, strict=True)):
        column = QgsLayoutTableColumn(heading)
        column.setAttribute(f"c{place}")
        column.setWidth(of_column * share)
        column.setHAlignment(Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft)
        column.setVAlignment(Qt.AlignmentFlag.AlignVCenter)
        columns.append(column)
    return columns
