"""Writing an edited policy: the user's own file with the changed lines changed, everything else as it was.

The text is changed line by line and read again. Where a file is laid out so that this does not give the new content
(tables in one line, dotted keys), the whole is written anew: same content, without comments.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..errors import OverdraftError
from .edit import Draft, Edits, edited_content
from .lines import line_numbers
from .loader import FOLDER, MAX_BYTES, content_version, parse_content, parse_policy

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[")
_LONGEST_VALUE = 2000
"""Lines that one value may take; a longer one makes the whole file be written anew."""


def text_of(draft: Draft, edits: Edits) -> str:
    """The text of the policy file with the edits.

    Raises:
        OverdraftError: an edit that the policy does not allow.
    """
    content = edited_content(draft, edits)
    text = _patched(draft.text, draft.content, content)
    version = content_version(content)
    with suppress(OverdraftError):  # a patch that breaks the file is no patch
        if content_version(parse_content(text, "")) == version:
            return text
    text = toml_text(content)
    if content_version(parse_content(text, "")) != version:
        raise OverdraftError("policy.cannot_write", place=draft.path.name)
    return text


def save_policy(path: Path, text: str) -> str:
    """Write the text of a policy to a file, beside its name and then renamed; answers the version it has.

    Raises:
        OverdraftError: not a sound policy, a file that ships with the product, or a folder that cannot be written to.
            What stood under the name is then as it was.
    """
    version = parse_policy(text, path.name).version
    raw = text.encode("utf-8")
    if len(raw) > MAX_BYTES:
        raise OverdraftError("policy.too_large", place=path.name, found=len(raw), allowed=MAX_BYTES)
    if is_shipped(path):
        raise OverdraftError("policy.shipped", place=path.name)
    part = None
    try:
        handle, part = tempfile.mkstemp(prefix=".policy-", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as problem:
        if part is not None:
            with suppress(OSError):
                os.unlink(part)
        raise OverdraftError("policy.not_saved", place=str(path), found=str(problem)) from problem
    return version


def is_shipped(path: Path) -> bool:
    """Whether a path lies among the policies that ship with the product, by whatever name it is reached."""
    place = path.resolve()
    if FOLDER.resolve() in place.parents:
        return True
    return place.exists() and any(place.samefile(shipped) for shipped in FOLDER.glob("*.toml"))


def toml_text(content: Mapping[str, Any]) -> str:
    """A policy's content as TOML: sections and rows, everything below them in one line."""
    lines: list[str] = [
        f"{_key(name)} = {toml_value(value)}" for name, value in content.items() if _plain(value)
    ]
    for name, value in content.items():
        if not _plain(value):
            lines += _section(_key(name), value)
    return "\n".join(lines) + "\n"


def toml_value(value: object) -> str:
    """A value in one line of TOML.

    Raises:
        TypeError: nothing that a policy holds.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Decimal):
        text = str(value)
        return text if re.search("[.E]", text) else f"{text}e0"  # else it would be read as a whole number
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(name)} = {toml_value(inner)}' for name, inner in value.items())} }}"
    raise TypeError(type(value).__name__)


def _plain(value: object) -> bool:
    """Whether a value stands behind a key, not in a section or in rows of its own."""
    return not isinstance(value, Mapping) and not (
        isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value)
    )


def _section(path: str, value: Mapping | list) -> Iterator[str]:
    if isinstance(value, list):
        for row in value:
            yield f"\n[[{path}]]"
            yield from (f"{_key(name)} = {toml_value(inner)}" for name, inner in row.items())
        return
    own = [name for name in value if _plain(value[name])]
    if own or not value:
        yield f"\n[{path}]"
        yield from (f"{_key(name)} = {toml_value(value[name])}" for name in own)
    for name in value:
        if name not in own:
            yield from _section(f"{path}.{_key(name)}", value[name])


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml_value(name)


def _patched(text: str, before: Mapping, after: Mapping) -> str:
    """The text with the lines changed that hold what differs; a best effort, checked by the caller."""
    lines, numbers = text.split("\n"), line_numbers(text)
    places: dict[str, int] = {}
    for path in _differing(before, after, ""):
        while path and path not in numbers:
            above = path.rpartition(".")[0]
            if above in numbers and _HEADER.match(lines[numbers[above] - 1]):
                break
            path = above
        places[path] = numbers.get(path) or numbers.get(path.rpartition(".")[0], 0)
    for path, number in sorted(places.items(), key=lambda place: place[1], reverse=True):
        value = _at(after, path)
        written = [] if value is None else [f"{_key(path.rpartition('.')[2])} = {toml_value(value)}"]
        if path in numbers:
            start = number - 1
            lines[start : start + _length(lines, start)] = written
        else:
            lines[number:number] = written
    return "\n".join(lines)


def _differing(before: Any, after: Any, path: str) -> Iterator[str]:
    """Paths, as ``line_numbers`` names them, of what differs."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {**before, **after}:
            inner = f"{path}.{name}" if path else name
            yield from _differing(before.get(name), after.get(name), inner)
    elif _rows(before) and _rows(after) and len(before) == len(after):
        for position, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, f"{path}[{position}]")
    elif before != after or type(before) is not type(after) or str(before) != str(after):
        yield path


def _rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _at(content: object, path: str) -> Any:
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(content, list):
            content = content[int(step)]
        elif isinstance(content, Mapping):
            content = content.get(step)
    return content


def _length(lines: list[str], start: int) -> int:
    """How many lines a key and its value take."""
    for length in range(1, min(_LONGEST_VALUE, len(lines) - start) + 1):
        try:
            tomllib.loads("\n".join(lines[start : start + length]))
        except ValueError:
            continue
        return length
    return 1
