"""Telephone and identity numbers never reach a message. The identity number is the specimen of GB 11643-1999."""

from __future__ import annotations

import pytest

from overdraft.core.personal import is_personal_number, masked

SPECIMEN = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812341234", "138****1234"),
        ("电话：138-1234-1234，白天", "电话：138****1234，白天"),
        ("+86 13812341234", "138****1234"),
        (SPECIMEN, "110***********002X"),
        (f"身份证{SPECIMEN}。", "身份证110***********002X。"),
    ],
)
def test_numbers_of_persons_are_masked(text, shown):
    assert masked(text) == shown
    assert is_personal_number(text)


@pytest.mark.parametrize(
    "text",
    ["110105194912310021", "138123412345", "650402-0013", "12345678901234567890", "2024-05-31", ""],
    ids=["check digit", "12 digits", "well", "20 digits", "day", "nothing"],
)
def test_other_numbers_stay(text):
    assert masked(text) == text
    assert not is_personal_number(text)
