"""许可办理通报: how many applications were approved and permits issued, month by month and county by county, which the
permit authority tells the power supplier."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...report.words import is_given
from ...rules.facts.places import UnitBook
from ..book import Book
from ..column import Column, integers, reals, texts
from ..table import Group, Table
from .kind import Kind

_COUNTED = ("applied", "approved", "approved_regiment", "refused", "issued", "issued_regiment")


def permit_notice(book: Book) -> Table:
    """A line for each month and county in which anything was applied for, decided or issued."""
    applications, permits = _applications(book), _permits(book)
    counts, undated = _counts(book, applications, permits)
    columns = (
        texts("month", book.say("column.month"), counts["month"]),
        texts("county", book.words.field("wells", "county"), book.places(counts["county_id"])),
        *(_count(book, counts, name) for name in _COUNTED),
        reals("issued_m3", book.say("column.issued_m3"), counts["issued_m3"], 0, total=True),
        _count(book, counts, "cancelled"),
    )
    notes = [book.say("note.permits"), book.say("note.permits_undated", **undated)]
    if book.since:
        notes.append(book.say("note.permits_since", n=book.since))
    if book.scope.zone or book.scope.authority:
        notes.append(book.say("note.permits_of_wells"))
    return Table(
        "permit_notice", book.say("title.permit_notice"), columns, _groups(book, counts), tuple(notes)
    )


def _count(book: Book, counts: pd.DataFrame, name: str) -> Column:
    label = {
        "applied": book.say("column.applied"),
        "approved": book.say("column.approved"),
        "approved_regiment": book.say("column.approved_regiment"),
        "refused": book.say("column.refused"),
        "issued": book.say("column.issued"),
        "issued_regiment": book.say("column.issued_regiment"),
        "cancelled": book.say("column.cancelled"),
    }
    return integers(name, label[name], counts[name], total=True)


def _counts(
    book: Book, applications: pd.DataFrame, permits: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Counts by month and county, and how many approvals and permits have no day and so no month."""
    approved = applications[(applications["decision"] == "approved").to_numpy(dtype=bool)]
    refused = applications[(applications["decision"] == "refused").to_numpy(dtype=bool)]
    parts = {
        "applied": (applications, "applied_on"),
        "approved": (approved, "decided_on"),
        "approved_regiment": (approved[approved["regiment"].to_numpy(dtype=bool)], "decided_on"),
        "refused": (refused, "decided_on"),
        "issued": (permits, "approved_on"),
        "issued_regiment": (permits[permits["regiment"].to_numpy(dtype=bool)], "approved_on"),
        "cancelled": (permits[(permits["state"] == "cancelled").to_numpy(dtype=bool)], "approved_on"),
    }
    columns = {name: _by_month(book, frame, day).size() for name, (frame, day) in parts.items()}
    columns["issued_m3"] = _by_month(book, permits, "approved_on")["volume_m3"].sum()
    table = pd.concat(columns, axis=1).fillna(0).rename_axis(["month", "county_id"]).reset_index()
    undated = {
        "approved": f"{int(approved['decided_on'].isna().sum()):,}",
        "issued": f"{int(permits['approved_on'].isna().sum()):,}",
    }
    return table.sort_values(["month", "county_id"], ignore_index=True), undated


def _by_month(book: Book, frame: pd.DataFrame, day: str):
    dated = book.in_period(frame[frame[day].notna().to_numpy()].reset_index(drop=True), day)
    keyed = dated.assign(month=pd.to_datetime(dated[day]).dt.strftime("%Y-%m"))
    return keyed.groupby(["month", "county_id"])


