"""How permits are used: after approval, within volume and use, given back in time, and at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ...register.facts import first_day, sealing
from ..binding import Binding
from ..facts.monitored import monitored
from ..facts.permit_facts import GROUNDWATER, approval_days, in_force, permit_links, permitted_volume
from ..registry import Parameter, Rule
from ..scene import Scene

TOLERANCE = 1e-9
"""Relative: what counts as equal in a comparison of volumes."""

STOPPED = ("shut", "sealed", "dismantled")
CLOSED = ("sealed", "dismantled")


def built_before(scene: Scene, binding: Binding) -> Verdicts:
    """A well is built only after its abstraction was approved: day built ≥ day approved (TOL-11a, TOL-18).

    The day of approval is the first that permits, events or approved applications record. Without any permit the
    well was built without one. A day that is missing leaves the question to a person. Asked of wells that are
    neither sealed, dismantled nor proposed; of those for monitoring only where water or power was taken, and then a
    person is to look.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    size = len(wells)
    built = first_day(scene.history, "built", size)["day"]
    started = first_day(scene.history, "commissioned", size)["day"]
    day = built.where(built.notna(), started)
    approved = approval_days(scene, permit_links(scene))
    none = approved.isna() & now["permit_no"].isna()
    early = (day < approved).to_numpy(dtype=bool)
    undated = (approved.isna() & now["permit_no"].notna()).to_numpy(dtype=bool)
    unknown = built.isna().to_numpy(dtype=bool)
    key = np.select(
        [none.to_numpy(dtype=bool), early, undated, unknown],
        [f"permits.built_before.{name}" for name in ("none", "early", "approval_unknown", "built_unknown")],
        default="",
    )
    quiet, drawn = monitored(scene)
    outcome = np.select(
        [key == "", (none.to_numpy(dtype=bool) | early) & ~drawn], ["pass", "fail"], default="review"
    )
    return binding.say(
        scene.subjects("wells"),
        asked=~now["status"].isin([*CLOSED, "proposed"]).to_numpy(dtype=bool) & ~quiet,
        outcome=outcome,
        action=np.select([outcome == "pass", outcome == "fail"], ["none", "list"], default="supply_data"),
        key=np.where(key == "", "permits.built_before.early", key),
        values={"well": wells["row_id"].to_numpy(), "built": day.to_numpy(), "approved": approved.to_numpy()},
        evidence={
            "built": day.to_numpy(),
            "approved": approved.to_numpy(),
            "permit_no": now["permit_no"].to_numpy(),
        },
        measured=(approved - day).dt.days.where(pd.Series(early, index=day.index)).to_numpy(dtype="float64"),
        threshold=0.0,
        measure_unit="day",
    )


