"""A small policy file, a case judged under it, and the window open on both."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from qgis.core import QgsSettings

from overdraft.core.casefile import case_content, write_case
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.intake import build_register
from overdraft.core.policy import Edits, load_policy
from overdraft.ui.shared import tasks

SMALL = Path(__file__).parents[2] / "data" / "policies" / "small-2024.toml"
RULE = """
# --- ours ---

[settings.permit.idle_ratio]
type = "number"
min = 0
max = 1
unit = "ratio"
clause = "SML-1"
source = "gap"
en = "Idle below"
zh = "闲置比例"

[settings.permit.idle_years]
type = "integer"
min = 1
clause = "SML-1"
source = "default"
value = 2
en = "Years"
zh = "年数"

[[rules]]
clause = "SML-1"
rule = "permits.idle"
with = { action = "reduce_plan" }
settings = { ratio = "permit.idle_ratio", years = "permit.idle_years" }
"""


@pytest.fixture(scope="session")
def policy_text() -> str:
    return SMALL.read_text(encoding="utf-8") + RULE


@pytest.fixture
def policy_file(policy_text, tmp_path) -> Path:
    path = tmp_path / "政策 mine.toml"
    path.write_text(policy_text, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def judged(policy_text, tmp_path_factory) -> Path:
    """Three permits of 1000 m³, of which 100, 400 and 900 m³ were used in each of two years."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "mine.toml").write_text(policy_text, encoding="utf-8")
    permits = pd.DataFrame({"permit_no": ["P1", "P2", "P3"], "county": "甲县", "volume_m3": 1000.0})
    wells = gpd.GeoDataFrame(
        {"well_id": ["W1", "W2", "W3"], "permit_no": permits["permit_no"], "county": "甲县"},
        geometry=gpd.points_from_xy([89.3, 89.4, 89.5], [42.3, 42.3, 42.3]),
        crs="EPSG:4490",
    ).assign(use="irrigation", status="in_use")
    readings = pd.DataFrame(
        [
            {"well_id": well, "year": year, "volume_m3": volume}
            for well, volume in (("W1", 100.0), ("W2", 400.0), ("W3", 900.0))
            for year in (2024, 2025)
        ]
    )
    register = build_register({"wells": wells, "permits": permits, "readings": readings})
    result = enforce(register, load_policy(folder / "mine.toml"), date(2026, 3, 31), EnforceSettings())
    write_case(folder / "case.gpkg", case_content(result, "zh"))
    return folder / "case.gpkg"


@pytest.fixture
def case(judged, tmp_path) -> Path:
    """In place of the large sample: these tests count by hand."""
    path = tmp_path / "案 case.gpkg"
    shutil.copy(judged, path)
    return path


@pytest.fixture
def opened(session, qtbot):
    """``opened(source)``: the window with a policy read; counting by itself is off."""
    from overdraft.ui.policy.dialog import PolicyDialog

    QgsSettings().setValue("overdraft/policy/count_after_change", False)
    made = []

    def call(source=None, wait=True):
        dialog = PolicyDialog(session, source)
        qtbot.addWidget(dialog, before_close_func=_forget)  # closing with edits would ask
        made.append(dialog)
        dialog.show()
        if wait:
            qtbot.waitUntil(lambda: dialog.draft is not None, timeout=20_000)
            qtbot.waitUntil(lambda: not tasks._RUNNING, timeout=20_000)
        return dialog

    yield call
    for dialog in made:
        _forget(dialog)
        dialog.reject()
    qtbot.waitUntil(lambda: not tasks._RUNNING, timeout=30_000)


def _forget(dialog):
    dialog.edits = Edits()


@pytest.fixture
def window(language, opened, policy_file):
    """The small policy, in English and in Chinese."""
    return opened(policy_file)
