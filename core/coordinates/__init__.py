"""Coordinates as they come: degrees, grids with and without zone, shifted datums. What they are is measured."""
