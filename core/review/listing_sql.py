"""The statements of the review list: whole constants, values bound. ``filed`` is the case file while it is read."""

from __future__ import annotations

CREATE = (
    """CREATE TABLE subject (no INTEGER PRIMARY KEY, role TEXT, id TEXT, fid INTEGER, name TEXT, place TEXT,
        county_id TEXT, zone_id TEXT, use TEXT, doubt INTEGER, UNIQUE (role, id))""",
    "CREATE TABLE county (unit_id TEXT PRIMARY KEY, county_id TEXT) WITHOUT ROWID",
    "CREATE TABLE unit (no INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT)",
    "CREATE TABLE zone (no INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT)",
    "CREATE TABLE rule (no INTEGER PRIMARY KEY, id TEXT UNIQUE, label TEXT)",
    """CREATE TABLE list (row INTEGER PRIMARY KEY, finding_id TEXT, subject_role TEXT, subject_id TEXT,
        subject INTEGER, county_id TEXT, outcome TEXT, permission TEXT, action TEXT, rule TEXT, clause TEXT,
        period TEXT, gone INTEGER, state TEXT, stale INTEGER, decided_outcome TEXT, decided_by TEXT,
        deferred_to TEXT, revision INTEGER)""",
    "CREATE TABLE in_view (role TEXT, fid INTEGER, PRIMARY KEY (role, fid)) WITHOUT ROWID",
)
"""Units, zones and rules are numbered in the order of what is shown for them, so that groups are told by numbers."""

FILL = (
    """INSERT OR IGNORE INTO subject SELECT NULL, 'wells', row_id, fid, name,
        trim(coalesce(township, '') || ' ' || coalesce(village, '')), county_id, coalesce(zone_id, ''),
        coalesce("use", ''), coalesce(doubt, 0) FROM filed.wells WHERE row_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'irrigation', area_id, fid, NULL,
        trim(coalesce(township, '') || ' ' || coalesce(village, '')), NULL, '', '', 0
        FROM filed.irrigation WHERE area_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'units', unit_id, fid, name, '', NULL, '', '', 0
        FROM filed.units WHERE unit_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'zones', zone_id, fid, name, '', NULL, zone_id, '', 0
        FROM filed.zones WHERE zone_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'networks', network_id, fid, name, '', NULL, '', '', 0
        FROM filed.networks WHERE network_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'protection', protection_id, fid, name, '', NULL, '', '', 0
        FROM filed.protection WHERE protection_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'sections', section_id, fid, river, '', NULL, '', '', 0
        FROM filed.sections WHERE section_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'stations', station_id, fid, NULL, '', NULL, '', '', 0
        FROM filed.stations WHERE station_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'projects', project_id, fid, NULL, '', NULL, '', '', 0
        FROM filed.projects WHERE project_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'applications', application_id, fid, NULL, '', NULL, '',
        coalesce("use", ''), 0 FROM filed.applications WHERE application_id IS NOT NULL""",
    """INSERT OR IGNORE INTO subject SELECT NULL, 'intakes', intake_id, fid, NULL, '', NULL, '', '', 0
        FROM filed.intakes WHERE intake_id IS NOT NULL""",
    """INSERT INTO county
        WITH RECURSIVE up (unit_id, at) AS (
            SELECT unit_id, unit_id FROM filed.units WHERE unit_id IS NOT NULL
            UNION
            SELECT up.unit_id, units.parent_id FROM up JOIN filed.units AS units ON units.unit_id = up.at
                WHERE units.parent_id IS NOT NULL)
        SELECT up.unit_id, min(up.at) FROM up JOIN filed.units AS units ON units.unit_id = up.at
            WHERE units.level = 'county' GROUP BY up.unit_id""",
    """INSERT INTO unit SELECT NULL, id, name FROM (
            SELECT unit_id AS id, coalesce(min(name), unit_id) AS name FROM filed.units
                WHERE unit_id IS NOT NULL GROUP BY unit_id
            UNION ALL
            SELECT DISTINCT county_id, county_id FROM subject WHERE county_id <> '' AND county_id NOT IN
                (SELECT unit_id FROM filed.units WHERE unit_id IS NOT NULL))
        ORDER BY name, id""",
    """INSERT INTO zone SELECT NULL, id, name FROM (
            SELECT zone_id AS id, coalesce(min(name), zone_id) AS name FROM filed.zones
                WHERE zone_id IS NOT NULL GROUP BY zone_id
            UNION ALL
            SELECT DISTINCT zone_id, zone_id FROM subject WHERE zone_id <> '' AND zone_id NOT IN
                (SELECT zone_id FROM filed.zones WHERE zone_id IS NOT NULL))
        ORDER BY name, id""",
    """INSERT INTO list
        SELECT NULL, found.finding_id, subject_role, subject_id, subject.no,
            coalesce(county.county_id, subject.county_id, ''), found.outcome, coalesce(permission, ''),
            coalesce(action, ''), rule, coalesce(clause, ''), coalesce(period, ''), 0,
            coalesce(decisions.state, 'open'), coalesce(decisions.stale, 0), coalesce(decisions.outcome, ''),
            coalesce(decisions.decided_by, ''), coalesce(decisions.deferred_to, ''), coalesce(decisions.revision, 0)
        FROM filed.findings AS found
        LEFT JOIN subject ON subject.role = found.subject_role AND subject.id = found.subject_id
        LEFT JOIN county ON county.unit_id = found.unit_id
        LEFT JOIN filed.decisions AS decisions ON decisions.finding_id = found.finding_id
        ORDER BY found.rowid""",
    """INSERT INTO list
        SELECT NULL, found.finding_id, subject_role, subject_id, subject.no,
            coalesce(county.county_id, subject.county_id, ''), found.outcome, coalesce(permission, ''),
            coalesce(action, ''), rule, coalesce(clause, ''), coalesce(period, ''), 1,
            decisions.state, coalesce(decisions.stale, 0), coalesce(decisions.outcome, ''),
            coalesce(decisions.decided_by, ''), coalesce(decisions.deferred_to, ''), coalesce(decisions.revision, 0)
        FROM filed.decisions AS decisions
        JOIN filed.decided_findings AS found ON found.finding_id = decisions.finding_id
        LEFT JOIN subject ON subject.role = found.subject_role AND subject.id = found.subject_id
        LEFT JOIN county ON county.unit_id = found.unit_id
        WHERE decisions.state <> 'open'
          AND NOT EXISTS (SELECT 1 FROM filed.findings AS still WHERE still.finding_id = decisions.finding_id)
        ORDER BY found.rowid""",
)
"""What is known of the subjects that lie on the map (of several of one id the first), counties, and the findings in the
order of the file: those of the last run, then those decided on that no run finds any more."""

