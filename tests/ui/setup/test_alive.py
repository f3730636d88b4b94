"""The wizard stays alive while it reads a large layer: work in the window is served between the parts."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from overdraft.processing.layers import parts

from .test_data import drop

ROWS = 40


def test_u13_the_window_is_served_between_the_parts_of_a_layer(wizard, settled, tmp_path, monkeypatch):
    """A reading of all rows at once keeps the interpreter to itself; none may be larger than a part."""
    at = np.arange(10 * ROWS)
    frame = {"well_id": [f"W{n}" for n in at], "use": "irrigation", "status": "active"}
    path = tmp_path / "wells.gpkg"
    gpd.GeoDataFrame(frame, geometry=shapely.points(89 + at / 1e4, 42.9), crs="EPSG:4490").to_file(
        path, engine="pyogrio"
    )
    monkeypatch.setattr(parts, "ROWS", ROWS)
    sizes, real = [], pyogrio.raw.read

    def spy(*given, **named):
        answer = real(*given, **named)
        sizes.append(len(answer[3][0]))
        return answer

    monkeypatch.setattr(pyogrio.raw, "read", spy)
    window = wizard()
    drop(window, path)
    settled(window)
    assert sizes == [ROWS] * 10
    assert len(window.setup.layers["wells"].source.frame) == 10 * ROWS
