"""What the tests of policies share."""

from __future__ import annotations

from pathlib import Path

import pytest

from overdraft.core.policy import Policy, load_policy

DATA = Path(__file__).parents[2] / "data" / "policies"


@pytest.fixture(scope="session")
def turpan() -> Policy:
    return load_policy("turpan-2021")


@pytest.fixture(scope="session")
def turpan_text() -> str:
    """The document itself, without blanks and line ends."""
    return "".join((DATA / "turpan-2021.txt").read_text(encoding="utf-8").split())


@pytest.fixture(scope="session")
def small_text() -> str:
    """The file of an invented policy."""
    return (DATA / "small-2024.toml").read_text(encoding="utf-8")
