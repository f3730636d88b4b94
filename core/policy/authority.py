"""Who decides on a well, and whom to ask first: the authority rules of a policy over columns of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .model import AuthorityRule, Policy

_CONDITIONS = ("basin", "county", "regiment")


def assign_authorities(
    policy: Policy,
    *,
    county: Sequence,
    regiment: Sequence | None = None,
    basin: Sequence | None = None,
    names: Mapping[str, str] | None = None,
    purpose: str = "permit",
    language: str = "zh",
) -> pd.DataFrame:
    """For each place the authority, whom it consults, and the clause that says so.

    The first rule of the purpose whose conditions all hold decides. A place without a county that the policy
    knows is outside its jurisdiction: its fields stay empty.

    Args:
        county, regiment, basin: unit ids, one per place, empty or None where there is none. Ids of the user's
            own units are understood when they are codes or names of the policy's units.
        names: name by unit id of the user's own units, for ids that mean nothing to the policy.
        purpose: ``permit`` or ``management``.
        language: of the names, ``zh`` or ``en``.

    Returns:
        DataFrame, one row per place, columns ``authority`` ``consult`` ``clause`` (text, empty for none) and
        ``unsure`` (bool: more than one rule with conditions holds, e.g. a regiment's well in a basin with an
        authority of its own; a person must look).
    """
    size = len(county)
    places = {
        name: _resolved(policy, column, size, names or {})
        for name, column in zip(_CONDITIONS, (basin, county, regiment), strict=True)
    }
    inside = places["county"] != ""
    result = {name: np.full(size, "", dtype=object) for name in ("authority", "consult", "clause")}
    open_, special = inside.copy(), np.zeros(size, dtype=int)
    for rule in (rule for rule in policy.authorities if rule.purpose == purpose):
        holds = inside & _holds(rule, places)
        special += holds if rule.conditional else 0
        chosen = holds & open_
        open_ &= ~holds
        authority, consult = _named(rule, language)
        for county_id in set(places["county"][chosen]):
            here = chosen & (places["county"] == county_id)
            name = policy.unit_name(county_id, language)
            result["authority"][here] = authority.replace("{county}", name)
            result["consult"][here] = consult.replace("{county}", name)
            result["clause"][here] = rule.clause
    return pd.DataFrame({**result, "unsure": special > 1})


def _resolved(policy: Policy, column: Sequence | None, size: int, names: Mapping[str, str]) -> np.ndarray:
    """The policy's unit ids of a column of the user's unit ids; empty where it knows none."""
    if column is None:
        return np.full(size, "", dtype=object)
    texts = pd.Series(np.asarray(column, dtype=object))
    known = {
        text: policy.resolve_unit(text) or policy.resolve_unit(names.get(text, "")) or ""
        for text in texts.dropna().unique()
    }
    found = texts.map(known).astype(object)
    return found.where(found.notna(), "").to_numpy(dtype=object)


def _holds(rule: AuthorityRule, places: Mapping[str, np.ndarray]) -> np.ndarray:
    wanted = [(name, getattr(rule, name)) for name in _CONDITIONS if getattr(rule, name)]
    return np.logical_and.reduce(
        [np.ones(len(places["county"]), dtype=bool)] + [places[n] == u for n, u in wanted]
    )


def _named(rule: AuthorityRule, language: str) -> tuple[str, str]:
    if language == "zh":
        return rule.authority, rule.consult
    return rule.authority_en, rule.consult_en or rule.consult
