"""The lines of which the sheet of a finding consists, and how cells become texts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..messages import render
from ..personal import masked
from .basis import shown_value
from .words import Words


@dataclass(frozen=True)
class Line:
    """One thing told: its label, its value, where it comes from; ``marked`` where a reader should take note."""

    label: str
    value: str
    source: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Change:
    """What a decision was based on, and what stands there now."""

    label: str
    then: str
    now: str


@dataclass(frozen=True)
class Past:
    """One entry of the history."""

    at: str
    who: str
    act: str
    before: str
    after: str
    reason: str


def parsed(text: object) -> Any:
    """JSON of a cell; None for an empty one."""
    return json.loads(text) if isinstance(text, str) and text else None


def say(key: str, language: str, **values: object) -> str:
    """The text ``slip.<key>``."""
    return render(f"slip.{key}", values, language)


def placed(value: object, name: str, words: Words) -> str:
    """A value in words; the id of a place with its name. Telephone and identity numbers are masked."""
    if isinstance(value, list):
        return ("、" if words.language == "zh" else ", ").join(placed(item, name, words) for item in value)
    told = masked(shown_value(value, name, words))
    if not isinstance(value, str) or told != value:
        return told
    place = masked(words.place(value))
    return told if place == told else say("place", words.language, name=place, id=told)
