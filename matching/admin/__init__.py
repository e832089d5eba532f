"""Who meets whom, as operators see it, and what they turn."""

from matching.admin import parameters, runs, tables

__all__ = ["parameters", "runs", "tables"]
