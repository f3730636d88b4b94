"""Build the zip for the QGIS plugin repository from the last commit.

What goes in is decided by ``export-ignore`` in ``.gitattributes``; the compiled translation and the sample
layers, which are made and not committed, are added.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "overdraft"
GENERATED = ("resources/i18n/*.qm", "sample_layers/*.gpkg", "sample_layers/*.qgz")
PLACEHOLDER = "example.org"


def git(*arguments: str) -> bytes:
    """Output of a git command in the checkout; exits with git's own words if it fails."""
    # The checkout may belong to another user than the caller (sudo).
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"package: FAILED: git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def committed_files() -> dict[str, bytes]:
    """Path below the package to content, for everything that is committed and not left out."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", "--format=tar", "HEAD"))) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def generated_files() -> dict[str, bytes]:
    """The compiled translation and the sample layers."""
    found: dict[str, bytes] = {}
    for pattern in GENERATED:
        found |= {str(path.relative_to(ROOT)): path.read_bytes() for path in sorted(ROOT.glob(pattern))}
    for suffix, remedy in ((".qm", "make translations"), (".gpkg", "make sample"), (".qgz", "make sample")):
        if not any(name.endswith(suffix) for name in found):
            sys.exit(f"package: FAILED: there is no {suffix} file yet. Run '{remedy}' first")
    return found


def with_contact(metadata: str, contact: dict[str, str]) -> str:
    """The metadata with e-mail and addresses replaced.

    The file is read with interpolation, so a percent sign in a value is doubled.
    """
    for key, value in contact.items():
        line = f"{key}={value.replace('%', '%%')}"
        metadata, count = re.subn(rf"(?m)^{key}=.*$", lambda _match, line=line: line, metadata)
        if count != 1:
            sys.exit(
                f"package: FAILED: metadata.txt must have the line '{key}=…' once, it has it {count} times"
            )
    return metadata


def build(target: Path, contact: dict[str, str]) -> int:
    """Write the zip to ``target`` and return the number of files in it."""
    files = committed_files() | generated_files()
    files["metadata.txt"] = with_contact(files["metadata.txt"].decode(), contact).encode()
    stamp = time.gmtime(int(git("log", "-1", "--format=%ct")))[:6]
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".part")
    with zipfile.ZipFile(beside, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{PACKAGE}/{name}", stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16  # never executable
            archive.writestr(entry, files[name])
    beside.replace(target)
    return len(files)


def main() -> None:
    """Read the command line, build, say what was done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", type=Path)
    for key in ("email", "homepage", "tracker", "repository"):
        parser.add_argument(f"--{key}", required=True)
    arguments = parser.parse_args()
    contact = {key: getattr(arguments, key) for key in ("email", "homepage", "tracker", "repository")}
    if git("status", "--porcelain", "--untracked-files=no"):
        print("package: note: there are changes that are not committed; the package holds the last commit")
    count = build(arguments.target, contact)
    size = arguments.target.stat().st_size / 1e6
    print(f"package: {arguments.target}, {count} files, {size:.1f} MB")
    example = [key for key, value in contact.items() if PLACEHOLDER in value]
    if example:
        print(
            f"package: note: {', '.join(example)}: example values. For publication call: make package "
            + " ".join(f"{key.upper()}=…" for key in example)
        )


if __name__ == "__main__":
    main()
