"""Taking one's data along, and leaving."""

from functools import partial
from typing import ClassVar
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.file_views import FileView
from connect.api.serializers.account import DeletionReply, ExportReply, RestoreReply, SignedQuery
from connect.services import deletions, exports
from safety.api import Endpoint, operation
from safety.api.schema import MISSING


class AccountView(Endpoint):
    """One's own account."""

    restricted_allowed = suspended_allowed = True
    idempotent = frozenset({"DELETE"})
    limits = {"DELETE": "leave"}

    @operation(operation_id="account_delete", request=None, responses={202: DeletionReply})
    def delete(self, request: Request) -> Response:
        pending = deletions.request(user_id=self.me, session_id=self.caller.session_id, now=self.now)
        return Response(DeletionReply(pending).data, status=202)


class RestoreView(Endpoint):
    """Having an account back that is being deleted."""

    restricted_allowed = suspended_allowed = True
    limits = {"POST": "leave"}

    @operation(operation_id="account_restore", request=None, responses={200: RestoreReply})
    def post(self, request: Request) -> Response:
        status = deletions.restore(user_id=self.me, now=self.now)
        return Response(RestoreReply({"status": status}).data)


class ExportView(Endpoint):
    """A copy of everything one gave and everything derived."""

    restricted_allowed = suspended_allowed = True
    idempotent = frozenset({"POST"})
    limits = {"POST": "export"}

    @operation(operation_id="account_export_read", responses={200: ExportReply, 404: MISSING})
    def get(self, request: Request) -> Response:
        return Response(ExportReply(exports.newest(self.me)).data)

    @operation(operation_id="account_export", request=None, responses={202: ExportReply})
    def post(self, request: Request) -> Response:
        return Response(ExportReply(exports.request(user_id=self.me, now=self.now)).data, status=202)


class ExportFileView(FileView):
    """The file itself, for whoever has its link."""

    limits = {"GET": "export_file"}
    headers_of: ClassVar[dict[str, str]] = {
        "Content-Type": "application/zip",
        "Content-Disposition": 'attachment; filename="maitribe-data.zip"',
    }

    @operation(
        operation_id="account_export_file",
        parameters=[SignedQuery],
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 404: MISSING},
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        signature = self.asked(SignedQuery).validated_data["signature"]
        export = exports.signed(export_id=export_id, signature=signature, now=self.now)
        return self.sent(partial(exports.opened, export))
