"""吐政办〔2021〕36号 as data: complete, word for word, with every number where it belongs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from overdraft.core.closing import CRITERIA
from overdraft.core.policy import available_policies, load_policy
from overdraft.core.rules.binding import bindings
from overdraft.core.schema import register_schema

CLAUSES = """
1.2a 1.2b 1.2c 1.2d 1.2e 1.2f 1.2g 1.2h 1.2i 1.2j 1.2k 1.2l 1.2m 1.2n 1.2o 1.2p 1.2q 1.2r
2.1 2.2 2.3 2.4 2.5
3.1a 3.1b 3.1c 3.1d 3.2a 3.2b 3.2c 3.2d 3.2e 3.3a 3.3b 3.3c 3.4a 3.4b 3.4c 3.4d 3.5a 3.5b 3.5c 3.6
4.1 4.2a 4.2b 4.2c 4.3a 4.3b 4.3c 4.3d 4.3e 4.3f 4.4a 4.4b 4.4c 4.4d 4.4e 4.4f 4.4g 4.5a 4.5b 4.5c 4.5d
5.1 5.2a 5.2b 5.2c 5.2d 5.3 5.4 5.5 5.7
"""

DEFAULTS = {
    "replacement.reading": "R1",
    "replacement.pool": "county",
    "replacement.applies_outside_zone": False,
    "replacement.baseline": date(2021, 11, 12),
    "replacement.sealed_states": ("sealed", "dismantled"),
    "replacement.credit_uses": ("irrigation", "ecological_forest"),
    "replacement.credit_requires_permit": True,
    "replacement.evidence_required": True,
    "replacement.evidence_kinds": (),
    "replacement.single_pledge": True,
    "replacement.order": "both_before",
    "replacement.order_days": 0,
    "replacement.idle_years": 3,
    "replacement.idle_action": "review",
    "replacement.size_action": "review",
    "replacement.max_distance_m": None,
    "retirement.baseline": date(2021, 1, 1),
    "retirement.area_basis": "geometry",
    "retirement.parent_sum_only": False,
    "zones.baseline": date(2021, 11, 12),
    "zones.well_count_baseline": date(2021, 11, 12),
    "zones.other_new_wells": "deny",
    "reports.level": "county",
    "trend.window_years": 3,
    "control.short": "review",
    "reclaimed.denominator": "wastewater_treated",
    "balance.window_years": 5,
    "overload.level": "county",
    "deep.equal": "review",
    "agriculture.equal": "fail",
    "domestic.necessary_uses": ("rural_drinking", "urban_supply", "emergency"),
    "power.lacks": "either",
    "power.months_per_year": 12,
    "ranking.signed": True,
    **{f"closing.weight_{name}": 1.0 for name in CRITERIA},
    "closing.years": 3,
    "closing.level_years": 5,
}

SHEET = {
    ("retired_area", 2025): ("万亩", "17.8", "6.6", "6.1", "5.1", None),
    ("total_use", 2025): ("亿m3", "11.2", "3.81", "3.60", "3.71", "0.09"),
    ("groundwater_use", 2025): ("亿m3", "4.92", "1.91", "1.86", "1.06", "0.09"),
    ("total_use", 2035): ("亿m3", "10.44", "3.51", "3.32", "3.51", "0.10"),
    ("groundwater_use", 2035): ("亿m3", "4.03", "1.58", "1.55", "0.80", "0.10"),
}

GAPS = {
    "over_use.base": "TLF-1.2g",
    "over_use.volume_m3": "TLF-1.2g",
    "minima.volumes": "TLF-3.1c",
    "closing.yearly_count": "TLF-4.3b",
    "price.bands": "TLF-5.2d",
    "price.multiples": "TLF-5.2d",
    "warning.line_ratio": "TLF-2.3",
    "carrying.class_breaks": "TLF-3.1b",
    "grade.cut_offs": "TLF-4.5d",
    "level.thresholds": "TLF-4.2a",
    "balance.recharge": "TLF-1.2p",
    "eco_flow.sections": "TLF-1.2d",
    "eco_flow.guarantee_ratio": "TLF-1.2l",
    "quota.irrigation": "TLF-3.4b",
    "price.operating_cost_2015": "TLF-5.2b",
    "price.resource_fee": "TLF-5.2c",
    "permit.idle_ratio": "TLF-3.2b",
    "permit.idle_years": "TLF-3.2b",
    "plan.efficiency_cut": "TLF-3.4c",
    "plan.excess_cut": "TLF-3.4d",
    "users.large_m3": "TLF-3.4a",
    "index.yearly": "TLF-3.1a",
    "statistics.tolerance_ratio": "TLF-5.3",
    "substitution.due_on": "TLF-4.3e",
}


def test_identity(turpan):
    assert turpan.id == "turpan-2021"
    assert turpan.number == "吐政办〔2021〕36号"
    assert turpan.title == "关于进一步强化吐鲁番市水资源保护管理的实施方案"
    assert turpan.issuer == "吐鲁番市人民政府办公室"
    assert turpan.issued_on == date(2021, 11, 12)
    assert (turpan.city_id, turpan.succeeds, turpan.zone_units) == ("6504", "", ())


def test_identity_stands_in_the_document(turpan, turpan_text):
    for words in (turpan.number, turpan.title, turpan.issuer, "2021年11月12日"):
        assert words in turpan_text


def test_it_is_listed_by_its_head_alone():
    listed = {title.id: title for title in available_policies()}
    assert listed["turpan-2021"].title == "关于进一步强化吐鲁番市水资源保护管理的实施方案"
    assert all(title.path.stem == title.id for title in listed.values())


def test_units(turpan):
    counties = {unit.id: unit.name for unit in turpan.units if unit.level == "county"}
    assert counties == {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}
    assert all(turpan.unit(county).parent_id == "6504" for county in counties)
    assert turpan.unit("6504").name == "吐鲁番市"
    assert {unit.level for unit in turpan.units} == {
        "prefecture",
        "county",
        "management_unit",
        "regiment",
        "basin",
    }
    assert {"221团", "示范区", "白杨河流域"} <= {unit.name for unit in turpan.units}


def test_all_clauses_are_there_in_order(turpan):
    assert list(turpan.clauses) == [f"TLF-{number}" for number in CLAUSES.split()]
    assert len(turpan.clauses) == 73


def test_every_quote_stands_in_the_document_word_for_word(turpan, turpan_text):
    for clause in turpan.clauses.values():
        for piece in clause.quote.split("…"):
            assert "".join(piece.split()) in turpan_text, clause.id


def test_quotes_of_the_notes_stand_in_the_document(turpan, turpan_text):
    assert [note.id for note in turpan.notes] == ["X-03", "X-07", "X-08", "X-09", "X-10", "X-11", "X-12"]
    for note in turpan.notes:
        for quote in note.quotes:
            assert quote in turpan_text, note.id


def test_force_and_evaluation_of_clauses(turpan):
    soft = [clause.id for clause in turpan.clauses.values() if clause.force == "soft"]
    assert soft == ["TLF-3.3c", "TLF-3.6"]
    assert Counter(c.force for c in turpan.clauses.values()) == {"mandatory": 71, "soft": 2}
    assert Counter(c.evaluation for c in turpan.clauses.values()) == {
        "computable": 43,
        "parameter": 20,
        "checklist": 10,
    }
    assert turpan.clauses["TLF-4.3c"].kind == ("quantity_limit.well_ratio",)
    assert turpan.clauses["TLF-4.3b"].kind == ("spatial_prohibition", "target")


def test_settings_and_their_defaults(turpan):
    given = {key: row.value for key, row in turpan.settings.items() if row.source != "gap"}
    assert given == DEFAULTS
    assert [row.key for row in turpan.settings.values() if row.source == "text"] == ["retirement.baseline"]
    for key, row in turpan.settings.items():
        assert row.key == key
        assert row.label("en")
        assert row.label("zh")
        assert row.clause == ("TLF-4.3c" if key.startswith("replacement.") else row.clause)
        if row.source == "default":
            assert row.confidence == "unverified"
            assert row.reason("en")
            assert row.reason("zh")


def test_choices_of_settings(turpan):
    assert turpan.setting("replacement.reading").allowed == ("R1", "R2", "R3")
    assert turpan.setting("replacement.pool").allowed == ("county", "zone", "city")
    assert turpan.setting("replacement.sealed_states").allowed == ("sealed", "dismantled", "shut")
    assert turpan.setting("replacement.idle_action").allowed == ("review", "count", "reject")
    assert turpan.setting("replacement.size_action").allowed == ("review", "ignore")
    assert turpan.setting("replacement.order").allowed == ("both_before", "within_days")
    assert turpan.setting("replacement.baseline").suggested == (date(2021, 1, 1),)
    assert turpan.setting("retirement.area_basis").allowed == ("geometry", "registered")


def test_choices_are_words_of_the_register(turpan):
    enums = register_schema().enums
    assert set(turpan.setting("replacement.credit_uses").allowed) == set(enums["use"])
    assert set(turpan.setting("replacement.sealed_states").allowed) <= set(enums["status"])
    assert set(turpan.setting("replacement.evidence_kinds").allowed) == set(enums["evidence_kind"])
    assert {unit.level for unit in turpan.units} <= set(enums["unit_level"])


def test_what_the_text_does_not_give_has_no_value(turpan):
    gaps = {key: row.clause for key, row in turpan.settings.items() if row.source == "gap"}
    assert gaps == GAPS
    for key in gaps:
        assert turpan.value(key) is None
        assert turpan.setting(key).confidence == "absent"


@pytest.mark.parametrize(("item", "year"), list(SHEET))
def test_target_sheet(turpan, item, year):
    unit, *figures = SHEET[item, year]
    places = ("6504", "650402", "650421", "650422", "reserve")
    wanted = {place: figure for place, figure in zip(places, figures, strict=True) if figure is not None}
    found = turpan.targets_for(item, year)
    assert {target.unit_id: str(target.written) for target in found} == wanted
    assert {target.unit for target in found} == {unit}
    assert [target.value for target in found] == [float(figure) for figure in wanted.values()]


def test_targets_in_base_units(turpan):
    area = {target.unit_id: target.base_value for target in turpan.targets_for("retired_area")}
    assert area == {"6504": 178_000.0, "650402": 66_000.0, "650421": 61_000.0, "650422": 51_000.0}
    volume = {target.unit_id: target.base_value for target in turpan.targets_for("total_use", 2025)}
    assert volume["650402"] == 381_000_000.0
    assert volume["6504"] == 1_120_000_000.0
    assert {target.base_unit for target in turpan.targets_for("total_use")} == {"m3"}


def test_figures_stand_in_the_document(turpan, turpan_text):
    for target in turpan.targets:
        assert str(target.written) in turpan_text
    for sheet in turpan.sheets:
        if sheet.reduction is not None:
            assert f"较{sheet.since}年减少{sheet.reduction}亿立方米" in turpan_text


def test_other_targets(turpan):
    found = {
        (t.item, t.year): (t.written, t.limit, t.clause) for t in turpan.targets if t.item not in dict(SHEET)
    }
    assert found["agricultural_share", 2025] == (Decimal(85), "at_most", "TLF-1.2f")
    assert found["over_use_withdrawn", 2025] == (Decimal(60), "at_least", "TLF-1.2g")
    assert found["reclaimed_rate", 2025] == (Decimal(60), "at_least", "TLF-1.2j")
    assert found["irrigation_coefficient", 2035] == (Decimal("0.68"), "at_least", "TLF-1.2m")
    assert found["intakes_metered", 2022] == (Decimal(32), "at_least", "TLF-1.2a")
    assert found["wells_metered", 2022] == (Decimal(6922), "at_least", "TLF-1.2a")


def test_version_is_the_content_not_the_layout(turpan):
    again = load_policy("turpan-2021")
    assert again.version == turpan.version
    assert len(turpan.version) == 16
    assert int(turpan.version, 16) >= 0


RULES = """
1.2a meters.coverage, 1.2a meters.intake_coverage, 1.2b levels.zone_area, 1.2c levels.trend, 1.2d ecology.flow_fixed,
1.2f shares.limit, 1.2g shares.withdrawn, 1.2h quota.cap, 1.2i quota.cap, 1.2j shares.limit, 1.2k levels.control,
1.2l ecology.flow_kept, 1.2m shares.limit, 1.2n quota.cap, 1.2o quota.cap, 1.2p shares.balance, 1.2q duties.document,
2.1 authority.joint, 2.2 authority.unclear, 2.3 quota.warning, 2.4 quota.supportable_area,
3.1a quota.allocation, 3.1b quota.capacity_class, 3.1c quota.protected_minima, 3.1d duties.document,
3.2a permits.within_cap, 3.2b permits.idle, 3.2c permits.unpermitted, 3.2d authority.consult, 3.2d authority.unclear,
3.2e permits.electronic, 3.3a projects.assessment, 3.3b projects.saving_review, 3.3c quota.offset, 3.4a users.plan,
3.4b quota.per_mu, 3.4d quota.user_plan, 3.5a meters.required, 3.5a meters.intake_coverage, 3.5a meters.readings,
3.5b meters.coverage, 3.5b meters.intake_coverage, 3.5c meters.coverage, 3.5c meters.intake_coverage,
4.1 duties.document, 4.2a levels.control, 4.2b trend.yearly, 4.2c aquifer.deep_confined, 4.3a wells.zone_count,
4.3a wells.zone_room, 4.3b wells.closing, 4.3d bans.zone_new, 4.3e source.replace, 4.3e source.new_well,
4.4a trend.yearly, 4.4b quota.supportable_area,
4.4c trend.yearly, 4.4d power.barred, 4.4e power.illegal, 4.4f power.voucher, 4.4g power.completeness,
4.5a duties.document, 4.5b levels.network, 4.5d levels.worsened, 5.1 irrigation.water_returned,
5.2a quota.allocation, 5.2b fees.price_floor, 5.2c fees.standard, 5.2d fees.over_plan, 5.3 meters.mismatch,
5.5 power.water_mismatch, 5.5 permits.required, 5.5 quota.user_plan
"""


def test_which_rule_judges_which_clause(turpan):
    wanted = [tuple(pair.split()) for pair in RULES.replace("\n", " ").split(",")]
    assert [(use.clause, use.rule) for use in turpan.rules] == [(f"TLF-{c}", rule) for c, rule in wanted]


@pytest.mark.parametrize(
    ("clause", "rule", "values"),
    [
        ("1.2a", "meters.coverage", {"due_on": date(2022, 12, 31), "recorded_count": 6922}),
        ("1.2a", "meters.intake_coverage", {"intake_level": "first", "recorded_count": 32}),
        ("1.2f", "shares.limit", {"limit": 85, "at": "at_most", "years": (2025,), "level": "city"}),
        ("1.2j", "shares.limit", {"limit": 60, "at": "at_least", "denominator": "wastewater_treated"}),
        ("1.2m", "shares.limit", {"limit": 68, "at": "at_least", "years": (2035,)}),
        ("1.2h", "quota.cap", {"source": "total", "years": (2025,)}),
        ("1.2o", "quota.cap", {"source": "groundwater", "years": (2035,)}),
        ("1.2l", "ecology.flow_kept", {"rivers": ("白杨河", "阿拉沟", "柯柯亚河"), "guarantee_ratio": None}),
        ("3.5b", "meters.coverage", {"uses": ("irrigation",), "due_on": date(2021, 12, 31)}),
        (
            "4.1",
            "duties.document",
            {"by": date(2021, 12, 31), "approved_by": date(2022, 2, 28), "filed": True},
        ),
        ("4.2c", "aquifer.deep_confined", {"uses": ("rural_drinking", "urban_supply", "emergency")}),
        ("4.3d", "bans.zone_new", {"approved_uses": ("rural_drinking", "emergency"), "others": "deny"}),
        ("5.2b", "fees.price_floor", {"cost_year": 2015}),
    ],
)
def test_numbers_of_the_text_reach_the_rules(turpan, clause, rule, values):
    bound = next(b for b in bindings(turpan) if (b.clause.id, b.rule.name) == (f"TLF-{clause}", rule))
    assert {name: bound.value(name) for name in values} == values


def test_years_of_a_clause_are_those_of_its_targets(turpan):
    years = {target.clause: target.year for target in turpan.targets}
    for bound in bindings(turpan):
        if bound.clause.id in years and bound.rule.parameter("years") and bound.value("years"):
            assert bound.value("years") == (years[bound.clause.id],), bound.clause.id
