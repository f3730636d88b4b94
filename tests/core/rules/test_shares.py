"""Shares and balances of volumes."""

from __future__ import annotations

import pytest
from saying import said, speaks

from build import passed, run, scene

GAOCHANG, SHANSHAN, TOKSUN = "650402", "650421", "650422"
CITY = "6504"
FARM = {
    "numerator": "agriculture_use",
    "denominator": "total_use",
    "limit": 85,
    "at": "at_most",
    "years": (2025,),
}
REUSE = {
    "numerator": "reclaimed_use",
    "denominator": "wastewater_treated",
    "limit": 60,
    "at": "at_least",
    "years": (2025,),
}
ETA = {
    "numerator": "net_field",
    "denominator": "gross_diversion",
    "limit": 50,
    "at": "at_least",
    "years": (2020,),
    "level": "city",
}


def figure(value, year=2025, measure="use", unit=CITY, unit_="亿m3", **more):
    row = {"subject_role": "units", "subject_id": unit, "year": year, "measure": measure, "value": value}
    return {**row, "unit": unit_, "source": "total", **more}


def only(found):
    assert len(found.rows) <= 1
    return "pass" if found.rows.empty else found.rows.iloc[0]["outcome"]


def farm(part, whole=11.2, as_of="2026-03-31", **more):
    rows = [figure(part, sector="agriculture", **more), figure(whole)]
    return run(scene(as_of=as_of, indices=rows), "shares.limit", "TLF-1.2f", FARM)


@pytest.mark.parametrize(
    ("part", "outcome"),
    [pytest.param(9.52, "pass", id="AC-11 85.00 %"), pytest.param(9.53, "fail", id="AC-11 85.09 %")],
)
def test_agriculture_takes_at_most_its_share(part, outcome):
    found = farm(part)
    assert only(found) == outcome
    if outcome == "fail":
        assert found.rows.iloc[0]["measured"] == pytest.approx(85.0892857)
        assert found.rows.iloc[0]["threshold"] == 85
    else:
        assert passed(found) == 1


@pytest.mark.parametrize(
    ("used", "outcome"),
    [pytest.param(600, "pass", id="AC-31 60 %"), pytest.param(599, "fail", id="AC-31 59.9 %")],
)
@pytest.mark.parametrize("record", [("reclaimed", None), ("use", "reclaimed")])
def test_reclaimed_water_reaches_its_share(used, outcome, record):
    rows = [
        figure(used, measure=record[0], source=record[1], unit_="万m3"),
        figure(1000, measure="wastewater_treated", unit_="万m3"),
    ]
    assert only(run(scene(indices=rows), "shares.limit", "TLF-1.2j", REUSE)) == outcome


@pytest.mark.parametrize(
    ("net", "outcome"),
    [pytest.param(60, "pass", id="AC-55 0.50"), pytest.param(59, "fail", id="AC-55 0.4917")],
)
def test_the_irrigation_coefficient(net, outcome):
    made = scene("yengisar-2020")
    rows = [
        figure(value, 2020, measure, made.city, "万m3")
        for measure, value in (("net_field", net), ("gross_diversion", 120))
    ]
    found = run(scene("yengisar-2020", indices=rows), "shares.limit", "YJS-2a", ETA)
    assert only(found) == outcome
    if outcome == "fail":
        assert found.rows.iloc[0]["measured"] == pytest.approx(49.1666667)


def test_the_city_is_the_sum_of_all_its_counties_or_nothing():
    rows = [figure(value, unit=unit) for unit, value in ((GAOCHANG, 4), (SHANSHAN, 4), (TOKSUN, 4))]
    farms = [
        figure(value, unit=unit, sector="agriculture")
        for unit, value in ((GAOCHANG, 3.9), (SHANSHAN, 3), (TOKSUN, 3.3))
    ]
    assert only(run(scene(indices=rows + farms), "shares.limit", "TLF-1.2f", FARM)) == "pass"  # 10.2 of 12
    assert only(run(scene(indices=rows + farms[:2]), "shares.limit", "TLF-1.2f", FARM)) == "not_evaluated"


@pytest.mark.parametrize(
    ("as_of", "state"), [("2024-12-31", "not_due"), ("2025-06-30", "open"), ("2025-12-31", "closed")]
)
def test_a_year_is_judged_once_it_is_over(as_of, state):
    found = farm(9.53, as_of=as_of)
    assert found.rows.iloc[0]["period_state"] == state
    assert only(found) == ("fail" if state == "closed" else "not_evaluated")


