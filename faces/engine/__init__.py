"""Faces as numbers: pure computation on pixels and points."""
