"""Which encoding a file's text is in, with a confidence, and text that was once read in the wrong one.

Three explanations of the same bytes are weighed against each other: UTF-8, GB 18030 (which holds GBK and GB 2312) and
"something else", in which every byte beyond ASCII is as likely as any other. How likely a text is follows from how
common its characters are in a Chinese text, or else in a western, Cyrillic or Uyghur one (taken for one in a hundred):
``P(character) = share of its class / size of its class`` (``_STYLES``). With n characters beyond ASCII

    confidence = min( P(bytes | best) / Σ P(bytes | explanation),  1 − 2⁻ⁿ )

so that nothing is sure on three characters or fewer. A cell that a DBF cut off in the middle of its last character
counts as if that character were common.

Sources: GB 2312-1980 for the classes (rows 16 to 55 are level 1, 3755 hanzi in daily use; rows 56 to 87 level 2, 3008
rarer ones). The shares are round numbers: they only have to tell the common from the rare.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

SURE = 0.9
"""Below this confidence a caller must ask."""

CANDIDATES = ("utf-8", "gb18030")

_UNIT_SIGNS = "，。、；：（）《》“”‘’！？…—·％／＋－　²³°′″℃㎡㎥×±≤≥～①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ"
_BROKEN, _HANZI, _SIGN, _WIDE, _HANZI_2, _LETTER, _LETTER_2, _ARABIC, _OTHER_HANZI, _REST = range(10)
_SIZES = np.array([1000, 3755, 60, 100, 3008, 160, 1000, 60, 14000, 50000])
"""Characters in each class: none at all (broken, private, control); hanzi of level 1; punctuation and signs of units;
full-width letters; hanzi of level 2; letters of western Europe and Russian; of other alphabets; Arabic script; other
hanzi; everything else."""
_STYLES = np.array(
    [
        (1e-9, 0.80, 0.12, 0.02, 0.05, 0.005, 0.005, 0.005, 0.005, 0.001),  # Chinese
        (1e-9, 0.01, 0.05, 0.01, 0.01, 0.80, 0.10, 0.01, 0.005, 0.001),  # western, Cyrillic
        (1e-9, 0.01, 0.05, 0.01, 0.01, 0.01, 0.05, 0.80, 0.005, 0.001),  # Uyghur
    ]
)
"""How much of a text beyond ASCII each class makes up."""
_LOGS = np.log(_STYLES / _SIZES)
_LOG_OF_STYLE = np.log([1.0, 0.01, 0.01])
_COMMON = (_HANZI, _SIGN, _WIDE)
_LOG_ANY_BYTE = float(np.log(1 / 128))
_LOST = "\ufffd"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAME = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf-8-sig": "utf-8"}
_PAGES = {"65001": "utf-8", "936": "gb18030", "54936": "gb18030", "20936": "gb18030", "28591": "iso8859-1"}


@dataclass(frozen=True)
class Encoding:
    """What bytes are written in.

    Attributes:
        name: ``utf-8``, ``gb18030``, ``ascii``, or ``utf-16`` (known by its byte order mark only).
        confidence: 0 to 1, as the module says; ``ascii`` and a byte order mark are 1.
        n_bytes: how many bytes beyond ASCII were seen, equal samples once.
        scores: for each candidate, the share of its characters beyond ASCII that are common in Chinese texts.
    """

    name: str
    confidence: float
    n_bytes: int
    scores: dict[str, float] = field(default_factory=dict)

    @property
    def is_sure(self) -> bool:
        """Need nobody be asked?"""
        return self.confidence >= SURE


def detect(samples: Iterable[bytes]) -> Encoding:
    """The encoding of samples of one file: cells, lines or blocks, the beginning of the file first.

    Each sample but a cut-off cell ends with a whole character. Never raises on any bytes.
    """
    pieces = list(dict.fromkeys(samples))
    for mark, name in _BOMS:
        if pieces and pieces[0].startswith(mark):
            return Encoding(name, 1.0, _n_beyond_ascii(b"".join(pieces)), {name: 1.0})
    beyond = [piece for piece in pieces if not piece.isascii()]
    joined = b"\n".join(beyond)
    n_bytes = _n_beyond_ascii(joined)
    if not n_bytes:
        return Encoding("ascii", 1.0, 0, dict.fromkeys(CANDIDATES, 1.0))
    read = {name: _Reading.of(joined, name) for name in CANDIDATES}
    logs = np.array([*(one.log for one in read.values()), n_bytes * _LOG_ANY_BYTE])
    likely = np.exp(logs - logs.max())
    best = int(np.argmax(likely[: len(CANDIDATES)]))
    name = CANDIDATES[best]
    confidence = min(float(likely[best] / likely.sum()), 1 - 0.5 ** read[name].n)
    return Encoding(name, confidence, n_bytes, {key: one.share_common for key, one in read.items()})


def codec_named(text: str) -> str:
    """The codec that a ``.cpg`` file or a user names (``GBK``, ``ANSI 936``, ``65001``, ``UTF8``); "" for none.

    GB 2312 and GBK are read as GB 18030, which contains them.
    """
    word = text.strip().strip("\x00\ufeff").casefold()
    for prefix in ("ansi", "oem", "windows", "cp", "ms"):
        rest = word.removeprefix(prefix).strip(" -_")
        word = rest if rest.isdigit() else word
    if word.replace(" ", "").replace("-", "").startswith("iso8859") and not word.endswith("8859"):
        word = "iso8859-" + word.replace(" ", "").replace("-", "").replace("_", "")[len("iso8859") :]
    if word.isdigit():
        word = _PAGES.get(word, f"cp{word}")
    try:
        found = codecs.lookup(word)
    except (LookupError, ValueError):
        return ""
    return _SAME.get(found.name, found.name) if _is_of_text(found) else ""


def decoded_cell(cell: bytes, encoding: str) -> str:
    """A cell as text; the piece of a character that was cut off at its end is dropped, other damage shows as �."""
    text = cell.decode(encoding, errors="replace")
    return text.removesuffix(_LOST)


def mojibake(text: str) -> str | None:
    """What a garbled text probably was, or None where it is no better read in another way.

    Looked for: UTF-8 read as GBK (``鐢ㄩ€旀`` was ``用途…``), UTF-8 or GBK read as Latin-1 or Windows 1252
    (``æµ‹è¯•`` was ``测试``, ``»ú¾®`` was ``机井``). Characters that were lost on the way show as � in the answer.
    """
    if not isinstance(text, str) or text.isascii():
        return None
    found = [_reread(_as_gbk(text), "utf-8", 1), _reread(_as_latin(text), "utf-8", 1)]
    found.append(_reread(_as_latin(text), "gb18030", 2))
    better = [repaired for repaired in found if repaired is not None and _is_better(repaired, text)]
    return max(better, key=_log_of, default=None)


def mojibake_column(values: Iterable[object]) -> dict[str, str]:
    """The garbled texts of a column and what each probably was; every distinct value is looked at once."""
    texts = dict.fromkeys(value for value in values if isinstance(value, str))
    found = {text: mojibake(text) for text in texts}
    return {text: repaired for text, repaired in found.items() if repaired is not None}


@dataclass(frozen=True)
class _Reading:
    """Bytes read as one candidate: characters beyond ASCII, their logarithmic likelihood, the share of common ones."""

    n: int
    log: float
    share_common: float

    @staticmethod
    def of(joined: bytes, name: str) -> _Reading:
        text = joined.decode(name, errors="replace")
        whole = text.replace(_LOST + "\n", "\n").removesuffix(_LOST)
        n_cut = len(text) - len(whole)
        counts = _counts(whole)
        n = int(counts.sum())
        log = _log(counts) + n_cut * _LOGS[0, _HANZI]
        return _Reading(n, log, float(counts[list(_COMMON)].sum() / n) if n else 0.0)


def _n_beyond_ascii(joined: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(joined, dtype=np.uint8) > 127))


def _is_of_text(codec: codecs.CodecInfo) -> bool:
    """Not one of Python's codecs between bytes and bytes or for tricks with escapes."""
    try:
        return "A".encode(codec.name).decode(codec.name) == "A" and codec.name not in (
            "unicode_escape",
            "raw-unicode-escape",
            "raw_unicode_escape",
            "unicode-escape",
            "utf-7",
            "punycode",
            "idna",
        )
    except (LookupError, UnicodeError):
        return False


