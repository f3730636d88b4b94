"""The evidence panel: what it shows is what the case holds; copying, printing, failing, hostile names."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import subprocess
import unicodedata
from contextlib import closing
from datetime import date

import pytest
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox, QPushButton

from overdraft.core.casefile import CaseRows
from overdraft.core.desk import By, Objection, ObjectionResult, record
from overdraft.core.policy import load_policy
from overdraft.core.review import Act, decide
from overdraft.ui.review import evidence
from overdraft.ui.review.evidence import EvidencePanel

HOSTILE = '<img src=file:///x> <b>"; DROP TABLE findings; --</b> ${table} ' + "长" * 1000


@pytest.fixture
def panel(session, in_language, qtbot):
    made = EvidencePanel(session)
    qtbot.addWidget(made)
    made.resize(420, 560)
    made.show()
    return made


def ask(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(statement, values).fetchall()


def finding(path, rule):
    return ask(path, "SELECT * FROM findings WHERE rule = ? ORDER BY finding_id", rule)[0]


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_empty_it_says_what_to_do_next(panel, session, language):
    assert {"en": "Choose a finding", "zh": "选择一条结论"}[language] in panel.page.toPlainText()
    assert not panel.copy_button.isEnabled()
    assert not panel.print_button.isEnabled()
    assert {"en": "first", "zh": "请先"}[language] in panel.print_button.toolTip()
    session.open_case(None)
    assert {"en": "No case file is open", "zh": "尚未打开案卷文件"}[language] in panel.page.toPlainText()


def test_it_shows_verdict_clause_facts_tests_and_history(panel, case, language):
    row = finding(case, "bans.zone_new")
    name = ask(
        case, "SELECT finding_id FROM findings WHERE rule = 'bans.zone_new' AND subject_id = 'SQ-2026-103'"
    )
    panel.show_finding(name[0]["finding_id"])
    text = panel.page.toPlainText()
    clause = load_policy("turpan-2021").clauses[row["clause"]]
    assert f"“{clause.quote}”" in text
    assert clause.locator in text
    assert "吐政办〔2021〕36号" in text
    assert "SQ-2026-103" in text
    assert {"en": "✕ Fail · Deny", "zh": "✕ 不符合 · 不予批准"}[language] in text
    assert {"en": "⚠ unverified", "zh": "⚠ 未核实"}[language] in text
    # the vetting sheet of this application holds seven clauses in their order of decision
    assert re.findall(r"^(\d)\. ", text, re.MULTILINE) == list("1234567")
    assert {"en": "Nobody has decided", "zh": "尚无办理记录"}[language] in text
    assert panel.copy_button.isEnabled()
    assert panel.print_button.isEnabled()


def test_a_decision_shows_as_soon_as_it_is_made(panel, session, case, language):
    row = finding(case, "placement.doubt")
    panel.show_finding(row["finding_id"])
    act = Act("override", "李工", outcome="pass", reason_kind="site_check", reason="现场核实位于分区以外")
    decide(CaseRows(case), [row["finding_id"]], act, today=date(2026, 4, 1))
    session.content_changed.emit()
    text = panel.page.toPlainText()
    assert "现场核实位于分区以外" in text
    assert {"en": "Overridden (Pass)", "zh": "已改判（符合）"}[language] in text
    panel.show_finding(None)
    assert "李工" not in panel.page.toPlainText()


def test_the_history_is_brought_into_sight_newest_first(panel, case, language):
    name = finding(case, "placement.doubt")["finding_id"]
    store = CaseRows(case)
    decide(store, [name], Act("accept", "<b>王工</b>"))
    decide(store, [name], Act("reopen", "李工", reason="<i>复查</i>"))
    panel.show_finding(name)
    panel.show_history()
    assert panel.page.verticalScrollBar().value() > 0
    text = panel.page.toPlainText()
    acts = {
        "en": ("Reopened Accepted → Open", "Accepted Open → Accepted"),
        "zh": ("重新打开 已采纳 → 待处理", "采纳 待处理 → 已采纳"),
    }
    newest, oldest = (text.index(act) for act in acts[language])
    assert newest < text.index("<i>复查</i>") < oldest < text.rindex("<b>王工</b>")


def test_objections_to_the_well_stand_there_with_what_became_of_them(
    panel, session, case, language, tmp_path
):
    """A hostile text is shown as it is, a number of a person masked; the slip tells the same."""
    row = finding(case, "placement.doubt")
    name, well = row["finding_id"], row["subject_id"]
    panel.show_finding(name)
    heading = {"en": "Objections", "zh": "异议"}[language]
    assert heading not in panel.page.toPlainText()
    by = By("王工", "w", date(2026, 4, 20))
    record(CaseRows(case), [Objection(well, "2026-04-01", "<b>不实</b> & 有误", "YY-1")], by, case)
    session.content_changed.emit()
    waits = {"en": "⚠ waits for its result YY-1, filed on 2026-04-01", "zh": "⚠ 待处理 YY-1，2026-04-01提出"}
    text = panel.page.toPlainText()
    assert waits[language] in text
    assert "<b>不实</b> & 有误" in text
    ended = ObjectionResult("YY-1", "2026-04-10", "partly", "现场核实")
    record(CaseRows(case), [ended, Objection(well, "2026-04-11", "又一", "YY-2")], by, case)
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("UPDATE objections SET text = '电话13812345678' WHERE objection_id = 'YY-2'")
        connection.commit()
    session.content_changed.emit()
    text = panel.page.toPlainText()
    states = {
        "en": ("Upheld in part, 2026-04-10", "waits"),
        "zh": ("异议部分成立，2026-04-10", "待处理 YY-2"),
    }
    first, second = (text.index(state) for state in states[language])
    assert first < text.index("现场核实") < second < text.index("电话138****5678")
    assert {"en": "Result of an objection → Upheld in part", "zh": "异议处理结果 → 异议部分成立"}[
        language
    ] in text
    panel.page.anchorClicked.emit(QUrl("#objections"))
    panel.save_slip(tmp_path / "slip.html")
    slip = (tmp_path / "slip.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;不实&lt;/b&gt;" in slip
    assert states[language][0] in slip
    assert "13812345678" not in slip
    other = ask(
        case, "SELECT finding_id FROM findings WHERE subject_role = 'wells' AND subject_id <> ?", well
    )
    panel.show_finding(other[0]["finding_id"])
    assert heading not in panel.page.toPlainText()


def test_a_file_in_use_is_not_waited_for_and_the_finding_follows(panel, case, qtbot, language):
    """Another program commits for longer than a window may stand still; then the finding is there by itself."""
    panel._again.setInterval(50)
    row = finding(case, "quota.cap")
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        panel.show_finding(row["finding_id"])
        told = panel.page.toPlainText()
        other.execute("ROLLBACK")
    assert {"en": "in a moment", "zh": "稍后"}[language] in told
    assert not panel.print_button.isEnabled()
    qtbot.waitUntil(lambda: row["subject_id"] in panel.page.toPlainText(), timeout=10_000)
    assert panel.print_button.isEnabled()


def test_the_clause_goes_to_the_clipboard(panel, case, qtbot):
    row = finding(case, "quota.cap")
    panel.show_finding(row["finding_id"])
    click(qtbot, panel.copy_button)
    copied = QApplication.clipboard().text()
    assert load_policy("turpan-2021").clauses[row["clause"]].quote in copied
    assert row["clause"] in copied


def test_a_finding_without_a_clause_cannot_be_copied_and_says_so(panel, case, language):
    panel.show_finding(finding(case, "placement.doubt")["finding_id"])
    assert not panel.copy_button.isEnabled()
    assert {"en": "no clause", "zh": "没有可引用的条文"}[language] in panel.copy_button.toolTip()


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_the_slip_is_printed_on_one_page(
    panel, session, case, qtbot, tmp_path, monkeypatch, suffix, language
):
    row = finding(case, "retirement.balance")
    panel.show_finding(row["finding_id"])
    folder = tmp_path / "单 据"
    folder.mkdir()
    target = folder / f"结论{suffix}"
    asked = []

    def chosen(parent, title, start, kinds):
        asked.append(start)
        return str(target), kinds.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    click(qtbot, panel.print_button)
    assert row["finding_id"] in asked[0]
    assert session.settings.last_folder == str(folder)
    assert sorted(path.name for path in folder.iterdir()) == [target.name]
    if suffix == ".html":
        assert row["finding_id"] in target.read_text(encoding="utf-8")
    else:
        told = subprocess.run(["pdfinfo", target], capture_output=True, text=True, check=True).stdout
        assert re.search(r"Pages:\s+1\n", told)
        assert "A4" in told
        assert "李工" not in told
    click(qtbot, panel.print_button)  # again over the old one, from the folder that was used last
    assert asked[1].startswith(str(folder))


def test_a_long_slip_is_made_smaller_until_it_fits(panel, case, tmp_path, language):
    row = finding(case, "bans.zone_new")
    store = CaseRows(case)
    for number in range(6):
        act = Act("defer", "李工", reason=f"{number}" + "等待测量结果。" * 250, deferred_to=date(2999, 1, 1))
        decide(store, [row["finding_id"]], act)
    panel.show_finding(row["finding_id"])
    target = tmp_path / "long.pdf"
    panel.save_slip(target)
    told = subprocess.run(["pdfinfo", target], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Pages:\s+1\n", told)
    words = subprocess.run(["pdftotext", target, "-"], capture_output=True, text=True, check=True).stdout
    words = unicodedata.normalize("NFKC", words)  # radicals stand for the characters that look like them
    assert {"en": "Finding slip", "zh": "核查结论单"}[language] in words  # the first line of the page
    assert {"en": "the authority", "zh": "书面决定为准"}[language] in " ".join(
        words.split()
    ).lower()  # its last


def test_no_path_no_file_no_message(panel, case, qtbot, monkeypatch):
    panel.show_finding(finding(case, "quota.cap")["finding_id"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    click(qtbot, panel.print_button)
    assert panel.bar.currentItem() is None


def test_r12_a_file_that_cannot_be_replaced_is_named_and_stays(panel, case, tmp_path, monkeypatch, language):
    target = tmp_path / "<b>old.pdf"
    target.write_bytes(b"old")
    panel.show_finding(finding(case, "quota.cap")["finding_id"])

    def held(*_):
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(os, "replace", held)
    panel.save_slip(target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    shown = panel.bar.currentItem().text()
    assert "&lt;b&gt;old.pdf" in shown
    assert {"en": "unchanged", "zh": "保持不变"}[language] in shown


def test_r13_a_folder_that_is_not_there(panel, case, tmp_path):
    panel.show_finding(finding(case, "quota.cap")["finding_id"])
    panel.save_slip(tmp_path / "gone" / "slip.pdf")
    assert "gone" in panel.bar.currentItem().text()
    assert not (tmp_path / "gone").exists()


def test_a_slip_is_written_once_the_case_file_is_free(panel, case, tmp_path, qtbot):
    """Another program has the file: the window goes on, the slip follows."""
    row = finding(case, "quota.cap")
    panel.show_finding(row["finding_id"])
    target = tmp_path / "slip.html"
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        panel.save_slip(target)
        assert not target.exists()
        assert panel.bar.currentItem() is None  # no complaint: it is not given up
        other.execute("ROLLBACK")
    qtbot.waitUntil(target.exists, timeout=30_000)
    assert row["finding_id"] in target.read_text(encoding="utf-8")
    qtbot.waitUntil(lambda: panel.bar.currentItem() is not None)
    assert "slip.html" in panel.bar.currentItem().text()


@pytest.mark.parametrize("answer", ["Overwrite", "Cancel"])
def test_a_name_without_its_ending_overwrites_nothing_unasked(
    panel, case, qtbot, monkeypatch, tmp_path, answer
):
    """Qt asked about the name that was typed, and knows nothing of the longer one."""
    panel.show_finding(finding(case, "quota.cap")["finding_id"])
    (tmp_path / "slip.html").write_text("old")
    asked = []

    def answered(box):
        asked.append(box.text())
        next(one for one in box.buttons() if one.text() == answer).click()

    monkeypatch.setattr(QMessageBox, "exec", answered)
    chosen = (str(tmp_path / "slip"), "HTML (*.html)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: chosen)
    click(qtbot, panel.print_button)
    assert "slip.html" in asked[0]
    assert ((tmp_path / "slip.html").read_text(encoding="utf-8") == "old") == (answer == "Cancel")


def test_r15_a_case_that_is_damaged_is_said_in_the_panel(panel, case, session):
    row = finding(case, "quota.cap")
    case.write_bytes(b"")
    panel.show_finding(row["finding_id"])
    assert case.name in panel.page.toPlainText()
    assert not panel.print_button.isEnabled()


def test_a_finding_that_is_gone_altogether(panel):
    panel.show_finding("0123456789abcdef")
    assert "0123456789abcdef" in panel.page.toPlainText()


def test_s2_hostile_names_are_shown_literally_and_nothing_is_loaded(panel, case, session, monkeypatch):
    row = finding(case, "placement.doubt")
    with closing(sqlite3.connect(case)) as connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda shape: 1)
        connection.execute("UPDATE wells SET name = ? WHERE row_id = ?", (HOSTILE, row["subject_id"]))
        connection.execute("UPDATE findings SET evidence = ?", (f'{{"note":{_quoted(HOSTILE)}}}',))
        connection.commit()
    act = Act("defer", "<i>李工</i>", reason=HOSTILE, deferred_to=date(2999, 1, 1))
    decide(CaseRows(case), [row["finding_id"]], act)
    loaded = []
    monkeypatch.setattr(evidence._Page, "loadResource", lambda self, kind, url: loaded.append(url))
    panel.show_finding(row["finding_id"])
    panel.grab()
    text = panel.page.toPlainText()
    assert text.count(HOSTILE) >= 3
    assert "<i>李工</i>" in text
    assert loaded == []


def _quoted(text):
    import json

    return json.dumps(text)


def test_links_lead_to_places_in_the_page_only(panel, case, monkeypatch):
    from qgis.PyQt.QtGui import QDesktopServices

    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    panel.show_finding(finding(case, "quota.cap")["finding_id"])
    panel.page.anchorClicked.emit(QUrl("https://example.org/#clause"))
    panel.page.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert opened == []
    assert panel.page.verticalScrollBar().value() == 0
    panel.page.anchorClicked.emit(QUrl("#history"))
    assert panel.page.verticalScrollBar().value() > 0
    assert panel.page.source() == QUrl()


def test_help_opens_the_page_of_the_slip(panel, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(evidence, "open_window_help", opened.append)
    click(qtbot, panel.help_button)
    qtbot.keyClick(panel.page, Qt.Key.Key_F1)
    assert opened == ["slip", "slip"]


def test_no_label_is_clipped(panel, case, language):
    panel.show_finding(finding(case, "quota.cap")["finding_id"])
    QApplication.processEvents()
    clipped = [
        child.objectName()
        for kind in (QLabel, QPushButton)
        for child in panel.findChildren(kind)
        if child.isVisible() and child.width() < child.minimumSizeHint().width()
    ]
    assert clipped == []


def test_the_colours_are_those_of_the_theme(panel, case):
    from qgis.PyQt.QtGui import QColor, QPalette

    panel.show_finding(finding(case, "quota.cap")["finding_id"])
    before = panel.page.toHtml()
    dark = QPalette(panel.palette())
    dark.setColor(QPalette.ColorRole.Base, QColor("#101010"))
    dark.setColor(QPalette.ColorRole.Text, QColor("#f0f0f0"))
    panel.setPalette(dark)
    after = panel.page.toHtml()
    # 65 % of 0xf0 and 35 % of 0x10: 156 + 5.6 = 161.6
    assert "#a2a2a2" in after
    assert re.search(r'href="#clause".*?color:#f0f0f0', after, re.DOTALL)
    assert "#a2a2a2" not in before


def test_a_read_only_case_can_be_read(panel, case, session, tmp_path):
    row = finding(case, "quota.cap")
    copy = tmp_path / "ro" / "case.gpkg"
    copy.parent.mkdir()
    shutil.copy(case, copy)
    copy.chmod(stat.S_IRUSR)
    session.open_case(copy)
    panel.show_finding(row["finding_id"])
    assert row["subject_id"] in panel.page.toPlainText()
