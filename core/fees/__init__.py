"""Over-plan charges: the arithmetic, and the bills of a register's users."""

from .bills import OverPlanFees, over_plan_fees
from .charge import over_plan_charge

__all__ = ["OverPlanFees", "over_plan_charge", "over_plan_fees"]
