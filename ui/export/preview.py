"""The first page: as text in a browser, or as a picture that can be read in full or seen whole."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QImage, QPalette, QPixmap, QResizeEvent
from qgis.PyQt.QtWidgets import QLabel, QScrollArea, QStackedWidget, QTextBrowser, QWidget

from ...processing.texts import tr
from ..shared.plain import set_tip


class Picture(QScrollArea):
    """A page as wide as there is room, or in full size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview_picture")
        self.setBackgroundRole(QPalette.ColorRole.Dark)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_tip(self, tr("The first page as it will be made"))
        self._label = QLabel()
        self._label.setAccessibleName(tr("First page"))
        self._page = QPixmap()
        self._full = False
        self.setWidget(self._label)

    def show_page(self, image: QImage) -> None:
        """Show another page, from its top."""
        self._page = QPixmap.fromImage(image)
        self._scale()
        self.verticalScrollBar().setValue(0)

    def page(self) -> QPixmap:
        """What is shown; null while there is none."""
        return self._page

    def set_full(self, full: bool) -> None:
        """In full size, or as wide as there is room."""
        self._full = full
        self._scale()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scale()

    def _scale(self) -> None:
        if self._page.isNull():
            self._label.clear()
            self._label.resize(QSize(0, 0))
            return
        shown = self._page
        room = max(self.width() - self.verticalScrollBar().sizeHint().width() - 2 * self.frameWidth() - 2, 50)
        if not self._full and shown.width() > room:
            shown = shown.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
        self._label.setPixmap(shown)
        self._label.resize(shown.size())


class Preview(QStackedWidget):
    """Where the first page is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QTextBrowser()
        self.text.setObjectName("preview")
        self.text.setOpenLinks(False)
        self.text.setLineWrapMode(QTextBrowser.LineWrapMode.NoWrap)
        set_tip(self.text, tr("The first page as it will be made"))
        self.picture = Picture()
        self.addWidget(self.text)
        self.addWidget(self.picture)

    def show_page(self, page: str | QImage) -> None:
        """Show a page: HTML, or a picture."""
        if isinstance(page, str):
            self.text.setHtml(page)
        else:
            self.picture.show_page(page)
        self.setCurrentWidget(self.text if isinstance(page, str) else self.picture)

    def say(self, text: str) -> None:
        """Show a sentence in place of a page."""
        self.text.setPlainText(text)
        self.setCurrentWidget(self.text)

    def toPlainText(self) -> str:
        """The text that is shown; empty for a picture."""
        return self.text.toPlainText() if self.currentWidget() is self.text else ""
