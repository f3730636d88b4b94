"""Printed maps are legible: letters, markers and labels on every layout, in both languages, for few wells and many."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from itertools import combinations

import numpy as np
import pyogrio
import pytest
import shapely
from qgis.core import (
    QgsLabelingResults,
    QgsLayoutFrame,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemPolygon,
    QgsLayoutItemScaleBar,
    QgsLegendStyle,
    QgsMapRendererSequentialJob,
    QgsProject,
    QgsTextFormat,
)
from qgis.PyQt.QtGui import QColor, QImage

from overdraft.core.papers.maps import MAPS
from overdraft.processing.maps import framing, house, sheets, templates
from overdraft.processing.maps.fitting import fit_box, fit_line
from overdraft.processing.maps.request import MapRequest, _Work, read_case


@pytest.fixture
def work(judged_sample, tmp_path, monkeypatch):
    monkeypatch.setattr(templates, "own_folder", lambda: tmp_path / "layouts")
    monkeypatch.setattr("overdraft.processing.maps.request.own_file", lambda: tmp_path / "house.toml")

    def made(case=judged_sample, **given):
        request = MapRequest(case, tmp_path, **{"other": judged_sample, **given})
        return _Work(request, read_case(request), lambda sentence: None)

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


# --- few wells and many


def few(sample, path, kept: str):
    """A copy of a judged case with some of its wells alone."""
    shutil.copy(sample, path)
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'wells'"
        )
        for (name,) in triggers.fetchall():  # those of the spatial index, which plain SQLite does not know
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(f"DELETE FROM wells WHERE well_id IS NULL OR well_id NOT IN ({kept})")
        connection.commit()
    return path


def scattered(sample, path):
    """The sample's wells anywhere in the prefecture: six to be reviewed of seven, five that fail, twenty exempt."""
    frame = pyogrio.read_dataframe(sample, layer="wells")
    units = pyogrio.read_dataframe(sample, layer="units").to_crs(frame.crs)
    left, bottom, right, top = units.total_bounds
    random = np.random.default_rng(7)
    places = shapely.points(random.uniform(left, right, len(frame)), random.uniform(bottom, top, len(frame)))
    outcomes = np.where(np.arange(len(frame)) % 7 > 0, "review", "pass")
    outcomes[:5] = "fail"
    outcomes[5:25] = "exempt"
    frame = frame.set_geometry(places, crs=frame.crs).assign(outcome=outcomes, placed=True)
    few(sample, path, "''")
    pyogrio.write_dataframe(frame, path, layer="wells", append=True)
    return path


def wells_of(page):
    """The layers of wells by outcome: number, size of the marker, whether they bear ids."""
    layers = [layer for heading, group in page.sheet.groups if heading == "wells" for layer in group]
    found = {}
    for layer in layers:
        (category,) = layer.renderer().categories()
        found[category.value()] = layer.featureCount(), category.symbol().size(), layer.labelsEnabled()
    return found


def test_seven_wells_fill_their_sheet_and_bear_their_ids(work, judged_sample, tmp_path):
    kept = "SELECT well_id FROM wells WHERE township_id = '650402901' ORDER BY well_id LIMIT 7"
    page = work(few(judged_sample, tmp_path / "seven.gpkg", kept), language="en", other=None).page("verdicts")
    wells = wells_of(page)
    assert sum(n for n, _, _ in wells.values()) == 7
    house = page.house
    assert all(size == pytest.approx(house.symbol(name).size()) for name, (_, size, _) in wells.items())
    assert all(labelled for _, _, labelled in wells.values())
    shown = page.item("map", QgsLayoutItemMap)
    assert shown.scale() < 60_000  # the prefecture is drawn at 1:600,000
    results = rendered(shown)
    ids = {label.labelText for label in results.allLabels()}
    assert sum(label.startswith("650402-") for label in ids) == 7


def rendered(shown) -> QgsLabelingResults:
    job = QgsMapRendererSequentialJob(shown.mapSettings(shown.extent(), shown.rect().size() * 8, 203, True))
    job.start()
    job.waitForFinished()
    return job.takeLabelingResults()


