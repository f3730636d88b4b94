"""Findings: the one record in which every rule speaks."""

from .record import ID_LENGTH, conclude, finding_id
from .verdicts import (
    COUNT_COLUMNS,
    OUTCOMES,
    PERMISSION_OUTCOME,
    PERMISSIONS,
    ROW_COLUMNS,
    Verdicts,
    concat,
    judge,
    worst,
    worst_by,
)

__all__ = [
    "COUNT_COLUMNS",
    "ID_LENGTH",
    "OUTCOMES",
    "PERMISSIONS",
    "PERMISSION_OUTCOME",
    "ROW_COLUMNS",
    "Verdicts",
    "concat",
    "conclude",
    "finding_id",
    "judge",
    "worst",
    "worst_by",
]
