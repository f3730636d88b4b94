"""R30: every paper of one decided case, read back from its files and held against queries on the case file that share
nothing with what printed them."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pytest

from overdraft.core.papers import KINDS
from overdraft.core.schema import results_schema

from ..conftest import SEALED, SHUT, query

COUNTIES = {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}
STANDING = "decisions.state IN ('accepted', 'overridden', 'verified') AND NOT coalesce(decisions.stale, 0)"
WELL_FINDINGS = f"""SELECT wells.well_id, coalesce(decisions.outcome, findings.outcome), findings.clause
    FROM findings JOIN decisions USING (finding_id) JOIN wells ON wells.row_id = findings.subject_id
    WHERE findings.subject_role = 'wells' AND {STANDING}"""


@pytest.fixture(scope="module")
def case(decided, tmp_path_factory):
    path = tmp_path_factory.mktemp("papers") / "案卷.gpkg"
    shutil.copy(decided, path)
    return path


class Tables(HTMLParser):
    """Sections of a page with a table: head, body and foot, cell by cell, and the notes below."""

    def __init__(self):
        super().__init__()
        self.found, self.part, self.open, self.note = {}, "", None, None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "section":
            self.table = self.found[given["id"]] = {"thead": [], "tbody": [], "tfoot": [], "notes": []}
        elif tag in ("thead", "tbody", "tfoot"):
            self.part = tag
        elif tag == "tr" and self.part:
            self.table[self.part].append([])
        elif tag in ("td", "th") and self.part and given.get("class") != "nothing":
            self.table[self.part][-1].append("")
            self.open = self.table[self.part][-1]
        elif tag == "p" and given.get("class") == "note":
            self.table["notes"].append("")
            self.open = self.table["notes"]

    def handle_endtag(self, tag):
        if tag in ("td", "th", "p"):
            self.open = None
        elif tag in ("thead", "tbody", "tfoot"):
            self.part = ""

    def handle_data(self, data):
        if self.open is not None:
            self.open[-1] += data


def read_html(path):
    page = Tables()
    page.feed(path.read_text(encoding="utf-8"))
    return {
        name: {
            "head": part["thead"][0],
            "rows": [row for row in part["tbody"] if row],
            "sums": part["tfoot"],
            "notes": part["notes"],
        }
        for name, part in page.found.items()
    }


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.reader(handle))
    end = lines.index([])
    rows = [line for line in lines[1:end] if line[0]]
    sums = [line for line in lines[1:end] if not line[0]]
    return {
        "head": lines[0],
        "rows": rows,
        "sums": sums,
        "notes": [line[0] for line in lines[end + 1 :] if line],
    }


def read_xlsx(path):
    found = []
    for sheet in openpyxl.load_workbook(path).worksheets:
        first = int(re.sub(r"\D", "", sheet.freeze_panes)) - 1
        lines = list(sheet.iter_rows(min_row=first, values_only=True))
        width = sum(cell is not None for cell in lines[0])
        lines = [line[:width] for line in lines]
        rows = [line for line in lines[1:] if isinstance(line[0], int)]
        below = lines[len(rows) + 2 :]
        found.append(
            {
                "head": list(lines[0]),
                "rows": rows,
                "sums": [line for line in below if line[0] is None],
                "notes": [line[0] for line in below if line[0]],
            }
        )
    return found


def plain(cell):
    """A cell of any of the three as a text or an exact number."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    text = str(cell).replace("−", "-").replace("\r\n", "\n")
    if re.fullmatch(r"-?[\d,]+(\.\d+)?", text) and not re.match(r"-?0\d", text):
        return Decimal(text.replace(",", "")).normalize() + 0
    return text.lstrip("'").strip()


