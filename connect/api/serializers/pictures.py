"""Pictures of every kind, as they are sent and as they are shown."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from connect.models import StoredPicture
from connect.services import kept_pictures


class PictureField(serializers.FileField):
    """A JPEG, PNG or WebP of at most 12 MB. What it is, its content says; its name and type are not looked at."""

    def to_internal_value(self, data: Any) -> Any:
        file = super().to_internal_value(data)
        if (file.size or 0) > settings.PICTURE_BYTES:
            message = f"A picture has at most {settings.PICTURE_BYTES} bytes."
            raise serializers.ValidationError(message, code="picture_too_large")
        return file


class ShownPictureSerializer(serializers.Serializer[Any]):
    """A picture; `link` is made for the viewer whom the context names."""

    width = serializers.IntegerField()
    height = serializers.IntegerField()
    link = serializers.SerializerMethodField()

    def get_link(self, picture: StoredPicture) -> str:
        return link(picture, viewer=self.context["viewer"])


def link(picture: StoredPicture, *, viewer: UUID) -> str:
    """A path on this server that needs no sign-in, to the route named after the kind: photo-file shows a Photo."""
    route = reverse(f"{picture._meta.model_name}-file", args=[picture.id])
    return f"{route}?signature={kept_pictures.signature(picture, viewer=viewer)}"
