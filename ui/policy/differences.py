"""What the entries of a comparison of two policies are called: a code never stands without its words."""

from __future__ import annotations

from collections.abc import Callable

from ...core.policy import Policy, PolicyLine
from ...core.report.basis import parameter_label
from ...core.schema import register_schema
from ...processing.texts import ui_language
from . import texts

_ENUMS = {"level": "unit_level", "severity": "severity", "control": "control", "aquifer": "aquifer"}
"""Values that the register has words for."""
_PLACES = ("parent_id", "city_id", "unit_id", "basin", "county", "regiment")
_ITEMS = ("part_of", "reading_items")


class Names:
    """Words for the lines of a comparison.

    Args:
        policies: both sides; the first one names what both have.
    """

    def __init__(self, *policies: Policy) -> None:
        self._policies = policies
        self.words = texts.words_of(policies[0])

    def told(self, line: PolicyLine) -> tuple[str, ...]:
        """The cells of a line."""
        before = "" if line.change == "added" else self.value(line, line.before)
        after = "" if line.change == "gone" else self.value(line, line.after)
        field = self.field(line)
        return texts.section(line.section), self.entry(line), field, texts.change(line.change), before, after

    def field(self, line: PolicyLine) -> str:
        """Which of the values of an entry."""
        if line.section == "rules" and line.field not in ("", "on"):
            return parameter_label(line.field, self.words)
        return texts.field(line.field) if line.field else ""

    def entry(self, line: PolicyLine) -> str:
        """What a line is about, its code in brackets behind it."""
        first, _, rest = line.entry.partition(" ")
        if line.section == "settings":
            return self._of_settings(first)
        if line.section == "targets":
            year, _, place = rest.partition(" ")
            return " · ".join(filter(None, (self.item(first), year, self._place(place))))
        if line.section == "rules":
            return f"{self.words.rule(rest)} · {first} ({rest})"
        if line.section == "units":
            return f"{self._place(first)} ({first})"
        if line.section == "items":
            return f"{self.item(first)} ({first})"
        if line.section == "zones":
            return f"{self._place(rest)} · {first} ({rest})"
        if line.section == "authorities":
            purpose, *places = rest.split(" ")
            return " · ".join((texts.named("purpose", purpose), first, *map(self._place, places)))
        return line.entry

    def value(self, line: PolicyLine, value: object) -> str:
        """A value in words."""
        if line.section == "rules":
            return self._given(line.field, value)
        if line.section == "settings" and line.field in ("", "value", "allowed", "suggested"):
            return texts.chosen(value, self.words)
        if not isinstance(value, (str, tuple)) or not value:
            return texts.value(value)
        words = _WORDS.get(line.field or _FIRST.get(line.section, ""))
        if words is None:
            return texts.value(value)
        members = value if isinstance(value, tuple) else (value,)
        return "; ".join(words(self, one) for one in members)

    def _given(self, name: str, value: object) -> str:
        """A value of a rule, or the setting that it comes from."""
        arrow, _, key = value.partition(" ") if isinstance(value, str) else ("", "", "")
        if arrow == "←":
            return f"← {self._of_settings(key)}"
        return texts.parameter(name, value, self.words)

    def _of_settings(self, key: str) -> str:
        for policy in self._policies:
            if key in policy.settings:
                return f"{policy.settings[key].label(ui_language())} ({key})"
        return key

    def item(self, name: str) -> str:
        """A quantity by its id."""
        for policy in self._policies:
            if name in policy.items:
                return policy.items[name].label(ui_language())
        return name

    def _place(self, unit_id: str) -> str:
        for policy in self._policies:
            name = policy.unit_name(unit_id, ui_language()) if unit_id else ""
            if name and name != unit_id:
                return name
        return unit_id

    def place(self, unit_id: str) -> str:
        """A place with its id."""
        name = self._place(unit_id)
        return name if name == unit_id else f"{name} ({unit_id})"


def _enum(name: str) -> Callable[[Names, str], str]:
    return lambda names, token: register_schema().label(name, token, ui_language())


_WORDS: dict[str, Callable[[Names, str], str]] = {
    "kind": lambda names, token: texts.kind(token),
    "force": lambda names, token: texts.force(token),
    "evaluation": lambda names, token: texts.evaluation(token),
    "source": lambda names, token: texts.origin(token),
    "confidence": lambda names, token: texts.origin(token),
    "type": lambda names, token: texts.named("type", token),
    "purpose": lambda names, token: texts.named("purpose", token),
    "unit": lambda names, token: names.words.unit(token),
    "limit": lambda names, token: texts.parameter("at", token, names.words),
    **{name: _enum(enum) for name, enum in _ENUMS.items()},
    **dict.fromkeys(_PLACES, Names.place),
    **dict.fromkeys(_ITEMS, Names.item),
}
"""How the values of a field are told; those of other fields stand as they are."""

_FIRST = {"zones": "severity"}
"""The field whose value stands for a whole entry that came or went, where it is a token."""
