"""Checks of the parameters of ``importlayer`` and ``undoimport`` before a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingContext

from ..core.errors import OverdraftError
from ..core.schema import register_schema
from .inputs import is_given, language_of, path_of, token_of
from .layers.source import open_source
from .texts import tr, ui_language

if TYPE_CHECKING:
    from .algorithm import OverdraftAlgorithm

_IMPORT = "importlayer"
_UNDO = "undoimport"


def _input(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if algorithm.NAME != _IMPORT:
        return
    if not is_given(parameters, "INPUT"):
        yield tr("INPUT is needed: choose the layer, sheet or table to import.")
    elif open_source(algorithm, parameters, "INPUT", context) is None:
        yield tr(
            "{name}: the layer {found} cannot be opened. Check that it exists and that QGIS can show it."
        ).format(name="INPUT", found=_shown(parameters["INPUT"]))
    if not is_given(parameters, "ROLE"):
        roles = register_schema().roles.values()
        listed = ", ".join(f"{role.name} ({role.label(ui_language())})" for role in roles)
        yield tr("ROLE is needed: say what the layer is. Roles: {roles}.").format(roles=listed)


def _mode(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if algorithm.NAME == _IMPORT and is_given(parameters, "MODE"):
        if path_of(algorithm, parameters, "CASE", context) is None:
            yield tr("MODE says that the rows go into a case file: choose it in CASE, or leave MODE empty.")
    elif algorithm.NAME == _UNDO:
        if path_of(algorithm, parameters, "CASE", context) is None:
            yield tr("CASE is needed: choose the case file that holds the import.")
        if not is_given(parameters, "BATCH_ID"):
            yield tr("BATCH_ID is needed: the table imports of the case file lists the imports.")


def _crs(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if algorithm.NAME != _IMPORT:
        return
    for name in ("CRS", "TARGET_CRS"):
        if is_given(parameters, name) and not algorithm.parameterAsCrs(parameters, name, context).isValid():
            yield tr(
                "{name}: {found} is no coordinate system. Give one such as EPSG:4490, or leave it empty."
            ).format(name=name, found=_shown(parameters[name]))


def _wishes(algorithm: OverdraftAlgorithm, parameters: dict, context: QgsProcessingContext) -> Iterator[str]:
    if algorithm.NAME != _IMPORT:
        return
    role = token_of(algorithm, parameters, "ROLE", context)
    if role not in register_schema().roles:
        return
    from .imports import wishes_of

    try:
        wishes_of(algorithm, parameters, context, role)
    except OverdraftError as error:
        yield error.text(language_of(algorithm, parameters, context))


def _shown(value: object) -> str:
    source = getattr(value, "source", value)
    named = getattr(source, "name", None)
    return str(named() if callable(named) else source)


IMPORT_CHECKS = (_input, _mode, _crs, _wishes)
