"""Whom one is like: the best first, and one of them."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.paging import ListEndpoint
from faces import queries
from faces.api import match_serializers as s
from safety.api import Endpoint, operation


class TopMatchesView(ListEndpoint):
    """Whose faces are like the caller's own, the best first; of several of one person's the best alone."""

    @operation(operation_id="face_matches_top", parameters=[s.TopQuery], responses={200: s.MatchSerializer(many=True)})
    def get(self, request: Request) -> Response:
        viewed = self.asked(s.TopQuery).validated_data["viewed"]
        paginator = self.pagination_class()
        page = paginator.paginate(
            request, lambda after, most: queries.top(self.me, viewed=viewed, after=after, most=most, now=self.now)
        )
        return paginator.get_paginated_response(s.MatchSerializer(page, many=True, context={"viewer": self.me}).data)


class MatchView(Endpoint):
    """One of them, with in what the two are alike and what the caller made of it."""

    @operation(operation_id="face_matches_read", responses={200: s.MatchDetailSerializer})
    def get(self, request: Request, match_id: UUID) -> Response:
        match = queries.likeness(match_id, viewer=self.me, now=self.now)
        return Response(s.MatchDetailSerializer(match, context={"viewer": self.me}).data)
