"""Counts of wells, wells that were closed, and wells that have to go."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.well_counts import self_supply_years, use_after_closing, yearly_closings, zone_wells
from ..registry import Parameter, Rule, words
from ..scene import Scene

TAKES_NO_WATER = ("monitoring",)
ILLEGAL = ("illegal_drilling", "unpermitted")


def zone_count(scene: Scene, binding: Binding) -> Verdicts:
    """No more wells in use in a controlled zone than on the day of the baseline (TLF-4.3a).

    For each zone in force (its parts together) whose ``control`` is among those named: wells in use on ``as_of``
    against wells in use on ``baseline``, within the zone as it is drawn now. In use: active or standby; monitoring
    wells are not counted.
    'Controlled' is read as 'not above the baseline'; equality passes. A well of which nobody knows whether it was
    there on the baseline, or whether it is in use now, may count on either side: a verdict is given only where it
    holds either way.
    """
    zones, baseline = scene.frame("zones"), pd.Timestamp(binding.value("baseline"))
    numbers = zone_wells(scene, binding.value("control"), baseline)
    parts = pd.DataFrame({"zone": numbers["zone"], "row_id": zones["row_id"]})[numbers["alive"]]
    asked = zones["row_id"].isin(parts.groupby("zone")["row_id"].min()).to_numpy(dtype=bool)
    more, within = numbers["now_low"] > numbers["then_high"], numbers["now_high"] <= numbers["then_low"]
    early = pd.Timestamp(scene.as_of) < baseline
    case = np.select(
        [np.full(len(zones), early), more, within], ["not_due", "more", "within"], default="unclear"
    )
    return binding.say(
        scene.subjects("zones"),
        asked=asked,
        period=f"{baseline.date().isoformat()}/{scene.as_of.isoformat()}",
        outcome=pd.Series(case)
        .map({"not_due": "not_evaluated", "more": "fail", "within": "pass", "unclear": "review"})
        .to_numpy(dtype=object),
        action=np.select([case == "more", case == "unclear"], ["limit", "supply_data"], default="none"),
        period_state="not_due" if early else "",
        key=("wells.zone_count." + pd.Series(case)).to_numpy(dtype=object),
        measured=numbers["now_low"],
        threshold=numbers["then_high"],
        measure_unit="wells",
        values={
            "zone": numbers["zone"],
            "baseline": baseline.date(),
            "now": numbers["now_low"],
            "then": numbers["then_high"],
            "excess": numbers["now_low"] - numbers["then_high"],
            "unclear": numbers["then_high"] - numbers["then_low"] + numbers["now_high"] - numbers["now_low"],
        },
        evidence={name: numbers[name] for name in ("then_low", "then_high", "now_low", "now_high")},
    )


def closing(scene: Scene, binding: Binding) -> Verdicts:
    """Irrigation wells closed in over-extraction zones, year by year and county by county (TLF-4.3b).

    A well counts in the year in which its present closed spell (shut, sealed or dismantled) began, if it lay in an
    over-extraction zone on that day. From the first whole year after the document (or ``from_year``) on; a year that
    is not over carries no verdict. Closures without a day, or of wells whose place is not known, may belong to any
    year: where they would make up the number, a person decides.
    """
    counties = [unit.id for unit in scene.policy.units if unit.level == "county"]
    issued = scene.policy.issued_on
    start = binding.value("from_year") or (issued.year + 1 if issued else scene.as_of.year)
    years = list(range(int(str(start)), scene.as_of.year + 1))
    if not years or not counties:
        return Verdicts.none()
    table = yearly_closings(scene, counties, years, binding.value("uses"))
    needed = float(str(binding.value("yearly_count")))
    open_year = scene.amounts.year_state(table["year"]) == "open"
    closed, undated = table["closed"].to_numpy(), table["undated"].to_numpy()
    case = np.select(
        [closed >= needed, open_year, closed + undated >= needed], ["met", "open", "undated"], default="short"
    )
    outcome = pd.Series(case).map(
        {"met": "pass", "open": "not_evaluated", "undated": "review", "short": "fail"}
    )
    outcome = outcome.where(~((case == "met") & open_year), "not_evaluated")
    return binding.say(
        scene.unit_subjects(table["unit_id"]),
        outcome=outcome.to_numpy(dtype=object),
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=np.where(open_year, "open", "closed"),
        action=np.select([case == "short", case == "undated"], ["close", "supply_data"], default="none"),
        key=("wells.closing." + pd.Series(case)).to_numpy(dtype=object),
        measured=closed,
        threshold=needed,
        measure_unit="wells",
        values={
            "unit": table["unit_id"].to_numpy(dtype=object),
            "year": table["year"].to_numpy(),
            "closed": closed,
            "needed": needed,
            "undated": undated,
        },
        evidence={"closed": closed, "undated": undated, "left": table["left"].to_numpy()},
    )


def closed_still_used(scene: Scene, binding: Binding) -> Verdicts:
    """A closed well takes neither water nor power (KYS-R2b, HJQ-3.6).

    Asked of wells that are shut, sealed or dismantled. Water or power above zero in a month (or whole year) that
    began after the closing day: used again. Above zero at any time in a well whose closing day nobody recorded: for a
    person. No reading since the closing (that of its own month or year tells nothing): never a pass.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    use = use_after_closing(scene)
    case = use["case"].to_numpy(dtype=object)
    return binding.say(
        scene.subjects("wells"),
        asked=now["closed"].to_numpy(dtype=bool) & (case != "too_early"),
        outcome=pd.Series(case)
        .map({"used": "fail", "quiet": "pass", "undated": "review"})
        .fillna("not_evaluated")
        .to_numpy(dtype=object),
        action=np.select([case == "used", case == "quiet"], ["close", "none"], default="supply_data"),
        key=("wells.closed_still_used." + pd.Series(case)).to_numpy(dtype=object),
        measured=use["volume_m3"].to_numpy(),
        threshold=0.0,
        measure_unit="m3",
        values={
            "well": wells["row_id"].to_numpy(dtype=object),
            "day": now["closed_on"].to_numpy(),
            "volume_m3": use["volume_m3"].to_numpy(),
            "energy_kwh": use["energy_kwh"].to_numpy(),
        },
        evidence={
            "status": now["status"].to_numpy(dtype=object),
            "closed_on": now["closed_on"].to_numpy(),
            "volume_m3": use["volume_m3"].to_numpy(),
            "energy_kwh": use["energy_kwh"].to_numpy(),
        },
    )


