import os

import pytest


@pytest.mark.skipif("SHOT" not in os.environ, reason="pictures")
def test_picture(language, copied, free_in, qtbot):
    from qgis.PyQt.QtGui import QColor, QPalette
    from qgis.PyQt.QtWidgets import QApplication

    planner = copied
    tag = os.environ["SHOT"]
    if tag == "dark":
        pal = QPalette()
        for r, c in (
            (QPalette.Window, "#2b2b2b"),
            (QPalette.WindowText, "#eee"),
            (QPalette.Base, "#1e1e1e"),
            (QPalette.AlternateBase, "#2b2b2b"),
            (QPalette.Text, "#eee"),
            (QPalette.Button, "#333"),
            (QPalette.ButtonText, "#eee"),
            (QPalette.Link, "#6af"),
            (QPalette.Highlight, "#456"),
            (QPalette.HighlightedText, "#fff"),
            (QPalette.Mid, "#777"),
        ):
            pal.setColor(r, QColor(c))
        QApplication.setPalette(pal)
    rows = free_in(planner, "托克逊县")[:9]
    planner.bench.assign(rows, 2026)
    planner.candidates.show_row(int(rows[3]))
    qtbot.wait(300)
    planner.grab().save(f"/tmp/planner_{tag}_{language}.png")
    print(planner.size(), planner.minimumSizeHint())
    from overdraft.ui.retirement.compare_dialog import CompareDialog
    from overdraft.ui.retirement.solve_dialog import SolveDialog

    d = SolveDialog(planner.bench.board, planner)
    d.show()
    d.grab().save(f"/tmp/solve_{tag}_{language}.png")
    d.close()
    d = CompareDialog(
        planner.bench.board, planner.bench.scenarios, planner.bench.current, planner._shown, planner
    )
    d.show()
    qtbot.wait(100)
    d.grab().save(f"/tmp/compare_{tag}_{language}.png")
    d.close()
    QApplication.setPalette(QPalette())
