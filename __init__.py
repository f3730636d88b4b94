"""overdraft: groundwater over-extraction zoning and well siting in QGIS."""

from __future__ import annotations


def classFactory(iface):
    """Return the plugin object. Everything else is imported only when QGIS asks for it."""
    from .plugin.main import OverdraftPlugin

    return OverdraftPlugin(iface)
