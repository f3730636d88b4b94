"""The slip of a finding: what stands on it is what the case file holds; nothing in it comes alive."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from html.parser import HTMLParser

import pytest

from overdraft.core.casefile import CaseRows, case_content, write_case
from overdraft.core.errors import OverdraftError
from overdraft.core.policy import parse_policy
from overdraft.core.report.sheet import finding_sheet
from overdraft.core.report.slip import clause_text, finding_slip, panel_page
from overdraft.core.review import Act, decide

HOSTILE = '<script>alert("x")</script>'
LANGUAGES = ("en", "zh")
TAGS = {"html", "head", "meta", "title", "style", "body", "table", "tr", "td", "th", "p", "b", "span", "hr"}
PANEL_TAGS = {"table", "tr", "td", "p", "b", "br", "font", "h3", "h4", "a"}


class Page(HTMLParser):
    """Tags, attributes and words of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.words = set(), [], []
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        self._style = tag == "style"
        self.words.append(" ")

    def handle_data(self, data):
        if not self._style:
            self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="module")
def judged(result, tmp_path_factory):
    path = tmp_path_factory.mktemp("slip") / "案 case.gpkg"
    write_case(path, case_content(result, "zh"))
    return path


@pytest.fixture
def case(judged, tmp_path):
    path = tmp_path / "case.gpkg"
    with closing(sqlite3.connect(judged)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    return path


def ask(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(statement, values).fetchall()


def change(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        for name in (
            "ST_IsEmpty",
            "ST_MinX",
            "ST_MaxX",
            "ST_MinY",
            "ST_MaxY",
        ):  # triggers of layers name them
            connection.create_function(name, 1, lambda shape: 1)
        connection.execute(statement, values)
        connection.commit()


def finding(path, rule, subject="%"):
    rows = ask(path, "SELECT * FROM findings WHERE rule = ? AND subject_id LIKE ?", rule, subject)
    assert rows, (rule, subject)
    return rows[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slip_names_the_finding_its_run_and_the_head(case, result, language):
    row = finding(case, "retirement.balance", "650421")
    text = Page(finding_slip(case, row["finding_id"], None, language)).text
    (run,) = ask(case, "SELECT * FROM runs")
    (head,) = ask(case, "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")
    clause = result.policy.clauses[row["clause"]]
    for part in (row["finding_id"], run["run_id"], "2026-03-31", row["policy_version"], head["hash"]):
        assert part in text
    assert clause.locator in text
    assert f"“{clause.quote}”" in text
    assert (clause.gloss in text) == (language == "en")
    assert result.policy.number in text
    assert result.policy.title in text
    assert "2021-11-12" in text
    assert {"en": "The data are invented.", "zh": "数据为虚构。"}[language] in text
    assert {"en": "✕ Fail", "zh": "✕ 不符合"}[language] in text


def test_figures_are_rounded_once_and_carry_their_unit(case):
    """The run stored 6957.912… mu retired of 61000 mu: three decimals, halves away from zero."""
    row = finding(case, "retirement.balance", "650421")
    assert 6957.9127 < row["measured"] < 6957.9129
    assert (row["threshold"], row["measure_unit"]) == (61000.0, "mu")
    told = {
        language: [line.value for line in finding_sheet(CaseRows(case), row["finding_id"], language).figures]
        for language in LANGUAGES
    }
    assert told == {"en": ["6,957.913 mu", "61,000 mu"], "zh": ["6,957.913 亩", "61,000 亩"]}


def test_every_piece_of_evidence_names_its_layer(case):
    row = finding(case, "placement.county", "FAR")
    sheet = finding_sheet(CaseRows(case), row["finding_id"], "en")
    assert json.loads(row["evidence"]) == {"found": "650421", "recorded": "高昌区"}
    # 650421 is a unit of the policy, with its English name; FAR lies at 12 km east, in the second county
    assert [line.value for line in sheet.evidence] == ["Shanshan (650421)", "Gaochang (高昌区)"]
    assert all(line.source for line in sheet.evidence)
    facts = {line.label: line.value for line in sheet.facts}
    assert facts["County"] == "Gaochang (高昌区)"
    assert facts["Use"] == "Irrigation"
    assert facts["Permit number"] == "P-FAR"


@pytest.mark.parametrize("language", LANGUAGES)
def test_settings_without_confirmation_are_marked(case, result, language):
    rows = ask(case, "SELECT * FROM findings WHERE unverified <> '[]' ORDER BY finding_id")
    row = next(row for row in rows if set(json.loads(row["unverified"])) & set(result.policy.settings))
    sheet = finding_sheet(CaseRows(case), row["finding_id"], language)
    marked = {line.source for line in sheet.settings if line.marked}
    assert marked == set(json.loads(row["unverified"])) & set(result.policy.settings)
    labels = {result.policy.settings[key].label(language) for key in marked}
    assert {line.label for line in sheet.settings if line.marked} == labels
    assert {"en": "⚠ unverified", "zh": "⚠ 未核实"}[language] in Page(
        finding_slip(case, row["finding_id"], None, language)
    ).text


def test_what_else_is_wrong_with_the_data_of_the_subject_is_told(case):
    """FAR is recorded in 高昌区 but lies in 鄯善县: every other finding on it says so, that finding itself does not."""
    own = finding(case, "placement.county", "FAR")
    assert finding_sheet(CaseRows(case), own["finding_id"], "en").notes == ()
    other = finding(case, "power.illegal", "FAR")
    notes = finding_sheet(CaseRows(case), other["finding_id"], "en").notes
    assert "高昌区" in notes[0]
    assert len(notes) == 1 + bool(json.loads(other["unverified"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_decision_verification_changes_and_history(case, language):
    row = finding(case, "placement.county", "FAR")
    name, store = row["finding_id"], CaseRows(case)
    decide(
        store,
        [name],
        Act("defer", "李工", reason="等待测量", deferred_to=date(2026, 5, 1)),
        today=date(2026, 4, 1),
    )
    decide(
        store,
        [name],
        Act(
            "override",
            "李工",
            outcome="pass",
            reason_kind="site_check",
            reason="现场核实位于高昌区境内",
            attachment="文-7",
        ),
        today=date(2026, 4, 2),
    )
    decide(store, [name], Act("verify", "王工"), today=date(2026, 4, 3))
    changed = {
        "outcome": ["review", "fail"],
        "evidence": {"found": ["650421", "650402"]},
        "measured": [None, 2.5],
    }
    change(case, "UPDATE decisions SET stale = 1, changed = ?", json.dumps(changed))
    sheet = finding_sheet(store, name, language)
    assert sheet.stale
    values = [line.value for line in sheet.decision]
    outcome = {"en": "Pass", "zh": "符合"}[language]
    kind = {"en": "Checked on site", "zh": "现场核实"}[language]
    assert values == [
        outcome, "李工", "2026-04-02", kind, "现场核实位于高昌区境内", "文-7", "王工", "2026-04-03",
    ]  # fmt: skip
    told = {line.label: (line.then, line.now) for line in sheet.changes}
    assert (
        told[{"en": "Outcome", "zh": "结论"}[language]]
        == {
            "en": ("Review", "Fail"),
            "zh": ("待核查", "不符合"),
        }[language]
    )
    assert ("—", "2.5") in told.values()
    assert [(item.who, item.reason) for item in sheet.history] == [
        ("李工", "等待测量"), ("李工", "现场核实位于高昌区境内"), ("王工", ""),
    ]  # fmt: skip
    states = {
        "en": [("Open", "Deferred (2026-05-01)"), ("Deferred (2026-05-01)", "Overridden (Pass)")],
        "zh": [("待处理", "已暂缓（2026-05-01）"), ("已暂缓（2026-05-01）", "已改判（符合）")],
    }[language]
    assert [(item.before, item.after) for item in sheet.history][:2] == states
    text = Page(finding_slip(store, name, None, language)).text
    assert all(value in text for value in values)


def test_a_finding_that_no_run_finds_any_more_is_shown_as_decided_on(case):
    row = finding(case, "placement.county", "FAR")
    store = CaseRows(case)
    decide(store, [row["finding_id"]], Act("accept", "李工"))
    change(case, "DELETE FROM findings WHERE finding_id = ?", row["finding_id"])
    change(case, "UPDATE decisions SET stale = 1, changed = ?", '{"finding":"gone"}')
    text = Page(finding_slip(store, row["finding_id"], None, "en")).text
    assert "no longer finds this" in text
    assert "FAR" in text


def test_a_finding_that_is_not_there_is_refused(case):
    with pytest.raises(OverdraftError) as refused:
        finding_slip(case, "0000000000000000")
    assert refused.value.key == "slip.no_finding"


def test_another_document_or_version_is_said(case, result):
    row = finding(case, "retirement.balance", "650421")
    change(case, "UPDATE findings SET policy_version = '0123456789abcdef'")
    text = Page(finding_slip(case, row["finding_id"], None, "en")).text
    assert "under version 0123456789abcdef" in text
    assert result.policy.version in text
    change(case, "UPDATE findings SET policy_id = 'our-own'")
    text = Page(finding_slip(case, row["finding_id"], None, "en")).text
    assert "our-own is not at hand" in text
    assert row["clause"] in text


def test_the_clause_is_quoted_from_the_document_that_the_case_holds(case, result):
    """A document of the bureau's own under the name of one of ours: its words count, not those of ours."""
    row = finding(case, "retirement.balance", "650421")
    quote = result.policy.clauses[row["clause"]].quote
    own = parse_policy(result.policy.text.replace(quote, quote + "（本县另有规定）"), "own.toml")
    change(case, "UPDATE meta SET value = ? WHERE key = 'policy'", own.text)
    change(case, "UPDATE findings SET policy_version = ?", own.version)
    sheet = finding_sheet(CaseRows(case), row["finding_id"], "zh")
    assert sheet.clause.quote == quote + "（本县另有规定）"
    assert finding_sheet(CaseRows(case), row["finding_id"], "zh", result.policy).clause == sheet.clause
    change(case, "UPDATE meta SET value = 'no document' WHERE key = 'policy'")
    assert finding_sheet(CaseRows(case), row["finding_id"], "zh").clause.quote == quote


@pytest.mark.parametrize("language", LANGUAGES)
def test_s3_hostile_text_is_inert(case, language):
    """S2, S3: markup from data appears literally, no tag or address of it comes alive."""
    name = ask(case, "SELECT finding_id FROM findings WHERE subject_id = ?", HOSTILE)
    reason = '<img src=file:///x> "; DROP TABLE findings; -- ${table} {{ head }} <a href="http://x.y">'
    change(case, "UPDATE wells SET name = ?, village = ? WHERE row_id = ?", reason, "长" * 1000, HOSTILE)
    store = CaseRows(case)
    decide(store, [name[0][0]], Act("defer", "<b>李</b>", reason=reason, deferred_to=date(2999, 1, 1)))
    page = Page(finding_slip(store, name[0][0], None, language))
    assert page.tags <= TAGS
    assert {key for key, _ in page.attributes} & {"src", "href", "onerror", "onload", "style"} == set()
    for text in (HOSTILE, reason, "<b>李</b>", "长" * 1000):
        assert text in page.text
    panel = Page(panel_page(finding_sheet(store, name[0][0], language), language, "#555555"))
    assert panel.tags <= PANEL_TAGS
    assert {value for key, value in panel.attributes if key == "href"} <= {
        "#clause",
        "#facts",
        "#path",
        "#history",
    }
    assert HOSTILE in panel.text
    assert reason in panel.text


def test_s10_personal_data_stay_away(case):
    row = finding(case, "placement.county", "FAR")
    change(case, "INSERT INTO persons (user_id, owner, phone) VALUES ('U1', '张三丰', '13912345678')")
    change(case, "UPDATE wells SET user_id = 'U1', name = '联系13812345678', village = '11010519491231002X'")
    for language in LANGUAGES:
        text = finding_slip(case, row["finding_id"], None, language)
        assert "张三丰" not in text
        assert not re.search(r"1[3-9]\d{9}|\d{17}[\dX]", Page(text).text.replace(head_of(case), ""))
        assert "138****5678" in text


def head_of(path):
    return ask(path, "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")[0]["hash"]


def test_the_clause_can_be_pasted(case, result):
    row = finding(case, "retirement.balance", "650421")
    clause = result.policy.clauses[row["clause"]]
    text = clause_text(finding_sheet(CaseRows(case), row["finding_id"], "zh"), "zh")
    lines = text.splitlines()
    assert lines[0] == f"{result.policy.title} {result.policy.number}"
    assert lines[1:] == [f"{clause.id} {clause.locator}", *clause.quote.splitlines()]


def test_an_id_on_several_rows_names_none_of_them(case):
    row = finding(case, "placement.county", "FAR")
    change(case, "UPDATE wells SET row_id = 'FAR' WHERE well_id = 'EDGE'")
    sheet = finding_sheet(CaseRows(case), row["finding_id"], "en")
    assert sheet.facts == ()
    assert "The register holds no row, or several, under this id." in sheet.notes


def test_no_two_languages_on_one_slip(case):
    row = finding(case, "retirement.balance", "650421")
    sheet = finding_sheet(CaseRows(case), row["finding_id"], "zh")
    labels = [
        line.label for line in (*sheet.evidence, *sheet.facts, *sheet.settings, *sheet.run, *sheet.figures)
    ]
    assert labels
    assert all(re.search("[\u4e00-\u9fff]", label) for label in labels)
