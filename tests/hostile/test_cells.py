"""R21, R23, R24, R25: names, numbers, days and units as people write them."""

from __future__ import annotations

import pytest
from make import HEADINGS, WELLS, text_fields, text_file, wells, workbook
from make import shapefile as shapefile_of

NOTE, WARNING, ERROR = "note", "warning", "error"
CRS = {"CRS": "EPSG:4490"}


@pytest.fixture
def column(imported, tmp_path):
    """``column(heading, cells)``: one more column of as many wells as there are cells; the field's values."""

    def call(heading, cells, field, **more):
        rows = [[f"W{n}", "irrigation", "active", None, 89.5, 42.5, cell] for n, cell in enumerate(cells, 1)]
        made = imported(text_file(tmp_path / "a.csv", [*HEADINGS, heading], rows), **CRS, **more)
        return made.column(field), made

    return call


NUMBERS = [
    # the cell, its number in m, None where it must not be guessed
    ("120", 120.0),
    ("1,234", 1234.0),
    ("1，234.5", 1234.5),
    ("１２", 12.0),
    ("１２．５", 12.5),
    ("12 米", 12.0),
    ("12m", 12.0),
    ("1.2e2", 120.0),
    (" 120 ", 120.0),
    ("-5", -5.0),
    ("+5", 5.0),
    ("", None),
    ("-", None),
    ("无", None),
    ("1,23", None),
    ("约120", None),
    ("120-150", None),
    ("一百二十", None),
    ("12 亩", None),
    ("1e999", None),
    ("#REF!", None),
    ("0x10", None),
]


def test_r21_numbers_as_text(column):
    values, made = column("井深(m)", [cell for cell, _ in NUMBERS], "depth_m")
    assert values == [number for _, number in NUMBERS]
    empty = ("", "-", "无")
    unread = [f"W{n}" for n, (cell, number) in enumerate(NUMBERS, 1) if number is None and cell not in empty]
    assert sorted(one[2] for one in made.said() if one[1] == "import.value") == sorted(unread)
    row = made.conversions["井深(m)"]
    assert (row["n_empty"], row["n_unreadable"]) == (1, len(unread))
    kept = {one["row"]: one["raw_value"] for one in made.raw_values if one["field"] == "depth_m"}
    assert all(kept[n + 1] == NUMBERS[n - 1][0] for n in range(1, len(NUMBERS) + 1) if n + 1 in kept)
    assert {f"W{n - 1}" for n, raw in kept.items() if raw == "1,23"} == {"W15"}


DAYS = [
    ("2024-1-5", "2024-01-05"),
    ("2024/01/05", "2024-01-05"),
    ("2024.1.5", "2024-01-05"),
    ("2024年1月5日", "2024-01-05"),
    ("二〇二四年一月五日", "2024-01-05"),
    ("20240105", "2024-01-05"),
    ("45296", "2024-01-05"),
    ("2024-01-05 10:30:00", "2024-01-05"),
    ("2024-01-05T23:59:59+08:00", "2024-01-05"),  # the day that is written, in no matter what zone
    ("2024-01-05T00:30:00Z", "2024-01-05"),
    ("2024-02-29", "2024-02-29"),
    ("2023-02-29", None),
    ("2024-02-30", None),
    ("0000-00-00", None),
    ("2024-13-01", None),
    ("2024-05", None),
    ("5/6/2024", None),
    ("2024", None),
    ("99999999", None),
    ("9999-12-31", None),
    ("长期", None),
]


def test_r23_days_in_every_form(column):
    values, made = column("成井日期", [cell for cell, _ in DAYS], "built_on")
    found = [None if value is None else value.toString("yyyy-MM-dd") for value in values]
    assert found == [day for _, day in DAYS]
    unread = sorted(f"W{n}" for n, (_, day) in enumerate(DAYS, 1) if day is None)
    assert sorted(one[2] for one in made.said() if one[1] == "import.value") == unread


def test_r23_days_of_a_sheet(imported, tmp_path):
    """Real dates, serials and texts in one column of a workbook."""
    from datetime import date, datetime

    cells = [date(2024, 1, 5), datetime(2024, 1, 5, 12), 45296, "2024年1月5日", "2024-02-30"]
    rows = [[f"W{n}", "irrigation", "active", None, 89.5, 42.5, cell] for n, cell in enumerate(cells, 1)]
    made = imported(workbook(tmp_path / "a.xlsx", [[*HEADINGS, "成井日期"], *rows]), **CRS)
    found = [None if value is None else value.toString("yyyy-MM-dd") for value in made.column("built_on")]
    assert found == ["2024-01-05"] * 4 + [None]


