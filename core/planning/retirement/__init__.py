"""Which irrigation areas to retire, and when, at least cost, with a proof.

**Sets**

| symbol | meaning |
|---|---|
| i ∈ I | irrigation areas in use |
| t ∈ T | years of the plan; one period where none are given |
| r ∈ R | demands: a unit, a measure (land, gross or net water) and the years [first_r, last_r] in which it counts |
| k ∈ K | townships with a cap |
| w ∈ W | wells; I_w: the areas that a well serves, without those that have surface water or are retired already |
| q ∈ Q | units with a least number of closing wells; W_q: their wells |
| p ∈ P | pairs of areas (i, j) that touch |

**Variables**

| symbol | meaning |
|---|---|
| x_it ∈ {0, 1} | area i is retired in year t; x_i = Σ_t x_it ≤ 1 |
| y_w ∈ {0, 1} | well w can close |
| e_p ∈ {0, 1} | both areas of a touching pair are retired |

**Data**

| symbol | meaning |
|---|---|
| c_i | cost of retiring area i; the area itself makes the overshoot least |
| a_ir | what area i adds to demand r: land of i in the unit; times quota; times 1 − β |
| b_r | amount still to be retired; amounts up to a year, and minimums within a year |
| s_i, m_kt | land of area i; land that may be retired in township k in year t |
| n_q | least number of wells of unit q that can close when the plan is done |
| g_p | bonus for a pair; for a pair with land that is retired already it is taken off c_i |

**Model**

    minimise    Σ_i c_i x_i − Σ_p g_p e_p
    subject to  Σ_i Σ_{t = first_r … last_r} a_ir x_it ≥ b_r      for every demand r
                Σ_{i in k} s_i x_it ≤ m_kt                       for every cap
                Σ_{w ∈ W_q} y_w ≥ n_q                            for every closing
                y_w ≤ x_i                                        for i ∈ I_w
                e_p ≤ x_i,  e_p ≤ x_j                            for p = (i, j)
                x_i = 0 for areas locked to stay, x_i = 1 for areas locked to go

A unit above others has its own demand, and is met when that and those of its parts are; see :func:`demands_of`. Costs
are whole multiples of 10⁻⁶, land and water of a power of two (:mod:`.integers`), so that costs and the bounds of single
targets are exact; bounds from an integer program hold to 10⁻⁹.

**Method.** Locks are folded in; caps and demands that hold anyway go, and upper units that their parts imply; what is
left falls apart into parts (:mod:`.parts`). A part with one target is a covering knapsack, solved by a price bound and
states around it (:mod:`.knapsack`). Any other part has a bound from its relaxation, sifted so that only areas near the
price are looked at (:mod:`.relaxation`), and a plan from an integer program over a growing core of areas
(:mod:`.search`). Of areas that are alike the ones with the smaller ids are taken, and the same input in any order gives
the same plan. Where nothing meets every target, :mod:`.relief` says what must give. Every plan passes :mod:`.check`.
"""

from .plan import RetirementPlan, compare_scenarios, plan_retirement
from .problem import RetirementProblem, demands_of, retirement_problem, township_caps
from .tables import ReliefTables

__all__ = [
    "ReliefTables",
    "RetirementPlan",
    "RetirementProblem",
    "compare_scenarios",
    "demands_of",
    "plan_retirement",
    "retirement_problem",
    "township_caps",
]
