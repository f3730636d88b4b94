"""Words that an import may be given; a module of its own, since dialogs need them before any library is loaded."""

from __future__ import annotations

REPAIRS = ("swap_xy", "gcj02", "bd09")
"""Repairs of positions that are made only where somebody asks for them."""

MODES = ("append", "replace")
"""How an import goes into a case file: added to the rows of its role, or in the place of all of them."""

ENCODINGS = ("utf-8", "gb18030", "gbk", "utf-16", "big5", "iso8859-1")
"""Encodings that a person may name for texts."""
