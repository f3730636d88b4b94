"""Letters from templates: what is put in is text and a query on the case; a template that reaches out is refused."""

from __future__ import annotations

import html
import json
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from overdraft.core.casefile import CaseRows, Change
from overdraft.core.errors import OverdraftError
from overdraft.core.papers import open_book
from overdraft.core.papers.letter import BLANK, KINDS, LETTER_NEEDS, Addressed, letters
from overdraft.core.papers.template import filled, template_of
from overdraft.core.papers.word_page import letter_page
from overdraft.core.policy import load_policy
from overdraft.core.schema import RESOURCES, results_schema

from .conftest import IDENTITY, PERSON, PHONE, SCRIPT, SEALED, query

OURS = RESOURCES / "papers"
APPLICATION = "SQ-2025-002"
ASKED = Addressed("高昌区水利局", date(2026, 4, 10), doc_no="高水函〔2026〕3号", deadline=date(2026, 5, 31))


def made(
    path, kind, language="zh", wells=(SEALED,), applications=(APPLICATION,), profile="internal", asked=ASKED
):
    return letters(open_book(path, LETTER_NEEDS, language), kind, asked, wells, applications, profile)


def text_of(document):
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.fixture
def template(tmp_path):
    """``template(lines)``: a template with a paragraph for each line."""

    def write(*lines, change=None):
        document = docx.Document()
        for line in lines:
            document.add_paragraph(line)
        if change:
            change(document)
        path = tmp_path / "own.docx"
        document.save(str(path))
        return path

    return write


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_our_templates_are_filled_to_the_last_placeholder(decided, kind, language):
    (letter,) = made(decided, kind, language)
    document = filled(template_of(kind, language, [OURS]), letter.values)
    text = text_of(document)
    assert "{{" not in text
    assert "吐政办〔2021〕36号" in text
    policy, cited = load_policy("turpan-2021"), set(re.findall(r"TLF-[0-9.]+[a-z]?", text))
    assert cited
    for clause in cited & set(policy.clauses) - _conditions(decided):
        assert policy.clauses[clause].quote in text
    page = letter_page(document, "x", language)
    assert "<script" not in page
    for paragraph in document.paragraphs:
        for line in filter(None, paragraph.text.split("\n")):
            assert line in html.unescape(page)


def _conditions(path):
    """Clauses of conditions alone: an approval sheet names them without their words."""
    (told,) = query(path, "SELECT conditions FROM vetting WHERE application_id = ?", APPLICATION)[0]
    return {item["clause"] for item in json.loads(told)}


def test_a_closure_notice_cites_the_finding_that_asks_for_it_and_no_other(decided):
    (letter,) = made(decided, "closure_notice")
    rows = query(
        decided,
        "SELECT finding_id, clause, action FROM findings WHERE subject_id = ? "
        "AND action IN ('seal', 'close', 'dismantle')",
        SEALED,
    )
    assert len(rows) == 1
    name, clause, action = rows[0]
    assert (letter.values["codes"], letter.values["n_findings"]) == (name, "1")
    assert letter.values["actions"] == results_schema().enums["action"][action].zh
    assert set(re.findall(r"TLF-[0-9.]+[a-z]?", letter.values["clauses"])) == {clause}
    assert letter.values["deadline"] == "2026年5月31日"
    well = query(decided, "SELECT well_id, depth_m FROM wells WHERE row_id = ?", SEALED)[0]
    assert (letter.values["well_id"], float(letter.values["depth_m"])) == well


def test_no_well_is_ordered_to_be_closed_without_a_decision_that_stands(case):
    (name,) = query(case, "SELECT finding_id FROM findings WHERE subject_id = ? AND action = 'seal'", SEALED)[
        0
    ]
    for change in ({"stale": 1}, {"stale": 0, "state": "open"}):
        CaseRows(case).apply([Change("decisions", {"finding_id": name}, {}, change)], [])
        with pytest.raises(OverdraftError, match="No decided finding"):
            made(case, "closure_notice")


def test_an_approval_sheet_says_what_the_vetting_said(decided):
    (letter,) = made(decided, "approval_sheet")
    permission, fired, conditions = query(
        decided, "SELECT permission, fired, conditions FROM vetting WHERE application_id = ?", APPLICATION
    )[0]
    assert letter.values["permission"] == results_schema().enums["permission"][permission].zh
    for name, told in (("tests", fired), ("conditions", conditions)):
        clauses = [item["clause"] for item in json.loads(told)]
        assert [line.split("：")[0].split(" ")[-1] for line in letter.values[name].split("\n")] == clauses
    assert (
        letter.values["approval_no"]
        == query(decided, "SELECT approval_no FROM applications WHERE application_id = ?", APPLICATION)[0][0]
    )


def test_profiles_show_the_owner_in_full_masked_or_not_at_all(decided):
    owners = {
        profile: made(decided, "closure_notice", profile=profile)[0].values
        for profile in ("public", "internal", "full")
    }
    assert [owners[profile]["owner"] for profile in owners] == [BLANK, "张**", PERSON]
    assert [owners[profile]["owner_phone"] for profile in owners] == [BLANK, "138****5678", PHONE]
    assert owners["public"]["name"] == BLANK
    for values in owners.values():
        assert not any(IDENTITY in value for value in values.values())
    for profile in ("public", "internal"):
        assert not any(PHONE in value for value in owners[profile].values())


