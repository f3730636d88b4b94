"""Every shipped document end to end by ``tools/qgis_process``, in both languages, on the sample moved into its area."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from overdraft.core.policy import load_policy

from .conftest import ROOT
from .test_batch import rows

pytestmark = pytest.mark.long

SAMPLE = ROOT / "sample_layers/sample.gpkg"
HOME = ("650402", "高昌区")
"""The county of the sample that becomes one of the document's own."""
DOCUMENTS = ("turpan-2021", "toli-2024", "hangjin-2023", "yengisar-2020", "kunyu-2025", "national")
OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")
RAW = re.compile(r"\b(?:message|label)s?\.[a-z_]+\.[a-z_]+|\{[a-z_]+\}|\bNone\b|\bnan\b")
"""What a text that nobody translated or filled in leaves behind."""
TOKEN = re.compile(r"[\u4e00-\u9fff]+(?<!查得)：[a-z_]{3,}(?=[。；、])")
"""A token of the code where a Chinese page shows a value; the tables that hold the figures go by their names."""


@pytest.fixture(scope="session", params=DOCUMENTS)
def moved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A document, and the sample with the code and the name of one county replaced by those of its first."""
    policy = load_policy(request.param)
    own = next(((unit.id, unit.name) for unit in policy.units if unit.level == "county"), HOME)
    target = tmp_path_factory.mktemp("moved") / "register.gpkg"

    def rename(value: object) -> object:
        return value.replace(HOME[0], own[0]).replace(HOME[1], own[1]) if isinstance(value, str) else value

    for name, _ in pyogrio.list_layers(SAMPLE):
        if name.startswith("scenery_"):
            continue
        table = pyogrio.read_dataframe(SAMPLE, layer=name)
        for column in table.select_dtypes(object):
            table[column] = table[column].map(rename)
        pyogrio.write_dataframe(pd.DataFrame(table) if "geometry" not in table else table, target, layer=name)
    return request.param, target


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_document_from_layers_to_report(
    batch, moved: tuple[str, Path], language: str, tmp_path: Path
) -> None:
    name, register = moved
    case, report = tmp_path / "case.gpkg", tmp_path / "report.html"
    layers = [f"{layer.upper()}={register}|layername={layer}" for layer, _ in pyogrio.list_layers(register)]
    done = batch(
        *("--json", "run", "overdraft:enforce", "--", f"POLICY={name}", "AS_OF=2026-03-31"),
        *(f"LANGUAGE={language}", *layers, f"OUTPUT={case}", f"REPORT={report}"),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(done.stdout)["results"]
    stored = dict(rows(case, "SELECT outcome, COUNT(*) FROM wells GROUP BY outcome"))
    assert {one: results[f"N_{one.upper()}"] for one in OUTCOMES} == {
        one: stored.get(one, 0) for one in OUTCOMES
    }
    assert sum(stored.values()) == rows(SAMPLE, "SELECT COUNT(*) FROM wells")[0][0]
    page = report.read_text(encoding="utf-8")
    policy = load_policy(name)
    missing = [
        clause for clause in policy.clauses if not re.search(rf"(?<![\w.-]){re.escape(clause)}(?!\w)", page)
    ]
    assert missing == []
    spoken = html.unescape(re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", " ", page, flags=re.S))
    assert RAW.findall(spoken) == []
    assert TOKEN.findall(spoken) == []
    foreign = {clause for (clause,) in rows(case, "SELECT DISTINCT clause FROM findings")} - set(
        policy.clauses
    )
    assert foreign <= {""}