UNITS = [
    # heading, cell, UNIT_MAP, field, value in its unit
    ("许可水量(万m³)", "1.2", "", "permit_m3", 12_000.0),
    ("许可水量（万方）", "1.2", "", "permit_m3", 12_000.0),
    ("许可水量/立方米", "1200", "", "permit_m3", 1_200.0),
    ("许可水量(m3)", "1.2万m³", "", "permit_m3", 12_000.0),
    ("许可水量(m3)", "1.2万", "", "permit_m3", 12_000.0),
    ("许可水量(万m³)", "1200 m³", "", "permit_m3", 1_200.0),  # the cell wins over the heading
    ("许可水量", "1.2", "许可水量 = 万m³", "permit_m3", 12_000.0),
    ("许可水量(m³)", "1.2", "许可水量(m³) = 万m³", "permit_m3", 12_000.0),  # the user wins over the heading
    ("灌溉面积/亩", "150", "", "area_mu", 150.0),
    ("灌溉面积(万亩)", "0.015", "", "area_mu", 150.0),
    ("灌溉面积(公顷)", "10", "", "area_mu", 150.0),
    ("灌溉面积(m²)", "100000", "", "area_mu", 150.0),
    ("灌溉面积(亩)", "10公顷", "", "area_mu", 150.0),
    ("灌溉面积(亩)", "10 ha", "", "area_mu", 150.0),
    ("灌溉面积(亩)", "1.5 万亩", "", "area_mu", 15_000.0),
    ("井深(ft)", "100", "", "depth_m", 30.48),
    ("井深(米)", "30.48", "", "depth_m", 30.48),
]


@pytest.mark.parametrize(("heading", "cell", "unit_map", "field", "value"), UNITS)
def test_r24_units(column, heading, cell, unit_map, field, value):
    values, made = column(heading, [cell, ""], field, UNIT_MAP=unit_map)
    assert values == [value, None]
    changed = [(one["raw_value"], float(one["value"])) for one in made.raw_values if one["field"] == field]
    assert (
        changed == ([] if float(cell) == value else [(cell, value)])
        if cell.replace(".", "").isdigit()
        else True
    )


def test_r24_a_unit_that_nobody_names_is_not_guessed(column):
    """许可水量 alone may be m³ or 万m³: the column is proposed, its figures go on as they are."""
    _, made = column("许可水量", ["1.2"], "well_id")
    assert made.conversions["许可水量"]["matched_by"] == "proposed"
    assert [one for one in made.said() if one[3] == "许可水量"] == [
        (NOTE, "import.column", "column:许可水量", "许可水量")
    ]
    assert made.rows[0]["许可水量"] == "1.2"
    assert made.rows[0]["permit_m3"] is None


def test_r24_a_unit_of_another_measure_is_refused(refused, tmp_path):
    path = text_file(tmp_path / "a.csv", *wells(["灌溉面积(亩)"], ["1"], ["2"], ["3"]))
    message = refused(path, **CRS, UNIT_MAP="灌溉面积(亩) = 万m³")
    assert "万m³" in message
    assert "万亩" in message


def test_r25_permits_that_end_today_and_on_29_february(run, rows_of, layer):
    """``permit_to`` is the last day on which a permit holds: on the run's day it is still in force."""
    fields = {"well_id": "text", "use": "text", "status": "text", "permit_no": "text", "permit_to": "date"}
    days = ["2024-02-28", "2024-02-29", "2024-03-01"]
    rows = [
        (f"Point (89.5 42.{n})", f"W{n}", "irrigation", "active", f"P{n}", day) for n, day in enumerate(days)
    ]
    given = {"WELLS": layer("Point", fields, rows), "POLICY": "turpan-2021", "AS_OF": "2024-02-29"}
    sinks = {"FINDINGS": "memory:", "OUTPUT": "memory:"}
    out = run("auditwells", {**given, **sinks})
    found = rows_of(out["FINDINGS"])
    ended = {row["subject_id"] for row in found if row["message_key"] == "permits.unpermitted.ended"}
    assert ended == {"W0"}


