"""``exportmaps``: what is printed equals the case, old files survive, layouts and styles of users win."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from qgis.core import QgsGeometry, QgsLayoutItemLabel, QgsPointXY, QgsProcessingException, QgsProject
from qgis.PyQt.QtGui import QImage

from overdraft.core.errors import OverdraftError
from overdraft.core.papers.pdf import n_pages, read_pdf
from overdraft.core.papers.scope import Scope
from overdraft.processing.maps import export, house, templates
from overdraft.processing.maps.request import MapRequest, _Work, export_maps, preview_map, read_case


@pytest.fixture(scope="module")
def case(judged_sample):
    return str(judged_sample)


@pytest.fixture
def profile(tmp_path, monkeypatch):
    """A profile of its own, so that nobody's layouts and styles are used."""
    folder = tmp_path / "profile"
    monkeypatch.setattr(templates, "own_folder", lambda: folder / "layouts")
    monkeypatch.setattr("overdraft.processing.maps.request.own_file", lambda: folder / "house.toml")
    (folder / "layouts").mkdir(parents=True)
    return folder


def query(path, statement, *values):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement, values).fetchall()


def text_of(path, part=None) -> str:
    """What a PDF says, in all or in a part of its pages: left, top, width, height in millimetres."""
    names = ("-x", "-y", "-W", "-H")
    crop = [
        word
        for name, mm in zip(names, part or (), strict=False)
        for word in (name, str(round(mm * 72 / 25.4)))
    ]
    done = subprocess.run(["pdftotext", "-layout", *crop, str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_r30_an_atlas_says_what_the_case_holds(run, profile, case, tmp_path, listener):
    """Letters are kept as text here, so that they can be read back."""
    said = listener()
    given = {"CASE": case, "MAPS": ["county_atlas"], "LETTERS": "text", "LANGUAGE": "en", "PROFILE": "public"}
    out = run(
        "exportmaps", {**given, "AUTHOR": "Water & <b>Bureau", "OUTPUT": str(tmp_path / "图 maps")}, said
    )
    files = out["FILES"].split("\n")
    stem = "county_atlas_en_public"
    assert files == [
        f"{stem}_650402_Gaochang.pdf",
        f"{stem}_650421_Shanshan.pdf",
        f"{stem}_650422_Toksun.pdf",
        f"{stem}.pdf",
    ]
    assert (out["N_PAGES"], out["N_FILES"]) == (3, 4)
    folder = tmp_path / "图 maps"
    assert sorted(path.name for path in folder.iterdir()) == sorted(files)
    assert [n_pages(folder / name) for name in files] == [1, 1, 1, 3]
    number = query(case, "SELECT policy_id FROM runs")[0][0]
    assert number == "turpan-2021"
    for place, (county, name) in enumerate((("650402", "Gaochang"), ("650421", "Shanshan")), start=1):
        text = text_of(folder / files[place - 1])
        table = text_of(folder / files[place - 1], (222, 80, 70, 69))
        for outcome, label in (
            ("fail", "Fail"),
            ("review", "Review"),
            ("exempt", "Exempt"),
            ("pass", "Pass"),
        ):
            sql = "SELECT count(*) FROM wells WHERE county_id = ? AND outcome = ?"
            ((n,),) = query(case, sql, county, outcome)
            assert re.search(rf"of these: {label}\s+{n:,}\b", table), (name, label)
        ((net,),) = query(case, "SELECT net_mu FROM retirement_balance WHERE unit_id = ?", county)
        assert re.search(rf"Net retired \(mu\)\s+{net:,.1f}", table)
        for words in (
            *(
                f"Wells of {name}",
                "PUBLIC",
                "INVENTED DATA",
                "CGCS",
                "Drafted",
                "Checked",
                "Approved",
                "Legend",
            ),
            *("Water & <b>Bureau", "as an aid for the authority", "to the nearest", "km"),
        ):
            assert words in text, words
        assert not re.search(r"6504\d\d-\d{4}", text)  # no ids of wells for the public
    assert any("3 pages in 4 files" in info for info in said.infos)


def test_every_label_is_filled_in(profile, case, tmp_path):
    request = MapRequest(case, tmp_path, language="zh", profile="public", author="吐鲁番市水利局")
    page = _Work(request, read_case(request), lambda sentence: None).page("township_atlas")
    assert page.layout.atlas().beginRender()
    assert page.layout.atlas().count() == 21
    page.turn_to(20)
    told = {
        item.id(): item.currentText() for item in page.layout.items() if isinstance(item, QgsLayoutItemLabel)
    }
    assert told["title"] == "托克逊县碱滩乡机井核查图"
    assert told["page"] == "第21页　共21页"
    assert told["subtitle"].startswith("依据：吐政办〔2021〕36号《")
    assert "2026-03-31" in told["subtitle"]
    assert (told["mark"], told["invented"], told["author"]) == ("公开", "虚构数据", "吐鲁番市水利局")
    (run_id, version) = query(case, "SELECT run_id, policy_version FROM runs")[0]
    for words in ("EPSG:4539", run_id, version, "4眼", "小数点后2位"):
        assert words in told["about"], words
    assert re.fullmatch(r"比例尺 1∶[\d,]+", told["scale"])
    assert [name for name in ("drafted", "checked", "approved") if "日期" not in told[name]] == []
    assert not any("[%" in text for text in told.values())
    legend = page.layout.itemById("legend").model().rootGroup()
    groups = [group.name() for group in legend.children()]
    assert groups == ["机井（按核查结论）", "灌溉地块", "界线"]  # no zone lies there


@pytest.mark.parametrize("language", ["zh", "en"])
def test_letters_kept_as_text_are_found_by_what_people_type(profile, case, tmp_path, language):
    """Figures of English lines, and Chinese under the codes of its characters, not of radicals of the same shape."""
    request = MapRequest(
        case, tmp_path, ("verdicts",), language=language, letters="text", author="吐鲁番市水利局"
    )
    page = _Work(request, read_case(request), lambda sentence: None).page("verdicts")
    (name,) = export_maps(request, lambda sentence: None, lambda share: None).files
    text = text_of(tmp_path / name)
    assert re.findall("[\u2e80-\u2fdf\ufb00-\ufb06]", text) == []
    whole = re.sub(r"[\s-]", "", text)  # a line may end within a word that has a hyphen
    for label in page.layout.items():
        if isinstance(label, QgsLayoutItemLabel):
            for line in label.currentText().split("\n"):
                words = [word for word in re.split(r"[\s　：]+", line) if word]
                assert [word for word in words if word.replace("-", "") not in whole] == [], label.id()
    for row in page.sheet.figures[""].rows:
        assert re.search(r"\s+".join(map(re.escape, row)), text), row
    ((review,),) = query(case, "SELECT count(*) FROM wells WHERE outcome = 'review'")
    assert re.search(rf"(Review \(|待核查（){review}[)）]", text)
    assert "赤岭南一般超采区" in text
    assert "风口限采区" in text  # the radical of wind has no plain form in Unicode's own tables


def test_letters_are_outlines_and_the_project_and_the_case_stay(run, profile, case, tmp_path):
    layers = set(QgsProject.instance().mapLayers())
    before = query(case, "SELECT count(*), max(seq) FROM history")
    out = run(
        "exportmaps", {"CASE": case, "MAPS": "zones,pairs", "LANGUAGE": "zh", "OUTPUT": str(tmp_path / "m")}
    )
    assert out["FILES"].split("\n") == ["zones_zh_internal.pdf", "pairs_zh_internal.pdf"]
    for name in out["FILES"].split("\n"):
        path = tmp_path / "m" / name
        assert text_of(path).strip() == ""
        assert not any(b"/Font" in body[:400] for body in read_pdf(path).objects.values())
        assert b"/Author" not in path.read_bytes()
    assert set(QgsProject.instance().mapLayers()) == layers
    assert query(case, "SELECT count(*), max(seq) FROM history") == before


def test_pictures_have_the_size_of_the_paper(run, profile, case, tmp_path):
    given = {
        "CASE": case,
        "MAPS": "retirement",
        "FORMAT": "png,svg",
        "PAPER": "A3",
        "ORIENTATION": "portrait",
    }
    out = run("exportmaps", {**given, "DPI": 60, "COUNTY": "650421", "OUTPUT": str(tmp_path)})
    assert out["FILES"].split("\n") == [f"retirement_en_internal_650421.{form}" for form in ("png", "svg")]
    image = QImage(str(tmp_path / "retirement_en_internal_650421.png"))
    assert (image.width(), image.height()) in ((701, 992), (702, 992))
    assert "<svg" in (tmp_path / "retirement_en_internal_650421.svg").read_text(encoding="utf-8")[:2000]


def test_r11_older_files_survive_what_goes_wrong(run, profile, case, tmp_path, listener, monkeypatch):
    given = {"CASE": case, "MAPS": "zones", "FORMAT": "pdf", "LANGUAGE": "en", "OUTPUT": str(tmp_path)}
    old = tmp_path / "zones_en_internal.pdf"
    old.write_bytes(b"old")
    monkeypatch.setattr(export, "n_pages", lambda path: 7)
    with pytest.raises(QgsProcessingException, match="has 7 pages where the data ask for 1"):
        run("exportmaps", given)
    monkeypatch.undo()
    monkeypatch.setattr(export.FilledPage, "rows_shown", lambda page: 2)
    with pytest.raises(QgsProcessingException, match="shows 2 of 5 rows"):
        run("exportmaps", given)
    monkeypatch.undo()
    run("exportmaps", given, listener(cancel_at=10))
    assert [path.name for path in tmp_path.iterdir() if path.name != "profile"] == [old.name]
    assert old.read_bytes() == b"old"
    run("exportmaps", {**given, "OUTPUT": str(tmp_path / "new")}, listener(cancel_at=5))
    assert not (tmp_path / "new").exists()


def test_u18_layouts_and_styles_of_users_win(profile, case, tmp_path):
    ours = templates.template("zones", "A4", "landscape", "en")
    assert ours.parent == templates.OURS
    text = ours.read_text(encoding="utf-8").replace("[% @paper_title %]", "Title of mine")
    own = profile / "layouts" / "zones_A4_landscape_en.qpt"
    own.write_text(text, encoding="utf-8")
    assert templates.template("zones", "A4", "landscape", "en") == own
    assert templates.template("verdicts", "A4", "landscape", "en").parent == templates.OURS
    (profile / "house.toml").write_text('[symbols]\nbanned = [{ fill = "#00ff00" }]\n', encoding="utf-8")
    assert house.house(profile / "house.toml").symbol("banned").color().name() == "#00ff00"
    request = MapRequest(case, tmp_path, language="en")
    image = preview_map(request, read_case(request), "zones", 40)
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#00ff00" in colours


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("layouts/sheet_A4_landscape_en.qpt", "<Layout/>", "no item with the id map"),
        ("layouts/sheet_A4_landscape_en.qpt", "<Layout", "cannot be used"),
        (
            "layouts/zones_A4_landscape_en.qpt",
            '<!DOCTYPE x [<!ENTITY a "b">]><Layout>&a;</Layout>',
            "<!ENTITY",
        ),
        ("house.toml", "[symbols]\nfail = [{ marker = 3 }]\n", "house.toml cannot be used"),
        ("house.toml", "no toml", "house.toml cannot be used"),
    ],
)
def test_s8_what_users_bring_is_checked(run, profile, case, tmp_path, name, content, told):
    (profile / name).write_text(content, encoding="utf-8")
    with pytest.raises(QgsProcessingException, match=re.escape(told)):
        run("exportmaps", {"CASE": case, "MAPS": "zones", "LANGUAGE": "en", "OUTPUT": str(tmp_path / "m")})
    assert not (tmp_path / "m").exists()


