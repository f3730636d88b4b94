"""A slip as a file: written beside its target, then renamed, so that an older one stays whole until then."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.PyQt.QtCore import QMarginsF, QSizeF
from qgis.PyQt.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument, QTextOption

from ...core.errors import OverdraftError

_DPI = 300
_MARGIN_MM = 13.0


def write_slip(html: str, target: Path) -> None:
    """Write one page as PDF, or as HTML where the name ends so.

    Raises:
        OverdraftError: the file or its folder cannot be written, or another program holds it; an older file stays.
    """
    part = target.with_name(f"{target.stem}.part{target.suffix}")
    try:
        if target.suffix.lower() == ".html":
            part.write_text(html, encoding="utf-8")
        else:
            _write_pdf(html, part)
        os.replace(part, target)
    except OSError as error:
        detail = error.strerror or str(error)
        raise OverdraftError("slip.cannot_write", path=str(target), detail=detail) from error
    finally:
        _discard(part)


def _write_pdf(html: str, path: Path) -> None:
    """One page of A4; what is longer is made smaller until it fits."""
    with path.open("wb"):  # tells why a file cannot be written, which the writer does not
        pass
    writer = QPdfWriter(str(path))
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    wrapping = QTextOption()
    wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(wrapping)
    document.setHtml(html)
    page = QSizeF(writer.width(), writer.height())
    scale = fit(document, page)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(0, "QPdfWriter")
    painter.scale(scale, scale)
    document.drawContents(painter)
    if not painter.end():
        raise OSError(0, "QPdfWriter")


def fit(document: QTextDocument, page: QSizeF) -> float:
    """Lay the document out as wide as needed for its height to fit the page; returns the scale to draw it at."""
    scale = 1.0
    while True:
        document.setTextWidth(page.width() / scale)
        if document.size().height() * scale <= page.height() or scale < 0.2:
            return scale
        scale *= 0.95


def _discard(part: Path) -> None:
    """Remove what an interrupted write has left."""
    try:
        part.unlink(missing_ok=True)
    except OSError:  # it stays beside the target under a name that tells what it is
        return
