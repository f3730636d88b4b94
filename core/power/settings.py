"""What power to water conversion may be told; every default is an unverified one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from ..policy import Policy

SETTING_KEYS = {
    "minimum": "e2w.min",
    "maximum": "e2w.max",
    "max_deviation_percent": "e2w.max_dev",
    "min_wells": "e2w.min_wells",
    "recalibrate_years": "e2w.recalibrate_years",
}
"""Setting of a policy for each field of :class:`PowerSettings`."""

WHOLE = ("min_wells", "recalibrate_years")

LEVELS = ("well", "stratum", "unit")
"""The finest kind of coefficient that is used."""


@dataclass(frozen=True)
class PowerSettings:
    """Limits of the conversion. No text gives them; they are defaults to be confirmed.

    Attributes:
        minimum, maximum: m³/kWh; a coefficient outside is used and shown for review.
        max_deviation_percent: how far a well may stand from its stratum.
        min_wells: a stratum with fewer wells that have both figures gives no coefficient.
        recalibrate_years: a calibration serves its own year and so many after it; a dated coefficient that is older
            is shown for review.
        strata: fields of ``wells`` that make up a stratum; a well in which one is empty belongs to none.
        unverified: setting keys whose value is ours and not a policy's or the user's.
    """

    minimum: float = 0.5
    maximum: float = 8.0
    max_deviation_percent: float = 20.0
    min_wells: int = 5
    recalibrate_years: int = 1
    strata: tuple[str, ...] = ("aquifer",)
    unverified: tuple[str, ...] = tuple(SETTING_KEYS.values())

    def used(self) -> dict[str, object]:
        """The values by setting key, for findings."""
        told: dict[str, object] = {key: getattr(self, name) for name, key in SETTING_KEYS.items()}
        return {**told, "e2w.strata": list(self.strata)}


def power_settings(
    policy: Policy | None = None, strata: Sequence[str] = ("aquifer",), **chosen: float | None
) -> PowerSettings:
    """Settings for a run: what the user chose, else what the policy sets, else the default.

    Args:
        policy: its settings ``e2w.*`` are used where it has them.
        chosen: by field name of :class:`PowerSettings`; None is not chosen.
    """
    defaults = {item.name: item.default for item in fields(PowerSettings)}
    values: dict[str, Any] = {}
    unverified = []
    for name, key in SETTING_KEYS.items():
        own = policy.settings.get(key) if policy is not None else None
        if chosen.get(name) is not None:
            values[name] = chosen[name]
        elif own is not None and own.value is not None:
            values[name] = int(own.value) if name in WHOLE else own.value  # a file may write 1.0 years
            if own.confidence == "unverified":
                unverified.append(key)
        else:
            values[name] = defaults[name]
            unverified.append(key)
    return PowerSettings(**values, strata=tuple(strata), unverified=tuple(unverified))
