"""The result tables are those of docs/contract.md §2–§6."""

from __future__ import annotations

import pytest

from overdraft.core.allocation.quota import ROW_COLUMNS
from overdraft.core.closing.order import COLUMNS as CLOSING_COLUMNS
from overdraft.core.comparing import FINDING_COLUMNS, TOTAL_COLUMNS
from overdraft.core.findings import COUNT_COLUMNS, OUTCOMES, PERMISSIONS
from overdraft.core.overlay.points import PLACE_NOTES
from overdraft.core.planning.verification import COLUMNS as CHECK_COLUMNS
from overdraft.core.planning.verification import WELL_COLUMNS
from overdraft.core.quota import BALANCE_COLUMNS
from overdraft.core.ranking.rank import LEVEL_COLUMNS, USE_COLUMNS
from overdraft.core.schema import register_schema, results_schema
from overdraft.core.vetting import COLUMNS as VETTING_COLUMNS

# Written out by hand from the contract; ? a bool, # an integer, ~ a real, @ a date, the rest text.
CONTRACT = {
    "placement": "placed? place_note zone_ids zone_id zone_severity zone_control zone_distance_m~ doubt? county_id "
    "township_id regiment_id basin_id authority consult area_id in_network?",
    "findings": "finding_id policy_id policy_version rule clause subject_role subject_id unit_id period outcome "
    "permission action period_state measured~ threshold~ measure_unit message_key message_values evidence settings "
    "unverified evidence_hash run_id",
    "rule_counts": "rule clause subject_role period unit_id n_subjects# n_pass# n_rows# n_out_of_scope#",
    "area_zones": "area_id zone_id area_mu~ share_ratio~",
    "ledger": "entry_id kind well_id renewal_id pool_id state counts? permission outcome clause reason_key "
    "reason_values settings",
    "ledger_balance": "pool_id pool_name pool_level reading baseline@ sealed# pending# renewed# reserved# required# "
    "deficit# further# approvable# n_applications# n_approved# net_change# n_doubt# outcome",
    "pair_lines": "renewal_id retired_id distance_m~ permission",
    "retirement_balance": "unit_id name level target_year# target_mu~ retired_mu~ restored_mu~ net_mu~ gap_mu~ met? "
    "period_state registered_mu~ area_difference_mu~ n_parcels# outcome",
}
OTHERS = {"plans", "imports", "raw_values", "decisions", "history", "runs", "settings", "meta"} | {
    "frozen_inputs",
    "merged_histories",
    "integrity_problems",
    "problems",
    "problem_counts",
    "conversions",
    "decided_findings",
    "marks",
    "set_aside",
    "plan_pairs",
    "plan_unmet",
    "plan_groups",
    "plan_alternatives",
    "recorded",
}
SHEETS = {
    "quota_balance": BALANCE_COLUMNS,
    "quota_allocation": ROW_COLUMNS,
    "unit_ranking": tuple(dict.fromkeys((*LEVEL_COLUMNS[:8], *USE_COLUMNS[4:], *LEVEL_COLUMNS[8:]))),
    "vetting": VETTING_COLUMNS,
    "closing_order": CLOSING_COLUMNS,
    "retirement_checks": CHECK_COLUMNS,
    "retirement_wells": WELL_COLUMNS,
    "run_entered": FINDING_COLUMNS,
    "run_left": FINDING_COLUMNS,
    "run_totals": TOTAL_COLUMNS,
}
"""Tables whose columns the code itself names."""
TABLES = {
    "power_volumes": "well_id year# month# energy_kwh~ m3_per_kwh_ratio~ coefficient_origin metered_m3~ "
    "converted_m3~ volume_m3~ volume_origin",
    "power_coefficients": "well_id stratum m3_per_kwh_ratio~ coefficient_origin since@ metered_ratio~ metered_year# "
    "stratum_ratio~ deviation_percent~ stratum_usable? coefficient_deviation_percent~",
    "power_calibration": "stratum year# n_wells# volume_m3~ energy_kwh~ m3_per_kwh_ratio~ leave_one_out_min~ "
    "leave_one_out_max~ standard_error~ usable?",
    "over_plan_fees": "user_id year# clause county_id township_id sector period_state case outcome base base_m3~ "
    "used_m3~ estimated? excess_m3~ excess_ratio~ band# within_m3~ band_1_m3~ band_2_m3~ band_3_m3~ rate~ "
    "rate_source mode fee~ surcharge~ fee_piecewise~ surcharge_piecewise~ worked_piecewise fee_whole~ "
    "surcharge_whole~ worked_whole message_key message_values",
    "over_plan_totals": "clause year# level unit_id n_users# n_over# n_not_charged# used_m3~ excess_m3~ within_m3~ "
    "band_1_m3~ band_2_m3~ band_3_m3~ fee~ surcharge~ fee_piecewise~ surcharge_piecewise~ fee_whole~ "
    "surcharge_whole~",
    "retirement_plan": "area_id retire? year# why unit_id in_use_mu~ counts_mu~ plan_cost~ saved_gross_m3~ "
    "saved_net_m3~ "
    "without_cost~ without_exact? no_plan_without? greedy?",
    "retirement_plan_units": "unit_id name level measure year# within_year? target~ done~ required~ planned~ "
    "shortfall~ reached? greedy~ saved_gross_m3~ saved_net_m3~",
    "retirement_plan_wells": "well_id unit_id year# by_plan? n_areas# credit? pool_id reason_key permit_m3~",
    "retirement_plan_relief": "kind subject_id name measure amount~ year# reason_key reason_values",
    "retirement_plan_scenarios": "scenario status n_areas# cost~ bonus~ bound~ gap~ shortfall_mu~ n_closing# "
    "n_other# greedy_cost~ saved_gross_m3~ saved_net_m3~",
    "run_changed": "finding_id rule clause subject_role subject_id period what outcome_before outcome_after "
    "permission_before permission_after measured_before~ measured_after~ threshold_before~ threshold_after~ "
    "evidence_hash_before evidence_hash_after unit_id_before unit_id_after permit_m3_before~ permit_m3_after~ "
    "area_mu_before~ area_mu_after~",
    "run_wells": "subject_id change what outcome_before outcome_after permit_m3_before~ permit_m3_after~ "
    "permit_m3_change~",
    "run_areas": "subject_id change what outcome_before outcome_after area_mu_before~ area_mu_after~ area_mu_change~",
}
CONTRACT |= TABLES
TYPES = {"?": "bool", "#": "integer", "~": "real", "@": "date"}
ENUMS = {
    "outcome": "fail review not_evaluated exempt pass",
    "permission": "deny suspend hold review not_evaluated allow_if allow",
    "action": "none keep limit seal dismantle close replace_source meter cut_power no_power issue_permit control_list "
    "reduce_plan charge explain supply_data deregister reapply list consult",
    "period_state": "closed open not_due in_window overdue not_comparable",
    "entry_kind": "credit debit pair excluded",
    "decision_state": "open accepted overridden deferred verified",
    "reading": "R1 R2 R3",
    "pool_level": "county zone city",
}


