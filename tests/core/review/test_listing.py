"""The review list beside pandas: filters, sorts, groups and counts on made-up findings."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overdraft.core.casefile import create_case
from overdraft.core.findings import OUTCOMES
from overdraft.core.messages import catalogue
from overdraft.core.review import decide
from overdraft.core.review.listing import GROUPS, SORTS, Filter, Listing, changes_at

from .conftest import Case, finding

PERMISSIONS = ("deny", "suspend", "hold", "review", "not_evaluated", "allow_if", "allow", "")
STATES = ("open", "deferred", "accepted", "overridden", "verified")
HOSTILE = ("<img src=file:///x>", '"; DROP TABLE findings; --', "100%_井", "${table}", "长" * 1000)


def write_places(path):
    """Two counties with a town each, two zones, forty wells; some without name, place or zone."""
    units = [
        ("A", "甲县", "county", None),
        ("B", "乙县", "county", None),
        ("A1", "东镇", "township", "A"),
        ("B1", "西镇", "township", "B"),
        ("loop", "环", "township", "loop"),
    ]
    names = ["甲井", "乙井", None, *HOSTILE]
    with closing(sqlite3.connect(path, isolation_level=None)) as case:
        for name in case.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            case.execute(f'DROP TRIGGER "{name[0]}"')
        case.executemany("INSERT INTO units (unit_id, name, level, parent_id) VALUES (?, ?, ?, ?)", units)
        zones = [("Z1", "严重区"), ("Z2", "一般区"), ("Z2", "一般区（旧）")]
        case.executemany("INSERT INTO zones (zone_id, name) VALUES (?, ?)", zones)
        for number in range(40):
            row = (
                f"w{number:02}",
                names[number % len(names)],
                ("东镇", None)[number % 2],
                ("一村", "二村", None)[number % 3],
                ("Z1", "Z2", None)[number % 3],
                ("irrigation", "domestic", None)[number % 3],
            )
            case.execute(
                'INSERT INTO wells (row_id, name, township, village, zone_id, "use") VALUES (?, ?, ?, ?, ?, ?)',
                row,
            )
            x = 80 + number / 10
            case.execute("INSERT INTO rtree_wells_geom VALUES (?, ?, ?, 40, 40)", (number + 1, x, x))
    return path


@pytest.fixture(scope="module")
def listed(tmp_path_factory):
    """A listing of 120 findings with decisions of all kinds, and the same as a frame made with pandas alone."""
    case = Case(write_places(create_case(tmp_path_factory.mktemp("list") / "案卷 #1.gpkg", "zh")))
    random = np.random.default_rng(6)

    def some(values):
        return values[random.integers(len(values))]

    rows = []
    for number in range(120):
        subject = f"w{number % 45:02}"  # five have no well
        unit = some(("A", "B1", "A1", "", "loop"))
        values = {"unit_id": unit, "permission": some(PERMISSIONS), "action": some(("seal", "meter", ""))}
        row = finding(subject, some(OUTCOMES), period=f"{2020 + number}", **values)
        row |= {
            "rule": some(("meters.installed", "permits.required", "none.such")),
            "clause": some(("1.2a", "3.1", "")),
        }
        row |= {"finding_id": f"f{random.integers(10**9):09}"}
        rows.append(row)
    store = case.judge(*rows)
    from overdraft.core.review import Act

    names = sorted(row["finding_id"] for row in rows if row["outcome"] != "not_evaluated")
    decide(store, names[:20], Act("accept", "李工"))
    reason = {"outcome": "exempt", "reason_kind": "site_check", "reason": "现场核实已经封填到位"}
    decide(
        store,
        [row["finding_id"] for row in rows[-30:] if row["outcome"] != "exempt"],
        Act("override", "王工", **reason),
    )
    decide(store, names[30:36], Act("defer", "李工", reason="等资料", deferred_to=date(2099, 1, 1)))
    decide(store, names[:5], Act("verify", "赵工"))
    changed = [row | {"evidence_hash": "other"} if row["finding_id"] in names[2:12] else row for row in rows]
    case.judge(*[row for row in changed if row["finding_id"] not in names[:2]])  # two decided ones are gone
    return Listing(case.path, "zh"), by_pandas(case.path), case


def by_pandas(path):
    """The list as pandas joins it."""
    with closing(sqlite3.connect(path)) as case:
        found, kept, decisions, wells = (
            pd.read_sql(f"SELECT * FROM {table}", case)
            for table in ("findings", "decided_findings", "decisions", "wells")
        )
    kept = kept[~kept["finding_id"].isin(found["finding_id"])]
    decided = decisions.set_index("finding_id")
    kept = kept[kept["finding_id"].map(decided["state"]).fillna("open") != "open"]
    frame = pd.concat([found.assign(gone=0), kept.assign(gone=1)], ignore_index=True)
    own = wells.set_index("row_id")
    county = {"A": "A", "A1": "A", "B": "B", "B1": "B"}
    frame["county_id"] = frame["unit_id"].map(county).fillna("")
    frame["county"] = frame["county_id"].map({"A": "甲县", "B": "乙县", "": ""})
    frame["zone_id"] = frame["subject_id"].map(own["zone_id"]).fillna("")
    frame["zone"] = frame["zone_id"].map({"Z1": "严重区", "Z2": "一般区", "": ""})
    for name in ("name", "use"):
        frame[name] = frame["subject_id"].map(own[name]).fillna("")
    place = own["township"].fillna("") + " " + own["village"].fillna("")
    frame["place"] = frame["subject_id"].map(place.str.strip()).fillna("")
    labels = {rule: catalogue().get(f"report.rule.{rule}", {"zh": rule})["zh"] for rule in set(frame["rule"])}
    frame["rule_label"] = frame["rule"].map(labels)
    frame["state"] = frame["finding_id"].map(decided["state"]).fillna("open")
    frame["stale"] = frame["finding_id"].map(decided["stale"]).fillna(0).astype(int)
    for name in ("decided_by", "deferred_to"):
        frame[name] = frame["finding_id"].map(decided[name]).fillna("")
    return frame.fillna({"permission": "", "action": "", "clause": "", "period": ""})


def key_of(frame, column):
    """What pandas sorts a column by."""
    if column == "outcome":
        return frame["outcome"].map(OUTCOMES.index)
    if column == "permission":
        return frame["permission"].map(PERMISSIONS.index)
    if column == "state":
        return frame["state"].map(STATES.index) * 2 - frame["stale"]
    column = {"rule": "rule_label"}.get(column, column)
    return frame[column].map(lambda text: text.encode()) if len(frame) else frame[column]


def expected(frame, wanted, sort, down, group):
    """The finding ids that pandas finds, in its order."""
    for name in ("outcome", "rule", "clause", "use", "permission", "action"):
        if getattr(wanted, name) is not None:
            frame = frame[frame[name] == getattr(wanted, name)]
    for name, column in (("county", "county_id"), ("zone", "zone_id"), ("subject", "subject_id")):
        if getattr(wanted, name) is not None:
            frame = frame[frame[column] == getattr(wanted, name)]
    if wanted.state == "stale":
        frame = frame[frame["stale"] == 1]
    elif wanted.state is not None:
        frame = frame[frame["state"] == wanted.state]
    if wanted.text:
        parts = [frame[name].str.lower() for name in ("subject_id", "name", "rule", "rule_label", "clause")]
        hit = pd.Series(False, index=frame.index)
        for part in parts:
            hit |= part.map(lambda text: wanted.text.lower() in text).astype(bool)
        frame = frame[hit]
    keys = pd.DataFrame(
        {"place": frame.index, "id": frame["finding_id"]}
    )  # what is alike stands as in the file
    keys["sort"] = key_of(frame, sort) if sort else 0
    keys["group"] = key_of(frame, group) if group else 0
    own = {"county": "county_id", "zone": "zone_id", "rule": "rule"}.get(group)
    keys["own"] = frame[own] if own else ""
    up = [True, True, not down, True]
    return list(keys.sort_values(["group", "own", "sort", "place"], ascending=up)["id"])


def maybe(*values):
    return st.one_of(st.none(), st.sampled_from(values))


FILTERS = st.builds(
    Filter,
    text=maybe("w0", "W1", "甲", "%", "_", "'", "计量", "METERS", "3.1", *HOSTILE[:4]),
    county=maybe("A", "B", ""),
    zone=maybe("Z1", "Z2", ""),
    outcome=maybe(*OUTCOMES),
    rule=maybe("meters.installed", "none.such"),
    clause=maybe("3.1", "", "nowhere"),
    state=maybe("open", "accepted", "overridden", "deferred", "verified", "stale"),
    use=maybe("irrigation", ""),
    permission=maybe("deny", ""),
    action=maybe("seal", ""),
    subject=maybe("w03", "w44"),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILTERS, st.sampled_from(("", *SORTS)), st.booleans(), st.sampled_from(("", *GROUPS)))
def test_filters_sorts_and_groups_as_pandas_does(listed, wanted, sort, down, group):
    listing, frame, _ = listed
    found = listing.order(wanted, sort, down, group)
    assert listing.ids(found.rows) == expected(frame, wanted, sort, down, group)
    if group:
        column = {"county": "county_id", "zone": "zone_id"}.get(group, group)
        values = frame.set_index("finding_id")[column].reindex(listing.ids(found.rows)).tolist()
        assert sum(item.rows for item in found.groups) == len(values)
        assert len({item.value for item in found.groups}) == len(found.groups)
        for item in found.groups:
            assert set(values[item.start : item.start + item.rows]) == {item.value}


@pytest.mark.parametrize("sort", SORTS)
def test_each_sort_both_ways(listed, sort):
    listing, frame, _ = listed
    for down in (False, True):
        assert listing.ids(listing.order(Filter(), sort, down).rows) == expected(
            frame, Filter(), sort, down, ""
        )


def test_counts_and_values_are_those_of_the_frame(listed):
    listing, frame, _ = listed
    states = frame["state"].value_counts()
    counts = listing.counts()
    assert dict(counts.states) == states.to_dict()
    assert counts.open == states["open"]
    assert counts.reviewed == states["accepted"] + states["overridden"] + states["deferred"]
    assert (counts.verified, counts.stale) == (states["verified"], frame["stale"].sum())
    assert counts.stale > 0
    for name, column in (("county", "county_id"), ("zone", "zone_id"), ("use", "use"), ("rule", "rule")):
        found = {value: count for value, _, count in listing.values(name)}
        assert found == frame[column].value_counts().to_dict()


def test_what_no_run_finds_any_more_is_listed_while_it_is_decided(listed):
    listing, frame, _ = listed
    gone = frame.loc[frame["gone"] == 1, "finding_id"]
    assert len(gone) == 2
    rows = listing.window([listing.row_of(name) for name in gone])
    assert all(row.gone and not listing.open[row.row] for row in rows)


def test_only_what_lies_in_the_box(listed):
    listing, frame, _ = listed
    listing.look_at({"wells": (80.95, 39, 81.45, 41), "no such layer": (0, 0, 1, 1)})
    inside = {f"w{number:02}" for number in range(10, 15)}  # 81.0 to 81.4
    found = listing.ids(listing.order(Filter()).rows)
    listing.look_at(None)
    assert set(found) == set(frame.loc[frame["subject_id"].isin(inside), "finding_id"])
    assert len(listing.order(Filter()).rows) == len(frame)


def test_a_window_holds_names_as_they_are(listed):
    listing, frame, _ = listed
    rows = listing.window(listing.order(Filter()).rows)
    shown = {row.finding_id: row.name for row in rows}
    assert shown == frame.set_index("finding_id")["name"].to_dict()
    assert set(HOSTILE) < set(shown.values())


def test_a_decision_changes_its_row_in_its_place(case, act):
    store = case.judge(finding("w1"), finding("w2"))
    listing = Listing(case.path)
    before = listing.order(Filter()).rows
    name = listing.ids(before)[0]
    assert listing.revisions(before)[name] == 0
    step = decide(store, [name], act("accept"))
    assert list(listing.decided(step.after)) == [before[0]]
    assert list(listing.order(Filter(state="accepted")).rows) == [before[0]]
    assert listing.revisions(before)[name] == 1
    assert list(np.flatnonzero(listing.open)) == [before[1]]
    assert changes_at(case.path) == listing.changes_seen + 1


def test_an_empty_case_has_an_empty_list(tmp_path):
    listing = Listing(create_case(tmp_path / "空.gpkg", "zh"))
    assert len(listing) == 0
    assert listing.order(Filter(text="x"), "name", True, "county").groups == ()
    assert listing.counts().open == 0
