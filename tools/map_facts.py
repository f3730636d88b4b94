"""What the map picture says beside the map: read from the case file alone, put into words in one of two languages."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[1] / "resources"
OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")
MARKS = {"fail": "✕", "review": "?", "not_evaluated": "○", "exempt": "◇", "pass": "●"}

WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "title": "{city}地下水超采区机井核查图",
        "subtitle": "依据：{number}《{title}》　数据截止：{as_of}",
        "invented": "虚构数据",
        "invented_note": "仅供演示，不对应真实地点",
        "legend": "图例",
        "wells": "机井（按结论）",
        "pairs": "减二更一配对",
        "zones": "地下水超采区与管控分区",
        "irrigation": "灌溉地块",
        "units": "界线",
        "scenery": "底图",
        "ledger": "减二更一收支（解读{reading}，自{baseline}起）",
        "ledger_head": "区县|封填|更新|预留|应减|缺口|尚可更新|结论",
        "retirement": "退减灌溉面积（至{year}年，亩）",
        "retirement_head": "单元|目标|退减|复灌|净退减|差额|结论",
        "counts": "机井共{n}眼：{parts}。",
        "absent": "其中{n}眼未落位，不在图上。",
        "comma": "、",
        "foot": "坐标系：{crs}　比例尺 1:{scale}　政策版本 {version}　运行 {run}",
        "scale_unit": "千米",
        "north": "北",
        "unassigned": "未归属",
    },
    "en": {
        "title": "Wells of {city} against the over-extraction plan",
        "subtitle": "By {number}, {title} · data as of {as_of}",
        "invented": "INVENTED DATA",
        "invented_note": "for demonstration; no real place",
        "legend": "Legend",
        "wells": "Wells by outcome",
        "pairs": "Reduce two, renew one: pairs",
        "zones": "Over-extraction and control zones",
        "irrigation": "Irrigation areas",
        "units": "Borders",
        "scenery": "Scenery",
        "ledger": "Reduce two, renew one (reading {reading}, since {baseline})",
        "ledger_head": "County|Sealed|Renewed|Reserved|Required|Deficit|Further|Outcome",
        "retirement": "Irrigated land retired by {year}, mu",
        "retirement_head": "Unit|Target|Retired|Restored|Net|Gap|Outcome",
        "counts": "{n} wells: {parts}.",
        "absent": "{n} of them have no usable place and are not on the map.",
        "comma": ", ",
        "foot": "Projection: {crs} · scale 1:{scale} · policy version {version} · run {run}",
        "scale_unit": "km",
        "north": "N",
        "unassigned": "unassigned",
    },
}


@dataclass(frozen=True)
class Facts:
    """Figures and words of one case file.

    Attributes:
        names: names of units by id, in the language of the picture where the policy knows it.
        ledger, retirement: rows of the tables under the map, the last cell an outcome token.
        counts: wells by worst outcome; absent: wells without a usable place.
    """

    words: dict[str, str]
    names: dict[str, str]
    city: str
    number: str
    title: str
    as_of: str
    version: str
    run: str
    reading: str
    baseline: str
    year: str
    invented: bool
    ledger: list[list[str]]
    retirement: list[list[str]]
    counts: dict[str, int]
    absent: int
    outcomes: dict[str, str]


def read_facts(case: Path, language: str) -> Facts:
    """Everything the picture tells, from the last run of the case file.

    Raises:
        ValueError: the case file holds no run yet.
    """
    with closing(sqlite3.connect(f"{case.resolve().as_uri()}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        run = db.execute("SELECT * FROM runs ORDER BY fid DESC LIMIT 1").fetchone()
        if run is None:
            raise ValueError(f"{case.name} holds no run yet: run overdraft:enforce first")
        manifest = json.loads(run["manifest"])
        policy, names = _policy(run["policy_id"], language)
        stored = db.execute("SELECT unit_id, name FROM units WHERE level IN ('prefecture', 'county')")
        names = {**{row["unit_id"]: row["name"] for row in stored}, **names}
        counts = dict(
            tuple(row) for row in db.execute("SELECT outcome, count(*) FROM wells GROUP BY outcome")
        )
        absent = db.execute("SELECT count(*) FROM wells WHERE NOT placed").fetchone()[0]
        marked = db.execute("SELECT count(*) FROM zones WHERE doc_no LIKE '虚构%'").fetchone()[0]
        ledger = db.execute(
            "SELECT * FROM ledger_balance WHERE instr(pool_id, '/') = 0 ORDER BY fid"
        ).fetchall()
        retirement = db.execute("SELECT * FROM retirement_balance WHERE level <> '' ORDER BY fid").fetchall()
    words = WORDS[language]
    replacement = manifest.get("replacement", {})
    return Facts(
        words=words,
        names=names,
        city=names.get(policy.get("city_id", ""), policy.get("title", run["policy_id"])),
        number=policy.get("number", ""),
        title=policy.get("title" if language == "zh" else "title_en", run["policy_id"]),
        as_of=str(run["as_of"])[:10],
        version=run["policy_version"],
        run=run["run_id"],
        reading=replacement.get("reading", ""),
        baseline=str(replacement.get("baseline", "")),
        year=str(retirement[0]["target_year"]) if retirement else "",
        invented=bool(manifest.get("invented")) or marked > 0,
        ledger=[
            _ledger_row(row, names, words)
            for row in ledger
            if row["pool_id"] != "unassigned" or row["sealed"]
        ],
        retirement=[_retirement_row(row, names) for row in retirement if row["target_mu"] is not None],
        counts={outcome: counts.get(outcome, 0) for outcome in OUTCOMES},
        absent=absent,
        outcomes=_outcome_labels(language),
    )


def _policy(policy_id: str, language: str) -> tuple[dict, dict[str, str]]:
    """Identity of a policy that ships with the plugin and the names of its units; empty for a user's own file."""
    path = RESOURCES / f"policies/{policy_id}.toml"
    if not path.is_file():
        return {}, {}
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    label = "name" if language == "zh" else "name_en"
    return document["policy"], {
        unit["id"]: unit.get(label, unit["name"]) for unit in document.get("units", [])
    }


def _ledger_row(row: sqlite3.Row, names: dict[str, str], words: dict[str, str]) -> list[str]:
    name = (
        words["unassigned"] if row["pool_id"] == "unassigned" else names.get(row["pool_id"], row["pool_name"])
    )
    figures = ("sealed", "renewed", "reserved", "required", "deficit", "further")
    return [name, *(_whole(row[figure]) for figure in figures), row["outcome"]]


def _retirement_row(row: sqlite3.Row, names: dict[str, str]) -> list[str]:
    figures = ("target_mu", "retired_mu", "restored_mu", "net_mu", "gap_mu")
    return [
        names.get(row["unit_id"], row["name"]),
        *(_whole(row[figure]) for figure in figures),
        row["outcome"],
    ]


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _outcome_labels(language: str) -> dict[str, str]:
    results = tomllib.loads((RESOURCES / "results.toml").read_text(encoding="utf-8"))
    return {token: label[language] for token, label in results["enums"]["outcome"].items()}
