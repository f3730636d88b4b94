"""Wells chosen for a renewal: in the list, by dropping, on the map, as suggested."""

from __future__ import annotations

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QDropEvent
from qgis.PyQt.QtWidgets import (
    QLabel,
    QToolButton,
)

from .conftest import BEST, LEFT, WAITING, cell, click, query, rows_of, standing, tick


def test_the_renewal_that_waits_is_shown_with_its_clause(opened, qtbot, language):
    dialog = opened()
    page = dialog.page
    assert dialog.renewal_id == WAITING
    assert page.needs.text() == {"en": "needs 2 · has 0", "zh": "应核减2眼 · 已有0眼"}[language]
    assert not page.quote.isVisible()
    click(qtbot, page.clause)
    assert page.quote.isVisible()
    assert "减二更一" in page.quote.text()
    assert page.clause.text().endswith("四(三)")
    first = page.renewal.itemData(0)
    assert dialog.board.renewals.at[first, "needed"] > 0


def test_suggest_best_shows_three_and_saves_nothing(opened, qtbot, case):
    dialog = opened()
    before = standing(case)
    click(qtbot, dialog.page.suggest)
    assert sorted(dialog.chosen) == BEST
    assert dialog.page.suggestions.count() == 3
    assert "0.04 + 0.22 = 0.26" in dialog.page.suggestions.itemText(0)
    dialog.page.suggestions.setCurrentIndex(1)
    dialog.page.suggestions.activated.emit(1)
    assert sorted(dialog.chosen) == ["650402-0134", "650402-0135"]
    assert standing(case) == before


