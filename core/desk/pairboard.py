"""The board on which a person pairs wells: who renews and what it still needs, which wells may be taken and why not.

It rests on the ledger (:mod:`core.replacement`) and on the candidates and costs of the planned pairs
(:mod:`core.planning.renewals`), so that a pair made by hand and one of a plan are judged alike.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj

from ..casefile import last_run, read_case
from ..errors import OverdraftError
from ..intake import build_register
from ..overlay import PlacementOptions
from ..overlay.points import Points
from ..planning.pairing import UNIT, CostWeights, problem_from_places
from ..planning.pairing.offers import distance_m
from ..planning.renewals.asked import renewals_asked
from ..planning.renewals.candidates import candidates
from ..planning.renewals.plan import BATCH, sealed_limits
from ..planning.renewals.unmet import barred_for
from ..replacement import Book, ReplacementSettings, keep_book, replacement_settings
from ..replacement.tables import balance_table
from ..rules.scene import Scene

ROLES = (
    *("wells", "zones", "units", "screens", "applications", "pairs", "events", "evidence", "readings"),
    *("permits", "permit_wells"),
)
PLACE = ("county", "township", "village")
SAME = ("county", "township", "aquifer", "use")
"""What a candidate may have in common with the renewal."""

COUNTED = ("reserved", "renewed")
"""Stages of renewals that the balance has counted already: they may take the credits that it holds for them."""

_WGS84 = pyproj.CRS("EPSG:4326")


@dataclass(frozen=True)
class Suggestion:
    """Wells that together are a good choice, and the cost of each: ``retired_id``, ``distance_m``, ``cost``,
    ``to_seal``."""

    wells: pd.DataFrame
    cost: float


@dataclass(frozen=True)
class Totals:
    """What a renewal's wells come to: how many, permitted m³ a year and mu of irrigated land given up (of how many it
    is not known), and what the renewal takes (NaN: not known)."""

    wells: int
    freed_m3: float
    freed_unknown: int
    given_mu: float
    given_unknown: int
    taken_m3: float
    taken_mu: float


@dataclass(frozen=True)
class PairBoard:
    """Everything that pairing asks of a case, as read at one moment.

    Attributes:
        renewals: by ``renewal_id``: ``stage``, ``pool``, ``needed`` (wells that it still lacks), ``reason`` (why it
            can be given none), ``replaced`` (row of the well that it names, −1), ``well`` (its own row, −1), ``lon``,
            ``lat``, ``volume_m3``, ``area_mu``, columns of ``SAME`` and ``place``.
        wells: one row per well of the register: columns of :func:`core.planning.renewals.candidates.candidates`,
            ``state``, ``sealed_on``, ``holder``, ``area_mu``, columns of ``SAME`` and ``place``.
        pledged: pairs that stand, with ``group``, ``retired`` (row of the well), ``distance_m``, ``permission``.
        left: sealed wells that pairs may still use, by pool.
    """

    book: Book
    renewals: pd.DataFrame
    wells: pd.DataFrame
    pledged: pd.DataFrame
    left: dict[str, int]
    weights: CostWeights = field(default_factory=CostWeights)

    @property
    def settings(self) -> ReplacementSettings:
        """How 减二更一 is read."""
        return self.book.settings

    @cached_property
    def balance(self) -> pd.DataFrame:
        """The balance of each pool, zones left out."""
        table = balance_table(self.book)
        return table[table["pool_level"] == self.settings.pool].reset_index(drop=True)

    @cached_property
    def _rows(self) -> dict[str, int]:
        ids = self.wells["retired_id"].tolist()
        return {name: row for row, name in reversed(list(enumerate(ids)))}

    def row_of(self, well: str) -> int | None:
        """The row of a well; of several with one id the first, None where there is none."""
        return self._rows.get(well)

    def held(self, renewal_id: str) -> pd.DataFrame:
        """The pairs of a renewal that stand."""
        group = self.renewals.at[renewal_id, "group"]
        return self.pledged[(self.pledged["group"] == group).to_numpy()]

    def allowed(self, renewal_id: str) -> int:
        """How many sealed wells the renewal may take: its own share if the balance counts it, else what is left."""
        renewal = self.renewals.loc[renewal_id]
        if renewal["stage"] in COUNTED:
            return int(renewal["needed"])
        return self.left.get(renewal["pool"], 0)

    def offers(
        self, renewal_id: str, *, sealed_only: bool = False, reach_m: float | None = None
    ) -> pd.DataFrame:
        """Every well as seen from a renewal, in the order of the register.

        Args:
            sealed_only: wells in use are not on offer.
            reach_m: how far a well may be off; the smaller of this and the policy's distance holds.

        Returns:
            ``distance_m`` (NaN without a place), ``cost`` (NaN where not on offer), ``reason`` (empty where it is on
            offer; else a word of ``renewals.barred``).
        """
        renewal, wells = self.renewals.loc[renewal_id], self.wells
        here = np.repeat(renewal[["lon", "lat"]].to_numpy("float64")[None, :], len(wells), axis=0)
        there = wells[["lon", "lat"]].to_numpy("float64")
        known = np.isfinite(here).all(axis=1) & np.isfinite(there).all(axis=1)
        metres = np.full(len(wells), np.nan)
        metres[known] = distance_m(here[known], there[known])
        limits = [one for one in (reach_m, self.settings.max_distance_m) if one is not None]
        rows = np.arange(len(wells))
        reason = barred_for(renewal, self._own(renewal), rows, metres, min(limits) if limits else None)
        if sealed_only:
            reason[(reason == "") & wells["to_seal"].to_numpy()] = "unsealed"
        if self.allowed(renewal_id) == 0:
            reason[(reason == "") & ~wells["to_seal"].to_numpy(dtype=bool)] = "used_up"
        if renewal["well"] >= 0:
            reason[renewal["well"]] = "self"
        offers = pd.DataFrame({"distance_m": metres, "cost": np.nan, "reason": reason}, index=wells.index)
        free = np.flatnonzero((reason == "") & known) if renewal["reason"] == "" else rows[:0]
        if len(free):
            offers.loc[free, "cost"] = self._costs(renewal, wells.iloc[free]) / UNIT
        return offers

    def refusals(self, renewal_id: str, wells: Collection[str], offers: pd.DataFrame) -> list[OverdraftError]:
        """Why these wells cannot be pledged to the renewal; empty where they can."""
        renewal = self.renewals.loc[renewal_id]
        chosen = self.wells[self.wells["retired_id"].isin(list(wells)).to_numpy()]
        found = [
            OverdraftError("pairs.not_eligible", well=name, reason=reason)
            for name, reason in zip(chosen["retired_id"], offers.loc[chosen.index, "reason"], strict=True)
            if reason
        ]
        if len(wells) > renewal["needed"]:
            found.append(
                OverdraftError(
                    "pairs.too_many", renewal=renewal_id, needed=int(renewal["needed"]), found=len(wells)
                )
            )
        sealed = int((~chosen["to_seal"].astype(bool)).sum())
        if sealed > self.allowed(renewal_id):
            found.append(
                OverdraftError("pairs.too_many_sealed", found=sealed, allowed=self.allowed(renewal_id))
            )
        return found

    def suggest(self, renewal_id: str, offers: pd.DataFrame, count: int = 3) -> list[Suggestion]:
        """The ``count`` cheapest choices of all the wells that the renewal lacks, the cheapest first; ties by id.

        Costs add up, so only the ``needed + count − 1`` cheapest sealed wells and as many in use can be in one of
        them: of a choice with a well beyond, at least ``count`` others that replace it cost no more. The well that the
        renewal names is in each of them if it is on offer.
        """
        renewal = self.renewals.loc[renewal_id]
        needed, most = int(renewal["needed"]), self.allowed(renewal_id)
        rows = offers[["distance_m", "cost"]].assign(
            retired_id=self.wells["retired_id"], to_seal=self.wells["to_seal"]
        )
        rows = rows[rows["cost"].notna().to_numpy()].sort_values(["cost", "retired_id"], kind="stable")
        named = rows[rows.index == renewal["replaced"]]
        room = needed + count - 1
        others = rows.drop(named.index)
        near = pd.concat([part.head(room) for _, part in others.groupby("to_seal", sort=True)] or [others])
        units = np.rint(rows["cost"] * UNIT).astype("int64")
        found = []
        for rest in combinations(near.index, needed - len(named)) if needed >= len(named) else ():
            chosen = [*named.index, *rest]
            if int((~rows.loc[chosen, "to_seal"].astype(bool)).sum()) <= most:
                ids = tuple(sorted(rows.loc[chosen, "retired_id"]))
                found.append((int(units[chosen].sum()), ids, chosen))
        columns = ["retired_id", "distance_m", "cost", "to_seal"]
        best = sorted(found)[:count] if needed else []
        return [
            Suggestion(rows.loc[chosen, columns].reset_index(drop=True), cost / UNIT)
            for cost, _, chosen in best
        ]

    def _own(self, renewal: pd.Series) -> pd.DataFrame:
        """The wells; the one that the renewal names is not barred because the renewal names it."""
        row = int(renewal["replaced"])
        by_name = row >= 0 and self.wells.at[row, "reason"] == "pledged"
        if not by_name or self.wells.at[row, "to_seal"] or (self.pledged["retired"] == row).any():
            return self.wells
        wells = self.wells.copy()
        wells.loc[row, "reason"] = self.book.credits["reason"].iloc[row]
        return wells

    def _costs(self, renewal: pd.Series, wells: pd.DataFrame) -> np.ndarray:
        """What each of the wells costs, as a plan for this renewal alone counts it; whole units."""
        asked = pd.DataFrame(
            {
                "renewal_id": ["renewal"],
                "pool": renewal["pool"],
                "priority": 1,
                "needed": 1,
                "named": None,
                "lon": renewal["lon"],
                "lat": renewal["lat"],
            }
        )
        problem = problem_from_places(asked, wells.assign(only_named=False), self.weights)
        place = pd.Index(problem.candidate_ids).get_indexer(wells["retired_id"])
        return problem.offers.price(np.zeros(len(wells), dtype=np.int64), place)


def pair_totals(board: PairBoard, renewal_id: str, chosen: Iterable[str]) -> Totals:
    """The wells on record for a renewal, unless the pair is denied, and those chosen, against what it takes."""
    renewal, held = board.renewals.loc[renewal_id], board.held(renewal_id)
    held = held[(held["retired"] >= 0) & (held["permission"] != "deny")]
    rows = [board.row_of(name) for name in (*held["retired_id"], *chosen)]
    wells = board.wells.iloc[[row for row in rows if row is not None]]
    return Totals(
        wells=len(rows),
        freed_m3=float(wells["volume_m3"].sum()),
        freed_unknown=int(wells["volume_m3"].isna().sum()),
        given_mu=float(wells["area_mu"].sum()),
        given_unknown=int(wells["area_mu"].isna().sum()),
        taken_m3=float(renewal["volume_m3"]),
        taken_mu=float(renewal["area_mu"]),
    )


def open_board(
    path: str | os.PathLike, as_of: date | None = None, progress: Callable[[float], None] | None = None
) -> PairBoard:
    """Read a case file and lay its board, under the document and settings of its last run.

    Args:
        as_of: the day; None: today, or that of the last run if that is later.

    Raises:
        OverdraftError: no run, no wells, a document without 减二更一 or one that approves by numbers (R3).
    """
    tick = progress or (lambda share: None)
    name = Path(path).name
    last = last_run(Path(path))
    if last is None:
        raise OverdraftError("pairs.no_run", file=name)
    policy = last.used
    settings = replacement_settings(
        policy,
        reading=last.settings.get("reading"),
        pool=last.settings.get("pool"),
        baseline=last.day("baseline"),
    )
    if settings.reading == BATCH:
        raise OverdraftError("renewals.batch_reading", found=settings.reading, allowed=["R1", "R2"])
    tick(0.05)
    frames = read_case(path, ROLES, lambda: tick(0.05))
    if "wells" not in frames or not len(frames["wells"]):
        raise OverdraftError("pairs.no_wells", file=name)
    tick(0.4)
    register = build_register(frames, lambda share: tick(0.4 + 0.1 * share))
    day = as_of or max(date.today(), last.as_of)
    places = PlacementOptions(distance_limit_m=0, position_accuracy_m=0)
    scene = Scene.of(register, policy, day, options=places, progress=lambda share: tick(0.5 + 0.2 * share))
    return lay_board(scene, settings, lambda share: tick(0.7 + 0.3 * share))


def lay_board(
    scene: Scene, settings: ReplacementSettings, progress: Callable[[float], None] | None = None
) -> PairBoard:
    """The board of a register on the day of the scene."""
    tick = progress or (lambda share: None)
    book = keep_book(scene.register, scene.placement, scene.policy, scene.as_of, settings)
    tick(0.5)
    well_xy = Points(scene.frame("wells")).coordinates(_WGS84)
    filed_xy = Points(scene.frame("applications")).coordinates(_WGS84)
    wells = candidates(scene, book, well_xy, allow_unsealed=True).reset_index(drop=True)
    wells["state"] = np.where(
        book.credits["candidate"], book.credits["state"], scene.frame("wells")["status"]
    )
    wells["sealed_on"], wells["holder"] = book.facts["sealed_on"], book.credits["holder"]
    live = book.pairs["live"] & book.pairs["subject"].notna()
    pledged = book.pairs[live.to_numpy()].copy()
    backed = pledged[pledged["retired"] >= 0].drop_duplicates("retired").set_index("retired")["renewal_id"]
    wells["holder"] = wells["holder"].where(wells["holder"].notna(), backed.reindex(wells.index))
    wells = wells.join(_described(scene, "wells"))
    asked = renewals_asked(book, well_xy, filed_xy, pd.Series(dtype="float64"), decided=True)
    tick(0.9)
    board = PairBoard(book, _renewals(scene, book, asked), wells, pledged, sealed_limits(book))
    tick(1.0)
    return board


def _renewals(scene: Scene, book: Book, asked: pd.DataFrame) -> pd.DataFrame:
    """The renewals with what a person wants to know of them; of repeated ids the first."""
    who = book.renewals.loc[asked["group"]].reset_index(drop=True)
    rows = asked.drop(columns=["weight"]).assign(stage=who["stage"], volume_m3=who["permit_m3"])
    rows["needed"] = rows["needed"].clip(lower=0)
    rows["well"] = who["well"].fillna(-1).astype("int64")
    parts = {role: _described(scene, role) for role in ("wells", "applications")}
    for name in (*SAME, "place", "area_mu"):
        of_paper = who["application"].map(parts["applications"][name])
        of_well = who["well"].map(parts["wells"][name])
        rows[name] = of_paper.where(who["application"].notna(), of_well)
    rows["place"] = rows["place"].fillna("")
    return rows.drop_duplicates("renewal_id").set_index("renewal_id")


def _described(scene: Scene, role: str) -> pd.DataFrame:
    """Where each row lies and what it is: ``SAME`` (units as ids), ``place`` in words, ``area_mu``."""
    frame = scene.frame(role)
    texts = frame.reindex(columns=list(PLACE)).astype(object)
    texts = texts.where(texts.notna(), "")
    found = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for name in ("county", "township"):
        found[name] = scene.unit_at(role, name) if len(frame) else ""
    for name in ("aquifer", "use"):
        found[name] = frame[name].to_numpy()
    found["place"] = [" ".join(filter(None, map(str, row))) for row in texts.to_numpy()]
    found["area_mu"] = frame["area_mu"].astype("float64").to_numpy()
    return found


__all__ = ["COUNTED", "PairBoard", "Suggestion", "Totals", "lay_board", "open_board", "pair_totals"]
