"""The pairing window and the map: marks while it is open, the tool that picks wells, the row under the pointer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject

from .on_map import PairMarks, PickTool

if TYPE_CHECKING:
    import pandas as pd

    from .dialog import PairingDialog

_DRAWN = 20
"""Candidates to which a dashed line is drawn: the first of the list."""


class MapLink(QObject):
    """Ties the window to a canvas; without one it does nothing."""

    def __init__(self, window: PairingDialog, canvas: QgsMapCanvas | None) -> None:
        super().__init__(window)
        self.window, self.canvas, self._before = window, canvas, None
        if canvas is None:
            self.marks = self.tool = None
            return
        self.marks, self.tool = PairMarks(canvas), PickTool(canvas)
        self.tool.picked.connect(self._picked)
        self.tool.moved.connect(self._moved)
        self.tool.deactivated.connect(self._tool_left)
        window.page.pick_renewal.toggled.connect(self._use_tool)
        window.page.pick_wells.toggled.connect(self._use_tool)

    def draw(self) -> None:
        """Draw renewal, wells and the first candidates."""
        window = self.window
        if self.marks is None:
            return
        if window.board is None or not window.renewal_id or not window.isVisible():
            self.marks.clear()
            return
        wells = [*window.board.held(window.renewal_id)["retired_id"], *window.chosen]
        near = window.board.wells["retired_id"].iloc[window.page.model.eligible_shown(_DRAWN)]
        self.marks.show(
            self._here(),
            {well: self._place_of(well) for well in wells},
            {well: self._place_of(well) for well in near if well not in wells},
        )

    def flash(self, well: str) -> None:
        """Make the line to a well stand out; empty: no line."""
        if self.marks is not None and self.window.board is not None and self.window.renewal_id:
            self.marks.flash(self._here(), self._place_of(well) if well else None)

    def leave(self) -> None:
        """Take everything off the map and give it back."""
        if self.marks is not None:
            self._tool_left()
            self.marks.clear()

    def _place_of(self, well: str) -> tuple[float, float]:
        wells = self.window.board.wells
        row = self.window.board.row_of(well)
        return (
            (math.nan, math.nan)
            if row is None
            else (float(wells["lon"].iat[row]), float(wells["lat"].iat[row]))
        )

    def _here(self) -> tuple[float, float]:
        renewal = self.window.board.renewals.loc[self.window.renewal_id]
        return float(renewal["lon"]), float(renewal["lat"])

    def _use_tool(self, wanted: bool) -> None:
        """Hand the map to our tool, or back to the one before; only one of the two buttons is down."""
        page = self.window.page
        other = page.pick_wells if self.sender() is page.pick_renewal else page.pick_renewal
        if wanted:
            other.setChecked(False)
            if self.canvas.mapTool() is not self.tool:
                self._before = self.canvas.mapTool()
                self.canvas.setMapTool(self.tool)
        elif not other.isChecked() and self.canvas.mapTool() is self.tool:
            if self._before is not None:
                self.canvas.setMapTool(self._before)
            else:
                self.canvas.unsetMapTool(self.tool)

    def _tool_left(self) -> None:
        for button in (self.window.page.pick_renewal, self.window.page.pick_wells):
            button.setChecked(False)

    def _picked(self, lon: float, lat: float, reach: float) -> None:
        """A click: the renewal under it, or a well that is taken or left."""
        window = self.window
        if window.board is None:
            return
        if window.page.pick_renewal.isChecked():
            rows = window.board.renewals
            place = _nearest(rows, lon, lat, reach)
            if place is not None:
                window.page.renewal.setCurrentIndex(window.page.renewal.findData(rows.index[place]))
                window.page.pick_renewal.setChecked(False)
        elif window.renewal_id:
            place = _nearest(window.board.wells, lon, lat, reach)
            if place is not None:
                window.choose(str(window.board.wells["retired_id"].iat[place]))

    def _moved(self, lon: float, lat: float, reach: float) -> None:
        """The row of the well under the pointer is selected."""
        window = self.window
        if window.board is None or not window.page.pick_wells.isChecked():
            return
        place = _nearest(window.board.wells, lon, lat, reach)
        row = (
            -1
            if place is None
            else window.page.model.row_of(str(window.board.wells["retired_id"].iat[place]))
        )
        if row >= 0:
            window.page.table.selectRow(row)


def _nearest(places: pd.DataFrame, lon: float, lat: float, reach: float) -> int | None:
    """The row nearest to a point within reach (degrees of latitude); None where there is none."""
    narrow = math.cos(math.radians(lat))
    east, north = (places[name].to_numpy("float64") - at for name, at in (("lon", lon), ("lat", lat)))
    away = np.hypot(east * narrow, north)
    if not np.isfinite(away).any():
        return None
    place = int(np.nanargmin(away))
    return place if away[place] <= reach else None
