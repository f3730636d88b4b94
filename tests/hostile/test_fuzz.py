"""Damaged files and random cells: each ends in a result whose rows add up, or in a message. Never in anything else.

A case is a seed: what it did to the file is made again from it. ``make test`` runs some hundred, ``make test-long``
more than ten thousand.
"""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make import HEADINGS, PLACES, WELLS, dbf, shapefile, text_fields, text_file, workbook
from pyproj import CRS
from qgis.core import QgsProcessingException

from overdraft.core.errors import OverdraftError
from overdraft.core.importing.mapping import FORMAT, load_mapping
from overdraft.core.importing.names import Given
from overdraft.core.importing.reading.sheet import read_header
from overdraft.core.importing.record import batch_of
from overdraft.core.importing.run import Wishes, import_source
from overdraft.core.importing.source import Source
from overdraft.core.problems import told_problems
from overdraft.core.schema import column_aliases, register_schema
from overdraft.processing.imports import words_given
from overdraft.processing.layers.delimited import read_delimited
from overdraft.processing.layers.shapefile import read_attributes
from overdraft.processing.layers.spreadsheet import read_spreadsheet

SECONDS = 20
SYSTEM = CRS.from_epsg(4490)
MORE = ("井深(m)", "成井日期", "许可水量(万m³)", "是否计量", "更新井", "备注")
CELLS = ("120", "2024年1月5日", "1.2", "是", "A1;A2", "一般，见附件")
BITS = [
    b'"',
    b",",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xb0\xa1",
    b"1e308",
    b"-",
    b"NaN",
    b";",
    "合计".encode(),
]


