"""Values that cannot work are refused before the run: what is wrong, what was found, what is allowed, what to do."""

from __future__ import annotations

import pytest
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProcessing, QgsVectorLayer

OUT = {"BALANCE": "memory:", "OUTPUT": QgsProcessing.TEMPORARY_OUTPUT}


@pytest.fixture
def refuse(provider, context):
    """``refuse(name, parameters)``: what the check says; empty when it is content."""

    def call(name, parameters):
        algorithm = provider.algorithm(name).create()
        ok, message = algorithm.checkParameterValues({**OUT, **parameters}, context)
        assert ok == (not message)
        return message

    return call


@pytest.fixture
def empty_case(run, tmp_path):
    run("createregister", {"OUTPUT": str(tmp_path / "empty.gpkg")})
    return str(tmp_path / "empty.gpkg")


@pytest.mark.parametrize("name", ["classifywells", "replacementledger", "retirementbalance", "enforce"])
def test_good_values_pass(refuse, register, name):
    assert refuse(name, register) == ""


@pytest.mark.parametrize(
    ("name", "role", "label"),
    [
        ("classifywells", "WELLS", "Wells"),
        ("replacementledger", "WELLS", "Wells"),
        ("retirementbalance", "IRRIGATION", "Irrigation areas"),
        ("enforce", "WELLS", "Wells"),
    ],
)
def test_needed_role_that_nobody_gives(refuse, name, role, label, empty_case):
    assert refuse(name, {"POLICY": "turpan-2021"}) == (
        f"{role} is needed: give the layer {label}, or a case file (CASE) that holds it."
    )
    said = refuse(name, {"POLICY": "turpan-2021", "CASE": empty_case})
    assert said.startswith(f"{role} is needed: the case file {empty_case} holds no rows in {role.lower()}.")


def test_case_that_is_missing_or_none(refuse, register, save, wells, tmp_path):
    assert "there is no file" in refuse("enforce", {**register, "CASE": str(tmp_path / "gone.gpkg")})
    other = save(wells, tmp_path / "other.gpkg")
    assert f"{other} is not a case file" in refuse("enforce", {**register, "CASE": other})
    (tmp_path / "text.gpkg").write_text("no database")
    assert "is not a case file" in refuse("enforce", {**register, "CASE": str(tmp_path / "text.gpkg")})


NEED_A_POLICY = [
    *("replacementledger", "retirementbalance", "enforce", "auditwells", "quotabalance", "allocatequota"),
    *("rankunits", "closingorder"),
]


@pytest.mark.parametrize("name", NEED_A_POLICY)
def test_policy_is_needed(refuse, register, name):
    del register["POLICY"]
    said = refuse(name, register)
    assert said.startswith("A policy is needed: choose one in POLICY (")
    assert "turpan-2021" in said


def test_policy_is_optional_in_classifywells(refuse, register):
    del register["POLICY"]
    assert refuse("classifywells", register) == ""


@pytest.mark.parametrize(
    ("name", "parameter", "value", "allowed"),
    [
        ("enforce", "POLICY", "nowhere-1999", "turpan-2021"),
        ("enforce", "READING", "R9", "R1, R2, R3"),
        ("enforce", "POOL", "village", "county, zone, city"),
        ("enforce", "AREA_BASIS", "felt", "geometry, registered"),
        ("enforce", "LANGUAGE", "fr", "en, zh"),
        ("quotabalance", "SOURCE", "rain", "groundwater, total"),
        ("allocatequota", "BASIS", "luck", "area_quota, permit, past_use"),
        ("rankunits", "MEASURE", "rain", "level_change, utilisation"),
        ("rankunits", "COMPARISON", "never", "previous_quarter, same_quarter_last_year"),
        ("replacementledger", "READING", 1, "R1, R2, R3"),
    ],
)
def test_word_that_is_not_known(refuse, register, name, parameter, value, allowed):
    said = refuse(name, {**register, parameter: value})
    assert said.startswith(f"{parameter}: {value} is not known. Allowed: ")
    assert allowed in said


