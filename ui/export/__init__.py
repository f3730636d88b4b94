"""The window from which papers are exported."""

from .dialog import ExportDialog

__all__ = ["ExportDialog"]
