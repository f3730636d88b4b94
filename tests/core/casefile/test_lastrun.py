"""What the last run was judged by comes from the case file itself, in the version of that run or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import geopandas as gpd
import pytest

from overdraft.core.casefile import Given, case_content, last_run, run_version, with_frozen, write_case
from overdraft.core.desk.pairboard import open_board
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.policy import Edits, load_policy, open_draft, parse_policy, text_of, with_settings

DAY = date(2026, 3, 31)
VALUES = {"replacement.credit_uses": ["irrigation"], "replacement.applies_outside_zone": True}


@pytest.fixture(scope="module")
def own_text():
    """Our document as a person edited it: of the same name, with another distance."""
    return text_of(open_draft("turpan-2021"), Edits(settings={"replacement.max_distance_m": 1234}))


@pytest.fixture(scope="module")
def frames():
    wells = gpd.GeoDataFrame(
        {"well_id": ["W1", "W2"], "county": "高昌区", "use": "irrigation", "status": "active"},
        geometry=gpd.points_from_xy([89.2, 89.3], [42.9, 42.9]),
        crs="EPSG:4490",
    )
    return {"wells": wells}


@pytest.fixture(scope="module")
def contents(own_text, frames):
    """The content of a run under that file, which is gone afterwards; plain and frozen."""
    values = {key: value if isinstance(value, bool) else "; ".join(value) for key, value in VALUES.items()}
    policy = with_settings(parse_policy(own_text, "mine.toml"), values)
    settings = EnforceSettings(baseline=date(2022, 1, 1))
    result = enforce(build_register(frames), policy, DAY, settings)
    content = case_content(result, "zh")
    given = Given(frames, own_text, "mine.toml", values, DAY, settings)
    return {"kept": content, "frozen": with_frozen(content, given)}


@pytest.fixture
def case(contents, tmp_path):
    """``case("frozen")``: the case file of such a run."""
    return lambda kind="kept": write_case(tmp_path / "案.gpkg", contents[kind]).path


def change(path, statement, *values):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)


def test_a_file_of_ones_own_is_kept_word_for_word(case, own_text):
    run = last_run(case())
    assert run.policy.text == own_text
    assert run.policy.value("replacement.max_distance_m") == 1234
    assert run.policy.version != load_policy("turpan-2021").version
    assert run.used.value("replacement.applies_outside_zone") is True
    assert run.used.value("replacement.credit_uses") == ("irrigation",)
    assert (run.as_of, run.day("baseline"), run.day("retirement_baseline")) == (DAY, date(2022, 1, 1), None)
    assert run_version(case()) == ("turpan-2021", run.policy.version)


def test_pairs_are_judged_under_it(case):
    settings = open_board(case(), DAY).settings
    assert settings.max_distance_m == 1234
    assert settings.credit_uses == ("irrigation",)


def test_what_was_frozen_will_do(case, own_text):
    path = case("frozen")
    change(path, "DELETE FROM meta WHERE key = 'policy'")
    assert last_run(path).policy.text == own_text


@pytest.mark.parametrize("text", [None, "no policy", "x" * 10_000_000])
def test_another_version_of_the_same_name_is_none(case, text):
    """Without its text the document that ships under that name would judge by other limits."""
    path = case()
    change(path, "UPDATE meta SET value = ? WHERE key = 'policy'", text)
    with pytest.raises(OverdraftError) as caught:
        last_run(path)
    assert caught.value.key == "casefile.policy_gone"
    assert "turpan-2021" in caught.value.text("en")
    assert run_version(path) is not None


def test_a_document_of_ours_needs_no_text(frames, tmp_path):
    result = enforce(build_register(frames), load_policy("turpan-2021"), DAY, EnforceSettings())
    path = write_case(tmp_path / "ours.gpkg", case_content(result, "zh")).path
    change(path, "DELETE FROM meta WHERE key = 'policy'")
    assert last_run(path).policy.version == load_policy("turpan-2021").version


def test_a_later_run_under_another_document_brings_its_own(case, frames):
    path = case()
    later = enforce(build_register(frames), load_policy("toli-2024"), DAY, EnforceSettings())
    write_case(path, case_content(later, "zh"))
    assert last_run(path).policy.id == "toli-2024"


def test_a_case_without_a_run(tmp_path):
    from overdraft.core.casefile import create_case

    path = create_case(tmp_path / "empty.gpkg", "zh")
    assert last_run(path) is None
    assert run_version(path) is None
