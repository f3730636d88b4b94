"""Encodings: the three that matter told apart, doubt where there is little to see, garbled text and what it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.importing.reading.choosing import choose_encoding, may_be_shown
from overdraft.core.importing.reading.encodings import (
    SURE,
    Encoding,
    codec_named,
    detect,
    mojibake,
    mojibake_column,
)

CELLS = ["高昌区亚尔镇上湖村", "农业灌溉", "在用", "鄯善县辟展镇", "取水量（万m³）", "吐尔洪·买买提"]


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "gbk"])
def test_a_register_is_told_by_its_cells(codec):
    cells = [cell.replace("³", "3").encode(codec) for cell in CELLS]
    found = detect(cells)
    assert found.name == ("utf-8" if codec == "utf-8" else "gb18030")
    assert found.confidence > 0.999
    assert found.n_bytes == sum(byte > 127 for cell in cells for byte in cell)
    wrong = "gb18030" if found.name == "utf-8" else "utf-8"
    # 鄯 is no hanzi of level 1; all 36 other characters beyond ASCII are
    assert found.scores[found.name] > 0.9 > 0.5 > found.scores[wrong]


def test_ascii_needs_no_question():
    assert detect([b"well_no,depth_ft", b"1,20"]) == Encoding("ascii", 1.0, 0, {"utf-8": 1.0, "gb18030": 1.0})
    assert detect([]).name == "ascii"


@pytest.mark.parametrize(("bom", "name"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16")])
def test_a_byte_order_mark_settles_it(bom, name):
    found = detect(["井".encode(bom)])
    assert (found.name, found.confidence) == (name, 1.0)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@pytest.mark.parametrize(("text", "at_most"), [("井", 0.5), ("高昌", 0.75), ("高昌区", 0.875)])
def test_three_characters_are_not_enough(codec, text, at_most):
    """The confidence is at most 1 − 2⁻ⁿ."""
    found = detect([text.encode(codec)] * 100)
    assert found.name == codec
    assert found.confidence == pytest.approx(at_most, abs=1e-3)
    assert not found.is_sure


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_four_characters_are_enough(codec):
    found = detect(["测试机井".encode(codec)])
    assert found.name == codec
    assert found.confidence == pytest.approx(1 - 2**-4, abs=1e-3)
    assert found.is_sure


def test_gbk_pairs_that_are_valid_utf_8():
    """亩 (C4 B6) and 一 (D2 BB) are valid in both; the hanzi are the better explanation."""
    for text in ("亩", "一", "一亩"):
        raw = text.encode("gbk")
        assert raw.decode("utf-8")  # the trap
        assert detect([raw]).name == "gb18030"
        assert detect([text.encode()]).name == "utf-8"


def test_western_text_is_not_taken_for_chinese():
    western = ["café", "Müller", "señor", "Ångström", "naïve", "Peña"]
    assert detect([word.encode("latin-1") for word in western]).confidence < 0.5
    found = detect([word.encode("utf-8") for word in western])
    assert (found.name, found.is_sure) == ("utf-8", True)


@pytest.mark.parametrize("text", ["ئۇيغۇر ئاپتونوم رايونى", "Синьцзян-Уйгурский район"])
def test_other_scripts_in_utf_8(text):
    found = detect([text.encode()])
    assert (found.name, found.is_sure) == ("utf-8", True)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
@pytest.mark.parametrize("width", range(8, 30))
def test_a_cell_cut_off_in_a_character_does_no_harm(codec, width):
    cells = [("高昌区亚尔镇上湖村农业灌溉用水" + letter).encode(codec)[:width] for letter in "甲乙"]
    cells += ["恰特喀勒乡公相村机电井".encode(codec)[:width]]
    found = detect(cells)
    assert found.name == codec
    assert found.scores[codec] > 0.9


def test_a_little_damage_does_not_turn_it_over():
    raw = bytearray("。".join(CELLS * 20).encode("utf-8"))
    for place in range(50, len(raw), 400):
        raw[place] ^= 0x20
    assert detect([bytes(raw)]).name == "utf-8"


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_any_bytes_have_an_answer(samples):
    found = detect(samples)
    assert found.name in ("utf-8", "gb18030", "ascii", "utf-16")
    assert 0 <= found.confidence <= 1


HANZI = st.text(
    st.sampled_from(
        bytes(b for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFE) for b in (row, cell)).decode(
            "gb2312"
        )
    ),
    min_size=8,
    max_size=40,
)


@given(HANZI, st.sampled_from(["utf-8", "gb18030"]))
def test_eight_common_hanzi_are_never_misread_with_confidence(text, codec):
    found = detect([text.encode(codec)])
    assert found.name == codec or not found.is_sure


@pytest.mark.parametrize(
    ("named", "codec"),
    [
        ("UTF-8", "utf-8"), ("UTF8", "utf-8"), ("65001", "utf-8"), ("utf-8\r\n", "utf-8"), ("GBK", "gb18030"),
        ("ANSI 936", "gb18030"), ("CP936", "gb18030"), ("936", "gb18030"), ("GB2312", "gb18030"),
        ("ISO-8859-1", "iso8859-1"), ("ISO 88591", "iso8859-1"), ("1252", "cp1252"), ("Big5", "big5"),
        ("", ""), ("klingon", ""), ("rot13", ""), ("hex", ""), ("\x00\x00", ""),
    ],
)  # fmt: skip
def test_names_of_encodings(named, codec):
    assert codec_named(named) == codec


@pytest.mark.parametrize(
    ("garbled", "was"),
    [
        ("æµ‹è¯•", "测试"),
        ("鐢ㄩ€旀", "用途"),
        ("»ú¾®", "机井"),
        ("浜曟繁", "井深"),
        ("鏈轰簳缂栧彿", "机井编号"),
        ("ç”¨é€”", "用途"),
        ("È¡Ë®Á¿", "取水量"),
    ],
)
def test_garbled_text_is_recognised(garbled, was):
    assert mojibake(garbled) == was


@pytest.mark.parametrize("text", ["机井编号", "农业灌溉用水", "取水许可证号", "恰特喀勒乡"])
def test_every_way_to_garble_is_undone(text):
    assert mojibake(text.encode("utf-8").decode("latin-1")) == text
    assert mojibake(text.encode("gbk").decode("latin-1")) == text
    through_gbk = mojibake(text.encode("utf-8").decode("gb18030", errors="replace"))
    read = through_gbk.replace("�", "")  # a byte that GBK cannot show is lost, and its character with it
    assert len(read) >= len(text) - 1
    assert [letter for letter in text if letter in read] == list(read)


@pytest.mark.parametrize(
    "text",
    [
        "高昌区", "m³/亩", "鄯善县辟展镇", "吐尔洪·买买提", "喀什噶尔", "洮儿河", "Müller", "créée", "²³", "±×", "亩",
        "ئۇيغۇر", "10°30′", "well 12", "", "尕斯库勒", "㎡", "①②③", "Ⅳ", "Ñandú", "ÀÉÈ",
    ],
)  # fmt: skip
def test_sound_text_is_left_alone(text):
    assert mojibake(text) is None


@given(HANZI)
def test_common_hanzi_are_left_alone(text):
    assert mojibake(text) is None


def test_a_column_is_looked_at_once_per_value():
    assert mojibake_column(["»ú¾®", "机井", None, 3, "»ú¾®"]) == {"»ú¾®": "机井"}


def found(name, confidence):
    return Encoding(name, confidence, 10, {})


def test_what_is_given_counts():
    choice = choose_encoding("a.shp", "GBK", "utf-8", found("utf-8", 1.0), [])
    assert (choice.encoding, choice.confidence, choice.note_key) == (
        "gb18030",
        1.0,
        "importing.encoding_given",
    )
    with pytest.raises(OverdraftError, match="klingon"):
        choose_encoding("a.shp", "klingon", "", found("utf-8", 1.0), [])


def test_sure_bytes_beat_a_wrong_declaration():
    choice = choose_encoding("a.shp", None, "utf-8", found("gb18030", 0.97), [])
    assert (choice.encoding, choice.confidence) == ("gb18030", 0.97)
    assert choice.note_key == "importing.encoding_differs"
    assert choice.note_values["declared"] == "utf-8"
    assert (
        choose_encoding("a", None, "", found("gb18030", 0.97), []).note_key == "importing.encoding_detected"
    )


def test_an_equal_declaration_settles_doubt():
    """Of what the bytes leave open a tenth stays: 1 − 0.1 · (1 − 0.5) = 0.95."""
    choice = choose_encoding("a.shp", None, "gb18030", found("gb18030", 0.5), [])
    assert (choice.encoding, choice.note_key) == ("gb18030", "")
    assert choice.confidence == pytest.approx(0.95)


def test_doubt_is_asked_with_two_readings():
    cell = "机井".encode("gbk")
    with pytest.raises(OverdraftError) as asked:
        choose_encoding("a.shp", None, "utf-8", found("gb18030", SURE - 0.01), [cell])
    assert asked.value.key == "importing.encoding_unsure"
    assert "机井" in asked.value.text("zh")
    assert "ENCODING" in asked.value.text("en")


def test_a_question_shows_no_personal_number_and_no_person():
    with pytest.raises(OverdraftError) as asked:
        choose_encoding("a", None, "", found("utf-8", 0.5), ["电话13812341234".encode()])
    assert "13812341234" not in asked.value.text("en")
    assert not may_be_shown("电话")
    assert not may_be_shown("owner")
    assert may_be_shown("well_id")
