"""Decisions of persons on findings: what may be decided, by whom, recorded with its history, and taken back."""

from .acts import ACTS, Act, refusals
from .decide import Preview, decide, four_eyes, preview, set_four_eyes
from .steps import Step
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
