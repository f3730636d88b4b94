"""Decisions of persons on findings: what may be decided, by whom, recorded with its history, and taken back."""

from .acts import ACTS, Act, refusals
from .decide import Preview, Step, decide, four_eyes, preview, set_four_eyes
from .undo import UndoStack

__all__ = [
    "ACTS",
    "Act",
    "Preview",
    "Step",
    "UndoStack",
    "decide",
    "four_eyes",
    "preview",
    "refusals",
    "set_four_eyes",
]