def claimed_count(scene: Scene, binding: Binding) -> Verdicts:
    """A claimed number of wells permitted or closed, against the register (KYS-R2a, KYS-R2b).

    The wells that were triaged are marked by ``permit_eligible``: yes for those to be permitted, no for those to be
    closed. All of them must be, and as many as claimed. Where no well is marked, all permitted (or closed) wells of
    the uses are counted. Fewer than claimed, or one left undone: fail. More than claimed, or wells in use that hold
    no permit and were not triaged: review, for the populations may differ. ``triaged`` (the sum of both claims) gives
    the share.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    permitting, claimed = binding.value("counted") == "permitted", int(str(binding.value("count")))
    uses = binding.value("uses")
    population = scene.subjects("wells").in_scope.copy()
    if uses:
        population &= (wells["use"].isin(uses) | wells["use"].isna()).to_numpy(dtype=bool)
    eligible = wells["permit_eligible"]
    permitted, closed = now["permitted"].to_numpy(dtype=bool), now["closed"].to_numpy(dtype=bool)
    done = permitted if permitting else closed
    marked = bool(eligible.notna().any())
    meant = (eligible == ("yes" if permitting else "no")).fillna(False).to_numpy(dtype=bool) | (not marked)
    found = int((population & meant & done).sum())
    undone = int((population & meant & ~done).sum()) if marked else 0
    untriaged = int((population & eligible.isna().to_numpy() & ~permitted & ~closed).sum()) if marked else 0
    if undone or found < claimed:
        case, outcome = ("undone" if undone else "fewer"), "fail"
    elif found > claimed or untriaged:
        case, outcome = ("more" if found > claimed else "untriaged"), "review"
    else:
        case, outcome = "agrees", "pass"
    triaged = binding.value("triaged")
    total = float(str(triaged)) if triaged else np.nan
    numbers = {"claimed": claimed, "found": found, "undone": undone, "untriaged": untriaged}
    shares = {
        "claimed_percent": round(100 * claimed / total, 2),
        "found_percent": round(100 * found / total, 2),
    }
    return binding.say(
        scene.policy_subject(binding.clause.id),
        outcome=outcome,
        action="none" if outcome == "pass" else "explain",
        key=f"wells.claimed_count.{binding.value('counted')}_{case}",
        measured=float(found),
        threshold=float(claimed),
        measure_unit="wells",
        values=numbers,
        evidence={**numbers, "triaged": triaged, **shares, "marked": marked},
    )


def illegal_remove(scene: Scene, binding: Binding) -> Verdicts:
    """Illegal abstraction works are dismantled (YJS-3.5.1c).

    Illegal: an open violation for illegal drilling or abstraction without a permit, or no permit and not eligible for
    one. Any other well without a permit is for a person: it is still to be permitted, or nobody has said yet whether it
    can be. A seal is not a removal: review. Asked of wells that are neither dismantled nor proposed and take water.
    Without the table of violations nothing speaks for the wells that hold a permit: only the others are asked.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    violations = scene.frame("violations")
    accused = violations["kind"].isin(ILLEGAL) & (violations["subject_role"] == "wells").fillna(True)
    accused &= (violations["state"] != "closed").fillna(True) & violations["closed_on"].isna()
    rows = np.asarray(scene.rows_of("wells", violations["subject_id"][accused]), dtype=np.int64)
    open_case = np.isin(np.arange(len(wells)), rows)
    permitted = now["permitted"].to_numpy(dtype=bool)
    refused = ~permitted & (wells["permit_eligible"] == "no").fillna(False).to_numpy(dtype=bool)
    eligible = (wells["permit_eligible"] == "yes").fillna(False).to_numpy(dtype=bool)
    sealed = (now["status"] == "sealed").to_numpy(dtype=bool)
    case = np.select(
        [(open_case | refused) & sealed, open_case, refused, permitted | (sealed & eligible), eligible],
        ["sealed_only", "open_case", "not_eligible", "legal", "eligible"],
        default="not_triaged",
    )
    outcome = (
        pd.Series(case).map({"open_case": "fail", "not_eligible": "fail", "legal": "pass"}).fillna("review")
    )
    asked = ~now["status"].isin(("dismantled", "proposed")).to_numpy(dtype=bool)
    asked &= ~wells["use"].isin(TAKES_NO_WATER).to_numpy(dtype=bool)
    silent = [] if scene.has("violations") else [binding.cannot("rules.role_missing", role="violations")]
    spoken = binding.say(
        scene.subjects("wells"),
        asked=asked & ((case != "legal") | scene.has("violations")),
        outcome=outcome.to_numpy(dtype=object),
        action=np.select(
            [case == "legal", case == "not_triaged", case == "eligible"],
            ["none", "supply_data", "issue_permit"],
            default="dismantle",
        ),
        key=("wells.illegal_remove." + pd.Series(case)).to_numpy(dtype=object),
        values={
            "well": wells["row_id"].to_numpy(dtype=object),
            "status": now["status"].to_numpy(dtype=object),
        },
        evidence={
            "permit_no": now["permit_no"].to_numpy(dtype=object),
            "permit_eligible": wells["permit_eligible"].to_numpy(dtype=object),
            "status": now["status"].to_numpy(dtype=object),
            "open_case": open_case,
        },
    )
    return concat([spoken, *silent])


