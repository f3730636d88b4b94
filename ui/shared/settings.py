"""What a user has set, kept in one group of the QGIS settings."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QByteArray
from qgis.PyQt.QtWidgets import QWidget

GROUP = "overdraft"


@dataclass
class UserSettings:
    """One user's settings with their defaults.

    Attributes:
        person: name under which acts and decisions are signed; empty until confirmed. It is no authentication.
        follow: what the map does when a row is chosen: ``zoom``, ``pan`` or ``off``.
        flash: whether the chosen feature flashes. in_view: whether the list shows only what the map shows.
        last_folder: where files were chosen last.
        papers: which papers were exported last.
        unit, phone, address, mailbox, logo: what the bureau says of itself on its papers.
    """

    person: str = ""
    follow: str = "zoom"
    flash: bool = True
    in_view: bool = False
    last_folder: str = ""
    papers: str = ""
    unit: str = ""
    phone: str = ""
    address: str = ""
    mailbox: str = ""
    logo: str = ""

    @classmethod
    def load(cls) -> UserSettings:
        """The settings as kept; the default where nothing is kept."""
        kept = QgsSettings()
        return cls(
            **{
                item.name: kept.value(f"{GROUP}/{item.name}", item.default, type(item.default))
                for item in fields(cls)
            }
        )

    def save(self) -> None:
        """Keep all settings."""
        kept = QgsSettings()
        for item in fields(self):
            kept.setValue(f"{GROUP}/{item.name}", getattr(self, item.name))


def remember_geometry(widget: QWidget) -> None:
    """Keep size and place of a window under its object name."""
    QgsSettings().setValue(f"{GROUP}/windows/{widget.objectName()}", widget.saveGeometry())


def restore_geometry(widget: QWidget) -> bool:
    """Give a window the size and place that it had; False when nothing is kept."""
    kept = QgsSettings().value(f"{GROUP}/windows/{widget.objectName()}")
    return isinstance(kept, QByteArray) and widget.restoreGeometry(kept)