def _applications(book: Book) -> pd.DataFrame:
    """Applications in scope with ``county_id`` and ``regiment``."""
    rows = pd.DataFrame(book["applications"]).astype(object)
    known = book["vetting"].drop_duplicates("application_id").set_index("application_id")
    county = rows["application_id"].map(known["county_id"].astype(object))
    rows = rows.assign(
        county_id=_named(book, county.where(county.map(is_given), rows["county"])),
        regiment=(rows["management"] == "regiment").fillna(False),
        authority=rows["application_id"].map(known["authority"].astype(object)),
    )
    kept = _in_county(book, rows)
    if book.scope.authority:
        kept &= rows["authority"].eq(book.scope.authority).fillna(False).astype(bool)
    if book.scope.zone:
        wells = set(book.wells["well_id"].dropna())
        kept &= rows["well_id"].isin(wells) | rows["result_well_id"].isin(wells)
    return _dated(rows[kept.astype(bool)], ("applied_on", "decided_on"))


def _permits(book: Book) -> pd.DataFrame:
    """Permits in scope, each number once, with ``county_id`` (the recorded one, else that of all its wells) and
    ``regiment`` (a well of it is a regiment's)."""
    rows = book["permits"].dropna(subset=["permit_no"]).drop_duplicates("permit_no").astype(object)
    links = _links(book)
    wells = links.groupby("permit_no")
    single = wells["county_id"].agg(lambda counties: counties.iloc[0] if counties.nunique() == 1 else "")
    named = pd.Series(_named(book, rows["county"]), index=rows.index, dtype=object)
    of_wells = rows["permit_no"].map(single)
    rows = rows.assign(
        county_id=named.where(named != "", of_wells.where(of_wells.notna(), "")),
        regiment=rows["permit_no"].isin(links.loc[links["management"] == "regiment", "permit_no"]),
        volume_m3=pd.to_numeric(rows["volume_m3"], errors="coerce").astype("float64"),
    )
    kept = _in_county(book, rows)
    if book.scope.zone or book.scope.authority:
        inside = links.loc[links["well_id"].isin(book.wells["well_id"].dropna()), "permit_no"]
        kept &= rows["permit_no"].isin(inside)
    return _dated(rows[kept.astype(bool)], ("approved_on",))


def _links(book: Book) -> pd.DataFrame:
    """Which permits stand for which wells: by the number on the well and by the wells of permits."""
    wells = pd.DataFrame(book["wells"])[["well_id", "permit_no", "county_id", "management"]].astype(object)
    told = book["permit_wells"][["permit_no", "well_id"]].astype(object)
    own = wells[["permit_no", "well_id"]]
    pairs = pd.concat([own, told], ignore_index=True).dropna().drop_duplicates()
    places = wells.dropna(subset=["well_id"]).drop_duplicates("well_id")[
        ["well_id", "county_id", "management"]
    ]
    return pairs.merge(places, on="well_id", how="inner").assign(
        county_id=lambda found: found["county_id"].where(found["county_id"].notna(), "")
    )


def _named(book: Book, names: pd.Series) -> list[str]:
    """The county that each code or name means or lies in; empty where it means none."""
    units = UnitBook(book.register.get("units"), book.policy)
    return [book.county_of(unit) for unit in units.key(names.where(names.map(is_given), None))]


def _in_county(book: Book, rows: pd.DataFrame) -> pd.Series:
    if not book.scope.county:
        return pd.Series(True, index=rows.index)
    return (rows["county_id"] == book.scope.county).astype(bool)


def _dated(rows: pd.DataFrame, days: tuple[str, ...]) -> pd.DataFrame:
    """Days as such; a text that is none counts as missing."""
    told = {day: pd.to_datetime(rows[day], errors="coerce") for day in days}
    return rows.assign(**told).reset_index(drop=True)


def _groups(book: Book, counts: pd.DataFrame) -> tuple[Group, ...]:
    """By county, where there are several, and over all."""
    county = counts["county_id"].to_numpy(dtype=object)
    names = sorted(set(county), key=lambda one: (one == "", one))
    groups = [Group(book.places([one])[0], tuple(map(int, np.flatnonzero(county == one)))) for one in names]
    return (*(groups if len(groups) > 1 else []), Group(book.say("total.all"), tuple(range(len(counts)))))


KINDS = (
    Kind(
        "permit_notice",
        ("applications", "permits", "permit_wells", "vetting"),
        permit_notice,
    ),
)
