"""Facts through time: what happened to each well and area, and when.

A snapshot (``status``, ``status_on``, ``retired_on`` …) is enough; where ``events`` exist they win, subject by
subject and group by group: status, land, permit. ``corrects`` replaces the named event, kind ``void`` withdraws it,
and withdrawing a correction brings the corrected event back. Same day: by ``recorded_on``, then ``event_id``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..findings import Verdicts, concat, judge
from .identity import ROW_ID
from .register import Register

STATE_AFTER = {
    "built": "",
    "commissioned": "active",
    "reopened": "active",
    "shut": "shut",
    "standby": "standby",
    "sealed": "sealed",
    "dismantled": "dismantled",
}
LAND_KINDS = ("retired", "restored")
PERMIT_KINDS = ("permitted", "permit_cancelled", "deregistered")
CLOSED_STATES = ("sealed", "dismantled")
_ORDER = ["row", "day", "recorded_on", "event_id"]


def well_history(register: Register) -> pd.DataFrame:
    """Status facts of wells, oldest first.

    Returns:
        Columns ``row`` (position in ``register["wells"]``), ``kind``, ``state`` (the state that holds after it, empty
        where the fact changes none), ``day`` (NaT: not known), ``recorded_on``, ``event_id``, ``doc_no``,
        ``snapshot``. A well with status events has no snapshot rows, but for the days on which it was built and
        commissioned where no event says them.
    """
    wells = register["wells"]
    events = _events_of(register, "wells", tuple(STATE_AFTER))
    events["state"] = events["kind"].map(STATE_AFTER)
    snapshot = [
        _snapshot(wells, "wells", "built", wells["built_on"], wells["built_on"].notna()),
        _snapshot(wells, "wells", "commissioned", wells["commissioned_on"], wells["commissioned_on"].notna()),
        _snapshot(wells, "wells", "shut", wells["stopped_on"], wells["stopped_on"].notna()),
    ]
    for state in ("shut", "standby", *CLOSED_STATES):
        rows = _snapshot(wells, "wells", state, wells["status_on"], wells["status"] == state)
        rows["state"] = state
        snapshot.append(rows)
    known = pd.concat(snapshot, ignore_index=True)
    with_events = known["row"].isin(events["row"])
    said = pd.MultiIndex.from_frame(events[["row", "kind"]])
    fills = known["kind"].isin(["built", "commissioned"]) & ~pd.MultiIndex.from_frame(
        known[["row", "kind"]]
    ).isin(said)
    return _ordered([events, known[~with_events | fills]])


def land_history(register: Register) -> pd.DataFrame:
    """Retirements and restorations of irrigation areas, oldest first.

    Returns:
        Columns ``row`` (position in ``register["irrigation"]``), ``kind`` (retired or restored), ``day``,
        ``recorded_on``, ``event_id``, ``area_mu`` (NaN: the whole area), ``doc_no``, ``snapshot``.
    """
    areas = register["irrigation"]
    events = _events_of(register, "irrigation", LAND_KINDS)
    retired = (areas["status"] == "retired") | areas["retired_on"].notna()
    known = pd.concat(
        [
            _snapshot(areas, "irrigation", "retired", areas["retired_on"], retired),
            _snapshot(areas, "irrigation", "restored", areas["restored_on"], areas["restored_on"].notna()),
        ],
        ignore_index=True,
    )
    return _ordered([events, known[~known["row"].isin(events["row"])]]).drop(columns="state")


def permit_history(register: Register) -> pd.DataFrame:
    """Permit events of wells, oldest first: ``row``, ``kind``, ``day``, ``recorded_on``, ``event_id``, ``doc_no``."""
    events = _events_of(register, "wells", PERMIT_KINDS)
    return _ordered([events]).drop(columns=["state", "area_mu"])


def power_cuts(register: Register) -> pd.DataFrame:
    """Power cuts of wells on record, oldest first: ``row``, ``kind``, ``day``, ``recorded_on``, ``event_id``,
    ``doc_no``."""
    return _ordered([_events_of(register, "wells", ("power_cut",))]).drop(columns=["state", "area_mu"])


def sealing(history: pd.DataFrame, n_wells: int, as_of: pd.Timestamp, states: Sequence[str]) -> pd.DataFrame:
    """Which wells are sealed on a day, and since when.

    The sealing day is the first day of the last unbroken spell of ``states`` up to ``as_of``: a seal keeps its day
    when the well is later dismantled, a reopening ends the spell.

    Args:
        history: from :func:`well_history`.
        n_wells: number of rows of the result.
        states: the states that count as sealed, usually sealed and dismantled.

    Returns:
        One row per well: ``sealed`` (bool), ``day``, ``event_id`` of the fact that began the spell, and ``undated``
        (bool): said to be sealed, without a day.
    """
    changes = history[history["state"] != ""]
    closed = changes["state"].isin(list(states))
    dated = changes[changes["day"].notna() & (changes["day"] <= as_of)]
    is_closed = dated["state"].isin(list(states))
    openings = (~is_closed).groupby(dated["row"]).cumsum()
    last = openings.groupby(dated["row"]).transform("max")
    spell = dated[is_closed & (openings == last)].drop_duplicates("row", keep="first").set_index("row")

    result = pd.DataFrame(index=pd.RangeIndex(n_wells))
    result["sealed"] = result.index.isin(spell.index)
    result["day"] = spell["day"].reindex(result.index)
    result["event_id"] = spell["event_id"].reindex(result.index)
    undated = changes.loc[closed & changes["day"].isna(), "row"]
    result["undated"] = result.index.isin(undated) & ~result["sealed"]
    return result


def first_day(history: pd.DataFrame, kind: str, n_rows: int) -> pd.DataFrame:
    """The first day on which something of ``kind`` happened to each row: ``day`` and ``event_id`` (empty: never)."""
    happened = history[(history["kind"] == kind) & history["day"].notna()]
    first = happened.drop_duplicates("row", keep="first").set_index("row")
    return first[["day", "event_id"]].reindex(pd.RangeIndex(n_rows))


def event_problems(register: Register) -> Verdicts:
    """Events that speak of nothing known, of two things at once, or correct what is not there."""
    if not register.has("events"):
        return Verdicts.none()
    events = register["events"]
    found = []
    for role, key in (("wells", "well_id"), ("irrigation", "area_id")):
        about = events[(events["subject_role"] == role).to_numpy()]
        if not register.has(role) or about.empty:
            continue
        hits = about["subject_id"].map(_times(register[role], key)).fillna(0)
        outcome = np.where(hits == 1, "pass", "review")
        key_of = np.where(hits == 0, "facts.unknown_subject", "facts.ambiguous_subject")
        found.append(_about(about, "facts.subject", outcome, key_of, {"role": role}))
    correcting = events[events["corrects"].notna().to_numpy()]
    if len(correcting):
        known = correcting["corrects"].isin(events["event_id"])
        outcome = np.where(known, "pass", "review")
        found.append(_about(correcting, "facts.corrects", outcome, "facts.corrects_unknown", {}))
    circular = events[ROW_ID].isin(_circular(events))
    if circular.any():
        found.append(_about(events[circular], "facts.circular", "review", "facts.corrects_circular", {}))
    return concat(found)


def _times(frame: pd.DataFrame, key: str) -> pd.Series:
    """On how many rows each id stands at once; the editions of one thing are one."""
    columns = [key, "valid_from"] if "valid_from" in frame.columns else [key]
    return frame.groupby(columns, dropna=False).size().groupby(level=0).max()


def _about(events: pd.DataFrame, rule: str, outcome: object, key: object, extra: dict) -> Verdicts:
    return judge(
        rule=rule,
        clause="",
        subject_role="events",
        subject_id=events[ROW_ID],
        outcome=outcome,
        action="supply_data",
        message_key=key,
        message_values={"subject": events["subject_id"], "corrects": events["corrects"], **extra},
        evidence={"kind": events["kind"], "effective_on": events["effective_on"]},
    )


def _events_of(register: Register, role: str, kinds: Sequence[str]) -> pd.DataFrame:
    """Effective events of one role and group, joined to the one row that has their subject's id."""
    if not register.has("events"):
        return _frame([], [], [], [], [], [], [], False)
    events = _effective(register["events"])
    events = events[(events["subject_role"] == role).to_numpy() & events["kind"].isin(list(kinds)).to_numpy()]
    frame = register[role]
    ids = frame["well_id" if role == "wells" else "area_id"]
    alone = ids.notna() & ~ids.duplicated(keep=False)
    rows = pd.Series(np.flatnonzero(alone), index=ids[alone].to_numpy())
    row = events["subject_id"].map(rows)
    events, row = events[row.notna().to_numpy()], row[row.notna()].astype("int64")
    return _frame(
        row,
        events["kind"],
        events["effective_on"],
        events["recorded_on"],
        events[ROW_ID],
        events["doc_no"],
        events["area_mu"],
        False,
    )