def test_seven_thousand_wells_leave_the_map_legible(work, judged_sample, tmp_path):
    case = scattered(judged_sample, tmp_path / "many.gpkg")
    page = work(case, language="en", other=None).page("verdicts")
    wells, house = wells_of(page), page.house
    assert sum(n for n, _, _ in wells.values()) == 6922
    assert wells["fail"] == (5, pytest.approx(house.symbol("fail").size()), True)
    assert not wells["review"][2]  # thousands of ids are none
    assert not wells["pass"][2]
    assert not wells["exempt"][2]  # few, yet less grave than what bears no ids
    shown = page.item("map", QgsLayoutItemMap)
    assert shown.scale() > 500_000
    paper = sheets_area(page, shown)
    inked = sum(n * np.pi * (size / 2) ** 2 for n, size, _ in wells.values())
    assert 0.02 < inked / paper < 0.4
    assert wells["review"][1] >= 1.0  # millimetres


def sheets_area(page, shown) -> float:
    """What the units take of the paper, in square millimetres."""
    return page.sheet.part.area / (shown.scale() / 1000) ** 2


@pytest.mark.parametrize("n", [7, 700, 7_000, 70_000])
def test_markers_shrink_with_their_number_and_stay_in_view(qgis_app, n):
    style = house.house()
    for name in ("fail", "review", "not_evaluated", "exempt", "pass", "not_judged"):
        size = sheets.marker_scale(n, name) * style.symbol(name).size()
        assert size >= 0.45, name
        assert size <= style.symbol(name).size()
    assert sheets.marker_scale(7, "review") == 1.0
    assert sheets.marker_scale(10 * n, "review") <= sheets.marker_scale(n, "review")


def test_no_box_hides_a_unit(work):
    """The scale, the north arrow and the mark of invented data lie on the map, not on its subject."""
    for kind in ("township_atlas", "zones"):
        page = work(language="zh").page(kind)
        shown = page.item("map", QgsLayoutItemMap)
        if page.sheet.coverage is not None:
            assert page.layout.atlas().beginRender()
        for number, part in enumerate(page.sheet.parts if kind == "township_atlas" else [page.sheet.part]):
            if page.sheet.coverage is not None:
                page.turn_to(number)
            extent = shown.extent()
            assert extent.xMinimum() <= part.bounds[0] <= part.bounds[2] <= extent.xMaximum()
            assert extent.yMinimum() <= part.bounds[1] <= part.bounds[3] <= extent.yMaximum()
            metres = extent.width() / shown.rect().width()
            for name in ("scale", "invented", "north"):
                box = page.item(name, QgsLayoutItemLabel)
                left = extent.xMinimum() + (box.pos().x() - shown.pos().x()) * metres
                top = extent.yMaximum() - (box.pos().y() - shown.pos().y()) * metres
                place = shapely.box(
                    left, top - box.rect().height() * metres, left + box.rect().width() * metres, top
                )
                assert not part.intersects(place), (kind, number, name)
            assert any(shown.scale() == pytest.approx(one) for one in framing.SCALES)


def test_the_legend_names_no_border_that_the_page_does_not_show(work):
    page = work(language="en").page("township_atlas")
    assert page.layout.atlas().beginRender()
    names = [name for _, name, _ in page.sheet.units]
    told = {}
    for number, name in enumerate(names):
        page.turn_to(number)
        legend = page.item("legend", QgsLayoutItemLegend)
        nodes = legend.model().rootGroup().findLayers()
        told[name] = {
            node.data(0)
            for layer in nodes
            for node in legend.model().layerLegendNodes(layer)
            if layer.layer().name() == "units"
        }
    assert all("Township" in kinds for kinds in told.values())
    assert any("Prefecture" in kinds for kinds in told.values())
    assert not all("Prefecture" in kinds for kinds in told.values())


# --- what a sheet must have

