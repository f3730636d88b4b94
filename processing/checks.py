"""Checks of parameter values before a run. Each says what is wrong, what was found, what is allowed, what to do."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingDestinationParameter,
    QgsProcessingParameterNumber,
    QgsWkbTypes,
)

from ..core.errors import OverdraftError
from ..core.schema import register_schema
from . import parameters as declared
from .casefiles import tables_with_rows
from .import_checks import IMPORT_CHECKS
from .inputs import (
    day_of,
    is_given,
    language_of,
    path_of,
    policy_reference,
    raster_paths,
    settings_of,
)
from .layers.destination import file_destination
from .layers.source import LayerSource, open_source
from .texts import tr, ui_language

if TYPE_CHECKING:
    from .algorithm import OverdraftAlgorithm

_LENGTHS = ("DISTANCE_LIMIT", "POSITION_ACCURACY")
_DAYS = ("AS_OF", "BASELINE", "RETIREMENT_BASELINE")
_PERIODS = ("BEGIN", "END", "ISSUED_ON")
"""Days of papers: they may lie after the day of judgement."""

_CASES = ("BEFORE", "AFTER")
_GEOMETRY = {
    "point": QgsWkbTypes.GeometryType.PointGeometry,
    "polygon": QgsWkbTypes.GeometryType.PolygonGeometry,
    "line": QgsWkbTypes.GeometryType.LineGeometry,
}


def first_problem(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> str:
    """The first thing that is wrong with the values given, in the user's language; empty when all is well."""
    for check in CHECKS:
        for problem in check(algorithm, parameters, context):
            return problem
    return ""


def _has(algorithm: OverdraftAlgorithm, name: str) -> bool:
    return algorithm.parameterDefinition(name) is not None


