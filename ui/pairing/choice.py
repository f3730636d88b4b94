"""What is said of the wells of one renewal: each of them, what is still needed, what stands against saving them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...core.errors import OverdraftError
from ...processing.texts import tr, ui_language
from .slots import Slot
from .words import about, kilometres, why_barred

if TYPE_CHECKING:
    import pandas as pd

    from ...core.desk.pairboard import PairBoard, Suggestion


@dataclass(frozen=True)
class Choice:
    """The wells chosen for a renewal, as the board and its offers stand."""

    board: PairBoard
    renewal_id: str
    offers: pd.DataFrame
    wells: tuple[str, ...]

    @property
    def renewal(self) -> pd.Series:
        """The renewal's row of the board."""
        return self.board.renewals.loc[self.renewal_id]

    @property
    def free(self) -> int:
        """How many wells can still be chosen."""
        return max(0, int(self.renewal["needed"]) - len(self.wells))

    def slots(self) -> list[Slot]:
        """The wells on record, then those chosen."""
        held = self.board.held(self.renewal_id)
        return [
            *(Slot(row.retired_id, self._on_record(row), True) for row in held.itertuples()),
            *(Slot(well, self._chosen(well), False) for well in self.wells),
        ]

    def needs(self) -> str:
        """How many wells the renewal needs and has."""
        k, lacks = self.board.settings.k, int(self.renewal["needed"])
        return tr("needs {needed} · has {has}").format(needed=k, has=k - lacks + len(self.wells))

    def barred(self, well: str) -> str:
        """Why a well cannot be taken; empty where it can."""
        row = self.board.row_of(well)
        reason = "not_placed" if row is None else self.offers["reason"].iat[row]
        return why_barred(reason, None if row is None else self.board.wells["holder"].iat[row])

    def refusals(self) -> list[str]:
        """Why what is chosen cannot be saved."""
        found = self.board.refusals(self.renewal_id, self.wells, self.offers)
        for error in found:
            if error.key == "pairs.not_eligible":
                error.values["reason"] = self.barred(str(error.values["well"]))
        return [error.text(ui_language()) for error in found]

    def why_not(self, who: str) -> str:
        """Why what is chosen cannot be saved by somebody of this name; empty where it can."""
        if not self.wells:
            return tr("Choose a well first")
        if self.renewal["reason"] or self.refusals():
            return tr("What is chosen cannot be paired; the line above says why")
        return "" if who.strip() else tr("Enter your name first")

    def hints(self) -> str:
        """What stands against saving, and what to bear in mind."""
        language, renewal = ui_language(), self.renewal
        if renewal["reason"]:
            values = {"renewal": self.renewal_id, "k": self.board.settings.k}
            return OverdraftError(f"renewals.unmet.{renewal['reason']}", **values).text(language)
        told = self.refusals()
        if renewal["replaced"] >= 0:
            named = self.board.wells["retired_id"].iat[renewal["replaced"]]
            if named not in (*self.wells, *self.board.held(self.renewal_id)["retired_id"]):
                told.append(OverdraftError("pairs.named", well=named).text(language))
        rows = [self.board.row_of(well) for well in self.wells]
        to_seal = int(self.board.wells["to_seal"].iloc[rows].astype(bool).sum())
        if to_seal:
            told.append(OverdraftError("pairs.to_seal", n=to_seal).text(language))
        return "\n".join(told)

    def _on_record(self, pair) -> str:
        if pair.retired < 0:
            return tr("{well} (on record; not in the register)").format(well=pair.retired_id)
        told = about(self.board, pair.retired, pair.distance_m, self.renewal)
        return tr("{well} ({about}; on record)").format(well=pair.retired_id, about=told)

    def _chosen(self, well: str) -> str:
        row = self.board.row_of(well)
        told = about(self.board, row, self.offers["distance_m"].iat[row], self.renewal)
        return tr("{well} ({about})").format(well=well, about=told)


def suggestion_text(number: int, one: Suggestion) -> str:
    """A suggestion in one line, its score explained."""
    wells = " + ".join(
        tr("{well} ({km})").format(well=row.retired_id, km=kilometres(row.distance_m))
        for row in one.wells.itertuples()
    )
    costs = " + ".join(f"{cost:.2f}" for cost in one.wells["cost"])
    return tr("{number}: {wells}, score {costs} = {score}").format(
        number=number, wells=wells, costs=costs, score=f"{one.cost:.2f}"
    )