EVERY = {
    **{"title": QgsLayoutItemLabel, "subtitle": QgsLayoutItemLabel, "mark": QgsLayoutItemLabel},
    **{
        "map": QgsLayoutItemMap,
        "legend": QgsLayoutItemLegend,
        "figures": QgsLayoutFrame,
        "logo": QgsLayoutItemPicture,
    },
    **{"scale": QgsLayoutItemLabel, "scalebar": QgsLayoutItemScaleBar, "north": QgsLayoutItemLabel},
    **{"north_left": QgsLayoutItemPolygon, "north_right": QgsLayoutItemPolygon, "about": QgsLayoutItemLabel},
    **dict.fromkeys(("author", "drafted", "checked", "approved", "disclaimer", "page"), QgsLayoutItemLabel),
    **dict.fromkeys(("invented", "figures_title"), QgsLayoutItemLabel),
}
ON_THE_MAP = {"map", "scale", "north", "north_left", "north_right", "invented"}
SHARED = {frozenset(("logo", "author"))}
"""The logo takes its place from the unit's name."""


@pytest.mark.parametrize("path", sorted(templates.OURS.glob("*.qpt")), ids=lambda path: path.stem)
def test_every_layout_has_everything_on_its_paper_and_nothing_lies_on_something_else(qgis_app, path):
    family, paper, orientation, _ = path.stem.split("_")
    project = QgsProject()
    layout = templates.layout_from(path, project)
    wanted = EVERY | ({"overview": QgsLayoutItemMap} if family == "atlas" else {})
    items = {name: layout.itemById(name) for name in wanted}
    assert {name: type(item) for name, item in items.items()} == wanted
    size = layout.pageCollection().page(0).pageSize()
    short, long = (210, 297) if paper == "A4" else (297, 420)
    sides = (long, short) if orientation == "landscape" else (short, long)
    assert (round(size.width()), round(size.height())) == sides
    places = {
        name: shapely.box(*item.mapRectToScene(item.rect()).getCoords()) for name, item in items.items()
    }
    del places["scalebar"]  # as wide as its map makes it
    page = shapely.box(5, 3, size.width() - 5, size.height() - 1)  # what printers can print
    assert [name for name, place in places.items() if not page.covers(place)] == []
    assert [name for name in ON_THE_MAP if not places["map"].buffer(0.3).covers(places[name])] == []
    apart = sorted(set(places) - ON_THE_MAP | {"map"})
    for one, other in combinations(apart, 2):
        if frozenset((one, other)) not in SHARED:
            assert (places[one] & places[other]).area < 0.5, (one, other)
    north = [
        items[name].mapRectToScene(items[name].rect()).center() for name in ("north_left", "north_right")
    ]
    assert north[0].x() < north[1].x()
    assert items["map"].mapRotation() == 0  # north is up


def test_scale_bar_and_logo_follow_the_map(work, tmp_path):
    logo = QImage(40, 40, QImage.Format.Format_RGB32)
    logo.fill(QColor("red"))
    logo.save(str(tmp_path / "logo.png"))
    page = work(language="en", author="Bureau", logo=tmp_path / "logo.png").page("zones")
    bar, shown = page.item("scalebar", QgsLayoutItemScaleBar), page.item("map", QgsLayoutItemMap)
    assert bar.linkedMap() is shown
    metres = 2 * bar.unitsPerSegment() * 1000  # kilometres
    drawn = metres / (shown.extent().width() / shown.rect().width())
    assert 20 < drawn < 62
    box = page.item("scale", QgsLayoutItemLabel)
    assert box.mapRectToScene(box.rect()).contains(bar.mapRectToScene(bar.rect()))
    assert page.item("scale", QgsLayoutItemLabel).currentText() == f"Scale 1:{round(shown.scale()):,}"
    picture, author = page.item("logo", QgsLayoutItemPicture), page.item("author", QgsLayoutItemLabel)
    assert picture.picturePath() == str(tmp_path / "logo.png")
    assert author.pos().x() > picture.pos().x() + picture.rect().width()
    assert work(language="en").page("zones").item("logo", QgsLayoutItemPicture) is None
