"""Setting up a case in one go comes to what the single steps of the batch tools come to, all or nothing."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS

from overdraft.core.casefile import add_import, add_imports, create_case, new_case, read_case, read_results
from overdraft.core.checking import check_register
from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.importing.names import Given
from overdraft.core.importing.run import Wishes
from overdraft.core.importing.source import Source
from overdraft.core.problem_list import REFUSED, as_csv, grouped
from overdraft.core.setup import Chosen, check_setup, deliveries_of, write_setup

DAY = date(2026, 3, 31)
MOMENT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def no_progress(_):
    pass


def source(columns, geometry=None, crs=None, name="a.csv"):
    frame = pd.DataFrame({key: pd.Series(cells, dtype=object) for key, cells in columns.items()})
    shapes = None if geometry is None else np.array(geometry, dtype=object)
    return Source(frame, np.arange(2, len(frame) + 2), shapes, crs, name, "ab" * 32)


def wells(ids=("W1", "W2"), status=("在用", "封"), **more):
    columns = {"机井编号": list(ids), "用途": ["农业灌溉"] * len(ids), "状态": list(status)}
    columns |= {"经度": [f"89.{n + 1}" for n in range(len(ids))], "纬度": ["42.5"] * len(ids), **more}
    return source(columns)


IN_DEGREES = Wishes(crs=CRS(4490))


@pytest.fixture(scope="module")
def all_chosen():
    box = [shapely.box(88, 41, 91, 44)]
    units = source({"adcode": ["650402"], "名称": ["高昌区"], "级别": ["县级"]}, box, CRS(4490), "units.gpkg")
    readings = source({"机井编号": ["W1", "W9"], "年份": ["2024", "2024"], "用水量(万m³)": ["1", "2"]})
    wishes = Wishes(given=Given({"机井编号": "well_id", "年份": "year", "用水量(万m³)": "volume_m3"}))
    return [
        Chosen("wells", wells(产权人=["张三", "李四"]), IN_DEGREES),
        Chosen("units", units, Wishes()),
        Chosen("readings", readings, wishes),
    ]


@pytest.fixture
def chosen(all_chosen):
    return list(all_chosen)


@pytest.fixture(scope="module")
def all_checked(all_chosen):
    return checked(all_chosen)


@pytest.fixture(scope="module")
def written(all_chosen, all_checked, tmp_path_factory):
    """The case file of all; made once, copied by every test that changes it."""
    path = tmp_path_factory.mktemp("setup") / "c.gpkg"
    return write_setup(path, all_chosen, all_checked, "王工", "zh", "EPSG:4545", no_progress).path


@pytest.fixture
def case(written, tmp_path):
    return Path(shutil.copy(written, tmp_path / "c.gpkg"))


def checked(chosen, case=None):
    return check_setup(chosen, DAY, None, case, no_progress)


def told(found):
    rows = found.rows
    return sorted(zip(rows["check"], rows["subject_role"], rows["subject_id"].astype(str), strict=True))


def test_it_comes_to_what_the_batch_tools_come_to(chosen, all_checked, written, tmp_path):
    made = all_checked
    assert not made.blocked
    by_steps = create_case(tmp_path / "steps.gpkg", "zh")
    for item in deliveries_of(chosen, made, "王工", MOMENT, "zh"):
        add_import(by_steps, item.frame, item.batch, "append", "zh", item.persons)
    first, second = read_case(written), read_case(by_steps)
    assert set(first) == set(second) == {"wells", "units", "readings"}
    for role in first:
        plain = [
            pd.DataFrame(frame).drop(columns="import_id").astype(str) for frame in (first[role], second[role])
        ]
        pd.testing.assert_frame_equal(plain[0], plain[1], check_like=True)
    # what page 4 said of the register is what the check says of the case file
    of_file = check_register(first, DAY)
    of_page = [row for row in told(made.problems) if not row[0].startswith("import.")]
    assert of_page == told(of_file)
    assert ("register.value", "wells", "W2") in of_page


def test_every_import_is_on_record(chosen, case):
    with closing(sqlite3.connect(case)) as file:
        rows = file.execute(
            "SELECT role, n_read, n_written, imported_by FROM imports ORDER BY role"
        ).fetchall()
        (kind, who, after) = file.execute("SELECT kind, who, after FROM history").fetchone()
        assert file.execute("SELECT count(*) FROM raw_values WHERE raw_value = '封'").fetchone()[0] == 1
        assert file.execute("SELECT count(*) FROM persons").fetchone()[0] == 0
    assert rows == [("readings", 2, 2, "王工"), ("units", 1, 1, "王工"), ("wells", 2, 2, "王工")]
    assert (kind, who) == ("import", "王工")
    assert [entry["n_written"] for entry in json.loads(after).values()] == [2, 1, 2]
    assert "张三".encode() not in case.read_bytes()


def test_personal_data_only_where_they_are_asked_for(case):
    again = [Chosen("wells", wells(["W3"], ["在用"], 产权人=["王五"]), IN_DEGREES, persons=True)]
    write_setup(case, again, checked(again, case), "王", "zh", None, no_progress)
    assert read_results(case, "persons")["persons"]["owner"].tolist() == ["王五"]


def test_persons_of_two_deliveries_stand_in_one_table(all_chosen, tmp_path):
    users = source({"用水户编号": ["U1"], "联系人": ["赵六"]})
    both = [
        Chosen("wells", all_chosen[0].source, IN_DEGREES, persons=True),
        Chosen("users", users, Wishes(given=Given({"用水户编号": "user_id"})), persons=True),
    ]
    path = write_setup(tmp_path / "p.gpkg", both, checked(both), "王", "zh", "EPSG:4490", no_progress).path
    persons = read_results(path, "persons")["persons"]
    assert persons["owner"].dropna().tolist() == ["张三", "李四"]
    assert persons["contact"].dropna().tolist() == ["赵六"]


def test_empty_layers_lie_in_the_working_system(chosen, case):
    with closing(sqlite3.connect(case)) as file:
        systems = dict(file.execute("SELECT table_name, srs_id FROM gpkg_geometry_columns"))
    assert (systems["zones"], systems["wells"]) == (4545, 4490)


def test_a_layer_that_cannot_be_imported_blocks(chosen):
    bad = Chosen("wells", source({"名": ["x"]}), IN_DEGREES)
    made = checked([bad, *chosen[1:]])
    assert set(made.refused) == {"wells"}
    assert made.blocked
    (first, *_) = grouped(made.problems, made.refused, "en")
    assert (first.severity, first.role) == (REFUSED, "wells")
    assert "well_id" in first.message


def test_ids_that_the_case_file_has_block_an_append_and_not_a_replacement(chosen, case):
    again = [Chosen("wells", wells(["W2", "W3"], ["在用", "在用"]), IN_DEGREES, "append")]
    assert set(checked(again, case).refused) == {"wells"}
    again = [Chosen("wells", wells(["W2", "W3"], ["在用", "在用"]), IN_DEGREES, "replace")]
    made = checked(again, case)
    assert not made.blocked
    write_setup(case, again, made, "王", "zh", None, no_progress)
    assert read_case(case)["wells"]["well_id"].tolist() == ["W2", "W3"]
    assert read_case(case)["readings"]["well_id"].tolist() == ["W1", "W9"]


def test_units_of_the_case_file_place_new_wells(chosen, case):
    # no system is given: it can only be measured against the units that the case file holds
    again = [Chosen("wells", wells(["W8"], ["在用"], 县=["高昌区"]), Wishes(), "append")]
    made = checked(again, case)
    assert not made.refused
    assert made.imported["wells"].system["found"] == "measured"


class TestAllOrNothing:
    def test_a_new_file(self, chosen, all_checked, tmp_path):
        def stop(share):
            if share > 0:
                raise Cancelled

        with pytest.raises(Cancelled):
            write_setup(tmp_path / "c.gpkg", chosen, all_checked, "王", "zh", "EPSG:4490", stop)
        assert list(tmp_path.iterdir()) == []

    def test_an_existing_file(self, chosen, case):
        with closing(sqlite3.connect(case)) as file:
            before = list(file.iterdump())
        again = [Chosen(item.role, item.source, item.wishes, "replace") for item in chosen]

        def stop(share):
            if share > 0.5:
                raise Cancelled

        with pytest.raises(Cancelled):
            write_setup(case, again, checked(again, case), "王", "zh", None, stop)
        with closing(sqlite3.connect(case)) as file:
            assert list(file.iterdump()) == before

    def test_one_refused_delivery_keeps_all_out(self, chosen, case):
        readings = [Chosen("readings", chosen[2].source, chosen[2].wishes, "replace")]
        mixed = [*readings, Chosen("wells", wells(), IN_DEGREES, "append")]
        deliveries = deliveries_of(mixed, checked(mixed), "王", MOMENT, "zh")
        with pytest.raises(OverdraftError, match="W1"):
            add_imports(case, deliveries, "zh")
        assert len(read_results(case, "imports")["imports"]) == 3

    def test_an_existing_name_is_never_overwritten(self, chosen, all_checked, tmp_path):
        path = tmp_path / "c.gpkg"
        path.write_text("mine")
        with pytest.raises(OverdraftError):
            new_case(path, deliveries_of(chosen, all_checked, "王", MOMENT, "zh"), "zh")
        assert path.read_text() == "mine"


class TestTheListOfFindings:
    def test_a_line_per_kind_and_what_blocks_first(self, chosen):
        item = Chosen("wells", wells(["W1", "W2", "W3"], ["封", "封", "在用"]), IN_DEGREES)
        groups = grouped(checked([item]).problems, {}, "zh")
        order = [("error", "warning", "note").index(group.severity) for group in groups]
        assert order == sorted(order)
        (shut,) = [group for group in groups if group.message.startswith("列状态：无法将封")]
        assert (shut.n, [subject for subject, _ in shut.examples]) == (2, ["W1", "W2"])
        assert sum(group.n for group in groups) == len(checked([item]).problems.rows)

    def test_the_report_holds_every_row_and_no_formula(self, chosen):
        item = Chosen("wells", wells(["=1+1", "@x", "W3"], ["封", "封", "在用"]), IN_DEGREES)
        made = checked([item])
        refused = {"zones": OverdraftError("setup.cannot_open", name="+cmd")}
        text = as_csv(made.problems, refused, "en")
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        assert len(rows) == 1 + 1 + len(made.problems.rows)
        assert text.startswith("\ufeffSeverity,Layer,")
        subjects = {row[2] for row in rows[1:]}
        assert {"'=1+1", "'@x"} <= subjects
        assert "=1+1" not in subjects
        cells = [cell for row in rows[1:] for cell in row]
        assert not [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "@")]


def test_layers_go_into_the_working_system(chosen, tmp_path):
    target = CRS(4545)
    moved = [Chosen("wells", chosen[0].source, Wishes(crs=CRS(4490), target=target))]
    path = write_setup(tmp_path / "c.gpkg", moved, checked(moved), "王", "zh", target, no_progress).path
    frame = read_case(path)["wells"]
    assert frame.crs == target
    back = gpd.GeoSeries(frame.geometry.array, crs=target).to_crs(4490)
    assert np.allclose([(p.x, p.y) for p in back], [(89.1, 42.5), (89.2, 42.5)], atol=1e-9)
