"""What the pairing window asks: the reason for which a pair is broken."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QDialogButtonBox, QLabel, QPlainTextEdit, QWidget

from ...core.desk.pairs import LEAST_REASON
from ...processing.texts import tr
from ..shared.help import open_window_help
from ..shared.plain import PlainLabel, set_tip
from ..shared.windows import Dialog


class BreakDialog(Dialog):
    """Asks for the reason; OK is there once it is long enough."""

    NAME = "pairing_break"

    def __init__(self, renewal: str, well: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("Break Pair"), parent)
        self.body.addWidget(
            PlainLabel(
                tr(
                    "{well} is taken back from {renewal}, which then needs another well. The history keeps both."
                ).format(well=well, renewal=renewal)
            )
        )
        self.reason = QPlainTextEdit()
        self.reason.setObjectName("pairingReason")
        self.reason.setTabChangesFocus(True)
        set_tip(self.reason, tr("Why the pair is broken; no names of persons, no telephone numbers"))
        text = QLabel(tr("&Reason (at least {n} characters)").format(n=LEAST_REASON))
        text.setBuddy(self.reason)
        self.body.addWidget(text)
        self.body.addWidget(self.reason)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)
        self.reason.textChanged.connect(self._enable)
        self._enable()

    def show_help(self) -> None:
        """The page of the pairing window says it."""
        open_window_help("pairing")

    def _enable(self) -> None:
        button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        enough = len(self.reason.toPlainText().strip()) >= LEAST_REASON
        button.setEnabled(enough)
        set_tip(button, "" if enough else tr("Write the reason first"))
