"""Permits: what becomes of wells without one, and whether the permits keep within what the unit may take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.permit_facts import groundwater_share, in_force, permit_counties, permit_links
from ..facts.yearbook import latest_state, year_table
from ..registry import Parameter, Rule, words
from ..scene import Scene

TOLERANCE = 1e-9
"""Relative: what counts as equal in a comparison of volumes."""

GONE = ("sealed", "dismantled", "proposed")


def unpermitted(scene: Scene, binding: Binding) -> Verdicts:
    """What becomes of each well without a permit (TLF-3.2c, KYS-M2).

    Eligible and the unit not overloaded: a permit is to be issued. Not eligible: seal or dismantle. Eligible in an
    overloaded unit: the text does not say; sealing is proposed, a person decides. Overloaded means that the unit
    used more groundwater than its index in the last year that can be judged (``core.rules.facts.yearbook``), an open
    one that is over already included; equality is not overload. A permit that has ended or is suspended: for a person.

    Asked of wells of the named uses (or of no recorded use) that are neither sealed, dismantled nor proposed.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    use = wells["use"]
    of_use = use.isin(binding.value("uses")).to_numpy(dtype=bool)
    use_unknown = use.isna().to_numpy(dtype=bool)
    status = now["status"]
    asked = (of_use | use_unknown) & ~status.isin(GONE).to_numpy(dtype=bool)
    permitted, valid = (now[name].to_numpy(dtype=bool) for name in ("permitted", "permit_valid"))
    eligible = wells["permit_eligible"]
    yes, no = (eligible == "yes").to_numpy(dtype=bool), (eligible == "no").to_numpy(dtype=bool)
    level = binding.value("level") or "county"
    unit = np.asarray(scene.unit_at("wells", level), dtype=object)
    years = latest_state(year_table(scene, level=level, source="groundwater"))
    load = years.set_index("unit_id").reindex(unit)
    over = (load["state"] == "over").to_numpy(dtype=bool)
    key = np.select(
        [
            permitted & ~valid,
            permitted,
            use_unknown,
            no,
            ~yes,
            over,
            unit == "",
            ~load["state"].isin(["over", "within"]).to_numpy(dtype=bool),
        ],
        [
            "permits.unpermitted.ended",
            "permits.unpermitted.permitted",
            "permits.unpermitted.use_unknown",
            "permits.unpermitted.not_eligible",
            "permits.unpermitted.eligibility_unknown",
            "permits.unpermitted.overloaded",
            "permits.unpermitted.unit_unknown",
            "permits.unpermitted.load_unknown",
        ],
        default="permits.unpermitted.issue",
    )
    tail = pd.Series(key).str.rsplit(".", n=1).str[-1]
    outcome = tail.map(
        {
            "permitted": "pass",
            "use_unknown": "not_evaluated",
            "not_eligible": "fail",
            "unit_unknown": "not_evaluated",
            "load_unknown": "not_evaluated",
        }
    ).fillna("review")
    action = tail.map(
        {
            "permitted": "none",
            "ended": "reapply",
            "not_eligible": "seal",
            "overloaded": "seal",
            "issue": "issue_permit",
        }
    ).fillna("supply_data")
    return binding.say(
        scene.subjects("wells"),
        asked=asked,
        outcome=outcome.to_numpy(),
        action=action.to_numpy(),
        key=key,
        values={
            "well": wells["row_id"].to_numpy(),
            "permit": now["permit_no"].to_numpy(),
            "to": now["permit_to"].to_numpy(),
            "unit": unit,
            "year": load["year"].to_numpy(),
            "used_m3": load["use_m3"].to_numpy(),
            "cap_m3": load["cap_m3"].to_numpy(),
        },
        evidence={
            "permit_eligible": eligible.to_numpy(),
            "use": use.to_numpy(),
            "year": load["year"].to_numpy(),
        },
        measured=np.where(yes & ~permitted, load["use_m3"].to_numpy(dtype="float64"), np.nan),
        threshold=np.where(yes & ~permitted, load["cap_m3"].to_numpy(dtype="float64"), np.nan),
        measure_unit="m3",
        unsure=("permits.overload",),
    )


