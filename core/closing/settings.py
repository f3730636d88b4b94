"""How much each criterion weighs: from the policy, or equally."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..errors import OverdraftError
from ..policy import Policy

CRITERIA = (
    "severity",
    "control",
    "unpermitted",
    "unmetered",
    "substitute",
    "idle",
    "age",
    "decline",
    "inefficiency",
    "volume",
)
"""Criteria in the order of the columns; what each means stands in :mod:`core.closing.criteria`."""

PREFIX = "closing."


@dataclass(frozen=True)
class Expected:
    """A setting that a policy may hold for the closing order.

    Attributes:
        type, minimum: as in a policy file; ``value`` is what holds where the policy is silent.
        en, zh: its label.
    """

    type: str
    value: float | int
    minimum: int
    en: str
    zh: str


EXPECTED_SETTINGS: Mapping[str, Expected] = MappingProxyType(
    {
        "closing.weight_severity": Expected("number", 1.0, 0, "Weight: severe zone", "权重：严重超采区"),
        "closing.weight_control": Expected("number", 1.0, 0, "Weight: banned zone", "权重：禁采区"),
        "closing.weight_unpermitted": Expected("number", 1.0, 0, "Weight: no permit", "权重：无取水许可"),
        "closing.weight_unmetered": Expected("number", 1.0, 0, "Weight: no meter", "权重：无计量设施"),
        "closing.weight_substitute": Expected(
            "number", 1.0, 0, "Weight: another source at hand", "权重：具备替代水源"
        ),
        "closing.weight_idle": Expected("number", 1.0, 0, "Weight: idle", "权重：闲置"),
        "closing.weight_age": Expected("number", 1.0, 0, "Weight: age", "权重：井龄"),
        "closing.weight_decline": Expected("number", 1.0, 0, "Weight: falling level", "权重：水位下降"),
        "closing.weight_inefficiency": Expected("number", 1.0, 0, "Weight: water per mu", "权重：亩均用水量"),
        "closing.weight_volume": Expected("number", 1.0, 0, "Weight: volume", "权重：取水量"),
        "closing.years": Expected(
            "integer", 3, 1, "Whole years of readings that are looked at", "考察的完整计量年数"
        ),
        "closing.level_years": Expected(
            "integer", 5, 2, "Years of levels that are looked at", "考察的水位观测年数"
        ),
    }
)
"""Settings by key. None of them stands in a text: a policy gives them with ``source = "default"``; where it gives none
the value here holds, and either way they are shown as unverified."""


@dataclass(frozen=True)
class ClosingSettings:
    """What one closing order was made with.

    Attributes:
        weights: by criterion, not below 0, not all 0.
        years: whole calendar years of readings before the day.
        level_years: calendar years of levels up to the day.
        unverified: keys that no text and no user confirmed.
    """

    weights: Mapping[str, float]
    years: int
    level_years: int
    unverified: tuple[str, ...]


def closing_settings(policy: Policy, weights: Mapping[str, float] | None = None) -> ClosingSettings:
    """The settings of the policy with the given weights laid over them.

    Raises:
        OverdraftError: a criterion that does not exist, a weight below 0 or not a number, or all weights 0.
    """
    given = dict(weights or {})
    unknown = sorted(set(given) - set(CRITERIA))
    if unknown:
        raise OverdraftError("closing.unknown_criterion", found=unknown[0], allowed=list(CRITERIA))
    unverified: list[str] = []
    value: dict[str, Any] = {}
    for key, expected in EXPECTED_SETTINGS.items():
        setting = policy.settings.get(key)
        own = None if setting is None else setting.value
        value[key] = expected.value if own is None else own
        criterion = key.removeprefix(PREFIX + "weight_")
        if criterion in given:
            value[key] = given[criterion]
        elif setting is None or own is None or setting.confidence == "unverified":
            unverified.append(key)
    told_weights = {name: _weight(name, value[f"{PREFIX}weight_{name}"]) for name in CRITERIA}
    if not any(told_weights.values()):
        raise OverdraftError("closing.no_weight")
    return ClosingSettings(
        weights=MappingProxyType(told_weights),
        years=int(value["closing.years"]),
        level_years=int(value["closing.level_years"]),
        unverified=tuple(unverified),
    )


def _weight(name: str, value: object) -> float:
    number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    if not (math.isfinite(number) and number >= 0):
        raise OverdraftError("closing.bad_weight", criterion=name, found=str(value))
    return number
