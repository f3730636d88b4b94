"""R17: geometry with Z and M, in parts, curved, broken, overlapping; what the import takes, what the check tells."""

from __future__ import annotations

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

from overdraft.core.coordinates.plane import metres_per_degree

WELL = {"well_id": "text", "use": "text", "status": "text"}
ZONE = {"zone_id": "text", "severity": "text"}
ERROR, WARNING, NOTE = "error", "warning", "note"


@pytest.fixture
def wells(layer):
    """``wells(kind, *wkt)``: wells W1 … with these geometries."""

    def make(kind, *texts):
        rows = [(wkt, f"W{n}", "irrigation", "active") for n, wkt in enumerate(texts, 1)]
        return layer(kind, WELL, rows)

    return make


@pytest.mark.parametrize(
    ("kind", "wkt"),
    [
        ("PointZ", "PointZ (89.5 42.5 812)"),
        ("PointM", "PointM (89.5 42.5 7)"),
        ("PointZM", "PointZM (89.5 42.5 812 7)"),
        ("MultiPoint", "MultiPoint ((89.5 42.5))"),
        ("MultiPointZ", "MultiPointZ ((89.5 42.5 812))"),
    ],
)
def test_r17_points_of_every_dimension_are_points(imported, wells, kind, wkt):
    made = imported(wells(kind, wkt))
    assert [row["wkt"] for row in made.rows] == ["Point (89.5 42.5)"]
    assert made.said() == []


def test_r17_a_point_of_several_parts_is_no_place(imported, wells, run, rows_of):
    source = wells("MultiPoint", "MultiPoint ((89.5 42.5))", "MultiPoint ((89.5 42.5), (89.6 42.5))")
    made = imported(source)
    assert made.rows[1]["wkt"] == "MultiPoint ((89.5 42.5),(89.6 42.5))"  # nobody chooses one of them
    assert made.said() == [(ERROR, "import.parts", "W2", "geometry")]


def test_r17_empty_and_missing_points(imported, wells):
    made = imported(wells("Point", "Point (89.5 42.5)", "Point EMPTY", None))
    assert made.errors() == [("import.position", "W2", "geometry"), ("import.position", "W3", "geometry")]


def test_r17_the_wrong_kind_of_geometry(imported, refused, wells, layer):
    mixed = QgsVectorLayer("Unknown?crs=EPSG:4490", "mixed", "memory")
    mixed.dataProvider().addAttributes(wells("Point").fields().toList())
    mixed.updateFields()
    for n, wkt in enumerate(("Point (89.5 42.5)", "LineString (89 42, 90 43)"), 1):
        feature = QgsFeature(mixed.fields())
        feature.setAttributes([f"W{n}", "irrigation", "active"])
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        mixed.dataProvider().addFeatures([feature])
    if mixed.featureCount() == 2:
        made = imported(mixed)
        assert [row["wkt"] for row in made.rows] == ["Point (89.5 42.5)", None]
        assert ("import.register", "W2", "geometry") in made.errors() or len(made.errors()) == 1
    message = refused(wells("LineString", "LineString (89 42, 90 43)"))
    assert "LineString" in message


@pytest.mark.parametrize(
    ("kind", "wkt"),
    [
        ("Polygon", "Polygon ((89 42, 90 42, 90 43, 89 43, 89 42))"),
        ("PolygonZ", "PolygonZ ((89 42 1, 90 42 2, 90 43 3, 89 43 4, 89 42 1))"),
        ("MultiPolygonZM", "MultiPolygonZM (((89 42 1 0, 90 42 2 0, 90 43 3 0, 89 43 4 0, 89 42 1 0)))"),
        ("CurvePolygon", "CurvePolygon (CompoundCurve ((89 42, 90 42, 90 43, 89 43, 89 42)))"),
    ],
)
def test_r17_polygons_of_every_dimension_are_flat(imported, layer, kind, wkt):
    made = imported(layer(kind, ZONE, [(wkt, "Z1", "severe")]), "zones")
    assert [row["wkt"] for row in made.rows] == ["MultiPolygon (((89 42, 90 42, 90 43, 89 43, 89 42)))"]
    assert made.said() == []


def test_r17_curves_are_made_of_straight_pieces(imported, layer):
    """A circle of radius 0.5° around (89.5, 42.5): a polygon of many corners with π · 0.25 square degrees."""
    wkt = "CurvePolygon (CircularString (89 42.5, 89.5 43, 90 42.5, 89.5 42, 89 42.5))"
    made = imported(layer("CurvePolygon", ZONE, [(wkt, "Z1", "severe")]), "zones")
    area = QgsGeometry.fromWkt(made.rows[0]["wkt"]).area()
    assert area == pytest.approx(3.14159265 * 0.25, rel=1e-3)


def box(left, bottom, right, top):
    return f"Polygon (({left} {bottom}, {right} {bottom}, {right} {top}, {left} {top}, {left} {bottom}))"


BOW = "Polygon ((89 42, 90 43, 90 42, 89 43, 89 42))"


class TestCheck:
    """The polygon faults that only a comparison of rows shows: imported as they are, told by ``checkregister``."""

    @pytest.fixture
    def check(self, imported, run, rows_of, layer):
        def call(*shapes, role="zones"):
            rows = [(wkt, f"Z{n}", "severe") for n, wkt in enumerate(shapes, 1)]
            made = imported(layer("Polygon", ZONE, rows), role)
            again = layer("MultiPolygon", ZONE, [(r["wkt"], r["zone_id"], r["severity"]) for r in made.rows])
            out = run("checkregister", {role.upper(): again, "PROBLEMS": "memory:", "COUNTS": "memory:"})
            for row in rows_of(out["COUNTS"]):
                assert row["n_subjects"] == row["n_ok"] + row["n_problem"] + row["n_not_checked"]
            return [
                (p["check"], p["subject_id"]) for p in rows_of(out["PROBLEMS"]) if "polygon" in p["check"]
            ]

        return call

    def test_r17_in_order(self, check):
        assert check(box(89, 42, 90, 43), box(90, 42, 91, 43)) == []

    def test_r17_invalid(self, check):
        assert ("polygons.valid", "Z1") in check(BOW)

    def test_r17_overlapping(self, check):
        assert {name for name, _ in check(box(89, 42, 90, 43), box(89.9, 42, 91, 43))} == {"polygons.overlap"}

    def test_r17_sliver(self, check):
        """An overlap of 1e-6° · 1° = 8 cm · 111 km."""
        _, metres = metres_per_degree(42.5)
        assert metres == pytest.approx(111_000, rel=0.01)
        assert {name for name, _ in check(box(89, 42, 90, 43), box(89.999999, 42, 91, 43))} <= {
            "polygons.overlap",
            "polygons.sliver",
        }
