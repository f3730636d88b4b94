"""Each acceptance case of the documents is a test of its own, under an id that names it."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
CASES = [f"AC-{number:02}" for number in range(1, 69)]
SAID = '''
@pytest.mark.parametrize("x", [pytest.param(1, id="AC-01 one"), 2])
def test_something(x):
    """AC-02"""
    assert x  # AC-03
'''


def test_every_case_is_there():
    ids = [one for path in TESTS.rglob("test_*.py") for one in ids_in(path.read_text(encoding="utf-8"))]
    assert [case for case in CASES if not any(one.startswith(case) for one in ids)] == []


def test_comments_and_docstrings_are_no_cases():
    assert list(ids_in(SAID)) == ["AC-01 one"]


def ids_in(module: str) -> Iterator[str]:
    """The ids of ``pytest.param`` in a module."""
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.param":
            for keyword in node.keywords:
                if keyword.arg == "id" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)
