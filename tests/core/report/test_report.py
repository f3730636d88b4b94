"""The report: every figure equals a query on the case file, hostile text is inert, both languages are whole."""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from overdraft.core.casefile import case_content, read_case, write_case
from overdraft.core.casefile.layout import REPLACED
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.messages import catalogue
from overdraft.core.report import figures, render_report
from overdraft.core.report.words import Words

ROOT = Path(__file__).resolve().parents[3]
OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")
VOID = {"meta", "br", "col"}


class Page(HTMLParser):
    """What a browser would see: tags, attributes, and the tables of each section as lists of cells."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.tables, self.section, self.words = {}, "", []
        self._cell = None
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = dict(attrs)["id"]
        if tag == "table":
            self.tables.setdefault(self.section, []).append([])
        if tag == "tr":
            self.tables[self.section][-1].append([])
        if tag in ("td", "th"):
            self._cell = []
        self.handle_data(" " if tag in ("td", "th", "br", "p", "li", "div") else "")

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("td", "th"):
            self.tables[self.section][-1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())


@pytest.fixture(scope="session")
def pages(result):
    """The page in each language."""
    return {language: Page(render_report(result, language)) for language in ("en", "zh")}


@pytest.fixture(scope="session")
def case(result, tmp_path_factory):
    """The case file of the same run."""
    path = write_case(tmp_path_factory.mktemp("case") / "case.gpkg", case_content(result, "en")).path
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def tenths(value):
    """The test's own rounding: half up, from the shortest decimal of the stored number."""
    return "—" if value is None else f"{Decimal(repr(value)).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def whole(value):
    return "—" if value is None else f"{value:,}"


def test_a_run_replays_from_its_case_file(result, tmp_path):
    content = case_content(result, "zh")
    assert set(REPLACED) <= set(content.tables)
    path = write_case(tmp_path / "case.gpkg", content).path
    again = enforce(build_register(read_case(path)), result.policy, result.as_of, EnforceSettings())
    assert again.manifest["finding_hash"] == result.manifest["finding_hash"]
    assert again.counts == result.counts
    write_case(path, case_content(again, "zh"))
    third = enforce(build_register(read_case(path)), result.policy, result.as_of, EnforceSettings())
    assert third.manifest["finding_hash"] == result.manifest["finding_hash"]


def test_wells_by_outcome_are_those_of_the_case(pages, case, result):
    counts = dict(case.execute("SELECT outcome, count(*) FROM wells GROUP BY outcome"))
    assert len([n for n in counts.values() if n]) >= 3
    table = pages["en"].tables["wells"][0]
    assert table[-1] == ["Total", *(whole(counts.get(o, 0)) for o in OUTCOMES), whole(sum(counts.values()))]
    assert f"{sum(counts.values()):,} wells" in pages["en"].text
    assert counts == {outcome: n for outcome, n in result.counts.items() if n}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_rows_of_wells_add_up_to_the_total(pages, place):
    table = pages["zh"].tables["wells"][place]
    numbers = [[int(cell.replace(",", "")) for cell in row[1:]] for row in table[1:]]
    assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1]
    assert all(sum(row[:-1]) == row[-1] for row in numbers)


def test_wells_by_county(pages, case):
    counties = {"650402": "Gaochang", "650421": "Shanshan", "650422": "Toksun", None: "Not assigned"}
    rows = case.execute(
        "SELECT county_id, count(*), sum(outcome = 'fail'), sum(outcome = 'review') FROM wells GROUP BY county_id"
    ).fetchall()
    shown = {row[0]: row for row in pages["en"].tables["wells"][0][1:-1]}
    assert len(shown) == len(rows)
    for county, total, fail, review in rows:
        row = shown[counties[county]]
        assert (row[-1], row[1], row[2]) == (whole(total), whole(fail), whole(review))


def test_wells_by_authority(pages, case):
    rows = case.execute(
        "SELECT authority, count(*), sum(outcome = 'fail') FROM wells GROUP BY authority"
    ).fetchall()
    shown = {row[0]: (row[-1], row[1]) for row in pages["zh"].tables["wells"][1][1:-1]}
    assert shown == {name or "未归属": (whole(total), whole(fail)) for name, total, fail in rows}
    assert len(rows) >= 2


