"""The tables that can be printed: from which tables of the case file, and how each is drawn up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import (
    allocation,
    charges,
    closing,
    findings,
    land,
    pairs,
    permits,
    power,
    problems,
    quarter,
    seals,
    sources,
    summary,
    wells,
)
from .kind import Kind

_MODULES = (
    *(wells, summary, seals, pairs, land, closing, allocation),
    *(power, permits, charges, quarter, findings, problems, sources),
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for module in _MODULES for kind in module.KINDS}
)
"""Every table by name, in the order in which they are printed."""

__all__ = ["KINDS", "Kind"]
