"""Put the plugin of this checkout into a QGIS profile, prove that it runs there, and take it out again.

What ``install`` changes in the profile, all of it undone by ``uninstall``:

- ``python/plugins/overdraft``: a link to the checkout;
- ``python/shapely``, ``python/pyogrio``, ``python/geopandas``: links to the packages of ``.venv``, which are
  compiled against the system's own GEOS and GDAL. QGIS searches the profile's ``python`` folder before the
  system's packages, so this profile, and nothing else on the machine, sees them;
- ``QGIS/QGIS3.ini``: the line ``overdraft=true`` under ``[PythonPlugins]``;
- ``python/overdraft-install.json``: the list of the links, for ``uninstall``.

Only the standard library is used, so that ``uninstall`` works when ``.venv`` is gone.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = "overdraft"
PACKAGES = ("shapely", "pyogrio", "geopandas")
DEFAULT_PROFILE = Path(".local/share/QGIS/QGIS3/profiles/default")
SECTION = "[PythonPlugins]"
WINDOW_SECONDS = 180

# Runs inside QGIS once its window stands. Leaving by os._exit: QGIS's own way out may ask questions.
PROOF = """
import json, os, traceback
from qgis.PyQt.QtCore import QTimer

def prove():
    answer = {{}}
    try:
        import geopandas, qgis.utils, shapely
        from qgis import processing
        answer["loaded"] = {plugin!r} in qgis.utils.plugins
        answer["geopandas"], answer["shapely"] = geopandas.__version__, shapely.__version__
        result = processing.run("{plugin}:createregister", {{"OUTPUT": {case!r}}})
        answer["bytes"] = os.path.getsize(result["OUTPUT"])
    except Exception:
        answer["error"] = traceback.format_exc()
    with open({answer!r}, "w") as file:
        json.dump(answer, file)
    os._exit(0)

QTimer.singleShot(3000, prove)
"""


def say(text: str) -> None:
    """One plain line for each step."""
    print(f"install: {text}", flush=True)


def fail(text: str) -> None:
    """Stop with what is wrong and what to do."""
    sys.exit(f"install: FAILED: {text}")


def profile_folder(option: str) -> Path:
    """The profile to work on. Its path ends in ``profiles/NAME``: QGIS is started with the two parts."""
    profile = Path(option).expanduser().absolute() if option else Path.home() / DEFAULT_PROFILE
    if profile.parent.name != "profiles":
        fail(f"PROFILE_DIR is '{profile}'. The folder of a QGIS profile is called …/profiles/NAME")
    return profile


def refuse_running_qgis(profile: Path) -> None:
    """QGIS writes its settings when it closes and would undo what is written now."""
    default = Path.home() / DEFAULT_PROFILE.parent.parent
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name = (process / "comm").read_text().strip()
            same_user = process.stat().st_uid == os.geteuid()
            arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it ended meanwhile
        option = "--profiles-path"
        named = arguments[arguments.index(option) + 1] if option in arguments[:-1] else default
        elsewhere = Path(named).resolve() != profile.parent.parent.resolve()
        if same_user and name in ("qgis", "qgis.bin") and not elsewhere:
            fail(f"QGIS is running (process {process.name}). Close it and call this again")


def refuse_strangers(places: Iterable[Path]) -> None:
    """Only links are replaced: anything else was put there by somebody else."""
    for place in places:
        if place.exists() and not place.is_symlink():
            fail(
                f"{place} was not put there by 'make install'. Remove it first (in QGIS: Plugins, Installed)"
            )


def link(place: Path, target: Path) -> None:
    """Make ``place`` a link to ``target``, whatever it linked to before."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def venv_packages() -> Path:
    """The folder with the packages that 'make setup' compiled."""
    folders = sorted((ROOT / ".venv/lib").glob("python3*/site-packages"))
    if len(folders) != 1:
        fail(f"there must be one Python environment in .venv, found {len(folders)}. Run 'make setup' first")
    return folders[0]


def switched(text: str, on: bool) -> str:
    """The settings with the plugin switched on, or with its line taken out.

    Only the one line is touched: the file is QGIS's own, a parser of ours should not rewrite the rest of it.
    """
    lines = text.splitlines()
    if SECTION not in lines:
        return "\n".join([*lines, "", SECTION, f"{PLUGIN}=true", ""]) if on else text
    start = lines.index(SECTION) + 1
    end = next((i for i in range(start, len(lines)) if lines[i].startswith("[")), len(lines))
    body = [line for line in lines[start:end] if not re.match(rf"{PLUGIN}\s*=", line)]
    entry = [f"{PLUGIN}=true"] if on else []
    return "\n".join([*lines[:start], *entry, *body, *lines[end:], ""])


