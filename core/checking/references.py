"""Every link between layers: does what it names exist, once, and not in a circle?"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..problems import Problems
from ..schema import normal_name
from .given import Given, counted, flagged, listed, schema_of

MANY = ";"


@dataclass(frozen=True)
class Reference:
    """A field that holds ids of another layer.

    Attributes:
        targets: the layers in which the id may stand; empty: the one that ``subject_role`` names.
        also: layers in which it may stand too, but that need not have been given to say that it is nowhere.
    """

    role: str
    field: str
    targets: tuple[str, ...]
    severity: str = "error"
    also: tuple[str, ...] = ()


REFERENCES = (
    Reference("wells", "replaces", ("wells",)),
    Reference("wells", "user_id", ("users",)),
    Reference("wells", "permit_no", ("permits",)),
    Reference("wells", "account_no", ("accounts",)),
    Reference("applications", "well_id", ("wells",)),
    Reference("applications", "replaces", ("wells",)),
    Reference("applications", "user_id", ("users",)),
    Reference("applications", "result_well_id", ("wells",)),
    Reference("irrigation", "well_ids", ("wells",)),
    Reference("irrigation", "user_id", ("users",)),
    Reference("parcels", "user_id", ("users",)),
    # The unit above is often not drawn: the register of one county need not hold its prefecture.
    Reference("units", "parent_id", ("units",), "note"),
    Reference("pairs", "renewal_id", ("wells", "applications")),
    Reference("pairs", "retired_id", ("wells",)),
    Reference("readings", "well_id", ("wells",)),
    Reference("readings", "account_no", ("accounts",)),
    Reference("meters", "well_id", ("wells",), also=("intakes",)),
    Reference("screens", "well_id", ("wells",)),
    Reference("objections", "well_id", ("wells",)),
    Reference("permits", "user_id", ("users",)),
    Reference("permit_wells", "permit_no", ("permits",)),
    Reference("permit_wells", "well_id", ("wells",)),
    Reference("users", "network_id", ("networks",)),
    Reference("well_users", "well_id", ("wells",)),
    Reference("well_users", "user_id", ("users",)),
    Reference("account_wells", "account_no", ("accounts",)),
    Reference("account_wells", "well_id", ("wells",)),
    Reference("well_areas", "well_id", ("wells",)),
    Reference("well_areas", "area_id", ("irrigation",)),
    Reference("area_years", "area_id", ("irrigation",)),
    Reference("levels", "station_id", ("stations",)),
    Reference("targets", "unit_id", ("units",), "warning"),
    Reference("prices", "unit_id", ("units",), "warning"),
    Reference("evidence", "event_id", ("events",)),
    Reference("events", "corrects", ("events",)),
    Reference("events", "subject_id", ()),
    Reference("indices", "subject_id", (), "warning"),
    Reference("violations", "subject_id", ()),
    Reference("documents", "subject_id", (), "warning"),
)

_SNAPSHOT = re.compile(r"(wells|irrigation):(.+):[a-z_]+:([0-9]{4}-[0-9]{2}-[0-9]{2})?")
"""Name of a fact that is no event but stands in the row of its well or area (docs/contract.md, 1)."""


def reference(given: Given, role: str, link: Reference) -> Problems:
    """Ids in a field that no row of the target layers has. An empty field refers to nothing and is in order.

    Of a layer every row is shown at its place; of a table every lost id once, with the number of its rows.
    """
    asked = _asked(given, role, link)
    unsure = np.zeros(len(given.frame(role)), dtype=bool)
    broken = [asked.iloc[:0].assign(expected="")]
    for targets, group in asked.groupby("targets", sort=False):
        known = _Known(given, tuple(targets.split(MANY)) if targets else (), link.also)
        missing = [value for value in group["value"].unique() if not known.has(value)]
        lost = group[group["value"].isin(missing)]
        if known.complete:
            alike = {value: known.alike(value) for value in missing}
            broken.append(lost.assign(expected=lost["value"].map(alike)))
        else:
            unsure[lost["row"].to_numpy(dtype="int64")] = True
    table = pd.concat(broken, ignore_index=True)
    n_rows = table["row"].nunique()
    table["n"] = table.groupby(["value", "targets"])["row"].transform("size")
    if not schema_of(role).is_place:
        table = table.drop_duplicates(["value", "targets"])
    near = (table["expected"] != "").to_numpy()
    found = flagged(
        given,
        f"references.{link.field}",
        role,
        table["row"].to_numpy(dtype="int64"),
        severity=np.where(near, "warning", link.severity),
        message_key=np.where(near, "checking.references.alike", "checking.references.unknown"),
        remedy_key="checking.remedy.reference",
        field=link.field,
        found=table["value"],
        expected=table["expected"],
        values={"targets": [value.split(MANY) for value in table["targets"]], "n": table["n"].to_list()},
    )
    unsure[table["row"].to_numpy(dtype="int64")] = False
    left = int(unsure.sum())
    n_ok = len(unsure) - n_rows - left
    why = "checking.why.no_target" if left else ""
    return Problems(found.rows, counted(f"references.{link.field}", role, n_ok, n_rows, left, why).counts)


def circles(given: Given, role: str) -> Problems:
    """Rows that lead back to themselves: a well that replaces itself, a unit above itself."""
    frame, key = given.frame(role), schema_of(role).key[0]
    own = frame[key]
    if role == "units":
        above = dict(zip(own, frame["parent_id"], strict=True))
        caught = _circular({k: v for k, v in above.items() if k is not None and v is not None})
        where = np.flatnonzero(own.isin(list(caught)))
        column = "parent_id"
    else:
        column = "replaces"
        where = np.array(
            [
                row
                for row, (one, others) in enumerate(zip(own, frame[column], strict=True))
                if one is not None and others is not None and one in others.split(MANY)
            ],
            dtype="int64",
        )
    return flagged(
        given,
        "references.circles",
        role,
        where,
        severity="error",
        message_key=np.where(
            np.full(len(where), role == "units"), "checking.references.circle", "checking.references.itself"
        ),
        remedy_key="checking.remedy.circle",
        field=column,
        found=frame[column].iloc[where].to_list(),
    )


class _Known:
    """Ids of some layers; ``complete``: all of them were given, so that what is not found does not exist."""

    def __init__(self, given: Given, targets: tuple[str, ...], also: tuple[str, ...]) -> None:
        self.complete = bool(targets) and all(given.has(target) for target in targets)
        self._given, self._targets = given, targets
        self._ids: set[str] = set()
        for target in (*targets, *also):
            if given.has(target):
                self._ids |= set(given.frame(target)[schema_of(target).key[0]].dropna())
        self._forms: dict[str, list[str]] | None = None

    def has(self, value: str) -> bool:
        """Is it the id of a row, a unit of the policy, or a fact of a row?"""
        if value in self._ids:
            return True
        policy = self._given.policy
        if "units" in self._targets and policy is not None and policy.resolve_unit(value) is not None:
            return True
        fact = _SNAPSHOT.fullmatch(value) if "events" in self._targets else None
        return bool(fact and _row_exists(self._given, fact[1], fact[2]))

    def alike(self, value: str) -> str:
        """The one id that differs only by width, case, spaces or leading zeros; empty without one."""
        if self._forms is None:
            self._forms = {}
            for one in self._ids:
                self._forms.setdefault(_form(one), []).append(one)
        found = self._forms.get(_form(value), [])
        return listed(sorted(found))


def _row_exists(given: Given, role: str, name: str) -> bool:
    """True also where the layer was not given: nobody can tell."""
    if not given.has(role):
        return True
    return name in given.known_ids(role)


def _form(text: str) -> str:
    return normal_name(text).lstrip("0")


def _asked(given: Given, role: str, link: Reference) -> pd.DataFrame:
    """Every id in the field: ``row``, ``value`` and the target layers joined by ``;``."""
    frame = given.frame(role)
    column = frame[link.field]
    table = pd.DataFrame({"row": np.arange(len(frame)), "value": column.to_numpy(dtype=object)})
    if link.targets:
        table["targets"] = MANY.join(link.targets)
    else:
        table["targets"] = frame["subject_role"].fillna("").to_numpy(dtype=object)
    table = table[table["value"].notna().to_numpy()]
    if schema_of(role).fields[link.field].many:
        table = table.assign(value=table["value"].str.split(MANY)).explode("value")
    return table.reset_index(drop=True)


def _circular(above: dict[str, str]) -> set[str]:
    """Names on a circle; each name is walked over once."""
    walk_of: dict[str, int] = {}
    caught: set[str] = set()
    for number, start in enumerate(above):
        trail, name = [], start
        while name in above and name not in walk_of:
            walk_of[name] = number
            trail.append(name)
            name = above[name]
        if walk_of.get(name) == number and name in trail:
            caught.update(trail[trail.index(name) :])
    return caught
