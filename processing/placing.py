"""The placement of wells as several algorithms need it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext

from .inputs import language_of

if TYPE_CHECKING:
    from ..core.overlay import Placement
    from ..core.policy import Policy
    from ..core.register import Register


def place_wells(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict,
    context: QgsProcessingContext,
    register: Register,
    policy: Policy | None,
    as_of: date,
    progress: Callable[[float], None],
) -> Placement:
    """Where each well lies."""
    from ..core.overlay import PlacementOptions, place

    options = PlacementOptions(
        distance_limit_m=length_of(algorithm, parameters, "DISTANCE_LIMIT", context),
        position_accuracy_m=length_of(algorithm, parameters, "POSITION_ACCURACY", context),
        language=language_of(algorithm, parameters, context),
    )
    layers = {role: register.get(role) for role in ("zones", "units", "irrigation", "networks", "screens")}
    return place(register["wells"], **layers, policy=policy, as_of=as_of, options=options, progress=progress)


def length_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> float:
    """A length in metres; that of the declaration where none was given."""
    if algorithm.parameterDefinition(name) is None:
        return 0.0
    return algorithm.parameterAsDouble(parameters, name, context)
