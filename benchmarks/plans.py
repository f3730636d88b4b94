"""Exact plans beside what else could make them: seconds, proof, and what the others miss.

    .venv/bin/python benchmarks/plans.py               # both
    .venv/bin/python benchmarks/plans.py pairing
    .venv/bin/python benchmarks/plans.py retirement

Invented counties. Seconds of wall clock, of processor in brackets. Peers: OR-tools' min-cost flow (in a virtual
environment of its own below build/, made on first use), HiGHS on the plain program with a time limit, and the plan of
common sense. A peer that cannot be had is named as such. Figures that were measured stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", HERE.parent / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from plans_parts.table import show  # noqa: E402 - its folder is put on the path first

PARTS = {"pairing": "plans_parts.pairing", "retirement": "plans_parts.retiring"}


def main() -> None:
    """Measure what is asked for and print it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("part", nargs="?", choices=PARTS)
    part = asked.parse_args().part
    for name in [part] if part else PARTS:
        print(f"\n{name}")
        show(importlib.import_module(PARTS[name]).rows())


if __name__ == "__main__":
    main()
