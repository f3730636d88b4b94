"""What is recorded, as work in the background, and what is said when somebody else was first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.casefile import ConflictError
from ...core.errors import OverdraftError
from ...processing.texts import ui_language
from ..shared.tasks import Progress

if TYPE_CHECKING:
    import pandas as pd

    from ...core.desk.pairboard import PairBoard


@dataclass(frozen=True)
class Read:
    """A case as the window shows it: its board, the balance by year, and every pair."""

    board: PairBoard
    years: pd.DataFrame
    pairs: pd.DataFrame


def reading(path: Path) -> Callable[[Progress], Read]:
    """Lay the board of a case."""

    def work(progress: Progress) -> Read:
        from ...core.desk.pairboard import open_board
        from ...core.desk.pairledger import by_year, pair_list

        board = open_board(path, None, progress)
        return Read(board, by_year(board), pair_list(board))

    return work


def saving(
    path: Path, renewal: str, wells: dict[str, str], seen: list[str], who: str, login: str, day: date
) -> Callable[[Progress], None]:
    """Pledge wells (id → role) to a renewal."""

    def work(progress: Progress) -> None:
        from ...core.casefile import CaseRows
        from ...core.desk.pairs import save_pairs

        progress(0.1)
        save_pairs(CaseRows.open(path), renewal, wells, who=who, login=login, day=day, seen=seen)

    return work


def breaking(
    path: Path, renewal: str, well: str, reason: str, who: str, login: str, day: date
) -> Callable[[Progress], None]:
    """Take a well back from a renewal."""

    def work(progress: Progress) -> None:
        from ...core.casefile import CaseRows
        from ...core.desk.pairs import break_pairs

        progress(0.1)
        break_pairs(CaseRows.open(path), renewal, [well], reason, who=who, login=login, day=day)

    return work


def in_the_way(error: ConflictError) -> list[str]:
    """What stands in the case by now, for each pair that could not be recorded."""
    texts = []
    for change, row in error.conflicts:
        well = str(change.key["retired_id"])
        if row is None:
            texts.append(OverdraftError("pairs.gone", well=well).text(ui_language()))
        else:
            held = {"well": well, "renewal": row["renewal_id"], "day": row["pledged_on"] or "?"}
            texts.append(OverdraftError("pairs.held_by", **held).text(ui_language()))
    return texts
