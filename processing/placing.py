"""The placement of wells as several algorithms need it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from qgis.core import QgsProcessingAlgorithm, QgsProcessingContext

if TYPE_CHECKING:
    from ..core.findings import Verdicts
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
) -> tuple[Placement, Verdicts]:
    """Where each well lies, and what is to be said about it."""
    from ..core.findings import concat
    from ..core.overlay import PlacementOptions, place
    from ..core.rules.placement import placement_findings

    options = PlacementOptions(
        distance_limit_m=length_of(algorithm, parameters, "DISTANCE_LIMIT", context),
        position_accuracy_m=length_of(algorithm, parameters, "POSITION_ACCURACY", context),
    )
    zones, units = register.get("zones"), register.get("units")
    placement = place(
        register["wells"],
        zones=zones,
        units=units,
        irrigation=register.get("irrigation"),
        networks=register.get("networks"),
        screens=register.get("screens"),
        policy=policy,
        as_of=as_of,
        options=options,
        progress=progress,
    )
    findings = placement_findings(register["wells"], placement, zones, units, policy, options)
    return placement, concat([register.problems, findings])


def length_of(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> float:
    """A length in metres; that of the declaration where none was given."""
    if algorithm.parameterDefinition(name) is None:
        return 0.0
    return algorithm.parameterAsDouble(parameters, name, context)