def test_wells_are_chosen_and_removed_in_the_list(opened, qtbot):
    dialog = opened()
    page = dialog.page
    qtbot.keyClicks(page.search, "0402-0423")
    assert rows_of(dialog) == ["650402-0423"]
    tick(qtbot, dialog, "650402-0423")
    assert dialog.chosen == ("650402-0423",)
    assert cell(dialog, "650402-0423", 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert page.slots.findChild(QLabel, "pairingSlot2").text().startswith("650402-0423")
    click(qtbot, page.slots.findChild(QToolButton, "pairingRemove2"))
    assert dialog.chosen == ()
    page.table.setCurrentIndex(cell(dialog, "650402-0423", 1))
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert dialog.chosen == ("650402-0423",)
    click(qtbot, page.clear)
    assert dialog.chosen == ()
    assert not page.save.isEnabled()
    assert page.save.toolTip()


def test_a_row_can_be_dropped_on_the_slots(opened, qtbot):
    dialog = opened()
    mime = dialog.page.model.mimeData([cell(dialog, BEST[0], 0)])
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    dialog.page.slots.dropEvent(event)
    assert dialog.chosen == (BEST[0],)


def test_wells_that_cannot_be_taken_stay_with_the_reason(opened, qtbot, board, language):
    dialog = opened()
    page = dialog.page
    pledged = board.wells[(board.wells["reason"] == "pledged")]["retired_id"].iloc[0]
    holder = query(
        dialog.session.path,
        "SELECT renewal_id FROM pairs WHERE retired_id = ? AND state <> 'released'",
        pledged,
    )
    qtbot.keyClicks(page.search, pledged)
    reason = cell(dialog, pledged, 6).data()
    assert {"en": "already backs another renewal", "zh": "已用于其他更新井"}[language] in reason
    assert holder[0][0] in reason
    assert page.model.headerData(1, Qt.Orientation.Horizontal) == {"en": "Place", "zh": "地点"}[language]
    assert not page.model.flags(cell(dialog, pledged, 0)) & Qt.ItemFlag.ItemIsUserCheckable
    page.table.activated.emit(cell(dialog, pledged, 0))
    assert dialog.chosen == ()
    assert any(pledged in item.text() for item in dialog.bar.items())
    click(qtbot, page.unused)
    assert rows_of(dialog) == []


def test_filters_keep_what_they_say(opened, qtbot, case):
    dialog = opened()
    page = dialog.page
    everything = query(case, "SELECT count(*) FROM wells")[0][0]
    assert page.model.rowCount() == everything
    for name, statement in (
        ("township", "SELECT count(*) FROM wells WHERE township_id = '650402901'"),
        ("use", "SELECT count(*) FROM wells WHERE use = 'irrigation'"),
        ("aquifer", "SELECT count(*) FROM wells WHERE aquifer = 'shallow'"),
    ):
        page.same[name].setChecked(True)
        assert page.model.rowCount() == query(case, statement)[0][0], name
        page.same[name].setChecked(False)
    page.sealed_only.setChecked(True)
    assert set(dialog._offers.loc[dialog._offers["reason"] == ""].index) == set(
        dialog.board.wells.index[dialog.board.wells["state"] == "available"]
    ) & set(dialog.board.wells.index[dialog.board.wells["pool"] == "650402"])
    page.sealed_only.setChecked(False)
    page.farthest.setValue(0.1)
    assert page.model.eligible_shown(9) == [page.model._board.wells.index[_row(dialog, BEST[0])]]


def _row(dialog, well):
    return int((dialog.board.wells["retired_id"] == well).to_numpy().argmax())


def test_the_list_sorts_by_its_headings(opened):
    dialog = opened()
    header = dialog.page.table.horizontalHeader()
    header.setSortIndicator(3, Qt.SortOrder.DescendingOrder)
    shown = [float(dialog.page.model.index(row, 3).data().replace(",", "")) for row in range(50)]
    assert shown == sorted(dialog.board.wells["volume_m3"].dropna().round(), reverse=True)[:50]


def test_the_balance_line_is_that_of_the_wells(opened, qtbot, case, language):
    dialog = opened()
    click(qtbot, dialog.page.suggest)
    ((volume, area),) = query(
        case, "SELECT sum(permit_m3), sum(area_mu) FROM wells WHERE well_id IN (?, ?)", *BEST
    )
    expected = {
        "en": f"wells −2 +1 · volume −{volume:,.0f} +60,000 m³/a · area −{area:,.0f} +? mu",
        "zh": f"机井 −2 +1 · 水量 −{volume:,.0f} +60,000 m³/年 · 面积 −{area:,.0f} +? 亩",
    }[language]
    assert dialog.page.balance.text().endswith(expected)


def test_the_ledger_sums_to_the_figures_worked_out_by_hand(opened, case, language):
    """sample_layers/README.md: sealed, renewed, approved and not drilled, required, deficit, further."""
    table = opened().ledger.balance
    rows = [[table.cell(row, column) for column in range(10)] for row in range(table.model().rowCount())]
    total = {"en": "in all", "zh": "合计"}[language]
    sums = {row[0]: [row[n] for n in (2, 3, 4, 7, 8, 9)] for row in rows if row[1] == total}
    assert sums["高昌区"] == ["46", "18", "2", "36", "0", "3"]
    assert sums["鄯善县"] == ["33", "18", "0", "36", "3", "0"]
    assert sums["托克逊县"] == ["27", "12", "0", "24", "0", "1"]
    for county, found in sums.items():
        years = [row for row in rows if row[0] == county and row[1] != total]
        for place, column in enumerate((2, 3, 4)):
            assert sum(int(row[column]) for row in years) == int(found[place])
    # and they are those of replacementledger, which the run left in the case
    headline = query(
        case,
        "SELECT pool_name, sealed, renewed, reserved, required, deficit, further FROM ledger_balance"
        " WHERE pool_level = 'county' AND pool_id <> 'unassigned'",
    )
    assert {name: [str(one) for one in row] for name, *row in headline} == {
        name: sums[name] for name, *_ in headline
    }
    assert len(headline) == 3
    # every pair that holds a credit stands in one county and year
    holds = query(
        case, "SELECT count(*) FROM ledger WHERE kind = 'pair' AND counts = 1 AND permission <> 'deny'"
    )
    assert sum(int(row[5]) for row in rows if row[1] == total) == holds[0][0]


@pytest.fixture
def canvas(qgis_new_project):
    made = QgsMapCanvas()
    made.resize(600, 400)
    made.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32646"))
    yield made
    made.deleteLater()


def on_canvas(canvas, lon, lat):
    source = QgsCoordinateReferenceSystem("EPSG:4326")
    change = QgsCoordinateTransform(source, canvas.mapSettings().destinationCrs(), QgsProject.instance())
    return change.transform(QgsPointXY(lon, lat))


def test_wells_and_renewal_are_picked_on_the_map(opened, qtbot, canvas, board):
    renewal = board.renewals.loc[WAITING]
    middle = on_canvas(canvas, renewal["lon"], renewal["lat"])
    canvas.setExtent(QgsRectangle(middle.x() - 600, middle.y() - 400, middle.x() + 600, middle.y() + 400))
    canvas.show()
    before = set(canvas.scene().items())
    dialog = opened(canvas=canvas)
    shapes = [mark.shape for mark in dialog.map.marks.marks]
    assert shapes[0] == "star"
    assert shapes.count("ring") == 20
    click(qtbot, dialog.page.pick_wells)
    assert canvas.mapTool() is dialog.map.tool
    well = board.wells.set_index("retired_id").loc[BEST[1]]
    spot = canvas.getCoordinateTransform().transform(on_canvas(canvas, well["lon"], well["lat"]))
    at = QPoint(round(spot.x()), round(spot.y()))
    qtbot.mouseMove(canvas.viewport(), at)
    qtbot.mouseClick(canvas.viewport(), LEFT, pos=at)
    assert dialog.chosen == (BEST[1],)
    assert [mark.shape for mark in dialog.map.marks.marks].count("crossed") == 1
    assert dialog.map.marks.lines[BEST[1]].width() == 2
    dialog.page.table.setCurrentIndex(cell(dialog, BEST[0], 1))
    assert dialog.map.marks.flashed == 2
    dialog.page.renewal.setCurrentIndex(dialog.page.renewal.findData("SQ-2025-001"))
    click(qtbot, dialog.page.pick_renewal)
    assert not dialog.page.pick_wells.isChecked()
    spot = canvas.getCoordinateTransform().transform(middle)
    qtbot.mouseClick(canvas.viewport(), LEFT, pos=QPoint(round(spot.x()), round(spot.y())))
    assert dialog.renewal_id == WAITING
    dialog.close()
    assert set(canvas.scene().items()) == before
    assert canvas.mapTool() is not dialog.map.tool


def test_the_score_is_explained(opened, qtbot, language):
    """In the window, in its heading, and of each row: 39.6 m of the nearest well are 0.04."""
    dialog = opened()
    model = dialog.page.model
    rule = {"en": "Score: kilometres × 1; the least is the best", "zh": "评分：公里数 × 1；分值最小者最优"}[
        language
    ]
    assert dialog.page.score.text() == rule
    assert rule in model.headerData(5, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    tip = cell(dialog, BEST[0], 5).data(Qt.ItemDataRole.ToolTipRole)
    assert "0.04 km × 1 = 0.04" in tip


def test_the_weights_are_those_of_the_planned_pairs(board, provider):
    """One place says what a well costs: the defaults of pairreplacements."""
    algorithm = provider.algorithm("pairreplacements")
    defaults = {
        name: algorithm.parameterDefinition(f"W_{name}").defaultValue()
        for name in ("DISTANCE", "VOLUME", "UNSEALED")
    }
    weights = board.weights
    assert defaults == {
        "DISTANCE": weights.distance,
        "VOLUME": weights.volume,
        "UNSEALED": weights.unsealed,
    }


def test_a_renewal_is_found_by_a_part_of_its_name(opened, qtbot, language):
    """Typed and confirmed: the only one that it can mean is shown, or the one that was shown keeps its name."""
    dialog = opened()
    box = dialog.page.renewal
    shown = box.currentText()

    def typed(text):
        box.lineEdit().selectAll()
        qtbot.keyClicks(box.lineEdit(), text)
        box.completer().popup().hide()
        qtbot.keyClick(box.lineEdit(), Qt.Key.Key_Return)
        return dialog.renewal_id, box.currentText()

    for nothing in ("no such renewal", "SQ-202", ""):  # none, and several
        assert typed(nothing) == (WAITING, shown)
    name, text = typed("2025-001")
    assert name == "SQ-2025-001"
    assert text.startswith("SQ-2025-001")
    assert dialog.isVisible()
