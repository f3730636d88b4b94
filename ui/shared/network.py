"""Does a file lie on another computer? Several writers on a network drive rely on locks that not every server keeps."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.PyQt.QtCore import QStorageInfo

from ...processing.texts import tr

_SYSTEMS = re.compile(
    rb"^(nfs\d?|cifs|smb\w*|afpfs|afs|ncpfs|9p|webdav|davfs\d?|fuse\.(sshfs|smb\w*|davfs\d?|rclone))$"
)
"""File systems of other computers, as Linux and macOS name them."""


def is_remote(name: str, system: bytes = b"", device: bytes = b"") -> bool:
    """Whether a path is one of a server.

    Args:
        name: the path as written; ``\\\\server\\share`` is one of a server.
        system, device: file system and device of its volume. Windows names the device of a mapped drive by the share
            behind it, and that of a local one ``\\\\?\\Volume{…}``.
    """
    places = [name.replace("\\", "/"), device.decode("utf-8", "replace").replace("\\", "/")]
    if any(re.match(r"//[^/?.]", place) or place.lower().startswith("//?/unc/") for place in places):
        return True
    return bool(_SYSTEMS.match(system.lower()))


def network_warning(path: Path) -> str:
    """What to tell a person who opens a case file on a network drive; empty for a local one."""
    volume = QStorageInfo(str(path.parent))
    if not is_remote(str(path), bytes(volume.fileSystemType()), bytes(volume.device())):
        return ""
    return tr(
        "The case file lies on a network drive: {path}. Everything is written at once and without a side file, but not "
        "every server keeps the locks that several writers need. Let one person write at a time, or keep the file on a "
        "local disk."
    ).format(path=path)
