"""First pages as a window shows them: what the printed file begins with, the same in every thread, nothing written."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date

import numpy as np
import pytest
from qgis.core import QgsProcessingException
from qgis.PyQt.QtGui import QImage

from overdraft.core.casefile import CaseRows
from overdraft.core.errors import OverdraftError
from overdraft.core.review import Act, decide
from overdraft.processing import first_page as pages
from overdraft.processing.output import officialletters

WELL = "650421-0537"
UNIT = {"UNIT": "水利局", "PHONE": "0995-1"}
PAPERS = {
    "publicnotice": {**UNIT, "BEGIN": "2025-09-04"},
    "verdictslip": {"WELLS": WELL},
    "officialletters": {**UNIT, "KIND": "closure_notice", "WELLS": WELL, "ISSUED_ON": "2025-09-04"},
}


@pytest.fixture(scope="module")
def decided(judged_sample, tmp_path_factory):
    """The judged sample with the failed findings on one well accepted."""
    path = tmp_path_factory.mktemp("first") / "案 卷.gpkg"
    shutil.copy(judged_sample, path)
    with closing(sqlite3.connect(path)) as connection:
        ids = connection.execute(
            "SELECT finding_id FROM findings WHERE subject_role = 'wells' AND subject_id = ? AND outcome = 'fail'",
            (WELL,),
        ).fetchall()
    decide(CaseRows(path), [name for (name,) in ids], Act("accept", "李工", "li"), today=date(2026, 4, 1))
    return path


@pytest.fixture
def first(provider, decided, tmp_path, monkeypatch):
    monkeypatch.setattr(officialletters.QgsApplication, "qgisSettingsDirPath", lambda: str(tmp_path / "none"))

    def call(name, **more):
        given = {
            "CASE": str(decided),
            "OUTPUT": str(tmp_path / "out"),
            "LANGUAGE": "zh",
            **PAPERS[name],
            **more,
        }
        return pages.first_page(name, given)

    return call


def pixels(image: QImage) -> np.ndarray:
    """Grey values, row by row."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    data = np.frombuffer(grey.constBits().asstring(grey.sizeInBytes()), np.uint8)
    return data.reshape(grey.height(), grey.bytesPerLine())[:, : grey.width()]


@pytest.mark.parametrize("name", PAPERS)
def test_the_picture_is_the_first_page_of_the_printed_file(first, run, decided, tmp_path, name):
    shown = first(name)
    out = tmp_path / "printed"
    formats = {"FORMATS": ["pdf"]}
    only = {"EACH": False} if name == "verdictslip" else {}
    run(name, {"CASE": str(decided), "OUTPUT": str(out), "LANGUAGE": "zh", **PAPERS[name], **formats, **only})
    (pdf,) = out.glob("*.pdf")
    size = ["-scale-to-x", str(shown.width()), "-scale-to-y", str(shown.height())]
    page = str(tmp_path / "page")
    subprocess.run(["pdftoppm", "-png", "-singlefile", *size, str(pdf), page], check=True)
    printed = QImage(f"{page}.png")
    assert (printed.width(), printed.height()) == (shown.width(), shown.height())
    # each inked row and column of one has its like in the other, apart from the number of the page
    ends = slice(0, int(0.9 * shown.height()))
    dark = [pixels(image)[ends] < 128 for image in (shown, printed)]
    for axis in (0, 1):
        inked = [np.flatnonzero(one.any(axis=axis)) for one in dark]
        assert min(map(len, inked)) > 100
        for one, other in (inked, inked[::-1]):
            assert np.abs(one[:, None] - other).min(axis=1).max() <= 3


@pytest.mark.parametrize("name", PAPERS)
def test_another_thread_makes_the_same_page(first, name):
    with ThreadPoolExecutor(1) as other:
        elsewhere = other.submit(first, name).result()
    assert np.array_equal(pixels(first(name)), pixels(elsewhere))


@pytest.mark.parametrize(("language", "heading"), [("zh", "附件2"), ("en", "Annex 2")])
def test_the_map_of_a_notice_stands_below_its_heading_on_the_last_page(
    run, judged_sample, tmp_path, language, heading
):
    path = tmp_path / "case.gpkg"
    shutil.copy(judged_sample, path)
    with closing(sqlite3.connect(path)) as connection:
        ids = connection.execute(
            "SELECT finding_id FROM findings WHERE subject_role = 'wells' AND outcome = 'fail' AND clause <> ''"
        ).fetchall()
    decide(CaseRows(path), [name for (name,) in ids], Act("accept", "李工", "li"), today=date(2026, 4, 1))
    out = tmp_path / "notice"
    given = {"CASE": str(path), "OUTPUT": str(out), "LANGUAGE": language, "FORMATS": ["pdf"]}
    run("publicnotice", {**given, **PAPERS["publicnotice"]})
    (pdf,) = out.glob("*.pdf")
    told = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout.decode(
        "utf-8"
    )
    last = told.strip("\f").split("\f")[-1]
    assert heading in last
    assert {"zh": "为", "en": "takes them."}[language] in last


def test_tables_are_shown_by_their_first_rows(provider, decided, tmp_path):
    given = {"CASE": str(decided), "OUTPUT": str(tmp_path / "out"), "LANGUAGE": "en"}
    text = pages.first_page("exporttables", {**given, "TABLES": ["well_register", "findings"]})
    with closing(sqlite3.connect(decided)) as connection:
        (wells,) = connection.execute("SELECT count(*) FROM wells").fetchone()
    body = text.split("<tbody", 1)[1].split("</tbody>")[0]
    assert wells > 1000
    assert body.count("<tr") == 40
    assert "Well register" in text


def test_nothing_is_written_and_nobody_is_asked_for_a_name(first, decided, tmp_path):
    before = decided.read_bytes()
    first("verdictslip", PROFILE="full")
    assert not (tmp_path / "out").exists()
    assert decided.read_bytes() == before


def test_what_is_missing_is_refused(first):
    with pytest.raises(OverdraftError, match="UNIT"):
        first("publicnotice", UNIT="")
    with pytest.raises(QgsProcessingException, match="KIND"):
        first("officialletters", KIND=None)
    with pytest.raises(OverdraftError, match="no such well"):
        first("verdictslip", WELLS="no such well")
