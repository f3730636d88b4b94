"""One parameter with a widget of its type, its unit, what it may be, and where its value comes from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from qgis.PyQt.QtCore import QDate, QLocale, QSignalBlocker, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import OverdraftError
from ...core.policy import Setting, read_value
from ...core.policy.shape import DECIMALS, LIMIT
from ...core.report.words import Words
from ...processing.texts import tr, ui_language
from ..shared.messages import text_of
from ..shared.plain import PlainLabel
from . import texts

_INTEGERS = 2**31 - 1
_TOKEN = Qt.ItemDataRole.UserRole


class NumberBox(QDoubleSpinBox):
    """A number with as many decimals as it has, written with a point in every language."""

    def __init__(self) -> None:
        super().__init__()
        self.setDecimals(DECIMALS)
        self.setLocale(QLocale.c())
        self.setGroupSeparatorShown(False)

    def textFromValue(self, value: float) -> str:
        text = f"{value:.{self.decimals()}f}"
        return text.rstrip("0").rstrip(".") or "0"


class ParameterEditor(QWidget):
    """The parameter chosen in the list.

    Signals:
        edited: the value that a person gave (None for none); only values that the policy allows.
        reverted: back to the value of the file.
    """

    edited = pyqtSignal(str, object)
    reverted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("policy_parameter")
        self._setting: Setting | None = None
        self.name = PlainLabel()
        self.name.setObjectName("policy_parameter_name")
        self.has_value = QCheckBox(tr("Has a &value"))
        self.has_value.setObjectName("policy_parameter_has_value")
        self.has_value.setToolTip(tr("Untick to leave the parameter without a value"))
        self.field: QWidget = QWidget()
        self.unit = PlainLabel()
        self.unit.setWordWrap(False)
        self.revert = QPushButton(tr("&Back to the File"))
        self.revert.setObjectName("policy_parameter_revert")
        self.revert.setToolTip(tr("Take the value that stands in the policy file"))
        self.range = PlainLabel()
        self.problem = PlainLabel()
        self.problem.setObjectName("policy_parameter_problem")
        self._row = QHBoxLayout()
        self._row.addWidget(self.has_value)
        self._row.addWidget(self.field, 1)
        self._row.addWidget(self.unit)
        self._row.addWidget(self.revert)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.name)
        layout.addLayout(self._row)
        layout.addWidget(self.range)
        layout.addWidget(self.problem)
        self.has_value.toggled.connect(self._toggled)
        self.revert.clicked.connect(
            lambda *_: self.reverted.emit(self._setting.key) if self._setting else None
        )
        self.show_text(tr("Choose a rule or a parameter above."))

    def show_text(self, text: str, detail: str = "") -> None:
        """Nothing to edit: a text instead."""
        self._setting = None
        self.name.setText(text)
        self.range.setText(detail)
        self._put(QWidget())
        for widget in (self.has_value, self.unit, self.revert, self.problem, self.field):
            widget.hide()

    def show_setting(self, setting: Setting, words: Words, optional: bool, changed: bool) -> None:
        """Show a parameter; ``optional``: it may go without a value; ``changed``: the file has another one."""
        self._setting = setting
        language = ui_language()
        self.name.setText(f"{setting.label(language)} ({setting.key})")
        told = [texts.state(setting)]
        if setting.type != "choices" and (range_ := texts.allowed(setting, words)):
            told.append(tr("Allowed: {range}").format(range=range_))
        if setting.suggested:
            told.append(tr("Suggested: {values}").format(values=texts.chosen(setting.suggested, words)))
        if setting.source == "default" and setting.reason(language):
            told.append(setting.reason(language))
        self.range.setText(" · ".join(told))
        self.unit.setText(words.unit(setting.unit))
        self._say("")
        editable = setting.type != "register"
        self._put(self._widget(setting, words) if editable else QWidget())
        with QSignalBlocker(self.has_value):
            self.has_value.setChecked(setting.value is not None)
        self.has_value.setEnabled(optional)
        self.has_value.setToolTip(
            tr("Untick to leave the parameter without a value")
            if optional
            else tr("The rules that read this parameter cannot do without a value")
        )
        self.has_value.setVisible(editable)
        self.field.setVisible(editable)
        self.field.setEnabled(setting.value is not None)
        self.unit.setVisible(editable and bool(setting.unit))
        self.revert.setVisible(editable)
        self.revert.setEnabled(changed)

    def _put(self, widget: QWidget) -> None:
        self._row.replaceWidget(self.field, widget)
        self.field.setParent(None)
        self.field.deleteLater()
        self.field = widget
        widget.setObjectName("policy_parameter_field")
        widget.setToolTip(
            tr("The value of the parameter; it counts at once and is saved with the new version")
        )
        QWidget.setTabOrder(self.has_value, widget)
        QWidget.setTabOrder(widget, self.revert)

    def _widget(self, setting: Setting, words: Words) -> QWidget:
        makers = {
            "choice": self._choice,
            "choices": self._choices,
            "bool": self._bool,
            "integer": self._integer,
            "number": self._number,
            "date": self._date,
        }
        return makers.get(setting.type, self._text)(setting, words)

    def _choice(self, setting: Setting, words: Words) -> QWidget:
        return self._combo([(texts.chosen(one, words), one) for one in setting.allowed], setting.value)

    def _bool(self, setting: Setting, words: Words) -> QWidget:
        offered = setting.allowed or (True, False)
        return self._combo([(words("yes" if one else "no"), one) for one in offered], setting.value)

    def _combo(self, pairs: Sequence[tuple[str, object]], value: object) -> QComboBox:
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for text, token in pairs:
            box.addItem(text, token)
        if value is not None:
            box.setCurrentIndex(next((n for n, (_, token) in enumerate(pairs) if token == value), 0))
        box.currentIndexChanged.connect(lambda *_: self._given(box.currentData()))
        return box

    def _choices(self, setting: Setting, words: Words) -> QWidget:
        box = QListWidget()
        box.setMaximumHeight(6 * self.fontMetrics().height())
        for one in setting.allowed:
            item = QListWidgetItem(texts.chosen(one, words))
            item.setData(_TOKEN, one)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = setting.value is not None and one in setting.value
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            box.addItem(item)
        box.itemChanged.connect(lambda *_: self._given(_ticked(box)))
        return box

    def _integer(self, setting: Setting, words: Words) -> QWidget:
        box = QSpinBox()
        box.setLocale(QLocale.c())
        box.setRange(*(int(end) for end in _ends(setting, _INTEGERS)))
        box.setValue(int(setting.value or 0))
        box.valueChanged.connect(self._given)
        return box

    def _number(self, setting: Setting, words: Words) -> QWidget:
        box = NumberBox()
        low, high = _ends(setting, LIMIT - 1)
        box.setRange(float(low), float(high))
        box.setSingleStep(0.05 if high - low <= 1 else 1)
        box.setValue(float(setting.value or 0))
        box.valueChanged.connect(lambda *_: self._given(Decimal(box.textFromValue(box.value()))))
        return box

    def _date(self, setting: Setting, words: Words) -> QWidget:
        box = QDateEdit()
        box.setDisplayFormat("yyyy-MM-dd")
        box.setCalendarPopup(True)
        day = setting.value if isinstance(setting.value, date) else date.today()
        box.setDate(QDate(day.year, day.month, day.day))
        box.dateChanged.connect(lambda chosen: self._given(chosen.toPyDate()))
        return box

    def _text(self, setting: Setting, words: Words) -> QWidget:
        """Also lists of numbers, with semicolons between them."""
        box = QLineEdit()
        value = setting.value
        members = value if isinstance(value, tuple) else () if value is None else (value,)
        box.setText("; ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in members))
        if setting.type == "numbers":
            box.setPlaceholderText(tr("numbers with semicolons between them, such as 1; 1.5; 2"))
        box.editingFinished.connect(lambda: self._typed(box))
        return box

    def _typed(self, box: QLineEdit) -> None:
        if box.isModified():
            box.setModified(False)
            self._given(box.text())

    def _toggled(self, on: bool) -> None:
        if self._setting is None:
            return
        self.field.setEnabled(on)
        if not on:
            self.edited.emit(self._setting.key, None)
        elif (value := self._current()) is not None:
            self._given(value)

    def _current(self) -> object:
        """What the widget shows; None while nothing is typed."""
        box = self.field
        if isinstance(box, QComboBox):
            return box.currentData()
        if isinstance(box, QListWidget):
            return _ticked(box)
        if isinstance(box, NumberBox):
            return Decimal(box.textFromValue(box.value()))
        if isinstance(box, QSpinBox):
            return box.value()
        if isinstance(box, QDateEdit):
            return box.date().toPyDate()
        return box.text().strip() or None if isinstance(box, QLineEdit) else None

    def _given(self, value: object) -> None:
        setting = self._setting
        if setting is None:
            return
        try:
            read_value(setting, value, tr("Parameter"))
        except OverdraftError as problem:
            self._say(text_of(problem))
            return
        self._say("")
        if isinstance(value, str) and not value.strip():
            return
        self.edited.emit(setting.key, value)

    def _say(self, text: str) -> None:
        self.problem.setText(f"✗ {text}" if text else "")
        self.problem.setVisible(bool(text))


def _ends(setting: Setting, widest: int) -> tuple[Decimal, Decimal]:
    low = Decimal(-widest) if setting.minimum is None else max(setting.minimum, Decimal(-widest))
    high = Decimal(widest) if setting.maximum is None else min(setting.maximum, Decimal(widest))
    return low, high


def _ticked(box: QListWidget) -> list[object]:
    items = [box.item(row) for row in range(box.count())]
    return [item.data(_TOKEN) for item in items if item.checkState() == Qt.CheckState.Checked]
