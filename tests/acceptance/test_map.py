"""The project of the sample layers opens styled; the map picture of a case file is complete and says what it must."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtGui import QColor, QFontDatabase, QImage

from overdraft.core.schema import RESOURCES

ROOT = RESOURCES.parent
CHINESE_FONT = "Noto Sans CJK SC"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("虚构 sample")
    shutil.copy(ROOT / "sample_layers" / "sample.gpkg", path)
    return path


@pytest.fixture(scope="module")
def case(judged_sample, folder):
    path = folder / "case.gpkg"
    shutil.copy(judged_sample, path)
    return path


def script(name: str, *words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / name), *map(str, words)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


def test_project_opens_styled_and_says_that_it_is_invented(qgis_app, folder):
    done = script("sample_layers/make_project.py", "--folder", folder)
    assert done.returncode == 0, done.stderr
    text = zipfile.ZipFile(folder / "sample.qgz").read("sample.qgs").decode("utf-8")
    assert str(folder) not in text
    assert "./sample.gpkg|layername=wells" in text
    assert not re.search(r"<(macros|Macros)>[^<]*\S", text)
    project = QgsProject()
    assert project.read(str(folder / "sample.qgz"))
    assert "虚构" in project.title()
    assert "Invented" in project.title()
    layers = project.mapLayers().values()
    assert len(layers) == 33
    assert all(layer.isValid() for layer in layers)
    wells = next(layer for layer in layers if layer.name().startswith("机井 Wells"))
    assert wells.featureCount() == 6922
    assert wells.renderer().type() == "RuleRenderer"
    assert not wells.actions().actions()
    assert [group.name() for group in project.layerTreeRoot().children()] == [
        "登记资料 Register",
        "底图 Scenery",
        "表格 Tables",
    ]
    project.clear()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_map_picture_is_a4_at_200_dpi_and_marked_as_invented(qgis_app, case, tmp_path, language):
    before = case.read_bytes()
    picture = tmp_path / f"map_{language}.png"
    done = script("tools/render_map.py", case, picture, "--language", language)
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (2338, 1653) or (image.width(), image.height()) == (2339, 1654)
    assert share(image, (0.80, 0.02, 0.97, 0.09), QColor("#c1121f")) > 0.02  # the badge
    assert share(image, (0.03, 0.13, 0.79, 0.78), QColor("#1a8a5a")) > 0.005  # wells in order
    assert share(image, (0.03, 0.13, 0.79, 0.78), QColor("#f2f2f2"), reach=14) < 0.98  # not an empty page
    assert case.read_bytes() == before  # the case file is only read
    assert {path.name for path in case.parent.iterdir()} >= {"case.gpkg"}
    assert not list(case.parent.glob("case.gpkg-*"))


def test_chinese_letters_have_a_font():
    """The pictures need it: without, every label would be a row of boxes."""
    assert CHINESE_FONT in QFontDatabase().families()


def test_a_case_without_a_run_is_refused_in_words(folder, tmp_path):
    from overdraft.core.casefile import create_case

    empty = tmp_path / "empty.gpkg"
    create_case(empty, "en")
    done = script("tools/render_map.py", empty, tmp_path / "no.png")
    assert done.returncode == 1
    assert "run overdraft:enforce first" in done.stderr
    assert not (tmp_path / "no.png").exists()


def share(image: QImage, part: tuple[float, float, float, float], colour: QColor, reach: int = 40) -> float:
    """Share of the pixels of a part of the picture that are near a colour."""
    left, top, right, bottom = part
    hits = total = 0
    for x in range(int(left * image.width()), int(right * image.width()), 3):
        for y in range(int(top * image.height()), int(bottom * image.height()), 3):
            pixel = image.pixelColor(x, y)
            parts = zip(pixel.getRgb()[:3], colour.getRgb()[:3], strict=True)
            hits += all(abs(one - other) <= reach for one, other in parts)
            total += 1
    return hits / total
