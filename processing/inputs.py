"""From parameters to what ``core`` works on: sources, case file, policy, day and language.

``Inputs.open`` runs in the main thread, ``Inputs.read`` and the rest in the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import (
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingUtils,
    QgsProperty,
)

from ..core.schema import normal_name, register_schema
from .casefiles import says_invented
from .layers import LayerSource, Table, open_source
from .texts import ui_language

if TYPE_CHECKING:
    import pandas as pd

    from ..core.policy import Policy
    from .algorithm import OverdraftAlgorithm


@dataclass
class Inputs:
    """What one run was given.

    Attributes:
        sources: the layers given, by role; the case file supplies the others.
        case: the case file, if one was given.
        policy_ref: id of a policy or path of a policy file; None without one.
        as_of: the day of judgement; today where none was given.
        language: ``en`` or ``zh``, of outputs and messages.
        settings: values for settings of the policy, by key.
        tables: layers that were read to be passed on, by role.
        case_frames: the same from the case file.
        personal: columns with personal data that were not read, by role.
        n_rows, n_unreadable: how many rows were read, and geometries that could not be, by role.
    """

    sources: dict[str, LayerSource]
    case: Path | None
    policy_ref: str | Path | None
    as_of: date
    language: str
    settings: Mapping[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    case_frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    personal: dict[str, list[str]] = field(default_factory=dict)
    n_rows: dict[str, int] = field(default_factory=dict)
    n_unreadable: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(
        cls,
        algorithm: OverdraftAlgorithm,
        parameters: dict,
        context: QgsProcessingContext,
        roles: Iterable[str],
    ) -> Inputs:
        """Open every source of ``roles`` that was given and note the other choices."""
        sources = {}
        for role in roles:
            name = algorithm.parameter_of(role)
            if is_given(parameters, name):
                source = open_source(algorithm, parameters, name, context)
                if source is not None:
                    sources[role] = source
        return cls(
            sources=sources,
            case=path_of(algorithm, parameters, "CASE", context),
            policy_ref=policy_reference(algorithm, parameters, context),
            as_of=day_of(algorithm, parameters, "AS_OF", context) or date.today(),
            language=language_of(algorithm, parameters, context),
            settings=settings_of(algorithm, parameters, context),
        )

    def read(
        self,
        progress: Callable[[float], None],
        only: Mapping[str, Collection[str]] | None = None,
        keep_as_it_was: Collection[str] = (),
        roles: Collection[str] | None = None,
        personal: bool = False,
    ) -> dict[str, pd.DataFrame]:
        """Raw frames by role: the layers given, and from the case file what has rows and was not given.

        Args:
            only: role → fields to read, beside its id; every column for roles that are not in it.
            keep_as_it_was: roles whose geometry is passed on to an output as it is.
            roles: the roles wanted from the case file; all without it.
            personal: read the columns with personal data too; without it they are left where they are.
        """
        frames: dict[str, pd.DataFrame] = {}
        if self.case is not None:
            from ..core.casefile import read_case

            for role, frame in read_case(self.case).items():
                wanted = role in register_schema().roles and (roles is None or role in roles)
                if wanted and role not in self.sources and len(frame):
                    if not personal:
                        frame = frame.drop(columns=self._left_out(role, frame.columns))
                    frames[role] = frame
                    if role in keep_as_it_was:
                        self.case_frames[role] = frame
        for place, (role, source) in enumerate(self.sources.items()):
            columns = (
                None if only is None or role not in only else columns_for(role, source.columns, only[role])
            )
            if not personal and (left_out := self._left_out(role, source.columns)):
                columns = set(source.columns if columns is None else columns) - set(left_out)
            start = place / len(self.sources)
            table = source.read(
                columns,
                role in keep_as_it_was,
                lambda done, start=start: progress(start + done / len(self.sources)),
            )
            if not register_schema().roles[role].is_place:
                table.geometry = None
            self.n_rows[role] = len(table)
            if table.n_unreadable:
                self.n_unreadable[role] = table.n_unreadable
            if role in keep_as_it_was:
                self.tables[role] = table
            frames[role] = table.frame()
        progress(1.0)
        return frames

    def _left_out(self, role: str, columns: Iterable[str]) -> list[str]:
        """The columns with personal data, which are noted."""
        from ..core.intake.personal import personal_columns

        found = personal_columns(role, columns)
        if found:
            self.personal[role] = found
        return found

    def policy(self) -> Policy | None:
        """The policy that was chosen, with the settings given laid over its own; None without one.

        Raises:
            OverdraftError: the file cannot be read or breaks the rules for policies, or a setting is not known or not
                allowed.
        """
        if self.policy_ref is None:
            return None
        from ..core.policy import load_policy, with_settings

        return with_settings(load_policy(self.policy_ref), self.settings)

    def described(self, frames: Iterable[str]) -> dict[str, str]:
        """Where each role came from, as file and layer names without folders."""
        case = "" if self.case is None else self.case.name
        return {role: self.sources[role].described if role in self.sources else case for role in frames}

    @property
    def invented(self) -> bool:
        """Does a layer, or the case file, say that its data are made up? Then every output says so too."""
        if self.case is not None and says_invented(self.case):
            return True
        return any(source.invented for source in self.sources.values())


def columns_for(role: str, columns: Iterable[str], wanted: Collection[str]) -> set[str]:
    """The columns of a layer that a role's id and the ``wanted`` fields are recognised in."""
    schema = register_schema().roles[role]
    needed = {*wanted, *schema.key}
    return {name for name in columns if schema.names.get(normal_name(name)) in needed}