def within_cap(scene: Scene, binding: Binding) -> Verdicts:
    """The permitted volume keeps within the cap of the unit: Σ permits in force ≤ cap (TLF-3.2a).

    Judged for every year with a cap up to this year, on its last day or the day of the run, per county and for the
    whole jurisdiction. ``source`` total counts all permits, groundwater those of groundwater (deep confined water
    included). Where the clause speaks of the total, permits of groundwater are compared with the cap on groundwater
    as well (``permits.within_cap.groundwater``): an inference, shown apart and marked. A sum below the cap to which
    permits without a volume, a county or a source may still belong, is not evaluated; nor is this year without a cap.
    """
    source = binding.value("source") or "total"
    if source == "groundwater":
        return _within_cap(scene, binding, source)
    return concat(
        [
            _within_cap(scene, binding, source),
            _within_cap(scene, binding, "groundwater", "groundwater", ("permits.groundwater_cap",)),
        ]
    )


def _within_cap(
    scene: Scene, binding: Binding, source: str, check: str = "", unsure: tuple[str, ...] = ()
) -> Verdicts:
    """Permits of one source against its caps."""
    table = _permit_table(scene, source)
    caps = pd.concat([_caps(scene, level, source) for level in ("county", "city")], ignore_index=True)
    this_year = scene.as_of.year
    caps = caps[caps["year"] <= this_year].sort_values(["unit_id", "year", "cap"], kind="stable")
    holders = set(table["county"]) - {""} | ({scene.city} if len(table) else set())
    open_ = sorted(holders - set(caps.loc[caps["year"] == this_year, "unit_id"]))
    caps = pd.concat(
        [caps, pd.DataFrame({"unit_id": open_, "year": this_year, "cap": np.nan})], ignore_index=True
    ).drop_duplicates(["unit_id", "year"])
    rows = pd.concat(
        [_permitted(scene, table, part, int(year)) for year, part in caps.groupby("year", sort=True)]
        or [caps],
        ignore_index=True,
    ).reindex(columns=["unit_id", "year", "cap", "total", "possible", "n_permits", "n_lacking"])
    total, cap = (rows[name].to_numpy(dtype="float64") for name in ("total", "cap"))
    unknown = (rows["possible"] > cap * (1 + TOLERANCE)) | (rows["n_lacking"] > 0)
    fails = total > cap * (1 + TOLERANCE)
    key = np.select(
        [np.isnan(cap), fails, unknown.to_numpy(dtype=bool)],
        ["permits.within_cap.no_cap", "permits.within_cap.over", "permits.within_cap.unsure"],
        default="permits.within_cap.within",
    )
    outcome = np.select(
        [np.isnan(cap), fails, unknown.to_numpy(dtype=bool)],
        ["not_evaluated", "fail", "not_evaluated"],
        default="pass",
    )
    return binding.say(
        scene.unit_subjects(rows["unit_id"].to_numpy(dtype=object)),
        outcome=outcome,
        action=np.select([outcome == "fail", outcome == "pass"], ["limit", "none"], default="supply_data"),
        key=key,
        values={
            "unit": rows["unit_id"].to_numpy(),
            "year": rows["year"].to_numpy(),
            "permitted_m3": total,
            "cap_m3": cap,
            "excess_m3": total - cap,
            "lacking": rows["n_lacking"].to_numpy(),
            "possible_m3": rows["possible"].to_numpy(),
        },
        evidence={"n_permits": rows["n_permits"].to_numpy(), "source": source},
        period=rows["year"].astype("int64").astype(str).to_numpy(dtype=object),
        measured=total,
        threshold=cap,
        measure_unit="m3",
        unsure=unsure,
        check=check,
    )


def _caps(scene: Scene, level: str, source: str) -> pd.DataFrame:
    caps = scene.amounts.caps(level, source=source)
    return caps.rename(columns={"value": "cap"})[["unit_id", "year", "cap"]]


