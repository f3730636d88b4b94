"""What a rule is, and the rules that there are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..findings import Verdicts
from ..schema import register_schema

if TYPE_CHECKING:
    from .binding import Binding
    from .scene import Scene

__all__ = ["PARAMETER_TYPES", "Parameter", "Rule", "all_rules", "words"]

PARAMETER_TYPES = ("text", "texts", "number", "numbers", "integer", "bool", "date", "months")


@dataclass(frozen=True)
class Parameter:
    """A value that a rule needs and the law sets.

    Attributes:
        type: of ``PARAMETER_TYPES``; ``months`` is a list of 1 to 12.
        required: without a value nothing can be judged: the engine says so and the rule is not run.
        default: where the document is silent and no reading of the law is needed; None otherwise.
        one_of: the words that it may hold; empty for any.
    """

    name: str
    type: str
    required: bool = False
    default: object = None
    one_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.type not in PARAMETER_TYPES:
            raise ValueError(f"not a parameter type: {self.type}")

    def accepts(self, value: object) -> bool:
        """Whether a value is of this type and among its words."""
        many = {"texts": "text", "numbers": "number", "months": "number"}.get(self.type)
        if many is None:
            members, kind = (value,), self.type
        elif isinstance(value, tuple):
            members, kind = value, many
        else:
            return False
        if not all(_is(member, kind) for member in members):
            return False
        if self.type == "months" and not all(member in range(1, 13) for member in members):
            return False  # a setting of numbers holds floats: 4.0 is April, 4.5 no month
        return not self.one_of or all(member in self.one_of for member in members)


@dataclass(frozen=True)
class Rule:
    """One question that can be put to a register.

    Attributes:
        name: ``family.check``.
        run: from scene and binding to findings; pure, whole columns at a time.
        subjects: the roles that it speaks of.
        needs: roles without which nothing can be judged.
        step: place in the order of decision on an application (2 bans of aquifer and use, 3 of space, 4 zone and
            well count, 5 headroom, 6 papers, 7 meter and power); 0 for rules that give no permission.
    """

    name: str
    run: Callable[[Scene, Binding], Verdicts]
    subjects: tuple[str, ...]
    needs: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    step: int = 0

    @property
    def family(self) -> str:
        """The part of the name before the dot."""
        return self.name.split(".")[0]

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of this name, or None."""
        return next((one for one in self.parameters if one.name == name), None)


def words(enum: str) -> tuple[str, ...]:
    """The tokens of an enumeration of the register, as the words that a parameter may hold."""
    return tuple(register_schema().enums[enum])


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule by name, family by family."""
    families = import_module(".families", __package__)
    found: dict[str, Rule] = {}
    for module in sorted(info.name for info in iter_modules(families.__path__)):
        for rule in import_module(f"{families.__name__}.{module}").RULES:
            if rule.name in found:
                raise ValueError(f"two rules are called {rule.name}")
            found[rule.name] = rule
    return MappingProxyType(found)


def _is(value: object, kind: str) -> bool:
    if kind == "bool" or isinstance(value, bool):
        return isinstance(value, bool) and kind == "bool"
    if kind == "number":
        return isinstance(value, (int, float)) and math.isfinite(value)
    if kind == "integer":
        return isinstance(value, int)
    return isinstance(value, date if kind == "date" else str)
