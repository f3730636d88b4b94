"""The folder of evidence beside a case file, and the temporary names under which files are copied into it."""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_PARTS = ".overdraft-*.part"
_PART = re.compile(r"\.overdraft-[0-9a-f]{8}\.part")


def evidence_folder(case: Path) -> Path:
    """``<case>.evidence`` beside the case file."""
    return case.with_name(f"{case.stem}.evidence")


@contextmanager
def new_copy(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file in the folder under a temporary name, in use until the block ends; it stays when the block fails."""
    part = folder / f".overdraft-{uuid.uuid4().hex[:8]}.part"
    with part.open("xb") as stream:
        _locked(stream)
        yield part, stream


def remove_left_copies(case: Path) -> list[Path]:
    """Delete what killed copies left in the folder of evidence; copies under way and files of people are left alone.

    What cannot be deleted now, on a medium that is read-only or because another program looks at it, waits for the next
    time.
    """
    removed = []
    with suppress(OSError):
        for entry in sorted(evidence_folder(case).glob(_PARTS)):
            if _PART.fullmatch(entry.name) and not entry.is_symlink() and _removed(entry):
                removed.append(entry)
    return removed


def _removed(part: Path) -> bool:
    """Delete a copy that nobody writes any more."""
    with suppress(OSError):  # on Windows an open file cannot be deleted
        with part.open("r+b") as stream:
            left = _locked(stream)
        if left:
            part.unlink()
        return left
    return False


def _locked(stream: IO[bytes]) -> bool:
    """Take the lock of a file until it is closed; False where somebody else has it."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (
        OSError
    ):  # a network share without locks: whoever copies there is refused at worst, and copies again
        return True
    return True
