"""A session on a copy of the judged sample, and both languages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QApplication

import overdraft
from overdraft.plugin.translation import Translation

ROOT = Path(overdraft.__file__).resolve().parent
LOCALES = {"en": "en", "zh": "zh_CN"}


@pytest.fixture
def case(judged_sample, tmp_path):
    """A copy of the judged sample that a test may change."""
    path = tmp_path / "案 case.gpkg"
    shutil.copy(judged_sample, path)
    return path


@pytest.fixture(scope="session")
def lean_sample(judged_sample, tmp_path_factory):
    """The judged sample without its readings, which are most of it and tell pairs and land hardly anything."""
    import sqlite3
    from contextlib import closing

    from overdraft.core.casefile.sql import sql

    path = tmp_path_factory.mktemp("lean") / "case.gpkg"
    shutil.copy(judged_sample, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table in ("readings", "meters", "accounts", "power_volumes", "power_coefficients"):
            connection.execute(sql("DELETE FROM $table", table=table))
        connection.execute("VACUUM")
    return path


@pytest.fixture
def lean_case(lean_sample, tmp_path):
    """A copy of it that a test may change."""
    path = tmp_path / "案 case.gpkg"
    shutil.copy(lean_sample, path)
    return path


@pytest.fixture(params=["en", "zh"])
def language(request, qgis_app, monkeypatch, compiled_texts):
    """Every test that asks for it runs in English and in Chinese."""
    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: LOCALES[request.param]))
    translation = Translation(compiled_texts)
    translation.install()
    yield request.param
    translation.remove()


@pytest.fixture
def in_language(request):
    """For fixtures that open a window: in both languages if the test asks for ``language``, else once."""
    return request.getfixturevalue("language") if "language" in request.fixturenames else "en"


@pytest.fixture(scope="session")
def compiled_texts(tmp_path_factory):
    """The Chinese texts as they stand in the .ts, compiled."""

    folder = tmp_path_factory.mktemp("texts")
    source = ROOT / "resources/i18n/overdraft_zh_CN.ts"
    subprocess.run(["lrelease", "-silent", source, "-qm", folder / "overdraft_zh_CN.qm"], check=True)
    return folder


@pytest.fixture
def session(qgis_new_project, case, monkeypatch):
    """A session on the copied case in an empty project, signed; user settings start empty."""
    from overdraft.ui.session import Session

    QgsSettings().remove("overdraft")
    made = Session(QgsProject.instance())
    made.open_case(case)
    made.sign_as("审核员甲")
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def fill(folder: Path) -> Path:
    """Leave four pages on a disk; returns the file that takes the room."""
    free = shutil.disk_usage(folder).free
    ballast = folder / "ballast"
    ballast.write_bytes(b"x" * max(0, free - 16_384))
    return ballast


@pytest.fixture
def letters(request, qgis_app):
    """Other machines have other fonts: letters of another size stand for them."""
    before = QApplication.font()
    font = QApplication.font()
    font.setPointSizeF(before.pointSizeF() * request.param)
    QApplication.setFont(font)
    yield request.param
    QApplication.setFont(before)
