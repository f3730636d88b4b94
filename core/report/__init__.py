"""Reports: what a run found, as a page to read and print."""

from .render import render_report

__all__ = ["render_report"]
