"""Protection, as moderators see it."""

from safety.admin import appeals, cases, flags, rules, tables

__all__ = ["appeals", "cases", "flags", "rules", "tables"]
