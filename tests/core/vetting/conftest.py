"""Lets the tests of vetting import the scenes of the rules' tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "rules"))