INDEX = "CREATE INDEX IF NOT EXISTS list_by_finding ON list (finding_id)"
RULES = "SELECT DISTINCT rule FROM list"
RULE = "INSERT INTO rule VALUES (NULL, ?, ?)"

ROWS = """SELECT row FROM list
    WHERE (:county IS NULL OR county_id = :county)
      AND (:zone IS NULL OR coalesce((SELECT zone_id FROM subject WHERE no = list.subject), '') = :zone)
      AND (:outcome IS NULL OR outcome = :outcome)
      AND (:rule IS NULL OR rule = :rule)
      AND (:clause IS NULL OR clause = :clause)
      AND (:state IS NULL OR CASE :state WHEN 'stale' THEN stale ELSE state = :state END)
      AND (:use IS NULL OR coalesce((SELECT use FROM subject WHERE no = list.subject), '') = :use)
      AND (:permission IS NULL OR permission = :permission)
      AND (:action IS NULL OR action = :action)
      AND (:subject IS NULL OR subject_id = :subject)
      AND (:in_view = 0 OR EXISTS (SELECT 1 FROM in_view JOIN subject ON in_view.role = subject.role
            AND in_view.fid = subject.fid WHERE subject.no = list.subject))
      AND (:text IS NULL
        OR instr(lower(subject_id), lower(:text)) OR instr(lower(clause), lower(:text))
        OR rule IN (SELECT id FROM rule WHERE instr(lower(id), lower(:text)) OR instr(lower(label), lower(:text)))
        OR subject IN (SELECT no FROM subject WHERE instr(lower(name), lower(:text))))
    ORDER BY row"""
"""The rows of a filter."""

KEYS = {
    "subject_id": "SELECT coalesce(subject_id, '') FROM list ORDER BY row",
    "name": """SELECT coalesce((SELECT name FROM subject WHERE no = list.subject), '') FROM list ORDER BY row""",
    "place": """SELECT coalesce((SELECT place FROM subject WHERE no = list.subject), '') FROM list ORDER BY row""",
    "county": """SELECT coalesce((SELECT no FROM unit WHERE id = county_id), 0) FROM list ORDER BY row""",
    "zone": """SELECT coalesce((SELECT zone.no FROM subject JOIN zone ON zone.id = subject.zone_id
        WHERE subject.no = list.subject), 0) FROM list ORDER BY row""",
    "use": """SELECT coalesce((SELECT use FROM subject WHERE no = list.subject), '') FROM list ORDER BY row""",
    "rule": "SELECT coalesce((SELECT no FROM rule WHERE id = list.rule), 0) FROM list ORDER BY row",
    "clause": "SELECT clause FROM list ORDER BY row",
    "action": "SELECT action FROM list ORDER BY row",
    "period": "SELECT period FROM list ORDER BY row",
    "decided_by": "SELECT decided_by FROM list ORDER BY row",
    "deferred_to": "SELECT deferred_to FROM list ORDER BY row",
    "outcome": """SELECT CASE outcome WHEN 'fail' THEN 0 WHEN 'review' THEN 1 WHEN 'not_evaluated' THEN 2
        WHEN 'exempt' THEN 3 ELSE 4 END FROM list ORDER BY row""",
    "permission": """SELECT CASE permission WHEN 'deny' THEN 0 WHEN 'suspend' THEN 1 WHEN 'hold' THEN 2
        WHEN 'review' THEN 3 WHEN 'not_evaluated' THEN 4 WHEN 'allow_if' THEN 5 WHEN 'allow' THEN 6 ELSE 7 END
        FROM list ORDER BY row""",
    "state": """SELECT CASE state WHEN 'open' THEN 0 WHEN 'deferred' THEN 2 WHEN 'accepted' THEN 4
        WHEN 'overridden' THEN 6 ELSE 8 END - stale FROM list ORDER BY row""",
}
"""By what each row is sorted and grouped: texts, or numbers that stand for what is shown."""

