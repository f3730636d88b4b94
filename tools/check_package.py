"""Check a zip as the QGIS plugin repository does on upload, and a little more strictly.

Blocking there: bandit, detect-secrets, the metadata rules, the size, the layout. Advisory there and required
here: no executable bits, no hidden files, no binaries or shell scripts. Prints every finding; exit code 1 if
there is one.
"""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MAX_BYTES = 25_000_000
REQUIRED_FILES = ("__init__.py", "metadata.txt", "LICENSE")
REQUIRED_KEYS = (
    *(
        "name",
        "description",
        "version",
        "qgisMinimumVersion",
        "author",
        "email",
        "about",
        "tracker",
        "repository",
    ),
    *(
        "homepage",
        "tags",
        "category",
        "icon",
        "changelog",
        "experimental",
        "deprecated",
        "hasProcessingProvider",
    ),
)
FORBIDDEN_SUFFIXES = {
    *(".pyc", ".pyo", ".so", ".dll", ".exe", ".dylib", ".sh", ".bat", ".cmd", ".ps1", ".ts"),
    *(".zip", ".whl", ".egg"),
}
FORBIDDEN_PARTS = {"__pycache__", "__MACOSX", "tests", "build"}
FORBIDDEN_FILES = {"Makefile", "conftest.py", "pyproject.toml"}


def layout_problems(archive: zipfile.ZipFile) -> Iterator[str]:
    """Names and modes of the entries: one top folder, nothing hidden, executable, binary or unsafe."""
    tops = {PurePosixPath(name).parts[0] for name in archive.namelist()}
    if len(tops) != 1 or not next(iter(tops)).isidentifier():
        yield f"the zip must hold one folder whose name is a Python identifier, it holds {sorted(tops)}"
        return
    top = next(iter(tops))
    names = set(archive.namelist())
    yield from (f"{name} is missing" for name in REQUIRED_FILES if f"{top}/{name}" not in names)
    if not any(name.endswith(".qm") for name in names):
        yield "the compiled translation (.qm) is missing"
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename)
        mode = entry.external_attr >> 16
        if ".." in path.parts or path.is_absolute() or "\\" in entry.filename:
            yield f"{path}: leads out of the folder"
        if any(part.startswith(".") for part in path.parts):
            yield f"{path}: hidden file"
        if FORBIDDEN_PARTS & set(path.parts) or path.name in FORBIDDEN_FILES:
            yield f"{path}: does not belong into the package"
        if path.suffix.lower() in FORBIDDEN_SUFFIXES:
            yield f"{path}: files of the kind {path.suffix} are not allowed"
        if mode & 0o111 or (mode & 0o170000) not in (0, 0o100000):
            yield f"{path}: must be a plain file without an executable bit, its mode is {mode:o}"


def metadata_problems(text: str, folder: Path) -> Iterator[str]:
    """Keys and values of ``metadata.txt`` as the repository reads them; ``folder`` is the unpacked plugin."""
    parser = configparser.ConfigParser()  # with interpolation: a single % in a value is an error there, too
    parser.optionxform = str
    try:
        parser.read_string(text)
        values = dict(parser.items("general"))
    except configparser.Error as error:
        yield f"metadata.txt: {error}"
        return
    yield from (
        f"metadata.txt: {key} is missing or empty" for key in REQUIRED_KEYS if not values.get(key, "").strip()
    )
    for key in ("version", "qgisMinimumVersion", "qgisMaximumVersion"):
        if not re.fullmatch(r"\d+\.\d+(\.\d+)?", values.get(key, "")):
            yield f"metadata.txt: {key} is '{values.get(key, '')}', it must be numbers with dots"
    for key in ("homepage", "tracker", "repository"):
        if not re.fullmatch(r"https?://[^\s/]+\S*", values.get(key, "")):
            yield f"metadata.txt: {key} is '{values.get(key, '')}', it must be an http address"
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", values.get("email", "")):
        yield f"metadata.txt: email is '{values.get('email', '')}', it must be an e-mail address"
    for key in ("experimental", "deprecated", "hasProcessingProvider"):
        if values.get(key) not in ("True", "False", "yes", "no"):
            yield f"metadata.txt: {key} is '{values.get(key)}', it must be True, False, yes or no"
    icon = folder / values.get("icon", "")
    if not icon.is_file():
        yield f"metadata.txt: the icon '{values.get('icon')}' is not in the package"
    if re.search(r"plugin", values.get("name", ""), re.IGNORECASE):
        yield "metadata.txt: the name must not contain the word plugin"


def bandit_problems(folder: Path) -> Iterator[str]:
    """Every finding of bandit, all tests, all severities."""
    report = run_json("bandit", "--recursive", "--quiet", "--format", "json", str(folder))
    yield from (f"bandit: {error['filename']}: {error['reason']}" for error in report["errors"])
    for issue in report["results"]:
        name = Path(issue["filename"]).relative_to(folder)
        yield f"bandit: {name}:{issue['line_number']}: {issue['test_id']} {issue['issue_text']}"


def secret_problems(folder: Path) -> Iterator[str]:
    """Everything that detect-secrets takes for a password, a key or a token."""
    report = run_json("detect_secrets", "scan", "--all-files", ".", cwd=folder)
    for name, secrets in report["results"].items():
        yield from (f"detect-secrets: {name}:{secret['line_number']}: {secret['type']}" for secret in secrets)


def run_json(module: str, *arguments: str, cwd: Path | None = None) -> dict:
    """Run a checker of this environment and parse what it prints."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        said = done.stderr.strip() or done.stdout.strip()
        sys.exit(f"check_package: FAILED: {module} gave no report. It said: {said}")


def problems(package: Path) -> list[str]:
    """Everything that is wrong with the zip, empty if nothing is."""
    found = []
    size = package.stat().st_size
    if size >= MAX_BYTES:
        found.append(f"the zip has {size:,} bytes, fewer than {MAX_BYTES:,} are allowed")
    with zipfile.ZipFile(package) as archive, tempfile.TemporaryDirectory() as temporary:
        found += layout_problems(archive)
        if any("leads out" in problem for problem in found):
            return found
        archive.extractall(temporary)
        folder = Path(temporary) / PurePosixPath(archive.namelist()[0]).parts[0]
        metadata = folder / "metadata.txt"
        if metadata.is_file():
            found += metadata_problems(metadata.read_text(encoding="utf-8"), folder)
        found += bandit_problems(folder)
        found += secret_problems(folder)
    return found


def main() -> None:
    """Check the zip named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: check_package.py ZIP")
    package = Path(sys.argv[1])
    found = problems(package)
    for problem in found:
        print(f"check_package: {problem}")
    if found:
        sys.exit(f"check_package: FAILED: {len(found)} finding(s) in {package}")
    print(f"check_package: {package} passes: layout, metadata, bandit, detect-secrets")


if __name__ == "__main__":
    main()
