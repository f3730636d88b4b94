"""Make the checkout importable as the package ``overdraft``, and keep QGIS's own ``processing`` visible.

The repository root is the plugin package and holds a folder ``processing``. With the root on ``sys.path``
that folder would hide QGIS's package of the same name, so the root is taken off the path and registered as
``overdraft`` instead.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:] = [p for p in sys.path if Path(p or os.curdir).resolve() != ROOT]
if "processing" in sys.modules and not hasattr(sys.modules["processing"], "run"):
    del sys.modules["processing"]
sys.path.append(os.environ.get("QGIS_PYTHON_PLUGINS", "/usr/share/qgis/python/plugins"))
if "overdraft" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "overdraft", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["overdraft"] = module
    spec.loader.exec_module(module)

from hypothesis import settings  # noqa: E402 - the path must be put right before anything is imported

settings.register_profile("overdraft", deadline=None)  # a slow machine is no failure of the code
settings.load_profile("overdraft")
