"""The annex map of a notice: what is on it, how coarse it is, and who wins: a file, the drawn one, none."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing

import docx
import numpy as np
import pandas as pd
import pytest
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QImage

from overdraft.core.casefile import spatial
from overdraft.core.papers import open_book
from overdraft.processing import annex

WELLS = ("650402-0392", "650402-0098", "650421-0332")


@pytest.fixture
def book(judged_sample, tmp_path):
    """``book(language, statement)``: a copy of the sample, changed by a statement."""

    def make(language="zh", statement=""):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.gpkg"
        shutil.copy(judged_sample, path)
        if statement:
            with closing(sqlite3.connect(path)) as connection, connection:
                spatial.enable(connection)
                connection.execute(statement)
        return open_book(path, ("findings",), language)

    return make


def verdicts(book, *outcomes):
    rows = [book.wells.index[book.wells["well_id"].eq(well)][0] for well in WELLS]
    return pd.Series(outcomes, index=rows[: len(outcomes)])


@pytest.fixture
def legend(monkeypatch, qgis_app):
    """``legend(book, verdicts)``: headings and labels of the legend that is drawn."""
    seen = []
    real = annex._drawn

    def watched(settings, keys, family):
        seen.append({heading: [label for _, label in rows] for heading, rows in keys})
        return real(settings, keys, family)

    monkeypatch.setattr(annex, "_drawn", watched)

    def call(book, told):
        assert annex.annex_map(book, told).data.startswith(b"\x89PNG")
        return seen.pop()

    return call


def test_the_legend_counts_the_wells_of_the_notice_and_names_what_is_on_the_map(legend, book):
    made = book()
    told = legend(made, verdicts(made, "fail", "review", "fail"))
    assert told["机井（按核查结论）"] == ["不符合（2）", "待核查（1）"]
    assert "区县" in told["界线"]
    assert "一般超采区" in told["超采区与管控分区"]
    one = legend(made, verdicts(made, "exempt"))
    assert one["机井（按核查结论）"] == ["豁免（1）"]
    assert "区县" not in one["界线"]  # eight kilometres around the well lie in one county
    english = book("en")
    assert legend(english, verdicts(english, "fail"))["Wells by outcome"] == ["Fail (1)"]


def test_s10_a_well_is_shown_no_finer_than_a_hundredth_of_a_degree(book, qgis_app, monkeypatch):
    """The map of one well has it in its middle: moved within its square of rounding it stays, to the next one it does
    not."""
    made, seen = book(), []
    monkeypatch.setattr(annex, "_drawn", lambda settings, *rest: seen.append(settings) or _stop())
    told = verdicts(made, "fail")
    place = made.wells.geometry.loc[told.index[0]]

    def at(x, y):
        moved = made.wells.copy()
        moved.loc[told.index, "geometry"] = type(place)(x, y)
        changed = pd.concat([moved.loc[told.index], moved.drop(told.index)])
        tables = {**made.tables, "wells": changed.set_geometry("geometry")}
        shown = type(made)(**{**vars_of(made), "tables": tables})
        row = shown.wells.index[shown.wells["well_id"].eq(WELLS[0])][0]
        with pytest.raises(StopIteration):
            annex.annex_map(shown, pd.Series(["fail"], index=[row]))
        middle = seen.pop().visibleExtent().center()
        return middle.x(), middle.y()

    assert made.wells.crs.is_geographic
    x, y = round(place.x, 2), round(place.y, 2)
    assert at(x + 0.004, y - 0.004) == at(x - 0.004, y + 0.003)
    assert at(x + 0.004, y) != at(x + 0.006, y)


def vars_of(book):
    return {name: getattr(book, name) for name in book.__dataclass_fields__}


def test_no_map_of_wells_without_a_place(book, qgis_app):
    made = book(statement="UPDATE wells SET placed = 0 WHERE well_id = '650402-0392'")
    assert annex.annex_map(made, verdicts(made, "fail")) is None


def test_it_is_drawn_in_a_thread_of_its_own(book, qgis_app):
    made, found = book(), []
    told = verdicts(made, "fail", "review", "exempt")
    worker = threading.Thread(target=lambda: found.append(annex.annex_map(made, told)))
    worker.start()
    worker.join()
    one, other = (pixels(picture) for picture in (found[0], annex.annex_map(made, told)))
    assert one.shape == other.shape
    assert (one != other).mean() < 0.02  # names of places may be put otherwise
    assert (one != 255).mean() > 0.1


def pixels(picture):
    image = QImage.fromData(picture.data)
    return np.frombuffer(image.constBits().asstring(image.sizeInBytes()), dtype="uint8")


def test_thousands_of_wells_get_smaller_markers(book, qgis_app, monkeypatch):
    made, sizes = book(), []
    monkeypatch.setattr(annex, "_drawn", lambda settings, keys, family: sizes.append(keys) or _stop())
    for n in (100, 3_000):
        with pytest.raises(StopIteration):
            annex.annex_map(made, pd.Series("pass", index=made.wells.index[:n]))
    few, many = (keys[0][1][0][0].size() for keys in sizes)
    assert many < 0.7 * few


def _stop():
    raise StopIteration


def test_a_file_wins_and_none_is_drawn_where_none_is_wanted(run, judged_sample, tmp_path, monkeypatch):
    picture = annex._sheet(QSize(3, 2))
    picture.save(str(tmp_path / "own.png"))
    given = {
        "CASE": str(judged_sample),
        "STATES": ["open"],
        "WELLS": ";".join(WELLS[:2]),
        "UNIT": "水利局",
        "PHONE": "1",
        "FORMATS": ["docx"],
        "LANGUAGE": "zh",
    }

    def made(name, **more):
        run("publicnotice", {**given, **more, "OUTPUT": str(tmp_path / name)})
        (path,) = (tmp_path / name).iterdir()
        opened = docx.Document(str(path))
        pictures = [part.blob for part in opened.part.package.iter_parts() if "/media/" in part.partname]
        return pictures, "\n".join(paragraph.text for paragraph in opened.paragraphs)

    (drawn,), text = made("drawn")
    assert len(drawn) > 20_000
    assert "井位已概略至小数点后2位" in text
    assert "本公示未附位置图" not in text
    own, text = made("own", MAP=str(tmp_path / "own.png"))
    assert own == [(tmp_path / "own.png").read_bytes()]
    assert "井位已概略" not in text
    none, text = made("none", ANNEX_MAP=False)
    assert (none, "本公示未附位置图" in text) == ([], True)