def _permit_table(scene: Scene, source: str) -> pd.DataFrame:
    """Permits with ``county``, ``volume`` and ``share`` (1 counts, NaN may count) for one source."""
    permits, links = scene.frame("permits"), permit_links(scene)
    share = np.ones(len(permits)) if source == "total" else groundwater_share(permits, links)
    table = permits[["approved_on", "valid_to", "state"]].assign(
        county=permit_counties(scene, links), volume=permits["volume_m3"], share=share
    )
    inside = np.asarray(scene.unit_subjects(table["county"].to_numpy(dtype=object)).in_scope, dtype=bool)
    return table[((table["county"] == "") | inside) & (table["share"] != 0)]


def _permitted(scene: Scene, table: pd.DataFrame, caps: pd.DataFrame, year: int) -> pd.DataFrame:
    """Volume of the permits in force per unit, and what may still belong to it, at the end of a year or today."""
    day = min(pd.Timestamp(scene.as_of), pd.Timestamp(year, 12, 31))
    valid = table[in_force(table, day, scene.as_of)]
    sure = valid["share"] == 1
    volume = valid["volume"]
    found = []
    for unit in caps["unit_id"]:
        here = (valid["county"] == unit) | (unit == scene.city)
        maybe = (here & ~sure) | (valid["county"] == "") & ~here
        found.append(
            {
                "total": float(volume[here & sure].sum()),
                "possible": float(volume[here | maybe].sum()),
                "n_permits": int((here & sure).sum()),
                "n_lacking": int((volume.isna() & (here | maybe)).sum()),
            }
        )
    return pd.concat([caps.reset_index(drop=True), pd.DataFrame(found)], axis=1)


def electronic(scene: Scene, binding: Binding) -> Verdicts:
    """Permits in force that are electronic, as a share: 100 % of them per county and in the whole jurisdiction
    (TLF-3.2e 全面推广, KYS-R2c). The text gives no deadline."""
    permits = scene.frame("permits")
    counties = permit_counties(scene, permit_links(scene))
    inside = np.asarray(scene.unit_subjects(counties).in_scope, dtype=bool) | (counties == "")
    valid = in_force(permits, pd.Timestamp(scene.as_of)) & inside
    frame = pd.DataFrame({"unit_id": counties, "electronic": permits["electronic"].astype("float64")})[valid]
    of_counties = frame[~frame["unit_id"].isin(["", scene.city])]  # a city may be its own county
    parts = [of_counties, frame.assign(unit_id=scene.city)]
    tally = (
        pd.concat(parts)
        .groupby("unit_id", sort=True)["electronic"]
        .agg(n_permits="size", n_known="count", n_electronic="sum")
        .reset_index()
    )
    rate = 100 * tally["n_electronic"] / tally["n_permits"]
    lacking = tally["n_known"] - tally["n_electronic"]
    unknown = tally["n_permits"] - tally["n_known"]
    outcome = np.select([lacking > 0, unknown > 0], ["fail", "not_evaluated"], default="pass")
    return binding.say(
        scene.unit_subjects(tally["unit_id"].to_numpy(dtype=object)),
        outcome=outcome,
        action=np.select([outcome == "fail", outcome == "pass"], ["list", "none"], default="supply_data"),
        key=np.where(lacking > 0, "permits.electronic.lacking", "permits.electronic.unknown"),
        values={
            "unit": tally["unit_id"].to_numpy(),
            "permits": tally["n_permits"].to_numpy(dtype="float64"),
            "electronic": tally["n_electronic"].to_numpy(dtype="float64"),
            "unknown": unknown.to_numpy(dtype="float64"),
            "rate": rate.round(2).to_numpy(),
        },
        measured=rate.to_numpy(dtype="float64"),
        threshold=100.0,
        measure_unit="%",
    )


RULES = (
    Rule(
        "permits.unpermitted",
        unpermitted,
        subjects=("wells",),
        needs=("wells",),
        parameters=(
            Parameter("uses", "texts", one_of=words("use"), required=True),
            Parameter("level", "text", one_of=words("unit_level"), default="county"),
        ),
    ),
    Rule(
        "permits.within_cap",
        within_cap,
        subjects=("units",),
        needs=("permits",),
        parameters=(Parameter("source", "text", one_of=("total", "groundwater"), default="total"),),
    ),
    Rule(
        "permits.electronic",
        electronic,
        subjects=("units",),
        needs=("permits",),
    ),
)