@pytest.fixture(scope="module")
def files(case, tmp_path_factory, provider):
    """``{table: {format: head, rows, sums, notes}}`` of all tables."""
    import processing

    folder = tmp_path_factory.mktemp("tables")
    given = {"CASE": str(case), "FORMATS": ["xlsx", "csv", "html"], "LANGUAGE": "zh", "PROFILE": "full"}
    answer = processing.run("overdraft:exporttables", {**given, "PERSON": "王工", "OUTPUT": str(folder)})
    assert answer["N_TABLES"] == len(KINDS) == 25
    (workbook,), (page,) = folder.glob("*.xlsx"), folder.glob("*.html")
    by_page = read_html(page)
    assert list(by_page) == list(KINDS)
    titles = re.findall(r"<h2>(.*?)</h2>", page.read_text(encoding="utf-8"))
    found = {}
    for (name, table), sheet, title in zip(by_page.items(), read_xlsx(workbook), titles, strict=True):
        (text,) = folder.glob(f"案卷 {title[:60]}*.csv")
        found[name] = {"html": table, "xlsx": sheet, "csv": read_csv(text)}
    assert answer["N_ROWS"] == sum(len(one["html"]["rows"]) for one in found.values())
    return found


@pytest.mark.parametrize("name", KINDS)
def test_three_formats_say_the_same_and_sums_are_those_of_the_rows_or_the_difference_is_told(files, name):
    kinds = files[name]
    page = kinds["html"]
    for other in (kinds["xlsx"], kinds["csv"]):
        for part in ("rows", "sums"):
            assert [[*map(plain, row)] for row in other[part]] == [[*map(plain, row)] for row in page[part]]
        assert [*map(plain, other["head"])] == [*map(plain, page["head"])]
        assert set(page["notes"]) <= {str(note).lstrip("'") for note in other["notes"]}
    assert [plain(row[0]) for row in page["rows"]] == [*range(1, len(page["rows"]) + 1)]
    assert not any(row[0] for row in page["sums"])
    whole = [row for row in page["sums"] if row[1].startswith("合计（")]
    for row in whole:
        if row[1] != f"合计（{len(page['rows']):,}）":
            assert name == "pair_balance"
            continue
        for place, cell in enumerate(row[2:], start=2):
            if cell:
                numbers = [plain(line[place]) for line in page["rows"]]
                assert plain(cell) == sum(number for number in numbers if number != ""), page["head"][place]


FIGURES = {
    "well_register": {
        None: "SELECT count(*) FROM wells",
        "许可水量 (m³)": "SELECT sum(permit_m3) FROM wells",
        "计划水量 (m³)": "SELECT sum(plan_m3) FROM wells",
        "灌溉面积 (亩)": "SELECT sum(area_mu) FROM wells",
    },
    "verdict_summary": {
        "机井（眼）": "SELECT count(*) FROM wells",
        "其中团场机井": "SELECT count(*) FROM wells WHERE management = 'regiment'",
        "不符合": "SELECT count(*) FROM wells WHERE outcome = 'fail'",
        "待核查": "SELECT count(*) FROM wells WHERE outcome = 'review'",
        "符合": "SELECT count(*) FROM wells WHERE outcome = 'pass'",
    },
    "seal_ledger": {
        None: """SELECT count(*) FROM wells WHERE status IN ('sealed', 'dismantled')""",
        "许可水量 (m³)": "SELECT sum(permit_m3) FROM wells WHERE status IN ('sealed', 'dismantled')",
    },
    "pair_ledger": {
        None: "SELECT count(*) FROM ledger WHERE kind = 'pair'",
        "更新前：核减井许可水量（m³）": """SELECT sum(permit_m3) FROM ledger JOIN wells USING (well_id)
            WHERE ledger.kind = 'pair'""",
        "更新后：更新井许可水量（m³）": """SELECT sum(m3) FROM (SELECT max(coalesce(wells.permit_m3,
            applications.permit_m3)) AS m3 FROM pairs
            LEFT JOIN applications ON applications.application_id = pairs.renewal_id
                OR applications.result_well_id = pairs.renewal_id
            LEFT JOIN wells ON wells.well_id = coalesce(applications.result_well_id, pairs.renewal_id)
            GROUP BY coalesce(applications.result_well_id, pairs.renewal_id))""",
    },
    "pair_balance": {None: "SELECT count(*) FROM ledger_balance"},
    "retirement_split": {None: "SELECT count(*) FROM retirement_balance"},
    "closing_plan": {
        None: "SELECT count(*) FROM closing_order",
        "许可水量 (m³)": "SELECT sum(permit_m3) FROM closing_order",
    },
    "plan_allocation": {None: "SELECT count(*) FROM quota_allocation"},
    "plan_balance": {None: "SELECT count(*) FROM quota_balance"},
    "power_stop": {
        None: """SELECT count(*) FROM findings LEFT JOIN decisions USING (finding_id)
            WHERE action IN ('cut_power', 'no_power') AND subject_role = 'wells'
                AND coalesce(decisions.outcome, findings.outcome) IN ('fail', 'review')"""
    },
    "permit_notice": {
        "受理申请数": "SELECT count(*) FROM applications WHERE applied_on IS NOT NULL",
        "申请批准数": "SELECT count(*) FROM applications WHERE decision = 'approved'",
        "许可证发放数": "SELECT count(DISTINCT permit_no) FROM permits WHERE approved_on IS NOT NULL",
        "发放许可水量（m³）": "SELECT sum(volume_m3) FROM permits WHERE approved_on IS NOT NULL",
    },
    "over_plan_charges": {None: "SELECT count(*) FROM over_plan_fees"},
    "over_plan_totals": {None: "SELECT count(*) FROM over_plan_totals"},
    "quarter_levels": {None: "SELECT count(DISTINCT unit_id) FROM unit_ranking"},
    "findings": {
        None: """SELECT count(*) + (SELECT count(*) FROM decisions WHERE state <> 'open'
            AND finding_id NOT IN (SELECT finding_id FROM findings)) FROM findings"""
    },
    "history": {None: "SELECT count(*) FROM history"},
    "raw_values": {None: "SELECT count(*) FROM raw_values"},
    "imports": {None: "SELECT count(*) FROM imports"},
    "clauses": {
        f"结论数：{word}": f"SELECT count(*) FROM findings WHERE clause <> '' AND outcome = '{outcome}'"
        for outcome, word in (("fail", "不符合"), ("review", "待核查"), ("exempt", "豁免"))
    }
    | {"符合数": "SELECT sum(n_pass) FROM rule_counts WHERE clause <> ''"},
}
"""By table: heading → query on the sum of that column; None → on the number of rows."""


