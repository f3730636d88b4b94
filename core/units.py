"""Areas in 亩 (mu), the unit of Chinese land and water documents: 1 亩 = 1/15 hectare = 10 000/15 m².

Values stay unrounded: 44 000 000 m² = 66 000 亩 = 6.6 万亩 (万 = 10⁴). All functions take numbers and arrays.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)

MU_PER_HECTARE = 15
M2_PER_HECTARE = 10_000


def m2_to_mu(area_m2: Number) -> Number:
    """Square metres to 亩: ``area · 15 / 10 000``, in this order, which keeps round figures round."""
    return area_m2 * MU_PER_HECTARE / M2_PER_HECTARE


def mu_to_m2(area_mu: Number) -> Number:
    """亩 to square metres: ``area · 10 000 / 15``."""
    return area_mu * M2_PER_HECTARE / MU_PER_HECTARE


def mu_to_hectares(area_mu: Number) -> Number:
    """亩 to hectares: ``area / 15``."""
    return area_mu / MU_PER_HECTARE