def test_a_record_of_a_part_of_the_year_is_open_and_nothing_recorded_says_nothing():
    rows = [figure(9.0, sector="agriculture", as_of="2025-10-01"), figure(11.2)]
    assert only(run(scene(indices=rows), "shares.limit", "TLF-1.2f", FARM)) == "not_evaluated"
    found = run(scene(indices=[figure(11.2)]), "shares.limit", "TLF-1.2f", FARM)
    assert found.rows.iloc[0]["message_key"] == "shares.limit.no_data"
    assert run(scene(), "shares.limit", "TLF-1.2f", FARM).rows.iloc[0]["message_key"] == "rules.role_missing"


def test_without_a_limit_the_share_is_shown_and_not_judged():
    rows = [figure(2, unit="654224", sector="ecology"), figure(8, unit="654224")]
    with_ = {"numerator": "ecology_use", "denominator": "total_use", "at": "at_least", "level": "county"}
    settings = {"limit": "ecology.share_percent"}
    found = speaks(run(scene("toli-2024", indices=rows), "shares.limit", "TOL-3a", with_, settings))
    row = found.rows.iloc[0]
    assert (row["message_key"], only(found)) == ("shares.limit.shown", "not_evaluated")
    assert row["measured"] == 25
    assert "ecology.share_percent" in said(row)
    found = run(scene("toli-2024", indices=rows[1:]), "shares.limit", "TOL-3a", with_, settings)
    assert found.rows.iloc[0]["message_key"] == "shares.limit.no_data"
    rows[0]["as_of"] = "2025-10-01"
    found = speaks(run(scene("toli-2024", indices=rows), "shares.limit", "TOL-3a", with_, settings))
    assert found.rows.iloc[0]["message_key"] == "shares.limit.shown_open"


ALL_REUSED = {
    "numerator": "reclaimed_reused",
    "denominator": "reclaimed_produced",
    "limit": 100,
    "at": "at_least",
    "years": (2025,),
}


@pytest.mark.parametrize(
    ("produced", "reused", "outcome"),
    [(80, 80, "pass"), (100, 60, "fail"), (100, None, "not_evaluated"), (None, 60, "not_evaluated")],
)
def test_all_of_the_reclaimed_water_is_reused(produced, reused, outcome):
    """Of what was reclaimed, not of all the wastewater that was treated (100)."""
    rows = [figure(100, measure="wastewater_treated", source=None)]
    rows += [figure(produced, measure="reclaimed", source=None)] if produced else []
    rows += [figure(reused, source="reclaimed")] if reused else []
    assert only(speaks(run(scene(indices=rows), "shares.limit", "TLF-1.2j", ALL_REUSED))) == outcome


def test_recorded_use_of_reclaimed_water_comes_before_what_was_reclaimed():
    rows = [
        figure(100, measure="wastewater_treated", source=None),
        figure(70, measure="reclaimed", source=None),
        figure(50, source="reclaimed"),
    ]
    found = run(scene(indices=rows), "shares.limit", "TLF-1.2j", REUSE)
    assert (only(found), found.rows.iloc[0]["measured"]) == ("fail", 50)


def test_falling_short_may_be_for_review():
    rows = [figure(1, sector="misc"), figure(0.99, sector="misc", source="reclaimed")]
    with_ = {
        "numerator": "misc_reclaimed",
        "denominator": "misc_use",
        "limit": 100,
        "at": "at_least",
        "years": (2025,),
    }
    assert (
        only(run(scene(indices=rows), "shares.limit", "TLF-1.2j", {**with_, "short": "review"})) == "review"
    )
    assert only(run(scene(indices=rows), "shares.limit", "TLF-1.2j", with_)) == "fail"


def test_another_county_is_out_of_scope():
    rows = [figure(9.9, unit="150625", sector="agriculture"), figure(10, unit="150625")]
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county"}]
    found = run(scene(units=units, indices=rows), "shares.limit", "TLF-1.2f", {**FARM, "level": "county"})
    assert "150625" not in set(found.rows["subject_id"])
    assert found.counts["n_out_of_scope"].sum() == 1


# ------------------------------------------------------------------------------------------------- withdrawn over-use

OVER_USE = {"percent": 60}


def withdrawn(base, use, force=None, **with_):
    source = "total" if base == "total_use" else "groundwater"
    made = scene(indices=[figure(use, source=source)])
    return run(
        made, "shares.withdrawn", "TLF-1.2g", {**OVER_USE, "base": base, **with_}, force=force
    ).rows.iloc[0]


