"""Texts that a spreadsheet takes for texts, and that XML can hold.

A cell that begins (after spaces or marks without width, also within it after a line break) with one of ``= + - @``,
also in full width, or a tab or return may be computed when a program opens the file, and may then reach out to other
files or the net.
"""

from __future__ import annotations

import re

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLANK = r"[\s\u00a0\u200b-\u200f\u2060\ufeff]*"
_SIGN = r"=+\-@\uff1d\uff0b\uff0d\uff20"
_COMPUTED = re.compile(rf"^{_BLANK}[{_SIGN}\t\r]|[\n\r]{_BLANK}[{_SIGN}]")


def is_computed(text: str) -> bool:
    """Would a spreadsheet compute the text?"""
    return bool(_COMPUTED.search(text))


def harmless(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would compute it."""
    return f"'{text}" if is_computed(text) else text


def printable(text: str) -> str:
    """The text, with a replacement character for what XML cannot hold: control characters, halves of pairs."""
    return _UNPRINTABLE.sub("\ufffd", text)
