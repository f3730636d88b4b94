"""The session: the project remembers its case file."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from qgis.core import QgsProject

from overdraft.ui.session import Session


def test_the_project_remembers_its_case(session, case, tmp_path):
    project = QgsProject.instance()
    place = tmp_path / "project.qgz"
    assert project.write(str(place))
    project.clear()
    assert session.path is None
    assert project.read(str(place))
    assert session.path == case


def test_the_path_is_kept_relative_to_the_project(session, case, tmp_path):
    project = QgsProject.instance()
    project.setFileName(str(tmp_path / "project.qgz"))
    session.open_case(case)
    assert project.readEntry("overdraft", "case")[0] == f"./{case.name}"


def test_a_case_that_is_gone_is_not_open(session, case, tmp_path):
    project = QgsProject.instance()
    assert project.write(str(tmp_path / "project.qgz"))
    case.unlink()
    assert project.read(str(tmp_path / "project.qgz"))
    assert session.path is None


def test_a_case_that_another_program_writes_just_now_is_not_forgotten(session, case, tmp_path):
    project = QgsProject.instance()
    place = str(tmp_path / "project.qgz")
    assert project.write(place)
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert project.read(place)
        other.execute("ROLLBACK")
    assert session.path == case


def test_a_damaged_case_stays_open_so_that_its_backup_is_named(session, case, tmp_path):
    project = QgsProject.instance()
    place = str(tmp_path / "project.qgz")
    assert project.write(place)
    content = bytearray(case.read_bytes())
    content[100:4096] = bytes(4096 - 100)  # the first page, which names all tables
    case.write_bytes(content)
    assert project.read(place)
    assert session.path == case


def test_the_name_stays_with_the_user(session):
    session.sign_as("  李 工 ")
    other = Session(QgsProject.instance())
    assert other.person == "李 工"
    other.close()
