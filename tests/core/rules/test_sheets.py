"""Tables that a run draws up: the quarter that it reports on, the split of the caps."""

from datetime import date

import pytest
from shapely import box

import build
from overdraft.core.policy import load_policy, with_settings
from overdraft.core.rules.run import rule_findings
from overdraft.core.sheets import last_quarter, sheets


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 3, 31), "2026-Q1"),
        (date(2026, 3, 30), "2025-Q4"),
        (date(2026, 4, 1), "2026-Q1"),
        (date(2026, 1, 1), "2025-Q4"),
        (date(2025, 12, 31), "2025-Q4"),
        (date(2025, 12, 30), "2025-Q3"),
    ],
)
def test_the_last_quarter_that_is_over(day, quarter):
    assert last_quarter(day) == quarter


def test_the_cap_of_the_year_is_split_to_the_cubic_metre():
    """1000 m³ by quota: 30 mu · 100 against 10 mu · 100, that is 750 and 250; the policy has no figure for 2027."""
    units = [
        {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43)},
        {
            "unit_id": "T",
            "name": "一镇",
            "level": "township",
            "parent_id": "650402",
            "geometry": box(89, 42, 90, 43),
        },
    ]
    place = {"x": 89.5, "y": 42.5, "metered": True}
    of = build.scene(
        as_of="2027-05-01",
        units=units,
        wells=[
            {"well_id": "A", "area_mu": 30, **place},
            {"well_id": "B", "area_mu": 10, **place},
        ],
        irrigation=[
            {"area_id": name, "status": "irrigated", "area_mu": mu, "quota_m3_per_mu": 100, "well_ids": name}
            for name, mu in (("A", 30), ("B", 10))
        ],
        indices=[
            {
                "subject_role": "units",
                "subject_id": "650402",
                "year": 2027,
                "measure": "index",
                "source": "groundwater",
                "value": 1000,
                "unit": "m3",
            }
        ],
    )
    table = sheets(of, rule_findings(of, families=()))["quota_allocation"]
    assert table.groupby("level")["amount_m3"].sum().to_dict() == dict.fromkeys(table["level"], 1000)
    assert table.set_index("key")["amount_m3"][["A", "B"]].tolist() == [750, 250]
    assert set(table["year"]) == {2027}


@pytest.mark.parametrize(("signed", "first"), [(None, "650402"), (True, "650402"), (False, "650421")])
def test_levels_are_ranked_against_both_quarters_and_as_the_document_is_read(signed, first):
    """650402 falls by 0.3 m in the quarter and by 0.5 m in the year, 650421 rises by 0.5 and by 0.6 m."""
    levels = {"a": (10.2, 10.0, 9.7), "b": (19.9, 20.0, 20.5)}
    days = ("2024-11-10", "2025-08-10", "2025-11-10")
    policy = load_policy("turpan-2021")
    of = build.scene(
        policy if signed is None else with_settings(policy, {"ranking.signed": signed}),
        as_of="2025-12-31",
        units=[
            {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43)},
            {"unit_id": "650421", "name": "鄯善县", "level": "county", "geometry": box(90, 42, 91, 43)},
        ],
        stations=[{"station_id": "a", "x": 89.5, "y": 42.5}, {"station_id": "b", "x": 90.5, "y": 42.5}],
        levels=[
            {"station_id": name, "date_on": day, "level_m": level}
            for name, told in levels.items()
            for day, level in zip(days, told, strict=True)
        ],
    )
    table = sheets(of, rule_findings(of, families=()))["unit_ranking"]
    ranked = table[table["rank"].notna()]
    best = ranked[ranked["rank"] == 1].set_index("previous")["unit_id"]
    assert best.to_dict() == {"2025-Q3": first, "2024-Q4": first}
    change = ranked.set_index(["previous", "unit_id"])["change_m"].round(6).to_dict()
    assert change == {
        ("2025-Q3", "650402"): -0.3,
        ("2025-Q3", "650421"): 0.5,
        ("2024-Q4", "650402"): -0.5,
        ("2024-Q4", "650421"): 0.6,
    }
