"""The texts of the product: complete in both languages, every key that is spoken exists, every key is spoken.

Keys are found in the syntax trees of the code: in ``message_key=`` and ``reason_key=``, in ``OverdraftError(…)`` and
``render(…)``. A key that is put together (``"replacement.credit." + reason``, an f-string) is a pattern: it must fit a
key, and what stands in for the variable part must be a word of the code.
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import pytest

from overdraft.core.messages import FOLDER, LANGUAGES, catalogue, placeholders, render
from overdraft.core.rules.registry import all_rules

ROOT = Path(__file__).resolve().parents[1]
CODE = ("core", "processing", "plugin", "ui")
FAMILIES = sorted(path.stem for path in FOLDER.glob("*.toml"))
KEY = re.compile(rf"({'|'.join(FAMILIES)})(\.[A-Za-z0-9_]+)+")
SINK_KEYWORDS = {"message_key", "remedy_key", "why_key", "reason_key", "key"}
SINK_CALLS = {"OverdraftError", "render", "cannot"}
ASKING_CALLS = {"value", "setting", "cannot"}
"""Their first word is the key of a setting, or they speak for themselves."""
VARIABLE = r"([\w./]+)"


@dataclass
class Spoken:
    """`exact`: key to the places that speak it. `patterns`: put-together keys from the places that speak.
    `composed`: put-together keys from anywhere. `words`: every string of the code and the report templates."""

    exact: dict[str, set[str]] = field(default_factory=dict)
    patterns: dict[str, set[str]] = field(default_factory=dict)
    composed: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def add(self, keys: set[str], patterns: set[str], place: str) -> None:
        for key in keys:
            self.exact.setdefault(key, set()).add(place)
        for pattern in patterns:
            self.patterns.setdefault(pattern, set()).add(place)


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def parts_of(node: ast.AST) -> list[str]:
    """What a put-together key consists of: an f-string, a sum of texts or columns, or ``np.char.add``."""
    if isinstance(node, ast.Constant):
        return [re.escape(str(node.value))]
    if isinstance(node, ast.JoinedStr):
        return [part for value in node.values for part in parts_of(value)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return parts_of(node.left) + parts_of(node.right)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.char.add":
        return [part for arg in node.args for part in parts_of(arg)]
    return [VARIABLE]


def pattern_of(node: ast.AST) -> str | None:
    """The regular expression of a put-together key, None for any other expression."""
    if not isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Call)):
        return None
    parts = parts_of(node)
    start = re.match(rf"({'|'.join(FAMILIES)})\\\.[A-Za-z0-9_.\\]*", parts[0])
    return "".join(parts) if start and VARIABLE in parts else None


@cache
def assigned(scope: ast.AST) -> dict[str, list[ast.AST]]:
    """What is assigned to each name anywhere in a scope."""
    values: dict[str, list[ast.AST]] = {}
    for node in ast.walk(scope):
        for target in node.targets if isinstance(node, ast.Assign) else []:
            for name in {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}:
                values.setdefault(name, []).append(node.value)
    return values


def keys_in(node: ast.AST, scope: ast.AST, seen: frozenset[str] = frozenset()) -> tuple[set[str], set[str]]:
    """Exact keys and patterns in an expression; local names are followed to what was assigned to them."""
    pattern = pattern_of(node)
    if pattern:
        return set(), {pattern}
    if isinstance(node, ast.Constant):
        return (
            ({node.value}, set())
            if isinstance(node.value, str) and KEY.fullmatch(node.value)
            else (set(), set())
        )
    if isinstance(node, ast.Call) and called(node) in ASKING_CALLS:
        return set(), set()
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Name) and node.id not in seen:
        seen = seen | {node.id}
        children += assigned(scope).get(node.id, [])
    found = [keys_in(child, scope, seen) for child in children]
    return set().union(*(keys for keys, _ in found)), set().union(*(patterns for _, patterns in found))


def spoken_by(node: ast.AST, positions: dict[str, int]) -> list[ast.AST]:
    """The expressions in which a node hands over a message key."""
    if isinstance(node, ast.Dict):
        named = zip(node.keys, node.values, strict=True)
        return [v for k, v in named if isinstance(k, ast.Constant) and k.value in SINK_KEYWORDS]
    if not isinstance(node, ast.Call):
        return []
    found = [keyword.value for keyword in node.keywords if keyword.arg in SINK_KEYWORDS]
    name = called(node)
    if name in SINK_CALLS or (name == "__init__" and node.args):
        found += node.args[:1]
    if name in positions and len(node.args) > positions[name]:
        found.append(node.args[positions[name]])
    return found


@lru_cache(maxsize=1)
def spoken() -> Spoken:
    result = Spoken()
    paths = [path for folder in CODE for path in sorted((ROOT / folder).rglob("*.py"))]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    functions = [
        node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    ]
    positions = {}
    for function in functions:
        names = [arg.arg for arg in function.args.args if arg.arg != "self"]
        if "message_key" in names:
            positions[function.name] = names.index("message_key")
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                result.words |= {node.value, node.value.removesuffix(".")}  # "warning." begins a key
            pattern = pattern_of(node)
            if pattern:
                result.composed.add(pattern)
        for scope in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)] or [tree]:
            for node in ast.walk(scope):
                for expression in spoken_by(node, positions):
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    result.add(*keys_in(expression, scope), place)
    for template in (ROOT / "resources" / "report").rglob("*"):
        if template.is_file() and template.suffix in (".html", ".j2", ".jinja"):
            text = template.read_text(encoding="utf-8")
            quoted = re.findall(r"\"([A-Za-z0-9_.]+)\"|'([A-Za-z0-9_.]+)'", text)
            result.words.update(one or other for one, other in quoted)
    for policy in (ROOT / "resources" / "policies").glob("*.toml"):  # units and choices are data
        result.words.update(re.findall(r"\"([^\"\s]+)\"", policy.read_text(encoding="utf-8")))
    return result


def is_spoken(key: str, code: Spoken) -> bool:
    if (
        key in code.words or key.removesuffix("_remedy") in code.words
    ):  # what to do stands beside what is wrong
        return True
    if key.startswith("report.rule."):  # of a rule, or of a check of a rule
        key = key.removeprefix("report.rule.")
        rule, _, check = key.rpartition(".")
        if (rule in code.words and check in code.words) or key in code.words:
            return True
    lazy = [pattern.replace("+)", "+?)") for pattern in code.composed]  # "a_b_c" is a and b_c as well
    for pattern in [*code.composed, *lazy]:
        match = re.fullmatch(pattern, key)
        if match and all(is_said(group, code.words) for group in match.groups()):
            return True
    return False


def is_said(text: str, words: set[str]) -> bool:
    """True if a variable part is a word of the code, or several joined by ``.`` or ``_``, the sign with either."""
    if text in words or ("." in text and all(is_said(part, words) for part in text.split("."))):
        return True
    cuts = [cut for cut, letter in enumerate(text) if letter == "_"]
    return any(
        {text[:cut], text[: cut + 1]} & words and {text[cut:], text[cut + 1 :]} & words for cut in cuts
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_holds_only_its_own_keys(family):
    """Beside them at most the labels of its rules in the report. The papers share a family over several files."""
    with (FOLDER / f"{family}.toml").open("rb") as stream:
        texts = tomllib.load(stream)
    labels = texts.pop("report", {}) if family != "report" else {}
    assert list(texts) == ["papers" if family.startswith("papers_") else family]
    assert set(labels) <= {"rule"}


@pytest.mark.parametrize("rule", sorted(all_rules()))
def test_every_rule_has_a_label_in_the_report(rule):
    assert f"report.rule.{rule}" in catalogue()


def test_every_key_has_both_languages_with_the_same_placeholders():
    wrong = {
        key: texts
        for key, texts in catalogue().items()
        if set(texts) != set(LANGUAGES) or placeholders(texts["en"]) != placeholders(texts["zh"])
    }
    assert wrong == {}


def test_every_text_is_in_its_language():
    for key, texts in catalogue().items():
        assert texts["en"].strip() == texts["en"] != "", key
        assert texts["zh"].strip() == texts["zh"] != "", key
        letters = re.sub(r"\{[a-z_0-9]+\}", "", texts["zh"])
        assert any("\u4e00" <= letter <= "\u9fff" for letter in letters) or not re.search(
            "[a-z]{4}", letters
        ), key
        # Braces that are no placeholder would reach the reader.
        for text in texts.values():
            assert not re.search(r"\{[^ {}]*\}", re.sub(r"\{[a-z_0-9]+\}", "", text)), key


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_text_takes_its_values(key):
    for language in LANGUAGES:
        names = placeholders(catalogue()[key][language])
        sentence = render(key, {name: f"<{name}>" for name in names}, language)
        assert all(f"<{name}>" in sentence for name in names)


def test_every_key_that_the_code_speaks_exists():
    missing = {key: sorted(places) for key, places in spoken().exact.items() if key not in catalogue()}
    assert missing == {}
    unmatched = {
        pattern: sorted(places)
        for pattern, places in spoken().patterns.items()
        if not any(re.fullmatch(pattern, key) for key in catalogue())
    }
    assert unmatched == {}


def test_every_key_that_exists_is_spoken():
    unspoken = [key for key in catalogue() if not is_spoken(key, spoken())]
    assert unspoken == []


def test_the_search_sees_the_ways_of_speaking():
    """Guards the two tests above against passing because they find nothing."""
    source = """
def f(reason, flag):
    key = "register.a" if flag else "register.b"
    judge(message_key=key)
    judge(message_key="register.c." + reason)
    raise OverdraftError(f"register.{reason}.d", found=1)
"""
    tree = ast.parse(source)
    scope = tree.body[0]
    found = [keys_in(e, scope) for node in ast.walk(scope) for e in spoken_by(node, {})]
    assert set().union(*(keys for keys, _ in found)) == {"register.a", "register.b"}
    patterns = set().union(*(patterns for _, patterns in found))
    assert patterns == {rf"register\.c\.{VARIABLE}", rf"register\.{VARIABLE}\.d"}
    assert "register.column_missing" in spoken().exact
    assert "register.value" in spoken().exact
