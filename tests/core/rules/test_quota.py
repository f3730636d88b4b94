"""Caps of units by year: kept, open, not comparable; the warning line; classes of load."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from saying import one, said, speaks
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.messages import render
from overdraft.core.policy import PolicyUnit, available_policies, load_policy
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of

GAOCHANG, SHANSHAN, TOKSUN = "650402", "650421", "650422"
DIVISION = "660014"
REGION, OFFICE = "自治区水利厅", "自治区水资委办公室"


def kunyu():
    """A policy whose whole jurisdiction is one division."""
    base = load_policy("turpan-2021")
    unit = PolicyUnit(DIVISION, "第十四师昆玉市", "Kunyu", "division", "", ("师市",))
    return replace(base, city_id=DIVISION, units=(unit,), targets=(), zone_units=(), authorities=())


def index(value, year, measure="index", unit=DIVISION, scope="师市", issuer=REGION, **more):
    return {
        "subject_role": "units",
        "subject_id": unit,
        "year": year,
        "measure": measure,
        "source": "groundwater",
        "value": value,
        "unit": "万m3",
        "scope": scope,
        "issuer": issuer,
        **more,
    }


OLD = "师市老团场"
YEARS = [
    index(2589, 2023),
    index(2112.32, 2023, "use", issuer=""),
    index(2482, 2024, scope=OLD, issuer=OFFICE),
    index(2356.52, 2024, "use", scope=OLD, issuer=""),
    index(2482, 2025, scope=OLD, issuer=OFFICE),
    index(954.57, 2025, "use", scope=OLD, issuer="", as_of="2025-08-26"),
]


def cap(made, clause="TLF-1.2i", **with_):
    return speaks(run(made, "quota.cap", clause, {"source": "groundwater", **with_}))


# --------------------------------------------------------------------------------------------------------- Kunyu


@pytest.mark.parametrize(
    "year",
    [pytest.param(2023, id="AC-60"), pytest.param(2024, id="AC-61")],
)
def test_a_closed_year_within_its_plan_passes(year):
    made = scene(kunyu(), "2025-09-04", indices=YEARS)
    found = cap(made, "TLF-4.2a", level="division", years=(year,))
    assert passed(found) == 1
    assert found.rows.empty


@pytest.mark.parametrize(
    ("value", "plan", "outcome"),
    [(2589, 2589, "pass"), (2589.0001, 2589, "fail"), (2588.9999, 2589, "pass")],
)
def test_the_figure_itself_is_within(value, plan, outcome):
    made = scene(kunyu(), "2025-09-04", indices=[index(plan, 2023), index(value, 2023, "use")])
    found = cap(made, "TLF-4.2a", level="division")
    assert (passed(found) == 1) == (outcome == "pass")
    assert outcomes(found) == ({} if outcome == "pass" else {DIVISION: "fail"})


@pytest.mark.parametrize(
    "as_of", [pytest.param("2025-09-04", id="AC-62"), pytest.param("2026-03-31", id="AC-62 later")]
)
def test_a_partial_year_stays_open(as_of):
    found = cap(scene(kunyu(), as_of, indices=YEARS), "TLF-4.2a", level="division", years=(2025,))
    row = one(found)
    assert (row["outcome"], row["period_state"], row["period"]) == ("not_evaluated", "open", "2025")
    assert row["measured"] == pytest.approx(954.57e4)
    assert row["threshold"] == pytest.approx(2482e4)
    text = render(row["message_key"], json.loads(row["message_values"]), "en")
    assert "38.46 %" in text
    assert "15,274,300 m³" in text
    assert "2025-08-26" in text


def test_an_open_year_over_its_plan_fails():
    rows = [index(2482, 2025, scope=OLD), index(2482.01, 2025, "use", scope=OLD, as_of="2025-08-26")]
    row = one(cap(scene(kunyu(), "2025-09-04", indices=rows), "TLF-4.2a", level="division"))
    assert (row["outcome"], row["period_state"], row["action"]) == ("fail", "open", "limit")


def test_cap_and_use_of_different_scopes_are_not_compared():
    rows = [index(2482, 2024, scope=OLD), index(2356, 2024, "use", scope="")]
    row = one(cap(scene(kunyu(), "2025-09-04", indices=rows), "TLF-4.2a", level="division"))
    assert (row["outcome"], row["period_state"]) == ("not_evaluated", "not_comparable")


def test_of_two_issuers_the_smaller_figure_binds():
    rows = [index(2500, 2023), index(2000, 2023, issuer="兵团"), index(2100, 2023, "use")]
    row = one(cap(scene(kunyu(), "2025-09-04", indices=rows), "TLF-4.2a", level="division"))
    assert row["outcome"] == "fail"
    assert row["threshold"] == pytest.approx(2000e4)


@pytest.mark.parametrize("lacking", ["index", "use"])
def test_a_missing_figure_is_never_a_pass(lacking):
    rows = [row for row in YEARS[:2] if row["measure"] != lacking]
    found = cap(scene(kunyu(), "2025-09-04", indices=rows), "TLF-4.2a", level="division", years=(2023,))
    assert outcomes(found) == {DIVISION: "not_evaluated"}
    assert passed(found) == 0


def test_units_of_others_are_out_of_scope():
    rows = [index(100, 2023, unit="150625"), index(200, 2023, "use", unit="150625")]
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(100, 38, 110, 42)}]
    found = run(
        scene(indices=rows, units=units), "quota.cap", "TLF-4.2a", {"source": "groundwater", "years": (2023,)}
    )
    assert "150625" not in set(found.rows["subject_id"])
    assert found.counts["n_out_of_scope"].sum() == 1


def test_without_any_figure_each_unit_says_so():
    found = run(scene(), "quota.cap", "TLF-4.2a", {"source": "groundwater", "years": (2024,)})
    assert set(found.rows["subject_id"]) == {GAOCHANG, SHANSHAN, TOKSUN}
    assert set(found.rows["outcome"]) == {"not_evaluated"}


# -------------------------------------------------------------------------------------------------------- Turpan


def turpan(**uses):
    rows = [
        {
            "subject_role": "units",
            "subject_id": unit,
            "year": 2025,
            "measure": "use",
            "source": "groundwater",
            "value": value,
            "unit": "亿m3",
        }
        for unit, value in uses.items()
    ]
    return scene(indices=rows)


def test_counties_and_city_each_have_their_own_cap():
    made = turpan(**{GAOCHANG: 1.911, SHANSHAN: 1.86, TOKSUN: 1.0})
    found = cap(made, "TLF-1.2i", level="county", years=(2025,))
    assert outcomes(found) == {GAOCHANG: "fail"}  # the city: 4.771 of 4.92, added up from its counties
    assert passed(found) == 3
    assert one(found)["measured"] - one(found)["threshold"] == pytest.approx(10e4)


def test_the_city_is_not_added_up_from_some_of_its_counties():
    found = cap(turpan(**{GAOCHANG: 1.9, SHANSHAN: 1.8}), "TLF-1.2i", level="county", years=(2025,))
    assert outcomes(found) == {TOKSUN: "not_evaluated", "6504": "not_evaluated"}


def test_a_clause_is_judged_by_its_own_figures():
    made = turpan(**{GAOCHANG: 1.6, SHANSHAN: 1.5, TOKSUN: 0.7})
    found = cap(made, "TLF-1.2o", level="county")  # 2035
    assert set(found.rows["period_state"]) == {"not_due"}
    assert set(found.rows["period"]) == {"2035"}
    assert set(found.rows["subject_id"]) == {GAOCHANG, SHANSHAN, TOKSUN, "6504"}


def test_readings_stand_in_and_a_well_without_them_leaves_the_year_unjudged():
    wells = [{"well_id": name, "county": "高昌区"} for name in "AB"]
    read = {"well_id": "A", "year": 2025, "volume_m3": 5.0e6}
    both = [read, {"well_id": "B", "year": 2025, "volume_m3": 1.0e6}]

    def verdict(readings, value=600):
        made = scene(wells=wells, readings=readings, indices=[index(value, 2025, unit=GAOCHANG, scope="")])
        found = cap(made, "TLF-4.2a", years=(2025,))
        return outcomes(found).get(GAOCHANG, "pass")

    assert verdict(both) == "pass"
    assert verdict(both, 599.9999) == "fail"
    assert verdict([read]) == "not_evaluated"
    assert verdict([read], 499) == "fail"


# ---------------------------------------------------------------------------------------------------- comparable


@pytest.mark.parametrize("_", [pytest.param(0, id="AC-63")])
def test_years_of_different_scopes_are_shown_and_not_compared(_):
    made = scene(kunyu(), "2025-09-04", indices=YEARS)
    bound = {"level": "division", "source": "groundwater", "from_year": 2023, "to_year": 2024}
    row = one(speaks(run(made, "quota.comparable", "TLF-4.2a", bound)))
    assert (row["outcome"], row["period_state"], row["period"]) == (
        "not_evaluated",
        "not_comparable",
        "2023/2024",
    )
    assert row["measured"] == pytest.approx(244.20e4)
    assert row["threshold"] == pytest.approx(-107e4)
    text = render(row["message_key"], json.loads(row["message_values"]), "zh")
    assert "-4.13%" in text
    assert "11.56%" in text
    assert row["action"] == "explain"


@pytest.mark.parametrize(
    ("plan", "used", "outcome"),
    [(2482, 2356.52, "review"), (2482, 2100, "pass"), (2600, 2356.52, "pass"), (2589, 2356.52, "pass")],
)
def test_a_plan_that_falls_while_use_rises_is_to_be_explained(plan, used, outcome):
    rows = [*YEARS[:2], index(plan, 2024), index(used, 2024, "use")]
    made = scene(kunyu(), "2025-09-04", indices=rows)
    found = speaks(run(made, "quota.comparable", "TLF-4.2a", {"level": "division", "source": "groundwater"}))
    assert outcomes(found).get(DIVISION, "pass") == outcome


def test_open_and_missing_years_are_not_compared():
    made = scene(kunyu(), "2025-09-04", indices=YEARS[2:])
    found = speaks(run(made, "quota.comparable", "TLF-4.2a", {"level": "division", "source": "groundwater"}))
    assert list(found.rows["period_state"]) == ["open"]
    made = scene(kunyu(), "2025-09-04", indices=[YEARS[0], *YEARS[2:4]])
    found = speaks(run(made, "quota.comparable", "TLF-4.2a", {"level": "division", "source": "groundwater"}))
    assert list(found.rows["outcome"]) == ["not_evaluated"]


# -------------------------------------------------------------------------------------------------------- warning


@pytest.mark.parametrize(
    ("used", "outcome"), [(90, "review"), (89.99, "pass"), (120, "review"), (None, "not_evaluated")]
)
def test_the_warning_line_includes_the_figure(used, outcome):
    rows = [index(100, 2025, unit=GAOCHANG, scope="")]
    rows += [] if used is None else [index(used, 2025, "use", unit=GAOCHANG, scope="")]
    found = run(
        scene(indices=rows),
        "quota.warning",
        "TLF-2.3",
        {"source": "groundwater", "years": (2025,), "ratio": 0.9},
    )
    assert outcomes(speaks(found)).get(GAOCHANG, "pass") == outcome


def test_a_warning_does_not_wait_for_the_end_of_the_year():
    rows = [index(100, 2026, unit=GAOCHANG, scope=""), index(95, 2026, "use", unit=GAOCHANG, scope="")]
    bound = {"source": "groundwater", "years": (2026,), "ratio": 0.9}
    found = run(scene(indices=rows), "quota.warning", "TLF-2.3", bound)
    assert outcomes(found)[GAOCHANG] == "review"


def test_without_a_warning_line_the_rule_says_so():
    found = run(scene(indices=YEARS), "quota.warning", "TLF-2.3", {"source": "groundwater"})
    assert list(found.rows["subject_role"]) == ["policy"]


# ----------------------------------------------------------------------------------------------- classes of load


@pytest.mark.parametrize(("used", "rank"), [(79.9, None), (80, 1), (99.9, 1), (100, 2), (150, 2)])
def test_a_break_belongs_to_the_class_above_it(used, rank):
    rows = [index(100, 2025, unit=GAOCHANG, scope=""), index(used, 2025, "use", unit=GAOCHANG, scope="")]
    bound = {"source": "groundwater", "years": (2025,), "breaks": (0.8, 1.0)}
    found = speaks(run(scene(indices=rows), "quota.capacity_class", "TLF-3.1b", bound))
    row = found.rows[found.rows["subject_id"] == GAOCHANG]
    if rank is None:
        assert row.empty
    else:
        assert f'"rank":{rank}' in row.iloc[0]["message_values"]
        assert row.iloc[0]["outcome"] == "review"


def test_order_of_rows_does_not_matter():
    made = [scene(kunyu(), "2025-09-04", indices=rows) for rows in (YEARS, YEARS[::-1])]
    for rule in ("quota.cap", "quota.comparable"):
        first, second = (
            run(one_, rule, "TLF-4.2a", {"level": "division", "source": "groundwater"}).rows for one_ in made
        )
        pd.testing.assert_frame_equal(first, second)
    assert np.isfinite(first["measured"].astype("float64")).all()


# ------------------------------------------------------------------------------------- the document of Kunyu itself


def sheet(subject="659009", scope=OLD):
    """The year sheet as a register holds it; the old regiments as a scope of the division, or as a unit."""
    rows = [("use", 2112.32, 2023, "659009", "师市"), ("use", 2356.52, 2024, subject, scope)]
    uses = [index(value, year, what, unit=unit, scope=of, issuer="") for what, value, year, unit, of in rows]
    return [*uses, index(954.57, 2025, "use", unit=subject, scope=scope, issuer="", as_of="2025-08-26")]


@pytest.mark.parametrize(
    ("subject", "scope"), [("659009", OLD), ("老团场", ""), ("kunyu-old-regiments", OLD)]
)
@pytest.mark.parametrize(
    ("clause", "rule", "verdict"),
    [
        pytest.param("KYS-R5b", "quota.cap", None, id="AC-60"),
        pytest.param("KYS-R5c", "quota.cap", None, id="AC-61"),
        pytest.param("KYS-R5d", "quota.cap", ("not_evaluated", "open"), id="AC-62"),
        pytest.param("KYS-R5e", "quota.comparable", ("not_evaluated", "not_comparable"), id="AC-63"),
    ],
)
def test_the_claims_of_kunyu_are_reconciled_with_the_register(clause, rule, verdict, subject, scope):
    made = scene("kunyu-2025", "2025-09-04", indices=sheet(subject, scope))
    bound = next(b for b in bindings(made.policy) if (b.clause.id, b.rule.name) == (clause, rule))
    found = speaks(findings_of(made, bound))
    rows = found.rows
    assert (len(rows), passed(found)) == ((0, 1) if verdict is None else (1, 0))
    if verdict is not None:
        assert (rows.iloc[0]["outcome"], rows.iloc[0]["period_state"]) == verdict
    if rule == "quota.comparable":
        assert rows.iloc[0]["measured"] == pytest.approx(244.20e4)
        assert rows.iloc[0]["threshold"] == pytest.approx(-107e4)


def test_every_policy_binds_these_rules_as_they_are():
    families = {"quota", "levels"}
    for policy in available_policies():
        made = scene(getattr(policy, "id", policy), "2026-03-31", indices=YEARS[:1])
        for bound in bindings(made.policy):
            if bound.rule.family in families:
                speaks(findings_of(made, bound))


# ------------------------------------------------------------------------- the old regiments, and years without cap


def regiments(flags=("old_regiment", "old_regiment", None)):
    names = ("四十七团", "皮山农场", "二二五团")
    boxes = [box(79 + n / 2, 37, 79.5 + n / 2, 37.5) for n in range(3)]
    rows = [
        {
            "unit_id": f"R{n}",
            "name": name,
            "level": "regiment",
            "parent_id": "659009",
            "flags": flag,
            "geometry": shape,
        }
        for n, (name, flag, shape) in enumerate(zip(names, flags, boxes, strict=True))
    ]
    return [
        {"unit_id": "659009", "name": "昆玉市", "level": "county", "geometry": box(79, 37, 80.5, 37.5)},
        *rows,
    ]


WELLS = [{"well_id": name, "x": 79.2 + n / 2, "y": 37.2} for n, name in enumerate("ABC")]


def claimed(clause, as_of="2026-03-31", **roles):
    made = scene("kunyu-2025", as_of, **roles)
    (bound,) = [b for b in bindings(made.policy) if (b.clause.id, b.rule.name) == (clause, "quota.cap")]
    return speaks(findings_of(made, bound))


def taken(wells="ABC", year=2024, volume=1.3e7):
    return [{"well_id": well, "year": year, "volume_m3": volume} for well in wells]


@pytest.mark.parametrize(
    ("roles", "outcome", "measured"),
    [
        pytest.param({"readings": taken()}, "fail", 2600e4, id="read"),
        pytest.param({"readings": taken(volume=1.2e7)}, "pass", None, id="read, within"),
        pytest.param({"readings": taken("AC")}, "not_evaluated", None, id="one regiment without a reading"),
        pytest.param(
            {"readings": taken(volume=1.2e7), "wells": [*WELLS, {"well_id": "D", "x": 79.2, "y": 37.2}]},
            "not_evaluated",
            2400e4,
            id="a well of theirs without a reading",
        ),
        pytest.param(
            {"indices": [index(1300, 2024, "use", unit=name, scope="") for name in ("四十七团", "皮山农场")]},
            "fail",
            2600e4,
            id="recorded",
        ),
        pytest.param(
            {"readings": taken(), "indices": [index(2356.52, 2024, "use", unit=OLD, scope="")]},
            "pass",
            None,
            id="the recorded use of all goes first",
        ),
        pytest.param(
            {"readings": taken(), "units": regiments((None,) * 3)}, "not_evaluated", None, id="none flagged"
        ),
    ],
)
@pytest.mark.parametrize("clause", ["KYS-R5c", "KYS-3"])
def test_the_old_regiments_are_those_with_the_flag(clause, roles, outcome, measured):
    found = claimed(clause, **{"wells": WELLS, "units": regiments(), **roles})
    rows = found.rows[(found.rows["subject_id"] == "kunyu-old-regiments") & (found.rows["period"] == "2024")]
    assert list(rows["outcome"]) == ([] if outcome == "pass" else [outcome])
    if measured is not None:
        assert (rows.iloc[0]["measured"], rows.iloc[0]["threshold"]) == (measured, 2482e4)


def test_every_closed_year_is_told_where_use_is_known_and_no_cap():
    rows = [index(100, 2023, unit=GAOCHANG, scope=""), index(90, 2022, "use", unit=GAOCHANG, scope="")]
    rows += [index(90, year, "use", unit=GAOCHANG, scope="") for year in (2023, 2024, 2025, 2026)]
    base = replace(load_policy("turpan-2021"), targets=())
    found = cap(scene(base, indices=rows), "TLF-4.2a", level="county")
    here = found.rows[found.rows["subject_id"] == GAOCHANG]
    assert dict(zip(here["period"], here["outcome"], strict=True)) == {
        "2024": "not_evaluated",
        "2025": "not_evaluated",
    }


def test_the_index_of_the_city_goes_before_that_of_a_part_of_it():
    rows = [
        *sheet(),
        index(2600, 2024, unit="659009", scope=""),
        index(2700, 2024, "use", unit="659009", scope=""),
    ]
    found = claimed("KYS-3", "2025-09-04", indices=rows)
    told = dict(
        zip(
            zip(found.rows["subject_id"], found.rows["period"], strict=True),
            found.rows["outcome"],
            strict=True,
        )
    )
    assert told == {("659009", "2024"): "fail", ("kunyu-old-regiments", "2025"): "not_evaluated"}


def test_the_change_of_scope_names_both_scopes_and_issuers():
    made = scene("kunyu-2025", "2025-09-04", indices=sheet())
    (bound,) = [b for b in bindings(made.policy) if b.clause.id == "KYS-R5e"]
    text = said(one(speaks(findings_of(made, bound))), "zh")
    assert "由“昆玉市 (自治区水利厅)”变为“师市老团场 (自治区水资委办公室)”" in text
