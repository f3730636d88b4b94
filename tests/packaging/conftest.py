"""The package as a user gets it: built from the last commit, unpacked into an empty folder, run by its wrapper."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTACT = {
    "email": "maps@bureau.example",
    "homepage": "https://bureau.example/overdraft",
    "tracker": "https://bureau.example/overdraft/issues?state=open%20new",
    "repository": "https://bureau.example/overdraft.git",
}


def load_tool(name: str) -> ModuleType:
    """A module of ``tools/``, which is no package."""
    spec = importlib.util.spec_from_file_location(f"overdraft_tools_{name}", ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for the plugin repository."""
    target = tmp_path_factory.mktemp("package") / "overdraft.zip"
    options = [word for key, value in CONTACT.items() for word in (f"--{key}", value)]
    command = [sys.executable, str(ROOT / "tools/package.py"), *options, str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="session")
def installed(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of plugins that holds nothing but the unpacked zip."""
    folder = tmp_path_factory.mktemp("plugins")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def batch(
    installed: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Call ``tools/qgis_process`` with the installed plugin, an empty profile and a current folder elsewhere."""
    profile = tmp_path_factory.mktemp("profile")
    elsewhere = tmp_path_factory.mktemp("elsewhere")

    def call(*words: str, tool: Path = ROOT / "tools/qgis_process", **more: str):
        # As from a bare shell: no display, no locale, no Python settings.
        environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        environment |= {"OVERDRAFT_PLUGINS": str(installed), "OVERDRAFT_PROFILE": str(profile)} | more
        return subprocess.run(
            [str(tool), *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=elsewhere,
            env=environment,
            timeout=300,
        )

    return call
