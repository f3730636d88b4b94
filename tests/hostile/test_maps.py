"""S1, S3, S10 on maps: names of units, zones and wells are printed as they are, and numbers of persons never."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from overdraft.core.casefile import spatial

from ..conftest import IDENTITY, PERSON, PHONE, SEALED

COUNTY = "650421"
EXPRESSION = "[%1+40%]@{x}"
SCRIPT = '<script src="http://evil.example"/>'


@pytest.fixture(scope="module")
def case(decided, tmp_path_factory):
    """The decided sample with hostile names of its county, townships and zones, and an owner in every well's name."""
    path = tmp_path_factory.mktemp("maps") / "案卷.gpkg"
    shutil.copy(decided, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        spatial.enable(connection)
        connection.execute("UPDATE units SET name = ? || unit_id WHERE level = 'county'", (EXPRESSION,))
        connection.execute("UPDATE units SET name = ? || unit_id WHERE level = 'township'", (SCRIPT,))
        connection.execute("UPDATE zones SET name = ? WHERE fid % 2", (f"张三丰{PHONE}",))
        connection.execute("UPDATE zones SET name = ? WHERE NOT fid % 2", (f"<b>区</b>{IDENTITY}",))
        connection.execute("UPDATE wells SET name = ?, village = ?", (f"{PERSON}{PHONE}", PHONE))
        connection.execute("UPDATE wells SET user_id = 'U-1' WHERE well_id = ?", (SEALED,))
    return path


@pytest.mark.parametrize("profile", ["public", "internal"])
def test_what_people_type_is_text_on_maps_and_numbers_of_persons_are_on_none(run, case, tmp_path, profile):
    out = tmp_path / "out"
    given = {"CASE": str(case), "MAPS": ["zones", "county_atlas", "verdicts"], "FORMAT": ["pdf", "svg"]}
    given |= {
        "LETTERS": "text",
        "DPI": 60,
        "LANGUAGE": "zh",
        "PROFILE": profile,
        "AUTHOR": SCRIPT + EXPRESSION,
    }
    run("exportmaps", {**given, "OUTPUT": str(out)})
    files = sorted(out.iterdir())
    assert {path.suffix for path in files} == {".pdf", ".svg"}
    told = ""
    for path in files:
        assert not re.search(rf"{PHONE}|{IDENTITY}|{PERSON}", path.name)
        raw = path.read_bytes()
        if path.suffix == ".pdf":
            assert not re.search(rb"/(URI|JavaScript|JS|Launch|EmbeddedFile|OpenAction|SubmitForm)\b", raw)
            told += subprocess.run(
                ["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True
            ).stdout.decode()
        else:
            text = raw.decode("utf-8")
            assert not re.search(r"<script|\son\w+=|href=\"(?!#|data:image/)", text)
            told += "".join(re.findall(r">([^<]+)<", text))
    for number in (PHONE, IDENTITY):
        assert number not in told
    assert "41@" not in told  # the expression was not worked out
    flat = "".join(told.split())
    assert SCRIPT.replace(" ", "") in flat
