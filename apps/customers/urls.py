"""Customers have no door of their own yet: other contexts ask on their behalf."""
