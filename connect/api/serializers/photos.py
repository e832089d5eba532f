"""Photos as they are sent, and as their owner and others get them."""

from typing import Any

from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.api.serializers.pictures import PictureField, ShownPictureSerializer
from connect.models.photo import MOST


class PhotoInput(StrictSerializer):
    """A JPEG, PNG or WebP of at most 12 MB. What it is, its content says; its name and type are not looked at."""

    photo = PictureField()


class ShownPhotoSerializer(ShownPictureSerializer):
    """A photo of somebody; `link` is a path on this server that needs no sign-in. It is made for the caller alone: it
    shows the photo for 15 minutes, and only as long as the caller may see it.
    """

    position = serializers.IntegerField()


class PhotoSerializer(ShownPhotoSerializer):
    """One's own photo; `has_face` and `quality` (0 to 1) are what an automatic detector saw, which may be wrong."""

    id = serializers.UUIDField()
    has_face = serializers.BooleanField()
    quality = serializers.FloatField()
    created_at = serializers.DateTimeField()


class PhotosReply(serializers.Serializer[Any]):
    """In their order; `most` is how many there may be."""

    photos = PhotoSerializer(many=True)
    most = serializers.IntegerField(default=MOST)


class OrderInput(StrictSerializer):
    """All of one's photos, each once, the first first."""

    photo_ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST)
