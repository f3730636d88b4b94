"""U8: what maps tell apart by colour is told apart in black and white too, by shape, hatch or grey."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from qgis.core import QgsRenderContext, QgsSymbol
from qgis.PyQt.QtCore import QPointF
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPolygonF

from overdraft.processing.maps.drawing import DRAWINGS, by_year
from overdraft.processing.maps.house import house
from overdraft.processing.maps.sheets import marker_scale

SIDE_MM, DPI = 9.0, 300
MEAN, STRONG, SHARE = 30, 40, 0.05
"""Two symbols differ by 30 of 256 greys on the whole of what either inks, or by 40 on a twentieth of it."""
APART = ("neighbours", "inset", "scenery_areas")
"""Bear no meaning, or their own names on the map."""


@pytest.fixture(scope="module")
def style(qgis_app):
    return house()


def printed(symbol: QgsSymbol, paper: QColor) -> np.ndarray:
    """A symbol in greys, as a printer without colours has it."""
    side = int(SIDE_MM / 25.4 * DPI)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(paper)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    context = QgsRenderContext.fromQPainter(painter)
    context.setScaleFactor(DPI / 25.4)
    symbol = symbol.clone()
    symbol.startRender(context)
    low, high = 0.1 * side, 0.9 * side
    if symbol.type() == QgsSymbol.SymbolType.Marker:
        symbol.renderPoint(QPointF(side / 2, side / 2), None, context)
    elif symbol.type() == QgsSymbol.SymbolType.Line:
        symbol.renderPolyline(QPolygonF([QPointF(0, side / 2), QPointF(side, side / 2)]), None, context)
    else:
        corners = [QPointF(x, y) for x, y in ((low, low), (high, low), (high, high), (low, high), (low, low))]
        symbol.renderPolygon(QPolygonF(corners), None, None, context)
    symbol.stopRender(context)
    painter.end()
    greys = image.convertToFormat(QImage.Format.Format_Grayscale8)
    bits = greys.constBits()
    bits.setsize(greys.sizeInBytes())
    return np.frombuffer(bytes(bits), np.uint8).reshape(side, greys.bytesPerLine())[:, :side].astype(int)


def alike(symbols: dict[str, QgsSymbol], paper: QColor) -> list[tuple[str, str, int, float]]:
    """Pairs of symbols that print alike, with how far they differ."""
    pictures = {name: printed(symbol, paper) for name, symbol in symbols.items()}
    ground = int(next(iter(pictures.values()))[1, 1])
    found = []
    for one, other in combinations(pictures, 2):
        ink = (abs(pictures[one] - ground) > 8) | (abs(pictures[other] - ground) > 8)
        differ = abs(pictures[one] - pictures[other])[ink]
        if differ.mean() < MEAN and (differ > STRONG).mean() < SHARE:
            found.append((one, other, round(differ.mean()), round((differ > STRONG).mean(), 2)))
    return found


@pytest.mark.parametrize("name", [name for name in DRAWINGS if name not in APART])
def test_u8_symbols_of_a_legend_print_apart(style, name):
    symbols = {symbol: style.symbol(symbol) for _, symbol, _, _ in DRAWINGS[name].rows}
    assert alike(symbols, QColor(style.colour("paper"))) == []


@pytest.mark.parametrize("n_years", [1, 2, 5, 12])
def test_u8_years_of_retirement_print_apart(style, n_years):
    symbols = {str(first): made for first, _, made in by_year(style, range(2010, 2010 + n_years))}
    symbols |= {name: style.symbol(name) for name in ("retired_other", "restored", "still_irrigated")}
    assert alike(symbols, QColor(style.colour("paper"))) == []


def test_u8_a_colour_alone_would_not_do(style):
    paper = QColor(style.colour("paper"))
    red, green = (
        {"marker": "circle", "size": 2.0, "line": "white", "fill": fill} for fill in ("red", "green")
    )
    dots = {"red": style.pile([red]), "green": style.pile([green])}
    assert [pair[:2] for pair in alike(dots, paper)] == [("red", "green")]
    assert alike({"a": style.symbol("general"), "b": style.symbol("general")}, paper) != []


@pytest.mark.parametrize("n", [7, 7_000, 70_000])
def test_u8_outcomes_print_apart_at_the_size_that_many_wells_have(style, n):
    names = [symbol for _, symbol, _, _ in DRAWINGS["wells"].rows]
    symbols = {name: style.symbol(name, marker_scale(n, name)) for name in names}
    assert alike(symbols, QColor(style.colour("paper"))) == []
