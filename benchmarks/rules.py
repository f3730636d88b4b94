"""What all rules of a policy cost on a large register, beside reading and writing the register itself.

    .venv/bin/python benchmarks/rules.py                      # 200 thousand wells, three years of monthly readings
    .venv/bin/python benchmarks/rules.py --wells 20000        # a smaller register
    .venv/bin/python benchmarks/rules.py --policy toli-2024

The register goes into a case file and comes out of it again, as in a run of ``enforce``; then every rule that the
policy binds judges it. One process, seconds of wall clock. The goal: the rules together cost less than reading and
writing. About one well in fifty breaks something. Figures that were measured stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

ROOT = Path(__file__).resolve().parent.parent
if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from overdraft.core.casefile import CaseContent, read_case, write_case  # noqa: E402
from overdraft.core.findings import concat, conclude  # noqa: E402
from overdraft.core.intake import build_register  # noqa: E402
from overdraft.core.policy import Policy, load_policy  # noqa: E402
from overdraft.core.rules.binding import bindings  # noqa: E402
from overdraft.core.rules.run import findings_of  # noqa: E402
from overdraft.core.rules.scene import Scene  # noqa: E402

AS_OF = date(2025, 12, 31)
YEARS = (2023, 2024, 2025)
BREAKS = 0.02
"""Share of the wells in which something is wrong."""
CRS = "EPSG:4490"


def main() -> None:
    """Make, write, read, judge; print the split."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--wells", type=int, default=200_000)
    parser.add_argument("--policy", default="turpan-2021")
    given = parser.parse_args()
    policy = load_policy(given.policy)
    tables = make(given.wells, policy)
    print(f"{given.policy}: {given.wells:,} wells, {len(tables['readings']):,} readings")
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case.gpkg"
        writing = timed(lambda: write_case(case, CaseContent(tables, "en")))[0]
        reading, frames = timed(lambda: read_case(case))
    forming, register = timed(lambda: build_register(frames))
    placing, scene = timed(lambda: Scene.of(register, policy, AS_OF))
    families, verdicts = judge(scene)
    rules = sum(families.values())
    numbering, findings = timed(lambda: conclude(concat(verdicts), policy.id, policy.version, "bench"))
    exchange = writing + reading + forming
    show("write the register", writing)
    show("read it, canonical form included", reading + forming)
    show("place the wells (zones, counties)", placing)
    for family, seconds in sorted(families.items(), key=lambda item: -item[1]):
        show(f"  rules: {family}", seconds)
    show(f"all rules ({len(bindings(policy))} bound, {len(findings):,} findings)", rules)
    show("number and sort the findings", numbering)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reached = "reached" if rules <= exchange else "missed"
    print(
        f"rules ÷ (reading + writing) = {rules / exchange:.2f}  (goal: at most 1, {reached}); peak {peak:,.0f} MiB"
    )


def judge(scene: Scene) -> tuple[dict[str, float], list]:
    """Seconds by family, and the verdicts. What several rules share counts for the first that asks."""
    families: defaultdict[str, float] = defaultdict(float)
    verdicts = []
    for binding in bindings(scene.policy):
        seconds, found = timed(lambda binding=binding: findings_of(scene, binding))
        families[binding.rule.family] += seconds
        verdicts.append(found)
    return dict(families), verdicts


