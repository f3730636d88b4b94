"""What the review list shows: texts as they are, numbers of persons masked, nothing cut, every field explained."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QApplication, QLabel, QPushButton

from overdraft.core.review.listing import Filter

from .conftest import choose, shown, without_triggers

HOSTILE = (
    "<img src=file:///x>",
    "<b>粗</b>",
    '"; DROP TABLE findings; --',
    "${table}",
    "<a href='http://x'>a</a>",
    "井" * 1000,
)


def test_hostile_names_are_shown_literally(make_dock, case, query):
    wells = query(
        "SELECT DISTINCT row_id FROM wells JOIN findings ON subject_id = row_id ORDER BY row_id LIMIT 6"
    )
    without_triggers(
        case,
        *(
            ("UPDATE wells SET name = ?, village = ? WHERE row_id = ?", (name, name, row_id))
            for (row_id,), name in zip(wells, HOSTILE, strict=True)
        ),
        ("UPDATE units SET name = ? WHERE level = 'county'", (HOSTILE[0],)),
    )
    dock = make_dock()
    assert set(HOSTILE) <= set(shown(dock, "name"))
    choose(dock, "group", "county")
    assert any(HOSTILE[0] in (dock.model.index(int(at), 0).data() or "") for at in dock.model.headers())
    choose(dock, "group", "")
    for name in HOSTILE:
        dock.filters.search.setText(name)
        dock.list_again()
        assert dock.model.rowCount() >= 1
        assert set(shown(dock, "name")) == {name}
    assert query("SELECT count(*) FROM findings")[0][0] > 400


def test_s10_numbers_of_persons_are_masked_in_list_panel_slip_and_history(
    session, case, iface, dialogs, qtbot, tmp_path, query
):
    """Telephone and identity number stand where they do not belong: in a name, a village and a message."""
    from qgis.core import QgsApplication

    from overdraft.ui.review.dock import ReviewDock
    from overdraft.ui.review.menu import copy_rows

    phone, identity = "13812345678", "11010519491231002X"  # the identity number that GB 11643 itself gives
    ((well,),) = query(
        "SELECT subject_id FROM findings WHERE rule = 'placement.doubt' ORDER BY subject_id LIMIT 1"
    )
    without_triggers(
        case,
        ("UPDATE wells SET name = ?, village = ? WHERE row_id = ?", (f"李四 {phone}", identity, well)),
        ("UPDATE findings SET evidence = ? WHERE subject_id = ?", (f'{{"note":"{phone} {identity}"}}', well)),
    )
    logged = []
    QgsApplication.messageLog().messageReceived.connect(lambda *parts: logged.append(str(parts)))
    dock = ReviewDock(session, iface, dialogs=dialogs)
    qtbot.addWidget(dock)
    dock.show()
    qtbot.waitUntil(lambda: dock.listing is not None and session.store is not None, timeout=60_000)
    dock.filters.set(Filter(subject=well))
    dock._arrived()
    told = [dock.evidence.page.toPlainText(), *shown(dock, "name"), *shown(dock, "place")]
    dock.table.selectAll()
    copy_rows(dock)
    told.append(QApplication.clipboard().text())
    dock.table.go_to(0)
    dock.do("override")
    assert query("SELECT count(*) FROM decisions") == [(1,)]
    dock.evidence.save_slip(tmp_path / "slip.html")
    told.append((tmp_path / "slip.html").read_text(encoding="utf-8"))
    told += [str(row) for row in query("SELECT * FROM history")]
    told += [path.name for path in tmp_path.rglob("*")] + logged
    dock.unload()
    assert "138****5678" in "".join(told)
    assert not [text for text in told if phone in text or identity in text]


def test_no_label_is_clipped(dock, language):
    for widget in (*dock.findChildren(QLabel), *dock.findChildren(QPushButton)):
        if widget.isVisible() and not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.sizeHint().width() <= widget.width() + 1, widget.text()


def test_every_field_and_button_has_a_tip(dock):
    from qgis.PyQt.QtWidgets import QAbstractButton, QComboBox

    widgets = [*dock.filters.findChildren(QComboBox), *dock.findChildren(QPushButton)]
    widgets += dock.map_bar.findChildren(QAbstractButton)
    assert all(widget.toolTip() and widget.objectName() for widget in widgets)


def test_the_headings_fit_what_stands_below_them(dock, language):
    """Subjects are counties and zones too, not wells alone; a place is a township and a village."""
    from overdraft.ui.review.words import COLUMNS, SIGNS, state_text

    headings = dict(zip(COLUMNS, dock.model.headings, strict=True))
    assert headings["name"] == {"en": "Name", "zh": "名称"}[language]
    assert headings["place"] == {"en": "Township / Village", "zh": "乡镇 / 村"}[language]
    header, texts = dock.table.horizontalHeader(), dock.table.fontMetrics()
    for name in ("state", "subject_id", "name", "place", "outcome"):
        assert header.sectionSize(COLUMNS.index(name)) > texts.horizontalAdvance(headings[name]), name
    widest = max(texts.horizontalAdvance(state_text(state)) for state in SIGNS)
    assert header.sectionSize(COLUMNS.index("state")) > widest
