"""Fixtures of people."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def own_files(settings: Any, tmp_path: Path) -> Path:
    """Files and mails of one test, in a place of its own."""
    private = settings.STORAGES["private"]
    private = {**private, "OPTIONS": {**private["OPTIONS"], "location": tmp_path / "private"}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "connect.mail.FolderBackend", tmp_path / "mail"
    settings.VAR_DIR = tmp_path
    return tmp_path
