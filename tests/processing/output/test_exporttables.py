"""``exporttables`` through Processing: files, outputs, who exported, and what survives a failure."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from overdraft.core.casefile import spatial

HOSTILE = '案 <b>卷 &amp; "#?.gpkg'


@pytest.fixture
def case(judged_sample, tmp_path):
    path = tmp_path / HOSTILE
    shutil.copy(judged_sample, path)
    return path


@pytest.fixture
def run(provider):
    """``run(parameters)``: the outputs, or the error in words."""

    def go(parameters, feedback=None):
        algorithm = provider.algorithm("exporttables").create()
        context = QgsProcessingContext()
        told = feedback or QgsProcessingFeedback()
        fine, problem = algorithm.checkParameterValues(parameters, context)
        assert fine, problem
        return algorithm.run(parameters, context, told, catchExceptions=False)[0]

    return go


def of_history(case):
    with closing(sqlite3.connect(case)) as connection:
        return connection.execute("SELECT kind, who, after FROM history ORDER BY seq DESC LIMIT 1").fetchone()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_formats_say_the_same(run, case, tmp_path, language):
    from openpyxl import load_workbook

    folder = tmp_path / "out"
    given = {"CASE": str(case), "TABLES": ["well_register"], "FORMATS": ["xlsx", "csv", "html"]}
    out = run({**given, "LANGUAGE": language, "OUTPUT": str(folder)})
    with closing(sqlite3.connect(case)) as connection:
        (n,) = connection.execute("SELECT count(*) FROM wells").fetchone()
    assert (out["N_TABLES"], out["N_ROWS"], out["N_FILES"]) == (1, n, 3)
    kinds = {path.suffix: path for path in folder.iterdir()}
    assert set(kinds) == {".xlsx", ".csv", ".html"}
    mark = {"en": "internal", "zh": "内部"}[language]
    assert all(mark in path.name and "<" not in path.name for path in kinds.values())
    sheet = load_workbook(kinds[".xlsx"]).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    first = next(place for place, row in enumerate(rows) if row[1] and row[2] and row[3])
    with kinds[".csv"].open(encoding="utf-8-sig", newline="") as handle:
        texts = list(csv.reader(handle))
    assert [str(value or "") for value in rows[first]] == texts[0]
    for one, other in zip(rows[first + 1 : first + 1 + n : 97], texts[1 : 1 + n : 97], strict=True):
        for value, text in zip(one, other, strict=True):
            assert (value is None) == (text == "")
            if isinstance(value, (int, float)):
                assert float(text) == value
            elif isinstance(value, str):
                assert text == value
    page = kinds[".html"].read_text(encoding="utf-8")
    assert page[page.index("<thead>") :].count("<tr>") == n + 1 + 3  # headings, two groups and the whole


def test_in_full_only_with_a_name_which_the_history_keeps(run, case, tmp_path):
    given = {
        "CASE": str(case),
        "TABLES": ["well_register"],
        "PROFILE": "full",
        "OUTPUT": str(tmp_path / "out"),
    }
    with pytest.raises(Exception, match="PERSON"):
        run(given)
    assert not (tmp_path / "out").exists()
    before = of_history(case)
    run({**given, "PERSON": "审核员甲"})
    kind, who, after = of_history(case)
    assert (kind, who) == ("export", "审核员甲")
    assert "well_register" in after
    assert before[0] != "export"


def test_without_openpyxl_the_driver_of_gdal_writes_the_workbook(run, case, tmp_path, monkeypatch):
    from openpyxl import load_workbook

    from overdraft.processing import papers

    monkeypatch.setattr(papers.importlib.util, "find_spec", lambda name: None)
    with closing(sqlite3.connect(case)) as connection, connection:
        spatial.enable(connection)
        connection.execute("UPDATE wells SET name = '=1+1' WHERE fid = 1")
        (n,) = connection.execute("SELECT count(*) FROM wells").fetchone()
    given = {"CASE": str(case), "TABLES": ["well_register"], "LANGUAGE": "zh"}
    run({**given, "OUTPUT": str(tmp_path / "out")})
    (path,) = (tmp_path / "out").iterdir()
    book = load_workbook(path)
    assert book.sheetnames == ["机井台账（一井一档）", "合计与说明"]  # as the paper speaks, not QGIS
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == n + 1
    assert "'=1+1" in {row[2] for row in rows}
    assert {cell.data_type for row in book.worksheets[0].iter_rows(max_row=50) for cell in row} <= {
        "s",
        "n",
        "d",
    }
    sums = {row[1]: row[2] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert any(str(key).startswith("合计（") for key in sums)


def test_r11_r12_an_older_file_survives_a_failure_and_the_message_names_what_cannot_be_written(
    run, case, tmp_path, monkeypatch
):
    from overdraft.processing.layers.beside import BesideFile

    folder = tmp_path / "out"
    given = {
        "CASE": str(case),
        "TABLES": ["well_register"],
        "FORMATS": ["xlsx", "csv"],
        "OUTPUT": str(folder),
    }
    run(given)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def refuse(self):
        raise PermissionError(13, "open in another program", str(self.target))

    monkeypatch.setattr(BesideFile, "commit", refuse)
    with pytest.raises(Exception, match="open in another program") as caught:
        run(given)
    assert ".xlsx" in str(caught.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("share", [0, 5, 50, 99])
def test_r14_a_cancelled_export_leaves_nothing(run, case, tmp_path, share):
    class Cancelling(QgsProcessingFeedback):
        def setProgress(self, percent):
            super().setProgress(percent)
            if percent >= share:
                self.cancel()

    folder = tmp_path / "out"
    given = {
        "CASE": str(case),
        "TABLES": ["well_register"],
        "FORMATS": ["xlsx", "csv"],
        "OUTPUT": str(folder),
    }
    assert run(given, Cancelling()) == {}
    assert not folder.exists() or list(folder.iterdir()) == []
    assert run(given)["N_FILES"] == 2


def test_s10_no_file_for_the_public_holds_a_number(run, case, tmp_path):
    with closing(sqlite3.connect(case)) as connection, connection:
        spatial.enable(connection)
        connection.execute(
            "UPDATE wells SET name = '电话13812345678', permit_no = '许13912345678' WHERE fid % 7 = 0"
        )
    for profile in ("public", "internal"):
        given = {"CASE": str(case), "FORMATS": ["csv", "html"], "PROFILE": profile}
        run({**given, "OUTPUT": str(tmp_path / profile)})
        for path in Path(tmp_path / profile).iterdir():
            text = path.read_text(encoding="utf-8-sig")
            assert "13812345678" not in text, path.name
            assert "13912345678" not in text, path.name


def test_the_tables_on_offer_are_those_that_can_be_printed():
    from overdraft.core.papers import KINDS
    from overdraft.processing.paper_options import TABLES

    assert list(KINDS) == list(TABLES)