@pytest.mark.parametrize("name", FIGURES)
def test_rows_and_sums_are_queries_on_the_case(files, case, name):
    page = files[name]["html"]
    for heading, statement in FIGURES[name].items():
        ((told,),) = query(case, statement)
        if heading is None:
            assert len(page["rows"]) == told
        else:
            place = page["head"].index(heading)
            found = sum(plain(row[place]) or 0 for row in page["rows"])
            assert abs(found - Decimal(repr(told))) <= Decimal("0.5"), heading


def by(table, *headings):
    """Cells of some columns, row by row, as plain values."""
    places = [table["head"].index(heading) for heading in headings]
    return [tuple(plain(row[place]) for place in places) for row in table["rows"]]


def counts(values):
    return {value: values.count(value) for value in set(values)}


@pytest.mark.parametrize(
    ("name", "heading", "statement"),
    [
        ("well_register", "县（区）", "SELECT county_id, count(*) FROM wells GROUP BY 1"),
        ("closing_plan", "县（区）", "SELECT county_id, count(*) FROM closing_order GROUP BY 1"),
        (
            "seal_ledger",
            "县（区）",
            "SELECT county_id, count(*) FROM wells WHERE status IN ('sealed', 'dismantled') GROUP BY 1",
        ),
        (
            "pair_ledger",
            "核减井所在县（区）",
            """SELECT wells.county_id, count(*) FROM ledger LEFT JOIN wells USING (well_id)
                WHERE kind = 'pair' GROUP BY 1""",
        ),
    ],
)
def test_rows_by_county(files, case, name, heading, statement):
    told = counts([county for (county,) in by(files[name]["xlsx"], heading)])
    expected = {COUNTIES.get(county, county): n for county, n in query(case, statement)}
    assert {county: n for county, n in told.items() if county in COUNTIES.values()} == {
        county: n for county, n in expected.items() if county in COUNTIES.values()
    }
    assert sum(told.values()) == sum(expected.values())


