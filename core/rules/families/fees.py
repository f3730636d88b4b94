"""Fees and prices: over-plan charges, fees paid, and prices against what the document asks of them."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ...over_plan import BASES, BOUNDARIES, MODES, NO_PLAN, outcomes, over_plan_charge
from ..binding import Binding
from ..facts.charged_users import user_years
from ..facts.pricing import fee_accounts, price_units, worst_of_unit
from ..facts.yearbook import exceeds, reaches, unit_names
from ..registry import Parameter, Rule, words
from ..scene import Scene


def charges(scene: Scene, binding: Binding, year: int | None = None) -> pd.DataFrame:
    """Users and years (:mod:`core.rules.facts.charged_users`), with their charge beside (``over_plan_charge``)."""
    table = user_years(scene, year)
    charge = over_plan_charge(
        table["plan"],
        table["use"],
        table["rate"],
        cast(tuple[float, ...], binding.value("bands")),
        cast(tuple[float, ...], binding.value("multiples")),
        boundary=str(binding.value("boundary")),
        quota=table["quota"],
        base=str(binding.value("base")),
        no_plan=str(binding.value("no_plan")),
        estimated=table["estimated"],
    )
    charge = charge.rename(columns={"state": "case"}).drop(columns=["rate", "estimated"])
    return pd.concat([table, charge], axis=1)


def over_plan(scene: Scene, binding: Binding) -> Verdicts:
    """Water used above the plan is charged at a multiple, band by band (TOL-13d with TOL-10a, TOL-10c).

    Above the plan: fail with the charge, in an open year as well (so far), review where the use is an estimate from
    electricity. Within it: pass, open while the year runs. No plan or no use: not evaluated, as CATALOGUE's NO-DATA;
    ``no_plan = top_band`` charges all water at the highest multiple instead, marked. Without a charging standard
    the excess is told and the charge stays open. ``measured`` is the use, ``threshold`` the plan (or quota), m³.
    """
    return speak(scene, binding, charges(scene, binding))


def speak(scene: Scene, binding: Binding, table: pd.DataFrame) -> Verdicts:
    """The findings on ``charges``."""
    mode = str(binding.value("mode"))
    case, estimated = table["case"], table["estimated"].to_numpy(dtype=bool)
    over = case.isin(("over", "no_plan_top_band")).to_numpy()
    fee = table[f"fee_{mode}"]
    priced = fee.notna().to_numpy()
    running = (table["state"] == "open").to_numpy()
    lacking = case.isin(("no_use", "no_plan")).to_numpy()
    word = np.select(
        [
            (case == "no_plan_top_band").to_numpy(),
            ((case == "no_use") & table["unshared"]).to_numpy(),
            lacking,
            over & ~priced,
            over & estimated,
            over,
            running,
        ],
        ["no_plan_top_band", "no_shares", case, "no_rate", "estimated", "charge", "open"],
        "within",
    )
    places = {name: table[name].to_numpy(dtype=object) for name in ("county_id", "township_id")}
    bands = {name: table[name].to_numpy() for name in table if str(name).startswith("band_")}
    return binding.say(
        scene.subjects("users").take(table["row"].to_numpy()),
        outcome=outcomes(case, table["estimated"], table["state"]),
        action=np.select([over, lacking], ["charge", "supply_data"], "none").astype(object),
        key=("fees.over_plan." + pd.Series(word, dtype=object)).to_numpy(dtype=object),
        values={
            "user": table["user_id"].to_numpy(dtype=object),
            "year": table["year"].to_numpy(),
            "use": table["used_m3"].round(2).to_numpy(),
            "plan": table["base_m3"].round(2).to_numpy(),
            "excess": table["excess_m3"].round(2).to_numpy(),
            "percent": (100 * table["excess_ratio"]).round(2).to_numpy(),
            "rate": table["rate"].to_numpy(),
            "mode": mode,
            "worked": table[f"worked_{mode}"].to_numpy(dtype=object),
            "fee": fee.to_numpy(),
            "piecewise": table["fee_piecewise"].to_numpy(),
            "whole": table["fee_whole"].to_numpy(),
        },
        evidence={
            "base": table["base"].to_numpy(dtype=object),
            "estimated": np.where(estimated, True, None),
            "rate_source": table["rate_source"]
            .where(table["rate_source"] != "", None)
            .to_numpy(dtype=object),
            "fee_piecewise": table["fee_piecewise"].to_numpy(),
            "fee_whole": table["fee_whole"].to_numpy(),
            "worked_piecewise": table["worked_piecewise"].to_numpy(dtype=object),
            "worked_whole": table["worked_whole"].to_numpy(dtype=object),
            **places,
            **bands,
        },
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=table["state"].to_numpy(dtype=object),
        measured=table["used_m3"].to_numpy(),
        threshold=table["base_m3"].to_numpy(),
        measure_unit="m3",
    )


def paid(scene: Scene, binding: Binding) -> Verdicts:
    """Water-resource fee or tax due has been paid: ``paid ≥ due`` (TOL-P, HJQ-3.2a, KYS-R2d).

    Due and paid are the rows ``fee_due`` and ``fee_paid`` of PRICES, summed by subject and year; ``unit_id`` names a
    user or a unit (empty: the whole jurisdiction). Less paid than due: fail, not yet in a running year. What is due
    or what is paid is not recorded: not evaluated; where the register holds fees of users, every user is asked. A fee
    due that names no subject or year holds every pass back.
    """
    found = []
    for role, table in fee_accounts(scene).items():
        due, had = table["due"].to_numpy(), table["paid"].to_numpy()
        running = (table["state"] == "open").to_numpy()
        settled = reaches(had, due)
        case = np.select(
            [np.isnan(due), np.isnan(had), settled & table["loose"].to_numpy(), settled, running],
            ["no_due", "no_paid", "loose", "paid", "open"],
            "short",
        ).astype(object)
        subjects = (
            scene.subjects("users").take(table["row"])
            if role == "users"
            else scene.unit_subjects(table["id"])
        )
        name = table["id"].to_numpy(dtype=object) if role == "users" else unit_names(scene, table["id"])
        found.append(
            binding.say(
                subjects,
                outcome=np.select(
                    [case == "paid", case == "short"], ["pass", "fail"], "not_evaluated"
                ).astype(object),
                action=np.select(
                    [case == "short", np.isin(case, ["no_due", "no_paid", "loose"])],
                    ["list", "supply_data"],
                    "none",
                ).astype(object),
                key=np.array([f"fees.paid.{one}" for one in case], dtype=object),
                values={
                    "subject": name,
                    "year": table["period"].to_numpy(dtype=object),
                    "due": due.round(2),
                    "paid": had.round(2),
                    "missing": np.where(case == "short", due - had, np.nan).round(2),
                    "percent": (100 * had / np.where(due > 0, due, np.nan)).round(2),
                },
                evidence={"rows": table["rows"].to_numpy(dtype=object)},
                period=table["period"].to_numpy(dtype=object),
                period_state=table["state"].to_numpy(dtype=object),
                measured=had,
                threshold=due,
                measure_unit="yuan",
            )
        )
    return concat(found)


def price_floor(scene: Scene, binding: Binding) -> Verdicts:
    """The price reaches the operating cost of a base year: ``price ≥ cost`` (TLF-5.2b).

    By county and year of a price, for the ``sectors`` named. The cost is that of ``cost_year``; full cost, which the
    text allows but does not ask for, stands in the evidence. Several sectors in one year: the worst speaks.
    """
    kinds = {"price": "price", "cost": "operating_cost", "full": "full_cost"}
    base = cast(int, binding.value("cost_year"))
    sectors = cast(tuple[str, ...], binding.value("sectors"))
    table = price_units(scene, kinds, sectors, {"cost": base, "full": base})
    price, cost = table["price"].to_numpy(), table["cost"].to_numpy()
    case = np.select(
        [np.isnan(price), np.isnan(cost), reaches(price, cost)], ["no_price", "no_cost", "reached"], "below"
    )
    table = table.assign(case=_held(table, case, "reached"), ratio=price / np.where(cost > 0, cost, np.nan))
    table = worst_of_unit(table, ["below", "general", "no_cost", "no_price", "loose", "reached"], "ratio")
    return _say(
        scene,
        binding,
        table,
        "price_floor",
        "reached",
        "below",
        "price",
        "cost",
        {"full_cost": table["full"]},
    )


def standard(scene: Scene, binding: Binding) -> Verdicts:
    """The fee applied is the standard, neither more nor less (TLF-5.2c, YJS-4.1.2); by county, year and sector, of
    which the one farthest off speaks."""
    table = price_units(scene, {"applied": "fee_applied", "standard": "fee_standard"}, None, {})
    applied, told = table["applied"].to_numpy(), table["standard"].to_numpy()
    same = ~exceeds(applied, told) & reaches(applied, told)
    case = np.select(
        [np.isnan(applied), np.isnan(told), same], ["no_applied", "no_standard", "same"], "differs"
    )
    table = table.assign(case=_held(table, case, "same"), ratio=-np.abs(applied - told))
    table = worst_of_unit(
        table, ["differs", "general", "no_standard", "no_applied", "loose", "same"], "ratio"
    )
    return _say(scene, binding, table, "standard", "same", "differs", "applied", "standard", {})


def final_price(scene: Scene, binding: Binding) -> Verdicts:
    """The final irrigation price is the price of state works plus the fee for the last canals (YJS-4.1.1)."""
    kinds = {"price": "price", "works": "works_price", "canal": "canal_fee"}
    table = price_units(scene, kinds, cast(tuple[str, ...], binding.value("sectors")), {})
    price = table["price"].to_numpy()
    total = (table["works"] + table["canal"]).to_numpy()
    same = ~exceeds(price, total) & reaches(price, total)
    case = np.select([np.isnan(price), np.isnan(total), same], ["no_price", "no_parts", "same"], "differs")
    table = table.assign(case=_held(table, case, "same"), total=total, ratio=-np.abs(price - total))
    table = worst_of_unit(table, ["differs", "general", "no_parts", "no_price", "loose", "same"], "ratio")
    parts = {"works_price": table["works"], "canal_fee": table["canal"]}
    return _say(scene, binding, table, "final_price", "same", "differs", "price", "total", parts)


def _held(table: pd.DataFrame, case: np.ndarray, good: str) -> np.ndarray:
    """Nothing passes on a figure whose sector is not recorded (``general``, a review), nor while figures that cannot be
    placed stand in the register (``loose``)."""
    fine, loose, general = (
        case == good,
        table["loose"].to_numpy(dtype=bool),
        table["general"].to_numpy(dtype=bool),
    )
    return np.select([fine & loose, fine & general], ["loose", "general"], case).astype(object)


def _say(
    scene: Scene,
    binding: Binding,
    table: pd.DataFrame,
    rule: str,
    good: str,
    bad: str,
    measured: str,
    threshold: str,
    evidence: dict[str, pd.Series],
) -> Verdicts:
    case, period = table["case"].to_numpy(dtype=object), table["period"].to_numpy(dtype=object)
    left, right = table[measured].to_numpy(), table[threshold].to_numpy()
    held = np.isin(case.astype(str), ["loose", "general"])
    return binding.say(
        scene.unit_subjects(table["id"]),
        outcome=np.select(
            [case == good, case == bad, case == "general"], ["pass", "fail", "review"], "not_evaluated"
        ).astype(object),
        action=np.select([case == good, case == bad], ["none", "explain"], "supply_data").astype(object),
        key=np.where(
            held, "fees.price." + pd.Series(case, dtype=object), [f"fees.{rule}.{one}" for one in case]
        ).astype(object),
        values={
            "unit": unit_names(scene, table["id"]),
            "year": period,
            "sector": table["sector"].to_numpy(dtype=object),
            measured: left.round(6),
            threshold: right.round(6),
            "difference": (left - right).round(6),
            "percent": (100 * left / np.where(right > 0, right, np.nan)).round(2),
        },
        evidence={
            "rows": table["rows"].to_numpy(dtype=object),
            **{name: column.to_numpy() for name, column in evidence.items()},
        },
        period=period,
        measured=left,
        threshold=right,
        measure_unit="yuan/m3",
    )


RULES = (
    Rule(
        "fees.over_plan",
        over_plan,
        subjects=("users",),
        needs=("users",),
        parameters=(
            Parameter("bands", "numbers", required=True),
            Parameter("multiples", "numbers", required=True),
            Parameter("mode", "text", default="piecewise", one_of=MODES),
            Parameter("boundary", "text", default="lower", one_of=BOUNDARIES),
            Parameter("base", "text", default="plan", one_of=BASES),
            Parameter("no_plan", "text", default="not_evaluated", one_of=NO_PLAN),
        ),
    ),
    Rule("fees.paid", paid, subjects=("users", "units"), needs=("prices",)),
    Rule(
        "fees.price_floor",
        price_floor,
        subjects=("units",),
        needs=("prices",),
        parameters=(
            Parameter("cost_year", "integer", required=True),
            Parameter("sectors", "texts", default=("agriculture",), one_of=words("sector")),
        ),
    ),
    Rule("fees.standard", standard, subjects=("units",), needs=("prices",)),
    Rule(
        "fees.final_price",
        final_price,
        subjects=("units",),
        needs=("prices",),
        parameters=(Parameter("sectors", "texts", default=("agriculture",), one_of=words("sector")),),
    ),
)
