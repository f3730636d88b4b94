"""Texts that a spreadsheet takes for texts.

A cell that begins (after spaces, also within it after a line break) with one of ``= + - @`` or a tab or return may be
computed when a program opens the file, and may then reach out to other files or the net.
"""

from __future__ import annotations

import re

_COMPUTED = re.compile(r"^[\s\u00a0]*[=+\-@\t\r]|[\n\r][\s\u00a0]*[=+\-@]")


def is_computed(text: str) -> bool:
    """Would a spreadsheet compute the text?"""
    return bool(_COMPUTED.search(text))


def harmless(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would compute it."""
    return f"'{text}" if is_computed(text) else text
