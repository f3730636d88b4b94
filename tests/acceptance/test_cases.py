"""Each acceptance case of the documents stands in the tests under its own id."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
CASES = [f"AC-{number:02}" for number in range(1, 69)]


def test_every_case_is_there():
    here = Path(__file__).resolve()
    said = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py") if path != here)
    assert [case for case in CASES if not re.search(rf"{case}\b", said)] == []
