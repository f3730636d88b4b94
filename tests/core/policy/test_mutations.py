"""Whatever somebody does to a policy file, the reader answers with a message that names the key, or reads it."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.messages import render
from overdraft.core.policy import Policy
from overdraft.core.policy.build import build_policy
from overdraft.core.policy.shape import POLICY_FILE, Shape, Where
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.policy_arithmetic import policy_findings

SHIPPED = Path(__file__).parents[3] / "resources" / "policies" / "turpan-2021.toml"
SMALL = Path(__file__).parents[2] / "data" / "policies" / "small-2024.toml"
OTHERS = ["text", "", 7, -3, Decimal("0.5"), True, date(2024, 1, 2), [], ["x"], [3], {}, {"x": 1}]
STRANGE = [datetime(2024, 1, 2, 3, 4), time(1, 2), Decimal("nan"), Decimal("inf"), Decimal("1e-20"), 10**40]


def parsed(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def paths(node: object, path: tuple = ()) -> Iterator[tuple]:
    """Every key and list position below a node."""
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, member in members:
        yield (*path, name)
        yield from paths(member, (*path, name))


def at(node: object, path: tuple) -> object:
    for step in path:
        node = node[step]
    return node


def shape_at(path: tuple) -> Shape:
    """The shape that rules a place."""
    shape = POLICY_FILE
    for step in path:
        inner = shape.keys.get(step) if shape.keys is not None and isinstance(step, str) else shape.each
        shape = inner or Shape("any")
    return shape


def kind(value: object) -> str:
    return (
        "number"
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        else type(value).__name__
    )


DATA = {path.stem: parsed(path) for path in (SHIPPED, SMALL)}
PLACES = [(name, path) for name, data in DATA.items() for path in paths(data)]


def read(data: dict) -> Policy | OverdraftError:
    """The policy, everything computed from it, or the refusal. Anything else fails the test by itself."""
    try:
        policy = build_policy(data, Where("mine.toml"))
        bindings(policy)
    except OverdraftError as refusal:
        unfilled = [re.search(r"\{[a-z_0-9]+\}", refusal.text(language)) for language in ("en", "zh")]
        return refusal if not any(unfilled) else pytest.fail(str(refusal))
    for check in policy.checks():
        render(check.message_key, check.message_values, "zh")
    if len(policy.sheets) < 5:  # frames take their time
        policy_findings(policy)
    return policy


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(PLACES))
def test_a_dropped_key_is_named_or_was_optional(place):
    name, path = place
    data = copy.deepcopy(DATA[name])
    del at(data, path[:-1])[path[-1]]
    result = read(data)
    required = isinstance(path[-1], str) and shape_at(path[:-1]).keys is not None and shape_at(path).required
    if required:
        assert isinstance(result, OverdraftError)
        assert str(path[-1]) in str(result)
    elif isinstance(result, OverdraftError):
        assert result.values.get("path")


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(OTHERS))
def test_a_value_of_another_type_is_named(place, other):
    name, path = place
    data = copy.deepcopy(DATA[name])
    if kind(at(data, path)) == kind(other):
        return
    at(data, path[:-1])[path[-1]] = other
    result = read(data)
    assert isinstance(result, OverdraftError)
    last = [step for step in path if isinstance(step, str)][-1]
    assert last in str(result)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from([*OTHERS, *STRANGE]))
def test_any_value_gives_a_policy_or_a_refusal(place, other):
    name, path = place
    data = copy.deepcopy(DATA[name])
    at(data, path[:-1])[path[-1]] = other
    result = read(data)
    assert isinstance(result, (Policy, OverdraftError))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), st.text(alphabet="abcxyz_", min_size=1, max_size=6))
def test_an_added_key_is_named(place, extra):
    name, path = place
    data = copy.deepcopy(DATA[name])
    table = at(data, path)
    if (
        not isinstance(table, dict)
        or extra in table
        or shape_at(path).keys is None
        or extra in shape_at(path).keys
    ):
        return
    table[extra] = 1
    result = read(data)
    assert isinstance(result, OverdraftError)
    assert extra in str(result)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([p for p in PLACES if isinstance(at(DATA[p[0]], p[1]), list)]))
def test_a_repeated_row_is_a_refusal_or_harmless(place):
    name, path = place
    data = copy.deepcopy(DATA[name])
    rows = at(data, path)
    rows.extend(copy.deepcopy(rows[:1]))
    result = read(data)
    assert isinstance(result, (Policy, OverdraftError))


@pytest.mark.parametrize("name", list(DATA))
def test_unchanged_files_are_read(name):
    assert isinstance(read(DATA[name]), Policy)