def test_balance_is_that_of_the_case(pages, case):
    columns = (
        "sealed, pending, renewed, reserved, required, deficit, further, approvable, net_change, n_doubt"
    )
    rows = case.execute(
        "SELECT " + columns + ", outcome FROM ledger_balance WHERE pool_level = 'county' ORDER BY fid"
    ).fetchall()
    table = pages["en"].tables["replacement"][0]
    assert table[0][1:9] == [
        "Sealed",
        "Pending",
        "Renewed",
        "Reserved",
        "Required",
        "Deficit",
        "Further renewals",
        "Approvable",
    ]
    assert len(table) - 1 == len(rows) == 4
    labels = {"fail": "Fail", "review": "Review", "not_evaluated": "Not evaluated", "pass": "Pass"}
    for shown, stored in zip(table[1:], rows, strict=True):
        net = whole(abs(stored[8]))
        expected = [*map(whole, stored[:8]), f"−{net}" if stored[8] < 0 else f"+{net}" if stored[8] else "0"]
        assert shown[1:-1] == [*expected, whole(stored[9])]
        assert shown[-1] == labels[stored[-1]]
    assert rows[0][:6] == (4, 1, 1, 0, 2, 0)
    assert rows[1][:6] == (0, 0, 1, 0, 2, 2)


def test_zone_diagnostics_and_entries(pages, case):
    zones = case.execute("SELECT count(*) FROM ledger_balance WHERE pool_level = 'zone'").fetchone()[0]
    assert len(pages["en"].tables["replacement"][1]) - 1 == zones
    kinds = dict(case.execute("SELECT kind, count(*) FROM ledger GROUP BY kind"))
    for kind, title in (("pair", "Pairs and their permissions"), ("credit", "Sealed wells that count")):
        assert f"{title} ({kinds[kind]:,})" in pages["en"].text
    entries = next(table for table in pages["en"].tables["replacement"] if table[0][-1] == "Entries")
    assert sum(int(row[-1]) for row in entries[1:]) == sum(kinds.values())


def test_retirement_is_that_of_the_case(pages, case):
    columns = (
        "target_mu, retired_mu, restored_mu, net_mu, gap_mu, registered_mu, area_difference_mu, n_parcels"
    )
    rows = case.execute("SELECT " + columns + " FROM retirement_balance ORDER BY fid").fetchall()
    table = pages["zh"].tables["retirement"][0]
    assert len(table) - 1 == len(rows)
    for shown, stored in zip(table[1:], rows, strict=True):
        assert shown[1:9] == [*map(tenths, stored[:7]), whole(stored[7])]
        share = "—"
        if stored[0] and stored[3] is not None:
            exact = Decimal(repr(stored[3] / stored[0] * 100))
            share = f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,}%"
        assert shown[9] == share
    assert "66,000.0" in pages["zh"].text


def test_findings_by_rule_are_those_of_the_case(pages, case):
    counted = {
        rule: (subjects, passed, beyond)
        for rule, subjects, passed, beyond in case.execute(
            "SELECT rule, sum(n_subjects), sum(n_pass), sum(n_out_of_scope) FROM rule_counts GROUP BY rule"
        )
    }
    found = {}
    for rule, outcome, n in case.execute(
        "SELECT rule, outcome, count(*) FROM findings GROUP BY rule, outcome"
    ):
        found.setdefault(rule, {})[outcome] = n
    table = pages["en"].tables["findings"][0]
    assert len(table) - 2 == len(set(counted) | set(found))
    for row in table[1:-1]:
        rule = row[0].rpartition(" ")[2]
        numbers = [int(cell.replace(",", "")) for cell in row[2:]]
        assert tuple(numbers[:3]) == counted[rule]
        assert numbers[3:] == [found.get(rule, {}).get(outcome, 0) for outcome in OUTCOMES]
        assert numbers[0] == sum(numbers[1:])
    total = dict(case.execute("SELECT outcome, count(*) FROM findings GROUP BY outcome"))
    assert table[-1][-5:] == [whole(total.get(outcome, 0)) for outcome in OUTCOMES]
    for rule, numbers in found.items():
        assert f"({sum(numbers.values()):,}) {rule}" in pages["en"].text


