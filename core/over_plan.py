"""Over-plan charges (超计划累进收费): what each user owes for water used above the plan, under both readings.

With base P (the approved plan), use U, charging standard b, limits of the bands r_1 < r_2 < … (shares of P) and
multiples k_1, k_2, … (one more than limits)::

    piecewise   fee = b · [ min(U, P) + Σ k_i · (water in band i) ]            each slice at its own multiple
    whole       fee = b · [ min(U, P) + k · (U − P) ]                          all of the excess at the band it reaches

A multiple stands in place of the standard, not on top of it. A band holds its upper limit (20% 以内), so exactly at
a limit the lower multiple applies; only the whole reading can tell. Volumes are kept in millionths of a m³, rates
and multiples in millionths, money in fen (0.01 yuan, half up), all as whole numbers: nothing is lost to binary
fractions. A use within 1e-9 of the plan or of a limit counts as being on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .errors import OverdraftError
from .findings.verdicts import to_json

MICRO = 1_000_000
TOLERANCE = 10**9
"""A use that differs from a limit by less than one part in this many is on it."""

MODES = ("piecewise", "whole")
BASES = ("plan", "quota", "plan_or_quota")
BOUNDARIES = ("lower", "upper")
NO_PLAN = ("not_evaluated", "top_band")

STATES = ("no_use", "no_plan", "no_plan_top_band", "over", "within")
"""What can be said of a use; ``no_use`` and ``no_plan`` have no figures."""


def over_plan_charge(
    plan: object,
    used: object,
    rate: object,
    bands: Sequence[float],
    multiples: Sequence[float],
    *,
    boundary: str | Sequence[str] = "lower",
    quota: object = None,
    base: str = "plan",
    no_plan: str = "not_evaluated",
    estimated: object = False,
) -> pd.DataFrame:
    """Charges of users, both readings side by side.

    Args:
        plan, used, quota: m³, one value or a column each; empty (NaN) where not known.
        rate: charging standard, yuan per m³; empty: volumes are told, fees stay empty.
        bands: limits of the bands as shares of the base, ascending, e.g. ``(0.2, 0.5)``.
        multiples: of the standard, one more than limits, e.g. ``(2, 3, 5)``.
        boundary: to which band a use exactly at a limit belongs, by limit; one word: ``lower`` for all, ``upper`` for
            all but the first (whose wording, 以内, takes its figure in).
        base: what is exceeded: the plan, the quota, or the quota where there is no plan.
        no_plan: without a base (or with 0) ``not_evaluated``, or ``top_band``: all water at the highest multiple, where
            there was any.
        estimated: the use rests on electricity; kept beside the figures.

    Returns:
        One row each: ``state`` (of ``STATES``) ``base`` (plan or quota) ``base_m3`` ``used_m3`` ``estimated``
        ``excess_m3`` ``excess_ratio`` ``band`` (0 none, 1 the first …) ``within_m3`` ``band_1_m3`` … ``rate``
        ``charged_piecewise_m3`` ``charged_whole_m3`` (m³ times their multiples) ``fee_piecewise`` ``fee_whole``
        ``surcharge_piecewise`` ``surcharge_whole`` (yuan beyond rate · use) ``worked_piecewise`` ``worked_whole``
        (``10000 + 2000×2 + 1000×3``) ``message_key`` ``message_values`` (JSON): the worked line.

    Raises:
        OverdraftError: bands or multiples that do not fit each other, or an option that does not exist.
    """
    limits, factors, closed_above = _checked(bands, multiples, boundary, base, no_plan)
    frame = _base(plan, used, rate, quota, base, estimated)
    top = len(factors)
    told = frame["used_m3"] >= 0
    based = frame["base_m3"] > 0
    above_all = (frame["used_m3"] > 0) & ~based & (no_plan == "top_band")
    judged = (told & based).to_numpy()

    use, basis = _micro(frame["used_m3"], told), _micro(frame["base_m3"], based)
    edges = [basis] + [basis + _rounded(basis * limit, MICRO) for limit in limits]
    for edge in edges:
        use = np.where((np.abs(use - edge) * TOLERANCE <= edge).astype(bool) & judged, edge, use)
    slices = [np.where(judged, np.minimum(use, basis), 0)]
    for number, edge in enumerate(edges):
        to = use if number == top - 1 else np.minimum(use, edges[number + 1])
        slices.append(np.where(judged, np.maximum(to - edge, 0), 0))
    slices[top] = np.where(above_all, use, slices[top])
    band = np.where(above_all, top, 0) + (judged & (use > basis).astype(bool))
    for edge, upper in zip(edges[1:], closed_above, strict=True):
        band = band + (judged & ((use >= edge) if upper else (use > edge)).astype(bool))
    excess = sum(slices[1:])
    multiple = np.array([0, *factors], dtype=object)[band.astype(int)]
    charged = {
        "piecewise": slices[0] * MICRO + sum(part * k for part, k in zip(slices[1:], factors, strict=True)),
        "whole": slices[0] * MICRO + excess * multiple,
    }

    frame["state"] = np.select(
        [~told, above_all, ~based, (excess > 0).astype(bool)],
        ["no_use", "no_plan_top_band", "no_plan", "over"],
        "within",
    ).astype(object)
    known = judged | above_all.to_numpy()
    frame["excess_m3"] = _plain(excess, MICRO, known)
    with np.errstate(divide="ignore", invalid="ignore"):
        frame["excess_ratio"] = np.where(judged, frame["used_m3"] / frame["base_m3"] - 1.0, np.nan)
    frame["band"] = pd.array(np.where(known, band.astype("float64"), np.nan), dtype="Int64")
    frame["within_m3"] = _plain(slices[0], MICRO, known)
    for number in range(1, top + 1):
        frame[f"band_{number}_m3"] = _plain(slices[number], MICRO, known)
    price = _micro(frame["rate"], frame["rate"] >= 0)
    priced = known & (frame["rate"] >= 0).to_numpy()
    for mode in MODES:
        frame[f"charged_{mode}_m3"] = _plain(charged[mode], MICRO**2, known)
        fen = _rounded(charged[mode] * price * 100, MICRO**3)
        frame[f"fee_{mode}"] = _plain(fen, 100, priced)
        frame[f"surcharge_{mode}"] = _plain(fen - _rounded(use * price * 100, MICRO**2), 100, priced)
    _work_out(frame, slices, factors, excess, multiple, known)
    return frame


def outcomes(case: pd.Series, estimated: pd.Series, period_state: pd.Series) -> np.ndarray:
    """What a charge says of the user: over the plan ``fail`` (``review`` on an estimate), within it ``pass`` once the
    year is closed, else ``not_evaluated``."""
    over = case.isin(("over", "no_plan_top_band"))
    lacking, running = case.isin(("no_use", "no_plan")), period_state == "open"
    return np.select(
        [lacking, over & estimated, over, running],
        ["not_evaluated", "review", "fail", "not_evaluated"],
        "pass",
    ).astype(object)


def _checked(
    bands: Sequence[float], multiples: Sequence[float], boundary: str | Sequence[str], base: str, no_plan: str
) -> tuple[list[int], list[int], list[bool]]:
    limits, factors = ([round(float(one) * MICRO) for one in given] for given in (bands, multiples))
    rising = all(low < high for low, high in zip([0, *limits], limits, strict=False))
    if not rising or len(factors) != len(limits) + 1 or min(factors) < 0:
        raise OverdraftError("fees.bad_bands", bands=list(bands), multiples=list(multiples))
    sides = [boundary] * len(limits) if isinstance(boundary, str) else list(boundary)
    if isinstance(boundary, str) and limits:
        sides[0] = "lower" if boundary in BOUNDARIES else boundary
    for found, allowed in ((base, BASES), (no_plan, NO_PLAN), *((side, BOUNDARIES) for side in sides)):
        if found not in allowed:
            raise OverdraftError("fees.bad_option", found=str(found), allowed=list(allowed))
    if len(sides) != len(limits):
        raise OverdraftError("fees.bad_option", found=str(list(boundary)), allowed=list(BOUNDARIES))
    return limits, factors, [side == "upper" for side in sides]


def _base(
    plan: object, used: object, rate: object, quota: object, base: str, estimated: object
) -> pd.DataFrame:
    given = {"plan": plan, "used_m3": used, "rate": rate, "quota": np.nan if quota is None else quota}
    columns = {name: np.atleast_1d(np.asarray(value)) for name, value in given.items()}
    columns["estimated"] = np.atleast_1d(np.asarray(estimated, dtype=bool))
    size = max(len(column) for column in columns.values())
    if any(len(column) == 0 for column in columns.values()):
        size = 0
    table = {
        name: np.broadcast_to(column[:size] if size == 0 else column, (size,))
        for name, column in columns.items()
    }
    numbers = {
        name: pd.to_numeric(pd.Series(table[name], dtype=object)).astype("float64")
        for name in ("plan", "used_m3", "rate", "quota")
    }
    by_plan, by_quota = numbers["plan"], numbers["quota"]
    instead = {"plan": False, "quota": True, "plan_or_quota": ~(by_plan > 0) & (by_quota > 0)}[base]
    instead = pd.Series(instead, index=by_plan.index)
    return pd.DataFrame(
        {
            "state": "",
            "base": np.where(instead, "quota", "plan").astype(object),
            "base_m3": by_quota.where(instead, by_plan),
            "used_m3": numbers["used_m3"],
            "estimated": table["estimated"],
            "rate": numbers["rate"],
        }
    )


def _micro(values: pd.Series, usable: pd.Series) -> np.ndarray:
    """Whole millionths as Python integers, which never overflow; 0 where not usable."""
    numbers = np.rint(values.where(usable & np.isfinite(values), 0.0).to_numpy() * MICRO)
    result = np.empty(len(numbers), dtype=object)
    result[:] = [int(number) for number in numbers.tolist()]
    return result


def _rounded(values: np.ndarray, by: int) -> np.ndarray:
    """Whole quotients, half up."""
    return (values * 2 + by) // (2 * by)


def _plain(values: np.ndarray, per: int, known: np.ndarray) -> np.ndarray:
    numbers = (values / per).astype("float64") if len(values) else np.zeros(0)
    return np.where(known, numbers, np.nan)


def _work_out(
    frame: pd.DataFrame,
    slices: list[np.ndarray],
    factors: list[int],
    excess: np.ndarray,
    multiple: np.ndarray,
    known: np.ndarray,
) -> None:
    """The sums as a person would write them, and the line that shows them."""
    for mode in MODES:
        if mode == "piecewise":
            parts = [(part, factor) for part, factor in zip(slices[1:], factors, strict=True)]
        else:
            parts = [(excess, multiple)]
        frame[f"worked_{mode}"] = [
            _sum(slices[0][row], [(part[row], k if isinstance(k, int) else k[row]) for part, k in parts])
            if ok
            else None
            for row, ok in enumerate(known)
        ]
    priced = frame["fee_whole"].notna()
    case = np.where(
        frame["state"].isin(("no_use", "no_plan")), frame["state"], np.where(priced, "sum", "no_rate")
    )
    frame["message_key"] = ("fees.worked." + pd.Series(case, dtype=object)).to_numpy(dtype=object)
    frame["message_values"] = [
        to_json(dict(zip(("rate", "piecewise", "fee_piecewise", "whole", "fee_whole"), row, strict=True)))
        for row in frame[["rate", "worked_piecewise", "fee_piecewise", "worked_whole", "fee_whole"]]
        .astype(object)
        .where(frame.notna(), None)
        .itertuples(index=False, name=None)
    ]


def _sum(within: int, parts: list[tuple[int, int]]) -> str:
    terms = [f"{_figure(part)}×{_figure(factor)}" for part, factor in parts if part]
    return " + ".join([_figure(within), *terms] if within or not terms else terms)


def _figure(micro: int) -> str:
    whole, rest = divmod(micro, MICRO)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
