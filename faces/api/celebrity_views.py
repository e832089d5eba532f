"""The famous, whom anybody may see, and whom of them one's own face is like."""

from functools import partial
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.utils import translation
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import NotYours
from connect.api.file_views import PICTURE, FileView
from connect.api.paging import ListEndpoint
from connect.pictures import CONTENT_TYPE
from connect.queries import languages
from connect.services import kept_pictures
from faces import queries
from faces.api.celebrity_serializers import CelebritiesQuery, CelebritySerializer, LookalikesReply
from faces.models import Celebrity
from safety.api import Endpoint, operation


class CelebritiesView(ListEndpoint):
    """Everybody widely known who is compared with here, newest first; for everybody, signed in or not."""

    public = True

    @operation(
        operation_id="celebrities_list",
        parameters=[CelebritiesQuery],
        responses={200: CelebritySerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        wanted = self.asked(CelebritiesQuery).validated_data
        return self.page(Celebrity.objects.matching(**wanted), CelebritySerializer)


class CelebrityFileView(FileView):
    """The picture of somebody widely known. It may be kept for a while by whoever gets it."""

    limits: ClassVar = {"GET": "celebrity_file"}
    headers_of: ClassVar = {
        "Content-Type": CONTENT_TYPE,
        "Content-Disposition": "inline",
        "Cache-Control": f"public, max-age={int(settings.CELEBRITY_PICTURE_KEPT.total_seconds())}",
    }

    @operation(operation_id="celebrities_picture", responses=PICTURE)
    def get(self, request: Request, celebrity_id: UUID) -> Response:
        celebrity = Celebrity.objects.filter(id=celebrity_id).first()
        if celebrity is None:
            raise NotYours()
        return self.sent(partial(kept_pictures.opened, celebrity))


class LookalikesView(Endpoint):
    """Whom of the famous one's own face is like: ten at most, with what can be made of it."""

    worded = frozenset({"GET"})

    @operation(operation_id="matches_celebrities", responses={200: LookalikesReply})
    def get(self, request: Request, face_id: UUID) -> Response:
        language = self.accepted_language or languages([self.me])[self.me]
        with translation.override(language):
            found = LookalikesReply(queries.lookalikes(face_id, viewer=self.me)).data
        return Response(found, headers={"Content-Language": language, "Vary": "Accept-Language"})
