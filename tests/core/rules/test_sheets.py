"""Tables that a run draws up: the quarter that it reports on, the split of the caps."""

from datetime import date

import pytest
from shapely import box

import build
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
