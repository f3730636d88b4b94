"""Real areas and wells: two counties of South Carolina, against a program that is written down here for scipy's solver.

See tests/data/south_carolina/README.md. Costs are land times the years in which it was irrigated, plus one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from overdraft.core.planning.retirement import plan_retirement, retirement_problem, township_caps

DATA = Path(__file__).parents[3] / "data" / "south_carolina"
MU_PER_ACRE = 6.0703
SHARE, FIRST_YEAR, LIMIT = 0.3, 0.1, 0.18
"""Of the land of a county: to be retired by 2025, in 2024 at least, and in a year at most."""
CLOSING = {"Calhoun": 25, "Orangeburg": 40}


@pytest.fixture(scope="module")
def areas() -> pd.DataFrame:
    found = pd.read_csv(DATA / "irrigated_areas.csv")
    land = (found["Acres"] * MU_PER_ACRE).round(2)
    return pd.DataFrame(
        {
            "area_id": "z" + found["id_a"].astype(str).str.zfill(4),
            "area_mu": land,
            "cost": (land * (1 + found["n_years"])).round(2),
            "township": found["County"],
        }
    )


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    found = pd.read_csv(DATA / "well_areas.csv")
    return pd.DataFrame({"well_id": found["PipeID"], "area_id": "z" + found["id_a"].astype(str).str.zfill(4)})


def pieces(areas: pd.DataFrame) -> pd.DataFrame:
    return areas[["area_id", "area_mu"]].assign(unit_id=areas["township"])


def share_of_land(areas: pd.DataFrame, share: float, year: int, *, within: bool = False) -> pd.DataFrame:
    land = areas.groupby("township")["area_mu"].sum()
    return pd.DataFrame(
        {"unit_id": land.index, "measure": "area_mu", "year": year, "amount": share * land.to_numpy()}
    ).assign(within_year=within)


def least(cost, matrix, lower, upper) -> tuple[float, float]:
    """Objective and bound of a program of zeros and ones."""
    found = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(sp.csr_matrix(matrix), lower, upper),
        options={"mip_rel_gap": 1e-4},
    )
    return found.fun, found.mip_dual_bound


def test_targets_and_closing_wells(areas: pd.DataFrame, links: pd.DataFrame) -> None:
    """Wells count in the county of most of their areas; one serves nine."""
    where = links.merge(areas, on="area_id").groupby("well_id")["township"].agg(lambda name: name.mode()[0])
    wells = where.rename("unit_id").reset_index()
    problem = retirement_problem(
        areas,
        pieces(areas),
        share_of_land(areas, SHARE, 2025),
        links=links,
        wells=wells,
        closings=pd.DataFrame(CLOSING.items(), columns=["unit_id", "n_min"]),
    )
    plan = plan_retirement(problem)
    n, w = len(areas), len(wells)
    county = (areas["township"].to_numpy() == np.array(list(CLOSING))[:, None]).astype(float)
    land = areas["area_mu"].to_numpy()
    in_county = (wells["unit_id"].to_numpy() == np.array(list(CLOSING))[:, None]).astype(float)
    area = pd.Index(areas["area_id"]).get_indexer(links["area_id"])
    well = pd.Index(wells["well_id"]).get_indexer(links["well_id"])
    y_below_x = np.zeros((len(links), n + w))
    y_below_x[np.arange(len(links)), n + well] = 1
    y_below_x[np.arange(len(links)), area] = -1
    matrix = np.vstack(
        [np.hstack([county * land, np.zeros((2, w))]), np.hstack([np.zeros((2, n)), in_county]), y_below_x]
    )
    lower = np.r_[SHARE * (county @ land), list(CLOSING.values()), np.full(len(links), -np.inf)]
    upper = np.r_[np.full(4, np.inf), np.zeros(len(links))]
    value, bound = least(np.r_[areas["cost"], np.zeros(w)], matrix, lower, upper)
    assert plan.status in ("optimal", "within_gap")
    assert plan.bound <= value * (1 + 1e-9)
    assert bound <= plan.value * (1 + 1e-9)
    assert plan.value == pytest.approx(value, rel=2e-4)
    counted = (
        wells[wells["well_id"].isin(plan.wells["well_id"][plan.wells["closes"]])].groupby("unit_id").size()
    )
    assert (counted >= pd.Series(CLOSING)).all()


def test_two_years_under_caps(areas: pd.DataFrame) -> None:
    """x_it in {0, 1}: each area in one year at most, least and most land of each county and year."""
    years = (2024, 2025)
    asked = pd.concat(
        [share_of_land(areas, SHARE, 2025), share_of_land(areas, FIRST_YEAR, 2024, within=True)]
    )
    caps = township_caps(areas, LIMIT, years)
    problem = retirement_problem(areas, pieces(areas), asked, years=years, caps=caps)
    plan = plan_retirement(problem)
    n = len(areas)
    county = (areas["township"].to_numpy() == np.array(list(CLOSING))[:, None]).astype(float)
    land = county * areas["area_mu"].to_numpy()
    total = land.sum(axis=1)
    nothing = np.zeros_like(land)
    matrix = np.vstack(
        [
            np.hstack([np.eye(n), np.eye(n)]),
            np.hstack([land, land]),
            np.hstack([land, nothing]),
            np.hstack([nothing, land]),
        ]
    )
    lower = np.r_[np.zeros(n), SHARE * total, FIRST_YEAR * total, np.zeros(2)]
    upper = np.r_[np.ones(n), np.full(2, np.inf), LIMIT * total, LIMIT * total]
    value, bound = least(np.tile(areas["cost"], 2), matrix, lower, upper)
    assert plan.status in ("optimal", "within_gap")
    assert plan.bound <= value * (1 + 1e-9)
    assert bound <= plan.value * (1 + 1e-9)
    assert (plan.caps["used_mu"] <= plan.caps["limit_mu"] * (1 + 1e-9)).all()
    assert plan.greedy_value > plan.value or not plan.greedy_complete
