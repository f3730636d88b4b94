"""封井台账: every seal with its evidence and its credit, by hand and against queries."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date

import pytest

from overdraft.core.casefile import CaseRows
from overdraft.core.desk.acts import By, Event
from overdraft.core.desk.record import record
from overdraft.core.papers.privacy import masked_name

ANY = "任一种：照片、现场核查、断电、许可注销、文件"
ENTRIES = """SELECT w.well_id, json_extract(l.reason_values, '$.day'), l.state, l.counts, l.renewal_id, w.permit_m3,
        json_extract(l.reason_values, '$.event'), l.clause
    FROM ledger AS l JOIN wells AS w ON w.row_id = substr(l.entry_id, instr(l.entry_id, ':') + 1)
    WHERE l.entry_id LIKE 'credit:%' OR l.entry_id LIKE 'excluded-credit:%'"""
STATE = {"used": "已用", "reserved": "预留", "pending": "待定", "available": "可用", "excluded": "不计"}


def test_each_seal_by_hand(small_case, printed, rows_of):
    table = printed(small_case(), "seal_ledger")
    assert rows_of(table, "well_id", "sealed_on", "doc_no", "missing", "credit", "counts", "renewal_id") == [
        ("S3", date(2020, 3, 1), None, ANY, "不计", "否", None),
        ("S1", date(2022, 6, 1), "封〔2022〕1号", None, "已用", "是", "R1"),
        ("S2", date(2022, 7, 1), None, ANY, "已用", "是", "R1"),
        ("S4", date(2023, 3, 1), None, ANY, "不计", "否", None),
        ("S5", date(2023, 4, 1), None, None, "预留", "是", "A2"),
        ("S6", None, None, ANY, "不计", "否", None),
    ]
    assert rows_of(table, "county", "zone", "management")[4] == ("鄯善县", "二区", "兵团")
    why = table["reason"].values
    assert "早于2021-11-12" in why[0]
    assert "用途（工业）不计入" in why[3]
    assert "无封填日期" in why[5]
    assert set(table["clause"].values) == {"TLF-4.3c"}


def test_evidence_of_each_kind(small_case, printed, rows_of):
    """Two photos stand in one cell; a document without a file goes by the number of the seal; what was taken after the
    day of the run is not there, and neither is a column for it."""
    table = printed(small_case(), "seal_ledger")
    s1 = table["well_id"].values.index("S1")
    assert rows_of(table, "photo_on", "photo_file", "photo_by")[s1] == (
        "2022-06-02；2022-06-09",
        "evidence/S1/a.jpg；evidence/S1/b.jpg",
        "张三",
    )
    assert rows_of(table, "inspection_on", "inspection_file", "inspection_by")[s1] == (
        date(2022, 6, 3),
        None,
        "李四",
    )
    assert rows_of(table, "document_on", "document_file")[s1] == (date(2022, 6, 4), "封〔2022〕1号")
    assert not [column.name for column in table.columns if column.name.startswith("power_cut")]


def test_sums_keep_regiments_apart_and_inside(small_case, printed, sums_of):
    assert sums_of(printed(small_case(), "seal_ledger")) == {
        "计入核减": {"permit_m3": 260_001},
        "不计入核减": {"permit_m3": 300_000},
        "地方": {"permit_m3": 490_000},
        "兵团": {"permit_m3": 70_001},
        "合计": {"permit_m3": 560_001},
    }


@pytest.mark.parametrize(
    ("scope", "wells"),
    [
        ({"county": "650421"}, ["S5", "S6"]),
        ({"zone": "Z1"}, ["S3", "S1", "S2", "S4"]),
        ({"begin": date(2022, 7, 1), "end": date(2023, 4, 1)}, ["S2", "S4", "S5"]),
        ({"county": "650402", "begin": date(2022, 7, 1)}, ["S2", "S4"]),
    ],
)
def test_filters(small_case, printed, scope, wells):
    assert list(printed(small_case(), "seal_ledger", **scope)["well_id"].values) == wells


def test_the_authority_is_a_filter(judged_sample, printed, ask):
    ((authority, seals),) = ask(
        judged_sample,
        """SELECT authority, count(*) FROM wells WHERE status IN ('sealed', 'dismantled') AND authority IS NOT NULL
            GROUP BY 1 ORDER BY 2 DESC LIMIT 1""",
    )
    assert len(printed(judged_sample, "seal_ledger", authority=authority)) == seals > 0


def test_profiles(small_case, printed):
    """S10: nobody's name is public; inside, names of persons are masked and those of bodies are not."""
    path = small_case()
    public = {column.name for column in printed(path, "seal_ledger", profile="public").columns}
    assert public.isdisjoint({"photo_by", "inspection_by", "photo_file", "name"})
    assert {"photo_on", "missing", "credit"} <= public
    inside = printed(path, "seal_ledger", profile="internal")
    assert [name for name in inside["inspection_by"].values if name] == ["李**", "十二师水利局"]
    assert "李四" in printed(path, "seal_ledger", profile="full")["inspection_by"].values


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("县水利局（虚构）", "县水利局（虚构）"),
        ("张三（县水利局）", "张**"),
        ("水利局（张三）", "水**"),  # a name that only might be one is masked
    ],
)
def test_a_body_may_carry_a_remark(name, shown):
    assert masked_name(name) == shown


