"""A plan on record: the parameters that ask for it, and who made it when."""

from __future__ import annotations

import getpass
from datetime import datetime

from qgis.core import QgsProcessingParameterBoolean

from .. import parameters as declared
from ..inputs import path_of, text_of
from ..texts import tr


def recording(label: str) -> tuple:
    """``RECORD``, ``PLAN_NAME`` and ``BY``."""
    return (
        QgsProcessingParameterBoolean("RECORD", label, defaultValue=False, optional=True),
        declared.advanced(declared.text("PLAN_NAME", tr("Name of the plan"))),
        declared.advanced(declared.text("BY", tr("Planned by (empty: your login)"))),
    )


def record(algorithm, parameters, context, kind, make):
    """Put the plan into the case file, if that was asked for; the last step, after every output is complete.

    Args:
        make: from the stamp of the plan to its row and the pairs that it reserves (None for none).
    """
    from ...core.casefile import add_plan
    from ...core.planning.record import PlanStamp

    if not algorithm.parameterAsBool(parameters, "RECORD", context):
        return
    now = datetime.now().astimezone()
    stamp = PlanStamp(
        plan_id=f"{kind}-{now:%Y%m%dT%H%M%S%f}",
        created_at=now.isoformat(timespec="seconds"),
        created_by=text_of(algorithm, parameters, "BY", context) or getpass.getuser(),
        name=text_of(algorithm, parameters, "PLAN_NAME", context) or "",
    )
    row, pairs = make(stamp)
    add_plan(path_of(algorithm, parameters, "CASE", context), row, algorithm.inputs.language, pairs)
