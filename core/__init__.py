"""The domain: zoning, replacement and retirement rules over plain frames. Knows neither QGIS nor Qt."""