def test_missing_fonts_are_named_before_anything_is_drawn(run, profile, case, tmp_path, listener):
    ours = templates.template("zones", "A4", "landscape", "en").read_text(encoding="utf-8")
    own = profile / "layouts" / "zones_A4_landscape_en.qpt"
    own.write_text(
        ours.replace('description="Noto Sans CJK SC', 'description="No Such Font'), encoding="utf-8"
    )
    said = listener(cancel_at=9)
    run("exportmaps", {"CASE": case, "MAPS": "zones", "LANGUAGE": "en", "OUTPUT": str(tmp_path / "m")}, said)
    assert "The font No Such Font is missing here; Noto Sans CJK SC stands in for it." in said.warnings
    assert not (tmp_path / "m").exists()


def test_what_cannot_be_printed_is_said(run, provider, profile, case, tmp_path, context):
    given = {"CASE": case, "MAPS": "change", "LANGUAGE": "en", "OUTPUT": str(tmp_path / "m")}
    for wrong, told in (
        ({}, "needs OTHER"),
        ({"MAPS": "zones", "COUNTY": "1"}, "no county 1"),
        ({"MAPS": "zones", "LOGO": case}, "no picture"),
    ):
        with pytest.raises(QgsProcessingException, match=told):
            run("exportmaps", {**given, **wrong})
    check = provider.algorithm("exportmaps").create().checkParameterValues
    assert check({**given, "MAPS": "zones,roads"}, context)[1].startswith("MAPS: roads is not known")
    assert check({**given, "CASE": None}, context)[1].startswith("CASE is needed")
    assert check({**given, "DPI": 10}, context)[1].startswith("DPI: 10 is not allowed")