def test_inputs_are_those_of_the_manifest(pages, case, result):
    (manifest,) = case.execute("SELECT manifest FROM runs").fetchone()
    table = pages["en"].tables["inputs"][0]
    assert len(table) - 1 == len(result.manifest["inputs"])
    for row, item in zip(table[1:], result.manifest["inputs"], strict=True):
        assert (row[1], row[3]) == (whole(item["rows"]), item["sha256"])
        assert item["sha256"] in manifest
    (run, findings) = case.execute("SELECT run_id, finding_hash FROM runs").fetchone()
    assert run in pages["en"].text
    assert findings in pages["zh"].text


def test_hostile_names_are_inert(result):
    for language in ("en", "zh"):
        html = render_report(result, language, case_path='C:/"><script>evil()</script>.gpkg')
        page = Page(html)
        assert "script" not in page.tags
        assert "img" not in page.tags
        assert 'alert("x")' in page.text
        assert "evil()" in page.text
        assert "<b>def</b>" in page.text
        assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_the_page_needs_nothing_from_elsewhere(pages):
    for page in pages.values():
        assert not {"link", "iframe", "object", "embed", "form", "script", "base"} & set(page.tags)
        for tag, name, value in page.attributes:
            assert name not in ("src", "srcset", "data", "action"), (tag, name)
            if name == "href":
                assert value.startswith("#")
        assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes
    style = (ROOT / "resources/report/style.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_sections_that_the_contents_name_exist(pages):
    for page in pages.values():
        anchors = {value[1:] for _, name, value in page.attributes if name == "href"}
        ids = {value for _, name, value in page.attributes if name == "id"}
        assert anchors <= ids


def test_outcomes_never_speak_by_colour_alone(result):
    for language in ("en", "zh"):
        badges = re.findall(
            r'<span class="badge [a-z_]+"><svg.*?</svg>([^<]+)</span>', render_report(result, language)
        )
        assert len(badges) > 20
        assert all(label.strip() for label in badges)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_left_unsaid(pages, result, language):
    text = pages[language].text
    assert not re.findall(r"\{[a-z_]+\}", text)
    assert not re.findall(r"\b(?:report|replacement|placement|retirement)\.[a-z_.]+_differs\b", text)
    known = set(result.policy.settings) | set(result.rule_counts["rule"]) | set(result.findings["rule"])
    for key in re.findall(
        r"\b(?:replacement|placement|retirement|register|policy|facts|report)\.[a-z_.]+[a-z]", text
    ):
        assert key in known, key


def test_every_rule_has_words(result, bare_result):
    for run in (result, bare_result):
        for rule in {*run.findings["rule"], *run.rule_counts["rule"]}:
            assert f"report.rule.{rule}" in catalogue(), rule


def test_chinese_pages_speak_chinese(pages):
    text = pages["zh"].text
    for word in (
        "本报告所用数据为虚构",
        "减二更一",
        "退减灌溉面积",
        "各条款及其结果",
        "所用参数",
        "未核实",
        "农业灌溉",
    ):
        assert word in text
    for word in ("Outcome", "Findings", "Review", "irrigation /", "Not assigned"):
        assert word not in text


def test_invented_data_are_called_so(result, bare_result):
    assert "The data in this report are invented." in render_report(result, "en")
    assert "invented" not in Page(render_report(bare_result, "en")).text


def test_without_other_layers_the_report_says_so(bare_result):
    page = Page(render_report(bare_result, "en"))
    assert "Not supplied: Over-extraction zones" in page.text
    assert "No irrigation areas were supplied" in page.text
    assert "No pairs were supplied" in page.text
    assert page.tables["replacement"][0][1][-1] == "Not evaluated"


def test_clauses_quote_the_document(pages, result):
    clause = result.policy.clauses["TLF-4.3c"]
    for page in pages.values():
        assert clause.quote in page.text
    assert clause.gloss in pages["en"].text
    assert clause.gloss not in pages["zh"].text


def test_settings_show_what_the_run_set(result):
    given = dict(result.manifest["settings"]) | {"reading": "R2"}
    changed = replace(result, manifest={**result.manifest, "settings": given})
    rows = {
        row[0].rpartition(" ")[2]: row for row in Page(render_report(changed, "en")).tables["settings"][0][1:]
    }
    assert rows["replacement.reading"][1:4] == [
        "R2: the replaced well and two more",
        "Set by the user",
        "set by the user",
    ]
    assert rows["replacement.sealed_states"][1] == "Sealed, Dismantled"
    assert rows["replacement.idle_years"][1:4] == ["3 years", "Default reading", "unverified"]
    assert rows["retirement.baseline"][1:4] == ["2021-01-01", "From the text", "verified"]
    assert rows["distance_limit_m"][1] == "1000"


def test_the_policys_own_slip_is_shown(pages):
    rows = pages["en"].tables["checks"][0]
    slip = next(row for row in rows if row[0] == "TLF-1.2h" and row[2].startswith("11.2 "))
    assert slip[2:] == ["11.2 × 10⁸ m³", "11.21 × 10⁸ m³", "+0.01 × 10⁸ m³", "disagrees"]


def test_long_lists_say_where_the_rest_is(result):
    page = Page(render_report(result, "en", rows=2))
    n = int((result.ledger.ledger["kind"] == "credit").sum())
    assert n > 2
    assert f"2 of {n} shown. The rest stands in the case file, table ledger, kind = credit." in page.text


def test_sums_that_do_not_agree_are_told(result):
    balance = result.retirement.balance.copy()
    city = balance["unit_id"] == "6504"
    parts = balance["level"] == "county"
    balance.loc[parts, "net_mu"] = 0.04
    balance.loc[city, "net_mu"] = 0.12
    changed = replace(result, retirement=replace(result.retirement, balance=balance))
    text = Page(render_report(changed, "en")).text
    assert "the rounded rows of the counties add up to 0.0 mu, Turpan stands at 0.1 mu" in text
    assert "is due to rounding" in text
    balance.loc[city, "net_mu"] = 5.0
    assert "is no rounding" in Page(render_report(changed, "en")).text


def test_rounding_is_half_up_and_once():
    assert [figures.area(x) for x in (0.25, 0.05, 1234.55, None, float("nan"), -0.04)] == [
        "0.3",
        "0.1",
        "1,234.6",
        "—",
        "—",
        "0.0",
    ]
    assert figures.percent(0.98989) == "98.99%"
    assert figures.percent(None) == "—"
    assert figures.signed(-1500) == "−1,500"
    assert figures.signed(0) == "0"
    assert figures.share(1, 0) is None


def test_words_of_unknown_tokens_and_keys_are_the_tokens(result):
    words = Words("zh", result.policy)
    assert words.token("outcome", "odd") == "odd"
    assert words.sentence("no.such_key", "{}") == "no.such_key"
    assert words.rule("new.rule") == "new.rule"
    assert words.sentence("replacement.credit.undated", {"well": True}).startswith("机井是")


def test_without_jinja_the_message_says_what_to_do(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(OverdraftError, match="needs the Python package jinja2"):
        render_report(result, "en")


def test_every_message_of_the_family_is_used():
    folder = ROOT / "core/report"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    source += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "resources/report").glob("*.j2"))
    composed = (
        "rule.",
        "meaning.",
        "kind.",
        "state.",
        "choice.",
        "reason.",
        "confidence.",
        "force.",
        "unit.",
        "role.",
    )
    composed += ("warning.", "zone.", "met.", "basis.", "cause.", "option.", "balance_rule_")
    for key in (key for key in catalogue() if key.startswith("report.")):
        name = key.removeprefix("report.")
        assert name.startswith(composed) or f'"{name}"' in source or f'"{key}"' in source, key
