"""Notices, slips and letters through Processing: files read back, old ones intact after a failure, nothing half."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import docx
import pytest
from qgis.core import QgsProcessingException

from overdraft.processing import printing, saving
from overdraft.processing.output import officialletters

from ...conftest import PERSON, PHONE, SEALED, query


@pytest.fixture
def notice(run, decided, tmp_path):
    def call(feedback=None, **more):
        common = {
            "CASE": str(decided),
            "UNIT": "水利局",
            "PHONE": "0995-1",
            "BEGIN": "2025-09-04",
            "LANGUAGE": "zh",
        }
        return run("publicnotice", {**common, "OUTPUT": str(tmp_path / "out"), **more}, feedback)

    return call


_RADICALS = str.maketrans("⺟⺠⻅⻆⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰", "母民见角车长门青页风飞食马鱼鸟黄齐齿龙")


def text_of(path: Path) -> str:
    """What a reader can copy from a PDF; pdftotext gives some characters as the radicals that look the same."""
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout
    return unicodedata.normalize("NFKC", told.decode("utf-8")).translate(_RADICALS)


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def the(folder: Path, ending: str) -> Path:
    (found,) = folder.glob(f"*{ending}")
    return found


def test_a_notice_as_docx_pdf_and_html_says_the_same_rows(notice, decided, tmp_path, listener):
    heard = listener()
    answer = notice(heard, FORMATS=["docx", "pdf", "html"])
    rows = query(
        decided,
        "SELECT wells.well_id, findings.clause FROM findings JOIN decisions USING (finding_id) "
        "JOIN wells ON wells.row_id = subject_id WHERE decisions.state IN ('accepted', 'overridden')",
    )
    assert (answer["N_FINDINGS"], answer["N_WELLS"]) == (len(rows), len({well for well, _ in rows}))
    assert (answer["N_WORKDAYS"], answer["LAST_DAY"], answer["N_FILES"]) == (10, "2025-09-17", 3)
    assert any("2025" in warning for warning in heard.warnings)  # the calendar says nothing of that year
    table = docx.Document(str(the(tmp_path / "out", ".docx"))).tables[0]
    cells = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert sorted((row[1], row[6].split(" ")[-1]) for row in cells) == sorted(rows)
    printed = text_of(the(tmp_path / "out", ".pdf"))
    assert "公示时间:2025年9月4日至9月17日,共10个工作日。" in squeezed(printed)
    lines = [line.split() for line in printed.split("\n")]
    listed = sorted(
        (line[1], line[-1]) for line in lines if len(line) > 4 and line[0].isdigit() and "-" in line[1]
    )
    assert listed == sorted(rows)
    assert "<script>" in printed
    for text in (printed, the(tmp_path / "out", ".html").read_text(encoding="utf-8")):
        assert PERSON not in text
        assert PHONE not in text


def test_no_row_of_a_long_table_is_torn_and_every_page_has_its_headings(notice, decided, tmp_path):
    notice(FORMATS=["pdf"], STATES=["accepted", "overridden", "open"])
    pages = text_of(the(tmp_path / "out", ".pdf")).split("\f")
    tables = [page for page in pages if "机井编号" in page and "依据条款" in page]
    numbers = [
        int(line.split()[0])
        for page in pages
        for line in page.split("\n")
        if line.strip()[:1].isdigit() and "TLF" in line
    ]
    (n,) = query(
        decided,
        "SELECT count(*) FROM findings LEFT JOIN decisions USING (finding_id) WHERE subject_role = 'wells' "
        "AND clause <> '' AND coalesce(state, 'open') IN ('accepted', 'overridden', 'open')",
    )[0]
    assert len(numbers) == n > 200
    assert numbers == sorted(numbers)
    assert len(tables) > 3


def test_a_failure_leaves_the_older_files_and_nothing_half(notice, tmp_path, monkeypatch):
    notice()
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(before) == 2

    def broken(*args):
        raise OSError(28, "No space left on device", "disk")

    monkeypatch.setattr(printing, "print_document", broken)
    with pytest.raises(QgsProcessingException, match="disk"):
        notice(UNIT="另一单位")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_cancelled_nothing_is_written(notice, tmp_path, listener):
    notice(listener(cancel_at=30))
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_without_python_docx_html_takes_its_place_and_the_log_says_so(
    notice, tmp_path, monkeypatch, listener
):
    import overdraft.core.papers.word_file as word_file

    monkeypatch.setattr(word_file, "docx_missing", lambda: "No module named 'docx'")
    heard = listener()
    notice(heard)
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".html", ".pdf"}
    assert any("python-docx" in warning for warning in heard.warnings)


def test_what_is_wrong_is_said_before_or_in_the_run(notice, provider, context, decided):
    for more in ({"UNIT": ""}, {"PHONE": ""}, {"WELLS": "NOBODY"}, {"END": "2025-09-01"}):
        with pytest.raises(QgsProcessingException):
            notice(**more)
    check = provider.algorithm("publicnotice").create().checkParameterValues
    ok, why = check({"CASE": str(decided), "BEGIN": "2025-13-01", "OUTPUT": "x"}, context)
    assert (ok, "2025-13-01" in why) == (False, True)


def test_slips_one_by_one_and_together(run, decided, tmp_path):
    wells = [SEALED, "650402-2621", "650402-0001"]
    given = {
        "CASE": str(decided),
        "WELLS": ";".join(wells),
        "LANGUAGE": "zh",
        "OUTPUT": str(tmp_path / "slips"),
    }
    answer = run("verdictslip", {**given, "FORMATS": ["pdf", "html"]})
    found = query(
        decided, "SELECT finding_id, subject_id FROM findings WHERE subject_id IN (?, ?, ?)", *wells
    )
    assert (answer["N_WELLS"], answer["N_FINDINGS"], answer["N_FILES"]) == (3, len(found), 7)
    together = tmp_path / "slips" / "案卷 全部结论单.pdf"
    pages = text_of(together).split("\f")[:-1]
    assert len(pages) == 3
    for well in wells:
        alone = text_of(tmp_path / "slips" / f"案卷 {well}.pdf")
        page = (tmp_path / "slips" / f"案卷 {well}.html").read_text(encoding="utf-8")
        assert alone.count("\f") == 1
        assert squeezed(alone) in map(squeezed, pages)
        for code, subject in found:
            assert (code in alone) == (code in page) == (subject == well)
        assert page.count("data:image/png") == 1
        assert PERSON not in page
    head = query(decided, "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")[0][0]
    assert all(head in page for page in pages)


def test_a_public_slip_has_no_map_and_one_in_full_is_on_record(run, decided, tmp_path):
    case = tmp_path / "copy.gpkg"
    shutil.copy(decided, case)
    given = {"CASE": str(case), "WELLS": SEALED, "LANGUAGE": "zh", "FORMATS": ["html"], "TOGETHER": False}
    run("verdictslip", {**given, "PROFILE": "public", "OUTPUT": str(tmp_path / "p")})
    page = the(tmp_path / "p", ".html").read_text(encoding="utf-8")
    assert ("data:image" in page, "公开件不反映" in page, PERSON in page) == (False, True, False)
    with pytest.raises(QgsProcessingException, match="PERSON"):
        run("verdictslip", {**given, "PROFILE": "full", "OUTPUT": str(tmp_path / "f")})
    run("verdictslip", {**given, "PROFILE": "full", "PERSON": "王工", "OUTPUT": str(tmp_path / "f")})
    assert PHONE in the(tmp_path / "f", ".html").read_text(encoding="utf-8")
    assert query(case, "SELECT kind, who FROM history ORDER BY seq DESC LIMIT 1") == [("export", "王工")]
    with pytest.raises(QgsProcessingException, match="EACH"):
        run("verdictslip", {**given, "EACH": False, "OUTPUT": str(tmp_path / "n")})


def test_letters_from_the_users_template_and_from_ours(run, decided, tmp_path, monkeypatch, listener):
    mine = tmp_path / "profile" / "overdraft" / "papers"
    monkeypatch.setattr(
        officialletters.QgsApplication, "qgisSettingsDirPath", staticmethod(lambda: str(tmp_path / "profile"))
    )
    given = {
        "CASE": str(decided),
        "KIND": "closure_notice",
        "WELLS": SEALED,
        "UNIT": "水利局",
        "LANGUAGE": "zh",
    }
    answer = run("officialletters", {**given, "END": "2026-05-31", "OUTPUT": str(tmp_path / "a")})
    assert (answer["N_LETTERS"], answer["N_FILES"]) == (1, 2)
    printed, written = (
        squeezed(text_of(the(tmp_path / "a", ".pdf"))),
        docx.Document(str(the(tmp_path / "a", ".docx"))),
    )
    text = squeezed("".join(paragraph.text for paragraph in written.paragraphs))
    assert text == printed
    assert "2026年5月31日前" in printed
    (code,) = query(
        decided, "SELECT finding_id FROM findings WHERE subject_id = ? AND action = 'seal'", SEALED
    )[0]
    assert code in printed
    assert "张**" in printed
    mine.mkdir(parents=True)
    own = docx.Document()
    own.add_paragraph("自有模板 {{well_id}}")
    own.save(str(mine / "closure_notice.docx"))
    heard = listener()
    run("officialletters", {**given, "FORMATS": ["docx"], "OUTPUT": str(tmp_path / "b")}, heard)
    assert docx.Document(str(the(tmp_path / "b", ".docx"))).paragraphs[0].text == f"自有模板 {SEALED}"
    assert any(str(mine) in told for told in heard.infos)
    with pytest.raises(QgsProcessingException, match="KIND"):
        run("officialletters", {**given, "KIND": None, "OUTPUT": str(tmp_path / "c")})


def test_an_approval_sheet_fits_one_page(run, decided, tmp_path):
    given = {"CASE": str(decided), "KIND": "approval_sheet", "APPLICATIONS": "SQ-2025-001", "UNIT": "水利局"}
    run("officialletters", {**given, "LANGUAGE": "zh", "FORMATS": ["pdf"], "OUTPUT": str(tmp_path / "a")})
    assert text_of(the(tmp_path / "a", ".pdf")).count("\f") == 1


def test_names_of_files_hold_everywhere_and_none_is_taken_twice():
    taken: set[str] = set()
    names = [saving.free_name(taken, "案卷", part) for part in ("A/B", "A:B", "a_b", "..", "x" * 300, "")]
    assert names == ["案卷 A_B", "案卷 A_B (2)", "案卷 a_b (3)", "案卷", names[4], "案卷 (2)"]
    assert len(names[4]) == 80
