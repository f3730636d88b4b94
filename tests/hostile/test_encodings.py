"""R20: texts in every encoding, whatever the file says of itself; the source is read again, never written."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from make import CANONICAL, HEADINGS, PLACES, WELLS, text_fields, text_file, well_shapefile, wells
from make import shapefile as shapefile_of
from qgis.core import QgsVectorLayer

NOTE, WARNING = "note", "warning"
FIELDS = ("well_id", "use", "status", "county")


def canonical(made):
    return [{name: row[name] for name in FIELDS} for row in made.rows]


def placed(made):
    return [tuple(map(float, row["wkt"].removeprefix("Point (").rstrip(")").split())) for row in made.rows]


@pytest.mark.parametrize(
    ("encoding", "cpg", "ldid", "read_as", "severity"),
    [
        ("gb18030", None, 0, "gb18030", NOTE),
        ("gbk", "GBK", 0, "gb18030", None),
        ("gbk", "936", 0, "gb18030", None),
        ("gbk", None, 0x4D, "gb18030", None),
        ("gbk", "UTF-8", 0, "gb18030", WARNING),
        ("gbk", "ISO-8859-1", 0, "gb18030", WARNING),
        ("gbk", "nonsense", 0, "gb18030", NOTE),
        ("gbk", None, 0x57, "gb18030", NOTE),  # "the code page of this machine"
        ("utf-8", None, 0, "utf-8", NOTE),
        ("utf-8", "UTF-8", 0, "utf-8", None),
        ("utf-8", "65001", 0, "utf-8", None),
        ("utf-8", "GBK", 0, "utf-8", WARNING),
        ("utf-8", None, 0x4D, "utf-8", WARNING),
        ("utf-8", "UTF-8", 0x4D, "utf-8", None),  # the .cpg counts before the byte in the header
    ],
)
def test_r20_shapefile(imported, tmp_path, encoding, cpg, ldid, read_as, severity):
    made = imported(well_shapefile(tmp_path / "井.shp", encoding, cpg, ldid))
    assert canonical(made) == list(CANONICAL)
    assert placed(made) == list(PLACES)
    assert (made.batch["encoding"], made.numbers["N_READ"]) == (read_as, 3)
    assert made.batch["encoding_confidence"] >= 0.9
    # 机井编号 and 使用状态 have twelve bytes in UTF-8, eight in GBK
    cut = [
        (NOTE, "import.column", f"column:{name}", name)
        for name in ("使用状", "机井编")
        if encoding == "utf-8"
    ]
    assert made.said() == sorted(cut + [(severity, "import.column", "", "")] * bool(severity))


def test_r20_what_the_user_says_counts(imported, tmp_path):
    made = imported(well_shapefile(tmp_path / "a.shp", "gbk", "UTF-8"), ENCODING="gbk")
    assert canonical(made) == list(CANONICAL)
    assert made.said() == [(NOTE, "import.column", "", "")]
    assert "encoding that was given, gb18030" in made.problems[0]["message"]


def test_r20_two_letters_are_not_enough(refused, tmp_path):
    """One cell of two characters could be either; the question shows both readings."""
    fields = [("well_id", "C", 10, 0), ("use", "C", 20, 0), ("status", "C", 10, 0), ("village", "C", 10, 0)]
    rows = [("W1", "irrigation", "active", "井")]
    message = refused(shapefile_of(tmp_path / "a.shp", PLACES[:1], fields, rows, "gbk"))
    assert "ENCODING" in message
    assert "井" in message


def test_r20_rare_hanzi_beyond_gbk(imported, tmp_path):
    """GB 18030 writes 𠀀 and 㸆 in four bytes, of which two are digits."""
    rows = [
        (*row[:4], name)
        for row, name in zip(WELLS, ("𠀀村委会驻地", "㸆庄村委会", "东巴扎回族乡"), strict=True)
    ]
    path = shapefile_of(tmp_path / "a.shp", PLACES, text_fields((*HEADINGS[:4], "村"), 30), rows, "gb18030")
    assert imported(path).column("village") == ["𠀀村委会驻地", "㸆庄村委会", "东巴扎回族乡"]


def added(path, delimiter, encoding):
    """The file as QGIS's dialog for delimited text adds it; as a path GDAL opens none with bars, none in UTF-16 BE."""
    if delimiter != "|" and encoding != "utf-16-be":
        return path
    uri = f"file://{quote(str(path))}?type=csv&delimiter={quote(delimiter)}&encoding={encoding}&geomType=none"
    return QgsVectorLayer(uri, path.stem, "delimitedtext")


@pytest.mark.parametrize(
    ("encoding", "bom", "read_as"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("gb18030", b"", "gb18030"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
    ],
)
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), ("\t", "\r\n"), (";", "\n"), ("|", "\r\n")])
def test_r20_csv(imported, units, tmp_path, encoding, bom, read_as, delimiter, end):
    path = text_file(tmp_path / "台账.csv", *wells(), encoding, delimiter, bom, end)
    source = added(path, delimiter, encoding)
    made = imported(source, UNITS=units)
    assert canonical(made) == list(CANONICAL)
    assert placed(made) == list(PLACES)
    assert made.batch["encoding"] == read_as
    told = [(NOTE, "import.column", "", "")] * (
        source is path
    )  # the dialog declares the encoding, a path does not
    assert made.said() == [*told, (NOTE, "import.system", "", "")]


def test_r20_damaged_text_is_told_and_nothing_is_lost(imported, tmp_path):
    path = text_file(
        tmp_path / "a.csv", *wells(["村"], ["阿斯塔纳村"], ["葡萄沟村"], ["连木沁村"]), "gb18030"
    )
    path.write_bytes(path.read_bytes().replace("葡萄".encode("gb18030"), b"\xff\xff\xc6\xcf"))
    made = imported(path, CRS="EPSG:4490")
    assert made.numbers["N_WRITTEN"] == 3
    assert "�" in made.rows[1]["village"]
    assert (WARNING, "import.column", "", "") in made.said()


def test_r20_nul_bytes(imported, tmp_path):
    path = text_file(tmp_path / "a.csv", *wells())
    path.write_bytes(path.read_bytes().replace("工业".encode(), "工\0业".encode()))
    made = imported(path, CRS="EPSG:4490")
    assert canonical(made) == list(CANONICAL)
    assert any("1 NUL bytes" in one["message"] for one in made.problems)
