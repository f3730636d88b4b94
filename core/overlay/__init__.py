"""Where each thing lies: points over zones, units, areas and networks; polygons over polygons in ``areas``."""

from .placement import PLACE_COLUMNS, Placement, PlacementOptions
from .placing import place
from .points import PLACE_NOTES

__all__ = ["PLACE_COLUMNS", "PLACE_NOTES", "Placement", "PlacementOptions", "place"]
