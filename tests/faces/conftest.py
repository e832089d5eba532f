"""Fixtures of likeness."""

import pytest

from tests.faces.fal import painting


@pytest.fixture
def fal(settings):
    """A FAL on this machine, which paints."""
    with painting() as stand_in:
        settings.BABY_PAINTER, settings.FAL_URL, settings.FAL_KEY = "fal", stand_in.url, "key-of-ours"
        settings.FAL_TRUSTED_ORIGINS, settings.FAL_TIMEOUT = [stand_in.url], 1.0
        yield stand_in
