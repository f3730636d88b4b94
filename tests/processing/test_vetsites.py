"""``vetsites`` through Processing."""

from __future__ import annotations

import json

import pytest
from qgis.core import QgsWkbTypes

from overdraft.core.schema import results_schema

KINDS = {"application_id": "text", "kind": "text", "use": "text", "remark": "text"}


@pytest.fixture
def given(register, layer):
    """A new irrigation well in the severe zone, one far outside the jurisdiction, one without a place."""
    rows = [
        ("POINT (89.3 42.3)", "A1", "new", "irrigation", "first"),
        ("POINT (95.5 42.3)", "A2", "new", "irrigation", None),
        (None, "A3", "new", "irrigation", None),
    ]
    return {**register, "APPLICATIONS": layer("Point", KINDS, rows, name="applications"), "OUTPUT": "memory:"}


def test_permission_clauses_and_reason(run, given, rows_of, listener):
    said = listener()
    out = run("vetsites", {**given, "FINDINGS": "memory:", "LANGUAGE": "en"}, feedback=said)
    layer = out["OUTPUT"]
    assert layer.wkbType() == QgsWkbTypes.Type.Point
    names = [field.name() for field in layer.fields()]
    assert names == ["remark", *results_schema().tables["vetting"].fields, "reason"]
    rows = {row["application_id"]: row for row in rows_of(layer)}
    first = rows["A1"]
    assert (first["permission"], first["outcome"], first["remark"]) == ("deny", "fail", "first")
    assert "TLF-4.3d" in first["clauses"].split(";")
    assert first["reason"].isascii()
    fired = {entry["clause"]: entry["permission"] for entry in json.loads(first["fired"])}
    assert fired["TLF-4.3d"] == "deny"
    assert rows["A3"]["permission"] != "allow"
    assert rows["A3"]["wkt"] is None
    assert {row["subject_role"] for row in rows_of(out["FINDINGS"])} == {"applications"}
    assert any(text.startswith("Applications by permission: Deny 1") for text in said.infos)


def test_texts_in_chinese_authorities_too(run, given, rows_of):
    spoken = {
        language: {
            row["application_id"]: row
            for row in rows_of(run("vetsites", {**given, "LANGUAGE": language})["OUTPUT"])
        }
        for language in ("en", "zh")
    }
    english, chinese = spoken["en"]["A1"], spoken["zh"]["A1"]
    assert not chinese["reason"].isascii()
    assert english["permission"] == chinese["permission"]
    assert english["authority"] != chinese["authority"]
    assert english["authority"].isascii()


def test_no_applications(run, given, layer, rows_of):
    out = run("vetsites", {**given, "APPLICATIONS": layer("Point", KINDS, [])})["OUTPUT"]
    assert rows_of(out) == []


def test_applications_are_needed(provider, context, register):
    algorithm = provider.algorithm("vetsites").create()
    ok, said = algorithm.checkParameterValues({**register, "OUTPUT": "memory:"}, context)
    assert not ok
    assert said == "APPLICATIONS is needed: give the layer Applications, or a case file (CASE) that holds it."
