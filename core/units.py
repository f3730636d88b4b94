"""Areas in 亩 (mu), the unit of Chinese land and water documents: 1 亩 = 1/15 hectare = 10 000/15 m².

Values stay unrounded: 44 000 000 m² = 66 000 亩 = 6.6 万亩 (万 = 10⁴). All functions take numbers and arrays.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)

MU_PER_HECTARE = 15
M2_PER_HECTARE = 10_000
ONE_TENTH = Decimal("0.1")
ONE_HUNDREDTH = Decimal("0.01")


def m2_to_mu(area_m2: Number) -> Number:
    """Square metres to 亩: ``area · 15 / 10 000``, in this order, which keeps round figures round."""
    return area_m2 * MU_PER_HECTARE / M2_PER_HECTARE


def mu_to_m2(area_mu: Number) -> Number:
    """亩 to square metres: ``area · 10 000 / 15``."""
    return area_mu * M2_PER_HECTARE / MU_PER_HECTARE


def mu_to_hectares(area_mu: Number) -> Number:
    """亩 to hectares: ``area / 15``."""
    return area_mu / MU_PER_HECTARE


def rounded(value: float, step: Decimal = ONE_TENTH) -> Decimal:
    """``value`` to the nearest step, halves away from zero, as people round: one figure on paper and on the screen.

    The decimal expansion of the float that Python prints is rounded, so that 0.25 from a table stays 0.25.
    """
    number = Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)
    return abs(number) if number == 0 else number
