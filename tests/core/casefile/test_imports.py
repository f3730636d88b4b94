"""Imports into a case file: added or exchanged, on record, and taken back to what stood there before."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from pyproj import CRS

from overdraft.core.casefile import add_import, create_case, read_case, read_results, undo_import
from overdraft.core.errors import OverdraftError
from overdraft.core.importing.record import batch_of
from overdraft.core.importing.run import Wishes, import_source
from overdraft.core.importing.source import Source

WISHES = Wishes(crs=CRS.from_epsg(4490))
DAY = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def case(tmp_path):
    return create_case(tmp_path / "case.gpkg", "zh")


@pytest.fixture
def bring(case):
    """``bring(ids, mode, minute)``: wells with these ids, into the case; returns the id of the batch."""

    def put(ids, mode="append", minute=0, status="封填", with_persons=False):
        frame = pd.DataFrame(
            {
                "机井编号": ids,
                "用途": ["农业灌溉"] * len(ids),
                "状态": [status] * len(ids),
                "井深(米)": ["1,200"] * len(ids),
                "成井时间": ["2001年5月3日"] * len(ids),
                "是否计量": ["是"] * len(ids),
                "经度": [f"89.{n}" for n in range(1, len(ids) + 1)],
                "纬度": ["42.5"] * len(ids),
                "产权人": [f"户主{n}" for n in ids],
            },
            dtype=object,
        )
        source = Source(frame, np.arange(2, len(ids) + 2), described="台账.xlsx", sha256="0f" * 32)
        made = import_source("wells", source, WISHES)
        moment = DAY.replace(minute=minute)
        batch = batch_of("wells", source, WISHES, made, "王工", moment, "zh")
        add_import(case, made.frame, batch, mode, "zh", made.persons if with_persons else None)
        return batch.row["batch_id"]

    return put


def ids(case):
    return read_case(case)["wells"]["well_id"].tolist() if "wells" in read_case(case) else []


def content(case):
    return read_results(case, "wells")["wells"].drop(columns="geometry").to_json()


def test_an_import_is_on_record(case, bring):
    batch = bring(["W1", "W2"])
    tables = read_results(case, "imports", "raw_values", "history", "wells")
    (row,) = tables["imports"].to_dict("records")
    assert (row["batch_id"], row["imported_by"], row["n_read"], row["n_written"]) == (batch, "王工", 2, 2)
    raw = tables["raw_values"]
    assert raw.loc[raw["field"] == "depth_m", "raw_value"].tolist() == ["1,200", "1,200"]
    assert tables["wells"]["import_id"].tolist() == [batch] * 2
    entry = tables["history"].iloc[-1]
    assert (entry["kind"], entry["who"], entry["subject"]) == ("import", "王工", batch)
    assert json.loads(entry["after"])["mode"] == "append"


def test_appended_and_taken_back(case, bring):
    bring(["W1", "W2"])
    before = content(case)
    second = bring(["W3"], minute=1)
    assert ids(case) == ["W1", "W2", "W3"]
    undo_import(case, second, "李工", DAY, "zh")
    assert content(case) == before
    row = read_results(case, "imports")["imports"].set_index("batch_id").loc[second]
    assert (row["undone_by"], row["undone_at"]) == ("李工", "2026-03-01T08:00:00+00:00")


def test_an_id_that_is_there_already_is_refused(case, bring):
    bring(["W1", "W2"])
    before = content(case)
    with pytest.raises(OverdraftError) as caught:
        bring(["W3", "W2"], minute=1)
    assert caught.value.key == "casefile.import_twice"
    assert caught.value.values["found"] == ["W2"]
    assert content(case) == before


def test_replaced_and_taken_back(case, bring):
    bring(["W1", "W2"])
    before, places = content(case), read_case(case)["wells"].geometry.to_wkt().tolist()
    second = bring(["W2", "W9"], "replace", minute=1, status="在用")
    assert ids(case) == ["W2", "W9"]
    undo_import(case, second, "李工", DAY, "zh")
    assert content(case) == before
    assert read_case(case)["wells"].geometry.to_wkt().tolist() == places


def test_the_later_one_goes_first(case, bring):
    first = bring(["W1"])
    second = bring(["W2"], "replace", minute=1)
    with pytest.raises(OverdraftError) as caught:
        undo_import(case, first, "李工", DAY, "zh")
    assert caught.value.key == "casefile.import_replaced"
    undo_import(case, second, "李工", DAY, "zh")
    undo_import(case, first, "李工", DAY, "zh")
    assert ids(case) == []
    with pytest.raises(OverdraftError) as caught:
        undo_import(case, first, "李工", DAY, "zh")
    assert caught.value.key == "casefile.import_undone"
    with pytest.raises(OverdraftError) as caught:
        undo_import(case, "nothing", "李工", DAY, "zh")
    assert caught.value.key == "casefile.import_unknown"


def test_what_an_import_could_not_read_is_asked_again(case, bring):
    """A cell that could not be read is empty in the table, but the next run must not take it for a missing one."""
    bring(["W1", "W2"], status="封")
    assert read_results(case, "wells")["wells"]["status"].isna().all()
    assert read_case(case)["wells"]["status"].tolist() == ["封", "封"]


def test_persons_come_and_go_with_their_import(case, bring):
    bring(["W1"], with_persons=True)
    second = bring(["W2"], minute=1, with_persons=True)
    assert read_case(case)["persons"]["owner"].tolist() == ["户主W1", "户主W2"]
    undo_import(case, second, "李工", DAY, "zh")
    assert read_case(case)["persons"]["owner"].tolist() == ["户主W1"]
    assert "户主W2".encode() not in case.read_bytes()


def test_a_row_key_never_comes_to_mean_another_row(case, bring):
    """Raw texts of unreadable cells are kept by row key; rows that are replaced leave their keys unused."""
    first = bring(["W1", "W2"])
    second = bring(["W8", "W9"], "replace", minute=1)
    with closing(sqlite3.connect(case)) as connection:
        keys = [row[0] for row in connection.execute("SELECT fid FROM wells ORDER BY fid")]
        assert keys == [3, 4]
    undo_import(case, second, "李工", DAY, "zh")
    with closing(sqlite3.connect(case)) as connection:
        assert connection.execute("SELECT fid, well_id FROM wells ORDER BY fid").fetchall() == [
            (1, "W1"),
            (2, "W2"),
        ]
    undo_import(case, first, "李工", DAY, "zh")
    assert ids(case) == []
