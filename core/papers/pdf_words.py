"""PDF files that Qt wrote with letters as text: Chinese found again under the codes that people type.

Where a font draws a character and the radical of the same shape with one glyph, Qt writes the code of the radical,
which no search for the character finds.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_MAP = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_LIST = re.compile(rb"\[[^\]]*\]")
_CODE = re.compile(rb"<([0-9A-Fa-f]{4})>")
_KANGXI = range(0x2F00, 0x2FE0)
_RADICALS = "⺟⺠⺬⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻭⻮⻯⻰⻲⻳⺁⺒⺓⺛⺝⺎"
_CHARACTERS = "母民示虎西见角贝车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐歯齿竜龙亀龟厂巳幺旡月兀"
_SUPPLEMENT = dict(zip(_RADICALS, _CHARACTERS, strict=True))
"""Radicals of the supplement, which Unicode keeps apart from their characters even where it folds compatible ones."""


def plain_words(path: Path) -> None:
    """Replace the codes of radicals by those of their characters, in the maps from glyphs to codes alone.

    Raises:
        OSError: the file cannot be read or written.
    """
    given = path.read_bytes()
    plain = _MAP.sub(lambda one: _LIST.sub(lambda codes: _CODE.sub(_character, codes[0]), one[0]), given)
    if plain != given:
        path.write_bytes(plain)


def _character(code: re.Match[bytes]) -> bytes:
    letter = chr(int(code[1], 16))
    if ord(letter) in _KANGXI:
        letter = unicodedata.normalize("NFKC", letter)
    return b"<%04X>" % ord(_SUPPLEMENT.get(letter, letter))
