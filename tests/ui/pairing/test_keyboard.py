"""Pairing by keyboard alone: no mouse event in this file."""

from __future__ import annotations

import re

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QDialogButtonBox, QLabel, QWidget

from ..keys import Hand
from .conftest import BEST, WAITING, query, rows_of, settle, standing

OTHER = "SQ-2025-001"
KEY = Qt.Key


class Typist(Hand):
    """Between two keys the window does what it has to do."""

    def key(self, key, *modifiers):
        super().key(key, *modifiers)
        QApplication.processEvents()


def letter_of(window, name):
    """The mnemonic of a button, or of the label of a field."""
    widget = window.findChild(QWidget, name)
    labels = [label for label in window.findChildren(QLabel) if label.buddy() is widget]
    text = labels[0].text() if labels else widget.text()
    return re.search("&([A-Za-z])", text).group(1).lower()


def test_u9_pairing_by_keyboard_alone(opened, qtbot, case, language):
    """Renewal, filter, wells taken and left, the best choice, save; a pair broken with a reason; close."""
    dialog = opened(OTHER, read=True)
    page, hand = dialog.page, Typist(qtbot, dialog)
    assert dialog.renewal_id == OTHER

    hand.letter(letter_of(dialog, "pairingRenewal"))
    hand.key("a", Qt.KeyboardModifier.ControlModifier)
    hand.type("2026-003")  # found in the middle of the id
    hand.key(KEY.Key_Down)
    hand.key(KEY.Key_Return)
    assert dialog.renewal_id == WAITING
    assert dialog.isVisible()

    hand.letter(letter_of(dialog, "pairingSearch"))
    hand.type("650402-0")
    shown = rows_of(dialog)
    assert shown
    assert all("650402-0" in well for well in shown)
    hand.tab_to("pairingSealedOnly")
    hand.key(KEY.Key_Space)
    assert page.sealed_only.isChecked()
    hand.key(KEY.Key_Space)

    hand.tab_to("pairingCandidates")
    hand.key(KEY.Key_Home)
    first, second = rows_of(dialog)[:2]
    hand.key(KEY.Key_Space)
    hand.key(KEY.Key_Down)
    hand.key(KEY.Key_Return)
    assert dialog.chosen == (first, second)
    hand.key(KEY.Key_Return)  # the same key leaves it again
    assert dialog.chosen == (first,)
    hand.tab_to("pairingRemove2")  # ① is on record
    hand.key(KEY.Key_Space)
    assert dialog.chosen == ()
    assert hand.at.objectName() == "pairingBreak1"  # the nearest that is left
    hand.key(KEY.Key_Tab)
    assert hand.at.objectName() == "pairingSearch"

    hand.letter(letter_of(dialog, "pairingSuggest"))
    qtbot.waitUntil(
        lambda: list(dialog.chosen) == BEST
    )  # a button that is pressed by its letter stays down a while
    hand.tab_to("pairingSuggestions")
    hand.key(KEY.Key_Down)
    assert set(dialog.chosen) != set(BEST)
    hand.key(KEY.Key_Up)
    assert list(dialog.chosen) == BEST
    assert [well for well, *_ in standing(case)][1:] == []
    hand.letter(letter_of(dialog, "pairingSave"))
    qtbot.waitUntil(lambda: dialog._work is not None)
    settled(qtbot, dialog)
    assert standing(case)[1:] == [(name, "reserved", "reduced") for name in BEST]

    assert hand.at.objectName() == "pairingRenewal"  # where the next pair begins
    hand.tab_to("pairingBreak2")
    hand.key(KEY.Key_Space)
    question = dialog._question
    asked = Typist(qtbot, question)
    assert asked.at.objectName() == "pairingReason"
    asked.type("paired with the wrong renewal")
    accept = question.buttons.button(QDialogButtonBox.StandardButton.Ok)
    asked.key(KEY.Key_Tab)
    assert asked.at is accept
    asked.key(KEY.Key_Space)
    assert not question.isVisible()
    settled(qtbot, dialog)
    assert [well for well, *_ in standing(case)][1:] == BEST[1:]
    assert query(case, "SELECT reason FROM history WHERE kind = 'break_pair'") == [
        ("paired with the wrong renewal",)
    ]
    hand = Typist(qtbot, dialog)
    hand.key(KEY.Key_Escape)
    assert not dialog.isVisible()


def settled(qtbot, dialog):
    """Recorded, and read again."""
    settle(qtbot, dialog)
    settle(qtbot, dialog)
