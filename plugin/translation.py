"""The plugin's own translation: loaded at start, taken out at the end."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale, QTranslator

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "i18n"
NAME = "overdraft"


def load_translator(folder: Path = FOLDER) -> QTranslator | None:
    """A translator for the language of QGIS; None where we have none (English needs none).

    QGIS calls Simplified Chinese ``zh-Hans``. Given a QLocale, Qt finds ``overdraft_zh_CN.qm`` for it as well as for
    ``zh_CN`` and ``zh``; a name put together from the locale's text would not.
    """
    locale = QLocale(QgsApplication.locale())
    translator = QTranslator()
    found = translator.load(locale, NAME, "_", str(folder), ".qm")
    if not found and locale.language() == QLocale.Language.Chinese:
        found = translator.load(str(folder / f"{NAME}_zh_CN.qm"))
    return translator if found and not translator.isEmpty() else None


class Translation:
    """The translator as long as the plugin lives."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._translator: QTranslator | None = None

    def install(self) -> None:
        """Make our texts available; a second call changes nothing."""
        if self._translator is None:
            self._translator = load_translator(self._folder)
            if self._translator is not None:
                QCoreApplication.installTranslator(self._translator)

    def remove(self) -> None:
        """Take our texts out again."""
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None
