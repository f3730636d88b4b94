"""The texts of the product, in English and Chinese.

Findings and errors carry a message key and values, never a finished sentence. The sentences live in
``resources/messages/<family>.toml``; the family is the first part of the key::

    [placement.county_differs]
    en = "Recorded county {recorded}, but the point lies in {found}."
    zh = "登记区县为{recorded}，但点位落在{found}。"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "zh")
FOLDER = Path(__file__).resolve().parent.parent / "resources" / "messages"
_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Every message key with its text in each language: ``{key: {"en": text, "zh": text}}``."""
    texts: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        with path.open("rb") as handle:
            _collect(tomllib.load(handle), "", texts)
    return texts


def _collect(node: Mapping, prefix: str, into: dict[str, dict[str, str]]) -> None:
    texts = {name: value for name, value in node.items() if isinstance(value, str)}
    if texts:
        into[prefix] = texts
    for name, value in node.items():
        if isinstance(value, dict):
            _collect(value, f"{prefix}.{name}" if prefix else name, into)


def placeholders(text: str) -> set[str]:
    """Names in braces in a message text."""
    return set(_PLACEHOLDER.findall(text))


def render(key: str, values: Mapping[str, object] | None = None, language: str = "en") -> str:
    """The sentence for ``key`` in ``language`` with ``values`` put in.

    Values are inserted as text only: a value that looks like a placeholder stays as it is, and no attribute
    or index of a value can be reached. A value that is missing shows as ``{name}`` so that it is seen.

    Raises:
        KeyError: the key or the language is not in the catalogue.
    """
    text = catalogue()[key][language]
    given = values or {}

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in given:
            return match.group(0)
        value = given[name]
        # A column of years with a gap holds real numbers; a year has neither fraction nor separators
        year = name == "year" or name.endswith("_year")
        return (
            f"{value:.0f}" if year and isinstance(value, float) and value == value else show(value, language)
        )

    return _PLACEHOLDER.sub(put, text)


class Token(str):
    """A name of the schema that a sentence shows with its label: ``井深 (depth_m)``. To code it is the bare name."""

    labels: Mapping[str, str]

    def __new__(cls, name: str, labels: Mapping[str, str]) -> Token:
        token = super().__new__(cls, name)
        token.labels = labels
        return token

    def told(self, language: str) -> str:
        """Label and name."""
        return f"{self.labels[language]} ({self})"


class Word(Token):
    """A name of the schema that a sentence shows with its label alone: ``井深``."""

    def told(self, language: str) -> str:
        """The label."""
        return self.labels[language]


def show(value: object, language: str = "en") -> str:
    """A value as it stands in a sentence: whole numbers without a fraction, lists joined, empty as a dash."""
    if isinstance(value, Token):
        return value.told(language)
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "—" if value != value else f"{value:,.10g}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(show(item, language) for item in value) or "—"
    return str(value)
