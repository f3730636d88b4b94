"""Cases that are to be rectified and looked at again, public notices, statistics returns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.paperwork import calendar_counts
from ..facts.spoken_of import subjects_spoken_of
from ..facts.yearbook import last_full_year
from ..registry import Parameter, Rule, words
from ..scene import Scene


def rectification(scene: Scene, binding: Binding) -> Verdicts:
    """Cases are rectified in time, and looked at again (KYS-2, HJQ-3.6, HJQ-4.3, TOL-15).

    * Without ``revisit``: a case is done on the day it was rectified, else closed. Done up to the due day (the day
      itself included): pass; later: fail; not done and the day over: overdue; before: not due. The due day is
      ``due_on``, or the day found plus ``days``. Without either, an open case is listed for review. Days after
      ``as_of`` have not happened yet. A case found after ``due_on`` is not one that this day was set for.
    * With ``revisit``: a closed case that nobody looked at again since it was closed is listed for review (no
      interval is set); where its day of closing is not known, that cannot be told. Cases not yet closed are out of
      scope.

    ``kinds``: only these cases (empty: all); one of no recorded kind may be one of them.
    """
    cases = scene.frame("violations")
    subjects = subjects_spoken_of(scene, "violations")
    names = ("rectified_on", "closed_on", "revisited_on", "found_on")
    rectified, closed, revisited, found = (_happened(scene, cases[name]) for name in names)
    state = cases["state"]
    values = {"case": cases["row_id"].to_numpy()}
    evidence = {
        "kind": cases["kind"].to_numpy(),
        "found_on": found,
        "rectified_on": rectified,
        "closed_on": closed,
    }
    of_kind, kindless = _of_kind(binding, cases)
    if binding.value("revisit"):
        is_closed = (~np.isnat(closed)) | (state == "closed").to_numpy()
        case = np.select(
            [np.isnat(revisited), np.isnat(closed), revisited >= closed],
            ["open", "no_day", "done"],
            default="before",
        )
        return binding.say(
            subjects,
            asked=is_closed & (of_kind | kindless),
            outcome=np.select([case == "done", case == "no_day"], ["pass", "not_evaluated"], "review").astype(
                object
            ),
            action=np.select([case == "done", case == "no_day"], ["none", "supply_data"], "list").astype(
                object
            ),
            key=("duties.revisit." + pd.Series(case)).to_numpy(dtype=object),
            values=values,
            evidence={**evidence, "revisited_on": revisited},
        )
    done_on = np.where(np.isnat(rectified), closed, rectified)
    done = ~np.isnat(done_on) | state.isin(("rectified", "closed")).to_numpy()
    due = _due_days(binding, found)
    in_question = of_kind | kindless
    if binding.value("due_on") is not None:
        in_question &= np.isnat(found) | (found <= due)
    key = np.select(
        [
            kindless,
            np.isnat(due) & (binding.value("days") is not None),
            done & np.isnat(due),
            done & np.isnat(done_on),
            done & (done_on <= due),
            done,
            np.isnat(due) & state.isna().to_numpy(),
            np.isnat(due),
            scene.today <= due,
        ],
        [
            "duties.case.kind_unknown",
            "duties.case.not_found",
            "duties.case.done",
            "duties.case.no_day",
            "duties.case.in_time",
            "duties.case.late",
            "duties.case.no_state",
            "duties.case.open",
            "duties.case.not_due",
        ],
        "duties.case.overdue",
    ).astype(object)
    tail = pd.Series(key).str.rsplit(".", n=1).str[-1]
    outcome = tail.map(
        {"done": "pass", "in_time": "pass", "late": "fail", "overdue": "fail", "open": "review"}
    ).fillna("not_evaluated")
    dated = ~np.isnat(due)
    return binding.say(
        subjects,
        asked=in_question,
        outcome=outcome.to_numpy(dtype=object),
        action=tail.map(
            {
                "late": "explain",
                "overdue": "explain",
                "open": "list",
                "no_day": "supply_data",
                "not_found": "supply_data",
                "no_state": "supply_data",
                "kind_unknown": "supply_data",
            }
        )
        .fillna("none")
        .to_numpy(dtype=object),
        period_state=tail.map({"not_due": "not_due", "overdue": "overdue"})
        .where(~tail.isin(("in_time", "late")), "closed")
        .fillna("")
        .to_numpy(dtype=object),
        key=key,
        values={**values, "due": np.where(dated, due, np.datetime64("NaT")), "done": done_on},
        evidence={**evidence, "due_on": due},
    )


def penalties(scene: Scene, binding: Binding) -> Verdicts:
    """Cases of the named ``kinds`` are to be punished (HJQ-3.4d: false data): they fail until they are done with.

    Rectified or closed, by state or day: pass. Neither a state nor such a day, or no recorded kind: for a person.
    """
    cases = scene.frame("violations")
    of_kind, kindless = _of_kind(binding, cases)
    done = cases["state"].isin(("rectified", "closed")).to_numpy(dtype=bool)
    for name in ("rectified_on", "closed_on"):
        done |= ~np.isnat(_happened(scene, cases[name]))
    stateless = cases["state"].isna().to_numpy(dtype=bool)
    case = np.select([done, kindless, stateless], ["done", "kind_unknown", "no_state"], default="open")
    return binding.say(
        subjects_spoken_of(scene, "violations"),
        asked=of_kind | (kindless & ~done),
        outcome=np.select([case == "done", case == "open"], ["pass", "fail"], "review").astype(object),
        action=np.select([case == "done", case == "open"], ["none", "list"], "supply_data").astype(object),
        key=("duties.penalty." + pd.Series(case)).to_numpy(dtype=object),
        values={"case": cases["row_id"].to_numpy(), "violation_kind": cases["kind"].to_numpy(dtype=object)},
        evidence={"kind": cases["kind"].to_numpy(), "found_on": _happened(scene, cases["found_on"])},
    )


def _of_kind(binding: Binding, cases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Cases of the kinds that the clause speaks of, and those of no recorded kind where it names some (bool each)."""
    kinds = binding.value("kinds")
    if not kinds:
        return np.ones(len(cases), dtype=bool), np.zeros(len(cases), dtype=bool)
    return cases["kind"].isin(kinds).to_numpy(dtype=bool), cases["kind"].isna().to_numpy(dtype=bool)


