"""退减台账 and 分解表, by hand and against queries."""

from __future__ import annotations

import shutil
from datetime import date

import pyogrio
import pytest
from pyproj import Geod

from overdraft.core.casefile import CaseRows
from overdraft.core.desk.acts import By, Event
from overdraft.core.desk.record import record

UNITS = {
    "高昌区": "650402",
    "鄯善县": "650421",
    "托克逊县": "650422",
    "吐鲁番市": "6504",
    "未归属": "unassigned",
}
MU = 2000 / 3
LEDGERS = (
    *("seal_ledger", "pair_ledger", "pair_balance", "retirement_ledger", "retirement_split"),
    *("closing_plan", "plan_allocation", "plan_balance"),
)


def test_each_area_by_hand(small_case, printed, rows_of):
    """On registered areas: an old retirement counts nothing, a parcel on the border half in each county, a cycle once,
    a part as a part; land that is in use or to be retired later is not listed."""
    table = printed(small_case(), "retirement_ledger")
    names = ("area_id", "unit", "retired_on", "restored_on", "own_mu", "retired_mu", "restored_mu", "net_mu")
    rows = [tuple(float(cell) if i > 3 and cell is not None else cell for i, cell in enumerate(row))
            for row in rows_of(table, *names)]  # fmt: skip
    assert rows == [
        ("D2", "高昌区", date(2020, 5, 1), None, None, 0, 0, 0),
        ("D4", "高昌区", "2021-06-01；2023-06-01", date(2022, 6, 1), 50, 100, 50, 50),
        ("D1", "高昌区", date(2022, 5, 1), None, 100, 100, 0, 100),
        ("D3", "高昌区", date(2023, 1, 1), None, 40, 40, 0, 40),
        ("D5", "高昌区", date(2024, 1, 1), None, 60, 30, 0, 30),
        ("D3", "鄯善县", date(2023, 1, 1), None, 40, 40, 0, 40),
    ]
    assert [float(share) if share else None for share in table["in_unit_percent"].values][3:] == [50, 100, 50]
    assert float(table["counted_percent"].values[4]) == 50
    assert table["doc_no"].values[1] == "退〔2021〕1号；退〔2022〕2号；退〔2023〕3号"
    assert table["evidence"].values[1] == "照片 2021-06-05"
    assert table["remarks"].values[0] == "早于2021-01-01退减的部分不计入。"


def test_sums(small_case, printed, sums_of):
    assert sums_of(printed(small_case(), "retirement_ledger")) == {
        "高昌区": {"own_mu": 250, "retired_mu": 270, "restored_mu": 50, "net_mu": 220},
        "鄯善县": {"own_mu": 40, "retired_mu": 40, "restored_mu": 0, "net_mu": 40},
        "合计": {"own_mu": 290, "retired_mu": 310, "restored_mu": 50, "net_mu": 260},
    }


@pytest.mark.parametrize(
    ("scope", "areas"),
    [
        ({"county": "650421"}, ["D3"]),
        ({"begin": date(2022, 5, 2), "end": date(2022, 6, 1)}, ["D4"]),
        ({"end": date(2021, 5, 31)}, ["D2"]),
    ],
)
def test_filters(small_case, printed, scope, areas):
    """An area is of the period if it was retired or restored in it."""
    table = printed(small_case(), "retirement_ledger", **scope)
    assert list(table["area_id"].values) == areas
    assert any("不按时段分摊" in note for note in table.notes) == ("end" in scope)


def test_areas_add_up_to_the_recorded_balance(judged_sample, printed, ask, sums_of):
    """R30: the sums of the printed areas are the figures that the run recorded, unit by unit."""
    sums = sums_of(printed(judged_sample, "retirement_ledger"))
    recorded = ask(judged_sample, "SELECT unit_id, retired_mu, restored_mu, net_mu FROM retirement_balance")
    by_unit = {unit: figures for unit, *figures in recorded}
    for unit in ("高昌区", "鄯善县", "托克逊县", "未归属"):
        told = [sums[unit][name] for name in ("retired_mu", "restored_mu", "net_mu")]
        assert told == pytest.approx(by_unit[UNITS[unit]], abs=0.05)


def test_areas_are_those_of_the_register(judged_sample, printed, ask, rows_of):
    """Every area with a day or an event, its registered area, and its days where no event tells them."""
    table = printed(judged_sample, "retirement_ledger")
    listed = ask(
        judged_sample,
        """SELECT area_id FROM irrigation WHERE status = 'retired' OR retired_on IS NOT NULL
            UNION SELECT subject_id FROM events WHERE subject_role = 'irrigation'""",
    )
    assert set(table["area_id"].values) == {area for (area,) in listed}
    assert len(listed) == 379
    names = list(table["area_id"].values)
    (twice,) = {name for name in names if names.count(name) > 1}  # it lies in two counties
    shares = [row[1] for row in rows_of(table, "area_id", "in_unit_percent") if row[0] == twice]
    assert (len(table), sum(shares)) == (380, 100)
    told = {row[0]: row[1:] for row in rows_of(table, "area_id", "area_mu", "retired_on", "restored_on")}
    plain = ask(
        judged_sample,
        """SELECT area_id, area_mu, retired_on, restored_on FROM irrigation AS i WHERE retired_on IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM events WHERE subject_role = 'irrigation' AND subject_id = i.area_id)""",
    )
    for area, mu, *days in plain:
        assert told[area] == (mu, *(date.fromisoformat(day[:10]) if day else None for day in days))
    papers = ask(
        judged_sample, "SELECT doc_no FROM events WHERE subject_id = '650402-D1303' ORDER BY effective_on"
    )
    cycle = table["area_id"].values.index("650402-D1303")
    assert table["doc_no"].values[cycle] == "；".join(number for (number,) in papers)
    days = ask(judged_sample, "SELECT effective_on FROM events WHERE subject_id = '650402-D1303' ORDER BY 1")
    first, back, again = (day[:10] for (day,) in days)
    assert table["retired_on"].values[cycle] == f"{first}；{again}"
    assert table["restored_on"].values[cycle] == date.fromisoformat(back)


