"""Power of farm wells outside the irrigation season, and before its certificate."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ...power.accounts import account_links
from ..binding import Binding
from ..facts.energy_facts import of_wells, period_state, periods, unread_months
from ..registry import Parameter, Rule, words
from ..scene import Scene

IRRIGATION = ("irrigation",)
NEVER = 13
"""Month that no month of a year reaches."""


def season(scene: Scene, binding: Binding) -> Verdicts:
    """Farm wells take power in the irrigation season only, and then on a certificate (TOL-16e).

    ``season.off``: energy above zero in a month outside ``months``: fail. ``season.certificate``: energy in a month of
    the season before a power certificate of that year was issued (document kind power_certificate for the well, one of
    its accounts or its user): fail; no documents supplied, or it hangs on a certificate without a day: not evaluated.
    Energy of a year that its months do not account for, or a month that matters without a figure: not evaluated; so is
    a year that is not over. The use of the well not recorded: review in place of fail. Asked of wells of ``uses`` and
    years with energy.
    """
    table = _well_years(scene, binding)
    no_documents = not scene.has("documents")
    off = table["off_kwh"] > 0
    early, maybe = table["early_kwh"] > 0, table["undated_kwh"] > 0
    return concat(
        [
            _say(scene, binding, table, "off", "off", off & False, ""),
            _say(
                scene,
                binding,
                table.assign(early_kwh=table["early_kwh"].where(early, table["undated_kwh"])).assign(
                    early_bits=table["early_bits"].where(early, table["undated_bits"])
                ),
                "certificate",
                "early",
                (early & no_documents) | (maybe & ~early),
                "no_documents" if no_documents else "undated_certificate",
            ),
        ]
    )


def _say(
    scene: Scene,
    binding: Binding,
    table: pd.DataFrame,
    check: str,
    name: str,
    open_: pd.Series,
    why: str,
) -> Verdicts:
    """One of the two questions. ``open_``: where something that is missing decides, and ``why``."""
    energy = table[f"{name}_kwh"].to_numpy()
    bad = energy > 0
    blind = (table["year_kwh"] > table["month_kwh"] * (1 + 1e-9)).to_numpy()
    doubt = scene.frame("wells")["use"].isna().to_numpy(dtype=bool)[table["well"].to_numpy()]
    state = period_state(scene, table["year"].to_numpy())
    unread = table[f"{name}_unread"]
    cases = [open_.to_numpy(dtype=bool), bad & doubt, bad, blind, state == "open", (unread > 0).to_numpy()]
    keys = ["use_unknown", check, "no_months", "open", "unread"]
    keys = [f"power.season.{key}" for key in (why or check, *keys)]
    silent = ["not_evaluated"] * 3
    outcome = np.select(cases, ["not_evaluated", "review", "fail", *silent], "pass")
    ask = "supply_data"
    action = np.select(cases, [ask, ask, "cut_power", ask, "none", ask], "none")
    months = _months(table[f"{name}_bits"])
    return binding.say(
        of_wells(scene, table["well"]),
        outcome=outcome.astype(object),
        key=np.select(cases, keys, keys[2]).astype(object),
        action=action.astype(object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=state,
        measured=energy,
        threshold=0.0,
        measure_unit="kWh",
        values={
            "energy": energy,
            "months": months,
            "missing": _months(unread),
            "year": table["year"].to_numpy(),
        },
        evidence={"energy_kwh": energy, "months": months},
        check=check,
    )


def _well_years(scene: Scene, binding: Binding) -> pd.DataFrame:
    """Energy of each farm well and year: of the year's own figure and of its months; ``off`` outside the season,
    ``early`` in the season before any certificate, ``undated`` in the season with nothing but a certificate without
    a day; kWh, and the months as bits. ``off_unread`` and ``early_unread``: such months without a figure, as bits."""
    frame = periods(scene).frame
    rows = frame[(frame["energy_kwh"] > 0).to_numpy()].astype(
        {"well": "int64", "year": "int64", "month": "int64"}
    )
    use = scene.frame("wells")["use"]
    farm = (use.isin(binding.value("uses")) | use.isna()).to_numpy(dtype=bool)
    rows = rows[farm[rows["well"].to_numpy()]].reset_index(drop=True)
    month, energy = rows["month"].to_numpy(), rows["energy_kwh"].to_numpy()
    in_season = np.isin(month, [int(one) for one in binding.value("months")])
    first, undated = _certificates(scene, rows)
    which = {
        "year": month == 0,
        "month": month > 0,
        "off": (month > 0) & ~in_season,
        "early": in_season & (month < first) & ~undated,
        "undated": in_season & (month < first) & undated,
    }
    columns = {f"{name}_kwh": np.where(mask, energy, 0.0) for name, mask in which.items()}
    columns |= {f"{name}_bits": np.where(which[name], 1 << month, 0) for name in ("off", "early", "undated")}
    table = rows[["well", "year"]].assign(**columns)
    table = table.groupby(["well", "year"], sort=True)[list(columns)].sum().reset_index()
    return _with_unread(scene, table, [int(one) for one in binding.value("months")])


def _with_unread(scene: Scene, table: pd.DataFrame, season_: list[int]) -> pd.DataFrame:
    """Beside each well and year the months that matter and of which nobody read the energy."""
    # the figure of the whole year, where its months add up to it, leaves nothing for the others
    accounted = (table["year_kwh"] > 0) & (table["year_kwh"] <= table["month_kwh"] * (1 + 1e-9))
    unread = np.where(accounted, 0, unread_months(scene, table, "energy_kwh") << 1)
    within = sum(1 << one for one in season_)
    first = np.minimum(_certificates(scene, table)[0], NEVER).astype("int64")
    return table.assign(off_unread=unread & ~within, early_unread=unread & within & ((1 << first) - 1))


def _months(bits: pd.Series) -> np.ndarray:
    """Months of bit sets as text, ``4;5``."""
    told = {
        bit: ";".join(str(m) for m in range(1, 13) if int(bit) >> m & 1) for bit in bits.unique().tolist()
    }
    return bits.map(told).to_numpy(dtype=object)


def _certificates(scene: Scene, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First month covered by a dated certificate, for each row; and whether its well has an undated one.

    A certificate issued before the year it is for holds from January.
    """
    papers = scene.frame("documents")
    issued = papers["issued_on"]
    year = papers["year"].astype("float64").fillna(issued.dt.year)
    chosen = ((papers["kind"] == "power_certificate") & year.notna()).to_numpy(dtype=bool)
    month = np.select(
        [(issued.dt.year < year), (issued.dt.year == year)], [1, issued.dt.month.fillna(0)], NEVER
    )
    told = pd.DataFrame(
        {
            "role": papers["subject_role"],
            "id": papers["subject_id"],
            "year": year,
            "first": month,
            "undated": issued.isna(),
        }
    )[chosen].astype({"year": "int64"})
    held = _held(scene, told)
    best = held.groupby(["well", "year"]).agg({"first": "min", "undated": "max"}).reset_index()
    if best.empty:
        return np.full(len(rows), NEVER), np.zeros(len(rows), dtype=bool)
    keys = rows[["well", "year"]].merge(best, on=["well", "year"], how="left")
    return keys["first"].fillna(NEVER).to_numpy(dtype="float64"), keys["undated"].eq(True).to_numpy(
        dtype=bool
    )


def _held(scene: Scene, told: pd.DataFrame) -> pd.DataFrame:
    """The certificates of each well: its own, its accounts' and its users'."""
    wells, users, pairs = scene.frame("wells"), scene.frame("well_users"), account_links(scene.register)
    every = np.arange(len(wells))
    holders = [
        ("wells", every, wells["well_id"]),
        ("accounts", pairs["well"], pairs["account_no"]),
        ("users", every, wells["user_id"]),
        ("users", scene.rows_of("wells", users["well_id"]), users["user_id"]),
    ]
    columns = ["well", "year", "first", "undated"]
    parts = [
        pd.DataFrame({"well": np.asarray(well, dtype="int64"), "id": ids.to_numpy(dtype=object)})
        .dropna()
        .merge(told[(told["role"] == role).to_numpy()], on="id")[columns]
        for role, well, ids in holders
    ]
    return pd.concat(parts, ignore_index=True).astype({"well": "int64", "year": "int64", "undated": bool})


RULES = (
    Rule(
        "power.season",
        season,
        subjects=("wells",),
        needs=("wells", "readings"),
        parameters=(
            Parameter("months", "months", required=True),
            Parameter("uses", "texts", one_of=words("use"), default=IRRIGATION),
        ),
    ),
)
