from django.db import models

from config.db import Record
from safety.schema import RowSecurity, through


class FaceConnection(Record):
    """What brought two people together who liked each other's faces, kept here since Connection stands in a lower app;
    `baby`: the newest picture of theirs.
    """

    connection = models.OneToOneField("matching.Connection", on_delete=models.CASCADE, related_name="by_faces")
    face_match = models.ForeignKey(
        "faces.FaceMatch", on_delete=models.SET_NULL, null=True, blank=True, related_name="connections"
    )
    baby = models.ForeignKey("faces.Baby", on_delete=models.SET_NULL, null=True, blank=True, related_name="connections")

    class Meta:
        constraints = [
            RowSecurity(name="face_connection_rls", select=through("matching_connection", "connection_id")),
        ]

    def __str__(self) -> str:
        return "connected by faces"
