"""Streaks and rituals, as staff see them, and what they set."""

from streaks.admin import milestones, outages, payments, rituals, streaks

__all__ = ["milestones", "outages", "payments", "rituals", "streaks"]
