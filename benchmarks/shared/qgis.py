"""What a benchmark does inside a process with a real QGIS: start it, add our provider, take times."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


class Clock:
    """Adds up seconds of wall clock and of processor."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time()


def start(clock: Clock) -> tuple[object, Callable]:
    """A started QGIS with Processing (keep the first, or it ends), and QGIS's ``processing.run``."""
    sys.path[:] = [p for p in sys.path if Path(p or os.curdir).resolve() != ROOT]
    sys.path.append(os.environ.get("QGIS_PYTHON_PLUGINS", "/usr/share/qgis/python/plugins"))
    with clock:
        from qgis.core import QgsApplication

        app = QgsApplication([], False)
        app.initQgis()
        import processing  # QGIS's own

        processing.core.Processing.Processing.initialize()
    return app, processing.run


def add_provider() -> object:
    """Register our provider, which is returned: it must live as long as QGIS."""
    from qgis.core import QgsApplication

    spec = importlib.util.spec_from_file_location(
        "overdraft", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["overdraft"] = module
    spec.loader.exec_module(module)
    from overdraft.processing.provider import OverdraftProvider

    provider = OverdraftProvider()
    QgsApplication.processingRegistry().addProvider(provider)
    return provider


def timed(clock: Clock, owner: object, name: str) -> None:
    """Let ``clock`` run whenever the function ``name`` of a module or class does."""
    inner = getattr(owner, name)

    @functools.wraps(inner)
    def run(*args, **kwargs):
        with clock:
            return inner(*args, **kwargs)

    setattr(owner, name, run)


def finish(phases: dict[str, Clock]) -> None:
    """Print the times and end the process."""
    print(json.dumps({"phases": {name: (one.wall, one.cpu) for name, one in phases.items()}}), flush=True)
    os._exit(0)  # QGIS may fail while it tidies up; the results are on disk
