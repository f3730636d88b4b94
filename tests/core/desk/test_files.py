"""Copies of evidence beside the case: what a killed one leaves, what another technician copies meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from overdraft.core.casefile import CaseRows
from overdraft.core.casefile.evidence import evidence_folder
from overdraft.core.desk import Event, Piece, record
from overdraft.core.desk import files as module
from overdraft.core.errors import Cancelled, OverdraftError

ROOT = Path(__file__).resolve().parents[3]

KILLED = textwrap.dedent(f"""
    import importlib.util, sys
    from pathlib import Path
    spec = importlib.util.spec_from_file_location(
        "overdraft", {str(ROOT / "__init__.py")!r}, submodule_search_locations=[{str(ROOT)!r}])
    sys.modules["overdraft"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["overdraft"])
    from overdraft.core.desk import files
    from overdraft.core.desk.acts import Copy

    def half(source, stream, *_):
        stream.write(source.read(3))
        stream.flush()
        print("copying", flush=True)
        sys.stdin.read()

    files.shutil.copyfileobj = half
    files.copy_all([Copy(Path(sys.argv[1]), Path(sys.argv[2]), "")])
""")


@pytest.fixture
def photo(tmp_path_factory):
    """A photo in a folder elsewhere, as a camera or a mail leaves it."""
    path = tmp_path_factory.mktemp("camera") / "照片 1.jpg"
    path.write_bytes(b"photo")
    return path


@pytest.fixture
def copying(case, photo):
    """Another process in the middle of copying a photo beside the case."""
    words = [sys.executable, "-B", "-c", KILLED, str(photo), str(evidence_folder(case) / photo.name)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "copying\n"
    yield process
    process.kill()
    process.communicate()


def seal(photo, well="W1"):
    return Event(well, "sealed", "2026-03-20", evidence=(Piece("photo", "", photo.name, photo.parent),))


def names(case):
    return sorted(path.name for path in evidence_folder(case).iterdir())


def test_r11_what_a_killed_copy_left_goes_when_the_case_is_opened_next(copying, case):
    (left,) = evidence_folder(case).iterdir()
    CaseRows.open(case)
    assert left.exists()  # somebody is copying
    copying.kill()
    copying.wait()
    assert left.read_bytes() == b"pho"
    CaseRows.open(case)
    assert names(case) == []


def test_files_of_people_stay(case):
    folder = evidence_folder(case)
    folder.mkdir()
    kept = [
        ".照片.jpg.part",
        "照片.part",
        ".overdraft-letters.part",
        ".overdraft-12345678.part.jpg",
        "a.part-12345678",
    ]
    for name in kept:
        (folder / name).write_bytes(b"real")
    (folder / ".overdraft-0123abcd.part").symlink_to(folder / kept[0])
    CaseRows.open(case)
    assert names(case) == sorted([*kept, ".overdraft-0123abcd.part"])


def test_a_folder_that_nobody_may_change_does_not_keep_the_case_shut(case, monkeypatch):
    folder = evidence_folder(case)
    folder.mkdir()
    for number in (1, 2):
        (folder / f".overdraft-0000000{number}.part").write_bytes(b"half")
    real = Path.unlink

    def refused(path, *given, **named):
        if path.name.endswith("1.part"):
            raise PermissionError(13, "in use", str(path))
        real(path, *given, **named)

    monkeypatch.setattr(Path, "unlink", refused)
    CaseRows.open(case)
    assert names(case) == [".overdraft-00000001.part"]


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_two_cameras_with_the_same_name_of_file(store, case, by, photo, monkeypatch, links):
    """Another technician's photo gets the name while ours is being copied: it is never written over."""
    target, real = evidence_folder(case) / photo.name, shutil.copyfileobj

    def meanwhile(*given):
        real(*given)
        target.write_bytes(b"another photo")

    if not links:

        def refused(*_):
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(module.os, "link", refused)
    monkeypatch.setattr(module.shutil, "copyfileobj", meanwhile)
    with pytest.raises(OverdraftError) as caught:
        record(store, [seal(photo)], by, case)
    assert caught.value.key == "desk.file_changed"
    assert (names(case), target.read_bytes()) == ([photo.name], b"another photo")
    monkeypatch.setattr(module.shutil, "copyfileobj", real)
    record(store, [seal(photo)], by, case)
    assert names(case) == ["照片 1-2.jpg", photo.name]
    assert (evidence_folder(case) / "照片 1-2.jpg").read_bytes() == b"photo"


@pytest.mark.parametrize("when", ["copying", "writing"])
def test_an_act_that_is_stopped_leaves_no_copy(store, case, by, photo, monkeypatch, when):
    def stop(*_):
        raise Cancelled

    if when == "copying":
        monkeypatch.setattr(module.shutil, "copyfileobj", stop)
        progress = None
    else:

        def progress(share):
            if share > 0.8:
                raise Cancelled

    with pytest.raises(Cancelled):
        record(store, [seal(photo)], by, case, progress)
    assert names(case) == []


def test_the_same_photo_that_somebody_else_copied_meanwhile_is_theirs_too(
    store, case, by, photo, monkeypatch
):
    target, real = evidence_folder(case) / photo.name, shutil.copyfileobj

    def meanwhile(*given):
        real(*given)
        target.write_bytes(b"photo")

    monkeypatch.setattr(module.shutil, "copyfileobj", meanwhile)

    def progress(share):
        if share > 0.8:
            raise Cancelled

    with pytest.raises(Cancelled):
        record(store, [seal(photo)], by, case, progress)
    assert names(case) == [photo.name]  # it was not ours to take away