def timed(work) -> tuple[float, object]:
    """Seconds of wall clock, and the result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def show(what: str, seconds: float) -> None:
    """One line of the split."""
    print(f"{what:<60} {seconds:8.2f} s")


def make(number: int, policy: Policy) -> dict[str, pd.DataFrame]:
    """A register of so many wells in the policy's own counties, about one in fifty with something wrong."""
    rng = np.random.default_rng(20251231)
    counties = [unit for unit in policy.units if unit.level == "county"]
    side = len(counties)
    ids = np.char.add("W", np.arange(number).astype(str)).astype(object)
    x, y = rng.uniform(88, 88 + side, number), rng.uniform(42, 43, number)
    county = np.array([unit.id for unit in counties], dtype=object)[(x - 88).astype(int)]
    wrong = rng.random(number) < BREAKS
    kind = rng.choice(7, number)
    pick = lambda code, bad, good: np.where(wrong & (kind == code), bad, good)  # noqa: E731
    users = np.char.add("U", (np.arange(number) // 4).astype(str)).astype(object)
    wells = gpd.GeoDataFrame(
        {
            "well_id": ids,
            "county": county,
            "use": pick(0, "industry", "irrigation").astype(object),
            "aquifer": pick(1, "deep_confined", "shallow").astype(object),
            "depth_m": rng.uniform(60, 200, number),
            "built_on": pd.Timestamp("2010-05-01"),
            "status": rng.choice(np.array(["active", "active", "active", "sealed"], dtype=object), number),
            "status_on": pd.Timestamp("2022-06-01"),
            "metered": ~(wrong & (kind == 2)),
            "permit_no": np.where(wrong & (kind == 3), None, np.char.add("P", np.arange(number).astype(str))),
            "permit_m3": 30_000.0,
            "permit_to": pd.Timestamp("2027-12-31"),
            "permit_eligible": "yes",
            "account_no": np.char.add("A", np.arange(number).astype(str)).astype(object),
            "user_id": users,
            "area_mu": 120.0,
            "m3_per_kwh_ratio": 2.5,
        },
        geometry=shapely.points(x, y),
        crs=CRS,
    )
    names = sorted(set(users))
    return {
        "wells": wells,
        "zones": zones(side),
        "units": units(counties),
        "readings": readings(ids, wrong & (kind == 4), rng),
        "meters": pd.DataFrame(
            {
                "meter_id": np.char.add("M", np.arange(number).astype(str)).astype(object),
                "well_id": ids,
                "installed_on": pd.Timestamp("2021-06-01"),
                "standard": True,
                "working": ~(wrong & (kind == 5)),
                "transmits": True,
                "checked_on": pd.Timestamp("2025-05-01"),
                "flags": "online;county;city;region",
            }
        ),
        "permits": pd.DataFrame(
            {
                "permit_no": np.char.add("P", np.arange(number).astype(str)).astype(object),
                "county": county,
                "source": "groundwater",
                "use": "irrigation",
                "volume_m3": 30_000.0,
                "approved_on": pd.Timestamp("2010-01-01"),
                "valid_to": pd.Timestamp("2027-12-31"),
                "state": "valid",
                "electronic": True,
            }
        ),
        "users": pd.DataFrame(
            {"user_id": names, "kind": "farmer", "sector": "agriculture", "county": counties[0].id}
        ),
        "indices": indices(counties, names),
    }


def readings(ids: np.ndarray, over: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Twelve readings a year of each well; those of ``over`` take twice their permit."""
    months = len(YEARS) * 12
    volume = np.repeat(np.where(over, 5_000.0, 2_000.0), months) * rng.uniform(0.5, 1.0, len(ids) * months)
    return pd.DataFrame(
        {
            "well_id": np.repeat(ids, months),
            "year": np.tile(np.repeat(YEARS, 12), len(ids)),
            "month": np.tile(np.tile(np.arange(1, 13), len(YEARS)), len(ids)),
            "volume_m3": volume,
            "energy_kwh": volume / 2.5,
            "voucher_no": "V",
        }
    )


def indices(counties: list, users: list[str]) -> pd.DataFrame:
    """A plan for each user and an index for each county, year by year."""
    plans = pd.DataFrame(
        {
            "subject_role": "users",
            "subject_id": np.tile(users, len(YEARS)),
            "year": np.repeat(YEARS, len(users)),
            "measure": "plan",
            "value": 120_000.0,
            "unit": "m3",
        }
    )
    caps = [
        {
            "subject_role": "units",
            "subject_id": unit.id,
            "year": year,
            "measure": "index",
            "value": 30.0,
            "unit": "亿m3",
        }
        for unit in counties
        for year in YEARS
    ]
    return pd.concat([plans, pd.DataFrame(caps).assign(source="groundwater")], ignore_index=True)


def zones(side: int) -> gpd.GeoDataFrame:
    """A zone over the left half of each county."""
    return gpd.GeoDataFrame(
        {"zone_id": [f"Z{n}" for n in range(side)], "severity": "general"},
        geometry=[shapely.box(88 + n, 42, 88.5 + n, 43) for n in range(side)],
        crs=CRS,
    )


def units(counties: list) -> gpd.GeoDataFrame:
    """Counties side by side."""
    return gpd.GeoDataFrame(
        {
            "unit_id": [unit.id for unit in counties],
            "name": [unit.name for unit in counties],
            "level": "county",
        },
        geometry=[shapely.box(88 + n, 42, 89 + n, 43) for n in range(len(counties))],
        crs=CRS,
    )


if __name__ == "__main__":
    main()
