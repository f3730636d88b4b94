"""The whole flow on small worlds: every subject is accounted for, and nothing depends on what must not matter."""

from __future__ import annotations

import json
import re
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, box

from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.findings import OUTCOMES
from overdraft.core.intake import build_register
from overdraft.core.messages import render
from overdraft.core.policy import load_policy
from overdraft.core.report import render_report

CRS = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
AS_OF = date(2026, 3, 31)
USES = ["irrigation", "irrigation", "irrigation", "ecological_forest", "industry", None]


def square(x: float, y: float, width: float, height: float):
    return box(X0 + x, Y0 + y, X0 + x + width, Y0 + y + height)


def frames(seed: int = 3) -> dict[str, pd.DataFrame]:
    """Sixty wells over two counties and the land beyond, two zones, four areas, a few pairs."""
    rng = np.random.default_rng(seed)
    xy = np.column_stack([rng.uniform(X0 - 3_000, X0 + 23_000, 60), rng.uniform(Y0, Y0 + 10_000, 60)])
    days = pd.date_range("2020-06-01", "2025-12-01", periods=60).strftime("%Y-%m-%d")
    wells = pd.DataFrame(
        {
            "well_id": [f"W{n:02}" for n in range(60)],
            "use": rng.choice(np.array(USES, dtype=object), 60),
            "status": rng.choice(["active", "sealed", "dismantled", "shut"], 60),
            "status_on": rng.permutation(days),
            "origin": rng.choice(["original", "renewal"], 60, p=[0.8, 0.2]),
            "commissioned_on": rng.permutation(days),
            "permit_no": [None if n % 7 == 0 else f"P{n}" for n in range(60)],
            "permit_m3": rng.integers(1, 9, 60) * 10_000.0,
        }
    )
    counties = [
        {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": square(0, 0, 10_000, 10_000)},
        {
            "unit_id": "650421",
            "name": "鄯善县",
            "level": "county",
            "geometry": square(10_000, 0, 10_000, 10_000),
        },
        {
            "unit_id": "659999",
            "name": "外县",
            "level": "county",
            "geometry": square(20_000, 0, 10_000, 10_000),
        },
    ]
    severe = {"severity": "severe", "control": "banned", "geometry": square(9_000, 2_000, 16_000, 7_500)}
    zones = [
        {"zone_id": "Z1", "severity": "general", "geometry": square(500, 500, 11_500, 8_500)},
        {"zone_id": "Z2", **severe},
    ]
    areas = {
        "area_id": ["A", "B", "C", "D"],
        "status": ["retired", "irrigated", "retired", "retired"],
        "retired_on": ["2022-05-01", None, "2020-05-01", None],
        "county": ["高昌区", "高昌区", "高昌区", "鄯善县"],
    }
    blocks = [square(4_000 * n, 1_000, 3_000, 3_000) for n in range(4)]
    pairs = {"renewal_id": rng.choice(wells["well_id"], 12), "retired_id": rng.choice(wells["well_id"], 12)}
    photo = {"event_id": ["wells:W01:sealed:2022-01-01"], "kind": ["photo"], "taken_on": ["2022-01-02"]}
    return {
        "wells": gpd.GeoDataFrame(wells, geometry=[Point(*one) for one in xy], crs=CRS),
        "units": gpd.GeoDataFrame(counties, crs=CRS),
        "zones": gpd.GeoDataFrame(zones, crs=CRS),
        "irrigation": gpd.GeoDataFrame(areas, geometry=blocks, crs=CRS),
        "pairs": pd.DataFrame(pairs).drop_duplicates(),
        "evidence": pd.DataFrame(photo),
        "readings": pd.DataFrame({"well_id": ["W01"], "year": [2021], "volume_m3": [1.0]}),
    }


def run(layers: dict[str, pd.DataFrame], **settings):
    return enforce(build_register(layers), load_policy("turpan-2021"), AS_OF, EnforceSettings(**settings))


@pytest.fixture(scope="module")
def result():
    return run(frames())


def test_every_well_has_one_row_and_one_outcome(result):
    assert len(result.wells) == 60
    assert set(result.wells["outcome"]) <= set(OUTCOMES)
    assert sum(result.counts.values()) == 60


def test_a_well_has_the_worst_outcome_that_any_rule_found(result):
    spoken = result.findings[result.findings["subject_role"] == "wells"]
    rank = {name: place for place, name in enumerate(OUTCOMES)}
    for row in result.wells.itertuples():
        said = spoken.loc[spoken["subject_id"] == row.row_id, "outcome"]
        assert row.outcome == min(said, key=rank.get, default="pass")


def test_rows_passes_and_out_of_scope_are_all_subjects(result):
    counts = result.rule_counts
    total = counts["n_rows"] + counts["n_pass"] + counts["n_out_of_scope"]
    assert (total == counts["n_subjects"]).all()
    assert counts["n_rows"].sum() == len(result.findings)
    assert counts.loc[counts["rule"] == "replacement.credit", "n_subjects"].sum() == 60


@pytest.mark.parametrize("crs", [pytest.param("EPSG:4518", id="AC-23 from a register")])
def test_an_irrigation_area_over_two_zones(crs):
    """(800,0)–(1200,500) over the zones of case 22: half of its 300 mu lies in the over-extraction zone."""
    x, y = 30_480_000.0, 4_750_000.0
    zones = {
        "zone_id": ["over", "restricted"],
        "severity": ["general", None],
        "control": [None, "restricted"],
    }
    area = {"area_id": ["A"], "status": ["irrigated"], "county": ["高昌区"]}
    shapes = [box(x, y, x + 1000, y + 1000), box(x + 500, y + 500, x + 1500, y + 1500)]
    found = run(
        {
            "wells": gpd.GeoDataFrame(
                {"well_id": ["W"], "use": ["irrigation"], "status": ["active"]},
                geometry=[Point(x + 250, y + 250)],
                crs=crs,
            ),
            "zones": gpd.GeoDataFrame(zones, geometry=shapes, crs=crs),
            "irrigation": gpd.GeoDataFrame(area, geometry=[box(x + 800, y, x + 1200, y + 500)], crs=crs),
        }
    ).area_zones
    assert found[["area_id", "zone_id"]].to_numpy().tolist() == [["A", "over"]]
    assert found["area_mu"].tolist() == pytest.approx([150.0], rel=5e-4)
    assert found["share_ratio"].tolist() == pytest.approx([0.5], abs=1e-4)


def test_the_order_of_rows_changes_no_finding(result):
    rng = np.random.default_rng(11)
    mixed = {
        role: frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
        for role, frame in frames().items()
    }
    other = run(mixed)
    assert other.manifest["finding_hash"] == result.manifest["finding_hash"]
    assert other.counts == result.counts


def test_two_runs_say_the_same(result):
    again = run(frames())
    assert again.manifest["finding_hash"] == result.manifest["finding_hash"]
    assert again.manifest["run_id"] != result.manifest["run_id"]


def test_a_zone_far_away_changes_no_well(result):
    layers = frames()
    far = {"zone_id": "Z9", "severity": "severe", "geometry": square(90_000, 0, 1_000, 1_000)}
    layers["zones"] = pd.concat([layers["zones"], gpd.GeoDataFrame([far], crs=CRS)], ignore_index=True)
    names = ["finding_id", "outcome", "evidence_hash"]
    one, other = (
        frame[frame["subject_role"] == "wells"][names].to_numpy().tolist()
        for frame in (result.findings, run(layers).findings)
    )
    assert one == other


def test_no_clause_is_applied_outside_the_policys_own_area(result):
    beyond = set(result.wells.loc[result.wells["county_id"] == "659999", "row_id"])
    assert beyond
    rows = result.findings
    judged = rows[
        (rows["subject_role"] == "wells") & rows["subject_id"].isin(beyond) & (rows["clause"] != "")
    ]
    assert judged.empty
    assert "659999" not in set(result.ledger.balance["pool_id"])


MISSED = {
    "zones": "replacement.balance",
    "irrigation": "retirement.balance",
    "evidence": "replacement.evidence",
    "readings": "replacement.idle",
}


@pytest.mark.parametrize("role", list(MISSED))
def test_without_a_layer_the_rules_that_need_it_say_so(role):
    layers = frames()
    del layers[role]
    found = run(layers).findings
    assert "not_evaluated" in set(found.loc[found["rule"] == MISSED[role], "outcome"])


def test_every_finding_can_be_said_in_both_languages(result):
    for row in result.findings.itertuples():
        for language in ("en", "zh"):
            text = render(row.message_key, json.loads(row.message_values), language)
            assert "{" not in text, (row.message_key, text)


def test_wells_are_needed():
    layers = frames()
    del layers["wells"]
    with pytest.raises(OverdraftError, match="wells"):
        run(layers)


def test_a_cancelled_run_stops():
    def stop(share: float) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        enforce(build_register(frames()), load_policy("turpan-2021"), AS_OF, None, stop)


def test_the_report_does_not_call_a_well_of_another_county_good():
    units = [("150625", "杭锦旗", 0), ("650421", "鄯善县", 10_000)]
    register = build_register(
        {
            "wells": gpd.GeoDataFrame(
                {"well_id": ["HERE", "THERE"], "use": "irrigation", "status": "dismantled"},
                geometry=[Point(X0 + 5_000, Y0 + 5_000), Point(X0 + 15_000, Y0 + 5_000)],
                crs=CRS,
            ),
            "units": gpd.GeoDataFrame(
                [
                    {
                        "unit_id": unit,
                        "name": name,
                        "level": "county",
                        "geometry": square(x, 0, 10_000, 10_000),
                    }
                    for unit, name, x in units
                ],
                crs=CRS,
            ),
        }
    )
    result = enforce(register, load_policy("hangjin-2023"), AS_OF, EnforceSettings())
    wells = result.wells.set_index("well_id")["outcome"]
    assert wells["HERE"] in OUTCOMES
    assert wells["THERE"] == "pass"
    assert result.not_covered.tolist() == [False, True]
    page = render_report(result, "en")
    assert "1 wells lie where this document does not apply" in page
    assert '<th scope="col" class="num">Out of scope</th>' in page
    anchors = set(re.findall(r'href="#([a-z_]+)"', page))
    assert "wells" in anchors
    assert {name for name in anchors if f'id="{name}"' not in page} == set()
