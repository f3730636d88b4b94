"""Findings with decisions and history, problems, parameters and sources: every row is one of the case."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest
from cases import GAOCHANG, LANGUAGES, act, ask, change, copied, judged, lines, override, printed

from overdraft.core.papers import KINDS, open_book

OURS = (
    *("power_stop", "power_back", "permit_notice", "over_plan_charges", "over_plan_totals", "quarter_levels"),
    *(
        "quarter_use",
        "findings",
        "history",
        "problems",
        "raw_values",
        "imports",
        "parameters",
        "clauses",
        "inputs",
    ),
)
REASON = "现场核实：已取得许可手续，材料齐全"


@pytest.fixture(scope="module")
def decided(judged_sample, tmp_path_factory):
    """The sample with four decisions of three persons."""
    path = copied(judged_sample, tmp_path_factory.mktemp("decided") / "case.gpkg")
    names = {
        kind: ask(path, "SELECT finding_id FROM findings WHERE rule = ? ORDER BY subject_id LIMIT 1", rule)[
            0
        ][0]
        for kind, rule in (
            ("accept", "power.barred"),
            ("override", "power.illegal"),
            ("defer", "permits.required"),
        )
    }
    act(path, [names["accept"]], "accept")
    act(path, [names["accept"]], "verify", "赵科长", "2026-04-02")
    override(path, [names["override"]])
    act(path, [names["defer"]], "defer", reason="等待复测", deferred_to=date(2026, 6, 1))
    return path, names


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_is_drawn_up_and_no_key_is_left_in_it(decided, name, language):
    table = printed(decided[0], name, language)
    assert all(len(column.values) == len(table) for column in table.columns)
    texts = [table.title, *table.notes, *(column.label for column in table.columns)]
    assert not [text for text in texts if "{" in text or text.startswith("papers.") or not text.strip()]
    assert len({column.label for column in table.columns}) == len(table.columns)
    assert len({column.name for column in table.columns}) == len(table.columns)
    if language == "zh":
        assert all(
            any("\u4e00" <= letter <= "\u9fff" for letter in label) or label.isascii() for label in texts
        )


@pytest.mark.parametrize("name", OURS)
def test_tables_of_a_case_that_holds_next_to_nothing(tmp_path_factory, name):
    path = tmp_path_factory.getbasetemp() / "small.gpkg"
    if not path.exists():
        judged(path, units=[GAOCHANG])
    for language in LANGUAGES:
        printed(path, name, language, "public", county="650402")


def test_one_line_for_each_finding(decided):
    path, names = decided
    table = printed(path, "findings")
    kept = dict(ask(path, "SELECT finding_id, outcome FROM findings"))
    assert sorted(lines(table, "finding_id")) == sorted(kept)
    by_outcome = {total.label: total.n for total in table.totals}
    words = {
        "fail": "不符合",
        "review": "待核查",
        "not_evaluated": "未评价",
        "exempt": "豁免",
        "pass": "符合",
    }
    assert by_outcome == {words[one]: n for one, n in Counter(kept.values()).items()} | {"合计": len(kept)}
    told = {
        row[0]: row[1:]
        for row in lines(
            table, "finding_id", "state", "decided_outcome", "decided_by", "verified_by", "reason"
        )
    }
    assert told[names["accept"]] == ("已复核", None, "王工", "赵科长", None)
    assert told[names["override"]] == ("已改判", "符合", "李工", None, REASON)
    assert told[names["defer"]] == ("已暂缓", None, "王工", None, "等待复测")
    assert Counter(state for state, *_ in told.values()) == {
        "待处理": len(kept) - 3,
        "已复核": 1,
        "已改判": 1,
        "已暂缓": 1,
    }


def test_findings_that_are_gone_stay_with_their_decision(tmp_path):
    well = {"well_id": "A", "metered": True}
    path = judged(tmp_path / "case.gpkg", wells=[well])
    [(name,)] = ask(path, "SELECT finding_id FROM findings WHERE rule = 'power.barred'")
    act(path, [name], "accept")
    judged(path, wells=[{**well, "permit_no": "P"}])
    table = printed(path, "findings")
    told = {row[0]: row[1:] for row in lines(table, "finding_id", "gone", "state", "stale")}
    assert told[name] == ("是", "已采纳", "是")
    assert {row[0] for other, row in told.items() if other != name} == {None}
    assert table.notes[0].endswith("1条。")
    assert len(table) == ask(path, "SELECT count(*) FROM findings")[0][0] + 1


@pytest.mark.parametrize(
    ("scope", "statement"),
    [
        (
            {"county": "650421"},
            """SELECT finding_id FROM findings WHERE unit_id LIKE '650421%' OR (subject_role = 'wells'
                AND coalesce(unit_id, '') = '' AND subject_id IN
                    (SELECT row_id FROM wells WHERE county_id = '650421'))""",
        ),
        (
            {"zone": "CQ-01"},
            """SELECT finding_id FROM findings WHERE (subject_role = 'wells' AND subject_id IN
                (SELECT row_id FROM wells WHERE ';' || zone_ids || ';' LIKE '%;CQ-01;%'))
                OR (subject_role = 'zones' AND subject_id = 'CQ-01')""",
        ),
        (
            {"authority": "鄯善县水行政主管部门"},
            """SELECT finding_id FROM findings WHERE subject_role = 'wells' AND subject_id IN
                (SELECT row_id FROM wells WHERE authority = '鄯善县水行政主管部门')""",
        ),
    ],
)
def test_findings_of_a_part(judged_sample, scope, statement):
    expected = sorted(name for (name,) in ask(judged_sample, statement))
    assert expected
    assert sorted(lines(printed(judged_sample, "findings", **scope), "finding_id")) == expected


def test_the_history_entry_by_entry(decided):
    path, _ = decided
    table = printed(path, "history")
    kept = ask(path, "SELECT seq, hash, who, reason FROM history ORDER BY seq")
    assert [(*row[:3], row[3]) for row in lines(table, "seq", "hash", "who", "reason")] == [
        (seq, digest, who or None, reason) for seq, digest, who, reason in kept
    ]
    assert lines(table, "kind") == ["核查运行", "采纳", "复核", "改判", "暂缓"]
    assert lines(table, "after")[2] == "已复核"
    assert lines(table, "after")[3].startswith("已改判")
    assert kept[-1][1] in table.notes[0]
    [run] = ask(path, "SELECT after FROM history WHERE kind = 'run'")
    counts = json.loads(run[0])["counts"]
    assert f"不符合 {counts['fail']}" in lines(table, "after")[0]
    assert f"Review {counts['review']}" in lines(printed(path, "history", "en"), "after")[0]


def test_the_history_of_a_part_and_of_a_period(decided):
    path, names = decided
    [(unit,)] = ask(path, "SELECT substr(unit_id, 1, 6) FROM findings WHERE finding_id = ?", names["accept"])
    table = printed(path, "history", county=unit)
    assert names["accept"] in lines(table, "subject")
    assert "核查运行" not in lines(table, "kind")
    assert len(table.notes) == 2
    assert len(printed(path, "history", begin=date(2001, 1, 1), end=date(2001, 1, 1))) == 0
    assert len(printed(path, "history", begin=date(2001, 1, 1))) == 5


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("findings", {"decided_by", "verified_by", "reason", "attachment", "changes"}),
        ("history", {"who", "login", "before", "after", "reason"}),
        ("problems", {"found", "decided_by"}),
        ("raw_values", {"raw_value", "value"}),
        ("imports", {"source", "imported_by", "undone_by"}),
        ("inputs", {"source"}),
        ("power_stop", {"decided_by", "name"}),
        ("power_back", {"decided_by", "name"}),
    ],
)
def test_the_public_sees_no_typed_text_and_no_signature(decided, name, hidden):
    whole = {column.name for column in printed(decided[0], name).columns}
    public = printed(decided[0], name, profile="public")
    assert whole - {column.name for column in public.columns} == hidden
    told = repr([*public.rows, public.notes])
    assert not any(text in told for text in (REASON, "王工", "李工", "赵科长", "浇果园"))
    internal = printed(decided[0], name, profile="internal")
    assert {column.name for column in internal.columns} == whole


def test_numbers_of_persons_are_masked_in_internal_papers(tmp_path):
    path = judged(tmp_path / "case.gpkg", wells=[{"well_id": "A", "use": "张三 13812345678"}])
    assert lines(printed(path, "raw_values", profile="internal"), "raw_value") == ["张三 138****5678"]
    assert lines(printed(path, "problems", profile="internal"), "found")[0].startswith("张三 138****5678")
    for name in ("findings", "problems", "raw_values"):
        assert "张三" not in repr([*printed(path, name, profile="public").rows])


def test_problems_are_the_findings_about_data(judged_sample):
    table = printed(judged_sample, "problems")
    statement = """SELECT finding_id FROM findings
        WHERE rule LIKE 'register.%' OR rule LIKE 'facts.%' OR rule LIKE 'placement.%'"""
    assert sorted(lines(table, "finding_id")) == sorted(name for (name,) in ask(judged_sample, statement))
    raw = ask(judged_sample, "SELECT subject_id, raw_value FROM raw_values")
    assert sorted(row for row in lines(table, "subject_id", "found") if row[1]) == sorted(raw)
    assert sorted(lines(printed(judged_sample, "raw_values"), "subject_id", "raw_value")) == sorted(raw)


def test_imports_are_added_up_and_merged_histories_listed(judged_sample, tmp_path):
    path = copied(judged_sample, tmp_path / "case.gpkg")
    for batch, at, n in (("B1", "2025-01-31T10:00:00.000Z", 7), ("B2", "2025-02-03T10:00:00.000Z", 5)):
        change(
            path,
            """INSERT INTO imports (batch_id, role, source, n_read, n_written, imported_at, imported_by)
            VALUES (?, 'wells', 'C:/张三/井.shp', ?, ?, ?, '张三')""",
            *(batch, n, n - 1, at),
        )
    table = printed(path, "imports")
    assert lines(table, "batch_id", "n_read", "n_written") == [("B1", 7, 6), ("B2", 5, 4)]
    assert (table.totals[-1].sums["n_read"], table.totals[-1].sums["n_written"]) == (12, 10)
    assert lines(printed(path, "imports", begin=date(2025, 2, 1)), "batch_id") == ["B2"]
    assert "张三" not in repr([*printed(path, "imports", profile="public").rows])
    change(
        path,
        """INSERT INTO merged_histories (case_name, seq, at, kind, subject, hash)
        VALUES ('高昌区', 1, '2025-01-31T10:00:00.000Z', 'accept', 'F', 'h')""",
    )
    assert lines(printed(path, "history"), "case_name", "seq", "kind") == [
        ("高昌区", 1, "采纳"),
        (None, 1, "核查运行"),
    ]


def test_whole_rows_and_personal_cells_are_not_printed(judged_sample, tmp_path):
    import sqlite3

    path = copied(judged_sample, tmp_path / "case.gpkg")
    with sqlite3.connect(path) as connection:
        connection.executemany(
            "INSERT INTO raw_values (batch_id, role, row, field, raw_value, reason_key) VALUES ('B', ?, 1, ?, ?, ?)",
            [
                ("wells", "*", '{"name": "张三"}', "importing.kind.replaced"),
                ("permits", "user_id", "13812345678", "importing.kind.trimmed"),
                ("persons", "user_id", "张三", "importing.kind.trimmed"),
                ("persons", "owner", "张三", "importing.kind.trimmed"),
            ],
        )
    connection.close()
    table = printed(path, "raw_values")
    assert len(table) == 6
    assert "13812345678" in lines(table, "raw_value")
    assert "13812345678" not in repr([*printed(path, "raw_values", profile="internal").rows])
    assert "张三" not in repr([*table.rows])
    assert ("整行", "被导入数据替换的行") in lines(table, "field", "reason_key")


@pytest.mark.parametrize("language", LANGUAGES)
def test_parameters_are_those_of_the_run(judged_sample, language):
    table = printed(judged_sample, "parameters", language)
    kept = ask(judged_sample, "SELECT key, clause FROM settings")
    assert lines(table, "key", "clause")[: len(kept)] == kept
    assert lines(table, "key")[len(kept) :] == ["distance_limit_m", "position_accuracy_m"]
    told = {row[0]: row[1:] for row in lines(table, "key", "value", "confidence")}
    assert told["replacement.baseline"] == ("2021-11-12", {"zh": "未核实", "en": "unverified"}[language])
    assert told["replacement.idle_years"][0] == "3"
    assert told["price.bands"][1] == {"zh": "缺失", "en": "absent"}[language]
    unverified = ask(judged_sample, "SELECT count(*) FROM settings WHERE confidence = 'unverified'")[0][0]
    assert str(unverified) in table.notes[0]


def test_a_parameter_set_by_a_person_is_shown_as_the_run_used_it(tmp_path):
    path = judged(tmp_path / "case.gpkg", values={"power.lacks": "both", "trend.window_years": 4})
    told = {row[0]: row[1:] for row in lines(printed(path, "parameters"), "key", "value", "source", "unit")}
    assert told["trend.window_years"][:2] == ("4", "用户设定")
    kept = dict(ask(path, "SELECT key, value FROM settings WHERE source = 'user'"))
    assert kept == {"power.lacks": '"both"', "trend.window_years": "4"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_clauses_with_their_counts(judged_sample, language):
    table = printed(judged_sample, "clauses", language)
    statement = "SELECT outcome, count(*) FROM findings WHERE clause = ? GROUP BY 1"
    for clause, *numbers in lines(table, "clause", *(f"n_{one}" for one in ("fail", "review", "pass"))):
        found = dict(ask(judged_sample, statement, clause))
        assert numbers == [found.get(one, 0) for one in ("fail", "review", "pass")]
    policy = open_book(judged_sample, KINDS["clauses"].needs).policy
    assert lines(table, "clause", "quote") == [(item.id, item.quote) for item in policy.clauses.values()]
    [(without,)] = ask(judged_sample, "SELECT count(*) FROM findings WHERE coalesce(clause, '') = ''")
    assert f"{without}" in table.notes[0]
    assert ("gloss" in {column.name for column in table.columns}) == (language == "en")


def test_inputs_with_their_hashes(judged_sample):
    table = printed(judged_sample, "inputs")
    [(manifest, digest)] = ask(judged_sample, "SELECT manifest, finding_hash FROM runs")
    given = json.loads(manifest)["inputs"]
    assert lines(table, "rows", "sha256") == [(item["rows"], item["sha256"]) for item in given]
    assert digest in table.notes[0]


def test_acts_since_the_run_are_told(judged_sample, tmp_path):
    from overdraft.core.casefile import CaseRows, Entry

    path = copied(judged_sample, tmp_path / "case.gpkg")
    CaseRows.open(path).apply([], [Entry("event", "A", "王工"), Entry("accept", "B", "王工")])
    for name in ("findings", "power_stop", "power_back", "problems", "quarter_levels", "over_plan_charges"):
        assert any("又登记了1项事项" in note for note in printed(path, name).notes), name
        assert not any("又登记了" in note for note in printed(judged_sample, name).notes), name
