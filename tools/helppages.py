"""The local help pages: a written introduction, then what every algorithm says of itself.

Called by tools/contract.py; the result stands in resources/help/{en,zh_CN}/index.html and is opened by the plugin's
Help, without a network.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from overdraft.processing.help import FOLDERS
from overdraft.processing.texts import RESOURCES

STYLE = """
body { font-family: "Noto Sans", "Microsoft YaHei", "PingFang SC", sans-serif; max-width: 50em; margin: 2em auto;
  padding: 0 1em; color: #222; line-height: 1.5; }
h1, h2 { color: #1c4f75; }
h2 { border-bottom: 1px solid #cdd8e0; margin-top: 1.6em; }
dt { font-weight: bold; }
dd { margin: 0 0 0.6em 1.5em; }
pre { background: #f3f5f7; padding: 0.8em; white-space: pre-wrap; overflow-wrap: anywhere; }
small code { font-weight: normal; font-size: 0.7em; color: #666; }
nav a { margin-right: 1em; }
"""
TITLES = {"en": "Groundwater Zoning", "zh": "地下水超采分区"}
LOCALES = {"en": "en", "zh": "zh_CN"}


def speak(locale: str) -> None:
    """Let our texts be in this language, whatever the settings of this machine say."""
    from qgis.core import QgsApplication

    QgsApplication.locale = staticmethod(lambda: locale)


def help_pages(instances: Callable[[], list]) -> dict[Path, str]:
    """Path and content of the page in each language; ``instances`` makes the algorithms in the language of QGIS."""
    import subprocess
    import tempfile

    from overdraft.plugin.translation import FOLDER, Translation

    pages = {}
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder) / "overdraft_zh_CN.qm"
        subprocess.run(["lrelease", "-silent", FOLDER / "overdraft_zh_CN.ts", "-qm", compiled], check=True)
        for language, locale in LOCALES.items():
            speak(locale)
            translation = Translation(Path(folder))
            translation.install()
            pages[RESOURCES / "help" / FOLDERS[language] / "index.html"] = page(instances(), language)
            translation.remove()
    speak("en")
    return pages


def page(algorithms: list, language: str) -> str:
    """The whole page as HTML, with an anchor per algorithm."""
    folder = FOLDERS[language]
    intro = (RESOURCES / "help" / folder / "intro.html").read_text(encoding="utf-8")
    links = "\n".join(f'<a href="#{item.name()}">{item.displayName()}</a>' for item in algorithms)
    sections = "\n".join(
        f'<section id="{item.name()}">\n'
        f"<h2>{item.displayName()} <small><code>overdraft:{item.name()}</code></small></h2>\n"
        f"{item.shortHelpString()}\n</section>"
        for item in algorithms
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{folder.replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{TITLES[language]}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{intro}<nav>\n{links}\n</nav>\n"
        f"{sections}\n</body>\n</html>\n"
    )
