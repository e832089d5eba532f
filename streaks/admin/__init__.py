"""Streaks, as staff see them, and what they set."""

from streaks.admin import milestones, outages, payments, streaks

__all__ = ["milestones", "outages", "payments", "streaks"]
