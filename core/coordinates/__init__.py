"""Coordinates as they come: degrees, plane grids with and without zone, shifted datums; what they are is measured, not guessed."""
