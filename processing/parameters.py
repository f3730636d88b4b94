"""Parameters declared once: roles, case, policy, day, language, and the overrides of a policy's settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from ..core.schema import register_schema
from .texts import RESOURCES, tr, ui_language

GEOPACKAGE = "GeoPackage (*.gpkg)"
READINGS = ["R1", "R2", "R3"]
POOLS = ["county", "zone", "city"]
AREA_BASES = ["geometry", "registered"]
LANGUAGES = ["en", "zh"]
UNIT_LEVELS = ["county", "township", "regiment", "division", "management_unit"]
CAP_LEVELS = ["city", *UNIT_LEVELS]
PARTS = ["township", "village", "regiment", "user", "well"]
SOURCES = ["groundwater", "total"]
MODES = ["piecewise", "whole"]
ALLOCATION_BASES = ["area_quota", "permit", "past_use"]
COEFFICIENT_LEVELS = ["well", "stratum", "unit"]
VERIFICATION_METHODS = ["threshold", "neighbours"]
MEASURES = ["level_change", "utilisation"]
COMPARISONS = ["previous_quarter", "same_quarter_last_year"]
YEARS = (1900, 2100)
MOST = 10_000_000

SOURCE_TYPES = {
    "point": QgsProcessing.SourceType.TypeVectorPoint,
    "polygon": QgsProcessing.SourceType.TypeVectorPolygon,
    "line": QgsProcessing.SourceType.TypeVectorLine,
    "none": QgsProcessing.SourceType.TypeVector,
}


def advanced(parameter: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """The same parameter, shown among the advanced ones."""
    parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
    return parameter


def all_roles() -> tuple[str, ...]:
    """Every role of the register that rules read, layers first; the personal role is never asked for."""
    return tuple(name for name in register_schema().roles if name not in _NOT_READ)


def checked_roles() -> tuple[str, ...]:
    """Every role but the personal one."""
    return tuple(name for name in register_schema().roles if name != "persons")


_NOT_READ = ("persons", "objections")


def roles(
    names: Iterable[str], needed: Iterable[str] = (), renamed: Mapping[str, str] | None = None
) -> list[QgsProcessingParameterDefinition]:
    """The layers or tables of roles; none is mandatory to QGIS, since ``CASE`` may supply it.

    Args:
        needed: roles without which the run makes no sense; their labels say so.
        renamed: parameter by role, where it is not the role in capitals.
    """
    return [_role(name, name in needed, (renamed or {}).get(name, name.upper())) for name in names]


def _role(name: str, needed: bool, parameter: str) -> QgsProcessingParameterDefinition:
    schema = register_schema().roles[name]
    label = schema.label(ui_language())
    if needed:
        label = tr("{label} (needed, here or in the case file)").format(label=label)
    return QgsProcessingParameterFeatureSource(
        parameter, label, [SOURCE_TYPES[schema.geometry]], optional=True
    )


def case() -> QgsProcessingParameterDefinition:
    """A case file that supplies every role not given."""
    return QgsProcessingParameterFile(
        "CASE", tr("Case file"), optional=True, fileFilter=GEOPACKAGE, extension=""
    )


@lru_cache(maxsize=1)
def policy_ids() -> list[str]:
    """Ids of the policies that come with the plugin."""
    return sorted(path.stem for path in (RESOURCES / "policies").glob("*.toml"))


def policy(needed: bool) -> list[QgsProcessingParameterDefinition]:
    """``POLICY`` and ``POLICY_FILE``; the file wins."""
    return [
        QgsProcessingParameterEnum(
            "POLICY",
            tr("Policy (needed, or a policy file)") if needed else tr("Policy"),
            options=policy_ids(),
            defaultValue=None,
            optional=True,
            usesStaticStrings=True,
        ),
        QgsProcessingParameterFile(
            "POLICY_FILE", tr("Policy file"), optional=True, fileFilter="TOML (*.toml)"
        ),
    ]


def settings() -> QgsProcessingParameterDefinition:
    """Values for settings of the policy: what the document leaves open, or another reading."""
    return advanced(
        QgsProcessingParameterString(
            "SETTINGS",
            tr("Settings of the policy, a line each: key = value (empty: as the policy says)"),
            multiLine=True,
            optional=True,
        )
    )


def personal() -> QgsProcessingParameterDefinition:
    """Whether columns with personal data go along into the output."""
    return advanced(
        QgsProcessingParameterBoolean(
            "PERSONAL", tr("Carry columns with personal data into the output"), False, optional=True
        )
    )


def as_of() -> QgsProcessingParameterDefinition:
    """The day on which everything is judged."""
    return day("AS_OF", tr("As of (empty: today)"))


def baseline() -> QgsProcessingParameterDefinition:
    """Override of the policy's baseline day."""
    return advanced(day("BASELINE", tr("Baseline (empty: as the policy says)")))


def retirement_baseline() -> QgsProcessingParameterDefinition:
    """Override of the day from which retired land counts, beside ``BASELINE`` of the ledger."""
    return advanced(day("RETIREMENT_BASELINE", tr("Baseline of retirement (empty: as the policy says)")))


def reading() -> QgsProcessingParameterDefinition:
    """Override of the policy's reading of "reduce two, renew one"."""
    return advanced(
        choice("READING", tr("Reading of reduce two, renew one (empty: as the policy says)"), READINGS)
    )


def pool() -> QgsProcessingParameterDefinition:
    """Override of the level at which the ledger is balanced."""
    return advanced(choice("POOL", tr("Pool of the ledger (empty: as the policy says)"), POOLS))


