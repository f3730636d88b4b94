"""Case files: one GeoPackage per jurisdiction with its register, results, decisions and history."""

from .backup import backups, latest_backup, remove_leftovers
from .changes import CaseStore, Cells, Change, ConflictError, Copy, Entry
from .content import CaseContent, case_content, used_settings
from .imports import add_import, undo_import
from .layout import SCHEMA_VERSION
from .plans import add_plan
from .rowstore import CaseRows
from .store import WriteResult, create_case, read_case, read_results, write_case

__all__ = [
    "SCHEMA_VERSION",
    "CaseContent",
    "CaseRows",
    "CaseStore",
    "Cells",
    "Change",
    "ConflictError",
    "Copy",
    "Entry",
    "WriteResult",
    "add_import",
    "add_plan",
    "backups",
    "case_content",
    "create_case",
    "latest_backup",
    "read_case",
    "read_results",
    "remove_leftovers",
    "undo_import",
    "used_settings",
    "write_case",
]
