"""Page 1: layers by role, files that are dropped, what was found when they were read."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QComboBox, QPushButton

from overdraft.core.schema import register_schema
from overdraft.ui.setup.reading_options import ReadingOptions

LEFT = Qt.MouseButton.LeftButton


def drop(widget, *paths):
    """As Qt does: the first widget upwards that takes what is dragged."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    given = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    while True:
        enter = QDragEnterEvent(QPoint(5, 5), *given)
        enter.ignore()
        if widget.acceptDrops():
            QgsApplication.sendEvent(widget, enter)
        if enter.isAccepted():
            break
        widget = widget.parentWidget()
    QgsApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), *given))


def pick(qtbot, combo, text):
    """Choose an entry with the keyboard."""
    combo.setFocus()
    place = combo.findText(text)
    assert place >= 0, [combo.itemText(n) for n in range(combo.count())]
    while combo.currentIndex() != place:
        key = Qt.Key.Key_Down if combo.currentIndex() < place else Qt.Key.Key_Up
        qtbot.keyClick(combo, key)


def test_an_empty_project_says_what_to_do(language, wizard):
    window = wizard()
    assert not window.next.isEnabled()
    wanted = {"en": "Choose the layer of the wells first.", "zh": "请先选择机井图层。"}
    assert window.hint.text() == wanted[language]
    assert wanted[language].rstrip("。") in window.next.toolTip()
    status = window.data.rows["wells"].status.text()
    assert status.startswith("ℹ")


def test_dropped_files_are_offered_and_taken_where_they_are_named(wizard, deliveries, settled):
    window = wizard()
    before = {path: path.read_bytes() for path in deliveries.iterdir()}
    drop(window, *sorted(deliveries.iterdir()))
    settled(window)
    chosen = {role: layer.ref.name for role, layer in window.setup.layers.items() if layer.ref}
    assert chosen == {
        "wells": "机井.csv",
        "units": "units.geojson",
    }  # 超采区 is not quite the name of the role
    text = window.data.rows["units"].status.text()
    assert text.startswith("✓")
    assert "EPSG:4490" in text
    text = window.data.rows["wells"].status.text()
    assert text.startswith("⚠")
    assert all(word in text for word in ("gb18030", "3"))
    assert {path: path.read_bytes() for path in deliveries.iterdir()} == before


def test_a_file_dropped_on_a_row_is_for_its_role(wizard, deliveries, settled):
    window = wizard()
    drop(window.data.rows["zones"].combo, deliveries / "超采区.gpkg")
    settled(window)
    assert window.setup.layers["zones"].ref.name == "超采区.gpkg"
    assert len(window.setup.layers["zones"].source.frame) == 1


def test_layers_of_the_project_are_chosen_with_the_keyboard(wizard, deliveries, settled, add_layer, qtbot):
    add_layer(deliveries / "超采区.gpkg", "2025版")
    add_layer(deliveries / "units.geojson", "county 县")
    window = wizard()
    assert window.setup.layers["zones"].ref is None  # two polygon layers, neither named after a role
    pick(qtbot, window.data.rows["zones"].combo, "2025版")
    settled(window)
    assert window.setup.layers["zones"].source.frame["级别"].tolist() == ["严重"]
    pick(qtbot, window.data.rows["zones"].combo, window.data.rows["zones"].combo.itemText(0))
    assert window.setup.layers["zones"].ref is None


def test_points_may_be_wells_but_polygons_may_not(wizard, deliveries, settled):
    window = wizard()
    drop(window.data, *deliveries.iterdir())
    settled(window)
    combo = window.data.rows["wells"].combo
    assert [combo.itemText(n) for n in range(1, combo.count())] == ["机井.csv"]
    assert window.data.rows["zones"].combo.findText("机井.csv") == -1


