"""The arithmetic of 减二更一, apart from where its counts come from.

With k wells to seal for one renewed (R1: 2, R2: 3)::

    required   = k · renewed
    deficit    = max(0, required - sealed)
    further    = max(0, ⌊sealed / k⌋ - renewed - reserved)
    approvable = ⌊max(0, min(sealed - k · (renewed + reserved), sealed - pending)) / k⌋
    net_change = renewed - sealed

R3 (of every three applications one is approved)::

    fails if n_approved > ⌊n_applications / 3⌋
    further = max(0, ⌊n_applications / 3⌋ - n_approved)

Source: TLF-4.3c (吐政办〔2021〕36号, 四(三)) with the readings of the policy's settings.
"""

from __future__ import annotations

from dataclasses import dataclass

BATCH = 3
"""R3: one renewal of so many applications."""


@dataclass(frozen=True)
class Balance:
    """What the counts of one pool come to; None where the reading has no such figure."""

    required: int | None
    deficit: int | None
    further: int | None
    approvable: int | None
    net_change: int
    outcome: str


def ratio_balance(k: int, sealed: int, renewed: int, reserved: int = 0, pending: int | None = 0) -> Balance:
    """Balance under R1 (k = 2) or R2 (k = 3).

    Args:
        pending: credits whose evidence is incomplete; None where evidence is asked for and was not supplied, then
            ``approvable`` is None.
    """
    required = k * renewed
    deficit = max(0, required - sealed)
    further = max(0, sealed // k - renewed - reserved)
    free = None if pending is None else max(0, min(sealed - k * (renewed + reserved), sealed - pending))
    return Balance(
        required=required,
        deficit=deficit,
        further=further,
        approvable=None if free is None else free // k,
        net_change=renewed - sealed,
        outcome="fail" if deficit > 0 else "pass",
    )


def batch_balance(n_applications: int | None, n_approved: int | None, sealed: int, renewed: int) -> Balance:
    """Balance under R3; without applications it cannot be evaluated."""
    if n_applications is None or n_approved is None:
        return Balance(None, None, None, None, renewed - sealed, "not_evaluated")
    allowed = n_applications // BATCH
    return Balance(
        required=None,
        deficit=None,
        further=max(0, allowed - n_approved),
        approvable=None,
        net_change=renewed - sealed,
        outcome="fail" if n_approved > allowed else "pass",
    )
