"""List and map: what is planned is hatched, a click ticks, and each shows what the other has chosen."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt

DEGREES = QgsCoordinateReferenceSystem("EPSG:4326")


@pytest.fixture
def canvas(qgis_app, qtbot):
    """A map in degrees; the land of the sample is in metres."""
    made = QgsMapCanvas()
    made.resize(400, 300)
    made.setDestinationCrs(DEGREES)
    yield made
    made.deleteLater()


@pytest.fixture
def mapped(read_once, planners, canvas, answer, qtbot):
    """A planner beside the map, with a copy of the base."""
    planner = planners(canvas)
    answer(ask_name="方案一")
    qtbot.mouseClick(planner.bar.duplicate, Qt.MouseButton.LeftButton)
    return planner


def degrees_in(planner, row):
    """A point inside a parcel, in degrees."""
    board = planner.bench.board
    inside = shapely.point_on_surface(board.shapes[row])
    crs = QgsCoordinateReferenceSystem(f"EPSG:{board.crs.to_epsg()}")
    change = QgsCoordinateTransform(crs, DEGREES, QgsProject.instance())
    return change.transform(QgsPointXY(inside.x, inside.y))


def test_a_click_on_the_map_ticks_and_clears(mapped, canvas, free_in, qtbot):
    row = int(free_in(mapped, "鄯善县")[0])
    before = canvas.mapTool()
    qtbot.mouseClick(mapped.acts.pick, Qt.MouseButton.LeftButton)
    assert canvas.mapTool() is mapped.on_map.tool
    place = degrees_in(mapped, row)
    canvas.setExtent(QgsRectangle(place.x() - 0.01, place.y() - 0.01, place.x() + 0.01, place.y() + 0.01))
    spot = canvas.getCoordinateTransform().transform(place).toQPointF().toPoint()
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert (mapped.bench.current.year > 0).nonzero()[0].tolist() == [row]
    assert mapped.candidates.selected_rows().tolist() == [row]
    mapped.on_map.tool.canvasClicked.emit(place, Qt.MouseButton.LeftButton)
    assert not mapped.bench.current.year.any()
    mapped.on_map.tool.canvasClicked.emit(QgsPointXY(0, 0), Qt.MouseButton.LeftButton)
    assert not mapped.bench.current.year.any()
    qtbot.mouseClick(mapped.acts.pick, Qt.MouseButton.LeftButton)
    assert canvas.mapTool() is before


def test_what_is_planned_is_hatched(mapped, free_in, qtbot):
    """The band holds the very polygons; by their area in the plane of the sample."""
    rows = free_in(mapped, "鄯善县")[:3]
    mapped.bench.assign(rows, 2026)
    mapped.on_map.draw()
    board = mapped.bench.board
    crs = QgsCoordinateReferenceSystem(f"EPSG:{board.crs.to_epsg()}")
    shown = mapped.on_map.planned.asGeometry()
    shown.transform(QgsCoordinateTransform(DEGREES, crs, QgsProject.instance()))
    assert shown.area() == pytest.approx(shapely.area(board.shapes[rows]).sum(), rel=1e-6)
    mapped.bench.undo()
    mapped.on_map.draw()
    assert mapped.on_map.planned.asGeometry().isEmpty()


def test_many_are_hatched_a_part_at_a_time(mapped, free_in, qtbot, monkeypatch):
    """In the end all of them; another scenario in between leaves nothing of the first."""
    from overdraft.ui.retirement import on_map

    monkeypatch.setattr(on_map, "_AT_ONCE", 2)
    rows = free_in(mapped, "鄯善县")[:5]
    mapped.bench.assign(rows, 2026)
    mapped.on_map.draw()

    def hatched():
        """Square degrees."""
        return mapped.on_map.planned.asGeometry().area()

    first = hatched()
    assert first > 0
    qtbot.waitUntil(lambda: not mapped.on_map._next.isActive())
    every = hatched()
    monkeypatch.setattr(on_map, "_AT_ONCE", 5)
    mapped.on_map.draw()
    assert hatched() == pytest.approx(every)
    assert first < 0.9 * every
    monkeypatch.setattr(on_map, "_AT_ONCE", 2)
    mapped.on_map.draw()
    mapped.bench.choose(0)
    qtbot.wait(150)
    assert mapped.on_map.planned.asGeometry().isEmpty()


def test_the_row_chosen_is_outlined_and_brought_into_view(mapped, canvas, free_in, session):
    for number, follow in enumerate(("zoom", "pan", "off")):
        session.settings.follow = follow
        row = int(free_in(mapped, "高昌区")[5 + number])
        canvas.setExtent(QgsRectangle(100, 10, 101, 11))
        mapped.candidates.show_row(row)
        place = degrees_in(mapped, row)
        assert mapped.on_map.current.asGeometry().boundingBox().contains(place)
        assert canvas.extent().contains(place) is (follow != "off")
        if follow == "pan":
            assert canvas.extent().width() > 0.5


def test_closing_leaves_the_map_as_it_was(mapped, canvas, qtbot):
    before = len(canvas.scene().items())
    qtbot.mouseClick(mapped.acts.pick, Qt.MouseButton.LeftButton)
    mapped.reject()
    assert len(canvas.scene().items()) == before - 2
    assert canvas.mapTool() is not mapped.on_map.tool


def test_without_a_map_the_button_says_so(copied):
    assert not copied.acts.pick.isEnabled()
    assert copied.acts.pick.toolTip() == "There is no map"


def test_of_two_parcels_the_smaller_is_clicked(mapped):
    """Overlaps of the sample: wherever two parcels share land, the smaller answers."""
    board = mapped.bench.board
    one, other = shapely.STRtree(board.shapes).query(board.shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(board.shapes[one], board.shapes[other])
    assert shapely.area(shared).max() > 1000
    common = shapely.point_on_surface(shared[np.argmax(shapely.area(shared))])
    crs = QgsCoordinateReferenceSystem(f"EPSG:{board.crs.to_epsg()}")
    change = QgsCoordinateTransform(crs, DEGREES, QgsProject.instance())
    place = change.transform(QgsPointXY(common.x, common.y))
    hit = mapped.on_map.row_at(place.x(), place.y())
    holding = np.flatnonzero(shapely.intersects(board.shapes, common))
    assert hit == holding[np.argmin(shapely.area(board.shapes[holding]))]
