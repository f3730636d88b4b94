"""What a user asks of a retirement plan, read from text, and the scenarios that differ from it in a few settings."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...errors import OverdraftError

MEASURES = {"gross": "gross_m3", "net": "net_m3"}
_ENTRIES = re.compile(r"[\n\r,，]+")
_YEAR = re.compile(r"(?:(?P<unit>.*?)\s*[/\s]\s*)?(?P<year>\d{4})$")


@dataclass(frozen=True)
class Amount:
    """An amount asked of a unit: `unit` as the user wrote it ("" for every unit with a target), `year` (0: no year)."""

    unit: str
    year: int
    value: float


@dataclass(frozen=True)
class LandSettings:
    """Settings of one plan; empty ones leave the limit out.

    Attributes:
        target_year: the target to meet; None: the next one on the day of the run, the last one when all are past.
        first_year: first year of the plan; None: the year of the run.
        cost_field: field of ``irrigation`` with the cost of retiring an area; "": its land in use, which makes the
            overshoot least.
        yearly_minimums: least land to retire in a unit within a year, 亩.
        township_cap: largest share of the irrigated land of a township that may be retired in a year.
        volume_targets: each unit must also save the volume that ``targets`` asks of it; not by itself, since other
            measures than retirement may save it.
        saving_m3: water that the plan must save in all.
        saving_measure: gross (at the well) or net (less what seeps back).
        return_ratio: β, the share that seeps back; None: as the policy says, else 0.
        compactness: bonus for two touching areas that are both retired, in units of cost.
        touch_distance_m: areas no farther apart than this touch; 0: they share a border.
        min_closed_wells: least number of wells that can close in a unit.
        ignore_locks: plan as if no area were locked.
    """

    target_year: int | None = None
    first_year: int | None = None
    cost_field: str = ""
    yearly_minimums: tuple[Amount, ...] = ()
    township_cap: float | None = None
    volume_targets: bool = False
    saving_m3: float | None = None
    saving_measure: str = "gross"
    return_ratio: float | None = None
    compactness: float = 0.0
    touch_distance_m: float = 0.0
    min_closed_wells: tuple[Amount, ...] = ()
    ignore_locks: bool = False


def land_settings(texts: Mapping[str, str], base: LandSettings | None = None) -> LandSettings:
    """Settings from text, laid over others.

    Args:
        texts: by name of the parameter; an empty text takes the setting back to its default.

    Raises:
        OverdraftError: a name that is none, or a value that cannot be used; it names the values allowed.
    """
    changed: dict[str, Any] = {}
    for name, text in texts.items():
        if name not in _READERS:
            raise OverdraftError("planning_land.setting_unknown", found=name, allowed=list(_READERS))
        field, read = _READERS[name]
        text = text.strip()
        changed[field] = read(name, text) if text else getattr(LandSettings(), field)
    return replace(base or LandSettings(), **changed)


def scenarios(text: str, base: LandSettings) -> dict[str, LandSettings]:
    """The plan itself (under the empty name, first) and its scenarios, a line each: ``name: SETTING = value; …``.

    Full-width punctuation is understood. Amounts of several units or years are joined by commas.

    Raises:
        OverdraftError: a line without a name, a name given twice, or a setting that cannot be used.
    """
    found = {"": base}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, rest = line.replace("：", ":").partition(":")
        name = name.strip()
        if not colon or not name or name in found:
            raise OverdraftError("planning_land.scenario", found=line)
        parts = [part for part in re.split("[;；]", rest) if part.strip()]
        pairs = [part.replace("＝", "=").partition("=") for part in parts]
        found[name] = land_settings({key.strip(): value for key, _, value in pairs}, base)
    return found


def _refuse(name: str, found: str, allowed: str) -> OverdraftError:
    return OverdraftError("planning_land.setting", name=name, found=found, allowed=allowed)


def _number(low: float, high: float, allowed: str) -> Callable[[str, str], float]:
    def read(name: str, text: str) -> float:
        value = _as_number(text)
        if not low <= value <= high:
            raise _refuse(name, text, allowed)
        return value

    return read


def _as_number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _year(name: str, text: str) -> int:
    value = _as_number(text)
    if not (1900 <= value <= 2100 and value.is_integer()):
        raise _refuse(name, text, "1900 … 2100")
    return int(value)


def _measure(name: str, text: str) -> str:
    if text not in MEASURES:
        raise _refuse(name, text, ", ".join(MEASURES))
    return text


def _flag(name: str, text: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in known:
        raise _refuse(name, text, "true, false")
    return known[text.lower()]


def _minimums(name: str, text: str) -> tuple[Amount, ...]:
    allowed = "2026 = 900; 托克逊县 2026 = 900"
    entries = []
    for left, value in _amounts(name, text, allowed):
        match = _YEAR.match(left)
        if match is None:
            raise _refuse(name, left, allowed)
        entries.append(Amount((match["unit"] or "").strip(), int(match["year"]), value))
    return tuple(entries)


def _closings(name: str, text: str) -> tuple[Amount, ...]:
    allowed = "5; 托克逊县 = 5"
    text = text if "=" in text.replace("＝", "=") else f"= {text}"
    found = _amounts(name, text, allowed)
    for _, value in found:
        if not value.is_integer():
            raise _refuse(name, f"{value:g}", allowed)
    return tuple(Amount(left, 0, value) for left, value in found)


def _amounts(name: str, text: str, allowed: str) -> list[tuple[str, float]]:
    found = []
    for entry in filter(None, map(str.strip, _ENTRIES.split(text))):
        left, _, right = entry.replace("＝", "=").partition("=")
        value = _as_number(right.strip())
        if not value >= 0:
            raise _refuse(name, entry, allowed)
        found.append((left.strip(), value))
    return found


_READERS: Mapping[str, tuple[str, Callable[[str, str], object]]] = {
    "TARGET_YEAR": ("target_year", _year),
    "FIRST_YEAR": ("first_year", _year),
    "COST_FIELD": ("cost_field", lambda _, text: text),
    "YEARLY_MINIMUMS": ("yearly_minimums", _minimums),
    "TOWNSHIP_CAP": ("township_cap", _number(0.0, 1.0, "0 … 1")),
    "VOLUME_TARGETS": ("volume_targets", _flag),
    "SAVING_TARGET": ("saving_m3", _number(0.0, 1e15, "≥ 0")),
    "SAVING_MEASURE": ("saving_measure", _measure),
    "RETURN_RATIO": ("return_ratio", _number(0.0, 1.0, "0 … 1")),
    "COMPACTNESS": ("compactness", _number(0.0, 1e9, "0 … 10⁹")),
    "TOUCH_DISTANCE": ("touch_distance_m", _number(0.0, 1000.0, "0 … 1000 m")),
    "MIN_CLOSED_WELLS": ("min_closed_wells", _closings),
    "IGNORE_LOCKS": ("ignore_locks", _flag),
}
