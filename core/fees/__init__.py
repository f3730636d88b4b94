"""Over-plan charges: the arithmetic, and the bills of a register's users."""

from ..over_plan import over_plan_charge
from .bills import OverPlanFees, over_plan_fees

__all__ = ["OverPlanFees", "over_plan_charge", "over_plan_fees"]