def test_the_tables_are_those_of_the_contract():
    assert set(results_schema().tables) == set(CONTRACT) | set(SHEETS) | OTHERS


@pytest.mark.parametrize("table", CONTRACT)
def test_the_fields_are_those_of_the_contract(table):
    fields = results_schema().tables[table].fields
    words = CONTRACT[table].split()
    assert list(fields) == [word.rstrip("?#~@") for word in words]
    assert [item.type for item in fields.values()] == [TYPES.get(word[-1], "text") for word in words]


@pytest.mark.parametrize("table", SHEETS)
def test_the_fields_are_the_columns_that_the_code_draws_up(table):
    assert tuple(results_schema().tables[table].fields) == SHEETS[table]


@pytest.mark.parametrize("enum", ENUMS)
def test_the_enumerations_are_those_of_the_contract(enum):
    assert " ".join(results_schema().enums[enum]) == ENUMS[enum]


def test_code_and_schema_speak_of_the_same_columns_and_tokens():
    tables = results_schema().tables
    assert tuple(tables["rule_counts"].fields) == COUNT_COLUMNS
    assert tuple(results_schema().enums["outcome"]) == OUTCOMES
    assert tuple(results_schema().enums["permission"]) == PERMISSIONS
    assert tuple(results_schema().enums["place_note"]) == PLACE_NOTES


def test_json_columns():
    found = {
        f"{t.name}.{f.name}" for t in results_schema().tables.values() for f in t.fields.values() if f.json
    }
    findings = {"message_values", "evidence", "settings", "unverified"}
    assert {name.split(".")[1] for name in found if name.startswith("findings.")} == findings
    assert {"runs.manifest", "ledger.settings", "ledger.reason_values"} <= found


@pytest.mark.parametrize("table", sorted(set(CONTRACT) | set(SHEETS) | OTHERS))
def test_everything_has_labels_in_both_languages(table):
    item = results_schema().tables[table]
    for thing in (item, *item.fields.values()):
        assert thing.en.isascii()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in thing.zh), thing
    assert len({f.zh for f in item.fields.values()}) == len(item.fields)


def test_every_token_has_labels_in_both_languages():
    for values in results_schema().enums.values():
        for value in values.values():
            assert value.en
            assert value.zh
        assert len({value.zh for value in values.values()}) == len(values)


def test_no_result_table_has_the_name_of_a_role():
    assert not set(results_schema().tables) & set(register_schema().roles)
