"""The policy that answers in a form is that of the last run, as the run had it, whatever file it came from."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from overdraft.core.policy import Edits, load_policy, open_draft, parse_policy, text_of
from overdraft.ui.desk import SealForm


def run_under(path, policy, values):
    """A run in the case file under a policy, without its findings."""
    manifest = {"as_of": "2026-03-31", "settings": {}, "values": values}
    row = ("r1", "2026-04-01T08:00:00Z", policy.id, policy.version, json.dumps(manifest))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO runs (run_id, finished_at, policy_id, policy_version, manifest) VALUES (?, ?, ?, ?, ?)",
            row,
        )
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('policy', ?)", (policy.text,))


def own(edits=None, name=None):
    """Our document as somebody edited it, under its name or one of their own."""
    text = text_of(open_draft("turpan-2021"), Edits(settings=edits or {}))
    return parse_policy(text.replace('id = "turpan-2021"', f'id = "{name or "turpan-2021"}"', 1), "own.toml")


@pytest.mark.parametrize("name", ["turpan-2021", "our-own"])
def test_the_document_of_the_run_answers(case, show, name):
    policy = own({"replacement.max_distance_m": 1234}, name)
    run_under(case, policy, {"replacement.applies_outside_zone": True})
    form = show(SealForm, policy=None)
    assert form.policy_box.currentData() == name
    assert form.policy().version == policy.version
    assert form.policy().value("replacement.max_distance_m") == 1234
    assert form.policy().value("replacement.applies_outside_zone") is True


def test_what_another_case_was_judged_by_is_no_longer_on_offer(case, show, session, county):
    run_under(case, own(name="our-own"), {})
    form = show(SealForm, policy=None)
    session.open_case(county)  # a case without a run
    assert form.policy_box.findData("our-own") < 0
    assert form.policy() is None
    form.policy_box.setCurrentIndex(form.policy_box.findData("turpan-2021"))
    assert form.policy().version == load_policy("turpan-2021").version


def test_a_document_that_is_gone_is_said_and_none_is_taken_instead(case, show):
    """That of ours bears the name, but it may set other limits."""
    run_under(case, own({"replacement.max_distance_m": 1234}), {})
    with closing(sqlite3.connect(case, isolation_level=None)) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'policy'")
    form = show(SealForm, policy=None)
    assert "turpan-2021" in form.problem.text()
    assert form.policy() is None