def test_policy_file_that_is_missing_or_wrong(refuse, register, tmp_path):
    gone = str(tmp_path / "gone.toml")
    assert refuse("enforce", {**register, "POLICY_FILE": gone}) == (
        f"POLICY_FILE: there is no file {gone}. Choose an existing policy file (*.toml)."
    )
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("title = 3\n")
    assert "wrong.toml" in refuse("enforce", {**register, "POLICY_FILE": str(wrong)})


def test_policy_file_wins_over_policy(refuse, register, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("= no toml")
    assert refuse("enforce", {**register, "POLICY": "turpan-2021", "POLICY_FILE": str(wrong)})


@pytest.mark.parametrize("value", [-1, "far", float("nan"), float("inf"), "-0.5"])
@pytest.mark.parametrize("parameter", ["DISTANCE_LIMIT", "POSITION_ACCURACY"])
def test_length_that_is_none(refuse, register, parameter, value):
    said = refuse("classifywells", {**register, parameter: value})
    assert said == f"{parameter}: {value} is no length. Give a number of metres, 0 or more."


@pytest.mark.parametrize("value", ["31.12.2025", "yesterday", "2025-02-30", 20251231])
def test_day_that_is_none(refuse, register, value):
    said = refuse("enforce", {**register, "AS_OF": value})
    assert said == f"AS_OF: {value} is no day. Write it as year-month-day, such as 2025-12-31."


@pytest.mark.parametrize("parameter", ["BASELINE", "RETIREMENT_BASELINE"])
def test_baseline_after_the_day_of_judgement(refuse, register, parameter):
    said = refuse("enforce", {**register, "AS_OF": "2022-01-01", parameter: "2022-01-02"})
    assert said.startswith(f"{parameter}: 2022-01-02 is later than the day of judgement, 2022-01-01 (AS_OF).")
    assert refuse("enforce", {**register, "AS_OF": "2022-01-01", parameter: "2022-01-01"}) == ""


def test_empty_day_and_empty_choices_are_fine(refuse, register):
    assert refuse("enforce", {**register, "AS_OF": None, "READING": None, "LANGUAGE": None}) == ""


def test_layer_that_cannot_be_opened(refuse, register, tmp_path):
    gone = str(tmp_path / "gone.gpkg")
    said = refuse("classifywells", {**register, "ZONES": gone})
    assert (
        said == f"ZONES: the layer {gone} cannot be opened. Check that it exists and that QGIS can show it."
    )


@pytest.mark.parametrize(
    ("role", "taken_from", "found", "wanted"),
    [
        ("WELLS", "ZONES", "Polygon", "points"),
        ("ZONES", "WELLS", "Point", "polygons"),
        ("UNITS", "WELLS", "Point", "polygons"),
    ],
)
def test_layer_of_the_wrong_kind(refuse, register, role, taken_from, found, wanted):
    layer = register[taken_from]
    said = refuse("classifywells", {**register, role: layer})
    assert said == (
        f"{role}: the layer {layer.name()} holds {found}, but {wanted} are needed. Choose another layer."
    )


def test_table_without_places_where_places_are_needed(refuse, register, layer):
    table = layer(
        "None", {"well_id": "text", "use": "text", "status": "text"}, [(None, "A", "irrigation", "active")]
    )
    assert "points are needed" in refuse("classifywells", {**register, "WELLS": table})


def test_layer_without_a_coordinate_system(refuse, register):
    homeless = QgsVectorLayer(
        "Point?field=well_id:string&field=use:string&field=status:string", "homeless", "memory"
    )
    homeless.setCrs(QgsCoordinateReferenceSystem())
    said = refuse("classifywells", {**register, "WELLS": homeless})
    assert said.startswith("WELLS: the layer homeless has no coordinate reference system")
    assert "Layer Properties" in said


def test_table_needs_no_coordinate_system(refuse, register, layer):
    table = layer("None", {"well_id": "text", "aquifer": "text"}, [(None, "A", "shallow")])
    assert refuse("classifywells", {**register, "SCREENS": table}) == ""


def test_output_in_a_folder_that_is_not_there(refuse, register, tmp_path):
    target = tmp_path / "none" / "out.gpkg"
    said = refuse("classifywells", {**register, "OUTPUT": str(target)})
    assert said == f"OUTPUT: there is no folder {target.parent}. Create it or choose another one."


def test_output_over_an_input(refuse, register, save, tmp_path):
    source = save(register["WELLS"], tmp_path / "wells.gpkg")
    for value in (source, f"{source}|layername=wells"):
        said = refuse("classifywells", {**register, "WELLS": value, "OUTPUT": source})
        assert (
            said == f"OUTPUT: {source} is also read, as WELLS. Choose another file: inputs are never changed."
        )


def test_two_outputs_in_one_file(refuse, register, tmp_path):
    same = str(tmp_path / "same.gpkg")
    said = refuse("replacementledger", {**register, "BALANCE": same, "LEDGER": same})
    assert said == f"LEDGER and BALANCE name the same file {same}. Give each its own."


def test_case_file_is_written_by_enforce_alone(refuse, register, empty_case):
    assert refuse("enforce", {**register, "CASE": empty_case, "OUTPUT": empty_case}) == ""
    assert refuse("enforce", {**register, "OUTPUT": empty_case}) == ""
    said = refuse("classifywells", {**register, "CASE": empty_case, "OUTPUT": empty_case})
    assert "is also read, as CASE" in said
    said = refuse("classifywells", {**register, "OUTPUT": empty_case})
    assert said == f"OUTPUT: {empty_case} is a case file and would be lost. Choose another name."
    said = refuse("enforce", {**register, "OUTPUT": empty_case, "REPORT": empty_case})
    assert "same file" in said


def test_report_over_a_case_file_is_refused(refuse, register, empty_case, tmp_path):
    said = refuse("enforce", {**register, "OUTPUT": str(tmp_path / "new.gpkg"), "REPORT": empty_case})
    assert "would be lost" in said


def test_messages_are_in_the_language_of_qgis(refuse, register, monkeypatch, tmp_path):
    import subprocess

    from overdraft.plugin.translation import FOLDER, Translation

    compiled = tmp_path / "overdraft_zh_CN.qm"
    subprocess.run(["lrelease", "-silent", FOLDER / "overdraft_zh_CN.ts", "-qm", compiled], check=True)
    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: "zh-Hans"))
    translation = Translation(tmp_path)
    translation.install()
    try:
        assert (
            refuse("enforce", {**register, "READING": "R9"})
            == "READING：不认识 R9。可用：R1, R2, R3，或留空。"
        )
        assert refuse("enforce", {"POLICY": "turpan-2021"}).startswith("缺少 WELLS：请给出图层“机井”")
    finally:
        translation.remove()


def test_errors_of_the_domain_speak_the_language_asked_for(run, register, layer):
    from qgis.core import QgsProcessingException

    nameless = layer("Point", {"x": "text"}, [("POINT (1 1)", "a")])
    said = {}
    for language in ("en", "zh"):
        with pytest.raises(QgsProcessingException) as caught:
            run("classifywells", {**register, "WELLS": nameless, "LANGUAGE": language, "OUTPUT": "memory:"})
        said[language] = str(caught.value)
    assert "well_id" in said["en"]
    assert "well_id" in said["zh"]
    assert said["en"].startswith("The layer Wells (wells) lacks the field Well id (well_id).")
    assert "列" in said["zh"] or "字段" in said["zh"]


def test_the_same_message_comes_through_processing_run(run, register):
    from qgis.core import QgsProcessingException

    with pytest.raises(QgsProcessingException, match="READING: R9 is not known"):
        run("enforce", {**register, "READING": "R9", "OUTPUT": "TEMPORARY_OUTPUT"})
