"""Evidence files: where they may stand, their hash, and a copy beside the case.

A path in the case file is relative to the folder of the case file and stays below it: no ``..``, no absolute or
network path, no drive, no link on the way. What stands elsewhere is copied into ``<case>.evidence`` beside the case.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..casefile.evidence import evidence_folder, new_copy
from ..casefile.opening import sync
from ..errors import OverdraftError
from .acts import Copy
from .checks import label, text_of

LARGEST = 200_000_000
"""Bytes of one file; a photo or a scanned sheet has far fewer."""

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_UNSAFE = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
_READ = 1 << 20


def keep(
    case: Path, folder: Path | None, name: str, planned: dict[Path, str]
) -> tuple[str, str, Copy | None]:
    """The path that the case keeps for a file, its SHA-256, and its copy if it does not stand below the case.

    Args:
        folder: where ``name`` stands; None: the folder of the case file.
        planned: SHA-256 of the copies that this and other acts of one go will make, by path; gains this one.

    Raises:
        OverdraftError: the path leads out of the folder, is a link, no file, or too large.
    """
    base = (folder or case.parent).absolute()
    parts = _inside(name)
    source = base.joinpath(*parts)
    _no_links(base, parts, name)
    digest = _sha256(source, name)
    text_of("/".join(parts), label("evidence", "path"))
    home = case.parent.absolute()
    with suppress(ValueError):
        below = source.resolve().relative_to(home.resolve())
        return below.as_posix(), digest, None
    target = _free(evidence_folder(case.absolute()), parts[-1], digest, planned)
    planned[target] = digest
    return target.relative_to(home).as_posix(), digest, Copy(source, target, digest)


def copy_all(copies: Sequence[Copy]) -> list[Path]:
    """Put the files in place, unless they stand there; the new ones come back, to be taken away if the act fails.

    Raises:
        OverdraftError: a file cannot be copied or has changed meanwhile, or another took its name; none is left then.
    """
    made: list[Path] = []
    try:
        for copy in copies:
            if copy.target.exists():
                _same_content(copy.target, copy)
                continue
            copy.target.parent.mkdir(exist_ok=True)
            with new_copy(copy.target.parent) as (part, stream):
                made.append(part)
                with copy.source.open("rb") as source:
                    shutil.copyfileobj(source, stream, _READ)
                stream.flush()
                _same_content(part, copy)
                sync(part)
            if _named(part, copy):
                made[-1] = copy.target
            else:
                made.pop().unlink()
    except OSError as error:
        take_away(made)
        raise OverdraftError(
            "desk.file_not_copied", found=str(error.filename), detail=str(error.strerror)
        ) from error
    except BaseException:
        take_away(made)
        raise
    return made


def _named(part: Path, copy: Copy) -> bool:
    """Give a finished copy its name; False where somebody put the same file there meanwhile.

    Raises:
        OverdraftError: another file took the name.
    """
    try:
        os.link(part, copy.target)  # never replaces a file
    except FileExistsError:
        _same_content(copy.target, copy)
        return False
    except OSError:  # a medium where a file has one name only
        if copy.target.exists():
            _same_content(copy.target, copy)
            return False
        os.replace(part, copy.target)
    part.unlink(missing_ok=True)
    return True


def take_away(made: Sequence[Path]) -> None:
    """Remove copies of an act that was not recorded."""
    for path in made:
        path.unlink(missing_ok=True)


def _same_content(path: Path, copy: Copy) -> None:
    if _sha256(path, copy.source.name) != copy.sha256:
        raise OverdraftError("desk.file_changed", found=copy.source.name)


def _inside(name: str) -> tuple[str, ...]:
    """The parts of a relative path that is safe on every system."""
    text = name.strip().replace("\\", "/")
    parts = PurePosixPath(text).parts
    windows = PureWindowsPath(text)
    wrong = (
        not parts
        or text.startswith("/")
        or bool(windows.drive or windows.root)
        or any(part == ".." or _UNSAFE.search(part) or part.endswith((".", " ")) for part in parts)
        or any(_RESERVED.fullmatch(part) for part in parts)
    )
    if wrong:
        raise OverdraftError("desk.path_outside", found=name[:120])
    return parts


def _no_links(base: Path, parts: Sequence[str], name: str) -> None:
    place = base
    for part in parts:
        place = place / part
        if place.is_symlink():
            raise OverdraftError("desk.path_outside", found=name[:120])


def _sha256(path: Path, name: str) -> str:
    try:
        if not path.is_file():
            raise OverdraftError("desk.file_missing", found=name[:120])
        if path.stat().st_size > LARGEST:
            raise OverdraftError("desk.file_too_large", found=name[:120], allowed=LARGEST // 1_000_000)
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while piece := stream.read(_READ):
                digest.update(piece)
    except OSError as error:
        raise OverdraftError("desk.file_unreadable", found=name[:120], detail=str(error.strerror)) from error
    return digest.hexdigest()


def _free(folder: Path, name: str, digest: str, planned: Mapping[Path, str]) -> Path:
    """A name in the folder that is free, or holds the same file already or soon."""
    target, number = folder / name, 1
    while _content(target, name, planned) not in ("", digest):
        number += 1
        target = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return target


def _content(target: Path, name: str, planned: Mapping[Path, str]) -> str:
    """SHA-256 of what stands or will stand there; empty for nothing."""
    if target in planned:
        return planned[target]
    return _sha256(target, name) if target.exists() else ""
