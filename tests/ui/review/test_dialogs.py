"""Dialogs of the review: incomplete acts cannot be confirmed, complete ones come out as entered."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
)

from overdraft.core.casefile import CaseRows, ConflictError
from overdraft.core.errors import OverdraftError
from overdraft.core.findings import OUTCOMES
from overdraft.core.review import Act, Preview, decide, preview
from overdraft.ui.review import dialogs, shown

HOSTILE = '<img src=file:///x> <b>"; DROP TABLE findings; --</b> ${table}'
OK, CANCEL = QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel


@pytest.fixture
def opened(qtbot, session, in_language):
    """Show a dialog without waiting for it."""

    def make(kind, *parts):
        dialog = kind(*parts)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def ids(path, rule, n=1):
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT finding_id FROM findings WHERE rule = ? ORDER BY finding_id LIMIT ?", (rule, n)
        ).fetchall()
    return [name for (name,) in rows]


def ok(dialog):
    return dialog.buttons.button(OK)


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(monkeypatch, fill):
    """Fill the next dialog in, and confirm it if its OK can be pressed."""

    def run(self):
        fill(self)
        if ok(self) is None or not ok(self).isEnabled():
            return QDialog.DialogCode.Rejected
        ok(self).click()
        return self.result()

    monkeypatch.setattr(QDialog, "exec", run)


def test_s11_the_name_is_asked_once_and_says_it_is_no_authentication(session, monkeypatch, language):
    session.sign_as("")
    seen = []

    def fill(dialog):
        seen.extend(label.text() for label in dialog.findChildren(QLabel))
        assert not ok(dialog).isEnabled()
        assert ok(dialog).toolTip()
        dialog.name.setText(" 李工 ")

    answer(monkeypatch, fill)
    assert dialogs.ensure_signed(None, session)
    assert session.person == "李工"
    told = " ".join(seen)
    assert {"en": "no authentication", "zh": "不作身份认证"}[language] in told
    assert session.login in told
    monkeypatch.setattr(QDialog, "exec", lambda self: pytest.fail("asked twice"))
    assert dialogs.ensure_signed(None, session)


def test_who_declines_to_sign_does_not_decide(session, monkeypatch):
    session.sign_as("")
    answer(monkeypatch, lambda dialog: dialog.name.setText("13812345678"))
    assert not dialogs.ensure_signed(None, session)
    assert session.person == ""


def test_an_override_says_what_is_missing_until_it_is_complete(opened, session, qtbot):
    dialog = opened(dialogs.OverrideDialog, session, 3)
    missing = [ok(dialog).toolTip()]
    dialog.outcome.setCurrentIndex(dialog.outcome.findData("pass"))
    missing.append(ok(dialog).toolTip())
    dialog.reason_kind.setCurrentIndex(dialog.reason_kind.findData("site_check"))
    missing.append(ok(dialog).toolTip())
    qtbot.keyClicks(dialog.reason, "123456789")
    assert "9" in dialog.counter.text()
    assert "10" in dialog.counter.text()
    missing.append(ok(dialog).toolTip())
    assert not ok(dialog).isEnabled()
    qtbot.keyClicks(dialog.reason, "0")
    assert ok(dialog).isEnabled()
    assert ok(dialog).toolTip() == ""
    assert all(missing)
    assert len(set(missing)) == 4
    dialog.attachment.setText("13812345678")
    assert not ok(dialog).isEnabled()
    assert [dialog.outcome.itemData(n) for n in range(1, dialog.outcome.count())] == list(OUTCOMES)


def test_blanks_are_no_reason(opened, session, qtbot):
    dialog = opened(dialogs.OverrideDialog, session, 1)
    dialog.outcome.setCurrentIndex(1)
    dialog.reason_kind.setCurrentIndex(1)
    dialog.reason.setPlainText(" " * 30)
    assert not ok(dialog).isEnabled()


def test_an_override_comes_out_as_entered(session, monkeypatch):
    def fill(dialog):
        dialog.outcome.setCurrentIndex(dialog.outcome.findData("exempt"))
        dialog.reason_kind.setCurrentIndex(dialog.reason_kind.findData("approval"))
        dialog.reason.setPlainText(f"  {HOSTILE} ")
        dialog.attachment.setText("文-7")

    answer(monkeypatch, fill)
    act = dialogs.ask_override(None, session, 1)
    assert act == Act(
        "override", "审核员甲", session.login,
        outcome="exempt", reason_kind="approval", reason=HOSTILE, attachment="文-7",
    )  # fmt: skip


def test_a_decline_is_no_act(session, monkeypatch):
    monkeypatch.setattr(QDialog, "exec", lambda self: QDialog.DialogCode.Rejected)
    assert dialogs.ask_override(None, session, 1) is None
    assert dialogs.ask_defer(None, session, 1) is None
    assert dialogs.ask_reopen(None, session, 1) is None


def test_a_deferral_needs_a_reason_and_a_day_to_come(opened, session, qtbot, monkeypatch):
    dialog = opened(dialogs.DeferDialog, session, 1)
    assert not ok(dialog).isEnabled()
    dialog.reason.setPlainText("等")
    assert ok(dialog).isEnabled()
    dialog.day.setDate(QDate.currentDate())
    assert dialog.day.date() == QDate.currentDate().addDays(1)
    day = date.today() + timedelta(days=40)

    def fill(asked):
        asked.day.setDate(QDate(day.year, day.month, day.day))
        asked.reason.setPlainText("等待测量")

    answer(monkeypatch, fill)
    act = dialogs.ask_defer(None, session, 1)
    assert (act.kind, act.deferred_to, act.reason) == ("defer", day, "等待测量")


def test_reopening_needs_a_reason(session, monkeypatch):
    answer(monkeypatch, lambda dialog: None)
    assert dialogs.ask_reopen(None, session, 1) is None
    answer(monkeypatch, lambda dialog: dialog.reason.setPlainText("数据更正"))
    assert dialogs.ask_reopen(None, session, 1) == Act("reopen", "审核员甲", session.login, reason="数据更正")


def test_r4_what_was_entered_is_there_again(opened, session):
    """After a failed save the caller hands the act back: every field is filled as before."""
    override = Act(
        "override", "审核员甲", session.login,
        outcome="pass", reason_kind="other", reason="因为现场情况已经改变", attachment="a",
    )  # fmt: skip
    assert opened(dialogs.OverrideDialog, session, 1, override).act() == override
    defer = Act("defer", "审核员甲", session.login, reason="等", deferred_to=date.today() + timedelta(days=3))
    assert opened(dialogs.DeferDialog, session, 1, defer).act() == defer
    reopen = Act("reopen", "审核员甲", session.login, reason="改")
    assert opened(dialogs.ReopenDialog, session, 1, reopen).act() == reopen


@pytest.mark.parametrize("button", ["Retry", "Cancel"])
def test_r4_retry_says_why_and_that_the_text_is_kept(monkeypatch, language, qgis_app, button):
    seen = []

    def run(box):
        seen.extend([box.text(), box.informativeText(), box.textFormat()])
        return getattr(QMessageBox.StandardButton, button)

    monkeypatch.setattr(QMessageBox, "exec", run)
    error = OverdraftError(
        "casefile.locked_by", path="<b>x</b>", seconds=5, who=HOSTILE, since="2026-04-01 08:00"
    )
    assert dialogs.ask_retry(None, error) == (button == "Retry")
    assert HOSTILE in seen[0]
    assert {"en": "kept", "zh": "已保留"}[language] in seen[1]
    assert seen[2] == Qt.TextFormat.PlainText


def test_a_bulk_act_is_previewed(opened, session, case, language):
    """Of 5 wells near an edge 1 is verified already; another person works on 1 of the others."""
    names = ids(case, "placement.doubt", 5)
    store = CaseRows(case)
    decide(store, names[:1], Act("accept", "王工"))
    decide(store, names[:1], Act("verify", "赵工"))
    store.mark(names[1], HOSTILE, "x")
    act = Act("accept", session.person, session.login)
    dialog = opened(dialogs.BulkDialog, act, preview(store, names, act))
    told = [label.text() for label in dialog.findChildren(QLabel)]
    assert any("4" in text for text in told)
    lines = dialog.lines.text()
    assert HOSTILE in lines
    assert dialog.lines.textFormat() == Qt.TextFormat.PlainText
    assert {"en": "Passed over, 1: It is verified", "zh": "跳过1条：已复核"}[language] in lines
    assert ok(dialog).isEnabled()


def test_unverified_settings_are_counted(opened, session, language):
    act = Act("accept", session.person)
    dialog = opened(dialogs.BulkDialog, act, Preview(("a",) * 1212, {"review.verified": 1}, 3))
    assert "1,212" in " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert {"en": "nobody has verified: 3", "zh": "其中3条所依参数未经核实"}[language] in dialog.lines.text()


@pytest.mark.parametrize("letters", [1.0, 1.25, 1.5], indirect=True)
def test_u7_a_preview_shows_its_last_line_and_a_long_one_scrolls(letters, opened, session, language):
    """That all or none are written is said last; a reason may be two thousand characters long."""
    act = Act("defer", session.person, session.login, reason="水表" * 1_000)
    skipped = {"review.cannot_judge": 86, "review.no_id": 11}
    short = opened(dialogs.BulkDialog, replace(act, reason=""), Preview(("a",) * 365, skipped, 258))
    long = opened(dialogs.BulkDialog, act, Preview(("a",) * 365, skipped, 258))
    for dialog in (short, long):
        lines = dialog.lines
        assert lines.height() >= lines.heightForWidth(lines.width())
        assert dialog.height() <= 580
        area = dialog.findChild(QScrollArea)
        scrolls = area.verticalScrollBar().maximum() > 0
        assert scrolls is (dialog is long)


def test_an_act_on_nothing_cannot_be_confirmed(session, monkeypatch):
    act = Act("accept", session.person)
    answer(monkeypatch, lambda dialog: None)
    assert not dialogs.confirm_bulk(None, act, Preview((), {"review.verified": 2}))
    assert dialogs.confirm_bulk(None, act, Preview(("a",), {}))


def test_r9_a_conflict_shows_both_versions(opened, session, case, language):
    (name,) = ids(case, "placement.doubt")
    store = CaseRows(case)
    decide(store, [name], Act("defer", "王工", reason=HOSTILE, deferred_to=date(2999, 1, 1)))
    with pytest.raises(ConflictError) as met:
        decide(store, [name], Act("accept", "李工"), expected={name: 0})
    dialog = opened(shown.ConflictDialog, met.value)
    cells = [
        tuple(dialog.table.item(row, column).text() for column in range(4))
        for row in range(dialog.table.rowCount())
    ]
    state = {"en": ("State", "Accepted", "Deferred"), "zh": ("状态", "已采纳", "已暂缓")}[language]
    reason = {"en": "Reason", "zh": "理由"}[language]
    assert (name, *state) in cells
    assert (name, reason, "—", HOSTILE) in cells
    assert {row[2:] for row in cells} >= {("李工", "王工"), ("—", "2999-01-01")}
    assert all(row[2] != row[3] for row in cells)


def _all(opened, session):
    act = Act("override", session.person, outcome="pass", reason_kind="other", reason="因为现场情况已经改变")
    marked = {"x": ("王工", "2026-04-01T00:00:00.000Z")}
    return [
        opened(dialogs.SignDialog, session),
        opened(dialogs.OverrideDialog, session, 12),
        opened(dialogs.DeferDialog, session, 1),
        opened(dialogs.ReopenDialog, session, 1),
        opened(
            dialogs.BulkDialog, act, Preview(("x",), {"review.cannot_judge": 5, "review.stale": 2}, 3, marked)
        ),
    ]


def test_nothing_is_clipped_and_every_field_has_name_tip_and_label(opened, session, language):
    for dialog in _all(opened, session):
        QApplication.processEvents()
        assert dialog.width() <= 1000
        assert dialog.height() <= 580
        for child in [*dialog.findChildren(QLabel), *dialog.findChildren(QPushButton)]:
            if child.isVisible() and child.text():
                assert child.width() >= child.minimumSizeHint().width(), (dialog.NAME, child.text())
                needed = child.heightForWidth(child.width()) if child.hasHeightForWidth() else 0
                assert child.height() >= needed, (dialog.NAME, child.text())
        for number in range(dialog.form.rowCount() if hasattr(dialog, "form") else 0):
            field = dialog.form.itemAt(number, dialog.form.ItemRole.FieldRole).widget()
            if isinstance(field, QLabel):
                continue
            label = dialog.form.labelForField(field)
            assert field.objectName().startswith(f"overdraft_{dialog.NAME}_")
            assert field.toolTip()
            assert label.buddy() is field
            assert "&" in label.text()


def test_keys_reach_every_field_and_escape_leaves(opened, session, qtbot):
    dialog = opened(dialogs.OverrideDialog, session, 1)
    dialog.outcome.setFocus()
    order = [dialog.outcome]
    for _ in range(3):
        order.append(order[-1].nextInFocusChain())
        while not isinstance(order[-1], (type(dialog.reason), type(dialog.outcome), QLineEdit)):
            order[-1] = order[-1].nextInFocusChain()
    assert order == [dialog.outcome, dialog.reason_kind, dialog.reason, dialog.attachment]
    dialog.reason.setFocus()
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Tab)
    assert dialog.reason.toPlainText() == ""
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_help_leads_to_the_review_page(opened, session, qtbot, monkeypatch):
    pages = []
    for module in (dialogs, shown):
        monkeypatch.setattr(module, "open_window_help", pages.append)
    for dialog in _all(opened, session):
        click(qtbot, dialog.buttons.button(QDialogButtonBox.StandardButton.Help))
    assert pages == ["review"] * 5
