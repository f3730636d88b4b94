"""Where a key stands in a TOML file, so that a message can name the line."""

from __future__ import annotations

import re
from collections import defaultdict

_HEADER = re.compile(r"^\s*(\[{1,2})([^\[\]#]+)(\]{1,2})")
_KEY = re.compile(r"""^\s*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*=""")
_PART = re.compile(r"""\s*("[^"]*"|'[^']*'|[^.\s]+)\s*\.?""")
_FENCES = ('"' * 3, "'" * 3)


def line_numbers(text: str) -> dict[str, int]:
    """Line (from 1) of every table header and key, by path: ``policy.title``, ``clauses[3].quote``.

    A best effort for messages only: it reads line by line, so keys inside inline tables share the line of the
    key that holds them and are found through it.
    """
    found: dict[str, int] = {}
    counts: defaultdict[str, int] = defaultdict(int)
    table = fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            fence = "" if fence in line else fence
            continue
        header = _HEADER.match(line)
        if header:
            table = ".".join(part.strip("\"'") for part in _PART.findall(header.group(2)))
            if len(header.group(1)) == 2:
                counts[table] += 1
                table = f"{table}[{counts[table] - 1}]"
            found.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key:
            name = key.group(1).strip("\"'")
            found.setdefault(f"{table}.{name}" if table else name, number)
            fence = next((mark for mark in _FENCES if line.count(mark) % 2), "")
    return found


def line_of(path: str, numbers: dict[str, int]) -> int | None:
    """The line of a path, or of the nearest table or key around it."""
    while path:
        if path in numbers:
            return numbers[path]
        path = re.sub(r"(\.[^.\[\]]+|\[\d+\]|^[^.\[\]]+)$", "", path)
    return None
