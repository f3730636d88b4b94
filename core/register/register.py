"""The register of one jurisdiction: canonical frames by role, and what was wrong with what came in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from ..errors import OverdraftError
from ..findings import Verdicts

UNREADABLE = "register.value"
"""Rule of the findings on cells that the intake could not read and left empty."""


class MissingRoleError(OverdraftError):
    """A rule needs a role that the register does not have. `role` names it."""

    def __init__(self, role: str, available: tuple[str, ...] = ()) -> None:
        super().__init__("register.role_missing", role=role, found=list(available))
        self.role = role


@dataclass(frozen=True)
class Register:
    """Canonical frames by role (docs/contract.md §1), made by :func:`core.intake.build_register`.

    Every frame has all fields of its role in contract order, then the input's own extra columns, then ``row_id``
    (see :mod:`core.register.identity`); places are GeoDataFrames with the geometry column ``geometry``. Rows stand in
    input order under a RangeIndex. Text is object with None for empty, real float64, integer Int64, date
    datetime64[ns], bool boolean.

    Attributes:
        tables: role to frame, only the roles that were supplied.
        problems: findings of the intake, rules ``register.*``.
    """

    tables: Mapping[str, pd.DataFrame]
    problems: Verdicts = field(default_factory=Verdicts.none)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", MappingProxyType(dict(self.tables)))

    def has(self, role: str) -> bool:
        """True if the role was supplied, even without rows."""
        return role in self.tables

    def get(self, role: str) -> pd.DataFrame | None:
        """The frame of a role, or None if it was not supplied."""
        return self.tables.get(role)

    def __getitem__(self, role: str) -> pd.DataFrame:
        """The frame of a role.

        Raises:
            MissingRoleError: the role was not supplied.
        """
        if role not in self.tables:
            raise MissingRoleError(role, tuple(self.tables))
        return self.tables[role]

    def unreadable(self, role: str, name: str) -> list[str]:
        """Ids of the rows whose cell of a field is empty because what stood in it could not be read."""
        rows = self.problems.rows
        asked = rows[((rows["rule"] == UNREADABLE) & (rows["subject_role"] == role)).to_numpy(dtype=bool)]
        return [
            subject
            for subject, values in zip(asked["subject_id"], asked["message_values"], strict=True)
            if name in json.loads(values)["field"]
        ]