def switch(profile: Path, on: bool) -> None:
    """Write the changed settings beside the file and rename, so that a crash leaves the old ones."""
    settings = profile / "QGIS/QGIS3.ini"
    if not settings.exists() and not on:
        return
    settings.parent.mkdir(parents=True, exist_ok=True)
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    beside = settings.with_suffix(".ini.new")
    beside.write_text(switched(text, on), encoding="utf-8")
    beside.replace(settings)


def install(profile: Path) -> None:
    """Link plugin and packages, switch the plugin on, prove it."""
    refuse_running_qgis(profile)
    say(f"the profile is {profile}")
    links = {profile / "python/plugins" / PLUGIN: ROOT}
    # On a newer release the distribution's own packages will do, and .venv holds none of them.
    compiled = [name for name in PACKAGES if (venv_packages() / name).is_dir()]
    links |= {profile / "python" / name: venv_packages() / name for name in compiled}
    refuse_strangers(links)
    record = profile / "python" / f"{PLUGIN}-install.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(
        json.dumps([str(place.relative_to(profile)) for place in links], indent=1), encoding="utf-8"
    )
    for place, target in links.items():
        link(place, target)
        say(f"linked {place.relative_to(profile)} to {target}")
    switch(profile, on=True)
    say("switched the plugin on")
    prove(profile)
    say("done. 'make uninstall' takes it out again")


def prove(profile: Path) -> None:
    """Start QGIS with this profile in a window under a virtual display and run one algorithm in it."""
    say("starting QGIS under a virtual display and running overdraft:createregister in it (about 20 seconds)")
    with tempfile.TemporaryDirectory(prefix="overdraft-proof-") as folder:
        answer, script = Path(folder, "answer.json"), Path(folder, "proof.py")
        values = {"plugin": PLUGIN, "case": str(Path(folder, "case.gpkg")), "answer": str(answer)}
        script.write_text(PROOF.format(**values), encoding="utf-8")
        command = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24", "qgis", "--nologo", "--noversioncheck"]
        command += [
            "--profiles-path",
            str(profile.parent.parent),
            "--profile",
            profile.name,
            "--code",
            str(script),
        ]
        environment = {
            key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "QGIS_PLUGINPATH")
        }
        environment.pop("QT_QPA_PLATFORM", None)
        try:
            done = subprocess.run(
                command,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=WINDOW_SECONDS,
            )
        except subprocess.TimeoutExpired:
            fail(
                f"QGIS gave no answer in {WINDOW_SECONDS} seconds. The links are made; start QGIS to see why"
            )
        if not answer.exists():
            fail(
                f"QGIS ended without an answer (exit code {done.returncode}). It said:\n{done.stderr[-3000:]}"
            )
        found = json.loads(answer.read_text())
    if "error" in found or not found.get("loaded"):
        reason = found.get("error", "QGIS did not load it")
        fail(f"the plugin does not work in QGIS:\n{reason}\n{done.stderr[-3000:]}")
    say(f"QGIS loaded the plugin and wrote an empty case file of {found['bytes']:,} bytes")
    say(f"in this profile: geopandas {found['geopandas']}, shapely {found['shapely']}")


def uninstall(profile: Path) -> None:
    """Remove what ``install`` made, and nothing else."""
    record = profile / "python" / f"{PLUGIN}-install.json"
    if not record.exists():
        say(f"nothing to take out of {profile}")
        return
    refuse_running_qgis(profile)
    for name in json.loads(record.read_text(encoding="utf-8")):
        place = profile / name
        if place.is_symlink():
            place.unlink()
            say(f"removed {name}")
    switch(profile, on=False)
    record.unlink()
    say(f"the plugin is out of {profile}")


def as_caller() -> None:
    """Under sudo the profile meant is the caller's, and the files in it must stay the caller's."""
    user = os.environ.get("SUDO_USER", "root")
    if os.geteuid() == 0 and user != "root":
        command = ["sudo", "-u", user, f"HOME={pwd.getpwnam(user).pw_dir}", sys.executable, *sys.argv]
        sys.exit(subprocess.run(command, check=False).returncode)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["install", "uninstall"])
    parser.add_argument("--profile", default="", help="folder of the profile; default: that of the caller")
    arguments = parser.parse_args()
    as_caller()
    profile = profile_folder(arguments.profile)
    (install if arguments.action == "install" else uninstall)(profile)


if __name__ == "__main__":
    main()
