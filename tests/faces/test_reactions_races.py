"""Two who like each other at the same moment: real transactions that overlap."""

import pytest

from connect.models import Notification
from faces.models import FaceConnection
from matching.models import Connection
from tests.connect.overlap import overlap
from tests.faces.likers import couple, like

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_at_once_are_connected_once(now):
    first, second, match = couple(now)
    overlap(lambda: like(first, match, now), lambda: like(second, match, now))
    assert (Connection.objects.count(), FaceConnection.objects.count()) == (1, 1)
    assert Notification.objects.filter(type="mutual_match").count() == 2
