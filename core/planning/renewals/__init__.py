"""减二更一 planned: from the register to a pairing problem (:mod:`core.planning.pairing`), and back to tables."""

from .options import PairOptions
from .plan import PairPlan, plan_pairs
from .record import recorded_pairs
from .words import barred, in_words

__all__ = ["PairOptions", "PairPlan", "barred", "in_words", "plan_pairs", "recorded_pairs"]
