"""One's own photos, and the files behind the links."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.parsing import UploadParser
from config.errors import Invalid
from connect.api.serializers.account import SignedQuery
from connect.api.serializers.photos import OrderInput, PhotoInput, PhotoSerializer, PhotosReply
from connect.models import Photo
from connect.pictures import CONTENT_TYPE
from connect.services import photos
from connect.services.photos import Examined
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class PhotosView(Endpoint):
    """One's own photos, in their order."""

    parser_classes = (UploadParser,)
    limits: ClassVar = {"POST": "photo"}
    examined: Examined | Invalid

    def prepare(self) -> None:
        """Decoding a picture takes a moment, in which no transaction should be open."""
        if self.request.method != "POST":
            return
        sent = PhotoInput(data=self.request.data)
        if sent.is_valid():
            self.examined = _examined(sent.validated_data["photo"])

    @operation(operation_id="photos_list", responses={200: PhotosReply})
    def get(self, request: Request) -> Response:
        return Response(PhotosReply({"photos": Photo.objects.of(self.me)}, context={"viewer": self.me}).data)

    @operation(
        operation_id="photos_add", request={UploadParser.media_type: PhotoInput}, responses={201: PhotoSerializer}
    )
    def post(self, request: Request) -> Response:
        self.given(PhotoInput)
        if isinstance(self.examined, Invalid):
            raise self.examined
        photo = photos.add(user_id=self.me, examined=self.examined, now=self.now)
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


class PhotoFileView(Endpoint):
    """The picture itself, for whoever has its link, as long as the one it was made for may see it."""

    public = True
    limits: ClassVar = {"GET": "photo_file"}
    headers_of: ClassVar[dict[str, str]] = {
        "Content-Type": CONTENT_TYPE,
        "Content-Disposition": "inline",
        "Cache-Control": "no-store",
    }

    @operation(
        operation_id="photos_file",
        parameters=[SignedQuery],
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY, 404: MISSING},
    )
    def get(self, request: Request, photo_id: UUID) -> Any:
        signature = self.asked(SignedQuery).validated_data["signature"]
        file = photos.open_file(photo_id=photo_id, signature=signature, now=self.now)
        return StreamingHttpResponse(file.pieces, headers=self.headers_of | {"Content-Length": str(file.size)})

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever a client accepts: it gets the picture, or a refusal in JSON."""
        return super().perform_content_negotiation(request, force=True)


def _examined(file: Any) -> Examined | Invalid:
    try:
        return photos.examine(file)
    except Invalid as refusal:
        return refusal
