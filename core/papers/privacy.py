"""Who may see a paper: the public, the authorities, or those who answer for it.

- ``public``: no names and numbers of persons, no texts that somebody typed, coordinates as coarse as chosen.
- ``internal``: names as 张**, numbers as 138****1234. Organisations are not masked.
- ``full``: everything. Whoever exports it is put on record.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from ..personal import masked
from .column import Cell, Column
from .table import Table

PUBLIC, INTERNAL, FULL = PROFILES = ("public", "internal", "full")

COARSE = 2
"""Decimals of a degree in a public paper: about one kilometre."""

_ORGANISATION = re.compile(
    r"公司|合作社|委员会|村委会|政府|集团|协会|农场|基地|大队|中心|学校|"
    r".{3}[村镇乡局站场厂厅处所院委部连团](?:（[^（）]*）)?$|"
    r"(?i:\b(?:co|ltd|inc|company|cooperative|bureau|school|committee|government|farm|station)\b)"
)
"""What is no person. A name that only might be one is masked: 李团结 and 水利局 alike."""


def private(table: Table, profile: str, digits: int = COARSE) -> Table:
    """The table as a profile shows it.

    Args:
        digits: decimals of coordinates in a public paper.
    """
    if profile == FULL:
        return table
    columns = []
    for column in table.columns:
        if profile == PUBLIC and column.personal:
            continue
        columns.append(_shown(column, profile, digits))
    return replace(table, columns=tuple(columns), notes=tuple(map(masked, table.notes)))


def masked_name(name: str) -> str:
    """A person's name with its first letter alone; an organisation's as it is."""
    plain = name.strip()
    return name if not plain or _ORGANISATION.search(plain) else f"{plain[0]}**"


def _shown(column: Column, profile: str, digits: int) -> Column:
    if column.place and profile == PUBLIC:
        return replace(column, values=tuple(_coarse(value, digits) for value in column.values), digits=digits)
    if column.kind not in ("text", "date"):
        return column
    hide = masked_name if column.personal == "name" else str
    values = tuple(masked(hide(value)) if isinstance(value, str) else value for value in column.values)
    return replace(column, values=values)


def _coarse(value: Cell, digits: int) -> Cell:
    return value.quantize(Decimal(1).scaleb(-digits)) if isinstance(value, Decimal) else value