def new_self_supply(scene: Scene, binding: Binding) -> Verdicts:
    """New self-supply wells by county and year, and what they may take (TOL-G).

    A series to look at, from the year of the document (or ``from_year``): a year with new self-supply wells is a
    review, one without is not. Wells built in the year of which nobody says whether they are self-supply wells are
    counted beside them and make it a review too. Where wells that are or may be self-supply wells have no day of
    building, no year is free of doubt: not evaluated.
    """
    counties = [unit.id for unit in scene.policy.units if unit.level == "county"]
    issued = scene.policy.issued_on
    start = binding.value("from_year") or (issued.year if issued else scene.as_of.year)
    years = list(range(int(str(start)), scene.as_of.year + 1))
    if not counties:
        return Verdicts.none()
    series = self_supply_years(scene, counties, years)
    new, unsaid, undated = (series[name].to_numpy() for name in ("n_new", "n_unsaid", "n_undated"))
    case = np.select([new > 0, unsaid > 0, undated > 0], ["new", "unsaid", "undated"], default="none")
    figures = {name: series[name].to_numpy() for name in ("n_new", "n_unsaid", "n_undated", "permit_m3")}
    return binding.say(
        scene.unit_subjects(series["unit_id"]),
        outcome=np.select([case == "none", case == "undated"], ["pass", "not_evaluated"], default="review"),
        period=series["year"].astype(str).to_numpy(dtype=object),
        action=np.select([case == "new", case == "none"], ["list", "none"], default="supply_data"),
        key=("wells.new_self_supply." + pd.Series(case, dtype=object)).to_numpy(dtype=object),
        measured=new.astype("float64"),
        measure_unit="wells",
        values={
            **figures,
            "unit": series["unit_id"].to_numpy(dtype=object),
            "year": series["year"].to_numpy(),
        },
        evidence=figures,
    )


_USES = Parameter("uses", "texts", one_of=words("use"), default=())
_FROM = Parameter("from_year", "integer")
RULES = (
    Rule(
        "wells.zone_count",
        zone_count,
        subjects=("zones",),
        needs=("wells", "zones"),
        parameters=(
            Parameter("control", "texts", one_of=("restricted", "banned"), required=True),
            Parameter("baseline", "date", required=True),
        ),
    ),
    Rule(
        "wells.closing",
        closing,
        subjects=("units",),
        needs=("wells", "zones"),
        parameters=(
            Parameter("yearly_count", "number", required=True),
            Parameter("uses", "texts", one_of=words("use"), default=("irrigation",)),
            _FROM,
        ),
    ),
    Rule("wells.closed_still_used", closed_still_used, subjects=("wells",), needs=("wells", "readings")),
    Rule(
        "wells.claimed_count",
        claimed_count,
        subjects=("policy",),
        needs=("wells",),
        parameters=(
            Parameter("counted", "text", one_of=("permitted", "closed"), required=True),
            Parameter("count", "integer", required=True),
            _USES,
            Parameter("triaged", "integer"),
        ),
    ),
    Rule("wells.illegal_remove", illegal_remove, subjects=("wells",), needs=("wells",)),
    Rule(
        "wells.new_self_supply", new_self_supply, subjects=("units",), needs=("wells",), parameters=(_FROM,)
    ),
)
