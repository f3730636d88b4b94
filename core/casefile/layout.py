"""Which tables a case file holds and which columns stand in each: the register, then the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from ..register.identity import ROW_ID
from ..schema import Field, Role, register_schema, results_schema

SCHEMA_VERSION = 2
"""Version of the tables of a case file, in ``meta``. It grows when a table or column is added or changes its meaning.

1: register, results, decisions, history, runs. 2: what a decision was based on, what changed since, marks, indexes.
"""

DEFAULT_CRS = "EPSG:4490"
"""CGCS2000: the coordinate system of layers that are still empty."""

KEPT = (
    *("plans", "imports", "raw_values", "decisions", "decided_findings", "marks", "history", "settings"),
    *("frozen_inputs", "merged_histories"),
)
"""Tables that belong to people: a run never replaces them."""

REPLACED = (
    "findings",
    "rule_counts",
    "area_zones",
    "ledger",
    "ledger_balance",
    "pair_lines",
    "retirement_balance",
    "quota_balance",
    "quota_allocation",
    "over_plan_fees",
    "over_plan_totals",
    "power_volumes",
    "power_coefficients",
    "power_calibration",
    "unit_ranking",
    "vetting",
    "closing_order",
)
"""Tables that each run writes anew. The ``run_*`` tables of the schema compare two runs and are in no case file."""

GROWING = ("runs", "meta")
"""Tables to which a run adds."""

LAST_RUN = "last_run"
"""Entry of ``meta``: the run whose findings stand in the file."""


INDEXES = {
    "findings_by_id": ("findings", ("finding_id",), False),
    "findings_by_subject": ("findings", ("subject_id", "subject_role"), False),
    "wells_by_row_id": ("wells", (ROW_ID,), False),
    "decisions_by_finding": ("decisions", ("finding_id",), True),
    "decided_findings_by_id": ("decided_findings", ("finding_id",), True),
    "marks_by_subject": ("marks", ("subject", "who"), True),
    "history_by_number": ("history", ("seq",), True),
    "history_by_subject": ("history", ("subject",), False),
    "merged_histories_by_subject": ("merged_histories", ("subject",), False),
}
"""Indexes by name: table, columns, and whether no two rows may be alike in them."""


@dataclass(frozen=True)
class Layout:
    """One table of the case file.

    Attributes:
        name: table name; geometry: ``point``, ``line``, ``polygon`` or ``none``; key: id fields.
        fields: in the order of the columns.
        results: fields that a run computes; not part of the register, read-only in forms.
        role: whether it is a role of the register (fit for data entry).
    """

    name: str
    geometry: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    labels: Mapping[str, str]
    results: tuple[str, ...] = ()
    role: bool = False

    @property
    def is_layer(self) -> bool:
        """True for a table with geometry."""
        return self.geometry != "none"


@lru_cache(maxsize=1)
def layouts() -> Mapping[str, Layout]:
    """Every table of a case file by name, in the order in which they are written."""
    results = results_schema().tables
    tables = {name: _layout(role, True) for name, role in register_schema().roles.items()}
    wells = tables["wells"]
    placed = tuple(results["placement"].fields.values())
    outcome = results["findings"].fields["outcome"]
    identity = Field(en="Subject id of the findings", zh="结论中的对象编号", name=ROW_ID, type="text")
    computed = (*placed, outcome, identity)
    tables["wells"] = Layout(
        wells.name,
        wells.geometry,
        wells.key,
        wells.fields + computed,
        wells.labels,
        tuple(item.name for item in computed),
        True,
    )
    tables |= {name: _layout(results[name], False) for name in (*REPLACED, *KEPT, *GROWING)}
    return MappingProxyType(tables)


def roles() -> tuple[str, ...]:
    """Names of the register's roles."""
    return tuple(name for name, layout in layouts().items() if layout.role)


def enum_labels(enum: str, language: str) -> dict[str, str]:
    """Tokens of an enumeration with their labels."""
    return {token: value.label(language) for token, value in results_schema().enums[enum].items()}


def _layout(role: Role, in_register: bool) -> Layout:
    fields = tuple(role.fields.values())
    results = () if in_register else tuple(item.name for item in fields)
    labels = {"en": role.en, "zh": role.zh}
    return Layout(role.name, role.geometry, role.key, fields, labels, results, in_register)