def test_the_county_balance_with_what_is_reserved(files, case):
    names = ("sealed", "pending", "renewed", "reserved", "required", "deficit", "further", "approvable")
    labels = ("已封填", "待佐证", "已更新", "已批未建", "应封填", "欠封填", "尚可更新", "可批准")
    expected = {
        COUNTIES[pool]: tuple(map(Decimal, row))
        for pool, *row in query(case, f"SELECT pool_id, {', '.join(names)} FROM ledger_balance")
        if pool in COUNTIES
    }
    found = {row[0]: row[1:] for row in by(files["pair_balance"]["csv"], "核算单元", *labels)}
    assert {pool: found[pool] for pool in expected} == expected
    assert len(expected) == 3
    assert sum(row[3] for row in expected.values()) == 2


def test_retired_land_by_county_in_split_and_ledger(files, case):
    """Split: rows of the balance, rounded once. Ledger: its rows by county add up to the balance, each row rounded."""
    rows = query(
        case,
        "SELECT unit_id, target_mu, retired_mu, restored_mu, net_mu, gap_mu FROM retirement_balance "
        "WHERE level = 'county'",
    )
    labels = ("目标面积 (亩)", "退减面积 (亩)", "复灌面积 (亩)", "净退减面积 (亩)", "差额 (亩)")
    split = {row[0]: row[1:] for row in by(files["retirement_split"]["html"], "单元", *labels)}
    ledger = by(files["retirement_ledger"]["xlsx"], "单元", "净退减面积 (亩)")
    for unit, *figures in rows:
        assert split[COUNTIES[unit]] == tuple(tenth(value) for value in figures)
        own = [net or 0 for county, net in ledger if county == COUNTIES[unit]]
        assert abs(sum(own) - tenth(figures[3])) <= Decimal("0.05") * len(own)
    assert sum(tenth(row[4]) for row in rows) == Decimal("176200.0")


def tenth(value):
    return Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_UP).normalize() + 0


def test_evidence_and_credit_state_of_every_seal(files, case):
    states = dict(query(case, "SELECT well_id, state FROM ledger WHERE kind = 'credit'"))
    words = {"used": "已用", "reserved": "预留", "pending": "待定", "available": "可用"}
    found = dict(by(files["seal_ledger"]["xlsx"], "机井编号", "核减状态"))
    assert {well: found[well] for well in states} == {well: words[state] for well, state in states.items()}
    assert len(states) == 106
    photos = query(
        case,
        """SELECT events.subject_id, max(evidence.taken_on) FROM events JOIN evidence USING (event_id)
            WHERE evidence.kind = 'photo' AND events.kind = 'sealed' GROUP BY 1""",
    )
    shown = dict(by(files["seal_ledger"]["csv"], "机井编号", "照片：日期"))
    for well, day in photos:
        if well in shown:
            assert day[:10] in shown[well]


# --- documents

WORDS = {token: value.zh for token, value in results_schema().enums["outcome"].items()}
_RADICALS = str.maketrans("⺟⺠⻅⻆⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰", "母民见角车长门青页风飞食马鱼鸟黄齐齿龙")


def squeezed(text):
    return "".join(unicodedata.normalize("NFKC", text).translate(_RADICALS).split())


def of_docx(path):
    opened = docx.Document(str(path))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return squeezed("".join([*(paragraph.text for paragraph in opened.paragraphs), *cells]))


def of_pdf(path):
    told = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True).stdout
    return squeezed(told.decode("utf-8"))


def of_html(path):
    words = []
    reader = HTMLParser()
    reader.handle_data = words.append
    reader.feed(re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.S))
    return squeezed("".join(words))


READ = {".docx": of_docx, ".pdf": of_pdf, ".html": of_html}


def texts(folder: Path):
    """The text of every file of a folder, by its ending."""
    return {path.suffix: READ[path.suffix](path) for path in sorted(folder.iterdir())}