def _happened(scene: Scene, days: pd.Series) -> np.ndarray:
    days = days.to_numpy("datetime64[D]")
    return np.where(days > scene.today, np.datetime64("NaT"), days)


def _due_days(binding: Binding, found: np.ndarray) -> np.ndarray:
    if binding.value("due_on") is not None:
        return np.full(len(found), np.datetime64(binding.value("due_on"), "D"))
    if binding.value("days") is not None:
        return found + np.timedelta64(int(binding.value("days")), "D")
    return np.full(len(found), np.datetime64("NaT"), dtype="datetime64[D]")


def notice_days(scene: Scene, binding: Binding) -> Verdicts:
    """A public notice stands the stated number of working days, both ends counted (KYS-P).

    Monday to Friday, unless the role ``calendar`` says otherwise of a day (holidays are in no text). Fewer: fail.
    More: review.

    * ``.text``: the days that the document itself states, from ``first_day`` to ``last_day``.
    * The notice in the register: where the document states its days, only a notice that overlaps with them is asked
      about, or one whose days are not recorded. ``.stated``: its ``n_days``, where it has one, is the number counted;
      else review.
    """
    return concat([*_notice_of_the_text(scene, binding), *_notices(scene, binding)])


def _notice_of_the_text(scene: Scene, binding: Binding) -> list[Verdicts]:
    """The days that the document states, against the number that it states."""
    if binding.value("first_day") is None or binding.value("last_day") is None:
        return []
    first, last = (
        np.array([binding.value(name)], dtype="datetime64[D]") for name in ("first_day", "last_day")
    )
    count = float(calendar_counts(scene.frame("calendar"), first, last)[0])
    wanted = float(binding.value("working_days"))
    state = "agrees" if count == wanted else "short" if count < wanted else "longer"
    return [
        binding.say(
            scene.policy_subject(binding.clause.id),
            check="text",
            outcome={"agrees": "pass", "short": "fail", "longer": "review"}[state],
            action="none" if state == "agrees" else "explain",
            key=f"duties.notice_text.{state}",
            values={"from": first, "to": last, "found": count, "wanted": wanted},
            measured=count,
            threshold=wanted,
            measure_unit="day",
        )
    ]


