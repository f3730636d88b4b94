"""Menu and toolbar: what there is, and what needs an open case first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QMenu, QToolBar, QWidget

from ..processing.texts import icon_path, tr


@dataclass(frozen=True)
class Item:
    """One line of the menu.

    Attributes:
        name: object name; icon: file in resources/icons; act: what it does; needs_case: off while no case is open.
        group: the submenu that it stands in, empty for none. on_toolbar: whether it is on the toolbar too.
    """

    name: str
    icon: str
    text: str
    act: Callable[[], None]
    needs_case: bool = False
    group: str = ""
    on_toolbar: bool = True


class Menu(QObject):
    """The menu and the toolbar with their actions."""

    def __init__(self, title: str, items: list[Item], toolbar: QToolBar, window: QWidget) -> None:
        super().__init__(window)
        self.menu = QMenu(title, window)
        self.menu.setObjectName("overdraftMenu")
        self.menu.setIcon(QIcon(icon_path("overdraft")))
        self.toolbar = toolbar
        self.actions: dict[str, QAction] = {}
        self._needing: list[QAction] = []
        groups: dict[str, QMenu] = {}
        for item in items:
            action = QAction(QIcon(icon_path(item.icon)), item.text, window)
            action.setObjectName(item.name)
            action.triggered.connect(lambda _=False, act=item.act: act())
            if item.group and item.group not in groups:
                groups[item.group] = self.menu.addMenu(QIcon(icon_path(item.icon)), item.group)
            groups.get(item.group, self.menu).addAction(action)
            if item.on_toolbar:
                toolbar.addAction(action)
            if item.needs_case:
                self._needing.append(action)
            self.actions[item.name] = action

    def case_is_open(self, opened: bool) -> None:
        """Switch what needs a case; a tooltip says why it is off."""
        for action in self._needing:
            action.setEnabled(opened)
            text = action.iconText()
            why = tr("Open a case file first, or make one with Setup.")
            action.setToolTip(text if opened else f"{text}\n{why}")

    def remove(self) -> None:
        """Take everything away."""
        for action in self.actions.values():
            action.deleteLater()
        self.actions.clear()
        self.menu.deleteLater()
        self.deleteLater()
