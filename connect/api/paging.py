"""Lists of an Endpoint."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from config.api.pagination import Cursor
from safety.api import Endpoint


class ListEndpoint(Endpoint):
    """An Endpoint whose GET answers one page of a list, newest first."""

    pagination_class = Cursor

    def page(self, rows: QuerySet[Any], serializer: type[BaseSerializer[Any]]) -> Response:
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, self.request, view=self)
        return paginator.get_paginated_response(serializer(found, many=True).data)
