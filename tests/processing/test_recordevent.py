"""``recordevent``: single acts and tables of them, with the ledger counted by hand."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing

import geopandas as gpd
import pytest
from qgis.core import QgsProcessingException
from shapely.geometry import Point, box

DAY = "2026-03-31"


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Four wells in use in a severe zone of 高昌区."""
    from overdraft.core.casefile import CaseContent, write_case

    rows = [
        {
            **{"well_id": f"W{n}", "use": "irrigation", "status": "active", "permit_no": f"P{n}"},
            "geometry": Point(89.2 + n / 100, 42.9),
        }
        for n in range(1, 5)
    ]
    zone = {"zone_id": "Z1", "severity": "severe", "geometry": box(89.1, 42.8, 89.5, 43.0)}
    unit = {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43.5)}
    tables = {"wells": rows, "zones": [zone], "units": [unit]}
    frames = {name: gpd.GeoDataFrame(part, crs="EPSG:4490") for name, part in tables.items()}
    path = tmp_path_factory.mktemp("desk") / "case.gpkg"
    write_case(path, CaseContent(tables=frames, language="en"))
    return path


@pytest.fixture
def case(template, tmp_path):
    path = tmp_path / "案 卷.gpkg"
    path.write_bytes(template.read_bytes())
    (tmp_path / "a.jpg").write_bytes(b"photo")
    return path


@pytest.fixture
def desk(run, case, rows_of):
    """Record with the policy and the day of the tests; the answer and the rows of its table."""

    def call(feedback=None, **given):
        common = {"CASE": str(case), "POLICY": "turpan-2021", "AS_OF": DAY, "BY": "李工"}
        answer = run("recordevent", {**common, "OUTPUT": "memory:", "LANGUAGE": "en", **given}, feedback)
        return answer, rows_of(answer["OUTPUT"])

    return call


def refusal(desk, **given):
    with pytest.raises(QgsProcessingException) as caught:
        desk(**given)
    return str(caught.value)


def test_a_seal_without_evidence_waits_and_with_it_counts(desk, case):
    answer, (row,) = desk(SUBJECT_ID="W1", KIND="sealed", DAY="2026-03-20")
    assert (answer["EVENT"], answer["N_RECORDED"], answer["CREDIT_STATE"]) == (
        "EV-20260331-0001",
        1,
        "pending",
    )
    assert row["lacks"] == "photo;inspection;power_cut;permit_cancelled;document"
    answer, (row,) = desk(ACT="evidence", EVENT_ID=answer["EVENT"], PHOTO="a.jpg", CHECKED_BY="王工")
    assert (answer["CREDIT_STATE"], row["act"], row["lacks"], row["pool_id"]) == (
        "available",
        "evidence",
        None,
        "650402",
    )
    digest = hashlib.sha256(b"photo").hexdigest()
    assert query(case, "SELECT kind, taken_on, path, sha256, checked_by FROM evidence ORDER BY kind") == [
        ("inspection", "2026-03-20", None, None, "王工"),
        ("photo", "2026-03-20", "a.jpg", digest, None),
    ]
    assert query(case, "SELECT who, kind, subject FROM history") == [
        ("李工", "event", "W1"),
        ("李工", "evidence", "W1"),
    ]


def test_from_a_seal_to_a_commissioned_renewal(desk, case):
    """k = 2; sealed 2, renewed 1."""
    for name in ("W1", "W2"):
        desk(SUBJECT_ID=name, KIND="sealed", DAY="2026-03-10", PHOTO="a.jpg")
    answer, (row,) = desk(
        **{"ACT": "apply", "KIND": "renewal", "DAY": "2026-03-12", "PLACE": "89.25,42.9 [EPSG:4490]"},
        **{"REPLACES": "W1", "RETIRED_IDS": "W2", "FIELDS": "use = irrigation\npermit_m3 = 50000"},
    )
    name = row["application_id"]
    assert (name, answer["CREDIT_STATE"]) == ("AP-2026-0001", "pending")
    answer, _ = desk(ACT="approve", APPLICATION_ID=name, DAY="2026-03-15", APPROVAL_NO="文〔2026〕1号")
    assert answer["CREDIT_STATE"] == "reserved"
    answer, _ = desk(ACT="link", APPLICATION_ID=name, WELL_ID="N1", DAY="2026-03-28")
    assert answer["CREDIT_STATE"] == "renewed"
    assert query(case, "SELECT renewal_id, retired_id, state FROM pairs ORDER BY retired_id") == [
        ("N1", "W1", "used"),
        ("N1", "W2", "used"),
    ]
    assert query(case, "SELECT origin, permit_m3 FROM wells WHERE well_id = 'N1'") == [("renewal", 50000.0)]


