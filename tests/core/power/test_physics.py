"""The physical check of a coefficient, k = 367.1 · η / H."""

from __future__ import annotations

import numpy as np
import pytest

from overdraft.core.power import LIFT, kwh_coefficient


@pytest.mark.parametrize(
    ("head", "efficiency", "expected"),
    [
        pytest.param(60, 0.50, 3.058, id="E1-60m"),
        pytest.param(100, 0.50, 1.835, id="E1-100m"),
        pytest.param(150, 0.40, 0.979, id="E1-150m"),
        pytest.param(30, 0.45, 5.505, id="E1-30m"),
        pytest.param(80, 0.55, 2.52, id="worked-example"),
    ],
)
def test_published_vectors(head, efficiency, expected):
    assert kwh_coefficient(efficiency, head) == pytest.approx(expected, rel=2e-3 if head == 80 else 1e-3)


def test_the_constant_is_that_of_standard_gravity():
    assert round(LIFT, 1) == 367.1
    assert abs(3.6e6 / (1000 * 9.81) / LIFT - 1) < 4e-4  # the printed 367 differs by 0.03 %


@pytest.mark.parametrize(("efficiency", "head"), [(0, 60), (1.01, 60), (0.5, 0), (0.5, -3), (np.nan, 60)])
def test_impossible_arguments_give_nothing(efficiency, head):
    assert np.isnan(kwh_coefficient(efficiency, head))


def test_columns_broadcast():
    assert kwh_coefficient(0.5, np.array([50.0, 100.0])) == pytest.approx([LIFT / 100, LIFT / 200])
