"""The evidence of an act: photos and documents by file, an inspection, a power cut, a cancelled permit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.PyQt.QtCore import QDate, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...core.desk import Piece
from ...processing.texts import tr
from ..shared.plain import set_tip
from . import words
from .fields import DayField, line

_ROLE = Qt.ItemDataRole.UserRole


class EvidenceBox(QGroupBox):
    """Evidence, in the order in which it is looked for on site.

    Args:
        act_day: the day of the act; the evidence is of the same day until somebody sets another one.
        folder: where the file dialog opens, and where the last folder is kept.
        files_only: nothing but photos and documents, of the day of the act.

    Signals:
        changed: there is more or less of it.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        act_day: DayField,
        folder: Callable[[str | None], str],
        parent: QWidget | None = None,
        files_only: bool = False,
    ) -> None:
        super().__init__(tr("Evidence"), parent)
        self.setObjectName("evidence")
        self._act_day, self._folder = act_day, folder
        self._follows = True
        self.files = QListWidget()
        self.files.setObjectName("files")
        self.files.setFixedHeight(48)
        set_tip(
            self.files,
            tr(
                "Photos and documents. A file outside the folder of the case is copied beside it; its hash is kept"
            ),
        )
        self.photo = self._button("add_photo", tr("Add P&hoto…"), lambda: self._ask("photo"))
        self.document = self._button("add_document", tr("Add Do&cument…"), lambda: self._ask("document"))
        self.remove = self._button("remove_file", tr("Remo&ve"), self._remove)
        self.inspector = line("inspector", tr("Who inspected on site; fills in an inspection"))
        self.power_cut = QCheckBox(words.token("evidence_kind", "power_cut"))
        self.power_cut.setObjectName("power_cut")
        set_tip(self.power_cut, tr("The power of the well was cut"))
        self.permit = QCheckBox(words.token("evidence_kind", "permit_cancelled"))
        self.permit.setObjectName("permit_cancelled")
        set_tip(self.permit, tr("The permit of the well was cancelled"))
        self.day = DayField("evidence_day", act_day.date().toPyDate(), tr("The day of the evidence"))
        self.day.dateChanged.connect(self._day_set)
        act_day.dateChanged.connect(lambda *_: self._follow())
        self._lay_out()
        if files_only:
            for widget in self._further:
                widget.hide()
        self.inspector.textChanged.connect(lambda *_: self.changed.emit())
        self.power_cut.toggled.connect(lambda *_: self.changed.emit())
        self.permit.toggled.connect(lambda *_: self.changed.emit())
        self.files.itemSelectionChanged.connect(self._selection)
        self._selection()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.photo, self.document, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        below = QHBoxLayout()
        self._further: list[QWidget] = [self.power_cut, self.permit]
        for text, widget in ((tr("&Inspected by"), self.inspector), (tr("&Evidence of"), self.day)):
            label = QLabel(text)
            label.setBuddy(widget)
            below.addWidget(label)
            below.addWidget(widget, 1)
            self._further += (label, widget)
        checks = QHBoxLayout()
        checks.addWidget(self.power_cut)
        checks.addWidget(self.permit)
        checks.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self.files)
        for row in (buttons, below, checks):
            column.addLayout(row)

    def add_file(self, kind: str, path: Path) -> None:
        """Put a file on the list."""
        item = QListWidgetItem(f"{words.token('evidence_kind', kind)}: {path.name}")
        item.setData(_ROLE, (kind, str(path)))
        self.files.addItem(item)
        self.changed.emit()

    def pieces(self) -> tuple[Piece, ...]:
        """The evidence as it is recorded."""
        day = self.day.iso()
        found = []
        for number in range(self.files.count()):
            kind, name = self.files.item(number).data(_ROLE)
            path = Path(name)
            found.append(Piece(kind, day, path.name, path.parent))
        if self.inspector.text().strip():
            found.append(Piece("inspection", day, checked_by=self.inspector.text().strip()))
        if self.power_cut.isChecked():
            found.append(Piece("power_cut", day))
        if self.permit.isChecked():
            found.append(Piece("permit_cancelled", day))
        return tuple(found)

    def clear(self) -> None:
        """Ready for the next act; the inspector is often the same and stays."""
        self.files.clear()
        self.power_cut.setChecked(False)
        self.permit.setChecked(False)
        self._follows = True
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        if self._follows:
            self.day.setDate(self._act_day.date())

    def _day_set(self, day: QDate) -> None:
        self._follows = day == self._act_day.date()

    def _button(self, name: str, text: str, pressed: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda *_: pressed())
        return button

    def _selection(self) -> None:
        chosen = bool(self.files.selectedItems())
        self.remove.setEnabled(chosen)
        set_tip(
            self.remove, tr("Take the file off the list") if chosen else tr("Choose a file of the list first")
        )

    def _remove(self) -> None:
        for item in self.files.selectedItems():
            self.files.takeItem(self.files.row(item))
        self.changed.emit()

    def _ask(self, kind: str) -> None:
        pictures = tr("Pictures") + " (*.jpg *.jpeg *.png *.tif *.tiff *.heic *.webp)"
        every = tr("All files") + " (*)"
        given = f"{pictures};;{every}" if kind == "photo" else every
        names, _ = QFileDialog.getOpenFileNames(self, tr("Choose evidence"), self._folder(None), given)
        for name in names:
            self.add_file(kind, Path(name))
        if names:
            self._folder(str(Path(names[0]).parent))
