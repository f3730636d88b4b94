"""Lets these tests import what stands beside them, and ``build`` of the tests of rules."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "rules")]
