"""The register: canonical frames by role, what tells their rows apart, and facts through time."""

from .identity import ROW_ID
from .register import MissingRoleError, Register

__all__ = ["ROW_ID", "MissingRoleError", "Register"]
