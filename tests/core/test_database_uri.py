"""How SQLite is told which file to open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from overdraft.core.database_uri import uri, uri_of


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("/data/案 卷/a?b#c%20.gpkg", "file:///data/%E6%A1%88%20%E5%8D%B7/a%3Fb%23c%2520.gpkg?mode=ro"),
        ("C:/cases/case.gpkg", "file:///C%3A/cases/case.gpkg?mode=ro"),
        ("//server/share/case.gpkg", "file:////server/share/case.gpkg?mode=ro"),
    ],
)
def test_any_name_on_any_drive(name, wanted):
    assert uri_of(name, "ro") == wanted


def test_sqlite_takes_the_share_for_a_name_and_not_for_a_computer(tmp_path):
    """As ``pathlib`` writes a share SQLite refuses it: it would have to ask another computer."""
    with pytest.raises(sqlite3.OperationalError, match="authority"):
        sqlite3.connect("file://server/share/case.gpkg?mode=ro", uri=True)
    path = tmp_path / "案 ?#%20.gpkg"
    with closing(sqlite3.connect(uri(path, "rwc"), uri=True)) as made:
        made.execute("CREATE TABLE t (x)")
    share = uri_of("/" + Path(path).as_posix(), "ro")  # two slashes at its beginning, as a share has
    with closing(sqlite3.connect(share, uri=True)) as opened:
        assert opened.execute("SELECT count(*) FROM t").fetchone() == (0,)
