"""托政发规〔2024〕3号 as data: complete, word for word, with every number where it belongs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from overdraft.core.overlay import place
from overdraft.core.policy import Policy, assign_authorities, available_policies, load_policy
from overdraft.core.schema import register_schema

TEXT = Path(__file__).parents[2] / "data" / "policies" / "toli-2024.txt"

CLAUSES = """
P G 1a 1b 2 3a 3b 5a 5b 6 7a 7b 7c 8p 8a 8b 9a 9b 9c 9d 10a 10b 10c 11a 11b 11c 12a 12b 13a 13b 13c 13d
C 14 15 16a 16b 16c 16d 16e 17 18 Q1 Q3
"""

DEFAULTS = {
    "fee.mode": "piecewise",
    "fee.boundary": "lower",
    "fee.base": "plan",
    "headroom.trigger": "no_headroom",
    "headroom.level": "county",
    "protection.review_uses": ("irrigation",),
    "passage.permission": "review",
    "land.baseline": date(2024, 12, 3),
    "flow.guarantee_ratio": 1,
    "flow.short": "review",
    "trend.equal": "fail",
}

GAPS = {
    "level.thresholds": "TOL-1b",
    "ecology.share_percent": "TOL-3a",
    "discharge.standards": "TOL-5b",
    "plan.groundwater": "TOL-7a",
    "minima.volumes": "TOL-7b",
    "balance.recharge": "TOL-7c",
    "balance.allowable": "TOL-C",
    "index.yearly": "TOL-8b",
    "returns.per_year": "TOL-9b",
    "quota.sector": "TOL-9c",
    "change.volume_ratio": "TOL-9d",
    "tolerance.place_m": "TOL-11b",
    "tolerance.depth_m": "TOL-11b",
    "rights.quota_per_mu": "TOL-12b",
    "fee.base_rate": "TOL-10a",
    "meters.large_m3": "TOL-14",
    "power.m3_per_kwh": "TOL-16a",
    "power.approved_kwh": "TOL-16c",
    "power.season_months": "TOL-16e",
    "notice.interval_days": "TOL-16b",
}

RULES = """
TOL-P permits.required permits.over_volume permits.use_differs meters.required fees.paid
TOL-G wells.new_self_supply
TOL-1a quota.protected_minima
TOL-1b levels.stations ecology.flow_kept ecology.unrecorded
TOL-2 projects.assessment
TOL-3a shares.limit
TOL-3b irrigation.reclaimed_land
TOL-5a bans.protection
TOL-6 bans.protection
TOL-7b quota.protected_minima
TOL-7c trend.yearly levels.zone_balance
TOL-8p permits.required
TOL-8a quota.headroom
TOL-8b quota.cap
TOL-9a quota.user_plan
TOL-9b meters.required meters.readings duties.statistics_return
TOL-9d permits.conditions permits.use_differs permits.over_volume
TOL-10a fees.standard
TOL-10b quota.allocation
TOL-10c quota.user_plan
TOL-11a permits.built_before
TOL-11b permits.conditions
TOL-11c permits.deregistration
TOL-12b quota.parcel_rights
TOL-13a network.existing
TOL-13b network.new network.built
TOL-13d fees.over_plan
TOL-C levels.zone_overdraft
TOL-14 meters.coverage meters.intake_coverage meters.large_coverage meters.large_intake_coverage
TOL-15 duties.rectification
TOL-16a power.links
TOL-16c power.approved_kwh
TOL-16d power.illegal
TOL-16e power.season
TOL-18 permits.required permits.built_before meters.damaged
"""


@pytest.fixture(scope="module")
def toli() -> Policy:
    return load_policy("toli-2024")


@pytest.fixture(scope="module")
def text() -> str:
    """The document itself, without blanks and line ends."""
    return "".join(TEXT.read_text(encoding="utf-8").split())


def test_identity(toli):
    assert toli.id == "toli-2024"
    assert toli.number == "托政发规〔2024〕3号"
    assert toli.title == "关于进一步强化托里县水资源监管工作方案"
    assert toli.issuer == "托里县人民政府"
    assert toli.issued_on == date(2024, 12, 3)
    assert (toli.city_id, toli.succeeds) == ("654224", "")


def test_identity_stands_in_the_document(toli, text):
    for words in (toli.number, toli.title, toli.issuer, "2024年12月3日"):
        assert words in text


def test_it_is_listed(toli):
    assert "toli-2024" in {title.id for title in available_policies()}
    assert load_policy("toli-2024").version == toli.version


def test_the_county_itself_is_where_it_applies(toli):
    assert [(unit.id, unit.level, unit.parent_id) for unit in toli.units] == [
        ("654224", "county", ""),
        ("654224203", "township", "654224"),
        ("654224200", "township", "654224"),
    ]
    for text in ("托里县", "654224", "阿克别里斗乡", "多拉特", "654224201", "Toli County"):
        assert toli.covers(text), text
    for text in ("650402", "150625", "塔城地区", "6542", ""):
        assert not toli.covers(text), text


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("阿克别里斗", "654224203"),
        ("654224203000", "654224203"),
        ("托里县多拉特乡", "654224200"),
        ("654224200000", "654224200"),
        ("654224000000", "654224"),
        ("654224201000", "654224"),
        ("铁厂沟镇", None),
    ],
)
def test_names_and_codes_of_the_units(toli, text, unit):
    assert toli.resolve_unit(text) == unit


def test_two_townships_are_severe_zones(toli, text):
    zones = [(z.unit_id, z.clause, z.severity, z.control, z.aquifer) for z in toli.zone_units]
    assert zones == [
        ("654224203", "TOL-C", "severe", "", "shallow"),
        ("654224200", "TOL-C", "severe", "", "shallow"),
    ]
    named = "、".join(toli.unit(zone.unit_id).name for zone in toli.zone_units)
    assert f"{named}为严重超采区" in text


@pytest.mark.parametrize(
    ("township", "zone", "severity"),
    [
        pytest.param("阿克别里斗乡", "654224203", "severe", id="AC-39-first"),
        pytest.param("多拉特乡", "654224200", "severe", id="AC-39-second"),
        pytest.param("乌雪特乡", None, None, id="AC-39-another-township"),
    ],
)
@pytest.mark.parametrize("drawn", [True, False], ids=["units-drawn", "recorded-only"])
def test_without_a_layer_of_zones_the_whole_township_counts(toli, drawn, township, zone, severity):
    names = ["阿克别里斗乡", "多拉特乡", "乌雪特乡"]
    spot = names.index(township) * 0.1
    units = gpd.GeoDataFrame(
        {"unit_id": ["a", "b", "c"], "name": names, "level": ["township"] * 3},
        geometry=[shapely.box(83 + west, 45, 83.1 + west, 45.1) for west in (0.0, 0.1, 0.2)],
        crs="EPSG:4326",
    )
    wells = gpd.GeoDataFrame(
        pd.DataFrame({"well_id": ["W"], "township": [township]}),
        geometry=[shapely.Point(83.05 + spot, 45.05)],
        crs="EPSG:4326",
    )
    placement = place(wells, units=units if drawn else None, policy=toli, as_of=date(2025, 6, 30))
    assert placement.frame["zone_id"].tolist() == [zone]
    assert placement.frame["zone_severity"].tolist() == [severity]
    assert placement.zones["from_policy"].all()


def test_who_decides(toli):
    permit = assign_authorities(toli, county=["654224", "托里县", "650402", None])
    assert permit["authority"].tolist() == ["托里县水利局", "托里县水利局", "", ""]
    assert permit["clause"].tolist() == ["TOL-11a", "TOL-11a", "", ""]
    management = assign_authorities(toli, county=["654224"], purpose="management", language="en")
    assert management["authority"].tolist() == ["Toli water authority"]
    assert not permit["unsure"].any()


def test_all_clauses_are_there_in_order(toli):
    assert list(toli.clauses) == [f"TOL-{number}" for number in CLAUSES.split()]
    assert len(toli.clauses) == 44


def test_every_quote_stands_in_the_document_word_for_word(toli, text):
    for clause in toli.clauses.values():
        assert "".join(clause.quote.split()) in text, clause.id


def test_quotes_of_the_notes_stand_in_the_document(toli, text):
    assert [note.id for note in toli.notes] == ["X-13", "X-14", "X-15", "X-16", "X-17", "X-18"]
    for note in toli.notes:
        assert note.en
        assert note.zh
        for quote in note.quotes:
            assert "".join(quote.split()) in text, note.id


def test_force_and_evaluation_of_clauses(toli):
    assert {clause.force for clause in toli.clauses.values()} == {"mandatory"}
    assert Counter(c.evaluation for c in toli.clauses.values()) == {
        "computable": 27,
        "parameter": 10,
        "checklist": 7,
    }
    checklist = [c.id for c in toli.clauses.values() if c.evaluation == "checklist"]
    assert checklist == ["TOL-G", "TOL-12a", "TOL-13c", "TOL-15", "TOL-17", "TOL-Q1", "TOL-Q3"]
    assert toli.clauses["TOL-C"].kind == ("spatial_prohibition.zoning", "quantity_limit")


def test_settings_and_their_defaults(toli):
    assert {key: row.value for key, row in toli.settings.items() if row.source == "default"} == DEFAULTS
    assert [row.key for row in toli.settings.values() if row.source == "text"] == []
    for row in toli.settings.values():
        assert row.label("en")
        assert row.label("zh")
        if row.source == "default":
            assert row.confidence == "unverified"
            assert row.reason("en")
            assert row.reason("zh")


def test_choices_of_settings(toli):
    assert toli.setting("fee.mode").allowed == ("piecewise", "whole")
    assert toli.setting("fee.boundary").allowed == ("lower", "upper")
    assert toli.setting("fee.base").allowed == ("plan", "quota")
    assert toli.setting("headroom.trigger").allowed == ("no_headroom", "above", "at_or_above")
    assert toli.setting("land.baseline").suggested == (date(2024, 1, 1), date(2024, 12, 31))
    enums = register_schema().enums
    assert set(toli.setting("protection.review_uses").allowed) == set(enums["use"])
    assert {unit.level for unit in toli.units} <= set(enums["unit_level"])


def test_what_the_text_does_not_give_has_no_value(toli):
    gaps = {key: row.clause for key, row in toli.settings.items() if row.source == "gap"}
    assert gaps == GAPS
    for key in gaps:
        assert toli.value(key) is None
        assert toli.setting(key).confidence == "absent"


def test_there_are_no_targets_and_no_reduce_two_renew_one(toli):
    assert toli.targets == ()
    assert toli.checks() == []
    assert not toli.has("replacement")
    assert not toli.has("retirement")


def test_which_rule_judges_which_clause(toli):
    wanted = {line.split()[0]: line.split()[1:] for line in RULES.strip().splitlines()}
    found: dict[str, list[str]] = {}
    for use in toli.rules:
        found.setdefault(use.clause, []).append(use.rule)
    assert found == wanted


def test_figures_of_the_rules_stand_in_the_document(toli, text):
    uses = {(use.clause, use.rule): use for use in toli.rules}
    fee = uses["TOL-13d", "fees.over_plan"]
    assert fee.values["bands"] == (0.2, 0.5)
    assert fee.values["multiples"] == (2, 3, 5)
    bands = ["超额20%以内的", "超计划20—50%的", "超计划50%以上的"]
    for words, multiple in zip(bands, fee.values["multiples"], strict=True):
        assert f"{words}，按征收标准的{multiple}倍收取" in text
    assert uses["TOL-11c", "permits.deregistration"].values == {"days": 30}
    assert "三十日内办理注销手续" in text


def test_readings_of_ours_come_from_settings(toli):
    uses = {(use.clause, use.rule): dict(use.settings) for use in toli.rules}
    assert uses["TOL-13d", "fees.over_plan"] == {
        "mode": "fee.mode",
        "boundary": "fee.boundary",
        "base": "fee.base",
        "base_rate": "fee.base_rate",
    }
    assert uses["TOL-3b", "irrigation.reclaimed_land"] == {"baseline": "land.baseline"}
    assert uses["TOL-16e", "power.season"] == {"months": "power.season_months"}
    assert uses["TOL-9d", "permits.conditions"] == uses["TOL-11b", "permits.conditions"]
    assert uses["TOL-11b", "permits.conditions"] == {
        "tolerance_m": "tolerance.place_m",
        "tolerance_depth_m": "tolerance.depth_m",
    }
    assert uses["TOL-9d", "permits.over_volume"] == {"tolerance_ratio": "change.volume_ratio"}
    assert uses["TOL-14", "meters.large_coverage"] == {"large_m3": "meters.large_m3"}
