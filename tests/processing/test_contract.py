"""docs/contract.md and the help pages say what the program does, no more and no less."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import overdraft
from overdraft.core.schema import register_schema, results_schema
from overdraft.processing.parameters import AREA_BASES

ROOT = Path(overdraft.__file__).resolve().parent
TEXT = (ROOT / "docs/contract.md").read_text(encoding="utf-8")
GENERATED = re.compile(r"<!-- generated: ([^>]+?) -->\n(.*?)<!-- /generated -->", re.DOTALL)


@pytest.fixture(scope="module")
def tool(provider):
    sys.path.insert(0, str(ROOT / "tools"))
    import contract
    from qgis.core import QgsApplication

    before = QgsApplication.locale
    yield contract
    QgsApplication.locale = before
    sys.path.remove(str(ROOT / "tools"))


def test_generated_parts_and_help_pages_are_up_to_date(tool):
    for path, text in tool.documents().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run tools/contract.py"


def cells(text, column):
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| `")]
    return [row[column].strip().strip("\\* ").strip("`") for row in rows]


def test_every_parameter_and_output_is_documented_and_the_other_way_round(provider):
    section = dict(GENERATED.findall(TEXT))["algorithms"]
    documented = {}
    for part in re.split(r"^### ", section, flags=re.MULTILINE)[1:]:
        documented[re.match(r"`(\w+)`", part)[1]] = cells(part, 0)
    actual = {}
    for algorithm in provider.algorithms():
        made = algorithm.create()
        inputs = [item.name() for item in made.parameterDefinitions() if not item.isDestination()]
        actual[made.name()] = inputs + [item.name() for item in made.outputDefinitions()]
    assert documented == actual


def test_every_result_table_and_field_is_documented_and_the_other_way_round():
    documented = {
        name.removeprefix("table "): cells(text, 0)
        for name, text in GENERATED.findall(TEXT)
        if name.startswith("table ")
    }
    assert documented == {name: list(role.fields) for name, role in results_schema().roles.items()}


def test_every_role_and_field_is_documented_and_the_other_way_round():
    section = dict(GENERATED.findall(TEXT))["roles"]
    documented = {
        re.match(r"`(\w+)`", part)[1]: cells(part, 0)
        for part in re.split(r"^#### ", section, flags=re.MULTILINE)[1:]
    }
    assert documented == {name: list(role.fields) for name, role in register_schema().roles.items()}


def test_names_in_the_prose_exist(provider):
    prose = GENERATED.sub("", TEXT)
    parameters = {
        item.name() for algorithm in provider.algorithms() for item in algorithm.parameterDefinitions()
    }
    capitals = set(re.findall(r"`([A-Z][A-Z_]{2,})`", prose))
    assert capitals <= parameters | {"YYYY"}, capitals - parameters
    fields = {
        name
        for schema in (register_schema(), results_schema())
        for role in schema.roles.values()
        for name in role.fields
    }
    words = {token for values in results_schema().enums.values() for token in values}
    roles = {*register_schema().roles, *results_schema().roles}
    algorithms = {algorithm.name() for algorithm in provider.algorithms()}
    others = {"from_policy", "unassigned", "user_version", "fid", "fid_1", "generated", "overdraft", "row_id"}
    known = fields | words | roles | algorithms | others | {*AREA_BASES}
    lower = set(re.findall(r"`([a-z][a-z_0-9]{2,})`", prose))
    assert lower <= known, lower - known