def test_the_notice_in_three_formats(run, case, tmp_path):
    given = {"CASE": str(case), "UNIT": "高昌区水利局", "PHONE": "0995-1", "BEGIN": "2025-09-04"}
    answer = run(
        "publicnotice",
        {**given, "FORMATS": ["docx", "pdf", "html"], "LANGUAGE": "zh", "OUTPUT": str(tmp_path / "n")},
    )
    rows = query(case, WELL_FINDINGS)
    wells = {row[0] for row in rows}
    ((inside,),) = query(
        case,
        f"SELECT count(DISTINCT well_id) FROM wells WHERE management = 'regiment' AND well_id IN "
        f"(SELECT well_id FROM ({WELL_FINDINGS}))",
    )
    by_outcome = {word: sum(row[1] == token for row in rows) for token, word in WORDS.items()}
    assert (answer["N_FINDINGS"], answer["N_WELLS"], answer["N_WORKDAYS"]) == (len(rows), len(wells), 10)
    found = texts(tmp_path / "n")
    assert set(found) == set(READ)
    for text in found.values():
        assert f"涉及机井{len(wells)}眼(其中团场机井{inside}眼)" in text
        assert f"核查结论{len(rows)}条:" in text
        for word, n in by_outcome.items():
            assert (f"{word}{n}条" in text) == bool(n)
        assert "公示时间:2025年9月4日至9月17日,共10个工作日" in text
        for well in wells:
            assert text.count(squeezed(well)) >= sum(row[0] == well for row in rows)
        (head,) = query(case, "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")[0]
        assert head in text


def test_slips_in_two_formats(run, case, tmp_path):
    given = {"CASE": str(case), "WELLS": f"{SEALED};{SHUT}", "FORMATS": ["pdf", "html"], "LANGUAGE": "zh"}
    run("verdictslip", {**given, "TOGETHER": False, "OUTPUT": str(tmp_path)})
    for well in (SEALED, SHUT):
        facts = query(case, "SELECT depth_m, permit_m3 FROM wells WHERE well_id = ?", well)[0]
        rows = query(case, "SELECT finding_id, outcome, clause FROM findings WHERE subject_id = ?", well)
        for ending in (".pdf", ".html"):
            text = READ[ending](tmp_path / f"案卷 {well}{ending}")
            for name, outcome, clause in rows:
                assert name in text
                assert clause in text
                assert WORDS[outcome] in text
            assert len(re.findall("[0-9a-f]{16}", text.split("历史校验值")[0])) >= len(rows)
            for value in filter(None, facts):
                assert f"{value:,.0f}" in text or f"{value:.0f}" in text


def test_letters_in_two_formats(run, case, tmp_path):
    common = {"CASE": str(case), "UNIT": "水利局", "LANGUAGE": "zh", "END": "2026-05-31"}
    (name, clause) = query(
        case, "SELECT finding_id, clause FROM findings WHERE subject_id = ? AND action = 'seal'", SEALED
    )[0]
    (depth,) = query(case, "SELECT depth_m FROM wells WHERE well_id = ?", SEALED)[0]
    run(
        "officialletters",
        {**common, "KIND": "closure_notice", "WELLS": SEALED, "OUTPUT": str(tmp_path / "closure")},
    )
    for text in texts(tmp_path / "closure").values():
        assert name in text
        assert clause in text
        assert f"井深{depth:.2f}米" in text or f"井深{depth:.0f}米" in text
        assert "2026年5月31日前" in text
    filed = "SQ-2025-002"
    m3, permission, fired = query(
        case,
        """SELECT permit_m3, permission, json_array_length(fired) FROM applications JOIN vetting
            USING (application_id) WHERE application_id = ?""",
        filed,
    )[0]
    run(
        "officialletters",
        {**common, "KIND": "approval_sheet", "APPLICATIONS": filed, "OUTPUT": str(tmp_path / "sheet")},
    )
    word = results_schema().enums["permission"][permission].zh
    for text in texts(tmp_path / "sheet").values():
        assert f"{m3:,.0f}" in text
        assert squeezed(word) in text
        assert f"{fired}." in text
    run(
        "officialletters",
        {
            **common,
            **{"KIND": "opinion_letter", "WELLS": f"{SEALED};{SHUT}", "APPLICATIONS": filed},
            "OUTPUT": str(tmp_path / "opinion"),
        },
    )
    ((n,),) = query(case, "SELECT count(*) FROM findings WHERE subject_id IN (?, ?)", SEALED, SHUT)
    for text in texts(tmp_path / "opinion").values():
        assert "其中2眼机井、1件申请涉及你单位" in text
        assert len(re.findall(rf"机井(?:{SEALED}|{SHUT}):(?:{'|'.join(WORDS.values())})\(", text)) == n