def _counts(text: str) -> np.ndarray:
    """How many characters beyond ASCII of each class."""
    points = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype="<u4")
    points = points[points > 127]
    table = _class_of_point()
    return np.bincount(table[np.minimum(points, len(table) - 1)], minlength=len(_SIZES))


@lru_cache(maxsize=1)
def _class_of_point() -> np.ndarray:
    """The class of each character of the basic plane; the last stands for all planes beyond it."""
    table = np.full(0x10001, _REST, dtype=np.uint8)
    table[0x10000] = _OTHER_HANZI
    for first, last, kind in (
        (0x80, 0x9F, _BROKEN),
        (0xA0, 0x58F, _LETTER_2),
        (0xC0, 0xFF, _LETTER),
        (0x400, 0x45F, _LETTER),
        (0x600, 0x6FF, _ARABIC),
        (0x3400, 0x9FFF, _OTHER_HANZI),
        (0xD800, 0xF8FF, _BROKEN),
        (0xF900, 0xFAFF, _OTHER_HANZI),
        (0xFF01, 0xFF5E, _WIDE),
        (0xFFF0, 0xFFFF, _BROKEN),
    ):
        table[first : last + 1] = kind
    for rows, kind in ((range(0xB0, 0xD8), _HANZI), (range(0xD8, 0xF8), _HANZI_2)):
        pairs = bytes(byte for row in rows for cell in range(0xA1, 0xFF) for byte in (row, cell))
        hanzi = pairs.decode("gb2312", errors="ignore")
        table[[ord(letter) for letter in hanzi]] = kind
    table[[ord(letter) for letter in _UNIT_SIGNS]] = _SIGN
    return table


