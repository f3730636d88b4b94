"""Power for wells: who may have none, who buys it without papers, and which data the power companies owe."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ...power.accounts import account_links, shared_accounts
from ..binding import Binding
from ..facts.aquifers import deep_wells
from ..facts.energy_facts import (
    joined,
    of_wells,
    period_state,
    periods,
    read_months,
    recent_energy,
    well_years,
    years_at_work,
)
from ..facts.equipment import equipment
from ..facts.monitored import monitored
from ..registry import Parameter, Rule, words
from ..scene import Scene
from ..subjects import Subjects

ILLEGAL = ("illegal_drilling", "unpermitted", "reopened")
"""Violations that make a well an illegal one as long as they are open."""


def barred(scene: Scene, binding: Binding) -> Verdicts:
    """No power for wells without a permit or without a meter (TLF-4.4d).

    ``lacks`` = either (default): each lack alone bars the well; both: only the two together. Barred and supplied (an
    account, or energy in the year of ``as_of`` or the one before): fail, cut the power. Barred and not known to be
    supplied: review, no power. A permit that has ended or is suspended: review. Whether there is a meter is not
    known, and it matters: not evaluated. Asked of wells that are not closed, and of closed ones with an account or
    energy of late. Wells for monitoring are asked only where water or power was taken; they never fail.
    """
    now = scene.wells_now
    permit = now["permitted"].to_numpy(dtype=bool)
    meter = equipment(scene, "wells")["metered"].to_numpy()
    either = binding.value("lacks") != "both"
    bar = (~permit | (meter == 0)) if either else (~permit & (meter == 0))
    ended = permit & ~now["permit_valid"].to_numpy(dtype=bool) & (either | (meter == 0))
    unclear = np.isnan(meter) & (permit if either else ~permit)
    supplied = _supplied(scene)
    quiet, drawn = monitored(scene)
    cases = [bar & supplied, bar, ended, unclear]
    lack = np.select([~permit & (meter == 0), ~permit], ["both", "permit"], "meter")
    state = np.select(cases, ["supplied", "barred", "permit_ended", "meter_unknown"], "may_have")
    key = np.where(
        bar, "power.barred." + pd.Series(state) + "_" + pd.Series(lack), "power.barred." + pd.Series(state)
    )
    worst = np.where(drawn, "review", "fail")
    return binding.say(
        scene.subjects("wells"),
        asked=(~now["closed"].to_numpy(dtype=bool) | supplied) & ~quiet,
        outcome=np.select(cases, [worst, "review", "review", "not_evaluated"], "pass").astype(object),
        key=key.astype(object),
        action=np.select(cases, ["cut_power", "no_power", "reapply", "supply_data"], "none").astype(object),
        values={
            "account": now["account_no"].to_numpy(dtype=object),
            "energy": recent_energy(scene),
            "permit": now["permit_no"].to_numpy(dtype=object),
            "to": now["permit_to"].to_numpy(),
        },
        evidence=_evidence(scene, meter),
    )


def illegal(scene: Scene, binding: Binding) -> Verdicts:
    """Illegal wells have their power cut (TLF-4.4e, TOL-16d).

    Illegal: no permit, or one that has ended or is suspended; an open violation for drilling or taking water without
    approval, or for reopening; where ``deep_uses`` names the uses that may take deep confined water, a deep well of
    another use. Of an illegal well: energy above zero in the year of ``as_of`` or the one before: fail, cut; energy
    not known, but an account: review, cut; neither known: not evaluated; energy zero: pass. Energy that may have been
    taken while the permit was still in force: review. Other wells pass. A closed well without an account and without
    energy since its closing is not asked. Wells for monitoring are asked only where water or power was taken; they
    never fail.
    """
    now, energy = scene.wells_now, recent_energy(scene)
    unpermitted = ~now["permitted"].to_numpy(dtype=bool)
    account = now["has_account"].to_numpy(dtype=bool)
    deep, maybe_deep = _deep(scene, binding.value("deep_uses"))
    ended = ~unpermitted & ~now["permit_valid"].to_numpy(dtype=bool)
    accused = _accused(scene)
    grounds = [unpermitted, accused, deep, ended]
    illegal_ = np.logical_or.reduce(grounds)
    unread = np.isnan(energy)
    quiet, drawn = monitored(scene)
    cases = [~illegal_ & maybe_deep & (energy != 0), ~illegal_, energy > 0, unread & account, unread]
    why = np.select(grounds, ["_unpermitted", "_accused", "_deep", "_ended"], "")
    state = np.select(cases, ["aquifer_unknown", "legal", "supplied", "connected", "unknown"], "no_power")
    # what was taken up to the end of the permit was its right
    recent = ~(now["permit_to"] < pd.Timestamp(scene.as_of.year - 1, 1, 1)).to_numpy(dtype=bool)
    mild = drawn | (recent & (why == "_ended"))
    outcomes = ["not_evaluated", "pass", np.where(mild, "review", "fail"), "review", "not_evaluated"]
    return binding.say(
        scene.subjects("wells"),
        asked=((~now["closed"] & (now["status"] != "proposed")).to_numpy(dtype=bool) | ~unread | account)
        & ~quiet,
        outcome=np.select(cases, outcomes, "pass").astype(object),
        key=("power.illegal." + pd.Series(state) + why).to_numpy(dtype=object),
        action=np.select(
            cases, ["supply_data", "none", "cut_power", "cut_power", "supply_data"], "none"
        ).astype(object),
        measured=energy,
        threshold=0.0,
        measure_unit="kWh",
        values={
            "account": now["account_no"].to_numpy(dtype=object),
            "energy": energy,
            "permit": now["permit_no"].to_numpy(dtype=object),
            "to": now["permit_to"].to_numpy(),
            "use": scene.frame("wells")["use"].to_numpy(dtype=object),
        },
        evidence=_evidence(scene, equipment(scene, "wells")["metered"].to_numpy()),
    )


def _deep(scene: Scene, allowed: tuple[str, ...] | None) -> tuple[np.ndarray, np.ndarray]:
    """Wells that take deep confined water for a use that may not, and those that may be such wells."""
    use = scene.frame("wells")["use"]
    if allowed is None:
        return np.zeros(len(use), dtype=bool), np.zeros(len(use), dtype=bool)
    known, deep = deep_wells(scene)
    barred_, unsaid = ~use.isin(allowed).to_numpy(dtype=bool), use.isna().to_numpy(dtype=bool)
    return known & deep & barred_ & ~unsaid, barred_ & (~known | (deep & unsaid))


def _supplied(scene: Scene) -> np.ndarray:
    energy = recent_energy(scene)
    return scene.wells_now["has_account"].to_numpy(dtype=bool) | (energy > 0)


def _accused(scene: Scene) -> np.ndarray:
    """Wells with an open violation that makes them illegal."""
    cases = scene.frame("violations")
    open_ = (
        ~cases["state"].isin(["rectified", "closed"])
        & cases["rectified_on"].isna()
        & cases["closed_on"].isna()
    )
    rows = cases[
        (open_ & cases["kind"].isin(ILLEGAL) & (cases["subject_role"] == "wells")).to_numpy(dtype=bool)
    ]
    hit = np.asarray(scene.rows_of("wells", rows["subject_id"]), dtype="int64")
    return np.isin(np.arange(len(scene.frame("wells"))), hit)


def _evidence(scene: Scene, meter: np.ndarray) -> dict[str, np.ndarray]:
    now = scene.wells_now
    return {
        "permit_no": now["permit_no"].to_numpy(dtype=object),
        "permitted": now["permitted"].to_numpy(dtype=object),
        "metered": np.where(np.isnan(meter), None, meter == 1).astype(object),
        "account_no": now["account_no"].to_numpy(dtype=object),
        "status": now["status"].to_numpy(dtype=object),
        "energy_kwh": recent_energy(scene),
    }


def voucher(scene: Scene, binding: Binding) -> Verdicts:
    """Power is bought against the water authority's papers (TLF-4.4f).

    Energy above zero in a reading without a voucher number: fail. No reading of the register has a voucher number:
    nobody recorded them, not evaluated. Asked of wells and years with energy.
    """
    table = well_years(scene)
    table = table[(table["energy_kwh"] > 0).to_numpy()].reset_index(drop=True)
    lost = periods(scene).unvouched.astype({"well": "int64", "year": "int64"})
    lost = lost.rename(columns={"energy_kwh": "lost_kwh"})
    table = table.merge(lost, on=["well", "year"], how="left")
    count = table["n_readings"].fillna(0).to_numpy(dtype="int64")
    kept = periods(scene).vouchers
    bad = count > 0
    return binding.say(
        of_wells(scene, table["well"]),
        outcome=np.where(bad, "fail" if kept else "not_evaluated", "pass").astype(object),
        key="power.voucher.without" if kept else "power.voucher.not_recorded",
        action=np.where(bad, "explain" if kept else "supply_data", "none").astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        measured=table["lost_kwh"].fillna(0.0).to_numpy(),
        threshold=0.0,
        measure_unit="kWh",
        values={"n": count, "energy": table["lost_kwh"].to_numpy(), "year": table["year"].to_numpy()},
        evidence={"energy_kwh": table["energy_kwh"].to_numpy(), "n_readings_without_voucher": count},
    )


def completeness(scene: Scene, binding: Binding) -> Verdicts:
    """The power companies pass on the data of each well (TLF-4.4g).

    ``completeness % = months with a figure for energy ÷ months expected × 100`` per well and year; expected are the
    months that are over and in which the well was at work, scaled to ``months_per_year`` records a year. A figure for
    the whole year is one record. Asked of wells with an account or with energy in any year, from the first to the last
    year with energy. Less than 100 %: review, since the text names no interval.
    """
    known = well_years(scene)
    known = known[known["energy_kwh"].notna().to_numpy()]
    if known.empty:
        return binding.cannot("power.completeness.none")
    years = np.arange(int(known["year"].min()), max(int(known["year"].max()), scene.as_of.year - 1) + 1)
    table = joined(scene, years_at_work(scene, years))
    powered = scene.wells_now["has_account"].to_numpy(dtype=bool).copy()
    powered[known["well"].to_numpy()] = True
    table = table[powered[table["well"].to_numpy()]].reset_index(drop=True)
    months, _ = read_months(scene, "energy_kwh")
    window = table[["well", "year", "first_month", "last_month"]].assign(place=np.arange(len(table)))
    hits = months.merge(window, on=["well", "year"], how="inner")
    within = ((hits["month"] >= hits["first_month"]) & (hits["month"] <= hits["last_month"])).to_numpy()
    found = np.bincount(hits["place"][within], minlength=len(table))
    found = np.maximum(found, table["energy_year"].to_numpy(dtype="int64"))
    per_year = int(binding.value("months_per_year"))
    expected = np.floor(table["months"].to_numpy() * per_year / 12)
    short = found < expected
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(expected > 0, np.minimum(found / expected, 1) * 100, 100.0)
    return binding.say(
        of_wells(scene, table["well"]),
        asked=expected > 0,
        outcome=np.where(short, "review", "pass").astype(object),
        key="power.completeness.short",
        action=np.where(short, "supply_data", "none").astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=period_state(scene, table["year"].to_numpy()),
        measured=share,
        threshold=100.0,
        measure_unit="%",
        values={
            "n": found,
            "expected": expected.astype("int64"),
            "share": np.round(share, 2),
            "year": table["year"].to_numpy(),
        },
        evidence={"records": found, "expected": expected, "energy_kwh": table["energy_kwh"].to_numpy()},
        unsure=() if "months_per_year" in binding.values else ("power.months_per_year",),
    )


def links(scene: Scene, binding: Binding) -> Verdicts:
    """Wells and power accounts are linked one to one (TOL-16a).

    Wells in use, those for monitoring left out: an account, pass; none, though energy was read: fail; none and no
    energy known: review (it may not be driven by electricity). Accounts: no well, or only wells that the register does
    not know: fail; several wells without shares that sum to 1: review (their energy cannot be divided; by rated power
    it could be, but the register has no such field).
    """
    return concat([_linked_wells(scene, binding), _linked_accounts(scene, binding)])


def _linked_wells(scene: Scene, binding: Binding) -> Verdicts:
    now, energy = scene.wells_now, recent_energy(scene)
    linked = now["has_account"].to_numpy(dtype=bool)
    works = (now["in_use"] | now["status"].isna()).to_numpy(dtype=bool)
    cases = [linked, energy > 0]
    return binding.say(
        scene.subjects("wells"),
        asked=(works | (energy > 0)) & ~monitored(scene)[0],
        outcome=np.select(cases, ["pass", "fail"], "review").astype(object),
        key=np.where(energy > 0, "power.links.well_with_energy", "power.links.well_alone").astype(object),
        action=np.where(linked, "none", "supply_data").astype(object),
        measured=energy,
        measure_unit="kWh",
        values={"energy": energy},
        evidence={"status": now["status"].to_numpy(dtype=object), "energy_kwh": energy},
    )


def _linked_accounts(scene: Scene, binding: Binding) -> Verdicts:
    accounts = account_subjects(scene)
    pairs = account_links(scene.register)
    known = pairs[(pairs["well"] >= 0).to_numpy()]
    number = scene.frame("accounts")["account_no"]
    count = number.map(known.groupby("account_no").size()).fillna(0).to_numpy(dtype="int64")
    shared = shared_accounts(pairs)
    divisible = number.map(shared["divisible"]).eq(True).to_numpy()
    named = number.isin(pairs["account_no"]).to_numpy()
    cases = [(count == 0) & named, count == 0, (count > 1) & ~divisible]
    return binding.say(
        accounts,
        outcome=np.select(cases, ["fail", "fail", "review"], "pass").astype(object),
        key=np.select(
            cases,
            [
                "power.links.account_unknown_well",
                "power.links.account_alone",
                "power.links.account_undivided",
            ],
            "power.links.account_linked",
        ).astype(object),
        action=np.select(cases, ["supply_data"] * 3, "none").astype(object),
        measured=count.astype("float64"),
        threshold=1.0,
        measure_unit="count",
        values={"n_wells": count, "share_sum": number.map(shared["share_sum"]).to_numpy(dtype="float64")},
        evidence={"n_wells": count},
    )


def account_subjects(scene: Scene) -> Subjects:
    """Accounts; each lies in the county of its wells, and is within the jurisdiction if one of them is."""
    plain = scene.subjects("accounts")
    wells = scene.subjects("wells")
    pairs = account_links(scene.register)
    pairs = pairs[(pairs["well"] >= 0).to_numpy()]
    told = pd.DataFrame(
        {
            "account_no": pairs["account_no"].to_numpy(dtype=object),
            "unit": wells.units[pairs["well"]],
            "inside": wells.in_scope[pairs["well"]],
        }
    ).sort_values(["account_no", "inside", "unit"], ascending=[True, False, True], kind="stable")
    first = told.drop_duplicates("account_no").set_index("account_no")
    number = scene.frame("accounts")["account_no"]
    unit = number.map(first["unit"]).astype(object)
    inside = number.map(first["inside"])
    return Subjects(
        "accounts",
        plain.ids,
        unit.where(unit.notna(), "").to_numpy(dtype=object),
        np.where(inside.isna(), plain.in_scope, inside.eq(True)).astype(bool),
    )


RULES = (
    Rule(
        "power.barred",
        barred,
        subjects=("wells",),
        needs=("wells",),
        parameters=(Parameter("lacks", "text", one_of=("either", "both"), default="either"),),
    ),
    Rule(
        "power.illegal",
        illegal,
        subjects=("wells",),
        needs=("wells",),
        parameters=(Parameter("deep_uses", "texts", one_of=words("use")),),
    ),
    Rule("power.voucher", voucher, subjects=("wells",), needs=("wells", "readings")),
    Rule(
        "power.completeness",
        completeness,
        subjects=("wells",),
        needs=("wells", "readings"),
        parameters=(Parameter("months_per_year", "integer", default=12),),
    ),
    Rule("power.links", links, subjects=("wells", "accounts"), needs=("wells",)),
)
