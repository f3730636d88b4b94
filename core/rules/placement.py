"""What is doubtful about where wells lie, and about the layers that say so.

None of these change a placement, an eligibility or a count. They carry no clause: they ask a person to look at data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..findings import Verdicts, concat, judge
from ..overlay import Placement, PlacementOptions
from ..overlay.editions import unique_ids
from ..overlay.units import Units
from ..overlay.zones import Zones, texts
from ..policy import Policy


def placement_findings(
    wells: pd.DataFrame,
    placement: Placement,
    zones: pd.DataFrame | None,
    units: pd.DataFrame | None,
    policy: Policy | None,
    options: PlacementOptions,
) -> Verdicts:
    """Everything about a placement that a person must see.

    Review, of a well: ``placement.doubt`` (nearer to an edge of a zone than its position is accurate),
    ``placement.county`` and ``placement.township`` (recorded and found differ), ``placement.unassigned`` (no county
    found), ``placement.aquifer`` (empty, in a zone that states one), ``placement.authority`` (more than one rule of
    competence holds). Not evaluated, of a well: ``placement.location`` (not placed). Review, of a row of a layer:
    ``placement.zone_class`` (neither severity nor control), ``placement.polygon`` (repaired, or without an area).

    Args:
        wells: the points of ``placement``, canonical.
        zones, units: as given to ``place``.
    """
    return concat([*_about_wells(wells, placement, units, policy, options), *_about_layers(placement, zones)])


def _about_wells(
    wells: pd.DataFrame,
    placement: Placement,
    units: pd.DataFrame | None,
    policy: Policy | None,
    options: PlacementOptions,
) -> Iterable[Verdicts]:
    frame = placement.frame
    placed = frame["placed"].to_numpy(dtype=bool)
    speaker = _Speaker(unique_ids(wells, "well_id"), texts(frame, "county_id"))
    note = texts(frame, "place_note")
    keys = "placement.not_placed." + pd.Series(note, dtype=object)
    yield speaker.say(
        "location",
        np.ones(len(frame), dtype=bool),
        ~placed,
        keys.where(~placed, "placement.not_placed.no_geometry"),
        {"margin_km": options.units_margin_m / 1000},
        outcome="not_evaluated",
        action="supply_data",
    )
    asked = frame["doubt"].notna().to_numpy()
    yield speaker.say(
        "doubt",
        asked,
        frame["doubt"].fillna(False).to_numpy(dtype=bool),
        "placement.near_edge",
        {"accuracy": options.position_accuracy_m, "zones": texts(frame, "zone_ids")},
        measured=placement.edge_distance_m,
        threshold=options.position_accuracy_m,
        measure_unit="m",
        evidence={
            "zone_ids": texts(frame, "zone_ids"),
            "zone_distance_m": frame["zone_distance_m"].to_numpy(),
        },
        settings={"position_accuracy_m": options.position_accuracy_m},
    )
    yield from _about_units(speaker, wells, frame, placed, units, policy)
    yield speaker.say(
        "aquifer",
        texts(frame, "zone_id") != None,  # noqa: E711 - element by element
        placement.aquifer_assumed,
        "placement.aquifer_empty",
        {"zones": texts(frame, "zone_ids")},
        action="supply_data",
        evidence={"zone_ids": texts(frame, "zone_ids")},
    )
    yield speaker.say(
        "authority",
        texts(frame, "authority") != None,  # noqa: E711
        placement.authority_unsure,
        "placement.authority_unsure",
        {"authority": texts(frame, "authority")},
        evidence={name: texts(frame, f"{name}_id") for name in ("county", "regiment", "basin")},
    )


def _about_units(
    speaker: _Speaker,
    wells: pd.DataFrame,
    frame: pd.DataFrame,
    placed: np.ndarray,
    units: pd.DataFrame | None,
    policy: Policy | None,
) -> Iterable[Verdicts]:
    """Recorded against found, and points in no county."""
    names = Units(units, policy)
    for level in ("county", "township"):
        recorded, found = texts(wells, level), texts(frame, f"{level}_id")
        both = placed & ~np.equal(recorded, None) & ~np.equal(found, None)
        differs = np.zeros(len(frame), dtype=bool)
        differs[both] = ~names.same(recorded[both], found[both])
        yield speaker.say(
            level,
            both,
            differs,
            f"placement.{level}_differs",
            {
                "recorded": recorded,
                "found": pd.Series(found, dtype=object).map(names.names).fillna("").to_numpy(),
            },
            evidence={"recorded": recorded, "found": found},
        )
    recorded = texts(wells, "county")
    nowhere = placed & np.equal(texts(frame, "county_id"), None)
    asked = placed if units is not None else placed & ~np.equal(recorded, None) & (policy is not None)
    key = "placement.unassigned.in_no_unit" if units is not None else "placement.unassigned.unknown_name"
    yield speaker.say(
        "unassigned",
        asked,
        nowhere,
        key,
        {"recorded": recorded},
        action="supply_data",
        evidence={"recorded": recorded},
    )


def _about_layers(placement: Placement, zones: pd.DataFrame | None) -> Iterable[Verdicts]:
    used = placement.zones if zones is None else zones
    if used is not None and len(used):
        table = Zones(used)
        lawful = ~table.proposed
        yield judge(
            rule="placement.zone_class",
            clause="",
            subject_role="zones",
            subject_id=unique_ids(used, "zone_id")[lawful],
            outcome=np.where(table.unclassed[lawful], "review", "pass"),
            action="none",
            message_key="placement.zone_without_class",
            message_values={"zone": table.ids[lawful]},
            out_of_scope=int((~lawful).sum()),
        )
    for role, repairs in placement.repairs.items():
        subject = repairs.ids
        broken, useless = np.isin(subject, repairs.repaired), np.isin(subject, repairs.unusable)
        yield judge(
            rule="placement.polygon",
            clause="",
            subject_role=role,
            subject_id=subject,
            outcome=np.where(broken | useless, "review", "pass"),
            action="none",
            message_key=np.where(useless, "placement.polygon_unusable", "placement.polygon_repaired"),
            message_values={"id": subject, "role": role},
        )


class _Speaker:
    """Findings on wells: those a rule asks about, review where it holds, the rest out of scope."""

    def __init__(self, subject: np.ndarray, unit: np.ndarray) -> None:
        self._subject = subject
        self._unit = np.where(np.equal(unit, None), "", unit)

    def say(
        self,
        rule: str,
        asked: np.ndarray,
        holds: np.ndarray,
        key: object,
        values: Mapping[str, object],
        *,
        outcome: str = "review",
        action: str = "none",
        measured: object = np.nan,
        threshold: float = np.nan,
        measure_unit: str = "",
        evidence: Mapping[str, object] | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> Verdicts:
        rows = np.flatnonzero(asked)

        def pick(value: object) -> object:
            return np.asarray(value)[rows] if isinstance(value, (np.ndarray, pd.Series)) else value

        return judge(
            rule=f"placement.{rule}",
            clause="",
            subject_role="wells",
            subject_id=self._subject[rows],
            unit_id=self._unit[rows],
            outcome=np.where(holds[rows], outcome, "pass"),
            action=action,
            measured=pick(measured),
            threshold=threshold,
            measure_unit=measure_unit,
            message_key=pick(key),
            message_values={name: pick(value) for name, value in values.items()},
            evidence={name: pick(value) for name, value in (evidence or {}).items()},
            settings=settings,
            out_of_scope=len(self._subject) - len(rows),
        )
