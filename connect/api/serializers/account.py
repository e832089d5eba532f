"""Taking one's data along, and leaving."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.enums import ExportStatus, UserStatus
from connect.models import DataExport
from connect.services import exports


class DeletionReply(serializers.Serializer[Any]):
    """`delete_at`: until then the account can be restored."""

    status = serializers.ChoiceField([UserStatus.DELETION_PENDING], default=UserStatus.DELETION_PENDING)
    delete_at = serializers.DateTimeField(source="due_at")


class RestoreReply(serializers.Serializer[Any]):
    status = serializers.ChoiceField([UserStatus.ACTIVE, UserStatus.RESTRICTED])


class ExportReply(serializers.Serializer[Any]):
    """`link`: a path on this server that needs no sign-in and is good until `expires_at`; null until it is ready."""

    export_id = serializers.UUIDField(source="id")
    status = serializers.ChoiceField(ExportStatus.choices)
    requested_at = serializers.DateTimeField(source="created_at")
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField(allow_null=True)
    link = serializers.SerializerMethodField()

    def get_link(self, export: DataExport) -> str | None:
        if export.status != ExportStatus.READY:
            return None
        return f"{reverse('export-file', args=[export.id])}?signature={exports.signature(export)}"


class SignedQuery(StrictSerializer):
    speaks_json = False

    signature = serializers.CharField(max_length=100)
