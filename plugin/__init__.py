"""Life in QGIS: start and stop, menu and toolbar, translation, the message about missing packages."""
