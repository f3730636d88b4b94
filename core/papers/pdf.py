"""PDF files as Qt writes them: their pages counted, the drawn letters left alone, several files as one.

Qt writes PDF 1.4 with one classical table of objects and compressed streams; nothing else is read here. A file is read
as a list of objects; what stands in their streams is never looked into, except for the pages' own drawing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..errors import OverdraftError

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_TYPE = re.compile(rb"/Type\s*/(\w+)")
_LENGTH = re.compile(rb"/Length\s+(?:\d+ 0 R|\d+)")
_CONTENTS = re.compile(rb"/Contents\s+(\d+) 0 R")
_FONTS = re.compile(rb"/Font\s*<<[^<>]*>>")
_PARENT = re.compile(rb"/Parent\s+\d+ 0 R")
_WORDS = re.compile(rb"(?<=\n)BT\n.*?\nET\n", re.DOTALL)
_QUICKLY = 1
"""Level of compression: a tenth larger than the best, in a quarter of the time."""

_STREAM = re.compile(rb"stream\r?\n")


@dataclass(frozen=True)
class Pdf:
    """A file as numbered objects (without ``obj`` and ``endobj``).

    Attributes:
        pages: numbers of the pages, in order.
    """

    objects: dict[int, bytes]
    pages: tuple[int, ...]


def read_pdf(path: Path) -> Pdf:
    """The objects of a file that Qt wrote.

    Raises:
        OverdraftError: it is no such file, or cut short.
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    try:
        objects = _objects(data)
        (root,) = (number for number, body in objects.items() if _type(body) == b"Catalog")
        (top,) = (number for number, body in objects.items() if _type(body) == b"Pages")
        kids = _KIDS.search(_head(objects[top]))
        numbers = tuple(int(found) for found in _REFERENCE.findall(kids[1] if kids else b""))
        if not root or any(_type(objects[number]) != b"Page" for number in numbers):
            raise ValueError("pages")
    except (ValueError, KeyError, IndexError) as error:
        raise OverdraftError("papers.maps.broken_pdf", path=path.name, detail=str(error)) from error
    return Pdf(objects, numbers)


def n_pages(path: Path) -> int:
    """How many pages a file has, by its own list of pages.

    Raises:
        OverdraftError, OSError: as :func:`read_pdf`.
    """
    return len(read_pdf(path).pages)


def without_words(path: Path) -> None:
    """Leave the letters that are drawn as outlines and take out the same letters as text, with their fonts: for a file
    that was printed with both.

    Raises:
        OverdraftError, OSError: as :func:`read_pdf`.
    """
    given = read_pdf(path)
    objects = dict(given.objects)
    for page in given.pages:
        found = _CONTENTS.search(_head(objects[page]))
        if found:
            number = int(found[1])
            objects[number] = _drawn_only(objects[number], objects)
    objects = {number: _FONTS.sub(b"", body) if _is_plain(body) else body for number, body in objects.items()}
    _write(path, _reached(objects, given.pages), given.pages)


def joined(paths: Iterable[Path], target: Path) -> int:
    """The pages of several files as one file; how many they are.

    Raises:
        OverdraftError, OSError: as :func:`read_pdf`; the target cannot be written.
    """
    objects: dict[int, bytes] = {}
    pages: list[int] = []
    for path in paths:
        given = read_pdf(path)
        base = max(objects, default=2)
        wanted = _reached(given.objects, given.pages)
        number = {old: base + place + 1 for place, old in enumerate(sorted(wanted))}
        objects |= {number[old]: _renumbered(body, number) for old, body in wanted.items()}
        pages += [number[page] for page in given.pages]
    _write(target, objects, tuple(pages))
    return len(pages)


def _objects(data: bytes) -> dict[int, bytes]:
    """Every object by its number, as the table at the end of the file places them."""
    start = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    lines = data[start:].split(b"\n", 2)
    if lines[0].strip() != b"xref":
        raise ValueError("xref")
    first, count = map(int, lines[1].split())
    table = data[start + len(lines[0]) + len(lines[1]) + 2 :][: 20 * count]
    places = [
        (table[20 * n : 20 * n + 10], table[20 * n + 17 : 20 * n + 18], first + n) for n in range(count)
    ]
    used = sorted((int(offset), number) for offset, state, number in places if state == b"n")
    ends = [offset for offset, _ in used[1:]] + [start]
    objects = {}
    for (offset, number), end in zip(used, ends, strict=True):
        body = data[offset:end]
        name, rest = body.split(b"obj", 1)
        if int(name.split()[0]) != number:
            raise ValueError(f"object {number}")
        objects[number] = rest[: rest.rindex(b"endobj")].strip(b"\r\n ")
    return objects


def _head(body: bytes) -> bytes:
    """An object up to its stream."""
    found = _STREAM.search(body)
    return body[: found.start()] if found else body


def _is_plain(body: bytes) -> bool:
    return _STREAM.search(body) is None


def _type(body: bytes) -> bytes:
    found = _TYPE.search(_head(body))
    return found[1] if found else b""


def _drawn_only(body: bytes, objects: dict[int, bytes]) -> bytes:
    """The drawing of a page without its blocks of text."""
    found = _STREAM.search(body)
    if found is None:
        return body
    drawing = zlib.decompressobj().decompress(body[found.end() :])
    packed = zlib.compress(_WORDS.sub(b"", drawing), _QUICKLY)
    head = _LENGTH.sub(b"/Length %d" % len(packed), body[: found.start()])
    return head + b"stream\n" + packed + b"\nendstream"


def _reached(objects: dict[int, bytes], pages: Iterable[int]) -> dict[int, bytes]:
    """The objects that the pages need."""
    wanted: dict[int, bytes] = {}
    asked = list(pages)
    while asked:
        number = asked.pop()
        if number in wanted or number not in objects:
            continue
        wanted[number] = objects[number]
        asked += [int(found) for found in _REFERENCE.findall(_PARENT.sub(b"", _head(objects[number])))]
    return wanted


def _renumbered(body: bytes, number: dict[int, int]) -> bytes:
    head = _head(body)
    moved = _REFERENCE.sub(lambda found: b"%d 0 R" % number.get(int(found[1]), 1), head)
    return moved + body[len(head) :]


def _write(path: Path, objects: dict[int, bytes], pages: tuple[int, ...]) -> None:
    """Write objects as a file whose catalogue and list of pages are the first two free numbers."""
    top, root = max(objects, default=0) + 1, max(objects, default=0) + 2
    kids = b" ".join(b"%d 0 R" % page for page in pages)
    whole = {
        number: _PARENT.sub(b"/Parent %d 0 R" % top, body) if number in pages else body
        for number, body in objects.items()
    }
    whole[top] = b"<<\n/Type /Pages\n/Kids [%s]\n/Count %d\n>>" % (kids, len(pages))
    whole[root] = b"<<\n/Type /Catalog\n/Pages %d 0 R\n>>" % top
    order = sorted(whole)
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for new, old in enumerate(order, start=1):
        places[old] = new
    for old in order:
        offset = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (places[old], _renumbered(whole[old], places))
        whole[old] = b"%010d 00000 n \n" % offset
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(order) + 1)
    out += b"".join(whole[old] for old in order)
    out += b"trailer\n<<\n/Size %d\n/Root %d 0 R\n>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(order) + 1,
        places[root],
        start,
    )
    path.write_bytes(out)
