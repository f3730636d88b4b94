"""The window itself: hostile names, clipped texts, tooltips, help, and what it says when it is empty."""

from __future__ import annotations

import dataclasses
from threading import Event

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QDialogButtonBox,
    QLabel,
    QToolButton,
    QWidget,
)

from .conftest import BEST, WAITING, cell, click, texts_of

HOSTILE = ["<img src=file:///x>", "<b>bold</b>", '"; DROP TABLE findings; --', "${table}", "井" * 1000]


def test_s2_hostile_names_are_shown_as_they_are(opened, qtbot, board):
    wells, renewals = board.wells.copy(), board.renewals.copy()
    near = [_row_in(board, well) for well in BEST]
    for place, name in enumerate(HOSTILE):
        row = near[place % 2] if place < 2 else place
        wells.loc[row, ["retired_id", "place"]] = [name, name]
    renewals.loc[WAITING, "place"] = HOSTILE[0]
    dialog = opened(given=dataclasses.replace(board, wells=wells, renewals=renewals))
    click(qtbot, dialog.page.suggest)
    assert set(dialog.chosen) == set(HOSTILE[:2])
    qtbot.wait(1)
    shown = " ".join(texts_of(dialog))
    for name in HOSTILE[:2]:
        assert name in shown
    assert HOSTILE[0] in dialog.page.renewal.currentText()
    for name in HOSTILE:
        assert cell(dialog, name, 0).data() == name
    assert "&lt;b&gt;" in cell(dialog, HOSTILE[1], 1).data(Qt.ItemDataRole.ToolTipRole)
    for label in dialog.page.slots.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or "<" not in label.text()
    assert dialog.width() <= 1000


def _row_in(board, well):
    return int((board.wells["retired_id"] == well).to_numpy().argmax())


@pytest.mark.parametrize("letters", [1.0, 1.3, 1.6], indirect=True)
def test_u7_nothing_is_clipped_and_every_field_has_its_tooltip(opened, qtbot, language, letters):
    dialog = opened()
    click(qtbot, dialog.page.suggest)
    qtbot.wait(20)
    assert dialog.width() <= 1000
    assert dialog.height() <= 580
    for tab in (0, 1):
        dialog.tabs.setCurrentIndex(tab)
        qtbot.wait(10)
        for widget in [*dialog.findChildren(QAbstractButton), *dialog.findChildren(QLabel)]:
            if not widget.isVisible() or not widget.text() or isinstance(widget, QToolButton):
                continue
            wraps = isinstance(widget, QLabel) and widget.wordWrap()
            needed = widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()
            assert wraps or widget.sizeHint().width() <= widget.width() + 1, widget.text()
            assert needed <= widget.height() + 1, widget.text()
    page = dialog.page
    dialog.tabs.setCurrentIndex(0)
    shown = [one for one in page.children() if isinstance(one, QWidget) and one.isVisible()]
    for place, widget in enumerate(shown):
        assert page.rect().contains(widget.geometry()), widget.objectName()
        for other in shown[:place]:
            assert not widget.geometry().intersects(other.geometry()), (
                widget.objectName(),
                other.objectName(),
            )
    fields = (page.renewal, page.search, page.farthest, page.unused, page.sealed_only, page.person, page.save)
    assert all(widget.toolTip() and widget.objectName() for widget in fields)


def test_without_a_case_it_says_what_to_do(opened, session, language):
    session.open_case(None)
    dialog = opened("")
    assert dialog.state.isVisible()
    assert {"en": "No case file is open", "zh": "尚未打开案卷"}[language] in dialog.state.text()
    assert not dialog.tabs.isEnabled()
    assert not dialog.page.save.isEnabled()


def test_a_case_without_a_run_says_so(opened, session, tmp_path, language):
    from overdraft.core.casefile import create_case

    session.open_case(create_case(tmp_path / "empty.gpkg", "zh"))
    dialog = opened("", read=True)
    assert {"en": "holds no run yet", "zh": "尚无核查记录"}[language] in dialog.state.text()


def test_the_help_page_is_there(opened, monkeypatch):
    from overdraft.ui.shared import help as pages

    asked = []
    monkeypatch.setattr("overdraft.ui.shared.windows.open_window_help", asked.append)
    dialog = opened()
    dialog.buttons.button(QDialogButtonBox.StandardButton.Help).click()
    assert asked == ["pairing"]
    assert pages.window_page("pairing").is_file()


def test_a_window_closed_while_it_reads_hears_nothing_of_it(session, qtbot, board, monkeypatch):
    """It deletes itself, as QGIS opens it: what comes back later is for nobody."""
    from overdraft.core.desk import pairboard
    from overdraft.ui.pairing.dialog import PairingDialog
    from overdraft.ui.shared import tasks

    go = Event()

    def slow(*_):
        go.wait(20)
        return board

    monkeypatch.setattr(pairboard, "open_board", slow)
    dialog = PairingDialog(session, None, WAITING)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    go.set()
    qtbot.waitUntil(lambda: not tasks._RUNNING, timeout=20_000)
