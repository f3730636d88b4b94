import os

import pytest


@pytest.mark.skipif("SHOT" not in os.environ, reason="pictures")
def test_picture(language, copied, free_in, qtbot):
    planner = copied
    rows = free_in(planner, "托克逊县")[:6]
    planner.bench.assign(rows, 2026)
    planner.candidates.show_row(int(rows[0]))
    qtbot.wait(300)
    planner.grab().save(f"/tmp/planner_{language}.png")
    print(planner.size(), planner.minimumSizeHint())
