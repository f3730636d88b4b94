"""A rule bound to a clause: its values, where they come from, and how it speaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from ..findings import Verdicts, judge
from ..policy import Clause, Policy, RuleUse
from ..policy.names import nearest
from .registry import Rule, all_rules
from .subjects import Subjects


@dataclass(frozen=True)
class Binding:
    """One rule as one clause uses it.

    Attributes:
        clause: its id, quote and force. ``soft`` wording never fails: a failure is a review.
        values: by parameter; None where a setting has none.
        keys: setting key by parameter, for the parameters that come from settings.
    """

    policy: Policy
    clause: Clause
    rule: Rule
    values: Mapping[str, object]
    keys: Mapping[str, str]

    def value(self, name: str) -> Any:
        """The value of a parameter, its default, or None; of the parameter's type, which ``bind`` checked.

        Raises:
            KeyError: the rule has no such parameter.
        """
        if name in self.values:
            return self.values[name]
        parameter = self.rule.parameter(name)
        if parameter is None:
            raise KeyError(f"{self.rule.name} has no parameter {name}")
        return parameter.default

    @property
    def missing(self) -> tuple[str, ...]:
        """Required parameters without a value."""
        return tuple(p.name for p in self.rule.parameters if p.required and self.value(p.name) is None)

    @property
    def shown(self) -> dict[str, object]:
        """The values as findings show them; by setting key where there is one."""
        return {self.keys.get(name, name): value for name, value in self.values.items() if value is not None}

    @property
    def unverified(self) -> tuple[str, ...]:
        """Settings used that rest on a reading of ours."""
        return tuple(
            key
            for key in self.keys.values()
            if self.policy.setting(key).confidence == "unverified" and self.policy.value(key) is not None
        )

    def say(
        self,
        subjects: Subjects,
        *,
        outcome: object,
        key: object,
        asked: np.ndarray | pd.Series | None = None,
        values: Mapping[str, object] | None = None,
        evidence: Mapping[str, object] | None = None,
        period: object = "",
        permission: object = "",
        action: object = "none",
        period_state: object = "",
        measured: object = np.nan,
        threshold: object = np.nan,
        measure_unit: str = "",
        unsure: Iterable[str] = (),
        check: str = "",
    ) -> Verdicts:
        """Findings on ``subjects``; every column is one value or as long as they are.

        Args:
            asked: to whom the rule applies; the others, and those outside the jurisdiction, are out of scope.
            unsure: names of readings of ours, beyond settings, that the verdicts rest on.
            check: tells several questions of one rule about the same subject apart: ``<rule>.<check>``.
        """
        chosen = subjects.in_scope.copy()
        if asked is not None:
            chosen &= np.asarray(pd.Series(asked).fillna(False), dtype=bool)
        rows = np.flatnonzero(chosen)

        def pick(value: object) -> object:
            if isinstance(value, (pd.Series, np.ndarray, list, pd.api.extensions.ExtensionArray)):
                if len(value) != len(subjects):
                    raise ValueError(f"{self.rule.name}: {len(value)} values for {len(subjects)} subjects")
                return pd.Series(value).to_numpy()[rows]
            return value

        judged = pick(outcome)
        if self.clause.force == "soft":
            judged = np.where(np.asarray(judged) == "fail", "review", judged).astype(object)
            judged = judged if judged.ndim else judged.item()
        return judge(
            rule=f"{self.rule.name}.{check}" if check else self.rule.name,
            clause=self.clause.id,
            subject_role=subjects.role,
            subject_id=subjects.ids[rows],
            unit_id=subjects.units[rows],
            outcome=judged,
            permission=pick(permission),
            action=pick(action),
            period=pick(period),
            period_state=pick(period_state),
            measured=pick(measured),
            threshold=pick(threshold),
            measure_unit=measure_unit,
            message_key=pick(key),
            message_values={name: pick(value) for name, value in (values or {}).items()},
            evidence={name: pick(value) for name, value in (evidence or {}).items()},
            settings=self.shown,
            unverified={*self.unverified, *unsure},
            out_of_scope=len(subjects) - len(rows),
        )

    def cannot(self, key: str, *, wanted: str = "supply_data", **values: object) -> Verdicts:
        """One row on the clause itself: nothing could be judged, and why.

        Args:
            wanted: the action that would help.
        """
        return judge(
            rule=self.rule.name,
            clause=self.clause.id,
            subject_role="policy",
            subject_id=[self.clause.id],
            unit_id=self.policy.city_id,
            outcome="not_evaluated",
            action=wanted,
            message_key=key,
            message_values=values,
            settings=self.shown,
        )


def bindings(policy: Policy) -> tuple[Binding, ...]:
    """Every rule of a policy with its values, in the order of the file.

    Raises:
        OverdraftError: a rule or parameter that does not exist, or a value that the parameter does not take. The
            message names file, row, value found and what is allowed.
    """
    return tuple(bind(policy, use) for use in policy.rules)


def bind(policy: Policy, use: RuleUse) -> Binding:
    """One row of ``[[rules]]`` with its values; raises as ``bindings``."""
    rule = all_rules().get(use.rule)
    path = f"{policy.origin or policy.id}: rules[{use.position}]"
    if rule is None:
        raise OverdraftError(
            "rules.unknown_rule", path=path, found=use.rule, suggestion=nearest(use.rule, all_rules()) or ""
        )
    values = {**use.values, **{name: policy.value(key) for name, key in use.settings.items()}}
    for name, value in values.items():
        parameter = rule.parameter(name)
        from_table = name in use.settings and policy.setting(use.settings[name]).type == "register"
        if parameter is None and from_table:
            continue  # names the gap that a table of the register closes
        if parameter is None:
            allowed = [one.name for one in rule.parameters]
            raise OverdraftError(
                "rules.unknown_parameter", path=path, rule=rule.name, found=name, allowed=allowed
            )
        if value is not None and not parameter.accepts(value):
            allowed = list(parameter.one_of) or [parameter.type]
            raise OverdraftError(
                "rules.bad_value",
                path=path,
                rule=rule.name,
                parameter=name,
                found=str(value),
                allowed=allowed,
            )
    return Binding(policy, policy.clauses[use.clause], rule, values, dict(use.settings))
