"""Printed maps are legible: letters, markers and labels on every layout, in both languages, for few wells and many."""

from __future__ import annotations

import pytest
from qgis.core import (
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLegendStyle,
    QgsTextFormat,
)

from overdraft.core.papers.maps import MAPS
from overdraft.processing.maps import templates
from overdraft.processing.maps.fitting import fit_box, fit_line
from overdraft.processing.maps.request import MapRequest, _Work


@pytest.fixture
def work(judged_sample, tmp_path, monkeypatch):
    monkeypatch.setattr(templates, "own_folder", lambda: tmp_path / "layouts")
    monkeypatch.setattr("overdraft.processing.maps.request.own_file", lambda: tmp_path / "house.toml")

    def made(case=judged_sample, **given):
        return _Work(MapRequest(case, tmp_path, **{"other": judged_sample, **given}), lambda sentence: None)

    return made


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("orientation", templates.ORIENTATIONS)
def test_nothing_on_a4_is_smaller_than_five_points(work, orientation, language):
    """A3 has larger letters in larger places, drawn up from the same numbers."""
    given = work(orientation=orientation, language=language)
    for kind in MAPS:
        page = given.page(kind)
        if page.sheet.coverage is not None:
            assert page.layout.atlas().beginRender()
            page.turn_to(0)
        else:
            assert page.layout.pageCollection().pageCount() == 1
        assert page.rows_shown() == len(next(iter(page.sheet.figures.values())).rows), kind
        table = page._figures.table
        sizes = {"table": QgsTextFormat(table.contentTextFormat()).size()}
        legend = page.item("legend", QgsLayoutItemLegend)
        sizes["legend"] = legend.styleFont(QgsLegendStyle.Style.SymbolLabel).pointSizeF()
        for name in ("title", "subtitle", "about", "disclaimer", "figures_title"):
            sizes[name] = page.item(name, QgsLayoutItemLabel).font().pointSizeF()
        assert min(sizes.values()) >= 5, (kind, sizes)
        assert sizes["title"] >= 14


def test_texts_are_made_small_enough_for_their_places(work):
    page = work(language="en", author="Water bureau").page("zones")
    label = page.item("subtitle", QgsLayoutItemLabel)
    whole = label.font().pointSizeF()
    label.setText("a b " * 80)
    fit_line(label, [label.currentText()])
    assert 4.5 <= label.font().pointSizeF() < whole
    about = page.item("about", QgsLayoutItemLabel)
    given = about.font().pointSizeF()
    fit_box(about)
    assert about.font().pointSizeF() == given  # it fits as it is
    about.setText("\n".join(["A line of words that goes on for long"] * 9))
    fit_box(about)
    assert 0.5 * given < about.font().pointSizeF() < given
