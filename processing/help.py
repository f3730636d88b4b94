"""Help texts of the algorithms: TOML files in ``resources/help/{en,zh_CN}``, one per algorithm and ``common.toml``."""

from __future__ import annotations

import html
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ..core.schema import results_schema
from .texts import RESOURCES

FOLDERS = {"en": "en", "zh": "zh_CN"}
_HEADINGS = {
    "en": {
        "inputs": "Inputs",
        "outputs": "Outputs",
        "fields": "Fields",
        "method": "Method",
        "limit": "Limit",
        "example": "Example",
    },
    "zh": {
        "inputs": "输入",
        "outputs": "输出",
        "fields": "字段",
        "method": "方法",
        "limit": "限制",
        "example": "示例",
    },
}


@dataclass(frozen=True)
class AlgorithmHelp:
    """What one algorithm says of itself in one language.

    Attributes:
        title: display name. tags: words to find it by.
        description, method, limit, example: paragraphs; the example is one command.
        inputs, outputs: a text per parameter and per output.
        tables: output name → table of ``resources/results.toml`` whose fields it has.
    """

    title: str
    tags: tuple[str, ...]
    description: str
    method: str
    limit: str
    example: str
    inputs: dict[str, str]
    outputs: dict[str, str]
    tables: dict[str, str]
    language: str

    def parameter(self, name: str) -> str:
        """The text of an input or an output parameter; empty when there is none."""
        return self.inputs.get(name) or self.outputs.get(name) or ""

    def page(self, labels: Mapping[str, str]) -> str:
        """The help as HTML; ``labels`` names the inputs and outputs (name → label) in the order of the dialog."""
        heading = _HEADINGS[self.language]
        parts = [_paragraphs(self.description)]
        inputs = [(name, label, self.inputs[name]) for name, label in labels.items() if name in self.inputs]
        outputs = [(name, labels.get(name, ""), text) for name, text in self.outputs.items()]
        parts.append(f"<h3>{heading['inputs']}</h3>{_list(inputs)}")
        parts.append(f"<h3>{heading['outputs']}</h3>{_list(outputs)}")
        for output, table in self.tables.items():
            fields = results_schema().roles[table].fields.values()
            rows = [(field.name, "", field.heading(self.language)) for field in fields]
            parts.append(f"<h4>{heading['fields']}: {output}</h4>{_list(rows)}")
        for part in ("method", "limit"):
            parts.append(f"<h3>{heading[part]}</h3>{_paragraphs(getattr(self, part))}")
        parts.append(f"<h3>{heading['example']}</h3><p><code>{html.escape(self.example.strip())}</code></p>")
        return "".join(parts)


@cache
def algorithm_help(name: str, language: str) -> AlgorithmHelp:
    """The help of the algorithm ``name``; a parameter it does not describe itself is described in ``common.toml``."""
    common = _load("common", language)
    own = _load(name, language)
    return AlgorithmHelp(
        title=own["title"],
        tags=tuple(own["tags"]),
        description=own["description"],
        method=own["method"],
        limit=own["limit"],
        example=own["example"],
        inputs={**common["inputs"], **own.get("inputs", {})},
        outputs=own["outputs"],
        tables=own.get("tables", {}),
        language=language,
    )


def _load(name: str, language: str) -> dict:
    with (RESOURCES / "help" / FOLDERS[language] / f"{name}.toml").open("rb") as handle:
        return tomllib.load(handle)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(part.strip())}</p>" for part in text.strip().split("\n\n"))


def _list(items: Iterable[tuple[str, str, str]]) -> str:
    """Items of name, label (may be empty) and text."""
    rows = []
    for name, label, text in items:
        title = f"<b>{html.escape(label)}</b> <code>{name}</code>" if label else f"<code>{name}</code>"
        rows.append(f"<li>{title}: {html.escape(text)}</li>")
    return f"<ul>{''.join(rows)}</ul>"
