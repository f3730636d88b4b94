"""QGIS's window as far as the plugin knows it, with real widgets."""

from __future__ import annotations

import gc

from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QMainWindow, QMenu, QToolBar


class Iface:
    """A window with a map, a Vector menu and a message bar.

    Attributes:
        opened: projects that were asked for.
    """

    def __init__(self):
        self.window = QMainWindow()
        self.window.resize(1200, 800)
        self.canvas = QgsMapCanvas(self.window)
        self.window.setCentralWidget(self.canvas)
        self.vector = QMenu("Vector", self.window)
        self.bar = QgsMessageBar(self.window)
        self.opened = []

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def vectorMenu(self):
        return self.vector

    def messageBar(self):
        return self.bar

    def addToolBar(self, title):
        bar = QToolBar(title, self.window)
        self.window.addToolBar(bar)
        return bar

    def addDockWidget(self, area, dock):
        self.window.addDockWidget(area, dock)
        dock.show()

    def removeDockWidget(self, dock):
        self.window.removeDockWidget(dock)

    def addProject(self, path):
        self.opened.append(path)


def tidied():
    """Let Qt and Python delete what is to be deleted."""
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
