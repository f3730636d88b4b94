"""The tables that go with the wells: event ids, evidence of seals, yearly readings, permits, screens."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from .cast import Cast
from .frame import random_numbers

READ_FROM, READ_TO, SEALED_READ_FROM = 2021, 2025, 2018


def event_table(rows: list[dict]) -> pd.DataFrame:
    """Role ``events``: numbered by day, recorded three days later by an office, never by a person."""
    events = pd.DataFrame(rows).sort_values(
        ["effective_on", "subject_role", "subject_id", "kind"], kind="stable"
    )
    events = events.reset_index(drop=True)
    events["event_id"] = "SJ-" + (events.index + 1).astype(str).str.zfill(4)
    events["recorded_on"] = events["effective_on"] + pd.Timedelta(days=3)
    events["recorded_by"] = "县水利局（虚构）"
    events["corrects"] = None
    return events


def evidence_table(cast: Cast, events: pd.DataFrame) -> pd.DataFrame:
    """Role ``evidence``: an inspection and a photo of every seal, but for those said to be unproven."""
    wells = cast.wells
    sealed = wells[wells["status"].isin(["sealed", "dismantled"]) & wells["status_on"].notna()]
    sealed = sealed[~sealed["well_id"].isin(cast.unproven)]
    of_event = events[(events["kind"] == "sealed") & (events["subject_role"] == "wells")]
    of_event = of_event.drop_duplicates("subject_id").set_index("subject_id")
    rows = []
    for well in sealed.sort_values("well_id").itertuples():
        if well.well_id in of_event.index:
            event = of_event.loc[well.well_id]
            name, day = event["event_id"], event["effective_on"]
        else:
            day = well.status_on
            name = f"wells:{well.well_id}:{well.status}:{day:%Y-%m-%d}"
        for kind, suffix in (("inspection", "pdf"), ("photo", "jpg")):
            path = f"evidence/{well.well_id}/{day:%Y%m%d}-{kind}.{suffix}"
            rows.append(
                {
                    "event_id": name,
                    "kind": kind,
                    "taken_on": day + pd.Timedelta(days=1),
                    "path": path,
                    "sha256": hashlib.sha256(path.encode()).hexdigest(),
                    "checked_by": "县水利局（虚构）",
                }
            )
    return pd.DataFrame(rows)


def readings_table(cast: Cast) -> pd.DataFrame:
    """Role ``readings``: a yearly volume and power use per metered well.

    Sealed wells are read from 2018 to the year of their seal, so that three whole years before it are known; other
    wells from 2021 to 2025, a shut or standby well until it stopped. Only planted wells stand still.
    """
    wells = cast.wells
    closed = wells["status"].isin(["sealed", "dismantled"]).to_numpy()
    first = np.where(closed, SEALED_READ_FROM, READ_FROM)
    first = np.maximum(first, wells["commissioned_on"].dt.year.fillna(READ_FROM).to_numpy())
    ends = wells["stopped_on"].where(wells["status"] != "standby", wells["status_on"])
    last = np.minimum(ends.dt.year.fillna(READ_TO).to_numpy(), READ_TO)
    count = np.clip(last - first + 1, 0, None).astype(int)
    row = np.repeat(np.arange(len(wells)), count)
    year = (np.repeat(first, count) + _within(count)).astype(int)
    wave = 0.62 + 0.30 * random_numbers("readings", len(row))
    share = np.where(year == last[row], ends.dt.dayofyear.fillna(366).to_numpy()[row] / 366.0, 1.0)
    basis = wells["permit_m3"].fillna(50_000.0).to_numpy()[row]
    volume = np.maximum(10.0 * np.round(basis * wave * share / 10.0), 10.0)
    ids = wells["well_id"].to_numpy()[row]
    volume[np.isin(ids, list(cast.idle)) & (year >= 2020)] = 0.0
    ratio = wells["m3_per_kwh_ratio"].to_numpy()[row]
    return pd.DataFrame(
        {
            "well_id": ids,
            "year": year,
            "month": pd.array([None] * len(row), dtype="Int64"),
            "volume_m3": volume,
            "energy_kwh": np.round(volume / ratio),
            "account_no": wells["account_no"].to_numpy()[row],
            "voucher_no": None,
            "as_of": pd.to_datetime({"year": year + 1, "month": 1, "day": 20}),
        }
    )


def _within(count: np.ndarray) -> np.ndarray:
    """0, 1, … inside each run of repeated rows."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def screens_table(cast: Cast) -> pd.DataFrame:
    """Role ``screens``: the deep household wells have one screen in the deep layer."""
    deep = cast.wells[cast.wells["aquifer"] == "deep_confined"]
    top = deep["depth_m"].to_numpy() - 60.0
    rows = {
        "well_id": deep["well_id"].to_numpy(),
        "aquifer": "deep_confined",
        "top_m": top,
        "bottom_m": top + 50.0,
    }
    return pd.DataFrame(rows)


def permits_table(cast: Cast) -> pd.DataFrame:
    """Role ``permits``: one electronic permit per well that has a permit number."""
    wells = cast.wells[cast.wells["permit_no"].notna()]
    gone = wells["status"].isin(["sealed", "dismantled"])
    return pd.DataFrame(
        {
            "permit_no": wells["permit_no"],
            "user_id": None,
            "county": wells["county"],
            "source": "地下水",
            "use": wells["use"],
            "volume_m3": wells["permit_m3"],
            "approved_on": pd.Timestamp("2021-03-31"),
            "valid_to": pd.to_datetime(wells["permit_to"], errors="coerce"),
            "state": np.where(gone, "注销", "有效"),
            "electronic": True,
            "authority": wells["county"] + "水行政主管部门（虚构）",
        }
    ).reset_index(drop=True)