def deregistration(scene: Scene, binding: Binding) -> Verdicts:
    """Within so many days of stopping the owner deregisters, and seals the well (TOL-11c).

    The day of stopping is day 0, days are calendar days: due = stopped + ``days``. Asked of wells that are shut,
    sealed or dismantled, or have stopped and are not in use again; not of those for monitoring that have no permit
    to give back. ``permits.deregistration.sealed``, of those that
    are not sealed: the text sets no day for sealing, so it is for a person to look at.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    size, today = len(wells), pd.Timestamp(scene.as_of)
    spell = sealing(scene.history, size, today, STOPPED)
    said = scene.history[(scene.history["kind"] == "shut") & (scene.history["state"] == "")]
    noted = said.groupby("row")["day"].max().reindex(range(size))
    noted = noted.where(
        ~now["status"].isin(["active", "standby"]).to_numpy(dtype=bool) & (noted <= today).to_numpy()
    )
    stopped = pd.concat([spell["day"], noted], axis=1).min(axis=1)
    asked = (spell["sealed"] | spell["undated"] | noted.notna()).to_numpy(dtype=bool)
    asked &= ~(monitored(scene)[0] & now["permit_no"].isna().to_numpy(dtype=bool))
    done = _deregistered(scene, size, today)
    due = stopped + pd.Timedelta(days=int(binding.value("days")))
    late = ((done.where(done.notna(), today) - due).dt.days).to_numpy(dtype="float64")
    known = stopped.notna().to_numpy(dtype=bool)
    filed = done.notna().to_numpy(dtype=bool)
    key = np.select(
        [~known, filed & (late > 0), filed, late > 0],
        [f"permits.deregistration.{name}" for name in ("undated", "late", "in_time", "missing")],
        default="permits.deregistration.waiting",
    )
    tail = pd.Series(key).str.rsplit(".", n=1).str[-1]
    values = {
        "well": wells["row_id"].to_numpy(),
        "stopped": stopped.to_numpy(),
        "due": due.to_numpy(),
        "deregistered": done.to_numpy(),
        "late": late,
    }
    of_paper = binding.say(
        scene.subjects("wells"),
        asked=asked,
        outcome=tail.map({"in_time": "pass", "late": "fail", "missing": "fail"})
        .fillna("not_evaluated")
        .to_numpy(),
        action=tail.map({"undated": "supply_data", "in_time": "none", "late": "list"})
        .fillna("deregister")
        .to_numpy(),
        period_state=tail.map({"waiting": "in_window", "missing": "overdue"}).fillna("").to_numpy(),
        key=key,
        values=values,
        evidence={name: values[name] for name in ("stopped", "due", "deregistered")},
        measured=np.where(known, late, np.nan),
        threshold=0.0,
        measure_unit="day",
    )
    return concat([of_paper, _sealed(scene, binding, asked, stopped, due, values)])


def _deregistered(scene: Scene, size: int, today: pd.Timestamp) -> pd.Series:
    """The day on which each well was deregistered and has stayed so; NaT: it was not."""
    events = scene.permit_history
    events = events[events["kind"].isin(["permitted", "deregistered"]) & ~(events["day"] > today)]
    last = events.drop_duplicates("row", keep="last").set_index("row").reindex(range(size))
    noted = scene.frame("wells")["deregistered_on"]
    by_event = last["kind"].notna().to_numpy()
    day = last["day"].where(last["kind"] == "deregistered")
    day = pd.to_datetime(pd.Series(np.where(by_event, day.to_numpy(), noted.to_numpy())))
    return day.where(~(day > today))


def _sealed(
    scene: Scene, binding: Binding, asked, stopped: pd.Series, due: pd.Series, values: dict
) -> Verdicts:
    shut = scene.wells_now["status"].isin(CLOSED).to_numpy(dtype=bool)
    waiting = ~shut & (due >= pd.Timestamp(scene.as_of)).to_numpy(dtype=bool)
    return binding.say(
        scene.subjects("wells"),
        asked=asked & ~shut,
        outcome=np.where(waiting, "not_evaluated", "review"),
        action="seal",
        period_state=np.where(waiting, "in_window", ""),
        key=np.where(waiting, "permits.deregistration.seal_waiting", "permits.deregistration.unsealed"),
        values=values,
        evidence={"status": scene.wells_now["status"].to_numpy(), "stopped": stopped.to_numpy()},
        check="sealed",
    )


def over_volume(scene: Scene, binding: Binding) -> Verdicts:
    """Water taken in a year against the permitted volume of the well (TOL-P, TOL-9d, HJQ-3.2b, WPR-48).

    Equality is within, and so is up to ``tolerance_ratio`` of the permitted volume more; where the clause leaves that
    share to a setting and nobody has set it, more than permitted is not evaluated. A well without a volume of its own
    is held against the permit that stands for it alone; that it does can only be told where PERMIT_WELLS is supplied.
    A year that is still running, or of which months are missing, fails when it is over already and is otherwise not
    evaluated. Asked of wells with a permit or a permitted volume.
    """
    now = scene.wells_now
    years = scene.amounts.well_years
    years = years[years["volume_m3"].notna()].reset_index(drop=True)
    row = years["well"].to_numpy(dtype="int64")
    permit, whole_permit = (column[row] for column in permitted_volume(scene))
    volume = years["volume_m3"].to_numpy(dtype="float64")
    ratio = binding.value("tolerance_ratio")
    unset = ratio is None and "tolerance_ratio" in binding.keys
    limit = permit * (1 + float(ratio or 0))
    more = volume > limit * (1 + TOLERANCE)
    over = more & (not unset)
    running = (years["year"] >= _running(scene)).to_numpy(dtype=bool)
    part = ~years["whole"].to_numpy(dtype=bool)
    shared = whole_permit & (not scene.has("permit_wells"))
    key = np.select(
        [np.isnan(permit), over, more, running, part, shared],
        [
            f"permits.over_volume.{name}"
            for name in ("no_volume", "over", "no_tolerance", "running", "months_missing", "no_volume")
        ],
        default="",
    )
    outcome = np.select([key == "", over], ["pass", "fail"], default="not_evaluated")
    wait = running & ~more & ~np.isnan(permit)
    return binding.say(
        scene.subjects("wells").take(row),
        asked=now["permitted"].to_numpy(dtype=bool)[row] | ~np.isnan(permit),
        outcome=outcome,
        action=np.select(
            [outcome == "pass", outcome == "fail", wait],
            ["none", binding.value("action"), "none"],
            default="supply_data",
        ),
        period_state=np.where(running, "open", "closed"),
        key=np.where(key == "", "permits.over_volume.over", key),
        values={
            "well": scene.frame("wells")["row_id"].to_numpy()[row],
            "year": years["year"].to_numpy(),
            "taken_m3": volume,
            "permit_m3": permit,
            "excess_m3": volume - permit,
        },
        evidence={"permit_no": now["permit_no"].to_numpy()[row], "n_months": years["n_months"].to_numpy()},
        period=years["year"].astype("int64").astype(str).to_numpy(dtype=object),
        measured=volume,
        threshold=limit,
        measure_unit="m3",
    )


def _running(scene: Scene) -> int:
    """The first year that is not over on the day of the run."""
    last_day = scene.as_of.month == 12 and scene.as_of.day == 31
    return scene.as_of.year + 1 if last_day else scene.as_of.year


def use_differs(scene: Scene, binding: Binding) -> Verdicts:
    """The use of the well is one that its permits are for (TOL-P, TOL-9d, HJQ-3.2b, WPR-48).

    Asked of wells in use that a row of PERMITS stands for. A use that is not recorded on either side is asked for.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    size, links = len(wells), permit_links(scene)
    use = wells["use"].to_numpy(dtype=object)
    pairs = links.assign(
        permitted=scene.frame("permits")["use"].to_numpy(dtype=object)[links["permit"]],
        actual=use[links["well"]],
    )
    same = np.isin(np.arange(size), pairs.loc[pairs["permitted"] == pairs["actual"], "well"])
    stated = pairs[pairs["permitted"].notna()].drop_duplicates(["well", "permitted"])
    shown = (
        stated.sort_values(["well", "permitted"]).groupby("well")["permitted"].agg(list).reindex(range(size))
    )
    unknown = (pd.isna(use) | np.isin(np.arange(size), pairs.loc[pairs["permitted"].isna(), "well"])) & ~same
    linked = np.isin(np.arange(size), links["well"])
    return binding.say(
        scene.subjects("wells"),
        asked=linked & (now["in_use"].to_numpy(dtype=bool) | now["status"].isna().to_numpy(dtype=bool)),
        outcome=np.select([same, unknown], ["pass", "not_evaluated"], default="fail"),
        action=np.select([same, unknown], ["none", "supply_data"], default="reapply"),
        key=np.where(unknown, "permits.use_differs.unknown", "permits.use_differs.differs"),
        values={
            "well": wells["row_id"].to_numpy(),
            "use": use,
            "permitted": shown.where(shown.notna(), None).to_numpy(),
        },
        evidence={"use": use, "permit_no": now["permit_no"].to_numpy()},
    )


