"""The board: who may be taken for whom, the best choices, the sums. Wells stand 10 m apart."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import numpy as np
import pytest

from overdraft.core.desk.pairboard import lay_board, pair_totals
from overdraft.core.desk.pairledger import by_year, pair_list
from overdraft.core.planning.pairing import UNIT, CostWeights
from overdraft.core.policy import load_policy
from overdraft.core.replacement import replacement_settings
from overdraft.core.rules.scene import Scene

from ..planning.renewals.conftest import AS_OF, Planned, pairs_of
from ..replacement.conftest import GAOCHANG, SHANSHAN


class Boards(Planned):
    def board(self, as_of: date = AS_OF, **settings):
        policy = load_policy("turpan-2021")
        return lay_board(Scene.of(self.register(), policy, as_of), replacement_settings(policy, **settings))


@pytest.fixture
def world() -> Boards:
    return Boards()


def why(board, renewal, **values):
    """Reason by well."""
    return dict(zip(board.wells["retired_id"], board.offers(renewal, **values)["reason"], strict=True))


def test_each_well_that_cannot_be_taken_says_why(world):
    world.sealed("A")
    world.sealed("other", county=SHANSHAN)
    world.sealed("early", "2020-01-01")
    world.sealed("industry", use="industry")
    world.sealed("pledged")
    world.well("active")
    world.sealed("outside", outside=True)
    world.well("shut", status="shut", status_on="2024-01-01")
    world.proposed("N")
    world.proposed("M")
    world.add("pairs", renewal_id="M", retired_id="pledged", state="reserved", pledged_on="2025-05-01")
    board = world.board()
    found = why(board, "N")
    assert (found["A"], found["active"]) == ("", "")
    assert found["other"] == "other_pool"
    assert found["early"] == "before_baseline"
    assert found["industry"] == "use"
    assert found["pledged"] == "pledged"
    assert found["outside"] == "outside_zone"
    assert found["shut"] == "not_in_use"
    assert found["N"] == "self"
    assert why(board, "N", sealed_only=True)["active"] == "unsealed"
    assert why(board, "N", reach_m=5)["A"] == "too_far"
    assert board.wells.set_index("retired_id").at["pledged", "holder"] == "M"


def test_a_renewal_needs_what_it_has_not_got(world):
    for name in "ABC":
        world.sealed(name)
    world.proposed("N")
    world.proposed("M")
    world.add("pairs", renewal_id="M", retired_id="B", state="reserved", pledged_on="2025-05-01")
    board = world.board()
    assert board.renewals["needed"].to_dict() == {"N": 2, "M": 1}
    assert board.held("M")["retired_id"].tolist() == ["B"]
    assert world.board(reading="R2").renewals["needed"].to_dict() == {"N": 3, "M": 2}


def test_credits_that_others_have_used_up_are_not_on_offer(world):
    """Four seals, one renewed well without pairs: it takes two of them, two are left."""
    for name in "ABCD":
        world.sealed(name)
    world.renewed("old")
    world.proposed("N")
    board = world.board()
    assert board.allowed("N") == 2
    assert board.refusals("N", ["A", "B"], board.offers("N")) == []
    assert board.allowed("old") == 2
    world.renewed("older")
    board = world.board()
    assert (board.allowed("N"), why(board, "N")["A"]) == (0, "used_up")
    assert why(board, "old")["A"] == ""


def test_what_cannot_be_chosen_is_refused(world):
    for name in "ABC":
        world.sealed(name)
    world.sealed("far", county=SHANSHAN)
    world.well("D")
    world.renewed("old")
    world.proposed("N")
    board = world.board()
    offers = board.offers("N")
    keys = [[one.key for one in board.refusals("N", wells, offers)] for wells in (["D", "A"], ["A", "B"])]
    assert keys == [[], ["pairs.too_many_sealed"]]  # three seals, two of them for the old one
    assert [one.key for one in board.refusals("N", ["far"], offers)] == ["pairs.not_eligible"]
    keys = [one.key for one in board.refusals("N", ["D", "A", "B"], offers)]
    assert keys == ["pairs.too_many", "pairs.too_many_sealed"]


def test_the_well_that_a_renewal_names_is_in_every_suggestion(world):
    for name in "ABCDE":
        world.sealed(name)
    world.proposed("N", replaces="A")
    board = world.board()
    best = board.suggest("N", board.offers("N"))
    assert [set(one.wells["retired_id"]) for one in best] == [{"A", "E"}, {"A", "D"}, {"A", "C"}]


def test_the_best_choices_are_those_of_all_there_are(world):
    """Against every choice there is; the first is the plan's own."""
    chance = np.random.default_rng(7)
    for number in range(12):
        kind = world.sealed if number % 2 else world.well
        kind(f"W{number:02d}", permit_m3=float(chance.integers(1, 9)) * 10_000)
    world.proposed("N")
    board = world.board()
    weights = CostWeights(1.0, 0.003, 0.02)
    board = board.__class__(board.book, board.renewals, board.wells, board.pledged, board.left, weights)
    offers = board.offers("N")
    cost = dict(zip(board.wells["retired_id"], np.rint(offers["cost"] * UNIT), strict=True))
    free = [name for name, one in cost.items() if one == one]
    every = sorted((cost[a] + cost[b], tuple(sorted((a, b)))) for a, b in combinations(free, 2))
    best = board.suggest("N", offers)
    assert [tuple(sorted(one.wells["retired_id"])) for one in best] == [names for _, names in every[:3]]
    assert [one.cost for one in best] == pytest.approx([total / UNIT for total, _ in every[:3]])
    assert pairs_of(world.plan(weights=weights))["N"] == set(best[0].wells["retired_id"])


def test_what_a_pair_comes_to(world):
    world.sealed("A", permit_m3=30_000.0, area_mu=120.0)
    world.sealed("B", permit_m3=None, area_mu=80.0)
    world.proposed("N", permit_m3=40_000.0)
    sums = pair_totals(world.board(), "N", ["A", "B"])
    assert (sums.wells, sums.freed_m3, sums.freed_unknown, sums.taken_m3) == (2, 30_000.0, 1, 40_000.0)
    assert (sums.given_mu, sums.given_unknown) == (200.0, 0)
    assert np.isnan(sums.taken_mu)


def test_the_years_add_up_to_the_ledger(world):
    world.sealed("A", "2022-06-01")
    world.sealed("B", "2023-06-01")
    world.sealed("C", "2023-07-01")
    world.renewed("old", "2024-03-01")
    world.renewed("undated", None)
    world.application("SQ", decision="approved", decided_on="2024-02-01", approval_no="1")
    world.add("pairs", renewal_id="old", retired_id="A", state="used", pledged_on="2024-01-01")
    board = world.board()
    table = by_year(board)
    own = table[table["pool_id"] == GAOCHANG]
    years = own[~own["total"]].set_index("year")[["sealed", "renewed", "reserved", "pairs"]]
    assert years.loc[[2022, 2023]].to_numpy().tolist() == [[1, 0, 0, 0], [2, 0, 0, 0]]
    assert years.loc[2024].tolist() == [0, 1, 1, 1]
    assert years[years.index.isna()].to_numpy().tolist() == [[0, 1, 0, 0]]
    balance = board.balance.set_index("pool_id")
    totals = table[table["total"]].set_index("pool_id")
    for name in ("sealed", "renewed", "reserved", "net_change", "required", "deficit", "further"):
        assert totals[name].to_dict() == balance[name].to_dict()
    assert pair_list(board)[["renewal_id", "retired_id", "year", "stands"]].to_numpy().tolist() == [
        ["old", "A", 2024, True]
    ]
