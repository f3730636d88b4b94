"""Reading policy files: safely, with limits, and with an identity by content."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

from ..errors import OverdraftError
from .build import build_policy
from .lines import line_numbers
from .model import Policy
from .names import nearest
from .shape import Where

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "policies"
MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 12
_VERSION_LENGTH = 16
_HEADER = re.compile(r"^\s*\[", re.MULTILINE)
_LINE = re.compile(r"line (\d+)")


class PolicyTitle(NamedTuple):
    """What a list of policies shows."""

    id: str
    title: str
    title_en: str
    path: Path


def available_policies(folder: Path = FOLDER) -> tuple[PolicyTitle, ...]:
    """The policies that ship with the product, by id. Only the ``[policy]`` table of each file is read.

    A file whose head cannot be read is left out here; ``load_policy`` says what is wrong with it.
    """
    titles = []
    for path in sorted(folder.glob("*.toml")):
        try:
            head = _head(read_text(path))
            titles.append(PolicyTitle(str(head["id"]), str(head["title"]), str(head["title_en"]), path))
        except (OverdraftError, KeyError, TypeError, ValueError):
            continue
    return tuple(titles)


def load_policy(source: str | Path) -> Policy:
    """A policy by id, or from a file of the user's own.

    Args:
        source: an id of ``available_policies``, or a ``Path`` to a TOML file.

    Raises:
        OverdraftError: no such policy or file; a file that is too large, not text, not TOML, or not of the
            shape of a policy. The message names file and line, the key, the value found and what is allowed.
    """
    return parse_policy(*policy_text(source))


def policy_text(source: str | Path) -> tuple[str, str]:
    """The text of a policy's file and the name of the file; source and errors as for :func:`load_policy`."""
    path = source if isinstance(source, Path) else path_of(source)
    return read_text(path), path.name


def parse_policy(text: str, file: str) -> Policy:
    """A policy from the text of a TOML file; ``file`` is its name in messages.

    Raises:
        OverdraftError: as ``load_policy``.
    """
    where = Where(file, line_numbers(text))
    return replace(policy_of(parse_content(text, file), where), text=text)


def policy_of(content: Mapping, where: Where) -> Policy:
    """A policy from the content of its file, its version by that content.

    Raises:
        OverdraftError: not of the shape of a policy.
    """
    return replace(build_policy(content, where), version=content_version(content))


def policy_problems(text: str, file: str) -> list[OverdraftError]:
    """Everything that is wrong with the text of a policy file, as far as it can be told at once; empty for a sound one.

    Shape comes first, references after that: a key that is missing would be reported as an unknown reference as well.
    """
    where = Where(file, line_numbers(text), [])
    try:
        build_policy(parse_content(text, file), where)
    except OverdraftError as problem:
        return where.found or [problem]
    return []


def parse_content(text: str, file: str) -> dict:
    """The content of a TOML file, numbers with a fraction as exact decimals; ``file`` is its name in messages.

    Raises:
        OverdraftError: not TOML, or nested too deep.
    """
    try:
        data = tomllib.loads(text, parse_float=_decimal)
    except RecursionError:
        raise OverdraftError("policy.too_deep", place=file, allowed=MAX_DEPTH) from None
    except ValueError as problem:  # TOMLDecodeError, and numbers of absurd length
        line = _LINE.search(str(problem))
        place = f"{file}:{line.group(1)}" if line else file
        raise OverdraftError("policy.not_toml", place=place, found=str(problem)[:200]) from None
    if _deeper(data, MAX_DEPTH):
        raise OverdraftError("policy.too_deep", place=file, allowed=MAX_DEPTH)
    return data


def content_version(data: Mapping) -> str:
    """First 16 hex digits of SHA-256 over the parsed content as JSON with sorted keys.

    Comments, blank lines and the order of keys do not matter; every value does, numbers as they are written.
    """
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_VERSION_LENGTH]


def path_of(source: str | Path) -> Path:
    """The file of a policy: a path as it is, an id by the file that ships under it.

    Raises:
        OverdraftError: no policy of this id ships.
    """
    if isinstance(source, Path):
        return source
    policy_id = source
    known = {title.id: title.path for title in available_policies()}
    if policy_id in known:
        return known[policy_id]
    path = FOLDER / f"{policy_id}.toml"
    if re.fullmatch(r"[a-z0-9-]+", policy_id) and path.is_file():
        return path  # its head could not be read: loading it says why
    suggestion = nearest(policy_id, known) or ""
    raise OverdraftError("policy.unknown_policy", found=policy_id, allowed=list(known), suggestion=suggestion)


def read_text(path: Path) -> str:
    """The text of a policy file.

    Raises:
        OverdraftError: no such file, not to be read, too large, or not text.
    """
    try:
        if not path.is_file():
            raise OverdraftError("policy.no_file", place=str(path))
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as problem:
        raise OverdraftError("policy.unreadable", place=str(path), found=str(problem)) from problem
    if len(raw) > MAX_BYTES:
        size = path.stat().st_size
        raise OverdraftError("policy.too_large", place=path.name, found=size, allowed=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise OverdraftError("policy.not_text", place=path.name, found=problem.start) from None
    if "\0" in text:
        raise OverdraftError("policy.not_text", place=path.name, found=text.index("\0"))
    return text.replace("\r\n", "\n")


def _head(text: str) -> Mapping:
    headers = [match.start() for match in _HEADER.finditer(text)]
    return tomllib.loads(text[: headers[1]] if len(headers) > 1 else text)["policy"]


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace("_", ""))
    except InvalidOperation:
        raise ValueError(f"not a number of this world: {text[:40]}") from None


def _deeper(node: object, limit: int) -> bool:
    """Whether anything lies more than ``limit`` levels down; level by level, so that depth costs no stack."""
    level = [node]
    for _ in range(limit + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return bool(level)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)  # a time of day: refused later, by its key
