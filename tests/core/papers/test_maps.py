"""Figures of printed maps are queries on the case; names of files are safe; PDF files are joined page by page."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.papers.book import open_book
from overdraft.core.papers.map_figures import figures_of, unit_figures
from overdraft.core.papers.maps import (
    NEEDS,
    land,
    title_of,
    unit_title,
    units_of,
)
from overdraft.core.papers.names import safe_name
from overdraft.core.papers.pdf import joined, n_pages, read_pdf, without_words
from overdraft.core.papers.pdf_words import plain_words
from overdraft.core.papers.scope import Scope


@pytest.fixture(scope="module")
def book(judged_sample):
    return open_book(judged_sample, NEEDS, "zh")


def query(path, statement, *values):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement, values).fetchall()


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_r30_outcomes_by_county_are_those_of_the_case(book, judged_sample):
    rows = figures_of(book, "verdicts").rows
    stored = dict(query(judged_sample, "SELECT outcome, count(*) FROM wells GROUP BY 1"))
    total = [int(number(cell)) for cell in rows[-1][1:]]
    assert total == [
        *(stored.get(name, 0) for name in ("fail", "review", "not_evaluated", "exempt", "pass")),
        6922,
    ]
    ((gaochang,),) = query(judged_sample, "SELECT count(*) FROM wells WHERE county_id = '650402'")
    assert [row[-1] for row in rows if row[0] == "高昌区"] == [f"{gaochang:,}"]
    for place in range(1, 7):
        assert sum(number(row[place]) for row in rows[:-1]) == number(rows[-1][place])


def test_r30_zones_and_their_wells(book, judged_sample):
    rows = {row[0]: row[1:] for row in figures_of(book, "zones").rows}
    banned = query(judged_sample, "SELECT count(*) FROM wells WHERE zone_control = 'banned'")[0][0]
    severe = query(judged_sample, "SELECT count(*) FROM wells WHERE zone_severity = 'severe'")[0][0]
    outside = query(judged_sample, "SELECT count(*) FROM wells WHERE placed AND zone_ids = ''")[0][0]
    assert rows["禁采区"] == ("1", f"{banned:,}")
    assert number(rows["严重超采区"][1]) == severe
    assert number(rows["分区以外"][1]) == outside


def test_r30_balances_are_those_of_the_last_run(book, judged_sample):
    fields = "sealed, renewed, reserved, required, deficit, further"
    stored = query(
        judged_sample,
        f"SELECT {fields} FROM ledger_balance WHERE pool_id = '650421' AND pool_level = 'county'",
    )
    told = [row for row in figures_of(book, "pairs").rows if row[0] == "鄯善县"]
    assert [tuple(map(number, told[0][1:]))] == stored
    ((target, net, gap),) = query(
        judged_sample, "SELECT target_mu, net_mu, gap_mu FROM retirement_balance WHERE unit_id = '650422'"
    )
    unit = dict(unit_figures(book, "county_atlas", "650422").rows)
    assert number(unit["2025年退减目标（亩）"]) == target
    assert number(unit["净退减（亩）"]) == pytest.approx(net, abs=0.05)
    assert number(unit["退减差额（亩）"]) == pytest.approx(gap, abs=0.05)
    assert unit["已封填（计入，眼）"] == "27"


def test_r30_a_township_has_its_own_wells(book, judged_sample):
    rows = dict(unit_figures(book, "township_atlas", "650402901").rows)
    n, volume = query(
        judged_sample, "SELECT count(*), sum(permit_m3) FROM wells WHERE township_id = '650402901'"
    )[0]
    assert rows["机井总数（眼）"] == f"{n:,}"
    assert number(rows["许可水量（m³）"]) == round(volume)
    assert "已更新（眼）" not in rows  # the balance is kept by county


def test_land_is_as_its_events_have_it_on_the_day_of_the_run(book, judged_sample):
    areas = land(book)
    retired = set(areas.loc[areas["state"] == "retired", "area_id"])
    stored = {
        row[0] for row in query(judged_sample, "SELECT area_id FROM irrigation WHERE status = 'retired'")
    }
    told = query(judged_sample, "SELECT subject_id, kind FROM events WHERE subject_role = 'irrigation'")
    touched = {subject for subject, _ in told}
    assert retired - touched == stored - touched
    assert {subject for subject, kind in told if kind == "retired"} - {
        s for s, k in told if k == "restored"
    } <= retired


def test_a_county_alone(judged_sample):
    book = open_book(judged_sample, NEEDS, "en", Scope(county="650421"))
    assert title_of(book, "zones").endswith("of Shanshan")
    assert [row[0] for row in figures_of(book, "pairs").rows] == ["Shanshan"]
    assert list(units_of(book, "county_atlas")["unit_id"]) == ["650421"]
    assert len(units_of(book, "township_atlas")) == 7
    assert unit_title(book, "township_atlas", "650421901") == "Wells of 胡杨渡镇, Shanshan"


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("650402", "高昌区"), "650402_高昌区"),
        (("../../etc", "pass wd"), "etc_pass_wd"),
        (('a/b\\c:d*e?f"g<h>i|j',), "a_b_c_d_e_f_g_h_i_j"),
        (("=cmd", "-x", "\u202egnp.exe"), "cmd_x_gnp.exe"),
        (("con",), "con_"),
        (("CON.pdf",), "CON.pdf_"),
        (("...", " "), "_"),
        (("县" * 100,), "县" * 60),
    ],
)
def test_s7_names_of_files_are_safe(parts, name):
    assert safe_name(*parts) == name


def pdf(path, drawings):
    """A file as Qt writes it: catalogue, pages, and for each page its drawing, compressed, and a font."""
    objects = {1: b"<<\n/Type /Catalog\n/Pages 2 0 R\n>>"}
    kids = b" ".join(b"%d 0 R" % (3 + 2 * place) for place in range(len(drawings)))
    objects[2] = b"<<\n/Type /Pages\n/Kids [%s]\n/Count %d\n>>" % (kids, len(drawings))
    last = 3 + 2 * len(drawings)
    for place, drawing in enumerate(drawings):
        packed = zlib.compress(drawing)
        page = (
            b"<<\n/Type /Page\n/Parent 2 0 R\n/Contents %d 0 R\n/Resources <<\n/Font << /F7 %d 0 R >>\n>>\n>>"
        )
        objects[3 + 2 * place] = page % (4 + 2 * place, last)
        head = b"<<\n/Length %d\n/Filter /FlateDecode\n>>\nstream\n" % len(packed)
        objects[4 + 2 * place] = head + packed + b"\nendstream"
    objects[last] = b"<< /Type /Font\n/BaseFont /Some >>"
    out, places = bytearray(b"%PDF-1.4\n"), {}
    for key, body in objects.items():
        places[key] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (key, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % places[key] for key in sorted(places))
    out += b"trailer\n<<\n/Size %d\n/Root 1 0 R\n>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path


def drawings(path):
    """What each page draws."""
    given = read_pdf(path)
    found = []
    for page in given.pages:
        number = int(given.objects[page].split(b"/Contents ")[1].split()[0])
        found.append(
            zlib.decompress(given.objects[number].split(b"stream\n", 1)[1].rsplit(b"\nendstream")[0])
        )
    return found


def test_several_files_become_one(tmp_path):
    one = pdf(tmp_path / "1.pdf", [b"q\n1 0 R is no reference here\nQ\n", b"q\nsecond\nQ\n"])
    two = pdf(tmp_path / "2.pdf", [b"q\nthird\nQ\n"])
    assert (n_pages(one), n_pages(two)) == (2, 1)
    assert joined([one, two], tmp_path / "all.pdf") == 3
    assert n_pages(tmp_path / "all.pdf") == 3
    assert drawings(tmp_path / "all.pdf") == drawings(one) + drawings(two)


def test_words_are_taken_out_and_their_outlines_stay(tmp_path):
    path = pdf(
        tmp_path / "1.pdf", [b"q\n0 0 m\n1 1 l\nf\nBT\n/F7 9 Tf <0001> Tj\nET\nQ\nq\nBT\n(x) Tj\nET\nQ\n"]
    )
    without_words(path)
    assert drawings(path) == [b"q\n0 0 m\n1 1 l\nf\nQ\nq\nQ\n"]
    assert b"/Font" not in path.read_bytes()


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.4\n", b"%PDF-1.4\nstartxref\n3\n%%EOF", b"no"])
def test_a_broken_file_is_refused(tmp_path, broken):
    path = tmp_path / "b.pdf"
    path.write_bytes(broken)
    with pytest.raises(OverdraftError) as told:
        n_pages(path)
    assert told.value.key == "papers.maps.broken_pdf"


def test_a_file_that_was_cut_short_is_refused(tmp_path):
    path = pdf(tmp_path / "1.pdf", [b"q\nQ\n"])
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(OverdraftError):
        n_pages(path)


def test_codes_of_radicals_become_those_of_characters(tmp_path):
    path = tmp_path / "1.pdf"
    head, tail = b"junk <2F54> [<2F54>]\nbegincmap\n<2F54> <2F55> [", b"]\nendbfrange\nendcmap\n[<2F54>] 6\n"
    path.write_bytes(head + b"<2FBC> <660C> <2edb> <0036> <2E9F>" + tail)
    plain_words(path)
    assert (
        path.read_bytes() == head + b"<9AD8> <660C> <98CE> <0036> <6BCD>" + tail
    )  # 高昌风6母, glyphs as they were
    before = path.stat().st_mtime_ns
    plain_words(path)
    assert path.stat().st_mtime_ns == before
