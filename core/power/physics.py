"""What a pump can lift: the physical check of a power to water coefficient."""

from __future__ import annotations

import numpy as np

JOULES_PER_KWH = 3.6e6
WATER_DENSITY = 1000.0
"""kg/m³."""
GRAVITY = 9.80665
"""Standard gravity, m/s²."""
LIFT = JOULES_PER_KWH / (WATER_DENSITY * GRAVITY)
"""m⁴/kWh: cubic metres that one kWh lifts by one metre without loss, 367.098. Rounded 367.1; with g = 9.81 it would be
366.97, printed as 367. The two differ by 0.03 %, far below what an efficiency is known to."""


def kwh_coefficient(efficiency: float | np.ndarray, head_m: float | np.ndarray) -> np.ndarray:
    """The coefficient that physics allows: ``k = 3.6e6 · η / (ρ · g · H) = 367.1 · η / H`` in m³/kWh.

    H grows as the water table falls, so k falls and carries a date. Engineering, not in the policies.

    Args:
        efficiency: η of pump and motor together, above 0 and at most 1.
        head_m: H, the total dynamic head with the pressure at the outlet, metres, above 0.

    Returns:
        k in m³/kWh, NaN where an argument is missing or outside its range. Arguments broadcast.
    """
    eta, head = np.asarray(efficiency, dtype="float64"), np.asarray(head_m, dtype="float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        sound = (eta > 0) & (eta <= 1) & (head > 0)
        return np.where(sound, LIFT * eta / head, np.nan)
