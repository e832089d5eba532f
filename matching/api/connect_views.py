"""The calls of /connect/* that belong to matching."""

from django.utils import translation
from rest_framework.request import Request
from rest_framework.response import Response

from connect.queries import languages
from matching import queries
from matching.api.serializers import (
    CurrentProposalSerializer,
    DoneSerializer,
    FeedbackSerializer,
    RespondedSerializer,
    RespondSerializer,
)
from matching.services import feedback, proposals
from matching.services.feedback import Judgement
from matching.services.proposals import Action
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class ConnectMatchView(Endpoint):
    """The caller's open proposal."""

    worded = frozenset({"GET"})

    @operation(operation_id="connect_match", responses={200: CurrentProposalSerializer})
    def get(self, request: Request) -> Response:
        match = queries.open_match(self.me)
        if match is None:
            return Response(CurrentProposalSerializer({"ok": True, "match": None}).data)
        language = self.accepted_language or languages([self.me])[self.me]
        with translation.override(language):
            proposal = queries.proposal(match, self.me)
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
        return Response(CurrentProposalSerializer({"ok": True, "match": proposal}).data, headers=headers)


class ConnectRespondView(Endpoint):
    """Accept or decline a proposal."""

    idempotent = frozenset({"POST"})

    @operation(
        operation_id="connect_respond", request=RespondSerializer, responses={200: RespondedSerializer, 404: MISSING}
    )
    def post(self, request: Request) -> Response:
        serializer = self.given(RespondSerializer)
        status = proposals.respond(
            match_id=serializer.validated_data["match_id"],
            by=self.me,
            action=Action(serializer.validated_data["action"]),
            now=self.now,
        )
        return Response(RespondedSerializer({"ok": True, "status": status}).data)


class ConnectFeedbackView(Endpoint):
    """Say how a match was, for ranking alone."""

    idempotent = frozenset({"POST"})

    @operation(
        operation_id="connect_feedback", request=FeedbackSerializer, responses={200: DoneSerializer, 404: MISSING}
    )
    def post(self, request: Request) -> Response:
        serializer = self.given(FeedbackSerializer)
        given = dict(serializer.validated_data)
        feedback.give(match_id=given.pop("match_id"), by=self.me, judgement=Judgement(**given), now=self.now)
        return Response(DoneSerializer({"ok": True}).data)
