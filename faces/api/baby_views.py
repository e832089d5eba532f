"""Pictures of the child two people might have, over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from config.api.pagination import Cursor
from connect.api.file_views import PICTURE, PictureFileView
from connect.api.serializers.account import SignedQuery
from faces.api.baby_serializers import BabiesQuery, BabyInput, BabySerializer
from faces.models import Baby
from faces.services import babies
from safety.api import Endpoint, operation
from safety.api.schema import MISSING, WRONG_STATE
from safety.roles import as_service


class BabiesView(Endpoint):
    """Pictures out of the two faces of one match, newest first; who asks while one is being painted gets that one."""

    pagination_class = Cursor
    idempotent = frozenset({"POST"})
    limits: ClassVar = {"POST": "baby"}

    @operation(
        operation_id="baby_list", parameters=[BabiesQuery], responses={200: BabySerializer(many=True), 404: MISSING}
    )
    def get(self, request: Request) -> Response:
        match_id = self.asked(BabiesQuery).validated_data["match_id"]
        paginator = Cursor()
        with as_service():
            page = paginator.paginate_queryset(
                babies.shown(match_id=match_id, viewer=self.me, now=self.now), request, self
            )
        return paginator.get_paginated_response(BabySerializer(page, many=True, context={"viewer": self.me}).data)

    @operation(
        operation_id="baby_ask", request=BabyInput, responses={202: BabySerializer, 404: MISSING, 409: WRONG_STATE}
    )
    def post(self, request: Request) -> Response:
        match_id = self.given(BabyInput).validated_data["match_id"]
        baby = babies.ask(match_id=match_id, by=self.me, now=self.now)
        return Response(BabySerializer(baby, context={"viewer": self.me}).data, status=202)


class BabyFileView(PictureFileView):
    """The picture itself, for whoever has its link, as long as the one it was made for may see it."""

    model = Baby
    limits: ClassVar = {"GET": "baby_file"}

    @operation(operation_id="baby_file", parameters=[SignedQuery], responses=PICTURE)
    def get(self, request: Request, baby_id: UUID) -> Any:
        return self.shown(baby_id)
