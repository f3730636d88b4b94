"""Into a QGIS profile and out of it, without a trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, load_tool

installer = load_tool("install")

FOREIGN = "[PythonPlugins]\nother=true\n\n[qgis]\nkey=@ByteArray(\\0\\x1)\n"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "[qgis]\nkey=1\n",
        FOREIGN,
        "[PythonPlugins]\n",
        "[a]\n\n[PythonPlugins]\nx=false\noverdraft=false\n[z]\n",
    ],
)
def test_switching_touches_one_line(before: str) -> None:
    after = installer.switched(before, on=True)
    lines = after.splitlines()
    section = lines[lines.index("[PythonPlugins]") :]
    assert section[1] == "overdraft=true"
    assert after.count("overdraft=") == 1
    kept = [line for line in before.splitlines() if line and not line.startswith("overdraft=")]
    assert [line for line in lines if line and line != "overdraft=true"] in (kept, [*kept, "[PythonPlugins]"])
    assert installer.switched(after, on=True) == after
    assert "overdraft" not in installer.switched(after, on=False)


def test_plugin_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    profile = tmp_path / "profiles/mine"
    theirs = profile / "python/plugins/overdraft/metadata.txt"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    with pytest.raises(SystemExit, match="was not put there"):
        installer.install(profile)
    assert [path for path in profile.rglob("*") if path.is_file() or path.is_symlink()] == [theirs]


def test_profile_must_be_one() -> None:
    with pytest.raises(SystemExit, match="profiles/NAME"):
        installer.profile_folder("/somewhere/else")


def test_install_runs_in_a_real_window_and_comes_out_again(tmp_path: Path) -> None:
    """QGIS starts with the profile under a virtual display, loads the plugin and runs an algorithm."""
    profile = tmp_path / "profiles/werk"
    settings = profile / "QGIS/QGIS3.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(FOREIGN)
    command = [sys.executable, str(ROOT / "tools/install.py")]
    done = subprocess.run([*command, "install", "--profile", str(profile)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "QGIS loaded the plugin and wrote an empty case file" in done.stdout
    assert (profile / "python/plugins/overdraft").resolve() == ROOT
    assert "other=true" in settings.read_text()

    done = subprocess.run([*command, "uninstall", "--profile", str(profile)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path for path in profile.rglob("*") if path.is_symlink()] == []
    assert list((profile / "python").glob("overdraft*")) == []
    assert "overdraft=true" not in settings.read_text()
