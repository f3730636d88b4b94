"""The well register against the case file, read by plain SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.papers import KINDS, Scope, open_book

SUMMED = ("permit_m3", "plan_m3", "area_mu")


def drawn(path, language="zh", **scope):
    return KINDS["well_register"].make(
        open_book(path, KINDS["well_register"].needs, language, Scope(**scope))
    )


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def test_r30_every_well_once_and_every_sum_is_that_of_the_case(judged_sample):
    made = drawn(judged_sample)
    (n,) = query(judged_sample, "SELECT count(*) FROM wells")[0]
    assert len(made) == n
    ids = [name for (name,) in query(judged_sample, "SELECT well_id FROM wells WHERE well_id IS NOT NULL")]
    assert sorted(filter(None, made["well_id"].values)) == sorted(ids)
    by_group = query(
        judged_sample,
        "SELECT management, count(*), total(round(permit_m3)), total(round(plan_m3)), total(round(area_mu, 1))"
        " FROM wells GROUP BY 1",
    )
    whole = ("all", *(sum(row[place] for row in by_group) for place in range(1, 5)))
    order = {"local": 0, "regiment": 1, None: 2, "all": 3}
    wanted = [row[1:] for row in sorted([*by_group, whole], key=lambda row: order[row[0]])]
    told = [(total.n, *(float(total.sums[name]) for name in SUMMED)) for total in made.totals]
    assert [total.label for total in made.totals] == ["地方", "兵团", "合计"]
    for line, sums in zip(told, wanted, strict=True):
        assert line == pytest.approx(sums)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_r30_each_row_is_that_of_the_case(judged_sample, language):
    made = drawn(judged_sample, language)
    rows = query(
        judged_sample,
        "SELECT well_id, permit_no, permit_m3, zone_ids, outcome, name FROM wells WHERE well_id IS NOT NULL"
        " GROUP BY well_id HAVING count(*) = 1 ORDER BY well_id",
    )
    names = ("well_id", "permit_no", "permit_m3", "zone_ids", "outcome", "name")
    columns = [made[name].values for name in names]
    printed = {row[0]: row for row in zip(*columns, strict=True)}
    labels = {"zh": {"fail": "不符合", "pass": "符合"}, "en": {"fail": "Fail", "pass": "Pass"}}[language]
    for well, permit, volume, zones, outcome, name in rows:
        told = printed[well]
        assert told[1] == permit
        assert (told[2] is None) == (volume is None)
        assert volume is None or abs(float(told[2]) - volume) <= 0.5
        assert (told[3] or "") == (zones or "")
        assert outcome not in labels or told[4] == labels[outcome]
        assert told[5] == name


def test_filters_keep_what_they_say(judged_sample):
    for name, column in (("county", "county_id"), ("authority", "authority")):
        value, n = query(
            judged_sample, f"SELECT {column}, count(*) FROM wells WHERE {column} <> '' GROUP BY 1 LIMIT 1"
        )[0]
        assert len(drawn(judged_sample, **{name: value})) == n
    zone, n = query(
        judged_sample,
        "SELECT zone_id, (SELECT count(*) FROM wells WHERE ';' || zone_ids || ';' LIKE '%;' || zones.zone_id || ';%')"
        " FROM zones ORDER BY 2 DESC LIMIT 1",
    )[0]
    assert len(drawn(judged_sample, zone=zone)) == n > 100


@pytest.mark.parametrize("name", ["county", "zone", "authority"])
def test_a_part_that_the_case_does_not_have_is_refused(judged_sample, name):
    with pytest.raises(OverdraftError) as caught:
        drawn(judged_sample, **{name: "nowhere"})
    assert caught.value.key == f"papers.no_{name}"
    assert caught.value.values["allowed"]


def test_the_state_is_that_of_the_events_on_the_day_of_the_run(judged_sample):
    """A well with events has the state of its last one up to the day; one without, that of the register."""
    made = drawn(judged_sample, "en")
    states = zip(made["status"].values, made["status_on"].values, strict=True)
    told = dict(zip(made["well_id"].values, states, strict=True))
    sealed = query(
        judged_sample,
        "SELECT subject_id, max(effective_on) FROM events WHERE subject_role = 'wells' AND effective_on <= '2026-03-31'"
        " AND corrects IS NULL AND event_id NOT IN (SELECT corrects FROM events WHERE corrects IS NOT NULL)"
        " AND kind IN ('built', 'commissioned', 'shut', 'standby', 'sealed', 'dismantled', 'reopened')"
        " GROUP BY 1 HAVING min(kind) = 'sealed' AND max(kind) = 'sealed'",
    )
    assert len(sealed) > 20
    for well, day in sealed:
        if well in told:
            assert told[well] == ("Sealed", date.fromisoformat(day)), well
    snapshot = query(
        judged_sample,
        "SELECT well_id, status_on FROM wells WHERE status = 'dismantled' AND well_id NOT IN"
        " (SELECT subject_id FROM events WHERE subject_role = 'wells')",
    )
    for well, day in snapshot:
        assert told[well] == ("Dismantled", date.fromisoformat(day) if day else None)


def test_a_case_that_was_never_judged_prints_nothing(tmp_path):
    from overdraft.core.casefile import create_case

    path = create_case(tmp_path / "empty.gpkg", "zh")
    with pytest.raises(OverdraftError) as caught:
        drawn(path)
    assert caught.value.key == "papers.no_run"
