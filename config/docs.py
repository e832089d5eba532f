"""The API's description of itself, under a limit like every other route."""

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from safety import limits


class SchemaView(SpectacularAPIView):
    """Written anew for each call, which is work."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _count(request)
        super().initial(request, *args, **kwargs)


class DocsView(SpectacularSwaggerSplitView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _count(request)
        super().initial(request, *args, **kwargs)


def _count(request: Request) -> None:
    limits.check("schema", account=None, address=request.META.get("REMOTE_ADDR", ""))