def test_a_table_of_acts_makes_the_rows_of_single_acts(desk, case, layer):
    fields = {
        "Act": "text",
        "subject_id": "text",
        "kind": "text",
        "day": "date",
        "photo": "text",
        "doc_no": "text",
    }
    rows = [
        (None, None, "W1", "sealed", "2026-03-10", "a.jpg", "封1"),
        (None, "event", "W2", "sealed", "2026-03-11", None, "封2"),
    ]
    answer, told = desk(ACTS=layer("None", fields, rows))
    assert answer["N_RECORDED"] == 2
    assert [(row["subject_id"], row["event_id"], row["credit_state"]) for row in told] == [
        ("W1", "EV-20260331-0001", "available"),
        ("W2", "EV-20260331-0002", "pending"),
    ]
    events = "SELECT event_id, subject_id, kind, effective_on, doc_no, recorded_on, recorded_by FROM events"
    by_table = query(case, events)
    assert by_table == [
        ("EV-20260331-0001", "W1", "sealed", "2026-03-10", "封1", DAY, "李工"),
        ("EV-20260331-0002", "W2", "sealed", "2026-03-11", "封2", DAY, "李工"),
    ]


def test_a_wrong_row_is_named_and_nothing_is_recorded(desk, case, layer, listener):
    class Hearing(listener):
        def __init__(self):
            super().__init__()
            self.errors = []

        def reportError(self, error, fatal=False):
            self.errors.append(error)

    heard = Hearing()
    fields = {"subject_id": "text", "kind": "text", "day": "date"}
    rows = [
        (None, "W1", "sealed", "2026-03-10"),
        (None, "W9", "sealed", "2026-03-10"),
        (None, "W1", "sealed", "2026-03-11"),
    ]
    with pytest.raises(QgsProcessingException, match="2 of 3 acts"):
        desk(heard, ACTS=layer("None", fields, rows))
    assert [text.split(":")[0] for text in heard.errors[:2]] == ["Row 2", "Row 3"]
    assert query(case, "SELECT count(*) FROM events") == [(0,)]
    assert query(case, "SELECT count(*) FROM history") == [(0,)]


def test_applications_come_from_points(desk, case, layer):
    fields = {"act": "text", "kind": "text", "day": "date", "use": "text", "depth_m": "real"}
    rows = [("POINT (9935264.55 5298000)", "apply", "new", "2026-03-12", "rural_drinking", 120.0)]
    answer, _ = desk(ACTS=layer("Point", fields, rows, crs="EPSG:3857"), POLICY=None)
    assert answer["N_RECORDED"] == 1
    ((kind, use, depth),) = query(case, "SELECT kind, use, depth_m FROM applications")
    assert (kind, use, depth) == ("new", "rural_drinking", 120.0)
    ((low, high),) = query(case, "SELECT minx, maxx FROM rtree_applications_geom")
    assert low <= 89.25 <= high


