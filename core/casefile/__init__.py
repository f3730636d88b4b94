"""Case files: one GeoPackage per jurisdiction with its register, results, decisions and history."""

from .backup import backups, latest_backup, remove_leftovers
from .changes import CaseStore, Cells, Change, ConflictError, Copy, Entry
from .content import CaseContent, case_content, used_settings
from .frozen import Given, with_frozen
from .imports import Delivery, add_import, add_imports, new_case, undo_import
from .lastrun import LastRun, last_run, run_version
from .layout import SCHEMA_VERSION
from .merge import Merged, merge_cases
from .plans import add_plan, add_plans
from .rowstore import CaseRows
from .seen import tables_seen
from .store import WriteResult, create_case, read_case, read_results, write_case
from .verify import Verification, problem_table, verify_case

__all__ = [
    "SCHEMA_VERSION",
    "CaseContent",
    "CaseRows",
    "CaseStore",
    "Cells",
    "Change",
    "ConflictError",
    "Copy",
    "Delivery",
    "Entry",
    "Given",
    "LastRun",
    "Merged",
    "Verification",
    "WriteResult",
    "add_import",
    "add_imports",
    "add_plan",
    "add_plans",
    "backups",
    "case_content",
    "create_case",
    "last_run",
    "latest_backup",
    "merge_cases",
    "new_case",
    "problem_table",
    "read_case",
    "read_results",
    "remove_leftovers",
    "run_version",
    "tables_seen",
    "undo_import",
    "used_settings",
    "verify_case",
    "with_frozen",
    "write_case",
]
