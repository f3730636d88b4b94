"""From raw frames by role to a Register."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pandas as pd

from ..errors import OverdraftError
from ..findings import concat
from ..register import Register
from ..schema import register_schema
from .conform import conform


def build_register(
    frames: Mapping[str, pd.DataFrame | None],
    progress: Callable[[float], None] | None = None,
    fields: Mapping[str, Collection[str]] | None = None,
) -> Register:
    """Bring every supplied layer and table into canonical form.

    Args:
        frames: role to raw frame; None means not supplied.
        progress: called with 0 … 1 after each role; it raises :class:`core.errors.Cancelled` to stop.
        fields: role to the only fields that are asked of it, for a caller that reads no others; a role that is not
            named brings all of its fields.

    Returns:
        The register with its problems (findings ``register.*``). Every input row is in it exactly once.

    Raises:
        OverdraftError: a role that does not exist, or a frame that :func:`conform` refuses.
    """
    given = {role: frame for role, frame in frames.items() if frame is not None}
    known = register_schema().roles
    for role in given:
        if role not in known:
            raise OverdraftError("register.role_unknown", found=role, allowed=list(known))
    tables, problems = {}, []
    for number, (role, frame) in enumerate(given.items(), start=1):
        tables[role], found = conform(role, frame, (fields or {}).get(role))
        problems.append(found)
        if progress is not None:
            progress(number / len(given))
    return Register(tables, concat(problems))
