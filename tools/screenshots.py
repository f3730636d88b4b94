"""Pictures of every window, taken in a real QGIS under a virtual display while the sample goes through its year.

    .venv/bin/python tools/screenshots.py                      the pictures of README and help, Chinese and English
    .venv/bin/python tools/screenshots.py --scale 1.5 --dark --out build/screenshots

QGIS runs with a profile of its own below build/ and ends by itself. The pictures of the help stand beside its pages,
those of the README in docs/pictures.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/screenshots"
LOCALES = {"zh": "zh-Hans", "en": "en_US"}
HELP = {"zh": ROOT / "resources/help/zh_CN/windows", "en": ROOT / "resources/help/en/windows"}
README = {"review": "review_zh.png", "pairing": "pairing_zh.png", "retirement": "retirement_zh.png"}
IN_HELP = (
    "setup_fields",
    "desk_recorded",
    "desk_objection",
    "review",
    "dashboard",
    "pairing",
    "retirement",
    "policy",
    "export",
    "export_maps",
)
MINUTES = 12


def profile(language: str, dark: bool) -> Path:
    """A fresh QGIS profile in this language, with the plugin switched on and nothing that greets."""
    folder = BUILD / f"profile_{language}"
    shutil.rmtree(folder, ignore_errors=True)
    settings = folder / "profiles/default/QGIS/QGIS3.ini"
    settings.parent.mkdir(parents=True)
    theme = "Night Mapping" if dark else "default"
    settings.write_text(
        "[migration]\nfileVersion=2\nsettings=true\n\n"
        f"[locale]\nuserLocale={LOCALES[language]}\noverrideFlag=true\n\n"
        f"[UI]\nUITheme={theme}\n\n[PythonPlugins]\noverdraft=true\n\n"
        "[qgis]\ncheckVersion=false\nenableMacros=Never\nshowTips=false\nshowTips322=false\n",
        encoding="utf-8",
    )
    return folder


def drive(language: str, scale: float, dark: bool, out: Path) -> None:
    """One QGIS through the whole tour; stops with what QGIS said if a window is missing."""
    plugins = BUILD / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    link = plugins / "overdraft"
    if not link.exists():
        link.symlink_to(ROOT)
    work = Path(tempfile.gettempdir()) / "overdraft"  # a name that may stand in a picture
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    out.mkdir(parents=True, exist_ok=True)
    packages = next((ROOT / ".venv/lib").glob("python*/site-packages"))
    environment = {
        **os.environ,
        "QGIS_PLUGINPATH": str(plugins),
        "PYTHONPATH": str(packages),
        "PYTHONWARNINGS": "ignore",
        "QT_SCALE_FACTOR": str(scale),
        "OVERDRAFT_WORK": str(work),
        "OVERDRAFT_OUT": str(out),
        "OVERDRAFT_SAMPLE": str(ROOT / "sample_layers"),
    }
    environment.pop("QT_QPA_PLATFORM", None)
    width, height = int(1400 * scale), int(900 * scale)
    command = ["timeout", str(60 * MINUTES), "xvfb-run", "-a", "-s", f"-screen 0 {width}x{height}x24"]
    command += ["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(profile(language, dark))]
    command += ["--code", str(ROOT / "tools/screenshots_tour.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    report = work / "tour.txt"
    said = report.read_text(encoding="utf-8") if report.is_file() else done.stderr[-3000:]
    print(said)
    if not said.rstrip().endswith("all pictures taken"):
        sys.exit(f"screenshots: FAILED in {language}; see above and {work}")


def deliver(language: str, out: Path) -> None:
    """The pictures to where README and help look for them, in few colours so that they stay small."""
    for name in IN_HELP:
        shrink(out / f"{name}.png", HELP[language] / f"{name}.png")
    if language == "zh":
        for name, target in README.items():
            shrink(out / f"{name}.png", ROOT / "docs/pictures" / target)


def shrink(source: Path, target: Path) -> None:
    """The same picture in 96 colours, as ImageMagick chooses them."""
    subprocess.run(["convert", source, "-dither", "None", "-colors", "96", f"PNG8:{target}"], check=True)


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--language", choices=[*LOCALES, "both"], default="both")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--out", type=Path, help="only there, not into README and help")
    chosen = parser.parse_args()
    for language in LOCALES if chosen.language == "both" else (chosen.language,):
        out = (chosen.out or BUILD / "pictures") / language
        shutil.rmtree(out, ignore_errors=True)
        drive(language, chosen.scale, chosen.dark, out)
        if chosen.out is None:
            deliver(language, out)


if __name__ == "__main__":
    main()
