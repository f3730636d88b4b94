"""Which part of the case, who may see it, in which language, and where the files go."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...core.papers import Parts, Scope
from ...processing.texts import tr, ui_language
from ..shared.choices import refill
from .page import Page
from .rows import Rows, said


class PartBox(QWidget):
    """County, zone, authority, period, privacy and language, as far as the papers can be limited to them.

    Attributes:
        place: the row of the folder, for the window to lay out.

    Signals:
        changed: something else is asked for.
    """

    changed = pyqtSignal()

    def __init__(self, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = self._rows = Rows(self, self.changed)
        self._takes: tuple[str, ...] = ()
        every = [("", tr("All"))]
        self.county = rows.choice(
            "county", tr("&County"), tr("Only wells, units and land of this county"), every
        )
        self.zone = rows.choice("zone", tr("&Zone"), tr("Only wells that lie in this zone"), every)
        self.authority = rows.choice("authority", tr("&Authority"), tr("Only wells of this authority"), every)
        self.begin = rows.day("begin", tr("&From"), tr("Only what happened from this day on"))
        self.end = rows.day("end", tr("&To"), tr("Only what happened up to this day"))
        self.profile = rows.choice(
            "profile", tr("For &whom"), tr("Who may see the files: it decides on personal data")
        )
        languages = [("zh", tr("Chinese")), ("en", tr("English"))]
        self.language = rows.choice(
            "language", tr("Lang&uage"), tr("Of the files; that of QGIS unless you choose another"), languages
        )
        self.language.setCurrentIndex(self.language.findData(ui_language()))
        self.place = Rows(None, self.changed)
        self.folder = self.place.file(
            "folder", tr("Fol&der"), tr("Files of the same name are replaced once all new ones are complete")
        )
        self.folder.setFilePath(folder)
        self._fields = {
            "COUNTY": (self.county,),
            "ZONE": (self.zone,),
            "AUTHORITY": (self.authority,),
            "PERIOD": (self.begin, self.end),
            "PROFILE": (self.profile,),
        }

    def fit(self, page: Page) -> None:
        """Show what these papers can be limited to, and for whom they can be made."""
        self._takes = page.TAKES
        for name, fields in self._fields.items():
            for field in fields:
                self._rows.show_row(field, name in page.TAKES)
        labels = {
            "internal": tr("Internal: personal data masked"),
            "public": tr("Public: no personal data"),
            "full": tr("Full: all personal data, put on record"),
        }
        refill(self.profile, [(labels[token], token) for token in page.PROFILES])

    def offer(self, offered: Parts) -> None:
        """Fill the choices with what the case has; what was chosen stays where it is still there."""
        for combo, items in (
            (self.county, offered.counties),
            (self.zone, offered.zones),
            (self.authority, [(name, "") for name in offered.authorities]),
        ):
            named = [(f"{name} ({key})" if name else key, key) for key, name in items]
            refill(combo, [(tr("All"), ""), *named])
        self.changed.emit()

    def scope(self) -> Scope:
        """What is chosen, as far as the papers can be limited to it.

        Raises:
            OverdraftError: the period ends before it begins.
        """
        by_combo = {"county": self.county, "zone": self.zone, "authority": self.authority}
        given = {
            name: combo.currentData() or "" for name, combo in by_combo.items() if name.upper() in self._takes
        }
        days = {"begin": self.begin.value(), "end": self.end.value()} if "PERIOD" in self._takes else {}
        return Scope(**given, **days)

    def parameters(self) -> dict[str, object]:
        """The same for an algorithm, with privacy, language and folder."""
        scope = self.scope()
        days = {"BEGIN": scope.begin, "END": scope.end}
        return {
            **said({"COUNTY": scope.county, "ZONE": scope.zone, "AUTHORITY": scope.authority}),
            **{name: value.isoformat() for name, value in days.items() if value},
            **({"PROFILE": self.profile.currentData()} if "PROFILE" in self._takes else {}),
            "LANGUAGE": self.language.currentData(),
            "OUTPUT": str(self.path() or Path()),
        }

    def path(self) -> Path | None:
        """The folder; None where none is given."""
        text = self.folder.filePath().strip()
        return Path(text) if text else None
