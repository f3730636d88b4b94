"""Plans in a case file: what was planned stays on record, and pairs that are reserved join the role ``pairs``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ..errors import OverdraftError
from .content import CaseContent
from .opening import reading
from .rows import history_entry, joined, rows_of_role, with_new_keys
from .seen import tables_seen
from .store import WriteResult, write_case
from .tables import read_table


def add_plan(
    path: str | os.PathLike,
    plan: Mapping[str, object],
    language: str,
    pairs: pd.DataFrame | None = None,
) -> WriteResult:
    """Put a plan into a case file; as :func:`add_plans`."""
    return add_plans(path, [plan], language, pairs)


def add_plans(
    path: str | os.PathLike,
    plans: Sequence[Mapping[str, object]],
    language: str,
    pairs: pd.DataFrame | None = None,
) -> WriteResult:
    """Put plans into a case file in one transaction: all of them, each with its entry in the history, or none.

    Args:
        plans: rows of ``plans``, at least one; pairs: further rows of the role ``pairs`` that they reserve.

    Raises:
        OverdraftError: as :func:`write_case`; a plan of this id is there already.
    """
    seen = {} if pairs is None else tables_seen(path, ["pairs"])
    before, language_of_file = rows_of_role(path, "pairs")
    with reading(Path(path)) as connection:
        known = set(read_table(connection, "plans")["plan_id"])
    for plan in plans:
        if plan["plan_id"] in known:
            raise OverdraftError("casefile.plan_twice", found=plan["plan_id"])
        known.add(plan["plan_id"])
    tables = {}
    if pairs is not None:
        tables["pairs"] = joined(before, with_new_keys(path, "pairs", pairs))
    *entries, last = [_entry(plan, pairs) for plan in plans]
    return write_case(
        path,
        CaseContent(
            tables=tables,
            language=language_of_file or language,
            added={"plans": pd.DataFrame(plans)},
            history=last,
            entries=entries,
            seen=seen,
        ),
    )


def _entry(plan: Mapping[str, object], pairs: pd.DataFrame | None) -> dict[str, str]:
    after = {name: plan[name] for name in ("kind", "status", "objective", "bound")}
    if pairs is not None:
        after["n_pairs"] = len(pairs)
    return history_entry("plan", plan["plan_id"], plan["created_by"], after)
