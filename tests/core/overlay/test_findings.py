"""What is said about a placement: one row per well and check, everything else counted."""

from __future__ import annotations

import json

import pytest
import shapely

from overdraft.core.findings import conclude
from overdraft.core.messages import LANGUAGES, render
from overdraft.core.overlay import PLACE_NOTES, PlacementOptions, place
from overdraft.core.policy import load_policy
from overdraft.core.rules.placement import placement_findings

UTM = "EPSG:32645"
X, Y = 500_000.0, 4_750_000.0


@pytest.fixture(scope="module")
def turpan():
    return load_policy("turpan-2021")


@pytest.fixture
def scene(make):
    """Two counties of 20 km side by side, a zone across their border, one without a class."""
    units = make.units(
        [shapely.box(X - 20_000, Y, X, Y + 20_000), shapely.box(X, Y, X + 20_000, Y + 20_000)],
        UTM,
        unit_id=["650402", "650421"],
        name=["高昌区", "鄯善县"],
    )
    zones = make.zones(
        [shapely.box(X - 5000, Y + 5000, X + 5000, Y + 15_000), shapely.box(X + 8000, Y, X + 9000, Y + 1000)],
        UTM,
        severity=["severe", None],
        control=["banned", "none"],
        aquifer=["shallow", None],
    )
    wells = make.wells(
        [
            (X - 1000, Y + 10_000),  # in order
            (X + 1000, Y + 10_000),  # recorded in the other county
            (X + 4995, Y + 10_000),  # 5 m inside the edge
            (X + 1000, Y + 11_000),  # aquifer unknown
            (X + 21_000, Y + 1000),  # in no county
            (X + 90_000, Y),  # far away
            None,
        ],
        UTM,
        county=["Gaochang", "高昌区", "鄯善", None, "鄯善县", "鄯善县", "鄯善县"],
        aquifer=["shallow", "mixed", "shallow", None, None, None, None],
    )
    return wells, zones, units


def _speak(make, wells, zones, units, policy, **options):
    options = PlacementOptions(**options)
    placement = place(wells, zones=zones, units=units, policy=policy, as_of=make.day, options=options)
    return placement_findings(wells, placement, zones, units, policy, options)


def _said(verdicts):
    return sorted(
        zip(verdicts.rows["rule"], verdicts.rows["subject_id"], verdicts.rows["outcome"], strict=True)
    )


def test_each_doubt_is_one_row(make, turpan, scene):
    verdicts = _speak(make, *scene, turpan)
    assert _said(verdicts) == [
        ("placement.aquifer", "W3", "review"),
        ("placement.county", "W1", "review"),
        ("placement.doubt", "W2", "review"),
        ("placement.location", "W5", "not_evaluated"),
        ("placement.location", "W6", "not_evaluated"),
        ("placement.unassigned", "W4", "review"),
        ("placement.zone_class", "Z1", "review"),
    ]
    keys = verdicts.rows.set_index("subject_id")["message_key"]
    assert keys["W5"] == "placement.not_placed.outside_units"
    assert keys["W6"] == "placement.not_placed.no_geometry"
    near = verdicts.rows.set_index("subject_id").loc["W2"]
    assert near["measured"] == pytest.approx(5.0, abs=0.01)
    assert (near["threshold"], near["measure_unit"], near["unit_id"]) == (10.0, "m", "650421")
    differs = json.loads(verdicts.rows.set_index("subject_id").loc["W1", "message_values"])
    assert differs == {"recorded": "高昌区", "found": "鄯善县"}
    assert set(verdicts.rows["clause"]) == {""}


def test_every_well_is_accounted_for(make, turpan, scene):
    wells, zones, units = scene
    counts = _speak(make, wells, zones, units, turpan).counts
    totals = (
        counts[counts["subject_role"] == "wells"]
        .groupby("rule")[["n_subjects", "n_pass", "n_rows", "n_out_of_scope"]]
        .sum()
    )
    assert (totals["n_subjects"] == len(wells)).all()
    assert (totals[["n_pass", "n_rows", "n_out_of_scope"]].sum(axis=1) == len(wells)).all()
    assert totals.loc["placement.location", "n_rows"] == 2
    assert totals.loc["placement.doubt", "n_out_of_scope"] == 2, "not placed: no doubt to ask about"
    assert totals.loc["placement.county", "n_out_of_scope"] == 4


def test_doubt_that_was_not_asked_for_is_out_of_scope(make, turpan, scene):
    counts = _speak(make, *scene, turpan, position_accuracy_m=0).counts
    doubt = counts[counts["rule"] == "placement.doubt"]
    assert doubt["n_out_of_scope"].sum() == doubt["n_subjects"].sum() == 7


