"""Background work: results and errors come back on the main thread, a cancel is answered at once."""

from __future__ import annotations

import threading

from overdraft.ui.shared.tasks import Work, start


def test_the_result_and_the_error_come_back_on_the_main_thread(qgis_app, qtbot):
    seen = []

    def broken(progress):
        raise TimeoutError("of the work itself")

    def here(kind):
        return lambda value: seen.append((kind, str(value), threading.current_thread()))

    start(Work("fine", lambda progress: 42, here("done"), here("failed")))
    start(Work("broken", broken, here("done"), here("failed")))
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=10_000)
    main = threading.main_thread()
    assert sorted(seen, key=str) == [("done", "42", main), ("failed", "of the work itself", main)]


def test_work_that_is_cancelled_while_it_waits_for_its_turn_is_never_begun(qgis_app, qtbot):
    at_work, go_on, begun, ended = threading.Event(), threading.Event(), [], []
    first = start(
        Work(
            "long",
            lambda progress: (at_work.set(), go_on.wait(30)),
            lambda _: None,
            begun.append,
            lambda: ended.append("long"),
        )
    )
    qtbot.waitUntil(at_work.is_set, timeout=10_000)  # QGIS may start the later of two tasks first
    second = start(
        Work("next", begun.append, begun.append, begun.append, lambda: ended.append("next")),
    )
    qtbot.waitUntil(
        lambda: first.isActive() and second.status() in (second.Running, second.OnHold), timeout=10_000
    )
    second.cancel()
    qtbot.waitUntil(lambda: ended == ["next"], timeout=10_000)  # while the first still works
    go_on.set()
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=10_000)
    assert begun == []


def test_a_cancel_stops_work_at_its_next_step(qgis_app, qtbot):
    steps, told, ended = [], [], []

    def work(progress):
        for step in range(10_000):
            steps.append(step)
            progress(step / 10_000)
            threading.Event().wait(0.005)

    begun = start(Work("steps", work, told.append, told.append, lambda: ended.append(True)))
    qtbot.waitUntil(lambda: len(steps) > 3, timeout=10_000)
    begun.cancel()
    qtbot.waitUntil(lambda: bool(ended), timeout=10_000)
    assert told == []
    assert len(steps) < 5_000


def test_a_text_is_laid_out_in_the_background_without_a_word_from_qt(qgis_app, qtlog):
    from qgis.PyQt.QtCore import QSizeF
    from qgis.PyQt.QtGui import QTextDocument

    from overdraft.ui.shared.tasks import in_background

    def pages(progress):
        made = QTextDocument()
        made.setHtml("<p>水井</p>" * 2000)
        made.setPageSize(QSizeF(500, 700))
        return made.pageCount()

    assert in_background(pages).result(timeout=60) > 50
    assert [record.message for record in qtlog.records if "Timer" in record.message] == []
