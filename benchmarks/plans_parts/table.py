"""One line of the table that ``benchmarks/plans.py`` prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One case: what is solved, our seconds, how far from proven, and what others say of the same case.

    Attributes:
        case, size: names.
        ours_s: seconds of wall clock.
        gap: relative distance between plan and bound.
        proven: as far as the case asks for.
        peers: name → seconds and what came out, in one short text.
        cpu_s: seconds of processor; None where nobody measured.
    """

    case: str
    size: str
    ours_s: float
    gap: float
    proven: bool
    peers: dict[str, str] = field(default_factory=dict)
    cpu_s: float | None = None


def show(rows: Iterable[Row]) -> None:
    """Print each row as soon as it is there."""
    for row in rows:
        cpu = "" if row.cpu_s is None else f" ({row.cpu_s:.2f} s of processor)"
        proof = "proven" if row.proven else "open"
        print(f"{row.case}, {row.size}: {row.ours_s:.2f} s{cpu}, gap {row.gap:.4%}, {proof}", flush=True)
        for name, text in row.peers.items():
            print(f"    {name}: {text}", flush=True)
