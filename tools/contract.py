"""Write what the code knows into docs/contract.md and the local help pages.

    .venv/bin/python tools/contract.py          bring both up to date
    .venv/bin/python tools/contract.py check    fail if one of them is out of date

docs/contract.md is prose by hand around sections that stand between ``<!-- generated: NAME -->`` and
``<!-- /generated -->``; only those are written here, from resources/register.toml, resources/results.toml and the
algorithms themselves.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "docs/contract.md"
SECTION = re.compile(r"(<!-- generated: ([^>]+?) -->\n).*?(<!-- /generated -->)", re.DOTALL)

if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from overdraft.core.schema import Role, Schema, register_schema, results_schema  # noqa: E402


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [list(head), *map(list, rows)]
    cells = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    marked = [f"| {' | '.join(line)} |" for line in cells]
    marked.insert(1, "|" + "---|" * len(lines[0]))
    return "\n".join(marked) + "\n"


def fields_of(role: Role, schema: Schema) -> str:
    """The fields of a role or result table."""
    rows = []
    for field in role.fields.values():
        values = ", ".join(schema.enums[field.enum]) if field.enum and field.enum != "role" else ""
        notes = [values, "list joined by `;`" if field.many else "", "JSON" if field.json else ""]
        notes.append("personal data" if field.personal else "")
        star = " \\*" if field.required else ""
        rows.append(
            (
                f"`{field.name}`{star}",
                field.type,
                field.unit,
                field.en,
                field.zh,
                "; ".join(filter(None, notes)),
            )
        )
    return table(("field", "type", "unit", "English", "中文", "values, notes"), rows)


def roles() -> str:
    """Every role of the register with its fields."""
    schema = register_schema()
    parts = []
    for name, role in schema.roles.items():
        parts.append(
            f"#### `{name}` · {role.en} · {role.zh}\n\nGeometry: {role.geometry}.\n\n{fields_of(role, schema)}"
        )
    return "\n".join(parts)


def result_table(name: str) -> str:
    """One result table with its fields."""
    schema = results_schema()
    return fields_of(schema.roles[name], schema)


def words(name: str) -> str:
    """The tokens of an enumeration with their labels."""
    values = results_schema().enums[name]
    return table(
        ("token", "English", "中文"), ((f"`{key}`", item.en, item.zh) for key, item in values.items())
    )


def algorithms() -> str:
    """Every algorithm with its parameters and outputs."""
    parts = []
    for algorithm in instances():
        parameters = [
            parameter_row(item) for item in algorithm.parameterDefinitions() if not item.isDestination()
        ]
        outputs = [output_row(algorithm, item) for item in algorithm.outputDefinitions()]
        parts.append(
            f"### `{algorithm.name()}` · {algorithm.help().title}\n\n"
            f"Group `{algorithm.groupId()}`.\n\n"
            f"{table(('parameter', 'kind', 'default', 'allowed', 'meaning'), parameters)}\n"
            f"{table(('output', 'kind', 'optional', 'fields', 'meaning'), outputs)}"
        )
    return "\n".join(parts)


def instances() -> list:
    """Our algorithms, ready to be asked."""
    from overdraft.processing.provider import ALGORITHMS

    return [kind().create() for kind in ALGORITHMS]


def parameter_row(parameter: object) -> tuple[str, ...]:
    """Name, kind, default, what is allowed, and meaning of an input."""
    from qgis.core import QgsProcessingParameterDefinition as Definition

    kind = parameter.type()
    allowed = ", ".join(parameter.options()) if kind == "enum" else ""
    if parameter.flags() & Definition.Flag.FlagAdvanced:
        kind += ", advanced"
    default = parameter.defaultValue()
    return (
        f"`{parameter.name()}`",
        kind,
        "" if default is None else f"{default:g}",
        allowed,
        parameter.help(),
    )


def output_row(algorithm: object, output: object) -> tuple[str, ...]:
    """Name, kind, whether it may be left out, table and meaning of an output."""
    from qgis.core import QgsProcessingParameterDefinition as Definition

    declared = algorithm.parameterDefinition(output.name())
    optional = declared is not None and bool(declared.flags() & Definition.Flag.FlagOptional)
    texts = algorithm.help()
    fields = texts.tables.get(output.name(), "")
    kind = {"outputVector": "layer", "outputFile": "file", "outputHtml": "page", "outputNumber": "number"}
    kind["outputString"] = "text"
    return (
        f"`{output.name()}`",
        kind.get(output.type(), output.type()),
        "yes" if optional else "no",
        f"`{fields}`" if fields else "",
        texts.outputs[output.name()],
    )


def section(name: str) -> str:
    """The text of one generated section."""
    kind, _, what = name.partition(" ")
    makers = {"roles": roles, "algorithms": algorithms}
    if kind in makers:
        return makers[kind]()
    return {"table": result_table, "words": words}[kind](what)


def contract(text: str) -> str:
    """``text`` of docs/contract.md with every generated section brought up to date."""
    return SECTION.sub(lambda found: f"{found[1]}\n{section(found[2])}\n{found[3]}", text)


def documents() -> dict[Path, str]:
    """Every file that is written here, with the content it should have."""
    from helppages import help_pages, speak

    speak("en")
    made = {CONTRACT: contract(CONTRACT.read_text(encoding="utf-8"))}
    return made | help_pages(instances)


def main() -> None:
    """Write or check."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication

    application = QgsApplication([], False)
    application.initQgis()
    stale = []
    for path, text in documents().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if sys.argv[1:] != ["check"]:
            path.write_text(text, encoding="utf-8")
    if stale and sys.argv[1:] == ["check"]:
        sys.exit(f"contract: FAILED: out of date: {', '.join(stale)}. Run tools/contract.py")
    print(f"contract: {', '.join(stale) if stale else 'nothing'} changed")


if __name__ == "__main__":
    main()