def test_changes_since_an_earlier_run(run, profile, register, point_wells, tmp_path):
    """Three wells: one stays, one came, one is gone."""
    paths = []
    for name, wells in (("before", ("W1", "W2")), ("after", ("W1", "W3"))):
        paths.append(str(tmp_path / f"{name}.gpkg"))
        places = {"W1": 89.3, "W2": 89.4, "W3": 89.5}
        rows = [(well, places[well], 42.3, 100.0) for well in wells]
        run("enforce", {**register, "WELLS": point_wells(rows), "OUTPUT": paths[-1]})
    given = {"CASE": paths[1], "OTHER": paths[0], "MAPS": "change", "LETTERS": "text", "LANGUAGE": "en"}
    run("exportmaps", {**given, "OUTPUT": str(tmp_path / "maps")})
    text = text_of(tmp_path / "maps" / "change_en_internal.pdf")
    counts = {"Worse outcome": 0, "Better outcome": 0, "Changed otherwise": 0, "Entered": 1, "Left": 1}
    for label, n in {**counts, "Unchanged": 1}.items():
        assert re.search(rf"{label}\s+{n}\b", text), label
    assert "INVENTED" not in text


def test_a_long_table_goes_on_on_further_pages(qgis_app, profile, case, tmp_path, monkeypatch):
    """No row is lost where a sheet has more of them than stand beside the map."""
    from overdraft.core.papers import map_figures
    from overdraft.processing.maps import sheets

    made = map_figures.Figures("Many", ("Unit", "Wells"), tuple((f"unit {n}", str(n)) for n in range(90)))
    monkeypatch.setattr(sheets, "figures_of", lambda *given: made)
    request = MapRequest(case, tmp_path, ("zones",), language="en", letters="text")
    written = export_maps(request, lambda sentence: None, lambda share: None)
    assert written.n_pages == n_pages(tmp_path / "zones_en_internal.pdf") > 1
    text = text_of(tmp_path / "zones_en_internal.pdf")
    assert [n for n in range(90) if not re.search(rf"unit {n}\s+{n}\b", text)] == []
    assert f"Page 2 of {written.n_pages}" in text


