"""A table that can be printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..book import Book
from ..table import Table


@dataclass(frozen=True)
class Kind:
    """How one table is drawn up.

    Attributes:
        name: what programs call it; ``papers.title.<name>`` is its title.
        needs: tables of the case file that it is taken from, beside wells, units and zones. make: draws it up.
    """

    name: str
    needs: tuple[str, ...]
    make: Callable[[Book], Table]
