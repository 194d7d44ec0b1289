"""The merchant's rooms, as far as they belong to no context: today, staff."""

from .staff import RoleAdmin, StaffAdmin

__all__ = ["RoleAdmin", "StaffAdmin"]