def test_ours_are_all_there_and_do_not_drift(qgis_app):
    files = sorted(path.name for path in templates.OURS.glob("*.qpt"))
    assert files == sorted(
        f"{family}_{paper}_{turned}_{language}.qpt"
        for family in ("sheet", "atlas")
        for paper in templates.PAPERS
        for turned in templates.ORIENTATIONS
        for language in ("zh", "en")
    )
    for path in templates.OURS.glob("*_zh.qpt"):
        places = [
            re.findall(r' (?:position|size|id)="([^"]*)"', each.read_text(encoding="utf-8"))
            for each in (path, path.with_name(path.name.replace("_zh", "_en")))
        ]
        assert places[0] == places[1]


# --- filters

MANAGED = "鄯善县水行政主管部门"


def test_r30_a_part_is_printed_with_its_own_figures_and_names(run, profile, case, tmp_path):
    given = {"CASE": case, "LETTERS": "text", "LANGUAGE": "zh", "OUTPUT": str(tmp_path / "maps")}
    part = {"COUNTY": "650421", "ZONE": "CQ-06", "AUTHORITY": MANAGED}
    out = run("exportmaps", {**given, **part, "MAPS": "verdicts,township_atlas"})
    stem = f"zh_internal_650421_CQ-06_{MANAGED}"
    files = out["FILES"].split("\n")
    assert files[0].startswith(f"township_atlas_{stem}_6504219")
    assert files[-2:] == [f"township_atlas_{stem}.pdf", f"verdicts_{stem}.pdf"]
    where = "zone_ids LIKE '%CQ-06%' AND authority = ?"
    homes = query(case, f"SELECT DISTINCT township_id FROM wells WHERE {where}", MANAGED)
    assert out["N_PAGES"] == len(homes) + 1
    text = text_of(tmp_path / "maps" / files[-1])
    assert f"鄯善县杏花庄严重超采区机井核查结论图\n仅示：{MANAGED}所管机井" in re.sub(
        r" *内部资料\n", "\n", text
    )
    for outcome, label in (("review", "待核查"), ("pass", "符合")):
        ((n,),) = query(case, f"SELECT count(*) FROM wells WHERE outcome = ? AND {where}", outcome, MANAGED)
        assert f"{label}（{n:,}）" in text
    whole = run("exportmaps", {**given, "MAPS": "verdicts", "ZONE": "CQ-06"})
    assert whole["FILES"] == "verdicts_zh_internal_CQ-06.pdf"
    assert len(list((tmp_path / "maps").glob("verdicts_*.pdf"))) == 2


