"""Calling the API as a signed-in person."""

import random

from django.utils import timezone
from rest_framework.test import APIClient

from connect import tokens
from tests.safety.rows import live_session


def address():
    """One nobody else has used, so that limits by address do not reach from one test into another."""
    return ".".join(["10", *(str(random.randrange(256)) for _ in range(3))])


def signed_in(user, session=None):
    client = APIClient(raise_request_exception=False, REMOTE_ADDR=address())
    session = session or live_session(user)
    token = tokens.access_token(user_id=user.id, session_id=session.id, now=timezone.now())
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
