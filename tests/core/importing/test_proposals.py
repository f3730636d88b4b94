"""What a person is shown of columns: certain matches, proposals, samples, words; and what their answer means."""

from __future__ import annotations

import pandas as pd

from overdraft.core.importing.names import Given
from overdraft.core.importing.proposals import (
    columns_changed,
    has_coordinates,
    heading_unit,
    propose,
    shown_columns,
    told_columns,
    unknown_words,
)
from overdraft.core.importing.run import Wishes, import_source
from overdraft.core.schema import register_schema

WELLS = register_schema().roles["wells"]
ZONES = register_schema().roles["zones"]


def test_exact_names_are_certain(sheet):
    found = propose(WELLS, sheet(机井编号=["1"], use=["x"], **{"许可水量(万m³)": ["1"]}))
    assert (found["well_id"].column, found["well_id"].how) == ("机井编号", "alias")
    assert (found["use"].column, found["use"].how) == ("use", "name")
    assert (found["permit_m3"].column, found["permit_m3"].unit) == ("许可水量(万m³)", "万m³")
    assert (found["depth_m"].column, found["depth_m"].candidates) == ("", ())


def test_what_is_alike_is_only_proposed(sheet):
    found = propose(ZONES, sheet(编号=["Z"], 级别=["严重"]))
    assert found["severity"].column == ""
    assert (found["severity"].how, found["severity"].candidates) == ("proposed", ("级别",))


def test_two_of_one_name_are_both_candidates(sheet):
    found = propose(WELLS, sheet(机井编号=["1"], 井编号=["1"]))
    assert found["well_id"].column == ""
    assert set(found["well_id"].candidates) == {"机井编号", "井编号"}


def test_a_name_that_a_shapefile_cut_waits_for_an_answer(sheet):
    source = sheet(cut_names=True, well_id=["1"], commission=["2001-01-01"])
    proposal = propose(WELLS, source)["commissioned_on"]
    assert (proposal.column, proposal.how, proposal.candidates) == ("", "truncated", ("commission",))
    # left without an answer, the import must not take it by itself either
    assert told_columns(WELLS, source, {"well_id": "well_id"}) == {"commission": "*"}
    assert told_columns(WELLS, source, {"well_id": "well_id", "commissioned_on": "commission"}) == {
        "commission": "commissioned_on"
    }


class TestASavedMapping:
    SAVED = Given({"代号": "well_id", "水量": "permit_m3"}, {"水量": "万m³"})

    def test_of_the_same_columns_is_certain(self, sheet):
        source = sheet(代号=["1"], 水量=["2"])
        found = propose(WELLS, source, self.SAVED, ["代号", "水量"])
        assert (found["well_id"].column, found["well_id"].how) == ("代号", "mapping")
        assert (found["permit_m3"].column, found["permit_m3"].unit) == ("水量", "万m³")
        assert not columns_changed(source, ["水量", "代号"])

    def test_of_other_columns_asks_again(self, sheet):
        source = sheet(代号=["1"], 水量=["2"], 新=["3"])
        found = propose(WELLS, source, self.SAVED, ["代号", "水量"])
        assert columns_changed(source, ["代号", "水量"])
        assert (found["well_id"].column, found["well_id"].candidates) == ("", ("代号",))
        assert found["well_id"].how == "mapping"

    def test_exact_names_stay_certain_among_other_columns(self, sheet):
        source = sheet(机井编号=["1"], 新=["3"])
        found = propose(WELLS, source, Given({"机井编号": "well_id"}), ["机井编号"])
        assert found["well_id"].column == "机井编号"


def test_what_was_taken_back_is_carried_on_and_not_matched(sheet):
    source = sheet(机井编号=["1"], 井名=["a"], 名=["b"])
    told = told_columns(WELLS, source, {"well_id": "机井编号", "name": "名"})
    assert told == {"井名": "*", "名": "name"}
    assert told_columns(WELLS, source, {"well_id": "机井编号", "name": "井名"}) == {}


