"""Volume = energy × coefficient: which coefficient, which periods, and when there is none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.policy import available_policies, load_policy
from overdraft.core.power import power_to_water

AS_OF = date(2025, 3, 31)


def volumes(result, well=None):
    rows = result.volumes
    rows = rows if well is None else rows[rows["well_id"] == well]
    return rows["volume_m3"].tolist()


def findings(result, rule):
    rows = result.verdicts.rows
    return rows[rows["rule"] == f"power.{rule}"]


@pytest.mark.parametrize(
    ("ratio", "expected", "origin"),
    [
        pytest.param(2.5, 30_000.0, "converted", id="AC-50-coefficient"),
        pytest.param(None, np.nan, "", id="AC-50-no-coefficient"),
    ],
)
def test_energy_times_coefficient_or_nothing(register, reading, ratio, expected, origin):
    made = register([{"well_id": "A", "m3_per_kwh_ratio": ratio}], readings=[reading("A", energy=12_000)])
    result = power_to_water(made, AS_OF)
    assert volumes(result) == pytest.approx([expected], nan_ok=True)
    assert result.volumes["volume_origin"].tolist() == [origin]
    missing = findings(result, "coefficient_missing")
    assert missing["outcome"].tolist() == ([] if ratio else ["not_evaluated"])
    assert missing["measured"].tolist() == ([] if ratio else [12_000])


def test_a_metered_volume_prevails(register, reading):
    made = register([{"well_id": "A", "m3_per_kwh_ratio": 2}], readings=[reading("A", 2024, 4, 70, 50)])
    row = power_to_water(made, AS_OF).volumes.iloc[0]
    assert (row["volume_m3"], row["converted_m3"], row["volume_origin"]) == (70, 100, "metered")


def test_a_metered_zero_prevails_and_a_negative_figure_is_none(register, reading):
    made = register(
        [{"well_id": "A", "m3_per_kwh_ratio": 2}],
        readings=[
            reading("A", 2024, 4, 0, 50),
            reading("A", 2024, 5, -7, 50),
            reading("A", 2024, 6, None, -1),
        ],
    )
    assert volumes(power_to_water(made, AS_OF)) == pytest.approx([0, 100, np.nan], nan_ok=True)


def test_well_before_stratum_before_unit(register, reading, coefficient):
    made = register(
        [
            {"well_id": "index", "m3_per_kwh_ratio": 9},
            {"well_id": "field", "m3_per_kwh_ratio": 4},
            {"well_id": "stratum"},
            {"well_id": "unit", "aquifer": "deep_confined"},
            {"well_id": "beyond", "aquifer": "deep_confined", "county": "鄯善县"},
        ],
        readings=[
            reading(well, 2024, 5, None, 100) for well in ("index", "field", "stratum", "unit", "beyond")
        ],
        indices=[
            coefficient("wells", "index", 5),
            coefficient("units", "高昌区", 3, scope="浅层"),
            coefficient("units", "650402", 2),
            coefficient("units", "吐鲁番市", 1),
        ],
    )
    policy = load_policy("turpan-2021")
    rows = power_to_water(made, AS_OF, policy).volumes.set_index("well_id")
    assert rows["volume_m3"].to_dict() == {
        "index": 500, "field": 400, "stratum": 300, "unit": 200, "beyond": 100,
    }  # fmt: skip
    assert rows["coefficient_origin"].to_dict() == {
        "index": "well", "field": "well", "stratum": "stratum", "unit": "unit", "beyond": "unit",
    }  # fmt: skip
    coarser = power_to_water(made, AS_OF, policy, level="stratum").volumes.set_index("well_id")["volume_m3"]
    assert (coarser["index"], coarser["field"], coarser["stratum"]) == (300, 300, 300)
    coarsest = power_to_water(made, AS_OF, policy, level="unit").volumes.set_index("well_id")["volume_m3"]
    assert (coarsest["index"], coarsest["stratum"], coarsest["beyond"]) == (200, 200, 100)


def test_a_coefficient_holds_from_its_day(register, reading, coefficient):
    made = register(
        [{"well_id": "A"}],
        readings=[reading("A", 2023, 12, None, 10), *(reading("A", 2024, m, None, 10) for m in (5, 6, 7))],
        indices=[
            coefficient("wells", "A", 3, 2024),
            coefficient("wells", "A", 2, 2024, effective_from="2024-06-30"),
            coefficient("wells", "A", 1, 2024, effective_from="2025-06-01"),
        ],
    )
    result = power_to_water(made, AS_OF)
    assert volumes(result) == pytest.approx([np.nan, 30, 20, 20], nan_ok=True)
    assert result.coefficients["m3_per_kwh_ratio"].tolist() == [2]
    assert str(result.coefficients["since"][0].date()) == "2024-06-30"


def test_of_two_coefficients_of_one_day_the_larger_holds(register, reading, coefficient):
    rows = [coefficient("wells", "A", 2, version="b"), coefficient("wells", "A", 3, version="a")]
    for order in (rows, rows[::-1]):
        made = register([{"well_id": "A"}], readings=[reading("A", energy=10)], indices=order)
        assert volumes(power_to_water(made, AS_OF)) == [30]


def test_periods_after_the_day_are_left_out(register, reading):
    made = register(
        [{"well_id": "A", "m3_per_kwh_ratio": 1}],
        readings=[
            reading("A", 2025, 3, None, 1),
            reading("A", 2025, 4, None, 2),
            reading("A", 2026, None, None, 4),
        ],
    )
    assert volumes(power_to_water(made, AS_OF)) == [1]


@pytest.mark.parametrize(
    ("year_row", "months", "counted"),
    [
        pytest.param((900, None), [(None, 10)] * 2, ["metered", "in_year", "in_year"], id="metered-year"),
        pytest.param(
            (None, 500), [(None, 10)] * 2, ["converted", "in_year", "in_year"], id="energy-of-the-year"
        ),
        pytest.param(
            (None, 500), [(30, 10), (40, 10)], ["in_months", "metered", "metered"], id="metered-months"
        ),
        pytest.param(
            (None, None), [(None, 10)] * 2, ["in_months", "converted", "converted"], id="empty-year"
        ),
    ],
)
def test_a_year_is_counted_once(register, reading, year_row, months, counted):
    rows = [reading("A", 2024, None, *year_row)]
    rows += [reading("A", 2024, month, *row) for month, row in enumerate(months, 1)]
    made = register([{"well_id": "A", "m3_per_kwh_ratio": 2}], readings=rows)
    assert power_to_water(made, AS_OF).volumes["volume_origin"].tolist() == counted


def test_two_accounts_add_up_and_a_newer_version_replaces(register, reading):
    made = register(
        [{"well_id": "A", "m3_per_kwh_ratio": 1}],
        readings=[
            reading("A", 2024, 5, None, 10, account_no="1", as_of="2024-06-01"),
            reading("A", 2024, 5, None, 30, account_no="1", as_of="2024-07-01"),
            reading("A", 2024, 5, None, 5, account_no="2"),
        ],
    )
    assert volumes(power_to_water(made, AS_OF)) == [35]


class TestAccounts:
    """One account and its wells."""

    WELLS = ({"well_id": "A", "m3_per_kwh_ratio": 2}, {"well_id": "B", "m3_per_kwh_ratio": 3})

    def shares(self, *values):
        rows = zip(("A", "B"), values, strict=True)
        return [{"account_no": "X", "well_id": well, "share_ratio": share} for well, share in rows]

    @pytest.mark.parametrize("named", [None, "A"])
    def test_energy_is_divided_by_the_shares(self, register, reading, named):
        made = register(
            list(self.WELLS),
            readings=[reading(named, 2024, 5, None, 100, account_no="X")],
            account_wells=self.shares(0.25, 0.75),
        )
        result = power_to_water(made, AS_OF)
        rows = result.volumes.set_index("well_id")
        assert rows["energy_kwh"].to_dict() == {"A": 25, "B": 75}
        assert rows["volume_m3"].to_dict() == {"A": 50, "B": 225}
        assert findings(result, "account_split").empty

    @pytest.mark.parametrize("shares", [(None, None), (0.5, None), (0.5, 0.4), (1.5, -0.5)])
    @pytest.mark.parametrize("named", [None, "A"])
    def test_without_shares_it_is_nobodys_and_shown(self, register, reading, shares, named):
        made = register(
            list(self.WELLS),
            readings=[reading(named, 2024, 5, 7, 100, account_no="X")],
            account_wells=self.shares(*shares),
        )
        result = power_to_water(made, AS_OF)
        assert result.volumes["energy_kwh"].notna().sum() == 0
        assert volumes(result) == ([7] if named else [])
        row = findings(result, "account_split").iloc[0]
        assert (row["subject_id"], row["outcome"], row["measured"]) == ("X", "review", 100)

    def test_wells_with_readings_of_their_own_keep_them(self, register, reading):
        made = register(
            list(self.WELLS),
            readings=[reading(well, 2024, 5, None, 10, account_no="X") for well in "AB"],
            account_wells=self.shares(None, None),
        )
        result = power_to_water(made, AS_OF)
        assert volumes(result) == [20, 30]
        assert findings(result, "account_split").empty

    def test_an_account_of_one_well_names_it(self, register, reading):
        made = register(
            [{"well_id": "A", "m3_per_kwh_ratio": 2, "account_no": "X"}],
            readings=[reading(None, 2024, 5, None, 10, account_no="X"), reading("Q", 2024, 5, None, 3)],
        )
        result = power_to_water(made, AS_OF)
        assert volumes(result) == [20]
        assert findings(result, "reading_unknown")["subject_id"].tolist() == ["Q"]


FIGURES = {"A": (100, 50), "B": (90, 30), "C": (200, 100), "D": (60, 30), "E": (50, 40)}
"""Water and energy of five wells of one stratum: 500 m³ and 250 kWh together."""


class TestCalibration:
    """k = ΣW / ΣE over the wells of a stratum that are read both ways."""

    def world(self, register, reading, **more):
        wells = [{"well_id": well} for well in "ABCDEF"] + [{"well_id": "G", "aquifer": None}]
        rows = [reading(well, 2024, 5, *figures) for well, figures in FIGURES.items()]
        rows += [reading("F", 2024, 5, None, 10), reading("G", 2024, 5, None, 10)]
        return register(wells, readings=rows, **more)

    def test_ratio_of_sums_with_its_spread(self, register, reading):
        result = power_to_water(self.world(register, reading), AS_OF)
        row = result.calibration.iloc[0]
        water, energy = 500, 250
        assert (row["n_wells"], row["m3_per_kwh_ratio"], row["usable"]) == (5, water / energy, True)
        left_out = [(water - w) / (energy - e) for w, e in FIGURES.values()]
        assert row["leave_one_out_min"] == pytest.approx(min(left_out))
        assert row["leave_one_out_max"] == pytest.approx(max(left_out))
        mean = sum(left_out) / 5
        assert row["standard_error"] == pytest.approx((4 / 5 * sum((k - mean) ** 2 for k in left_out)) ** 0.5)

    def test_it_serves_the_wells_of_its_stratum_only(self, register, reading):
        rows = power_to_water(self.world(register, reading), AS_OF).volumes.set_index("well_id")
        assert rows.loc["F", ["volume_m3", "coefficient_origin"]].tolist() == [20, "calibration"]
        assert np.isnan(rows.loc["G", "volume_m3"])

    def test_it_is_not_used_unless_asked_or_with_too_few_wells(self, register, reading):
        made = self.world(register, reading)
        for result in (
            power_to_water(made, AS_OF, calibrate=False),
            power_to_water(made, AS_OF, min_wells=6),
        ):
            assert np.isnan(result.volumes.set_index("well_id").loc["F", "volume_m3"])
            assert result.calibration["n_wells"].tolist() == [5]

    def test_deviation_of_each_well(self, register, reading):
        result = power_to_water(self.world(register, reading), AS_OF)
        rows = result.coefficients.set_index("well_id")
        assert rows["deviation_percent"].dropna().to_dict() == pytest.approx(
            {"A": 0, "B": 50, "C": 0, "D": 0, "E": -37.5}
        )
        assert findings(result, "coefficient_deviation")["subject_id"].tolist() == ["B", "E"]

    @pytest.mark.parametrize(("limit", "found"), [(37.4, ["B", "E"]), (37.5, ["B"]), (50, []), (49.9, ["B"])])
    def test_deviation_at_the_limit_is_allowed(self, register, reading, limit, found):
        result = power_to_water(self.world(register, reading), AS_OF, max_deviation_percent=limit)
        assert findings(result, "coefficient_deviation")["subject_id"].tolist() == found

    def test_it_serves_its_year_and_the_next(self, register, reading):
        rows = [reading(well, 2022, 5, *figures) for well, figures in FIGURES.items()]
        rows += [reading("F", year, 5, None, 10) for year in (2021, 2022, 2023, 2024)]
        made = register([{"well_id": well} for well in "ABCDEF"], readings=rows)
        assert volumes(power_to_water(made, AS_OF), "F") == pytest.approx(
            [np.nan, 20, 20, np.nan], nan_ok=True
        )

    def test_a_year_of_one_kind_meets_months_of_the_other(self, register, reading):
        rows = [reading("A", 2024, None, 240, None), *(reading("A", 2024, m, None, 10) for m in range(1, 13))]
        rows += [
            reading("B", 2024, None, 240, None),
            *(reading("B", 2024, m, None, 10) for m in range(1, 12)),
        ]
        result = power_to_water(register([{"well_id": "A"}, {"well_id": "B"}], readings=rows), AS_OF)
        assert result.calibration[["n_wells", "m3_per_kwh_ratio"]].to_numpy().tolist() == [[1, 2]]
        assert result.calibration["leave_one_out_min"].isna().all()

    def test_any_field_makes_strata(self, register, reading):
        wells = [{"well_id": "A", "depth_class": "deep"}, {"well_id": "B", "depth_class": "low"}]
        made = register(wells, readings=[reading("A", 2024, 5, 10, 10), reading("B", 2024, 5, 30, 10)])
        result = power_to_water(made, AS_OF, strata=("aquifer", "depth_class"))
        assert result.calibration["stratum"].tolist() == ["shallow/deep", "shallow/low"]
        assert result.calibration["m3_per_kwh_ratio"].tolist() == [1, 3]
        with pytest.raises(OverdraftError, match="pump"):
            power_to_water(made, AS_OF, strata=("pump",))
        with pytest.raises(OverdraftError, match="county"):
            power_to_water(made, AS_OF, level="county")


@pytest.mark.parametrize(("ratio", "outcome"), [(0.49, ["review"]), (0.5, []), (8, []), (8.01, ["review"])])
def test_range_includes_its_ends(register, reading, ratio, outcome):
    made = register([{"well_id": "A", "m3_per_kwh_ratio": ratio}], readings=[reading("A", energy=10)])
    result = power_to_water(made, AS_OF)
    assert findings(result, "coefficient_range")["outcome"].tolist() == outcome
    assert volumes(result) == pytest.approx([10 * ratio])
    if outcome:
        row = findings(result, "coefficient_range").iloc[0]
        assert "e2w.max" in row["unverified"]
        assert row["threshold"] == (0.5 if ratio < 1 else 8)


def test_coefficients_that_cannot_be_used_are_shown(register, reading, coefficient):
    rows = [
        coefficient("wells", "Q", 2),
        coefficient("wells", "A", 0),
        {**coefficient("wells", "A", 2), "unit": "kWh/m3"},
        coefficient("units", "高昌区", 2, scope="滴灌"),
        coefficient("zones", "Z", 2),
    ]
    made = register([{"well_id": "A"}], readings=[reading("A", energy=10)], indices=rows)
    result = power_to_water(made, AS_OF, load_policy("turpan-2021"))
    keys = findings(result, "coefficient_unused")["message_key"].str.rsplit(".", n=1).str[-1]
    assert sorted(keys) == ["scope", "subject", "subject", "unit", "value"]
    assert np.isnan(volumes(result)[0])


def test_an_old_coefficient_is_shown(register, reading, coefficient):
    for year, shown in ((2022, 1), (2023, 0)):
        made = register(
            [{"well_id": "A"}],
            readings=[reading("A", 2024, 5, None, 10)],
            indices=[coefficient("wells", "A", 2, year)],
        )
        assert len(findings(power_to_water(made, AS_OF), "coefficient_stale")) == shown


def test_order_of_rows_changes_nothing(register, reading, coefficient):
    generator = np.random.default_rng(3)
    wells = [{"well_id": f"W{n}", "aquifer": ("shallow", "deep_confined")[n % 2]} for n in range(12)]
    rows = [
        reading(
            f"W{n}",
            2024,
            month,
            None if n % 5 == 4 else float(generator.integers(50, 99)),
            float(generator.integers(20, 50)),
        )
        for n in range(12)
        for month in range(1, 13)
    ]
    first = power_to_water(register(wells, readings=rows), AS_OF)
    mixed = [rows[place] for place in generator.permutation(len(rows))]
    second = power_to_water(register(wells[::-1], readings=mixed), AS_OF)
    by = ["well_id", "month"]
    left, right = (one.volumes.sort_values(by)["volume_m3"].to_numpy() for one in (first, second))
    assert left == pytest.approx(right)
    assert not np.isnan(left).any()
    columns = ["m3_per_kwh_ratio", "leave_one_out_min", "standard_error"]
    assert first.calibration[columns].to_numpy() == pytest.approx(second.calibration[columns].to_numpy())


def test_no_readings_give_no_volumes(register):
    result = power_to_water(register([{"well_id": "A", "m3_per_kwh_ratio": 2}]), AS_OF)
    assert result.volumes.empty
    assert result.calibration.empty
    assert result.coefficients["m3_per_kwh_ratio"].tolist() == [2]


@pytest.mark.parametrize("policy", [title.id for title in available_policies()])
def test_energy_is_converted_under_every_policy(register, reading, policy):
    """5 wells of 2 m³/kWh calibrate the sixth: 100 kWh are 200 m³."""
    names = [f"W{n}" for n in range(6)]
    made = register(
        [{"well_id": name} for name in names],
        readings=[
            *(reading(name, 2024, 4, 200, 100) for name in names[:5]),
            reading("W5", 2024, 4, None, 100),
        ],
    )
    assert volumes(power_to_water(made, AS_OF, load_policy(policy)), "W5") == pytest.approx([200])


def test_months_that_stand_in_place_of_a_year_are_said_to_be_part_of_it(register, reading):
    months = [reading("B", 2024, month, 100) for month in range(1, 13)]
    made = register(
        [{"well_id": name, "m3_per_kwh_ratio": 2.5} for name in "ABC"],
        readings=[
            *(reading(name, energy=12_000) for name in "ABC"),
            reading("A", 2024, 7, 100),
            *months,
        ],
    )
    result = power_to_water(made, AS_OF)
    assert np.nansum(volumes(result, "A")) == 100
    told = findings(result, "year_incomplete")
    assert told[["subject_id", "period", "outcome", "measured"]].to_numpy().tolist() == [
        ["A", "2024", "not_evaluated", 100]
    ]
    assert result.verdicts.counts.set_index("rule").loc["power.year_incomplete", "n_pass"] == 2


def test_a_figure_of_the_year_so_far_is_said_to_be_one(register, reading):
    made = register(
        [{"well_id": name, "m3_per_kwh_ratio": 2} for name in "ABC"],
        readings=[
            reading("A", energy=100, as_of="2024-06-30"),
            reading("B", energy=100, as_of="2024-06-30"),
            reading("B", energy=300, as_of="2024-12-31"),
            reading("C", energy=100),
        ],
    )
    result = power_to_water(made, AS_OF)
    told = findings(result, "year_so_far")
    assert told[["subject_id", "period", "outcome"]].to_numpy().tolist() == [["A", "2024", "not_evaluated"]]
