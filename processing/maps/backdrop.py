"""What lies below the subject of a map: zones, land, borders, what is pale around the part that is shown; and how much
ground a map covers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import shapely
from qgis.core import QgsExpression, QgsRectangle, QgsVectorLayer

from ...core.papers.book import Book
from ...core.papers.map_part import in_force, part
from ...core.papers.maps import ATLASES, land, placed
from .drawing import DRAWINGS
from .house import House
from .layers import layer_of, map_crs, projected

PAGE = "attribute(@atlas_feature, 'unit_id')"
"""The unit of a page of an atlas."""

Group = tuple[str, list[QgsVectorLayer]]
"""Heading of the legend, and the layers below it; layers under the heading ``""`` stand in no legend."""

_CORNER = 0.2
"""A subject that takes less of the width and of the height of all units lies in a corner of them."""

_ON_PAGE = "intersects($geometry, @atlas_geometry)"
_SHOWN, _AROUND = "shown", "around"


class Backdrop:
    """Layers that several maps of a case share.

    Attributes:
        wells: those in scope that have a place. zones, units: those in force. crs: what the maps are drawn in.
    """

    def __init__(self, book: Book, house: House) -> None:
        self.book, self.house = book, house
        self.units = in_force(book, "units", "unit_id")
        self.zones = in_force(book, "zones", "zone_id")
        self.wells = placed(book)
        self.crs = map_crs((self.units, self.zones, book["irrigation"], self.wells))

    @cached_property
    def part(self) -> shapely.Geometry | None:
        """The ground of the county and the zone in scope; None where no polygon bounds the part."""
        return part(self.book, self.crs)

    def say(self, zh: str, en: str) -> str:
        """A label in the language of the paper."""
        return zh if self.book.language == "zh" else en

    def of_zones(self, kind: str = "") -> list[Group]:
        """Zones with their names; on a page of an atlas those that it shows."""
        if not len(self.zones):
            return []
        names = [self.book.words.place(zone) for zone in self.zones["zone_id"]]
        columns = {"name": names, **{key: self.zones[key] for key in ("severity", "control", "aquifer")}}
        columns |= {"legal_state": [None] * len(names)}
        layer = layer_of(
            "zones",
            "polygon",
            self.crs,
            projected(self.zones, self.crs),
            columns | {"valid_to": [None] * len(names)},
            ("valid_to",),
        )
        drawing = DRAWINGS["zones"].only(lambda rule: not str(rule).startswith("NOT ("))
        if kind:
            drawing = drawing.with_labels([(_ON_PAGE, *drawing.labels[0][1:])])
        drawing.on(layer, self.house, self.say, letters=0.85)
        return [("zones", [layer])]

    def of_land(self) -> list[Group]:
        """Land as it is on the day of the run."""
        areas = self.book["irrigation"]
        if not len(areas):
            return []
        areas = land(self.book)
        status = areas["state"]
        layer = layer_of("irrigation", "polygon", self.crs, projected(areas, self.crs), {"status": status})
        DRAWINGS["irrigation"].only(label_scale=None).on(layer, self.house, self.say)
        return [("irrigation", [layer])]

    def borders(self, kind: str = "") -> list[Group]:
        """Borders of units with their names."""
        return [("units", self._unit_layers(kind))] if len(self.units) else []

    def _unit_layers(self, kind: str = "") -> list[QgsVectorLayer]:
        """Borders with names: of counties on a sheet; on the page of an atlas of its neighbours and of townships."""
        if not len(self.units):
            return []
        names = [self.book.words.place(unit) for unit in self.units["unit_id"]]
        columns = {"name": names, **{key: self.units[key] for key in ("unit_id", "parent_id", "level")}}
        layer = layer_of("units", "polygon", self.crs, projected(self.units, self.crs), columns)
        drawing = DRAWINGS["units"].only(label_scale=0)
        labels = []
        for rule, shown, letters, scale, adjust in drawing.labels:
            if "'township'" in rule and not kind:
                continue
            if kind and ATLASES[kind] in rule:
                rule = f'({rule}) AND "unit_id" <> {PAGE}'
            elif "'township'" in rule:
                rule = f'({rule}) AND "parent_id" = {PAGE}'
            labels.append((rule, shown, letters, scale, adjust))
        drawing.with_labels(labels).on(layer, self.house, self.say, letters=0.85)
        return [layer]

    def of_level(self, level: str) -> tuple[np.ndarray, dict]:
        """The units of a level: shapes and ids."""
        units = self.units[(self.units["level"] == level).to_numpy()]
        return projected(units, self.crs), {"unit_id": units["unit_id"]}

    def neighbours(self, level: str) -> QgsVectorLayer:
        """The units of an atlas, all but that of the page pale, and what lies in none of them."""
        shapes, columns = self.of_level(level)
        known = shapes[[shape is not None for shape in shapes]]
        rest = self._beyond(shapely.union_all(shapely.make_valid(known)))
        layer = layer_of(
            "neighbours",
            "polygon",
            self.crs,
            np.array([*shapes, rest], dtype=object),
            {"unit_id": [*columns["unit_id"], _AROUND]},
        )
        DRAWINGS["neighbours"].on(layer, self.house, self.say)
        return layer

    def around(self) -> list[Group]:
        """What lies around the part that is shown, pale, and its border."""
        if self.part is None or self.part.is_empty:
            return []
        shapes = np.array([self._beyond(self.part), _polygons(self.part)], dtype=object)
        layer = layer_of("neighbours", "polygon", self.crs, shapes, {"unit_id": [_AROUND, _SHOWN]})
        DRAWINGS["neighbours"].at(PAGE, QgsExpression.quotedString(_SHOWN)).on(layer, self.house, self.say)
        return [("", [layer])]

    def _beyond(self, inside: shapely.Geometry) -> shapely.Geometry | None:
        """Everything on any sheet but some ground."""
        left, bottom, right, top = inside.bounds
        room = 3 * max(right - left, top - bottom)
        return _polygons(shapely.box(left - room, bottom - room, right + room, top + room) - inside)

    # --- measures

    def seen(self, subject: Sequence[QgsVectorLayer]) -> tuple[QgsRectangle, shapely.Geometry | None]:
        """What must be seen whole, and the ground around it: the part in scope; of an authority its wells; else all
        units. Where the subject of the map lies in a corner of these, it alone, so that seven wells are no blot."""
        if self.part is not None and not self.part.is_empty:
            return grown(QgsRectangle(*self.part.bounds)), self.part
        box = QgsRectangle()
        for layer in subject:
            box.combineExtentWith(layer.extent())
        about = None if box.isNull() else shapely.box(*_bounds(grown(box)))
        shapes = projected(self.wells if self.book.scope.authority else self.units, self.crs)
        shapes = shapes[[shape is not None for shape in shapes]]
        whole = shapely.union_all(shapely.make_valid(shapes)) if len(shapes) else about
        if whole is None:
            return grown(box), None
        ground = grown(QgsRectangle(*whole.bounds))
        if about is not None and max(box.width() / ground.width(), box.height() / ground.height()) < _CORNER:
            return grown(QgsRectangle(*about.bounds), 1.3), about
        return ground, whole


def _polygons(shape: shapely.Geometry) -> shapely.Geometry | None:
    """The areas among what a difference left; None where there are none."""
    areas = [one for one in shapely.get_parts(shape) if one.geom_type in ("Polygon", "MultiPolygon")]
    return (
        shapely.multipolygons([one for area in areas for one in shapely.get_parts(area)]) if areas else None
    )


def grown(box: QgsRectangle, by: float = 1.04) -> QgsRectangle:
    """A box of at least two kilometres, with a little room around."""
    width, height = max(box.width(), 2_000.0), max(box.height(), 2_000.0)
    return QgsRectangle.fromCenterAndSize(box.center(), by * width, by * height)


def _bounds(box: QgsRectangle) -> tuple[float, float, float, float]:
    return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()
