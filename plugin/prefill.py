"""Which layers of the project stand for which role, so that a dialog opens with them chosen."""

from __future__ import annotations

from ..processing.layers.by_role import layers_by_role

__all__ = ["layers_by_role"]
