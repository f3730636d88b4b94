"""The local help pages: a written introduction, then what every algorithm says of itself.

Called by tools/contract.py; the result stands in resources/help/{en,zh_CN}/index.html and is opened by the plugin's
Help, without a network.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from overdraft.processing.help import FOLDERS
from overdraft.processing.texts import RESOURCES

TITLES = {"en": "Groundwater Zoning", "zh": "地下水超采分区"}
WINDOWS = {"en": "Windows", "zh": "各窗口"}
IN_ORDER = ("setup", "desk", "review", "slip", "pairing", "retirement", "policy", "dashboard", "export")
ALGORITHMS = {"en": "Algorithms", "zh": "各算法"}
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
    """The whole page as HTML: the windows with a link to the page of each, the algorithms with an anchor each."""
    folder = FOLDERS[language]
    intro = (RESOURCES / "help" / folder / "intro.html").read_text(encoding="utf-8")
    pages = RESOURCES / "help" / folder / "windows"
    windows = "\n".join(
        f'<a href="windows/{name}.html">{title(pages / f"{name}.html")}</a>' for name in IN_ORDER
    )
    links = "\n".join(f'<a href="#{item.name()}">{item.displayName()}</a>' for item in algorithms)
    sections = "\n".join(
        f'<section id="{item.name()}">\n'
        f"<h2>{item.displayName()} <small><code>overdraft:{item.name()}</code></small></h2>\n"
        f"{item.shortHelpString()}\n</section>"
        for item in algorithms
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{folder.replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{TITLES[language]}</title>\n<link rel="stylesheet" href="../style.css">\n</head>\n<body>\n'
        f"{intro}<h2>{WINDOWS[language]}</h2>\n<nav>\n{windows}\n</nav>\n"
        f"<h2>{ALGORITHMS[language]}</h2>\n<nav>\n{links}\n</nav>\n{sections}\n</body>\n</html>\n"
    )


def title(file: Path) -> str:
    """The title of an HTML page."""
    return file.read_text(encoding="utf-8").partition("<title>")[2].partition("</title>")[0]
