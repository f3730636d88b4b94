"""Registers and made rasters, from end to end: which land, since when, and what is said of it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from pyproj import CRS

from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.planning.verification import COLUMNS, VerificationSettings, verify_retirement
from overdraft.core.planning.verification.land import retired_land
from overdraft.core.planning.verification.speak import reason_text
from overdraft.core.policy import load_policy

THRESHOLD = VerificationSettings(threshold=0.3)


def event(number, area, kind, day, area_mu=None):
    return {
        "event_id": f"e{number}",
        "subject_role": "irrigation",
        "subject_id": area,
        "kind": kind,
        "effective_on": day,
        "area_mu": area_mu,
    }


@pytest.fixture
def county(made):
    """Areas of 10 × 10 pixels side by side: A green, B bare, C half green, D undated, E irrigated, F fallow."""
    box = made.pixel_box
    return made.areas(
        ("A", "retired", "2022-10-01", box(0, 0, 10, 10)),
        ("B", "retired", "2022-10-01", box(10, 0, 20, 10)),
        ("C", "retired", "2022-10-01", box(20, 0, 30, 10)),
        ("D", "retired", None, box(30, 0, 40, 10)),
        ("E", "irrigated", None, box(40, 0, 50, 10)),
        ("F", "fallow", None, box(50, 0, 60, 10)),
    )


@pytest.fixture
def index(write):
    values = np.full((10, 60), 0.1)
    values[:, :10] = 0.6
    values[:3, 20:30] = 0.5
    values[:, 40:50] = 0.7
    return write(values)


def outcomes(result):
    return dict(zip(result.frame["row_id"], result.frame["outcome"], strict=True))


def test_verdicts_and_counts_by_hand(county, index, made):
    result = verify_retirement(made.register(county), [index], made.day, THRESHOLD, raster_days="2024")
    assert outcomes(result) == {"A": "fail", "B": "pass", "C": "review", "D": "not_evaluated"}
    assert result.counts == {"fail": 1, "review": 1, "not_evaluated": 1, "exempt": 0, "pass": 1}
    frame = result.frame.set_index("row_id")
    assert tuple(result.frame.columns) == (*COLUMNS, "geometry")
    assert frame.loc["C", ["n_pixels", "n_valid", "green_ratio", "mean"]].tolist() == pytest.approx(
        [100, 100, 0.3, 0.22]
    )
    assert frame["restored"].to_dict() == {"A": "yes", "B": "no", "C": "unknown", "D": "unknown"}
    assert frame.loc["D", "message_key"] == "verification.unknown.undated"
    assert frame.loc["D", "green_ratio"] == 0  # the figures are shown all the same
    assert result.reaching == {"index.tif": pytest.approx(130 / 400)}
    # 100 m × 100 m on a UTM plane near its meridian (scale 0.9996): 15 mu ÷ 0.9996²
    assert frame.loc["A", "area_mu"] == pytest.approx(15 / 0.9996**2, rel=1e-5)
    assert json.loads(frame.loc["A", "settings"])["threshold"] == 0.3


def test_every_reason_is_a_whole_sentence_in_both_languages(county, index, made):
    for days in ("2024", "2020", "2026", None):
        for settings in (THRESHOLD, VerificationSettings(method="neighbours", min_neighbours=1)):
            found = verify_retirement(
                made.register(county), [index], made.day, settings, raster_days=days
            ).frame
            for row in found.itertuples():
                for language in ("en", "zh"):
                    text = reason_text(row.message_key, json.loads(row.message_values), row.notes, language)
                    assert "{" not in text
                    assert text.endswith("。" if language == "zh" else ".")


def test_a_raster_of_another_time_says_nothing(county, index, made):
    register = made.register(county)
    for days, key in (("2022", "before"), ("2026-01", "after"), ("2022-09-30", "before")):
        result = verify_retirement(register, [index], made.day, THRESHOLD, raster_days=days)
        assert set(result.frame["outcome"]) == {"not_evaluated"}
        assert result.frame.set_index("row_id").loc["A", "message_key"] == f"verification.unknown.{key}"
    on_the_day = verify_retirement(register, [index], made.day, THRESHOLD, raster_days="2022-10-01")
    assert outcomes(on_the_day)["A"] == "fail"


def test_without_a_season_it_is_said_so(county, index, made):
    result = verify_retirement(made.register(county), [index], made.day, THRESHOLD)
    assert outcomes(result) == {"A": "review", "B": "not_evaluated", "C": "review", "D": "not_evaluated"}
    assert set(result.frame["restored"]) == {"unknown"}
    assert set(result.frame["season"]) == {""}
    assert result.frame["message_key"][:3].tolist() == [
        "verification.no_season.restored",
        "verification.no_season.confirmed",
        "verification.no_season.doubtful",
    ]


def test_several_rasters_the_worst_counts_and_other_times_do_not(county, index, write, made):
    """A was bare in 2023 and green in 2024; an early raster takes nothing from B."""
    bare = write(np.full((10, 60), 0.1), "early/index.tif".replace("/", "_"))
    result = verify_retirement(
        made.register(county), [bare, index, bare], made.day, THRESHOLD, raster_days="2023, 2024, 2021"
    )
    assert len(result.frame) == 12
    told = result.frame[result.frame["row_id"] == "A"]
    assert told["raster"].tolist() == ["early_index.tif", "index.tif", "early_index.tif (2)"]
    assert told["outcome"].tolist() == ["pass", "fail", "not_evaluated"]
    whole = result.frame.drop_duplicates("row_id").set_index("row_id")["area_outcome"]
    assert whole.to_dict() == {"A": "fail", "B": "pass", "C": "review", "D": "not_evaluated"}


def test_clouds_after_the_retirement_keep_an_area_open(county, index, write, made):
    clouds = write(np.full((10, 60), np.nan), "clouds.tif")
    result = verify_retirement(
        made.register(county), [index, clouds], made.day, THRESHOLD, raster_days="2024, 2023"
    )
    whole = result.frame.drop_duplicates("row_id").set_index("row_id")["area_outcome"]
    assert whole.to_dict() == {"A": "fail", "B": "not_evaluated", "C": "review", "D": "not_evaluated"}


def test_another_coordinate_system_gives_the_same_verdicts(county, index, made):
    moved = verify_retirement(
        made.register(county.to_crs("EPSG:4490")), [index], made.day, THRESHOLD, raster_days="2024"
    )
    assert outcomes(moved) == {"A": "fail", "B": "pass", "C": "review", "D": "not_evaluated"}
    assert moved.frame["n_pixels"].tolist() == [100] * 4
    assert moved.frame.crs.to_epsg() == 4490


def test_neighbours_by_hand(write, made):
    """Means around: 0.8, 0.7, 0.6, 0.5, 0.4; quartile 0.5, median 0.6; A 0.5 restored, B 0.2 confirmed, C 0.4 open."""
    levels = [0.5, 0.2, 0.4, 0.8, 0.7, 0.6, 0.5, 0.4, 0.9]
    path = write(np.repeat(np.array([levels]), 10, axis=1).repeat(10, axis=0))
    rows = [
        (name, "retired", "2022-10-01", made.pixel_box(10 * n, 0, 10 * n + 10, 10))
        for n, name in enumerate("ABC")
    ]
    rows += [(f"N{n}", "irrigated", None, made.pixel_box(10 * n, 0, 10 * n + 10, 10)) for n in range(3, 8)]
    rows += [("far", "fallow", None, made.pixel_box(80, 0, 90, 10))]
    settings = VerificationSettings(method="neighbours")
    found = verify_retirement(
        made.register(made.areas(*rows)), [path], made.day, settings, raster_days="2024"
    ).frame
    assert found["n_neighbours"].tolist() == [5, 5, 5]
    assert found["neighbour_quartile"].tolist() == pytest.approx([0.5] * 3)
    assert found["neighbour_median"].tolist() == pytest.approx([0.6] * 3)
    assert found["confirmed_below"].tolist() == pytest.approx([0.3] * 3)
    assert found["outcome"].tolist() == ["fail", "pass", "review"]
    assert found["green_ratio"].isna().all()
    near = VerificationSettings(method="neighbours", neighbour_distance_m=350)
    found = verify_retirement(
        made.register(made.areas(*rows)), [path], made.day, near, raster_days="2024"
    ).frame
    # A ends at 100 m: those that begin at 300 and 400 m lie within 350 m
    assert found["n_neighbours"].tolist() == [2, 3, 4]
    assert set(found["message_key"]) == {"verification.unknown.few_neighbours"}


def test_what_is_retired_and_since_when_follows_the_events(made):
    rows = [
        (name, "irrigated", None, made.pixel_box(10 * n, 0, 10 * n + 10, 10))
        for n, name in enumerate("ABCDEFG")
    ]
    events = pd.DataFrame(
        [
            event(1, "A", "retired", "2022-01-01"),
            event(2, "A", "restored", "2023-01-01"),
            event(3, "A", "retired", "2024-06-01"),
            event(4, "B", "retired", "2022-01-01"),
            event(5, "B", "retired", "2024-01-01"),  # said again: nothing changed
            event(6, "C", "retired", "2022-01-01"),
            event(7, "C", "restored", "2023-01-01"),
            event(8, "D", "retired", "2022-01-01", 6.0),
            event(9, "D", "retired", "2023-01-01", 3.0),
            event(10, "E", "retired", "2026-03-01"),
            event(11, "F", "retired", None),
            event(12, "G", None, "2022-01-01"),
        ]
    )
    layer = made.areas(*[(*row, {"area_mu": 15.0}) for row in rows])
    land = retired_land(made.register(layer, events=events), made.day)
    found = land.subjects.set_index("row_id")
    assert sorted(found.index) == ["A", "B", "D", "F"]
    since = found["retired_since"].dt.strftime("%Y-%m-%d")
    assert since[["A", "B", "D"]].tolist() == ["2024-06-01", "2022-01-01", "2023-01-01"]
    assert found.loc[["A", "B", "D"], "retired_ratio"].tolist() == pytest.approx([1, 1, 0.6])
    assert found.loc["F", "unknown"] == "undated"


def test_part_of_an_area_is_judged_with_a_note(made, write):
    """Of 100 pixels 60 are retired; 40 green ones may all be in use, 95 cannot."""
    rows = [("P", "irrigated", None, made.pixel_box(0, 0, 10, 10), {"area_mu": 10.0})]
    register = made.register(
        made.areas(*rows), events=pd.DataFrame([event(1, "P", "retired", "2022-01-01", 6.0)])
    )
    for green, outcome in ((40, "review"), (95, "fail"), (5, "pass")):
        values = np.where(np.arange(100) < green, 0.9, 0.1).reshape(10, 10)
        path = write(values, f"{green}.tif")
        found = verify_retirement(register, [path], made.day, THRESHOLD, raster_days="2024").frame.loc[0]
        assert (found["outcome"], found["notes"]) == (outcome, "partial")
        low, high = max(0, (green - 40) / 60), min(1, green / 60)
        assert (found["value_low"], found["value_high"]) == pytest.approx((low, high))


def test_land_in_use_is_not_held_against_a_retired_area(made, write):
    """The right half of R is also part of an irrigated, green area."""
    rows = [
        ("R", "retired", "2022-10-01", made.pixel_box(0, 0, 10, 10)),
        ("U", "irrigated", None, made.pixel_box(5, 0, 20, 10)),
        ("S", "retired", "2022-10-01", made.pixel_box(15, 0, 20, 10)),
    ]
    values = np.full((10, 20), 0.1)
    values[:, 5:] = 0.9
    register = made.register(made.areas(*rows))
    found = verify_retirement(register, [write(values)], made.day, THRESHOLD, raster_days="2024").frame
    assert found.loc[0, ["row_id", "n_pixels", "green_ratio", "outcome", "notes"]].tolist() == [
        *("R", 50, 0.0, "pass", "overlap")
    ]
    assert found.loc[1, ["row_id", "outcome", "message_key"]].tolist() == [
        *("S", "not_evaluated", "verification.unknown.overlapped")
    ]


def test_contradictions_small_and_distant_areas_are_not_evaluated(made, write):
    rows = [
        ("again", "irrigated", "2022-10-01", made.pixel_box(0, 0, 10, 10)),
        ("small", "retired", "2022-10-01", made.pixel_box(10, 0, 13, 3)),
        ("away", "retired", "2022-10-01", made.pixel_box(500, 0, 510, 10)),
        ("nowhere", "retired", "2022-10-01", None),
    ]
    register = made.register(made.areas(*rows))
    found = verify_retirement(
        register, [write(np.full((10, 20), 0.9))], made.day, THRESHOLD, raster_days="2024"
    ).frame
    assert set(found["outcome"]) == {"not_evaluated"}
    keys = dict(
        zip(found["row_id"], found["message_key"].str.removeprefix("verification.unknown."), strict=True)
    )
    assert keys == {
        "again": "contradictory",
        "small": "few_pixels",
        "away": "outside",
        "nowhere": "no_polygon",
    }
    small = json.loads(found.set_index("row_id").loc["small", "message_values"])
    assert (small["pixels"], small["needed_pixels"]) == (9, 10)


def test_nothing_retired_and_no_polygons_at_all(made, index):
    nothing = made.areas(("E", "irrigated", None, made.pixel_box(0, 0, 9, 9)))
    for settings in (THRESHOLD, VerificationSettings(method="neighbours")):
        result = verify_retirement(made.register(nothing), [index], made.day, settings, raster_days="2024")
        assert (len(result.frame), sum(result.counts.values()), len(result.wells)) == (0, 0, 0)
        bare = made.areas(("R", "retired", "2022-10-01", None))
        result = verify_retirement(made.register(bare), [index], made.day, settings, raster_days="2024")
        assert result.frame["message_key"].tolist() == ["verification.unknown.no_polygon"]


def test_the_clause_of_the_policy(county, index, made):
    register = made.register(county)
    found = verify_retirement(register, [index], made.day, THRESHOLD, policy=load_policy("turpan-2021"))
    assert set(found.frame["clause"]) == {"TLF-1.2e"}
    found = verify_retirement(register, [index], made.day, THRESHOLD, policy=load_policy("toli-2024"))
    assert set(found.frame["clause"]) == {""}


def test_the_order_of_the_rows_changes_nothing(county, index, made):
    first = verify_retirement(made.register(county), [index], made.day, THRESHOLD, raster_days="2024")
    turned = county.iloc[::-1].reset_index(drop=True)
    second = verify_retirement(made.register(turned), [index], made.day, THRESHOLD, raster_days="2024")
    assert first.frame.drop(columns="geometry").equals(second.frame.drop(columns="geometry"))


def test_what_stops_a_run(county, index, made):
    register = made.register(county)
    with pytest.raises(OverdraftError) as caught:
        verify_retirement(register, [], made.day, THRESHOLD)
    assert caught.value.key == "verification.no_rasters"
    with pytest.raises(OverdraftError) as caught:
        verify_retirement(register, [index, index], made.day, THRESHOLD, raster_days="2024")
    assert caught.value.key == "verification.raster_days"

    def stop(share):
        if share > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        verify_retirement(register, [index], made.day, THRESHOLD, progress=stop)


def test_a_plane_of_its_own_and_a_raster_on_the_globe(index, made):
    """A local engineering system has no place on the earth."""
    plane = CRS.from_wkt('LOCAL_CS["plane",UNIT["metre",1]]')
    layer = made.areas(("A", "retired", "2022-10-01", made.pixel_box(0, 0, 10, 10)), crs=plane)
    with pytest.raises(OverdraftError) as caught:
        verify_retirement(made.register(layer), [index], made.day, THRESHOLD)
    assert caught.value.key == "verification.raster_elsewhere"