def source_differs(scene: Scene, binding: Binding) -> Verdicts:
    """The permit of a well is one of groundwater (HJQ-3.2b).

    One permit of groundwater suffices. Only permits of other water: fail. A permit without a recorded source, and
    none of groundwater: not evaluated. Asked of wells in use that a row of PERMITS stands for.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    every, links = np.arange(len(wells)), permit_links(scene)
    source = scene.frame("permits")["source"].to_numpy(dtype=object)[links["permit"]]
    pairs = links.assign(source=source)
    same = np.isin(every, pairs.loc[pairs["source"].isin(GROUNDWATER), "well"])
    unknown = np.isin(every, pairs.loc[pairs["source"].isna() | (pairs["source"] == "total"), "well"]) & ~same
    other = pairs[pairs["source"].notna()].drop_duplicates(["well", "source"])
    shown = other.sort_values(["well", "source"]).groupby("well")["source"].agg(list).reindex(every)
    return binding.say(
        scene.subjects("wells"),
        asked=np.isin(every, links["well"]) & (now["in_use"] | now["status"].isna()).to_numpy(dtype=bool),
        outcome=np.select([same, unknown], ["pass", "not_evaluated"], default="fail"),
        action=np.select([same, unknown], ["none", "supply_data"], default="reapply"),
        key=np.where(unknown, "permits.source_differs.unknown", "permits.source_differs.differs"),
        values={
            "well": wells["row_id"].to_numpy(),
            "permit": now["permit_no"].to_numpy(),
            "permitted": shown.where(shown.notna(), None).to_numpy(),
        },
        evidence={"permit_no": now["permit_no"].to_numpy()},
    )


def idle(scene: Scene, binding: Binding) -> Verdicts:
    """Permits of which little or nothing was used: used ÷ permitted < ``ratio`` in each of the last ``years`` whole
    years (TLF-3.2b, WPR-44); a permit of which nothing at all was used is idle at any ratio, also at 0.

    Use is that recorded for the permit, else the sum of its wells' readings. One year at the ratio or above settles
    that it is not idle; years without complete readings leave it open. Permits approved within the years are not
    asked. What follows is for the authority: ``review``.
    """
    permits, years = scene.frame("permits"), int(binding.value("years"))
    last = _running(scene) - 1
    span = list(range(last - years + 1, last + 1))
    used, whole = _used_of_permits(scene, span)
    volume = permits["volume_m3"].to_numpy(dtype="float64")[:, None]
    ratio = float(binding.value("ratio"))
    enough = (used > 0) & (used >= ratio * volume * (1 - TOLERANCE))
    low = whole & ((used == 0) | (used < ratio * volume * (1 - TOLERANCE)))
    settled, idle_now = enough.any(axis=1), low.all(axis=1)
    highest = pd.DataFrame(np.where(np.isnan(used), np.nan, used)).max(axis=1).to_numpy(dtype="float64")
    old = ~(permits["approved_on"] > pd.Timestamp(span[0], 1, 1)).to_numpy(dtype=bool)
    outcome = np.select([settled, idle_now], ["pass", "review"], default="not_evaluated")
    return binding.say(
        scene.subjects("permits"),
        asked=in_force(permits, pd.Timestamp(scene.as_of)) & old,
        outcome=outcome,
        action=np.select([settled, idle_now], ["none", binding.value("action")], default="supply_data"),
        key=np.where(idle_now, f"permits.idle.{binding.value('action')}", "permits.idle.unknown"),
        values={
            "permit": permits["row_id"].to_numpy(),
            "years": years,
            "from": span[0],
            "to": last,
            "used_m3": highest,
            "permit_m3": volume[:, 0],
            "valid_to": permits["valid_to"].to_numpy(),
        },
        evidence={"used_m3": [[None if np.isnan(one) else float(one) for one in line] for line in used]},
        period=f"{span[0]}-01-01/{last}-12-31",
        measured=highest / volume[:, 0],
        threshold=ratio,
        measure_unit="ratio",
    )


def _used_of_permits(scene: Scene, span: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """m³ per permit and year (NaN: nothing recorded), and whether the figure is complete."""
    links, size = permit_links(scene), len(scene.frame("permits"))
    used, whole = np.full((size, len(span)), np.nan), np.zeros((size, len(span)), dtype=bool)
    recorded = scene.amounts.indices("use", role="permits")
    recorded = recorded[recorded["value"].notna()]
    own = np.asarray(scene.rows_of("permits", recorded["subject_id"]), dtype="int64")
    years = scene.amounts.well_years
    n_wells = links.groupby("permit")["well"].size().reindex(range(size)).fillna(0).to_numpy()
    for place, year in enumerate(span):
        this = links.merge(years[years["year"] == year], on="well")
        this = this[this["volume_m3"].notna()]
        by_permit = this.groupby("permit")
        total = by_permit["volume_m3"].sum().reindex(range(size)).to_numpy(dtype="float64")
        complete = by_permit["whole"].sum().reindex(range(size)).fillna(0).to_numpy()
        used[:, place], whole[:, place] = total, (complete == n_wells) & (n_wells > 0)
        hit = (recorded["year"] == year).to_numpy() & (own >= 0)
        used[own[hit], place], whole[own[hit], place] = recorded["value"].to_numpy(dtype="float64")[hit], True
    return used, whole


RULES = (
    Rule("permits.built_before", built_before, subjects=("wells",), needs=("wells",)),
    Rule(
        "permits.deregistration",
        deregistration,
        subjects=("wells",),
        needs=("wells",),
        parameters=(Parameter("days", "integer", required=True),),
    ),
    Rule(
        "permits.over_volume",
        over_volume,
        subjects=("wells",),
        needs=("wells", "readings"),
        parameters=(
            Parameter("tolerance_ratio", "number"),
            Parameter("action", "text", one_of=("limit", "reapply"), default="limit"),
        ),
    ),
    Rule("permits.use_differs", use_differs, subjects=("wells",), needs=("wells", "permits")),
    Rule("permits.source_differs", source_differs, subjects=("wells",), needs=("wells", "permits")),
    Rule(
        "permits.idle",
        idle,
        subjects=("permits",),
        needs=("permits",),
        parameters=(
            Parameter("ratio", "number", required=True),
            Parameter("years", "integer", required=True),
            Parameter("action", "text", one_of=("reduce_plan", "deregister"), default="reduce_plan"),
        ),
    ),
)
