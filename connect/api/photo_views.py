"""One's own photos, and the files behind the links."""

from typing import ClassVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.parsing import UploadParser
from connect.api.file_views import PICTURE, PictureFileView, UploadView
from connect.api.serializers.account import SignedQuery
from connect.api.serializers.photos import OrderInput, PhotoInput, PhotoSerializer, PhotosReply
from connect.models import Photo
from connect.services import photos
from connect.services.photos import Examined
from safety.api import Endpoint, operation


class PhotosView(UploadView[Examined]):
    """One's own photos, in their order."""

    limits: ClassVar = {"POST": "photo"}
    form = PhotoInput
    field = "photo"

    def examine(self, file: UploadedFile) -> Examined:
        return photos.examine(file)

    @operation(operation_id="photos_list", responses={200: PhotosReply})
    def get(self, request: Request) -> Response:
        return Response(PhotosReply({"photos": Photo.objects.of(self.me)}, context={"viewer": self.me}).data)

    @operation(
        operation_id="photos_add", request={UploadParser.media_type: PhotoInput}, responses={201: PhotoSerializer}
    )
    def post(self, request: Request) -> Response:
        photo = photos.add(user_id=self.me, examined=self.examined(), now=self.now)
        return Response(PhotoSerializer(photo, context={"viewer": self.me}).data, status=201)


class PhotoOrderView(Endpoint):
    """The order of one's own photos."""

    @operation(operation_id="photos_order", request=OrderInput, responses={200: PhotosReply})
    def put(self, request: Request) -> Response:
        ids = self.given(OrderInput).validated_data["photo_ids"]
        ordered = photos.order(user_id=self.me, photo_ids=ids, now=self.now)
        return Response(PhotosReply({"photos": ordered}, context={"viewer": self.me}).data)


class PhotoView(Endpoint):
    """One photo of one's own."""

    limits: ClassVar = {"DELETE": "leave"}

    @operation(operation_id="photos_delete", responses={204: None})
    def delete(self, request: Request, photo_id: UUID) -> Response:
        photos.remove(user_id=self.me, photo_id=photo_id, now=self.now)
        return Response(status=204)


class PhotoFileView(PictureFileView):
    """The picture itself, for whoever has its link, as long as the one it was made for may see it."""

    model = Photo
    limits: ClassVar = {"GET": "photo_file"}

    @operation(operation_id="photos_file", parameters=[SignedQuery], responses=PICTURE)
    def get(self, request: Request, photo_id: UUID) -> Response:
        return self.shown(photo_id)