def test_telephone_numbers_are_never_carried_on(sheet):
    source = sheet(机井编号=["1"], 井名=["13812345678"])
    assert told_columns(WELLS, source, {"well_id": "机井编号"}) == {"井名": "-"}


def test_a_needed_field_can_be_left_without_a_column(sheet):
    source = sheet(机井编号=["1"], 使用类型=["农业灌溉"], 状态=["在用"])
    proposal = propose(WELLS, source)["use"]
    assert (proposal.column, proposal.candidates) == ("", ("使用类型",))
    chosen = {"well_id": "机井编号", "status": "状态"}
    told = told_columns(WELLS, source, chosen, refused=["use"])
    assert told == {"使用类型": "*"}


def test_the_import_follows_the_answer(wells):
    """What is left open stays empty; what is chosen is read."""
    source = wells(经度=["89.3"] * 3, 纬度=["42.3"] * 3, 深=["10", "20", "30"])
    chosen = {name: item.column for name, item in propose(WELLS, source).items() if item.column}
    told = told_columns(WELLS, source, chosen)
    from pyproj import CRS

    made = import_source("wells", source, Wishes(given=Given(told), crs=CRS(4490)))
    assert made.frame["depth_m"].isna().all()
    told = told_columns(WELLS, source, {**chosen, "depth_m": "深"})
    made = import_source("wells", source, Wishes(given=Given(told), crs=CRS(4490)))
    assert made.frame["depth_m"].tolist() == [10.0, 20.0, 30.0]


def test_samples_hide_persons_and_numbers(sheet):
    source = sheet(
        机井编号=["1", "1", None, "2"],
        产权人=["张三", "李四", "王五", None],
        备注=["13812345678", "好", "好", "好"],
        深=[1.5, 2.0, 2.0, 3.0],
        级=[1, 2, 3, 4],
        空=[None] * 4,
    )
    shown = {column.name: column for column in shown_columns(WELLS, source)}
    assert shown["机井编号"].samples == ("1", "2")
    assert (shown["产权人"].samples, shown["产权人"].personal) == (("***",), True)
    assert shown["备注"].samples == ("138****5678", "好")
    assert (shown["深"].type, shown["深"].samples) == ("real", ("1.5", "2", "3"))
    assert (shown["级"].type, shown["空"].type) == ("integer", "")


def test_at_most_ten_samples_of_bounded_length(sheet):
    source = sheet(机井编号=[str(n) * 100 for n in range(30)])
    (shown,) = shown_columns(WELLS, source)
    assert len(shown.samples) == 10
    assert {len(text) for text in shown.samples} == {60}


def test_words_that_are_not_understood(sheet):
    source = sheet(机井编号=["1", "2", "3"], 状态=["在用", "封", "封"], 用途=["农业灌溉", None, "天知道"])
    chosen = {"well_id": "机井编号", "status": "状态", "use": "用途"}
    found = unknown_words(WELLS, source, chosen)
    assert set(found) == {("use", "天知道", 1), ("use", "", 1), ("status", "封", 2)}
    assert ("status", "", 3) in unknown_words(WELLS, source, {"well_id": "机井编号"})


def test_coordinates_are_known_by_their_names(sheet):
    assert has_coordinates(sheet(经度=["1"], 纬度=["2"]))
    assert not has_coordinates(sheet(甲=["1"], 乙=["2"]))


def test_the_unit_of_a_heading():
    assert heading_unit(WELLS.fields["permit_m3"], "水量(万m³)") == "万m³"
    assert heading_unit(WELLS.fields["permit_m3"], "水量") == ""
    assert heading_unit(WELLS.fields["name"], "井名(m)") == ""


def test_days_are_shown_as_days(sheet):
    source = sheet(机井编号=["1"])
    source.frame["日"] = pd.Series([pd.Timestamp("2024-05-03")], dtype=object)
    assert shown_columns(WELLS, source)[1].samples == ("2024-05-03",)
