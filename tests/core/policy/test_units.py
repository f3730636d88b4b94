"""Which unit a recorded text means, and where the policy applies."""

from __future__ import annotations

import pytest

from overdraft.core.errors import OverdraftError


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("650402", "650402"),
        ("高昌区", "650402"),
        (" 高昌 ", "650402"),
        ("６５０４２１", "650421"),
        ("Shanshan  County", "650421"),
        ("TOKSUN", "650422"),
        ("吐鲁番市托克逊县", "650422"),
        ("650402101", "650402"),  # a township of Gaochang
        ("650402101005", "650402"),  # a village of it
        ("650402000000", "650402"),
        ("650402000", "650402"),
        ("650400", "6504"),
        ("650400000000", "6504"),
        ("6504", "6504"),
        ("Turpan", "6504"),
        ("652101", "650402"),  # codes in use before 2015
        ("652122", "650421"),
        ("652123", "650422"),
        ("652122100", "650421"),
        ("652100", "6504"),
        ("221团", "xpcc-12-221"),
        ("兵团第十二师２２１团", "xpcc-12-221"),
        ("白杨河流域", "baiyang-basin"),
        ("示范区管委会", "turpan-demonstration-zone"),
    ],
)
def test_codes_names_and_aliases(turpan, text, unit):
    assert turpan.resolve_unit(text) == unit


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "  ",
        "托里县",
        "650499",
        "650499101",
        "65",
        "6",
        "65040",
        "6504021",
        "高昌区?",
        float("nan"),
        0,
    ],
)
def test_anything_else_is_nobody(turpan, text):
    assert turpan.resolve_unit(text) is None


def test_a_code_written_as_a_number_is_understood(turpan):
    assert turpan.resolve_unit(650402) == "650402"


def test_clauses_apply_inside_the_citys_own_units_only(turpan):
    inside = ["6504", "650402", "650421", "650422", "xpcc-12-221", "baiyang-basin", "650402101", "Toksun"]
    assert all(turpan.covers(unit) for unit in inside)
    assert not any(turpan.covers(unit) for unit in ["650100", "65", "654224", "", "reserve", "托里县"])


def test_an_unknown_unit_is_refused_with_those_that_exist(turpan):
    with pytest.raises(OverdraftError, match=r"654224.*650402"):
        turpan.unit("654224")


def test_names_for_people(turpan):
    assert turpan.unit_name("650402", "en") == "Gaochang"
    assert turpan.unit_name("650402", "zh") == "高昌区"
    assert turpan.unit_name("reserve", "zh") == "市级预留"
    assert turpan.unit_name("654224", "zh") == "654224"


def test_every_name_means_one_unit_and_finds_it(turpan):
    for unit in turpan.units:
        for text in (unit.id, unit.name, unit.name_en, *unit.aliases):
            assert turpan.resolve_unit(text) == unit.id