def _effective(events: pd.DataFrame) -> pd.DataFrame:
    """Events that no other effective event corrects, without the withdrawals themselves."""
    withdrawn = _corrected(events) | _circular(events)
    stands = ~events[ROW_ID].isin(withdrawn) & (events["kind"] != "void")
    return events[stands.to_numpy()]


def _corrected(events: pd.DataFrame) -> set[str]:
    """Names of events that an effective event corrects; a correction that is itself corrected has no effect."""
    correcting = events[events["corrects"].notna().to_numpy()]
    corrects = dict(zip(correcting[ROW_ID], correcting["corrects"], strict=True))
    waiting: dict[str, int] = {}
    for corrected in corrects.values():
        waiting[corrected] = waiting.get(corrected, 0) + 1
    withdrawn: set[str] = set()
    ready = [name for name in corrects if name not in waiting]
    while ready:
        name = ready.pop()
        corrected = corrects.get(name)
        if corrected is None:
            continue
        if name not in withdrawn:
            withdrawn.add(corrected)
        waiting[corrected] -= 1
        if waiting[corrected] == 0:
            ready.append(corrected)
    return withdrawn


def _circular(events: pd.DataFrame) -> set[str]:
    """Names of events that correct one another in a circle. Each event is walked over once."""
    correcting = events[events["corrects"].notna().to_numpy()]
    corrects = dict(zip(correcting[ROW_ID], correcting["corrects"], strict=True))
    walk_of: dict[str, int] = {}
    circular: set[str] = set()
    for number, start in enumerate(corrects):
        trail, name = [], start
        while name in corrects and name not in walk_of:
            walk_of[name] = number
            trail.append(name)
            name = corrects[name]
        if walk_of.get(name) == number and name in corrects:
            circular.update(trail[trail.index(name) :])
    return circular


