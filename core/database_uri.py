"""How SQLite is told which file to open, whatever its name and place. Needs no package."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote


def uri(path: Path, mode: str) -> str:
    """An SQLite URI for a path with any characters, on Windows shares too.

    Args:
        mode: ``ro``, ``rw``, ``rwc`` or ``immutable`` (no locks: for media that nobody can write).
    """
    return uri_of(path.absolute().as_posix(), mode)


def uri_of(name: str, mode: str) -> str:
    """The same for the name of a file from its root on, with ``/`` between its parts.

    SQLite takes what stands between the second and the third slash for a computer, and refuses all but this one. So a
    share keeps its own two slashes behind them: ``file:////server/share/case.gpkg``.
    """
    flags = "mode=ro&immutable=1" if mode == "immutable" else "".join(("mode=", mode))
    return "".join(("file://", "" if name.startswith("/") else "/", quote(name), "?", flags))
