"""The packages that the windows need: loaded in the background when the first one is opened.

QGIS starts without them, and loading them takes a second, on a slow disk several: meanwhile its window must not stand
still.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from ..processing import dependencies
from ..processing.texts import tr
from ..ui.shared.messages import complain, warn
from ..ui.shared.tasks import Work, start

_CASEFILE = f"{__name__.split('.')[0]}.core.casefile"
"""The part of the core that brings nearly all of them."""


def when_loaded(bar: object, act: Callable[[], None]) -> None:
    """Do it once the packages are there; where some are missing, say so instead.

    Args:
        bar: QGIS's message bar.
    """
    # Are they there, and not just on their way in another thread? The names that a module offers come last.
    if hasattr(sys.modules.get(_CASEFILE), "__all__"):
        act()
    else:
        start(Work(tr("Load the Python packages"), _load, lambda _: act(), partial(tell, bar)))


def tell(bar: object, error: Exception) -> None:
    """Why something could not be done; how to get the packages, if that is the reason."""
    lacking = dependencies.missing() if isinstance(error, ImportError) else []
    if lacking:
        warn(bar, dependencies.explain(lacking))
    else:
        complain(bar, error)


def _load(progress: Callable[[float], None]) -> None:
    from ..core import casefile  # noqa: F401 - from now on it is there
