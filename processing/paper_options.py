"""What all papers ask for: which part of the case, who may see it, who exports it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext, QgsProcessingParameterNumber

from . import parameters as declared
from .inputs import day_of, text_of, token_of, whole_of
from .texts import tr

if TYPE_CHECKING:
    from ..core.papers import Scope

PROFILES = ("internal", "public", "full")

TABLES = (
    *("well_register", "verdict_summary", "seal_ledger", "pair_ledger", "pair_balance", "retirement_ledger"),
    *("retirement_split", "closing_plan", "plan_allocation", "plan_balance", "power_stop"),
    *("power_back", "permit_notice", "over_plan_charges", "over_plan_totals", "quarter_levels"),
    *("quarter_use", "findings", "history", "problems", "raw_values", "imports", "parameters"),
    *("clauses", "inputs"),
)
"""Tables that can be printed, as ``core.papers.KINDS`` names them: QGIS lists them without the packages they need."""


PLACES = ("COUNTY", "ZONE", "AUTHORITY")


def place_parameters():
    """County, zone, authority; empty means all."""
    return (
        declared.text("COUNTY", tr("County (id)")),
        declared.text("ZONE", tr("Zone (id)")),
        declared.text("AUTHORITY", tr("Authority, as the wells name it")),
    )


def scope_parameters():
    """Place and period; empty means all."""
    return (
        *place_parameters(),
        declared.day("BEGIN", tr("First day of the period")),
        declared.day("END", tr("Last day of the period")),
    )


def place_of(algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext) -> Scope:
    """The place that is asked for, of every period."""
    from ..core.papers import Scope

    return Scope(*(text_of(algorithm, parameters, name, context) or "" for name in PLACES))


def scope_of(algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext) -> Scope:
    """The scope that is asked for.

    Raises:
        OverdraftError: the period ends before it begins.
    """
    days = {name.lower(): day_of(algorithm, parameters, name, context) for name in ("BEGIN", "END")}
    return replace(place_of(algorithm, parameters, context), **days)


def privacy_parameters():
    """Who may see the paper, how coarse a public one is, who exports one in full."""
    digits = QgsProcessingParameterNumber(
        "COORDINATE_DIGITS",
        tr("Decimals of coordinates for the public"),
        QgsProcessingParameterNumber.Type.Integer,
        2,
        minValue=0,
        maxValue=6,
    )
    return (
        declared.choice("PROFILE", tr("Who may see it (empty: internal)"), list(PROFILES)),
        declared.text("PERSON", tr("Who exports (needed for personal data in full)")),
        declared.advanced(digits),
    )


def profile_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext
) -> tuple[str, int]:
    """The profile, and the decimals of coordinates in a public paper."""
    digits = whole_of(algorithm, parameters, "COORDINATE_DIGITS", context)
    return token_of(algorithm, parameters, "PROFILE", context) or PROFILES[0], 2 if digits is None else digits
