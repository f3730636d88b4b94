"""docs/proofs.md names tests: each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

import overdraft

ROOT = Path(overdraft.__file__).resolve().parent
TESTS = ROOT / "tests"
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
SCRIPT = re.compile(r"`(benchmarks/\w+\.py)`")


def test_every_test_and_benchmark_that_is_named_exists():
    text = (ROOT / "docs" / "proofs.md").read_text(encoding="utf-8")
    named = set(NAMED.findall(text))
    assert len(named) > 60
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not re.search(rf"def {name}\(", (TESTS / path).read_text(encoding="utf-8"))
    ]
    assert missing == []
    assert text.count("::") == len(NAMED.findall(text))  # none is written in another form
    assert all((ROOT / path).is_file() for path in SCRIPT.findall(text))