def test_files_from_another_folder_are_copied(desk, case, tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    (folder / "b.jpg").write_bytes(b"b")
    desk(SUBJECT_ID="W1", KIND="sealed", DAY="2026-03-20", PHOTO="b.jpg", FILES=str(folder), POLICY=None)
    assert (case.parent / "案 卷.evidence/b.jpg").read_bytes() == b"b"
    assert "leads out" in refusal(
        desk, SUBJECT_ID="W2", KIND="sealed", DAY="2026-03-20", PHOTO="../b.jpg", FILES=str(folder)
    )


def test_what_contradicts_needs_anyway(desk, case):
    desk(SUBJECT_ID="W1", KIND="sealed", DAY="2026-03-10", POLICY=None)
    again = {"SUBJECT_ID": "W1", "KIND": "sealed", "DAY": "2026-03-20", "POLICY": None}
    assert "the record says" in refusal(desk, **again)
    desk(**again, ANYWAY=True)
    assert query(case, "SELECT count(*) FROM events") == [(2,)]


def test_correcting_and_withdrawing(desk, case):
    answer, _ = desk(SUBJECT_ID="W1", KIND="sealed", DAY="2026-03-10", PHOTO="a.jpg")
    answer, _ = desk(ACT="correct", EVENT_ID=answer["EVENT"], DAY="2026-03-09", REASON="日期抄错")
    assert answer["CREDIT_STATE"] == "available"
    answer, _ = desk(ACT="void", EVENT_ID=answer["EVENT"], REASON="井号有误")
    assert answer["CREDIT_STATE"] == "available"  # the seal as it was first recorded stands again
    answer, _ = desk(ACT="void", EVENT_ID="EV-20260331-0001")
    assert answer["CREDIT_STATE"] == ""
    assert query(case, "SELECT kind, corrects FROM events ORDER BY event_id") == [
        ("sealed", None),
        ("sealed", "EV-20260331-0001"),
        ("void", "EV-20260331-0002"),
        ("void", "EV-20260331-0001"),
    ]


def test_without_a_case_or_a_policy(run, desk, case):
    with pytest.raises(QgsProcessingException, match="CASE is needed"):
        run("recordevent", {"SUBJECT_ID": "W1", "OUTPUT": "memory:"})
    answer, (row,) = desk(SUBJECT_ID="W1", KIND="sealed", DAY="2026-03-10", POLICY=None)
    assert (answer["CREDIT_STATE"], row["credit_state"], row["event_id"]) == ("", None, "EV-20260331-0001")


def test_an_objection_and_its_result(desk, case, listener):
    (case.parent / "异议书.pdf").write_bytes(b"letter")
    given = {"SUBJECT_ID": "W1", "DAY": "2026-03-20", "REASON": "井已封填", "DOCUMENT": "异议书.pdf"}
    _, (row,) = desk(ACT="objection", **given)
    assert (row["act"], row["subject_id"], row["objection_id"]) == ("objection", "W1", "OB-20260331-0001")
    ended = {"ACT": "objection_result", "OBJECTION_ID": row["objection_id"], "RESULT": "upheld"}
    heard = listener()
    _, (row,) = desk(heard, **ended, DAY="2026-03-30", REASON="现场核实确已封填")
    assert (row["act"], row["kind"], row["objection_id"]) == (
        *("objection_result", "upheld"),
        "OB-20260331-0001",
    )
    assert query(case, "SELECT filed_on, decided_on, result FROM objections") == [
        ("2026-03-20", "2026-03-30", "upheld")
    ]
    assert any("decides on no finding" in line for line in heard.infos)
    ((after,),) = query(case, "SELECT after FROM history WHERE kind = 'objection'")
    assert hashlib.sha256(b"letter").hexdigest() in after
    assert "has its result" in refusal(desk, **ended, DAY="2026-03-31", REASON="again")
    unknown = {**ended, "OBJECTION_ID": "OB-9"}
    assert "OB-9" in refusal(desk, **unknown, DAY="2026-03-31", REASON="no such objection")


def test_objections_and_results_as_a_table(desk, case, layer):
    names = ("act", "subject_id", "day", "reason", "objection_id", "result")
    rows = [
        (None, "objection", "W1", "2026-03-20", "一", "YY-1", None),
        (None, "objection_result", None, "2026-03-21", "二", "YY-1", "rejected"),
    ]
    answer, told = desk(ACTS=layer("None", dict.fromkeys(names, "text"), rows))
    assert answer["N_RECORDED"] == 2
    assert [row["objection_id"] for row in told] == ["YY-1", "YY-1"]
    assert query(case, "SELECT decided_on, result FROM objections") == [("2026-03-21", "rejected")]
