"""What the ledger says after an act: the balance of each pool, and the state of a credit with what it lacks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from ..casefile import read_case
from ..intake import build_register
from ..overlay import PlacementOptions, place
from ..policy import Policy
from ..register import Register
from ..replacement import Book, keep_book, replacement_settings
from ..replacement.evidence import evidence_of_seals
from ..replacement.tables import balance_table
from ..schema import register_schema

LEDGER_ROLES = (
    *("wells", "zones", "units", "screens", "events", "evidence"),
    *("pairs", "applications", "permits", "permit_wells"),
)
"""Roles that the balance and the state of a credit rest on. Readings only tell which seals were long idle: they are
asked for where the policy refuses such seals."""


@dataclass(frozen=True)
class Credit:
    """A sealed well in the ledger.

    Attributes:
        state: used, reserved, pending, available; ``excluded`` with ``reason`` (a word of
            ``replacement.wells.CREDIT_REASONS``) and the ``values`` of its message; ``none``: not sealed on that day,
            or not in the policy's area.
        holder: the renewal that holds it. pool: where it counts.
        has: kinds of evidence on record; lacks: kinds that are still asked for, or any one of them (``any_of``).
    """

    well_id: str
    state: str
    pool: str = ""
    holder: str = ""
    reason: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    any_of: bool = False


@dataclass(frozen=True)
class Renewal:
    """A renewal in the ledger: ``stage`` (renewed, reserved, pending, dead, excluded), its pool, the wells pledged to
    it and what they permit."""

    renewal_id: str
    stage: str
    pool: str
    pledged: tuple[str, ...] = ()
    permission: str = ""


@dataclass(frozen=True)
class Standing:
    """The ledger on a day.

    Attributes:
        balance: rows of ``ledger_balance`` of the pools (no zone diagnostics).
        credits, renewals: those that were asked for, by id.
        free: available credits by pool, sorted.
        k: wells to seal for one renewed; kinds: evidence that a seal needs, ``()`` with ``evidence_asked``: any one.
    """

    as_of: date
    balance: pd.DataFrame
    k: int
    evidence_asked: bool
    kinds: tuple[str, ...]
    credits: dict[str, Credit] = field(default_factory=dict)
    renewals: dict[str, Renewal] = field(default_factory=dict)
    free: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def pool(self, pool_id: str) -> dict[str, object]:
        """The balance of one pool, None for a figure that cannot be told; empty where there is no such pool."""
        rows = self.balance[self.balance["pool_id"] == pool_id].to_dict("records")
        return (
            {str(name): None if pd.isna(value) else value for name, value in rows[0].items()} if rows else {}
        )


def register_of(
    path: str | os.PathLike, policy: Policy | None = None, progress: Callable[[float], None] | None = None
) -> Register:
    """The register of a case file as it stands, as far as the ledger of ``policy`` needs it; without one, all of it."""
    only: tuple[str, ...] | None = None
    if policy is not None and policy.has("replacement"):
        rejects = replacement_settings(policy).idle_action == "reject"
        only = (*LEDGER_ROLES, *(["readings"] if rejects else []))
    return build_register(read_case(path, only), progress)


def ledger_after(
    register: Register,
    policy: Policy,
    as_of: date,
    wells: Iterable[str] = (),
    renewals: Iterable[str] = (),
    progress: Callable[[float], None] | None = None,
) -> Standing | None:
    """The ledger of the register as it stands; None where the policy has no such rule.

    Args:
        wells: ids whose credit is asked for; renewals: ids of applications or wells.

    Raises:
        MissingRoleError: no wells.
    """
    if not policy.has("replacement"):
        return None
    tick = progress or (lambda share: None)
    settings = replacement_settings(policy)
    layers = {name: register.get(name) for name in ("zones", "units", "screens")}
    options = PlacementOptions(distance_limit_m=0, position_accuracy_m=0)
    placement = place(
        register["wells"],
        **layers,
        policy=policy,
        as_of=as_of,
        options=options,
        progress=lambda share: tick(0.5 * share),
    )
    book = keep_book(register, placement, policy, as_of, settings, lambda share: tick(0.5 + 0.4 * share))
    balance = balance_table(book)
    balance = balance[balance["pool_level"] == settings.pool].reset_index(drop=True)
    standing = Standing(
        as_of=as_of,
        balance=balance,
        k=settings.k,
        evidence_asked=settings.evidence_required,
        kinds=settings.evidence_kinds,
        credits=_credits(book, wells),
        renewals=_renewals(book, renewals),
        free=_free(book),
    )
    tick(1.0)
    return standing


def _credits(book: Book, wells: Iterable[str]) -> dict[str, Credit]:
    wanted = dict.fromkeys(wells)
    if not wanted:
        return {}
    has = _evidence_by_kind(book) if book.settings.evidence_required else {}
    rows = {name: row for row, name in book.facts["well_id"].items() if name in wanted}
    return {name: _credit(book, name, rows.get(name), has) for name in wanted}


def _credit(book: Book, name: str, row: int | None, has: dict[str, pd.Series]) -> Credit:
    if row is None or not bool(book.credits.at[row, "candidate"]):
        return Credit(name, "none")
    credit, settings = book.credits.loc[row], book.settings
    found = tuple(kind for kind, proven in has.items() if bool(proven.at[row]))
    lacks = tuple(kind for kind in settings.evidence_kinds if kind not in found)
    any_of = settings.evidence_required and not settings.evidence_kinds and not found
    holder = credit["holder"]
    return Credit(
        well_id=name,
        state=str(credit["state"]),
        pool=str(book.facts.at[row, "pool_at_seal"]),
        holder="" if pd.isna(holder) else str(holder),
        reason=str(credit["reason"]),
        values=_values(book, row),
        has=found,
        lacks=tuple(has) if any_of else lacks if settings.evidence_required else (),
        any_of=any_of,
    )


def _values(book: Book, row: int) -> dict[str, object]:
    """What the messages of the credits name."""
    fact, settings = book.facts.loc[row], book.settings
    day = fact["sealed_on"]
    return {
        "well": fact["well_id"],
        "use": fact["use"],
        "day": None if pd.isna(day) else day.date().isoformat(),
        "as_of": book.as_of.date().isoformat(),
        "baseline": settings.baseline.date().isoformat(),
        "years": settings.idle_years,
    }


def _evidence_by_kind(book: Book) -> dict[str, pd.Series]:
    """For each kind of evidence, which seals have a piece of it."""
    found = evidence_of_seals(book.register, book.facts, book.as_of)
    return {
        kind: book.facts["sealed"] & book.facts.index.isin(found.loc[found["kind"] == kind, "row"])
        for kind in register_schema().enums["evidence_kind"]
    }


def _renewals(book: Book, wanted: Iterable[str]) -> dict[str, Renewal]:
    found: dict[str, Renewal] = {}
    rows = book.renewals
    applications = book.applications
    for name in wanted:
        own = rows["renewal_id"] == name
        asked = applications.loc[applications["application_id"] == name]
        if not own.any() and len(asked) and asked["result_well_id"].notna().any():
            own = rows["renewal_id"] == asked["result_well_id"].iloc[0]
        if not own.any():
            continue
        group = rows.index[own][0]
        row = rows.loc[group]
        pledged = book.pairs.loc[(book.pairs["group"] == group) & book.pairs["live"], "retired_id"]
        permission = book.permissions["permission"].get(group, "") if len(book.permissions) else ""
        found[name] = Renewal(
            renewal_id=str(row["renewal_id"]),
            stage=str(row["stage"]),
            pool=str(row["pool"]),
            pledged=tuple(sorted({str(one) for one in pledged})),
            permission=str(permission),
        )
    return found


def _free(book: Book) -> dict[str, tuple[str, ...]]:
    available = book.facts[book.credits["state"] == "available"]
    return {
        str(pool): tuple(sorted(map(str, part["well_id"].dropna())))
        for pool, part in available.groupby("pool_at_seal")
    }


def state_of(standing: Standing, subject_role: str, subject_id: str) -> tuple[str, str, tuple[str, ...]]:
    """State, pool and lacking evidence of what an act was about; empty where the ledger does not speak of it."""
    if subject_role == "wells" and subject_id in standing.credits:
        credit = standing.credits[subject_id]
        if credit.state != "none":
            return credit.state, credit.pool, credit.lacks
    renewal = standing.renewals.get(subject_id)
    return (renewal.stage, renewal.pool, ()) if renewal else ("", "", ())


def evidence_gap(policy: Policy, kinds: Iterable[str]) -> tuple[bool, tuple[str, ...], bool]:
    """What a seal with these kinds of evidence still lacks: whether it is complete, the kinds, any one of them.

    A policy that asks for none, or has no such rule, is content with nothing.
    """
    if not policy.has("replacement"):
        return True, (), False
    settings, given = replacement_settings(policy), set(kinds)
    if not settings.evidence_required:
        return True, (), False
    if not settings.evidence_kinds:
        return bool(given), () if given else tuple(register_schema().enums["evidence_kind"]), not given
    lacks = tuple(kind for kind in settings.evidence_kinds if kind not in given)
    return not lacks, lacks, False
