"""Who issues permits, who manages the river, whom to ask first (TLF-2.2, TLF-3.2d)."""

from __future__ import annotations

import numpy as np
import pytest

from overdraft.core.policy import assign_authorities


def test_permits(turpan):
    found = assign_authorities(
        turpan,
        county=["650402", "650402", "650421", "650422", "650422", "650402", "654224", None],
        regiment=["", "xpcc-12-221", "", "", "", "", "xpcc-12-221", ""],
        basin=["", "", "", "", "baiyang-basin", "baiyang-basin", "", "baiyang-basin"],
    )
    assert found["authority"].tolist() == [
        "高昌区水行政主管部门",
        "高昌区水行政主管部门",
        "鄯善县水行政主管部门",
        "托克逊县水行政主管部门",
        "自治区白杨河流域管理局",
        "高昌区水行政主管部门",  # the rule speaks of the basin in Toksun
        "",
        "",
    ]
    assert found["consult"].tolist() == ["", "兵团第十二师", "", "", "", "", "", ""]
    assert set(found["clause"][:6]) == {"TLF-3.2d"}
    assert not found["unsure"].any()


def test_management_of_rivers(turpan):
    found = assign_authorities(
        turpan, county=["650422", "650422", "650421"], basin=["baiyang-basin", "", None], purpose="management"
    )
    assert found["authority"].tolist() == [
        "自治区白杨河流域管理局",
        "托克逊县流域管理部门",
        "鄯善县流域管理部门",
    ]
    assert found["clause"].tolist() == ["TLF-2.2"] * 3


def test_a_regiments_well_in_the_basin_needs_a_person(turpan):
    found = assign_authorities(turpan, county=["650422"], regiment=["221团"], basin=["白杨河流域"])
    assert found["unsure"].tolist() == [True]
    assert found["authority"].tolist() == ["自治区白杨河流域管理局"]


def test_ids_of_the_users_own_units_are_understood_by_name(turpan):
    names = {"B-7": "白杨河", "C-3": "Toksun County", "R-1": "第十二师221团"}
    found = assign_authorities(
        turpan, county=["C-3", "C-9"], basin=["B-7", "B-7"], names=names, language="en"
    )
    assert found["authority"].tolist() == ["Baiyang River Basin Authority of the Autonomous Region", ""]
    regiment = assign_authorities(turpan, county=["高昌区"], regiment=["R-1"], names=names, language="en")
    assert regiment.loc[0, "authority"] == "Gaochang water authority"
    assert regiment.loc[0, "consult"] == "XPCC 12th Division"


def test_columns_of_arrays_and_empties(turpan):
    county = np.array(["650421", None, np.nan, ""], dtype=object)
    found = assign_authorities(turpan, county=county)
    assert found["authority"].tolist() == ["鄯善县水行政主管部门", "", "", ""]
    assert assign_authorities(turpan, county=[]).shape == (0, 4)


@pytest.mark.parametrize("purpose", ["permit", "management"])
def test_every_county_has_an_authority(turpan, purpose):
    counties = [unit.id for unit in turpan.units if unit.level == "county"]
    found = assign_authorities(turpan, county=counties, purpose=purpose, language="en")
    assert (found["authority"] != "").all()
    assert not found["authority"].str.contains("{", regex=False).any()
