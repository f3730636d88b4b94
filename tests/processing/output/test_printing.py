"""Documents over pages of A4: what belongs together stays together."""

from __future__ import annotations

import subprocess

import pytest

from overdraft.core.papers.document import Block, Document
from overdraft.processing.printing import document_picture, print_document


def pages_of(path):
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout
    return told.decode("utf-8").split("\f")[:-1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_heading_stands_on_the_page_of_what_it_heads(qgis_app, tmp_path, language):
    ends = set()  # pages on which the heading came to stand
    for before in range(14, 40):
        blocks = [Block("title", "T"), *(Block("text", f"line {n}") for n in range(before))]
        blocks += [Block("heading", "HEADING"), Block("text", "what it heads"), Block("text", "more")]
        path = tmp_path / f"{before}.pdf"
        print_document(Document("T", tuple(blocks), language), path)
        pages = pages_of(path)
        (number,) = (number for number, page in enumerate(pages) if "HEADING" in page)
        assert "what it heads" in pages[number], before
        ends.add(number)
    assert ends == {0, 1}


def test_the_picture_of_the_first_page_is_the_same_with_many_pages_behind_it(qgis_app):
    few = tuple(Block("text", f"line {n}") for n in range(60))
    many = few + tuple(Block("text", f"line {n}") for n in range(60, 400))
    assert document_picture(Document("T", few, "en")) == document_picture(Document("T", many, "en"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_heading_is_lost_where_a_new_page_begins_with_it(qgis_app, tmp_path, language):
    from qgis.PyQt.QtCore import QBuffer, QIODevice
    from qgis.PyQt.QtGui import QImage

    from overdraft.core.papers.document import Picture

    image, held = QImage(400, 300, QImage.Format.Format_RGB32), QBuffer()
    image.fill(0xFF8080)
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(held, "PNG")
    picture = Picture(bytes(held.data()), "png")
    for before in range(14, 40):
        blocks = [Block("title", "T"), *(Block("text", f"line {n}") for n in range(before))]
        blocks += [Block("heading", "HEADING"), Block("text", "what it heads"), Block("break")]
        blocks += [Block("picture", "ANNEX", picture=picture), Block("note", "below it")]
        path = tmp_path / f"{before}.pdf"
        print_document(Document("T", tuple(blocks), language), path)
        pages = pages_of(path)
        assert "ANNEX" in pages[-1], before
        assert "below it" in pages[-1], before
        assert sum("HEADING" in page for page in pages) == 1, before
