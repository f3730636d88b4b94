"""Lets tests of the balance import the scenes built for the rules."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "rules"))