CHANGING = ("state", "decided_by", "deferred_to")
"""Those of them that decisions change."""

GROUPS = {
    "rule": "SELECT no, id, label FROM rule",
    "county": "SELECT no, id, name FROM unit",
    "zone": "SELECT no, id, name FROM zone",
}
"""What the numbers of groups stand for: value and what is shown."""

VALUES = {
    "county": """SELECT county_id, coalesce((SELECT name FROM unit WHERE id = county_id), county_id) AS shown, count(*)
        FROM list GROUP BY county_id ORDER BY shown, county_id""",
    "zone": """SELECT coalesce(subject.zone_id, ''), coalesce(zone.name, subject.zone_id, '') AS shown, count(*)
        FROM list LEFT JOIN subject ON subject.no = list.subject LEFT JOIN zone ON zone.id = subject.zone_id
        GROUP BY 1 ORDER BY shown, 1""",
    "outcome": "SELECT outcome, outcome, count(*) FROM list GROUP BY outcome ORDER BY outcome",
    "rule": """SELECT rule, (SELECT label FROM rule AS named WHERE named.id = list.rule) AS shown, count(*)
        FROM list GROUP BY rule ORDER BY shown, rule""",
    "clause": "SELECT clause, clause, count(*) FROM list GROUP BY clause ORDER BY clause",
    "use": """SELECT coalesce(subject.use, ''), coalesce(subject.use, ''), count(*)
        FROM list LEFT JOIN subject ON subject.no = list.subject GROUP BY 1 ORDER BY 1""",
    "permission": "SELECT permission, permission, count(*) FROM list GROUP BY permission ORDER BY permission",
    "action": "SELECT action, action, count(*) FROM list GROUP BY action ORDER BY action",
}
"""The distinct values of a column: value, what is shown, number of rows."""

COUNTS = "SELECT state, stale, count(*) FROM list GROUP BY state, stale"

WINDOW = """SELECT list.*, coalesce(subject.name, '') AS name, coalesce(subject.place, '') AS place,
        coalesce(unit.name, list.county_id) AS county, coalesce(subject.zone_id, '') AS zone_id,
        coalesce(zone.name, subject.zone_id, '') AS zone, coalesce(subject.use, '') AS use,
        coalesce(subject.doubt, 0) AS doubt, subject.fid AS fid, rule.label AS rule_label
    FROM json_each(?) AS asked
    CROSS JOIN list ON list.row = asked.value
    LEFT JOIN subject ON subject.no = list.subject
    LEFT JOIN unit ON unit.id = list.county_id
    LEFT JOIN zone ON zone.id = subject.zone_id
    LEFT JOIN rule ON rule.id = list.rule
    ORDER BY asked.key"""
"""Rows by their numbers, given as JSON, in the order asked for."""

RUN = "SELECT coalesce((SELECT value FROM meta WHERE key = ?), '')"
OPEN = "SELECT row FROM list WHERE state = 'open' AND NOT gone"
NAMED = """SELECT list.finding_id, list.revision FROM json_each(?) AS asked CROSS JOIN list ON list.row = asked.value
    ORDER BY asked.key"""
STANDING = """SELECT list.row, list.finding_id, list.state, list.stale, list.gone
    FROM json_each(?) AS asked CROSS JOIN list ON list.finding_id = asked.value"""
ON_FEATURES = """SELECT list.row, subject.fid FROM list JOIN subject ON subject.no = list.subject
    WHERE subject.role = ? AND subject.fid IS NOT NULL"""
DECIDED = """UPDATE list SET state = ?, stale = ?, decided_outcome = ?, decided_by = ?, deferred_to = ?, revision = ?
    WHERE row IN (SELECT value FROM json_each(?))"""

IN_VIEW = "INSERT OR IGNORE INTO in_view VALUES (?, ?)"
BOX = "SELECT id FROM $index WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
