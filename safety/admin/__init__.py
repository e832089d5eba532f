"""Protection, as moderators see it."""

from safety.admin import appeals, cases, flags, rules, tables, trust

__all__ = ["appeals", "cases", "flags", "rules", "tables", "trust"]
