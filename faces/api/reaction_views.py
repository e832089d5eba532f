"""Likes, and what one has seen."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.paging import ListEndpoint
from faces.api import reaction_serializers as s
from faces.services import reactions
from safety.api import operation
from safety.api.schema import MISSING


class ReactionsView(ListEndpoint):
    """What one made of one's likenesses, newest first; liking one, saying that one saw it, and taking that back.

    The other learns of a like only when they like one too: then the two are connected. A like that connected two is
    not taken back; the connection is theirs to end.
    """

    limits: ClassVar = {"POST": "reaction", "DELETE": "leave"}

    @operation(
        operation_id="reactions_list", parameters=[s.ReactionQuery], responses={200: s.FavouriteSerializer(many=True)}
    )
    def get(self, request: Request) -> Response:
        kind = self.asked(s.ReactionQuery).validated_data.get("type")
        paginator = self.pagination_class()
        page = paginator.paginate(request, lambda after, most: reactions.listed(self.me, kind, after, most, self.now))
        return paginator.get_paginated_response(
            s.FavouriteSerializer(page, many=True, context={"viewer": self.me}).data
        )

    @operation(
        operation_id="reactions_react",
        request=s.ReactionInput,
        responses={201: s.ReactedSerializer, 404: MISSING},
    )
    def post(self, request: Request) -> Response:
        given = self.given(s.ReactionInput).validated_data
        reaction, connection = reactions.react(match_id=given["match_id"], by=self.me, kind=given["type"], now=self.now)
        return Response(s.ReactedSerializer(reaction, context={"connection": connection}).data, status=201)

    @operation(operation_id="reactions_withdraw", parameters=[s.WithdrawnQuery], responses={204: None, 404: MISSING})
    def delete(self, request: Request) -> Response:
        named = self.asked(s.WithdrawnQuery).validated_data
        reactions.withdraw(match_id=named["match_id"], by=self.me, kind=named["type"], now=self.now)
        return Response(status=204)
