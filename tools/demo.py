"""Run the sample layers through ``overdraft:enforce`` and show what came out.

Makes, in ``build/demo``: the case file, the report in Chinese and in English, a picture of the map, and in ``papers``
the workbook of all tables and the atlas of the counties. Prints, read from the case file alone, the wells by outcome
and the county balances of "reduce two, renew one" and of retirement, then the paths.
"""

from __future__ import annotations

import json
import os
import shlex
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WRAPPER = ROOT / "tools/qgis_process"
SAMPLE = ROOT / "sample_layers/sample.gpkg"
FOLDER = ROOT / "build/demo"
ALGORITHM = "overdraft:enforce"
POLICY = "turpan-2021"
AS_OF = "2026-03-31"
LEDGER = (
    *("pool_name", "reading", "sealed", "pending", "renewed", "reserved", "required", "deficit", "further"),
    *("approvable", "outcome"),
)
RETIREMENT = (
    *("name", "target_year", "target_mu", "retired_mu", "restored_mu", "net_mu", "gap_mu", "period_state"),
    "outcome",
)
OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")


def say(text: str = "") -> None:
    """One plain line."""
    print(text, flush=True)


def run(command: Sequence[str | Path], what: str, **environment: str) -> str:
    """Run a step and return what it printed; on failure show that and stop."""
    words, env = [str(word) for word in command], {**os.environ, **environment}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        sys.exit(f"demo: FAILED: {what} (exit code {done.returncode}):\n{said}")
    return done.stdout


def sample_parameters() -> dict[str, str]:
    """Parameter name to layer, for every sample layer whose name is a parameter of the algorithm."""
    with closing(sqlite3.connect(SAMPLE)) as sample:
        layers = [
            name for (name,) in sample.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")
        ]
    described = json.loads(
        run([WRAPPER, "--json", "help", ALGORITHM], f"asking for the parameters of {ALGORITHM}")
    )
    known = set(described["parameters"])
    source = SAMPLE.relative_to(ROOT)
    return {name.upper(): f"{source}|layername={name}" for name in layers if name.upper() in known}


def enforce(layers: dict[str, str], language: str) -> tuple[Path, Path]:
    """One run of the whole flow; returns the case file and the report."""
    case, report = FOLDER / f"case_{language}.gpkg", FOLDER / f"report_{language}.html"
    if language == "zh":
        case = FOLDER / "case.gpkg"
    values = {"POLICY": POLICY, "AS_OF": AS_OF, **layers, "LANGUAGE": language}
    values |= {"OUTPUT": str(case.relative_to(ROOT)), "REPORT": str(report.relative_to(ROOT))}
    words = [f"{name}={value}" for name, value in values.items()]
    say("  tools/qgis_process run overdraft:enforce -- " + " ".join(shlex.quote(word) for word in words))
    for old in (case, report):
        old.unlink(missing_ok=True)
    start = time.perf_counter()
    profile = ROOT / f"build/profile_{language}"  # the two runs go side by side
    run([WRAPPER, "run", ALGORITHM, "--", *words], ALGORITHM, OVERDRAFT_PROFILE=str(profile))
    say(f"  {language}: done in {time.perf_counter() - start:.0f} s, start of QGIS included")
    return case, report


def papers(case: Path) -> Path:
    """The tables and the county atlas of the case, in Chinese; returns their folder."""
    folder = FOLDER / "papers"
    folder.mkdir(exist_ok=True)
    common = [f"CASE={case.relative_to(ROOT)}", f"OUTPUT={folder.relative_to(ROOT)}", "LANGUAGE=zh"]
    asked = {"exporttables": ["FORMATS=xlsx"], "exportmaps": ["MAPS=county_atlas"]}
    with ThreadPoolExecutor() as runs:
        done = []
        for name, words in asked.items():
            command = [WRAPPER, "run", f"overdraft:{name}", "--", *common, *words]
            profile = str(ROOT / f"build/profile_{name}")
            done.append(runs.submit(run, command, name, OVERDRAFT_PROFILE=profile))
        for one in done:
            one.result()
    return folder


def width(text: str) -> int:
    """Columns that a terminal needs for the text: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], texts: int = 1) -> None:
    """Print a table; the first ``texts`` columns and the last one are texts and stand left."""
    cells = [list(head), *([shown(value) for value in row] for row in rows)]
    widths = [max(width(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        padded = []
        for column, cell in enumerate(row):
            space = " " * (widths[column] - width(cell))
            left = column < texts or column == len(row) - 1
            padded.append(cell + space if left else space + cell)
        say("  " + "  ".join(padded).rstrip())
    say()


def shown(value: object) -> str:
    """A cell: whole numbers with separators, areas without decimals, nothing for empty."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)


def show(case: Path) -> None:
    """The short table, read from the case file alone."""
    with closing(sqlite3.connect(f"file:{case}?mode=ro", uri=True)) as db:
        counts = dict(db.execute("SELECT outcome, COUNT(*) FROM wells GROUP BY outcome"))
        county = "WHERE pool_level = 'county' ORDER BY pool_id"
        ledger = db.execute(f"SELECT {', '.join(LEDGER)} FROM ledger_balance {county}").fetchall()
        order = "ORDER BY target_year, level, unit_id"
        retirement = db.execute(f"SELECT {', '.join(RETIREMENT)} FROM retirement_balance {order}").fetchall()
    say("Wells by worst outcome")
    rows = [(outcome, counts.get(outcome, 0), "") for outcome in OUTCOMES]
    table(("outcome", "wells", ""), [*rows, ("all", sum(counts.values()), "")])
    say("减二更一 · reduce two, renew one, by county")
    table(("county", *LEDGER[1:]), ledger, texts=2)
    say("退减灌溉面积 · retirement of irrigated land, in mu (亩)")
    head = ("unit", "year", "target", "retired", "restored", "net", "gap", "period", "outcome")
    table(head, [(name or "(unassigned)", str(year), *rest) for name, year, *rest in retirement])


def main() -> None:
    """Run the demonstration from the checkout's root, whatever the current folder is."""
    os.chdir(ROOT)
    FOLDER.mkdir(parents=True, exist_ok=True)
    say("demo: the sample jurisdiction is invented; only names, codes and targets are those of the policy")
    layers = sample_parameters()
    say(f"demo: judging {len(layers)} layers by {POLICY} as of {AS_OF}, reports in Chinese and in English")
    with ThreadPoolExecutor() as runs:
        chinese, english = (runs.submit(enforce, layers, language) for language in ("zh", "en"))
    (case, report_zh), (_, report_en) = chinese.result(), english.result()
    say("demo: drawing the map")
    picture = FOLDER / "map_zh.png"
    command = [
        sys.executable,
        ROOT / "tools/render_map.py",
        case,
        picture,
        "--language",
        "zh",
        "--scenery",
        SAMPLE,
    ]
    run(command, "drawing the map")
    say("demo: printing the tables and the county atlas")
    printed = papers(case)
    say()
    show(case)
    paths = {"case file": case, "report": report_zh, "report (English)": report_en, "map": picture}
    paths |= {"papers": printed}
    say("Open the case file in QGIS: it comes styled. The report opens in any browser.")
    for label, path in paths.items():
        say(f"{label + ':':<18}{path}")


if __name__ == "__main__":
    main()
