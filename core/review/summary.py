"""What a case comes to in figures: constant statements over the case file, nothing else.

Findings are those of the last run and those decided on that no run finds any more, as the review list shows them.
Ledger and land are as the last run left them.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from ..casefile.opening import reading
from ..findings import OUTCOMES

_PREPARE = (
    "CREATE TEMP TABLE home (unit_id TEXT PRIMARY KEY, county_id TEXT) WITHOUT ROWID",
    """INSERT INTO temp.home
        WITH RECURSIVE up (unit_id, at) AS (
            SELECT unit_id, unit_id FROM units WHERE unit_id IS NOT NULL
            UNION
            SELECT up.unit_id, units.parent_id FROM up JOIN units ON units.unit_id = up.at
                WHERE units.parent_id IS NOT NULL)
        SELECT up.unit_id, min(up.at) FROM up JOIN units ON units.unit_id = up.at
            WHERE units.level = 'county' GROUP BY up.unit_id""",
    """CREATE TEMP TABLE subject (role TEXT, id TEXT, county_id TEXT, zone_id TEXT, PRIMARY KEY (role, id))
        WITHOUT ROWID""",
    """INSERT OR IGNORE INTO temp.subject SELECT 'wells', row_id, county_id, coalesce(zone_id, '')
        FROM wells WHERE row_id IS NOT NULL ORDER BY fid""",
    """INSERT OR IGNORE INTO temp.subject SELECT 'zones', zone_id, NULL, zone_id
        FROM zones WHERE zone_id IS NOT NULL ORDER BY fid""",
    """CREATE TEMP TABLE listed AS
        SELECT coalesce(home.county_id, subject.county_id, '') AS county_id, coalesce(subject.zone_id, '') AS zone_id,
            coalesce(found.clause, '') AS clause, found.outcome AS outcome,
            coalesce(decisions.state, 'open') AS state, coalesce(decisions.stale, 0) AS stale
        FROM findings AS found
        LEFT JOIN temp.subject AS subject ON subject.role = found.subject_role AND subject.id = found.subject_id
        LEFT JOIN temp.home AS home ON home.unit_id = found.unit_id
        LEFT JOIN decisions ON decisions.finding_id = found.finding_id
        UNION ALL
        SELECT coalesce(home.county_id, subject.county_id, ''), coalesce(subject.zone_id, ''),
            coalesce(found.clause, ''), found.outcome, decisions.state, coalesce(decisions.stale, 0)
        FROM decisions
        JOIN decided_findings AS found ON found.finding_id = decisions.finding_id
        LEFT JOIN temp.subject AS subject ON subject.role = found.subject_role AND subject.id = found.subject_id
        LEFT JOIN temp.home AS home ON home.unit_id = found.unit_id
        WHERE decisions.state <> 'open'
            AND NOT EXISTS (SELECT 1 FROM findings WHERE findings.finding_id = decisions.finding_id)""",
)

_WELLS = "SELECT coalesce(outcome, ''), count(*) FROM wells GROUP BY 1"
_STATES = "SELECT state, count(*) FROM temp.listed GROUP BY 1"
_STALE = "SELECT coalesce(sum(stale), 0) FROM temp.listed"

_GROUPED = {
    "county": "SELECT county_id, outcome, count(*) FROM temp.listed GROUP BY 1, 2 ORDER BY county_id = '', 1",
    "zone": "SELECT zone_id, outcome, count(*) FROM temp.listed GROUP BY 1, 2 ORDER BY zone_id = '', 1",
    "clause": "SELECT clause, outcome, count(*) FROM temp.listed GROUP BY 1, 2 ORDER BY clause = '', 1",
}
_NAMES = {
    "county": "SELECT unit_id, min(name) FROM units WHERE name IS NOT NULL GROUP BY 1",
    "zone": "SELECT zone_id, min(name) FROM zones WHERE name IS NOT NULL GROUP BY 1",
}

_PAIRS = """SELECT count(*), coalesce(sum(held >= needed), 0) FROM (
    SELECT CASE json_extract(debit.settings, '$.reading') WHEN 'R2' THEN 3 ELSE 2 END AS needed,
        (SELECT count(DISTINCT pair.well_id) FROM ledger AS pair WHERE pair.kind = 'pair' AND pair.counts
            AND pair.permission <> 'deny' AND pair.renewal_id = debit.renewal_id) AS held
    FROM ledger AS debit WHERE debit.kind = 'debit' AND debit.counts)"""

_LAND = """SELECT count(*), coalesce(sum(met), 0), sum(gap_mu), max(target_year) FROM retirement_balance AS row
    WHERE target_mu IS NOT NULL AND target_year = (SELECT max(target_year) FROM retirement_balance
            WHERE target_mu IS NOT NULL)
        AND (level <> 'prefecture' OR NOT EXISTS (SELECT 1 FROM retirement_balance AS below
            WHERE below.target_mu IS NOT NULL AND below.level <> 'prefecture'
                AND below.target_year = row.target_year))"""

_DECIDED = """SELECT
    (SELECT count(*) FROM findings WHERE NOT EXISTS (SELECT 1 FROM decisions
        WHERE decisions.finding_id = findings.finding_id AND decisions.state <> 'open')),
    (SELECT count(*) FROM decisions WHERE state <> 'open')"""

_SINCE = """SELECT count(*) FROM history WHERE seq > (SELECT coalesce(max(seq), 0) FROM history WHERE kind = 'run')
    AND (kind IN ('event', 'evidence', 'correction', 'void', 'application', 'decision', 'withdrawal', 'link', 'pair',
            'break_pair', 'import', 'undo_import')
        OR (kind = 'plan' AND json_extract(after, '$.n_pairs') > 0))"""
"""Acts that ledger and land of the last run know nothing of; decisions on findings change neither."""

_RUN = "SELECT as_of FROM runs ORDER BY finished_at DESC LIMIT 1"


@dataclass(frozen=True)
class Bar:
    """Findings that share a value: the value (empty: none), its name, and how many there are by outcome."""

    value: str
    name: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Summary:
    """The figures of a case.

    Attributes:
        as_of: day of the last run as text, empty without one. since: acts recorded after it, which ledger and land
            know nothing of.
        wells: outcome → number of wells; an empty outcome for wells that no run has judged.
        states: state of the decision → number of findings; stale: of those, how many are stale.
        renewals, complete: renewals that the ledger counts, and how many of them hold all the wells that they need.
        targets, met: units with a target for the last year that has one, and how many reach it.
        gap_mu: what the others lack together, None without targets. year: that year.
        bars: findings by ``county``, ``zone`` and ``clause``.
    """

    as_of: str
    since: int
    wells: dict[str, int]
    states: dict[str, int]
    stale: int
    renewals: int
    complete: int
    targets: int
    met: int
    gap_mu: float | None
    year: int | None
    bars: dict[str, tuple[Bar, ...]]

    @property
    def findings(self) -> int:
        """All findings."""
        return sum(self.states.values())

    @property
    def decided(self) -> int:
        """Findings that somebody has decided on: accepted, overridden or verified; not those that are deferred."""
        return sum(self.states.get(state, 0) for state in ("accepted", "overridden", "verified"))


def summarise(path: str | os.PathLike) -> Summary:
    """The figures of a case file, read in one go.

    Raises:
        OverdraftError: missing, damaged, locked or no case file.
    """
    with reading(Path(path), newer=True, quick=True) as connection:
        for statement in _PREPARE:
            connection.execute(statement)
        run = connection.execute(_RUN).fetchone()
        renewals, complete = connection.execute(_PAIRS).fetchone()
        targets, met, gap, year = connection.execute(_LAND).fetchone()
        since = acts_since(connection)
        wells = dict(connection.execute(_WELLS).fetchall())
        names = {name: dict(connection.execute(statement).fetchall()) for name, statement in _NAMES.items()}
        connection.execute(
            "COMMIT"
        )  # what is left to count stands in temporary tables: nobody need wait for it
        return Summary(
            as_of=str(run[0] or "")[:10] if run else "",
            since=since,
            wells=_in_order(wells),
            states=dict(connection.execute(_STATES).fetchall()),
            stale=int(connection.execute(_STALE).fetchone()[0]),
            renewals=renewals,
            complete=complete,
            targets=targets,
            met=met,
            gap_mu=gap,
            year=year,
            bars={
                name: _bars(connection, statement, names.get(name, {}))
                for name, statement in _GROUPED.items()
            },
        )


def acts_since(connection: sqlite3.Connection) -> int:
    """How many acts were recorded after the last run, which the ledger and land of that run know nothing of."""
    return int(connection.execute(_SINCE).fetchone()[0])


def decided_counts(path: str | os.PathLike) -> tuple[int, int]:
    """How many findings of the last run wait for a decision, and how many decisions stand in the case file."""
    with reading(Path(path), newer=True, quick=True) as connection:
        waiting, decided = connection.execute(_DECIDED).fetchone()
    return int(waiting), int(decided)


def _bars(connection: sqlite3.Connection, statement: str, names: dict[str, str]) -> tuple[Bar, ...]:
    found: dict[str, dict[str, int]] = {}
    for value, outcome, count in connection.execute(statement):
        found.setdefault(value, {})[outcome] = count
    return tuple(
        Bar(value, names.get(value, value) or "", _in_order(counts)) for value, counts in found.items()
    )


def _in_order(counts: dict[str, int]) -> dict[str, int]:
    """Outcomes worst first, what is none of them last."""
    order = {name: place for place, name in enumerate(OUTCOMES)}
    return dict(sorted(counts.items(), key=lambda item: order.get(item[0], len(order))))