def _snapshot(
    frame: pd.DataFrame, role: str, kind: str, day: pd.Series, holds: pd.Series | np.ndarray
) -> pd.DataFrame:
    row = np.flatnonzero(holds)
    day = day.iloc[row].reset_index(drop=True)
    dated = day.dt.strftime("%Y-%m-%d").fillna("")
    event_id = (
        role + ":" + frame[ROW_ID].iloc[row].reset_index(drop=True).astype(object) + f":{kind}:" + dated
    )
    size = len(row)
    nothing = [None] * size
    rows = _frame(row, [kind] * size, day, [pd.NaT] * size, event_id, nothing, [np.nan] * size, True)
    rows["state"] = ""
    return rows


def _frame(row, kind, day, recorded_on, event_id, doc_no, area_mu, snapshot: bool) -> pd.DataFrame:
    plain = [np.asarray(column, dtype=object) for column in (kind, event_id, doc_no)]
    frame = pd.DataFrame(
        {
            "row": np.asarray(row, dtype="int64"),
            "kind": plain[0],
            "state": "",
            "day": _days(day),
            "recorded_on": _days(recorded_on),
            "event_id": plain[1],
            "doc_no": plain[2],
            "area_mu": np.asarray(area_mu, dtype="float64"),
        }
    )
    frame["snapshot"] = snapshot
    return frame


def _days(values: Sequence) -> np.ndarray:
    return pd.to_datetime(pd.Series(list(values), dtype=object)).to_numpy(dtype="datetime64[ns]")


def _ordered(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    frame = pd.concat(filled, ignore_index=True) if filled else parts[0]
    return frame.sort_values(_ORDER, na_position="first", kind="stable").reset_index(drop=True)
