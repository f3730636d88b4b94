"""Raw reading: what bureaus bring, cell by cell as it is stored, from files that stay as they were."""

from __future__ import annotations

import hashlib
import importlib.util
import struct
import zipfile

import openpyxl
import pytest
import shapely
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProject,
    QgsVectorLayer,
)

from overdraft.core.errors import OverdraftError
from overdraft.processing.layers import open_source, spreadsheet
from overdraft.processing.layers.delimited import delimiter_of, parse
from overdraft.processing.layers.raw import read_raw

HEADER = "机井编号,乡镇,井深(m),成井时间"
ROWS = ["001,亚尔镇,80.50,2003-05-01", "002,恰特喀勒乡,,0000-00-00", "003,葡萄镇,９０,20240230"]
TABLE = "\n".join([HEADER, *ROWS]) + "\n"


class Reader(QgsProcessingAlgorithm):
    """The least algorithm that has a source."""

    def initAlgorithm(self, configuration=None):
        self.addParameter(QgsProcessingParameterFeatureSource("INPUT", "input"))

    def name(self):
        return "rawreader"

    def createInstance(self):
        return Reader()


@pytest.fixture
def raw(context):
    algorithm = Reader()
    algorithm.initAlgorithm({})

    def call(value, encoding=None, header_row=None):
        source = open_source(
            algorithm, {"INPUT": str(value) if hasattr(value, "suffix") else value}, "INPUT", context
        )
        return read_raw(source, encoding, header_row)

    return call


@pytest.fixture(autouse=True)
def nothing_is_written_beside_the_source(tmp_path):
    """A test that calls ``made`` has its files compared afterwards: names and bytes."""
    before = {}

    def made():
        before.update(state(tmp_path))

    yield made
    assert not before or state(tmp_path) == before


