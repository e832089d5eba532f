"""Protection, as moderators see it."""

from safety.admin import appeals, cases, flags, tables

__all__ = ["appeals", "cases", "flags", "tables"]
