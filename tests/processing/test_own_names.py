"""Layers under their owners' names: exact aliases run, a misnamed field is named, personal data stays behind."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException

ALGORITHMS = ("enforce", "auditwells", "classifywells", "vetsites", "closingorder", "replacementledger")
FIRST_OUTPUT = {"auditwells": "FINDINGS", "replacementledger": "BALANCE"}
HEADERS = {
    "chinese": ("机井编号", "用途", "使用状态", "乡镇", "井深（米）"),
    "short": ("统一编号", "取水用途", "状态", "所在乡镇", "井深(m)"),
    "english": ("wellno", "use", "status", "Township", "Depth (m)"),
}
VALUES = {
    "chinese": ("农业灌溉", "封填"),
    "short": ("农灌", "封井"),
    "english": ("irrigation", "Sealed"),
}
OWNERS = {
    "井主": "张三丰甲",
    "联系人": "李四光乙",
    "联系电话1": "13912345678",
    "身份证": "11010519491231002X",
}


def own_wells(layer, headers, values, extra=None):
    extra = extra or {}
    fields = dict(zip(headers, ("text", "text", "text", "text", "real"), strict=True))
    fields |= dict.fromkeys(extra, "text")
    use, sealed = values
    rows = [
        ("POINT (89.3 42.3)", "W1", use, sealed, "甲乡", 80.0, *extra.values()),
        ("POINT (89.4 42.3)", "W2", use, "在用", "甲乡", 90.0, *extra.values()),
    ]
    return layer("Point", fields, rows, name="wells")


def parameters(register, layer, wells, name, tmp_path):
    first = FIRST_OUTPUT.get(name, "OUTPUT")
    given = {**register, "WELLS": wells, first: str(tmp_path / "out.gpkg"), "LANGUAGE": "zh"}
    if name == "vetsites":
        kinds = {"申请编号": "text", "申请类型": "text", "用途": "text", **dict.fromkeys(OWNERS, "text")}
        row = ("POINT (89.3 42.3)", "A1", "新打井", "农业灌溉", *OWNERS.values())
        given["APPLICATIONS"] = layer("Point", kinds, [row], name="applications")
    return given


@pytest.mark.parametrize("spelling", HEADERS)
@pytest.mark.parametrize("name", ALGORITHMS)
def test_exact_aliases_run(run, register, layer, tmp_path, name, spelling):
    wells = own_wells(layer, HEADERS[spelling], VALUES[spelling])
    out = run(name, parameters(register, layer, wells, name, tmp_path))
    assert (tmp_path / "out.gpkg").is_file()
    if name == "enforce":
        assert sum(value for key, value in out.items() if key.startswith("N_")) == 2


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_misnamed_field_is_named_with_what_looks_like_it(run, register, layer, tmp_path, name):
    wells = own_wells(layer, ("井的编码", "用途", "使用状态", "乡镇", "井深（米）"), VALUES["chinese"])
    with pytest.raises(QgsProcessingException) as caught:
        run(name, parameters(register, layer, wells, name, tmp_path))
    text = str(caught.value)
    assert "机井编号 (well_id)" in text
    assert "机井 (wells)" in text
    assert "井的编码" in text
    assert "importlayer" in text
    assert "导入图层" in text
    assert not (tmp_path / "out.gpkg").exists()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_layer_on_an_old_datum_is_not_moved_silently(run, register, layer, tmp_path, name):
    fields = {"well_id": "text", "use": "text", "status": "text"}
    row = ("POINT (89.3 42.3)", "W1", "irrigation", "active")
    wells = layer("Point", fields, [row], crs="EPSG:4214", name="wells")
    with pytest.raises(QgsProcessingException) as caught:
        run(name, parameters(register, layer, wells, name, tmp_path))
    assert "Beijing 1954" in str(caught.value)
    assert "importlayer" in str(caught.value)


def bytes_below(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("name", ALGORITHMS)
def test_personal_data_is_nowhere(run, register, layer, tmp_path, listener, name):
    wells = own_wells(layer, HEADERS["chinese"], VALUES["chinese"], OWNERS)
    given = parameters(register, layer, wells, name, tmp_path)
    if name == "enforce":
        given["REPORT"] = str(tmp_path / "report.html")
    said = listener()
    run(name, given, feedback=said)
    written = bytes_below(tmp_path)
    assert written
    told = "\n".join([*said.infos, *said.warnings])
    for value in OWNERS.values():
        assert value.encode() not in written
        assert value not in told
    # Asked once, with the names of the columns
    assert sum("井主" in line for line in said.infos) == 1


def test_personal_data_goes_along_where_it_is_asked_for(run, register, layer, rows_of, tmp_path):
    wells = own_wells(layer, HEADERS["chinese"], VALUES["chinese"], OWNERS)
    given = parameters(register, layer, wells, "classifywells", tmp_path)
    assert not set(OWNERS) & set(rows_of(run("classifywells", given)["OUTPUT"])[0])
    given |= {"PERSONAL": True, "OUTPUT": str(tmp_path / "internal.gpkg")}
    first = rows_of(run("classifywells", given)["OUTPUT"])[0]
    assert {name: first[name] for name in OWNERS} == OWNERS


def test_a_case_file_that_holds_such_columns_loses_them_at_the_next_run(run, register, layer, tmp_path):
    import sqlite3
    from contextlib import closing

    wells = own_wells(layer, HEADERS["chinese"], VALUES["chinese"])
    case = tmp_path / "case.gpkg"
    run("enforce", {**register, "WELLS": wells, "OUTPUT": str(case)})
    with closing(sqlite3.connect(case)) as connection:
        connection.create_function("ST_IsEmpty", 1, lambda _: 0)
        connection.execute('ALTER TABLE wells ADD COLUMN "井主" TEXT')
        for trigger in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'wells'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{trigger[0]}"')
        connection.execute('UPDATE wells SET "井主" = ?', (OWNERS["井主"] * 50,))
        connection.commit()
    assert OWNERS["井主"].encode() in case.read_bytes()
    run(
        "enforce",
        {"CASE": str(case), "OUTPUT": str(case), "POLICY": register["POLICY"], "AS_OF": register["AS_OF"]},
    )
    assert OWNERS["井主"].encode() not in case.read_bytes()


def test_numbers_of_persons_in_wrong_columns_are_quoted_masked(run, register, layer, tmp_path, listener):
    fields = {"well_id": "text", "use": "text", "status": "text", "井深（米）": "text"}
    row = ("POINT (89.3 42.3)", "W1", "电话13912345678", "active", "11010519491231002X")
    wells = layer("Point", fields, [row], name="wells")
    said = listener()
    run(
        "enforce",
        {**register, "WELLS": wells, "OUTPUT": str(tmp_path / "c.gpkg"), "REPORT": str(tmp_path / "r.html")},
        feedback=said,
    )
    written = bytes_below(tmp_path)
    assert b"13912345678" not in written
    assert b"11010519491231002X" not in written
    assert "电话139****5678".encode() in written
