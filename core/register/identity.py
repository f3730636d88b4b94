"""What tells the rows of a canonical frame apart."""

from __future__ import annotations

ROW_ID = "row_id"
"""Column that every canonical frame carries: unique text per row.

The role's own id; ``row:<n>`` (counted from 1) where it is missing; ``<id>#2``, ``<id>#3`` … in coordinate order where
it is repeated. Not called ``subject_id``: events, indices, documents and violations have a field of that name.
Findings put it in their ``subject_id``.
"""
