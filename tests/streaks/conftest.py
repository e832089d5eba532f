"""Fixtures of streaks."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps


@pytest.fixture(autouse=True)
def own_books(settings: Any, tmp_path: Path) -> None:
    """A sandbox whose books are the test's own."""
    settings.SANDBOX_PATH = tmp_path / "payments"


@pytest.fixture
def milestones(db: None) -> None:
    """The days that ship, which a test with transactions of its own takes away."""
    import_module("streaks.migrations.0006_first_milestones").add_first(apps, None)
