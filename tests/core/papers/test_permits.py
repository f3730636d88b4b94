"""许可办理通报: approvals and permits by month and county, as TOL-16b asks for them."""

from __future__ import annotations

from datetime import date

import pytest
from cases import EAST, LANGUAGES, ask, judged, lines, printed

COUNTIES = {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}


def permit(number, county=None, day="2025-03-04", **more):
    return {"permit_no": number, "county": county, "approved_on": day, "volume_m3": 100.4, **more}


def application(number, decision="approved", day="2025-03-09", county="高昌区", **more):
    return {"application_id": number, "county": county, "decision": decision, "decided_on": day, **more}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two counties, two months; one permit named by its wells alone, one of both counties, one without a day."""
    return judged(
        tmp_path_factory.mktemp("permits") / "case.gpkg",
        wells=[
            {"well_id": "A", "permit_no": "G1"},
            {"well_id": "B", "permit_no": "G2", "management": "regiment"},
            {"well_id": "C", "permit_no": "S1", **EAST},
        ],
        permits=[
            permit("G1", "高昌区"),
            permit("G2", "650402", state="cancelled"),
            permit("S1"),
            permit("S2", "鄯善县", "2025-04-01"),
            permit("S3", "鄯善县", None),
            permit("X"),
        ],
        permit_wells=[{"permit_no": "X", "well_id": "A"}, {"permit_no": "X", "well_id": "C"}],
        applications=[
            application("1", applied_on="2025-02-01"),
            application("2", management="regiment"),
            application("3", "refused", "2025-04-02"),
            application("4", day=None),
            application("5", "pending", None, "鄯善县", applied_on="2025-04-30", **EAST),
        ],
    )


def counted(path, **scope):
    names = (
        "month",
        "county",
        "applied",
        "approved",
        "approved_regiment",
        "refused",
        "issued",
        "issued_regiment",
    )
    return lines(printed(path, "permit_notice", **scope), *names)


def test_by_month_and_county(small):
    assert counted(small) == [
        ("2025-02", "高昌区", 1, 0, 0, 0, 0, 0),
        ("2025-03", "未归属", 0, 0, 0, 0, 1, 0),
        ("2025-03", "高昌区", 0, 2, 1, 0, 2, 1),
        ("2025-03", "鄯善县", 0, 0, 0, 0, 1, 0),
        ("2025-04", "高昌区", 0, 0, 0, 1, 0, 0),
        ("2025-04", "鄯善县", 1, 0, 0, 0, 1, 0),
    ]
    table = printed(small, "permit_notice")
    assert table.notes[1] == "因无日期未计入任何月份：批准1件，许可证1件。"
    assert lines(table, "cancelled") == [0, 0, 1, 0, 0, 0]
    whole = table.totals[-1].sums
    assert (whole["approved"], whole["issued"], whole["issued_m3"]) == (2, 5, 501)  # 100 + 201 + 100 + 100
    assert table.totals[-1].differences == {"issued_m3": 1}  # five times 100.4 are 502


def test_scope(small):
    assert counted(small, county="650421") == [
        ("2025-03", "鄯善县", 0, 0, 0, 0, 1, 0),
        ("2025-04", "鄯善县", 1, 0, 0, 0, 1, 0),
    ]
    march = {"begin": date(2025, 3, 4), "end": date(2025, 3, 31)}
    assert {row[0] for row in counted(small, **march)} == {"2025-03"}
    assert counted(small, begin=date(2025, 3, 5), end=date(2025, 3, 31)) == [
        ("2025-03", "高昌区", 0, 2, 1, 0, 0, 0)
    ]
    [(authority,)] = ask(small, "SELECT authority FROM wells WHERE well_id = 'C'")
    of_authority = printed(small, "permit_notice", authority=authority)
    assert sum(lines(of_authority, "issued")) == 2  # S1 and X, by their wells
    assert any("范围内机井" in note for note in of_authority.notes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_agrees_with_queries(judged_sample, language):
    table = printed(judged_sample, "permit_notice", language)
    told = {
        (row[0], row[1]): row[2:]
        for row in lines(table, "month", "county", "issued", "issued_m3", "cancelled")
    }
    query = """SELECT strftime('%Y-%m', approved_on), county, count(*), round(sum(volume_m3)),
        sum(state = 'cancelled') FROM permits GROUP BY 1, 2"""
    names = dict(zip(COUNTIES.values(), ("Gaochang", "Shanshan", "Toksun"), strict=True))
    found = ask(judged_sample, query)
    assert found
    for month, county, *figures in found:
        place = county if language == "zh" else names[county]
        assert [float(one) for one in told.pop((month, place))] == figures
    assert not any(any(row) for row in told.values())
    [(approved,)] = ask(judged_sample, "SELECT count(*) FROM applications WHERE decision = 'approved'")
    [(applied,)] = ask(judged_sample, "SELECT count(*) FROM applications WHERE applied_on IS NOT NULL")
    sums = table.totals[-1].sums
    assert (sums["approved"], sums["applied"]) == (approved, applied)
    regiment = """SELECT count(DISTINCT permit_no) FROM permits WHERE permit_no IN
        (SELECT permit_no FROM wells WHERE management = 'regiment')"""
    assert sums["issued_regiment"] == ask(judged_sample, regiment)[0][0]
