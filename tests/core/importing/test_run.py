"""A source as a whole: positions measured against the units, problems with their rows, nothing personal or lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from overdraft.core.errors import OverdraftError
from overdraft.core.importing.names import Given
from overdraft.core.importing.run import Wishes, import_source
from overdraft.core.problems import told_problems

DEGREES = CRS.from_epsg(4490)
LON, LAT = np.array([89.2, 89.5, 89.8]), np.array([42.2, 42.5, 42.8])


def plane(epsg):
    return Transformer.from_crs("EPSG:4490", f"EPSG:{epsg}", always_xy=True).transform(LON, LAT)


def texts(values, decimals=3):
    return [f"{value:.{decimals}f}" for value in values]


def places(made, crs="EPSG:4490"):
    layer = made.frame.to_crs(crs)
    return np.column_stack([layer.geometry.x, layer.geometry.y])


def checks(made):
    return sorted(zip(made.problems.rows["check"], made.problems.rows["subject_id"], strict=True))


@pytest.mark.parametrize(
    ("names", "epsg", "y_first"),
    [
        (("经度", "纬度"), 4490, False),
        (("纬度", "经度"), 4490, True),
        (("lon", "lat"), 4490, True),  # the names lie
        (("x", "y"), 4539, False),  # central meridian 90° E, no zone number: thirteen meridians are tried
        (("横坐标", "纵坐标"), 4518, False),  # 3° zone 30 with its number
        (("X坐标", "Y坐标"), 4494, True),  # 6° zone 16 (93° E) with its number, X is the northing
    ],
)
def test_the_system_is_measured_where_the_points_fall(wells, units, names, epsg, y_first):
    x, y = (LON, LAT) if epsg == 4490 else plane(epsg)
    if y_first:
        x, y = y, x
    found = f"EPSG:{epsg}"
    made = import_source("wells", wells(**{names[0]: texts(x, 6), names[1]: texts(y, 6)}), None, units)
    assert made.system["found"] == "measured"
    assert made.crs.to_string() == found
    assert places(made) == pytest.approx(np.column_stack([LON, LAT]), abs=2e-6)
    said = made.problems.rows["message_key"].tolist()
    measured = "importing.crs_measured" if epsg == 4490 else "importing.grid_measured"
    assert said == [measured] + ["importing.axes_exchanged"] * (y_first and names[0] != "纬度")


def test_without_units_nothing_is_decided(wells):
    x, y = plane(4539)
    with pytest.raises(OverdraftError) as caught:
        import_source("wells", wells(x=texts(x), y=texts(y)))
    assert caught.value.key == "coordinates.choice.proposed"
    assert any("EPSG:4539" in line or "EPSG:45" in line for line in caught.value.values["candidates"])


def test_points_that_fit_no_system_are_asked_about(wells, units):
    with pytest.raises(OverdraftError) as caught:
        import_source("wells", wells(经度=["100.1", "100.2", "100.3"], 纬度=["30", "30", "30"]), None, units)
    assert caught.value.key == "coordinates.choice.none_agrees"


def test_degrees_minutes_seconds_in_a_system_that_is_given(wells):
    source = wells(经度=["89°12′30″", "89-30-00", "８９．５"], 纬度=["42°30′", "42度15分", "42.5N"])
    made = import_source("wells", source, Wishes(crs=DEGREES))
    # 89 + 12/60 + 30/3600 = 89.208333…
    expected = [(89 + 12 / 60 + 30 / 3600, 42.5), (89.5, 42.25), (89.5, 42.5)]
    assert places(made) == pytest.approx(np.array(expected))
    row = made.conversions.set_index("column").loc["经度"]
    assert (row["n_as_is"], row["n_converted"], row["n_unreadable"]) == (0, 3, 0)


def test_a_given_system_with_the_axes_exchanged(wells, units):
    made = import_source("wells", wells(x=texts(LAT), y=texts(LON)), Wishes(crs=CRS.from_epsg(4326)), units)
    assert made.system["swapped"]
    assert places(made)[:, 0] == pytest.approx(LON)


def test_rows_without_a_position_stay_and_are_told(wells):
    source = wells(经度=["89.2", "很远", "", "0"], 纬度=["42.2", "42.5", "42.8", "0"])
    made = import_source("wells", source, Wishes(crs=DEGREES))
    assert len(made.frame) == 4
    assert made.frame.geometry.isna().tolist() == [False, True, True, False]
    assert checks(made) == [("import.position", "W2"), ("import.position", "W3"), ("import.zero", "W4")]
    assert made.problems.rows["row"].tolist() == [3, 4, 5]


def test_single_rows_that_are_exchanged_are_told_and_mended_on_request(wells, units):
    lon = ["89.2", "89.3", "89.4", "42.5", *(f"89.{n}" for n in range(50, 90))]
    lat = ["42.2", "42.3", "42.4", "89.5", *(["42.5"] * 40)]
    told = import_source("wells", wells(经度=lon, 纬度=lat), Wishes(crs=DEGREES), units)
    assert checks(told) == [("import.swapped", "W4")]
    assert told.frame.geometry.iloc[3].equals(shapely.Point(42.5, 89.5))
    mended = import_source(
        "wells", wells(经度=lon, 纬度=lat), Wishes(crs=DEGREES, repairs=("swap_xy",)), units
    )
    assert mended.frame.geometry.iloc[3].equals(shapely.Point(89.5, 42.5))
    assert checks(mended) == []
    (change,) = mended.changes[mended.changes["field"] == "geometry"].to_dict("records")
    assert (change["row"], change["raw_value"], change["reason_key"]) == (
        5,
        "POINT (42.5 89.5)",
        "importing.kind.swap_xy",
    )


def test_an_old_datum_needs_an_operation(wells):
    source = wells(x=["29517000", "29518000", "29519000"], y=["4650000", "4651000", "4652000"])
    with pytest.raises(OverdraftError) as caught:
        import_source("wells", source, Wishes(crs=CRS.from_epsg(2405)))
    assert caught.value.key == "importing.operation_missing"
    assert caught.value.values["allowed"]
    # Three parameters: the geocentric shift given is what the place must move by
    pipeline = (
        "+proj=pipeline +step +inv +proj=tmerc +lat_0=0 +lon_0=87 +k=1 +x_0=29500000 +y_0=0 +ellps=krass "
        "+step +proj=push +v_3 +step +proj=cart +ellps=krass +step +proj=helmert +x=10 +y=-150 +z=-90 "
        "+step +inv +proj=cart +ellps=GRS80 +step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    made = import_source("wells", source, Wishes(crs=CRS.from_epsg(2405), operation=pipeline))
    assert made.crs.to_epsg() == 4490
    assert made.changes["reason_key"].tolist().count("importing.kind.operation") == 3
    with pytest.raises(OverdraftError) as caught:
        import_source("wells", source, Wishes(crs=CRS.from_epsg(4517), operation=pipeline))
    assert caught.value.key == "importing.operation_idle"


def test_a_layer_with_geometry_needs_a_system(sheet):
    columns = {"机井编号": ["W1"], "用途": ["工业"], "状态": ["在用"]}
    with pytest.raises(OverdraftError) as caught:
        import_source("wells", sheet(geometry=[shapely.Point(89, 42)], **columns))
    assert caught.value.key == "importing.crs_missing"
    made = import_source("wells", sheet(geometry=[shapely.Point(89, 42)], crs=DEGREES, **columns))
    assert made.system["found"] == "layer"


def test_a_required_column_that_is_not_there_stays_empty_and_is_told_once(sheet):
    source = sheet(机井编号=["W1", "W2"], 状态=["在用", "封填"], 经度=["89", "89"], 纬度=["42", "42"])
    made = import_source("wells", source, Wishes(crs=DEGREES))
    assert made.frame["use"].isna().all()
    assert checks(made) == [("import.column", "field:use")]
    (row,) = told_problems(made.problems, "en").to_dict("records")
    assert row["remedy"].endswith("use: = irrigation")


def test_one_value_for_every_row(sheet):
    source = sheet(机井编号=["W1", "W2"], 状态=["在用", None], 经度=["89", "89"], 纬度=["42", "42"])
    words = {"use": {"": "irrigation"}, "status": {"": "active"}}
    made = import_source("wells", source, Wishes(Given(words=words), crs=DEGREES))
    assert made.frame["use"].tolist() == ["irrigation"] * 2
    assert made.frame["status"].tolist() == ["active"] * 2
    assert checks(made) == []
    filled = made.changes[made.changes["reason_key"] == "importing.kind.filled"]
    assert list(zip(filled["field"], filled["row"], strict=True)) == [("status", 3), ("use", 2), ("use", 3)]
    rows = made.conversions.set_index("field")
    assert (rows.at["use", "n_converted"], rows.at["status", "n_converted"]) == (2, 2)


def test_an_id_that_is_not_there_is_refused(sheet):
    with pytest.raises(OverdraftError) as caught:
        import_source(
            "wells", sheet(用途=["工业"], 状态=["在用"], 经度=["89"], 纬度=["42"]), Wishes(crs=DEGREES)
        )
    assert caught.value.key == "register.column_missing"


def test_a_missing_field_names_what_was_proposed(sheet):
    source = sheet(机井编=["W1"], 用途=["工业"], 状态=["在用"], 经度=["89"], 纬度=["42"])
    with pytest.raises(OverdraftError) as caught:
        import_source("wells", source, Wishes(crs=DEGREES))
    assert caught.value.key == "importing.field_proposed"
    assert caught.value.values["line"] == "机井编 = well_id"


def test_personal_data_is_a_table_of_its_own(wells):
    source = wells(
        经度=["89.1", "89.2"], 纬度=["42.1", "42.2"], 井主=["张三丰", "李四光"], 电话=["13812345678", None],
        备注=["电13987654321", "好"], 用水户编号=["U1", None],
    )  # fmt: skip
    made = import_source("wells", source, Wishes(crs=DEGREES))
    assert not {"井主", "电话", "备注"} & set(made.frame.columns)
    assert made.persons.to_dict("records")[0] == {
        "user_id": "U1", "owner": "张三丰", "contact": None, "phone": "13812345678", "id_number": None,
    } or made.persons.iloc[0]["owner"] == "张三丰"  # fmt: skip
    assert made.persons["user_id"].tolist() == ["U1", "wells:W2"]
    everything = made.changes.to_csv() + made.conversions.to_csv()
    everything += told_problems(made.problems, "zh").to_csv() + told_problems(made.problems, "en").to_csv()
    for secret in ("张三丰", "李四光", "13812345678", "13987654321"):
        assert secret not in everything


def test_the_role_of_persons_keeps_its_raw_cells_to_itself(sheet):
    source = sheet(用水户编号=["U1"], 产权人=[" 张三丰 "], 联系电话=["#N/A"])
    made = import_source("persons", source)
    assert made.frame["owner"].tolist() == ["张三丰"]
    told = made.changes.to_csv() + told_problems(made.problems, "zh").to_csv()
    assert "张三丰" not in told


def test_a_column_can_be_said_to_be_personal(wells):
    source = wells(经度=["89.1"], 纬度=["42.1"], 负责=["张三丰"])
    made = import_source("wells", source, Wishes(Given({"负责": "owner"}), crs=DEGREES))
    assert made.persons["owner"].tolist() == ["张三丰"]
    assert "负责" not in made.frame.columns


def test_a_number_of_a_person_in_a_wrong_column_is_masked(wells):
    made = import_source(
        "wells", wells(经度=["89.1"], 纬度=["42.1"], 成井时间=["13812345678"]), Wishes(crs=DEGREES)
    )
    (row,) = told_problems(made.problems, "zh").to_dict("records")
    assert "138****5678" in row["message"]
    assert "13812345678" not in str(row)


def test_unreadable_and_empty_required_cells_are_one_problem_each(wells):
    source = wells(经度=["89.1", "89.2"], 纬度=["42.1", "42.2"], 使用状态=["封", None])
    made = import_source("wells", source, Wishes(crs=DEGREES))
    assert checks(made) == [("import.register", "W2"), ("import.value", "W1")]
    said = told_problems(made.problems, "zh").set_index("subject_id")["message"]
    assert said["W1"].startswith(
        "列使用状态：无法将封识别为使用状态，应为在用 / 封存备用 / 停用 / 封填 / 拆除 / 拟建。"
    )


def test_a_word_that_is_explained_is_taken(wells):
    source = wells(经度=["89.1"], 纬度=["42.1"], 使用状态=["封"])
    made = import_source("wells", source, Wishes(Given(words={"status": {"封": "sealed"}}), crs=DEGREES))
    assert made.frame["status"].tolist() == ["sealed"]
    assert checks(made) == []


def test_raw_values_give_the_source_back(wells):
    """Undone cell by cell, an import is its source: the fields with their raw values in the place of the new ones."""
    columns = {
        "井深(米)": ["1,200", "85", "12丈", None],
        "许可水量(万m³)": ["1.2", "0.07", "３", "-"],
        "成井时间": ["2001年5月3日", "45296", "2024-02-30", "1999-12-31"],
        "使用状态": ["在用", "封填", "封", "active"],
    }
    source = wells(经度=["89"] * 4, 纬度=["42"] * 4, **columns)
    made = import_source("wells", source, Wishes(crs=DEGREES))
    names = {
        "井深(米)": "depth_m",
        "许可水量(万m³)": "permit_m3",
        "成井时间": "built_on",
        "使用状态": "status",
    }
    for name, field in names.items():
        raw = made.changes[made.changes["field"] == field].set_index("place")["raw_value"]
        for place, cell in enumerate(columns[name]):
            if place in raw.index:
                assert raw[place] == cell
            elif cell is None:
                assert made.frame[field].isna()[place]
            else:
                value = made.frame[field][place]
                assert (
                    value.date().isoformat()
                    if field == "built_on"
                    else f"{value:g}"
                    if field != "status"
                    else value
                ) == cell


def test_merged_cells_of_a_sheet_are_on_record_once(wells):
    """``乡镇`` stands over two rows in one merged cell, ``使用状态`` too; the sheet itself is empty below."""
    source = wells(经度=["89", "89"], 纬度=["42", "42"], 乡镇=["亚尔镇", "亚尔镇"], 使用状态=["封填", "封填"])
    source = replace(source, fills=[(1, "乡镇", "亚尔镇"), (1, "使用状态", "封填")])
    made = import_source("wells", source, Wishes(crs=DEGREES))
    rows = made.changes.set_index(["field", "row"])[["raw_value", "value", "reason_key"]]
    assert rows.loc[("township", 3)].tolist() == [None, "亚尔镇", "importing.kind.merged"]
    assert rows.loc[("status", 3)].tolist() == [None, "sealed", "importing.kind.merged;word"]
    assert rows.loc[("status", 2)].tolist() == ["封填", "sealed", "importing.kind.word"]
    told = made.conversions.set_index("field")
    assert (told.at["township", "n_as_is"], told.at["township", "n_converted"]) == (1, 1)


def test_tables_without_place(sheet):
    source = sheet(机井编号=["W1", "W2"], 年份=["2023年", "2024"], 取水量=["1", "2"])
    made = import_source("readings", source, Wishes(Given({"取水量": "volume_m3"}, {"取水量": "万m³"})))
    assert made.frame["year"].tolist() == [2023, 2024]
    assert made.frame["volume_m3"].tolist() == [10_000.0, 20_000.0]
    assert made.crs is None


def test_polygons_from_text(sheet):
    source = sheet(
        分区代码=["Z1", "Z2"], 超采程度=["严重超采", "一般超采"],
        wkt=["POLYGON ((89 42, 90 42, 90 43, 89 42))", "POLYGON ((89 42, 90"],
    )  # fmt: skip
    made = import_source("zones", source, Wishes(crs=DEGREES))
    assert made.frame["severity"].tolist() == ["severe", "general"]
    assert made.frame.geometry.isna().tolist() == [False, True]
    assert checks(made) == [("import.position", "Z2")]
