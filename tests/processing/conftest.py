"""The provider, registered once, and small layers whose answers can be read off the numbers."""

from __future__ import annotations

import pytest
from qgis.core import QgsApplication


@pytest.fixture(scope="session")
def provider(qgis_app, qgis_processing):
    from overdraft.processing.provider import OverdraftProvider

    registry = QgsApplication.processingRegistry()
    ours = OverdraftProvider()
    registry.addProvider(ours)
    yield ours
    registry.removeProvider(ours)


@pytest.fixture
def run(provider):
    """``run(name, parameters, feedback=None)``: one of our algorithms through ``processing.run``."""
    import processing

    def call(name, parameters, feedback=None, context=None):
        return processing.run(f"overdraft:{name}", parameters, feedback=feedback, context=context)

    return call
