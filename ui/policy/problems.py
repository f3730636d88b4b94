"""The errors of a policy file: line, key, what was found, what is allowed, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...core.errors import OverdraftError
from ...processing.texts import tr, ui_language
from ..shared.plain import PlainLabel
from . import texts
from .rows import Rows, rows_view


class ProblemsPage(QWidget):
    """A table of errors and the whole sentence of the one that is chosen.

    Signals:
        again: the file was mended and is to be read again.
    """

    again = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("policy_problems_page")
        self.heading = PlainLabel()
        self.heading.setObjectName("policy_problems_heading")
        self.rows = Rows([tr("Line"), tr("Key"), tr("Found"), tr("Allowed"), tr("What to do")], self)
        self.view = rows_view(self.rows, "policy_problems", (55, 190, 150, 190))
        self.view.setAccessibleName(tr("Errors of the file"))
        self.whole = PlainLabel()
        self.whole.setObjectName("policy_problem_text")
        self.whole.setMinimumHeight(3 * self.fontMetrics().height())
        button = QPushButton(tr("Read &Again"))
        button.setObjectName("policy_read_again")
        button.setToolTip(tr("Read the file again after mending it in a text editor"))
        button.clicked.connect(lambda *_: self.again.emit())
        row = QHBoxLayout()
        row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addWidget(self.heading)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.whole)
        layout.addLayout(row)
        self.view.selectionModel().currentRowChanged.connect(
            lambda now, _: self.whole.setText(self.rows.texts(now.row())[-1] if now.isValid() else "")
        )

    def show_problems(self, name: str, problems: Sequence[OverdraftError]) -> None:
        """The errors of the file ``name``."""
        self.heading.setText(
            "✗ "
            + tr(
                "{name} was not opened: {n} errors. Mend them in a text editor, then press Read Again."
            ).format(name=name, n=len(problems))
        )
        self.rows.fill([(n, _told(problem)) for n, problem in enumerate(problems)])
        self.view.selectRow(0)


def _told(problem: OverdraftError) -> tuple[str, ...]:
    values = problem.values
    _, _, line = str(values.get("place", "")).rpartition(":")
    found, allowed = (texts.value(values[name]) if name in values else "" for name in ("found", "allowed"))
    return (
        line if line.isdigit() else "—",
        str(values.get("path", "—")),
        found,
        allowed,
        problem.text(ui_language()),
    )
