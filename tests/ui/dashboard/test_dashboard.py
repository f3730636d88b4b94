"""R30: every figure of the dashboard equals a query on the case; clicks set filters; nothing is read as markup."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QLabel, QScrollArea

from overdraft.core.casefile import CaseRows, create_case
from overdraft.core.desk.pairs import break_pairs, save_pairs
from overdraft.core.review import Act, decide

from .conftest import settle

HOSTILE = [
    "<img src=file:///x>",
    "<b>bold</b>",
    '"; DROP TABLE findings; --',
    "${table}",
    "=cmd|' /C calc'!A1",
]
LEFT = Qt.MouseButton.LeftButton


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def totals(dock, name):
    return {line.label: line.total for line in dock.sections[name].chart.lines}


def click_bar(qtbot, dock, name, number):
    chart = dock.sections[name].chart
    qtbot.mouseClick(chart, LEFT, pos=chart.area_of(number).center())


def test_r30_the_cards_are_queries_on_the_case(dock, case, qtbot, session):
    ((findings,),) = query(case, "SELECT count(*) FROM findings")
    assert f"{findings}" in dock.state.text()
    assert dock.cards["decided"].figure.text() == "0.0 %"
    complete = [
        row
        for row in query(case, "SELECT renewal_id FROM ledger WHERE kind = 'debit' AND counts = 1")
        if len(
            query(
                case,
                "SELECT DISTINCT well_id FROM ledger WHERE kind = 'pair' AND counts = 1 AND renewal_id = ?"
                " AND permission NOT IN ('deny')",
                *row,
            )
        )
        >= 2
    ]
    assert dock.cards["pairs"].figure.text() == str(len(complete))
    assert (
        "50" in dock.cards["pairs"].detail.text()
    )  # 18 + 18 + 12 renewed and 2 approved, README of the sample
    assert (
        dock.cards["land"].figure.text().startswith("2,700")
    )  # 托克逊县 is 2,700 mu short, README of the sample
    assert "2" in dock.cards["land"].detail.text()


def test_r30_the_bars_are_queries_on_the_case(dock, case):
    clauses = dict(query(case, "SELECT clause, count(*) FROM findings WHERE clause > '' GROUP BY clause"))
    shown = totals(dock, "clause")
    assert {name: shown[name] for name in clauses} == clauses
    ((findings,),) = query(case, "SELECT count(*) FROM findings")
    for name in ("county", "zone", "clause"):
        assert sum(totals(dock, name).values()) == findings
    zones = dict(
        query(
            case,
            "SELECT zone_id, count(*) FROM findings JOIN wells ON row_id = subject_id"
            " WHERE subject_role = 'wells' AND zone_id IS NOT NULL GROUP BY 1",
        )
    )
    for zone, count in query(
        case, "SELECT subject_id, count(*) FROM findings WHERE subject_role = 'zones' GROUP BY 1"
    ):
        zones[zone] = zones.get(zone, 0) + count
    assert {bar.value: bar.total for bar in dock.summary.bars["zone"] if bar.value} == zones
    wells = [count for (count,) in query(case, "SELECT count(*) FROM wells GROUP BY outcome")]
    assert sorted(totals(dock, "wells").values()) == sorted(wells)


def test_a_decision_counts_at_once(dock, case, session, qtbot):
    ids = [row[0] for row in query(case, "SELECT finding_id FROM findings WHERE outcome = 'fail' LIMIT 5")]
    ids = [
        name
        for name in ids
        if not query(case, "SELECT 1 FROM findings WHERE finding_id = ? AND subject_id LIKE 'row:%'", name)
    ]
    store = CaseRows.open(case)
    decide(store, ids, Act("accept", "李工"))
    decide(store, ids[:1], Act("defer", "李工", reason="等待补充资料后再办", deferred_to=date(2099, 1, 1)))
    session.content_changed.emit()
    settle(qtbot, dock)
    ((decided, every),) = query(
        case,
        "SELECT (SELECT count(*) FROM decisions WHERE state IN ('accepted', 'overridden', 'verified')),"
        " (SELECT count(*) FROM findings)",
    )
    assert decided == len(ids) - 1 > 0
    assert dock.cards["decided"].figure.text() == f"{100 * decided / every:.1f} %"
    assert str(decided) in dock.cards["decided"].detail.text()


def test_acts_since_the_run_are_told(dock, case, session, qtbot, language):
    """Ledger and land are as the last run left them: an act that they do not know of is counted beside them."""
    words = {"en": "acts recorded since", "zh": "此后又登记了"}[language]
    assert words not in dock.state.text()
    store = CaseRows.open(case)
    save_pairs(
        store,
        "SQ-2026-003",
        {"650402-0135": "reduced"},
        who="李工",
        day=date(2026, 4, 1),
        seen=["650402-9999"],
    )
    break_pairs(
        store, "SQ-2026-003", ["650402-9999"], "台账中无此井，予以解除", who="李工", day=date(2026, 4, 1)
    )
    ((name,),) = query(
        case, "SELECT finding_id FROM findings WHERE outcome = 'fail' AND subject_id NOT LIKE 'row:%' LIMIT 1"
    )
    decide(store, [name], Act("accept", "李工"))  # counts at once: it is none of them
    session.content_changed.emit()
    settle(qtbot, dock)
    assert {"en": "2 acts recorded since", "zh": "此后又登记了2项"}[language] in dock.state.text()


@pytest.mark.parametrize(
    ("name", "table", "key"), [("county", "units", "unit_id"), ("zone", "zones", "zone_id")]
)
def test_a_click_on_a_bar_sets_the_filter(dock, qtbot, case, name, table, key):
    asked = []
    dock.filter_requested.connect(asked.append)
    click_bar(qtbot, dock, name, 1)
    label = dock.sections[name].chart.lines[1].label
    values = {
        "units": "SELECT unit_id FROM units WHERE name = ?",
        "zones": "SELECT zone_id FROM zones WHERE name = ?",
    }
    assert asked == [{name: query(case, values[table], label)[0][0]}]


def test_bars_are_chosen_with_the_keyboard(dock, qtbot):
    asked = []
    dock.filter_requested.connect(asked.append)
    chart = dock.sections["clause"].chart
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Down)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert asked == [{"clause": chart.lines[1].label}]
    click_bar(qtbot, dock, "wells", 0)
    assert asked[1] == {"outcome": "fail"}
    qtbot.mouseClick(dock.undecided, LEFT)
    assert asked[2] == {"state": "open"}


def test_a_chart_is_a_table_too_and_can_be_copied(dock, qtbot, case):
    section = dock.sections["clause"]
    qtbot.mouseClick(section.table_button, LEFT)
    assert section.table.isVisible()
    assert not section.chart.isVisible()
    assert section.table.rowCount() == len(section.chart.lines)
    qtbot.mouseClick(section.copy_button, LEFT)
    rows = [line.split("\t") for line in QgsApplication.clipboard().text().split("\n")]
    assert len(rows) == len(section.chart.lines) + 1
    assert all(len(row) == 7 for row in rows)
    found = {row[0]: row for row in rows[1:]}
    clause, fail = query(
        case,
        "SELECT clause, sum(outcome = 'fail') FROM findings WHERE clause > '' GROUP BY 1 ORDER BY 2 DESC",
    )[0]
    assert int(found[clause][1]) == fail
    assert [int(row[6]) for row in rows[1:]] == [sum(map(int, row[1:6])) for row in rows[1:]]


def test_without_a_case_and_without_a_run_it_says_what_to_do(dock, session, qtbot, tmp_path, language):
    session.open_case(None)
    settle(qtbot, dock)
    assert not dock.content.isVisible()
    assert {"en": "No case file is open", "zh": "尚未打开案卷"}[language] in dock.state.text()
    session.open_case(create_case(tmp_path / "empty.gpkg", "zh"))
    settle(qtbot, dock)
    assert not dock.content.isVisible()
    assert {"en": "holds no run yet", "zh": "尚无核查记录"}[language] in dock.state.text()


def test_s2_hostile_names_are_shown_as_they_are(dock, session, case, qtbot):
    with closing(sqlite3.connect(case, isolation_level=None)) as connection:
        connection.create_function("ST_IsEmpty", 1, lambda _: 0)
        for place, name in enumerate(HOSTILE):
            connection.execute("UPDATE findings SET clause = ? WHERE fid = ?", (name, place + 1))
    session.content_changed.emit()
    settle(qtbot, dock)
    section = dock.sections["clause"]
    shown = totals(dock, "clause")
    assert all(shown[name] == 1 for name in HOSTILE)
    section.copy()
    copied = QgsApplication.clipboard().text()
    assert "<b>bold</b>" in copied
    assert "\n'=cmd" in copied
    dock.grab()


def test_u8_dark_and_light_are_drawn_with_patterns(dock, qtbot):
    """Colour is not the only signal: the parts of a bar differ in their pattern in one colour, too."""
    chart = dock.sections["county"].chart
    palette = QPalette(dock.palette())
    for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        palette.setColor(role, QColor("black"))
    palette.setColor(QPalette.ColorRole.Window, QColor("white"))
    chart.setPalette(palette)
    image = chart.grab().toImage()
    dark = image.pixelColor(chart.width() // 2, 0).lightness()
    assert dark > 200
    from overdraft.ui.dashboard.chart import PATTERNS

    assert len(set(PATTERNS.values())) == 5


def test_u7_nothing_is_clipped(dock, qtbot, language):
    qtbot.wait(20)
    for label in dock.content.findChildren(QLabel):
        if label.isVisible() and label.text():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            assert needed <= label.height() + 1, label.text()
    for section in dock.sections.values():
        for button in (section.table_button, section.copy_button):
            assert button.sizeHint().width() <= button.width() + 1
            assert button.toolTip()


@pytest.mark.parametrize("letters", [1.0, 1.25], indirect=True)
def test_a_narrow_dock_shows_all_without_scrolling_sideways(letters, dock, qtbot, language):
    dock.resize(round(390 * letters), 700)
    qtbot.wait(1)
    bar = dock.findChild(QScrollArea, "dashboard_scroll").horizontalScrollBar()
    assert bar.maximum() == 0


def test_the_help_page_is_there(dock, monkeypatch, language):
    from overdraft.ui.shared.help import window_page

    asked = []
    monkeypatch.setattr("overdraft.ui.shared.windows.open_window_help", asked.append)
    dock.show_help()
    assert asked == ["dashboard"]
    assert window_page("dashboard").is_file()