def area_basis() -> QgsProcessingParameterDefinition:
    """Override of the area that counts."""
    return advanced(choice("AREA_BASIS", tr("Basis of areas (empty: as the policy says)"), AREA_BASES))


def parent_sum_only() -> QgsProcessingParameterDefinition:
    """Judge a parent unit by its own sum alone."""
    return advanced(
        QgsProcessingParameterBoolean(
            "PARENT_SUM_ONLY",
            tr("Judge a parent unit by its own sum only (not ticked: as the policy says)"),
            defaultValue=None,
            optional=True,
        )
    )


def freeze() -> QgsProcessingParameterDefinition:
    """Keep the inputs of the run in the case file, so that it can be replayed."""
    return advanced(
        QgsProcessingParameterBoolean(
            "FREEZE", tr("Freeze the inputs in the case file, for a replay"), False, optional=True
        )
    )


def language() -> QgsProcessingParameterDefinition:
    """Language of texts in outputs and messages."""
    return advanced(choice("LANGUAGE", tr("Language of the outputs (empty: that of QGIS)"), LANGUAGES))


def distance_limit() -> QgsProcessingParameterDefinition:
    """How far from a zone the distance to its edge is computed."""
    return _length("DISTANCE_LIMIT", tr("Distance limit (m; 0: no distances)"), 1000.0)


def position_accuracy() -> QgsProcessingParameterDefinition:
    """How exact the positions are taken to be."""
    return _length("POSITION_ACCURACY", tr("Position accuracy (m; 0: no doubt is raised)"), 10.0)


def year(label: str) -> QgsProcessingParameterDefinition:
    """A calendar year."""
    return QgsProcessingParameterNumber(
        "YEAR", label, QgsProcessingParameterNumber.Type.Integer, None, True, *YEARS
    )


def level(options: list[str]) -> QgsProcessingParameterDefinition:
    """Level of the units in the table."""
    return choice("LEVEL", tr("Level of the units (empty: county)"), options)


def water_source() -> QgsProcessingParameterDefinition:
    """Which water is meant."""
    return choice("SOURCE", tr("Water (empty: groundwater)"), SOURCES)


def number(name: str, label: str, minimum: float = 0.0) -> QgsProcessingParameterDefinition:
    """A number that may be left out."""
    return QgsProcessingParameterNumber(
        name, label, QgsProcessingParameterNumber.Type.Double, None, True, minimum
    )


def whole(name: str, label: str, minimum: int = 0) -> QgsProcessingParameterDefinition:
    """A whole number that may be left out."""
    return QgsProcessingParameterNumber(
        name, label, QgsProcessingParameterNumber.Type.Integer, None, True, minimum, MOST
    )


def time_limit() -> QgsProcessingParameterDefinition:
    """How long a solver may take; then the best plan found is given, with its gap."""
    return QgsProcessingParameterNumber(
        "TIME_LIMIT",
        tr("Time limit of the solver (s)"),
        QgsProcessingParameterNumber.Type.Double,
        60.0,
        True,
        0.0,
    )


def pairs(name: str, label: str) -> QgsProcessingParameterDefinition:
    """Numbers by name, a line each: ``name = number``."""
    return lines(name, label)


def lines(name: str, label: str) -> QgsProcessingParameterDefinition:
    """Several lines of text that may be left out."""
    return QgsProcessingParameterString(name, label, multiLine=True, optional=True)


def text(name: str, label: str) -> QgsProcessingParameterDefinition:
    """One line of text that may be left out."""
    return QgsProcessingParameterString(name, label, optional=True)


def layer_sink(name: str, label: str, needed: bool = False) -> QgsProcessingParameterFeatureSink:
    """An output layer of any kind."""
    kind = QgsProcessing.SourceType.TypeVector
    if needed:
        return QgsProcessingParameterFeatureSink(name, label, kind)
    return QgsProcessingParameterFeatureSink(name, label, kind, optional=True, createByDefault=False)


def points_sink(name: str, label: str, needed: bool = False) -> QgsProcessingParameterFeatureSink:
    """An output layer of points; one that is not needed is still made by default in dialogs."""
    return QgsProcessingParameterFeatureSink(
        name, label, QgsProcessing.SourceType.TypeVectorPoint, optional=not needed
    )


def case_to_compare(name: str, label: str) -> QgsProcessingParameterDefinition:
    """One of two case files that are compared; a check before the run asks for it."""
    return QgsProcessingParameterFile(name, label, optional=True, fileFilter=GEOPACKAGE, extension="")


def _length(name: str, label: str, default: float) -> QgsProcessingParameterDefinition:
    parameter = QgsProcessingParameterNumber(
        name, label, QgsProcessingParameterNumber.Type.Double, default, optional=False, minValue=0.0
    )
    parameter.setMetadata({"widget_wrapper": {"decimals": 1}})
    return parameter


def choices(name: str, label: str, tokens: list[str]) -> QgsProcessingParameterDefinition:
    """Any number of words."""
    return QgsProcessingParameterEnum(
        name,
        label,
        options=tokens,
        allowMultiple=True,
        defaultValue=None,
        optional=True,
        usesStaticStrings=True,
    )


def day(name: str, label: str) -> QgsProcessingParameterDefinition:
    """A day that may be left out."""
    return QgsProcessingParameterDateTime(
        name, label, QgsProcessingParameterDateTime.Type.Date, None, optional=True
    )


def choice(name: str, label: str, tokens: list[str]) -> QgsProcessingParameterDefinition:
    """One word of several, or none."""
    return QgsProcessingParameterEnum(
        name, label, options=tokens, defaultValue=None, optional=True, usesStaticStrings=True
    )
