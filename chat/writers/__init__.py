"""Putting an icebreaker into words."""
