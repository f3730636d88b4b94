"""The tables that go with the wells: event ids, evidence of seals, permits, screens."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from .cast import Cast


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


def screens_table(wells: pd.DataFrame) -> pd.DataFrame:
    """Role ``screens``: the deep household wells have one screen in the deep layer."""
    deep = wells[wells["aquifer"] == "deep_confined"]
    top = deep["depth_m"].to_numpy() - 60.0
    rows = {
        "well_id": deep["well_id"].to_numpy(),
        "aquifer": "deep_confined",
        "top_m": top,
        "bottom_m": top + 50.0,
    }
    return pd.DataFrame(rows)


def permits_table(wells: pd.DataFrame) -> pd.DataFrame:
    """Role ``permits``: one permit per well that has a permit number, electronic but where it is on ``paper``."""
    wells = wells[wells["permit_no"].notna()]
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
            "electronic": ~wells["paper"].astype(bool),
            "authority": wells["county"] + "水行政主管部门（虚构）",
        }
    ).reset_index(drop=True)