class TestNames:
    """R21: names that were cut, are there twice, are words of SQL, or hold quotes, spaces and 中文."""

    def test_r21_cut_at_ten_bytes(self, imported, tmp_path):
        """机井编号 has twelve bytes in UTF-8; use_status is no field; permitted_ could be two."""
        headings = ("机井编号", "用途", "使用状态", "deregistered_on")
        rows = [[*row[:3], "2024-01-05"] for row in WELLS]
        points = [(89.5, 42.5)] * 3
        path = shapefile_of(tmp_path / "a.shp", points, text_fields(headings), rows, "utf-8", "UTF-8")
        made = imported(path)
        assert made.column("well_id") == ["W1", "W2", "W3"]
        assert [row["deregistered_on"].toString("yyyy-MM-dd") for row in made.rows] == ["2024-01-05"] * 3
        assert [one[3] for one in made.said()] == ["deregister", "使用状", "机井编"]

    def test_r21_cut_names_that_could_be_two_are_asked(self, imported, tmp_path):
        """valid_from and valid_to are told apart; a second 使用状 is not."""
        fields = [*text_fields(("well_id", "use", "status")), *text_fields(("commission", "commission"))]
        rows = [[f"W{n}", "irrigation", "active", "2020-01-01", "2021-01-01"] for n in (1, 2, 3)]
        made = imported(shapefile_of(tmp_path / "a.shp", [(89.5, 42.5)] * 3, fields, rows, "utf-8", "UTF-8"))
        taken = [row["matched_by"] for name, row in made.conversions.items() if name.startswith("commission")]
        assert "name" not in taken
        assert made.column("commissioned_on").count(None) in (0, 3)
        assert any("commission" in one["message"] and one["severity"] == NOTE for one in made.problems)

    def test_r21_twice(self, imported, tmp_path):
        path = text_file(tmp_path / "a.csv", *wells(["井名", "井名"], ["a", "b"], ["c", "d"], ["e", "f"]))
        made = imported(path, **CRS)
        assert {"井名", "井名_2"} <= set(made.conversions)
        assert any("井名_2" in one["message"] for one in made.problems)
        assert sorted(value for row in made.rows for value in (row["井名_2"],)) == ["b", "d", "f"]

    HARD = (
        "select",
        'a"b',
        "it's",
        "a;b--",
        "列 名",
        "列\t号",
        "%s",
        "{x}",
        "a.b",
        "$1",
        "ORDER BY 1",
        "fid",
        "x" * 300,
    )

    @pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
    def test_r21_hard_names_are_carried_on(self, imported, run, tmp_path, suffix):
        headings = [*HEADINGS, *self.HARD]
        rows = [[*row, *[f"c{n}" for n in range(len(self.HARD))]] for row in WELLS]
        path = tmp_path / f"a{suffix}"
        if suffix == ".csv":
            text_file(path, headings, rows)
        else:
            workbook(path, [headings, *rows])
        made = imported(path, **CRS)
        values = [
            [value for value in row.values() if isinstance(value, str) and value.startswith("c")]
            for row in made.rows
        ]
        assert values == [[f"c{n}" for n in range(len(self.HARD))]] * 3
        target = tmp_path / "out" / "a.gpkg"
        target.parent.mkdir()
        run("importlayer", {"INPUT": str(path), "ROLE": "wells", "OUTPUT": str(target), **CRS})
        assert target.stat().st_size > 0

    def test_r21_mixed_types(self, imported, tmp_path):
        cells = [12, "12 m", 12.5, "", None, True, "abc"]
        rows = [[f"W{n}", "irrigation", "active", None, 89.5, 42.5, c] for n, c in enumerate(cells, 1)]
        made = imported(workbook(tmp_path / "a.xlsx", [[*HEADINGS, "井深(m)"], *rows]), **CRS)
        assert made.column("depth_m") == [12.0, 12.0, 12.5, None, None, None, None]
        assert [one[2] for one in made.said() if one[1] == "import.value"] == ["W6", "W7"]

    def test_r21_numbers_as_ids_keep_their_digits(self, imported, tmp_path):
        """A number cell 101 is the id 101, not 101.0; text keeps its zeros."""
        rows = [[cell, "irrigation", "active", None, 89.5, 42.5] for cell in (101, 102.0, "0103", "１０４")]
        made = imported(workbook(tmp_path / "a.xlsx", [HEADINGS, *rows]), **CRS)
        assert made.column("well_id") == ["101", "102", "0103", "104"]
