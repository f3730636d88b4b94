"""The house style: one file that says what each thing on a map looks like."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsSymbol, QgsTextFormat
from qgis.PyQt.QtGui import QFont, QFontDatabase

from ...core.errors import OverdraftError
from ..texts import RESOURCES
from . import symbols

FILE = RESOURCES / "styles" / "house.toml"
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class House:
    """The house style as read from its file.

    Attributes:
        fonts: families with Chinese letters, best first. family: the one that is used.
        plain: letters as they stand in the font, without the finer forms of texts: those have no codes in PDF.
        colours: by name. symbols, letters: their descriptions by name. years: shades of the years of retirement.
    """

    fonts: tuple[str, ...]
    family: str
    colours: Mapping[str, str]
    symbols: Mapping[str, list[dict[str, Any]]]
    letters: Mapping[str, dict[str, Any]]
    years: Mapping[str, Any]
    plain: bool = False

    def colour(self, name: str) -> str:
        """A colour by its name, or as it is written."""
        return self.colours.get(name, name)

    def symbol(self, name: str, scale: float = 1.0) -> QgsSymbol:
        """The symbol of that name.

        Args:
            scale: markers that much larger.
        """
        return self.pile(self.symbols[name], scale)

    def pile(self, parts: list[dict[str, Any]], scale: float = 1.0) -> QgsSymbol:
        """A symbol from its description."""
        return symbols.stacked(*(self._part(dict(part), scale) for part in parts))

    def _part(self, part: dict[str, Any], scale: float) -> QgsSymbol:
        for key in ("fill", "line", "outline", "hatch", "stroke"):
            if key in part:
                part[key] = self.colour(part[key])
        if "marker" in part:
            part["size"] *= scale
            part["width"] = part.get("width", 0.15) * scale
            return symbols.marker(
                part.pop("marker"), part.pop("size"), part.pop("fill"), part.pop("line"), **part
            )
        if "letter" in part:
            return symbols.letter(
                part["letter"], part["font"], part["size"] * scale, part["fill"], part["level"]
            )
        if "hatch" in part:
            return symbols.hatch(part.pop("hatch"), **part)
        if "outline" in part:
            return symbols.outline(part["outline"], part["width"], part.get("dash", ""))
        if "stroke" in part:
            return symbols.line(
                part["stroke"], part["width"], part.get("style", "solid"), pattern=part.get("dash", "")
            )
        return symbols.fill(part.pop("fill"), part.pop("line", ""), **part)

    def text(self, name: str, scale: float = 1.0) -> QgsTextFormat:
        """The letters of that name."""
        given = dict(self.letters[name])
        given["colour"] = self.colour(given.get("colour", "ink"))
        given["size"] *= scale
        letters = symbols.text(self.family, **given)
        if self.plain:
            letters.setFont(plain(letters.font()))
        return letters

    @property
    def missing_fonts(self) -> list[str]:
        """Fonts that symbols name and that this computer lacks."""
        named = {part["font"] for parts in self.symbols.values() for part in parts if "font" in part}
        return sorted(named - set(QFontDatabase().families()))


def plain(font: QFont) -> QFont:
    """A font whose letters are drawn as they stand in it, but for scripts that cannot be read so."""
    font = QFont(font)
    font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
    return font


def own_file() -> Path:
    """Where a user may keep a style of their own."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "overdraft" / "house.toml"


def house(own: Path | None = None) -> House:
    """The house style, with the entries of a user's own file laid over it.

    Raises:
        OverdraftError: the user's file cannot be read, is no TOML, or describes something that cannot be drawn.
    """
    if own is None or not own.is_file():
        return _made(_ours(), _available(_ours()["fonts"]))
    try:
        if own.stat().st_size > _MOST_BYTES:
            raise ValueError(f"> {_MOST_BYTES} bytes")
        theirs = tomllib.loads(own.read_text(encoding="utf-8"))
        ours = dict(_ours())
        for key, value in theirs.items():
            ours[key] = {**ours[key], **value} if isinstance(value, dict) else value
        made = _made(ours, _available(ours["fonts"]))
        for name in made.symbols:
            made.symbol(name)
        for name in made.letters:
            made.text(name)
        return made
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise OverdraftError("papers.house_file", path=str(own), detail=str(error)) from error


def shipped() -> House:
    """The style that comes with the plugin under its first font, whatever this computer has: for files that are
    shipped."""
    return _made(_ours(), _ours()["fonts"][0])


def _available(fonts: list[str]) -> str:
    there = set(QFontDatabase().families())
    return next((name for name in fonts if name in there), fonts[0])


def _made(given: Mapping[str, Any], family: str) -> House:
    return House(
        fonts=tuple(given["fonts"]),
        family=family,
        colours=given["colours"],
        symbols=given["symbols"],
        letters=given["letters"],
        years=given["years"],
    )


@cache
def _ours() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