def test_r30_a_period_of_pairs_and_of_land(run, profile, case, tmp_path, listener):
    said = listener()
    given = {"CASE": case, "LETTERS": "text", "LANGUAGE": "en", "OUTPUT": str(tmp_path)}
    out = run("exportmaps", {**given, "BEGIN": "2023-01-01", "END": "2023-12-31"}, said)
    assert out["FILES"].split("\n") == [
        f"{kind}_en_internal_20230101-20231231.pdf" for kind in ("pairs", "retirement")
    ]
    left_out = [sentence for sentence in said.warnings if "cannot be limited by period" in sentence]
    assert len(left_out) == 4  # zones, both atlases, outcomes; nobody asked for changes
    assert "Groundwater over-extraction and control zones of Turpan: this map cannot" in left_out[0]
    text = text_of(tmp_path / "pairs_en_internal_20230101-20231231.pdf")
    ((n,),) = query(
        case,
        "SELECT count(*) FROM pair_lines JOIN pairs USING (renewal_id, retired_id)"
        " WHERE pledged_on BETWEEN '2023-01-01' AND '2023-12-31'",
    )
    assert re.search(rf"^.*All\s+{n}$", text, re.MULTILINE)
    assert "Shown only: pairs pledged 2023-01-01 to 2023-12-31 · By " in text
    text = text_of(tmp_path / "retirement_en_internal_20230101-20231231.pdf")
    assert "Shown only: land retired 2023-01-01 to 2023-12-31 · By " in text
    assert "Retired 2023" in text
    assert "Retired 2024" not in text


