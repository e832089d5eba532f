"""Files that come in and go out: uploads that are examined before a transaction is open, and what links show."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from config.api.parsing import UploadParser
from config.errors import DomainError, Invalid
from connect.api.serializers.account import SignedQuery
from connect.models import StoredPicture
from connect.pictures import CONTENT_TYPE
from connect.private_files import OpenFile
from connect.services import kept_pictures
from safety.api import Endpoint
from safety.api.schema import MISSING

Examined = TypeVar("Examined")

PICTURE = {(200, CONTENT_TYPE): OpenApiTypes.BINARY, 404: MISSING}
"""What a route to pictures replies, for its `@operation`."""


class UploadView(Endpoint, Generic[Examined]):
    """Takes a form whose `field` is a picture, held to the serializer `form`.

    Decoding a picture takes a moment, in which no transaction should be open: `examine` runs before, and what it makes
    of the file, or refuses, the handler gets from `examined`.
    """

    parser_classes = (UploadParser,)
    form: ClassVar[type[BaseSerializer[Any]]]
    field: ClassVar[str]

    def examine(self, file: UploadedFile) -> Examined:
        """What is to be known of the file; asks no database. Raises Invalid."""
        raise NotImplementedError

    def prepare(self) -> None:
        if self.request.method != "POST":
            return
        sent = self.form(data=self.request.data)
        if sent.is_valid():
            try:
                self._found: Examined | Invalid = self.examine(sent.validated_data[self.field])
            except Invalid as refusal:
                self._found = refusal

    def examined(self) -> Examined:
        """For the handler. Raises ValidationError, or the refusal of the file."""
        self.given(self.form)
        if isinstance(self._found, Invalid):
            raise self._found
        return self._found


class FileView(Endpoint):
    """A file that goes out to whoever asks, and is stored by nobody on the way."""

    public = True
    headers_of: ClassVar[dict[str, str]]
    _to_open: Callable[[], OpenFile] | None = None

    def sent(self, open_file: Callable[[], OpenFile]) -> Response:
        """The answer that is the file. It is opened when the transaction is over: none waits for a storage."""
        self._to_open = open_file
        return Response()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self._to_open and not response.exception:
            try:
                response = self._streamed(self._to_open())
            except DomainError as refusal:
                response = self.handle_exception(refusal)
        return super().finalize_response(request, response, *args, **kwargs)

    def _streamed(self, file: OpenFile) -> StreamingHttpResponse:
        stored_nowhere = {"Cache-Control": "no-store", "Content-Length": str(file.size)}
        return StreamingHttpResponse(file.pieces, headers=self.headers_of | stored_nowhere)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever a client accepts: it gets the file, or a refusal in JSON."""
        return super().perform_content_negotiation(request, force=True)


class PictureFileView(FileView):
    """A picture of one kind, for whoever has its link, as long as the one it was made for may see it."""

    model: ClassVar[type[StoredPicture]]
    headers_of: ClassVar[dict[str, str]] = {"Content-Type": CONTENT_TYPE, "Content-Disposition": "inline"}

    def shown(self, picture_id: UUID) -> Response:
        """The answer to a signed link. Raises NotYours."""
        signature = self.asked(SignedQuery).validated_data["signature"]
        row = kept_pictures.signed(self.model, picture_id=picture_id, signature=signature, now=self.now)
        return self.sent(partial(kept_pictures.opened, row))
