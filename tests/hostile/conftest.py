"""``imported(…)``: a file through ``importlayer``, with everything it says, and what must hold whatever came in."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

TABLES = ("PROBLEMS", "CONVERSIONS", "RAW_VALUES", "SET_ASIDE", "BATCH")


@dataclass
class Told:
    """An import: its numbers, and the rows of each of its outputs."""

    numbers: dict
    rows: list[dict]
    problems: list[dict]
    conversions: dict[str, dict]
    raw_values: list[dict]
    set_aside: list[dict]
    batch: dict
    persons: list[dict] = field(default_factory=list)
    crs: str = ""
    infos: list[str] = field(default_factory=list)

    def said(self) -> list[tuple]:
        """Severity, check, subject and field of each problem, sorted."""
        return sorted(
            (one["severity"], one["check"], one["subject_id"] or "", one["field"] or "")
            for one in self.problems
        )

    def errors(self) -> list[tuple]:
        """The same without severity, of the errors alone."""
        return [one[1:] for one in self.said() if one[0] == "error"]

    def column(self, name: str) -> list:
        """The values of one field, in order."""
        return [row[name] for row in self.rows]


def snapshot(folder: Path) -> dict[str, str]:
    """Every file below a folder with its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def imported(run, rows_of, listener):
    """``imported(source, role, NAME=value, …)``: see :class:`Told`; the counts are checked, and the source's folder."""

    def call(source, role="wells", **more) -> Told:
        folder = Path(str(source).partition("|")[0]).parent if isinstance(source, str | Path) else None
        before = None if folder is None else snapshot(folder)
        heard = listener()
        sinks = dict.fromkeys(("OUTPUT", *TABLES), "memory:")
        given = {"INPUT": str(source) if folder else source, "ROLE": role, "LANGUAGE": "en", **sinks, **more}
        out = run("importlayer", given, heard)
        tables = {name: rows_of(out[name]) for name in sinks}
        made = Told(
            {name: value for name, value in out.items() if name.startswith("N_")},
            tables["OUTPUT"],
            tables["PROBLEMS"],
            {row["column"]: row for row in tables["CONVERSIONS"]},
            tables["RAW_VALUES"],
            tables["SET_ASIDE"],
            tables["BATCH"][0],
            rows_of(out["PERSONS"]) if "PERSONS" in out else [],
            out["OUTPUT"].crs().authid() if hasattr(out["OUTPUT"], "crs") else "",
            heard.infos,
        )
        assert before is None or snapshot(folder) == before, "the source or its folder was changed"
        adds_up(made)
        return made

    return call


def adds_up(made: Told) -> None:
    """Rows and cells: none is lost, none is counted twice."""
    numbers = made.numbers
    assert numbers["N_READ"] == numbers["N_WRITTEN"] + numbers["N_SET_ASIDE"]
    assert (numbers["N_WRITTEN"], numbers["N_SET_ASIDE"]) == (len(made.rows), len(made.set_aside))
    assert numbers["N_CHANGED"] == len(made.raw_values) == made.batch["n_changed"]
    severities = [one["severity"] for one in made.problems]
    for severity, name in (("error", "N_ERROR"), ("warning", "N_WARNING"), ("note", "N_NOTE")):
        assert severities.count(severity) == numbers[name]
    for row in made.conversions.values():
        parts = ("n_empty", "n_as_is", "n_converted", "n_unreadable")
        assert row["n_cells"] == len(made.rows) == sum(row[name] for name in parts), row
    for one in made.problems:
        assert all(one[name] and "{" not in one[name] for name in ("message", "remedy")), one


@pytest.fixture
def refused(imported):
    """``refused(source, role, …)``: the message with which an import ends that must not succeed."""
    from qgis.core import QgsProcessingException

    def call(source, role="wells", **more) -> str:
        with pytest.raises(QgsProcessingException) as caught:
            imported(source, role, **more)
        return str(caught.value)

    return call


@pytest.fixture
def units(layer):
    """高昌区 (650402) from 89° to 90° E and 鄯善县 (650421) from 90° to 91° E, both from 42° to 43° N."""
    fields = {"unit_id": "text", "name": "text", "level": "text"}
    rows = [
        ("POLYGON ((89 42, 90 42, 90 43, 89 43, 89 42))", "650402", "高昌区", "county"),
        ("POLYGON ((90 42, 91 42, 91 43, 90 43, 90 42))", "650421", "鄯善县", "county"),
    ]
    return layer("Polygon", fields, rows, name="units")
