"""Letters from templates that people write in Word: ``{{name}}`` is replaced by a text, nothing is ever executed.

A template is data. It may hold no macros, no links to elsewhere and no fields that fetch anything; the texts put in
stay texts whatever they look like.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OverdraftError
from ..harmless import printable
from .word_file import docx_missing

if TYPE_CHECKING:
    import docx.document

MOST_BYTES = 40 * 1024 * 1024
"""What a template may hold when it is unpacked."""

_PLACE = re.compile(r"\{\{\s*([a-z][a-z_0-9]*)\s*\}\}")
_FETCHING = re.compile(
    r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|MACROBUTTON|DATABASE|RD)\b", re.I
)
"""Field codes of Word that reach out of the document."""


def template_of(kind: str, language: str, folders: Iterable[Path]) -> Path:
    """The first ``<kind>.<language>.docx`` or ``<kind>.docx`` in the folders.

    Raises:
        OverdraftError: there is none.
    """
    folders = list(folders)
    for folder in folders:
        for name in (f"{kind}.{language}.docx", f"{kind}.docx"):
            if (folder / name).is_file():
                return folder / name
    raise OverdraftError(
        "papers.letter.no_template", found=f"{kind}.{language}.docx", allowed=[*map(str, folders)]
    )


def filled(path: Path, values: Mapping[str, str]) -> docx.document.Document:
    """A template with its placeholders replaced; line breaks of a value stay line breaks.

    Raises:
        OverdraftError: it is no sound DOCX, holds what could reach out, or asks for what there is not.
    """
    made = opened(path)
    places = [paragraph for part in _parts(made) for paragraph in _paragraphs(part)]
    asked = {name for paragraph in places for name in _PLACE.findall(_text(paragraph))}
    unknown = sorted(asked - set(values))
    if unknown:
        raise OverdraftError("papers.letter.unknown", path=path.name, found=unknown, allowed=sorted(values))
    for paragraph in places:
        text = _text(paragraph)
        if text.count("{{") != len(_PLACE.findall(text)):
            raise OverdraftError("papers.letter.malformed", path=path.name, found=text.strip()[:80])
    for paragraph in places:
        _fill(paragraph, values)
    return made


def opened(path: Path) -> docx.document.Document:
    """A template, read and looked through.

    Raises:
        OverdraftError: as :func:`filled`.
    """
    missing = docx_missing()
    if missing:
        raise OverdraftError("papers.docx_missing", detail=missing)
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(item.file_size for item in packed.infolist()) > MOST_BYTES:
                raise OverdraftError("papers.letter.unsafe", path=path.name, found=f"> {MOST_BYTES} bytes")
        made = docx.Document(str(path))
    except OSError as error:
        detail = error.strerror or str(error)
        raise OverdraftError("papers.letter.unreadable", path=str(path), detail=detail) from error
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, XMLSyntaxError) as error:
        raise OverdraftError(
            "papers.letter.unreadable", path=str(path), detail=type(error).__name__
        ) from error
    found = next(_dangers(made), "")
    if found:
        raise OverdraftError("papers.letter.unsafe", path=path.name, found=found)
    return made


def _dangers(made: docx.document.Document) -> Iterator[str]:
    """What reaches out of a template: links, macros, embedded objects, fields that fetch."""
    from docx.oxml.ns import qn

    for part in made.part.package.iter_parts():
        yield from (relation.target_ref for relation in part.rels.values() if relation.is_external)
        if re.search(r"vbaProject|oleObject|activeX|embeddings|afchunk", str(part.partname), re.I):
            yield str(part.partname)
    for part in _parts(made):
        codes = [element.get(qn("w:instr")) or "" for element in part.iter(qn("w:fldSimple"))]
        for paragraph in part.iter(qn("w:p")):
            codes.append("".join(code.text or "" for code in paragraph.iter(qn("w:instrText"))))
        yield from (code.strip() for code in codes if _FETCHING.search(code))


def _parts(made: docx.document.Document) -> Iterator[Any]:
    """The XML of the text, of headers and footers."""
    from docx.opc.part import XmlPart

    for part in made.part.package.iter_parts():
        if isinstance(part, XmlPart) and re.search(
            r"/(document|header\d*|footer\d*)\.xml$", str(part.partname)
        ):
            yield part.element


def _paragraphs(part: Any) -> Iterator[Any]:
    from docx.oxml.ns import qn

    yield from part.iter(qn("w:p"))


def _runs(paragraph: Any) -> list[Any]:
    """The pieces of text of a paragraph; not those of a text box within it, whose paragraphs come by themselves."""
    from docx.oxml.ns import qn

    found = []
    for words in paragraph.iter(qn("w:t")):
        owner = next(above for above in words.iterancestors(qn("w:p")))
        if owner is paragraph:
            found.append(words)
    return found


def _text(paragraph: Any) -> str:
    return "".join(words.text or "" for words in _runs(paragraph))


def _fill(paragraph: Any, values: Mapping[str, str]) -> None:
    """Put the texts in: each begins in the piece in which its placeholder begins, with that piece's type."""
    pieces = _runs(paragraph)
    text = "".join(words.text or "" for words in pieces)
    found = list(_PLACE.finditer(text))
    if not found:
        return
    owner = [number for number, words in enumerate(pieces) for _ in words.text or ""]
    made = ["" for _ in pieces]
    at = 0
    for match in found:
        for place in range(at, match.start()):
            made[owner[place]] += text[place]
        made[owner[match.start()]] += printable(values[match[1]])
        at = match.end()
    for place in range(at, len(text)):
        made[owner[place]] += text[place]
    for words, new in zip(pieces, made, strict=True):
        if new != (words.text or ""):
            _write(words, new)


def _write(words: Any, text: str) -> None:
    """Replace a piece of text; a line break becomes one of Word."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    first, *rest = text.split("\n")
    words.text = first
    words.set(qn("xml:space"), "preserve")
    after = words
    for line in rest:
        cut, more = OxmlElement("w:br"), OxmlElement("w:t")
        more.text = line
        more.set(qn("xml:space"), "preserve")
        after.addnext(cut)
        cut.addnext(more)
        after = more