def test_doubt_stays_when_distances_are_off_and_measures_the_edge_that_is_near(make, turpan, scene):
    wells, zones, units = scene
    nested = make.zones([zones.geometry[0], shapely.box(X, Y + 9000, X + 1003, Y + 11_000)], UTM)
    rows = _speak(make, wells, nested, units, turpan, distance_limit_m=0).rows
    doubt = rows[rows["rule"] == "placement.doubt"].set_index("subject_id")["measured"]
    assert doubt["W1"] == pytest.approx(3.0, abs=0.01)
    assert doubt["W2"] == pytest.approx(5.0, abs=0.01)


def test_township_and_recorded_names_that_no_policy_knows(make, turpan):
    wells = make.wells([(X, Y)] * 3, UTM, county=["高昌区", "Beijing", None], township=["亚尔镇", "x", "y"])
    verdicts = _speak(make, wells, None, None, turpan)
    assert _said(verdicts) == [("placement.unassigned", "W1", "review")]
    assert verdicts.rows["message_key"].tolist() == ["placement.unassigned.unknown_name"]
    units = make.units(
        [shapely.box(X - 9, Y - 9, X + 9, Y + 9)],
        UTM,
        unit_id=["650402101"],
        name=["亚尔镇"],
        level=["township"],
        parent_id=["650402"],
    )
    verdicts = _speak(make, wells, None, units, turpan)
    assert _said(verdicts) == [
        ("placement.county", "W1", "review"),
        ("placement.township", "W1", "review"),
        ("placement.township", "W2", "review"),
    ]
    found = json.loads(verdicts.rows.iloc[0]["message_values"])["found"]
    assert found == "高昌区", "the name comes from the policy where the units have none"


def test_repaired_and_useless_polygons(make, turpan, scene):
    wells, _, units = scene
    bow_tie = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
    zones = make.zones([bow_tie, None, shapely.box(X, Y, X + 1, Y + 1)], UTM)
    verdicts = _speak(make, wells, zones, units, turpan)
    spoken = verdicts.rows[verdicts.rows["rule"] == "placement.polygon"]
    assert spoken[["subject_role", "subject_id", "message_key", "outcome"]].to_numpy().tolist() == [
        ["zones", "Z0", "placement.polygon_repaired", "review"],
        ["zones", "Z1", "placement.polygon_unusable", "review"],
    ]
    counts = verdicts.counts[verdicts.counts["rule"] == "placement.polygon"].set_index("subject_role")
    assert counts["n_subjects"].to_dict() == {"units": 2, "zones": 3}


def test_competence_of_two_authorities_is_asked(make, turpan):
    square = shapely.box(X, Y, X + 10, Y + 10)
    units = make.units(
        [square] * 3,
        UTM,
        unit_id=["650422", "baiyang-basin", "xpcc-12-221"],
        level=["county", "basin", "regiment"],
    )
    verdicts = _speak(make, make.wells([(X + 5, Y + 5)], UTM), None, units, turpan)
    assert _said(verdicts) == [("placement.authority", "W0", "review")]


def test_nothing_to_say_about_no_wells(make, turpan, scene):
    _, zones, units = scene
    verdicts = _speak(make, make.wells([], UTM), zones, units, turpan)
    assert set(verdicts.rows["rule"]) == {"placement.zone_class"}


def test_findings_can_be_concluded_and_said_in_both_languages(make, turpan, scene):
    wells, zones, units = scene
    broken = zones.copy()
    broken.loc[1, "geometry"] = None
    verdicts = _speak(make, wells, broken, units, turpan)
    table = conclude(verdicts, turpan.id, turpan.version, "run")
    assert table["finding_id"].is_unique
    for key, values in zip(table["message_key"], table["message_values"], strict=True):
        for language in LANGUAGES:
            assert "{" not in render(key, json.loads(values), language)


@pytest.mark.parametrize("note", PLACE_NOTES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_for_not_being_placed_has_a_text(note, language):
    assert "{" not in render(f"placement.not_placed.{note}", {"margin_km": 50}, language)


def test_findings_do_not_change_with_the_order_of_wells(make, turpan, scene):
    wells, zones, units = scene
    turned = wells.iloc[::-1].reset_index(drop=True)
    assert _said(_speak(make, turned, zones, units, turpan)) == _said(
        _speak(make, wells, zones, units, turpan)
    )


def test_proposed_zones_are_not_asked_for_their_class(make, turpan, scene):
    wells, zones, units = scene
    proposed = zones.assign(legal_state=["in_force", "proposed"])
    verdicts = _speak(make, wells, proposed, units, turpan)
    assert "placement.zone_class" not in set(verdicts.rows["rule"])
    counted = verdicts.counts[verdicts.counts["rule"] == "placement.zone_class"]
    assert counted["n_out_of_scope"].sum() == 1
