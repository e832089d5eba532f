"""Keeping somebody away, and letting go of it."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.block_serializers import BlockInput, BlockReply
from chat.services import blocks
from connect.api.paging import ListEndpoint
from safety.api import Endpoint, operation
from safety.api.schema import MISSING
from safety.models import Block
from safety.services import blocks as safety_blocks

_WAYS: dict[str, Any] = {
    "conversation_id": blocks.block_in_conversation,
    "match_id": blocks.block_in_match,
    "user_id": blocks.block_person,
}


class BlocksView(ListEndpoint):
    """Whom one keeps away, newest first, each by the name one knew; and keeping somebody away at once, both ways."""

    restricted_allowed = True
    limits: ClassVar = {"POST": "block"}
    always: ClassVar = frozenset({"POST"})

    @operation(operation_id="blocks_list", responses={200: BlockReply(many=True)})
    def get(self, request: Request) -> Response:
        return self.page(Block.objects.of(self.me), BlockReply)

    @operation(
        operation_id="blocks_create",
        request=BlockInput,
        responses={201: BlockReply, 200: OpenApiResponse(BlockReply, description="Blocked before"), 404: MISSING},
    )
    def post(self, request: Request) -> Response:
        target = self.given(BlockInput).validated_data
        (way,) = target
        block, created = _WAYS[way](**target, by=self.me, now=self.now)
        return Response(BlockReply(block).data, status=201 if created else 200)


class BlockView(Endpoint):
    """One block of one's own. Lifting it brings nothing back that it ended."""

    restricted_allowed = True

    @operation(operation_id="blocks_delete", responses={204: None})
    def delete(self, request: Request, block_id: UUID) -> Response:
        safety_blocks.lift(block_id=block_id, by=self.me)
        return Response(status=204)
