"""Files of maps: what stood there survives a kill, a full disk, a folder or file that cannot be written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException

from overdraft.core.papers.pdf import n_pages
from overdraft.processing.maps import export, templates
from overdraft.processing.maps.request import MapRequest, export_maps

FILES = (
    *("county_atlas_en_internal_650402_Gaochang.pdf", "county_atlas_en_internal_650421_Shanshan.pdf"),
    *("county_atlas_en_internal_650422_Toksun.pdf", "county_atlas_en_internal.pdf"),
)
AT_A_PAGE = """
from overdraft.processing.maps import export
real, seen = export.without_words, []
def killing(path):
    seen.append(path)
    if len(seen) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    real(path)
export.without_words = killing
"""
AT_THE_END = """
from overdraft.processing.layers import beside
real = os.replace
def killing(old, new):
    real(old, new)
    os.kill(os.getpid(), signal.SIGKILL)
os.replace = killing
"""


@pytest.fixture(autouse=True)
def profile(tmp_path, monkeypatch):
    monkeypatch.setattr(templates, "own_folder", lambda: tmp_path / "layouts")
    monkeypatch.setattr("overdraft.processing.maps.request.own_file", lambda: tmp_path / "house.toml")


def older(folder: Path) -> dict[str, bytes]:
    """Files under the names of the atlas, and one that is none of ours."""
    folder.mkdir()
    for name in (*FILES, "note.txt"):
        (folder / name).write_bytes(b"older " + name.encode())
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def killed(case: Path, folder: Path, how: str) -> None:
    """Print the atlas in a process of its own that kills itself on the way."""
    root = Path(export.__file__).resolve().parents[2]
    code = f"""
import importlib.util, os, signal
from pathlib import Path
spec = importlib.util.spec_from_file_location("conftest", {str(root / "conftest.py")!r})
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from qgis.core import QgsApplication
app = QgsApplication([], False)
app.initQgis()
{how}
from overdraft.processing.maps.request import MapRequest, export_maps
request = MapRequest(Path({str(case)!r}), Path({str(folder)!r}), ("county_atlas",), language="en")
export_maps(request, print, lambda share: None)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "QGIS_CUSTOM_CONFIG_PATH": str(folder.parent / "user"),
        },
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


def printed(case, folder, **given) -> list[str]:
    request = MapRequest(case, folder, ("county_atlas",), language="en", **given)
    return export_maps(request, lambda sentence: None, lambda share: None).files


def test_r11_a_kill_amid_the_pages_leaves_the_older_files(qgis_app, judged_sample, tmp_path):
    folder = tmp_path / "maps"
    before = older(folder)
    killed(judged_sample, folder, AT_A_PAGE)
    (left,) = (path for path in folder.iterdir() if path.name not in before)
    assert left.name.startswith(".maps-")
    assert left.suffix == ".part"
    assert [path.name for path in left.iterdir()]
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    os.utime(left, (0, 0))  # a younger one may be that of a run that goes on
    assert tuple(printed(judged_sample, folder)) == FILES
    assert sorted(path.name for path in folder.iterdir()) == sorted(before)
    assert [n_pages(folder / name) for name in FILES] == [1, 1, 1, 3]
    assert (folder / "note.txt").read_bytes() == before["note.txt"]


def test_r11_a_kill_amid_the_last_step_leaves_whole_files(qgis_app, judged_sample, tmp_path):
    folder = tmp_path / "maps"
    before = older(folder)
    killed(judged_sample, folder, AT_THE_END)
    changed = [name for name in before if (folder / name).read_bytes() != before[name]]
    assert len(changed) == 1
    assert n_pages(folder / changed[0]) == (3 if changed[0] == FILES[-1] else 1)
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == sorted(before)


@pytest.mark.parametrize("form", ["pdf", "png", "svg"])
@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_r13_a_full_or_read_only_disk_is_said(run, judged_sample, small_disk, trouble, form):
    disk = small_disk(4, "disk")
    folder = disk / "图 maps"
    before = older(folder)
    if trouble == "full":
        free = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(b"x" * (free - 65_536))
    else:
        small_disk.remount("ro")
    given = {"CASE": str(judged_sample), "MAPS": "county_atlas", "FORMAT": form, "LANGUAGE": "en"}
    with pytest.raises(QgsProcessingException, match=r"Nothing was replaced") as caught:
        run("exportmaps", {**given, "OUTPUT": str(folder)})
    assert any(words in str(caught.value) for words in (folder.name, "county_atlas_en_internal"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_r12_a_file_that_cannot_be_opened_is_named_before_any_is_replaced(run, judged_sample, tmp_path):
    folder = tmp_path / "maps"
    before = older(folder)
    (folder / FILES[1]).unlink()
    (folder / FILES[1]).mkdir()  # as little to be written as a file that another program holds
    given = {"CASE": str(judged_sample), "MAPS": "county_atlas", "LANGUAGE": "en"}
    with pytest.raises(QgsProcessingException, match=f"{FILES[1]} cannot be written") as caught:
        run("exportmaps", {**given, "OUTPUT": str(folder)})
    assert "Nothing was replaced" in str(caught.value)
    del before[FILES[1]]
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_r13_a_folder_that_cannot_be_made_is_said(run, judged_sample, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    given = {"CASE": str(judged_sample), "MAPS": "zones", "LANGUAGE": "en"}
    for folder in (tmp_path / "file" / "file", tmp_path / "file", Path("/proc/maps of nobody")):
        with pytest.raises(QgsProcessingException, match=r"cannot be written|there is no folder") as caught:
            run("exportmaps", {**given, "OUTPUT": str(folder)})
        assert folder.name in str(caught.value)
