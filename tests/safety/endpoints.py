"""Endpoints that do, on demand, each thing an endpoint can do; and the routes to them."""

from uuid import uuid4

from django.urls import path
from psycopg_pool import PoolTimeout
from rest_framework import serializers
from rest_framework.response import Response

from config.api.parsing import UploadParser
from config.api.serializers import StrictSerializer
from config.errors import Invalid, TooFast, Unavailable, WrongState
from connect.models import ValueScore
from matching.models import ConnectionEvent
from safety.api import Endpoint, operation
from safety.roles import as_service

handler404 = "config.api.errors.not_found"
handler500 = "config.api.errors.server_error"


class Note(StrictSerializer):
    mode = serializers.CharField(required=False)


class Notes(Endpoint):
    """POST writes one row for the caller, and then ends the way `mode` says."""

    idempotent = frozenset({"POST"})
    calls = []

    def get(self, request):
        return Response({"count": ValueScore.objects.count()})

    @operation("note", request=Note, responses={201: None})
    def post(self, request):
        self.calls.append(request.data)
        made = ValueScore.objects.create(user=request.user, value_key=uuid4().hex[:30], score=1)
        mode = request.data.get("mode", "ok")
        return getattr(self, f"do_{mode}")(made)

    def do_ok(self, made):
        return Response({"id": str(made.id), "count": ValueScore.objects.count()}, status=201)

    def do_refuse(self, made):
        raise WrongState("Not now.", since="yesterday")

    def do_return_refusal(self, made):
        return self.refusal(WrongState("Not now."))

    def do_too_fast(self, made):
        raise TooFast(7)

    def do_return_unavailable(self, made):
        return self.refusal(Unavailable())

    def do_fault(self, made):
        raise RuntimeError("a fault of ours")

    def do_fail_at_commit(self, made):
        with as_service():
            ConnectionEvent.objects.create(connection_id=uuid4(), event_type="created")
        return Response({"id": str(made.id)}, status=201)

    def do_exhausted(self, made):
        raise PoolTimeout("couldn't get a connection after 5 sec")


class PlainNotes(Notes):
    """The same without idempotency keys."""

    idempotent = frozenset()


class Form(StrictSerializer):
    file = serializers.FileField()


class Files(Endpoint):
    """POST counts how often it was done."""

    parser_classes = (UploadParser,)
    idempotent = frozenset({"POST"})
    done = 0

    @operation("file", request=Form, responses={201: None})
    def post(self, request):
        Files.done += 1
        return Response({"size": len(self.given(Form).validated_data["file"].read()), "done": Files.done}, status=201)


class Public(Endpoint):
    public = True

    def get(self, request):
        raise Invalid("Never.", code="never")


class Open(Notes):
    restricted_allowed = True


urlpatterns = [
    path("notes", Notes.as_view()),
    path("plain", PlainNotes.as_view()),
    path("files", Files.as_view()),
    path("public", Public.as_view()),
    path("open", Open.as_view()),
]
