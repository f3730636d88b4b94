"""Layers of one register in different reference systems."""

from __future__ import annotations

from ..problems import Problems
from .given import Given, counted, of_layer, schema_of
from .reading import datum_of

SAME_GROUND = ("world geodetic system 1984", "china 2000", "china geodetic coordinate system 2000")
"""Datums that differ by less than a metre: a mixture of them is noted, no more."""


def datums(given: Given, role: str) -> Problems:
    """A layer whose datum is not that of the wells (or of the first layer with places)."""
    placed = [name for name in given.register.tables if schema_of(name).is_place and given.has_place(name)]
    first = "wells" if "wells" in placed else placed[0]
    own, other = datum_of(given.crs(role)), datum_of(given.crs(first))
    n_rows = len(given.frame(role))
    if own == other:
        return counted("layers.datums", role, n_ok=n_rows)
    near = _is_same_ground(own) and _is_same_ground(other)
    return of_layer(
        "layers.datums",
        role,
        n_rows,
        severity="note" if near else "warning",
        message_key="checking.layers.datums_near" if near else "checking.layers.datums",
        remedy_key="checking.remedy.datums",
        values={"role": role, "found": own, "expected": other, "other": first},
    )


def _is_same_ground(name: str) -> bool:
    return name.replace("_", " ").casefold().removesuffix(" ensemble").startswith(SAME_GROUND)
