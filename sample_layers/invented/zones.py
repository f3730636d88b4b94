"""Over-extraction and control zones, and the public supply networks, all with invented outlines (km)."""

from __future__ import annotations

import geopandas as gpd

from .frame import ripple, smooth_ring

# id, name, severity, control, aquifer, allowable_m3, valid_from, valid_to, edition, doc_no, legal_state, outline
_OLD, _NEW = "虚构划定〔2019〕1号", "虚构划定〔2024〕1号"
_ZONES = [
    ("CQ-01", "清泉葡香一般超采区", "general", None, "shallow", 62e6, None, None, "2019", _OLD, "in_force",
     [(43, 51), (46, 57.5), (52, 57), (60, 60), (65, 56), (67, 49), (65.5, 42), (57, 40.8), (49, 40.6), (42.6, 45)]),
    ("CQ-02", "葡香严重超采区", "severe", None, "shallow", 9e6, None, None, "2019", _OLD, "in_force",
     [(52, 49.5), (57, 53), (63.5, 52), (66.5, 46.5), (63, 42), (55, 41.4), (51, 44.5)]),
    ("JC-01", "葡香禁采区", "severe", "banned", "shallow", 0.0, None, None, "2019", _OLD, "in_force",
     [(57.2, 49.2), (60.5, 51.2), (64.0, 48.6), (63.0, 44.8), (58.6, 44.0)]),
    ("CQ-03", "赤岭南一般超采区", "general", None, "shallow", 48e6, None, None, "2019", _OLD, "in_force",
     [(49, 31), (53.5, 34), (60, 31), (67, 31.5), (73, 33), (75, 27), (73.5, 19.5), (68, 16.6), (61, 19.5),
      (54, 17.8), (48.6, 22)]),
    ("CQ-04", "赤岭南深层承压水超采区", "general", "restricted", "deep_confined", 3e6, None, None, "2019", _OLD,
     "in_force", [(56, 29.5), (63, 29), (70, 28), (71, 22.5), (64, 20.4), (57, 22)]),
    ("XC-01", "白榆限采区", None, "restricted", "shallow", 21e6, None, None, "2019", _OLD, "in_force",
     [(68.4, 53), (72, 58), (77, 55.5), (79.6, 48), (78.8, 41.5), (72, 38.2), (67.4, 42)]),
    ("CQ-05", "胡杨渡一般超采区（2019版）", "general", None, "shallow", 24e6, "2019-01-01", "2023-12-31", "2019",
     _OLD, "in_force", [(83, 52), (86.5, 58.5), (91.5, 57), (95.4, 49), (92, 41), (85, 40), (82.6, 45)]),
    ("CQ-05", "胡杨渡一般超采区（2024版）", "general", None, "shallow", 22e6, "2024-01-01", None, "2024",
     _NEW, "in_force", [(83.4, 52), (86.8, 58), (91.2, 56), (94.4, 50), (90, 45.4), (84.0, 45.0)]),
    ("CQ-06", "杏花庄严重超采区", "severe", "restricted", "shallow", 31e6, None, None, "2019", _OLD, "in_force",
     [(97.5, 49), (102, 55.5), (108, 55), (113.6, 47.5), (113, 40), (104, 39), (97, 42.5)]),
    ("CQ-07", "甜瓜地一般超采区", "general", None, "shallow", 26e6, None, None, "2019", _OLD, "in_force",
     [(82.8, 24), (87, 29.5), (93, 29.5), (98, 23.5), (95.5, 17), (90, 15.2), (84.4, 17.5)]),
    ("XC-02", "风口限采区", None, "restricted", "shallow", 12e6, None, None, "2019", _OLD, "in_force",
     [(103.4, 30), (107.6, 35), (111.6, 30.5), (111.6, 22.6), (106, 20.8), (101.8, 24)]),
    ("CQ-08", "桑树湾一般超采区", "general", None, "shallow", 29e6, None, None, "2019", _OLD, "in_force",
     [(24.6, 50), (27.5, 57.5), (32.5, 57), (37.2, 50), (36, 41.8), (29, 40.4), (24.4, 44)]),
    ("CQ-09", "桑树湾严重超采区", "severe", None, "shallow", 6e6, None, None, "2019", _OLD, "in_force",
     [(26.6, 46.8), (29.4, 51.2), (34.0, 49.4), (34.6, 44.4), (30, 41.8), (26.8, 43)]),
    ("XC-03", "白杨河限采区", None, "restricted", "shallow", 14e6, None, None, "2019", _OLD, "in_force",
     [(9.4, 48), (13.5, 53), (19, 53.5), (23.0, 47.5), (20.5, 43.6), (14, 40.6), (10, 43)]),
    ("NI-01", "桑树湾超采区拟扩范围（征求意见）", "general", None, "shallow", None, "2026-07-01", None, "2026",
     None, "proposed", [(24.0, 51), (26.5, 58.5), (33, 58.5), (38.4, 50), (37.4, 40), (28, 38.8), (23.6, 43)]),
    ("CQ-99", "沙海待定区", None, None, "shallow", None, None, None, "2019", None, "in_force",
     [(100.0, 12.4), (103.0, 13.4), (106.0, 11.8), (105.2, 9.0), (101.4, 8.6)]),
]  # fmt: skip

_NETWORKS = [
    ("GW-01", "清泉镇供水管网", "2016-05-01", [(46.6, 52.4), (50, 54), (52.4, 51.4), (51, 48.4), (47.4, 48.6)]),
    ("GW-02", "葡香镇供水管网", "2018-09-01", [(59, 52.6), (62.6, 53.2), (64, 50.4), (61.6, 48), (58.6, 49)]),
    ("GW-03", "胡杨渡镇供水管网", "2017-07-01", [(85.4, 51.4), (88.6, 52.6), (90.4, 50), (88.8, 47.2), (85.6, 47.8)]),
    ("GW-04", "河东镇供水管网", "2019-04-01", [(13.6, 51), (16.8, 52), (18.6, 49.4), (16.8, 46.6), (13.8, 47.4)]),
]  # fmt: skip

_FIELDS = ["zone_id", "name", "severity", "control", "aquifer", "allowable_m3", "valid_from", "valid_to"]
_FIELDS += ["edition", "doc_no", "legal_state"]


def build_zones() -> gpd.GeoDataFrame:
    """Role ``zones`` in the local frame; one zone stands in two editions, one is only proposed."""
    rows = [
        {**dict(zip(_FIELDS, row[:-1], strict=True)), "geometry": ripple(smooth_ring(row[-1]))}
        for row in _ZONES
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry")


def build_networks() -> gpd.GeoDataFrame:
    """Role ``networks`` in the local frame."""
    rows = [
        {"network_id": key, "name": name, "valid_from": day, "valid_to": None, "geometry": smooth_ring(ring)}
        for key, name, day, ring in _NETWORKS
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry")
