"""Units ranked by change of level and by use of their plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from build import scene
from overdraft.core.errors import OverdraftError
from overdraft.core.ranking import by_rank, rank_units, span, station_changes
from overdraft.core.register import MissingRoleError

UNITS = [
    {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89.0, 42.0, 90.0, 43.5)},
    {"unit_id": "650421", "name": "鄯善县", "level": "county", "geometry": box(90.0, 42.0, 91.0, 43.5)},
    {"unit_id": "650422", "name": "托克逊县", "level": "county", "geometry": box(88.0, 42.0, 89.0, 43.5)},
    {"unit_id": "999999", "name": "别处", "level": "county", "geometry": box(91.0, 42.0, 92.0, 43.5)},
]
PLACES = {"A": 89.5, "B": 90.5, "C": 88.5, "Z": 91.5}


def station(name: str, county: str, **more) -> dict:
    return {"station_id": name, "x": PLACES[county], "y": 42.9, **more}


def two(name: str, before: float, after: float, field: str = "level_m") -> list[dict]:
    return [
        {"station_id": name, "date_on": "2025-08-10", field: before},
        {"station_id": name, "date_on": "2025-11-10", field: after},
    ]


def ranked(stations, levels, **options):
    of = scene(as_of="2026-03-31", units=UNITS, stations=stations, levels=levels)
    return rank_units(of, **{"period": "2025-Q4", **options})


def by_unit(found, column: str) -> dict:
    return dict(zip(found.frame["unit_id"], found.frame[column], strict=True))


AC_30 = {
    "stations": [station("a", "A"), station("b", "B"), station("c", "C")],
    "levels": two("a", 10.0, 9.7) + two("b", 20.0, 20.5) + two("c", 30.0, 29.9),
}


@pytest.mark.parametrize(
    ("signed", "ranks"),
    [
        pytest.param(True, {"650402": 1, "650422": 2, "650421": 3}, id="AC-30"),
        pytest.param(False, {"650421": 1, "650402": 2, "650422": 3}, id="AC-30 absolute"),
    ],
)
def test_the_largest_fall_comes_first(signed, ranks):
    found = ranked(**AC_30, signed=signed)
    assert by_unit(found, "rank") == ranks
    assert by_unit(found, "change_m") == pytest.approx({"650402": -0.3, "650421": 0.5, "650422": -0.1})
    assert found.frame["rank"].tolist() == [1, 2, 3]
    assert (found.period, found.previous) == ("2025-Q4", "2025-Q3")


def test_equal_changes_share_a_rank_and_the_next_is_skipped():
    levels = two("a", 10.0, 9.7) + two("b", 20.0, 19.7) + two("c", 30.0, 29.9)
    found = ranked(AC_30["stations"], levels)
    assert by_unit(found, "rank") == {"650402": 1, "650421": 1, "650422": 3}


def test_depths_count_with_the_opposite_sign():
    found = ranked(
        [station("a", "A"), station("b", "B")], two("a", 10.0, 10.4, "depth_m") + two("b", 20.0, 20.1)
    )
    assert by_unit(found, "change_m")["650402"] == pytest.approx(-0.4)
    assert by_unit(found, "rank")["650402"] == 1
    assert np.isnan(by_unit(found, "before_m")["650402"])  # no elevation is known


def test_depths_become_elevations_where_the_ground_is_known():
    levels = [
        {"station_id": "a", "date_on": "2025-08-10", "depth_m": 12.0},
        {"station_id": "a", "date_on": "2025-11-10", "level_m": 87.5},
        *two("b", 5.0, 6.0),
    ]
    found = ranked([station("a", "A", ground_m=100.0), station("b", "B")], levels)
    assert by_unit(found, "change_m")["650402"] == pytest.approx(-0.5)
    mixed = ranked([station("a", "A"), station("b", "B")], levels)
    assert mixed.left_out == {"mixed": 1}
    assert by_unit(mixed, "n_left_out")["650402"] == 1
    assert pd.isna(by_unit(mixed, "rank")["650402"])


def test_only_stations_with_both_periods_count_and_each_has_one_voice():
    stations = [station("a", "A"), station("a2", "A"), station("a3", "A"), station("z", "Z")]
    many = [{"station_id": "a", "date_on": f"2025-10-{day:02d}", "level_m": 9.0} for day in range(1, 21)]
    levels = (
        two("a", 10.0, 9.0) + many + two("a2", 10.0, 10.5) + two("a3", 1.0, 90.0)[1:] + two("z", 5.0, 4.0)
    )
    found = ranked(stations, levels)
    assert by_unit(found, "change_m")["650402"] == pytest.approx((-1.0 + 0.5) / 2)
    assert by_unit(found, "n_stations")["650402"] == 3
    assert by_unit(found, "n_used")["650402"] == 2
    assert "999999" not in set(found.frame["unit_id"])  # not in the policy's jurisdiction
    assert (found.n_stations, found.n_used, found.left_out) == (4, 2, {"no_data": 1, "no_unit": 1})


def test_the_basis_and_an_explicit_period():
    levels = [
        {"station_id": "a", "date_on": "2024-11-01", "level_m": 20.0},
        *two("a", 10.0, 9.0),
    ]
    stations = [station("a", "A")]
    assert by_unit(ranked(stations, levels), "change_m")["650402"] == pytest.approx(-1.0)
    year = ranked(stations, levels, basis="same_quarter_last_year")
    assert (year.previous, by_unit(year, "change_m")["650402"]) == ("2024-Q4", pytest.approx(-11.0))
    told = ranked(stations, levels, previous="2024")
    assert told.previous == "2024"
    with pytest.raises(OverdraftError, match="overlap"):
        ranked(stations, levels, previous="2025")


def test_missing_roles_and_measures_are_named():
    with pytest.raises(MissingRoleError):
        rank_units(scene(units=UNITS), period="2025-Q4")
    with pytest.raises(OverdraftError, match="beauty"):
        rank_units(scene(units=UNITS), period="2025", measure="beauty")


def test_order_of_rows_changes_nothing():
    one = ranked(**AC_30)
    other = ranked(AC_30["stations"][::-1], AC_30["levels"][::-1])
    pd.testing.assert_frame_equal(one.frame, other.frame)


def test_raising_all_elevations_changes_no_change():
    levels = pd.DataFrame(AC_30["levels"]).assign(date_on=lambda f: pd.to_datetime(f["date_on"]))
    ids, ground = pd.Series(["a", "b", "c"]), pd.Series([np.nan] * 3)
    one = station_changes(ids, ground, levels, span("2025-Q4"), span("2025-Q3"))
    two_ = station_changes(
        ids, ground, levels.assign(level_m=levels["level_m"] + 500), span("2025-Q4"), span("2025-Q3")
    )
    np.testing.assert_allclose(one["change_m"], two_["change_m"])


def test_ranks_of_figures_that_differ_by_rounding_are_shared():
    assert by_rank([0.3 - 0.1, 0.2, np.nan, -1.0]).tolist()[:2] == [2, 2]


def test_use_against_plan_the_largest_share_first():
    def use(unit, value, measure="use", **more):
        row = {"subject_role": "units", "subject_id": unit, "year": 2025, "measure": measure, "unit": "万m3"}
        return {**row, "value": value, "source": "groundwater", **more}

    rows = [
        use("650402", 19000),
        use("650421", 9300),
        use("650422", 10600),
        use("650421", 9000, "index", issuer="b"),
    ]
    found = rank_units(scene(indices=rows), period="2025", measure="utilisation")
    # caps of 2025: 1.91, 1.86 (an index of 0.90 is smaller and counts), 1.06 亿m³
    assert by_unit(found, "plan_m3") == {"650402": 191e6, "650421": 90e6, "650422": 106e6}
    assert by_unit(found, "rank") == {"650421": 1, "650422": 2, "650402": 3}
    assert by_unit(found, "ratio")["650421"] == pytest.approx(93 / 90)
    assert by_unit(found, "margin_m3")["650422"] == pytest.approx(0)
    with pytest.raises(OverdraftError, match="2025-Q1"):
        rank_units(scene(indices=rows), period="2025-Q1", measure="utilisation")


def figure(value, measure="use", unit="650402", year=2024, **more):
    row = {"subject_role": "units", "subject_id": unit, "year": year, "measure": measure, "unit": "m3"}
    return {**row, "value": value, "source": "groundwater", **more}


def used(*rows):
    return rank_units(scene(indices=rows), period="2024", measure="utilisation")


def test_use_and_plan_are_of_one_scope():
    part = {"scope": "井灌区"}
    rows = [figure(10_000, "index"), figure(5_000), figure(1_000, "index", **part), figure(900, **part)]
    other = [figure(100, "index", "650421"), figure(60, unit="650421")]
    found = used(*rows, *other)
    assert by_unit(found, "ratio")["650402"] == 0.5
    assert by_unit(found, "margin_m3")["650402"] == 5_000
    assert (by_unit(found, "rank")["650421"], by_unit(found, "rank")["650402"]) == (1, 2)
    # without a plan of the whole unit its part speaks
    assert by_unit(used(*rows[1:], *other), "ratio")["650402"] == 0.9
    alone = used(rows[1], rows[2], *other)
    assert by_unit(alone, "period_state")["650402"] == "not_comparable"
    assert pd.isna(by_unit(alone, "rank")["650402"])
    assert (by_unit(alone, "use_m3")["650402"], by_unit(alone, "plan_m3")["650402"]) == (5_000, 1_000)
    assert pd.isna(by_unit(alone, "margin_m3")["650402"])


def test_any_use_of_a_plan_of_nothing_comes_first():
    found = used(figure(0, "index"), figure(5_000), figure(10, "index", "650421"), figure(30, unit="650421"))
    assert (by_unit(found, "rank")["650402"], by_unit(found, "rank")["650421"]) == (1, 2)
    assert pd.isna(by_unit(found, "ratio")["650402"])


def test_levels_after_the_day_are_not_known_yet():
    levels = [
        {"station_id": "a", "date_on": day, "level_m": level}
        for day, level in (("2025-05-01", 10.0), ("2025-07-20", 9.0), ("2025-08-20", 5.0))
    ]
    of = scene(as_of="2025-08-01", units=UNITS, stations=[station("a", "A")], levels=levels)
    assert by_unit(rank_units(of, period="2025-Q3"), "change_m")["650402"] == pytest.approx(-1.0)
