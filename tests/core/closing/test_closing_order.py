"""The ranked closing list (TLF-4.3b): hand-computed scores, ties, unknown facts, weights."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from overdraft.core.closing import CRITERIA, EXPECTED_SETTINGS, closing_order, reason_text
from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.messages import catalogue
from overdraft.core.overlay import PlacementOptions, place
from overdraft.core.policy import load_policy

CRS = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
AS_OF = date(2026, 3, 31)
AT = {name: Point(X0 + x, Y0 + 500) for name, x in (("general", 500), ("severe", 1500), ("outside", 5000))}
ZONES = [
    {
        "zone_id": "G",
        "severity": "general",
        "control": "restricted",
        "geometry": box(X0, Y0, X0 + 1000, Y0 + 1000),
    },
    {
        "zone_id": "S",
        "severity": "severe",
        "control": "banned",
        "geometry": box(X0 + 1000, Y0, X0 + 2000, Y0 + 1000),
    },
]
UNITS = [
    {
        "unit_id": "650402",
        "name": "高昌区",
        "level": "county",
        "geometry": box(X0 - 9, Y0 - 9, X0 + 9000, Y0 + 9000),
    }
]
ONLY = dict.fromkeys(CRITERIA, 0.0)


def well(well_id, where="general", **fields):
    row = {"use": "irrigation", "status": "active", "permit_no": "P", **fields}
    return {"well_id": well_id, "geometry": AT.get(where), **row}


def order(rows, weights=None, policy=None, as_of=AS_OF, units=UNITS, zones=ZONES, progress=None, **tables):
    layers = {"wells": rows, "zones": zones, "units": units, **tables}
    spatial = ("wells", "zones", "units", "networks", "alternatives", "stations", "irrigation")
    frames = {
        role: gpd.GeoDataFrame(given, crs=CRS) if role in spatial else pd.DataFrame(given)
        for role, given in layers.items()
        if given is not None
    }
    register = build_register(frames)
    policy = policy or load_policy("turpan-2021")
    options = PlacementOptions(distance_limit_m=0, position_accuracy_m=0)
    names = ("zones", "units", "networks", "irrigation")
    placement = place(
        register["wells"],
        **{role: register.get(role) for role in names},
        policy=policy,
        as_of=as_of,
        options=options,
    )
    return closing_order(register, placement, policy, as_of, weights=weights, progress=progress)


def by_well(result, column):
    return dict(zip(result.frame["well_id"], result.frame[column], strict=True))


def test_a_hand_computed_score():
    result = order(
        [
            well("A", "severe", permit_no=None, metered=False, built_on="2006-03-31"),
            well("B", "general", metered=True, built_on="2016-03-31"),
        ]
    )
    # A: severity 1 + control 1 + no permit 1 + no meter 1 + age 1 of ten equal weights; B: control 0.5 + age ½
    half = ((date(2026, 3, 31) - date(2016, 3, 31)).days) / ((date(2026, 3, 31) - date(2006, 3, 31)).days)
    assert by_well(result, "score") == pytest.approx({"A": 0.5, "B": (0.5 + half) / 10}, abs=1e-9)
    assert by_well(result, "rank") == {"A": 1, "B": 2}
    assert by_well(result, "zone_id") == {"A": "S", "B": "G"}
    assert set(by_well(result, "county_id").values()) == {"650402"}
    assert by_well(result, "unknown")["A"] == "substitute;idle;decline;inefficiency;volume"


def test_who_is_on_the_list():
    result = order(
        [
            well("active"),
            well("standby", status="standby"),
            well("shut", status="shut"),
            well("sealed", status="sealed"),
            well("industry", use="industry"),
            well("forest", use="ecological_forest"),
            well("outside", "outside"),
            well("no use", use=None),
            well("no status", status=None),
            well("no place", None),
            well("no use outside", "outside", use=None),
        ]
    )
    assert sorted(result.frame["well_id"]) == ["active", "standby"]
    told = dict(zip(result.left_out["well_id"], result.left_out["reason_key"], strict=True))
    assert told == {
        "no place": "closing.left_out.not_placed",
        "no status": "closing.left_out.status_unknown",
        "no use": "closing.left_out.use_unknown",
    }
    elsewhere = [{**UNITS[0], "unit_id": "654224", "name": "托里县"}]
    result = order([well("active"), well("no use", use=None)], units=elsewhere)
    assert len(result.frame) == len(result.left_out) == 0


def test_without_zones_nobody_is_ranked():
    result = order([well("A")], zones=None)
    assert len(result.frame) == 0
    assert result.left_out["reason_key"].tolist() == ["closing.left_out.no_zones"]


def test_ties_share_a_rank_in_order_of_ids():
    result = order([well("C"), well("A"), well("D", "severe"), well("B")])
    assert result.frame[["rank", "well_id"]].to_numpy().tolist() == [[1, "D"], [2, "A"], [2, "B"], [2, "C"]]


def test_weights_of_the_caller():
    rows = [well("old", built_on="1990-01-01"), well("severe", "severe", built_on="2020-01-01")]
    assert order(rows, {**ONLY, "severity": 1}).frame["well_id"].tolist() == ["severe", "old"]
    result = order(rows, {**ONLY, "age": 2.0})
    assert result.frame["well_id"].tolist() == ["old", "severe"]
    assert result.frame["score"].iloc[0] == 1.0
    assert result.settings.unverified == ("closing.years", "closing.level_years")
    assert set(order(rows).settings.unverified) == set(EXPECTED_SETTINGS)


def test_twice_the_weights_change_nothing():
    rows = [well("A", built_on="1990-01-01"), well("B", "severe", metered=False)]
    one, two = (order(rows, dict.fromkeys(CRITERIA, weight)).frame for weight in (1.0, 2.0))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("weights", "key"),
    [
        ({"beauty": 1.0}, "closing.unknown_criterion"),
        ({"age": -1.0}, "closing.bad_weight"),
        ({"age": float("nan")}, "closing.bad_weight"),
        (ONLY, "closing.no_weight"),
    ],
)
def test_weights_that_cannot_be_used(weights, key):
    with pytest.raises(OverdraftError) as raised:
        order([well("A")], weights)
    assert raised.value.key == key
    assert all(raised.value.text(language) for language in ("en", "zh"))


def readings(well_id, volumes, energy=None):
    return [
        {"well_id": well_id, "year": 2026 - len(volumes) + n, "volume_m3": volume, "energy_kwh": energy}
        for n, volume in enumerate(volumes)
    ]


def test_figures_below_zero_are_not_idleness():
    power = [{**row, "volume_m3": 0.0} for row in readings("power", [None] * 3, energy=-1.0)]
    result = order(
        [well("water"), well("power")], readings=[*readings("water", [-100.0, -100.0, -100.0]), *power]
    )
    assert np.isnan(list(by_well(result, "idle").values())).all()
    assert np.isnan(by_well(result, "used_m3")["water"])


def test_volume_idleness_and_water_per_mu():
    rows = [
        well("big", area_mu=100.0),
        well("thirsty", area_mu=20.0),
        well("idle"),
        well("two years"),
        well("powered"),
        well("unread"),
    ]
    table = [
        *readings("big", [30_000.0, 40_000.0, 50_000.0]),
        *readings("thirsty", [20_000.0, 20_000.0, 20_000.0]),
        *readings("idle", [0.0, 0.0, 0.0]),
        *readings("two years", [0.0, 0.0]),
        *readings("powered", [0.0, 0.0, 0.0], energy=5.0),
    ]
    result = order(rows, readings=table)
    assert by_well(result, "used_m3")["big"] == 40_000.0
    assert by_well(result, "volume")["thirsty"] == 0.5
    assert by_well(result, "inefficiency")["big"] == 0.4  # 400 of 1000 m³ per mu
    assert by_well(result, "inefficiency")["thirsty"] == 1.0
    idle = by_well(result, "idle")
    assert (idle["idle"], idle["big"], idle["powered"]) == (1.0, 0.0, 0.0)
    assert np.isnan(idle["two years"])
    assert np.isnan(idle["unread"])
    assert by_well(result, "unknown")["unread"].split(";")[-2:] == ["inefficiency", "volume"]


def test_area_through_the_areas_that_a_well_serves():
    areas = [
        {"area_id": "F", "status": "irrigated", "area_mu": 200.0, "geometry": box(X0, Y0, X0 + 10, Y0 + 10)}
    ]
    links = [{"well_id": "A", "area_id": "F", "share_ratio": 0.5}]
    table = [*readings("A", [10_000.0] * 3), *readings("B", [10_000.0] * 3)]
    result = order([well("A"), well("B", area_mu=50.0)], readings=table, irrigation=areas, well_areas=links)
    assert by_well(result, "inefficiency") == {"A": 0.5, "B": 1.0}  # 100 and 200 m³ per mu


def test_another_source_at_hand():
    network = [{"network_id": "N", "geometry": box(X0, Y0, X0 + 600, Y0 + 1000)}]
    supply = [
        {"alternative_id": "R", "kind": "surface", "geometry": box(X0 + 1000, Y0, X0 + 2000, Y0 + 1000)}
    ]
    rows = [well("A"), well("B", "severe")]
    assert by_well(order(rows, networks=network), "substitute") == {"A": 1.0, "B": 0.0}
    assert by_well(order(rows, networks=network, alternatives=supply), "substitute") == {"A": 1.0, "B": 1.0}
    assert np.isnan(by_well(order(rows), "substitute")["A"])


def test_the_fall_of_the_level_in_the_zone():
    stations = [
        {"station_id": "G1", "geometry": AT["general"]},
        {"station_id": "S1", "geometry": AT["severe"]},
        {"station_id": "S2", "geometry": AT["severe"]},
    ]
    levels = [
        {"station_id": station, "date_on": f"{year}-06-30", "level_m": 100.0 + rate * (year - 2023)}
        for station, rate in (("G1", -0.5), ("S1", -1.0), ("S2", -3.0))
        for year in (2023, 2024, 2025)
    ]
    result = order([well("A"), well("B", "severe")], stations=stations, levels=levels)
    assert by_well(result, "decline") == pytest.approx(
        {"A": 0.25, "B": 1.0}
    )  # 0.5 against a median of 2 m a year
    rising = [{**row, "level_m": 200.0 - row["level_m"]} for row in levels]
    assert set(by_well(order([well("A")], stations=stations, levels=rising), "decline").values()) == {0.0}


def test_permits_that_nobody_records_speak_neither_way():
    result = order([well("A", permit_no=None), well("B", permit_no=None)])
    assert result.frame["unpermitted"].isna().all()
    result = order([well("A", permit_no=None), well("B")])
    assert by_well(result, "unpermitted") == {"A": 1.0, "B": 0.0}


def test_a_missing_fact_raises_no_score():
    full = well("A", "severe", permit_no=None, metered=False, built_on="1990-01-01", area_mu=10.0)
    table = readings("A", [10_000.0] * 3)
    other = well("B", built_on="1980-01-01")
    best = by_well(order([full, other], readings=table), "score")["A"]
    for name in ("metered", "built_on", "area_mu"):
        assert by_well(order([{**full, name: None}, other], readings=table), "score")["A"] <= best
    assert by_well(order([full, other]), "score")["A"] <= best


def test_cumulative_volumes_run_down_the_list():
    rows = [well("A", "severe", permit_m3=10.0), well("B", permit_m3=None), well("C", permit_m3=5.0)]
    result = order(rows, readings=readings("C", [7.0, 7.0, 7.0]), weights={**ONLY, "severity": 1})
    assert result.frame["well_id"].tolist() == ["A", "B", "C"]
    assert result.frame["cumulative_permit_m3"].tolist() == [10.0, 10.0, 15.0]
    assert result.frame["cumulative_used_m3"].tolist() == [0.0, 0.0, 7.0]


def test_reasons_name_what_put_a_well_there():
    result = order(
        [well("A", "severe", permit_no=None), well("B")], weights={**ONLY, "severity": 1, "unpermitted": 3}
    )
    first, second = result.frame.iloc[0], result.frame.iloc[1]
    values = json.loads(first["reason_values"])
    assert values == {"criteria": ["unpermitted", "severity"], "shares": [0.75, 0.25], "score": 1.0}
    assert reason_text(first["reason_key"], values, "zh") == "排序依据：无取水许可、位于严重超采区（得分1）。"
    assert reason_text(first["reason_key"], values, "en").startswith("Placed here by: no permit, severe")
    assert second["reason_key"] == "closing.reason_none"
    assert {f"closing.criterion.{name}" for name in CRITERIA} <= set(catalogue())


def test_order_of_rows_changes_nothing():
    rows = [
        well(f"W{n}", "severe" if n % 3 else "general", built_on=f"{1990 + n % 7}-01-01") for n in range(30)
    ]
    table = [one for n in range(30) for one in readings(f"W{n}", [float(n % 5)] * 3)]
    one = order(rows, readings=table).frame
    two = order(rows[::-1], readings=table[::-1]).frame
    pd.testing.assert_frame_equal(one, two)
    assert one["rank"].is_monotonic_increasing
    assert one["score"].is_monotonic_decreasing


def test_progress_can_cancel():
    def stop(_):
        raise Cancelled

    with pytest.raises(Cancelled):
        order([well("A")], progress=stop)
    told = []
    order([well("A")], progress=told.append)
    assert told[-1] == 1.0