def _as_gbk(text: str) -> bytes:
    """The bytes that were shown as this text on a Chinese Windows, where the byte 80 is the euro sign."""
    letters = {"€": b"\x80", _LOST: b"\xff"}  # what was lost stays lost: no text holds the byte FF
    parts = re.split("([€\ufffd])", text)
    return b"".join(letters.get(part) or part.encode("gb18030", errors="replace") for part in parts)


def _as_latin(text: str) -> bytes:
    """The bytes that were shown as this text on a western Windows; none where it cannot have been one."""
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        pass  # Windows leaves five bytes open, which pass as control characters
    try:
        return b"".join(
            letter.encode("latin-1") if ord(letter) < 256 else letter.encode("cp1252") for letter in text
        )
    except UnicodeEncodeError:
        return b""


def _reread(raw: bytes, encoding: str, at_least: int) -> str | None:
    """The bytes in the encoding that they may really be in; None if that gives too few characters or mostly damage."""
    text = decoded_cell(raw, encoding)
    n_lost = text.count(_LOST)
    n_read = sum(letter > "\x7f" for letter in text) - n_lost
    return text if n_read >= max(at_least, 2 * n_lost) else None


def _is_better(repaired: str, text: str) -> bool:
    """Common characters instead of rare ones: 20 times as likely, and most of it in daily use."""
    counts = _counts(repaired.replace(_LOST, ""))
    mostly_common = counts[list(_COMMON)].sum() >= 0.7 * counts.sum()
    return bool(mostly_common and _log_of(repaired) - _log_of(text) > np.log(20))


def _log_of(text: str) -> float:
    lost = text.count(_LOST)  # a lost character may have been any common one
    return _log(_counts(text.replace(_LOST, ""))) + lost * _LOGS[0, _HANZI]


def _log(counts: np.ndarray) -> float:
    """Logarithm of how likely characters of these classes are, in the style that suits them best."""
    return float((_LOGS @ counts + _LOG_OF_STYLE).max())