def test_in_english(small_case, printed):
    table = printed(small_case(), "seal_ledger", "en")
    assert table.title == "Seal ledger"
    assert table["permit_m3"].label == "Permitted volume (m³)"
    assert table["credit"].values[1] == "Used"
    assert table["missing"].values[2].startswith("any one of: Photo, Inspection")
    assert "counts; it backs a renewed well" in table["reason"].values[1]


def test_a_document_without_the_rule_lists_seals_without_credit(small_case, printed):
    table = printed(small_case("kunyu-2025"), "seal_ledger")
    assert list(table["well_id"].values) == ["S3", "S1", "S2", "S4", "S5", "S6"]
    assert table["photo_file"].values[1] == "evidence/S1/a.jpg；evidence/S1/b.jpg"
    for name in ("credit", "counts", "reason", "clause", "missing"):
        assert set(table[name].values) == {None}
    assert any("未规定“减二更一”" in note for note in table.notes)


def test_what_the_run_recorded_stands(small_case, printed, rows_of, tmp_path):
    """A reopening that is recorded after the run, of a day before it, leaves the seal as the run counted it, and the
    table says that something was recorded."""
    path = tmp_path / "later.gpkg"
    shutil.copyfile(small_case(), path)
    acts = [
        Event("S5", "reopened", "2025-10-01"),
        Event("S5", "sealed", "2025-11-01", doc_no="封〔2025〕9号"),
    ]
    record(CaseRows.open(path), acts, By("李四", today=date(2026, 4, 1)), path)
    before, after = (printed(one, "seal_ledger") for one in (small_case(), path))
    for name in ("well_id", "sealed_on", "doc_no", "credit", "reason"):
        assert after[name].values == before[name].values
    assert any("另有2项登记" in note for note in after.notes)


def test_every_figure_is_a_query(judged_sample, printed, ask, rows_of, sums_of):
    """R30: days, states, holders, volumes and evidence of the sample against the case file."""
    table = printed(judged_sample, "seal_ledger")
    entries = ask(judged_sample, ENTRIES)
    assert len(table) == len(entries) == 112
    names = ("well_id", "sealed_on", "credit", "counts", "renewal_id", "permit_m3", "clause")
    told = {row[0]: row[1:] for row in rows_of(table, *names)}
    for well, day, state, counts, holder, volume, _, clause in entries:
        assert told[well] == (
            day and date.fromisoformat(day),
            STATE[state],
            "是" if counts else "否",
            holder,
            volume,
            clause,
        )
    whole = sum(row[5] or 0 for row in entries)
    assert sums_of(table)["合计"] == {"permit_m3": whole}
    assert sums_of(table)["计入核减"] == {"permit_m3": sum(row[5] or 0 for row in entries if row[3])}
    sealed = {row[6]: row[0] for row in entries}
    pieces = ask(judged_sample, "SELECT event_id, kind, taken_on, path, checked_by FROM evidence")
    assert Counter(kind for _, kind, *_ in pieces) == {"photo": 109, "inspection": 109}
    for kind in ("photo", "inspection"):
        columns = rows_of(table, "well_id", f"{kind}_on", f"{kind}_file", f"{kind}_by")
        printed_pieces = {row[0]: row[1:] for row in columns if row[1]}
        assert printed_pieces == {
            sealed[event]: (date.fromisoformat(str(day)[:10]), path, by)
            for event, own, day, path, by in pieces
            if own == kind
        }


def test_pending_are_those_that_miss_evidence(judged_sample, printed, rows_of):
    rows = rows_of(printed(judged_sample, "seal_ledger"), "credit", "counts", "missing")
    free = [row for row in rows if row[0] in ("可用", "待定")]
    assert {row[0] for row in free if row[2]} == {"待定"}
    assert {row[0] for row in free if not row[2]} == {"可用"}
