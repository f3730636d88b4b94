"""S1, S3, S10: what people type into a case reaches every paper as text, and what belongs to persons reaches those who
may see it."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
import subprocess
import unicodedata
import zipfile
from contextlib import closing
from html.parser import HTMLParser

import openpyxl
import pytest

from overdraft.core.casefile import spatial
from overdraft.core.harmless import harmless, is_computed
from overdraft.core.personal import masked

from ..conftest import IDENTITY, PERSON, PHONE, SEALED, query

WIDE = "１３９８７６５４３２１"
FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\u00a0=1",
    "\u200b=1",
    "＝1+1",
    "＋1",
    'x\n=HYPERLINK("http://evil.example")',
)
MARKUP = (
    "<script>alert(1)</script>",
    '<img src="http://evil.example/a.png" onerror=alert(1)>',
    '<a href="file:///etc/passwd"><b>粗</b></a>',
    '<w:instrText>INCLUDETEXT "x"</w:instrText>',
    "{{unit}} {{ 7 * 7 }} {% raw %} {0.__class__}",
    "]]><x/>&amp;&#x3c;",
)
PERSONAL = (f"电话{PHONE}", f"证件{IDENTITY}", f"电话{WIDE}")
NUMBERS = (PHONE, IDENTITY, WIDE, unicodedata.normalize("NFKC", WIDE))
TEXTS = (*FORMULAS, *MARKUP, *PERSONAL)
COLUMNS = {
    "wells": ("name", "village", "permit_no", "account_no"),
    "applications": ("name", "village"),
    "events": ("doc_no", "recorded_by"),
    "evidence": ("path", "checked_by"),
    "zones": ("name", "doc_no"),
    "decisions": ("reason", "attachment", "decided_by"),
    "raw_values": ("raw_value", "value"),
    "documents": ("title", "number"),
    "persons": ("owner", "contact"),
}


@pytest.fixture(scope="module")
def case(decided, tmp_path_factory):
    """The decided sample with a hostile text in each of these columns of every row, another one from row to row."""
    path = tmp_path_factory.mktemp("hostile") / "案卷.gpkg"
    shutil.copy(decided, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        spatial.enable(connection)
        connection.execute("CREATE TEMP TABLE texts (n INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany("INSERT INTO temp.texts VALUES (?, ?)", enumerate(TEXTS))
        for table, columns in COLUMNS.items():
            for shift, column in enumerate(columns):
                connection.execute(
                    f'UPDATE "{table}" SET "{column}" = (SELECT text FROM temp.texts '
                    f"WHERE n = (fid + {5 * shift}) % {len(TEXTS)})"
                )
        connection.execute("UPDATE wells SET village = ?, name = ? WHERE well_id = ?", (*MARKUP[:2], SEALED))
        connection.execute("UPDATE persons SET owner = ?, contact = ?", (PERSON, PERSON))
        connection.execute("UPDATE wells SET user_id = 'U-1'")
    return path


PROFILES = ("public", *(pytest.param(name, marks=pytest.mark.long) for name in ("internal", "full")))


class Page(HTMLParser):
    """Tags, targets and handlers of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.targets, self.handlers = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "background", "srcset", "poster"):
                self.targets.add(value)
            if name.startswith("on"):
                self.handlers.append((tag, name))


def check(path):
    """What holds of a file of each kind; returns everything in it as one text."""
    return {".xlsx": _xlsx, ".csv": _csv, ".html": _html, ".docx": _docx, ".pdf": _pdf}[path.suffix](path)


def _xlsx(path):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    assert not [name for name in parts if re.search("externalLink|connections|vba|embeddings", name)]
    assert not [name for name, text in parts.items() if re.search("<f[ >/]|TargetMode|<hyperlink", text)]
    book = openpyxl.load_workbook(path)
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}
    assert not any(sheet.sheet_state != "visible" for sheet in book.worksheets)
    cells = [
        cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell
    ]
    return "\n".join([*map(str, cells), *parts.values()])


def _csv(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    for row in rows:
        for cell in row:
            number = re.fullmatch(r"-[\d.]+", cell)
            assert number or cell.startswith("'") or not is_computed(cell), cell
    return "\n".join(cell for row in rows for cell in row)


def _html(path):
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.handlers == []
    assert page.tags.isdisjoint({"script", "iframe", "object", "embed", "link", "form", "base", "svg", "x"})
    assert all(target.startswith(("#", "data:image/png;base64,")) for target in page.targets)
    assert "default-src 'none'" in text
    assert not re.search(r"@import|url\(", text)
    return text


def _docx(path):
    with zipfile.ZipFile(path) as archive:
        parts = {
            name: archive.read(name).decode("utf-8", "replace")
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }
    whole = "\n".join(parts.values())
    assert 'TargetMode="External"' not in whole
    assert set(re.findall(r'<w:fldSimple w:instr="([^"]*)"', whole)) <= {"PAGE"}
    assert "<w:instrText" not in whole
    return whole


def _pdf(path):
    raw = path.read_bytes()
    assert not re.search(rb"/(URI|JavaScript|JS|Launch|EmbeddedFile|OpenAction|SubmitForm)\b", raw)
    told = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True).stdout
    return told.decode("utf-8") + raw.decode("latin-1")