def _case(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    path = path_of(algorithm, parameters, "CASE", context)
    if path is None:
        if algorithm.CASE_REQUIRED:
            yield tr("CASE is needed: choose a case file (*.gpkg).")
        return
    if not path.is_file():
        yield tr(
            "CASE: there is no file {path}. Choose an existing case file (*.gpkg) or leave it empty."
        ).format(path=path)
    elif tables_with_rows(path) is None:
        yield tr(
            "CASE: {path} is not a case file. Choose a file made by Create empty case file or Run overlay, or give the "
            "layers one by one."
        ).format(path=path)


def _roles(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    path = path_of(algorithm, parameters, "CASE", context)
    for role in algorithm.REQUIRED:
        if is_given(parameters, algorithm.parameter_of(role)) or (
            role == "zones" and _zones_by_policy(algorithm, parameters, context)
        ):
            continue
        label = register_schema().roles[role].label(ui_language())
        if path is None:
            yield tr("{name} is needed: give the layer {label}, or a case file (CASE) that holds it.").format(
                name=algorithm.parameter_of(role), label=label
            )
        elif role not in (tables_with_rows(path) or ()):
            yield tr(
                "{name} is needed: the case file {path} holds no rows in {role}. Give the layer {label}, or a case "
                "file that holds it."
            ).format(name=algorithm.parameter_of(role), label=label, path=path, role=role)


def _zones_by_policy(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> bool:
    """Whether the policy names units as zones, so that a layer of zones may be missing."""
    from ..core.policy import load_policy

    reference = policy_reference(algorithm, parameters, context)
    try:
        return reference is not None and bool(load_policy(reference).zone_units)
    except OverdraftError:  # the check of the policy says so
        return False


def _choices(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    for definition in algorithm.parameterDefinitions():
        if definition.type() != "enum" or not definition.usesStaticStrings():
            continue
        tokens = definition.options()
        for value in _words(parameters.get(definition.name()), definition.allowMultiple()):
            if isinstance(value, (str, int)) and value not in ("", *tokens):
                yield tr("{name}: {found} is not known. Allowed: {allowed}, or empty.").format(
                    name=definition.name(), found=value, allowed=", ".join(tokens)
                )


def _words(value: object, several: bool) -> list:
    """The words given to an enumeration: one, or a list that a command line writes with commas."""
    if not several:
        return [value]
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else list(value or ())


def _cases_to_compare(
    algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext
) -> Iterator[str]:
    for name in _CASES:
        if not _has(algorithm, name):
            continue
        path = path_of(algorithm, parameters, name, context)
        if path is None:
            yield tr("{name} is needed: choose the case file of a run (*.gpkg).").format(name=name)
        elif not path.is_file():
            yield tr("{name}: there is no file {path}. Choose an existing case file (*.gpkg).").format(
                name=name, path=path
            )
        elif "runs" not in (tables_with_rows(path) or ()):
            yield tr("{name}: {path} holds no run. Choose a case file that Run overlay has written.").format(
                name=name, path=path
            )


def _numbers(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    for definition in algorithm.parameterDefinitions():
        name = definition.name()
        if definition.type() != "number" or name in _LENGTHS or not is_given(parameters, name):
            continue
        whole = definition.dataType() == definition.Type.Integer
        number = _number(algorithm, parameters, definition, context)
        if not math.isfinite(number) or (whole and not number.is_integer()):
            low, high = f"{definition.minimum():g}", f"{definition.maximum():g}"
            wanted = (
                tr("a whole number from {low} to {high}").format(low=low, high=high)
                if whole
                else tr("a number, {low} or more").format(low=low)
            )
            yield tr("{name}: {found} is not allowed. Give {wanted}, or leave it empty.").format(
                name=name, found=parameters[name], wanted=wanted
            )


def _number(
    algorithm: OverdraftAlgorithm,
    parameters: dict,
    definition: QgsProcessingParameterNumber,
    context: QgsProcessingContext,
) -> float:
    """The number given, NaN where it is none or beyond what the parameter allows."""
    given = parameters[definition.name()]
    try:
        # QGIS takes any text for an optional number
        number = float(given) if isinstance(given, str) else None
    except ValueError:
        return math.nan
    if number is None:
        number = float(algorithm.parameterAsDouble(parameters, definition.name(), context))
    return number if definition.minimum() <= number <= definition.maximum() else math.nan


def _periods(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    for name in ("PERIOD", "PREVIOUS"):
        if _has(algorithm, name) and is_given(parameters, name):
            from ..core.ranking.periods import span

            try:
                span(algorithm.parameterAsString(parameters, name, context))
            except OverdraftError as error:
                yield f"{name}: {error.text(language_of(algorithm, parameters, context))}"


def _bounds(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if not _has(algorithm, "BOUNDS") or not is_given(parameters, "BOUNDS"):
        return
    source = open_source(algorithm, parameters, "BOUNDS", context)
    if source is None:
        yield tr(
            "{name}: the layer {found} cannot be opened. Check that it exists and that QGIS can show it."
        ).format(name="BOUNDS", found=_shown(parameters["BOUNDS"]))
        return
    fields = source.source.fields()
    missing = [name for name in ("level", "key", "lower_m3", "upper_m3") if fields.lookupField(name) < 0]
    if missing:
        yield tr(
            "BOUNDS: the table {layer} lacks the columns {missing}. Needed: level, key, lower_m3, upper_m3 (an empty "
            "cell sets no limit); parent_id where a key stands below several."
        ).format(layer=source.source.sourceName(), missing=", ".join(missing))
    for name in ("lower_m3", "upper_m3"):
        if fields.lookupField(name) >= 0 and not fields.field(name).isNumeric():
            yield tr("BOUNDS: the column {column} holds text, but volumes in m³ are needed.").format(
                column=name
            )


def _lengths(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    for name in _LENGTHS:
        if not _has(algorithm, name) or not is_given(parameters, name):
            continue
        definition = algorithm.parameterDefinition(name)
        if not definition.checkValueIsAcceptable(parameters[name], context):
            length = math.nan
        else:
            length = algorithm.parameterAsDouble(parameters, name, context)
        if not (math.isfinite(length) and length >= 0):
            yield tr("{name}: {found} is no length. Give a number of metres, 0 or more.").format(
                name=name, found=parameters[name]
            )


def _record(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if not _has(algorithm, "RECORD") or not algorithm.parameterAsBool(parameters, "RECORD", context):
        return
    if path_of(algorithm, parameters, "CASE", context) is None:
        yield tr(
            "RECORD says that the plan goes into a case file: choose it in CASE, or leave RECORD unticked."
        )
    elif is_given(parameters, "EXISTING_PAIRS"):
        yield tr(
            "RECORD adds to the pairs of the case file, which EXISTING_PAIRS would hide from the plan: a well could be "
            "pledged twice. Leave EXISTING_PAIRS empty."
        )


def _days(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    found = {}
    for name in (*_DAYS, *_PERIODS):
        if not _has(algorithm, name) or not is_given(parameters, name):
            continue
        acceptable = algorithm.parameterDefinition(name).checkValueIsAcceptable(parameters[name], context)
        found[name] = day_of(algorithm, parameters, name, context) if acceptable else None
        if found[name] is None:
            yield tr("{name}: {found} is no day. Write it as year-month-day, such as 2025-12-31.").format(
                name=name, found=parameters[name]
            )
    as_of = found.pop("AS_OF", None) or date.today()
    for name, day in found.items():
        if name not in _PERIODS and day is not None and day > as_of:
            yield tr(
                "{name}: {day} is later than the day of judgement, {as_of} (AS_OF). Give that day or an earlier one."
            ).format(name=name, day=day, as_of=as_of)


def _policy(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if not _has(algorithm, "POLICY"):
        return
    path = path_of(algorithm, parameters, "POLICY_FILE", context)
    reference = policy_reference(algorithm, parameters, context)
    if reference is None:
        if algorithm.POLICY_REQUIRED:
            yield tr(
                "A policy is needed: choose one in POLICY ({known}), or give your own POLICY_FILE."
            ).format(known=", ".join(declared.policy_ids()))
        return
    if path is not None and not path.is_file():
        yield tr("POLICY_FILE: there is no file {path}. Choose an existing policy file (*.toml).").format(
            path=path
        )
        return
    from ..core.policy import effective_settings, load_policy

    try:
        effective_settings(load_policy(reference), settings_of(algorithm, parameters, context))
    except OverdraftError as error:
        yield error.text(language_of(algorithm, parameters, context))


def _sources(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    for role in algorithm.ROLES:
        name = algorithm.parameter_of(role)
        if not is_given(parameters, name):
            continue
        source = open_source(algorithm, parameters, name, context)
        if source is None:
            yield tr(
                "{name}: the layer {found} cannot be opened. Check that it exists and that QGIS can show it."
            ).format(name=name, found=_shown(parameters[name]))
        elif register_schema().roles[role].is_place and not algorithm.ANY_LAYER:
            yield from _geometry(name, register_schema().roles[role].geometry, source)


def _geometry(name: str, wanted: str, source: LayerSource) -> Iterator[str]:
    words = {"point": tr("points"), "polygon": tr("polygons"), "line": tr("lines")}
    kind = QgsWkbTypes.geometryType(source.source.wkbType())
    layer = source.source.sourceName()
    if kind not in (_GEOMETRY[wanted], QgsWkbTypes.GeometryType.UnknownGeometry):
        yield tr(
            "{name}: the layer {layer} holds {found}, but {wanted} are needed. Choose another layer."
        ).format(
            name=name,
            layer=layer,
            found=QgsWkbTypes.displayString(source.source.wkbType()),
            wanted=words[wanted],
        )
    elif not source.source.sourceCrs().isValid():
        yield tr(
            "{name}: the layer {layer} has no coordinate reference system, so nobody can tell where it lies. Set the "
            "one it was made in (Layer Properties, Source), or save the layer with it, and run again."
        ).format(name=name, layer=layer)


def _rasters(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if not _has(algorithm, "RASTERS"):
        return
    paths, language = (
        raster_paths(parameters, "RASTERS", context),
        language_of(algorithm, parameters, context),
    )
    if not paths:
        yield OverdraftError("verification.no_rasters").text(language)
    for path in paths:
        if not Path(path).exists():
            yield OverdraftError("verification.raster_missing", path=path).text(language)


def _destinations(
    algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext
) -> Iterator[str]:
    read = {path.resolve(): name for name, path in _files_read(algorithm, parameters, context)}
    case = path_of(algorithm, parameters, "CASE", context)
    written: dict[Path, str] = {}
    for definition in algorithm.parameterDefinitions():
        if not isinstance(definition, QgsProcessingDestinationParameter):
            continue
        name = definition.name()
        path = file_destination(parameters, name, context, any_suffix=True)
        if path is None:
            continue
        updates_case = algorithm.WRITES_CASE and name == "OUTPUT"
        if not path.parent.is_dir():
            yield tr("{name}: there is no folder {folder}. Create it or choose another one.").format(
                name=name, folder=path.parent
            )
        same = path.resolve()
        if same in written:
            yield tr("{name} and {other} name the same file {path}. Give each its own.").format(
                name=name, other=written[same], path=path
            )
        written[same] = name
        if updates_case and case is not None and same == case.resolve():
            continue
        if same in read:
            yield tr(
                "{name}: {path} is also read, as {other}. Choose another file: inputs are never changed."
            ).format(name=name, path=path, other=read[same])
        if not updates_case and path.is_file() and tables_with_rows(path) is not None:
            yield tr("{name}: {path} is a case file and would be lost. Choose another name.").format(
                name=name, path=path
            )


def _files_read(
    algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext
) -> Iterator[tuple[str, Path]]:
    for name in ("CASE", "POLICY_FILE", "MAPPING", *_CASES):
        path = path_of(algorithm, parameters, name, context)
        if path is not None:
            yield name, path
    for name in (*(algorithm.parameter_of(role) for role in algorithm.ROLES), *algorithm.READS):
        if is_given(parameters, name):
            source = open_source(algorithm, parameters, name, context)
            if source is not None and source.path is not None:
                yield name, source.path


def _shown(value: object) -> str:
    source = getattr(value, "source", value)
    named = getattr(source, "name", None)
    return str(named() if callable(named) else source)


CHECKS = (
    *IMPORT_CHECKS,
    _case,
    _cases_to_compare,
    _roles,
    _choices,
    _lengths,
    _numbers,
    _periods,
    _days,
    _record,
    _policy,
    _sources,
    _bounds,
    _rasters,
    _destinations,
)
