"""Files that belong together: all of them complete beside their names before the first gets its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from qgis.core import QgsProcessingException

from .layers.beside import BesideFile
from .texts import tr

_UNSAFE = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f\ud800-\udfff]')
_LONGEST_NAME = 80

File = tuple[Path, Callable[[Path], object]]


def file_name(*parts: str) -> str:
    """A name that every system can hold, of parts that may be anything."""
    plain = _UNSAFE.sub("_", " ".join(filter(None, parts))).strip(" .")
    return plain[:_LONGEST_NAME].strip(" .") or "_"


def free_name(taken: set[str], *parts: str) -> str:
    """A name as :func:`file_name` makes it that is not among those ``taken`` in any case of letters; it is then."""
    plain, number = file_name(*parts), 1
    name = plain
    while name.casefold() in taken:
        number += 1
        name = f"{plain} ({number})"
    taken.add(name.casefold())
    return name


def _check_free(target: Path) -> None:
    """Open an older file for writing, which fails where another program holds it or it is read-only: before the first
    of several files gets its name, or some would be new and some old."""
    if target.exists():
        with target.open("r+b"):
            pass


def save_all(files: Sequence[File], progress: Callable[[float], None]) -> list[Path]:
    """Write files, each by its own function; what stood under their names stays until all are complete.

    Raises:
        QgsProcessingException: a file cannot be written, or is open in another program.
        Cancelled: from ``progress``; nothing has changed.
    """
    made: list[BesideFile] = []
    try:
        for number, (target, write) in enumerate(files):
            progress(0.98 * number / len(files))
            target.parent.mkdir(parents=True, exist_ok=True)
            made.append(BesideFile(target))
            write(made[-1].inside)
        progress(0.99)
        for beside in made:
            _check_free(beside.target)
        progress(0.995)  # the last moment to cancel
        for beside in made:
            beside.commit()
    except OSError as error:
        name = error.filename2 or error.filename or (made[-1].target if made else files[0][0].parent)
        raise QgsProcessingException(
            tr(
                "{name} cannot be written: {reason}. Close it in other programs, or choose another folder."
            ).format(name=name, reason=error.strerror or error)
        ) from error
    finally:
        for beside in made:
            beside.discard()
    return [beside.target for beside in made]