def test_the_drawn_area_is_that_on_the_ellipsoid(judged_sample, printed, rows_of):
    """Twenty parcels measured anew, by another way than the run's."""
    table = printed(judged_sample, "retirement_ledger", county="650421")
    drawn = pyogrio.read_dataframe(judged_sample, layer="irrigation", columns=["area_id"]).to_crs(4490)
    drawn = drawn.set_index("area_id").geometry
    geod = Geod(ellps="GRS80")
    whole = [row for row in rows_of(table, "area_id", "in_unit_percent", "own_mu") if row[1] == 100][:20]
    assert len(whole) == 20
    for area, _, own in whole:
        assert float(own) == pytest.approx(abs(geod.geometry_area_perimeter(drawn[area])[0]) / MU, abs=0.06)


def test_the_split_is_the_recorded_one(judged_sample, printed, ask, rows_of, sums_of):
    """17.8 万亩 = 6.6 + 6.1 + 5.1; land of no unit is in no sum, and the counties add up to the city."""
    table = printed(judged_sample, "retirement_split")
    names = ("target_mu", "retired_mu", "restored_mu", "net_mu", "gap_mu", "registered_mu")
    recorded = ask(judged_sample, f"SELECT {', '.join(names)} FROM retirement_balance ORDER BY fid")
    for told, row in zip(rows_of(table, *names), recorded, strict=True):
        for cell, value in zip(told, row, strict=True):
            assert (cell is None) == (value is None)
            assert cell is None or float(cell) == pytest.approx(value, abs=0.05)
    assert [float(cell) for cell in table["target_mu"].values[:4]] == [178_000, 66_000, 61_000, 51_000]
    assert table["met"].values == ("否", "是", "是", "否", None)
    (label, sums), = sums_of(table).items()  # fmt: skip
    assert label == "2025年各单元合计"
    assert sums["target_mu"] == 66_000 + 61_000 + 51_000 == 178_000
    assert sums["net_mu"] == float(table["net_mu"].values[0])
    assert any("TLF-1.2e" in note for note in table.notes)
    assert any("与吐鲁番市一致" in note for note in table.notes)


@pytest.mark.parametrize(
    ("scope", "units"),
    [
        ({"county": "650421"}, ["鄯善县"]),
        ({"end": date(2024, 12, 31)}, []),
        ({"begin": date(2025, 3, 1), "end": date(2025, 3, 31), "county": "650422"}, ["托克逊县"]),
    ],
)
def test_the_split_of_a_part(judged_sample, printed, scope, units):
    assert list(printed(judged_sample, "retirement_split", **scope)["unit"].values) == units


def test_a_change_after_the_run_is_told(small_case, printed, tmp_path):
    """Areas are worked out from what stands in the case. Where that is not what the run recorded, a note tells both
    figures, and all tables that an act was recorded since."""
    path = tmp_path / "changed.gpkg"
    shutil.copyfile(small_case(), path)
    acts = [Event("D1", "restored", "2025-06-01", subject_role="irrigation")]
    record(CaseRows.open(path), acts, By("李四", today=date(2026, 4, 1)), path)
    before, after = (printed(one, "retirement_ledger").notes for one in (small_case(), path))
    assert not [note for note in before if "不一致" in note or "另有" in note]
    assert "高昌区：核查记录净退减220.0亩，按现有地块为120.0亩，两者不一致，请重新运行叠加核查。" in after
    for kind in LEDGERS:
        assert any(note.startswith("核查之后另有1项登记") for note in printed(path, kind).notes)


@pytest.mark.parametrize("kind", ["retirement_ledger", "retirement_split"])
def test_a_document_without_the_rule(small_case, printed, kind):
    """The register's retirements are listed and nothing is counted; there is nothing to split."""
    table = printed(small_case("kunyu-2025"), kind)
    assert any("未规定退减灌溉面积" in note for note in table.notes)
    if kind == "retirement_split":
        assert len(table) == 0
    else:
        assert set(table["net_mu"].values) == {None}
        assert sorted(set(table["area_id"].values)) == ["D1", "D2", "D3", "D4", "D5"]


def test_in_english(small_case, printed):
    table = printed(small_case(), "retirement_split", "en", "public")
    assert table["target_mu"].label == "Target (mu)"
    assert table["unit"].values[:2] == ("Turpan", "Gaochang")
    assert table.totals[0].label == "Units together, 2025"
