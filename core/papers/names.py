"""File names from codes and names: letters that every system takes, nothing that leads elsewhere."""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*#%&{}$!'`@+=;,^~\s]+")
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")
_LONGEST = 60


def safe_name(*parts: str, longest: int = _LONGEST) -> str:
    """One piece of a file name from several texts: joined by ``_``, without characters that a system, a shell or an
    address takes for something else, without dots at its ends, no device of Windows, at most ``longest`` letters."""
    cleaned = []
    for part in parts:
        plain = "".join(
            letter
            for letter in unicodedata.normalize("NFC", str(part))
            if unicodedata.category(letter)[0] != "C"
        )
        plain = _FORBIDDEN.sub("_", plain).replace("..", "_").strip("._- ")
        if plain:
            cleaned.append(plain)
    name = "_".join(cleaned)[:longest].rstrip("._- ")
    if not name:
        return "_"
    return f"{name}_" if _RESERVED.match(name.split(".")[0]) else name
