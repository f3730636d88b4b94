"""What entered, left and changed between two runs or two deliveries, with totals that come out at zero."""

from .compare import FINDING_COLUMNS, RunComparison, compare_runs
from .sides import RunTables, read_run
from .totals import TOTAL_COLUMNS
from .trial import COUNT_COLUMNS, Trial, try_policy

__all__ = [
    "COUNT_COLUMNS",
    "FINDING_COLUMNS",
    "TOTAL_COLUMNS",
    "RunComparison",
    "RunTables",
    "Trial",
    "compare_runs",
    "read_run",
    "try_policy",
]
