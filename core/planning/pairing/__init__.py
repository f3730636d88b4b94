"""减二更一 as a plan: which wells to seal for each renewal.

Sets
    R           renewals; r ∈ R has a priority w_r, needs k_r wells and may name one well n_r
    C           candidates: sealed wells (credit in hand) and wells that could be sealed
    P           pools: a renewal takes wells of its own pool only; sealed credits of pool p: C_p
    E           pairs (r, c) on offer, with costs

Variables
    x_rc ∈ {0, 1}   well c is sealed for renewal r
    y_r  ∈ {0, 1}   renewal r is served

Objective, the first before the second before the third
    1. most     Σ_r w_r y_r
    2. least    Σ_rc cost_rc x_rc                  in whole units of 10⁻⁶
    3. least    Σ_rc tie_rc x_rc                   smaller ids first, see :func:`.graph.tie_of`

Constraints
    Σ_c x_rc = k_r y_r             all or none
    Σ_r x_rc ≤ 1                   a well serves one renewal
    x_{r,n_r} = y_r                the well that a renewal names, if eligible, is among them (reading R1)
    Σ_{c ∈ C_p, r} x_rc ≤ L_p      credits that renewals without pairs have not used up (contract §4)
    Σ_r y_r ≤ m                    on request

| symbol | meaning | unit |
|---|---|---|
| w_r | priority | whole number ≥ 1 |
| k_r | wells needed: 2 in R1, 3 in R2, fewer if some are pledged | wells |
| cost_rc | W_distance · km + W_volume · 万m³ + W_unsealed · [c still to be sealed] | 10⁻⁶ |
| L_p | max(0, min(sealed − k · (renewed + reserved), sealed − pending)) | wells |
| m | ``MAX_SERVED`` | renewals |

How it is solved. "All or none" is no assignment problem: with scarce wells an assignment leaves renewals half
served. Blocks that share no candidate are solved apart. For k ≤ 2 a block is a matching of largest weight in a
general graph (:mod:`.matching`), else, and under limits that bind, a program with whole numbers
(:mod:`.programme`). Before that, large blocks are bounded by prices and lose the pairs that no best plan can
use (:mod:`.block`, :mod:`.prices`). Every plan passes :func:`check_plan` before it is handed out.
"""

from .alternatives import runner_ups
from .check import check_plan
from .offers import CostWeights
from .plan import Plan
from .problem import UNIT, Problem, problem_from_edges, problem_from_places
from .solve import pair_wells

__all__ = [
    "UNIT",
    "CostWeights",
    "Plan",
    "Problem",
    "check_plan",
    "pair_wells",
    "problem_from_edges",
    "problem_from_places",
    "runner_ups",
]
