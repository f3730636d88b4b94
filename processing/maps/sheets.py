"""What each map shows: its layers, top first, under the headings of the legend; its ground; its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely
from qgis.core import QgsRectangle, QgsVectorLayer

from ...core.errors import OverdraftError
from ...core.papers.book import Book
from ...core.papers.map_figures import Figures, figures_of, unit_figures
from ...core.papers.maps import (
    ATLASES,
    Change,
    changes,
    land,
    pair_lines,
    placed_in,
    title_of,
    unit_title,
    units_of,
)
from ...core.papers.privacy import PUBLIC
from .backdrop import PAGE, Backdrop, Group, grown
from .drawing import DRAWINGS, retirement
from .house import House
from .layers import layer_of, projected

LABELLED = 40
"""Wells on a page that are still labelled with their ids."""

AT_FULL_SIZE = {"pairs": 40}
"""Wells of one kind that are still drawn at full size; those of pairs lie close together, with lines between."""
_AT_FULL_SIZE_OTHERWISE = 200

SMALLEST = {"fail": 0.55, "pairs": 0.5, "changes": 0.5}
"""Share of its size below which a kind of marker is not made smaller."""
_SMALLEST_OTHERWISE = 0.4

_GRAVEST_FIRST = ("fail", "review", "not_evaluated", "", "exempt", "pass")


@dataclass
class Sheet:
    """One map before it is put on paper.

    Attributes:
        kind: which map. title: as printed.
        groups: heading of the legend and layers below it, top first; layers under the heading ``""`` are drawn and
            stand in no legend.
        ground: what the map must show whole. part: what no box on the map may hide; None for nothing.
        figures: by unit; of a sheet under ``""``.
        coverage: polygons of the units of an atlas, else None. units: id, name and title of each. parts: their shapes.
        inset: layer of the overview of an atlas.
    """

    kind: str
    title: str
    groups: list[Group]
    ground: QgsRectangle
    figures: Mapping[str, Figures]
    part: shapely.Geometry | None = None
    coverage: QgsVectorLayer | None = None
    units: list[tuple[str, str, str]] = field(default_factory=list)
    parts: Sequence[shapely.Geometry] = ()
    inset: QgsVectorLayer | None = None

    @property
    def layers(self) -> list[QgsVectorLayer]:
        """All layers of the map, top first."""
        return [layer for _, layers in self.groups for layer in layers]


class Painter:
    """Makes the sheets of a case.

    Args:
        book: the case. house: how things look. profile: who may see it. earlier: an earlier run, for what changed.
    """

    def __init__(self, book: Book, house: House, profile: str, earlier: Book | None = None) -> None:
        self.book = replace(book, words=book.words.masked())  # no map is made in full
        self.house, self.profile, self.earlier = house, profile, earlier
        self.public = profile == PUBLIC
        self.backdrop = Backdrop(self.book, house)
        self.wells, self.crs, self.say = self.backdrop.wells, self.backdrop.crs, self.backdrop.say

    def sheet(self, kind: str) -> Sheet | None:
        """A map; None where the case holds nothing that it is about.

        Raises:
            OverdraftError: an atlas without polygons of its units; a map of changes without an earlier run.
        """
        if kind in ATLASES:
            return self._atlas(kind)
        groups = getattr(self, f"_{kind}")()
        if groups is None:
            return None
        change = self.change if kind == "change" else None
        ground, part = self.backdrop.seen(groups[0][1])
        return Sheet(
            kind,
            title_of(self.book, kind, change),
            [*self.backdrop.around(), *groups],
            ground,
            {"": figures_of(self.book, kind, change)},
            part,
        )

    def _atlas(self, kind: str) -> Sheet | None:
        units = units_of(self.book, kind)
        if not len(units):
            if self.backdrop.units["level"].eq(ATLASES[kind]).any():
                return None  # none of them has wells of the part
            level = self.book.words.token("unit_level", ATLASES[kind])
            raise OverdraftError("papers.maps.no_units", level=level)
        ids = [str(unit) for unit in units["unit_id"]]
        titles = [unit_title(self.book, kind, unit) for unit in ids]
        units_told = [*zip(ids, map(self.book.words.place, ids), titles, strict=True)]
        shapes = projected(units, self.crs)
        columns = {"unit_id": ids, "title": titles}
        coverage = layer_of("coverage", "polygon", self.crs, shapes, columns)
        neighbours = self.backdrop.neighbours(ATLASES[kind])
        inset = layer_of("inset", "polygon", self.crs, *self.backdrop.of_level(ATLASES[kind]))
        DRAWINGS["inset"].on(inset, self.house, self.say)
        most = self.wells[f"{ATLASES[kind]}_id"].value_counts()
        wells = self._wells(kind, int(most.median()) if len(most) else 0)
        groups = [
            ("", [neighbours]),
            *wells,
            *self.backdrop.borders(kind),
            *self.backdrop.of_zones(kind),
            *self.backdrop.of_land(),
        ]
        figures = {unit: unit_figures(self.book, kind, unit) for unit in ids}
        return Sheet(
            kind,
            title_of(self.book, kind),
            groups,
            grown(inset.extent()),
            figures,
            coverage=coverage,
            units=units_told,
            parts=shapes,
            inset=inset,
        )

    # --- what the maps are about

    def _zones(self) -> list | None:
        if not len(self.backdrop.zones):
            return None
        return [*self.backdrop.of_zones(), *self.backdrop.borders()]

    def _verdicts(self) -> list | None:
        if not len(self.wells):
            return None
        return [*self._wells(), *self.backdrop.borders(), *self.backdrop.of_zones()]

    def _pairs(self) -> list | None:
        lines = pair_lines(self.book)
        if not len(lines):
            return None
        lines = lines[lines.geometry.notna().to_numpy()]
        counts = Counter(lines["permission"])
        layer = layer_of(
            "pair_lines",
            "line",
            self.crs,
            projected(lines, self.crs, self.public),
            {"permission": lines["permission"]},
        )
        DRAWINGS["pair_lines"].on(layer, self.house, self._counted(counts, _BY_PERMISSION))
        parts = dict.fromkeys(lines["retired_id"].dropna(), "retired") | dict.fromkeys(
            lines["renewal_id"].dropna(), "renewal"
        )
        wells = placed_in(self.book["wells"])  # a well given up may lie outside the part that is shown
        wells = wells[wells["well_id"].isin(parts)]
        part = [parts[well] for well in wells["well_id"]]
        points = layer_of(
            "pair_wells",
            "point",
            self.crs,
            projected(wells, self.crs, self.public),
            {"well_id": wells["well_id"], "part": part},
        )
        scale = marker_scale(len(wells), "pairs")
        DRAWINGS["pair_wells"].on(points, self.house, self._counted(Counter(part), _BY_PART), scale)
        points.setLabelsEnabled(not self.public and len(wells) <= LABELLED)
        return [("pairs", [points, layer]), *self.backdrop.borders(), *self.backdrop.of_zones()]

    def _retirement(self) -> list | None:
        areas = land(self.book)
        if not len(areas):
            return None
        years = sorted(
            {int(year) for year in areas.loc[areas["state"] == "retired", "retired_day"].dt.year.dropna()}
        )
        layer = layer_of(
            "retirement",
            "polygon",
            self.crs,
            projected(areas, self.crs),
            {
                "status": areas["state"],
                "retired_on": areas["retired_day"],
                "restored_on": areas["restored_day"],
            },
            ("retired_on", "restored_on"),
        )
        scope = self.book.scope
        retirement(layer, self.house, years, self.say, bool(scope.begin or scope.end))
        return [("retirement", [layer]), *self.backdrop.borders()]

    def _change(self) -> list | None:
        change = self.change
        wells = self.wells
        kinds = [change.kinds.get(str(row), "same") for row in wells["row_id"]]
        gone = placed_in(change.gone)
        frames = [(wells, kinds), (gone, ["left"] * len(gone))]
        shapes, names, told = [], [], []
        for frame, of_frame in frames:
            if len(frame):
                shapes.append(projected(frame, self.crs, self.public))
                names += list(frame["well_id"])
                told += of_frame
        if not shapes:
            return None
        layer = layer_of(
            "changes", "point", self.crs, np.concatenate(shapes), {"well_id": names, "change": told}
        )
        scale = marker_scale(sum(kind != "same" for kind in told), "changes")
        DRAWINGS["changes"].on(layer, self.house, self._counted(Counter(told), _BY_CHANGE), scale)
        layer.setLabelsEnabled(False)
        return [("change", [layer]), *self.backdrop.borders(), *self.backdrop.of_zones()]

    @cached_property
    def change(self) -> Change:
        """What became of the wells since the earlier run.

        Raises:
            OverdraftError: no earlier run was given.
        """
        if self.earlier is None:
            raise OverdraftError("papers.maps.no_other")
        return changes(self.book, self.earlier)

    # --- layers

    def _wells(self, kind: str = "", per_page: int | None = None) -> list[Group]:
        """Wells by outcome, those that somebody must look at on top. Each outcome has markers of its own size, so that
        a few wells that fail stand out from thousands in order; ids stand at the gravest outcomes, while they are few.

        Args:
            kind: the atlas that they are for; empty for a sheet, whose legend counts them. per_page: how many a page of
                it has.
        """
        homes = self.wells[f"{ATLASES[kind]}_id"] if kind else self.wells["county_id"]
        outcomes = self.wells["outcome"].fillna("")
        share = 1.0 if per_page is None or not len(outcomes) else per_page / len(outcomes)
        counts = Counter(self.book.wells["outcome"].fillna(""))
        shapes = projected(self.wells, self.crs, self.public)
        say = self.say if kind else self._counted(counts, _BY_OUTCOME)
        layers, labelled = [], 0
        for outcome in _GRAVEST_FIRST:
            mask = outcomes.eq(outcome).to_numpy(dtype=bool)
            n = int(np.ceil(mask.sum() * share))
            if not mask.any():
                continue
            labelled += n
            columns = {"well_id": self.wells["well_id"], "outcome": outcomes, "unit_id": homes}
            columns = {name: values[mask] for name, values in columns.items()}
            layer = layer_of("wells", "point", self.crs, shapes[mask], columns)
            value = outcome or None
            drawing = DRAWINGS["wells"].only(lambda one, value=value: one == value, label_scale=0)
            if kind:
                drawing = drawing.with_labels([(f'"unit_id" = {PAGE}', *drawing.labels[0][1:])])
            drawing.on(layer, self.house, say, marker_scale(n, outcome or "not_judged"), letters=0.8)
            layer.setLabelsEnabled(not self.public and labelled <= LABELLED)
            layers.append(layer)
        return [("wells", layers)] if layers else []

    def _counted(
        self, counts: Mapping[object, int], values: Mapping[str, tuple]
    ) -> Callable[[str, str], str]:
        """Labels followed by how many there are."""

        def say(zh: str, en: str) -> str:
            label = self.say(zh, en)
            if en not in values:
                return label
            n = sum(counts.get(value, 0) for value in values[en])
            return self.book.say("maps.counted", label=label, n=f"{n:,}")

        return say


_BY_OUTCOME = {
    "Fail": ("fail",),
    "Review": ("review",),
    "Not evaluated": ("not_evaluated",),
    "Exempt": ("exempt",),
    "Pass": ("pass",),
    "Not judged yet": ("",),
}
_BY_PERMISSION = {
    "Pair stands": ("allow", "allow_if"),
    "Pair to be checked": ("hold", "review", "not_evaluated"),
    "Pair refused": ("deny", "suspend"),
}
_BY_PART = {"Renewal": ("renewal",), "Sealed, or to be sealed": ("retired",)}
_BY_CHANGE = {
    "Worse": ("worse",),
    "Better": ("better",),
    "Changed otherwise": ("changed",),
    "Wells that entered": ("entered",),
    "Wells that left": ("left",),
    "Unchanged": ("same",),
}


def marker_scale(n: int, kind: str) -> float:
    """How much smaller markers are where there are many: 7 wells and 7 thousand both stay legible. Twice as many wells
    take a quarter more of the paper."""
    full = AT_FULL_SIZE.get(kind, _AT_FULL_SIZE_OTHERWISE)
    return 1.0 if n <= full else max((full / n) ** (1 / 3), SMALLEST.get(kind, _SMALLEST_OTHERWISE))