def _notices(scene: Scene, binding: Binding) -> list[Verdicts]:
    """The public notices of the register."""
    papers = scene.frame("documents")
    subjects = subjects_spoken_of(scene, "documents")
    notice = (papers["kind"] == "public_notice").to_numpy()
    start, end = (papers[name].to_numpy("datetime64[D]") for name in ("notice_from", "notice_to"))
    dated = ~np.isnat(start) & ~np.isnat(end)
    first, last = (binding.value(name) for name in ("first_day", "last_day"))
    if first is not None and last is not None:
        notice &= ~dated | ((start <= np.datetime64(last)) & (end >= np.datetime64(first)))
    count = np.where(dated, calendar_counts(scene.frame("calendar"), start, end), np.nan)
    wanted = float(binding.value("working_days"))
    stated = papers["n_days"].to_numpy(dtype="float64", na_value=np.nan)
    values = {"document": papers["row_id"].to_numpy(), "from": start, "to": end, "found": count}
    evidence = {"notice_from": start, "notice_to": end, "n_days": stated}
    state = np.select([~dated, count < wanted, count > wanted], ["no_days", "short", "longer"], "agrees")
    stands = binding.say(
        subjects,
        asked=notice,
        outcome=pd.Series(state)
        .map({"no_days": "not_evaluated", "short": "fail", "longer": "review", "agrees": "pass"})
        .to_numpy(dtype=object),
        action=np.select([~dated, count != wanted], ["supply_data", "explain"], "none").astype(object),
        key=np.char.add("duties.notice.", state.astype(str)).astype(object),
        values={**values, "wanted": wanted},
        evidence=evidence,
        measured=count,
        threshold=wanted,
        measure_unit="day",
    )
    same = stated == count
    agrees = binding.say(
        subjects,
        check="stated",
        asked=notice & dated & ~np.isnan(stated),
        outcome=np.where(same, "pass", "review").astype(object),
        action=np.where(same, "none", "explain").astype(object),
        key=np.where(same, "duties.notice.stated_agrees", "duties.notice.stated_differs").astype(object),
        values={**values, "stated": stated},
        evidence=evidence,
        measured=count,
        threshold=stated,
        measure_unit="day",
    )
    return [stands, agrees]


def statistics_return(scene: Scene, binding: Binding) -> Verdicts:
    """Who abstracts files returns (TOL-9b): ``per_year`` of them for the last full calendar year.

    Users with a well of their own that is in use; returns are documents of kind ``statistics_return`` about the user
    or about a well of the user, with the year they are for.
    """
    users, wells = scene.frame("users"), scene.frame("wells")
    year = last_full_year(scene)
    owner = _owners(scene)
    papers = scene.frame("documents")
    of_year = papers[(papers["kind"] == "statistics_return") & (papers["year"] == year)]
    about_user = of_year.loc[of_year["subject_role"] == "users", "subject_id"]
    about_well = of_year.loc[of_year["subject_role"] == "wells", "subject_id"].map(owner)
    filed = pd.concat([about_user, about_well]).dropna().value_counts()
    count = users["user_id"].map(filed).fillna(0).to_numpy(dtype="float64")
    in_use = wells.loc[scene.wells_now["in_use"].to_numpy(dtype=bool), "well_id"].map(owner).dropna()
    wanted = int(binding.value("per_year"))
    enough = count >= wanted
    return binding.say(
        scene.subjects("users"),
        asked=users["user_id"].isin(set(in_use)).to_numpy(),
        outcome=np.where(enough, "pass", "fail").astype(object),
        action=np.where(enough, "none", "supply_data").astype(object),
        period=str(year),
        key=np.where(enough, "duties.returns.filed", "duties.returns.lacking").astype(object),
        values={"user": users["row_id"].to_numpy(), "year": year, "found": count, "wanted": wanted},
        measured=count,
        threshold=float(wanted),
        measure_unit="count",
    )


def _owners(scene: Scene) -> dict[str, str]:
    """User by well: as the well says, else as the table of wells and users does."""
    wells, links = scene.frame("wells"), scene.frame("well_users")
    told = links.dropna(subset=["well_id", "user_id"]).drop_duplicates("well_id")
    owner = dict(zip(told["well_id"], told["user_id"], strict=True))
    own = wells.dropna(subset=["well_id", "user_id"])
    owner.update(zip(own["well_id"], own["user_id"], strict=True))
    return owner


_KINDS = words("violation_kind")
RULES = (
    Rule(
        "duties.rectification",
        rectification,
        subjects=("violations",),
        needs=("violations",),
        parameters=(
            Parameter("due_on", "date"),
            Parameter("days", "integer"),
            Parameter("revisit", "bool", default=False),
            Parameter("kinds", "texts", one_of=_KINDS, default=()),
        ),
    ),
    Rule(
        "duties.penalties",
        penalties,
        subjects=("violations",),
        needs=("violations",),
        parameters=(Parameter("kinds", "texts", one_of=_KINDS, required=True),),
    ),
    Rule(
        "duties.notice_days",
        notice_days,
        subjects=("documents", "policy"),
        parameters=(
            Parameter("working_days", "integer", required=True),
            Parameter("first_day", "date"),
            Parameter("last_day", "date"),
        ),
    ),
    Rule(
        "duties.statistics_return",
        statistics_return,
        subjects=("users",),
        needs=("users", "wells", "documents"),
        parameters=(Parameter("per_year", "integer", required=True),),
    ),
)
