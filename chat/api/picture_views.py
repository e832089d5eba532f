"""Pictures in messages, on their way in and out."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.serializers import SentSerializer
from chat.models import MessagePicture
from chat.services import showing
from chat.services.receipts import receipt
from config.api.parsing import UploadParser
from config.api.serializers import StrictSerializer
from config.db import new_id
from connect import pictures
from connect.api.file_views import PICTURE, PictureFileView, UploadView
from connect.api.serializers.account import SignedQuery
from connect.api.serializers.pictures import PictureField
from connect.pictures import Picture
from safety.api import operation


class ImageInput(StrictSerializer):
    picture = PictureField()
    client_id = serializers.CharField(max_length=64, default=lambda: new_id().hex)


class ImagesView(UploadView[Picture]):
    """Saying something by a picture, to somebody who knows who one is."""

    limits: ClassVar = {"POST": "chat_picture"}
    form = ImageInput
    field = "picture"

    def examine(self, file: UploadedFile) -> Picture:
        return pictures.read(file)

    @operation(
        operation_id="conversations_images_send",
        request={UploadParser.media_type: ImageInput},
        responses={201: SentSerializer},
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        client_id = self.given(ImageInput).validated_data["client_id"]
        message = showing.send(
            conversation_id=conversation_id, by=self.me, client_id=client_id, picture=self.examined(), now=self.now
        )
        return Response(SentSerializer(receipt(message)).data, status=201)


class ImageFileView(PictureFileView):
    """The picture of a message, for whoever has its link, as long as the one it was made for may see it."""

    model = MessagePicture
    limits: ClassVar = {"GET": "photo_file"}

    @operation(operation_id="messages_image", parameters=[SignedQuery], responses=PICTURE)
    def get(self, request: Request, message_id: UUID) -> Any:
        return self.shown(message_id)
