"""What holds for every rule of every policy, whatever the register says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
import shapely

import build
from overdraft.core.findings import Verdicts, concat
from overdraft.core.policy import Policy, available_policies, load_policy
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of, rule_findings
from overdraft.core.rules.scene import Scene
from overdraft.core.schema import register_schema

AT_ONCE = ("turpan-2021", "national")
"""The document with most rules of its own and the one that stands under all of them; the others take long."""
POLICIES = [
    pytest.param(title.id, marks=[] if title.id in AT_ONCE else pytest.mark.long)
    for title in available_policies()
]
AS_OF = "2025-12-31"
SIZE = 24
KEY = ["rule", "clause", "subject_role", "subject_id", "period"]
SAID = [*KEY, "outcome", "permission", "action", "period_state", "measured", "threshold", "message_key"]
WHERE = "county", "township", "village", "parent_id"
NOT_ASKED = ("persons", "objections", "evidence", "pairs", "targets")

EMPTY_SAYS = {
    "wells": (
        "deregistered_on",
        "permit_no",
        "metered",
        "commissioned_on",
        "status_on",
        "account_no",
        "replaces",
    ),
    "zones": ("severity", "legal_state", "valid_from", "valid_to"),
    "units": ("flags", "valid_from", "valid_to"),
    "irrigation": ("flags", "valid_from", "valid_to", "retired_on", "restored_on"),
    "networks": ("valid_from", "valid_to"),
    "alternatives": ("valid_from",),
    "applications": ("decision", "permit_no", "replaces", "deregistered_on"),
    "projects": ("flags", "unconventional"),
    "stations": ("flags",),
    "users": ("flags",),
    "meters": ("removed_on", "well_id"),
    "accounts": ("approved_kwh",),
    "readings": ("month", "voucher_no"),
    "permits": ("replaces",),
}
"""Fields whose empty cell is a statement of its own by the contract: not deregistered, no permit, in force for ever, no
flag, a figure of the whole year, one that another table gives. Emptied, they change what is said, either way."""

SPEAKS_ALONE = {
    "power.illegal": {"permits", "events", "inspections", "well_users", "account_wells"},
    "power.barred": {"permits", "events", "meters", "account_wells"},
    "power.approved_kwh": {"accounts", "account_wells", "permits"},
    "power.links": {"accounts", "account_wells"},
    "wells.illegal_remove": {"permits", "events", "inspections"},
}
"""Rules whose question the wells answer by themselves where a role is not kept at all: of its rows that accuse a well
nobody knows."""


def random_register(policy: Policy, seed: int) -> dict[str, pd.DataFrame]:
    """Rows for every role: known ids that refer to each other, values from the enumerations, days about ``AS_OF``,
    cells empty here and there. All lies in the units of the policy."""
    rng = np.random.default_rng(seed)
    names = [unit.id for unit in policy.units if unit.level == "county"] or [policy.city_id]
    return {role: _rows(role, names, rng) for role in register_schema().roles if role not in NOT_ASKED}


def _rows(role: str, counties: list[str], rng: np.random.Generator) -> pd.DataFrame:
    shape = register_schema().roles[role]
    columns = {}
    for name, item in shape.fields.items():
        columns[name] = [_cell(role, name, item, n, counties, rng) for n in range(SIZE)]
    frame = pd.DataFrame(columns, dtype=object)
    if shape.geometry == "none":
        return frame
    x, y = rng.uniform(89, 90, SIZE), rng.uniform(42, 43, SIZE)
    points = shapely.points(x, y)
    geometry = points if shape.geometry == "point" else shapely.buffer(points, 0.2)
    import geopandas as gpd

    return gpd.GeoDataFrame(frame, geometry=geometry, crs=build.CRS)


def _cell(role: str, name: str, item, n: int, counties: list[str], rng: np.random.Generator):
    key = register_schema().roles[role].key
    if name == key[0] and len(key) == 1:
        return f"{role[0].upper()}{n}"
    if not item.required and rng.random() < 0.15:
        return None
    known = {
        "well_id": f"W{rng.integers(SIZE)}",
        "user_id": f"U{rng.integers(SIZE)}",
        "area_id": f"I{rng.integers(SIZE)}",
        "permit_no": f"P{rng.integers(SIZE)}",
        "account_no": f"A{rng.integers(SIZE)}",
        "station_id": f"S{rng.integers(SIZE)}",
        "network_id": f"N{rng.integers(SIZE)}",
        "subject_role": ["units", "users", "wells"][n % 3],
        "county": counties[n % len(counties)],
        "subject_id": [counties[n % len(counties)], f"U{n}", f"W{n}"][n % 3],
        "parent_id": counties[n % len(counties)],
        "unit": "m3",
        "crs": None,
        "months": "4-9",
    }
    if name in known:
        return known[name]
    if item.enum:
        words = list(register_schema().enums[item.enum])
        return words[rng.integers(len(words))]
    if item.type == "bool":
        return bool(rng.random() < 0.7)
    if item.type == "date":
        return str(np.datetime64(AS_OF) - int(rng.integers(-200, 2500)))
    if name == "year":
        return int(rng.integers(2022, 2026))
    if name == "month":
        return int(rng.integers(1, 13))
    if item.type in ("integer", "real"):
        return float(rng.integers(0, 60_000)) if item.type == "real" else int(rng.integers(0, 20))
    return f"t{rng.integers(5)}"


def scene_of(policy: Policy, tables: Mapping[str, pd.DataFrame]) -> Scene:
    return build.scene(policy, AS_OF, **tables)


def said(found: Verdicts, columns: list[str] = SAID) -> list[tuple]:
    rows = found.rows[columns].astype(object)
    return sorted(map(str, rows.where(rows.notna(), None).itertuples(index=False, name=None)))


def tally(found: Verdicts) -> dict:
    keys = ["rule", "clause", "subject_role", "period", "unit_id"]
    return (
        found.counts.groupby(keys)[["n_subjects", "n_pass", "n_rows", "n_out_of_scope"]]
        .sum()
        .T.to_dict("list")
    )


def standing(found: Verdicts) -> pd.DataFrame:
    """``good`` (pass or exempt) and ``bad`` subjects of each rule, clause and role."""
    by = ["rule", "clause", "subject_role"]
    kept = found.rows["outcome"].isin(["pass", "exempt"])
    table = pd.DataFrame(
        {
            "silent": found.counts.groupby(by)["n_pass"].sum(),
            "told": found.rows[kept].groupby(by).size(),
            "bad": found.rows[~kept].groupby(by).size(),
        }
    ).fillna(0)
    return table.assign(good=table["silent"] + table["told"])


def improved(before: Verdicts, after: Verdicts) -> dict:
    """Rules with more that pass and fewer that do not: by how many passes. One that asks of more, or of fewer, has
    another question to answer."""
    change = standing(after).sub(standing(before), fill_value=0)
    return change.loc[(change["good"] > 0) & (change["bad"] < 0), "good"].to_dict()


@pytest.fixture(scope="module", params=POLICIES)
def case(request):
    policy = load_policy(request.param)
    tables = random_register(policy, 7)
    return policy, tables, rule_findings(scene_of(policy, tables))


def test_something_is_judged(case):
    policy, _, found = case
    assert set(found.counts["rule"]) | set(found.rows["rule"])
    assert {bound.clause.id for bound in bindings(policy)} == set(found.counts["clause"])


def test_counts_in_equal_counts_out(case):
    found = case[2]
    numbers = found.counts[["n_pass", "n_rows", "n_out_of_scope"]].sum(axis=1)
    assert (numbers == found.counts["n_subjects"]).all()
    assert found.counts["n_rows"].sum() == len(found.rows)
    assert not found.rows.duplicated(KEY).any()


def test_the_order_of_rows_changes_nothing(case):
    policy, tables, found = case
    rng = np.random.default_rng(3)
    mixed = {
        role: frame.iloc[rng.permutation(len(frame))].reset_index(drop=True) for role, frame in tables.items()
    }
    again = rule_findings(scene_of(policy, mixed))
    assert said(again) == said(found)
    assert tally(again) == tally(found)


def blanked(role: str, frame: pd.DataFrame, rng: np.random.Generator) -> tuple[str, pd.DataFrame]:
    """Some cells of an optional field of a role emptied, and the field."""
    shape = register_schema().roles[role]
    optional = [
        name
        for name, item in shape.fields.items()
        if not item.required and name not in (*WHERE, *EMPTY_SAYS.get(role, ())) and name not in shape.key
    ]
    if not optional:
        return "", frame
    name = optional[rng.integers(len(optional))]
    blank = frame.copy()
    blank.loc[rng.random(len(frame)) < 0.4, name] = None
    return name, blank


def test_missing_cells_never_improve_an_outcome(case):
    """Blank cells in every role at once: no rule has more that pass or are exempt."""
    policy, tables, found = case
    for seed in range(3):
        rng = np.random.default_rng(seed)
        fewer = {role: blanked(role, frame, rng) for role, frame in tables.items()}
        after = rule_findings(scene_of(policy, {role: frame for role, (_, frame) in fewer.items()}))
        better = improved(found, after)
        assert better == {}, {role: name for role, (name, _) in fewer.items() if name}


@pytest.mark.long
def test_a_missing_cell_never_improves_an_outcome(case):
    """The same, one field of one role after the other."""
    policy, tables, found = case
    rng = np.random.default_rng(1)
    better = {}
    for role, frame in tables.items():
        name, fewer = blanked(role, frame, rng)
        after = rule_findings(scene_of(policy, {**tables, role: fewer}))
        better |= {(role, name, *key): n for key, n in improved(found, after).items()}
    assert better == {}


@pytest.mark.parametrize("part", range(3))
def test_missing_roles_never_improve_an_outcome(case, part):
    policy, tables, found = case
    gone = [role for role in tables if role not in ("wells", "units")][part::3]
    rest = {role: frame for role, frame in tables.items() if role not in gone}
    better = improved(found, rule_findings(scene_of(policy, rest)))
    assert {key: n for key, n in better.items() if not SPEAKS_ALONE.get(key[0], set()) & set(gone)} == {}, (
        gone
    )


@pytest.mark.parametrize("policy", [policy for policy in POLICIES if policy.values != ("national",)])
def test_nothing_outside_the_jurisdiction_is_judged(policy):
    document = load_policy(policy)
    away = "659001"  # Shihezi, in none of the documents
    tables = {
        role: frame.assign(county=away) if "county" in frame.columns else frame
        for role, frame in random_register(document, 11).items()
    }
    for name in ("subject_id", "parent_id"):
        for role in ("indices", "documents"):
            if name in tables[role]:
                tables[role] = tables[role].assign(**{name: away}, subject_role="units")
    tables["units"] = (
        tables["units"].assign(unit_id=away, name="石河子市", level="county", parent_id=None).iloc[:1]
    )
    found = rule_findings(scene_of(document, tables))
    placed = found.rows[
        found.rows["subject_role"].isin(["wells", "applications", "users", "permits", "units"])
    ]
    away_rows = placed[placed["unit_id"] == away]
    assert away_rows.empty, away_rows[KEY].to_string()


@pytest.mark.parametrize("policy", POLICIES)
def test_a_rule_can_be_run_by_itself(policy):
    document = load_policy(policy)
    scene = scene_of(document, random_register(document, 5))
    parts = concat(findings_of(scene, bound) for bound in bindings(document))
    assert said(parts) == said(rule_findings(scene))
