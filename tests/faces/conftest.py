"""Fixtures of faces."""

from tests.connect.conftest import own_files

__all__ = ["own_files"]
