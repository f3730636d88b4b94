"""What the words of a layer mean that are not understood: 封 may be sealed or shut, and only the bureau knows."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from ...core.schema import register_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import Told, set_tip
from ..shared.windows import Dialog
from .data_row import Choice
from .state import RoleLayer


class WordsDialog(Dialog):
    """A row per word that is not understood, with the values to choose from; "Needs check" leaves it open."""

    NAME = "setup_words"
    PAGE = "setup"

    def __init__(self, layer: RoleLayer, parent: QWidget | None = None) -> None:
        from ...core.importing.proposals import unknown_words

        super().__init__(tr("Words That Are Not Understood"), parent)
        self._layer = layer
        role = register_schema().roles[layer.role]
        self._found = unknown_words(role, layer.source, layer.columns)
        self.table = QTableWidget(len(self._found), 4, self)
        self.table.setObjectName("words")
        self.table.setHorizontalHeaderLabels([tr("Field"), tr("Word"), tr("Rows"), tr("Means")])
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setTabKeyNavigation(False)  # Tab leaves the table
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        set_tip(self.table, tr("Words of the layer and the value of the register that each means"))
        self.combos = [self._fill(place, *found) for place, found in enumerate(self._found)]
        text = (
            tr(
                "Choose what each word means. A word that stays open leaves its cells empty: they will need a check."
            )
            if self._found
            else tr("All words of the columns chosen are understood. There is nothing to do here.")
        )
        self.body.addWidget(Told(text, self))
        self.body.addWidget(self.table, 1)
        self.table.setVisible(bool(self._found))
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)
        self.resize(max(self.width(), 560), self.height())

    def accept(self) -> None:
        """Keep the meanings that were chosen."""
        for (name, word, _), combo in zip(self._found, self.combos, strict=True):
            words = self._layer.words.setdefault(name, {})
            words.pop(word, None)
            if combo.currentData():
                words[word] = combo.currentData()
            if not words:
                del self._layer.words[name]
        super().accept()

    def show_help(self) -> None:
        """The page of the wizard speaks of this dialog too."""
        from ..shared.help import open_window_help

        open_window_help(self.PAGE)

    def _fill(self, place: int, name: str, word: str, count: int) -> Choice:
        field = register_schema().roles[self._layer.role].fields[name]
        for part, text in enumerate((field.label(ui_language()), word or tr("(empty cells)"), str(count))):
            item = QTableWidgetItem(text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.table.setItem(place, part, item)
        combo = Choice()
        combo.setObjectName(f"means_{place}")
        combo.addItem(tr("Needs check"), "")
        for token, value in register_schema().enums[field.enum].items():
            combo.addItem(value.label(ui_language()), token)
        said = self._layer.words.get(name, {}).get(word, "")
        combo.setCurrentIndex(max(0, combo.findData(said)))
        set_tip(combo, tr("The value that is stored for this word"))
        self.table.setCellWidget(place, 3, combo)
        return combo
