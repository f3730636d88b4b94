"""The retirement planner: tick land, see what each county still lacks, compare scenarios, solve, keep."""

from .planner import RetirementPlanner

__all__ = ["RetirementPlanner"]