@contextmanager
def bounded():
    """A hang is an error."""

    def stop(*_):
        raise TimeoutError(f"more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def survives(call) -> bool:
    """Does a case end in a result? If not, its message is whole, in both languages."""
    refused = None
    with bounded():
        try:
            call()
        except OverdraftError as error:
            refused = error
    if refused is not None:
        assert len(refused.text("en")) > 20
        assert refused.text("zh") != refused.text("en")
    return refused is None


def mutated(raw: bytes, rng: np.random.Generator) -> bytes:
    """Bytes with one to six faults: flipped bits, pieces lost, doubled or exchanged, signs put in, the end cut off."""
    data = bytearray(raw)
    for _ in range(rng.integers(1, 7)):
        place = int(rng.integers(0, max(len(data), 1)))
        length = int(rng.integers(1, 40))
        match int(rng.integers(0, 7)):
            case 0:
                for at in rng.integers(0, max(len(data), 1), 8):
                    if len(data):
                        data[at] ^= 1 << int(rng.integers(0, 8))
            case 1:
                del data[place:]
            case 2:
                del data[place : place + length]
            case 3:
                data[place:place] = data[place : place + length]
            case 4:
                data[place:place] = BITS[int(rng.integers(0, len(BITS)))]
            case 5:
                data[place : place + length] = rng.bytes(length)
            case _:
                data[place : place + 1] = BITS[int(rng.integers(0, len(BITS)))]
    return bytes(data)


def whole(source: Source, role: str = "wells", wishes: Wishes | None = None) -> None:
    """Import a source and make everything of it that a run makes; its rows and cells add up."""
    made = import_source(role, source, wishes or Wishes(crs=SYSTEM))
    assert len(made.frame) == len(source.frame)
    for row in made.conversions.to_dict("records"):
        parts = row["n_empty"] + row["n_as_is"] + row["n_converted"] + row["n_unreadable"]
        assert row["n_cells"] == len(source.frame) == parts, row
        assert min(row["n_empty"], row["n_as_is"], row["n_converted"], row["n_unreadable"]) >= 0, row
    wishes = wishes or Wishes(crs=SYSTEM)
    for language in ("en", "zh"):
        told_problems(made.problems, language)
        batch_of(role, source, wishes, made, "tester", datetime(2026, 1, 1).astimezone(), language)


def of_sheet(grid) -> Source:
    sheet = read_header(grid)
    assert sheet.n_rows == len(grid.cells)
    rows = {int(row): place for place, row in enumerate(sheet.rows)}
    fills = [(rows[row], name, cell) for row, name, cell in sheet.fills if row in rows]
    return Source(sheet.frame, sheet.rows, set_aside=sheet.set_aside, fills=fills)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """One good file of each kind, as bytes by ending."""
    folder = tmp_path_factory.mktemp("good")
    rows = [[*row, *CELLS] for row in WELLS * 4]
    headings = [*HEADINGS, *MORE]
    text_file(folder / "utf8.csv", headings, rows)
    text_file(folder / "gbk.csv", headings, rows, "gb18030", "\t", b"", "\r\n")
    workbook(
        folder / "a.xlsx", [["机井台账"], headings, *rows, ["合计", None, None, None, 3]], ["A1:L1", "D3:D6"]
    )
    fields = [
        *text_fields(HEADINGS[:4], 20),
        ("井深", "N", 8, 2),
        ("成井日期", "D", 8, 0),
        ("计量", "L", 1, 0),
    ]
    plain = [[*row[:4], 120.5, "20240105", "T"] for row in WELLS * 4]
    dbf(folder / "a.dbf", fields, plain)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def csv_case(path: Path, raw: bytes) -> Source:
    path.write_bytes(raw)
    return of_sheet(read_delimited(path, None, "")[0])


def xlsx_case(path: Path, raw: bytes) -> Source:
    path.write_bytes(raw)
    return of_sheet(read_spreadsheet(path, 0)[0])


def dbf_case(path: Path, raw: bytes) -> Source:
    path.write_bytes(raw)
    frame, rows, *_ = read_attributes(path.with_suffix(".shp"), None)
    points = np.full(len(frame), None, dtype=object)
    return Source(frame, rows, points, SYSTEM, cut_names=True)


def inside_xlsx(raw: bytes, rng: np.random.Generator) -> bytes:
    """A workbook whose container is whole and whose sheet or texts are not."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(parts)[int(rng.integers(0, len(parts)))]
    parts[name] = mutated(parts[name], rng)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return packed.getvalue()


KINDS = {
    "utf8.csv": (csv_case, mutated, 4_000),
    "gbk.csv": (csv_case, mutated, 2_000),
    "a.dbf": (dbf_case, mutated, 2_500),
    "a.xlsx": (xlsx_case, mutated, 500),
    "in a.xlsx": (xlsx_case, inside_xlsx, 1_500),
}


def damage(originals, folder: Path, kind: str, seeds: range, every: int) -> dict[bool, int]:
    """Results and messages by number; anything else raises with its seed. One case in `every` is imported as well."""
    case, mutate, _ = KINDS[kind]
    name = kind.removeprefix("in ")
    ended = {True: 0, False: 0}

    def call(raw, seed):
        source = case(folder / name, raw)
        if seed % every == 0:
            whole(source)

    for seed in seeds:
        raw = mutate(originals[name], np.random.default_rng(seed))
        try:
            ended[survives(partial(call, raw, seed))] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed} of {kind}: {error!r}") from error
    return ended


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files(originals, tmp_path, kind):
    ended = damage(originals, tmp_path, kind, range(60), 6)
    assert sum(ended.values()) == 60
    assert ended[True] > 0  # the faults are small enough for something to be read


@pytest.mark.long
@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_by_the_thousand(originals, tmp_path, kind, part):
    n = KINDS[kind][2] // 5
    ended = damage(originals, tmp_path, kind, range(1_000_000 + part * n, 1_000_000 + (part + 1) * n), 10)
    assert sum(ended.values()) == n


CELL = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["", "-", "1,234", "１２", "12 亩", "2024-02-30", "农业灌溉", "封", "#REF!", "1e308", "=1+1", "A;B"]
    ),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)
ROLES = sorted(register_schema().roles)


@st.composite
def sources(draw):
    """A role, and a table with some of its names, some that are nearly so, and random ones, with random cells."""
    role = register_schema().roles[draw(st.sampled_from(ROLES))]
    known = [
        alias for item in role.fields.values() for alias in (item.name, *column_aliases(item), *item.hints)
    ]
    needed = [name for name, item in role.fields.items() if item.required]
    more = draw(st.lists(st.one_of(st.sampled_from(known), st.text(min_size=1, max_size=12)), max_size=6))
    more += ["经度", "纬度"] if draw(st.booleans()) else ["WKT"]
    headings = draw(st.permutations(list(dict.fromkeys([*needed, *more]))))
    size = draw(st.integers(0, 6))
    frame = pd.DataFrame(
        {
            name: pd.Series(draw(st.lists(CELL, min_size=size, max_size=size)), dtype=object)
            for name in headings
        },
        index=pd.RangeIndex(size),
    )
    return role.name, Source(frame, np.arange(2, size + 2))


def random_cells(found):
    role, source = found
    survives(lambda: whole(source, role))


test_random_cells = settings(max_examples=25, deadline=None)(given(sources())(random_cells))
test_random_cells_by_the_thousand = pytest.mark.long(
    settings(max_examples=600, deadline=None)(given(sources())(random_cells))
)

WORDS = st.one_of(
    st.text(max_size=15),
    st.sampled_from(
        [*HEADINGS, *MORE, "depth_m", "permit_m3", "well_id", "use", "万m³", "亩", "-", "*", "sealed", "封"]
    ),
)


def maps(fields, units, words):
    frame = pd.DataFrame([[*row, *CELLS] for row in WELLS], columns=[*HEADINGS, *MORE], dtype=object)
    lines = {f"{name}: {word}": token for name, word, token in words}

    def call():
        wishes = Wishes(Given(fields, units, words_given("wells", lines)), crs=SYSTEM)
        whole(Source(frame, np.arange(2, 5)), "wells", wishes)

    survives(call)


MAPS = given(
    st.dictionaries(WORDS, WORDS, max_size=3),
    st.dictionaries(WORDS, WORDS, max_size=3),
    st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=2),
)
test_random_maps = settings(max_examples=25, deadline=None)(MAPS(maps))
test_random_maps_by_the_thousand = pytest.mark.long(settings(max_examples=300, deadline=None)(MAPS(maps)))

MAPPING = {
    "format": FORMAT,
    "role": "wells",
    "columns": [*HEADINGS],
    "fields": {"机井编号": "well_id", "备注": "-"},
    "units": {"井深": "m"},
    "words": {"status": {"封": "sealed"}},
}


def mappings(folder, seeds):
    raw = json.dumps(MAPPING, ensure_ascii=False).encode()
    path = folder / "mapping.json"
    frame = pd.DataFrame(WELLS, columns=list(HEADINGS), dtype=object)

    def call():
        saved, columns = load_mapping(path, "wells")
        wishes = Wishes(saved=saved, saved_columns=columns, crs=SYSTEM)
        whole(Source(frame, np.arange(2, 5)), "wells", wishes)

    for seed in seeds:
        path.write_bytes(mutated(raw, np.random.default_rng(seed)))
        survives(call)


def test_damaged_mappings(tmp_path):
    mappings(tmp_path, range(60))


@pytest.mark.long
def test_damaged_mappings_by_the_thousand(tmp_path):
    mappings(tmp_path, range(1_000, 2_000))


@pytest.mark.parametrize(
    "nested", ['{"a":' * 100_000, "[" * 100_000, '{"format": 1e999}', "null", '"x"', "1"]
)
def test_mappings_that_are_none(tmp_path, nested):
    path = tmp_path / "mapping.json"
    path.write_text(nested)
    assert not survives(lambda: load_mapping(path, "wells"))


def through_processing(imported, folder, seeds):
    """Shapefiles and GeoJSON, of which QGIS reads the geometry: the whole algorithm, outputs included."""
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(HEADINGS[:4], row[:4], strict=True)),
            "geometry": {"type": "Point", "coordinates": place},
        }
        for row, place in zip(WELLS * 4, PLACES * 4, strict=True)
    ]
    good = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
    ended = {True: 0, False: 0}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        home = folder / str(seed)
        home.mkdir()
        if seed % 2:
            path = home / "a.geojson"
            path.write_bytes(mutated(good, rng))
        else:
            rows = [row[:4] for row in WELLS * 4]
            path = shapefile(home / "a.shp", PLACES * 4, text_fields(HEADINGS[:4], 20), rows, "gbk", "GBK")
            part = path.with_suffix((".shp", ".shx", ".dbf", ".prj", ".cpg")[int(rng.integers(0, 5))])
            part.write_bytes(mutated(part.read_bytes(), rng))
        message = ""
        try:
            with bounded():
                imported(path)
        except QgsProcessingException as error:
            message = str(error)
        assert "Traceback" not in message, (seed, message[-800:])
        ended[not message] += 1
    return ended


def test_damaged_layers(imported, tmp_path):
    ended = through_processing(imported, tmp_path, range(30))
    assert min(ended.values()) > 0


@pytest.mark.long
def test_damaged_layers_by_the_hundred(imported, tmp_path):
    ended = through_processing(imported, tmp_path, range(1_000, 1_300))
    assert sum(ended.values()) == 300