@pytest.mark.parametrize(
    ("base", "use", "share", "key"),
    [
        pytest.param("total_use", 11.20, 60.4167, "met", id="AC-06 total 11.20"),
        pytest.param("total_use", 11.21, 59.8958, "not_met", id="AC-06 total 11.21"),
        pytest.param("groundwater_use", 4.92, 58.7963, "not_met", id="AC-06 groundwater"),
    ],
)
def test_the_withdrawn_share_of_the_over_use(base, use, share, key):
    row = withdrawn(base, use)
    assert row["measured"] == pytest.approx(share, abs=1e-4)
    assert row["message_key"] == f"shares.withdrawn.{key}"
    assert row["outcome"] == "review"  # the base is a reading of ours
    if base == "groundwater_use":
        assert '"short_m3":2600000.0' in row["message_values"]


def test_with_a_stated_over_use_it_is_a_verdict():
    assert withdrawn("total_use", 11.21, over_use_m3=1.92e8)["outcome"] == "fail"
    made = scene(indices=[figure(11.20)])
    found = run(
        made, "shares.withdrawn", "TLF-1.2g", {**OVER_USE, "base": "total_use", "over_use_m3": 1.92e8}
    )
    assert (len(found.rows), passed(found)) == (0, 1)


def test_a_recorded_base_year_wins_and_a_missing_use_says_nothing():
    made = scene(indices=[figure(12.0, 2020), figure(11.2)])
    row = run(made, "shares.withdrawn", "TLF-1.2g", {**OVER_USE, "base": "total_use"}).rows.iloc[0]
    assert row["measured"] == pytest.approx(0.8 / 1.56 * 100)
    row = run(scene(), "shares.withdrawn", "TLF-1.2g", {**OVER_USE, "base": "total_use"}).rows.iloc[0]
    assert (row["outcome"], row["message_key"]) == ("not_evaluated", "shares.withdrawn.no_data")


# --------------------------------------------------------------------------------------------------------- balance


def balance(use: dict, recharge: dict, as_of="2026-03-31", **with_):
    rows = [figure(v, year, unit=GAOCHANG, source="groundwater") for year, v in use.items()]
    rows += [figure(v, year, "recharge", GAOCHANG, source=None) for year, v in recharge.items()]
    found = run(scene(as_of=as_of, indices=rows), "shares.balance", "TLF-1.2p", with_)
    rows = found.rows[found.rows["subject_id"] == GAOCHANG]
    return ("pass", "") if rows.empty else tuple(rows.iloc[0][["outcome", "message_key"]])


@pytest.mark.parametrize(("use", "outcome"), [(2.0, "pass"), (2.0001, "fail"), (1.9, "pass")])
def test_abstraction_is_at_most_recharge(use, outcome):
    assert balance({2025: use}, {2025: 2.0})[0] == outcome


def test_means_over_a_window_need_every_year_and_an_estimate_holds_until_the_next():
    use = dict.fromkeys(range(2021, 2026), 2.0) | {2025: 3.0}
    assert balance(use, {2019: 2.2}, window_years=5)[0] == "pass"  # 11 of 11
    assert balance(use, {2019: 2.2, 2024: 2.1}, window_years=5)[0] == "fail"
    del use[2022]
    assert balance(use, {2019: 2.2}, window_years=5) == ("not_evaluated", "shares.balance.no_use")
    assert balance({2025: 2}, {2026: 2.2}) == ("not_evaluated", "shares.balance.no_recharge")


def test_a_target_year_is_not_due_before_it():
    assert balance({2025: 2}, {2025: 1}, years=(2035,)) == ("not_evaluated", "shares.balance.not_due")


def test_only_flagged_units_where_the_clause_speaks_of_them():
    units = [{"unit_id": GAOCHANG, "name": "高昌区", "level": "county", "flags": "urban"}]
    rows = [figure(3, unit=GAOCHANG, source="groundwater"), figure(1, measure="recharge", unit=GAOCHANG)]
    rows += [figure(3, unit=SHANSHAN, source="groundwater"), figure(1, measure="recharge", unit=SHANSHAN)]
    found = run(scene(units=units, indices=rows), "shares.balance", "TLF-1.2p", {"flag": "urban"})
    assert found.rows["subject_id"].tolist() == [GAOCHANG]
    assert found.counts["n_out_of_scope"].sum() == 2


def test_without_any_flagged_unit_the_clause_is_not_passed_over():
    rows = [figure(3, unit=GAOCHANG, source="groundwater"), figure(1, measure="recharge", unit=GAOCHANG)]
    for flags in (None, "old_regiment"):
        units = [{"unit_id": GAOCHANG, "name": "高昌区", "level": "county", "flags": flags}]
        found = speaks(run(scene(units=units, indices=rows), "shares.balance", "TLF-1.2p", {"flag": "urban"}))
        assert only(found) == "not_evaluated"
        assert found.rows.iloc[0]["message_key"] == "shares.balance.no_flag"
