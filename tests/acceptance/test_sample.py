"""The sample layers: made the same on every run, and judged to hold exactly what was planted in them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date

import pandas as pd
import pyogrio
import pytest

from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.findings import OUTCOMES, worst
from overdraft.core.intake import build_register
from overdraft.core.policy import load_policy
from overdraft.core.schema import RESOURCES, register_schema
from overdraft.sample_layers.invented.cases import AS_OF
from overdraft.sample_layers.invented.sample import build_sample
from overdraft.sample_layers.invented.writer import schema_fields, write_geopackage

KEY = ["rule", "clause", "subject_role", "subject_id", "period", "outcome"]
FOLDER = RESOURCES.parent / "sample_layers"
COUNTIES = {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}


@pytest.fixture(scope="module")
def sample():
    return build_sample()


@pytest.fixture(scope="module")
def gpkg(sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "sample.gpkg"
    write_geopackage(path, sample.tables, schema_fields(RESOURCES / "register.toml"))
    return path


@pytest.fixture(scope="module")
def result(gpkg):
    return enforce(
        read(gpkg), load_policy("turpan-2021"), date.fromisoformat(AS_OF), EnforceSettings(invented=True)
    )


def read(path):
    roles = [name for name, _ in pyogrio.list_layers(path) if name in register_schema().roles]
    return build_register({role: pyogrio.read_dataframe(path, layer=role) for role in roles})


def keys(frame: pd.DataFrame) -> Counter:
    return Counter(map(tuple, frame[KEY].astype(str).to_numpy()))


def test_enforce_finds_exactly_what_was_planted(sample, result):
    findings = result.findings
    found = keys(findings[(findings["outcome"] != "pass") & (findings["subject_role"] != "policy")])
    planted = keys(sample.planted)
    assert sorted((found - planted).elements()) == []
    assert sorted((planted - found).elements()) == []
    assert len(sample.planted) >= 300


GAPS = [
    ("ecology.flow_kept", "TLF-1.2l", "eco_flow.guarantee_ratio"),
    ("fees.over_plan", "TLF-5.2d", "price.bands"),
    ("meters.mismatch", "TLF-5.3", "statistics.tolerance_ratio"),
    ("permits.idle", "TLF-3.2b", "permit.idle_ratio"),
    ("quota.capacity_class", "TLF-3.1b", "carrying.class_breaks"),
    ("quota.warning", "TLF-2.3", "warning.line_ratio"),
    ("shares.withdrawn", "TLF-1.2g", "over_use.base"),
    ("wells.closing", "TLF-4.3b", "closing.yearly_count"),
]
"""Rules that wait for a value that the text does not give."""


def of_the_document(result) -> pd.DataFrame:
    return result.findings[result.findings["subject_role"] == "policy"]


def test_the_documents_own_inconsistencies_are_shown_beside_them(result):
    """Not planted: it stands in the text. 3.81 + 3.60 + 3.71 + 0.09 = 11.21, stated 11.2; 12.36 − 11.21 is not 1.16."""
    shown = of_the_document(result)
    shown = shown[shown["outcome"] != "not_evaluated"]
    assert shown[["rule", "clause", "period", "outcome"]].to_numpy().tolist() == [
        ["policy.arithmetic", "TLF-1.2h", "2025", "review"],
        ["policy.reduction", "TLF-1.2h", "2025", "review"],
    ]


def test_what_the_document_does_not_give_is_said_and_nothing_else(result):
    open_ = of_the_document(result).query("outcome == 'not_evaluated'")
    told = [(row.rule, row.clause, json.loads(row.message_values)["setting"]) for row in open_.itertuples()]
    assert sorted(told) == GAPS


def test_every_family_that_the_policy_binds_has_a_planted_failure(sample):
    families = {use.rule.split(".")[0] for use in load_policy("turpan-2021").rules}
    planted = sample.planted[sample.planted["outcome"].isin(["fail", "review"])]
    assert families - {rule.split(".")[0] for rule in planted["rule"]} == set()


def test_every_well_has_its_worst_planted_outcome(sample, result):
    planted = sample.planted[sample.planted["subject_role"] == "wells"]
    expected = planted.groupby("subject_id")["outcome"].agg(lambda outcomes: worst(outcomes))
    judged = result.wells.set_index("row_id")["outcome"]
    assert judged[judged != "pass"].to_dict() == expected.to_dict()
    counts = expected.value_counts().to_dict()
    assert result.counts == {
        **{outcome: counts.get(outcome, 0) for outcome in OUTCOMES},
        "pass": 6922 - len(expected),
    }
    assert sum(result.counts.values()) == 6922


def test_ledger_comes_to_the_figures_worked_out_by_hand(result):
    """Two seals for one renewal.

    Gaochang: 46 // 2 - 18 - 2 = 3 further. Shanshan: 2 * 18 - 33 = 3 short. Toksun: 27 // 2 - 12 = 1 further.
    """
    balance = result.ledger.balance.set_index("pool_id").loc[list(COUNTIES)]
    names = [
        "sealed",
        "pending",
        "renewed",
        "reserved",
        "required",
        "deficit",
        "further",
        "approvable",
        "net_change",
    ]
    assert balance[[*names, "n_doubt", "outcome"]].to_numpy().tolist() == [
        [46, 0, 18, 2, 36, 0, 3, 3, -28, 1, "pass"],
        [33, 0, 18, 0, 36, 3, 0, 0, -15, 0, "fail"],
        [27, 2, 12, 0, 24, 0, 1, 1, -15, 0, "pass"],
    ]
    entries = result.ledger.ledger
    credits = entries[(entries["kind"] == "credit") & entries["counts"].astype(bool)]
    assert credits["well_id"].nunique() == len(credits) == 46 + 33 + 27


def test_a_shrunken_zone_leaves_an_earlier_pair_as_it_was(sample, result):
    """Sealed and renewed in 2023 where the edition of 2024 no longer reaches: still counted, still allowed."""
    zones = sample.tables["zones"].set_index("valid_to")["geometry"]
    old = zones["2023-12-31"]
    new = sample.tables["zones"].query("valid_from == '2024-01-01'")["geometry"].iloc[0]
    wells = sample.tables["wells"].to_crs(sample.tables["zones"].crs)
    gone = wells[wells.within(old) & ~wells.within(new)]
    renewed = gone[(gone["origin"] == "renewal") & (gone["commissioned_on"] == "2023-07-20")]
    assert len(renewed) == 1
    entry = result.ledger.ledger.query("kind == 'debit' and renewal_id == @renewed['well_id'].iloc[0]").iloc[
        0
    ]
    assert bool(entry["counts"])
    assert entry["permission"] == "allow"


@pytest.mark.parametrize(
    ("unit", "target", "retired", "restored", "net", "gap", "met", "outcome"),
    [
        ("650402", 66_000, 68_590, 1_690, 66_900, 0, True, "pass"),
        ("650421", 61_000, 61_000, 0, 61_000, 0, True, "pass"),
        ("650422", 51_000, 48_300, 0, 48_300, 2_700, False, "fail"),
        ("6504", 178_000, 177_890, 1_690, 176_200, 1_800, False, "fail"),
    ],
)
def test_retirement_comes_to_the_figures_worked_out_by_hand(
    result, unit, target, retired, restored, net, gap, met, outcome
):
    """Every parcel has whole mu on the ellipsoid: 66,900 + 61,000 + 48,300 = 176,200 of 178,000."""
    row = result.retirement.balance.set_index("unit_id").loc[unit]
    figures = [row[f"{name}_mu"] for name in ("target", "retired", "restored", "net", "gap")]
    assert figures == pytest.approx([target, retired, restored, net, gap], abs=1e-3)
    assert (bool(row["met"]), row["outcome"], row["period_state"]) == (met, outcome, "closed")


def test_parcels_add_up_by_hand(sample):
    """The county sums straight from the registered whole mu of the parcels, without any geometry."""
    areas = pd.DataFrame(sample.tables["irrigation"].drop(columns="geometry"))
    in_time = areas["retired_on"].between("2021-01-01", "2025-12-31") & (areas["status"] == "retired")
    sums = areas[in_time].groupby("county_id")["mu"].sum()
    assert (
        sums["650402"] - 150 - 100 == 66_900
    )  # one parcel lies outside, 100 of 300 mu of another in Shanshan
    assert sums["650421"] + 100 + 200 == 61_000  # 200 mu of a larger parcel are retired by an event
    assert sums["650422"] - 120 == 48_300  # 120 mu are irrigated all the same
    assert (areas["mu"] % 10 == 0).all()


def test_the_crossing_parcel_is_split_at_the_border(result, sample):
    areas = sample.tables["irrigation"]
    crossing = areas.loc[(areas["block"] < 0) & (areas["mu"] == 300), "area_id"].iloc[0]
    pieces = result.retirement.pieces
    shares = pieces[pieces["area_id"] == crossing].groupby("unit_id")["geometry_mu"].sum()
    assert shares.to_dict() == pytest.approx({"6504": 300.0, "650402": 200.0, "650421": 100.0}, abs=1e-3)


def test_made_the_same_on_every_run(sample, gpkg, tmp_path):
    again = build_sample()
    path = tmp_path / "again.gpkg"
    write_geopackage(path, again.tables, schema_fields(RESOURCES / "register.toml"))
    assert path.read_bytes() == gpkg.read_bytes()
    assert again.planted.to_csv(index=False) == sample.planted.to_csv(index=False)


def test_the_list_in_the_repository_is_up_to_date(sample):
    kept = pd.read_csv(FOLDER / "planted.csv", dtype=str, keep_default_na=False)
    made = sample.planted.astype(str)
    assert kept.to_dict("records") == made.to_dict("records"), "run make sample and review the change"


def test_size_and_content(gpkg, sample):
    assert gpkg.stat().st_size < 25_000_000
    wells = sample.tables["wells"]
    assert len(wells) == 6922
    assert wells["well_id"].notna().sum() == 6921
    assert wells["county_id"].value_counts().to_dict() == {"650402": 2766, "650421": 2214, "650422": 1942}
    assert {"wells", "zones", "irrigation", "units", "networks", "applications", "events", "evidence", "pairs",
            "readings", "screens", "permits"} <= set(sample.tables)  # fmt: skip
    assert "persons" not in sample.tables
    counties = sample.tables["units"].query("level == 'county'")
    assert dict(zip(counties["unit_id"], counties["name"], strict=True)) == COUNTIES


def test_every_layer_says_that_it_is_invented(gpkg):
    with closing(sqlite3.connect(gpkg)) as db:
        rows = db.execute("SELECT table_name, identifier, description FROM gpkg_contents").fetchall()
    assert rows
    for name, identifier, description in rows:
        assert "虚构 invented" in identifier, name
        assert "虚构数据" in description, name
        assert "Invented data" in description, name


def test_the_units_cover_the_city_without_gaps_or_overlaps(sample):
    units = sample.tables["units"].set_index("level")["geometry"]
    city = units["prefecture"]
    for level in ("county", "township"):
        parts = units[level]
        assert parts.area.sum() == pytest.approx(city.area, rel=1e-12)
        assert parts.union_all().symmetric_difference(city).area < 1.0
