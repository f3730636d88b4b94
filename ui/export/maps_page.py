"""Which maps, on what paper. QGIS draws layouts on the main thread: page by page, with the window served in between."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from ...processing.first_page import prepared
from ...processing.output.exportmaps import DPI, FORMATS, KINDS, ORIENTATIONS, PAPERS, PROFILES
from ...processing.texts import tr
from ..shared.plain import set_tip
from ..shared.settings import UserSettings
from ..shared.steps import Steps, awaited
from .page import Order, Page, plainly
from .rows import Rows, said, ticked
from .ticks import Ticks

_CHANGE = "change"
_PREVIEW_DPI = 110.0
_DPI = 300


class MapsPage(Page):
    """The maps with a tick each, paper, formats and who prints."""

    ALGORITHM = "exportmaps"
    PROFILES = tuple(sorted(PROFILES))

    def __init__(self, settings: UserSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        names = {
            "zones": tr("Zones"),
            "county_atlas": tr("Atlas of counties"),
            "township_atlas": tr("Atlas of townships"),
            "verdicts": tr("Verdicts on wells"),
            "pairs": tr("Pairs of renewed and sealed wells"),
            "retirement": tr("Retired land by year"),
            _CHANGE: tr("Changes between two runs"),
        }
        self.maps = Ticks(
            "maps",
            [(name, names[name]) for name in KINDS],
            tr("Ticked maps are printed; the chosen one is shown in the preview"),
            tr("Tick every map"),
            tr("Tick no map"),
            self,
        )
        self.maps.tick(_CHANGE, False)
        self.maps.changed.connect(self.changed)
        body.addWidget(self.maps, 1)
        self._rows = Rows(None, self.changed)
        self._lay_out(self._rows)
        body.addLayout(self._rows)

    def _lay_out(self, rows: Rows) -> None:
        self.paper = rows.choice(
            "paper", tr("Pape&r"), tr("Size of the sheets"), [(one, one) for one in PAPERS]
        )
        sides = {"landscape": tr("Landscape"), "portrait": tr("Portrait")}
        self.orientation = rows.choice(
            "orientation",
            tr("Or&ientation"),
            tr("How the sheets lie"),
            [(side, sides[side]) for side in ORIENTATIONS],
        )
        tips = {
            "pdf": tr(
                "For printing: one file for each unit of an atlas and one for all; letters are outlines"
            ),
            "png": tr("Pictures, one for each page"),
            "svg": tr("Drawings, one for each page"),
        }
        items = [(name, name.upper(), tips[name]) for name in FORMATS]
        self.formats = rows.ticks(tr("For&mats"), items, FORMATS[:1], "map_format")
        self.dpi = QSpinBox()
        self.dpi.setObjectName("dpi")
        self.dpi.setRange(*DPI)
        self.dpi.setValue(_DPI)
        set_tip(self.dpi, tr("Dots per inch of pictures, and of what a PDF holds as picture"))
        self.dpi.valueChanged.connect(self.changed)
        rows.row(tr("&Quality (dpi)"), self.dpi)
        self.author = rows.line(
            "author", tr("Printed &by"), tr("Unit that prints the maps; it stands on each")
        )
        self.author.setText(self._settings.unit)
        pictures = tr("Pictures") + " (*.png *.jpg *.jpeg *.svg)"
        self.logo = rows.file("logo", tr("Lo&go"), tr("Sign of that unit, printed on each map"), pictures)
        self.logo.setFilePath(self._settings.logo)
        self.other = rows.file(
            "other",
            tr("C&hanges since"),
            tr("Case file of an earlier run, for the map of changes between two runs"),
            tr("Case files") + " (*.gpkg)",
        )

    def problem(self) -> str:
        if not self.maps.ticked():
            return tr("Tick at least one map.")
        if _CHANGE in self.maps.ticked() and not self.other.filePath():
            return tr("Choose the case file of an earlier run, or untick the map of changes.")
        return "" if ticked(self.formats) else tr("Tick at least one format.")

    def parameters(self) -> dict[str, object]:
        chosen = self.maps.ticked()
        every = [kind for kind in KINDS if kind != _CHANGE or self.other.filePath()]
        return {
            # None named: those for which the case holds nothing are left out, and the log says so
            "MAPS": [] if chosen == every else chosen,
            "PAPER": self.paper.currentData(),
            "ORIENTATION": self.orientation.currentData(),
            "FORMAT": ticked(self.formats),
            "DPI": self.dpi.value(),
            **said({"AUTHOR": self.author.text().strip(), "LOGO": self.logo.filePath()}),
            **said({"OTHER": self.other.filePath()}),
        }

    def keep(self) -> None:
        self._settings.unit = self.author.text().strip()
        self._settings.logo = self.logo.filePath()

    def look(self, order: Order) -> Steps:
        kind = self.maps.chosen()
        return self._begin(order, _first({**order.given, **self.parameters(), "MAPS": [kind]}, kind))

    def run(self, order: Order) -> Steps:
        return self._begin(order, _files({**order.given, **self.parameters()}))

    @staticmethod
    def _begin(order: Order, steps: Generator[float | None, None, Any]) -> Steps:
        made = Steps(steps, order.done, order.failed, order.ended)
        made.progressChanged.connect(order.told)
        return made.begin()


def _first(asked: dict[str, object], kind: str) -> Generator[float | None, None, QImage]:
    """The first page of one map."""
    from ...processing.maps.request import preview_map, read_case

    yield 0.0
    request = _request(asked)
    book = yield from awaited(lambda _: read_case(request))
    return preview_map(request, book, kind, _PREVIEW_DPI)


def _files(asked: dict[str, object]) -> Generator[float | None, None, dict]:
    """The maps, page by page."""
    from ...processing.maps.request import export_steps, read_case

    yield 0.0
    request = _request(asked)
    book = yield from awaited(lambda _: read_case(request))
    warnings: list[str] = []
    written = yield from export_steps(request, book, warnings.append)
    return {"N_FILES": len(written.files), "WARNINGS": warnings}


def _request(asked: dict[str, object]) -> Any:
    algorithm, context = plainly(prepared, "exportmaps", asked)
    return algorithm.request(asked, context)
