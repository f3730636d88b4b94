"""QGIS's own dark theme: it colours by a style sheet, and the palette says something else; all must be legible."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtGui import QColor, QPalette

from overdraft.ui.dashboard.chart import BarChart, Key, Line
from overdraft.ui.review.evidence import EvidencePanel
from overdraft.ui.shared.plain import FAINT


@pytest.fixture
def dark(qgis_app):
    QgsApplication.setUITheme("Night Mapping")
    yield
    QgsApplication.setUITheme("default")


def contrast(one: QColor, other: QColor) -> float:
    """Ratio of luminance by WCAG 2.1, 1 to 21."""

    def luminance(colour):
        parts = [part / 255 for part in colour.getRgb()[:3]]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_of_contrast():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)  # as WCAG gives it


def test_every_text_of_the_evidence_is_legible(dark, session, case, qtbot):
    panel = EvidencePanel(session)
    qtbot.addWidget(panel)
    panel.show()
    with closing(sqlite3.connect(case)) as connection:
        (name,) = connection.execute("SELECT finding_id FROM findings WHERE rule = 'quota.cap'").fetchone()
    panel.show_finding(name)
    ground = panel.page.palette().color(QPalette.ColorRole.Base)
    used = set(re.findall(r"(?<!-)color:(#[0-9a-f]{6})", panel.page.toHtml()))
    assert used
    for colour in used:
        assert contrast(QColor(colour), ground) >= 3, colour


@pytest.mark.parametrize("make", [lambda: BarChart("bars"), lambda: Key("pass")])
def test_numbers_and_outlines_of_the_dashboard_are_legible(dark, qtbot, make):
    shown = make()
    qtbot.addWidget(shown)
    if isinstance(shown, BarChart):
        shown.show_lines([Line("高昌区", (("pass", "Pass", 3),))])
    shown.show()
    image = shown.grab().toImage()
    ground = QColor("#323232")  # of the theme
    best = max(
        contrast(image.pixelColor(x, y), ground)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).saturation() < 40  # not the colour of the bars
    )
    assert best >= 4.5


@pytest.mark.parametrize("ground", ["#ffffff", "#222222"])
def test_faint_rows_are_legible_on_light_and_dark(ground):
    assert contrast(FAINT, QColor(ground)) >= 3
