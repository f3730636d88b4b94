"""R11, R12: papers killed while they are written, or whose place is taken, leave the older files as they were."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException

from overdraft.processing import saving

from ...conftest import SEALED, query

ROOT = Path(saving.__file__).resolve().parents[1]
CODE = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("conftest", sys.argv[1])
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from qgis.core import QgsApplication, QgsProcessingFeedback
app = QgsApplication([], False)
app.initQgis()
from processing.core.Processing import Processing
Processing.initialize()
import processing
from overdraft.processing.provider import OverdraftProvider
provider = OverdraftProvider()
QgsApplication.processingRegistry().addProvider(provider)
processing.run(f"overdraft:{sys.argv[2]}", json.loads(sys.argv[3]), feedback=QgsProcessingFeedback(False))
"""
GIVEN = {
    "officialletters": {"KIND": "closure_notice", "WELLS": SEALED, "UNIT": "水利局"},
    "exporttables": {"FORMATS": ["xlsx", "csv", "html"]},
    "publicnotice": {
        "UNIT": "水利局",
        "PHONE": "1",
        "BEGIN": "2025-09-04",
        "FORMATS": ["docx", "pdf", "html"],
    },
    "verdictslip": {"WELLS": SEALED, "FORMATS": ["pdf", "html"]},
}


def given(name, case, folder):
    more = {}
    if name == "officialletters":
        sheets = query(case, "SELECT group_concat(application_id, ';') FROM applications")[0][0]
        more = {"KIND": "approval_sheet", "APPLICATIONS": sheets}
    return {**GIVEN[name], **more, "CASE": str(case), "LANGUAGE": "zh", "OUTPUT": str(folder)}


def bytes_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "name", ["officialletters", *(pytest.param(name, marks=pytest.mark.long) for name in list(GIVEN)[1:])]
)
def test_r11_killed_in_the_middle_the_older_files_stay_and_the_next_run_clears_up(
    run, decided, tmp_path, name
):
    """In a process of its own, killed as soon as there is something in a file that is being written."""
    parameters = given(name, decided, tmp_path / "out")
    run(name, parameters)
    before = bytes_of(tmp_path / "out")
    assert len(before) > 1
    command = [sys.executable, "-c", CODE, str(ROOT / "conftest.py"), name, json.dumps(parameters)]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    child = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env)
    while child.poll() is None and not any(
        path.stat().st_size for path in (tmp_path / "out").glob(".*.part/*")
    ):
        time.sleep(0.001)
    child.kill()
    _, told = child.communicate()
    assert child.returncode == -signal.SIGKILL, told.decode()
    assert bytes_of(tmp_path / "out") == before
    left = list((tmp_path / "out").glob(".*.part"))
    assert left
    for folder in left:
        os.utime(folder, (0, 0))
    run(name, parameters)
    assert set(bytes_of(tmp_path / "out")) == set(before)
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.parametrize("name", GIVEN)
def test_r12_a_name_that_is_taken_is_told_and_no_other_file_is_changed(run, decided, tmp_path, name):
    folder = tmp_path / "out"
    parameters = given(name, decided, folder)
    if name == "exporttables":
        parameters["TABLES"] = ["seal_ledger"]
    run(name, parameters)
    files = sorted(folder.iterdir())
    for path in files:
        path.write_bytes(b"older")
    files[-1].unlink()
    files[-1].mkdir()  # as a file that another program holds: it cannot be opened for writing
    with pytest.raises(QgsProcessingException) as caught:
        run(name, parameters)
    assert str(files[-1]) in str(caught.value)
    assert set(bytes_of(folder).values()) == {b"older"}
    assert not list(folder.glob(".*"))
