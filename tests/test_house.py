"""The house rules that no single module can keep on its own."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("plugin", "ui", "processing", "core")
TEXT_SUFFIXES = {
    *(
        ".py",
        ".md",
        ".toml",
        ".txt",
        ".sh",
        ".yml",
        ".yaml",
        ".json",
        ".cfg",
        ".ini",
        ".html",
        ".qml",
        ".ts",
        ".csv",
    ),
    "",
}
OUTSIDE = ("qgis", "PyQt5", "PyQt6", "osgeo", "processing")
# Work that was put off, and places on somebody's own machine.
LEFT_BEHIND = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|lorem ipsum)\b"
    r"|(?<![\w.:/~])/(work|home|root|Users|mnt/data)/\w"
    r"|\.\./shared\b"
)


def tracked_files() -> list[Path]:
    """Every file under version control that exists; all files of the folder where git is missing."""
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
        paths = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        made = {".git", ".venv", "build", "__pycache__"}
        paths = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts)]
    return [path for path in paths if path.is_file()]


TRACKED = tracked_files()


def imported_modules(path: Path) -> list[tuple[int, str, int]]:
    """Line, module and level (0: absolute) of every import statement, also inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.lineno, node.module or "", node.level))
    return found


def modules_of(room: str) -> list[Path]:
    """The Python files of one room of the house."""
    return [path for path in TRACKED if path.suffix == ".py" and (ROOT / room) in path.parents]


def test_processing_is_that_of_qgis(qgis_processing) -> None:
    """Our folder of the same name must never hide QGIS's package."""
    import processing

    assert callable(processing.run)
    assert ROOT not in Path(processing.__file__).resolve().parents


def test_no_module_of_ours_is_loaded_under_a_bare_name() -> None:
    """A module loaded both as ``core`` and as ``overdraft.core`` exists twice, with two sets of classes."""
    strays = [
        name
        for name, module in sys.modules.items()
        if name.split(".")[0] in ROOMS
        and getattr(module, "__file__", None)
        and ROOT in Path(module.__file__).resolve().parents
    ]
    assert strays == []


def test_the_root_is_not_on_the_module_path() -> None:
    """See ``conftest.py``: with the root on the path, ``import processing`` would find our folder."""
    assert [entry for entry in sys.path if Path(entry or ".").resolve() == ROOT] == []


def test_the_domain_imports_neither_qgis_nor_qt() -> None:
    """The domain can be used from a notebook."""
    assert modules_of("core"), "no modules found: the test would prove nothing"
    offences = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules_of("core")
        for line, name, level in imported_modules(path)
        if level == 0 and name.split(".")[0] in OUTSIDE
    ]
    assert offences == []


@pytest.mark.parametrize("room", ROOMS)
def test_the_plugin_imports_itself_relatively(room: str) -> None:
    """The folder may be called differently where it is installed, and bare names would be somebody else's."""
    bare = {"overdraft", *ROOMS} - {
        "processing"
    }  # the bare name is QGIS's, and may be imported above the domain
    offences = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules_of(room)
        for line, name, level in imported_modules(path)
        if level == 0 and name.split(".")[0] in bare
    ]
    assert offences == []


def test_the_entry_imports_nothing_before_qgis_asks() -> None:
    """The plugin manager imports ``__init__``; a missing package must not make that fail."""
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [node.module for node in imports] == ["__future__"]
    assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] == ["classFactory"]


def test_qt_is_imported_through_qgis_only() -> None:
    """A direct import of PyQt5 would break where QGIS is built on Qt 6."""
    offences = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for room in ROOMS
        for path in modules_of(room)
        for line, name, _level in imported_modules(path)
        if re.match(r"(PyQt|PySide)\d", name)
    ]
    assert offences == []


def test_nothing_is_left_behind() -> None:
    """No work put off and no paths of somebody's machine in what is shipped."""
    offences = []
    for path in TRACKED:
        if path.suffix not in TEXT_SUFFIXES or path == Path(__file__).resolve() or path.name == "LICENSE":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if LEFT_BEHIND.search(line):
                offences.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert offences == []


def test_links_between_documents_lead_somewhere() -> None:
    """Links and pictures of the Markdown files, as far as they stay inside the repository."""
    dead = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in TRACKED
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert dead == []


def test_files_stay_short_enough_to_read() -> None:
    """A module that outgrows this is two modules."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in TRACKED
        if path.suffix == ".py"
        and (ROOT / "tests") not in path.parents
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_generated_files_are_not_committed() -> None:
    """They are made by ``make sample`` and ``make translations``."""
    generated = [
        str(path.relative_to(ROOT))
        for path in TRACKED
        if path.suffix in {".qm", ".pyc"} or (path.suffix == ".gpkg" and path.parent.name == "sample_layers")
    ]
    assert generated == []
