"""Who calls."""

from uuid import UUID

from rest_framework.request import Request

from config.errors import NotSignedIn


def me(request: Request) -> UUID:
    """The caller's id; every endpoint of this app is for signed-in people."""
    if request.user.id is None:
        raise NotSignedIn()
    return request.user.id