def test_the_wheel_chooses_nothing(wizard, deliveries, settled):
    from qgis.PyQt.QtGui import QWheelEvent

    window = wizard()
    drop(window.data, *deliveries.iterdir())
    settled(window)
    combo = window.data.rows["irrigation"].combo
    wheel = QWheelEvent(
        QPointF(3, 3),
        QPointF(3, 3),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    combo.wheelEvent(wheel)
    assert combo.currentIndex() == 0
    assert not wheel.isAccepted()


def test_another_layer_gets_a_row(language, wizard, qtbot):
    window = wizard()
    window.data.role_menu.aboutToShow.emit()
    action = next(item for item in window.data.role_menu.actions() if item.objectName() == "role_readings")
    assert action.text() == register_schema().roles["readings"].label(language)
    action.trigger()
    assert window.findChild(QComboBox, "layer_readings") is not None
    window.data.role_menu.aboutToShow.emit()
    assert "role_readings" not in [item.objectName() for item in window.data.role_menu.actions()]


def test_options_change_how_a_layer_is_read(wizard, deliveries, settled, qtbot):
    window = wizard()
    drop(window.data, deliveries / "机井.csv")
    settled(window)
    qtbot.mouseClick(window.findChild(QPushButton, "options_wells"), LEFT)
    dialog = window.findChild(ReadingOptions)
    dialog.crs.setCrs(QgsCoordinateReferenceSystem("EPSG:4490"))
    dialog.encoding.setCurrentIndex(dialog.encoding.findData("iso8859-1"))
    dialog.accept()
    settled(window)
    assert "EPSG:4490" in window.data.rows["wells"].status.text()
    assert window.setup.layers["wells"].source.encoding == "iso8859-1"
    assert "井号" not in window.setup.layers["wells"].source.frame.columns


def test_an_unreadable_file_is_said_and_the_others_stay(wizard, deliveries, settled):
    window = wizard()
    broken = deliveries / "broken.gpkg"
    broken.write_bytes(b"no database")
    drop(window.data, broken, deliveries / "units.geojson")
    settled(window)
    assert "broken.gpkg" in window.data.problem.text()
    assert not window.data.problem.isHidden()
    assert window.setup.layers["units"].ref.name == "units.geojson"


def test_a_layer_that_goes_leaves_a_gap(wizard, deliveries, settled, add_layer):
    layer = add_layer(deliveries / "units.geojson", "units")
    window = wizard()
    settled(window)
    assert window.setup.layers["units"].ref.id == layer.id()
    QgsProject.instance().removeMapLayer(layer.id())
    status = window.data.rows["units"].status.text()
    assert status.startswith("✗")
    assert "units" in status


def test_a_layer_that_goes_while_it_is_read_does_no_harm(wizard, settled):
    fields = "field=编号:string&field=用途:string&field=状态:string"
    layer = QgsVectorLayer(f"Point?crs=EPSG:4490&{fields}", "wells", "memory")
    QgsProject.instance().addMapLayer(layer)
    window = wizard()
    assert window.busy.working
    QgsProject.instance().removeMapLayer(layer.id())
    settled(window)
    assert window.setup.layers["wells"].ref is None


def test_reading_can_be_stopped(wizard, deliveries, settled, qtbot):
    window = wizard()
    drop(window.data, deliveries / "机井.csv")
    qtbot.waitUntil(lambda: window.setup.layers["wells"].ref is not None)
    assert window.busy.working
    qtbot.mouseClick(window.busy.stop_button, LEFT)
    assert not window.busy.working
    assert window.setup.layers["wells"].stopped
    assert window.data.rows["wells"].status.text().startswith("✗")
    assert not window.next.isEnabled()
    window.data.choose("wells", window.setup.layers["wells"].ref)
    settled(window)
    assert window.setup.layers["wells"].taken


def test_closing_while_reading_calls_nothing(wizard, deliveries, qtbot):
    window = wizard()
    drop(window.data, deliveries / "机井.csv")
    qtbot.waitUntil(lambda: window.setup.layers["wells"].ref is not None)
    window.reject()
    qtbot.wait(200)
    assert window.setup.layers["wells"].source is None
    assert Path(deliveries / "机井.csv").is_file()