def looked_at(folder):
    files = sorted(folder.iterdir())
    assert files
    return {path: check(path) for path in files}


def no_numbers(found):
    for path, text in found.items():
        for number in NUMBERS:
            assert number not in text, (path.name, number)


@pytest.mark.parametrize("profile", PROFILES)
def test_all_tables_in_all_formats(run, case, tmp_path, profile):
    given = {"CASE": str(case), "FORMATS": ["xlsx", "csv", "html"], "PROFILE": profile, "LANGUAGE": "zh"}
    run("exporttables", {**given, "PERSON": "王工", "OUTPUT": str(tmp_path / "out")})
    found = looked_at(tmp_path / "out")
    assert len(found) == 25 + 2
    whole = "\n".join(found.values())
    if profile != "full":
        no_numbers(found)
    else:
        assert PHONE in whole
    assert "<script>alert(1)</script>" in whole  # in the village, which the public is told: as text
    if profile == "public":
        assert PERSON not in whole


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notice(run, case, tmp_path, language):
    given = {"CASE": str(case), "UNIT": MARKUP[0], "PHONE": "0995-1", "ABOUT": MARKUP[1], "BASIS": MARKUP[4]}
    given |= {"ADDRESS": FORMULAS[0], "BEGIN": "2025-09-04", "FORMATS": ["docx", "pdf", "html"]}
    run("publicnotice", {**given, "LANGUAGE": language, "OUTPUT": str(tmp_path / "out")})
    found = looked_at(tmp_path / "out")
    no_numbers(found)
    for text in found.values():
        assert PERSON not in text
        assert "49" not in re.findall(r"\{\{.{0,12}\}\} (\S+)", text)
    assert all("&lt;script&gt;" in text or "<script>" in text for text in found.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_slips_and_letters(run, case, tmp_path, profile):
    sheets = query(case, "SELECT group_concat(application_id, ';') FROM applications")[0][0]
    who = {"CASE": str(case), "PROFILE": profile, "PERSON": "王工", "LANGUAGE": "zh"}
    signed = {**who, "UNIT": MARKUP[0], "TO": MARKUP[2], "DOC_NO": MARKUP[4], "ADDRESS": FORMULAS[0]}
    run("verdictslip", {**who, "WELLS": SEALED, "FORMATS": ["pdf", "html"], "OUTPUT": str(tmp_path / "slip")})
    for kind, about in (
        ("closure_notice", {"WELLS": SEALED}),
        ("approval_sheet", {"APPLICATIONS": sheets}),
        ("opinion_letter", {"WELLS": SEALED, "APPLICATIONS": sheets}),
    ):
        run("officialletters", {**signed, **about, "KIND": kind, "OUTPUT": str(tmp_path / kind)})
    found = {}
    for folder in sorted(tmp_path.iterdir()):
        found |= looked_at(folder)
    if profile != "full":
        no_numbers(found)
        assert not any(PERSON in text for text in found.values())
    else:
        assert any(PERSON in text for text in found.values())
    for folder in ("closure_notice", "opinion_letter"):
        for path in (tmp_path / folder).glob("*.docx"):
            assert "{{unit}} {{ 7 * 7 }}" in found[path]  # a text that looks like a placeholder stays one


def test_a_workbook_by_gdal_computes_nothing_either(run, case, tmp_path, monkeypatch):
    from overdraft.processing import papers

    monkeypatch.setattr(papers.importlib.util, "find_spec", lambda name: None)
    tables = ["seal_ledger", "findings", "raw_values", "pair_ledger"]
    given = {"CASE": str(case), "TABLES": tables, "PROFILE": "public", "OUTPUT": str(tmp_path / "out")}
    run("exporttables", given)
    no_numbers(looked_at(tmp_path / "out"))


@pytest.mark.parametrize("text", FORMULAS)
def test_s1_every_way_to_begin_a_formula_is_known(text):
    assert harmless(text) == f"'{text}"


def test_s10_numbers_in_full_width_digits_are_masked_and_other_texts_stay():
    assert masked(f"电话{WIDE}") == "电话139****4321"
    assert masked("井深１００米") == "井深１００米"
