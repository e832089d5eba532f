"""Photos as they are sent, and as their owner and others get them."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from rest_framework import serializers

from config.api.serializers import StrictSerializer
from connect.models import Photo
from connect.models.photo import MOST
from connect.services import photos


class PhotoInput(StrictSerializer):
    """A JPEG, PNG or WebP of at most 12 MB. What it is, its content says; its name and type are not looked at."""

    photo = serializers.FileField()

    def validate_photo(self, file: UploadedFile) -> UploadedFile:
        if (file.size or 0) > settings.PICTURE_BYTES:
            message = f"A picture has at most {settings.PICTURE_BYTES} bytes."
            raise serializers.ValidationError(message, code="picture_too_large")
        return file


class ShownPhotoSerializer(serializers.Serializer[Any]):
    """A photo of somebody; `link` is a path on this server that needs no sign-in. It is made for the caller alone: it
    shows the photo for 15 minutes, and only as long as the caller may see it.
    """

    position = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    link = serializers.SerializerMethodField()

    def get_link(self, photo: Photo) -> str:
        signature = photos.signature(photo, viewer=self.context["viewer"])
        return f"{reverse('photo-file', args=[photo.id])}?signature={signature}"


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
