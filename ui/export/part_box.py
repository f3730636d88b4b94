"""Which part of the case, who may see it, and where the files go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QDate, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QComboBox, QDateEdit, QFormLayout, QHBoxLayout, QLabel, QWidget

from ...core.papers import Parts, Scope
from ...processing.paper_options import PROFILES
from ...processing.texts import tr
from ..shared.plain import set_tip


class PartBox(QWidget):
    """County, zone, authority, period, privacy and folder.

    Signals:
        changed: something else is asked for.
    """

    changed = pyqtSignal()

    def __init__(self, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.county = self._combo("county", tr("&County"), tr("Only wells, units and land of this county"))
        self.zone = self._combo("zone", tr("&Zone"), tr("Only wells that lie in this zone"))
        self.authority = self._combo("authority", tr("&Authority"), tr("Only wells of this authority"))
        self.begin = self._day("begin", tr("&From"), tr("Only what happened from this day on"))
        self.end = self._day("end", tr("&To"), tr("Only what happened up to this day"))
        self.profile = self._combo(
            "profile", tr("For &whom"), tr("Who may see the files: it decides on personal data")
        )
        labels = {
            "internal": tr("Internal: personal data masked"),
            "public": tr("Public: no personal data"),
            "full": tr("Full: all personal data, put on record"),
        }
        self.profile.clear()
        for token in PROFILES:
            self.profile.addItem(labels[token], token)
        self.folder = QgsFileWidget(self)
        self.folder.setObjectName("folder")
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.setFilePath(folder)
        set_tip(self.folder, tr("Files of the same name are replaced once all new ones are complete"))
        self.folder.fileChanged.connect(self.changed)
        self._row(tr("Fol&der"), self.folder, self.folder.lineEdit())

    def offer(self, offered: Parts) -> None:
        """Fill the choices with what the case has; what was chosen stays where it is still there."""
        for combo, items in (
            (self.county, offered.counties),
            (self.zone, offered.zones),
            (self.authority, [(name, "") for name in offered.authorities]),
        ):
            before = combo.currentData()
            combo.blockSignals(True)
            combo.clear()
            combo.addItem(tr("All"), "")
            for key, name in items:
                combo.addItem(f"{name} ({key})" if name else key, key)
            combo.setCurrentIndex(max(0, combo.findData(before)))
            combo.blockSignals(False)
        self.changed.emit()

    def scope(self) -> Scope:
        """What is chosen.

        Raises:
            OverdraftError: the period ends before it begins.
        """
        return Scope(
            county=self.county.currentData() or "",
            zone=self.zone.currentData() or "",
            authority=self.authority.currentData() or "",
            begin=self._chosen(self.begin),
            end=self._chosen(self.end),
        )

    def parameters(self) -> dict[str, object]:
        """The same for an algorithm, with privacy and folder."""
        scope = self.scope()
        given = {"COUNTY": scope.county, "ZONE": scope.zone, "AUTHORITY": scope.authority}
        days = {"BEGIN": scope.begin, "END": scope.end}
        return {
            **{name: value for name, value in given.items() if value},
            **{name: value.isoformat() for name, value in days.items() if value},
            "PROFILE": self.profile.currentData(),
            "OUTPUT": str(self.path()),
        }

    def path(self) -> Path | None:
        """The folder; None where none is given."""
        text = self.folder.filePath().strip()
        return Path(text) if text else None

    def _combo(self, name: str, text: str, tip: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(16)
        combo.addItem(tr("All"), "")
        combo.currentIndexChanged.connect(self.changed)
        set_tip(combo, tip)
        self._row(text, combo)
        return combo

    def _day(self, name: str, text: str, tip: str) -> tuple[QCheckBox, QDateEdit]:
        """A day that may be left open."""
        check, day = QCheckBox(self), QDateEdit(QDate.currentDate(), self)
        check.setObjectName(f"{name}_on")
        check.setText(tr("on"))
        day.setObjectName(name)
        day.setCalendarPopup(True)
        day.setDisplayFormat("yyyy-MM-dd")
        day.setEnabled(False)
        check.toggled.connect(day.setEnabled)
        check.toggled.connect(self.changed)
        day.dateChanged.connect(self.changed)
        for widget in (check, day):
            set_tip(widget, tip)
        line = QHBoxLayout()
        line.addWidget(check)
        line.addWidget(day, 1)
        holder = QWidget(self)
        holder.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        label = QLabel(text)
        label.setBuddy(check)
        self._form.addRow(label, holder)
        return check, day

    def _row(self, text: str, widget: QWidget, field: QWidget | None = None) -> None:
        """A labelled row; the label leads to ``field``, where that is a part of the widget."""
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(field or widget)
        self._form.addRow(label, widget)

    @staticmethod
    def _chosen(pair: tuple[QCheckBox, QDateEdit]) -> date | None:
        check, day = pair
        return day.date().toPyDate() if check.isChecked() else None