def test_texts_put_in_stay_texts(decided, template, tmp_path):
    (letter,) = made(decided, "closure_notice")
    values = {**letter.values, "to": "{{unit}} <w:br/> & \x00", "phone": "one\ntwo"}
    path = template("To {{ to }}.", "{{phone}} {{place}}")
    document = filled(path, values)
    document.save(str(tmp_path / "o.docx"))
    opened = docx.Document(str(tmp_path / "o.docx"))
    assert opened.paragraphs[0].text == "To {{unit}} <w:br/> & \ufffd."
    assert opened.paragraphs[1].text.startswith("one\ntwo ")
    assert SCRIPT in opened.paragraphs[1].text


def test_a_placeholder_that_word_has_split_keeps_the_type_of_its_beginning(template):
    def split(document):
        paragraph = document.add_paragraph()
        paragraph.add_run("a {{un").bold = True
        paragraph.add_run("it")
        paragraph.add_run("}} b").italic = True

    document = filled(template(change=split), {"unit": "X"})
    runs = [(run.text, run.bold, run.italic) for run in document.paragraphs[0].runs]
    assert runs == [("a X", True, None), ("", None, None), (" b", None, True)]


def test_headers_footers_and_cells_are_filled_too(template):
    def more(document):
        document.sections[0].header.paragraphs[0].text = "H {{unit}}"
        document.sections[0].footer.paragraphs[0].text = "F {{unit}}"
        document.add_table(1, 1).rows[0].cells[0].text = "C {{unit}}"

    document = filled(template(change=more), {"unit": "X"})
    assert document.sections[0].header.paragraphs[0].text == "H X"
    assert document.sections[0].footer.paragraphs[0].text == "F X"
    assert document.tables[0].rows[0].cells[0].text == "C X"


def test_an_unknown_name_is_an_error_that_names_it(template):
    with pytest.raises(OverdraftError) as caught:
        filled(template("{{unit}} {{nobody_knows}}"), {"unit": "X"})
    assert (caught.value.key, caught.value.values["found"]) == ("papers.letter.unknown", ["nobody_knows"])
    for text in ("{{unit", "{{unit}} {{Unit}}", "{{x.__class__}}", "{{unit()}}"):
        with pytest.raises(OverdraftError, match="placeholder"):
            filled(template(text), {"unit": "X"})


def field(code):
    def change(document):
        element = OxmlElement("w:fldSimple")
        element.set(qn("w:instr"), code)
        document.add_paragraph()._p.append(element)

    return change


def complex_field(document):
    run = document.add_paragraph().add_run()._r
    for text in ("INCLUDE", 'TEXT "http://x/y"'):
        element = OxmlElement("w:instrText")
        element.text = text
        run.append(element)


def link(document):
    document.part.relate_to("http://x/y", "http://schemas.openxmlformats.org/x/hyperlink", is_external=True)


@pytest.mark.parametrize(
    "change", [field('DDEAUTO c:\\\\cmd.exe "/c"'), field('INCLUDEPICTURE "http://x"'), complex_field, link]
)
def test_a_template_that_reaches_out_is_refused(template, change):
    with pytest.raises(OverdraftError, match="reaches out"):
        filled(template("x", change=change), {})


def test_harmless_fields_stay(template):
    filled(template("x", change=field("PAGE \\* MERGEFORMAT")), {})


def test_what_is_no_docx_is_refused(tmp_path):
    for name, content in (("text.docx", b"no zip"), ("empty.docx", b"")):
        (tmp_path / name).write_bytes(content)
    with zipfile.ZipFile(tmp_path / "other.docx", "w") as packed:
        packed.writestr("a.txt", "b")
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"\0" * 41 * 2**20)
    for name in ("text.docx", "empty.docx", "other.docx", "bomb.docx", "none.docx"):
        with pytest.raises(OverdraftError, match=name):
            filled(tmp_path / name, {})


def test_an_entity_in_a_template_is_not_followed(template, tmp_path):
    path, secret = template("{{unit}} &x;"), tmp_path / "secret.txt"
    secret.write_text("SECRET")
    hostile = tmp_path / "hostile.docx"
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(hostile, "w") as out:
        for name in packed.namelist():
            data = packed.read(name)
            if name == "word/document.xml":
                kind = f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
                data = data.replace(b"?>", b"?>" + kind, 1).replace(b"&amp;x;", b"&x;")
            out.writestr(name, data)
    try:
        text = text_of(filled(hostile, {"unit": "X"}))
    except OverdraftError:
        return
    assert "SECRET" not in text


def test_the_users_template_wins_then_the_language_then_ours(tmp_path):
    (tmp_path / "mine").mkdir()
    folders = [tmp_path / "mine", OURS]
    assert template_of("closure_notice", "zh", folders) == OURS / "closure_notice.zh.docx"
    for name in ("closure_notice.docx", "closure_notice.zh.docx"):
        shutil.copy(OURS / "closure_notice.zh.docx", tmp_path / "mine" / name)
        assert template_of("closure_notice", "zh", folders) == tmp_path / "mine" / name
    assert template_of("closure_notice", "en", folders) == tmp_path / "mine/closure_notice.docx"
    with pytest.raises(OverdraftError, match="no template"):
        template_of("closure_notice", "zh", [Path(tmp_path)])


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        ("closure_notice", {"wells": ()}, "WELLS"),
        ("approval_sheet", {"applications": ()}, "APPLICATIONS"),
        ("opinion_letter", {"wells": (), "applications": ()}, "WELLS, APPLICATIONS"),
        ("approval_sheet", {"applications": ("NONE",)}, "NONE"),
        ("closure_notice", {"wells": ("NONE",)}, "NONE"),
        ("closure_notice", {"asked": Addressed(" ", date(2026, 4, 1))}, "UNIT"),
    ],
)
def test_what_is_missing_is_said(decided, kind, more, why):
    with pytest.raises(OverdraftError) as caught:
        made(decided, kind, **more)
    assert why in caught.value.text("en")
