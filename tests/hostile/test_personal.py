"""S10: what belongs to persons is in no file that an import writes, unless PERSONS is asked for."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest
from make import HEADINGS, WELLS, text_file, workbook

SECRETS = ("王小明", "13812345678", "11010519491231002X", "迪里拜尔")
"""A name, a mobile number, the identity number that GB 11643 gives as its example, a name in a column of its own."""
OWNER = ("井主姓名", "联系电话", "身份证号", "联系人")
SINKS = {
    "OUTPUT": "out.gpkg",
    "PROBLEMS": "problems.gpkg",
    "CONVERSIONS": "conversions.csv",
    "RAW_VALUES": "raw_values.csv",
    "SET_ASIDE": "set_aside.csv",
    "BATCH": "batch.gpkg",
    "SAVED_MAPPING": "mapping.json",
}


def words_in(folder: Path) -> str:
    """The text of every file below a folder: bytes in three encodings, and the cells of every database."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        found += [raw.decode(encoding, errors="ignore") for encoding in ("utf-8", "gb18030", "utf-16-le")]
        if path.suffix == ".gpkg":
            with sqlite3.connect(path) as connection:
                found.append("\n".join(connection.iterdump()))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found += [archive.read(name).decode("utf-8", errors="ignore") for name in archive.namelist()]
    return "\n".join(found)


@pytest.fixture
def rows():
    """The secrets in columns of their own, in a column that does not say so, in wrong cells and in rows set aside."""
    more = [[*row, *SECRETS, "一般", "2024-01-05"] for row in WELLS]
    more[1][-2] = f"井主{SECRETS[1]}"  # 备注: a column of the source's own
    more[2][-1] = SECRETS[1]  # a number in the column of days
    foot = ["填表人：" + SECRETS[0], None, None, None, None, None, None, "电话：" + SECRETS[1]]
    headings = [*HEADINGS, *OWNER, "说明", "成井日期"]
    return [headings, *more, foot]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_s10_no_output_holds_personal_data(run, rows, tmp_path, listener, ending, language):
    source = tmp_path / f"源{ending}"
    if ending == ".csv":
        text_file(source, rows[0], rows[1:])
    else:
        workbook(source, rows)
    out = tmp_path / "out"
    out.mkdir()
    heard = listener()
    given = {"INPUT": str(source), "ROLE": "wells", "CRS": "EPSG:4490", "LANGUAGE": language}
    result = run("importlayer", {**given, **{name: str(out / file) for name, file in SINKS.items()}}, heard)
    assert result["N_WRITTEN"] == 3
    assert result["N_SET_ASIDE"] == 1
    everything = words_in(out) + "\n".join(heard.infos + heard.warnings)
    assert "W1" in everything  # the search finds what is there
    for secret in (*SECRETS[:3], SECRETS[3]):
        assert secret not in everything, secret


def test_s10_persons_on_request_in_a_table_of_their_own(imported, rows, tmp_path):
    path = text_file(tmp_path / "a.csv", rows[0], rows[1:])
    made = imported(path, CRS="EPSG:4490", PERSONS="memory:")
    assert {(row["owner"], row["phone"], row["id_number"]) for row in made.persons} == {SECRETS[:3]}
    assert [row["user_id"] for row in made.persons] == ["wells:W1", "wells:W2", "wells:W3"]
    assert not {"井主姓名", "联系电话", "owner", "phone"} & set(made.rows[0])
