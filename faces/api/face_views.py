"""One's own faces, the files behind the links, and how far the work on them has come."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.parsing import UploadParser
from config.errors import NotYours
from connect import pictures
from connect.api.file_views import PICTURE, PictureFileView, UploadView
from connect.api.serializers.account import SignedQuery
from connect.pictures import Picture
from faces.api.face_serializers import FaceInput, FaceReply, FaceSerializer, FacesReply, JobSerializer
from faces.models import Face, MatchJob
from faces.services import own_faces, uploads
from safety.api import Endpoint, operation


class FacesView(UploadView[Picture]):
    """One's own faces, the default first, and sending one."""

    idempotent: ClassVar = frozenset({"POST"})
    limits: ClassVar = {"POST": "face"}
    form = FaceInput
    field = "face"

    def examine(self, file: UploadedFile) -> Picture:
        return pictures.read(file)

    @operation(operation_id="faces_list", responses={200: FacesReply})
    def get(self, request: Request) -> Response:
        own = Face.objects.of(self.me).without_numbers()
        return Response(FacesReply({"faces": own}, context={"viewer": self.me}).data)

    @operation(operation_id="faces_add", request={UploadParser.media_type: FaceInput}, responses={201: FaceReply})
    def post(self, request: Request) -> Response:
        face = uploads.add(user_id=self.me, picture=self.examined(), now=self.now)
        return Response(FaceReply(face, context={"viewer": self.me}).data, status=201)


class FaceView(Endpoint):
    """One face of one's own, with the newest work on it."""

    limits: ClassVar = {"DELETE": "leave"}

    @operation(operation_id="faces_read", responses={200: FaceReply})
    def get(self, request: Request, face_id: UUID) -> Response:
        face = Face.objects.of(self.me).without_numbers().filter(id=face_id).first()
        if face is None:
            raise NotYours()
        return Response(FaceReply(face, context={"viewer": self.me}).data)

    @operation(operation_id="faces_delete", responses={204: None})
    def delete(self, request: Request, face_id: UUID) -> Response:
        own_faces.remove(user_id=self.me, face_id=face_id, now=self.now)
        return Response(status=204)


class DefaultFaceView(Endpoint):
    """Having a face stand for oneself."""

    @operation(operation_id="faces_default", request=None, responses={200: FaceSerializer})
    def post(self, request: Request, face_id: UUID) -> Response:
        face = own_faces.set_default(user_id=self.me, face_id=face_id, now=self.now)
        return Response(FaceSerializer(face, context={"viewer": self.me}).data)


class FaceFileView(PictureFileView):
    """The picture itself, for whoever has its link, as long as the one it was made for may see it."""

    model = Face
    limits: ClassVar = {"GET": "photo_file"}

    @operation(operation_id="faces_file", parameters=[SignedQuery], responses=PICTURE)
    def get(self, request: Request, face_id: UUID) -> Any:
        return self.shown(face_id)


class JobView(Endpoint):
    """How far the work on a face of one's own has come; it is told over the socket too."""

    @operation(operation_id="match_jobs_read", responses={200: JobSerializer})
    def get(self, request: Request, job_id: UUID) -> Response:
        job = MatchJob.objects.filter(id=job_id, user=self.me).first()
        if job is None:
            raise NotYours()
        return Response(JobSerializer(job).data)
