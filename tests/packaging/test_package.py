"""What is in the package, and that the checker would find what should not be."""

from __future__ import annotations

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .conftest import CONTACT, ROOT, load_tool

checker = load_tool("check_package")
packer = load_tool("package")

METADATA = (ROOT / "metadata.txt").read_text(encoding="utf-8")


def rezip(
    source: Path, target: Path, change: dict[str, bytes | None], modes: dict[str, int] | None = None
) -> Path:
    """A copy of the zip with files added or replaced (bytes) or taken out (None), and modes set."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        files = {name: old.read(name) for name in old.namelist()} | change
        for name, content in files.items():
            if content is not None:
                entry = zipfile.ZipInfo(name)
                entry.external_attr = (modes or {}).get(name, 0o100644) << 16
                new.writestr(entry, content)
    return target


def test_package_passes_every_check(package: Path) -> None:
    """Layout, metadata, size, bandit with all tests, detect-secrets: not one finding."""
    command = [sys.executable, str(ROOT / "tools/check_package.py"), str(package)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_package_holds_the_plugin_and_nothing_of_the_workshop(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        names = {name.removeprefix("overdraft/") for name in archive.namelist()}
    assert {
        *(
            "__init__.py",
            "metadata.txt",
            "LICENSE",
            "plugin/main.py",
            "core/enforce.py",
            "resources/register.toml",
        ),
        *(
            "resources/policies/turpan-2021.toml",
            "resources/i18n/overdraft_zh_CN.qm",
            "sample_layers/sample.gpkg",
        ),
    } <= names
    workshop = ("tests/", "tools/", "benchmarks/", ".ci", "Makefile", "conftest.py", "pyproject.toml", ".git")
    assert [name for name in names if name.startswith(workshop) or name.endswith((".ts", ".pyc"))] == []


def test_package_metadata_has_the_contact_given(package: Path) -> None:
    """A percent sign in an address survives the interpolation with which QGIS's repository reads the file."""
    with zipfile.ZipFile(package) as archive:
        parser = configparser.ConfigParser()
        parser.optionxform = str
        parser.read_string(archive.read("overdraft/metadata.txt").decode())
    assert {key: parser.get("general", key) for key in CONTACT} == CONTACT
    assert parser.get("general", "author") == "overdraft contributors"


def test_the_same_commit_gives_the_same_package(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        packer.build(tmp_path / name, CONTACT)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_metadata_of_the_checkout_is_complete() -> None:
    assert list(checker.metadata_problems(METADATA, ROOT)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("email=contact@example.org", "email=nobody", "email is 'nobody'"),
        ("qgisMinimumVersion=3.22", "qgisMinimumVersion=new", "qgisMinimumVersion is 'new'"),
        ("author=overdraft contributors", "author=", "author is missing"),
        ("tracker=https://example.org/overdraft/issues", "tracker=here", "tracker is 'here'"),
        ("about=Lays", "about=100 % Lays", "'%' must be followed"),
        ("icon=resources", "icon=nowhere", "is not in the package"),
        ("name=Overdraft", "name=Overdraft plugin", "must not contain the word plugin"),
    ],
)
def test_checker_sees_wrong_metadata(old: str, new: str, expected: str) -> None:
    assert METADATA.count(f"\n{old}") == 1
    found = list(checker.metadata_problems(METADATA.replace(f"\n{old}", f"\n{new}"), ROOT))
    assert any(expected in problem for problem in found), found


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest package without a finding: the scanners would read the whole plugin again for each case."""
    target = tmp_path_factory.mktemp("small") / "small.zip"
    files = {"__init__.py": b"", "LICENSE": b"GPL", "metadata.txt": METADATA.encode(), "i18n/a.qm": b""}
    files["resources/icons/overdraft.svg"] = b"<svg/>"
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"overdraft/{name}")
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    assert checker.problems(target) == []
    return target


# Written in pieces, or this file would be a finding itself.
SECRET = f'api_key = "{"AKIA"}{"IOSFODNN7"}{"EXAMPLX"}"\n'.encode()


@pytest.mark.parametrize(
    ("change", "modes", "expected"),
    [
        ({"overdraft/LICENSE": None}, {}, "LICENSE is missing"),
        ({"overdraft/.hidden": b"x"}, {}, "hidden file"),
        ({"overdraft/run.sh": b"x"}, {}, "files of the kind .sh"),
        ({"overdraft/core/fast.so": b"x"}, {}, "files of the kind .so"),
        ({"overdraft/tests/test_x.py": b"x = 1\n"}, {}, "does not belong"),
        ({"other/file.txt": b"x"}, {}, "must hold one folder"),
        ({"overdraft/../../evil.py": b"x"}, {}, "leads out"),
        ({}, {"overdraft/__init__.py": 0o100755}, "executable bit"),
        ({"overdraft/core/bad.py": b"import pickle\nexec('1')\n"}, {}, "bandit: core/bad.py:2: B102"),
        ({"overdraft/core/low.py": b"assert True\n"}, {}, "bandit: core/low.py:1: B101"),
        ({"overdraft/core/keys.py": SECRET}, {}, "detect-secrets: core/keys.py:1"),
    ],
)
def test_checker_sees_what_the_repository_refuses(
    small: Path, tmp_path: Path, change: dict, modes: dict, expected: str
) -> None:
    found = checker.problems(rezip(small, tmp_path / "changed.zip", change, modes))
    assert any(expected in problem for problem in found), found