def state(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture
def made(nothing_is_written_beside_the_source):
    return nothing_is_written_beside_the_source


# Text files


@pytest.mark.parametrize(
    ("codec", "read_as"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_text_files_in_every_encoding(raw, made, tmp_path, codec, read_as):
    path = tmp_path / "机井.csv"
    path.write_bytes(TABLE.encode(codec))
    made()
    read = raw(path)
    assert (read.encoding, read.encoding_confidence > 0.99) == (read_as, True)
    assert read.frame.columns.tolist() == HEADER.split(",")
    assert read.frame["机井编号"].tolist() == ["001", "002", "003"]
    assert read.frame["井深(m)"].tolist() == ["80.50", None, "９０"]
    assert read.frame["成井时间"].tolist() == ["2003-05-01", "0000-00-00", "20240230"]
    assert read.rows.tolist() == [2, 3, 4]
    assert read.sha256 == hashlib.sha256(TABLE.encode(codec)).hexdigest()
    assert read.geometry is None
    assert not read.crs.isValid()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimiters_ragged_rows_and_line_breaks_in_cells(raw, made, tmp_path, delimiter):
    rows = [["井号", "名称", "井深"], ["001", '"一\n号"', "80", "多", "余"], ["002"], ["003", "x", "90"]]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    made()
    read = raw(path)
    assert read.frame.columns.tolist() == ["井号", "名称", "井深", "列4", "列5"]
    assert read.frame.to_numpy().tolist() == [
        ["001", "一\n号", "80", "多", "余"],
        ["002", None, None, None, None],
        ["003", "x", "90", None, None],
    ]
    assert read.rows.tolist() == [2, 3, 4]


def test_a_delimited_text_layer_of_qgis(raw, made, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("井号,x,y\nA1,89.1,42.9\n".encode("gbk"))
    made()
    layer = QgsVectorLayer(
        f"file://{path}?encoding=GBK&type=csv&xField=x&yField=y&crs=EPSG:4490", "wells", "delimitedtext"
    )
    # 井号 alone would be asked; the encoding that was chosen for the layer says the same
    read = raw(layer)
    assert read.frame.columns.tolist() == ["井号", "x", "y"]
    assert read.frame.iloc[0].tolist() == ["A1", "89.1", "42.9"]
    assert read.encoding_confidence == pytest.approx(1 - 0.1 * 0.25, abs=1e-3)


def test_txt_and_tsv_by_the_delimited_text_provider(raw, made, tmp_path):
    for name in ("a.txt", "a.tsv"):
        (tmp_path / name).write_text(TABLE.replace(",", "\t"), encoding="utf-8")
    made()
    for name in ("a.txt", "a.tsv"):
        layer = QgsVectorLayer(f"file://{tmp_path / name}?delimiter=%5Ct", "wells", "delimitedtext")
        assert raw(layer).frame["机井编号"].tolist() == ["001", "002", "003"]


def test_doubt_is_asked_and_the_answer_counts(raw, made, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("井号,n\nA1,1\n".encode("gbk"))
    made()
    with pytest.raises(OverdraftError) as asked:
        raw(path)
    assert asked.value.key == "importing.encoding_unsure"
    assert "井号" in asked.value.text("zh")
    read = raw(path, encoding="GBK")
    assert read.frame.columns.tolist() == ["井号", "n"]
    assert read.encoding_note_key == "importing.encoding_given"


def test_bytes_that_are_no_text_are_told(raw, made, tmp_path):
    path = tmp_path / "a.csv"
    damaged = TABLE.encode("utf-8").replace("葡萄镇".encode(), "葡萄镇".encode()[:-1])
    path.write_bytes(damaged.replace(b"001", b"0\x0001"))
    made()
    read = raw(path)
    assert read.frame["乡镇"].tolist() == ["亚尔镇", "恰特喀勒乡", "葡萄�"]
    assert read.frame["机井编号"].tolist() == ["001", "002", "003"]
    assert {key: values["n"] for key, values in read.notes} == {
        "importing.text_damaged": 1,
        "importing.nul_removed": 1,
    }


def test_an_open_quotation_mark_is_not_a_cell_of_many_rows(raw, made, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TABLE.replace("亚尔镇", '"亚尔镇'), encoding="utf-8")
    made()
    with pytest.raises(OverdraftError) as broken:
        raw(path)
    assert broken.value.key == "importing.quote_open"
    assert broken.value.values["row"] == 2


def test_a_header_of_titles_and_groups_in_text(raw, made, tmp_path):
    path = tmp_path / "a.csv"
    lines = ["机井台账,,,", "机井编号,位置,,井深", ",乡镇,村,", "001,亚尔镇,一村,80", "合计,,,80"]
    path.write_text("\n".join(lines), encoding="utf-8")
    made()
    read = raw(path)
    assert read.frame.columns.tolist() == ["机井编号", "位置/乡镇", "位置/村", "井深"]
    assert read.rows.tolist() == [4]
    assert [item.row for item in read.set_aside] == [5]
    assert raw(path, header_row=2).header_rows == (2, 3)


def test_delimiters_are_told_by_most_lines():
    assert delimiter_of("a;b\n1,5;2,5\n3;4\n") == ";"
    assert delimiter_of("表\n\na\tb\n1,234\t2\n") == "\t"
    assert delimiter_of('a,b\n"x;y;z",2\n') == ","
    assert delimiter_of("only\n") == ","


def test_a_polygon_in_a_cell_makes_no_columns():
    ring = ", ".join(f"{place} {place}" for place in range(60_000))
    cells = parse(f'id,WKT\n1,"POLYGON (({ring}))"\n2\n3,,\n', "a.csv")
    assert cells.shape == (4, 3)
    assert len(cells[1, 1]) > 500_000


def test_too_many_columns_are_refused():
    with pytest.raises(OverdraftError) as wide:
        parse(",".join(["x"] * 10_001), "a.csv")
    assert wide.value.values["found"] == 10_001


# Spreadsheets

LEDGER = [
    ["高昌区机井台账"],
    ["机井编号", "位置", None, "井深", "水量"],
    [None, "乡镇", "村"],
    ["001", "亚尔镇", "一村", 80, "#N/A"],
    ["002", None, "二村", 90.5, "=D4*2"],
    [],
    ["合计", None, None, 170.5],
]


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "台账.xlsx"
    made = openpyxl.Workbook()
    made.active.title = "空"
    sheet = made.create_sheet("台账")
    for row in LEDGER:
        sheet.append(row)
    for cells in ("A1:E1", "B2:C2", "A2:A3", "D2:D3", "E2:E3", "B4:B5"):
        sheet.merge_cells(cells)
    made.save(path)
    return path


def test_a_workbook_with_merged_cells(raw, book, made):
    made()
    read = raw(f"{book}|layername=台账")
    assert read.frame.columns.tolist() == ["机井编号", "位置/乡镇", "位置/村", "井深", "水量"]
    assert read.frame.to_numpy().tolist() == [
        ["001", "亚尔镇", "一村", 80, "#N/A"],
        ["002", "亚尔镇", "二村", 90.5, None],
    ]
    assert read.rows.tolist() == [4, 5]
    assert read.fills == [(5, "位置/乡镇", "亚尔镇")]
    assert {item.row: item.reason_key for item in read.set_aside} == {
        6: "importing.row.blank",
        7: "importing.row.total",
    }
    # openpyxl stores no results of formulas
    assert [(key, values["n"]) for key, values in read.notes] == [("importing.formula_empty", 1)]
    with pytest.raises(OverdraftError) as empty:
        raw(f"{book}|layername=空")
    assert empty.value.key == "importing.sheet_empty"


def test_a_sheet_that_is_not_there(book):
    with pytest.raises(OverdraftError) as missing:
        spreadsheet.read_spreadsheet(book, "机井")
    assert missing.value.values["allowed"] == ["空", "台账"]


def test_without_openpyxl_gdal_reads_and_says_so(raw, book, made, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "openpyxl" else find(name, *a)
    )
    made()
    read = raw(f"{book}|layername=台账")
    assert read.frame.columns.tolist() == ["机井编号", "位置/乡镇", "位置/村", "井深", "水量"]
    assert read.frame["机井编号"].tolist() == ["001", "002"]
    assert read.frame["位置/乡镇"].tolist() == ["亚尔镇", None]
    assert read.rows.tolist() == [4, 5]
    assert "importing.merged_unknown" in [key for key, _ in read.notes]


def test_ods_by_gdal(raw, made, tmp_path):
    from osgeo import gdal, ogr

    path = tmp_path / "台账.ods"
    opened = gdal.GetDriverByName("ODS").Create(str(path), 0, 0, 0, gdal.GDT_Unknown)
    sheet = opened.CreateLayer("台账", None, ogr.wkbNone)
    for name in ("机井编号", "井深"):
        sheet.CreateField(ogr.FieldDefn(name))
    for row in [("001", "80"), ("", ""), ("002", "90")]:
        feature = ogr.Feature(sheet.GetLayerDefn())
        for name, value in zip(("机井编号", "井深"), row, strict=True):
            if value:
                feature[name] = value
        sheet.CreateFeature(feature)
    del feature, sheet, opened
    made()
    read = raw(path)
    assert read.frame.to_numpy().tolist() == [["001", "80"], ["002", "90"]]
    assert read.rows.tolist() == [2, 4]
    assert [item.row for item in read.set_aside] == [3]


def test_bombs_and_damaged_workbooks_are_refused(book, tmp_path):
    bomb = tmp_path / "b.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    with pytest.raises(OverdraftError) as dense:
        spreadsheet.read_spreadsheet(bomb, 0)
    assert dense.value.key == "importing.too_dense"
    broken = tmp_path / "c.xlsx"
    whole = book.read_bytes()
    directory = whole.rindex(b"PK\x01\x02")
    for damaged in (whole[:10], whole[:500], whole[:-30], whole[:directory] + b"XX" + whole[directory + 2 :]):
        broken.write_bytes(damaged)
        with pytest.raises(OverdraftError) as refused:
            spreadsheet.read_spreadsheet(broken, 0)
        assert refused.value.key == "importing.file_unreadable"


# Shapefiles

FIELDS = [("机井编号", "C", 12, 0), ("乡镇", "C", 10, 0), ("井深", "N", 8, 2), ("成井", "D", 8, 0)]
CELLS = [
    ("001", "亚尔镇", "80.50", "20240105"),
    ("002", "恰特喀勒乡上", "", "20240230"),
    ("003", "葡萄镇", "12,5", "00000000"),
]


def write_shapefile(path, codec, code_page=0, cpg=None, deleted=()):
    """Three points with raw bytes of cells, as a program in China writes them."""
    encode = lambda text, width: text.encode(codec)[:width]  # noqa: E731
    width = 1 + sum(field[2] for field in FIELDS)
    head = struct.pack("<B3BIHH17xBxx", 3, 124, 1, 1, len(CELLS), 33 + 32 * len(FIELDS), width, code_page)
    for name, kind, size, decimals in FIELDS:
        head += struct.pack("<11sc4xBB14x", encode(name, 10), kind.encode(), size, decimals)
    body = b"".join(
        (b"*" if number in deleted else b" ")
        + b"".join(encode(cell, f[2]).ljust(f[2]) for cell, f in zip(row, FIELDS, strict=True))
        for number, row in enumerate(CELLS)
    )
    path.with_suffix(".dbf").write_bytes(head + b"\r" + body + b"\x1a")
    points = [(89.1, 42.9), (89.2, 43.0), (89.3, 43.1)]
    box = (89.1, 42.9, 89.3, 43.1, 0, 0, 0, 0)
    shapes = b"".join(struct.pack(">ii", n, 10) + struct.pack("<idd", 1, *p) for n, p in enumerate(points, 1))
    index = b"".join(struct.pack(">ii", 50 + 14 * n, 10) for n in range(3))
    for ending, content in ((".shp", shapes), (".shx", index)):
        length = (100 + len(content)) // 2
        header = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length) + struct.pack("<2i8d", 1000, 1, *box)
        path.with_suffix(ending).write_bytes(header + content)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


@pytest.mark.parametrize(
    ("codec", "code_page", "cpg", "note"),
    [
        ("gbk", 0, None, "importing.encoding_detected"),
        ("gbk", 0x4D, None, ""),
        ("gbk", 0, "GBK", ""),
        ("gbk", 0, "UTF-8", "importing.encoding_differs"),
        ("gbk", 0x03, None, "importing.encoding_differs"),
        ("utf-8", 0, None, "importing.encoding_detected"),
        ("utf-8", 0, "UTF-8", ""),
        ("utf-8", 0x4D, None, "importing.encoding_differs"),
        ("utf-8", 0, "ANSI 936", "importing.encoding_differs"),
    ],
)
def test_r20_shapefiles_with_every_declaration(raw, made, tmp_path, codec, code_page, cpg, note):
    path = write_shapefile(tmp_path / "井.shp", codec, code_page, cpg)
    made()
    read = raw(path)
    assert read.encoding == ("gb18030" if codec == "gbk" else "utf-8")
    assert read.encoding_confidence >= 0.9
    assert read.encoding_note_key == note
    # in UTF-8 the name of ten bytes loses 编号 but for a piece, which is dropped
    assert read.frame.columns.tolist() == (
        ["机井编号", "乡镇", "井深", "成井"] if codec == "gbk" else ["机井编", "乡镇", "井深", "成井"]
    )
    assert read.frame.iloc[:, 0].tolist() == ["001", "002", "003"]
    towns = ["亚尔镇", "恰特喀勒乡", "葡萄镇"] if codec == "gbk" else ["亚尔镇", "恰特喀", "葡萄镇"]
    assert read.frame["乡镇"].tolist() == towns
    assert read.frame["井深"].tolist() == [80.5, None, "12,5"]
    assert read.frame["成井"].tolist() == [
        "20240105",
        "20240230",
        None,
    ]  # 00000000 is how the format says "none"
    assert read.rows.tolist() == [1, 2, 3]
    assert [shapely.get_x(point) for point in read.geometry] == [89.1, 89.2, 89.3]
    parts = [path.with_suffix(end) for end in (".shp", ".dbf", ".shx", ".cpg")]
    content = b"".join(part.read_bytes() for part in parts if part.exists())
    assert read.sha256 == hashlib.sha256(content).hexdigest()


def test_deleted_records_keep_shapes_and_cells_together(raw, made, tmp_path):
    path = write_shapefile(tmp_path / "a.shp", "gbk", deleted=[1])
    made()
    read = raw(path)
    assert read.rows.tolist() == [1, 3]
    assert read.frame["机井编号"].tolist() == ["001", "003"]
    assert [shapely.get_x(point) for point in read.geometry] == [89.1, 89.3]


def test_parts_that_do_not_belong_together(raw, tmp_path):
    path = write_shapefile(tmp_path / "a.shp", "gbk")
    longer = write_shapefile(tmp_path / "b.shp", "gbk").with_suffix(".dbf").read_bytes()
    width = 1 + sum(field[2] for field in FIELDS)
    # one row of attributes more than there are shapes: GDAL would leave it out and say nothing
    path.with_suffix(".dbf").write_bytes(longer[:4] + b"\x04" + longer[5:-1] + b" " * width + b"\x1a")
    with pytest.raises(OverdraftError) as uneven:
        raw(path)
    assert uneven.value.key == "importing.shapefile_uneven"
    assert (uneven.value.values["found"], uneven.value.values["expected"]) == (3, 4)


def test_other_algorithms_refuse_a_shapefile_with_a_wrong_cpg(context, tmp_path):
    """QGIS would show garbled names and words; the message leads to the import, which finds the encoding."""
    path = write_shapefile(tmp_path / "a.shp", "gbk", cpg="UTF-8")
    algorithm = Reader()
    algorithm.initAlgorithm({})
    with pytest.raises(OverdraftError) as caught:
        open_source(algorithm, {"INPUT": str(path)}, "INPUT", context).read()
    assert caught.value.key == "register.encoding"
    assert "importlayer" in caught.value.text("zh")


# Everything else


def test_geopackage_geojson_and_memory_as_qgis_reads_them(raw, layer, save, tmp_path):
    fields = {"编号": "text", "井深": "real", "眼": "int"}
    wells = layer("Point", fields, [("POINT (89.1 42.9)", "001", 80.5, 1), (None, "002", None, None)])
    for source in (wells, save(wells, tmp_path / "a.gpkg"), save(wells, tmp_path / "a.geojson")):
        read = raw(source)
        assert read.frame["编号"].tolist() == ["001", "002"]
        assert read.frame["井深"].tolist()[0] == 80.5
        assert read.rows.tolist() == [1, 2]
        assert shapely.is_missing(read.geometry[1]) or shapely.is_empty(read.geometry[1])
        assert read.crs.isValid()
        assert bool(read.sha256) == isinstance(source, str)


def test_a_filtered_or_selected_file_is_read_as_shown(raw, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TABLE, encoding="utf-8")
    layer = QgsVectorLayer(str(path), "wells", "ogr")
    QgsProject.instance().addMapLayer(layer)
    try:
        layer.selectByIds([2])
        read = raw(QgsProcessingFeatureSourceDefinition(layer.id(), True))
        assert read.frame["机井编号"].tolist() == ["002"]
        layer.setSubsetString("\"机井编号\" = '003'")
        assert raw(layer).frame["机井编号"].tolist() == ["003"]
    finally:
        QgsProject.instance().removeMapLayer(layer.id())


def test_the_sources_that_qgis_opens_are_told_apart(raw, tmp_path):
    """A .csv is read from the file: a leading zero that a type would take, and the blank row, are there."""
    path = tmp_path / "a.csv"
    path.write_text("well_no,n\n007,1\n\n008,2\n")
    read = raw(path)
    assert read.frame.to_numpy().tolist() == [["007", "1"], ["008", "2"]]
    assert read.rows.tolist() == [2, 4]
    assert (read.encoding, read.encoding_confidence) == ("ascii", 1.0)
