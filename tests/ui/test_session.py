"""The session: the project remembers its case file."""

from __future__ import annotations

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


def test_the_name_stays_with_the_user(session):
    session.sign_as("  李 工 ")
    other = Session(QgsProject.instance())
    assert other.person == "李 工"
    other.close()