def test_a_map_that_a_filter_does_not_fit_is_refused(run, profile, case, tmp_path):
    given = {"CASE": case, "LANGUAGE": "en", "OUTPUT": str(tmp_path / "m")}
    for wrong, told in (
        ({"MAPS": "zones", "BEGIN": "2023-01-01"}, "zones of Turpan: this map cannot be limited by period"),
        ({"MAPS": "retirement", "ZONE": "CQ-06"}, "cannot be limited by zone"),
        ({"MAPS": "pairs,change", "END": "2023-01-01"}, "changes from … to .*cannot be limited by period"),
        ({"MAPS": "zones", "ZONE": "CQ-77"}, "no zone CQ-77"),
        ({"MAPS": "zones", "AUTHORITY": "nobody"}, "the authority nobody"),
        ({"BEGIN": "2024-01-01", "END": "2023-01-01"}, "2024-01-01"),
    ):
        with pytest.raises(QgsProcessingException, match=told):
            run("exportmaps", {**given, **wrong})
    assert not (tmp_path / "m").exists()

    def preview(scope, kind):
        request = MapRequest(Path(case), tmp_path, scope=scope)
        return preview_map(request, read_case(request), kind, 30)

    with pytest.raises(OverdraftError) as caught:
        preview(Scope(begin=date(2023, 1, 1)), "zones")
    assert caught.value.key == "papers.maps.unfit"
    assert not preview(Scope(zone="CQ-06"), "verdicts").isNull()


def test_a_pair_is_drawn_whole_and_what_lies_around_the_part_is_pale(profile, case, tmp_path):
    """A well that was given up may lie outside the zone of its renewal."""
    ((zone, given_up),) = query(
        case,
        "SELECT r.zone_ids, p.retired_id FROM pair_lines p JOIN wells r ON r.well_id = p.renewal_id"
        " WHERE r.zone_ids = 'CQ-06' ORDER BY 2 LIMIT 1",
    )
    copy = tmp_path / "copy.gpkg"
    shutil.copy(case, copy)
    with closing(sqlite3.connect(copy)) as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'wells'"
        for (name,) in connection.execute(
            triggers
        ).fetchall():  # of the index, which plain SQLite does not know
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE wells SET zone_ids = 'CQ-05' WHERE well_id = ?", (given_up,))
        connection.commit()
    request = MapRequest(copy, tmp_path, scope=Scope(zone=zone), language="en")
    page = _Work(request, read_case(request), lambda sentence: None).page("pairs")
    sheet = page.sheet
    ((_, (points, _lines)),) = [group for group in sheet.groups if group[0] == "pairs"]
    assert given_up in {feature["well_id"] for feature in points.getFeatures()}
    around = sheet.groups[0][1][0]
    areas = {feature["unit_id"]: feature.geometry() for feature in around.getFeatures()}
    inside = QgsGeometry.fromWkt(sheet.part.point_on_surface().wkt)
    assert areas["shown"].contains(inside)
    assert not areas["around"].contains(inside)
    corner = QgsGeometry.fromPointXY(QgsPointXY(sheet.ground.xMaximum(), sheet.ground.yMaximum()))
    assert areas["around"].contains(corner)


def test_an_atlas_of_a_zone_without_wells_is_left_out_and_said(profile, case, tmp_path):
    copy = tmp_path / "copy.gpkg"
    shutil.copy(case, copy)
    with closing(sqlite3.connect(copy)) as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'wells'"
        for (name,) in connection.execute(
            triggers
        ).fetchall():  # of the index, which plain SQLite does not know
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE wells SET zone_ids = '' WHERE zone_ids = 'CQ-06'")
        connection.commit()
    said: list[str] = []
    request = MapRequest(copy, tmp_path, scope=Scope(zone="CQ-06"), language="en")
    work = _Work(request, read_case(request), said.append)
    assert [kind for kind in ("zones", "county_atlas", "township_atlas", "verdicts") if work.page(kind)] == [
        "zones"
    ]
    assert len([sentence for sentence in said if "holds nothing to draw" in sentence]) == 3
