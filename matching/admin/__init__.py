"""Who meets whom, as operators see it, and what they turn."""

from matching.admin import discovery, parameters, runs, tables, waits

__all__ = ["discovery", "parameters", "runs", "tables", "waits"]
