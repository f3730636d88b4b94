"""A file that is written in a folder beside its name and moved there when it is complete."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
import time
from pathlib import Path

_DAY = 86_400
_SQLITE_SIDECARS = ("-wal", "-shm", "-journal")


class BesideFile:
    """Room for a file (and its companions, as shapefiles have) in the target's own folder.

    Attributes:
        target: the name that the finished file gets.
        inside: where to write it: same file name, hidden folder beside the target, so that the last step is a rename
            within one disk and a kill before it leaves whatever stood under the name.

    Raises:
        OSError: the folder does not exist or may not be written.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        _sweep(target)
        self._folder = Path(tempfile.mkdtemp(prefix=f".{target.stem}-", suffix=".part", dir=target.parent))
        self.inside = self._folder / target.name

    def commit(self) -> None:
        """Give every written file its name, the main file last."""
        written = sorted(self._folder.iterdir(), key=lambda path: path.name == self.target.name)
        for path in written:
            with path.open("rb") as handle:
                os.fsync(handle.fileno())
        # A log that belonged to the older database would be replayed into the new one.
        for ending in _SQLITE_SIDECARS:
            self.target.with_name(self.target.name + ending).unlink(missing_ok=True)
        for path in written:
            os.replace(path, self.target.with_name(path.name))

    def discard(self) -> None:
        """Remove the folder and what is left in it."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what runs that were killed a day ago or earlier left beside ``target``."""
    for left in target.parent.glob(f".{glob.escape(target.stem)}-*.part"):
        if time.time() - left.stat().st_mtime > _DAY:
            shutil.rmtree(left, ignore_errors=True)
