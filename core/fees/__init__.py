"""Over-plan charges: the arithmetic, and the bills of a register's users."""

from .charge import over_plan_charge

__all__ = ["over_plan_charge"]
