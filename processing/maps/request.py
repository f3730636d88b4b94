"""Printed maps from a case file, from what was asked for to files: the same for batch runs and windows."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from qgis.PyQt.QtGui import QImage, QImageReader

from ...core.errors import OverdraftError
from ...core.messages import render
from ...core.papers.book import Book, open_book
from ...core.papers.map_part import part_name, unfit
from ...core.papers.maps import ATLASES, MAPS, NEEDS, about, subtitle, title_of
from ...core.papers.privacy import INTERNAL
from ...core.papers.scope import Scope
from .export import OUTLINES, TEXT, Export, Written, preview
from .house import House, house, own_file
from .layers import crs_told
from .page import FilledPage, Texts
from .sheets import Painter
from .templates import fonts_missing, fonts_named, template

_GROUPS = ("wells", "pairs", "units", "zones", "irrigation", "retirement", "change")


@dataclass(frozen=True)
class MapRequest:
    """What is to be printed.

    Attributes:
        case: the case file. folder: where the files go; made where it is missing.
        maps: of ``MAPS``; empty: all for which the case holds something.
        paper, orientation: of the sheet. formats: of ``pdf``, ``png``, ``svg``. profile: ``public`` or ``internal``.
        scope: the part to print alone; not every filter fits every map, see ``unfit``. language: ``en`` or ``zh``.
        author: unit that prints. logo: its sign. other: case file of an earlier run, for what changed.
        letters: ``outlines`` or ``text``, in PDF. dpi: dots per inch.
    """

    case: Path
    folder: Path
    maps: tuple[str, ...] = ()
    paper: str = "A4"
    orientation: str = "landscape"
    formats: tuple[str, ...] = ("pdf",)
    profile: str = INTERNAL
    scope: Scope = field(default_factory=Scope)
    language: str = "zh"
    author: str = ""
    logo: Path | None = None
    other: Path | None = None
    letters: str = OUTLINES
    dpi: float = 300.0


def read_case(request: MapRequest) -> Book:
    """The case that the maps are drawn from; the part that takes no layout, and may be done in any thread.

    Raises:
        OverdraftError: the case cannot be read, was never judged or does not know the part asked for.
    """
    return open_book(request.case, NEEDS, request.language, request.scope)


def export_maps(
    request: MapRequest, warn: Callable[[str], None], progress: Callable[[float], None]
) -> Written:
    """Write the maps; what stood under their names stays whole until all are complete.

    Args:
        warn: told what the reader of the log must know, in the language of the maps.

    Raises:
        OverdraftError: the case cannot be read or was never judged; a map cannot be made, checked or written.
        Cancelled: from ``progress``.
    """
    with closing(export_steps(request, read_case(request), warn)) as steps:
        while True:
            try:
                progress(next(steps))
            except StopIteration as end:
                return end.value


def export_steps(
    request: MapRequest, book: Book, warn: Callable[[str], None]
) -> Generator[float, None, Written]:
    """:func:`export_maps` page by page: the share that is done comes out before each, so that a window can be served
    between them; to be closed where it is not followed to its end."""
    made = not request.folder.exists()
    export = None
    try:
        work = _Work(request, book, warn)
        yield 0.1
        request.folder.mkdir(exist_ok=True)
        ending = "_".join(filter(None, (request.language, request.profile, part_name(request.scope))))
        export = Export(request.folder, request.formats, request.letters, request.dpi, ending)
        kinds = work.kinds
        for number, kind in enumerate(kinds):
            page = work.page(kind)
            for share in export.add(page) if page is not None else ():
                yield 0.1 + 0.88 * (number + share) / len(kinds)
        if not export.written.files:
            raise OverdraftError("papers.maps.no_maps")
        yield 0.99
        return export.commit()
    except OSError as error:
        detail = error.strerror or str(error)
        raise OverdraftError("papers.maps.cannot_write", path=str(request.folder), detail=detail) from error
    finally:
        if export is not None:
            export.discard()
        if made and request.folder.is_dir() and not any(request.folder.iterdir()):
            request.folder.rmdir()


def preview_map(request: MapRequest, book: Book, kind: str, dpi: float = 80.0) -> QImage:
    """The first page of one map as a picture.

    Raises:
        OverdraftError: as :func:`export_maps` where this map is asked for by name; the case holds nothing for it.
    """
    page = _Work(replace(request, maps=(kind,)), book, lambda sentence: None).page(kind)
    if page is None:
        raise OverdraftError("papers.maps.no_maps")
    return preview(page, dpi)


class _Work:
    """Pages made from one case, one after the other."""

    def __init__(self, request: MapRequest, book: Book, warn: Callable[[str], None]) -> None:
        self.request, self.warn = request, warn
        self.house: House = replace(house(own_file()), plain=request.letters == TEXT)
        earlier = None
        if request.other is not None:
            earlier = open_book(request.other, ("irrigation",), request.language)
        self.painter = Painter(book, self.house, request.profile, earlier)
        self.book = self.painter.book
        self._texts = self._made_texts()
        for sentence in self._fonts():
            warn(sentence)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The maps asked for, in their order."""
        if self.request.maps:
            return tuple(kind for kind in MAPS if kind in self.request.maps)
        return tuple(kind for kind in MAPS if kind != "change" or self.request.other is not None)

    def page(self, kind: str) -> FilledPage | None:
        """A map on its sheet; None where the case holds nothing for it, which is told.

        Raises:
            OverdraftError: it cannot be made; one that the filters do not fit, or an atlas without polygons, only where
                it is asked for by name.
        """
        request = self.request
        if not self._fits(kind):
            return None
        try:
            sheet = self.painter.sheet(kind)
        except OverdraftError as error:
            if kind in ATLASES and not request.maps:
                self.warn(error.text(request.language))
                return None
            raise
        if sheet is None:
            change = self.painter.change if kind == "change" else None
            self.warn(self.book.say("maps.nothing", title=title_of(self.book, kind, change)))
            return None
        path = template(kind, request.paper, request.orientation, request.language)
        texts = self._texts
        texts = replace(texts, variables={**texts.variables, "subtitle": subtitle(self.book, kind)})
        return FilledPage(sheet, path, self.painter.crs, texts, self.house)

    def _fits(self, kind: str) -> bool:
        """Can the map be limited as is asked? One that cannot is refused or left out: without the filter it would show
        something else than it says."""
        filters = [self.book.say(f"filter.{name}") for name in unfit(kind, self.request.scope)]
        if not filters:
            return True
        told = ("、" if self.request.language == "zh" else ", ").join(filters)
        title = title_of(self.book, kind)
        if self.request.maps:
            raise OverdraftError("papers.maps.unfit", title=title, filters=told)
        self.warn(self.book.say("maps.left_out", title=title, filters=told))
        return False

    def _made_texts(self) -> Texts:
        book, request = self.book, self.request
        invented = book.say("maps.invented") if book.run.manifest.get("invented") else ""
        variables = {
            "mark": book.say(f"maps.mark.{request.profile}"),
            "invented": invented,
            "about": "\n".join(about(book, crs_told(self.painter.crs), request.profile)),
            "author": request.author,
            "disclaimer": book.say("maps.disclaimer"),
        }
        if request.logo is not None and not _is_picture(request.logo):
            raise OverdraftError("papers.maps.no_logo", path=str(request.logo))
        headings = {name: book.say(f"maps.group.{name}") for name in _GROUPS}
        return Texts(variables, headings, request.logo)

    def _fonts(self) -> Iterator[str]:
        """What is missing for the letters of the maps, before anything is drawn."""
        request, language = self.request, self.request.language
        if fonts_missing({self.house.family}):
            yield render("papers.maps.no_chinese", {"fonts": ", ".join(self.house.fonts)}, language)
        named = set(self.house.missing_fonts)
        for kind in self.kinds:
            path = template(kind, request.paper, request.orientation, language)
            named |= set(fonts_missing(fonts_named(path)))
        for font in sorted(named):
            yield render("papers.maps.font_missing", {"found": font, "used": self.house.family}, language)


def _is_picture(path: Path) -> bool:
    if not path.is_file():
        return False
    return path.suffix.lower() == ".svg" or QImageReader(str(path)).canRead()
