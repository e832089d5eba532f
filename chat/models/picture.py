from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from chat.enums import State
from connect.models.stored_picture import PictureQuerySet, StoredPicture
from safety.schema import RowSecurity

TWO = ("message__conversation__user_a", "message__conversation__user_b")


class MessagePictureQuerySet(PictureQuerySet["MessagePicture"]):
    def shown_to(self, viewer: UUID, now: datetime) -> Self:
        """Those of the conversations a person is in, as long as these run: with its key goes what it was to show."""
        own = Q(**{TWO[0]: viewer}) | Q(**{TWO[1]: viewer})
        running = self.filter(
            own,
            message__retracted_at=None,
            message__conversation__state=State.REVEALED,
            message__conversation__data_key__isnull=False,
        )
        return running.among_present(viewer, *TWO, now=now)


class MessagePicture(StoredPicture):
    """The picture of a message, under the message's own id. It goes when the message is taken back."""

    folder = "messages"

    message = models.OneToOneField("chat.Message", on_delete=models.CASCADE, related_name="picture")

    objects = MessagePictureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=models.F("message")), name="message_picture_of_its_message"),
            RowSecurity(name="message_picture_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"