def is_given(parameters: dict, name: str) -> bool:
    """Did the user give this parameter a value?"""
    value = parameters.get(name)
    return value is not None and value != ""


def path_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> Path | None:
    """The path in a file parameter that the algorithm may not even have, or None."""
    if algorithm.parameterDefinition(name) is None or not is_given(parameters, name):
        return None
    text = algorithm.parameterAsFile(parameters, name, context)
    return Path(text) if text else None


def day_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> date | None:
    """The day in a date parameter, or None."""
    if algorithm.parameterDefinition(name) is None or not is_given(parameters, name):
        return None
    moment = algorithm.parameterAsDateTime(parameters, name, context)
    return moment.date().toPyDate() if moment.isValid() else None


def token_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> str | None:
    """The token chosen in an enumeration, or None (empty: as the policy says)."""
    if algorithm.parameterDefinition(name) is None or not is_given(parameters, name):
        return None
    return algorithm.parameterAsEnumString(parameters, name, context) or None


def tokens_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> list[str]:
    """The tokens chosen in an enumeration of which several may be; none where none was."""
    if not is_given(parameters, name):
        return []
    return [token for token in algorithm.parameterAsEnumStrings(parameters, name, context) if token]


def settings_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext
) -> dict[str, str]:
    """Values by key from the lines ``key = value`` of a text parameter.

    A line without a value has the empty text, which changes nothing; one without ``=`` is a key that nobody knows.
    """
    return lines_of(algorithm, parameters, "SETTINGS", context)


def lines_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> dict[str, str]:
    """The lines ``key = value`` of a text parameter; empty lines and those that begin with ``#`` say nothing."""
    if algorithm.parameterDefinition(name) is None or not is_given(parameters, name):
        return {}
    lines = algorithm.parameterAsString(parameters, name, context).replace("\r", "\n").split("\n")
    pairs = (line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return {key.strip(): value.strip() or "" for key, _, value in pairs}


def numbers_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> dict[str, float | str]:
    """The lines ``key = number`` of a text parameter; what is no number stays as it was written, to be asked about."""
    return {key: _number(text) for key, text in lines_of(algorithm, parameters, name, context).items()}


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def number_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> float | None:
    """The number in a parameter, or None."""
    if not is_given(parameters, name):
        return None
    return algorithm.parameterAsDouble(parameters, name, context)


def whole_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> int | None:
    """The whole number in a parameter, or None."""
    if not is_given(parameters, name):
        return None
    return algorithm.parameterAsInt(parameters, name, context)


def text_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> str | None:
    """The text in a parameter without blanks around it, or None."""
    if not is_given(parameters, name):
        return None
    return algorithm.parameterAsString(parameters, name, context).strip() or None


def ids_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> list[str]:
    """The ids in a parameter, which semicolons separate; none where none is given."""
    given = text_of(algorithm, parameters, name, context) or ""
    return [part.strip() for part in given.split(";") if part.strip()]


def raster_paths(parameters: dict, name: str, context: QgsProcessingContext) -> list[str]:
    """The files behind a parameter of several rasters, in the order given; what is no layer stays as it was written."""
    value = _plain(parameters.get(name), context)
    if isinstance(value, str) and not Path(value).exists():
        value = [part for part in value.split(";") if part]  # as a model or a batch table writes a list
    items = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    return [_raster_path(_plain(item, context), context) for item in items]


def _raster_path(item: object, context: QgsProcessingContext) -> str:
    if isinstance(item, str) and not Path(item).exists():
        item = QgsProcessingUtils.mapLayerFromString(item, context) or item
    return item.source() if isinstance(item, QgsMapLayer) else str(item)


def _plain(value: object, context: QgsProcessingContext) -> object:
    if isinstance(value, QgsProperty):
        return value.value(context.expressionContext())[0]
    return value


def language_of(algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext) -> str:
    """The language asked for, else that of QGIS."""
    return token_of(algorithm, parameters, "LANGUAGE", context) or ui_language()


def policy_reference(
    algorithm: QgsProcessingAlgorithm, parameters: dict, context: QgsProcessingContext
) -> str | Path | None:
    """Path of the policy file if given (it wins), else the id chosen, else None."""
    return path_of(algorithm, parameters, "POLICY_FILE", context) or token_of(
        algorithm, parameters, "POLICY", context
    )
