"""A text with tables and pictures, as notices, letters and slips are: what DOCX, HTML and PDF are made of alike."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import OverdraftError
from ..harmless import printable
from ..report.render import environment
from .page import told
from .table import Table

KINDS = ("title", "heading", "text", "quote", "right", "mark", "note", "table", "picture", "break")
"""Kinds of block. ``right``: signature and day. ``mark``: what nobody may overlook. ``break``: a new page."""

MOST_PICTURE = 20 * 1024 * 1024
"""Bytes of a picture file."""

_LOOKED_AT = 200
_NEEDS = (5, 32)
_LETTERS = 0.9
"""Letters of a table to each percent of the width of a page."""

_WORD = re.compile(r"[!-~]+")

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


@dataclass(frozen=True)
class Picture:
    """A picture with its format, ``png`` or ``jpeg``.

    Attributes:
        ratio: height by width, where whoever drew it says so. A printer must be told both: Qt keeps the shape of a
            picture of which it knows only the width in the main thread alone.
    """

    data: bytes
    kind: str
    ratio: float | None = None

    @property
    def inline(self) -> str:
        """As a page holds it, without reaching out to a file."""
        return f"data:image/{self.kind};base64,{base64.b64encode(self.data).decode('ascii')}"


@dataclass(frozen=True)
class Block:
    """One paragraph, table or picture; ``kind`` of :data:`KINDS`."""

    kind: str
    text: str = ""
    table: Table | None = None
    picture: Picture | None = None


@dataclass(frozen=True)
class Document:
    """Blocks in their order.

    Attributes:
        title: for the properties of the file. language: ``en`` or ``zh``.
    """

    title: str
    blocks: tuple[Block, ...]
    language: str


@dataclass(frozen=True)
class Paging:
    """What a printer knows of its pages, by the place of a block.

    Attributes:
        breaks: of a table, the rows before which a page ends. sizes: of a picture, width and height in pixels.
    """

    breaks: Mapping[int, Sequence[int]] = field(default_factory=dict)
    sizes: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def picture_of(path: Path) -> Picture:
    """A picture file as a document holds it.

    Raises:
        OverdraftError: it cannot be read, is too large, or is neither PNG nor JPEG.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(MOST_PICTURE + 1)
    except OSError as error:
        raise OverdraftError(
            "papers.picture_unreadable", path=str(path), detail=error.strerror or str(error)
        ) from error
    kind = next((kind for sign, kind in _SIGNATURES.items() if data.startswith(sign)), "")
    if not kind or len(data) > MOST_PICTURE:
        raise OverdraftError("papers.picture_unknown", path=str(path), allowed=MOST_PICTURE // 2**20)
    return Picture(data, kind)


def document_page(document: Document, paging: Paging | None = None) -> str:
    """A document as one HTML page without scripts or anything from elsewhere; texts are shown as they are.

    Args:
        paging: for a printer that knows only simple markup; None: for a window.

    Raises:
        OverdraftError: the package jinja2 is missing.
    """
    blocks = [
        {
            "kind": block.kind,
            "text": printable(block.text),
            "picture": block.picture,
            "size": paging.sizes.get(place) if paging else None,
            "table": block.table,
            "parts": _parts(block.table, paging.breaks.get(place, ()) if paging else None)
            if block.table
            else [],
            "widths": shares(block.table) if block.table else [],
        }
        for place, block in enumerate(document.blocks)
    ]
    context = {
        "lang": "zh-CN" if document.language == "zh" else "en",
        "title": printable(document.title),
        "blocks": blocks,
        "paged": paging is not None,
    }
    return environment().get_template("document.html.j2").render(context)


def shares(table: Table) -> list[int]:
    """Percent of the width for each column, by what its heading and first cells need; a Chinese character takes two."""
    needs = []
    for column in table.columns:
        shown = [*column.label.split(), *(told(value) for value in column.values[:_LOOKED_AT])]
        longest = max(
            (sum(2 if ord(letter) > 0x2E7F else 1.3 for letter in text) for text in shown), default=1
        )
        needs.append(min(max(longest, _NEEDS[0]), _NEEDS[1]) + 3)
    return [max(int(100 * need / sum(needs)), 1) for need in needs]


def parted(text: str, most: float) -> str:
    """A text whose words may be broken where they are much longer than their column: it would grow, and the columns of
    a table that is parted by pages would not stand below one another."""
    if len(text) <= most:
        return text
    size = max(int(most), 1)
    return _WORD.sub(
        lambda word: "\u200b".join(word[0][at : at + size] for at in range(0, len(word[0]), size)), text
    )


def _parts(table: Table, breaks: Sequence[int] | None) -> list[list[list[str]]]:
    """The rows as texts, parted where a page ends; None: for a window, which breaks words itself."""
    rows = [[printable(told(value)) for value in row] for row in table.rows]
    if breaks is not None:
        most = [max(share * _LETTERS, _NEEDS[1] // 2) for share in shares(table)]
        rows = [[parted(text, room) for text, room in zip(row, most, strict=True)] for row in rows]
    ends = [*(breaks or ()), len(rows)]
    return [rows[begin:end] for begin, end in zip([0, *(breaks or ())], ends, strict=True)]
